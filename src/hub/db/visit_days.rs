//! The day of a visit: who has come, whose turn it is, what there is to do after the doctor.

use super::{AuditNote, DbError};
use anban_wire::CommandId;
use anban_wire::visit_day::{DayStepKind, QueueState};
use jiff::{Timestamp, civil::Date};

/// Somebody who has come.
#[derive(Debug, Clone)]
pub struct NewVisitDay {
    /// The appointment.
    pub appointment: String,
    /// Its department.
    pub service: String,
    /// The day, on the city's clock.
    pub day: Date,
    /// The patient's FHIR id, where the patient has one.
    pub patient: Option<String>,
}

/// How the day of a visit goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitDayRow {
    /// The appointment.
    pub appointment: String,
    /// Its department.
    pub service: String,
    /// The patient's FHIR id, where the patient has one.
    pub patient: Option<String>,
    /// Its number in the queue, from 1.
    pub number: u32,
    /// How many wait or are called before it; none once it is called.
    pub ahead: u32,
    /// How far it has come.
    pub state: QueueState,
    /// When it was called.
    pub called_at: Option<Timestamp>,
    /// What there is to do after the doctor: what, fen, whether it is done.
    pub steps: Vec<(DayStepKind, Option<u64>, bool)>,
}

/// What came of a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedIn {
    /// How the day goes.
    pub day: VisitDayRow,
    /// It had been done before.
    pub again: bool,
}

/// Whoever is called next, and what becomes of whoever was called.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The department.
    pub service: &'a str,
    /// The day, on the city's clock.
    pub day: Date,
    /// What became of whoever was called.
    pub outcome: QueueState,
    /// What they have to do now: what, and fen.
    pub steps: &'a [(DayStepKind, Option<u64>)],
    /// Only if nobody was called since then (see [`VisitDays::queues`]).
    pub since: Option<Timestamp>,
    /// Once for each of these.
    pub command: Option<CommandId>,
    /// For the audit trail, about each visit that it concerns.
    pub note: Option<&'a AuditNote>,
}

/// What came of giving out a number at the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Its place in the queue.
    Number(VisitDayRow),
    /// None is left.
    NoneLeft,
}

/// What came of taking one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenBack {
    /// It is taken back, now or before.
    Done,
    /// It has been called already.
    Called,
    /// There is none of that id in this queue.
    Unknown,
}

/// The steps on the day of a visit. Each tells the feeds of all whom it concerns, and writes its note for the audit trail
/// where it changes something.
pub trait VisitDays {
    /// Gives somebody who has come the next number of the queue; whoever has one keeps it.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn check_in(&self, new: &NewVisitDay, note: Option<&AuditNote>, now: Timestamp) -> Result<CheckedIn, DbError>;

    /// How the day of a visit goes; none before somebody has come.
    ///
    /// # Errors
    /// When the database fails.
    fn visit_day(&self, appointment: &str) -> Result<Option<VisitDayRow>, DbError>;

    /// Ends the turn of whoever is called and calls the next number of a department's queue. None where nobody waits any
    /// more.
    ///
    /// # Errors
    /// When the database fails.
    fn call_next(&self, call: &Call<'_>, now: Timestamp) -> Result<Option<VisitDayRow>, DbError>;

    /// Notes that a step of the day is done; none where there is no such step.
    ///
    /// # Errors
    /// When the database fails.
    fn step_done(
        &self,
        appointment: &str,
        kind: DayStepKind,
        note: Option<&AuditNote>,
        now: Timestamp,
    ) -> Result<Option<VisitDayRow>, DbError>;

    /// Gives somebody who has not booked a number of the queue, if one of the day's is left at the counter; the same for
    /// the same id. `new` has that id in the place of the appointment's.
    ///
    /// # Errors
    /// When the database fails.
    fn give_number(&self, new: &NewVisitDay, note: &AuditNote, now: Timestamp) -> Result<Given, DbError>;

    /// Takes a number back that was given out at the counter: somebody else can have one.
    ///
    /// # Errors
    /// When the database fails.
    fn take_number_back(&self, service: &str, id: &str, note: &AuditNote) -> Result<TakenBack, DbError>;

    /// The queues of a day that somebody waits in or is called in: department, and since when nobody was called there
    /// (when the first one came, where nobody was yet).
    ///
    /// # Errors
    /// When the database fails.
    fn queues(&self, day: Date) -> Result<Vec<(String, Timestamp)>, DbError>;

    /// The first step that is not done of everyone who has been seen on a day.
    ///
    /// # Errors
    /// When the database fails.
    fn open_steps(&self, day: Date) -> Result<Vec<(String, DayStepKind)>, DbError>;
}
