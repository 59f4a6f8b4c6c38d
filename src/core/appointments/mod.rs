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

use crate::app::{Command as AppCommand, Core, Page, Turn};
use crate::effect::{Effect, Wanted};
use crate::entry::Field;
use crate::ids::VisitId;
use crate::outbox::{OutboxItem, Request, Trouble};
use crate::result::{Outcome, Sentence, date_value, open};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::view::{Icon, Mark};

mod model;
#[cfg(test)]
mod tests;
mod view;
mod visits;

pub use model::{Department, Directory, Hospital, OpenSlot, Refusal, Timetable, Visit, VisitState, Wish, Words};
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
        Command::BookVisit => return book(turn),
        Command::Call { number } => turn.effects.push(Effect::Dial { number }),
        Command::Show(id) => {
            turn.core.screen.appointments.visit = Some(id);
            turn.open(Page::Visit);
        }
        Command::AskAgain(id) => return ask_again(turn, id),
        Command::Drop(id) => return drop_wish(turn, id),
        Command::Cancel(id) => return cancel(turn, id),
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
    if let Some(hub) = turn.core.hub() {
        turn.effects.push(Effect::Fetch {
            hub,
            what: Wanted::Directory,
        });
    }
}

fn fetch_timetable(turn: &mut Turn<'_>) {
    let (Some(hub), Some(department)) = (turn.core.hub(), turn.core.screen.appointments.department.clone()) else {
        return;
    };
    let from = turn.now();
    let to = from
        .saturating_add(SignedDuration::from_hours(24 * i64::from(DAYS_AHEAD + 1)))
        .unwrap_or(Timestamp::MAX);
    turn.effects.push(Effect::Fetch {
        hub,
        what: Wanted::Timetable { department, from, to },
    });
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

fn book(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some((department, time)) = chosen_department(turn.core)
        .cloned()
        .zip(turn.core.screen.appointments.time.clone())
    else {
        turn.open(Page::Hospitals);
        return Ok(());
    };
    let patient = turn.core.records.profile.name.clone();
    if patient.is_empty() {
        // The name is asked once; 返回 from there leads back to the question whether all is right.
        turn.open(Page::Enter(Field::Name));
        return Ok(());
    }
    let hospital = hospital(turn.core, &department.hospital).cloned();
    let wish = Wish {
        department: department.id.clone(),
        slot: time.slot,
        from: time.from,
        to: time.to,
    };
    let same = |visit: &&Visit| {
        visit.wish == wish && matches!(visit.state, VisitState::NotConfirmed | VisitState::Booked { .. })
    };
    if let Some(id) = turn.core.records.visits.values().find(same).map(|visit| visit.id) {
        // A second tap on the same answer is not a second booking.
        turn.core.screen.appointments.visit = Some(id);
        turn.back_to(Page::Visits);
        turn.open(Page::Visit);
        return Ok(());
    }
    let id = VisitId(turn.uuid());
    let item = sync::item(
        turn,
        Request::BookVisit {
            visit: id,
            wish: wish.clone(),
            patient: patient.clone(),
        },
    );
    let visit = Visit {
        id,
        request: item.id,
        patient,
        start: wish.from,
        wish,
        place: department.counter.clone(),
        bring: department.bring.clone(),
        phone: if department.phone.is_empty() {
            hospital
                .as_ref()
                .map_or_else(String::new, |hospital| hospital.phone.clone())
        } else {
            department.phone.clone()
        },
        hospital: hospital.map(|hospital| hospital.name).unwrap_or_default(),
        department: department.name,
        state: VisitState::NotConfirmed,
        asked_at: turn.now(),
    };
    turn.commit(vec![Change::PutVisit(visit), Change::PutOutbox(item)])?;
    let screen = &mut turn.core.screen.appointments;
    *screen = Screen {
        visit: Some(id),
        ..Screen::default()
    };
    turn.back_to(Page::Visits);
    turn.open(Page::Visit);
    Ok(())
}

fn put(turn: &mut Turn<'_>, visit: Visit, change: Change) -> Result<(), StoreError> {
    turn.commit(vec![Change::PutVisit(visit), change])
}

/// What has come of a visit is told at once, but not over a page where the person is in the middle of something.
fn tell(turn: &mut Turn<'_>, id: VisitId, outcome: Outcome) {
    let waits = matches!(turn.core.page(), Page::Visit | Page::Visits | Page::Home | Page::Result);
    if waits {
        turn.core.screen.appointments.visit = Some(id);
        turn.show(outcome);
    }
}

/// The hospital has said yes.
pub(crate) fn booked(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    id: VisitId,
    appointment: String,
    start: Timestamp,
) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let visit = Visit {
        state: VisitState::Booked { appointment },
        start,
        ..visit
    };
    let language = turn.core.words().language();
    let values = vec![
        ("when", date_value(turn.core, start)),
        ("hospital", visit.hospital.of(language).to_owned()),
        ("department", visit.department.of(language).to_owned()),
    ];
    put(turn, visit, Change::RemoveOutbox(item.id))?;
    let outcome = Outcome::new(Mark::Good, "booked-title")
        .line(Sentence("booked-line", values))
        .main("booked-show", Icon::Event, open(Page::Visit))
        .or(
            "booked-print",
            Icon::Print,
            AppCommand::Certificates(crate::certificates::Command::Choose(crate::certificates::Item::Visit(
                id,
            ))),
        );
    tell(turn, id, outcome);
    Ok(())
}

