//! The checkpoint: checking the codes that other people show, for whoever stands at a door.
//!
//! The page waits. A whole text comes in: from a scanner, which types it and needs no field to type into (see the app's
//! `outside::scanner`), from a picture, or typed by hand. [`scan`] tells what it is, [`verdict`] judges it by the trust
//! list on this device with no network, and the answer fills the screen until the next scan or a tap. Nothing of a code
//! is kept, unless the register's rule says so.
//!
//! Somebody without a code is not turned away: a card reader's line or a certificate on paper goes to the entry
//! register ([`crate::register`]).

use anban_credential::{CardError, Document, Parts, ReadError};
use anban_wire::IdentityNumber;
use serde::{Deserialize, Serialize};

use crate::app::Page;
use crate::effect::{Effect, FileContent, FileTrouble, Sound};
use crate::entry::Problem;
use crate::ids::EntryId;
use crate::register::{self, Lane, Visitor};
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::Mark;

mod scan;
#[cfg(test)]
mod tests;
mod verdict;
mod view;

use scan::Scan;
use verdict::{Judged, Noted, Verdict, judge};
pub(crate) use view::view;

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// A whole text was scanned. Taken only where the page waits for one (see [`takes_scans`]).
    Scanned {
        /// The text.
        text: String,
    },
    /// Looks for a code in a file of this device.
    CheckFile {
        /// Its path.
        path: String,
    },
    /// Looks for codes with the camera, or not any more.
    Watch(bool),
    /// Writes the person whose paper is shown into the register.
    Note,
    /// Waits for the next one.
    Next,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// What the last scan came to.
    verdict: Option<Verdict>,
    /// The parts of a code in several.
    parts: Parts,
    /// The file that is being read.
    reading: Option<String>,
    /// There is a camera.
    camera: bool,
    /// It was said that the camera shall look for codes.
    watch: bool,
    /// The camera looks for codes at this moment.
    watching: bool,
    /// The scan came from the page for people without a code: what it shows is paper.
    paper: bool,
    /// The document that was written into the register last, so that reading it twice doesn't write it twice.
    noted: Option<(String, EntryId)>,
}

/// Whether what a scanner types is for this page.
#[must_use]
pub fn takes_scans(page: Page) -> bool {
    matches!(page, Page::Checkpoint | Page::Verdict | Page::NoCode)
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Scanned { text } => {
            let page = turn.core.page();
            if takes_scans(page) {
                turn.core.screen.checkpoint.paper = page == Page::NoCode;
                scanned(turn, &text);
            }
        }
        Command::CheckFile { path } => {
            turn.core.screen.checkpoint.reading = Some(path.clone());
            turn.effects.push(Effect::ReadFile { path });
        }
        Command::Watch(watch) => {
            turn.core.screen.checkpoint.watch = watch;
            turn.open(Page::Checkpoint);
        }
        Command::Note => return note(turn),
        Command::Next => {
            turn.core.screen.checkpoint.verdict = None;
            turn.back_to(Page::Checkpoint);
        }
    }
    Ok(())
}

/// A page was opened: on the page that waits, what was scanned and typed before is over.
pub(crate) fn entered(turn: &mut Turn<'_>, page: Page) {
    if page == Page::Checkpoint {
        turn.effects.push(Effect::FindCamera);
    }
    turn.core.screen.checkpoint.watch &= page != Page::Home;
    // The camera sees only while a page waits for what it sees.
    let watching = turn.core.screen.checkpoint.watch && takes_scans(page);
    if std::mem::replace(&mut turn.core.screen.checkpoint.watching, watching) != watching {
        turn.effects.push(Effect::Watch(watching));
    }
    if matches!(page, Page::Checkpoint | Page::Home) {
        let screen = &mut turn.core.screen;
        screen.checkpoint.parts = Parts::default();
        screen.checkpoint.reading = None;
        screen.unsaved.retain(|id, _| !id.field.is_never_kept());
    }
}

/// Whether there is a camera, as far as that was looked for.
pub(crate) fn has_camera(core: &crate::Core) -> bool {
    core.screen.checkpoint.camera
}

