//! What the features' tests share: a core on a store in memory, at a fixed time.
#![allow(clippy::unwrap_used, clippy::panic)]

mod archive;
mod samples;

use std::collections::BTreeSet;

use anban_credential::RootKey;
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::account::{Account, AccountState};
use crate::app::{Command, Core, Incoming, Page, Start, Surroundings};
use crate::effect::{Effect, FileContent, FileTrouble, Utterance};
use crate::ids::{PhotoId, RequestId, SeededIds};
use crate::outbox::{Answer, Request, Trouble};
use crate::settings::Settings;
use crate::store::{Change, MemoryStore, Records, Store, StoreError};
use crate::view::{Body, Choice, Fact, Line, View};

pub(crate) use archive::archive;
pub(crate) use samples::{ISSUER, Region, directory, filled, health_claims, timetable};

pub(crate) const HUB: &str = "http://hub.example";

/// A store in memory whose disk can become full.
pub(crate) struct SmallDisk {
    memory: MemoryStore,
    pub full: bool,
}

impl Store for SmallDisk {
    fn load(&mut self) -> Result<Records, StoreError> {
        self.memory.load()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if self.full {
            return Err(StoreError::Full);
        }
        self.memory.commit(changes)
    }

    fn photo(&mut self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.photo(id)
    }

    fn photos(&mut self) -> Result<BTreeSet<PhotoId>, StoreError> {
        self.memory.photos()
    }
}

/// A core, its store, and the time, as one would hold them in a hand.
pub(crate) struct Bench {
    pub core: Core,
    pub store: SmallDisk,
    pub now: Zoned,
    pub effects: Vec<Effect>,
    root: Option<RootKey>,
}

/// Sunday, 22 November 2026, nine in the morning.
pub(crate) fn sunday_morning() -> Zoned {
    "2026-11-22T09:00:00+08:00[Asia/Shanghai]".parse().unwrap()
}

/// A moment in Shanghai: `"2026-11-23T09:30"`.
pub(crate) fn shanghai(at: &str) -> Timestamp {
    format!("{at}:00+08:00").parse().unwrap()
}

/// What is kept of a person who has answered the three questions, and nothing else.
pub(crate) fn newcomer() -> Records {
    Records {
        settings: Settings {
            welcomed: true,
            ..Settings::default()
        },
        ..Records::default()
    }
}

/// The same with a hub in the settings that has no accounts.
pub(crate) fn with_plain_hub(mut records: Records) -> Records {
    records.settings.hub = HUB.to_owned();
    // Nothing here takes so long that it would be asked again.
    let at = shanghai("2030-01-01T00:00");
    let account = Account {
        state: AccountState::NotOffered { at },
        ..Account::new(HUB.to_owned(), &mut SeededIds::new(99))
    };
    records.accounts.insert(HUB.to_owned(), account);
    records
}

/// The same with a hub in the settings that knows this device.
pub(crate) fn with_account(records: Records) -> Records {
    let mut records = with_plain_hub(records);
    if let Some(account) = records.accounts.get_mut(HUB) {
        account.state = AccountState::Known {
            device: "device-1".to_owned(),
            patient: "patient-1".to_owned(),
        };
    }
    records
}

impl Bench {
    /// A core that knows `records`, and trusts lists of `root`; just started.
    pub fn trusting(records: Records, root: Option<RootKey>, seed: u64) -> Self {
        let now = sunday_morning();
        let surroundings = Surroundings {
            ids: Box::new(SeededIds::new(seed)),
            root: root.clone(),
        };
        let mut bench = Self {
            core: Core::new(records.clone(), surroundings, now.clone()),
            store: SmallDisk {
                memory: MemoryStore::new(records),
                full: false,
            },
            now,
            effects: Vec::new(),
            root,
        };
        bench.does(Command::Start(Start::default()));
        bench
    }

    /// A core that knows `records`, just started.
    pub fn with(records: Records) -> Self {
        // Ids that are drawn now must not be those of what is kept.
        let kept = records.visits.len() + records.cards.len() + records.documents.len() + records.contacts.len();
        Self::trusting(records, None, 1 + kept as u64)
    }

    /// A core of a person who has answered the three questions, and nothing else.
    pub fn new() -> Self {
        Self::with(newcomer())
    }

