//! Paper: what can be printed, and what is on it.
//!
//! A [`Paper`] is all its words and its code; `anban-print` lays it out and knows nothing of what it means. Printing
//! goes to a PDF in the person's own folder, or to a printer. A printer that says no leaves the paper where it was, so
//! that printing again is one tap.

use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::{Effect, PrintTrouble, Target};
use crate::ids::{CardId, DocumentId, VisitId};
use crate::result::{Outcome, Sentence, open};
use crate::settings::Language;
use crate::turn::Turn;
use crate::view::{Icon, Mark, Symbol};

mod paper;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use paper::footer;
pub use paper::paper;
pub(crate) use view::view;

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Asks what to print.
    Begin,
    /// Chooses what to print, and asks where.
    Choose(Item),
    /// Saves it as a file.
    ToFile,
    /// Sends it to the printer in the settings.
    ToPrinter,
    /// It was printed or saved (then with its path), or not.
    Printed(Result<Option<String>, PrintTrouble>),
}

/// Something that can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    /// A signed document.
    Document(DocumentId),
    /// The slip of a visit.
    Visit(VisitId),
    /// A card.
    Card(CardId),
    /// The entries of a day in the register of a checkpoint.
    Register(jiff::civil::Date),
}

/// One thing on paper: all its words, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The language of the words.
    pub language: Language,
    /// What it is.
    pub title: String,
    /// Its state: shape, colour and word.
    pub state: Option<(Mark, String)>,
    /// Labels and values.
    pub facts: Vec<(String, String)>,
    /// Its code.
    pub symbol: Option<Symbol>,
    /// Below the code: how to use it.
    pub caption: Option<String>,
    /// What it is in full sentences, who vouches for it, and where to ask.
    pub notes: Vec<String>,
    /// When and by what it was printed.
    pub footer: String,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub item: Option<Item>,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) {
    match command {
        Command::Begin => turn.open(Page::Print),
        Command::Choose(item) => {
            turn.core.screen.certificates.item = Some(item);
            turn.open(Page::PrintWhere);
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
}

fn print(turn: &mut Turn<'_>, target: impl Fn(&Core, &Paper) -> Target) {
    let Some(paper) = turn
        .core
        .screen
        .certificates
        .item
        .and_then(|item| paper(turn.core, item))
    else {
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
