//! The way round: a command comes in, what is kept changes, effects go out, and the view says what is on the screen.
//!
//! This file knows every feature by one variant of [`Command`] and its pages, and no feature's rules. What is common
//! to all pages is here: opening and leaving them, undo, speaking on entry, and what happens when a store fails.

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Fetched, FileContent, FileTrouble, FoundFile, PrintTrouble, Sound, VoiceReport};
use crate::entry::{self, Field};
use crate::ids::{IdSource, RequestId};
use crate::outbox::Answer;
use crate::page::PageBuilder;
use crate::result::Outcome;
use crate::settings::Language;
use crate::speech::Speech;
use crate::store::{Change, Records, Store, StoreError, StoreNotice};
use crate::view::{Bars, Body, Corner, View};
use crate::words::Words;
use crate::{
    appointments, calendar, certificates, first_start, health_code, help, home, result, settings, sync, wallet,
};

/// A page. Each has a name on the command line ([`Page::name`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Page {
    /// First start: how large words are.
    FirstText,
    /// First start: with a voice or without.
    FirstVoice,
    /// First start: which language.
    FirstLanguage,
    /// The home page.
    Home,
    /// The health code, at once.
    HealthCode,
    /// All documents that are kept.
    Documents,
    /// Ways to add a document.
    AddDocument,
    /// Pictures and passes on this device.
    Files,
    /// What to print.
    Print,
    /// Where to print.
    PrintWhere,
    /// Which hospital.
    Hospitals,
    /// Which department.
    Departments,
    /// One department: book, call, or go there.
    Department,
    /// Which day.
    Days,
    /// What time.
    Times,
    /// Whether it is right.
    ConfirmVisit,
    /// All visits.
    Visits,
    /// One visit.
    Visit,
    /// Whether to cancel it.
    CancelVisit,
    /// All cards.
    Wallet,
    /// What kind of card to add.
    AddCard,
    /// One card.
    Card,
    /// The call for help.
    Help,
    /// All settings.
    Settings,
    /// How large words are.
    TextSize,
    /// The colours.
    Contrast,
    /// The voice.
    Voice,
    /// The language.
    Language,
    /// Whom to call, and what they should know.
    Emergency,
    /// One contact.
    Contact,
    /// Addresses of services, for who helps to set up.
    Helpers,
    /// What is stored.
    YourData,
    /// Whether to erase everything.
    EraseAll,
    /// What came of something.
    Result,
    /// A field to type into.
    Enter(Field),
}

impl Page {
    /// Every page but those to type into.
    const PLAIN: [(Self, &'static str); 34] = [
        (Self::FirstText, "first-text"),
        (Self::FirstVoice, "first-voice"),
        (Self::FirstLanguage, "first-language"),
        (Self::Home, "home"),
        (Self::HealthCode, "health-code"),
        (Self::Documents, "documents"),
        (Self::AddDocument, "add-document"),
        (Self::Files, "files"),
        (Self::Print, "print"),
        (Self::PrintWhere, "print-where"),
        (Self::Hospitals, "hospitals"),
        (Self::Departments, "departments"),
        (Self::Department, "department"),
        (Self::Days, "days"),
        (Self::Times, "times"),
        (Self::ConfirmVisit, "confirm-visit"),
        (Self::Visits, "visits"),
        (Self::Visit, "visit"),
        (Self::CancelVisit, "cancel-visit"),
        (Self::Wallet, "wallet"),
        (Self::AddCard, "add-card"),
        (Self::Card, "card"),
        (Self::Help, "help"),
        (Self::Settings, "settings"),
        (Self::TextSize, "text-size"),
        (Self::Contrast, "contrast"),
        (Self::Voice, "voice"),
        (Self::Language, "language"),
        (Self::Emergency, "emergency"),
        (Self::Contact, "contact"),
        (Self::Helpers, "helpers"),
        (Self::YourData, "your-data"),
        (Self::EraseAll, "erase-all"),
        (Self::Result, "result"),
    ];

    /// Every page.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = Self::PLAIN.iter().map(|&(page, _)| page);
        plain.chain(Field::ALL.into_iter().map(Self::Enter))
    }

    /// The name on the command line, such as `health-code` or `enter-card-name`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Enter(field) => format!("enter-{}", field.name()),
            _ => Self::PLAIN
                .iter()
                .find(|&&(page, _)| page == self)
                .map_or("", |&(_, name)| name)
                .to_owned(),
        }
    }

    /// The page of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|page| page.name() == name)
    }
}

