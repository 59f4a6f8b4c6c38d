//! The first start: three questions on three pages.
//!
//! How large, with a voice or not, which language. Each answer is shown at once on the page itself, so that nobody has
//! to imagine what a setting means; "next" leads on. Language comes last because the system's is taken to begin with.

use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::settings::{self, Language, TextSize};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Body, Choice, Icon, QuestionView};

#[cfg(test)]
mod tests;

/// What can be done here; the answers themselves are settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// The last question is answered.
    Finish,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Finish => {
            let settings = settings::Settings {
                welcomed: true,
                ..turn.core.records.settings.clone()
            };
            turn.commit(vec![Change::Settings(settings)])?;
            turn.open(Page::Home);
            Ok(())
        }
    }
}

/// The three pages.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    let (title, line, next) = match of {
        Page::FirstVoice => ("first-voice", "first-voice-line", AppCommand::Open(Page::FirstLanguage)),
        Page::FirstLanguage => (
            "first-language",
            "first-language-line",
            AppCommand::FirstStart(Command::Finish),
        ),
        _ => ("first-text", "first-text-line", AppCommand::Open(Page::FirstVoice)),
    };
    let (title, line) = (page.line(title), page.line(line));
    let mut choices: Vec<Choice> = match of {
        Page::FirstVoice => [true, false]
            .into_iter()
            .map(|on| settings::voice_choice(page, on))
            .collect(),
        Page::FirstLanguage => Language::ALL
            .into_iter()
            .map(|language| settings::language_choice(page, language))
            .collect(),
        _ => TextSize::ALL
            .into_iter()
            .map(|size| settings::size_choice(page, size))
            .collect(),
    };
    choices.push(page.choice("first-next", Icon::ArrowForward, next).main());
    Body::Question(QuestionView {
        title,
        lines: vec![line],
        choices,
        ..QuestionView::default()
    })
}
