//! Building a page: every text goes through here once, and so gets its place in the reading order.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::app::{Command, Core};
use crate::view::{Choice, Fact, Icon, Line, Mark, Tone};
use crate::words::{Words, time};

/// How many parts a page says by itself when it opens; 读给我听 reads the rest.
const SAID_ON_ENTRY: usize = 3;

/// Collects the words of a page in reading order.
pub(crate) struct PageBuilder<'a> {
    pub core: &'a Core,
    pub words: Words,
    pub reading: Vec<String>,
    /// The words are for paper, where "tomorrow" is wrong the day after: days have their dates.
    on_paper: bool,
    /// The first part that is a button: a page's announcement ends there.
    first_choice: Option<usize>,
    /// Parts that the page does not say by itself.
    on_request: Vec<usize>,
}

impl<'a> PageBuilder<'a> {
    pub fn new(core: &'a Core) -> Self {
        Self {
            core,
            words: core.words(),
            reading: Vec::new(),
            on_paper: false,
            first_choice: None,
            on_request: Vec::new(),
        }
    }

    /// The same for what is printed, which may be in another language than the screen.
    pub fn for_paper(core: &'a Core, words: Words) -> Self {
        Self {
            on_paper: true,
            words,
            ..Self::new(core)
        }
    }

    /// A day: 明天 星期一 on the screen, 2026年11月23日 星期一 on paper.
    pub fn day(&self, date: Date) -> String {
        if self.on_paper {
            time::day_in_full(self.words, date)
        } else {
            time::day(self.words, date, self.core.now().date())
        }
    }

    /// When something was: 今天上午九点 or 三天前 on the screen, its date on paper.
    pub fn past(&self, at: Timestamp) -> String {
        if self.on_paper {
            let at = at.to_zoned(self.core.now().time_zone().clone());
            time::full_date(self.words, at.date())
        } else {
            time::ago(self.words, at, self.core.now())
        }
    }

    fn read(&mut self, text: &str) -> usize {
        self.reading.push(text.to_owned());
        self.reading.len() - 1
    }

    /// A text that is known by its key.
    pub fn line(&mut self, key: &str) -> Line {
        self.text(self.words.get(key))
    }

    /// A text that is made already.
    pub fn text(&mut self, text: impl Into<String>) -> Line {
        let text = text.into();
        Line {
            part: self.read(&text),
            text,
        }
    }

    /// A text that is spoken otherwise than it is written.
    pub fn spoken(&mut self, text: impl Into<String>, spoken: &str) -> Line {
        Line {
            part: self.read(spoken),
            text: text.into(),
        }
    }

    /// The same where others may stand by: it is said when the person asks for it, and not because the page opens.
    pub fn spoken_on_request(&mut self, text: impl Into<String>, spoken: &str) -> Line {
        let line = self.spoken(text, spoken);
        self.on_request.push(line.part);
        line
    }

    /// A label and a value.
    pub fn fact(&mut self, label: &str, value: impl Into<String>) -> Fact {
        let (label, value) = (self.words.get(label), value.into());
        let part = self.read(&self.words.with("label-value", &[("label", &label), ("value", &value)]));
        Fact {
            part,
            label,
            value,
            strong: false,
        }
    }

    /// The same with a label that is made already, such as one that stands on a card.
    pub fn labelled(&mut self, label: &str, value: &str) -> Fact {
        let said = self.words.with("label-value", &[("label", label), ("value", value)]);
        Fact {
            part: self.read(&said),
            label: label.to_owned(),
            value: value.to_owned(),
            strong: false,
        }
    }

    /// A value that speaks for itself and matters most.
    pub fn strong(&mut self, value: impl Into<String>) -> Fact {
        let value = value.into();
        Fact {
            part: self.read(&value),
            label: String::new(),
            value,
            strong: true,
        }
    }

    /// A button whose words are known by their key.
    pub fn choice(&mut self, key: &str, icon: Icon, command: Command) -> Choice {
        self.choice_named(key.to_owned(), self.words.get(key), icon, command)
    }

    /// A button for one of several things, named by the thing's id.
    pub fn choice_named(
        &mut self,
        id: impl Into<String>,
        text: impl Into<String>,
        icon: Icon,
        command: Command,
    ) -> Choice {
        let text = text.into();
        let part = self.read(&text);
        self.first_choice.get_or_insert(part);
        Choice {
            id: id.into(),
            part,
            text,
            note: String::new(),
            icon,
            tone: Tone::Plain,
            mark: None,
            command,
        }
    }

    /// The way home.
    pub fn home(&mut self) -> Choice {
        self.choice("result-home", Icon::Home, Command::Home)
    }

    /// The answers of a page: where it has none, the way home is one.
    pub fn or_home(&mut self, choices: Vec<Choice>) -> Vec<Choice> {
        if choices.is_empty() {
            vec![self.home().main()]
        } else {
            choices
        }
    }

    /// More words on a button that was just made.
    pub fn noted(&mut self, choice: Choice, note: impl Into<String>) -> Choice {
        let note = note.into();
        let said = note.clone();
        self.noted_as(choice, note, &said)
    }

    /// The same, spoken otherwise than they are written.
    pub fn noted_as(&mut self, mut choice: Choice, note: impl Into<String>, said: &str) -> Choice {
        choice.note = note.into();
        if let (Some(spoken), false) = (self.reading.get_mut(choice.part), choice.note.is_empty()) {
            *spoken = self.words.with("text-note", &[("text", &choice.text), ("note", said)]);
        }
        choice
    }

    /// A button that was just made, spoken otherwise than it is written.
    pub fn said(&mut self, choice: Choice, said: &str) -> Choice {
        if let Some(spoken) = self.reading.get_mut(choice.part) {
            said.clone_into(spoken);
        }
        choice
    }

    /// What the page says when it opens: its title and what it is about.
    pub fn announcement(&self) -> Vec<String> {
        let end = self.first_choice.unwrap_or(self.reading.len()).clamp(1, SAID_ON_ENTRY);
        let said = self.reading.iter().take(end).enumerate();
        said.filter(|(part, _)| !self.on_request.contains(part))
            .map(|(_, said)| said.clone())
            .collect()
    }
}

impl Choice {
    /// The same button, filled: the main answer.
    pub(crate) fn main(mut self) -> Self {
        self.tone = Tone::Main;
        self
    }

    /// The same button, with the shape and colour of a state in the place of its picture.
    pub(crate) fn marked(mut self, mark: Mark) -> Self {
        self.mark = Some(mark);
        self
    }

    /// The same button, red.
    pub(crate) fn help(mut self) -> Self {
        self.tone = Tone::Help;
        self
    }

    /// The same button, with a check mark where `chosen`.
    pub(crate) fn chosen_if(mut self, chosen: bool) -> Self {
        if chosen {
            self.tone = Tone::Chosen;
        }
        self
    }
}
