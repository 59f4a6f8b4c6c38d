//! Reminders: the evening before a visit, and two hours before it.
//!
//! A reminder is a page that opens by itself, with a sound and spoken, when nothing else is in the middle (the rule of
//! `must_stay` in `turn.rs`, and not over a result that has not been read). It stays until it is answered, also over a
//! restart: the answer is kept with the visit. Whoever leaves it without an answer finds it on top of the home page, and
//! it comes again after [`LEFT_FOR`]. All of it is reckoned from what is kept, by the clock of the place where the person
//! is, so it needs no network and goes right when zone or clock change.

use jiff::civil::time;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Command, Visit, VisitState, agenda, day_of, visits};
use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::Sound;
use crate::ids::VisitId;
use crate::page::PageBuilder;
use crate::store::{Change, StoreError};
use crate::turn::{Turn, must_stay};
use crate::view::{Choice, Icon, QuestionView};
use crate::words::time as clock;

/// How long before a visit the second reminder comes.
pub(super) const SOON: SignedDuration = SignedDuration::from_hours(2);
/// When the first one comes, on the day before.
const EVENING: i8 = 19;
/// How long a reminder that was left without an answer stays away.
const LEFT_FOR: SignedDuration = SignedDuration::from_mins(5);
/// Visits that are further ahead than this need no wake time yet.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 60);

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reminder {
    /// At seven in the evening of the day before.
    Evening,
    /// Two hours before.
    Soon,
}

/// When a reminder of a visit is due.
pub(super) fn due_at(core: &Core, visit: &Visit, which: Reminder) -> Option<Timestamp> {
    match which {
        Reminder::Soon => visit.start.checked_sub(SOON).ok(),
        Reminder::Evening => {
            let zone = core.now().time_zone().clone();
            let day = visit.start.to_zoned(zone.clone()).date();
            let eve = day.checked_sub(1.day()).ok()?.to_datetime(time(EVENING, 0, 0, 0));
            Some(eve.to_zoned(zone).ok()?.timestamp())
        }
    }
}

/// The reminders of a visit that wait for their time or an answer. Whoever has booked after its time needs none.
fn open_reminders(core: &Core, visit: &Visit) -> impl Iterator<Item = (Reminder, Timestamp)> {
    let notes = &visit.notes;
    let booked = matches!(visit.state, VisitState::Booked { .. });
    let all = [
        // After the second one the first has nothing more to say.
        (Reminder::Evening, notes.evening_answered || notes.soon_answered),
        (Reminder::Soon, notes.soon_answered),
    ];
    let due = all.map(|(which, answered)| {
        let at = due_at(core, visit, which).filter(|&at| booked && !answered && visit.asked_at < at);
        at.map(|at| (which, at))
    });
    due.into_iter().flatten()
}

/// The reminder that is due and has no answer, of the soonest visit; the second one of its two if that is due too.
pub(super) fn pending(core: &Core) -> Option<(&Visit, Reminder)> {
    let now = core.now().timestamp();
    let visits = agenda::from(core, now).take_while(|visit| visit.start.duration_since(now) <= AHEAD);
    let mut due = visits.filter_map(|visit| {
        let last = open_reminders(core, visit).filter(|(_, at)| *at <= now).last();
        last.map(|(which, _)| (visit, which))
    });
    due.next()
}

/// When the next reminder is due, or one that could not be shown is to be tried again.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    let now = core.now().timestamp();
    let visits = agenda::from(core, now).take_while(|visit| visit.start.duration_since(now) <= AHEAD);
    let next = visits
        .flat_map(|visit| open_reminders(core, visit).map(|(_, at)| at).collect::<Vec<_>>())
        .filter(|&at| at > now)
        .min();
    let again = pending(core).filter(|_| may_open(core)).and_then(|_| {
        let second = now.checked_add(SignedDuration::from_secs(1)).ok()?;
        Some(second.max(comes_again(core).unwrap_or(second)))
    });
    next.into_iter().chain(again).min()
}

fn comes_again(core: &Core) -> Option<Timestamp> {
    core.screen.reminder_left?.checked_add(LEFT_FOR).ok()
}

/// Whether a page may open by itself over the one that is shown.
fn may_open(core: &Core) -> bool {
    let page = core.page();
    !must_stay(page) && page != Page::Result
}

