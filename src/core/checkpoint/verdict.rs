//! What whoever stands at the door is told about a document.

use anban_credential::{Document, DocumentState, Kind, Status, Verification};
use jiff::Timestamp;

use crate::health_code::STALE_FROM;
use crate::ids::EntryId;
use crate::view::Mark;

/// What a scan came to.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    /// A document, and why it passes or not.
    Document(Box<Judged>),
    /// It began like a document and can't be read: damaged, or changed.
    Unreadable,
    /// No document of any kind.
    Unknown,
    /// A file in which no code was found; the key of the sentence that says what to do.
    NoCode(&'static str),
    /// Nothing was judged: this person was written into the register by hand.
    Noted {
        /// Their name.
        name: String,
        /// Their entry.
        entry: EntryId,
    },
}

/// A document with what was found when it was scanned; what is shown stays as it was found.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub document: Document,
    pub reason: Reason,
    /// Whether the person was written into the register.
    pub noted: Noted,
}

/// What the register has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noted {
    /// Nothing: it keeps no codes.
    No,
    /// Nothing yet: whoever stands at the door decides.
    Offered,
    /// The person was written into it.
    Yes,
    /// The store could not keep it.
    Failed,
}

/// Why somebody may pass or not; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Forged,
    Revoked,
    Expired(Timestamp),
    NotYet,
    Red,
    /// No trust list has ever come to this device.
    NoList,
    UnknownIssuer,
    /// The trust list is older than it should be.
    ListExpired(Timestamp),
    Yellow,
    Stale(Timestamp),
    /// Genuine and valid, and no health code or pass.
    OtherKind,
    Good,
}

impl Reason {
    /// The shape and colour that go with it: may pass, look closer, stop.
    pub fn mark(self) -> Mark {
        match self {
            Self::Good => Mark::Good,
            Self::Forged | Self::Revoked | Self::Expired(_) | Self::Red => Mark::Bad,
            _ => Mark::Caution,
        }
    }

    /// Whether a paper with it is what it seems to be: somebody who is vouched for said so of this person.
    pub fn is_genuine(self) -> bool {
        matches!(
            self,
            Self::Good | Self::OtherKind | Self::Stale(_) | Self::ListExpired(_)
        )
    }
}

/// Why a document passes or not. `listed` says whether this device has a trust list at all.
pub(crate) fn judge(document: &Document, found: &Verification, listed: Option<Timestamp>, at: Timestamp) -> Reason {
    let status = document.status();
    match found.state() {
        DocumentState::Forged | DocumentState::Unreadable => Reason::Forged,
        DocumentState::Revoked => Reason::Revoked,
        DocumentState::Expired => Reason::Expired(document.expires_at().unwrap_or(at)),
        DocumentState::NotYetValid => Reason::NotYet,
        // What nobody vouches for may still say that somebody is ill.
        _ if status == Some(Status::Red) => Reason::Red,
        DocumentState::UnknownIssuer if listed.is_none() => Reason::NoList,
        DocumentState::UnknownIssuer => Reason::UnknownIssuer,
        DocumentState::Valid if found.trust_expired => Reason::ListExpired(listed.unwrap_or(at)),
        DocumentState::Valid if status == Some(Status::Yellow) => Reason::Yellow,
        DocumentState::Valid => match (document.kind(), document.issued_at()) {
            (Kind::HealthStatus, Some(issued)) if at.duration_since(issued).as_hours() / 24 >= STALE_FROM => {
                Reason::Stale(issued)
            }
            (Kind::HealthStatus | Kind::EntryPass, _) => Reason::Good,
            _ => Reason::OtherKind,
        },
    }
}
