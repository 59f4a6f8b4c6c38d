//! What the features' tests share: a core on a store in memory, at a fixed time.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::{Timestamp, Zoned};

use crate::app::{Command, Core, Incoming, Page, Start, Surroundings};
use crate::effect::Effect;
use crate::ids::SeededIds;
use crate::store::{MemoryStore, Records, Store};
use crate::view::{Body, Choice, View};

/// A core, its store, and the time, as one would hold them in a hand.
pub(crate) struct Bench {
    pub core: Core,
    pub store: MemoryStore,
    pub now: Zoned,
    pub effects: Vec<Effect>,
}

/// Sunday, 22 November 2026, nine in the morning.
pub(crate) fn sunday_morning() -> Zoned {
    "2026-11-22T09:00:00+08:00[Asia/Shanghai]".parse().unwrap()
}

impl Bench {
    /// A core that knows `records`, just started.
    pub fn with(records: Records) -> Self {
        let now = sunday_morning();
        let surroundings = Surroundings {
            ids: Box::new(SeededIds::new(1)),
            root: None,
        };
        let core = Core::new(records.clone(), surroundings, now.clone());
        let mut bench = Self {
            core,
            store: MemoryStore::new(records),
            now,
            effects: Vec::new(),
        };
        bench.does(Command::Start(Start::default()));
        bench
    }

    /// A core of a person who has answered the three questions, and nothing else.
    pub fn new() -> Self {
        let mut records = Records::default();
        records.settings.welcomed = true;
        Self::with(records)
    }

    /// The same with a hub in the settings.
    pub fn with_hub() -> Self {
        let mut records = Records::default();
        records.settings.welcomed = true;
        records.settings.hub = "http://hub.example".to_owned();
        Self::with(records)
    }

    /// Carries out a command; what was kept and what is in memory are the same after it.
    pub fn does(&mut self, command: Command) -> &mut Self {
        self.effects = self.core.update(command, &mut self.store, &self.now);
        assert_eq!(*self.core.records(), self.store.load().unwrap());
        self
    }

    /// Taps the button with this id.
    pub fn taps(&mut self, id: &str) -> &mut Self {
        let command = self.choice(id).command;
        self.does(command)
    }

    /// Types into the field that is open and ends it.
    pub fn types(&mut self, text: &str) -> &mut Self {
        let Body::Entry(entry) = self.view().body else {
            panic!("{:?} is no page to type into", self.core.page())
        };
        self.does(entry.done.command.with_text(text))
    }

    /// Something comes from outside.
    pub fn gets(&mut self, incoming: Incoming) -> &mut Self {
        self.does(Command::Incoming(incoming))
    }

    /// Time passes.
    pub fn after_seconds(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        self.gets(Incoming::Tick)
    }

    pub fn view(&self) -> View {
        self.core.view()
    }

    pub fn page(&self) -> Page {
        self.core.page()
    }

    pub fn choice(&self, id: &str) -> Choice {
        let body = self.view().body;
        let found = body.choices().find(|choice| choice.id == id).cloned();
        found.unwrap_or_else(|| {
            let ids: Vec<_> = body.choices().map(|choice| choice.id.clone()).collect();
            panic!("no {id:?} on {:?}: {ids:?}", self.core.page())
        })
    }

    /// All that the page says.
    pub fn says(&self) -> String {
        self.view().reading.join("\n")
    }

    pub fn at(&self) -> Timestamp {
        self.now.timestamp()
    }
}
