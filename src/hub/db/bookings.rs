//! What is booked, held, moved and cancelled.
//!
//! A request changes one thing or several: each is a [`Write`], and [`Bookings::carry_out`] makes all of them or none.

use super::{Answer, AuditNote, DbError, EntryWrite, Foreign, SlotWrite};
use anban_wire::shows_only;
use anban_wire::{CommandId, fhir::AppointmentStatus};
use jiff::Timestamp;

/// A booking to be made.
#[derive(Debug, Clone, Default)]
pub struct NewAppointment {
    /// Its id.
    pub id: String,
    /// The slot it fills.
    pub slot: String,
    /// System and value of the patient's identifier.
    pub patient: (String, String),
    /// The command it answers, with the fingerprint of what was asked.
    pub command: Option<(CommandId, String)>,
    /// The patient's FHIR id, where the patient has one.
    pub patient_id: Option<String>,
    /// Who books: a slot that they hold is theirs.
    pub holder: String,
    /// When the visit begins.
    pub start: Timestamp,
    /// The appointment as JSON: also the answer that is kept for repeats.
    pub body: String,
    /// What it is called in the hospital's own server that has booked it: then this is only noted, and neither a hold nor
    /// the status of the slot here is in its way.
    pub foreign: Option<Foreign>,
    /// For the audit trail.
    pub note: Option<AuditNote>,
}

/// What came of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Booked {
    /// It is on disk.
    New,
    /// The command had been answered before; this is that answer.
    Repeat(Answer),
    /// Someone else was faster.
    Taken,
}

/// Which appointments; all conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct AppointmentQuery {
    /// With this id.
    pub id: Option<String>,
    /// System (`None` for any) and value of the patient's identifier.
    pub patient: Option<(Option<String>, String)>,
    /// With this FHIR id of the patient.
    pub patient_id: Option<String>,
    /// Filling this slot.
    pub slot: Option<String>,
    /// The command that booked it.
    pub command: Option<CommandId>,
    /// Of this status.
    pub status: Option<AppointmentStatus>,
    /// Beginning then or later.
    pub from: Option<Timestamp>,
    /// Beginning before then.
    pub before: Option<Timestamp>,
    /// Only what stands after this one.
    pub after: Option<super::After>,
    /// At most so many, the earliest first.
    pub limit: u32,
}

/// A change of an appointment.
#[derive(Debug, Clone)]
pub struct AppointmentChange {
    /// Its id.
    pub id: String,
    /// The version that the change was made from.
    pub from_version: i64,
    /// Its new status.
    pub status: AppointmentStatus,
    /// The appointment as JSON.
    pub body: String,
    /// What becomes of its slot.
    pub slot: SlotChange,
    /// The hospital's own server has done it already: neither a hold nor the status of the slot here is in its way.
    pub is_carried: bool,
    /// For the audit trail.
    pub note: Option<AuditNote>,
}

/// What becomes of the slot of an appointment that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotChange {
    /// It stays.
    Keep,
    /// It can be had again.
    Free,
    /// It can be had again, and this one is taken in its place.
    MoveTo {
        /// Its id.
        slot: String,
        /// When it begins.
        start: Timestamp,
        /// Who moves: a slot that they hold is theirs.
        holder: String,
    },
}

/// One thing that a request changes.
#[derive(Debug, Clone)]
pub enum Write {
    /// Takes the slot, writes the appointment, keeps the answer.
    Book(NewAppointment),
    /// Changes an appointment.
    Change(AppointmentChange),
    /// Makes or changes a patient.
    Patient(PatientWrite),
    /// Makes or changes an entry of the directory.
    Entry(Box<EntryWrite>),
    /// Makes or changes a time.
    Slot(SlotWrite),
}

