//! Backing up while the hub runs, and bringing it back.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_credential::DocumentState;
use anban_hub::{
    Config, Hub, StartError, Storage,
    backup::{back_up, new_epoch, restore},
    operator::OperatorError,
};
use serde_json::json;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use support::{postgres::Server, *};

fn epoch(base: &str) -> String {
    get(base, "/health").header("anban-epoch").to_owned()
}

#[test]
fn a_backup_of_a_hub_at_work_brings_all_of_it_back_with_a_new_epoch() {
    let (data, other, backups) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let base = hub.url();
    let offers = free(&base);
    let kept = wish(&offers[0].slot);
    assert_eq!(book(&base, &kept).status, 200);
    let document = issued(&ask_for(&base, "health-status", json!({})));
    // It goes on booking meanwhile.
    let goes_on = Arc::new(AtomicBool::new(true));
    let working = {
        let (base, goes_on) = (base.clone(), Arc::clone(&goes_on));
        let slots: Vec<_> = offers.iter().skip(2).map(|offer| offer.slot.clone()).collect();
        thread::spawn(move || {
            let booked = slots.iter().take_while(|_| goes_on.load(Ordering::Relaxed));
            booked.filter(|slot| book(&base, &wish(slot)).status == 200).count()
        })
    };
    let file = backups.path().join("hub.backup");
    back_up(data.path(), &file).unwrap();
    goes_on.store(false, Ordering::Relaxed);
    working.join().unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        matches!(back_up(data.path(), &file), Err(OperatorError::Exists(_))),
        "it stays as it is"
    );
    let lost = wish(&offers[1].slot);
    assert_eq!(book(&base, &lost).status, 200);
    let (before, sequence) = (epoch(&base), trust_list(&base, clock.now()).sequence());
    let running = restore(data.path(), &file, clock.now()).unwrap_err();
    assert!(matches!(running, OperatorError::Key(StartError::InUse(_))), "{running}");
    hub.shutdown();

    // In its old place, and on another machine.
    let aside = restore(data.path(), &file, clock.now()).unwrap().unwrap();
    assert!(aside.join("hub.db").is_file() && aside.join("issuer-key.p8").is_file());
    assert_eq!(restore(other.path(), &file, clock.now()).unwrap(), None);
    clock.hours(1);
    for place in [data.path(), other.path()] {
        let hub = clock.demo(place);
        let base = hub.url();
        assert_ne!(epoch(&base), before, "devices notice");
        assert_eq!(book(&base, &kept).status, 200, "a repeat finds its first answer");
        assert_eq!(book(&base, &wish(&offers[0].slot)).status, 409);
        let list = trust_list(&base, clock.now());
        assert!(list.sequence() > sequence);
        assert_eq!(state(&document, &list, clock.now()), DocumentState::Valid);
        assert_eq!(book(&base, &lost).status, 200, "what it lacks is sent again");
    }
}

#[test]
fn what_is_no_backup_is_refused_and_changes_nothing() {
    let (data, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let clock = Moving::at(MONDAY);
    clock.demo(data.path()).shutdown();
    let good = files.path().join("good");
    back_up(data.path(), &good).unwrap();
    let text = files.path().join("text");
    fs::write(&text, "no database").unwrap();
    let cut = files.path().join("cut");
    let whole = fs::read(&good).unwrap();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let empty = files.path().join("empty");
    fs::write(&empty, "").unwrap();
    let plain = files.path().join("plain");
    fs::copy(data.path().join("hub.db"), &plain).unwrap();
    let before = fs::read(data.path().join("hub.db")).unwrap();
    for file in [&text, &cut, &empty, &plain, &files.path().join("nowhere")] {
        let error = restore(data.path(), file, clock.now()).unwrap_err();
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
        assert_eq!(fs::read(data.path().join("hub.db")).unwrap(), before);
    }
    assert!(
        restore(data.path(), &good, clock.now()).unwrap().is_some(),
        "and then it still works"
    );
    assert!(matches!(back_up(files.path(), &text), Err(OperatorError::NoHub(_))));
}

#[test]
fn a_postgresql_database_gets_its_new_epoch_by_command() {
    let (data, database) = (tempfile::tempdir().unwrap(), Server::shared().database());
    let start = || {
        Hub::start(Config {
            database: Some(database.clone()),
            ..Config::new("127.0.0.1:0", data.path())
        })
        .unwrap()
    };
    let hub = start();
    let before = epoch(&hub.url());
    hub.shutdown();
    let storage = Storage {
        data: data.path().to_owned(),
        database: Some(database.clone()),
    };
    new_epoch(storage).unwrap();
    assert_ne!(epoch(&start().url()), before);
    let empty = Storage {
        data: data.path().to_owned(),
        database: Some(Server::shared().database()),
    };
    assert!(new_epoch(empty).is_err());
}

#[test]
fn hubs_that_run_while_their_database_gets_a_new_epoch_notice() {
    let database = Server::shared().database();
    let places = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let start = |place: &tempfile::TempDir| {
        Hub::start(Config {
            demo: true,
            database: Some(database.clone()),
            ..Config::new("127.0.0.1:0", place.path())
        })
        .unwrap()
    };
    let first = start(&places[0]);
    for place in &places[1..] {
        fs::copy(places[0].path().join("hub-secret"), place.path().join("hub-secret")).unwrap();
    }
    let hubs = [first, start(&places[1])];
    let urls = hubs.each_ref().map(anban_hub::RunningHub::url);
    let feed = |url: &str| {
        let services = get(url, "/fhir/HealthcareService").json();
        let id = services["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
        get(url, &format!("/feed/services/{id}?limit=1")).json()["epoch"].clone()
    };
    let before = epoch(&urls[0]);
    assert!(urls.iter().all(|url| feed(url) == before));
    let storage = Storage {
        data: places[2].path().to_owned(),
        database: Some(database),
    };
    new_epoch(storage).unwrap();
    // The numbers of a feed never go by the old name.
    let after = feed(&urls[0]);
    assert_ne!(after, before);
    assert_eq!(epoch(&urls[0]), after);
    // Whoever is asked for nothing notices as well.
    let until = Instant::now() + Duration::from_secs(20);
    while epoch(&urls[1]) != after {
        assert!(Instant::now() < until, "the other hub does not notice");
        thread::sleep(Duration::from_millis(200));
    }
}
