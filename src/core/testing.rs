//! What the features' tests share: a core on a store in memory, at a fixed time.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use anban_credential::{
    Claims, DocumentId, Health, Issuer, Kind, Person, RootKey, Signer, SigningKey, Status, TrustListBuilder,
};
use jiff::{SignedDuration, Timestamp, Zoned};
use ring::rand::SystemRandom;

use crate::app::{Command, Core, Incoming, Page, Start, Surroundings};
use crate::appointments::{Department, Directory, Hospital, OpenSlot, Timetable, Words};
use crate::effect::{Effect, Fetched, FileContent, FileTrouble, Utterance};
use crate::ids::{RequestId, SeededIds};
use crate::outbox::{Answer, Request, Trouble};
use crate::settings::{Settings, TextSize};
use crate::store::{Change, MemoryStore, Records, Store, StoreError};
use crate::view::{Body, Choice, Fact, Line, View};

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
        let mut records = newcomer();
        records.settings.hub = HUB.to_owned();
        Self::with(records)
    }

    /// The program ends and starts again: only what is in the store is still there.
    pub fn restarted(mut self) -> Self {
        let records = self.store.load().unwrap();
        let mut again = Self::trusting(records, self.root.take(), 1_000);
        again.now = self.now;
        again.gets(Incoming::Tick);
        again
    }

    /// Carries out a command; what was kept and what is in memory are the same after it.
    pub fn does(&mut self, command: Command) -> &mut Self {
        self.effects = self.core.update(command, &mut self.store, &self.now);
        assert_eq!(*self.core.records(), self.store.load().unwrap());
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
    }
}

/// The parts of the reading that a body names, in the order in which they stand on the page.
pub(crate) fn parts(body: &Body) -> Vec<usize> {
    let lines = |lines: &[Line]| lines.iter().map(|line| line.part).collect::<Vec<_>>();
    let facts = |facts: &[Fact]| facts.iter().map(|fact| fact.part).collect::<Vec<_>>();
    let mut parts = vec![title(body).part];
    match body {
        Body::Home(_) => {}
        Body::Question(view) => parts.extend([lines(&view.lines), facts(&view.facts)].concat()),
        Body::Code(view) => {
            parts.extend(lines(&view.lines));
            parts.extend(view.number.iter().map(|number| number.part));
            parts.extend(facts(&view.facts));
        }
        Body::Entry(view) => {
            parts.extend(view.problem.iter().map(|problem| problem.part));
            parts.extend(lines(&view.lines));
        }
        Body::Help(view) => {
            parts.extend(view.number.iter().map(|number| number.part));
            parts.extend(facts(&view.facts));
        }
    }
    parts.extend(body.choices().map(|choice| choice.part));
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
    assert!(parts.iter().all(|&part| part < view.reading.len()), "{page:?}");
    if let Some(part) = view.being_read {
        assert!(
            part < view.reading.len(),
            "{page:?}: the part that is read is on the page"
        );
    }
}

/// Hospitals and departments of a small town, heard of at `at`.
pub(crate) fn directory(at: Timestamp) -> Directory {
    let words = |chinese: &str, english: &str| Words {
        chinese: chinese.to_owned(),
        english: english.to_owned(),
    };
    let department = |id: &str, hospital: &str, chinese: &str, english: &str, phone: &str| Department {
        id: id.to_owned(),
        hospital: hospital.to_owned(),
        name: words(chinese, english),
        phone: phone.to_owned(),
        counter: words("门诊楼一层三号窗口，八点到十七点", "Ground floor, counter 3"),
        bring: words("身份证和社保卡", "identity card"),
        quota_today: Some(5),
    };
    Directory {
        fetched_at: at,
        hospitals: vec![
            Hospital {
                id: "first".to_owned(),
                name: words("市第一医院", "First Hospital"),
                address: words("人民路1号", "1 People's Road"),
                phone: "01055550000".to_owned(),
            },
            Hospital {
                id: "lane".to_owned(),
                name: words("槐树社区卫生站", ""),
                address: words("槐树街2号", ""),
                phone: String::new(),
            },
        ],
        departments: vec![
            department("heart", "first", "心内科", "Cardiology", "01055550101"),
            department("eyes", "first", "眼科", "Eyes", ""),
            department("general", "lane", "全科", "General", ""),
        ],
    }
}

