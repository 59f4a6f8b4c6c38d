//! A small town, a person who lives there, and whoever signs their documents.

use std::collections::BTreeMap;

use anban_credential::{
    Claims, DocumentId, Health, Issuer, Kind, Person, RootKey, Signer, SigningKey, Status, TrustListBuilder, envelope,
};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;

use super::{Bench, newcomer, shanghai, with_plain_hub};
use crate::app::{Command, Incoming, Page};
use crate::appointments::{Department, Directory, Hospital, OpenSlot, Timetable, Words};
use crate::effect::Fetched;
use crate::settings::TextSize;
use crate::store::Records;

/// Hospitals and departments of a small town, heard of at `at`.
pub(crate) fn directory(at: Timestamp) -> Directory {
    let words = |chinese: &str, english: &str| Words {
        chinese: chinese.to_owned(),
        english: english.to_owned(),
    };
    let department = |id: &str, hospital: &str, chinese: &str, english: &str, phone: &str| Department {
        specialty: match id {
            "heart" => "03.04",
            "eyes" => "10",
            _ => "02",
        }
        .to_owned(),
        hours: words("八点到十七点", "8:00 to 17:00"),
        treats: Words::default(),
        id: id.to_owned(),
        hospital: hospital.to_owned(),
        name: words(chinese, english),
        phone: phone.to_owned(),
        counter: words("门诊楼一层三号窗口", "Ground floor, counter 3"),
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
        counters: Vec::new(),
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
            schedule: String::new(),
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
        cursor: None,
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
        .opens(Page::CardKinds)
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
    // A purse with enough for a day out, something that was bought, and a bill that is not due soon.
    bench.opens(Page::Purse).taps("add-100").taps("add-1-coin");
    bench
        .opens(Page::Spending)
        .taps("spending-add")
        .types("12.5")
        .taps("spent-groceries");
    bench
        .opens(Page::Bills)
        .taps("bill-add")
        .taps("bill-water")
        .taps("bill-monthly");
    bench
        .types("5")
        .taps("bill-month-2026-12")
        .types("")
        .taps("bill-place-later");
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
        details: BTreeMap::new(),
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

    /// A code that names this region's issuer and its key, and was signed with another.
    pub fn forge(&self) -> String {
        let genuine = self.issue(&health_claims(7, Status::Red));
        let other = self.issue(&health_claims(7, Status::Green));
        let bytes = |text: &str| envelope::inflate(&envelope::decode_base45(&text[4..]).unwrap()).unwrap();
        let (genuine, mut forged) = (bytes(&genuine), bytes(&other));
        // ES256: the last 64 bytes are the signature, here that of another message.
        let end = forged.len() - 64;
        forged[end..].copy_from_slice(&genuine[genuine.len() - 64..]);
        envelope::wrap("AB1:", &forged)
    }

    /// A core that believes this region's issuer.
    pub fn bench(&self) -> Bench {
        let records = with_plain_hub(newcomer());
        let mut bench = Bench::trusting(records, Some(self.root_key()), 1);
        let list = self.sign(&self.list(2));
        bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
        bench
    }
}
