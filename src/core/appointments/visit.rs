//! One visit: how it stands, and what can be done with it.

use super::{
    Command, Hospital, Refusal, Visit, VisitState, calendar, cancelling, day, doctor_of, follow_up, moving, notices,
    offers, refusal_key, visits,
};
use crate::app::{Command as AppCommand, Core, Page};
use crate::certificates;
use crate::effect::Effect;
use crate::help;
use crate::ids::VisitId;
use crate::page::PageBuilder;
use crate::result::Outcome;
use crate::turn::Turn;
use crate::view::{Choice, Fact, Icon, Mark, QuestionView};

/// The page.
pub(super) fn one(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return visits::all(page);
    };
    let (mark, state) = visits::state_of(page, &visit);
    let title = page.text(state);
    let explained = match &visit.state {
        VisitState::NotConfirmed if page.core.hub().is_none() => Some("visit-no-hub-line"),
        VisitState::NotConfirmed | VisitState::CancelNotConfirmed { .. } => Some("visit-waiting-line"),
        VisitState::Refused { reason, .. } => Some(refusal_key(*reason)),
        VisitState::Booked { .. } | VisitState::Cancelled => None,
    };
    let mut lines: Vec<_> = explained.map(|key| page.line(key)).into_iter().collect();
    if let Some(moving) = &visit.moving {
        let when = visits::wished_for(page, &moving.wish);
        let text = page.words.with("visit-moving-line", &[("when", &when)]);
        lines.push(page.text(text));
    }
    if let Some((item, wish)) = offers::refused_move(page.core, &visit) {
        let when = visits::wished_for(page, wish);
        let text = page.words.with("visit-move-refused-line", &[("when", &when)]);
        let why = item.refused.map(refusal_key);
        lines.push(page.text(text));
        lines.extend(why.map(|key| page.line(key)));
    }
    let mut facts = visits::facts(page, &visit);
    if let Some(notice) = notices::of_visit(page.core, &visit) {
        let text = notice.words.of(page.words.language()).to_owned();
        facts.push(page.fact("visit-notice", text));
    }
    let choices = what_next(page, &visit);
    QuestionView {
        title,
        mark: Some(mark),
        lines,
        facts,
        choices,
        ..QuestionView::default()
    }
}

fn command(command: Command) -> AppCommand {
    AppCommand::Appointments(command)
}

/// The telephone of a visit's department.
pub(super) fn call(page: &mut PageBuilder<'_>, visit: &Visit) -> Option<Choice> {
    let number = visit.phone.clone();
    let dial = (!number.is_empty()).then(|| command(Command::Call { number: number.clone() }))?;
    let call = page.choice("visit-call", Icon::Call, dial);
    Some(page.noted(call, number))
}

fn print(visit: &Visit) -> AppCommand {
    AppCommand::Certificates(certificates::Command::Choose(certificates::Item::Visit(visit.id)))
}

fn what_next(page: &mut PageBuilder<'_>, visit: &Visit) -> Vec<Choice> {
    let mut choices = Vec::new();
    match &visit.state {
        VisitState::Booked { .. }
            if follow_up::can_be_planned(page.core, visit) && !day::is_going_on(page.core, visit) =>
        {
            choices.push(
                page.choice("visit-again", Icon::Event, AppCommand::Open(Page::ComeAgain))
                    .main(),
            );
            let same = Command::ChooseDoctor {
                department: visit.wish.department.clone(),
                practitioner: visit.practitioner.clone(),
                patient: visit.wish.for_patient.clone(),
            };
            choices.push(page.choice("visit-same-doctor", Icon::History, command(same)));
            choices.push(page.choice("visit-print", Icon::Print, print(visit)));
            choices.extend(call(page, visit));
        }
        VisitState::Booked { .. } => {
            choices.extend(day::on_visit(page, visit));
            let instead = offers::refused_move(page.core, visit)
                .map(|(item, wish)| offers::instead(page.core, visit, wish, &item.offers));
            choices.extend(offers::buttons(page, visit.id, &instead.unwrap_or_default()));
            let way = page.choice("visit-way", Icon::DirectionsWalk, AppCommand::Open(Page::VisitWay));
            choices.push(if choices.is_empty() { way.main() } else { way });
            if moving::can_be_moved(visit) {
                choices.push(page.choice("visit-move", Icon::EditCalendar, command(Command::Move(visit.id))));
            }
            choices.extend(call(page, visit));
            let more = page.choice("visit-more", Icon::More, AppCommand::Open(Page::VisitMore));
            let note = page.words.get("visit-more-note");
            choices.push(page.noted(more, note));
            choices.push(page.choice("visit-cancel", Icon::Close, AppCommand::Open(Page::CancelVisit)));
        }
        VisitState::Refused { reason, offers } => {
            let offers = offers::instead(page.core, visit, &visit.wish, offers);
            choices.extend(offers::buttons(page, visit.id, &offers));
            let other = command(Command::OtherTime(visit.id));
            let other = page.choice("book-refused-other", Icon::Schedule, other);
            choices.push(if choices.is_empty() { other.main() } else { other });
            // What somebody else has is not asked for again.
            if *reason != Refusal::SlotTaken {
                choices.push(page.choice("visit-ask-again", Icon::Refresh, command(Command::AskAgain(visit.id))));
            }
            choices.extend(call(page, visit));
            choices.push(page.choice("visit-drop", Icon::Delete, command(Command::Drop(visit.id))));
        }
        VisitState::NotConfirmed | VisitState::CancelNotConfirmed { .. } => {
            choices.push(page.choice("visit-print-wish", Icon::Print, print(visit)));
            choices.extend(call(page, visit));
        }
        VisitState::Cancelled => {
            if cancelling::can_be_booked_back(visit, page.core.now().timestamp()) {
                let back = command(Command::BookBack(visit.id));
                choices.push(page.choice("visit-book-back", Icon::Undo, back).main());
            }
            choices.extend(outdated_calendar(page, visit));
            choices.extend(call(page, visit));
            choices.push(page.choice("visit-drop", Icon::Delete, command(Command::Drop(visit.id))));
        }
    }
    choices
}

