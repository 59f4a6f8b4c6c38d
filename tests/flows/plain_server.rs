//! A hospital whose FHIR server is another's, without the scheduling operations: the same app books, is refused a time
//! that somebody else has, survives a lost answer, and cancels.

use anban_core::Command;
use anban_core::appointments::{self, VisitState};
use jiff::Timestamp;
use serde_json::Value;

use crate::common::Home;
use crate::common::fhir_server::FhirServer;
use crate::common::person::{Person, choices, kept, tells};
use crate::common::servers::losing_answers;
use crate::{at_a_department, at_the_soonest_time};

fn hospital() -> FhirServer {
    FhirServer::start(&Timestamp::now().to_string(), &[])
}

fn resources(server: &FhirServer, path: &str) -> Vec<Value> {
    let bundle = server.json(path);
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.into_iter().map(|mut entry| entry["resource"].take()).collect()
}

fn status(server: &FhirServer, slot: &str) -> String {
    server.json(&format!("Slot/{slot}"))["status"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Of the only visit that a profile has.
fn state(home: &Home) -> VisitState {
    let visits = kept(home).0.visits;
    assert_eq!(visits.len(), 1);
    visits.into_values().next().unwrap().state
}

#[test]
fn two_want_one_time_at_a_plain_fhir_server_and_what_one_cancels_the_other_can_have() {
    let server = hospital();
    let (home, other) = (Home::new(), Home::new());
    let mut first = Person::welcomed(&home, &["--hub", &server.base], "王秀英");
    let mut second = Person::welcomed(&other, &["--hub", &server.base], "李建国");
    let (sure, slot) = at_the_soonest_time(&mut first);
    let (also_sure, same) = at_the_soonest_time(&mut second);
    assert_eq!(slot, same);
    tells(&first.taps(&sure, "confirm-yes").view, "booked-title");
    let refused = second.taps(&also_sure, "confirm-yes").view;
    tells(&refused, "refused-taken");
    assert_eq!(status(&server, &slot), "busy");
    let booked = resources(&server, "Appointment");
    assert_eq!(booked.len(), 1);
    assert_eq!(booked[0]["status"], "booked");
    assert_eq!(booked[0]["slot"][0]["reference"], format!("Slot/{slot}"));
    let text = booked[0].to_string();
    assert!(
        text.contains("Practitioner/") && text.contains("HealthcareService/"),
        "{text}"
    );

    first.leaves();
    assert!(matches!(state(&home), VisitState::Booked { .. }));
    let mut first = {
        let visit = *kept(&home).0.visits.keys().next().unwrap();
        let mut first = Person::at(&home, &["--hub", &server.base]);
        let view = first
            .does(Command::Appointments(appointments::Command::Cancel(visit)))
            .view;
        tells(&view, "cancelled-title");
        first
    };
    assert_eq!(status(&server, &slot), "free");
    assert_eq!(resources(&server, "Appointment")[0]["status"], "cancelled");
    let (sure, again) = at_the_soonest_time(&mut second);
    assert_eq!(again, slot);
    tells(&second.taps(&sure, "confirm-yes").view, "booked-title");
    assert_eq!(status(&server, &slot), "busy");
    assert!(!choices(&at_a_department(&mut first)).is_empty());
    first.leaves();
    second.leaves();
}

#[test]
fn a_booking_and_a_cancellation_whose_answers_a_plain_server_had_given_in_vain_are_made_once() {
    let server = hospital();
    let home = Home::new();
    let address = server.base.strip_prefix("http://").unwrap();
    let (host, path) = address.split_once('/').unwrap();
    // Only transactions are posted, and to the base itself.
    let (way, lost) = losing_answers(host, "POST", 2);
    let way = format!("{way}/{path}");
    let mut person = Person::welcomed(&home, &["--hub", &way], "王秀英");
    let (sure, slot) = at_the_soonest_time(&mut person);
    tells(&person.taps(&sure, "confirm-yes").view, "visit-not-confirmed");
    assert_eq!(status(&server, &slot), "busy", "the server had booked it");
    person.network_is_back();
    person.leaves();
    assert!(matches!(state(&home), VisitState::Booked { .. }));
    assert_eq!(resources(&server, "Appointment").len(), 1);

    let visit = *kept(&home).0.visits.keys().next().unwrap();
    let mut person = Person::at(&home, &["--hub", &way]);
    person.does(Command::Appointments(appointments::Command::Cancel(visit)));
    assert_eq!(lost.load(std::sync::atomic::Ordering::SeqCst), 2);
    assert_eq!(status(&server, &slot), "free", "the server had cancelled it");
    person.network_is_back();
    person.leaves();
    assert_eq!(state(&home), VisitState::Cancelled);
    assert!(kept(&home).0.outbox.is_empty());
}

#[test]
fn a_plain_server_that_is_away_is_asked_again_when_it_is_back() {
    let server = hospital();
    let home = Home::new();
    let mut person = Person::welcomed(&home, &["--hub", &server.base], "王秀英");
    let (sure, slot) = at_the_soonest_time(&mut person);
    server.pause(true);
    tells(&person.taps(&sure, "confirm-yes").view, "visit-not-confirmed");
    server.pause(false);
    person.network_is_back();
    person.leaves();
    assert!(matches!(state(&home), VisitState::Booked { .. }));
    assert_eq!(status(&server, &slot), "busy");
}