/// A patient as the hub is to know them.
#[derive(Clone)]
pub struct PatientWrite {
    /// Their id.
    pub id: String,
    /// The version that the change was made from; none for a new one.
    pub from_version: Option<i64>,
    /// The name.
    pub name: String,
    /// The telephone number.
    pub telephone: Option<String>,
    /// System and value of each number.
    pub identifiers: Vec<(String, String)>,
    /// The FHIR Patient as JSON.
    pub body: String,
    /// For the audit trail.
    pub note: Option<AuditNote>,
}

// Shows nothing of the person.
shows_only!(PatientWrite { id });

impl Write {
    /// What the audit trail says about it.
    pub(super) fn note(&self) -> Option<&AuditNote> {
        match self {
            Self::Book(new) => new.note.as_ref(),
            Self::Change(change) => change.note.as_ref(),
            Self::Patient(patient) => patient.note.as_ref(),
            Self::Entry(entry) => Some(&entry.note),
            Self::Slot(slot) => Some(&slot.note),
        }
    }
}

/// What came of one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is on disk.
    Done,
    /// The command had been answered before; this is that answer.
    Repeat(Answer),
}

/// Why one of them, and so all of them, could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Someone else has the slot, or holds it.
    Taken,
    /// It has changed since the version named, or is gone.
    Changed,
    /// Another patient, entry or time has one of the numbers.
    NumberTaken,
    /// Another time of the calendar begins then.
    TimeTaken,
    /// The time is booked, or somebody holds it.
    InUse,
}

/// The steps on bookings. Each is atomic and durable when it returns.
pub trait Bookings {
    /// Makes all changes in their order, or none.
    ///
    /// # Errors
    /// [`DbError::Refused`] with the place and reason of the first that can't be made; or when the database fails, as
    /// for all methods.
    fn carry_out(&self, writes: &[Write], now: Timestamp) -> Result<Vec<Written>, DbError>;

    /// Takes the slot, writes the appointment and keeps the answer, or does none of it.
    ///
    /// # Errors
    /// When the database fails.
    fn book(&self, appointment: &NewAppointment, now: Timestamp) -> Result<Booked, DbError> {
        match self.carry_out(&[Write::Book(appointment.clone())], now) {
            Ok(written) => Ok(match written.into_iter().next() {
                Some(Written::Repeat(answer)) => Booked::Repeat(answer),
                _ => Booked::New,
            }),
            Err(DbError::Refused(..)) => Ok(Booked::Taken),
            Err(error) => Err(error),
        }
    }

    /// Changes an appointment; says what was in the way.
    ///
    /// # Errors
    /// When the database fails.
    fn change(&self, change: &AppointmentChange, now: Timestamp) -> Result<Result<(), Obstacle>, DbError> {
        match self.carry_out(&[Write::Change(change.clone())], now) {
            Ok(_) => Ok(Ok(())),
            Err(DbError::Refused(_, obstacle)) => Ok(Err(obstacle)),
            Err(error) => Err(error),
        }
    }

    /// Holds a free slot for somebody, or for longer where they hold it already; false where somebody else has it.
    ///
    /// # Errors
    /// When the database fails.
    fn hold(&self, slot: &str, holder: &str, until: Timestamp, now: Timestamp) -> Result<bool, DbError>;

    /// Lets a slot go that they hold; false where they hold none of that id.
    ///
    /// # Errors
    /// When the database fails.
    fn release(&self, slot: &str, holder: &str, now: Timestamp) -> Result<bool, DbError>;

    /// The id of the patient who has that number.
    ///
    /// # Errors
    /// When the database fails.
    fn patient_by_number(&self, system: &str, value: &str) -> Result<Option<String>, DbError>;

    /// An appointment as JSON, with its version.
    ///
    /// # Errors
    /// When the database fails.
    fn appointment(&self, id: &str) -> Result<Option<(i64, String)>, DbError>;

    /// The appointments asked for as JSON, and how many there are in all.
    ///
    /// # Errors
    /// When the database fails.
    fn appointments(&self, query: &AppointmentQuery) -> Result<(u32, Vec<String>), DbError>;
}
