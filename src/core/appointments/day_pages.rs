//! The pages of a visit's day: the queue, the code for the counter, and what comes after the doctor.

use std::collections::BTreeSet;

use anban_wire::visit_day::{DayStep, DayStepKind, QueueState};

use super::day::{current, is_asked, known, title};
use super::{Command, Visit, visits};
use crate::app::{Command as AppCommand, Page};
use crate::certificates;
use crate::page::PageBuilder;
use crate::settings::Language;
use crate::symbol::Symbology;
use crate::view::{Body, Choice, CodeView, Icon, Mark, QuestionView, Symbol, Tone};

pub(super) fn in_language<'a>(page: &PageBuilder<'_>, chinese: &'a str, english: &'a str) -> &'a str {
    match page.words.language() {
        Language::English if !english.is_empty() => english,
        _ => chinese,
    }
}

/// Which steps are done: as the hospital says, and as the person has marked.
fn done(visit: &Visit, step: &DayStep) -> bool {
    step.done || visit.notes.steps_done.contains(&step.kind)
}

fn named(kind: DayStepKind) -> (&'static str, Icon) {
    match kind {
        DayStepKind::Pay => ("step-pay", Icon::Payments),
        DayStepKind::Medicine => ("step-medicine", Icon::Medication),
        DayStepKind::Reports => ("step-reports", Icon::Description),
    }
}

/// The page of the day.
pub(super) fn view(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).or_else(|| current(page.core)).cloned() else {
        return visits::all(page);
    };
    let code = AppCommand::Open(Page::CheckInCode);
    let Some(day) = known(page.core, &visit).cloned() else {
        return arriving(page, &visit);
    };
    let text = title(page, &day);
    let title = page.text(text);
    let mark = match day.state {
        QueueState::Waiting => Mark::Waiting,
        QueueState::Called | QueueState::Seen => Mark::Good,
        QueueState::Missed => Mark::Caution,
    };
    let mut lines = Vec::new();
    if day.state == QueueState::Missed {
        lines.push(page.line("day-missed-line"));
    }
    let mut facts = Vec::new();
    let mut choices = Vec::new();
    let room = in_language(page, &day.room, &day.room_english).to_owned();
    if day.state == QueueState::Seen {
        let mut kinds = BTreeSet::new();
        for step in day.steps.iter().filter(|step| kinds.insert(step.kind)) {
            let (key, icon) = named(step.kind);
            let done = done(&visit, step);
            let show = AppCommand::Appointments(Command::ShowStep(visit.id, step.kind));
            let choice = page.choice(key, icon, show);
            let note = if done {
                page.words.get("step-done")
            } else {
                in_language(page, &step.counter, &step.counter_english).to_owned()
            };
            let choice = page.noted(choice, note).chosen_if(done);
            let is_next = !done && !choices.iter().any(|choice: &Choice| choice.tone == Tone::Main);
            choices.push(if is_next { choice.main() } else { choice });
        }
        let again = page.choice("visit-again", Icon::Event, AppCommand::Open(Page::ComeAgain));
        choices.push(if choices.is_empty() { again.main() } else { again });
    } else {
        facts.push(page.strong(day.ticket.clone()));
        if !room.is_empty() {
            facts.push(page.fact("day-room", room));
        }
        choices.push(page.choice("visit-code", Icon::QrCode2, code).main());
        choices.push(page.choice("visit-way", Icon::DirectionsWalk, AppCommand::Open(Page::VisitWay)));
        choices.extend(super::visit::call(page, &visit));
    }
    QuestionView {
        title,
        mark: Some(mark),
        lines,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// Nothing has been heard yet: the counter can do it as well.
fn arriving(page: &mut PageBuilder<'_>, visit: &Visit) -> QuestionView {
    let asked = is_asked(page.core, visit.id);
    let title = page.line(if asked {
        "check-in-waiting-title"
    } else {
        "check-in-title"
    });
    let lines = vec![page.line("check-in-line")];
    let facts = visits::facts(page, visit);
    let mut choices = Vec::new();
    if !asked {
        let come = AppCommand::Appointments(Command::CheckIn(visit.id));
        choices.push(page.choice("visit-check-in", Icon::HowToReg, come).main());
    }
    let code = page.choice("visit-code", Icon::QrCode2, AppCommand::Open(Page::CheckInCode));
    choices.push(if asked { code.main() } else { code });
    choices.extend(super::visit::call(page, visit));
    QuestionView {
        title,
        mark: asked.then_some(Mark::Waiting),
        lines,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// The signed slip, large, to be scanned at the counter or a machine.
pub(super) fn code(page: &mut PageBuilder<'_>) -> Body {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return Body::Question(visits::all(page));
    };
    let text = certificates::code_of(page.core, certificates::Item::Visit(visit.id));
    let title = page.line(if text.is_some() {
        "check-in-code-title"
    } else {
        "check-in-no-code-title"
    });
    let day = known(page.core, &visit).cloned();
    let holder = (!visit.patient.is_empty()).then(|| page.text(visit.patient.clone()));
    let lines = match text {
        Some(_) => Vec::new(),
        None => vec![page.line("check-in-no-code-line")],
    };
    let number = day.map(|day| page.text(day.ticket));
    let facts = visits::facts(page, &visit);
    let label = page.words.get("check-in-code-label");
    let print = AppCommand::Certificates(certificates::Command::Choose(certificates::Item::Visit(visit.id)));
    let choices = vec![page.choice("visit-print", Icon::Print, print)];
    Body::Code(CodeView {
        state: title,
        holder,
        lines,
        symbol: text.map(|text| Symbol {
            symbology: Symbology::Qr,
            text,
            label,
        }),
        number,
        facts,
        choices,
        ..CodeView::default()
    })
}

/// One thing to do after the doctor: where, and how.
pub(super) fn step(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = visits::shown(page.core).cloned() else {
        return visits::all(page);
    };
    let kind = page.core.screen.appointments.step;
    let step = known(page.core, &visit).and_then(|day| day.steps.iter().find(|step| Some(step.kind) == kind).cloned());
    let Some(step) = step else {
        return view(page);
    };
    let (key, _) = named(step.kind);
    let title = page.line(key);
    let mut facts = Vec::new();
    if let Some(fen) = step.fen {
        let (yuan, rest) = (fen / 100, fen % 100);
        let amount = format!("{yuan}.{rest:02}");
        let amount = page.words.with("step-amount", &[("amount", &amount)]);
        facts.push(page.strong(amount));
    }
    for (label, chinese, english) in [
        ("step-counter", &step.counter, &step.counter_english),
        ("step-machine", &step.machine, &step.machine_english),
    ] {
        let value = in_language(page, chinese, english).to_owned();
        if !value.is_empty() {
            facts.push(page.fact(label, value));
        }
    }
    let mark_it = AppCommand::Appointments(Command::MarkStep {
        visit: visit.id,
        step: step.kind,
    });
    let mut choices = Vec::new();
    if step.done {
        choices.push(page.choice("step-back", Icon::ArrowForward, AppCommand::Back).main());
    } else if done(&visit, &step) {
        choices.push(page.choice("step-not-yet", Icon::Undo, mark_it).main());
    } else {
        choices.push(page.choice("step-mark", Icon::Check, mark_it).main());
    }
    choices.extend(super::visit::call(page, &visit));
    let mut details = Vec::new();
    if step.kind == DayStepKind::Pay {
        let how = page.words.get("step-pay-line");
        details.push(page.fact("step-pay-how", how));
    }
    QuestionView {
        title,
        facts,
        choices,
        details,
        ..QuestionView::default()
    }
}
