//! Seeing a doctor: three ways to a time, confirmed; the visit, its day, and the next one.
//!
//! Where it hurts, which department, or the same doctor as last time (`ways.rs`, with the data in `complaints.rs`); days
//! and times (`view.rs`); what is asked of the hospital and what its answers change (`booking.rs`, `moving.rs`, `cancelling.rs`); the visit
//! on its page (`visit.rs`, `visits.rs`), its reminders (`reminders.rs`), its day (`day.rs`), its calendar entry
//! (`calendar.rs`), when to come again (`follow_up.rs`, and by a doctor's plan `plans.rs`), notices of hospitals (`notices.rs`),
//! and what can be had instead of a time that was refused (`offers.rs`).
//!
//! The pages are answered from what is kept. A booking is written as a visit that is "not confirmed yet", with its
//! request in the outbox, in one transaction; it becomes a booked one only when the hospital has said so. With no
//! network the same pages work from the last directory, and where no times are known the person wishes for a morning or
//! an afternoon, and the first free time in it is booked once the hub can be reached. A refusal stays on the visit with
//! its reason and the next step.

use std::collections::BTreeSet;

use anban_wire::visit_day::DayStepKind;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use crate::app::{Core, Page};
use crate::effect::Wanted;
use crate::ids::VisitId;
use crate::outbox::Trouble;
use crate::page::PageBuilder;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::{family, feed, help, sync};

mod agenda;
mod booking;
mod calendar;
mod cancelling;
mod command;
mod complaints;
mod day;
mod day_pages;
mod follow_up;
mod model;
mod moving;
mod notices;
mod offers;
mod plans;
mod reminders;
#[cfg(test)]
mod tests;
mod view;
mod visit;
mod visits;
mod ways;

pub(crate) use agenda::{Agenda, from as visits_from, upcoming, with_news};
pub use anban_wire::visit_day;
pub(crate) use booking::{booked, booking_refused, refusal_key};
pub(crate) use calendar::saved as calendar_saved;
pub use calendar::{Alarm, CalendarEntry};
pub(crate) use cancelling::{call_off_what_is_asked_again, cancelled, cancelling_refused, waits_to_be_cancelled};
pub use command::{Chosen, Command};
pub(crate) use day::{
    Told, check_in_refused, checked_in, current as going_on, on_home as day_on_home, say_what_is_new,
};
pub(crate) use follow_up::on_home as follow_up_on_home;
pub use model::{
    Booker, Department, Directory, FollowUp, Heard, Hospital, Moving, News, Notes, Offer, OpenSlot, Patient, Refusal,
    SlotCursor, Timetable, Visit, VisitState, Wish, Words,
};
pub(crate) use moving::{ask_again as move_again, moved, moving_refused};
pub(crate) use notices::{came as notices_came, on_home as notice_on_home};
pub(crate) use offers::{buttons as offer_buttons, for_request as offers_for};
pub use plans::{CarePlan, Every, PlanAnswer, PlanAnswers, Planned, PlannedVisit, Unit};
pub(crate) use plans::{came as plans_came, heard as plan_heard, on_home as plan_on_home};
pub use reminders::Reminder;
pub(crate) use reminders::{on_home as reminder_on_home, remind};
pub(crate) use view::view;
pub(crate) use visits::{
    facts, next_visit, state_of, what as which_visit, when, when_in_one_line, where_and_what, with_its_place,
};

