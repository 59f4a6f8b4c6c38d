//! The visits: how each stands, in words, on its page, on the home page and on paper.

use super::{Command, Visit, VisitState, Wish, agenda, doctor_of, notices, plans};
use crate::app::{Command as AppCommand, Core};
use crate::page::PageBuilder;
use crate::view::{Choice, Fact, Icon, Mark, QuestionView};
use crate::words::time;

/// When a visit is, in words: a wish without a slot names the half of the day. Day and time each have a line, since a
/// time that is broken in two is easily misread.
pub(crate) fn when(page: &PageBuilder<'_>, visit: &Visit) -> String {
    in_two_lines(&day_and_clock(page, visit))
}

/// The same in one line.
pub(crate) fn when_in_one_line(page: &PageBuilder<'_>, visit: &Visit) -> String {
    in_one_line(page, &day_and_clock(page, visit))
}

/// Day and time, each on a line.
pub(crate) fn in_two_lines((day, clock): &(String, String)) -> String {
    format!("{day}\n{clock}")
}

fn day_and_clock(page: &PageBuilder<'_>, visit: &Visit) -> (String, String) {
    let is_span =
        visit.wish.slot.is_none() && matches!(visit.state, VisitState::NotConfirmed | VisitState::Refused { .. });
    if is_span {
        span(page, visit.wish.from)
    } else {
        day_then_clock(page, visit.start)
    }
}

/// Day and time apart, for where each has a line of its own.
pub(crate) fn day_then_clock(page: &PageBuilder<'_>, at: jiff::Timestamp) -> (String, String) {
    let at = at.to_zoned(page.core.now().time_zone().clone());
    (page.day(at.date()), time::clock(page.words, at.time()))
}

fn in_one_line(page: &PageBuilder<'_>, (day, clock): &(String, String)) -> String {
    page.words.with("day-and-clock", &[("day", day), ("clock", clock)])
}

/// A morning or afternoon: 明天 星期一, 上午.
pub(crate) fn span(page: &PageBuilder<'_>, from: jiff::Timestamp) -> (String, String) {
    let (words, now) = (page.words, page.core.now());
    let from = from.to_zoned(now.time_zone().clone());
    // The day stands before it: it does not begin a sentence.
    let half = words.get(if from.hour() < 12 {
        "part-morning"
    } else {
        "part-afternoon"
    });
    (page.day(from.date()), half)
}

/// Day and time as what matters most: each on a line of its own, so that neither is broken in two.
pub(crate) fn strong_when(page: &mut PageBuilder<'_>, when: &(String, String)) -> Fact {
    let said = in_one_line(page, when);
    let fact = page.strong(said);
    Fact {
        value: in_two_lines(when),
        ..fact
    }
}

/// The time that is wished for, in one line.
pub(crate) fn wished_for(page: &PageBuilder<'_>, wish: &Wish) -> String {
    let when = if wish.slot.is_some() {
        day_then_clock(page, wish.from)
    } else {
        span(page, wish.from)
    };
    in_one_line(page, &when)
}

/// How a visit stands: shape, colour and word.
pub(crate) fn state_of(page: &PageBuilder<'_>, visit: &Visit) -> (Mark, String) {
    let (mark, key) = match &visit.state {
        VisitState::NotConfirmed => (Mark::Waiting, "visit-not-confirmed"),
        VisitState::Booked { .. } if visit.moving.is_some() => (Mark::Waiting, "visit-move-not-confirmed"),
        VisitState::Booked { .. } => (Mark::Good, "visit-booked"),
        VisitState::Refused { .. } => (Mark::Bad, "visit-refused"),
        VisitState::CancelNotConfirmed { .. } => (Mark::Waiting, "visit-cancel-not-confirmed"),
        VisitState::Cancelled => (Mark::Bad, "visit-cancelled"),
    };
    (mark, page.words.get(key))
}

/// Where and when, who, and what to bring.
pub(crate) fn facts(page: &mut PageBuilder<'_>, visit: &Visit) -> Vec<Fact> {
    let mut facts = what(page, visit);
    facts.extend(super::view::named(
        page,
        &[("visit-place", &visit.place), ("visit-bring", &visit.bring)],
    ));
    if let Some(booker) = &visit.heard.booked_by {
        facts.push(page.fact("visit-booked-by", booker.name.clone()));
    }
    facts
}

/// When, and at which department of which hospital: enough to know which visit it is.
pub(crate) fn what(page: &mut PageBuilder<'_>, visit: &Visit) -> Vec<Fact> {
    let when = day_and_clock(page, visit);
    let mut facts = vec![strong_when(page, &when)];
    if let Some(patient) = &visit.wish.for_patient {
        facts.push(page.fact("help-name", patient.name.clone()));
    }
    facts.extend(super::view::named(page, &[("visit-hospital", &visit.hospital)]));
    let who = doctor_of(page, &visit.practitioner, &visit.department);
    if !who.is_empty() {
        facts.push(page.fact("visit-department", who));
    }
    facts
}