/// What a person wants, or what the outside brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// The program has started.
    Start(Start),
    /// Opens a page above this one.
    Open(Page),
    /// 返回
    Back,
    /// 首页
    Home,
    /// 呼救
    CallHelp,
    /// 读给我听, or 别读了 while it is read.
    ReadAloud,
    /// Takes back what was done last.
    Undo,
    /// Half-typed text, kept so that nothing is lost.
    Type {
        /// Where.
        field: Field,
        /// All that is typed so far.
        text: String,
    },
    /// A field is finished.
    Enter {
        /// Which.
        field: Field,
        /// What it holds.
        text: String,
    },
    /// The three questions.
    FirstStart(first_start::Command),
    /// Screen, voice, services, what is stored.
    Settings(settings::Command),
    /// Signed documents.
    HealthCode(health_code::Command),
    /// Paper.
    Certificates(certificates::Command),
    /// Seeing a doctor.
    Appointments(appointments::Command),
    /// Cards.
    Wallet(wallet::Command),
    /// The call for help.
    Help(help::Command),
    /// Something from outside.
    Incoming(Incoming),
}

impl Command {
    /// The same command with what was typed, where it takes a text.
    #[must_use]
    pub fn with_text(self, typed: &str) -> Self {
        match self {
            Self::Enter { field, .. } => Self::Enter {
                field,
                text: typed.to_owned(),
            },
            other => other,
        }
    }
}

/// How the program starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Start {
    /// The page to open instead of the home page.
    pub page: Option<Page>,
    /// What happened when the store was opened.
    pub notice: Option<StoreNotice>,
    /// The system's language, for the first start.
    pub language: Option<Language>,
    /// The hub to use instead of the one in the settings.
    pub hub: Option<String>,
}

/// What the outside brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Incoming {
    /// A time that the core asked to be woken at has come (see [`Core::next_wake`]).
    Tick,
    /// The network is back, or may be.
    NetworkBack,
    /// A service has answered a request, or not.
    Answer {
        /// The request's id.
        id: RequestId,
        /// What came of it.
        answer: Answer,
    },
    /// Something was fetched, or not.
    Fetched(Fetched),
    /// Pictures and passes that were found.
    Files(Vec<FoundFile>),
    /// A file was read, or not.
    File {
        /// Its path.
        path: String,
        /// What was in it.
        content: Result<FileContent, FileTrouble>,
    },
    /// A copy of everything was saved under this path, or not.
    Saved(Result<String, PrintTrouble>),
    /// What became of an utterance.
    Voice(VoiceReport),
}

/// What the core needs to know of its surroundings.
pub struct Surroundings {
    /// Where new ids come from.
    pub ids: Box<dyn IdSource>,
    /// The key that vouches for the region's trust lists (from the region pack).
    pub root: Option<anban_credential::RootKey>,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// The pages that 返回 leads back to; the last one is shown.
    pub stack: Vec<Page>,
    /// Grows with each page that is opened.
    pub visit: u64,
    /// A page was opened in this turn and has not spoken yet.
    pub entered: bool,
    /// What was done last, turned round.
    pub undo: Vec<Change>,
    /// What the result page says.
    pub outcome: Option<Outcome>,
    /// What is wrong with what was typed.
    pub problem: Option<&'static str>,
    pub hub_override: Option<String>,
    /// The screen is at its brightest, since it shows a code.
    pub brightest: bool,
    pub health_code: health_code::Screen,
    pub certificates: certificates::Screen,
    pub appointments: appointments::Screen,
    pub wallet: wallet::Screen,
    pub help: help::Screen,
    pub sync: sync::Screen,
    pub speech: Speech,
}

/// The rules, with what they know.
pub struct Core {
    pub(crate) records: Records,
    pub(crate) screen: Screen,
    pub(crate) trust: health_code::Trust,
    now: Zoned,
    ids: Box<dyn IdSource>,
    store_error: Option<StoreError>,
}

impl Core {
    /// A core that knows `records`.
    #[must_use]
    pub fn new(records: Records, surroundings: Surroundings, now: Zoned) -> Self {
        let trust = health_code::Trust::new(surroundings.root, &records, now.timestamp());
        let screen = Screen {
            stack: vec![Page::Home],
            ..Screen::default()
        };
        Self {
            records,
            screen,
            trust,
            now,
            ids: surroundings.ids,
            store_error: None,
        }
    }

