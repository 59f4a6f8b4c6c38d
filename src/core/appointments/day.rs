//! The day of a visit: saying that one has come, the number in the queue, the room, and what comes after the doctor.
//!
//! The hospital says how the day goes, and every change is said aloud. What is on the screen stays where it is, but when
//! the number is called the page of the day opens by itself, where that takes nothing away from under a hand. Without a
//! network the code on the slip serves at the counter just as well. The pages are in `day_pages.rs`.

use anban_wire::visit_day::{DayStepKind, QueueState, VisitDay};
use jiff::{SignedDuration, Timestamp};

use super::{Command, Refusal, Visit, VisitState, agenda, booking, refusal_key, reminders};
use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::Sound;
use crate::ids::VisitId;
use crate::outbox::{OutboxItem, Request};
use crate::page::PageBuilder;
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::{Turn, must_stay};
use crate::view::{Choice, Icon, Mark};

/// A visit without news from the hospital is over so long after its beginning.
const LONGEST: SignedDuration = SignedDuration::from_hours(4);

/// What was said of a day, so that it is said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    state: QueueState,
    ahead: u32,
    steps: usize,
    /// The call has been on the screen.
    shown: bool,
}

/// How the day of a visit goes, as last heard of.
pub(super) fn known<'a>(core: &'a Core, visit: &Visit) -> Option<&'a VisitDay> {
    let VisitState::Booked { appointment } = &visit.state else {
        return None;
    };
    core.records.visit_days.get(appointment)
}

/// Whether the person is at the hospital, or should be: from two hours before the visit on, until it is over.
pub(super) fn is_going_on(core: &Core, visit: &Visit) -> bool {
    let now = core.now().timestamp();
    if !matches!(visit.state, VisitState::Booked { .. }) || !reminders::is_today(core, visit) {
        return false;
    }
    let opens = visit.start.checked_sub(reminders::SOON).is_ok_and(|at| at <= now);
    let closes = visit.start.checked_add(LONGEST).is_ok_and(|at| now < at);
    opens && (closes || known(core, visit).is_some())
}

/// Today's visit whose day goes on.
pub(crate) fn current(core: &Core) -> Option<&Visit> {
    agenda::upcoming(core)
        .take_while(|visit| reminders::is_today(core, visit))
        .filter(|visit| is_going_on(core, visit))
        // The one that the hospital tells of comes before one that is later today.
        .max_by_key(|visit| (known(core, visit).is_some(), std::cmp::Reverse(visit.start)))
}

/// When check-in opens, or a call that could not be shown is to be tried again.
pub(super) fn next_wake(core: &Core) -> Option<Timestamp> {
    let now = core.now().timestamp();
    let opens = agenda::from(core, now)
        .take_while(|visit| reminders::is_today(core, visit))
        .filter_map(|visit| visit.start.checked_sub(reminders::SOON).ok())
        .find(|&at| at > now);
    let waits = current(core).is_some_and(|visit| {
        let told = core.screen.appointments_told.get(&visit.id);
        told.is_some_and(|told| told.state == QueueState::Called && !told.shown)
    });
    let again = (waits && may_open(core))
        .then(|| now.checked_add(SignedDuration::from_secs(1)).ok())
        .flatten();
    opens.into_iter().chain(again).min()
}

fn may_open(core: &Core) -> bool {
    let page = core.page();
    !must_stay(page) && page != Page::Result
}

/// The number in the queue changed, the number was called, the doctor has said what comes next: it is said aloud.
pub(crate) fn say_what_is_new(turn: &mut Turn<'_>) {
    let Some(visit) = current(turn.core) else { return };
    let Some(day) = known(turn.core, visit).cloned() else {
        return;
    };
    let id = visit.id;
    let shown = turn.core.page() == Page::VisitDay && turn.core.screen.appointments.visit == Some(id);
    let before = turn.core.screen.appointments_told.get(&id).cloned();
    let mut told = Told {
        state: day.state,
        ahead: day.ahead,
        steps: day.steps.len(),
        shown: shown
            || before
                .as_ref()
                .is_some_and(|before| before.shown && before.state == day.state),
    };
    let is_new = before
        .as_ref()
        .is_none_or(|before| (before.state, before.ahead, before.steps) != (told.state, told.ahead, told.steps));
    let called = day.state == QueueState::Called;
    let opens = called && !told.shown && (turn.from_outside || shown) && may_open(turn.core);
    if is_new && (called || day.state == QueueState::Missed) {
        turn.play(if called { Sound::StateGood } else { Sound::StateCaution });
    }
    if opens {
        told.shown = true;
        turn.core.screen.appointments.visit = Some(id);
        turn.core.screen.appointments_told.insert(id, told);
        turn.open(Page::VisitDay);
        return;
    }
    turn.core.screen.appointments_told.insert(id, told);
    if !is_new {
        return;
    }
    if shown {
        // The page says it.
        turn.core.screen.entered = true;
    } else if before.is_some() && turn.core.records.settings.voice {
        let sentence = title(&PageBuilder::new(turn.core), &day);
        turn.tell(sentence);
    }
}

