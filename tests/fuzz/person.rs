//! What comes to the core of a person's app: commands, typed text, a file with everything of theirs.
//!
//! The core runs as it does behind the window, on a store in memory. After each command its page is described, what
//! it knows is what the store holds, and all of it can be written as JSON and read back.

use anban_core::app::{Incoming, Start, Surroundings};
use anban_core::effect::{Effect, FileContent};
use anban_core::entry::Field;
use anban_core::ids::SeededIds;
use anban_core::settings::Settings;
use anban_core::store::{MemoryStore, Records, Store};
use anban_core::{Command, Core, Page};
use jiff::{SignedDuration, Timestamp, Zoned, tz};

/// The most commands that one input is taken to be: more only take longer.
const MOST_COMMANDS: usize = 24;

pub(crate) struct Person {
    core: Core,
    store: MemoryStore,
    now: Zoned,
}

impl Person {
    /// Somebody who has answered the first three questions, on Sunday, 22 November 2026, at nine in the morning.
    pub fn new() -> Self {
        let records = Records {
            settings: Settings {
                welcomed: true,
                ..Settings::default()
            },
            ..Records::default()
        };
        Self::with(records)
    }

    fn with(records: Records) -> Self {
        let now = Timestamp::constant(1_795_309_200, 0).to_zoned(tz::TimeZone::fixed(anban_wire::CITY_OFFSET));
        let surroundings = Surroundings {
            ids: Box::new(SeededIds::new(1)),
            root: None,
        };
        let mut person = Self {
            core: Core::new(records.clone(), surroundings, now.clone()),
            store: MemoryStore::new(records),
            now,
        };
        person.does(Command::Start(Start::default()));
        person
    }

    pub fn does(&mut self, command: Command) -> Vec<Effect> {
        let effects = self.core.update(command, &mut self.store, &self.now);
        self.now = &self.now + SignedDuration::from_secs(1);
        let view = self.core.view();
        assert!(serde_json::to_string(&view).is_ok() && serde_json::to_string(&effects).is_ok());
        assert!(self.core.next_wake().is_some());
        effects
    }

    /// Ends the program and starts it again on what is kept.
    fn starts_again(mut self) -> Self {
        let Ok(kept) = self.store.load() else {
            unreachable!("a store in memory")
        };
        assert!(&kept == self.core.records(), "the core knows what is kept");
        let written = serde_json::to_string(&kept).unwrap_or_default();
        let Ok(read) = serde_json::from_str::<Records>(&written) else {
            panic!("what is kept can't be read again")
        };
        assert!(read == kept, "what is kept is read as something else");
        Self::with(kept)
    }

    fn sees_every_page(&mut self) {
        for page in Page::all() {
            self.does(Command::Open(page));
        }
    }
}

pub(crate) fn headless_lines(bytes: &[u8]) -> bool {
    let mut person = Person::new();
    let mut taken = false;
    let commands = bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok());
    for command in commands.take(MOST_COMMANDS) {
        person.does(command);
        taken = true;
    }
    person.starts_again();
    taken
}

pub(crate) fn copy_of_everything(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let file = Command::Incoming(Incoming::File {
        path: "/home/wang/copy.json".to_owned(),
        content: Ok(FileContent::Text(text.to_owned())),
    });
    let mut person = Person::new();
    let before = person.core.records().clone();
    person.does(file.clone());
    // Once more changes nothing: what is here already stays.
    person.does(file);
    if *person.core.records() == before {
        return false;
    }
    person.starts_again().sees_every_page();
    true
}

pub(crate) fn wallet_file(bytes: &[u8]) -> bool {
    let Some(archive) = crate::cards::packed(&[("wallet.json", bytes)]) else {
        return false;
    };
    let file = Command::Incoming(Incoming::File {
        path: "/home/wang/anban-wallet.zip".to_owned(),
        content: Ok(FileContent::Pass(archive)),
    });
    let mut person = Person::new();
    let before = person.core.records().clone();
    person.does(file.clone());
    let taken = person.core.records().clone();
    // Once more adds nothing.
    person.does(file);
    assert!(
        *person.core.records() == taken,
        "the same wallet again has changed something"
    );
    if taken == before {
        return false;
    }
    person.starts_again().sees_every_page();
    true
}

pub(crate) fn typed_text(bytes: &[u8]) -> bool {
    let Some((which, rest)) = bytes.split_first() else {
        return false;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return false;
    };
    let field = Field::ALL[usize::from(*which) % Field::ALL.len()];
    let mut person = Person::new();
    person.does(Command::Open(Page::Enter(field)));
    let text = text.to_owned();
    person.does(Command::Type {
        field,
        text: text.clone(),
    });
    person.does(Command::Enter { field, text });
    let taken = person.core.page() != Page::Enter(field);
    person.does(Command::Undo);
    person.starts_again();
    taken
}
