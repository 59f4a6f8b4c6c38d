//! Seeing a doctor: hospital, department, day, time, confirmed.
//!
//! The pages are answered from what is kept. A booking is written as a visit that is "not confirmed yet", with its
//! request in the outbox, in one transaction; it becomes a booked one only when the hospital has said so. With no
//! network the same pages work from the last directory, and where no times are known the person wishes for a morning or
//! an afternoon, and the first free time in it is booked once the hub can be reached. A refusal stays on the visit with
//! its reason and the next step.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use crate::app::{Core, Page};
use crate::effect::Wanted;
use crate::ids::VisitId;
use crate::outbox::Trouble;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::{feed, help, sync};

mod booking;
mod model;
#[cfg(test)]
mod tests;
mod view;
mod visits;

pub(crate) use booking::{booked, booking_refused, cancelled, cancelling_refused, refusal_key};
pub use model::{
    Booker, Department, Directory, Heard, Hospital, News, Offer, OpenSlot, Patient, Refusal, SlotCursor, Timetable,
    Visit, VisitState, Wish, Words,
};
pub(crate) use view::view;
pub(crate) use visits::{facts, next_visit, state_of, upcoming, when};

/// How many days ahead can be booked.
pub(crate) const DAYS_AHEAD: i32 = 7;

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
    /// Gives up a wish or a refused booking: nothing was booked, so nobody has to be told.
    Drop(VisitId),
    /// Cancels a booked visit.
    Cancel(VisitId),
    /// Asks for the directory again.
    Reload,
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
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub hospital: Option<String>,
    pub department: Option<String>,
    pub day: Option<Date>,
    pub time: Option<Chosen>,
    pub visit: Option<VisitId>,
    /// For whom a visit is being booked, where it is not the device's owner.
    pub patient: Option<Patient>,
    /// Why the directory or the times did not come, the last time they were asked for.
    pub trouble: Option<Trouble>,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Begin => turn.open(Page::Hospitals),
        Command::ChooseHospital(id) => {
            turn.core.screen.appointments.hospital = Some(id);
            turn.open(Page::Departments);
        }
        Command::ChooseDepartment(id) => {
            turn.core.screen.appointments.department = Some(id);
            turn.open(Page::Department);
        }
        Command::ChooseDepartmentDays => turn.open(Page::Days),
        Command::ChooseDay(day) => {
            turn.core.screen.appointments.day = Some(day);
            turn.open(Page::Times);
        }
        Command::ChooseTime(time) => {
            turn.core.screen.appointments.time = Some(time);
            turn.open(Page::ConfirmVisit);
        }
        Command::BookVisit => return booking::book(turn),
        Command::Call { number } => help::dial(turn, number),
        Command::Show(id) => {
            turn.core.screen.appointments.visit = Some(id);
            turn.open(Page::Visit);
        }
        Command::AskAgain(id) => return booking::ask_again(turn, id),
        Command::Drop(id) => return booking::drop_wish(turn, id),
        Command::Cancel(id) => return booking::cancel(turn, id),
        Command::Reload => {
            turn.core.screen.appointments.trouble = None;
            fetch_directory(turn);
            let page = turn.core.page();
            turn.open(page);
        }
    }
    Ok(())
}

/// A page was opened: what it needs from outside is asked for, and shown as it is known until then.
pub(crate) fn entered(turn: &mut Turn<'_>, page: Page) {
    match page {
        Page::Hospitals => {
            let old = turn
                .core
                .records
                .directory
                .as_ref()
                .is_none_or(|d| is_old(turn, d.fetched_at));
            if old {
                fetch_directory(turn);
            }
        }
        Page::Department | Page::Days => fetch_timetable(turn),
        _ => {}
    }
}

fn is_old(turn: &Turn<'_>, fetched_at: Timestamp) -> bool {
    turn.now().duration_since(fetched_at) > sync::FRESH_FOR
}

fn fetch_directory(turn: &mut Turn<'_>) {
    sync::fetch(turn, Wanted::Directory);
}

fn fetch_timetable(turn: &mut Turn<'_>) {
    if let Some(department) = turn.core.screen.appointments.department.clone() {
        feed::refresh_times(turn, &department);
    }
}

/// Asks for all free times of a department in the days that can be booked.
pub(crate) fn fetch_all_times(turn: &mut Turn<'_>, department: &str) {
    let from = turn.now();
    let to = from
        .saturating_add(SignedDuration::from_hours(24 * i64::from(DAYS_AHEAD + 1)))
        .unwrap_or(Timestamp::MAX);
    let department = department.to_owned();
    sync::fetch(turn, Wanted::Timetable { department, from, to });
}

/// The directory has come.
pub(crate) fn directory_fetched(turn: &mut Turn<'_>, directory: Directory) -> Result<(), StoreError> {
    turn.core.screen.appointments.trouble = None;
    turn.commit(vec![Change::Directory(Some(directory))])
}

/// The free times of a department have come.
pub(crate) fn timetable_fetched(turn: &mut Turn<'_>, table: Timetable) -> Result<(), StoreError> {
    turn.core.screen.appointments.trouble = None;
    turn.commit(vec![Change::PutTimetable(table)])
}

/// Something did not come. The pages go on with what is known, and say so.
pub(crate) fn not_fetched(turn: &mut Turn<'_>, what: &Wanted, trouble: Trouble) {
    if !matches!(what, Wanted::TrustList) {
        turn.core.screen.appointments.trouble = Some(trouble);
    }
}

/// The department that was chosen.
pub(crate) fn chosen_department(core: &Core) -> Option<&Department> {
    let id = core.screen.appointments.department.as_ref()?;
    core.records
        .directory
        .as_ref()?
        .departments
        .iter()
        .find(|department| department.id == *id)
}

/// The hospital of an id.
pub(crate) fn hospital<'a>(core: &'a Core, id: &str) -> Option<&'a Hospital> {
    core.records
        .directory
        .as_ref()?
        .hospitals
        .iter()
        .find(|hospital| hospital.id == id)
}

/// The free times of the chosen department that are still to come, as last heard of.
pub(crate) fn free_slots(core: &Core) -> Vec<&OpenSlot> {
    let now = core.now().timestamp();
    let table = core
        .screen
        .appointments
        .department
        .as_ref()
        .and_then(|id| core.records.timetables.get(id));
    table.map_or_else(Vec::new, |table| {
        table.slots.iter().filter(|slot| slot.start > now).collect()
    })
}

/// The civil day of an instant, where the person is.
pub(crate) fn day_of(at: Timestamp, now: &Zoned) -> Date {
    at.to_zoned(now.time_zone().clone()).date()
}

/// The days that can be wished for: the next ones from tomorrow on.
pub(crate) fn coming_days(now: &Zoned) -> Vec<Date> {
    (1..=DAYS_AHEAD)
        .filter_map(|days| now.date().checked_add(days.days()).ok())
        .collect()
}
