//! What becomes of a booking at a hospital's own server whose answer is lost, and of a server that answers anything.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/device.rs"]
mod device;
#[path = "../../../tests/common/fhir_server.rs"]
#[allow(dead_code)]
mod fhir_server;
#[path = "support/hospital.rs"]
mod hospital;
#[path = "../../../tests/common/servers.rs"]
#[allow(dead_code)]
mod servers;
mod support;

use anban_wire::{
    fhir::AppointmentStatus,
    scheduling::{CancelRequest, ChangeRequest, read_answer},
};
use device::{Device, wish_for};
use hospital::*;
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

#[test]
fn a_booking_whose_answer_is_lost_is_found_again_by_a_repeat_also_of_a_hub_that_was_killed() {
    for town in Town::on_both_databases() {
        let mut hub = town.hub();
        let slot = times(&hub.base, "teeth")[0].slot.clone();
        let elder = Device::register(&hub.base, "王秀英");
        let wish = wish_for(&slot, &elder.patient);
        town.way(Way::Cut);
        is_away(&elder.post_fhir("/fhir/Appointment/$book", wish.to_parameters()));
        assert!(town.appointments(&slot).is_empty(), "nothing half done");
        town.way(Way::LosesAnswers);
        is_away(&elder.post_fhir("/fhir/Appointment/$book", wish.to_parameters()));
        assert_eq!(town.appointments(&slot).len(), 1, "the hospital has done it");
        hub.child.kill().unwrap();
        hub.child.wait().unwrap();
        town.way(Way::Open);
        let hub = town.hub();
        let elder = Device {
            base: hub.base.clone(),
            ..elder
        };
        let booked = elder.post_fhir("/fhir/Appointment/$book", wish.to_parameters());
        let id = read_answer(&booked.body).unwrap().id.unwrap();
        assert_eq!(town.appointments(&slot).len(), 1);
        // The same for a move and a cancellation.
        let second = times(&hub.base, "teeth")[0].slot.clone();
        let move_it = || {
            elder.post_fhir(
                "/fhir/Appointment/$book",
                ChangeRequest::to_slot(&id, &second).to_parameters(),
            )
        };
        town.way(Way::LosesAnswers);
        is_away(&move_it());
        town.way(Way::Open);
        assert_eq!(read_answer(&move_it().body).unwrap().slot_id(), Some(second.as_str()));
        assert_eq!(
            (town.appointments(&second).len(), town.status_there(&slot)),
            (1, "free".into())
        );
        let cancel = CancelRequest {
            appointment: id.clone(),
            reason: None,
        };
        town.way(Way::LosesAnswers);
        is_away(&elder.post_fhir("/fhir/Appointment/$book", cancel.to_parameters()));
        assert_eq!(town.status_there(&second), "free");
        town.way(Way::Open);
        // Nobody asks again: it is noticed.
        until("the cancellation is told", || {
            told(&elder, &id).unwrap().status == AppointmentStatus::Cancelled
        });
    }
}

#[test]
fn a_lost_booking_that_nobody_repeats_and_what_the_hospital_changes_reach_the_patients_feed() {
    for town in Town::on_both_databases() {
        let hub = town.hub();
        let all = times(&hub.base, "teeth");
        let elder = Device::register(&hub.base, "王秀英");
        town.way(Way::LosesAnswers);
        is_away(&elder.book(&all[0].slot, &elder.patient));
        town.way(Way::Open);
        let mine = || {
            elder
                .get(&format!("/fhir/Appointment?patient=Patient/{}", elder.patient))
                .bundle()
        };
        until("the booking is told", || mine().total == Some(1));
        let id = mine().resources().next().unwrap().id().unwrap().to_owned();
        assert_eq!(told(&elder, &id).unwrap().slot_id(), Some(all[0].slot.as_str()));
        let there = town.appointments(&all[0].slot)[0]["id"].as_str().unwrap().to_owned();
        // The hospital moves it to a time that was never free, and then calls it off.
        let other = all[4].slot.strip_prefix("county.").unwrap().to_owned();
        town.change(&format!("Slot/{other}"), |slot| slot["status"] = busy());
        town.change(&format!("Appointment/{there}"), |one| {
            one["slot"] = json!([{"reference": format!("Slot/{other}")}])
        });
        until("the move is told", || {
            told(&elder, &id).unwrap().slot_id() == Some(all[4].slot.as_str())
        });
        assert_eq!(told(&elder, &id).unwrap().start, Some(all[4].start));
        town.change(&format!("Appointment/{there}"), |one| {
            one["status"] = json!("cancelled")
        });
        until("the cancellation is told", || {
            told(&elder, &id).unwrap().status == AppointmentStatus::Cancelled
        });
        assert_eq!(
            status_here(&hub.base, &all[4].slot),
            "busy",
            "there it is kept for somebody else"
        );
        let change = ChangeRequest::to_slot(&id, &all[6].slot).to_parameters();
        assert_eq!(elder.post_fhir("/fhir/Appointment/$book", change).status, 422);
    }
}

