//! The way round: a command comes in, what is kept changes, effects go out, and the view says what is on the screen.
//!
//! This file knows every feature by one variant of [`Command`] and its pages, and no feature's rules. What is common
//! to all pages, such as opening and leaving them, undo, and speaking on entry, is in `turn.rs`.

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::effect::{
    Effect, FeedName, Fetched, FileContent, FileTrouble, FoundFile, PrintTrouble, SavedFile, Shared, VoiceReport,
};
use crate::entry::{self, Field};
use crate::ids::{IdSource, PrintJobId, RequestId};
use crate::outbox::Answer;
use crate::page::PageBuilder;
use crate::printing::{FoundPrinter, PrintReport};
use crate::result::Outcome;
use crate::settings::Language;
use crate::speech::Speech;
use crate::store::{Change, Records, Store, StoreError, StoreNotice};
use crate::turn::Turn;
use crate::view::{Bars, Body, Corner, View};
use crate::words::Words;
use crate::{
    appointments, calendar, cash, certificates, checkpoint, family, first_start, fraud, health_code, help, printing,
    register, requests, settings, sync, wallet,
};

pub use crate::pages::Page;

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
    /// The print queue and the printers.
    Printing(printing::Command),
    /// Seeing a doctor.
    Appointments(appointments::Command),
    /// Cards.
    Wallet(wallet::Command),
    /// Cash.
    Cash(cash::Command),
    /// The call for help.
    Help(help::Command),
    /// Checking other people's codes at a door.
    Checkpoint(checkpoint::Command),
    /// The entry register of a door.
    Register(register::Command),
    /// Relatives and family doctors.
    Family(family::Command),
    /// The question whether somebody has talked the person into something.
    Fraud(fraud::Command),
    /// What is not done yet.
    Requests(requests::Command),
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
    /// Which network there is now, where the system says.
    Link(Link),
    /// A feed that is listened to has something new.
    Changed(FeedName),
    /// The program is ending.
    Closing,
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
    /// A photograph of a card, as a small JPEG file, or why there is none.
    Photo(Result<Vec<u8>, FileTrouble>),
    /// A copy of everything was saved under this path, or not.
    Saved(Result<SavedFile, PrintTrouble>),
    /// What became of a job that was handed out or asked for.
    Print {
        /// The job.
        job: PrintJobId,
        /// Which attempt.
        attempt: u32,
        /// What came of it.
        report: PrintReport,
    },
    /// Printers nearby: all that were found so far.
    Printers {
        /// The printers.
        found: Vec<FoundPrinter>,
        /// Nothing more will come.
        finished: bool,
    },
    /// A paper was written to a file, or not.
    PaperSaved(Result<SavedFile, PrintTrouble>),
    /// What became of a file that is to go to the family.
    Shared(Shared),
    /// A calendar entry was saved, or not.
    CalendarSaved {
        /// The visit it is of.
        visit: crate::ids::VisitId,
        /// Its revision.
        sequence: u32,
        /// The file.
        saved: Result<SavedFile, PrintTrouble>,
    },
    /// What became of an utterance.
    Voice(VoiceReport),
    /// Whether there is a camera that can be used.
    Camera(bool),
}

/// Which network there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Link {
    /// None: nothing outside of this machine can be reached.
    None,
    /// One that is paid for by what is sent.
    Metered,
    /// One that costs nothing.
    Free,
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
    /// What goes on when the field that is open is finished.
    pub then: Option<Command>,
    /// What was typed and could not be kept.
    pub unsaved: std::collections::BTreeMap<entry::DraftId, String>,
    /// What is wrong with what was typed.
    pub problem: Option<&'static str>,
    /// A number that is likely to be wrong, and that the person has been told so of.
    pub doubted: Option<(Field, String)>,
    pub hub_override: Option<String>,
    /// The screen is at its brightest, since it shows a code.
    pub brightest: bool,
    /// The screen stays on, since it is held out to somebody.
    pub awake: bool,
    pub health_code: health_code::Screen,
    pub certificates: certificates::Screen,
    pub printing: printing::Screen,
    pub appointments: appointments::Screen,
    /// What was said of the days of visits.
    pub appointments_told: std::collections::BTreeMap<crate::ids::VisitId, appointments::Told>,
    /// When a reminder was left without an answer.
    pub reminder_left: Option<Timestamp>,
    pub wallet: wallet::Screen,
    pub cash: cash::Screen,
    pub help: help::Screen,
    pub checkpoint: checkpoint::Screen,
    pub register: register::Screen,
    pub family: family::Screen,
    pub fraud: fraud::Screen,
    pub requests: requests::Screen,
    pub sync: sync::Screen,
    pub speech: Speech,
}

