//! Registered persons: on every way, once, and what nobody can find out by trying.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_wire::refusals::RefusalCode;
use serde_json::{Value, json};
use support::*;

const STRANGER: &str = "440524188001010014";

fn registration(channel: &str, more: Value) -> Value {
    let mut body = json!({
        "command": uuid::Uuid::new_v4(), "name": "陈大文", "identityNumber": STRANGER, "channel": channel,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn register(base: &str, body: &Value) -> Answer {
    post_json(base, "/persons", body)
}

fn asks(base: &str, name: &str) -> Answer {
    ask_for(base, "health-status", json!({"name": name, "identityNumber": STRANGER}))
}

#[test]
fn whoever_is_not_registered_is_told_so_by_a_code_and_can_be_registered_on_every_way() {
    for (channel, more) in [
        ("own", json!({})),
        ("relative", json!({"helper": "陈明", "telephone": "139 0000 5509"})),
        ("counter", json!({"helper": "北街社区服务站"})),
        ("telephone", json!({"telephone": "+86 (451) 5555-0109"})),
    ] {
        let data = tempfile::tempdir().unwrap();
        let hub = demo(data.path());
        let refused = asks(&hub.url(), "陈大文");
        assert_eq!(
            (refused.status, refusal(&refused)),
            (404, Some(RefusalCode::NotRegistered))
        );
        let done = register(&hub.url(), &registration(channel, more));
        assert_eq!(done.status, 201, "{channel}");
        assert_eq!(done.json()["registeredAt"], "2026-11-22T22:00:00Z");
        let document = issued(&asks(&hub.url(), "陈大文"));
        assert_eq!(document.holder_name().as_deref(), Some("陈大文"));
    }
}

#[test]
fn registering_again_changes_nothing_and_outlives_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let first = registration("own", json!({}));
    let since = register(&hub.url(), &first).json();
    clock.hours(5);
    assert_eq!(register(&hub.url(), &first).json(), since, "a repeat");
    let again = registration("counter", json!({}));
    assert_eq!(register(&hub.url(), &again).json(), since, "another wish for the same");
    hub.shutdown();
    let hub = clock.demo(data.path());
    assert_eq!(register(&hub.url(), &first).json(), since);
    issued(&asks(&hub.url(), "陈大文"));
    // One number for two wishes.
    let mut other = first;
    other["name"] = "陈小文".into();
    assert_eq!(register(&hub.url(), &other).status, 422);
}

#[test]
fn a_number_under_another_name_is_refused_for_documents_and_registrations() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    register(&hub.url(), &registration("own", json!({})));
    let asked = asks(&hub.url(), "陈小文");
    assert_eq!((asked.status, refusal(&asked)), (422, Some(RefusalCode::OtherName)));
    let again = register(&hub.url(), &registration("own", json!({"name": "陈小文"})));
    assert_eq!((again.status, refusal(&again)), (422, Some(RefusalCode::OtherName)));
    assert!(
        !String::from_utf8_lossy(&again.body).contains("陈"),
        "it does not say what name"
    );
}

#[test]
fn what_is_wrong_is_said_without_repeating_it() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    for wrong in [
        json!({"identityNumber": "440524188001010015"}),
        json!({"name": ""}),
        json!({"channel": "relative"}),
        json!({"telephone": "not a number"}),
    ] {
        let answer = register(&hub.url(), &registration("own", wrong.clone()));
        assert_eq!(answer.status, 422, "{wrong}");
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!said.contains("1880") && !said.contains("陈"), "{said}");
    }
    for rubbish in [json!({"channel": "pigeon"}), json!([])] {
        let mut body = registration("own", json!({}));
        match rubbish.as_object() {
            Some(more) => body.as_object_mut().unwrap().extend(more.clone()),
            None => body = rubbish,
        }
        assert_eq!(register(&hub.url(), &body).status, 400);
    }
}

#[test]
fn nobody_can_go_through_names_and_numbers() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let answers: Vec<_> = (0..40).map(|_| asks(&hub.url(), "陈大文")).collect();
    let misses = answers.iter().filter(|answer| answer.status == 404).count();
    assert_eq!(misses, 20, "then it is enough");
    let last = answers.last().unwrap();
    assert_eq!(last.status, 429);
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    // Who is known is locked out as well, and a search for visits: they come from the same address.
    assert_eq!(ask_for(&hub.url(), "health-status", json!({})).status, 429);
    let search = format!("/fhir/Appointment?patient.identifier=x%7C{NUMBER}");
    assert_eq!(get(&hub.url(), &search).status, 429);
    // What concerns nobody's data goes on.
    assert_eq!(get(&hub.url(), "/trust-list").status, 200);
    clock.hours(1);
    issued(&ask_for(&hub.url(), "health-status", json!({})));
}

#[test]
fn behind_a_gateway_each_client_has_a_budget_of_its_own() {
    use anban_hub::{Config, Hub};
    let data = tempfile::tempdir().unwrap();
    let now = MONDAY.parse().unwrap();
    let hub = Hub::start(Config {
        demo: true,
        behind_gateway: true,
        clock: std::sync::Arc::new(move || now),
        ..Config::new("127.0.0.1:0", data.path())
    })
    .unwrap();
    let ask = |from: &str| {
        let body = json!({"command": uuid::Uuid::new_v4(), "kind": "health-status", "name": "陈大文",
            "identityNumber": STRANGER, "region": "990101"});
        let sent = agent()
            .post(format!("{}/documents", hub.url()))
            .header("Content-Type", "application/json")
            .header("X-Forwarded-For", from)
            .send(body.to_string());
        sent.unwrap().status().as_u16()
    };
    for _ in 0..20 {
        assert_eq!(ask("198.51.100.7, 203.0.113.5"), 404);
    }
    assert_eq!(
        ask("203.0.113.9, 203.0.113.5"),
        429,
        "what a client writes in front counts for nothing"
    );
    assert_eq!(ask("203.0.113.6"), 404);
}
