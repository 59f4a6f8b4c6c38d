//! What has changed since the last time: feeds by cursor.
//!
//! A feed is a log of its own for each patient and for each department. Its entries are numbered from 1 without
//! gaps in the order in which they were committed, so a reader who has seen number 41 asks for what comes `after=41` and
//! can't miss anything. `GET /feed/patients/ID?after=N` brings a [`PatientFeed`], `GET /feed/services/ID?after=N` a
//! [`SlotFeed`]; both take `limit` (1 to 1000, else 200). With `Accept: text/event-stream` the same addresses stay open
//! (server-sent events, WHATWG HTML section 9.2) and say `event: changed` with the newest number as `id` whenever there
//! is something to fetch; what it is, the reader fetches.
//!
//! Of a thing that has changed several times only the last state is sent, at its last number: a feed grows with what
//! there is, and not with what has happened.
//!
//! **A hub that was restored from an older backup** has another [`epoch`](PatientFeed::epoch), or a
//! [`head`](PatientFeed::head) below the number that the reader has seen already. Either way the reader begins again from
//! 0 and sends once more what the hub lacks, under the same commands as before.

use crate::accounts::Grant;
use crate::directory::OnSiteQuota;
use crate::fhir::{Appointment, CarePlan};
use crate::shows_only;
use crate::visit_day::VisitDay;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What has changed for a patient.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PatientFeed {
    /// The life of the hub's database.
    pub epoch: String,
    /// The newest number of the feed.
    pub head: u64,
    /// To be asked for as `after` next time.
    pub next: u64,
    /// Whether there is more after `next` already.
    pub more: bool,
    /// By their numbers.
    pub entries: Vec<PatientEntry>,
}

/// One thing that has changed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PatientEntry {
    /// Its number.
    pub sequence: u64,
    /// What it is, as it is now.
    #[serde(flatten)]
    pub content: PatientContent,
}

/// What a patient is told of.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PatientContent {
    /// A booked, moved or cancelled visit, whoever did it: FHIR with the extension
    /// [`crate::systems::BOOKED_BY`].
    Appointment {
        /// As it is now.
        appointment: Box<Appointment>,
    },
    /// How the day of a visit goes: number, room, what comes next.
    VisitDay {
        /// As it is now.
        day: VisitDay,
    },
    /// Somebody may act for the patient.
    Grant {
        /// Who.
        grant: Grant,
    },
    /// Somebody may not act for the patient any more.
    GrantEnded {
        /// The grant's id.
        grant: String,
    },
    /// When to see the doctor again, as somebody who treats the patient has planned it; also a plan that does not hold any
    /// more ([`crate::care_plan`]).
    CarePlan {
        /// As it is now.
        plan: Box<CarePlan>,
    },
    /// A notice from a hospital, such as a doctor who is away.
    Notice {
        /// Its id.
        id: String,
        /// When it was given.
        at: Timestamp,
        /// Chinese.
        chinese: String,
        /// English; empty where the hospital has none.
        #[serde(default)]
        english: String,
        /// The appointment that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        appointment: Option<String>,
    },
}

/// What has changed in the times of a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SlotFeed {
    /// The life of the hub's database.
    pub epoch: String,
    /// The newest number of the feed.
    pub head: u64,
    /// To be asked for as `after` next time.
    pub next: u64,
    /// Whether there is more after `next` already.
    pub more: bool,
    /// By their numbers.
    pub slots: Vec<SlotState>,
    /// How many numbers the counter still gives out today, where it gives out any. It is there whatever was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_site: Option<OnSiteQuota>,
}

/// A time of a department as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SlotState {
    /// Its number in the feed.
    pub sequence: u64,
    /// Its id.
    pub id: String,
    /// The calendar it is in.
    pub schedule: String,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Whether it can be had.
    pub free: bool,
}

// Shows nothing of the person.
shows_only!(PatientFeed { head, next, more });

// Shows nothing of the person.
shows_only!(PatientEntry { sequence });

/// Shows nothing of the person.
impl fmt::Debug for PatientContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Appointment { .. } => "Appointment(…)",
            Self::VisitDay { .. } => "VisitDay(…)",
            Self::Grant { .. } => "Grant(…)",
            Self::GrantEnded { .. } => "GrantEnded(…)",
            Self::CarePlan { .. } => "CarePlan(…)",
            Self::Notice { .. } => "Notice(…)",
        })
    }
}
