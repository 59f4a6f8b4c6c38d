//! Paying: the price, what to hand over, the change that comes back, and what is in the purse then.
//!
//! What was handed over leaves the purse when it was handed over, and the payment is kept from then on, so that a stop in
//! the middle loses nothing. Taking it back puts everything back as it was before the price was paid.

use super::change::Compared;
use super::hand_over::{HandOver, Missing, change_for, hand_over};
use super::model::{KeptPurse, PaidFor, Paying};
use super::money::{Fen, Piece};
use super::purse::Purse;
use super::spending::Noting;
use super::{Command, Undoes, bills, can_undo, counting, rows};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::{Field, Problem, forget, forgotten};
use crate::fraud;
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};
use crate::words::Words;

/// Asks for the price, or goes on with a payment that has begun.
pub(super) fn begin(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    turn.open(if turn.core.records.purse.paying.is_some() {
        Page::ChangeBack
    } else {
        Page::Enter(Field::Price)
    });
    Ok(())
}

/// The price was typed.
pub(super) fn typed_price(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    let price = match super::price(text) {
        Ok(price) => price,
        Err(problem) => return Ok(Err(problem)),
    };
    propose(turn, Some(price), PaidFor::Something)?;
    Ok(Ok(()))
}

/// Says what to hand over for a price; where a payment has begun that goes on first, since its notes have left the purse.
pub(super) fn propose(turn: &mut Turn<'_>, price: Option<Fen>, what: PaidFor) -> Result<(), StoreError> {
    if turn.core.records.purse.paying.is_some() {
        return begin(turn);
    }
    let screen = &mut turn.core.screen.cash;
    (screen.price, screen.paying_for) = (price, what);
    let then = AppCommand::Open(Page::HandOver);
    if price.is_some_and(fraud::is_large) {
        fraud::ask(turn, fraud::Trigger::LargeSum, then)
    } else {
        turn.carry_out(then)
    }
}

/// What to hand over for the price that was typed; `None` before one was.
pub(super) fn proposed(core: &Core) -> Option<(Fen, Result<HandOver, Missing>)> {
    let price = core.screen.cash.price?;
    Some((price, hand_over(&core.records.purse.holds, price, core.screen.cash.way)))
}

/// It was handed over: it leaves the purse, and the change is counted next.
pub(super) fn given(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    if turn.core.records.purse.paying.is_some() {
        return begin(turn);
    }
    let Some((price, Ok(proposed))) = proposed(turn.core) else {
        turn.open(Page::HandOver);
        return Ok(());
    };
    let what = turn.core.screen.cash.paying_for;
    let kept = turn.core.records.purse.clone();
    let kept = KeptPurse {
        // It is of the purse; were it not, nothing would leave it.
        holds: kept.holds.minus(&proposed.give).unwrap_or(kept.holds),
        paying: Some(Paying {
            price,
            given: proposed.give,
            back: Purse::default(),
            what,
        }),
        ..kept
    };
    super::keep(turn, kept, Undoes::Nothing)?;
    if proposed.change.is_empty() {
        return as_it_is(turn);
    }
    turn.back_to(Page::Cash);
    turn.open(Page::ChangeBack);
    Ok(())
}

/// One more, or one less, of what has come back.
pub(super) fn came_back(turn: &mut Turn<'_>, piece: Piece, more: bool) -> Result<(), StoreError> {
    let kept = turn.core.records.purse.clone();
    let Some(paying) = kept.paying else {
        return Ok(());
    };
    let back = if more {
        // It goes into the purse afterwards, so there has to be room.
        paying
            .back
            .with(piece, 1)
            .filter(|back| kept.holds.plus(back).is_some())
    } else {
        paying.back.without(piece, 1)
    };
    let Some(back) = back else {
        return counting::cannot(turn, if more { "purse-full" } else { "purse-none-of-it" });
    };
    let paying = Paying { back, ..paying };
    let kept = KeptPurse {
        paying: Some(paying),
        ..kept
    };
    super::keep(turn, kept, Undoes::Nothing)?;
    let words = turn.core.words();
    let (key, amount) = status(&paying);
    let (_, said) = rows::both(words, key, &[("amount", amount), ("came", back.total())], &[]);
    if paying.compare() == Compared::Right {
        turn.play(crate::effect::Sound::Done);
    }
    turn.say_where_pages_speak(said);
    Ok(())
}

/// The sentence that compares, and its amount.
pub(super) fn status(paying: &Paying) -> (&'static str, Fen) {
    match paying.compare() {
        Compared::Right => ("change-right", Fen::ZERO),
        Compared::Short(short) => ("change-short-by", short),
        Compared::Over(over) => ("change-over-by", over),
    }
}

/// What is in the purse when a payment has not happened.
fn before(kept: &KeptPurse) -> KeptPurse {
    let given = kept.paying.map(|paying| paying.given).unwrap_or_default();
    KeptPurse {
        // What was taken out goes in again; only an import in between could have filled the purse to the brim.
        holds: kept.holds.plus(&given).unwrap_or(kept.holds),
        paying: None,
        ..kept.clone()
    }
}

