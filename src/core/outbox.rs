//! Requests that wait for a service.
//!
//! A request is written in the same transaction as the state it belongs to, carries its own UUID, and stays until the
//! service has answered it. Nothing counts it out: a service that can't be reached is asked again, later and later up
//! to [`LONGEST_PAUSE`], and a refusal is kept where the person sees it. The decisions are here and in `app.rs`; the
//! talking is done by `anban-sync`, which brings an [`Answer`] back as a command.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::appointments::{Refusal, Wish};
use crate::ids::{RequestId, VisitId};

/// The longest time between two tries. Short, since a person waits for the answer.
pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// What is asked of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Book a visit (`$find` where no slot was chosen, then `$book`).
    BookVisit {
        /// The visit it is for.
        visit: VisitId,
        /// What is wished for.
        wish: Wish,
        /// The patient's name.
        patient: String,
    },
    /// Cancel a booked visit.
    CancelVisit {
        /// The visit it is for.
        visit: VisitId,
        /// The hub's id.
        appointment: String,
    },
    /// Issue the person's health status as a signed document.
    IssueHealthStatus {
        /// The full name.
        name: String,
        /// The identity-card number (GB 11643).
        identity_number: String,
    },
}

/// A request on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// Its id, by which the service knows a repeat.
    pub id: RequestId,
    /// Requests go out in this order.
    pub sequence: u64,
    /// What is asked.
    pub request: Request,
    /// When the person asked.
    pub asked_at: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// Not to be tried before this.
    pub next_try: Timestamp,
    /// Set when the service said no: kept, shown, and sent again only when the person wants it.
    pub refused: Option<Refusal>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The visit is booked.
    Booked {
        /// The hub's id (FHIR Appointment).
        appointment: String,
        /// When it begins.
        start: Timestamp,
    },
    /// The visit is called off.
    Cancelled,
    /// The signed document.
    Issued {
        /// The text of its code.
        text: String,
    },
    /// The service said no, for good reason and for good.
    Refused(Refusal),
    /// No answer that could be used; the request may or may not have arrived.
    NoAnswer(Trouble),
}

/// Why there was no answer that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Trouble {
    /// No way to the service: no network, or it is off.
    Unreachable,
    /// It did not answer in time.
    Slow,
    /// It answered that it is in trouble itself (HTTP 5xx or 429).
    Failing,
    /// What it sent can't be understood.
    Rubbish,
    /// The address in the settings is not one.
    BadAddress,
}

impl OutboxItem {
    /// Whether it is to be sent at `now`.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.refused.is_none() && self.next_try <= now
    }

    /// The same request after a try in vain: 1, 2, 4 … seconds later, at most [`LONGEST_PAUSE`].
    #[must_use]
    pub fn after_failure(&self, now: Timestamp) -> Self {
        let seconds = 1_i64 << self.attempts.min(6);
        let pause = SignedDuration::from_secs(seconds).min(LONGEST_PAUSE);
        Self {
            attempts: self.attempts.saturating_add(1),
            next_try: now.saturating_add(pause).unwrap_or(now),
            ..self.clone()
        }
    }
}
