//! The program: start, stop, being killed, and what can't be used.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_wire::{
    fhir::to_json,
    scheduling::{FindRequest, Offer, offers, read_answer},
};
use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};
use support::*;

fn offered(base: &str) -> Vec<Offer> {
    let now = jiff::Timestamp::now();
    let find = FindRequest::between(now, now + jiff::SignedDuration::from_hours(24 * 14)).to_parameters();
    offers(&post_fhir(base, "/fhir/Appointment/$find", find).bundle())
}

#[test]
fn two_hundred_acknowledged_bookings_survive_being_killed() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::start(data.path(), &["--demo"]);
    let slots: Vec<String> = offered(&program.base).into_iter().map(|offer| offer.slot).collect();
    assert!(slots.len() > 400);
    let queue = Arc::new(Mutex::new(slots.into_iter()));
    let (acknowledge, acknowledged) = mpsc::channel();
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (queue, acknowledge, base) = (Arc::clone(&queue), acknowledge.clone(), program.base.clone());
            std::thread::spawn(move || {
                let agent = agent();
                while let Some(slot) = { queue.lock().unwrap().next() } {
                    let wish = wish(&slot);
                    let body = to_json(&wish.to_parameters().into()).unwrap();
                    let sent = try_post(&agent, &base, "/fhir/Appointment/$book", "application/fhir+json", &body);
                    // Once the hub is killed, requests fail: those were never acknowledged.
                    let Ok(answer) = sent else { break };
                    let Ok(booked) = read_answer(&answer.body) else { break };
                    acknowledge.send((wish, booked)).unwrap();
                }
            })
        })
        .collect();
    drop(acknowledge);
    let mut known: Vec<_> = acknowledged.iter().take(200).collect();
    // SIGKILL, while more bookings are under way.
    program.child.kill().unwrap();
    program.child.wait().unwrap();
    known.extend(acknowledged.iter());
    clients.into_iter().for_each(|client| client.join().unwrap());
    assert!(known.len() >= 200);

    let again = Program::start(data.path(), &["--demo"]);
    let agent = agent();
    for (wish, booked) in &known {
        let path = format!("/fhir/Appointment/{}", booked.id.as_ref().unwrap());
        assert_eq!(&read_answer(&get(&again.base, &path).body).unwrap(), booked);
        let body = to_json(&wish.to_parameters().into()).unwrap();
        let repeat = try_post(
            &agent,
            &again.base,
            "/fhir/Appointment/$book",
            "application/fhir+json",
            &body,
        )
        .unwrap();
        assert_eq!(&read_answer(&repeat.body).unwrap(), booked);
    }
}

#[test]
fn it_starts_at_once_says_where_and_stops_with_success() {
    let data = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let mut program = Program::start(data.path(), &["--demo"]);
    let took = began.elapsed();
    assert!(
        took < Duration::from_secs(2),
        "starting on an empty database took {took:?}"
    );
    for name in ["hub.db", "hub.db-wal", "issuer-key.p8"] {
        let mode = std::fs::metadata(data.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others can read {name}");
    }
    let health = get(&program.base, "/health");
    assert_eq!((health.status, &health.json()["status"]), (200, &"ok".into()));
    program.terminate();
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_signal_right_after_the_ready_line_already_stops_it_in_order() {
    let data = tempfile::tempdir().unwrap();
    for _ in 0..5 {
        let mut program = Program::start(data.path(), &["--demo"]);
        program.terminate();
        assert_eq!(program.child.wait().unwrap().code(), Some(0));
    }
}

fn fails(arguments: &[&str]) -> String {
    let Output { status, stderr, stdout } = Command::new(env!("CARGO_BIN_EXE_anban-hub"))
        .args(arguments)
        .output()
        .unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{told}");
    assert!(stdout.is_empty());
    assert_eq!(told.trim().lines().count(), 1, "{told}");
    told
}

#[test]
fn what_it_cannot_use_it_says_in_one_line() {
    let data = tempfile::tempdir().unwrap();
    let directory = data.path().to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(fails(&["--listen", &address, "--data", directory]).contains("another address or port"));
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below = file.join("sub");
    assert!(fails(&["--listen", "127.0.0.1:0", "--data", below.to_str().unwrap()]).contains("--data"));
    let on = |database| fails(&["--listen", "127.0.0.1:0", "--data", directory, "--database", database]);
    for database in [
        "postgres://u:geheim@127.0.0.1:1/hub",
        "postgres://u:geheim@127.0.0.1:port/hub",
    ] {
        let told = on(database);
        assert!(told.contains("--database") && !told.contains("geheim"), "{told}");
    }
    let first = Program::start(data.path(), &[]);
    assert!(fails(&["--listen", "127.0.0.1:0", "--data", directory]).contains("another hub"));
    drop(first);
}

#[test]
fn a_hub_of_its_own_region_names_its_root_and_issues_no_health_documents() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), &["--region", "110000", "--issuer", "测试"]);
    let root = std::fs::read_to_string(data.path().join("root.pem")).unwrap();
    let root = anban_credential::RootKey::from_pem(&root).unwrap();
    let list = get(&program.base, "/trust-list");
    let list = anban_credential::TrustList::open(&list.body, &root, jiff::Timestamp::now()).unwrap();
    assert_eq!(list.region(), "110000");
    let person = format!(
        r#"{{"command":"{}","name":"王秀英","identityNumber":"{NUMBER}","channel":"own"}}"#,
        uuid::Uuid::new_v4()
    );
    assert_eq!(
        post(&program.base, "/persons", "application/json", person.as_bytes()).status,
        201
    );
    let body = format!(
        r#"{{"command":"{}","kind":"health-status","name":"王秀英","identityNumber":"{NUMBER}","region":"x"}}"#,
        uuid::Uuid::new_v4()
    );
    assert_eq!(
        post(&program.base, "/documents", "application/json", body.as_bytes()).status,
        501
    );
}