#[test]
fn a_server_that_answers_anything_ends_in_time_and_is_believed_nothing() {
    let town = Town::new();
    let hub = town.hub();
    let slot = times(&hub.base, "teeth")[0].slot.clone();
    let elder = Device::register(&hub.base, "王秀英");
    let there = slot.strip_prefix("county.").unwrap();
    let led_away = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&led_away);
    let elsewhere = servers::server(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let redirect = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}/x\r\ncontent-length: 0\r\n\r\n");
    let theirs = town.there(&format!("Slot/{there}"));
    let mut other = theirs.clone();
    other["id"] = json!("another");
    let mut unversioned = theirs.clone();
    unversioned["meta"] = json!({});
    let long = vec![b' '; 5 * 1024 * 1024];
    let made_up = json!({"resourceType": "Bundle", "type": "transaction-response", "entry": [
        {"resource": {"resourceType": "Appointment", "id": "x", "status": "booked", "participant": [],
                      "slot": [{"reference": format!("Slot/{there}")}]}, "response": {"status": "201"}}]});
    for (what, bytes) in [
        ("GET", redirect.clone().into_bytes()),
        ("POST", redirect.into_bytes()),
        ("GET", servers::http("401 Unauthorized", "application/json", b"{}")),
        ("GET", servers::http("200 OK", "text/html", b"<html>")),
        ("GET", servers::http("200 OK", "application/fhir+json", &long)),
        ("GET /fhir/R4/Slot/", json_answer(&other)),
        ("GET /fhir/R4/Slot/", json_answer(&unversioned)),
        (
            "GET /fhir/R4/Slot/",
            json_answer(&json!({"resourceType": "Patient", "id": there})),
        ),
        ("POST", json_answer(&made_up)),
        ("POST", servers::http("500 Oops", "text/plain", b"")),
    ] {
        town.way(Way::Answers(what, bytes));
        is_away(&elder.book(&slot, &elder.patient));
    }
    town.way(Way::Hangs);
    let began = Instant::now();
    is_away(&elder.book(&slot, &elder.patient));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(led_away.load(Ordering::SeqCst), 0, "redirects are not followed");
    assert!(
        times(&hub.base, "teeth").iter().any(|free| free.slot == slot),
        "what is known is shown"
    );
    assert!(
        !times(&hub.base, "first-hospital-internal").is_empty(),
        "other departments go on"
    );
    assert!(town.appointments(&slot).is_empty());
    // What it does not take at all is told as that.
    town.way(Way::Answers(
        "POST",
        servers::http("422 Unprocessable", "application/json", b"{}"),
    ));
    assert_eq!(elder.book(&slot, &elder.patient).status, 422);
    town.way(Way::Open);
    assert_eq!(elder.book(&slot, &elder.patient).status, 200);
}

#[test]
fn a_configuration_that_can_not_be_used_is_told_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    assert!(refuses(&file, &[]).contains("--gateway"));
    let write = |base: &str, id: &str| {
        let text = format!(
            "[[hospital]]\nname = \"county\"\nbase = \"{base}\"\n[[hospital.service]]\nid = \"{id}\"\nthere = \"1\"\n"
        );
        std::fs::write(&file, text).unwrap();
    };
    write("http://fhir.example/r4", "teeth");
    assert!(refuses(&file, &[]).contains("https://HOST"));
    write("https://fhir.example/r4", "first-hospital-internal");
    assert!(refuses(&file, &["--demo"]).contains("first-hospital-internal"));
}