    /// Carries out a command. The effects are to be carried out in order.
    ///
    /// A store that fails changes nothing; the screen then says what to do, and [`Core::store_error`] has the reason.
    pub fn update(&mut self, command: Command, store: &mut dyn Store, now: &Zoned) -> Vec<Effect> {
        self.now = now.clone();
        self.store_error = None;
        let mut turn = Turn {
            core: self,
            store,
            effects: Vec::new(),
        };
        if let Err(error) = turn.carry_out(command) {
            turn.core.store_error = Some(error);
            turn.show(Outcome::not_saved(error));
        }
        sync::send_what_is_due(&mut turn);
        turn.announce();
        turn.effects
    }

    /// Why the last command could not be carried out.
    #[must_use]
    pub fn store_error(&self) -> Option<StoreError> {
        self.store_error
    }

    /// Everything that is kept.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// The page that is shown.
    #[must_use]
    pub fn page(&self) -> Page {
        self.screen.stack.last().copied().unwrap_or(Page::Home)
    }

    /// When the core wants an [`Incoming::Tick`]: the next second of a countdown, the next try, the next day.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let midnight = self
            .now
            .tomorrow()
            .and_then(|day| day.start_of_day())
            .ok()
            .map(|day| day.timestamp());
        [
            help::next_wake(self),
            sync::next_wake(self),
            self.screen.speech.next_wake(),
            midnight,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What is on the screen.
    #[must_use]
    pub fn view(&self) -> View {
        let mut page = PageBuilder::new(self);
        let body = self.body(&mut page);
        let words = page.words;
        let speech = &self.screen.speech;
        let corner = if self.page() == Page::Home {
            let (date, lunar) = calendar::today(words.language(), self.now.date());
            Corner::Day { date, lunar }
        } else {
            Corner::Back(words.get("bar-back"))
        };
        View {
            page: self.page(),
            visit: self.screen.visit,
            language: words.language(),
            text: self.records.settings.text,
            theme: self.records.settings.theme,
            bars: Bars {
                name: words.get("app-name"),
                corner,
                read: words.get(if speech.is_reading() {
                    "bar-stop-reading"
                } else {
                    "bar-read"
                }),
                reading: speech.is_reading(),
                home: words.get("bar-home"),
                help: words.get("bar-help"),
                up: words.get("bar-up"),
                down: words.get("bar-down"),
            },
            brightest: is_shown_to_scanners(&body),
            body,
            reading: page.reading,
            being_read: speech.being_read(),
            caption: speech.caption(),
        }
    }

    fn body(&self, page: &mut PageBuilder<'_>) -> Body {
        match self.page() {
            Page::FirstText | Page::FirstVoice | Page::FirstLanguage => first_start::view(self.page(), page),
            Page::Home => home::view(page),
            Page::HealthCode | Page::Documents | Page::AddDocument | Page::Files => {
                health_code::view(self.page(), page)
            }
            Page::Print | Page::PrintWhere => certificates::view(self.page(), page),
            Page::Hospitals
            | Page::Departments
            | Page::Department
            | Page::Days
            | Page::Times
            | Page::ConfirmVisit
            | Page::Visits
            | Page::Visit
            | Page::CancelVisit => appointments::view(self.page(), page),
            Page::Wallet | Page::AddCard | Page::Card => wallet::view(self.page(), page),
            Page::Help => help::view(page),
            Page::Emergency | Page::Contact => help::settings_view(self.page(), page),
            Page::Settings
            | Page::TextSize
            | Page::Contrast
            | Page::Voice
            | Page::Language
            | Page::Helpers
            | Page::YourData
            | Page::EraseAll => settings::view(self.page(), page),
            Page::Result => result::view(page),
            Page::Enter(field) => entry::view(field, page),
        }
    }

    /// The moment of this turn, in the person's time zone.
    pub(crate) fn now(&self) -> &Zoned {
        &self.now
    }

    /// The words of the language that is set.
    pub(crate) fn words(&self) -> Words {
        Words::of(self.records.settings.language)
    }

    /// The hub's address; `None` where there is none, and the app stays offline.
    pub(crate) fn hub(&self) -> Option<String> {
        let hub = self.screen.hub_override.as_ref().unwrap_or(&self.records.settings.hub);
        (!hub.is_empty()).then(|| hub.clone())
    }
}

/// Whether a page is held under a scanner.
fn is_shown_to_scanners(body: &Body) -> bool {
    matches!(body, Body::Code(code) if code.symbol.is_some())
}

/// One command on its way through: what a feature may do.
pub(crate) struct Turn<'a> {
    pub core: &'a mut Core,
    store: &'a mut dyn Store,
    pub effects: Vec<Effect>,
}

