//! `anban-hub backup`, `restore` and `new-epoch`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::hub::Hub;
use crate::common::postgres::Server;
use crate::common::{Home, Ran};
use crate::hub;

fn job(job: &str, data: &Path, option: &str, file: &Path) -> Ran {
    hub(&[job, "--data", data.to_str().unwrap(), option, file.to_str().unwrap()])
}

fn epoch(hub: &Hub) -> String {
    let answer = ureq::get(format!("{}/health", hub.url)).call().unwrap();
    answer.headers()["anban-epoch"].to_str().unwrap().to_owned()
}

/// The slots that are not free, as the hub tells.
fn booked(hub: &Hub, slots: &[String]) -> Vec<String> {
    slots
        .iter()
        .filter(|slot| hub.slot_status(slot) == "busy")
        .cloned()
        .collect()
}

fn books(hub: &Hub, slot: &str) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let patient = json!({"system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", Uuid::new_v4())});
    let wish = json!({
        "resourceType": "Parameters",
        "parameter": [
            {"name": "appointment-resource", "resource": {
                "resourceType": "Appointment",
                "identifier": [{"system": "https://anban.example/command", "value": Uuid::new_v4()}],
                "status": "pending",
                "slot": [{"reference": format!("Slot/{slot}")}],
                "participant": [{"actor": {"type": "Patient", "identifier": patient}, "status": "accepted"}],
            }},
            {"name": "patient-resource", "resource": {"resourceType": "Patient", "identifier": [patient]}},
        ],
    });
    let answer = agent
        .post(format!("{}/fhir/Appointment/$book", hub.url))
        .content_type("application/fhir+json")
        .send(wish.to_string());
    answer.unwrap().status().as_u16()
}

fn free_slots(hub: &Hub) -> Vec<String> {
    let (now, hour) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(1));
    let (start, end) = (now + hour, now + hour * 24 * 14);
    let found = hub.json(&format!("/fhir/Appointment/$find?start={start}&end={end}&_count=500"));
    let entries = found["entry"].as_array().unwrap();
    let slot = |entry: &Value| entry["resource"]["slot"][0]["reference"].as_str().unwrap()[5..].to_owned();
    entries.iter().map(slot).collect()
}

#[test]
fn a_backup_of_a_hub_that_runs_is_whole_private_and_brings_everything_back() {
    let (data, kept) = (Home::new(), Home::new());
    let backup = kept.path().join("monday.backup");
    let mut running = Hub::start(data.path());
    let slots = free_slots(&running);
    for slot in &slots[..3] {
        assert_eq!(books(&running, slot), 200);
    }
    // People go on booking while it is made.
    let stop = AtomicBool::new(false);
    let during = thread::scope(|scope| {
        let others = scope.spawn(|| {
            let next = slots[3..400].iter().take_while(|_| !stop.load(Ordering::SeqCst));
            next.filter(|slot| books(&running, slot) == 200).count()
        });
        let ran = job("backup", data.path(), "--to", &backup);
        stop.store(true, Ordering::SeqCst);
        assert_eq!(ran.done().stdout, format!("backed up to {}\n", backup.display()));
        others.join().unwrap()
    });
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> = fs::read_dir(kept.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["monday.backup"], "nothing else is left beside it");
    assert_eq!(books(&running, &slots[401]), 200, "after the backup");
    let (epoch_before, status) = (epoch(&running), running.json("/status"));

    let refused = job("restore", data.path(), "--from", &backup);
    assert!(refused.could_not().contains("another hub"), "{refused:?}");
    assert_eq!(running.stop(), Some(0));
    let ran = job("restore", data.path(), "--from", &backup);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stdout, format!("restored to {}\n", data.path().display()));
    let before = ran.stderr.lines().next().unwrap().rsplit(' ').next().unwrap();
    assert!(Path::new(before).join("hub.db").is_file() && Path::new(before).join("issuer-key.p8").is_file());
    for name in ["hub.db", "issuer-key.p8"] {
        let mode = fs::metadata(data.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }

    let again = Hub::start(data.path());
    let now_booked = booked(&again, &slots);
    assert_eq!(now_booked[..3], slots[..3]);
    assert!(now_booked.len() <= 3 + during && !now_booked.contains(&slots[401]));
    assert_ne!(epoch(&again), epoch_before, "devices notice");
    assert_eq!(again.json("/status")["keys"], status["keys"]);
    again.document("health-status", "王秀英", "11010519491231002X");

    // It serves for another machine as well, and what was kept aside is whole.
    let other = Home::new();
    let moved = job("restore", &other.path().join("new"), "--from", &backup);
    assert_eq!(moved.code, Some(0), "{moved:?}");
    assert!(!moved.stderr.contains("before"), "nothing was there: {moved:?}");
    assert_eq!(booked(&Hub::start(&other.path().join("new")), &slots[..3]), slots[..3]);
    let aside = Hub::start(Path::new(before));
    assert_eq!(aside.slot_status(&slots[401]), "busy");
    assert_eq!(epoch(&aside), epoch_before);
}

