//! What can be done about seeing a doctor.

use anban_wire::visit_day::DayStepKind;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Offer, OpenSlot, Patient, PlanAnswer, Planned, Reminder, Words};
use crate::ids::VisitId;

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Begins with the hospitals.
    Begin,
    /// Chooses a hospital.
    ChooseHospital(String),
    /// Chooses a department.
    ChooseDepartment(String),
    /// Asks which day.
    ChooseDepartmentDays,
    /// Chooses a day.
    ChooseDay(Date),
    /// Chooses a time, or a span of time where none is known.
    ChooseTime(Chosen),
    /// Books what was chosen.
    BookVisit,
    /// Calls the department or hospital.
    Call {
        /// The number.
        number: String,
    },
    /// Opens a visit.
    Show(VisitId),
    /// Asks for a refused booking again.
    AskAgain(VisitId),
    /// Asks for a time that the hospital offers in the place of the one that it has refused.
    TakeOffer {
        /// The refused visit.
        visit: VisitId,
        /// What is offered.
        offer: Offer,
    },
    /// Gives up a wish or a refused booking: nothing was booked, so nobody has to be told.
    Drop(VisitId),
    /// Cancels a booked visit.
    Cancel(VisitId),
    /// Asks for the directory again.
    Reload,
    /// Asks where it hurts.
    WhereItHurts,
    /// Chooses a part of the body.
    ChooseArea(String),
    /// Chooses what it is, and offers the soonest time of a department that sees to it.
    ChooseComplaint(String),
    /// The same doctor as last time.
    SameDoctor,
    /// Chooses a doctor of an earlier visit.
    ChooseDoctor {
        /// The department's id.
        department: String,
        /// Who, where it is known.
        practitioner: Option<Words>,
        /// For whom, where it is not the device's owner.
        #[serde(default)]
        patient: Option<Patient>,
    },
    /// Another time in the department of a visit that was refused, for the same patient.
    OtherTime(VisitId),
    /// Books the time that is offered.
    BookOffer {
        /// The department's id.
        department: String,
        /// The time.
        time: Chosen,
    },
    /// Asks which other day, in a department that is offered.
    OtherDays(String),
    /// Shows more of the visits that are past.
    ShowEarlier,
    /// Asks to which day a booked visit is to be moved.
    Move(VisitId),
    /// Books a visit again that was called off, while its time is still to come.
    BookBack(VisitId),
    /// Shows the way on the system's map.
    ShowOnMap(VisitId),
    /// What became of that.
    MapShown(bool),
    /// Saves a visit for a calendar.
    SaveToCalendar(VisitId),
    /// A reminder was read.
    GotIt(VisitId, Reminder),
    /// A reminder was read, and the person can't go.
    CannotGo(VisitId, Reminder),
    /// Says when to come again; none: not needed.
    ComeAgain {
        /// After which visit.
        visit: VisitId,
        /// In how many weeks.
        weeks: Option<u8>,
    },
    /// Shows what a doctor has planned.
    ShowPlanned(Planned),
    /// Looks for a time for what a doctor has planned.
    BookPlanned(Planned),
    /// Says what becomes of it.
    AnswerPlanned(Planned, PlanAnswer),
    /// Shows a notice of a hospital.
    ShowNotice(String),
    /// A notice was read.
    ReadNotice(String),
    /// Opens a letter that tells somebody of a visit.
    Tell(VisitId),
    /// The person has come.
    CheckIn(VisitId),
    /// Shows how the day of a visit goes.
    ShowDay(VisitId),
    /// Shows a step of the day.
    ShowStep(VisitId, DayStepKind),
    /// Notes that a step of the day is done, or not.
    MarkStep {
        /// Of which visit.
        visit: VisitId,
        /// Which.
        step: DayStepKind,
    },
}

/// A time that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The hub's id of the slot; none where the person wishes for a span of time.
    pub slot: Option<String>,
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub to: Timestamp,
    /// Who sees the patient, where it is known.
    #[serde(default)]
    pub practitioner: Option<Words>,
}

impl Chosen {
    pub(super) fn of(slot: &OpenSlot) -> Self {
        Self {
            slot: Some(slot.id.clone()),
            from: slot.start,
            to: slot.end,
            practitioner: slot.practitioner.clone(),
        }
    }
}
