//! Which key signs, and which keys are in the trust list: the rules of changing a key without a gap.
//!
//! A new key is in the trust list for a lead time before it signs, so that every device that sees the network in that
//! time knows it when its first document appears. The key before it signs no more from then on, and stays in the list
//! until the last of its documents has expired and for [`REMEMBERED`] longer, so that an old document is called expired
//! and not unknown. A key that was taken back signs nothing, and stays in the list as taken back for as long.

use crate::db::KeyRow;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How long keys and revocations stay in the list after what they are about has expired.
pub(crate) const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Documents of a hub before it noted them held for a week: a key that signed some may have none on record.
const UNRECORDED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// All issuing keys, in the order in which they begin to sign, and which of them were taken back.
pub(crate) struct Schedule {
    pub(crate) keys: Vec<KeyRow>,
    pub(crate) revoked: BTreeSet<String>,
}

impl Schedule {
    fn believed(&self) -> impl DoubleEndedIterator<Item = &KeyRow> {
        self.keys.iter().filter(|key| !self.revoked.contains(&key.key_id))
    }

    /// The key that signs at this time: the last to have begun. Where the clock was set back before all of them, the
    /// first will do.
    pub(crate) fn signing(&self, now: Timestamp) -> Option<&KeyRow> {
        let begun = self.believed().rfind(|key| key.signs_from <= now);
        begun.or_else(|| self.believed().next())
    }

    /// The key that is in the list and does not sign yet.
    pub(crate) fn waiting(&self, now: Timestamp) -> Option<&KeyRow> {
        self.believed().rfind(|key| key.signs_from > now)
    }

    /// When the key after this one begins to sign.
    fn followed_at(&self, key: &KeyRow) -> Option<Timestamp> {
        let mut later = self.believed().map(|other| other.signs_from);
        later.find(|from| *from > key.signs_from)
    }

    /// Whether the key is in the trust list. `last_expiry` is when its last document expires.
    pub(crate) fn is_listed(&self, key: &KeyRow, last_expiry: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(followed_at) = self.followed_at(key) else {
            return true;
        };
        let unrecorded = followed_at.saturating_add(UNRECORDED).unwrap_or(Timestamp::MAX);
        let last = last_expiry.map_or(unrecorded, |last| last.max(unrecorded));
        now <= last.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    fn key(name: &str, from: i64) -> KeyRow {
        KeyRow {
            key_id: name.to_owned(),
            public_key: String::new(),
            file: String::new(),
            signs_from: day(from),
        }
    }

    fn schedule(revoked: &[&str]) -> Schedule {
        Schedule {
            keys: vec![key("a", 0), key("b", 100), key("c", 200)],
            revoked: revoked.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    fn signs(schedule: &Schedule, at: i64) -> &str {
        &schedule.signing(day(at)).unwrap().key_id
    }

    #[test]
    fn each_key_signs_from_its_day_until_the_next_one_does() {
        let keys = schedule(&[]);
        assert_eq!(
            [0, 99, 100, 199, 200, 900].map(|at| signs(&keys, at)),
            ["a", "a", "b", "b", "c", "c"]
        );
        assert_eq!(signs(&keys, -5), "a", "a clock that was set back finds a key too");
        assert_eq!(keys.waiting(day(150)).unwrap().key_id, "c");
        assert!(keys.waiting(day(200)).is_none());
    }

    #[test]
    fn a_key_that_was_taken_back_never_signs() {
        let keys = schedule(&["b"]);
        assert_eq!([150, 250].map(|at| signs(&keys, at)), ["a", "c"]);
        assert_eq!(
            signs(&schedule(&["a", "b"]), 50),
            "c",
            "better early than with a key that nobody believes"
        );
        assert!(schedule(&["a", "b", "c"]).signing(day(50)).is_none());
    }

    #[test]
    fn a_key_stays_in_the_list_until_its_last_document_has_long_expired() {
        let keys = schedule(&[]);
        let listed = |at, last: Option<i64>| keys.is_listed(&keys.keys[0], last.map(day), day(at));
        assert!(
            listed(137, None) && !listed(138, None),
            "a week for what was not noted, and 30 days"
        );
        assert!(listed(490, Some(460)) && !listed(491, Some(460)));
        let newest = keys.keys.last().unwrap();
        assert!(
            keys.is_listed(newest, Some(day(1)), day(9000)),
            "the one that signs always is"
        );
    }
}
