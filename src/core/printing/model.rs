//! A job of the print queue, and what printers say about it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::certificates::Paper;
use crate::effect::PrintTrouble;
use crate::ids::PrintJobId;

/// The longest time between two tries on a printer that is off. Short, since somebody may stand before it.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// The first pause, in seconds; each one is twice as long as the one before.
const FIRST_PAUSE: i64 = 5;
/// A job that the person has wanted this long ago does not begin by itself any more: a paper with a name on it must not
/// come out when nobody is there to take it.
pub(crate) const GOES_ON_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A printer, as the person chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printer {
    /// Its address, such as `ipp://printer.local/ipp/print`.
    pub address: String,
    /// What it is called; empty where only its address is known.
    pub name: String,
}

impl Printer {
    /// What it is called, or else the host in its address: what a person can recognise.
    #[must_use]
    pub fn shown(&self) -> &str {
        if !self.name.is_empty() {
            return &self.name;
        }
        let rest = self
            .address
            .split_once("://")
            .map_or(self.address.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or(rest)
    }
}

/// A paper on its way to a printer. It holds the whole paper, so that what comes out is what the person saw, whatever
/// has become of the record meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintJob {
    /// Its id.
    pub id: PrintJobId,
    /// Jobs for one printer go out in this order.
    pub sequence: u64,
    /// What is printed.
    pub paper: Paper,
    /// Where.
    pub printer: Printer,
    /// When the person first asked for it.
    pub asked_at: Timestamp,
    /// When the person last said that it is to be printed.
    pub wanted_at: Timestamp,
    /// How far it is.
    pub state: PrintState,
    /// When it came to be so.
    pub changed_at: Timestamp,
    /// How often it was handed out. A report names the attempt that it is about, so that a late one is known as such.
    pub attempt: u32,
    /// How often in a row the printer was not there.
    pub pauses: u32,
    /// Not to be handed out before this.
    pub next_try: Timestamp,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrintState {
    /// Nothing of it has been sent.
    Waiting {
        /// What kept it from being sent the last time.
        trouble: Option<PrintTrouble>,
    },
    /// It was handed out. Found so after a start, it was cut in the middle, and nobody knows what came out.
    Sending,
    /// The printer has all of it and has given it this number to ask by.
    InPrinter {
        /// The printer's number (IPP `job-id`).
        number: i32,
        /// Since when.
        since: Timestamp,
        /// What the printer wants before it goes on.
        trouble: Option<PrintTrouble>,
    },
    /// It may have come out or not: the person has to look.
    Unsure,
    /// It came out.
    Done {
        /// The printer says so. Otherwise it has taken all of it and tells nothing more.
        confirmed: bool,
    },
    /// It did not come out, and will not by itself.
    Failed(PrintTrouble),
    /// The person does not want it any more.
    Cancelled,
}

/// What became of a job that was handed out, or of one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrintReport {
    /// Sent: the printer has all of it.
    Taken {
        /// Its number, where the printer gives one to ask by.
        number: Option<i32>,
    },
    /// Nothing of it was sent.
    NotSent(PrintTrouble),
    /// The connection ended in the middle: it may come out or not.
    Cut,
    /// Asked: it is not done yet.
    Printing {
        /// What the printer wants before it goes on.
        trouble: Option<PrintTrouble>,
    },
    /// Asked: it came out.
    Printed,
    /// Asked: it was cancelled at the printer, or the printer gave it up.
    GivenUp,
    /// Asked: the printer does not know the number any more.
    Forgotten,
    /// Asked: no answer.
    NoAnswer,
}

impl PrintJob {
    /// Whether it is over: kept for a while to be seen, and printed again only as a new copy or when it is asked for.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(
            self.state,
            PrintState::Done { .. } | PrintState::Failed(_) | PrintState::Cancelled
        )
    }

    /// Whether it was wanted so long ago that it waits for the person's word.
    #[must_use]
    pub fn is_old(&self, now: Timestamp) -> bool {
        now.duration_since(self.wanted_at) > GOES_ON_FOR
    }

    /// Whether nothing but time keeps it from being sent.
    pub(crate) fn goes_on_by_itself(&self, now: Timestamp) -> bool {
        let PrintState::Waiting { trouble } = self.state else {
            return false;
        };
        trouble.is_none_or(PrintTrouble::passes_by_itself) && !self.is_old(now)
    }

    /// The same job in another state from now on.
    pub(crate) fn becomes(&self, state: PrintState, now: Timestamp) -> Self {
        Self {
            state,
            changed_at: now,
            ..self.clone()
        }
    }

    /// The same job, to be sent at once since the person wants it.
    pub(crate) fn wanted(&self, now: Timestamp) -> Self {
        Self {
            wanted_at: now,
            next_try: now,
            pauses: 0,
            ..self.becomes(PrintState::Waiting { trouble: None }, now)
        }
    }

    /// The same job after nothing of it could be sent: 5, 10, 20 … seconds later where that may help, at most
    /// [`LONGEST_PAUSE`].
    pub(crate) fn after(&self, trouble: PrintTrouble, now: Timestamp) -> Self {
        if trouble.is_for_good() {
            return self.becomes(PrintState::Failed(trouble), now);
        }
        let pause = SignedDuration::from_secs(FIRST_PAUSE << self.pauses.min(4)).min(LONGEST_PAUSE);
        Self {
            pauses: self.pauses.saturating_add(1),
            next_try: now.saturating_add(pause).unwrap_or(now),
            ..self.becomes(PrintState::Waiting { trouble: Some(trouble) }, now)
        }
    }
}

/// A printer that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPrinter {
    /// The printer.
    pub printer: Printer,
    /// Where it stands, as whoever set it up wrote; may be empty.
    pub place: String,
}
