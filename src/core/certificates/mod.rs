//! Paper: what can be printed, and what is on it.
//!
//! A [`Paper`] is all its words and its code; `anban-print` lays it out and knows nothing of what it means. It goes to
//! a PDF in the person's own folder, or into the queue of a printer ([`crate::printing`]).

use serde::{Deserialize, Serialize};

use crate::app::Page;
use crate::ids::{CardId, DocumentId, VisitId};
use crate::printing;
use crate::settings::Language;
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::{Mark, Symbol};

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
    /// Puts it into the print queue.
    ToPrinter,
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

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Begin => turn.open(Page::Print),
        Command::Choose(item) => {
            turn.core.screen.certificates.item = Some(item);
            turn.open(Page::PrintWhere);
        }
        Command::ToFile => {
            if let Some(paper) = chosen(turn) {
                printing::save(turn, paper);
            }
        }
        Command::ToPrinter => {
            if let Some(paper) = chosen(turn) {
                printing::print(turn, paper)?;
            }
        }
    }
    Ok(())
}

/// The paper that was chosen. Where it is gone, the person is asked again.
fn chosen(turn: &mut Turn<'_>) -> Option<Paper> {
    let item = turn.core.screen.certificates.item;
    let paper = item.and_then(|item| paper(turn.core, item));
    if paper.is_none() {
        turn.open(Page::Print);
    }
    paper
}
