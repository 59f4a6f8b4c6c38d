//! Documents of every kind: what they say, for how long, and what is refused.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_credential::{Document, DocumentState};
use anban_wire::{
    documents::DocumentKind,
    fhir::{AppointmentStatus, to_json},
    refusals::RefusalCode,
    scheduling::read_answer,
};
use serde_json::{Value, json};
use support::*;

fn days(document: &Document, now: jiff::Timestamp) -> i64 {
    document.expires_at().unwrap().duration_since(now).as_hours() / 24
}

fn details(document: &Document) -> Value {
    document.claims()["details"].clone()
}

#[test]
fn what_the_hub_has_on_record_is_signed_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let (now, list) = (MONDAY.parse().unwrap(), trust_list(&hub.url(), MONDAY.parse().unwrap()));
    for (kind, key, life) in [
        ("vaccination", "vaccine", 365),
        ("test", "result", 7),
        ("travel-record", "places", 7),
        ("identity-link", "checked", 30),
        ("health-card", "number", 30),
        ("medical-insurance", "number", 1),
        ("check-up", "conclusion", 365),
    ] {
        // Whatever a client says of itself has no place in a record.
        let document = issued(&ask_for(
            &hub.url(),
            kind,
            json!({"details": {"result": "made up", "mine": "x"}}),
        ));
        assert_eq!(document.kind().as_str(), kind);
        assert_eq!(state(&document, &list, now), DocumentState::Valid, "{kind}");
        assert_eq!(days(&document, now), life, "{kind}");
        let details = details(&document);
        assert!(details[key].is_string(), "{kind}: {details}");
        assert!(details["mine"].is_null() && details["result"] != "made up" && details["statement"].is_null());
        assert_eq!(
            document.claims()["person"]["identity_document"]["number"],
            "110105********002X"
        );
    }
}

#[test]
fn a_health_status_has_a_reason_and_holds_for_a_week() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let first = issued(&ask_for(&hub.url(), "health-status", json!({})));
    assert_eq!(days(&first, clock.now()), 7);
    assert!(first.claims()["health"]["reason"].is_string());
    let later = clock.hours(6 * 24);
    let second = issued(&ask_for(&hub.url(), "health-status", json!({})));
    assert!(
        second.id() != first.id() && second.expires_at() > first.expires_at(),
        "asking again makes it fresh"
    );
    assert_eq!(days(&second, later), 7);
    let after = clock.hours(2 * 24);
    let list = trust_list(&hub.url(), after);
    assert_eq!(state(&first, &list, after), DocumentState::Expired);
    assert_eq!(state(&second, &list, after), DocumentState::Valid);
}

#[test]
fn a_person_without_a_record_gets_a_clear_no() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let other = json!({"identityNumber": "990101194803150010"});
    let answer = ask_for(&hub.url(), "vaccination", other);
    assert_eq!((answer.status, refusal(&answer)), (404, Some(RefusalCode::NoRecord)));
}

#[test]
fn what_a_person_states_is_signed_as_their_own_statement() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let now = MONDAY.parse().unwrap();
    for (kind, life) in [
        ("delegation", 180),
        ("card-copy", 365),
        ("emergency-card", 365),
        ("entry-form", 7),
    ] {
        let document = issued(&ask_for(&hub.url(), kind, json!({"details": {"a": " 青霉素过敏 "}})));
        assert_eq!(details(&document)["a"], "青霉素过敏");
        assert!(
            details(&document)["statement"].as_str().unwrap().contains("本人陈述"),
            "{kind}"
        );
        assert_eq!(days(&document, now), life, "{kind}");
        let claimed = ask_for(
            &hub.url(),
            kind,
            json!({"details": {"statement": "checked by the police"}}),
        );
        assert_eq!(claimed.status, 422, "nobody writes that but the hub");
    }
}

