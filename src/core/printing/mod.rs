//! The print queue: every paper on its way to a printer, what keeps it, and which printer it goes to.
//!
//! A [`PrintJob`] is kept before it is handed out, with its whole paper, so that nothing is lost if the program ends.
//! Just before it is sent it is marked as [`PrintState::Sending`], and that is why nothing is printed twice by itself:
//! a job that is found so after a start was cut in the middle, nobody knows what came out, and the person is asked.
//! Once the printer has given it a number, the printer is asked instead, again and again until it is done, so that an
//! empty tray in the middle is told.
//!
//! The rules are in `queue.rs` and `wishes.rs`, the choice of a printer in `choosing.rs`, the pages in `view.rs`, the data in
//! `model.rs`. What a page says of a job is decided in one place, `standing.rs`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::certificates::Paper;
use crate::effect::{Effect, PrintTrouble, SavedFile, Shared};
use crate::entry::Field;
use crate::ids::PrintJobId;
use crate::result::{Outcome, Sentence};
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod choosing;
mod model;
mod queue;
mod standing;
#[cfg(test)]
mod tests;
mod view;
mod wishes;

pub(crate) use choosing::{entered, found};
pub use model::{FoundPrinter, PrintJob, PrintReport, PrintState, Printer};
pub(crate) use queue::{carry_on, is_sending, next_wake, reported};
pub(crate) use view::{home_banner, queue_choice, view};
pub(crate) use wishes::network_back;

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Opens a job.
    Show(PrintJobId),
    /// The person has seen to it, or wants it in spite of all: at once.
    TryAgain(PrintJobId),
    /// The person has looked: it came out.
    CameOut(PrintJobId),
    /// The person does not want it any more.
    Cancel(PrintJobId),
    /// Prints the same once more, as a job of its own.
    PrintCopy(PrintJobId),
    /// Saves it as a file instead.
    Save(PrintJobId),
    /// Asks on which other printer to print it.
    OtherPrinter(PrintJobId),
    /// Hands the file that was just saved to the family.
    Share,
    /// Saves the paper that a printer is being chosen for.
    SaveInstead,
    /// Asks which printer to use from now on.
    SetUp,
    /// Chooses one of the printers that were found.
    Choose(Printer),
    /// Asks for a printer's address, for who helps.
    TypeAddress,
    /// Uses the printer whose address was just typed.
    UseTyped,
    /// Looks for printers once more.
    SearchAgain,
    /// Prints a page to see whether it works.
    PrintTestPage,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// The job that is shown.
    job: Option<PrintJobId>,
    /// The file that was saved last.
    pub saved: Option<SavedFile>,
    choosing: choosing::Choosing,
    /// The jobs that are being sent, and when each counts as lost.
    under_way: BTreeMap<PrintJobId, Timestamp>,
    /// When the printer is asked next about each job that it has.
    asked_next: BTreeMap<PrintJobId, Timestamp>,
    /// Nothing is handed out before this: the store could not keep it.
    resting_until: Option<Timestamp>,
    /// The program is ending: nothing more is handed out.
    closing: bool,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Show(id) => show(turn, id),
        Command::TryAgain(id) => wishes::try_again(turn, id)?,
        Command::CameOut(id) => wishes::came_out(turn, id)?,
        Command::Cancel(id) => wishes::cancel(turn, id)?,
        Command::PrintCopy(id) => {
            if let Some(job) = turn.core.records.print_jobs.get(&id).cloned() {
                wishes::submit(turn, job.paper, job.printer)?;
            }
        }
        Command::Save(id) => {
            if let Some(job) = turn.core.records.print_jobs.get(&id) {
                let paper = job.paper.clone();
                save(turn, paper);
            }
        }
        Command::OtherPrinter(id) => choosing::for_job(turn, id),
        Command::Share => share(turn),
        Command::SaveInstead => choosing::save_instead(turn),
        Command::SetUp => choosing::set_up(turn),
        Command::Choose(printer) => choosing::choose(turn, printer)?,
        Command::TypeAddress => turn.ask(Field::PrinterAddress, AppCommand::Printing(Command::UseTyped)),
        Command::UseTyped => choosing::use_typed(turn)?,
        Command::SearchAgain => choosing::search(turn),
        Command::PrintTestPage => {
            let paper = view::test_page(turn.core);
            print(turn, paper)?;
        }
    }
    Ok(())
}