/// The hospital has said no. What was asked stays where the person sees it, with the reason.
pub(crate) fn booking_refused(
    turn: &mut Turn<'_>,
    item: OutboxItem,
    id: VisitId,
    reason: Refusal,
) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let department = visit.wish.department.clone();
    put(
        turn,
        Visit {
            state: VisitState::Refused { reason },
            ..visit
        },
        Change::PutOutbox(item),
    )?;
    let outcome = Outcome::new(Mark::Bad, "book-refused-title")
        .line(refusal_key(reason))
        .main(
            "book-refused-other",
            Icon::Schedule,
            AppCommand::Appointments(Command::ChooseDepartment(department)),
        )
        .or("booked-show", Icon::Event, open(Page::Visit));
    tell(turn, id, outcome);
    Ok(())
}

/// Why a booking was refused: the key of a sentence that also says what to do.
pub(crate) fn refusal_key(reason: Refusal) -> &'static str {
    match reason {
        Refusal::SlotTaken => "refused-taken",
        Refusal::NothingFree => "refused-nothing-free",
        Refusal::Gone => "refused-gone",
        Refusal::NotAccepted => "refused-not-accepted",
        Refusal::NotAllowed => "refused-not-allowed",
    }
}

fn ask_again(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    let VisitState::Refused { .. } = visit.state else {
        return Ok(());
    };
    // A new request with an id of its own: the hub keeps its answer to the old one.
    let request = Request::BookVisit {
        visit: id,
        wish: visit.wish.clone(),
        patient: visit.patient.clone(),
    };
    let item = sync::item(turn, request);
    let old = visit.request;
    let visit = Visit {
        state: VisitState::NotConfirmed,
        request: item.id,
        ..visit
    };
    turn.commit(vec![
        Change::RemoveOutbox(old),
        Change::PutVisit(visit),
        Change::PutOutbox(item),
    ])?;
    turn.core.screen.appointments.visit = Some(id);
    turn.open(Page::Visit);
    Ok(())
}

fn drop_wish(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    if !matches!(visit.state, VisitState::Refused { .. } | VisitState::Cancelled) {
        return Ok(());
    }
    turn.commit_undoable(vec![Change::RemoveVisit(id), Change::RemoveOutbox(visit.request)])?;
    turn.back_to(Page::Visits);
    turn.show(Outcome::new(Mark::Good, "visit-dropped-title").undoable());
    Ok(())
}

fn cancel(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    match visit.state.clone() {
        VisitState::Booked { appointment } => {
            let item = sync::item(
                turn,
                Request::CancelVisit {
                    visit: id,
                    appointment: appointment.clone(),
                },
            );
            let state = VisitState::CancelNotConfirmed { appointment };
            put(turn, Visit { state, ..visit }, Change::PutOutbox(item))?;
            turn.back_to(Page::Visits);
            turn.open(Page::Visit);
        }
        VisitState::NotConfirmed => {
            // The booking may have reached the hub already, so it is neither forgotten nor called off here: once the
            // answer is known the visit can be cancelled like any other.
            turn.show(Outcome::new(Mark::Waiting, "cancel-wait-title").line("cancel-wait-line"));
        }
        _ => {}
    }
    Ok(())
}

/// The hospital has called the visit off.
pub(crate) fn cancelled(turn: &mut Turn<'_>, item: &OutboxItem, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    put(
        turn,
        Visit {
            state: VisitState::Cancelled,
            ..visit
        },
        Change::RemoveOutbox(item.id),
    )?;
    tell(
        turn,
        id,
        Outcome::new(Mark::Good, "cancelled-title").line("cancelled-line"),
    );
    Ok(())
}

/// The hospital will not call the visit off: it is still booked.
pub(crate) fn cancelling_refused(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    id: VisitId,
    reason: Refusal,
) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let VisitState::CancelNotConfirmed { appointment } = visit.state.clone() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    put(
        turn,
        Visit {
            state: VisitState::Booked { appointment },
            ..visit
        },
        Change::RemoveOutbox(item.id),
    )?;
    tell(
        turn,
        id,
        Outcome::new(Mark::Bad, "cancel-refused-title").line(refusal_key(reason)),
    );
    Ok(())
}
