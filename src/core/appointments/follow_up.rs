//! When to see the doctor again: asked after a visit by large buttons, and told on the home page when it is time. What a doctor has
//! planned (`plans.rs`) goes before it.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Command, FollowUp, Visit, VisitState, agenda, doctor_of, plans, visits};
use crate::app::{Command as AppCommand, Core};
use crate::ids::VisitId;
use crate::page::PageBuilder;
use crate::result::{Outcome, Sentence};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Choice, Icon, Mark, QuestionView};
use crate::words::time;

/// What can be chosen, in weeks: two weeks, one month, three months. Four and thirteen weeks keep the weekday, on which
/// the same doctor is there again.
const WEEKS: [(u8, &str); 3] = [(2, "again-2-weeks"), (4, "again-month"), (13, "again-3-months")];

/// A plan is shown from so many days before it on, as long as there may still be a free time.
const DAYS_BEFORE: i32 = 5;
/// How many of the last visits are looked through.
const MOST_LOOKED_AT: usize = 40;

/// Whether it can be asked when to come again: the visit has begun, and stood to the end.
pub(super) fn can_be_planned(core: &Core, visit: &Visit) -> bool {
    matches!(visit.state, VisitState::Booked { .. }) && visit.start <= core.now().timestamp()
}

/// Asks when to come again.
pub(super) fn view(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return visits::all(page);
    };
    let title = page.line("again-title");
    let who = doctor_of(page, &visit.practitioner, &visit.department);
    let lines = vec![page.text(who)];
    let mut choices = Vec::new();
    for (weeks, key) in WEEKS {
        let choose = Command::ComeAgain {
            visit: visit.id,
            weeks: Some(weeks),
        };
        let choice = page.choice(key, Icon::Event, AppCommand::Appointments(choose));
        let day = day_after(page.core, &visit, weeks).map(|day| page.day(day));
        choices.push(page.noted(choice, day.unwrap_or_default()));
    }
    let never = Command::ComeAgain {
        visit: visit.id,
        weeks: None,
    };
    choices.push(page.choice("again-never", Icon::Close, AppCommand::Appointments(never)));
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

fn day_after(core: &Core, visit: &Visit, weeks: u8) -> Option<Date> {
    let (day, today) = (super::day_of(visit.start, core.now()), core.now().date());
    let shortest = i32::from(WEEKS[0].0).weeks();
    // Of an older visit all of them are reckoned from today on, so that the shortest stays the soonest.
    let from = if day.checked_add(shortest).ok()? > today {
        day
    } else {
        today
    };
    from.checked_add(i32::from(weeks).weeks()).ok()
}

/// When to come again is said.
pub(super) fn come_again(turn: &mut Turn<'_>, id: VisitId, weeks: Option<u8>) -> Result<(), StoreError> {
    let Some(mut visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    let day = weeks.and_then(|weeks| day_after(turn.core, &visit, weeks));
    visit.notes.follow_up = Some(day.map_or(FollowUp::NotNeeded, FollowUp::From));
    turn.commit_undoable(vec![Change::PutVisit(visit)])?;
    let outcome = match day {
        Some(day) => {
            let day = time::day(turn.core.words(), day, turn.core.now().date());
            Outcome::new(Mark::Good, "again-noted-title").line(Sentence("again-noted-line", vec![("day", day)]))
        }
        None => Outcome::new(Mark::Good, "again-never-title"),
    };
    turn.back();
    turn.show(outcome.undoable());
    Ok(())
}

/// The plan whose time has come: the visit that it follows. A visit to the same department that is booked already, or was
/// after it, has carried it out.
fn due(core: &Core) -> Option<&Visit> {
    let today = core.now().date();
    let near = today.checked_add(DAYS_BEFORE.days()).ok()?;
    let mut later: Vec<&str> = agenda::upcoming(core)
        .map(|visit| visit.wish.department.as_str())
        .collect();
    for visit in agenda::past(core).take(MOST_LOOKED_AT) {
        if !matches!(visit.state, VisitState::Booked { .. }) {
            continue;
        }
        let department = visit.wish.department.as_str();
        if let (Some(FollowUp::From(day)), false) = (visit.notes.follow_up, later.contains(&department))
            && day <= near
            && !plans::says_when(core, visit.wish.for_patient.as_ref(), department)
        {
            return Some(visit);
        }
        later.push(department);
    }
    None
}

/// The banner: one tap to the same doctor.
pub(crate) fn on_home(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let visit = due(page.core)?.clone();
    let who = doctor_of(page, &visit.practitioner, &visit.department);
    let command = Command::ChooseDoctor {
        department: visit.wish.department,
        practitioner: visit.practitioner,
        patient: visit.wish.for_patient,
    };
    let choice = page.choice("again-due", Icon::History, AppCommand::Appointments(command));
    Some(page.noted(choice, who))
}