/// There is a camera, or none that can be used.
pub(crate) fn camera(turn: &mut Turn<'_>, there: bool) {
    let screen = &mut turn.core.screen.checkpoint;
    screen.camera = there;
    screen.watch &= there;
    if !there && std::mem::take(&mut screen.watching) {
        turn.effects.push(Effect::Watch(false));
    }
}

fn scanned(turn: &mut Turn<'_>, text: &str) {
    match scan::told(text) {
        Scan::Document(text) => check(turn, &text),
        Scan::Card(line) => register::card_read(turn, line),
        Scan::Other => show(turn, Verdict::Unknown),
    }
}

/// Reads a document and shows the answer, or goes on waiting for its other parts.
fn check(turn: &mut Turn<'_>, text: &str) {
    match anban_credential::read(text) {
        Ok(document) => answer(turn, document),
        Err(ReadError::SmartHealthCard(CardError::Part { .. })) => collect(turn, text),
        Err(_) => show(turn, Verdict::Unreadable),
    }
}

/// Takes in one part of a code that comes in several, in whatever order they are scanned. A part of another card begins
/// anew: the next person has stepped up.
fn collect(turn: &mut Turn<'_>, text: &str) {
    let parts = &mut turn.core.screen.checkpoint.parts;
    let mut added = parts.add(text);
    if let Err(ReadError::SmartHealthCard(CardError::MixedParts)) = added {
        *parts = Parts::default();
        added = parts.add(text);
    }
    match added {
        Ok(Some(document)) => answer(turn, document),
        Ok(None) | Err(ReadError::SmartHealthCard(CardError::RepeatedPart(_))) => {
            turn.play(Sound::Tick);
            let said = view::parts_said(turn.core);
            turn.tell(said);
        }
        Err(_) => show(turn, Verdict::Unreadable),
    }
}

/// Judges a document and shows the answer.
fn answer(turn: &mut Turn<'_>, document: Document) {
    let at = turn.now();
    let trust = &turn.core.trust;
    let listed = trust.list_expires_at();
    let reason = judge(&document, &trust.verified(&document, at), listed, at);
    let mut judged = Judged {
        document,
        reason,
        noted: Noted::No,
    };
    let paper = turn.core.screen.checkpoint.paper;
    let wanted = paper || turn.core.records.settings.register.codes_too;
    if wanted && reason.mark() != Mark::Bad {
        judged.noted = if judged.reason.is_genuine() {
            into_register(turn, &judged)
        } else {
            Noted::Offered
        };
    }
    show(turn, Verdict::Document(Box::new(judged)));
}

/// Writes the holder of a document into the register, once.
fn into_register(turn: &mut Turn<'_>, judged: &Judged) -> Noted {
    let document = &judged.document;
    let id = document.id();
    let Some(name) = document.holder_name() else {
        return Noted::No;
    };
    let last = turn.core.screen.checkpoint.noted.as_ref();
    if last.is_some_and(|(last, entry)| *last == id && turn.core.records.entries.contains_key(entry)) {
        return Noted::Yes;
    }
    let visitor = Visitor {
        name,
        identity_number: number_of(document).unwrap_or_default(),
        lane: if turn.core.screen.checkpoint.paper {
            Lane::Paper
        } else {
            Lane::Code
        },
        document: document.kind().as_str().to_owned(),
        ..Visitor::default()
    };
    // A full disk must not keep the answer from whoever waits at the door: the page says that it was not noted.
    match register::note(turn, visitor) {
        Ok(entry) => {
            turn.core.screen.checkpoint.noted = Some((id, entry));
            Noted::Yes
        }
        Err(_) => Noted::Failed,
    }
}

fn note(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(Verdict::Document(judged)) = turn.core.screen.checkpoint.verdict.clone() else {
        return Ok(());
    };
    let noted = into_register(turn, &judged);
    turn.core.screen.checkpoint.verdict = Some(Verdict::Document(Box::new(Judged { noted, ..*judged })));
    turn.play(if noted == Noted::Yes {
        Sound::Done
    } else {
        Sound::Refused
    });
    turn.open(Page::Verdict);
    Ok(())
}