#[test]
fn an_authorisation_ends_on_the_day_that_the_person_names() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let ask = |until: &str| {
        ask_for(
            &hub.url(),
            "delegation",
            json!({"details": {"delegate": "李明", "until": until}}),
        )
    };
    let document = issued(&ask("2026-12-31"));
    assert_eq!(
        document.expires_at().unwrap().to_string(),
        "2026-12-31T16:00:00Z",
        "midnight in the city"
    );
    let document = issued(&ask("2099-12-31"));
    assert_eq!(days(&document, MONDAY.parse().unwrap()), 365, "no longer than a year");
    for wrong in ["2026-11-22", "next year", "2026-02-30"] {
        assert_eq!(ask(wrong).status, 422, "{wrong}");
    }
}

#[test]
fn a_pass_is_for_who_is_well() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let document = issued(&ask_for(
        &hub.url(),
        "entry-pass",
        json!({"details": {"venue": "老年大学", "other": "x"}}),
    ));
    assert_eq!(details(&document), json!({"venue": "老年大学"}));
    assert_eq!(days(&document, MONDAY.parse().unwrap()), 1);
    let yellow = json!({"identityNumber": "990101194803150010"});
    assert_eq!(ask_for(&hub.url(), "entry-pass", yellow).status, 403);
}

#[test]
fn an_appointments_slip_says_what_is_booked_and_ends_with_its_day() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let slot = free(&hub.url()).remove(0);
    let booked = read_answer(&book(&hub.url(), &wish(&slot.slot)).body).unwrap();
    let id = booked.id.clone().unwrap();
    let ask = |name: &str, number: &str| {
        let more = json!({"appointment": id, "name": name, "identityNumber": number});
        ask_for(&hub.url(), "appointment", more)
    };
    let document = issued(&ask("王秀英", NUMBER));
    let said = details(&document);
    assert_eq!(said["appointment"], id.as_str());
    for key in ["hospital", "department", "practitioner", "place", "start"] {
        assert!(!said[key].as_str().unwrap().is_empty(), "{said}");
    }
    let start = slot.start + jiff::SignedDuration::from_hours(8);
    assert!(
        start
            .to_string()
            .starts_with(&said["start"].as_str().unwrap().replace(' ', "T")),
        "{said}"
    );
    assert!(said["statement"].is_null() && document.expires_at().unwrap() > slot.start);
    assert!(document.expires_at().unwrap().duration_since(slot.start).as_hours() < 24);
    // Under another name there is no such appointment, and a stranger's number stands in no document.
    assert_eq!(ask("李秀英", NUMBER).status, 404);
    let unregistered = issued(&ask("王秀英", "440524188001010014"));
    assert!(unregistered.claims()["person"]["identity_document"].is_null());
    let nowhere = ask_for(&hub.url(), "appointment", json!({"appointment": "nowhere"}));
    assert_eq!(nowhere.status, 404);
    // Called off: no more slips.
    let mut cancelled = booked;
    cancelled.status = AppointmentStatus::Cancelled;
    let body = to_json(&cancelled.into()).unwrap();
    assert_eq!(
        put(&hub.url(), &format!("/fhir/Appointment/{id}"), None, &body).status,
        200
    );
    assert_eq!(ask("王秀英", NUMBER).status, 410);
}

#[test]
fn what_does_not_fit_a_code_is_refused_and_everything_else_can_be_scanned() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    // Different in each place, so that nothing can be compressed away.
    let noise = |length: u32| -> String {
        (0..length)
            .filter_map(|n| char::from_u32(0x4e00 + n * 7919 % 20_000))
            .collect()
    };
    let with = |text: String| ask_for(&hub.url(), "emergency-card", json!({"details": {"medicines": text}}));
    let answer = with(noise(400));
    assert_eq!((answer.status, refusal(&answer)), (422, Some(RefusalCode::TooLong)));
    let document = issued(&with(noise(150)));
    assert!(document.text().len() <= 1200, "{}", document.text().len());
    for kind in DocumentKind::ALL {
        if kind != DocumentKind::Appointment {
            let document = issued(&ask_for(&hub.url(), kind.as_str(), json!({})));
            assert!(document.text().len() <= 1200, "{kind:?}");
        }
    }
}
