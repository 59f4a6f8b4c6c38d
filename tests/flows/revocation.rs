//! A document that was taken back: the next trust list says so, and an older list never unsays it.

use std::sync::{Arc, Mutex};

use anban_core::Command;
use anban_core::app::{Incoming, Page};
use anban_core::health_code;
use anban_core::view::Mark;
use anban_credential::{
    Claims, DocumentId, Health, Issuer, Kind, Person as Holder, Signer, SigningKey, Status, TrustListBuilder, read,
};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;

use crate::common::person::{Person, code, word};
use crate::common::servers::{http, server};
use crate::common::{Home, repository};

#[test]
fn a_document_that_was_taken_back_stays_taken_back_when_an_older_list_comes() {
    let random = SystemRandom::new();
    let root = std::fs::read(repository("assets/region/demo/root-demo-key.p8")).unwrap();
    let root = SigningKey::from_pkcs8(&root, &random).unwrap();
    let (issuer, _) = Issuer::generate(&random).unwrap();
    let now = Timestamp::now();
    let document = issuer.issue(&claims(now), &random).unwrap();
    let id = read(&document).unwrap().id();
    let list = |sequence, revoked: Option<&str>| {
        let list = TrustListBuilder::new("990101", sequence, now, now + SignedDuration::from_hours(24))
            .signer(Signer::of_issuer(issuer.public_key(), "Clinic"));
        let list = revoked.map_or(list.clone(), |id| list.revoke_document(id));
        list.sign(&root, &random).unwrap()
    };

    let served = Arc::new(Mutex::new(list(1, None)));
    let hub = {
        let served = Arc::clone(&served);
        server(move |asked, stream| {
            use std::io::Write;
            let answer = if asked.head.starts_with("GET /trust-list ") {
                http("200 OK", "application/cose", &served.lock().unwrap())
            } else {
                http("503 Service Unavailable", "text/plain", b"later")
            };
            let _ = stream.write_all(&answer);
        })
    };
    let home = Home::new();
    let mut person = Person::welcomed(&home, &["--hub", &hub], "王秀英");
    person.does(Command::HealthCode(health_code::Command::Import { text: document }));
    let state = |person: &mut Person| {
        person.does(Command::Incoming(Incoming::NetworkBack));
        let view = person.opens(Page::HealthCode);
        (
            code(&view).mark,
            code(&view).state.text.ends_with(&word(&view, "state-revoked")),
        )
    };
    assert_eq!(state(&mut person), (Some(Mark::Good), false));
    *served.lock().unwrap() = list(2, Some(&id));
    assert_eq!(state(&mut person), (Some(Mark::Bad), true));
    *served.lock().unwrap() = list(1, None);
    assert_eq!(state(&mut person), (Some(Mark::Bad), true), "rolled back");
    person.loses_power();
    let mut person = Person::at(&home, &["--hub", &hub]);
    assert_eq!(state(&mut person), (Some(Mark::Bad), true), "rolled back by a restart");
    *served.lock().unwrap() = b"no list at all".to_vec();
    assert_eq!(state(&mut person), (Some(Mark::Bad), true));
}

fn claims(now: Timestamp) -> Claims {
    Claims {
        issuer: "Clinic".to_owned(),
        subject: None,
        issued_at: now,
        expires_at: now + SignedDuration::from_hours(24),
        id: DocumentId::new([7; 16]),
        kind: Kind::HealthStatus,
        person: Holder {
            name: "王秀英".to_owned(),
            sex: None,
            nationality: None,
            identity_document: None,
            registered_region: None,
            address: None,
            telephone: None,
            medical_history: Vec::new(),
        },
        health: Some(Health {
            status: Status::Green,
            reason: None,
        }),
        details: Default::default(),
    }
}