/// A calendar still has the old time.
fn outdated_calendar(page: &mut PageBuilder<'_>, visit: &Visit) -> Option<Choice> {
    calendar::is_outdated(visit).then(|| {
        let key = if visit.state == VisitState::Cancelled {
            "visit-calendar-cancel"
        } else {
            "visit-calendar-again"
        };
        page.choice(key, Icon::EditCalendar, command(Command::SaveToCalendar(visit.id)))
    })
}

/// What else can be done.
pub(super) fn more(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return visits::all(page);
    };
    let title = page.line("visit-more-title");
    let mut choices = vec![
        page.choice("visit-tell", Icon::Group, AppCommand::Open(Page::TellRelative)),
        page.choice("visit-print", Icon::Print, print(&visit)),
    ];
    let calendar = outdated_calendar(page, &visit).unwrap_or_else(|| {
        page.choice(
            "visit-calendar",
            Icon::Event,
            command(Command::SaveToCalendar(visit.id)),
        )
    });
    choices.push(calendar);
    choices.push(page.choice("visit-code", Icon::QrCode2, AppCommand::Open(Page::CheckInCode)));
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// The hospital of a visit, as far as it is still in the directory.
fn hospital_of<'a>(core: &'a Core, visit: &Visit) -> Option<&'a Hospital> {
    let directory = core.records.directory.as_ref()?;
    let department = directory
        .departments
        .iter()
        .find(|known| known.id == visit.wish.department);
    let by_department = department.and_then(|known| super::hospital(core, &known.hospital));
    by_department.or_else(|| directory.hospitals.iter().find(|known| known.name == visit.hospital))
}

/// The way: which house, which floor, how to get there.
pub(super) fn way(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return visits::all(page);
    };
    let language = page.words.language();
    let title = page.line("way-title");
    let address = hospital_of(page.core, &visit)
        .map(|hospital| hospital.address.clone())
        .unwrap_or_default();
    let mut facts: Vec<Fact> = Vec::new();
    for (label, words) in [
        ("visit-hospital", &visit.hospital),
        ("way-address", &address),
        ("visit-place", &visit.place),
    ] {
        let value = words.of(language);
        if !value.is_empty() {
            facts.push(page.fact(label, value));
        }
    }
    let mut choices = Vec::new();
    if !address.chinese.is_empty() {
        let map = command(Command::ShowOnMap(visit.id));
        choices.push(page.choice("way-map", Icon::Map, map).main());
    }
    choices.extend(call(page, &visit));
    let choices = page.or_home(choices);
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// Hands the address to the system's map.
pub(super) fn show_on_map(turn: &mut Turn<'_>, id: VisitId) {
    let Some(visit) = turn.core.records.visits.get(&id) else {
        return;
    };
    if let Some(hospital) = hospital_of(turn.core, visit) {
        // What people there would write is what a map knows best, whatever the language of the screen.
        let address = format!("{} {}", hospital.address.chinese, hospital.name.chinese);
        turn.effects.push(Effect::ShowOnMap { address });
    }
}

/// The map is open, or there is none.
pub(super) fn map_shown(turn: &mut Turn<'_>, shown: bool) {
    if !shown {
        turn.show(Outcome::new(Mark::Bad, "no-map-title").line("no-map-line"));
    }
}

/// All of a visit in a few sentences, for somebody else: days have their dates.
fn told(page: &PageBuilder<'_>, visit: &Visit) -> String {
    let paper = PageBuilder::for_paper(page.core, page.words);
    let language = page.words.language();
    let (day, clock) = visits::day_then_clock(&paper, visit.start);
    let when = page.words.with("day-and-clock", &[("day", &day), ("clock", &clock)]);
    let who = doctor_of(page, &visit.practitioner, &visit.department);
    let values = [
        ("name", visit.patient.as_str()),
        ("when", &when),
        ("hospital", visit.hospital.of(language)),
        ("department", &who),
    ];
    let mut told = page.words.with("tell-text", &values);
    if !visit.place.of(language).is_empty() {
        told.push_str(&page.words.with("tell-place", &[("place", visit.place.of(language))]));
    }
    told
}

/// What to say on the telephone, in large words, and whom to call.
pub(super) fn tell(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return visits::all(page);
    };
    let title = page.line("tell-title");
    let said = told(page, &visit);
    let facts = vec![page.strong(said)];
    let mut choices = Vec::new();
    for contact in help::contacts(page.core)
        .into_iter()
        .take(3)
        .filter(|contact| !contact.number.is_empty())
    {
        let text = page.words.with("tell-call", &[("name", &contact.name)]);
        let dial = command(Command::Call {
            number: contact.number.clone(),
        });
        choices.push(page.choice_named(format!("tell-{}", contact.id), text, Icon::Call, dial));
    }
    choices.push(page.choice("tell-letter", Icon::Edit, command(Command::Tell(visit.id))));
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// Hands it to the mail program.
pub(super) fn write_letter(turn: &mut Turn<'_>, id: VisitId) {
    let Some(visit) = turn.core.records.visits.get(&id) else {
        return;
    };
    let page = PageBuilder::new(turn.core);
    let (subject, text) = (page.words.get("tell-subject"), told(&page, visit));
    turn.effects.push(Effect::ShareText { subject, text });
}
