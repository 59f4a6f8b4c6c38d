//! Signed documents: the health code and everything like it.
//!
//! A document is kept as the text of its code, and what it says is read from that text each time, so that nothing can
//! differ from what was signed. Its state is worked out on this device from the trust list (see `anban-credential`),
//! with no network. A document whose issuer nobody vouches for can be carried and shown, and the page says plainly that
//! it is not verified; one whose signature is wrong is not taken at all.
//!
//! Documents come from a picture, from typed text, from a file, or from the hub: whoever asks for one does so in `asking.rs`,
//! for a relative in `relative.rs`, and is registered in `register.rs` where the hub does not know them; what the hub has issued is kept fresh by
//! `refresh.rs`, without a word.

use anban_credential::{Document, Parts, read};
use anban_wire::IdentityNumber;
use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::{Effect, FileContent, FileTrouble, FoundFile, Sound};
use crate::entry::{Field, Problem};
use crate::ids::{DocumentId, RequestId};
use crate::result::{Outcome, open};
use crate::settings;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};
use crate::wallet;

mod asking;
mod card;
#[cfg(test)]
mod card_tests;
mod code;
mod counter;
mod import;
#[cfg(test)]
mod import_tests;
mod model;
mod people;
#[cfg(test)]
mod people_tests;
mod refresh;
#[cfg(test)]
mod refresh_tests;
mod register;
#[cfg(test)]
mod register_tests;
mod relative;
#[cfg(test)]
mod relative_tests;
mod standing;
#[cfg(test)]
mod tests;
mod trust;
mod view;

use asking::{ask_for_health_status, later};
pub(crate) use asking::{ask_hub, issued, issuing_refused, not_issued_yet};
pub(crate) use card::of_card;
pub(crate) use code::code_view;
use import::{import, import_picture, keep};
pub use model::{About, KeptDocument};
pub(crate) use people::{Held, Person, people};
pub(crate) use refresh::{ask_quietly, on_home};
pub(crate) use register::{not_registered_yet, registered, registering_refused};
pub(crate) use relative::typed_relative;
pub(crate) use standing::{STALE_FROM, Standing, standing};
pub(crate) use trust::{Trust, trust_list_fetched};
pub(crate) use view::{files, view, what_it_is};

/// A longer file is no copy of everything, and no document.
const LONGEST_COPY: usize = 16 << 20;

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Shows one of the documents.
    Show(DocumentId),
    /// Keeps the document that this text is.
    Import {
        /// The whole text of its code.
        text: String,
    },
    /// Reads a file of this device.
    ImportFile {
        /// Its path.
        path: String,
    },
    /// Asks the hub for the person's health status.
    AskForHealthStatus,
    /// Asks the hub again for a health status, of whomever it is.
    Renew(DocumentId),
    /// Begins asking for a relative's health status: their name is asked next.
    AskForRelative,
    /// Asks the hub to register the person, and then for the health status.
    Register,
    /// Asks the hub to register the relative whom a refused question is about, and then for their health status.
    RegisterRelative(RequestId),
    /// Changes name and number of the relative whom a refused question is about, and asks the hub again.
    CorrectRelative(RequestId),
    /// Changes the identity-card number, and asks the hub again.
    CorrectIdentityNumber,
    /// Removes a document. It can be taken back.
    Remove(DocumentId),
    /// Removes all documents of the person whom this one is about. It can be taken back.
    RemovePerson(DocumentId),
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// The document that is shown; none is the owner's health code.
    pub shown: Option<DocumentId>,
    /// Pictures and passes on this device; none while they are looked for.
    pub files: Option<Vec<FoundFile>>,
    /// The parts that were read of a code that comes in several.
    pub parts: Parts,
}

/// The documents, the newest first, as far as they can be read.
pub(crate) fn documents(core: &Core) -> Vec<(&KeptDocument, Document)> {
    let mut documents: Vec<_> = core
        .records
        .documents
        .values()
        .filter_map(|kept| read(&kept.text).ok().map(|document| (kept, document)))
        .collect();
    documents.sort_by_key(|(kept, _)| (std::cmp::Reverse(kept.added_at), kept.id));
    documents
}

/// Whose document is shown, and which of theirs: the chosen one, or the health code of the device's owner.
pub(crate) fn shown<'a>(people: &'a [Person<'a>], core: &Core) -> Option<(&'a Person<'a>, &'a Held<'a>)> {
    let chosen = core.screen.health_code.shown;
    let all = || {
        people
            .iter()
            .flat_map(|person| person.documents.iter().map(move |held| (person, held)))
    };
    let the_chosen = all().find(|(_, (kept, _))| Some(kept.id) == chosen);
    the_chosen.or_else(|| all().next())
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Show(id) => {
            turn.core.screen.health_code.shown = Some(id);
            if turn.core.screen.stack.contains(&Page::HealthCode) {
                turn.back_to(Page::HealthCode);
            } else {
                turn.open(Page::HealthCode);
            }
        }
        Command::Import { text } => match import(turn, &text)? {
            Ok(()) => {}
            Err(problem) => turn.show(not_taken(problem)),
        },
        Command::ImportFile { path } => {
            turn.effects.push(Effect::ReadFile { path });
        }
        Command::AskForHealthStatus => return ask_for_health_status(turn),
        Command::Renew(id) => return asking::renew(turn, id),
        Command::AskForRelative => relative::begin(turn),
        Command::Register => return register::ask(turn),
        Command::RegisterRelative(question) => return relative::register(turn, question),
        Command::CorrectRelative(question) => return relative::correct(turn, question),
        Command::CorrectIdentityNumber => {
            turn.ask(
                Field::IdentityNumber,
                AppCommand::HealthCode(Command::AskForHealthStatus),
            );
        }
        Command::Remove(id) => return remove(turn, vec![id]),
        Command::RemovePerson(id) => {
            let theirs = people(turn.core)
                .into_iter()
                .map(|person| person.documents.iter().map(|(kept, _)| kept.id).collect::<Vec<_>>())
                .find(|theirs| theirs.contains(&id));
            return remove(turn, theirs.unwrap_or_default());
        }
    }
    Ok(())
}

