//! What a feed brings, as far as the app has a use for it.

use anban_wire::accounts::Grant;
use anban_wire::visit_day::VisitDay;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::appointments::{Booker, CarePlan, Words};
use crate::ids::RequestId;

/// A part of a patient's feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// The life of the hub's database.
    pub epoch: String,
    /// The newest number of the feed.
    pub head: u64,
    /// What comes after this number is asked for next.
    pub next: u64,
    /// Whether there is more already.
    pub more: bool,
    /// By their numbers.
    pub entries: Vec<FeedEntry>,
}

/// One thing that has changed for a patient, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "nearly all of them are the large one")]
pub enum FeedEntry {
    /// A visit.
    Visit(HeardVisit),
    /// The day of a visit.
    Day(VisitDay),
    /// Somebody may act for the patient.
    Grant(Grant),
    /// Somebody may not act for the patient any more.
    GrantEnded {
        /// The grant's id.
        grant: String,
    },
    /// What a doctor has planned; nothing is left to be done of one that does not hold any more.
    Plan(CarePlan),
    /// A notice from a hospital.
    Notice(Notice),
}

/// A visit as a hub knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardVisit {
    /// The FHIR id of the appointment.
    pub appointment: String,
    /// The command that has booked it, where it was one of an app.
    pub command: Option<RequestId>,
    /// Whether the patient is expected.
    pub standing: Standing,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The slot that it fills.
    pub slot: Option<String>,
    /// The department's id.
    pub department: String,
    /// The department's name, for where the directory does not have it.
    pub department_name: Words,
    /// The hospital's name, for the same.
    pub hospital_name: Words,
    /// Who has booked it, where it was not the patient's own device.
    pub booked_by: Option<Booker>,
}

/// How a visit stands with a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// The patient is expected, or has come.
    Booked,
    /// It was called off.
    Cancelled,
    /// It was called off, since the patient did not want what somebody else had booked.
    Declined,
}

/// A notice from a hospital, such as a doctor who is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub id: String,
    /// When it was given.
    pub at: Timestamp,
    /// What it says.
    pub words: Words,
    /// The appointment that it is about.
    pub appointment: Option<String>,
    /// Whether the person has read it.
    #[serde(default)]
    pub read: bool,
}
