//! Plain FHIR servers that are broken or hostile: nothing is believed that does not fit, nothing is written unless it is
//! safe, and every call ends in time. `tests/flows/plain_server.rs` has a real one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use anban_core::appointments::Refusal;
use anban_core::effect::{Fetched, Wanted};
use anban_core::outbox::{Answer, Request, Trouble};
use anban_sync::Client;
use common::*;
use jiff::SignedDuration;

const STATEMENT: &str = r#"{"resourceType":"CapabilityStatement","status":"active","kind":"instance","fhirVersion":"4.0.1",
    "format":["json"],"rest":[{"mode":"server","resource":[{"type":"Appointment"}]}]}"#;
const SLOT: &str = r#"{"resourceType":"Slot","id":"s1","meta":{"versionId":"7"},"status":"free","comment":"Keep this",
    "schedule":{"reference":"Schedule/c1"},"start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:30:00Z"}"#;
const CALENDAR: &str = r#"{"resourceType":"Schedule","id":"c1","meta":{"versionId":"1"},
    "actor":[{"reference":"HealthcareService/d1"},{"reference":"Practitioner/p1","display":"石磊 医生"}]}"#;
const NOTHING: &str = r#"{"resourceType":"Bundle","type":"searchset","total":0}"#;

fn found(resource: &str) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{resource}}}]}}"#)
}

fn appointment(status: &str, command: u128) -> String {
    format!(
        r#"{{"resourceType":"Appointment","id":"a1","meta":{{"versionId":"3"}},"status":"{status}","description":"Keep this",
        "identifier":[{{"system":"https://anban.example/command","value":"{}"}}],"slot":[{{"reference":"Slot/s1"}}],
        "start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:30:00Z","participant":[{{"status":"accepted"}}]}}"#,
        request_id(command)
    )
}

/// What was posted.
type Posted = Arc<Mutex<Vec<String>>>;

