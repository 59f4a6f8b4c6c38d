//! Taking back: by the operator, beside a hub that runs or that stands still, and for good.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_credential::{Document, DocumentState};
use anban_hub::operator::{self, OperatorError};
use jiff::Timestamp;
use serde_json::json;
use std::{
    path::Path,
    process::{Command, Output},
};
use support::*;

fn code(base: &str) -> Document {
    issued(&ask_for(base, "health-status", json!({})))
}

/// The id of the key that signed it, as the hub writes it.
fn hex(document: &Document) -> String {
    let key = document.key_id().unwrap();
    key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn status(base: &str) -> serde_json::Value {
    page(base, "/status", "application/json", "").json()
}

fn operate(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anban-hub"));
    command.arg(arguments[0]).arg("--data").arg(data).args(&arguments[1..]);
    command.output().unwrap()
}

#[test]
fn a_document_is_taken_back_while_the_hub_runs_and_stays_so() {
    let data = tempfile::tempdir().unwrap();
    let (clock, root) = (Moving::at(MONDAY), data.path());
    let hub = clock.demo(root);
    let (bad, good) = (code(&hub.url()), code(&hub.url()));
    let before = trust_list(&hub.url(), clock.now());
    assert_eq!(
        trust_list(&hub.url(), clock.now()).sequence(),
        before.sequence(),
        "nothing changed"
    );
    let done = operator::revoke_document(root, &bad.id().to_uppercase(), clock.now()).unwrap();
    assert!(done.is_new && done.is_known && done.successor.is_none());
    let after = trust_list(&hub.url(), clock.now());
    assert!(after.sequence() > before.sequence(), "at once, with a new number");
    assert_eq!(state(&bad, &after, clock.now()), DocumentState::Revoked);
    assert_eq!(state(&good, &after, clock.now()), DocumentState::Valid);
    assert!(!operator::revoke_document(root, &bad.id(), clock.now()).unwrap().is_new);
    hub.shutdown();
    let hub = clock.demo(root);
    let restarted = trust_list(&hub.url(), clock.now());
    assert!(restarted.sequence() > after.sequence());
    assert_eq!(state(&bad, &restarted, clock.now()), DocumentState::Revoked);
    // As long as it is remembered, it stands in the list; when it has long expired, the expiry says enough.
    let later = clock.hours(36 * 24);
    assert!(trust_list(&hub.url(), later).revokes_document(&bad.id()));
    let later = clock.hours(2 * 24);
    assert!(!trust_list(&hub.url(), later).revokes_document(&bad.id()));
}

#[test]
fn the_program_takes_back_beside_a_hub_that_runs_and_one_that_does_not() {
    let data = tempfile::tempdir().unwrap();
    let refused = operate(data.path(), &["revoke", "--document", &"0".repeat(32)]);
    assert_eq!(refused.status.code(), Some(2), "there is no hub");
    assert!(!data.path().join("hub.db").exists(), "and none is made");
    let program = Program::start(data.path(), &["--demo"]);
    let (one, two) = (code(&program.base), code(&program.base));
    let done = operate(data.path(), &["revoke", "--document", &one.id()]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let now = Timestamp::now();
    let list = trust_list(&program.base, now);
    assert_eq!(state(&one, &list, now), DocumentState::Revoked);
    assert_eq!(state(&two, &list, now), DocumentState::Valid);
    drop(program);
    let done = operate(data.path(), &["revoke", "--document", &two.id()]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let program = Program::start(data.path(), &["--demo"]);
    let now = Timestamp::now();
    let list = trust_list(&program.base, now);
    assert_eq!(
        [&one, &two].map(|document| state(document, &list, now)),
        [DocumentState::Revoked; 2]
    );
    for wrong in [
        &["revoke"][..],
        &["revoke", "--document", "xyz"],
        &["revoke", "--key", "0011223344556677"],
        &["revoke", "--key", "00", "--document", "00"],
        &["rotate-key", "--lead-days", "900"],
    ] {
        let refused = operate(data.path(), wrong);
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
        assert_eq!(
            String::from_utf8_lossy(&refused.stderr).lines().count(),
            1,
            "{refused:?}"
        );
    }
}

#[test]
fn a_key_that_is_taken_back_is_followed_by_another_at_once() {
    let data = tempfile::tempdir().unwrap();
    let (clock, root) = (Moving::at(MONDAY), data.path());
    let hub = clock.demo(root);
    let old = code(&hub.url());
    let key = status(&hub.url())["keys"][0]["id"].as_str().unwrap().to_owned();
    let done = operator::revoke_key(root, &key, clock.now()).unwrap();
    let successor = done.successor.unwrap();
    assert_eq!(successor.from, clock.now());
    let list = trust_list(&hub.url(), clock.now());
    assert_eq!(hex(&old), key);
    assert!(list.revokes_key(&old.key_id().unwrap()));
    assert_eq!(state(&old, &list, clock.now()), DocumentState::Revoked);
    let new = code(&hub.url());
    assert_eq!(
        state(&new, &list, clock.now()),
        DocumentState::Valid,
        "the list had the new key at once"
    );
    assert_eq!(
        page(&hub.url(), &format!("/documents/{}", old.id()), "application/json", "").json()["state"],
        "revoked"
    );
    let unknown = operator::revoke_key(root, "0011223344556677", clock.now()).unwrap_err();
    let OperatorError::NoSuchKey(known) = unknown else {
        panic!("{unknown}")
    };
    assert_eq!(known.len(), 2);
}

#[test]
fn a_key_is_changed_without_a_gap() {
    let data = tempfile::tempdir().unwrap();
    let (clock, root) = (Moving::at(MONDAY), data.path());
    let hub = clock.demo(root);
    let keys = |at: Timestamp| trust_list(&hub.url(), at).signers().len();
    let lead = jiff::SignedDuration::from_hours(7 * 24);
    let begins = operator::rotate_key(root, lead, clock.now()).unwrap();
    assert_eq!(begins.from, clock.now() + lead);
    assert!(matches!(
        operator::rotate_key(root, lead, clock.now()),
        Err(OperatorError::Waiting { .. })
    ));
    // Somebody's device fetches the list now and is offline from then on.
    let offline = trust_list(&hub.url(), clock.now());
    assert_eq!(
        offline.signers().len(),
        2,
        "it knows the new key before anything is signed with it"
    );
    let mut documents = vec![];
    for _ in 0..16 {
        documents.push(code(&hub.url()));
        let now = clock.hours(24);
        let newest = trust_list(&hub.url(), now);
        for document in &documents {
            let expected = if document.expires_at().unwrap() < now {
                DocumentState::Expired
            } else {
                DocumentState::Valid
            };
            assert_eq!(state(document, &newest, now), expected);
            assert_eq!(state(document, &offline, now), expected, "offline too");
        }
    }
    let signed_by: Vec<_> = documents.iter().map(hex).collect();
    assert_ne!(signed_by[0], begins.key);
    assert_eq!(signed_by[7..], vec![begins.key.clone(); 9], "from the eighth day on");
    // The old key goes when its last document has long expired, and its file with the hourly upkeep.
    assert_eq!(keys(clock.now()), 2);
    let last = clock.hours(40 * 24);
    assert_eq!(keys(last), 1);
    // A clock that was set back a year still finds a key, and the lists only go on.
    let sequence = trust_list(&hub.url(), last).sequence();
    let back = clock.hours(-365 * 24);
    let list = trust_list(&hub.url(), back);
    assert!(list.sequence() > sequence);
    assert_eq!(state(&code(&hub.url()), &list, back), DocumentState::Valid);
}

#[test]
fn a_key_that_nobody_needs_any_more_is_forgotten_with_its_file() {
    use anban_hub::{Config, Hub};
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let in_hub = clock.clone();
    let hub = Hub::start(Config {
        demo: true,
        clock: std::sync::Arc::new(move || in_hub.now()),
        upkeep: std::time::Duration::from_millis(20),
        ..Config::new("127.0.0.1:0", data.path())
    })
    .unwrap();
    operator::rotate_key(data.path(), jiff::SignedDuration::ZERO, clock.now()).unwrap();
    assert!(data.path().join("issuer-key.p8").exists());
    clock.hours(60 * 24);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while data.path().join("issuer-key.p8").exists() {
        assert!(std::time::Instant::now() < until, "the old key's file stays");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    hub.shutdown();
    let hub = clock.demo(data.path());
    code(&hub.url());
}

#[test]
fn a_trust_list_is_signed_anew_long_before_it_expires_and_after_a_backup_was_restored() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    hub.shutdown();
    let backup = std::fs::read(data.path().join("hub.db")).unwrap();
    let hub = clock.demo(data.path());
    let mut last = 0;
    for _ in 0..60 {
        let now = clock.hours(12);
        let list = trust_list(&hub.url(), now);
        assert!(list.sequence() >= last && list.expires_at().duration_since(now).as_hours() > 28 * 24);
        last = list.sequence();
    }
    hub.shutdown();
    for name in ["hub.db-wal", "hub.db-shm"] {
        let _ = std::fs::remove_file(data.path().join(name));
    }
    std::fs::write(data.path().join("hub.db"), backup).unwrap();
    clock.hours(1);
    let hub = clock.demo(data.path());
    assert!(
        trust_list(&hub.url(), clock.now()).sequence() > last,
        "numbers go by the time"
    );
}
