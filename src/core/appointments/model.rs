//! Hospitals, departments, times, and the visits that come of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{RequestId, VisitId};

/// Words in both languages, as a service gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Words {
    /// Simplified Chinese.
    pub chinese: String,
    /// English; empty where the service has none.
    #[serde(default)]
    pub english: String,
}

impl Words {
    /// The words in `language`, or the Chinese ones where the service has no others.
    #[must_use]
    pub fn of(&self, language: crate::settings::Language) -> &str {
        match language {
            crate::settings::Language::English if !self.english.is_empty() => &self.english,
            _ => &self.chinese,
        }
    }
}

/// A hospital or health centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hospital {
    /// The hub's id (FHIR Location).
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Where it is.
    pub address: Words,
    /// The telephone number for registration; empty where there is none.
    pub phone: String,
}

/// A department of a hospital.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The hub's id (FHIR HealthcareService).
    pub id: String,
    /// The hospital's id.
    pub hospital: String,
    /// Its name.
    pub name: Words,
    /// The telephone number; empty where there is none.
    pub phone: String,
    /// Which counter, and its hours.
    pub counter: Words,
    /// What to bring.
    pub bring: Words,
    /// How many are still seen today without booking, where the hospital says.
    pub quota_today: Option<u32>,
}

/// The services of the region as last heard of: what booking without a network works from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// When it came.
    pub fetched_at: Timestamp,
    /// In the order in which the hub names them.
    pub hospitals: Vec<Hospital>,
    /// In the order in which the hub names them.
    pub departments: Vec<Department>,
    /// Counters where people are registered, so that documents are issued about them; nobody is seen there by a doctor.
    #[serde(default)]
    pub counters: Vec<Department>,
}

/// A time that was free when last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSlot {
    /// The hub's id (FHIR Slot).
    pub id: String,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Who sees the patient, where it is known.
    pub practitioner: Option<Words>,
}

/// The free times of one department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timetable {
    /// The department's id.
    pub department: String,
    /// When it came.
    pub fetched_at: Timestamp,
    /// By their beginning.
    pub slots: Vec<OpenSlot>,
}

/// What a person wants: a certain slot, or the first free one in a span of time when no slots are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The department's id.
    pub department: String,
    /// The slot's id, where one was chosen.
    pub slot: Option<String>,
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub to: Timestamp,
}

/// How far a visit has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum VisitState {
    /// Asked for; no service has answered yet.
    NotConfirmed,
    /// The hospital expects the person.
    Booked {
        /// The hub's id (FHIR Appointment).
        appointment: String,
    },
    /// The hospital said no.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// Asked to be cancelled; no service has answered yet. It is still booked.
    CancelNotConfirmed {
        /// The hub's id (FHIR Appointment).
        appointment: String,
    },
    /// Called off.
    Cancelled,
}

/// Why a service said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// Somebody else took that time first.
    SlotTaken,
    /// Nothing is free in the span that was asked for.
    NothingFree,
    /// The service does not know the department or appointment any more.
    Gone,
    /// What was asked for does not pass the service's checks, such as a wrong identity number.
    NotAccepted,
    /// The service wants this device to sign in.
    NotAllowed,
    /// The service does not know the person: they can be registered.
    NotRegistered,
    /// The service has no such record of the person.
    NoRecord,
}

/// A visit to a doctor, wished for or booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Its id on this device.
    pub id: VisitId,
    /// The request that books it; the hub knows a repeat by it.
    pub request: RequestId,
    /// Who is to be seen.
    pub patient: String,
    /// What was asked for.
    pub wish: Wish,
    /// The hospital as it was named.
    pub hospital: Words,
    /// The department as it was named.
    pub department: Words,
    /// Where to go.
    pub place: Words,
    /// What to bring.
    pub bring: Words,
    /// The number to call.
    pub phone: String,
    /// Beginning of the visit; for a wish without a slot, of the span.
    pub start: Timestamp,
    /// How far it has come.
    pub state: VisitState,
    /// When it was asked for.
    pub asked_at: Timestamp,
}
