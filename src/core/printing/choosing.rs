//! Which printer: the ones that are found nearby, and what they are chosen for.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{FoundPrinter, Printer, the_printer, wishes};
use crate::app::{Command as AppCommand, Core, Page};
use crate::certificates::Paper;
use crate::effect::Effect;
use crate::ids::PrintJobId;
use crate::result::Outcome;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// A search that has not ended by itself after this time is over.
const LONGEST_SEARCH: SignedDuration = SignedDuration::from_secs(20);
/// The most printers that are offered.
const MOST_PRINTERS: usize = 12;

/// What a printer is chosen for.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) enum Purpose {
    /// To be used from now on.
    #[default]
    Settings,
    /// For this paper, and from now on.
    Paper(Box<Paper>),
    /// For this job alone.
    Job(PrintJobId),
}

/// How far the search is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// Not begun.
    #[default]
    None,
    /// Over at this time at the latest.
    Until(Timestamp),
    /// Over.
    Ended,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(super) struct Choosing {
    pub purpose: Purpose,
    pub found: Vec<FoundPrinter>,
    pub search: Search,
    /// The paper that was saved last, to be saved again if it failed.
    pub paper_to_save: Option<Paper>,
}

pub(super) fn for_paper(turn: &mut Turn<'_>, paper: Paper) {
    turn.open(Page::Printers);
    turn.core.screen.printing.choosing.purpose = Purpose::Paper(Box::new(paper));
}

pub(super) fn for_job(turn: &mut Turn<'_>, id: PrintJobId) {
    turn.open(Page::Printers);
    turn.core.screen.printing.choosing.purpose = Purpose::Job(id);
}

pub(super) fn set_up(turn: &mut Turn<'_>) {
    turn.open(Page::Printers);
    turn.core.screen.printing.choosing.purpose = Purpose::Settings;
}

/// The paper that a printer was being chosen for, or the one that could not be saved.
pub(super) fn paper(core: &Core) -> Option<Paper> {
    let choosing = &core.screen.printing.choosing;
    match &choosing.purpose {
        Purpose::Paper(paper) => Some((**paper).clone()),
        Purpose::Job(id) => core.records.print_jobs.get(id).map(|job| job.paper.clone()),
        Purpose::Settings => choosing.paper_to_save.clone(),
    }
}

pub(super) fn save_instead(turn: &mut Turn<'_>) {
    match paper(turn.core) {
        Some(paper) => super::save(turn, paper),
        None => turn.open(Page::Print),
    }
}

/// A page was opened.
pub(crate) fn entered(turn: &mut Turn<'_>, page: Page) {
    match page {
        Page::Printers => {
            if turn.core.screen.printing.choosing.search == Search::None {
                search(turn);
            }
        }
        // An address is typed for the same purpose, and what came of saving leads back here.
        Page::Enter(_) | Page::Result => {}
        _ => {
            let choosing = &mut turn.core.screen.printing.choosing;
            choosing.purpose = Purpose::Settings;
            choosing.search = Search::None;
            choosing.found.clear();
        }
    }
}

/// Begins to look for printers.
pub(super) fn search(turn: &mut Turn<'_>) {
    let until = turn.now().saturating_add(LONGEST_SEARCH).unwrap_or(Timestamp::MAX);
    let choosing = &mut turn.core.screen.printing.choosing;
    choosing.search = Search::Until(until);
    turn.effects.push(Effect::FindPrinters);
}

/// Printers that were found so far.
pub(crate) fn found(turn: &mut Turn<'_>, mut found: Vec<FoundPrinter>, finished: bool) {
    let choosing = &mut turn.core.screen.printing.choosing;
    if !matches!(choosing.search, Search::Until(_)) {
        return;
    }
    // A page has one button for each address.
    let mut known = BTreeSet::new();
    found.retain(|found| known.insert(found.printer.address.clone()));
    found.truncate(MOST_PRINTERS);
    choosing.found = found;
    if finished {
        end(turn);
    }
}

/// The search is over: the page says what came of it.
fn end(turn: &mut Turn<'_>) {
    turn.core.screen.printing.choosing.search = Search::Ended;
    if turn.core.page() == Page::Printers {
        turn.open(Page::Printers);
    }
}

/// When a search is over at the latest.
pub(super) fn next_wake(core: &Core) -> Option<Timestamp> {
    match core.screen.printing.choosing.search {
        Search::Until(until) => Some(until),
        Search::None | Search::Ended => None,
    }
}

/// Ends a search of which nothing more was heard.
pub(super) fn carry_on(turn: &mut Turn<'_>) {
    let now = turn.now();
    if next_wake(turn.core).is_some_and(|until| until <= now) {
        end(turn);
    }
}

/// The person has chosen a printer.
pub(super) fn choose(turn: &mut Turn<'_>, printer: Printer) -> Result<(), StoreError> {
    let purpose = turn.core.screen.printing.choosing.purpose.clone();
    if let Purpose::Job(id) = purpose {
        return wishes::move_to(turn, id, printer);
    }
    let mut settings = turn.core.records.settings.clone();
    settings.printer.clone_from(&printer.address);
    settings.printer_name.clone_from(&printer.name);
    turn.commit_undoable(vec![Change::Settings(settings)])?;
    go_on(turn, purpose, printer)
}

/// An address was typed and is in the settings.
pub(super) fn use_typed(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let purpose = turn.core.screen.printing.choosing.purpose.clone();
    match (the_printer(turn.core), purpose) {
        (Some(printer), Purpose::Job(id)) => wishes::move_to(turn, id, printer),
        (Some(printer), purpose) => go_on(turn, purpose, printer),
        (None, _) => Ok(()),
    }
}

fn go_on(turn: &mut Turn<'_>, purpose: Purpose, printer: Printer) -> Result<(), StoreError> {
    if let Purpose::Paper(paper) = purpose {
        return wishes::submit(turn, *paper, printer);
    }
    turn.show(
        Outcome::new(Mark::Good, "printer-chosen-title")
            .line("printer-chosen-line")
            .main(
                "printer-test",
                Icon::Print,
                AppCommand::Printing(super::Command::PrintTestPage),
            )
            .undoable(),
    );
    Ok(())
}