/// A server with that statement below its address; `answers` gives status and body to a method and a path, and whether
/// something was posted already.
fn plain(answers: impl Fn(&str, &str, bool) -> (&'static str, String) + Send + Sync + 'static) -> (String, Posted) {
    let posted = Posted::default();
    let noted = Arc::clone(&posted);
    let url = server(move |asked, mut stream| {
        let (status, body) = match asked.path.as_str() {
            "/metadata" => ("200 OK", STATEMENT.to_owned()),
            "/fhir/metadata" => ("404 Not Found", outcome("not-found")),
            path => {
                if asked.method == "POST" {
                    noted
                        .lock()
                        .unwrap()
                        .push(String::from_utf8(asked.body.clone()).unwrap());
                }
                let before = !noted.lock().unwrap().is_empty();
                answers(&asked.method, path, before)
            }
        };
        let _ = stream.write_all(fhir(status, &body).as_bytes());
    });
    (url, posted)
}

fn send(url: &str, request: &Request) -> Answer {
    Client::with_limits(short()).send(url, request_id(1), request)
}

fn timetable() -> Wanted {
    Wanted::Timetable {
        department: "d1".to_owned(),
        from: now(),
        to: now() + SignedDuration::from_hours(100),
    }
}

#[test]
fn a_booking_is_one_transaction_that_holds_only_for_the_slot_that_was_seen() {
    let (url, posted) = plain(|method, path, posted| match path.split(['?', '/']).nth(1) {
        _ if method == "POST" => (
            "200 OK",
            r#"{"resourceType":"Bundle","type":"transaction-response"}"#.to_owned(),
        ),
        Some("Appointment") if posted => ("200 OK", found(&appointment("booked", 1))),
        Some("Appointment") => ("200 OK", NOTHING.to_owned()),
        Some("Slot") => ("200 OK", SLOT.to_owned()),
        _ => ("200 OK", CALENDAR.to_owned()),
    });
    assert!(matches!(send(&url, &booking(Some("s1"))), Answer::Booked { appointment, .. } if appointment == "a1"));
    let posted = posted.lock().unwrap();
    let bundle: serde_json::Value = serde_json::from_str(&posted[0]).unwrap();
    let (created, slot) = (&bundle["entry"][0], &bundle["entry"][1]);
    let identifier = format!("identifier=https://anban.example/command|{}", request_id(1));
    assert_eq!(created["request"]["ifNoneExist"], identifier);
    assert_eq!(
        created["resource"]["participant"][2]["actor"]["reference"],
        "Practitioner/p1"
    );
    assert_eq!(
        (&slot["request"]["ifMatch"], &slot["request"]["url"]),
        (&"W/\"7\"".into(), &"Slot/s1".into())
    );
    assert_eq!(slot["resource"]["status"], "busy");
    assert_eq!(
        slot["resource"]["comment"], "Keep this",
        "what we have no field for stays"
    );
    assert_eq!(posted.len(), 1);
}

#[test]
fn a_slot_that_changes_while_it_is_wanted_is_somebody_elses_by_whatever_word_it_is_refused() {
    for status in [
        "412 Precondition Failed",
        "409 Conflict",
        "400 Bad Request",
        "422 Unprocessable",
    ] {
        let (url, _) = plain(move |method, path, posted| match path.split(['?', '/']).nth(1) {
            _ if method == "POST" => (status, outcome("processing")),
            Some("Appointment") => ("200 OK", NOTHING.to_owned()),
            Some("Slot") if posted => ("200 OK", SLOT.replace("free", "busy").replace("\"7\"", "\"8\"")),
            Some("Slot") => ("200 OK", SLOT.to_owned()),
            _ => ("200 OK", CALENDAR.to_owned()),
        });
        assert_eq!(
            send(&url, &booking(Some("s1"))),
            Answer::refused(Refusal::SlotTaken),
            "{status}"
        );
    }
}

#[test]
fn a_slot_without_a_version_or_of_another_name_is_never_written() {
    for slot in [
        SLOT.replace(r#""meta":{"versionId":"7"},"#, ""),
        SLOT.replace(r#""7""#, r#""7\" , \"8""#),
        SLOT.replace("\"s1\"", "\"s2\""),
        SLOT.replace("\"Slot\"", "\"Schedule\""),
    ] {
        let (url, posted) = plain(move |_, path, _| match path.split(['?', '/']).nth(1) {
            Some("Appointment") => ("200 OK", NOTHING.to_owned()),
            _ => ("200 OK", slot.clone()),
        });
        assert_eq!(send(&url, &booking(Some("s1"))), Answer::NoAnswer(Trouble::Rubbish));
        assert!(posted.lock().unwrap().is_empty());
    }
}

#[test]
fn a_server_that_says_yes_and_shows_nothing_has_not_booked() {
    let (url, _) = plain(|method, path, _| match path.split(['?', '/']).nth(1) {
        _ if method == "POST" => ("200 OK", found(&appointment("booked", 1))),
        Some("Appointment") => ("200 OK", found(&appointment("booked", 2))),
        Some("Slot") => ("200 OK", SLOT.to_owned()),
        _ => ("200 OK", CALENDAR.to_owned()),
    });
    assert_eq!(send(&url, &booking(Some("s1"))), Answer::NoAnswer(Trouble::Rubbish));
}

#[test]
fn cancelling_gives_the_slot_back_and_needs_the_server_to_show_it() {
    let with = |after: &'static str| {
        plain(move |method, path, posted| match path.split(['?', '/']).nth(1) {
            _ if method == "POST" => (
                "200 OK",
                r#"{"resourceType":"Bundle","type":"transaction-response"}"#.to_owned(),
            ),
            Some("Appointment") => ("200 OK", appointment(if posted { after } else { "booked" }, 1)),
            _ => ("200 OK", SLOT.replace("free", "busy")),
        })
    };
    let (url, posted) = with("cancelled");
    assert_eq!(send(&url, &cancelling("a1")), Answer::Cancelled);
    let bundle: serde_json::Value = serde_json::from_str(&posted.lock().unwrap()[0]).unwrap();
    assert_eq!(bundle["entry"][0]["request"]["ifMatch"], "W/\"3\"");
    assert_eq!(bundle["entry"][0]["resource"]["description"], "Keep this");
    assert_eq!(bundle["entry"][1]["resource"]["status"], "free");
    let (url, _) = with("booked");
    assert_eq!(send(&url, &cancelling("a1")), Answer::NoAnswer(Trouble::Rubbish));
    assert_eq!(send(&url, &cancelling("../a1")), Answer::refused(Refusal::Gone));
}

#[test]
fn a_next_page_of_another_host_is_not_asked_for() {
    let elsewhere = server(|_, _| panic!("the other host was asked"));
    let next = format!(r#""link":[{{"relation":"next","url":"{elsewhere}/Slot?page=2"}}],"entry""#);
    let (url, _) = plain(move |_, path, _| match path.split(['?', '/']).nth(1) {
        Some("Slot") => ("200 OK", found(SLOT).replace("\"entry\"", &next)),
        _ => ("200 OK", found(CALENDAR)),
    });
    let fetched = Client::with_limits(short()).fetch(&url, &timetable(), now());
    let Fetched::Timetable(timetable) = fetched else {
        panic!("{fetched:?}")
    };
    assert_eq!(timetable.slots.len(), 1);
    assert_eq!(timetable.slots[0].practitioner.as_ref().unwrap().chinese, "石磊 医生");
}

#[test]
fn pages_without_end_end() {
    let (url, _) = plain(|_, path, _| match path.split(['?', '/']).nth(1) {
        Some("Slot") => {
            let next = r#""link":[{"relation":"next","url":"Slot?again"}],"entry""#;
            ("200 OK", found(SLOT).replace("\"entry\"", next))
        }
        _ => ("200 OK", found(CALENDAR)),
    });
    let fetched = Client::with_limits(short()).fetch(&url, &timetable(), now());
    assert!(matches!(fetched, Fetched::Timetable(table) if table.slots.len() == 1));
}

#[test]
fn whatever_else_it_answers_is_trouble_or_a_no() {
    for (status, body, trouble) in [
        ("500 Internal Server Error", outcome("exception"), Trouble::Failing),
        ("429 Too Many Requests", outcome("throttled"), Trouble::Failing),
        ("200 OK", "<html>".to_owned(), Trouble::Rubbish),
        ("200 OK", "[".repeat(100_000), Trouble::Rubbish),
        ("404 Not Found", "<html>".to_owned(), Trouble::Rubbish),
    ] {
        let (url, _) = plain(move |_, _, _| (status, body.clone()));
        for request in [booking(Some("s1")), booking(None), cancelling("a1")] {
            assert_eq!(send(&url, &request), Answer::NoAnswer(trouble), "{status} {request:?}");
        }
        for what in [Wanted::Directory, timetable()] {
            let fetched = Client::with_limits(short()).fetch(&url, &what, now());
            assert_eq!(fetched, Fetched::Nothing { what, trouble }, "{status}");
        }
    }
    let (url, _) = plain(|_, _, _| ("401 Unauthorized", outcome("login")));
    assert_eq!(send(&url, &cancelling("a1")), Answer::refused(Refusal::NotAllowed));
    // What it has no place for is answered without asking it, once it is known.
    let client = Client::with_limits(short());
    let directory = client.fetch(&url, &Wanted::Directory, now());
    assert!(matches!(directory, Fetched::Nothing { .. }));
    assert_eq!(
        client.send(&url, request_id(1), &issuing()),
        Answer::refused(Refusal::NoRecord)
    );
    assert_eq!(
        client.fetch(&url, &Wanted::TrustList, now()),
        Fetched::TrustList(Vec::new())
    );
}

#[test]
fn moving_takes_the_new_slot_and_gives_the_old_one_back_in_one_transaction() {
    let moved = |id: &str| appointment("booked", 1).replace("Slot/s1", &format!("Slot/{id}"));
    let (url, posted) = plain(move |method, path, posted| match path {
        _ if method == "POST" => (
            "200 OK",
            r#"{"resourceType":"Bundle","type":"transaction-response"}"#.to_owned(),
        ),
        "/Appointment/a1" => ("200 OK", moved(if posted { "s2" } else { "s1" })),
        "/Slot/s1" => ("200 OK", SLOT.replace("free", "busy")),
        "/Slot/s2" => ("200 OK", SLOT.replace("\"s1\"", "\"s2\"")),
        _ => ("200 OK", CALENDAR.to_owned()),
    });
    let Request::BookVisit { visit, wish, patient } = booking(Some("s2")) else {
        panic!("a booking")
    };
    let request = Request::MoveVisit {
        visit,
        appointment: "a1".to_owned(),
        wish,
        patient,
    };
    let answer = send(&url, &request);
    assert!(
        matches!(&answer, Answer::Booked { appointment, slot: Some(slot), .. } if appointment == "a1" && slot == "s2"),
        "{answer:?}"
    );
    // A repeat whose first try had arrived changes nothing.
    assert_eq!(send(&url, &request), answer);
    let posted = posted.lock().unwrap();
    let bundle: serde_json::Value = serde_json::from_str(&posted[0]).unwrap();
    let of = |index: usize| {
        (
            &bundle["entry"][index]["resource"],
            &bundle["entry"][index]["request"]["ifMatch"],
        )
    };
    assert_eq!(
        (&of(0).0["slot"][0]["reference"], of(0).1),
        (&"Slot/s2".into(), &"W/\"3\"".into())
    );
    assert_eq!((&of(1).0["id"], &of(1).0["status"]), (&"s2".into(), &"busy".into()));
    assert_eq!((&of(2).0["id"], &of(2).0["status"]), (&"s1".into(), &"free".into()));
    assert_eq!(posted.len(), 1);
}
