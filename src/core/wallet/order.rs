//! The order of the wallet. It never changes by itself: neither what is used often nor what is used late moves.

use super::{Card, WhyOld};
use crate::app::Core;
use crate::ids::CardId;

/// The cards that are in use: those in front in the order in which they were put there, then the others in the order in
/// which they were added.
pub(crate) fn cards(core: &Core) -> Vec<&Card> {
    let mut cards: Vec<_> = core.records.cards.values().filter(|card| card.old.is_none()).collect();
    cards.sort_by_key(|card| {
        let front = card.pinned_at.is_none();
        (front, card.pinned_at.unwrap_or(card.added_at), card.id)
    });
    cards
}

/// The cards that were put away, the latest first.
pub(super) fn old(core: &Core) -> Vec<&Card> {
    let mut cards: Vec<_> = core.records.cards.values().filter(|card| card.old.is_some()).collect();
    cards.sort_by_key(|card| (card.old.map(|old| std::cmp::Reverse(old.since)), card.id));
    cards
}

/// The cards in use that have expired and were not asked about yet, in the order of the wallet.
pub(super) fn expired(core: &Core) -> Vec<&Card> {
    let now = core.now().timestamp();
    let mut cards = cards(core);
    cards.retain(|card| card.has_expired(now) && card.kept_beyond != card.expires_at);
    cards
}

/// The card that was deleted last, if that was within the last ten minutes.
pub(super) fn just_deleted(core: &Core) -> Option<&Card> {
    let now = core.now().timestamp();
    let within = |card: &&Card| {
        card.old.is_some_and(|old| {
            let since = now.duration_since(old.since);
            old.why == WhyOld::Deleted && !since.is_negative() && since < super::old::REMINDED
        })
    };
    let deleted = core.records.cards.values().filter(within);
    deleted.max_by_key(|card| (card.old.map(|old| old.since), card.id))
}

/// A card, unless it was put away.
pub(crate) fn in_use(core: &Core, id: CardId) -> Option<&Card> {
    core.records.cards.get(&id).filter(|card| card.old.is_none())
}

/// The card that is shown.
pub(crate) fn shown(core: &Core) -> Option<&Card> {
    core.records.cards.get(&core.screen.wallet.shown?)
}