impl Turn<'_> {
    fn carry_out(&mut self, command: Command) -> Result<(), StoreError> {
        match command {
            Command::Start(start) => self.start(start)?,
            Command::Open(page) => self.open(page),
            Command::Back => self.back(),
            Command::Home => self.home(),
            Command::CallHelp => self.open(Page::Help),
            Command::ReadAloud => self.read_aloud(),
            Command::Undo => self.undo()?,
            Command::Type { field, text } => entry::keep(self, field, text)?,
            Command::Enter { field, text } => entry::finish(self, field, &text)?,
            Command::FirstStart(command) => first_start::update(self, command)?,
            Command::Settings(command) => settings::update(self, command)?,
            Command::HealthCode(command) => health_code::update(self, command)?,
            Command::Certificates(command) => certificates::update(self, command),
            Command::Appointments(command) => appointments::update(self, command)?,
            Command::Wallet(command) => wallet::update(self, command)?,
            Command::Help(command) => help::update(self, command)?,
            Command::Incoming(incoming) => self.incoming(incoming)?,
        }
        Ok(())
    }

    fn start(&mut self, start: Start) -> Result<(), StoreError> {
        self.core.screen.hub_override = start.hub;
        if let (false, Some(language)) = (self.core.records.settings.welcomed, start.language) {
            let mut settings = self.core.records.settings.clone();
            settings.language = language;
            self.commit(vec![Change::Settings(settings)])?;
        }
        self.core.screen.stack = vec![Page::Home];
        if !self.core.records.settings.welcomed {
            self.core.screen.stack.push(Page::FirstText);
        }
        match start.page {
            Some(Page::Home) | None => self.entered(),
            Some(page) => self.open(page),
        }
        sync::begin(self);
        if let Some(notice) = start.notice {
            self.show(Outcome::store_notice(notice, &self.core.now));
        }
        Ok(())
    }

    fn incoming(&mut self, incoming: Incoming) -> Result<(), StoreError> {
        match incoming {
            Incoming::Tick => {
                help::tick(self);
                let now = self.now();
                self.core.screen.speech.tick(now);
            }
            Incoming::NetworkBack => sync::try_again_now(self)?,
            Incoming::Answer { id, answer } => sync::answered(self, id, answer)?,
            Incoming::Fetched(fetched) => sync::fetched(self, fetched)?,
            Incoming::Files(files) => self.core.screen.health_code.files = Some(files),
            Incoming::File { path, content } => health_code::file_read(self, &path, content)?,
            Incoming::Saved(saved) => settings::copy_saved(self, saved),
            Incoming::Voice(report) => {
                let now = self.now();
                self.core.screen.speech.report(report, now);
            }
        }
        Ok(())
    }

    /// This moment.
    pub fn now(&self) -> Timestamp {
        self.core.now.timestamp()
    }

    /// A fresh id.
    pub fn uuid(&mut self) -> uuid::Uuid {
        self.core.ids.uuid()
    }

    /// Carries out changes on the store and then in memory. After it, undo has nothing.
    ///
    /// # Errors
    /// The store's; nothing has changed then.
    pub fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.store.commit(&changes)?;
        let lists = changes
            .iter()
            .any(|change| matches!(change, Change::TrustList(_) | Change::EraseAll));
        changes.iter().for_each(|change| self.core.records.apply(change));
        self.core.screen.undo.clear();
        if lists {
            self.core.trust.reload(&self.core.records, self.core.now.timestamp());
        }
        Ok(())
    }

    /// The same, and [`Command::Undo`] takes it back.
    ///
    /// # Errors
    /// The store's; nothing has changed then.
    pub fn commit_undoable(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut before = self.core.records.clone();
        let mut back = Vec::with_capacity(changes.len());
        for change in &changes {
            back.extend(before.inverse(change));
            before.apply(change);
        }
        self.commit(changes)?;
        back.reverse();
        self.core.screen.undo = back;
        Ok(())
    }

    fn undo(&mut self) -> Result<(), StoreError> {
        let back = std::mem::take(&mut self.core.screen.undo);
        if back.is_empty() {
            return Ok(());
        }
        // Kept until the store has said yes, so that a failed undo can be tried again.
        if let Err(error) = self.store.commit(&back) {
            self.core.screen.undo = back;
            return Err(error);
        }
        back.iter().for_each(|change| self.core.records.apply(change));
        self.show(Outcome::undone());
        Ok(())
    }

    /// Opens a page above this one; opening the same page again only refreshes it.
    pub fn open(&mut self, page: Page) {
        if page == Page::Home {
            return self.home();
        }
        if self.core.page() != page {
            self.leave();
            self.core.screen.stack.push(page);
        }
        self.entered();
    }

    /// Opens a page in the place of this one, so that 返回 does not lead back to it.
    pub fn replace(&mut self, page: Page) {
        self.leave();
        self.core.screen.stack.pop();
        self.core.screen.stack.push(page);
        self.entered();
    }

    /// Shows what came of something; it takes the place of an older result.
    pub fn show(&mut self, outcome: Outcome) {
        self.effects.extend(
            outcome
                .sound()
                .map(|sound| Effect::Play(sound, self.core.records.settings.volume)),
        );
        self.core.screen.outcome = Some(outcome);
        if self.core.page() == Page::Result {
            self.entered()
        } else {
            self.open(Page::Result)
        }
    }

    /// Leaves this page for the one below it.
    pub fn back(&mut self) {
        self.leave();
        if self.core.screen.stack.len() > 1 {
            self.core.screen.stack.pop();
        }
        self.entered();
    }

    /// Leaves all pages up to `page`, which is opened if it was not below.
    pub fn back_to(&mut self, page: Page) {
        self.leave();
        if let Some(place) = self.core.screen.stack.iter().position(|&below| below == page) {
            self.core.screen.stack.truncate(place + 1);
        } else {
            self.core.screen.stack = vec![Page::Home, page];
        }
        self.entered();
    }

    fn home(&mut self) {
        self.leave();
        self.core.screen.stack = vec![Page::Home];
        self.entered();
    }

    fn leave(&mut self) {
        self.core.screen.problem = None;
        help::left(self);
    }

    fn entered(&mut self) {
        self.core.screen.visit += 1;
        self.core.screen.entered = true;
        self.core.screen.speech.forget();
        let page = self.core.page();
        health_code::entered(self, page);
        appointments::entered(self, page);
    }

    /// Plays a short sound.
    pub fn play(&mut self, sound: Sound) {
        let volume = self.core.records.settings.volume;
        self.effects.push(Effect::Play(sound, volume));
    }

    /// What was typed can't be taken: the page says why, and so does the voice.
    pub fn refuse(&mut self) {
        self.play(Sound::Refused);
        if let Some(problem) = self.core.screen.problem {
            self.say(self.core.words().get(problem));
        }
    }

    /// Whether pages speak when they open. The call for help always does.
    fn speaks(&self) -> bool {
        self.core.records.settings.voice || self.core.page() == Page::Help
    }

    /// Says what the page that was opened in this turn is about, or stops speaking of the one that was left.
    fn announce(&mut self) {
        if !std::mem::take(&mut self.core.screen.entered) {
            return;
        }
        let mut page = PageBuilder::new(self.core);
        let brightest = is_shown_to_scanners(&self.core.body(&mut page));
        let parts = page.announcement();
        if std::mem::replace(&mut self.core.screen.brightest, brightest) != brightest {
            self.effects.push(Effect::Brightest(brightest));
        }
        if self.speaks() && !parts.is_empty() {
            let caption = matches!(self.core.page(), Page::Result);
            let effect = self
                .core
                .screen
                .speech
                .announce(parts, caption, &self.core.records.settings);
            self.effects.push(effect);
        } else {
            self.effects.push(Effect::Hush);
        }
    }

    fn read_aloud(&mut self) {
        if self.core.screen.speech.is_reading() {
            self.core.screen.speech.forget();
            self.effects.push(Effect::Hush);
            return;
        }
        let parts = self.core.view().reading;
        let effect = self.core.screen.speech.read(parts, &self.core.records.settings);
        self.effects.push(effect);
    }

    /// Says a sentence that is not a page's announcement, such as a second of the countdown.
    pub fn say(&mut self, sentence: String) {
        let effect = self.core.screen.speech.say(sentence, &self.core.records.settings);
        self.effects.push(effect);
    }
}