/// The banner of the home page.
pub(crate) fn next_visit(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let visit = agenda::upcoming(page.core).next().cloned()?;
    let language = page.words.language();
    let text = page.words.with(
        "home-visit",
        &[
            ("when", &when(page, &visit)),
            ("department", visit.department.of(language)),
        ],
    );
    let (mark, state) = state_of(page, &visit);
    let icon = if mark == Mark::Waiting {
        Icon::Schedule
    } else {
        Icon::Event
    };
    let command = AppCommand::Appointments(Command::Show(visit.id));
    let choice = page.choice_named("next-visit", text, icon, command);
    // What is not confirmed must never look as if it were.
    let note = if mark == Mark::Good { String::new() } else { state };
    Some(page.noted(choice, note))
}

/// The same banner with where to go, where there is room for that.
pub(crate) fn with_its_place(page: &mut PageBuilder<'_>, banner: Choice) -> Choice {
    let place = agenda::upcoming(page.core).next().map(|visit| place(page, visit));
    match place {
        Some(place) if banner.note.is_empty() => page.noted(banner, place),
        _ => banner,
    }
}

/// Where to go: the hospital, and the place in it.
fn place(page: &PageBuilder<'_>, visit: &Visit) -> String {
    let language = page.words.language();
    let [hospital, place] = [&visit.hospital, &visit.place].map(|words| words.of(language));
    if place.is_empty() {
        return hospital.to_owned();
    }
    let values = [("hospital", hospital), ("place", place)];
    page.words.with("home-visit-where", &values)
}

/// What to bring to the next visit, and where it is unless that was said already, for the home page.
pub(crate) fn where_and_what(page: &mut PageBuilder<'_>, is_where_said: bool) -> Option<Choice> {
    let next = agenda::upcoming(page.core).next();
    let visit = next
        .filter(|visit| matches!(visit.state, VisitState::Booked { .. }))?
        .clone();
    let bring = visit.bring.of(page.words.language()).to_owned();
    let place = if is_where_said {
        String::new()
    } else {
        place(page, &visit)
    };
    let note = [place, bring].join("\n").trim().to_owned();
    if note.is_empty() {
        return None;
    }
    let text = page.words.get(if is_where_said {
        "home-visit-bring"
    } else {
        "home-visit-where-and-bring"
    });
    let command = AppCommand::Appointments(Command::Show(visit.id));
    let choice = page.choice_named("next-visit-bring", text, Icon::Description, command);
    Some(page.noted(choice, note))
}

/// How many past visits are shown at a time.
pub(super) const SHOWN_AT_A_TIME: usize = 6;

/// All visits.
pub(super) fn all(page: &mut PageBuilder<'_>) -> QuestionView {
    // What is to come first, the soonest on top; then what is past, the last on top, and of that only a few at a time.
    let mut visits: Vec<_> = agenda::coming(page.core).cloned().collect();
    let coming = visits.len();
    let most = SHOWN_AT_A_TIME + page.core.screen.appointments.earlier;
    visits.extend(agenda::past(page.core).take(most).cloned());
    let shown = visits.len();
    let there_are_more = agenda::past(page.core).nth(most).is_some();
    let title = page.line(if visits.is_empty() {
        "visits-empty-title"
    } else {
        "visits-title"
    });
    let lines = if visits.is_empty() {
        vec![page.line("visits-empty-line")]
    } else {
        Vec::new()
    };
    let language = page.words.language();
    let mut choices = Vec::new();
    for (place, visit) in visits.into_iter().enumerate() {
        if place == coming {
            choices.extend(plans::among_visits(page));
        }
        let mut text = format!("{} {}", when(page, &visit), visit.department.of(language));
        if let Some(patient) = &visit.wish.for_patient {
            text = format!("{} {text}", patient.name);
        }
        let (mark, state) = state_of(page, &visit);
        let icon = match mark {
            Mark::Good => Icon::Event,
            Mark::Waiting => Icon::Schedule,
            Mark::Caution | Mark::Bad => Icon::Close,
        };
        let choice = page.choice_named(
            visit.id.to_string(),
            text,
            icon,
            AppCommand::Appointments(Command::Show(visit.id)),
        );
        choices.push(page.noted(choice, state));
    }
    if there_are_more {
        let earlier = AppCommand::Appointments(Command::ShowEarlier);
        choices.push(page.choice("visits-earlier", Icon::History, earlier));
    }
    if coming == shown {
        choices.extend(plans::among_visits(page));
    }
    choices.extend(notices::among_visits(page));
    choices.push(
        page.choice("visits-new", Icon::Add, AppCommand::Appointments(Command::Begin))
            .main(),
    );
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// The visit that is shown.
pub(super) fn shown(core: &Core) -> Option<&Visit> {
    core.records.visits.get(&core.screen.appointments.visit?)
}

/// Whether to cancel.
pub(super) fn cancel(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = shown(page.core).cloned() else {
        return all(page);
    };
    let title = page.line("cancel-title");
    let facts = what(page, &visit);
    let yes = AppCommand::Appointments(Command::Cancel(visit.id));
    let choices = vec![
        page.choice("cancel-no", Icon::Event, AppCommand::Back).main(),
        page.choice("cancel-yes", Icon::Close, yes).help(),
    ];
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}
