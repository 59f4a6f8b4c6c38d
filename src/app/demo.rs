//! The filled demonstration profile, and every page of it.
//!
//! Pictures of the app, and the tests that measure them, need a profile that looks like somebody's: an elder in the
//! demonstration city with cards, visits, a health code that really verifies, and a family to call. [`Demonstration`]
//! holds its documents, signed when it is made by an issuer that exists for as long; [`Demonstration::stand`] leads a
//! core to a [`Scene`] by the taps that would lead a person there, so that what is drawn is what would be seen.
//! The city is in `city`, the records are in `records`, the ways to the pages in `scenes`.

use anban_core::app::{Incoming, Start, Surroundings};
use anban_core::effect::Effect;
use anban_core::ids::SeededIds;
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::store::{MemoryStore, Records};
use anban_core::view::{Body, View};
use anban_core::{Command, Core};
use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Zoned};

mod cash;
mod city;
mod documents;
mod records;
mod scenes;

pub use records::Demonstration;
pub use scenes::{Profile, Scene};

/// The moment of every picture: Sunday, 22 November 2026, nine in the morning, the day of Light Snow.
///
/// # Errors
/// When the system has no time-zone data.
pub fn morning() -> Result<Zoned> {
    "2026-11-22T09:00:00+08:00[Asia/Shanghai]"
        .parse()
        .context("there is no time-zone data: install the system's tzdata")
}

/// How a profile looks: what of the settings changes the picture and not the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The language.
    pub language: Language,
    /// How large words are.
    pub text: TextSize,
    /// The colours.
    pub theme: Theme,
}

/// A core with its store in memory, and the time as it goes on there.
pub struct Stand {
    core: Core,
    store: MemoryStore,
    now: Zoned,
    effects: Vec<Effect>,
}

impl Demonstration {
    /// A core that has been led to `scene`.
    ///
    /// # Errors
    /// When the way there does not exist any more; the message names the step.
    pub fn stand(&self, scene: &Scene, look: Look) -> Result<Stand> {
        let records = self.records(scene.profile, look)?;
        let mut stand = Stand::begin(records, self.root(), morning()?);
        for id in scene.taps {
            stand
                .taps(id)
                .with_context(|| format!("the way to the page {:?} is not there", scene.name))?;
        }
        (scene.then)(&mut stand)?;
        Ok(stand)
    }
}

impl Stand {
    /// A core that knows `records` and has just started.
    #[must_use]
    pub fn begin(records: Records, root: Option<anban_credential::RootKey>, now: Zoned) -> Self {
        let surroundings = Surroundings {
            ids: Box::new(SeededIds::new(1)),
            root,
        };
        let mut stand = Self {
            core: Core::new(records.clone(), surroundings, now.clone()),
            store: MemoryStore::new(records),
            now,
            effects: Vec::new(),
        };
        stand.does(Command::Start(Start::default()));
        stand
    }

    /// The core.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// What is on the screen.
    #[must_use]
    pub fn view(&self) -> View {
        self.core.view()
    }

    /// What the outside was asked to do by the last command.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// Carries out a command.
    pub fn does(&mut self, command: Command) {
        self.effects = self.core.update(command, &mut self.store, &self.now);
    }

    /// Something comes from outside.
    pub fn gets(&mut self, incoming: Incoming) {
        self.does(Command::Incoming(incoming));
    }

    /// Time passes, and the core is woken.
    ///
    /// # Errors
    /// At the end of time.
    pub fn waits(&mut self, seconds: i64) -> Result<()> {
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds))?;
        self.gets(Incoming::Tick);
        Ok(())
    }

    /// Taps the button with this id; 返回, 首页 and 呼救 are `back`, `home` and `help`.
    ///
    /// # Errors
    /// When the page has no such button; the message names those that it has.
    pub fn taps(&mut self, id: &str) -> Result<()> {
        let bar = match id {
            "back" => Some(Command::Back),
            "home" => Some(Command::Home),
            "help" => Some(Command::CallHelp),
            _ => None,
        };
        if let Some(command) = bar {
            self.does(command);
            return Ok(());
        }
        let body = self.view().body;
        match body.choices().find(|choice| choice.id == id) {
            Some(choice) => self.does(choice.command.clone()),
            None => {
                let ids: Vec<_> = body.choices().map(|choice| choice.id.as_str()).collect();
                bail!("{} has no button {id:?}, only {ids:?}", self.core.page().name());
            }
        }
        Ok(())
    }

    /// The button whose id begins so.
    ///
    /// # Errors
    /// When the page has none.
    pub fn choice_beginning(&self, with: &str) -> Result<String> {
        let body = self.view().body;
        let found = body.choices().find(|choice| choice.id.starts_with(with));
        found
            .map(|choice| choice.id.clone())
            .with_context(|| format!("no button begins with {with:?}"))
    }

    /// Types into the field that is open, without ending it.
    ///
    /// # Errors
    /// When no field is open.
    pub fn types(&mut self, text: &str) -> Result<()> {
        let Body::Entry(entry) = self.view().body else {
            bail!("{} is no page to type into", self.core.page().name());
        };
        self.does(Command::Type {
            field: entry.field,
            text: text.to_owned(),
        });
        Ok(())
    }

    /// Types into the field that is open and ends it.
    ///
    /// # Errors
    /// When no field is open.
    pub fn enters(&mut self, text: &str) -> Result<()> {
        let Body::Entry(entry) = self.view().body else {
            bail!("{} is no page to type into", self.core.page().name());
        };
        self.does(entry.done.command.with_text(text));
        Ok(())
    }
}
