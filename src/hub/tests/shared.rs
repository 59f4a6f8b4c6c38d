//! Several hubs on one database: the same keys, the same trust list, the same bookings.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_credential::DocumentState;
use anban_hub::{Config, Hub, RunningHub, StartError, Storage, operator};
use serde_json::json;
use std::{fs, path::Path, sync::Arc, thread};
use support::{
    postgres::Server,
    proxy::{Cut, Proxy},
    *,
};

fn start(data: &Path, database: &str, clock: &Moving) -> Result<RunningHub, StartError> {
    let clock = clock.clone();
    Hub::start(Config {
        demo: true,
        database: Some(database.to_owned()),
        clock: Arc::new(move || clock.now()),
        ..Config::new("127.0.0.1:0", data)
    })
}

#[test]
fn two_hubs_that_start_at_once_are_one_service() {
    let (data, clock) = (tempfile::tempdir().unwrap(), Moving::at(MONDAY));
    let database = Server::shared().database();
    // On one machine they may even share the directory.
    let starting = || start(data.path(), &database, &clock).unwrap();
    let hubs = thread::scope(|scope| {
        let both = [scope.spawn(starting), scope.spawn(starting)];
        both.map(|hub| hub.join().unwrap())
    });
    let [one, two] = hubs.each_ref().map(RunningHub::url);
    let document = issued(&ask_for(&one, "health-status", json!({})));
    let other = issued(&ask_for(&two, "health-status", json!({})));
    assert_eq!(document.key_id(), other.key_id());
    assert_eq!(
        get(&one, "/trust-list").body,
        get(&two, "/trust-list").body,
        "no rivals with different numbers"
    );
    let offer = free(&two).remove(0);
    assert_eq!(book(&one, &wish(&offer.slot)).status, 200);
    assert_eq!(book(&two, &wish(&offer.slot)).status, 409);
    assert_eq!(
        get(&one, "/health").header("anban-epoch"),
        get(&two, "/health").header("anban-epoch")
    );
    let storage = Storage {
        data: data.path().to_owned(),
        database: Some(database.clone()),
    };
    assert!(!format!("{storage:?}").contains("postgres://"));
    assert!(
        operator::revoke_document(storage.clone(), &document.id(), clock.now())
            .unwrap()
            .is_known
    );
    let list = trust_list(&two, clock.now());
    assert_eq!(state(&document, &list, clock.now()), DocumentState::Revoked);
    assert_eq!(trust_list(&one, clock.now()).sequence(), list.sequence());
    operator::rotate_key(storage, jiff::SignedDuration::ZERO, clock.now()).unwrap();
    let [new, newer] = [&one, &two].map(|hub| issued(&ask_for(hub, "health-status", json!({}))));
    assert_eq!(new.key_id(), newer.key_id());
    assert_ne!(new.key_id(), document.key_id());
    assert_eq!(
        state(&newer, &trust_list(&one, clock.now()), clock.now()),
        DocumentState::Valid
    );
    // No private key left the database, and what is in there says nothing without the secret.
    let mut files: Vec<_> = fs::read_dir(data.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    files.sort();
    assert_eq!(files, ["hub-secret"]);
}

#[test]
fn a_hub_with_another_secret_or_none_does_not_start_and_with_a_copy_it_does() {
    let (first, second, clock) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        Moving::at(MONDAY),
    );
    let database = Server::shared().database();
    drop(start(first.path(), &database, &clock).unwrap());
    let refused = || {
        let error = start(second.path(), &database, &clock).unwrap_err();
        assert!(matches!(error, StartError::OtherSecret(_)), "{error}");
        let told = error.to_string();
        assert!(
            told.contains("hub-secret") && told.contains(second.path().to_str().unwrap()),
            "{told}"
        );
    };
    refused();
    assert!(!second.path().join("hub-secret").exists(), "no second secret is made");
    fs::write(second.path().join("hub-secret"), "0".repeat(64)).unwrap();
    refused();
    fs::copy(first.path().join("hub-secret"), second.path().join("hub-secret")).unwrap();
    drop(start(second.path(), &database, &clock).unwrap());
}

#[test]
fn an_own_root_is_shared_as_well() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = Server::shared().database();
    let start = |data: &Path| {
        Hub::start(Config {
            database: Some(database.clone()),
            ..Config::new("127.0.0.1:0", data)
        })
        .unwrap()
    };
    let one = start(first.path());
    fs::copy(first.path().join("hub-secret"), second.path().join("hub-secret")).unwrap();
    let two = start(second.path());
    let root = |hub: &RunningHub| fs::read(hub.public_root().unwrap()).unwrap();
    assert_eq!(root(&one), root(&two));
}

#[test]
fn a_connection_that_is_lost_in_the_middle_of_a_commit_is_neither_a_yes_nor_a_no() {
    let (data, clock) = (tempfile::tempdir().unwrap(), Moving::at(MONDAY));
    let (server, database) = (Server::shared(), Server::shared().database());
    let proxy = Proxy::before(server.socket());
    let hub = start(data.path(), &proxy.url(&database), &clock).unwrap();
    let base = hub.url();
    let mut offers = free(&base).into_iter();
    for (cut, status, kept) in [
        // Nothing was asked for yet: it is done on another connection.
        (Cut::AtTheBeginning, 200, "1"),
        (Cut::BeforeTheCommit, 503, "0"),
        (Cut::AfterTheCommit, 503, "1"),
    ] {
        let wish = wish(&offers.next().unwrap().slot);
        let appointments = || {
            let slot = &wish.slot;
            let sql = format!("SELECT COUNT(*) FROM appointments WHERE slot_id = '{slot}' AND status = 'booked'");
            server.query(&database, &sql)
        };
        proxy.cut(cut);
        let answer = book(&base, &wish);
        assert!(proxy.has_cut(), "{cut:?}");
        assert_eq!(answer.status, status, "{cut:?}");
        assert_eq!(appointments(), kept, "{cut:?}");
        assert_eq!(answer.header("retry-after").is_empty(), status == 200, "{cut:?}");
        // The same command, sent again, finds out or does it.
        assert_eq!(book(&base, &wish).status, 200, "{cut:?}");
        assert_eq!(appointments(), "1", "{cut:?}");
    }
}