/// Free times of the heart department: one that is past, two tomorrow, one the day after.
pub(crate) fn timetable(at: Timestamp) -> Timetable {
    let slot = |id: &str, start: &str| {
        let start = shanghai(start);
        OpenSlot {
            id: id.to_owned(),
            start,
            end: start + SignedDuration::from_mins(30),
            practitioner: Some(Words {
                chinese: "张大夫".to_owned(),
                english: "Dr Zhang".to_owned(),
            }),
        }
    };
    Timetable {
        department: "heart".to_owned(),
        fetched_at: at,
        slots: vec![
            slot("past", "2026-11-22T08:00"),
            slot("monday-early", "2026-11-23T09:30"),
            slot("monday-late", "2026-11-23T14:00"),
            slot("tuesday", "2026-11-24T10:00"),
        ],
    }
}

/// What a person has after some months: something of everything.
pub(crate) fn filled() -> Records {
    let mut bench = Bench::with_hub();
    let at = bench.at();
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    for (page, typed) in [
        (crate::entry::Field::Name, "王秀兰"),
        (crate::entry::Field::Address, "槐树街3号楼2单元101"),
        (crate::entry::Field::MedicalNotes, "高血压，对青霉素过敏"),
        (crate::entry::Field::IdentityNumber, "11010519491231002X"),
    ] {
        bench.opens(Page::Enter(page)).types(typed);
    }
    bench
        .opens(Page::Emergency)
        .taps("emergency-add")
        .types("女儿")
        .types("138 0013 8000");
    bench
        .opens(Page::AddCard)
        .taps("card-transit")
        .types("公交卡")
        .types("6901234567892");
    bench.does(Command::HealthCode(crate::health_code::Command::Import {
        text: Region::new().issue(&health_claims(1, Status::Green)),
    }));
    bench
        .does(Command::Home)
        .taps("home-doctor")
        .taps("first")
        .taps("heart");
    bench.taps("department-soonest").taps("confirm-yes");
    bench.does(Command::Settings(crate::settings::Command::SetText(TextSize::Largest)));
    bench.does(Command::Type {
        field: crate::entry::Field::CardName,
        text: "会员".to_owned(),
    });
    bench.core.records().clone()
}

/// Who issues documents in the tests.
pub(crate) const ISSUER: &str = "安城市卫生健康委员会";

/// Claims of a health code, valid for a week from two days ago.
pub(crate) fn health_claims(id: u8, status: Status) -> Claims {
    Claims {
        issuer: ISSUER.to_owned(),
        subject: None,
        issued_at: shanghai("2026-11-20T09:00"),
        expires_at: shanghai("2026-11-27T09:00"),
        id: DocumentId::new([id; 16]),
        kind: Kind::HealthStatus,
        person: Person {
            name: "王秀兰".to_owned(),
            sex: None,
            nationality: None,
            identity_document: None,
            registered_region: None,
            address: None,
            telephone: None,
            medical_history: Vec::new(),
        },
        health: Some(Health { status, reason: None }),
        details: std::collections::BTreeMap::new(),
    }
}

/// A region: its root, and one issuer that its lists vouch for.
pub(crate) struct Region {
    root: SigningKey,
    pub issuer: Issuer,
}

impl Region {
    pub fn new() -> Self {
        let random = SystemRandom::new();
        Self {
            root: SigningKey::generate(&random).unwrap().0,
            issuer: Issuer::generate(&random).unwrap().0,
        }
    }

    pub fn root_key(&self) -> RootKey {
        self.root.public_key().clone().into()
    }

    pub fn issue(&self, claims: &Claims) -> String {
        self.issuer.issue(claims, &SystemRandom::new()).unwrap()
    }

    /// A list that vouches for the issuer.
    pub fn list(&self, sequence: u64) -> TrustListBuilder {
        let (issued, expires) = (shanghai("2026-11-01T00:00"), shanghai("2026-12-31T00:00"));
        TrustListBuilder::new("110000", sequence, issued, expires)
            .signer(Signer::of_issuer(self.issuer.public_key(), ISSUER))
    }

    pub fn sign(&self, list: &TrustListBuilder) -> Vec<u8> {
        list.sign(&self.root, &SystemRandom::new()).unwrap()
    }

    /// A core that believes this region's issuer.
    pub fn bench(&self) -> Bench {
        let mut records = newcomer();
        records.settings.hub = HUB.to_owned();
        let mut bench = Bench::trusting(records, Some(self.root_key()), 1);
        let list = self.sign(&self.list(2));
        bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
        bench
    }
}
