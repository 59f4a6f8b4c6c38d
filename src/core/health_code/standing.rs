//! How a document stands at this moment: what was found out about it, and what has to be said with it.
//!
//! The signature, the trust list and the clock give the state; the age of a health status and the age of the list give
//! what is said beside it. Nothing fails silently: a list that is too old, or a clock that can't be right, is named, and
//! what has run out or was taken back is never drawn as a code that could be shown.

use anban_credential::{Document, DocumentState, Kind, Status};
use jiff::{SignedDuration, Timestamp};

use super::KeptDocument;
use crate::app::Core;
use crate::view::Mark;
use crate::words::{Words, time};

/// A health status that is older is called stale, in days.
pub(crate) const STALE_FROM: i64 = 3;

/// So far may two clocks differ before one of them is called wrong.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// From so many days on a trust list that was not renewed raises the question whether the date is right.
const LIST_LATE: i64 = 60;

/// What is the matter with the grounds on which a document is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The device's clock is behind what was already signed or kept.
    ClockBehind,
    /// There is no trust list yet, so nobody is vouched for.
    NoList,
    /// The trust list should have been renewed so many days ago.
    ListExpired(i64),
}

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What the checks say.
    pub state: DocumentState,
    /// The colour, if it is a health status.
    pub status: Option<Status>,
    /// The days since it was issued, if that is too long for what it is.
    pub stale: Option<i64>,
    /// What is the matter with the grounds.
    pub doubt: Option<Doubt>,
}

/// How a document stands now.
pub(crate) fn standing(core: &Core, kept: &KeptDocument, document: &Document) -> Standing {
    let now = core.now().timestamp();
    let state = core.trust.state(document, now);
    let days = |from: Timestamp| now.duration_since(from).as_hours() / 24;
    let issued = document.issued_at().unwrap_or(kept.refreshed_at);
    let ages = document.kind() == Kind::HealthStatus && state == DocumentState::Valid;
    Standing {
        state,
        status: document.status(),
        stale: Some(days(issued)).filter(|&days| ages && days >= STALE_FROM),
        doubt: doubt(core, kept, document, state),
    }
}

fn doubt(core: &Core, kept: &KeptDocument, document: &Document, state: DocumentState) -> Option<Doubt> {
    let now = core.now().timestamp();
    // Only who is believed can say what time it was.
    let signed = document.issued_at().filter(|_| state != DocumentState::UnknownIssuer);
    let known = [signed, Some(kept.refreshed_at), core.trust.list_issued_at()];
    let latest = known.into_iter().flatten().max().unwrap_or(now);
    if latest.duration_since(now) > CLOCKS_DIFFER {
        return Some(Doubt::ClockBehind);
    }
    match core.trust.list_expires_at() {
        None if state == DocumentState::UnknownIssuer => Some(Doubt::NoList),
        Some(expired) if expired < now => Some(Doubt::ListExpired(now.duration_since(expired).as_hours() / 24)),
        _ => None,
    }
}

impl Standing {
    /// Whether its code may be shown at all: what has run out or was taken back is covered.
    pub fn can_be_shown(self) -> bool {
        matches!(
            self.state,
            DocumentState::Valid | DocumentState::NotYetValid | DocumentState::UnknownIssuer
        )
    }

    /// The shape and colour. A stale code, or one that is judged by a wrong clock, is not simply good.
    pub fn mark(self) -> Mark {
        match state_mark(self.state, self.status) {
            Mark::Good if self.stale.is_some() || self.doubt == Some(Doubt::ClockBehind) => Mark::Caution,
            mark => mark,
        }
    }

    /// The state in a word that is read at arm's length: 绿码, 已过期.
    pub fn word(self, words: Words) -> String {
        match (self.state, self.status) {
            (DocumentState::Valid, Some(Status::Green)) if self.stale.is_some() => words.get("status-green-stale"),
            (DocumentState::Valid, Some(status)) => words.get(colour_key(status)),
            (state, _) => words.get(state_key(state)),
        }
    }

    /// What has to be said with it, the gravest first.
    pub fn notices(self, words: Words, now: &jiff::Zoned) -> Vec<String> {
        let days = |key: &str, days: i64| words.with(key, &[("days", &days.to_string())]);
        let doubt = self.doubt.map(|doubt| match doubt {
            Doubt::ClockBehind => {
                let today = time::full_date(words, now.date());
                words.with("code-clock-wrong", &[("date", &today)])
            }
            Doubt::NoList => words.get("code-no-list"),
            // So late that it may as well be the date that is wrong.
            Doubt::ListExpired(late) if late >= LIST_LATE => {
                let today = time::full_date(words, now.date());
                words.with(
                    "code-list-expired-long",
                    &[("days", &late.to_string()), ("date", &today)],
                )
            }
            Doubt::ListExpired(late) => days("code-list-expired", late),
        });
        let stale = self.stale.map(|old| days("code-stale", old));
        let unknown = (self.state == DocumentState::UnknownIssuer && self.doubt != Some(Doubt::NoList))
            .then(|| words.get("code-unknown-explained"));
        doubt.into_iter().chain(stale).chain(unknown).collect()
    }
}

/// The shape and colour of a state. Yellow and red health codes are signed and true, and still no pass.
pub(crate) fn state_mark(state: DocumentState, status: Option<Status>) -> Mark {
    match (state, status) {
        (DocumentState::Valid, Some(Status::Yellow)) => Mark::Caution,
        (DocumentState::Valid, Some(Status::Red)) => Mark::Bad,
        (DocumentState::Valid, _) => Mark::Good,
        (DocumentState::UnknownIssuer | DocumentState::NotYetValid, _) => Mark::Caution,
        _ => Mark::Bad,
    }
}

fn colour_key(status: Status) -> &'static str {
    match status {
        Status::Green => "status-green",
        Status::Yellow => "status-yellow",
        Status::Red => "status-red",
    }
}

fn state_key(state: DocumentState) -> &'static str {
    match state {
        DocumentState::Valid => "state-valid",
        DocumentState::NotYetValid => "state-not-yet",
        DocumentState::Expired => "state-expired",
        DocumentState::Revoked => "state-revoked",
        DocumentState::UnknownIssuer => "state-unknown",
        DocumentState::Forged | DocumentState::Unreadable => "state-forged",
    }
}

/// The state in words: 绿码 有效.
pub(crate) fn state_words(words: Words, state: DocumentState, status: Option<Status>) -> String {
    let colour = status.map(|status| words.get(colour_key(status)));
    let said = words.get(state_key(state));
    match (colour, state) {
        // A yellow or red code may be genuine, and still nobody must take "valid" for "go on".
        (Some(colour), DocumentState::Valid) if status != Some(Status::Green) => colour,
        (Some(colour), DocumentState::Valid) => {
            words.with("status-and-state", &[("status", &colour), ("state", &said)])
        }
        // Of a code that does not hold, its colour must not be the first word.
        _ => said,
    }
}
