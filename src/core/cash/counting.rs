//! Counting the purse: a tap on a drawn note or coin is one more of it.
//!
//! Each tap is kept at once, and the new sum is said aloud; a further tap ends what is still being said. The rows never
//! move, whatever is in the purse.

use super::model::KeptPurse;
use super::money::{Fen, Piece};
use super::purse::Purse;
use super::{Command, Undoes, can_undo, rows};
use crate::app::{Command as AppCommand, Page};
use crate::entry::{Field, Problem};
use crate::page::PageBuilder;
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark, MoneyView};

/// One more.
pub(super) fn put(turn: &mut Turn<'_>, piece: Piece) -> Result<(), StoreError> {
    match turn.core.records.purse.holds.with(piece, 1) {
        Some(holds) => keep(turn, holds),
        None => cannot(turn, "purse-full"),
    }
}

/// One less.
pub(super) fn take(turn: &mut Turn<'_>, piece: Piece) -> Result<(), StoreError> {
    match turn.core.records.purse.holds.without(piece, 1) {
        Some(holds) => keep(turn, holds),
        None => cannot(turn, "purse-none-of-it"),
    }
}

/// Nothing changes, and the voice says why.
pub(super) fn cannot(turn: &mut Turn<'_>, key: &str) -> Result<(), StoreError> {
    turn.play(crate::effect::Sound::Refused);
    let words = turn.core.words();
    turn.tell(words.with(key, &[("most", &Purse::MOST.to_string())]));
    Ok(())
}

fn keep(turn: &mut Turn<'_>, holds: Purse) -> Result<(), StoreError> {
    let kept = KeptPurse {
        holds,
        counted: true,
        ..turn.core.records.purse.clone()
    };
    super::keep(turn, kept, Undoes::Count)?;
    say_total(turn);
    Ok(())
}

/// Says what is in the purse now.
pub(super) fn say_total(turn: &mut Turn<'_>) {
    let words = turn.core.words();
    let total = turn.core.records.purse.holds.total();
    turn.say_where_pages_speak(words.with("purse-now", &[("amount", &total.said(words))]));
}

/// Asks whether to empty it, to count anew: with the next tap what was counted could not be taken back any more.
pub(super) fn ask_recount(turn: &mut Turn<'_>) {
    let total = turn.core.records.purse.holds.total();
    let asked = Outcome::new(Mark::Caution, "purse-recount-title");
    turn.show(
        rows::line(asked, turn.core.words(), "purse-recount-line", total, &[])
            .main("purse-recount-not", Icon::Wallet, open(Page::Purse))
            .or("purse-recount", Icon::Refresh, AppCommand::Cash(Command::RecountNow)),
    );
}

/// Empties it, to count anew. It can be taken back.
pub(super) fn recount(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    keep(turn, Purse::default())?;
    turn.back_to(Page::Purse);
    Ok(())
}

/// Takes back what was counted last; the page stays.
pub(super) fn undo(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    if can_undo(turn.core, Undoes::Count) && turn.take_back()? {
        say_total(turn);
    }
    Ok(())
}

/// How much is to be in the purse for a day out.
pub(super) fn typed_reserve(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    let Some(reserve) = Fen::parse(text) else {
        return Ok(Err("enter-price-wrong"));
    };
    let kept = KeptPurse {
        reserve: Some(reserve),
        ..turn.core.records.purse.clone()
    };
    turn.commit_undoable(vec![Change::Purse(kept), Change::RemoveDraft(Field::Reserve.into())])?;
    turn.core.screen.cash.undoes = Undoes::Nothing;
    turn.back_to(Page::Purse);
    Ok(Ok(()))
}

/// The page.
pub(super) fn view(page: &mut PageBuilder<'_>) -> MoneyView {
    let kept = page.core.records.purse.clone();
    let title = page.line(if kept.holds.is_empty() {
        "purse-empty-title"
    } else {
        "purse-title"
    });
    let mut lines = vec![page.line("purse-line")];
    let low = super::notice::low(page.core);
    lines.extend(low.map(|low| super::notice::line(page, &low)));
    let total = Some(rows::amount(page, "purse-total", kept.holds.total()));
    let mut rows = rows::to_count(page, &kept.holds, Command::Put);
    let mut choices = vec![
        page.choice("purse-pay", Icon::Payments, AppCommand::Cash(Command::Pay))
            .main(),
    ];
    if low.is_some() {
        choices.push(page.choice("purse-not-today", Icon::Check, AppCommand::Cash(Command::NotToday)));
    }
    let reserve = page.choice("purse-reserve", Icon::Wallet, AppCommand::Cash(Command::AskReserve));
    choices.push(rows::noted(page, reserve, kept.reserve()));
    if !kept.holds.is_empty() {
        choices.push(page.choice("purse-recount", Icon::Refresh, AppCommand::Cash(Command::Recount)));
    }
    if can_undo(page.core, Undoes::Count) {
        choices.push(page.choice("purse-undo", Icon::Undo, AppCommand::Cash(Command::UndoCount)));
    }
    rows::add_takes(page, &mut rows, Command::Take);
    MoneyView {
        title,
        lines,
        total,
        rows,
        choices,
        ..MoneyView::default()
    }
}
