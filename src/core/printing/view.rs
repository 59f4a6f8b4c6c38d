//! The pages of the print queue, and what it puts on other pages.

use super::choosing::{self, Purpose, Search};
use super::standing::{Standing, standing};
use super::{Command, PrintJob, the_printer};
use crate::app::{Command as AppCommand, Core, Page};
use crate::certificates::{self, Format, Paper};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Icon, Mark, QuestionView};
use crate::words::time;

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(match of {
        Page::Printers => printers(page),
        Page::PrintJob => job(page),
        _ => queue(page),
    })
}

fn does(command: Command) -> AppCommand {
    AppCommand::Printing(command)
}

/// All jobs, what needs the person on top and then the newest.
fn jobs(core: &Core) -> Vec<(PrintJob, Standing)> {
    let mut jobs: Vec<_> = core
        .records
        .print_jobs
        .values()
        .map(|job| (job.clone(), standing(core, job)))
        .collect();
    jobs.sort_by_key(|(job, standing)| {
        let group = match (standing.needs_the_person(), job.is_finished()) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        (group, std::cmp::Reverse((job.changed_at, job.sequence, job.id)))
    });
    jobs
}

/// What matters today: a paper that does not go on without the person.
pub(crate) fn home_banner(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let (job, standing) = jobs(page.core)
        .into_iter()
        .find(|(_, standing)| standing.needs_the_person())?;
    let text = page.words.with("home-print-needs", &[("what", &job.paper.title)]);
    let choice = page.choice_named("print-needs", text, Icon::Warning, does(Command::Show(job.id)));
    let note = page.words.get(standing.title());
    Some(page.noted(choice, note))
}

/// The way to the queue, where there is something in it.
pub(crate) fn queue_choice(page: &mut PageBuilder<'_>) -> Option<Choice> {
    if page.core.records.print_jobs.is_empty() {
        return None;
    }
    Some(page.choice("queue-see", Icon::Print, AppCommand::Open(Page::PrintQueue)))
}

