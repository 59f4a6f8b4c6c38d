//! Settings: how the app looks and speaks, which services it uses, and what it keeps.
//!
//! Every choice takes effect as it is tapped, is kept at once, and the page stays where it is, so that a person can
//! try each answer and see. Addresses of services are behind "for helpers", where an elder has no need to go. Erasing
//! everything is the one thing that can't be undone, so it asks on a page of its own and says so.

use serde::{Deserialize, Serialize};

use crate::app::Page;
use crate::effect::Effect;
use crate::entry::{Field, Problem};
use crate::result::Outcome;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod copy;
mod model;
#[cfg(test)]
mod tests;
mod view;

pub use copy::{COPY_FORMAT, Copy};
pub(crate) use copy::{restore, saved};
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
            copy::save(turn);
            return Ok(());
        }
        Command::EraseAll => return erase_all(turn),
    };
    turn.commit(vec![Change::Settings(new)])?;
    // Said in the new voice, at the new rate, in the new language: the answer shows what it means.
    if turn.core.records.settings.voice {
        let said = turn.core.words().get("settings-said");
        turn.tell(said);
    } else {
        turn.core.screen.speech.forget();
        turn.effects.push(Effect::Hush);
    }
    Ok(())
}

fn erase_all(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    // The size, the colours and the language stay: who has just erased everything must still be able to read.
    let Settings {
        text, theme, language, ..
    } = turn.core.records.settings;
    let kept = Settings {
        text,
        theme,
        language,
        ..Settings::default()
    };
    turn.commit(vec![Change::EraseAll, Change::Settings(kept)])?;
    turn.core.screen.stack = vec![Page::Home, Page::FirstText];
    turn.show(Outcome::new(Mark::Good, "erased-title").line("erased-line").main(
        "erased-begin",
        Icon::ArrowForward,
        crate::result::open(Page::FirstText),
    ));
    Ok(())
}

/// The schemes of addresses that name a device of this machine by its path.
const DEVICES: [&str; 2] = ["usb://", "serial://"];

/// An address was typed. An empty one means: without.
pub(crate) fn typed_address(
    turn: &mut Turn<'_>,
    field: Field,
    text: String,
) -> Result<Result<(), Problem>, StoreError> {
    let schemes: &[&str] = if field == Field::HubAddress {
        &["http://", "https://"]
    } else {
        &["ipp://", "ipps://", "cups://", "socket://", "usb://", "serial://"]
    };
    let well_formed = schemes.iter().any(|scheme| {
        text.strip_prefix(scheme).is_some_and(|rest| {
            let to_device = DEVICES.contains(scheme);
            !rest.is_empty() && rest.starts_with('/') == to_device && !rest.contains(char::is_whitespace)
        })
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
        settings.printer_name.clear();
    }
    turn.commit_undoable(vec![Change::Settings(settings), Change::RemoveDraft(field.into())])?;
    crate::sync::begin(turn);
    turn.back();
    Ok(Ok(()))
}
