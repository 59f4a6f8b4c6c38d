//! Settings: how the app looks and speaks, which services it uses, and what it keeps.
//!
//! Every choice takes effect as it is tapped, is kept at once, and the page stays where it is, so that a person can
//! try each answer and see. Addresses of services are behind "for helpers", where an elder has no need to go. Erasing
//! everything is the one thing that can't be undone, so it asks on a page of its own and says so.

use serde::{Deserialize, Serialize};

use crate::app::Page;
use crate::effect::{Effect, PrintTrouble};
use crate::entry::{Field, Problem};
use crate::result::{Outcome, Sentence};
use crate::store::{Change, Records, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod model;
#[cfg(test)]
mod tests;
mod view;

pub use model::{Language, Rate, Settings, TextSize, Theme, Volume};
pub(crate) use view::{language_choice, size_choice, view, voice_choice};

/// What can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// How large words are.
    SetText(TextSize),
    /// The colours.
    SetTheme(Theme),
    /// Whether pages speak when they open.
    SetVoice(bool),
    /// How fast.
    SetRate(Rate),
    /// How loud.
    SetVolume(Volume),
    /// The language.
    SetLanguage(Language),
    /// Writes a copy of everything to the documents folder.
    SaveCopy,
    /// Forgets everything, for good.
    EraseAll,
}

/// The name and version at the head of a copy of everything.
pub const COPY_FORMAT: &str = "anban-copy-1";

/// A copy of everything, to take along to another device.
#[derive(Debug, Serialize, Deserialize)]
pub struct Copy {
    /// [`COPY_FORMAT`].
    pub format: String,
    /// When it was made.
    pub made_at: jiff::Timestamp,
    /// What was kept, without what only this device is concerned with.
    pub records: Records,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    let old = turn.core.records.settings.clone();
    let new = match command {
        Command::SetText(text) => Settings { text, ..old },
        Command::SetTheme(theme) => Settings { theme, ..old },
        Command::SetVoice(voice) => Settings { voice, ..old },
        Command::SetRate(rate) => Settings { rate, ..old },
        Command::SetVolume(volume) => Settings { volume, ..old },
        Command::SetLanguage(language) => Settings { language, ..old },
        Command::SaveCopy => {
            save_copy(turn);
            return Ok(());
        }
        Command::EraseAll => return erase_all(turn),
    };
    turn.commit(vec![Change::Settings(new)])?;
    // Said in the new voice, at the new rate, in the new language: the answer shows what it means.
    if turn.core.records.settings.voice {
        let said = turn.core.words().get("settings-said");
        turn.say(said);
    } else {
        turn.core.screen.speech.forget();
        turn.effects.push(Effect::Hush);
    }
    Ok(())
}

fn save_copy(turn: &mut Turn<'_>) {
    let records = Records {
        outbox: Default::default(),
        drafts: Default::default(),
        directory: None,
        timetables: Default::default(),
        trust_list: None,
        ..turn.core.records.clone()
    };
    let copy = Copy {
        format: COPY_FORMAT.to_owned(),
        made_at: turn.now(),
        records,
    };
    match serde_json::to_string_pretty(&copy) {
        Ok(content) => {
            let date = turn.core.now().date();
            let name = turn.core.words().with("copy-file-name", &[("date", &date.to_string())]);
            turn.effects.push(Effect::SaveCopy {
                name: format!("{name}.json"),
                content,
            });
        }
        Err(_) => copy_saved(turn, Err(PrintTrouble::CannotSave)),
    }
}

/// The copy was written, or not.
pub(crate) fn copy_saved(turn: &mut Turn<'_>, saved: Result<String, PrintTrouble>) {
    turn.show(match saved {
        Ok(path) => Outcome::new(Mark::Good, "copy-saved-title")
            .line(Sentence("copy-saved-line", vec![("path", path)]))
            .line("copy-saved-care"),
        Err(_) => Outcome::new(Mark::Bad, "copy-failed-title").line("copy-failed-line"),
    });
}

/// Takes over a copy of everything. What is here already stays; what has the same id is replaced.
pub(crate) fn restore(turn: &mut Turn<'_>, copy: Copy) -> Result<(), StoreError> {
    let records = copy.records;
    let mut changes: Vec<Change> = Vec::new();
    changes.extend(
        records
            .contacts
            .into_values()
            .take(crate::help::MOST_CONTACTS)
            .map(Change::PutContact),
    );
    changes.extend(records.documents.into_values().map(Change::PutDocument));
    changes.extend(records.cards.into_values().map(Change::PutCard));
    changes.extend(records.visits.into_values().map(Change::PutVisit));
    if turn.core.records.profile == crate::help::Profile::default() {
        changes.push(Change::Profile(records.profile));
    }
    let count = changes.len().to_string();
    turn.commit_undoable(changes)?;
    turn.show(
        Outcome::new(Mark::Good, "restored-title")
            .line(Sentence("restored-line", vec![("count", count)]))
            .undoable(),
    );
    Ok(())
}

fn erase_all(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let kept = Settings {
        welcomed: false,
        hub: String::new(),
        printer: String::new(),
        ..turn.core.records.settings.clone()
    };
    // The text size and the language stay: who has just erased everything must still be able to read.
    turn.commit(vec![Change::EraseAll, Change::Settings(kept)])?;
    turn.core.screen.stack = vec![Page::Home, Page::FirstText];
    turn.show(Outcome::new(Mark::Good, "erased-title").line("erased-line").main(
        "erased-begin",
        Icon::ArrowForward,
        crate::result::open(Page::FirstText),
    ));
    Ok(())
}

/// An address was typed. An empty one means: without.
pub(crate) fn typed_address(
    turn: &mut Turn<'_>,
    field: Field,
    text: String,
) -> Result<Result<(), Problem>, StoreError> {
    let schemes: &[&str] = if field == Field::HubAddress {
        &["http://", "https://"]
    } else {
        &["ipp://", "ipps://"]
    };
    let well_formed = schemes.iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    });
    if !text.is_empty() && !well_formed {
        let key = if field == Field::HubAddress {
            "enter-hub-address-wrong"
        } else {
            "enter-printer-address-wrong"
        };
        return Ok(Err(key));
    }
    let mut settings = turn.core.records.settings.clone();
    if field == Field::HubAddress {
        settings.hub = text.trim_end_matches('/').to_owned();
        turn.core.screen.hub_override = None;
    } else {
        settings.printer = text;
    }
    turn.commit_undoable(vec![Change::Settings(settings), Change::RemoveDraft(field)])?;
    crate::sync::begin(turn);
    turn.back();
    Ok(Ok(()))
}