/// How many days ahead can be booked.
pub(crate) const DAYS_AHEAD: i32 = 7;

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
    /// The part of the body that was chosen.
    pub area: Option<String>,
    /// The departments among which the soonest time is offered.
    pub offered: Vec<String>,
    /// The doctor who is asked for.
    pub doctor: Option<Words>,
    /// Departments whose times were asked for and have not come.
    pub awaited: BTreeSet<String>,
    /// The visit that is to be moved.
    pub moving: Option<VisitId>,
    /// The step of the day that is shown.
    pub step: Option<DayStepKind>,
    /// What of a doctor's plan is shown.
    pub planned: Option<Planned>,
    /// The notice that is shown.
    pub notice: Option<String>,
    /// How many more of the past visits are shown.
    pub earlier: usize,
    /// Why the directory or the times did not come, the last time they were asked for.
    pub trouble: Option<Trouble>,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Begin if family::asks_for_whom(turn.core) => turn.open(Page::ForWhom),
        Command::Begin => begin_for(turn, None),
        Command::TakeOffer { visit, offer } => return booking::take_offer(turn, visit, &offer),
        Command::ChooseHospital(id) => {
            begin_anew(turn);
            turn.core.screen.appointments.hospital = Some(id);
            turn.open(Page::Departments);
        }
        Command::ChooseDepartment(id) => {
            begin_anew(turn);
            turn.core.screen.appointments.department = Some(id);
            turn.open(Page::Department);
        }
        Command::ChooseDepartmentDays => turn.open(Page::Days),
        Command::OtherDays(id) => {
            turn.core.screen.appointments.department = Some(id);
            turn.open(Page::Days);
        }
        Command::ChooseDay(day) => {
            turn.core.screen.appointments.day = Some(day);
            turn.open(Page::Times);
        }
        Command::ChooseTime(time) => {
            turn.core.screen.appointments.time = Some(time);
            turn.open(Page::ConfirmVisit);
        }
        Command::WhereItHurts => turn.open(Page::BodyAreas),
        Command::ChooseArea(key) => {
            turn.core.screen.appointments.area = Some(key);
            turn.open(Page::Complaints);
        }
        Command::ChooseComplaint(key) => ways::complained(turn, &key),
        Command::SameDoctor => ways::same_doctor(turn),
        Command::ChooseDoctor {
            department,
            practitioner,
            patient,
        } => ways::offer(turn, vec![department], practitioner, patient),
        Command::OtherTime(id) => booking::other_time(turn, id),
        Command::ShowPlanned(planned) => plans::show(turn, planned),
        Command::BookPlanned(planned) => return plans::book(turn, &planned),
        Command::AnswerPlanned(planned, answer) => return plans::answer(turn, &planned, answer),
        Command::ShowNotice(id) => notices::show(turn, id),
        Command::ReadNotice(id) => return notices::read(turn, &id),
        Command::BookOffer { department, time } => {
            let screen = &mut turn.core.screen.appointments;
            (screen.department, screen.time, screen.moving) = (Some(department), Some(time), None);
            return booking::book(turn);
        }
        Command::ShowEarlier => {
            turn.core.screen.appointments.earlier += visits::SHOWN_AT_A_TIME;
            turn.open(Page::Visits);
        }
        Command::Move(id) => moving::begin(turn, id),
        Command::BookBack(id) => return cancelling::book_back(turn, id),
        Command::ShowOnMap(id) => visit::show_on_map(turn, id),
        Command::MapShown(shown) => visit::map_shown(turn, shown),
        Command::SaveToCalendar(id) => calendar::save(turn, id),
        Command::GotIt(id, which) => return reminders::got_it(turn, id, which),
        Command::CannotGo(id, which) => return reminders::cannot_go(turn, id, which),
        Command::ComeAgain { visit, weeks } => return follow_up::come_again(turn, visit, weeks),
        Command::Tell(id) => visit::write_letter(turn, id),
        Command::CheckIn(id) => return day::check_in(turn, id),
        Command::ShowDay(id) => day::show(turn, id),
        Command::ShowStep(id, kind) => day::show_step(turn, id, kind),
        Command::MarkStep { visit, step } => return day::mark(turn, visit, step),
        Command::BookVisit => return booking::book(turn),
        Command::Call { number } => help::dial(turn, number),
        Command::Show(id) => {
            turn.core.screen.appointments.visit = Some(id);
            turn.open(Page::Visit);
        }
        Command::AskAgain(id) => return booking::ask_again(turn, id),
        Command::Drop(id) => return booking::drop_wish(turn, id),
        Command::Cancel(id) => return cancelling::cancel(turn, id),
        Command::Reload => {
            turn.core.screen.appointments.trouble = None;
            fetch_directory(turn);
            let page = turn.core.page();
            turn.open(page);
        }
    }
    Ok(())
}

