//! Requests that wait for a service.
//!
//! A request is written in the same transaction as the state it belongs to, carries its own UUID, and stays until the
//! service has answered it. Nothing counts it out: a service that can't be reached is asked again, later and later up
//! to [`LONGEST_PAUSE`], and a refusal is kept where the person sees it. The decisions are here and in `app.rs`; the
//! talking is done by `anban-sync`, which brings an [`Answer`] back as a command.

use std::collections::BTreeMap;

use anban_wire::accounts::{Grant, Relationship, Secret};
use anban_wire::documents::DocumentKind;
use anban_wire::persons::Channel;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::appointments::{Offer, Refusal, Wish};
use crate::health_code::About;
use crate::ids::{RequestId, VisitId};
use crate::store::{Change, Records};

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
        /// The patient does not want what somebody else has booked for them.
        #[serde(default)]
        declined: bool,
    },
    /// Move a booked visit to another time. It stays where it is until the service has said yes.
    MoveVisit {
        /// The visit it is for.
        visit: VisitId,
        /// The hub's id.
        appointment: String,
        /// The time that is wished for.
        wish: Wish,
        /// The patient's name, for a service that can only book anew and call the old one off.
        patient: String,
    },
    /// Say that the person has come (`POST /visits/ID/check-in`).
    CheckIn {
        /// The visit it is for.
        visit: VisitId,
        /// The hub's id.
        appointment: String,
    },
    /// Issue a signed document. Version 0.1 could ask for a health status alone and kept it under that name.
    #[serde(alias = "IssueHealthStatus")]
    IssueDocument(DocumentWish),
    /// Make a person known to the service, so that it issues documents about them.
    Register(Registration),
    /// Make this device known to the service, under the secret of its [account](crate::account).
    RegisterDevice {
        /// The name of who uses it.
        name: String,
    },
    /// Get digits with which somebody can act for the device's owner.
    Invite {
        /// How they stand to the owner.
        relationship: Relationship,
    },
    /// Turn such digits into a grant.
    AcceptInvitation {
        /// The digits.
        code: String,
    },
    /// End a grant, from either side.
    EndGrant {
        /// Its id.
        grant: String,
    },
}

/// A signed document that is wished for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentWish {
    /// What document.
    #[serde(default = "health_status")]
    pub kind: DocumentKind,
    /// The full name of whom it is about.
    pub name: String,
    /// Their identity-card number (GB 11643).
    pub identity_number: String,
    /// What they state themselves, by the names of `docs/documents.md`; empty where the service has the content.
    #[serde(default)]
    pub details: BTreeMap<String, String>,
    /// The service's id of the booked appointment, for its slip.
    #[serde(default)]
    pub appointment: Option<String>,
    /// What on this device it belongs to. Such a document comes quietly: no page says that it is here.
    #[serde(default)]
    pub about: Option<About>,
    /// Whether it is about somebody else than the device's owner.
    #[serde(default)]
    pub relative: bool,
    /// The app asks by itself, to renew what is kept: nobody waits for the answer, and none is shown.
    #[serde(default)]
    pub quiet: bool,
}

fn health_status() -> DocumentKind {
    DocumentKind::HealthStatus
}

impl DocumentWish {
    /// A person's health status, for the person themselves to show.
    #[must_use]
    pub fn health_status(name: impl Into<String>, identity_number: impl Into<String>) -> Self {
        Self {
            kind: health_status(),
            name: name.into(),
            identity_number: identity_number.into(),
            details: BTreeMap::new(),
            appointment: None,
            about: None,
            relative: false,
            quiet: false,
        }
    }

    /// Whether the other wish is for the same document of the same person, though perhaps with other content. The owner
    /// is one person, whatever number they give: one that they have corrected takes the place of the wrong one.
    /// Relatives are told apart by their numbers.
    #[must_use]
    pub fn replaces(&self, other: &Self) -> bool {
        (self.kind, self.about, self.relative) == (other.kind, other.about, other.relative)
            && (!self.relative || self.identity_number == other.identity_number)
    }

