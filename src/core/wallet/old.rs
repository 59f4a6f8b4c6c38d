//! Cards that are not used any more: what was deleted, for thirty days, and what has expired.
//!
//! Nothing is put away by itself, and nothing is gone at once. What was deleted stands at the top of the wallet for ten
//! minutes, to be put back with one tap, and among the old cards for thirty days; then it is erased. What has expired stays
//! among the old ones until the person deletes it there.

use jiff::{SignedDuration, Timestamp};

use super::{Card, Command, Old, WhyOld, photos};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::forgotten_with;
use crate::ids::CardId;
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// How long the wallet's page says what was deleted last.
pub(super) const REMINDED: SignedDuration = SignedDuration::from_mins(10);
/// How long what was deleted can be put back.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// When a card that was put away is erased.
pub(super) fn gone_at(old: Old) -> Option<Timestamp> {
    (old.why == WhyOld::Deleted).then(|| old.since.checked_add(KEPT).unwrap_or(Timestamp::MAX))
}

/// Puts a card away; `false` where there is none in use.
fn put(turn: &mut Turn<'_>, id: CardId, why: WhyOld) -> Result<bool, StoreError> {
    let Some(card) = turn.core.records.cards.get(&id).filter(|card| card.old.is_none()) else {
        return Ok(false);
    };
    let since = turn.core.now().timestamp();
    let card = Card {
        old: Some(Old { since, why }),
        ..card.clone()
    };
    turn.commit_undoable(vec![Change::PutCard(card)])?;
    Ok(true)
}

pub(super) fn remove(turn: &mut Turn<'_>, id: CardId) -> Result<(), StoreError> {
    if put(turn, id, WhyOld::Deleted)? {
        turn.back_to(Page::Wallet);
        turn.show(
            Outcome::new(Mark::Good, "card-removed-title")
                .line("card-removed-line")
                .undoable()
                .or("wallet-old", Icon::History, open(Page::OldCards)),
        );
    }
    Ok(())
}

pub(super) fn put_away(turn: &mut Turn<'_>, id: CardId) -> Result<(), StoreError> {
    if put(turn, id, WhyOld::Expired)? {
        next_question(turn);
    }
    Ok(())
}

/// What has expired stays among the others; it is not asked again unless it gets another expiry.
pub(super) fn keep_expired(turn: &mut Turn<'_>, id: CardId) -> Result<(), StoreError> {
    let Some(card) = turn.core.records.cards.get(&id) else {
        return Ok(());
    };
    let card = Card {
        kept_beyond: card.expires_at,
        ..card.clone()
    };
    turn.commit_undoable(vec![Change::PutCard(card)])?;
    next_question(turn);
    Ok(())
}

/// The next card that has expired, or the wallet.
fn next_question(turn: &mut Turn<'_>) {
    if super::order::expired(turn.core).is_empty() {
        turn.back_to(Page::Wallet);
    } else {
        turn.open(Page::ExpiredCard);
    }
}

pub(super) fn put_back(turn: &mut Turn<'_>, id: CardId) -> Result<(), StoreError> {
    let Some(card) = turn.core.records.cards.get(&id).filter(|card| card.old.is_some()) else {
        return Ok(());
    };
    let now = turn.core.now().timestamp();
    let card = Card {
        old: None,
        // One that is put back although it has expired is not asked about again.
        kept_beyond: card.expires_at.filter(|&end| end <= now).or(card.kept_beyond),
        ..card.clone()
    };
    let name = card.name.clone();
    turn.commit_undoable(vec![Change::PutCard(card)])?;
    turn.core.screen.wallet.shown = Some(id);
    turn.back_to(Page::Wallet);
    turn.show(
        Outcome::new(Mark::Good, "card-back-title")
            .line(Sentence("card-kept-line", vec![("name", name)]))
            .main(
                "card-kept-show",
                Icon::CreditCard,
                AppCommand::Wallet(Command::Show(id)),
            ),
    );
    Ok(())
}

/// What is erased together with a card.
fn erased(core: &Core, card: &Card) -> Vec<Change> {
    [Change::RemoveCard(card.id)]
        .into_iter()
        .chain(photos::removed_with(card))
        .chain(forgotten_with(core, card.id.0))
        .collect()
}

/// Erases a card that was put away, after the person was asked.
pub(super) fn erase(turn: &mut Turn<'_>, id: CardId) -> Result<(), StoreError> {
    let Some(card) = turn.core.records.cards.get(&id).filter(|card| card.old.is_some()) else {
        return Ok(());
    };
    let changes = erased(turn.core, card);
    turn.commit(changes)?;
    turn.back_to(Page::OldCards);
    turn.show(Outcome::new(Mark::Good, "card-erased-title"));
    Ok(())
}

/// Erases what was deleted thirty days ago.
///
/// # Errors
/// The store's; the next turn tries again.
pub(crate) fn erase_what_is_over(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let now = turn.now();
    let over = |card: &&Card| card.old.and_then(gone_at).is_some_and(|at| at <= now);
    let cards = turn.core.records.cards.values().filter(over);
    let changes: Vec<_> = cards.flat_map(|card| erased(turn.core, card)).collect();
    if changes.is_empty() {
        return Ok(());
    }
    turn.commit_quietly(changes)
}

/// When something here is over: a reminder at the top of the wallet, or the time of what was deleted.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    let now = core.now().timestamp();
    let ends = core.records.cards.values().filter_map(|card| {
        let old = card.old.filter(|old| old.why == WhyOld::Deleted)?;
        let reminded = old.since.checked_add(REMINDED).ok();
        reminded.filter(|&at| at > now).or_else(|| gone_at(old))
    });
    // One that can't be erased now is tried again with whatever comes next.
    ends.filter(|&at| at > now).min()
}
