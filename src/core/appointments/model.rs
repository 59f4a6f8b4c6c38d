//! Hospitals, departments, times, and the visits that come of them.

use std::collections::BTreeSet;

use anban_wire::visit_day::DayStepKind;
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
    /// Which counter. What was heard of by an older version has its hours here too.
    pub counter: Words,
    /// What to bring.
    pub bring: Words,
    /// How many are still seen today without booking, where the hospital says.
    pub quota_today: Option<u32>,
    /// When its counter is open, in one sentence.
    #[serde(default)]
    pub hours: Words,
    /// What it treats.
    #[serde(default)]
    pub treats: Words,
    /// Its code in 医疗机构诊疗科目名录, such as `03.04`; empty where the hospital does not say.
    #[serde(default)]
    pub specialty: String,
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
    /// The calendar it is in, where it is known.
    #[serde(default)]
    pub schedule: String,
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
    /// How far the department's feed was read; none where the hub has none.
    #[serde(default)]
    pub cursor: Option<SlotCursor>,
}

/// How far a department's feed was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotCursor {
    /// The life of the hub's database.
    pub epoch: String,
    /// What comes after this number is asked for next.
    pub next: u64,
    /// When all times were asked for.
    pub whole_at: Timestamp,
    /// Until when times were asked for then.
    pub until: Timestamp,
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
    /// Who is to be seen, where it is not the device's owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_patient: Option<Patient>,
}

/// Somebody for whom this device may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Their FHIR id at the service.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// A time that a service offers in the place of one that it refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The slot's id.
    pub slot: String,
    /// When it begins.
    pub start: Timestamp,
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
        /// What the service offers instead, the nearest first; three at most.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        offers: Vec<Offer>,
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
    /// This device may not do that, for instance since somebody does not let it act for them any more.
    NotAllowed,
    /// The service does not know the person: they can be registered.
    NotRegistered,
    /// The service has no such record of the person.
    NoRecord,
    /// There is no such invitation, or it was used, or its time is over.
    NoInvitation,
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
    /// What the service says of it besides.
    #[serde(default)]
    pub heard: Heard,
    /// Who sees the patient, where it is known.
    #[serde(default)]
    pub practitioner: Option<Words>,
    /// The time that it is to be moved to. Until the hospital has said yes, the old one holds.
    #[serde(default)]
    pub moving: Option<Moving>,
    /// What is noted of it on this device alone.
    #[serde(default)]
    pub notes: Notes,
}

/// What a service has said of a visit besides its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Heard {
    /// The FHIR id of the appointment, also after it was called off.
    pub appointment: Option<String>,
    /// The slot that it fills.
    pub slot: Option<String>,
    /// Who has booked it, where it was not the patient's own device.
    pub booked_by: Option<Booker>,
    /// It was called off since the patient does not want it.
    pub declined: bool,
    /// What others have done with it and the person has not seen yet.
    pub news: Option<News>,
    /// In which life of the service's database it was heard of last ([`crate::account::Account::life`]).
    pub life: Option<u32>,
}

/// Who has booked a visit for the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booker {
    /// The grant under which they act.
    pub grant: Option<String>,
    /// Their name.
    pub name: String,
}

/// What others have done with a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum News {
    /// Booked it for the person.
    Booked,
    /// Moved it to another time.
    Moved,
    /// Called it off.
    Cancelled,
    /// Called it off, since the patient did not want it.
    Declined,
}

impl Visit {
    /// The FHIR id of the appointment, as far as the service has told it.
    #[must_use]
    pub fn appointment(&self) -> Option<&str> {
        match &self.state {
            VisitState::Booked { appointment } | VisitState::CancelNotConfirmed { appointment } => Some(appointment),
            _ => self.heard.appointment.as_deref(),
        }
    }
}

/// A visit is to be moved, and the hospital has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// The request that asks for it.
    pub request: RequestId,
    /// The time that is wished for.
    pub wish: Wish,
    /// Who sees the patient then, where it is known.
    pub practitioner: Option<Words>,
}

/// What is noted of a visit on this device alone: no service knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Notes {
    /// The reminder of the evening before was answered.
    pub evening_answered: bool,
    /// The reminder of two hours before was answered.
    pub soon_answered: bool,
    /// How often it was moved, called off or booked back: the `SEQUENCE` of its calendar entry (RFC 5545, 3.8.7.4).
    pub revision: u32,
    /// The revision that was last saved for a calendar.
    pub in_calendar: Option<u32>,
    /// When to come again, once that was asked.
    pub follow_up: Option<FollowUp>,
    /// Steps of the day that the person has marked as done.
    pub steps_done: BTreeSet<DayStepKind>,
}

impl Notes {
    /// The visit has another time, or was called off: its calendar entry is old, and it is reminded of anew.
    pub(crate) fn moved(&mut self) {
        self.revision = self.revision.saturating_add(1);
        (self.evening_answered, self.soon_answered) = (false, false);
    }
}

/// When to see the doctor again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FollowUp {
    /// From this day on.
    From(jiff::civil::Date),
    /// Not needed, or done.
    NotNeeded,
}
