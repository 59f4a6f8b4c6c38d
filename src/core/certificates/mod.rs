//! Paper: what can be printed, and what is on it.
//!
//! A [`Paper`] is all its words and its codes; `anban-print` lays it out and knows nothing of what it means. What is on
//! each is in `paper.rs`, what signed documents say in `details.rs`, and how a slip, a card or a form gets a signed code in
//! `signed.rs`. The person chooses what, in which form and language, and where, one question a page; letting a relative do
//! something is three more (`authorise.rs`). Printing
//! goes to a PDF in the person's own folder, or to a printer. A printer that says no leaves the paper where it was, so
//! that printing again is one tap.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::{Effect, PrintTrouble, Target};
use crate::ids::ContactId;
use crate::result::{Outcome, Sentence, open};
use crate::settings::Language;
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod authorise;
mod details;
mod model;
mod paper;
#[cfg(test)]
mod paper_tests;
mod signed;
#[cfg(test)]
mod tests;
mod view;

pub use model::{Authorisation, Form, Format, Item, Paper, PaperCode, Purpose};
pub(crate) use paper::footer;
pub use paper::paper;
pub(crate) use view::view;

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Asks what to print.
    Begin,
    /// Chooses what to print, and asks in which form.
    Choose(Item),
    /// Chooses the form, and asks where.
    ChooseForm(Format),
    /// Chooses the language of the paper.
    ChooseLanguage(Language),
    /// Chooses whom to let do something, and asks what.
    AuthoriseWhom(ContactId),
    /// Chooses what they may do, and asks until when.
    AuthoriseFor(Purpose),
    /// Chooses until when, and asks whether all of it is right.
    AuthoriseUntil(Date),
    /// Saves it as a file.
    ToFile,
    /// Sends it to the printer in the settings.
    ToPrinter,
    /// It was printed or saved (then with its path), or not.
    Printed(Result<Option<String>, PrintTrouble>),
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub item: Option<Item>,
    pub format: Format,
    /// The language of the paper; none is the screen's.
    pub language: Option<Language>,
    pub contact: Option<ContactId>,
    pub purpose: Option<Purpose>,
    pub until: Option<Date>,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Begin => turn.open(Page::Print),
        Command::Choose(item) => {
            let screen = &mut turn.core.screen.certificates;
            (screen.item, screen.language) = (Some(item), None);
            signed::ask(turn, item)?;
            if matches!(item, Item::Register(_)) {
                // A list has one form.
                turn.core.screen.certificates.format = Format::A4;
                turn.open(Page::PrintWhere);
            } else {
                turn.open(Page::PrintForm);
            }
        }
        Command::ChooseForm(format) => {
            turn.core.screen.certificates.format = format;
            turn.open(Page::PrintWhere);
        }
        Command::ChooseLanguage(language) => {
            turn.core.screen.certificates.language = Some(language);
            turn.open(Page::PrintForm);
        }
        Command::AuthoriseWhom(contact) => {
            turn.core.screen.certificates.contact = Some(contact);
            turn.open(Page::AuthoriseFor);
        }
        Command::AuthoriseFor(purpose) => {
            turn.core.screen.certificates.purpose = Some(purpose);
            turn.open(Page::AuthoriseUntil);
        }
        Command::AuthoriseUntil(until) => {
            turn.core.screen.certificates.until = Some(until);
            turn.open(Page::ConfirmAuthorisation);
        }
        Command::ToFile => print(turn, |core, paper| Target::File(file_name(core, paper))),
        Command::ToPrinter => {
            if turn.core.records.settings.printer.is_empty() {
                turn.show(no_printer());
            } else {
                print(turn, |core, _| Target::Printer(core.records.settings.printer.clone()));
            }
        }
        Command::Printed(result) => printed(turn, result),
    }
    Ok(())
}

/// The form and language that were chosen.
fn form(core: &Core) -> Form {
    let screen = &core.screen.certificates;
    Form {
        format: screen.format,
        language: screen.language.unwrap_or(core.records.settings.language),
    }
}

/// The paper that was chosen, if it is still there.
fn chosen(core: &Core) -> Option<Paper> {
    core.screen
        .certificates
        .item
        .and_then(|item| paper(core, item, form(core)))
}

fn print(turn: &mut Turn<'_>, target: impl Fn(&Core, &Paper) -> Target) {
    let Some(paper) = chosen(turn.core) else {
        turn.open(Page::Print);
        return;
    };
    let target = target(turn.core, &paper);
    turn.effects.push(Effect::Print {
        paper: Box::new(paper),
        target,
    });
    turn.show(Outcome::new(Mark::Waiting, "printing-title").line("printing-line"));
}

/// The file's name without its ending: "健康码 2026-11-22". No person's name: it may be seen over a shoulder.
fn file_name(core: &Core, paper: &Paper) -> String {
    format!("{} {}", paper.title, core.now().date())
}

fn no_printer() -> Outcome {
    Outcome::new(Mark::Caution, "no-printer-title")
        .line("no-printer-line")
        .main("print-to-file", Icon::Save, AppCommand::Certificates(Command::ToFile))
        .or("no-hub-helpers", Icon::Build, open(Page::Helpers))
}

fn printed(turn: &mut Turn<'_>, result: Result<Option<String>, PrintTrouble>) {
    let again = AppCommand::Certificates(Command::ToPrinter);
    let save = AppCommand::Certificates(Command::ToFile);
    turn.show(match result {
        Ok(Some(path)) => Outcome::new(Mark::Good, "saved-title").line(Sentence("saved-line", vec![("path", path)])),
        Ok(None) => {
            Outcome::new(Mark::Good, "printed-title")
                .line("printed-line")
                .or("print-again", Icon::Print, again)
        }
        Err(PrintTrouble::CannotSave) => Outcome::new(Mark::Bad, "save-failed-title")
            .line("save-failed-line")
            .main("print-retry", Icon::Refresh, save),
        Err(PrintTrouble::FontMissing) => Outcome::new(Mark::Bad, "print-failed-title").line("print-font"),
        Err(trouble) => {
            let line = match trouble {
                PrintTrouble::PaperOut => "print-paper-out",
                PrintTrouble::CoverOpen => "print-cover-open",
                PrintTrouble::Stopped => "print-stopped",
                PrintTrouble::NotAPrinter => "print-not-a-printer",
                PrintTrouble::FormatNotSupported => "print-format",
                _ => "print-unreachable",
            };
            Outcome::new(Mark::Bad, "print-failed-title")
                .line(line)
                .main("print-retry", Icon::Refresh, again)
                .or("print-to-file", Icon::Save, save)
        }
    });
}
