//! Paper: what can be printed, and what is on it.
//!
//! A [`Paper`] is all its words and its codes; `anban-print` lays it out and knows nothing of what it means. What is on
//! each is in `paper.rs`, what signed documents say in `details.rs`, and how a slip, a card or a form gets a signed code in
//! `signed.rs`. The person chooses what, in which form and language, and where, one question a page; letting a relative do
//! something is three more (`authorise.rs`). A paper goes
//! to a PDF in the person's own folder, or into the queue of a printer ([`crate::printing`]).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::app::{Core, Page};
use crate::ids::ContactId;
use crate::printing;
use crate::settings::Language;
use crate::store::StoreError;
use crate::turn::Turn;

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
pub(crate) use signed::{ask as ask_to_sign, code_of, unsigned};
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
    /// Puts it into the print queue.
    ToPrinter,
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
            if matches!(item, Item::Register(_) | Item::Cards | Item::CashComplaint) {
                // A list and a letter have one form.
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
        Command::ToFile => {
            if let Some(paper) = chosen_or_asked(turn) {
                printing::save(turn, paper);
            }
        }
        Command::ToPrinter => {
            if let Some(paper) = chosen_or_asked(turn) {
                printing::print(turn, paper)?;
            }
        }
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

/// The same. Where it is gone, the person is asked again.
fn chosen_or_asked(turn: &mut Turn<'_>) -> Option<Paper> {
    let paper = chosen(turn.core);
    if paper.is_none() {
        turn.open(Page::Print);
    }
    paper
}