/// Something was taken back: an answer must not go on saying that somebody is in the register who is not.
pub(crate) fn undone(turn: &mut Turn<'_>) {
    let entries = &turn.core.records.entries;
    let screen = &mut turn.core.screen.checkpoint;
    match &mut screen.verdict {
        Some(Verdict::Noted { entry, .. }) if !entries.contains_key(entry) => screen.verdict = None,
        Some(Verdict::Document(judged)) if judged.noted == Noted::Yes => {
            let last = screen.noted.as_ref();
            if !last.is_some_and(|(_, entry)| entries.contains_key(entry)) {
                judged.noted = Noted::Offered;
            }
        }
        _ => {}
    }
}

/// Somebody was written into the register by hand.
pub(crate) fn noted_by_hand(turn: &mut Turn<'_>, name: String, entry: EntryId) {
    turn.back_to(Page::Checkpoint);
    show(turn, Verdict::Noted { name, entry });
}

/// Shows an answer in the place of the one before.
fn show(turn: &mut Turn<'_>, verdict: Verdict) {
    turn.play(match verdict.mark() {
        Mark::Good => Sound::StateGood,
        Mark::Bad => Sound::StateBad,
        _ => Sound::StateCaution,
    });
    turn.core.screen.checkpoint.parts = Parts::default();
    turn.core.screen.checkpoint.verdict = Some(verdict);
    turn.open(Page::Verdict);
}

/// The number of the holder's identity document, as far as the document shows it; one that it shows whole is masked
/// here, since it is only for comparing with the card.
fn number_of(document: &Document) -> Option<String> {
    let shown = &document.anban_claims()?.person.identity_document.as_ref()?.number;
    Some(match shown.parse::<IdentityNumber>() {
        Ok(whole) => whole.masked(),
        Err(_) => shown.clone(),
    })
}

/// The text of a code was typed by hand.
pub(crate) fn typed(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    if text.is_empty() {
        return Ok(Err("document-unreadable"));
    }
    turn.back();
    turn.core.screen.checkpoint.paper = false;
    scanned(turn, text);
    Ok(Ok(()))
}

/// Whether a file that was read is one to check; it is asked once.
pub(crate) fn takes_file(turn: &mut Turn<'_>, path: &str) -> bool {
    let reading = &mut turn.core.screen.checkpoint.reading;
    let ours = reading.as_deref() == Some(path);
    if ours {
        *reading = None;
    }
    ours
}

/// A file to check was read, or not.
pub(crate) fn file_read(turn: &mut Turn<'_>, content: Result<FileContent, FileTrouble>) {
    // Whoever has gone on meanwhile is not called back.
    if turn.core.page() != Page::CheckPicture {
        return;
    }
    turn.core.screen.checkpoint.paper = false;
    turn.back();
    match content {
        Ok(FileContent::Text(text)) => {
            // A file may hold several cards; whoever brings it shows the first.
            let first = anban_credential::split(&text)
                .ok()
                .and_then(|texts| texts.into_iter().next());
            scanned(turn, &first.unwrap_or(text));
        }
        Ok(FileContent::Picture { codes }) => {
            let texts = || codes.iter().map(|code| code.text.as_str());
            let document = texts().find(|text| matches!(scan::told(text), Scan::Document(_)));
            match document.or(texts().next()) {
                Some(text) => scanned(turn, text),
                None => show(turn, Verdict::NoCode("file-no-code")),
            }
        }
        Ok(FileContent::Pass(_) | FileContent::Wallet { .. } | FileContent::Locked)
        | Err(FileTrouble::WrongKind | FileTrouble::WrongPassphrase | FileTrouble::CannotUnlock) => {
            show(turn, Verdict::NoCode("file-wrong-kind"))
        }
        Err(FileTrouble::Unreadable) => show(turn, Verdict::NoCode("file-unreadable")),
        Err(FileTrouble::Empty) => show(turn, Verdict::NoCode("file-empty")),
        Err(FileTrouble::TooLarge) => show(turn, Verdict::NoCode("file-too-large")),
    }
}