fn queue(page: &mut PageBuilder<'_>) -> QuestionView {
    let jobs = jobs(page.core);
    if jobs.is_empty() {
        return QuestionView {
            title: page.line("queue-empty-title"),
            lines: vec![page.line("queue-empty-line")],
            choices: vec![page.choice("home-print", Icon::Print, certificates_begin()).main()],
            ..QuestionView::default()
        };
    }
    let title = page.line("queue-title");
    let mut choices = Vec::new();
    for (job, standing) in jobs {
        let choice = page.choice_named(
            job.id.to_string(),
            &job.paper.title,
            standing.icon(),
            does(Command::Show(job.id)),
        );
        let note = page.words.get(standing.title());
        choices.push(page.noted(choice, note));
    }
    choices.push(page.choice("queue-more", Icon::Add, certificates_begin()));
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

fn certificates_begin() -> AppCommand {
    AppCommand::Certificates(certificates::Command::Begin)
}

fn job(page: &mut PageBuilder<'_>) -> QuestionView {
    let records = &page.core.records.print_jobs;
    let shown = page.core.screen.printing.job.and_then(|id| records.get(&id));
    let Some(job) = shown.cloned() else {
        return QuestionView {
            title: page.line("job-gone"),
            choices: vec![page.choice("queue-see", Icon::Print, AppCommand::Open(Page::PrintQueue))],
            ..QuestionView::default()
        };
    };
    let standing = standing(page.core, &job);
    let title = page.line(standing.title());
    let mut lines = vec![page.line(standing.sentence())];
    if job.goes_on_by_itself(page.core.now().timestamp()) && standing.needs_the_person() {
        lines.push(page.line("job-goes-on"));
    }
    let mut facts = vec![
        page.fact("job-what", &job.paper.title),
        page.fact("job-printer", job.printer.shown()),
    ];
    // Where something has to be done, what helps must be seen at once.
    if !standing.needs_the_person() {
        let when = page.past(job.asked_at);
        facts.push(page.fact("job-when", when));
    }
    let choices = answers(page, &job, standing);
    QuestionView {
        title,
        mark: Some(standing.mark()),
        lines,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// What can be done with a job as it stands. The first is what helps.
fn answers(page: &mut PageBuilder<'_>, job: &PrintJob, standing: Standing) -> Vec<Choice> {
    let id = job.id;
    let again = ("print-retry", Icon::Refresh, Command::TryAgain(id));
    let once_more = ("job-again", Icon::Print, Command::TryAgain(id));
    let copy = ("print-again", Icon::Add, Command::PrintCopy(id));
    let other = ("job-other-printer", Icon::Print, Command::OtherPrinter(id));
    let save = ("print-to-file", Icon::Save, Command::Save(id));
    let cancel = ("job-cancel", Icon::Close, Command::Cancel(id));
    let offered = match standing {
        Standing::Waiting => vec![other, save, cancel],
        Standing::Printing => vec![save, cancel],
        Standing::Needs(trouble) if trouble.needs_another_printer() => vec![other, again, save, cancel],
        Standing::Needs(_) | Standing::Failed(_) => vec![again, other, save, cancel],
        Standing::Inside(_) => vec![("job-look-again", Icon::Refresh, Command::TryAgain(id)), save, cancel],
        Standing::Unsure => vec![
            ("job-came-out", Icon::Check, Command::CameOut(id)),
            once_more,
            save,
            cancel,
        ],
        Standing::Old => vec![("job-now", Icon::Print, Command::TryAgain(id)), other, save, cancel],
        Standing::Done { .. } => vec![copy, save],
        Standing::Cancelled => vec![once_more, save],
    };
    let helps = standing.needs_the_person();
    let mut choices: Vec<Choice> = Vec::new();
    for (key, icon, command) in offered {
        let choice = page.choice(key, icon, does(command));
        let first = choices.is_empty() && helps;
        choices.push(if first { choice.main() } else { choice });
    }
    if !helps {
        choices.push(page.home().main());
    }
    choices
}

fn printers(page: &mut PageBuilder<'_>) -> QuestionView {
    let choosing = &page.core.screen.printing.choosing;
    let (search, found) = (choosing.search, choosing.found.clone());
    let for_settings = choosing.purpose == Purpose::Settings;
    let title = page.line("printers-title");
    let (mark, key) = match (search, found.is_empty()) {
        (Search::None | Search::Until(_), _) => (Some(Mark::Waiting), "printers-searching"),
        (Search::Ended, false) => (None, "printers-found"),
        (Search::Ended, true) => (Some(Mark::Caution), "printers-none"),
    };
    let lines = vec![page.line(key)];
    let now = the_printer(page.core);
    let mut choices = Vec::new();
    for printer in found {
        let chosen = now.as_ref().is_some_and(|now| now.address == printer.printer.address);
        let choice = page.choice_named(
            printer.printer.address.clone(),
            printer.printer.shown(),
            Icon::Print,
            does(Command::Choose(printer.printer.clone())),
        );
        choices.push(page.noted(choice, printer.place).chosen_if(chosen));
    }
    if search == Search::Ended {
        let again = page.choice("printers-again", Icon::Refresh, does(Command::SearchAgain));
        choices.push(if choices.is_empty() { again.main() } else { again });
    }
    if for_settings {
        if now.is_some() {
            choices.push(page.choice("printer-test", Icon::Print, does(Command::PrintTestPage)));
        }
    } else if choosing::paper(page.core).is_some() {
        choices.push(page.choice("print-to-file", Icon::Save, does(Command::SaveInstead)));
    }
    choices.push(page.choice("printers-address", Icon::Build, does(Command::TypeAddress)));
    QuestionView {
        title,
        mark,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// A page that shows whether a printer works. It holds nothing about anybody.
pub(super) fn test_page(core: &Core) -> Paper {
    let words = core.words();
    let now = core.now();
    let (date, clock) = (time::full_date(words, now.date()), time::clock(words, now.time()));
    Paper {
        language: words.language(),
        title: words.get("test-page-title"),
        state: Some((Mark::Good, words.get("test-page-state"))),
        facts: vec![(words.get("job-when"), format!("{date} {clock}"))],
        codes: Vec::new(),
        is_collection: false,
        notes: vec![words.get("test-page-note")],
        footer: certificates::footer(core, words),
        folding: Vec::new(),
        format: Format::default(),
        kept_until: None,
    }
}