    /// Whether the answer comes without a page: nobody has asked for it, or it belongs to something on this device.
    #[must_use]
    pub fn comes_quietly(&self) -> bool {
        self.quiet || self.about.is_some()
    }
}

/// A person who is to be registered with a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The full name.
    pub name: String,
    /// The identity-card number (GB 11643).
    pub identity_number: String,
    /// By themselves, or who does it for them.
    pub channel: Channel,
    /// A telephone number to ask back under, if the person gives one.
    pub telephone: Option<String>,
    /// Who registers them, where it is not themselves.
    pub helper: Option<String>,
}

impl Registration {
    /// Whether the other is to register the same person: the owner, or the relative of this number.
    #[must_use]
    pub fn replaces(&self, other: &Self) -> bool {
        self.channel == other.channel && (self.channel == Channel::Own || self.identity_number == other.identity_number)
    }
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
    /// What the service offers instead of what it has refused, the nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
    /// It was carried out before, by a service that has forgotten it: nobody waits to be told of it once more.
    #[serde(default)]
    pub again: bool,
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
        /// The slot that it fills, where the service says.
        #[serde(default)]
        slot: Option<String>,
    },
    /// The visit is called off.
    Cancelled,
    /// The person is noted as having come: the number in the queue, and how the day goes.
    CheckedIn(Box<anban_wire::visit_day::VisitDay>),
    /// The signed document.
    Issued {
        /// The text of its code.
        text: String,
    },
    /// The person is registered.
    Registered,
    /// The device is known.
    DeviceKnown {
        /// Its id at the service.
        device: String,
        /// The FHIR id of the patient whose device it is.
        patient: String,
        /// The service's name for the life of its database, where it has told one.
        epoch: Option<String>,
    },
    /// The service has no accounts, and is used without one.
    NoAccounts,
    /// Digits to be told to whoever is invited.
    Invited {
        /// The digits.
        code: String,
        /// Until when they are good.
        expires_at: Timestamp,
    },
    /// This device may act for somebody.
    Granted(Grant),
    /// The grant has ended.
    GrantEnded,
    /// The service said no, for good reason and for good.
    Refused {
        /// Why.
        reason: Refusal,
        /// What it offers instead, the nearest first; three at most.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        offers: Vec<Offer>,
    },
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
    /// The service does not know this device (any more).
    SignedOut,
    /// It was restored from an older copy of its data, and what it says must not be taken for the last word: first it is
    /// told again what it lacks.
    Restored,
}

impl Answer {
    /// A no with nothing to offer instead.
    #[must_use]
    pub fn refused(reason: Refusal) -> Self {
        let offers = Vec::new();
        Self::Refused { reason, offers }
    }
}

/// What this device signs in with. Never written out: what carries it is plain data otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Its id at the service; none before it is registered.
    pub device: Option<String>,
    /// The FHIR id of its owner.
    pub patient: Option<String>,
    /// What only it knows.
    pub secret: Secret,
    /// The service's name for the life of its database, as last heard. Answers out of another one are
    /// [`Trouble::Restored`].
    pub epoch: Option<String>,
}

/// A request that a service has carried out. Kept until it does not matter any more, so that a service that was restored
/// from an older copy of its data can be asked again, under the same id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The request's id.
    pub id: RequestId,
    /// They were carried out in this order.
    pub sequence: u64,
    /// What was asked.
    pub request: Request,
    /// When the service said yes.
    pub at: Timestamp,
    /// Kept until then.
    pub until: Timestamp,
}

impl Trouble {
    /// Whether nothing arrives, whatever is asked.
    pub(crate) fn is_of_the_way(self) -> bool {
        matches!(self, Self::Unreachable | Self::Slow | Self::BadAddress)
    }
}

/// Requests about the same thing: they are answered in their order, and hold up no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lane {
    /// This device itself.
    Device,
    /// A visit.
    Visit(VisitId),
    /// A person and their documents, by their identity number.
    Person(String),
    /// Who may act for whom.
    Family,
}

