//! What a server says is told apart: each kind of no, and a yes that fits the question from one that does not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::Write;

use anban_core::appointments::Refusal;
use anban_core::outbox::{Answer, Trouble};
use anban_sync::Client;
use common::*;

#[test]
fn a_hubs_no_is_told_apart() {
    let client = Client::with_limits(short());
    for (status, code, refusal) in [
        ("400 Bad Request", "invalid", Refusal::NotAccepted),
        ("401 Unauthorized", "login", Refusal::NotAllowed),
        ("403 Forbidden", "forbidden", Refusal::NotAllowed),
        ("404 Not Found", "not-found", Refusal::Gone),
        ("409 Conflict", "conflict", Refusal::SlotTaken),
        ("410 Gone", "deleted", Refusal::Gone),
        ("422 Unprocessable Entity", "business-rule", Refusal::NotAccepted),
        ("200 OK", "conflict", Refusal::SlotTaken),
        ("200 OK", "not-found", Refusal::Gone),
        ("200 OK", "forbidden", Refusal::NotAllowed),
        ("200 OK", "business-rule", Refusal::NotAccepted),
    ] {
        let bundle = format!(
            r#"{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{}}}]}}"#,
            outcome(code)
        );
        for body in [outcome(code), bundle] {
            let answer = client.send(&says(fhir(status, &body)), request_id(1), &booking(Some("s1")));
            assert_eq!(answer, Answer::refused(refusal), "{status} {code}");
        }
    }
    let busy = client.send(
        &says(fhir("200 OK", &outcome("transient"))),
        request_id(1),
        &booking(Some("s1")),
    );
    assert_eq!(busy, Answer::NoAnswer(Trouble::Failing));
}

/// A booked appointment as a server shows it.
fn appointment(id: &str, slot: &str, command: u128, status: &str) -> String {
    format!(
        r#"{{"resourceType":"Appointment","id":"{id}","status":"{status}","participant":[{{"status":"accepted"}}],
        "identifier":[{{"system":"https://anban.example/command","value":"{}"}}],
        "start":"2026-11-24T01:00:00Z","end":"2026-11-24T01:15:00Z","slot":[{{"reference":"Slot/{slot}"}}]}}"#,
        request_id(command)
    )
}

#[test]
fn a_yes_to_another_question_is_rubbish() {
    let client = Client::with_limits(short());
    let answer = |body: &str| client.send(&says(fhir("201 Created", body)), request_id(1), &booking(Some("s1")));
    let start = "2026-11-24T01:00:00Z".parse().unwrap();
    assert_eq!(
        answer(&appointment("a1", "s1", 1, "booked")),
        Answer::Booked {
            appointment: "a1".to_owned(),
            start,
            slot: Some("s1".to_owned()),
        }
    );
    for wrong in [
        appointment("a1", "s2", 1, "booked"),
        appointment("a1", "s1", 2, "booked"),
        appointment("../a1", "s1", 1, "booked"),
        appointment("", "s1", 1, "booked"),
        appointment("a1", "s1", 1, "booked").replace("start", "begin"),
        appointment("a1", "s1", 1, "sure"),
    ] {
        assert_eq!(answer(&wrong), Answer::NoAnswer(Trouble::Rubbish), "{wrong}");
    }
    assert_eq!(
        answer(&appointment("a1", "s1", 1, "pending")),
        Answer::NoAnswer(Trouble::Failing)
    );
    assert_eq!(
        answer(&appointment("a1", "s1", 1, "cancelled")),
        Answer::refused(Refusal::Gone)
    );
}

#[test]
fn cancelling_needs_the_hub_to_show_that_very_visit_as_cancelled() {
    let client = Client::with_limits(short());
    let hub = |put: String| {
        server(move |asked, mut stream| {
            let read = appointment("a1", "s1", 1, "booked").replace("\"id\"", r#""meta":{"versionId":"3"},"id""#);
            let answer = if asked.method == "PUT" {
                assert!(
                    asked.head.to_ascii_lowercase().contains("if-match: w/\"3\""),
                    "{}",
                    asked.head
                );
                assert!(String::from_utf8_lossy(&asked.body).contains(r#""status":"cancelled""#));
                put.clone()
            } else {
                fhir("200 OK", &read)
            };
            let _ = stream.write_all(answer.as_bytes());
        })
    };
    let answer = |put: String| client.send(&hub(put), request_id(2), &cancelling("a1"));
    assert_eq!(
        answer(fhir("200 OK", &appointment("a1", "s1", 1, "cancelled"))),
        Answer::Cancelled
    );
    assert_eq!(
        answer(fhir("200 OK", &appointment("a1", "s1", 1, "booked"))),
        Answer::NoAnswer(Trouble::Rubbish)
    );
    assert_eq!(
        answer(fhir("200 OK", &appointment("a2", "s1", 1, "cancelled"))),
        Answer::NoAnswer(Trouble::Rubbish)
    );
    assert_eq!(
        answer(fhir("412 Precondition Failed", &outcome("conflict"))),
        Answer::NoAnswer(Trouble::Failing)
    );
    assert_eq!(
        answer(fhir("422 Unprocessable", &outcome("business-rule"))),
        Answer::refused(Refusal::NotAccepted)
    );
    let already = says(fhir("200 OK", &appointment("a1", "s1", 1, "cancelled")));
    assert_eq!(
        client.send(&already, request_id(2), &cancelling("a1")),
        Answer::Cancelled
    );
    let nowhere = client.send(&already, request_id(2), &cancelling("../a1"));
    assert_eq!(nowhere, Answer::refused(Refusal::Gone));
}