/// The first answers of a visit's page on its day.
pub(super) fn on_visit(page: &mut PageBuilder<'_>, visit: &Visit) -> Vec<Choice> {
    if !is_going_on(page.core, visit) {
        return Vec::new();
    }
    let choice = match known(page.core, visit).cloned() {
        Some(day) => {
            let text = title(page, &day);
            page.choice_named("visit-day", text, Icon::Schedule, AppCommand::Open(Page::VisitDay))
        }
        None => page.choice(
            "visit-check-in",
            Icon::HowToReg,
            AppCommand::Appointments(Command::CheckIn(visit.id)),
        ),
    };
    vec![choice.main()]
}

/// The banner of the home page, on the day.
pub(crate) fn on_home(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let visit = current(page.core)?.clone();
    let day = known(page.core, &visit)?.clone();
    let text = title(page, &day);
    let show = AppCommand::Appointments(Command::ShowDay(visit.id));
    let department = visit.department.of(page.words.language()).to_owned();
    let room = super::day_pages::in_language(page, &day.room, &day.room_english);
    let waits = day.state != QueueState::Seen && !day.ticket.is_empty() && !room.is_empty();
    let note = if waits {
        let values = [("number", day.ticket.as_str()), ("room", room)];
        page.words.with("home-visit-number", &values)
    } else {
        department
    };
    let choice = page.choice_named("visit-day", text, Icon::Schedule, show);
    Some(page.noted(choice, note))
}

/// Opens the page of a visit's day.
pub(super) fn show(turn: &mut Turn<'_>, id: VisitId) {
    turn.core.screen.appointments.visit = Some(id);
    turn.open(Page::VisitDay);
}

/// The person has come: the hospital is told, once.
pub(super) fn check_in(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    let VisitState::Booked { appointment } = &visit.state else {
        return Ok(());
    };
    if known(turn.core, &visit).is_none() && !is_asked(turn.core, id) {
        let request = Request::CheckIn {
            visit: id,
            appointment: appointment.clone(),
        };
        let item = sync::item(turn, request);
        turn.commit(vec![Change::PutOutbox(item)])?;
    }
    show(turn, id);
    Ok(())
}

pub(super) fn is_asked(core: &Core, id: VisitId) -> bool {
    let asks = |item: &OutboxItem| matches!(item.request, Request::CheckIn { visit, .. } if visit == id);
    core.records.outbox.values().any(asks)
}

/// The hospital has noted it.
pub(crate) fn checked_in(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    _visit: VisitId,
    day: VisitDay,
) -> Result<(), StoreError> {
    let mut changes: Vec<_> = sync::settled(turn, item).into_iter().collect();
    // What the feed has brought meanwhile is newer than the answer to the question before it.
    if !turn.core.records.visit_days.contains_key(&day.appointment) {
        changes.push(Change::PutVisitDay(day));
    }
    turn.commit(changes)
}

/// The hospital has not: the counter does it.
pub(crate) fn check_in_refused(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    id: VisitId,
    reason: Refusal,
) -> Result<(), StoreError> {
    turn.commit(vec![Change::RemoveOutbox(item.id)])?;
    let outcome = Outcome::new(Mark::Bad, "check-in-refused-title")
        .line(match reason {
            Refusal::NotAllowed => refusal_key(reason),
            _ => "check-in-refused-line",
        })
        .main("visit-code", Icon::QrCode2, open(Page::CheckInCode));
    if turn.core.page() == Page::VisitDay {
        turn.core.screen.appointments.visit = Some(id);
        turn.show(outcome);
    } else {
        booking::tell(turn, id, outcome);
    }
    Ok(())
}

/// The sentence that says how the day goes.
pub(super) fn title(page: &PageBuilder<'_>, day: &VisitDay) -> String {
    let words = page.words;
    let left = day.steps.iter().any(|step| !step.done);
    match day.state {
        QueueState::Waiting if day.ahead == 0 => words.get("day-next-one"),
        QueueState::Waiting => words.with(
            "day-ahead",
            &[("count", &crate::words::time::counted(words, day.ahead))],
        ),
        QueueState::Called => words.get("day-called"),
        QueueState::Missed => words.get("day-missed"),
        QueueState::Seen if left => words.get("day-steps"),
        QueueState::Seen => words.get("day-over"),
    }
}

/// Shows a step.
pub(super) fn show_step(turn: &mut Turn<'_>, id: VisitId, kind: DayStepKind) {
    let screen = &mut turn.core.screen.appointments;
    (screen.visit, screen.step) = (Some(id), Some(kind));
    turn.open(Page::DayStep);
}

/// Marks a step as done, or takes that back.
pub(super) fn mark(turn: &mut Turn<'_>, id: VisitId, kind: DayStepKind) -> Result<(), StoreError> {
    let Some(mut visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    if !visit.notes.steps_done.remove(&kind) {
        visit.notes.steps_done.insert(kind);
    }
    turn.commit(vec![Change::PutVisit(visit)])?;
    turn.play(Sound::Done);
    turn.back();
    Ok(())
}