/// Takes documents away; undo brings all of them back.
fn remove(turn: &mut Turn<'_>, documents: Vec<DocumentId>) -> Result<(), StoreError> {
    // What is gone is not renewed.
    let questions = refresh::questions_about(turn.core, &documents);
    let questions = questions.into_iter().map(Change::RemoveOutbox);
    turn.commit_undoable(
        documents
            .into_iter()
            .map(Change::RemoveDocument)
            .chain(questions)
            .collect(),
    )?;
    turn.core.screen.health_code.shown = None;
    turn.back_to(Page::HealthCode);
    turn.show(
        Outcome::new(Mark::Good, "document-removed-title")
            .line("document-removed-line")
            .undoable(),
    );
    Ok(())
}

/// A page was opened: what it needs from outside is asked for, and a code is heard as well as seen.
pub(crate) fn entered(turn: &mut Turn<'_>, page: Page) {
    match page {
        // Whoever comes from here wants their own code, whatever was shown last.
        Page::Home => turn.core.screen.health_code.shown = None,
        Page::Files | Page::CheckPicture => {
            turn.core.screen.health_code.files = None;
            turn.effects.push(Effect::FindFiles);
        }
        Page::HealthCode => {
            let people = people(turn.core);
            let shown = shown(&people, turn.core);
            let sound = shown.map(
                |(_, (kept, document))| match standing(turn.core, kept, document).mark() {
                    Mark::Good => Sound::StateGood,
                    Mark::Caution | Mark::Waiting => Sound::StateCaution,
                    Mark::Bad => Sound::StateBad,
                },
            );
            sound.into_iter().for_each(|sound| turn.play(sound));
        }
        _ => {}
    }
}

fn not_taken(problem: Problem) -> Outcome {
    Outcome::new(Mark::Bad, "document-not-taken-title").line(problem).main(
        "document-not-taken-again",
        Icon::Refresh,
        open(Page::AddDocument),
    )
}

/// A document's text was typed or pasted.
pub(crate) fn typed_document(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    import(turn, text)
}

/// A file was read, or not.
pub(crate) fn file_read(
    turn: &mut Turn<'_>,
    path: &str,
    content: Result<FileContent, FileTrouble>,
) -> Result<(), StoreError> {
    let problem = match content {
        Ok(FileContent::Pass(bytes)) => return wallet::import::archive(turn, &bytes, Default::default()),
        Ok(FileContent::Wallet { archive, pictures }) => return wallet::import::archive(turn, &archive, pictures),
        Ok(FileContent::Locked) => return wallet::unlock::ask(turn, path),
        Ok(FileContent::Text(text)) if text.len() > LONGEST_COPY => Some("file-too-large"),
        Ok(FileContent::Text(text)) => match serde_json::from_str::<settings::Copy>(&text) {
            Ok(copy) if copy.format == settings::COPY_FORMAT => settings::restore(turn, copy)?.err(),
            _ if wallet::catima::is_list(&text) => return wallet::import::list(turn, &text, Default::default()),
            _ => import(turn, &text)?.err(),
        },
        Ok(FileContent::Picture { codes }) => import_picture(turn, &codes)?.err(),
        Err(FileTrouble::Unreadable) => Some("file-unreadable"),
        Err(FileTrouble::Empty) => Some("file-empty"),
        Err(FileTrouble::TooLarge) => Some("file-too-large"),
        Err(FileTrouble::WrongKind) => Some("file-wrong-kind"),
        Err(FileTrouble::CannotUnlock) => Some("file-cannot-unlock"),
        Err(FileTrouble::WrongPassphrase) => return wallet::unlock::wrong(turn),
    };
    if let Some(problem) = problem {
        turn.show(not_taken(problem));
    }
    Ok(())
}

/// An identity-card number was typed: GB 11643, with its check digit.
pub(crate) fn typed_identity_number(turn: &mut Turn<'_>, text: String) -> Result<Result<(), Problem>, StoreError> {
    let Ok(number) = text.to_ascii_uppercase().parse::<IdentityNumber>() else {
        return Ok(Err("enter-identity-number-wrong"));
    };
    let identity_number = number.as_str().to_owned();
    let profile = crate::help::Profile {
        identity_number,
        ..turn.core.records.profile.clone()
    };
    turn.commit_undoable(vec![
        Change::Profile(profile),
        Change::RemoveDraft(Field::IdentityNumber.into()),
    ])?;
    turn.back();
    Ok(Ok(()))
}