impl Request {
    /// What it is about.
    pub(crate) fn lane(&self) -> Lane {
        match self {
            Self::BookVisit { visit, .. }
            | Self::CancelVisit { visit, .. }
            | Self::MoveVisit { visit, .. }
            | Self::CheckIn { visit, .. } => Lane::Visit(*visit),
            Self::IssueDocument(wish) => Lane::Person(wish.identity_number.clone()),
            Self::Register(person) => Lane::Person(person.identity_number.clone()),
            Self::RegisterDevice { .. } => Lane::Device,
            Self::Invite { .. } | Self::AcceptInvitation { .. } | Self::EndGrant { .. } => Lane::Family,
        }
    }

    /// The time that is wished for, where one is.
    pub(crate) fn wish(&self) -> Option<&Wish> {
        match self {
            Self::BookVisit { wish, .. } | Self::MoveVisit { wish, .. } => Some(wish),
            _ => None,
        }
    }

    /// The FHIR id of the appointment that it is about.
    pub(crate) fn appointment(&self) -> Option<&str> {
        match self {
            Self::CancelVisit { appointment, .. }
            | Self::MoveVisit { appointment, .. }
            | Self::CheckIn { appointment, .. } => Some(appointment),
            _ => None,
        }
    }

    /// The same about an appointment that has another id now, since it was booked anew; none if it has this one.
    pub(crate) fn about(&self, id: &str) -> Option<Self> {
        let mut request = self.clone();
        match &mut request {
            Self::CancelVisit { appointment, .. }
            | Self::MoveVisit { appointment, .. }
            | Self::CheckIn { appointment, .. }
                if appointment != id =>
            {
                id.clone_into(appointment);
                Some(request)
            }
            _ => None,
        }
    }

    /// Until when it matters that the service has carried it out; `None` where it matters no more at once.
    pub(crate) fn matters_until(&self, records: &Records, now: Timestamp) -> Option<Timestamp> {
        let later = |from: Timestamp, days: i64| from.saturating_add(SignedDuration::from_hours(24 * days)).ok();
        match self {
            Self::BookVisit { visit, .. } | Self::CancelVisit { visit, .. } | Self::MoveVisit { visit, .. } => {
                later(records.visits.get(visit)?.start.max(now), 1)
            }
            // A copy of the service's data is hardly older.
            Self::Register(_) | Self::EndGrant { .. } => later(now, 30),
            Self::CheckIn { .. }
            | Self::IssueDocument(_)
            | Self::RegisterDevice { .. }
            | Self::Invite { .. }
            | Self::AcceptInvitation { .. } => None,
        }
    }

    /// Whether nobody waits for the answer.
    pub(crate) fn is_quiet(&self) -> bool {
        matches!(self, Self::IssueDocument(wish) if wish.comes_quietly())
    }
}

impl OutboxItem {
    /// Whether it is to be sent at `now`.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.refused.is_none() && self.next_try <= now
    }

    /// What becomes of it after a try in vain. What the app asks by itself is let go: it asks anew when the service is
    /// there again.
    pub(crate) fn unanswered(&self, now: Timestamp, luck: Uuid) -> Change {
        match &self.request {
            Request::IssueDocument(wish) if wish.quiet => Change::RemoveOutbox(self.id),
            _ => Change::PutOutbox(self.after_failure(now, luck)),
        }
    }

    /// The same request after a try in vain: up to 1, 2, 4 … seconds later, at most [`LONGEST_PAUSE`]. By `luck` it is
    /// somewhere in the second half of that time, so that the devices of a district don't all come back at once to a hub
    /// that was away.
    #[must_use]
    pub fn after_failure(&self, now: Timestamp, luck: Uuid) -> Self {
        let seconds = 1_i64 << self.attempts.min(6);
        let longest = SignedDuration::from_secs(seconds).min(LONGEST_PAUSE);
        let half = i64::try_from(longest.as_millis() / 2).unwrap_or(500);
        // The last eight bytes of a version-4 UUID, without the two bits that are fixed.
        let random = i64::try_from(luck.as_u64_pair().1 & (u64::MAX >> 2)).unwrap_or(0);
        let pause = SignedDuration::from_millis(half + random % (half + 1));
        Self {
            attempts: self.attempts.saturating_add(1),
            next_try: now.saturating_add(pause).unwrap_or(now),
            ..self.clone()
        }
    }
}
