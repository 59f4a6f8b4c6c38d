//! The door: a code from the real hub, checked without a network on a second device; somebody without one; and what the
//! door has written down is gone when its time is over.

use anban_core::Command;
use anban_core::app::{Incoming, Page};
use anban_core::checkpoint;
use anban_core::effect::Effect;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::view::{Body, Mark, VerdictView, View};
use anban_credential::{RootKey, SigningKey, TrustList, TrustListBuilder};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;

use crate::common::hub::Hub;
use crate::common::person::{Person, code, kept, tells, word};
use crate::common::servers::{http, server};
use crate::common::{Home, repository};
use crate::identity_number;

fn answer(view: &View) -> &VerdictView {
    match &view.body {
        Body::Verdict(verdict) => verdict,
        other => panic!("no answer: {other:?}"),
    }
}

fn scans(person: &mut Person, text: &str) -> View {
    let text = text.to_owned();
    person
        .does(Command::Checkpoint(checkpoint::Command::Scanned { text }))
        .view
}

/// The text of a health code that the hub has issued.
fn issued(home: &Home, hub: &Hub) -> String {
    let mut person = Person::welcomed(home, &["--hub", &hub.url], "王秀英");
    person.enters(Field::IdentityNumber, &identity_number("99010119500315002"));
    person.does(Command::HealthCode(health_code::Command::AskForHealthStatus));
    let view = person.opens(Page::HealthCode);
    let text = code(&view).symbol.as_ref().unwrap().text.clone();
    person.leaves();
    text
}

/// A trust list newer than `list`, with the same signers, in which a document is taken back.
fn revoking(list: &[u8], id: &str) -> Vec<u8> {
    let random = SystemRandom::new();
    let root = std::fs::read(repository("assets/region/demo/root-demo-key.p8")).unwrap();
    let root = SigningKey::from_pkcs8(&root, &random).unwrap();
    let known = TrustList::open(list, &RootKey::from(root.public_key().clone()), Timestamp::now()).unwrap();
    let (issued, expires) = (known.issued_at(), known.expires_at());
    let next = TrustListBuilder::new(known.region(), known.sequence() + 1, issued, expires).revoke_document(id);
    let next = known
        .signers()
        .iter()
        .fold(next, |list, signer| list.signer(signer.clone()));
    next.sign(&root, &random).unwrap()
}

#[test]
fn a_code_of_the_hub_passes_at_a_door_without_a_network_until_it_is_revoked_or_over() {
    let (elder, data, staff) = (Home::new(), Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    let text = issued(&elder, &hub);
    let list = hub.bytes("/trust-list");

    // The door hears of the issuers once, and then stands alone.
    let mut door = Person::welcomed(&staff, &["--hub", &hub.url], "值班");
    door.network_is_back();
    door.leaves();
    assert_eq!(hub.stop(), Some(0));

    let mut door = Person::at(&staff, &[]);
    door.opens(Page::Checkpoint);
    let view = scans(&mut door, &text);
    assert_eq!(answer(&view).mark, Mark::Good, "{:?}", view.reading);
    assert_eq!(answer(&view).name.as_ref().unwrap().text, "王秀英");
    assert!(!view.reading.concat().contains("19500315"), "the number is masked");
    // One letter of it is another one.
    let at = text.len() / 2;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    let view = scans(&mut door, &format!("{}{other}{}", &text[..at], &text[at + 1..]));
    assert_eq!(answer(&view).mark, Mark::Bad, "{:?}", view.reading);
    door.leaves();

    // The clock of the door a week and more later.
    let later = (Timestamp::now() + SignedDuration::from_hours(10 * 24)).to_string();
    let mut door = Person::at(&staff, &["--now", &later]);
    door.opens(Page::Checkpoint);
    assert_eq!(answer(&scans(&mut door, &text)).mark, Mark::Bad);
    door.leaves();

    // The issuer takes it back, and the next list says so.
    let id = anban_credential::read(&text).unwrap().id();
    let next = revoking(&list, &id);
    let hub = server(move |asked, stream| {
        use std::io::Write;
        let answer = if asked.head.starts_with("GET /trust-list ") {
            http("200 OK", "application/cose", &next)
        } else {
            http("503 Service Unavailable", "text/plain", b"later")
        };
        let _ = stream.write_all(&answer);
    });
    let mut door = Person::at(&staff, &["--hub", &hub]);
    door.does(Command::Incoming(Incoming::NetworkBack));
    door.opens(Page::Checkpoint);
    let view = scans(&mut door, &text);
    assert_eq!(answer(&view).mark, Mark::Bad);
    tells(&view, "verdict-revoked");
    door.leaves();
    let (records, _) = kept(&staff);
    assert!(
        records.documents.is_empty() && records.entries.is_empty(),
        "a door keeps no codes"
    );
}

#[test]
fn somebody_without_a_code_is_written_down_and_forgotten_when_the_days_are_over() {
    let staff = Home::new();
    let mut door = Person::welcomed(&staff, &[], "值班");
    let number = identity_number("99010119500315002");
    door.opens(Page::Checkpoint);
    let asked = scans(&mut door, &format!("陈桂兰,{number}"));
    assert_eq!(asked.page, Page::ConfirmEntry);
    let noted = door.taps(&asked, "entry-note").view;
    assert_eq!(answer(&noted).mark, Mark::Good);
    let register = door.opens(Page::Register);
    let effects = door.taps(&register, "register-export").effects;
    let table = effects.iter().find_map(|effect| match effect {
        Effect::SaveCopy { content, .. } => Some(content.clone()),
        _ => None,
    });
    assert!(table.unwrap().contains("陈桂兰"));
    door.loses_power();
    assert_eq!(kept(&staff).0.entries.len(), 1);

    let in_days = |days: i64| (Timestamp::now() + SignedDuration::from_hours(24 * days)).to_string();
    let mut door = Person::at(&staff, &["--now", &in_days(13)]);
    assert!(
        door.opens(Page::Register)
            .reading
            .contains(&word(&register, "register-export"))
    );
    door.leaves();
    assert_eq!(kept(&staff).0.entries.len(), 1);
    let mut door = Person::at(&staff, &["--now", &in_days(15)]);
    door.opens(Page::Register);
    door.leaves();
    assert!(kept(&staff).0.entries.is_empty());
    // Back a year: it is gone all the same.
    let mut door = Person::at(&staff, &["--now", &in_days(-365)]);
    door.opens(Page::Register);
    door.leaves();
    assert!(kept(&staff).0.entries.is_empty());
}
