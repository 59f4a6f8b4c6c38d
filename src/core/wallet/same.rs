//! Which card is the one that comes in, and what becomes of it.
//!
//! Apple's PassKit package format names a pass by its type and its serial number; a newer pass of the same pair takes the
//! place of the older one, and passes of different pairs are different things, however much they look alike. What has no
//! such pair is known by its name, number and code, as far as it has any of the latter two.

use jiff::Timestamp;

use super::{Card, WhyOld};
use crate::turn::Turn;

/// The card that is there and is the same. Two in one file are two: a ticket for each of a couple may say the same.
pub(super) fn known(turn: &Turn<'_>, card: &Card) -> Option<Card> {
    let there = || turn.core.records.cards.values();
    let same_pass = card
        .pass
        .is_some()
        .then(|| there().find(|other| other.pass == card.pass));
    let found = same_pass
        .flatten()
        .or_else(|| there().find(|other| says_the_same(card, other)));
    found.cloned()
}

fn says_the_same(card: &Card, other: &Card) -> bool {
    let different_passes = card.pass.is_some() && other.pass.is_some();
    let says = |card: &Card| card.code.is_some() || !card.number.is_empty();
    // Tickets without a code differ in what else is on them. Where nothing is, one is not known from the other.
    let alike = says(card) || (!card.details.is_empty() && card.details == other.details);
    let same = other.name == card.name && other.number == card.number && other.code == card.code;
    same && alike && !different_passes
}

/// Whether a card was deleted: whoever takes it in again wants it back.
pub(super) fn was_deleted(card: &Card) -> bool {
    card.old.is_some_and(|old| old.why == WhyOld::Deleted)
}

/// The card that is there with what its pass says now. What the person has set stays, and so do the number and the code
/// of one that has neither: they may have been written down by hand.
pub(super) fn renewed(known: &Card, pass: Card, now: Timestamp) -> Card {
    let bare = pass.number.is_empty() && pass.code.is_none();
    // What was declared void is over from the moment on at which that was read first.
    let stays_over = known.has_expired(now) && pass.has_expired(now);
    let put_away = known.old.filter(|old| old.why == WhyOld::Expired && stays_over);
    let mut newer = Card {
        name: pass.name,
        details: pass.details,
        expires_at: if stays_over { known.expires_at } else { pass.expires_at },
        // Taken in again, it is wanted again, unless it is over as before.
        old: put_away,
        pass: pass.pass.or_else(|| known.pass.clone()),
        ..known.clone()
    };
    if !bare {
        (newer.number, newer.code) = (pass.number, pass.code);
    }
    newer
}