/// All came back that must: whoever has counted by eye need not tap it.
pub(super) fn came_as_it_must(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let kept = turn.core.records.purse.clone();
    let paying = kept.paying.map(|paying| Paying {
        back: change_for(paying.must_come_back()).0,
        ..paying
    });
    settle(turn, KeptPurse { paying, ..kept })
}

/// What came back was counted. Where some of it is missing, that is asked about: a purse that is wrong from then on, and a
/// spending that is too large, are noticed by nobody.
pub(super) fn counted(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(paying) = turn.core.records.purse.paying else {
        return as_it_is(turn);
    };
    let Compared::Short(short) = paying.compare() else {
        return as_it_is(turn);
    };
    let asked = Outcome::new(Mark::Caution, "change-short-title");
    turn.show(
        rows::line(asked, turn.core.words(), "change-short-by", short, &[])
            .main("change-go-on", Icon::Payments, open(Page::ChangeBack))
            .or("change-short", Icon::Visibility, open(Page::ShortChange))
            .or("change-as-it-is", Icon::Check, AppCommand::Cash(Command::PaidAsItIs)),
    );
    Ok(())
}

/// The payment is done, whatever came back.
pub(super) fn as_it_is(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let kept = turn.core.records.purse.clone();
    settle(turn, kept)
}

/// The payment is done: what came back goes into the purse.
fn settle(turn: &mut Turn<'_>, kept: KeptPurse) -> Result<(), StoreError> {
    let Some(paying) = kept.paying else {
        turn.back_to(Page::Cash);
        return Ok(());
    };
    let Some(holds) = kept.holds.plus(&paying.back) else {
        return counting::cannot(turn, "purse-full");
    };
    let as_before = before(&kept);
    let mut changes = vec![Change::Purse(KeptPurse {
        holds,
        paying: None,
        ..kept
    })];
    changes.extend(forgotten(turn.core, &[Field::Price]));
    let bill = match paying.what {
        PaidFor::Bill(id) => turn.core.records.bills.get(&id).cloned(),
        PaidFor::Something | PaidFor::NotedBill => None,
    };
    let cost = what_it_cost(&paying);
    if let Some(bill) = &bill {
        changes.extend(bills::settled(turn, bill, Some(cost)));
    }
    turn.commit_undoable(changes)?;
    // One step back is the whole payment, not its last note; its price is not typed anew by that.
    let undo = &mut turn.core.screen.undo;
    undo.retain(|change| !matches!(change, Change::PutDraft(..)));
    for change in undo {
        if let Change::Purse(kept) = change {
            *kept = as_before.clone();
        }
    }
    turn.core.screen.cash.price = None;
    turn.back_to(Page::Cash);
    if let Some(bill) = bill {
        turn.open(Page::Bills);
        turn.show(bills::paid_outcome(turn.core, &bill, Some(cost)).undoable());
        return Ok(());
    }
    let screen = &mut turn.core.screen.cash;
    screen.undoes = Undoes::Payment;
    screen.noting = if paying.what == PaidFor::NotedBill {
        Noting::NotedAlready
    } else {
        Noting::Paid(cost)
    };
    turn.play(crate::effect::Sound::Done);
    turn.open(Page::SpentOn);
    Ok(())
}

/// What is gone from the purse: the price, and what was given back too little, or without what was too much.
fn what_it_cost(paying: &Paying) -> Fen {
    paying
        .given
        .total()
        .checked_sub(paying.back.total())
        .unwrap_or_default()
}

/// It was not bought: everything goes back into the purse.
pub(super) fn not_bought(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let kept = turn.core.records.purse.clone();
    if kept.paying.is_some() {
        super::keep(turn, before(&kept), Undoes::Nothing)?;
    }
    forget(turn, &[Field::Price])?;
    turn.back_to(Page::Cash);
    counting::say_total(turn);
    Ok(())
}

/// Takes the payment back that was just done.
pub(super) fn undo(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    if can_undo(turn.core, Undoes::Payment) {
        turn.take_back()?;
    }
    turn.core.screen.cash.noting = Noting::Nothing;
    turn.back_to(Page::Purse);
    Ok(())
}

/// What the seller is shown and told: how much is missing, or to look again.
pub(super) fn held_out(core: &Core) -> (&'static str, Vec<(&'static str, Fen)>) {
    match core.records.purse.paying.map(|paying| paying.compare()) {
        Some(Compared::Short(short)) => ("change-show", vec![("amount", short)]),
        _ => ("change-show-nothing", Vec::new()),
    }
}

/// Says it, in the language of the screen and then in the other one.
pub(super) fn say_short(turn: &mut Turn<'_>) {
    let (key, amounts) = held_out(turn.core);
    let language = turn.core.words().language();
    turn.tell_in_turn([language, language.other()].map(|language| {
        let (_, said) = rows::both(Words::of(language), key, &amounts, &[]);
        (language, said)
    }));
}
