//! The page that says what came of something: done, or not and what to do now.
//!
//! An outcome is kept as keys and values, not as words, so that it changes its language with the rest of the screen.

use jiff::Zoned;

use crate::app::{Command, Page};
use crate::effect::Sound;
use crate::page::PageBuilder;
use crate::store::{StoreError, StoreNotice};
use crate::view::{Body, Icon, Mark, QuestionView};
use crate::words::time;

/// A sentence: its key, and values in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence(pub &'static str, pub Vec<(&'static str, String)>);

impl Sentence {
    /// The sentence in words.
    pub fn in_words(&self, words: crate::words::Words) -> String {
        let values: Vec<(&str, &str)> = self.1.iter().map(|(name, value)| (*name, value.as_str())).collect();
        words.with(self.0, &values)
    }
}

impl From<&'static str> for Sentence {
    fn from(key: &'static str) -> Self {
        Self(key, Vec::new())
    }
}

/// A button of the result page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Next {
    pub id: String,
    pub text: Sentence,
    pub icon: Icon,
    pub command: Command,
    pub main: bool,
}

/// What came of something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    mark: Mark,
    title: Sentence,
    /// Each as it is written, and as it is said.
    lines: Vec<(Sentence, Sentence)>,
    next: Vec<Next>,
}

impl Outcome {
    /// An outcome with a title; it leads on, or home.
    pub fn new(mark: Mark, title: impl Into<Sentence>) -> Self {
        Self {
            mark,
            title: title.into(),
            lines: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Adds a sentence.
    pub fn line(self, sentence: impl Into<Sentence>) -> Self {
        let sentence = sentence.into();
        self.spoken(sentence.clone(), sentence)
    }

    /// Adds a sentence that is said otherwise than it is written.
    pub fn spoken(mut self, written: Sentence, said: Sentence) -> Self {
        self.lines.push((written, said));
        self
    }

    /// Adds the main answer.
    pub fn main(self, text: impl Into<Sentence>, icon: Icon, command: Command) -> Self {
        let text = text.into();
        self.push(text.0.to_owned(), text, icon, command, true)
    }

    /// Adds one of several answers of the same kind; the first of them is the main one.
    pub fn numbered(self, (key, number): (&'static str, usize), text: Sentence, icon: Icon, command: Command) -> Self {
        self.push(format!("{key}-{number}"), text, icon, command, number == 1)
    }

    fn push(mut self, id: String, text: Sentence, icon: Icon, command: Command, main: bool) -> Self {
        self.next.push(Next {
            id,
            text,
            icon,
            command,
            main,
        });
        self
    }

    /// Adds another answer.
    pub fn or(self, key: &'static str, icon: Icon, command: Command) -> Self {
        self.push(key.to_owned(), key.into(), icon, command, false)
    }

    /// Something was saved or removed, and can be taken back.
    pub fn undoable(self) -> Self {
        self.or("result-undo", Icon::Undo, Command::Undo)
    }

    pub fn undone() -> Self {
        Self::new(Mark::Good, "undone-title").line("undone-line")
    }

    pub fn not_saved(error: StoreError) -> Self {
        let (title, line) = match error {
            StoreError::Full => ("store-full-title", "store-full-line"),
            StoreError::Broken => ("store-broken-title", "store-broken-line"),
        };
        Self::new(Mark::Bad, title).line(line)
    }

    pub fn store_notice(notice: StoreNotice, now: &Zoned) -> Self {
        match notice {
            StoreNotice::Restored { copied_at } => {
                let date = copied_at.to_zoned(now.time_zone().clone()).date();
                let months = |month: i8| month.to_string();
                Self::new(Mark::Caution, "store-restored-title").line(Sentence(
                    "store-restored-line",
                    vec![("month", months(date.month())), ("day", date.day().to_string())],
                ))
            }
            StoreNotice::StartedAnew => Self::new(Mark::Caution, "store-anew-title").line("store-anew-line"),
        }
    }

    /// The sound that goes with it.
    pub fn sound(&self) -> Option<Sound> {
        match self.mark {
            Mark::Good => Some(Sound::Done),
            Mark::Bad | Mark::Caution => Some(Sound::Refused),
            Mark::Waiting => None,
        }
    }
}

/// The page.
pub(crate) fn view(page: &mut PageBuilder<'_>) -> Body {
    let outcome = page
        .core
        .screen
        .outcome
        .clone()
        .unwrap_or_else(|| Outcome::new(Mark::Good, "result-nothing"));
    let title = sentence(page, &outcome.title);
    let lines = outcome.lines.iter().map(|(written, said)| {
        let said = words_of(page, said);
        page.spoken(words_of(page, written), &said)
    });
    let lines = lines.collect();
    let mut choices: Vec<_> = outcome
        .next
        .into_iter()
        .map(|next| {
            let text = words_of(page, &next.text);
            let choice = page.choice_named(next.id, text, next.icon, next.command);
            if next.main { choice.main() } else { choice }
        })
        .collect();
    let leads_on = choices.iter().any(|choice| choice.tone == crate::view::Tone::Main);
    let home = page.home();
    choices.push(if leads_on { home } else { home.main() });
    Body::Question(QuestionView {
        title,
        mark: Some(outcome.mark),
        lines,
        choices,
        ..QuestionView::default()
    })
}

fn words_of(page: &PageBuilder<'_>, Sentence(key, values): &Sentence) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    page.words.with(key, &values)
}

fn sentence(page: &mut PageBuilder<'_>, sentence: &Sentence) -> crate::view::Line {
    let text = words_of(page, sentence);
    page.text(text)
}

/// Opens a page: short for the answers of an outcome.
pub(crate) fn open(page: Page) -> Command {
    Command::Open(page)
}

/// A date as a value of a sentence, in the words of now.
pub(crate) fn date_value(core: &crate::Core, at: jiff::Timestamp) -> String {
    time::day_and_clock(core.words(), at, core.now())
}
