//! Taking the wallet along: one file with all of it, locked with a passphrase or not.
//!
//! What is in the file is made in [`super::file`]; it is locked and written outside. A passphrase is typed once, in plain
//! letters, and shown once more in large ones before anything is written: a person who can read what they typed need not
//! type it twice, and can write it down.

use serde::{Deserialize, Serialize};

use super::file;
use crate::app::{Command as AppCommand, Page};
use crate::effect::{Effect, PrintTrouble, SavedFile};
use crate::entry::{Field, Problem};
use crate::page::PageBuilder;
use crate::printing;
use crate::result::{Outcome, Sentence, open};
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::{Body, Icon, Mark, QuestionView};

/// Fewer characters are found by trying.
const SHORTEST: usize = 6;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Writes the file, without a passphrase.
    SaveOpen,
    /// Writes the file, locked with the passphrase that was typed.
    SaveLocked,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    let passphrase = match command {
        Command::SaveOpen => None,
        Command::SaveLocked => match turn.core.screen.wallet.passphrase.clone() {
            Some(passphrase) => Some(passphrase),
            None => {
                turn.open(Page::Enter(Field::WalletPassphrase));
                return Ok(());
            }
        },
    };
    let archive = file::pack(turn.core, turn.store)?;
    turn.core.screen.wallet.saving = Some(passphrase.is_some());
    // Locking takes a moment; a second tap would write a second file.
    turn.show(Outcome::new(Mark::Waiting, "along-waiting-title").line("unlock-waiting-line"));
    let date = turn.core.now().date();
    let ending = if passphrase.is_some() { "zip.age" } else { "zip" };
    turn.effects.push(Effect::SaveWallet {
        name: turn
            .core
            .words()
            .with("along-file-name", &[("date", &date.to_string())]),
        ending: ending.to_owned(),
        archive,
        passphrase,
    });
    Ok(())
}

/// A passphrase for the file was typed.
pub(crate) fn typed(turn: &mut Turn<'_>, text: String) -> Result<Result<(), Problem>, StoreError> {
    if text.chars().count() < SHORTEST {
        return Ok(Err("passphrase-short"));
    }
    turn.core.screen.wallet.passphrase = Some(text);
    turn.replace(Page::ConfirmPassphrase);
    Ok(Ok(()))
}

/// Whether the file that is reported as written is this one.
pub(crate) fn takes_saved(turn: &Turn<'_>) -> bool {
    turn.core.screen.wallet.saving.is_some()
}

/// The file was written, or not.
pub(crate) fn saved(turn: &mut Turn<'_>, saved: Result<SavedFile, PrintTrouble>) {
    let locked = turn.core.screen.wallet.saving.take().unwrap_or_default();
    let Ok(file) = saved else {
        let outcome = Outcome::new(Mark::Bad, "along-failed-title").line("copy-failed-line");
        return turn.show(outcome.or("along-again", Icon::Refresh, open(Page::TakeAlong)));
    };
    turn.core.screen.wallet.passphrase = None;
    turn.back_to(Page::Wallet);
    // What a file's name ends in says nothing to people.
    let shown = file.shown.trim_end_matches(".age").trim_end_matches(".zip").to_owned();
    let outcome =
        Outcome::new(Mark::Good, "along-saved-title").line(Sentence("copy-saved-line", vec![("path", shown)]));
    turn.core.screen.printing.saved = Some(file);
    turn.show(if locked {
        // What is on this device alone is lost with it. Only what is locked is handed to a mail program.
        outcome.line("along-saved-locked").line("along-saved-open").main(
            "saved-share",
            Icon::Group,
            AppCommand::Printing(printing::Command::Share),
        )
    } else {
        outcome
            .line("copy-saved-care")
            .line("along-saved-elsewhere")
            .line("along-saved-open")
    });
}

/// A page is left or opened: a passphrase is remembered on its own pages alone.
pub(crate) fn entered(turn: &mut Turn<'_>, page: Page) {
    if !matches!(
        page,
        Page::ConfirmPassphrase | Page::Enter(Field::WalletPassphrase) | Page::Result
    ) {
        turn.core.screen.wallet.passphrase = None;
    }
    let unsaved = &mut turn.core.screen.unsaved;
    unsaved.retain(|id, _| !id.field.is_a_passphrase() || page == Page::Enter(id.field));
}

pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    if of == Page::ConfirmPassphrase {
        return confirm(page);
    }
    let title = page.line("along-title");
    let lines = vec![page.line("along-line"), page.line("along-lock-line")];
    let save = AppCommand::Wallet(super::Command::Along(Command::SaveOpen));
    let choices = vec![
        page.choice(
            "along-lock",
            Icon::Save,
            AppCommand::Open(Page::Enter(Field::WalletPassphrase)),
        )
        .main(),
        page.choice("along-open", Icon::Folder, save),
    ];
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

fn confirm(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("along-confirm-title");
    let lines = vec![page.line("along-confirm-line"), page.line("along-confirm-forgotten")];
    let typed = page.core.screen.wallet.passphrase.clone().unwrap_or_default();
    // Seen and not heard: who wants to hear it reads it out.
    let shown = page.words.get("along-confirm-spoken");
    let part = page.spoken(typed, &shown);
    let facts = vec![crate::view::Fact {
        part: part.part,
        label: String::new(),
        value: part.text,
        strong: true,
    }];
    let save = AppCommand::Wallet(super::Command::Along(Command::SaveLocked));
    let again = AppCommand::Open(Page::Enter(Field::WalletPassphrase));
    let choices = vec![
        page.choice("along-confirm-save", Icon::Save, save).main(),
        page.choice("along-confirm-again", Icon::Edit, again),
    ];
    Body::Question(QuestionView {
        title,
        lines,
        facts,
        choices,
        ..QuestionView::default()
    })
}