/// Begins to book for somebody, or for the owner.
pub(crate) fn begin_for(turn: &mut Turn<'_>, patient: Option<Patient>) {
    begin_anew(turn);
    turn.core.screen.appointments.patient = patient;
    turn.open(Page::Hospitals);
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
                .is_none_or(|d| is_old(turn.core, d.fetched_at));
            if old {
                fetch_directory(turn);
            }
        }
        Page::Department | Page::Days => fetch_timetable(turn),
        Page::Offer => ways::entered(turn),
        _ => {}
    }
}

/// When something is to open or change by itself: a reminder, check-in, a call.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    reminders::next_wake(core).into_iter().chain(day::next_wake(core)).min()
}

/// What was chosen on an earlier way is forgotten.
fn begin_anew(turn: &mut Turn<'_>) {
    let screen = &mut turn.core.screen.appointments;
    (screen.doctor, screen.moving, screen.time, screen.day) = (None, None, None, None);
}

fn is_old(core: &Core, fetched_at: Timestamp) -> bool {
    core.now().timestamp().duration_since(fetched_at) > sync::FRESH_FOR
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

/// Who sees patients in a slot, as far as its department's times say.
pub(crate) fn who_sees(core: &Core, department: &str, slot: Option<&str>) -> Option<Words> {
    let table = core.records.timetables.get(department)?;
    let found = table.slots.iter().find(|known| Some(known.id.as_str()) == slot)?;
    found.practitioner.clone()
}

/// The directory has come.
pub(crate) fn directory_fetched(turn: &mut Turn<'_>, directory: Directory) -> Result<(), StoreError> {
    turn.core.screen.appointments.trouble = None;
    turn.commit(vec![Change::Directory(Some(directory))])
}

/// The free times of a department have come.
pub(crate) fn timetable_fetched(turn: &mut Turn<'_>, table: Timetable) -> Result<(), StoreError> {
    turn.core.screen.appointments.trouble = None;
    let department = table.department.clone();
    turn.commit(vec![Change::PutTimetable(table)])?;
    ways::heard(turn, &department);
    Ok(())
}

/// Something did not come. The pages go on with what is known, and say so.
pub(crate) fn not_fetched(turn: &mut Turn<'_>, what: &Wanted, trouble: Trouble) {
    if !matches!(what, Wanted::TrustList) {
        turn.core.screen.appointments.trouble = Some(trouble);
    }
    ways::not_heard(turn, what);
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
    let screen = &core.screen.appointments;
    let table = screen
        .department
        .as_ref()
        .and_then(|id| core.records.timetables.get(id));
    let all = table.map_or(&[][..], |table| &table.slots);
    let slots: Vec<&OpenSlot> = all.iter().filter(|slot| slot.start > now).collect();
    // Those of the doctor who is asked for, as long as there are any.
    let theirs = |slot: &&OpenSlot| screen.doctor.is_some() && slot.practitioner == screen.doctor;
    if slots.iter().any(theirs) {
        slots.into_iter().filter(theirs).collect()
    } else {
        slots
    }
}

/// Who sees the patient, and where: 心内科，张大夫; the department alone where it is not known who.
pub(crate) fn doctor_of(page: &PageBuilder<'_>, practitioner: &Option<Words>, department: &Words) -> String {
    let language = page.words.language();
    let department = department.of(language);
    match practitioner {
        Some(name) => page.words.with(
            "department-and-doctor",
            &[("department", department), ("doctor", name.of(language))],
        ),
        None => department.to_owned(),
    }
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