/// The rules, with what they know.
pub struct Core {
    pub(crate) records: Records,
    pub(crate) screen: Screen,
    pub(crate) trust: health_code::Trust,
    /// The visits by their beginning, always those of the records.
    pub(crate) agenda: appointments::Agenda,
    now: Zoned,
    ids: Box<dyn IdSource>,
    store_error: Option<StoreError>,
}

impl Core {
    /// A core that knows `records`.
    #[must_use]
    pub fn new(records: Records, surroundings: Surroundings, now: Zoned) -> Self {
        let trust = health_code::Trust::new(surroundings.root, &records);
        let agenda = appointments::Agenda::of(&records);
        let screen = Screen {
            stack: vec![Page::Home],
            ..Screen::default()
        };
        Self {
            records,
            screen,
            trust,
            agenda,
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
        let from_outside = matches!(
            command,
            Command::Incoming(_) | Command::Help(help::Command::Dialled { .. })
        );
        let starting = matches!(command, Command::Start(_));
        let typed = match &command {
            Command::Type { field, text } | Command::Enter { field, text } => Some((*field, text.clone())),
            _ => None,
        };
        let mut turn = Turn {
            core: self,
            store,
            effects: Vec::new(),
            from_outside,
        };
        let done = turn.carry_out(command);
        if let Err(error) = done {
            turn.core.store_error = Some(error);
            sync::rest(&mut turn);
            turn.show(Outcome::not_saved(error));
        }
        if let Some((field, text)) = typed {
            // What is never kept is held here alone until it is taken.
            let open = field.is_never_kept() && turn.core.page() == Page::Enter(field);
            entry::hold(turn.core, field, (done.is_err() || open).then_some(text));
        }
        if starting && let Err(error) = wallet::let_go_of_photos(&mut turn) {
            turn.core.store_error.get_or_insert(error);
        }
        if let Err(error) = wallet::erase_what_is_over(&mut turn) {
            // As for the register.
            turn.core.store_error.get_or_insert(error);
        }
        if let Err(error) = register::erase_what_is_over(&mut turn) {
            // The next turn tries again; what was asked in this one is not undone by it.
            turn.core.store_error.get_or_insert(error);
        }
        sync::send_what_is_due(&mut turn);
        appointments::remind(&mut turn, starting);
        appointments::say_what_is_new(&mut turn);
        if let Err(error) = printing::carry_on(&mut turn) {
            turn.core.store_error.get_or_insert(error);
        }
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

    /// Whether a paper is being sent to a printer at this moment.
    #[must_use]
    pub fn is_sending_to_a_printer(&self) -> bool {
        printing::is_sending(self)
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
            register::next_wake(self),
            sync::next_wake(self),
            family::next_wake(self),
            printing::next_wake(self),
            wallet::next_wake(self),
            appointments::next_wake(self),
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
            awake: is_held_out(self.page(), &body),
            takes_scans: checkpoint::takes_scans(self.page()),
            body,
            reading: page.reading,
            being_read: speech.being_read(),
            caption: speech.caption(),
        }
    }

    /// Carries out a change in memory that the store has carried out.
    pub(crate) fn apply(&mut self, change: &Change) {
        self.agenda.follow(&self.records, change);
        self.records.apply(change);
    }

    /// A fresh id.
    pub(crate) fn fresh_id(&mut self) -> uuid::Uuid {
        self.ids.uuid()
    }

    /// Where ids come from, for what needs more randomness than one has.
    pub(crate) fn ids(&mut self) -> &mut dyn IdSource {
        self.ids.as_mut()
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

/// Whether a page is held out to somebody, who may take a while with it.
pub(crate) fn is_held_out(page: Page, body: &Body) -> bool {
    is_shown_to_scanners(body) || page == Page::CardCode || matches!(body, Body::Show(_))
}

/// Whether a page is held under a scanner.
pub(crate) fn is_shown_to_scanners(body: &Body) -> bool {
    matches!(body, Body::Code(code) if code.symbol.is_some())
}