    /// The same with a hub in the settings.
    pub fn with_hub() -> Self {
        Self::with(with_plain_hub(newcomer()))
    }

    /// The program ends and starts again: only what is in the store is still there.
    pub fn restarted(mut self) -> Self {
        let records = self.store.load().unwrap();
        let mut again = Self::trusting(records, self.root.take(), 1_000);
        again.now = self.now;
        again.gets(Incoming::Tick);
        again
    }

    /// Carries out a command; what was kept and what is in memory are the same after it, and the page holds together.
    pub fn does(&mut self, command: Command) -> &mut Self {
        self.effects = self.core.update(command, &mut self.store, &self.now);
        assert_eq!(*self.core.records(), self.store.load().unwrap());
        check(&self.core.view());
        self
    }

    pub fn opens(&mut self, page: Page) -> &mut Self {
        self.does(Command::Open(page))
    }

    /// Taps the button with this id.
    pub fn taps(&mut self, id: &str) -> &mut Self {
        let command = self.choice(id).command;
        self.does(command)
    }

    /// Types into the field that is open and ends it.
    pub fn types(&mut self, text: &str) -> &mut Self {
        let Body::Entry(entry) = self.view().body else {
            panic!("{:?} is no page to type into", self.page())
        };
        self.does(entry.done.command.with_text(text))
    }

    /// What the field holds that is open.
    #[track_caller]
    pub fn field(&self) -> String {
        match self.view().body {
            Body::Entry(entry) => entry.text,
            _ => panic!("{:?} is no page to type into", self.page()),
        }
    }

    /// Something comes from outside.
    pub fn gets(&mut self, incoming: Incoming) -> &mut Self {
        self.does(Command::Incoming(incoming))
    }

    /// A service answers.
    pub fn hears(&mut self, id: RequestId, answer: Answer) -> &mut Self {
        self.gets(Incoming::Answer { id, answer })
    }

    /// A request was sent in vain.
    pub fn hears_nothing(&mut self, id: RequestId) -> &mut Self {
        self.hears(id, Answer::NoAnswer(Trouble::Unreachable))
    }

    /// A file was read, or not.
    pub fn reads(&mut self, content: Result<FileContent, FileTrouble>) -> &mut Self {
        self.gets(Incoming::File {
            path: "/home/wang/Pictures/code.png".to_owned(),
            content,
        })
    }

    /// Time passes, and the core is woken.
    pub fn after(&mut self, time: SignedDuration) -> &mut Self {
        self.now = self.now.checked_add(time).unwrap();
        self.gets(Incoming::Tick)
    }

    pub fn after_seconds(&mut self, seconds: i64) -> &mut Self {
        self.after(SignedDuration::from_secs(seconds))
    }

    pub fn view(&self) -> View {
        self.core.view()
    }

    pub fn page(&self) -> Page {
        self.core.page()
    }

    pub fn choice_ids(&self) -> Vec<String> {
        self.view().body.choices().map(|choice| choice.id.clone()).collect()
    }

    pub fn choice(&self, id: &str) -> Choice {
        let body = self.view().body;
        let found = body.choices().find(|choice| choice.id == id).cloned();
        found.unwrap_or_else(|| panic!("no {id:?} on {:?}: {:?}", self.page(), self.choice_ids()))
    }

    /// All that the page says.
    pub fn says(&self) -> String {
        self.view().reading.join("\n")
    }

    /// What stands at the top of the page.
    pub fn title(&self) -> String {
        title(&self.view().body).text.clone()
    }

    /// What was handed to the voice in the last turn.
    pub fn spoken(&self) -> Option<Utterance> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Speak(utterance) => Some(utterance.clone()),
            _ => None,
        })
    }

    /// The requests that went out in the last turn.
    pub fn sent(&self) -> Vec<(RequestId, Request)> {
        let sent = self.effects.iter().filter_map(|effect| match effect {
            Effect::Send { id, request, .. } => Some((*id, request.clone())),
            _ => None,
        });
        sent.collect()
    }

    /// The numbers that were handed to the telephone in the last turn.
    pub fn dialled(&self) -> Vec<String> {
        let dialled = self.effects.iter().filter_map(|effect| match effect {
            Effect::Dial { number } => Some(number.clone()),
            _ => None,
        });
        dialled.collect()
    }

    pub fn at(&self) -> Timestamp {
        self.now.timestamp()
    }
}

