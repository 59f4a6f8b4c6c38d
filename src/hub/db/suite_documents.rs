//! The tests of register and issuance that every form of the database must pass.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::suite::{at, command, forms};
use super::*;
use anban_wire::{documents::DocumentKind, persons::Channel};
use std::collections::BTreeMap;

const NUMBER: &str = "11010519491231002X";

fn person(name: &str) -> NewPerson {
    NewPerson {
        identity_number: NUMBER.into(),
        name: name.into(),
        channel: Channel::Counter,
        telephone: None,
        helper: Some("李明".into()),
    }
}

fn document(id: &str, key: &str, expires: i64) -> DocumentRow {
    DocumentRow {
        id: id.into(),
        kind: "health-status".into(),
        key_id: key.into(),
        issued_at: at(0),
        expires_at: at(expires),
    }
}

fn answer(body: &str) -> Answer {
    Answer {
        fingerprint: "f".into(),
        body: body.into(),
    }
}

#[test]
fn somebody_is_registered_once_and_keeps_the_day() {
    for form in forms() {
        let db = form.open();
        let first = command();
        assert!(db.person(NUMBER).unwrap().is_none());
        let done = db.register(&person("王秀英"), first, "f", at(1)).unwrap();
        assert_eq!(done, Registered::Since(at(1)));
        let again = db.register(&person("王秀英"), command(), "f", at(9)).unwrap();
        assert_eq!(again, Registered::Since(at(1)));
        let other = command();
        assert_eq!(
            db.register(&person("李秀英"), other, "f", at(9)).unwrap(),
            Registered::OtherName
        );
        assert_eq!(db.answer(other).unwrap(), None, "a refusal is not kept");
        let db = form.open();
        assert_eq!(db.person(NUMBER).unwrap().unwrap().registered_at, at(1));
        let Registered::Repeat(kept) = db.register(&person("王秀英"), first, "f", at(9)).unwrap() else {
            panic!("not recognised")
        };
        assert_eq!(
            (kept.fingerprint.as_str(), kept.body),
            ("f", at(1).as_second().to_string())
        );
    }
}

#[test]
fn a_city_brings_persons_along_and_changes_nobody_who_is_there() {
    for form in forms() {
        let db = form.open();
        db.register(&person("王秀英"), command(), "f", at(1)).unwrap();
        let record = |text: &str| BTreeMap::from([("vaccine".to_owned(), text.to_owned())]);
        let known = |name: &str, text: &str| KnownPerson {
            person: person(name),
            records: BTreeMap::from([(DocumentKind::Vaccination, record(text))]),
        };
        db.fill_register(&[known("李秀英", "one")], at(5)).unwrap();
        db.fill_register(&[known("李秀英", "two")], at(6)).unwrap();
        let row = db.person(NUMBER).unwrap().unwrap();
        assert_eq!((row.name.as_str(), row.registered_at), ("王秀英", at(1)));
        assert_eq!(
            db.record(NUMBER, DocumentKind::Vaccination).unwrap(),
            Some(record("two"))
        );
        assert_eq!(db.record(NUMBER, DocumentKind::Test).unwrap(), None);
        assert_eq!(
            db.record("440524188001010014", DocumentKind::Vaccination).unwrap(),
            None
        );
    }
}

#[test]
fn a_document_is_noted_exactly_when_its_text_is_kept() {
    for form in forms() {
        let db = form.open();
        let command = command();
        let keep = |body: &str, id: &str| {
            db.keep_document(command, &answer(body), &document(id, "k", 2), at(0))
                .unwrap()
        };
        assert_eq!(keep("one", "d1"), answer("one"));
        assert_eq!(keep("two", "d2"), answer("one"), "somebody was faster");
        assert_eq!(db.document("d1").unwrap(), Some(document("d1", "k", 2)));
        assert_eq!(db.document("d2").unwrap(), None, "nobody has it");
        let counts = db.counts(at(1)).unwrap();
        assert_eq!(counts.issued, [("health-status".to_owned(), 1)]);
        assert_eq!((counts.current, db.counts(at(3)).unwrap().current), (1, 0));
    }
}

#[test]
fn what_was_taken_back_stays_so_and_is_listed_until_it_has_long_expired() {
    for form in forms() {
        let db = form.open();
        for (id, expires) in [("d1", 2), ("d2", 20)] {
            let document = document(id, "k", expires);
            db.keep_document(command(), &answer(id), &document, at(0)).unwrap();
        }
        let before = db.trust_changes().unwrap();
        for id in ["d1", "d2", "unknown"] {
            assert!(db.revoke(Subject::Document, id, at(1)).unwrap());
            assert!(!db.revoke(Subject::Document, id, at(1)).unwrap(), "twice is once");
        }
        assert!(db.revoke(Subject::Key, "k", at(1)).unwrap());
        assert_eq!(db.trust_changes().unwrap() - before, 4);
        let db = form.open();
        assert_eq!(
            db.revocations(Subject::Document, at(2)).unwrap(),
            ["d1", "d2", "unknown"]
        );
        assert_eq!(db.revocations(Subject::Document, at(3)).unwrap(), ["d2", "unknown"]);
        assert_eq!(db.revocations(Subject::Key, at(99)).unwrap(), ["k"]);
        assert!(db.is_revoked(Subject::Document, "d1").unwrap());
        assert!(!db.is_revoked(Subject::Key, "d1").unwrap());
        assert_eq!(db.counts(at(0)).unwrap().revoked, 3);
    }
}

#[test]
fn keys_are_in_the_order_in_which_they_sign() {
    for form in forms() {
        let db = form.open();
        let key = |id: &str, from: i64| KeyRow {
            key_id: id.into(),
            public_key: format!("public {id}"),
            file: format!("{id}.p8"),
            signs_from: at(from),
        };
        assert_eq!(db.trust_changes().unwrap(), 0);
        db.put_key(&key("b", 5)).unwrap();
        db.put_key(&key("a", 9)).unwrap();
        assert_eq!(db.issuing_keys().unwrap(), [key("b", 5), key("a", 9)]);
        db.put_key(&key("a", 1)).unwrap();
        assert_eq!(db.issuing_keys().unwrap(), [key("a", 1), key("b", 5)]);
        db.remove_key("b").unwrap();
        assert_eq!(form.open().issuing_keys().unwrap(), [key("a", 1)]);
        assert_eq!(db.trust_changes().unwrap(), 4, "each of it makes a new trust list");
        assert_eq!(db.last_expiry("a").unwrap(), None);
        for (id, expires) in [("d1", 7), ("d2", 3)] {
            let document = document(id, "a", expires);
            db.keep_document(command(), &answer(id), &document, at(0)).unwrap();
        }
        assert_eq!(db.last_expiry("a").unwrap(), Some(at(7)));
    }
}