#[test]
fn what_can_not_be_backed_up_or_restored_is_said_in_one_line_and_changes_nothing() {
    let (data, kept) = (Home::new(), Home::new());
    drop(Hub::start(data.path()));
    let backup = kept.path().join("backup");
    assert_eq!(job("backup", data.path(), "--to", &backup).code, Some(0));
    let first = fs::read(&backup).unwrap();
    assert!(
        job("backup", data.path(), "--to", &backup)
            .could_not()
            .contains("give another name")
    );
    assert_eq!(fs::read(&backup).unwrap(), first);
    job("backup", kept.path(), "--to", &kept.path().join("b2")).could_not();
    job("backup", data.path(), "--to", Path::new("/no/such/folder/backup")).could_not();

    let content = |name: &str| fs::read(data.path().join(name)).unwrap();
    let (database, key) = (content("hub.db"), content("issuer-key.p8"));
    let text = kept.file("text", "no backup");
    let empty = kept.file("empty", "");
    let cut = kept.file("cut", &first[..first.len() / 2]);
    let own = kept.file("own", &database);
    // One byte in the middle of a page that something points to.
    let mut changed = first.clone();
    changed[4096 * 2] ^= 0xff;
    let changed = kept.file("changed", changed);
    for file in [&text, &empty, &cut, &own, &changed, &kept.path().join("none")] {
        job("restore", data.path(), "--from", file).could_not();
        assert!(
            content("hub.db") == database && content("issuer-key.p8") == key,
            "{file:?}"
        );
    }
    let left: Vec<_> = fs::read_dir(data.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !left.iter().any(|name| name.to_string_lossy().contains("restor")),
        "{left:?}"
    );
    drop(Hub::start(data.path()));

    for arguments in [
        &["backup"][..],
        &["restore", "--data", "x"],
        &["new-epoch", "--data", kept.path().to_str().unwrap()],
        &["backup", "--database", "postgres://nobody@127.0.0.1:1/x", "--to", "x"],
        &[
            "restore",
            "--database",
            "postgres://nobody@127.0.0.1:1/x",
            "--from",
            "x",
        ],
        &["new-epoch", "--database", "postgres://nobody@127.0.0.1:1/x"],
    ] {
        let ran = hub(arguments);
        ran.could_not();
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_new_epoch_is_for_a_hub_that_stands_still() {
    let data = Home::new();
    let new_epoch = || hub(&["new-epoch", "--data", data.path().to_str().unwrap()]);
    let mut running = Hub::start(data.path());
    let old = epoch(&running);
    assert!(new_epoch().could_not().contains("another hub"));
    assert_eq!(running.stop(), Some(0));
    let ran = new_epoch();
    assert_eq!(ran.done().stdout, "the database has a new epoch\n");
    assert_ne!(epoch(&Hub::start(data.path())), old);
}

#[test]
fn a_new_epoch_on_postgresql_reaches_every_hub() {
    let (data, url) = (Home::new(), Server::shared().database());
    let mut first = Hub::on(data.path(), &["--database", &url]);
    let old = epoch(&first);
    assert_eq!(first.stop(), Some(0));
    let ran = hub(&["new-epoch", "--data", data.path().to_str().unwrap(), "--database", &url]);
    assert_eq!(ran.done().stdout, "the database has a new epoch\n");
    let hubs = [(); 2].map(|()| Hub::on(data.path(), &["--database", &url]));
    let told = hubs.each_ref().map(epoch);
    assert!(told[0] == told[1] && told[0] != old);
}