pub(crate) fn title(body: &Body) -> &Line {
    match body {
        Body::Home(view) => &view.greeting,
        Body::Question(view) => &view.title,
        Body::Code(view) => &view.state,
        Body::Entry(view) => &view.title,
        Body::Help(view) => &view.title,
        Body::Verdict(view) => &view.word,
        Body::Show(view) => &view.sentence,
        Body::Money(view) => &view.title,
    }
}

/// The parts of the reading that a body names, in the order in which they stand on the page.
pub(crate) fn parts(body: &Body) -> Vec<usize> {
    let lines = |lines: &[Line]| lines.iter().map(|line| line.part).collect::<Vec<_>>();
    let facts = |facts: &[Fact]| facts.iter().map(|fact| fact.part).collect::<Vec<_>>();
    let mut parts = vec![title(body).part];
    match body {
        Body::Home(_) => {}
        Body::Question(view) => {
            parts.extend([lines(&view.lines), facts(&view.facts)].concat());
            parts.extend(view.bars.iter().map(|bar| bar.part));
            parts.extend(view.choices.iter().map(|choice| choice.part));
            parts.extend(facts(&view.details));
            return parts;
        }
        Body::Code(view) => {
            let read_with_it = [&view.holder, &view.what, &view.covered].into_iter().flatten();
            parts.extend(read_with_it.map(|line| line.part));
            parts.dedup();
            parts.extend(lines(&view.lines));
            // Rows of buttons stand above the facts here.
            parts.extend(view.people.iter().chain(&view.kinds).map(|choice| choice.part));
            parts.extend(view.number.iter().map(|number| number.part));
            let photos = view.photos.iter().filter_map(|photo| photo.open.as_ref());
            parts.extend(photos.map(|open| open.part));
            parts.extend(facts(&view.facts));
            parts.extend(view.choices.iter().map(|choice| choice.part));
            return parts;
        }
        Body::Entry(view) => {
            parts.extend(view.problem.iter().map(|problem| problem.part));
            parts.extend(lines(&view.lines));
            parts.extend(view.mistake.iter().map(|mistake| mistake.why.part));
        }
        Body::Verdict(view) => {
            parts.extend(view.name.iter().map(|name| name.part));
            parts.extend([lines(&view.lines), facts(&view.facts)].concat());
        }
        Body::Money(view) => {
            parts.extend(lines(&view.lines));
            parts.extend(view.total.iter().map(|total| total.part));
            let plain = view.rows.iter().filter(|row| row.add.is_none() && row.take.is_none());
            parts.extend(plain.map(|row| row.part));
        }
        Body::Show(view) => {
            parts.extend(view.other.iter().map(|other| other.part));
            parts.extend(lines(&view.lines));
        }
        Body::Help(view) => {
            parts.extend(view.number.iter().map(|number| number.part));
            parts.extend(facts(&view.facts));
        }
    }
    parts.extend(body.choices().map(|choice| choice.part));
    if let Body::Show(view) = body {
        parts.extend(lines(&view.grounds));
    }
    parts
}

/// A view must hold together, whatever led to it.
pub(crate) fn check(view: &View) {
    let page = view.page;
    assert!(!title(&view.body).text.is_empty(), "{page:?} has a title");
    assert!(!view.reading.is_empty(), "{page:?} can be read aloud");
    let (mut seen, parts) = (BTreeSet::new(), parts(&view.body));
    for choice in view.body.choices() {
        assert!(
            seen.insert(&choice.id),
            "{page:?} has two buttons called {:?}",
            choice.id
        );
        assert!(!choice.text.is_empty(), "{page:?}: {:?} has words", choice.id);
    }
    assert!(!seen.is_empty(), "{page:?} leads on");
    assert!(
        parts.is_sorted_by(|one, two| one < two),
        "{page:?} is read as it stands: {parts:?}"
    );
    assert_eq!(
        parts.len(),
        view.reading.len(),
        "{page:?}: what is read stands there: {:?}",
        view.reading
    );
    assert!(parts.iter().all(|&part| part < view.reading.len()), "{page:?}");
    if let Some(part) = view.being_read {
        assert!(
            part < view.reading.len(),
            "{page:?}: the part that is read is on the page"
        );
    }
}