/// Opens the reminder that is due, where that takes nothing away from under a hand.
pub(crate) fn remind(turn: &mut Turn<'_>, starting: bool) {
    let now = turn.now();
    if turn.core.page() == Page::Reminder {
        turn.core.screen.reminder_left = Some(now);
        return;
    }
    if !(turn.from_outside || starting) || !may_open(turn.core) || pending(turn.core).is_none() {
        return;
    }
    // The clock may have been set back.
    let rests = |left: Timestamp| (Timestamp::MIN..=now).contains(&left) && now.duration_since(left) < LEFT_FOR;
    if turn.core.screen.reminder_left.is_some_and(rests) {
        return;
    }
    turn.play(Sound::StateGood);
    turn.open(Page::Reminder);
    turn.core.screen.reminder_left = Some(now);
}

/// It was read.
pub(super) fn got_it(turn: &mut Turn<'_>, id: VisitId, which: Reminder) -> Result<(), StoreError> {
    answered(turn, id, which)?;
    if turn.core.page() == Page::Reminder {
        if pending(turn.core).is_some() {
            // Another visit's.
            turn.open(Page::Reminder);
        } else {
            turn.back();
        }
    }
    Ok(())
}

/// It was read, and the person can't go: what can be done is asked.
pub(super) fn cannot_go(turn: &mut Turn<'_>, id: VisitId, which: Reminder) -> Result<(), StoreError> {
    answered(turn, id, which)?;
    turn.core.screen.appointments.visit = Some(id);
    turn.replace(Page::CannotGo);
    Ok(())
}

fn answered(turn: &mut Turn<'_>, id: VisitId, which: Reminder) -> Result<(), StoreError> {
    turn.core.screen.reminder_left = None;
    let Some(mut visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    match which {
        Reminder::Evening => visit.notes.evening_answered = true,
        Reminder::Soon => visit.notes.soon_answered = true,
    }
    turn.commit(vec![Change::PutVisit(visit)])
}

fn title(page: &PageBuilder<'_>, visit: &Visit) -> String {
    let now = page.core.now();
    let at = visit.start.to_zoned(now.time_zone().clone());
    let near = if at.date() == now.date() {
        page.words.get("day-today")
    } else if now.date().tomorrow().is_ok_and(|tomorrow| at.date() == tomorrow) {
        page.words.get("day-tomorrow")
    } else {
        page.day(at.date())
    };
    let clock = clock::clock(page.words, at.time());
    page.words.with("reminder-title", &[("day", &near), ("clock", &clock)])
}

/// The reminder.
pub(super) fn view(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some((visit, which)) = pending(page.core) else {
        return visits::all(page);
    };
    let visit = visit.clone();
    let text = title(page, &visit);
    let title = page.text(text);
    let language = page.words.language();
    let where_to = page.words.with(
        "reminder-where",
        &[
            ("hospital", visit.hospital.of(language)),
            ("department", visit.department.of(language)),
        ],
    );
    // What has to be seen with the answer is short; the hospital stands below and is said.
    let department = visit.department.of(language).to_owned();
    let lines = vec![page.spoken(department, &where_to)];
    let command = AppCommand::Appointments;
    let got_it = command(Command::GotIt(visit.id, which));
    let cannot = command(Command::CannotGo(visit.id, which));
    let choices = vec![
        page.choice("reminder-got-it", Icon::Check, got_it).main(),
        page.choice("reminder-cannot-go", Icon::Close, cannot),
    ];
    let details = super::view::named(
        page,
        &[
            ("visit-hospital", &visit.hospital),
            ("visit-place", &visit.place),
            ("visit-bring", &visit.bring),
        ],
    );
    QuestionView {
        title,
        lines,
        choices,
        details,
        ..QuestionView::default()
    }
}

/// What to do where the person can't go.
pub(super) fn instead(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return visits::all(page);
    };
    let title = page.line("cannot-go-title");
    let command = AppCommand::Appointments;
    let mut choices = vec![
        page.choice("visit-move", Icon::EditCalendar, command(Command::Move(visit.id)))
            .main(),
        page.choice("visit-cancel", Icon::Close, AppCommand::Open(Page::CancelVisit)),
    ];
    choices.extend(super::visit::call(page, &visit));
    choices.push(page.choice("cannot-go-after-all", Icon::Event, AppCommand::Open(Page::Visit)));
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// The banner of a reminder that was left without an answer.
pub(crate) fn on_home(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let (visit, _) = pending(page.core)?;
    let visit = visit.clone();
    let text = title(page, &visit);
    let note = page.words.get("reminder-note");
    let choice = page.choice_named("reminder", text, Icon::Notifications, AppCommand::Open(Page::Reminder));
    Some(page.noted(choice, note).main())
}

/// Whether a visit is today, where the person is.
pub(super) fn is_today(core: &Core, visit: &Visit) -> bool {
    day_of(visit.start, core.now()) == core.now().date()
}