/// The program is ending.
pub(crate) fn closing(turn: &mut Turn<'_>) {
    turn.core.screen.printing.closing = true;
}

/// Prints a paper on the person's printer, or asks on which one.
///
/// # Errors
/// The store's; nothing is printed then.
pub(crate) fn print(turn: &mut Turn<'_>, paper: Paper) -> Result<(), StoreError> {
    match the_printer(turn.core) {
        Some(printer) => wishes::submit(turn, paper, printer),
        None => {
            choosing::for_paper(turn, paper);
            Ok(())
        }
    }
}

/// The printer in the settings.
pub(crate) fn the_printer(core: &Core) -> Option<Printer> {
    let settings = &core.records.settings;
    (!settings.printer.is_empty()).then(|| Printer {
        address: settings.printer.clone(),
        name: settings.printer_name.clone(),
    })
}

/// Has a paper written into a file, named by what it is and the day. No person's name: it may be seen over a shoulder.
pub(crate) fn save(turn: &mut Turn<'_>, paper: Paper) {
    let name = format!("{} {}", paper.title, turn.core.now().date());
    turn.core.screen.printing.choosing.paper_to_save = Some(paper.clone());
    turn.effects.push(Effect::SavePaper {
        paper: Box::new(paper),
        name,
    });
    turn.show(Outcome::new(Mark::Waiting, "saving-title").line("printing-line"));
}

/// Whether a page asks what the paper is that has just been handed out.
fn is_answered(page: Page) -> bool {
    matches!(
        page,
        Page::PrintForm
            | Page::PrintWhere
            | Page::Printers
            | Page::AuthoriseWhom
            | Page::AuthoriseFor
            | Page::AuthoriseUntil
            | Page::ConfirmAuthorisation
    )
}

/// Opens a job. 返回 does not lead back to the questions that are answered by it.
fn show(turn: &mut Turn<'_>, id: PrintJobId) {
    turn.core.screen.printing.job = Some(id);
    while is_answered(turn.core.page()) {
        turn.core.screen.stack.pop();
    }
    turn.open(Page::PrintJob);
}

/// A paper was written into a file, or not.
pub(crate) fn saved(turn: &mut Turn<'_>, saved: Result<SavedFile, PrintTrouble>) {
    let outcome = match &saved {
        Ok(file) => Outcome::new(Mark::Good, "saved-title")
            .line(Sentence("saved-line", vec![("path", file.shown.clone())]))
            .or("saved-share", Icon::Group, AppCommand::Printing(Command::Share)),
        Err(PrintTrouble::FontMissing) => Outcome::new(Mark::Bad, "save-failed-title").line("print-font"),
        Err(_) => Outcome::new(Mark::Bad, "save-failed-title")
            .line("save-failed-line")
            .main("print-retry", Icon::Refresh, AppCommand::Printing(Command::SaveInstead)),
    };
    turn.core.screen.printing.saved = saved.ok();
    turn.show(outcome);
}

fn share(turn: &mut Turn<'_>) {
    if let Some(file) = &turn.core.screen.printing.saved {
        turn.effects.push(Effect::ShareFile {
            path: file.path.clone(),
        });
    }
}

/// The file is on its way to the family, or the person is told how they can take it.
pub(crate) fn shared(turn: &mut Turn<'_>, shared: Shared) {
    let shown = turn.core.screen.printing.saved.as_ref();
    let path = shown.map_or_else(String::new, |file| file.shown.clone());
    turn.show(match shared {
        Shared::Letter => Outcome::new(Mark::Good, "shared-letter-title").line("shared-letter-line"),
        Shared::Folder => {
            Outcome::new(Mark::Good, "shared-folder-title").line(Sentence("shared-folder-line", vec![("path", path)]))
        }
        Shared::Nothing => Outcome::new(Mark::Caution, "shared-nothing-title")
            .line(Sentence("shared-nothing-line", vec![("path", path)])),
    });
}
