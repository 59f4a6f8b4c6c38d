//! Departments that live in a hospital's own FHIR server: one that others wrote, behind the real hub.
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
    fhir::{AppointmentStatus, HealthcareService, Resource, from_json},
    scheduling::{CancelRequest, ChangeRequest, HoldRequest, read_answer},
    systems,
};
use device::{Device, wish_for};
use hospital::*;
use serde_json::json;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    sync::{Arc, Barrier},
    thread,
    time::{Duration, Instant},
};
use support::*;

#[test]
fn a_department_in_a_hospitals_own_server_is_found_booked_moved_and_cancelled_like_any_other() {
    let town = Town::new();
    let hub = town.hub();
    let base = &hub.base;
    let teeth: HealthcareService = from_json(&get(base, "/fhir/HealthcareService/teeth").body).unwrap();
    assert_eq!(teeth.name.as_deref(), Some("口腔科"));
    assert_eq!(
        teeth.location[1].id_of("Location"),
        Some("county.county-dental-counter")
    );
    assert_eq!(get(base, "/fhir/Practitioner/county.dr-yu").status, 200);
    let all = times(base, "teeth");
    assert!(all.len() > 40 && all[0].slot.starts_with("county."), "{}", all.len());
    assert_eq!(all[0].practitioner.as_ref().unwrap().zh, "于芳 医生");
    let (first, second) = (&all[0].slot, &all[1].slot);

    let elder = Device::register(base, "王秀英");
    let wish = wish_for(first, &elder.patient);
    let send = || elder.post_fhir("/fhir/Appointment/$book", wish.to_parameters());
    let booked = send();
    assert_eq!(booked.status, 200, "{}", String::from_utf8_lossy(&booked.body));
    let booked = read_answer(&booked.body).unwrap();
    let id = booked.id.clone().unwrap();
    assert_eq!(booked.slot_id(), Some(first.as_str()));
    assert_eq!(booked.patient_instruction.as_deref(), Some("请带身份证和医保卡。"));
    assert_eq!(
        (town.status_there(first), status_here(base, first)),
        ("busy".into(), "busy".into())
    );
    let theirs = town.appointments(first);
    assert_eq!(theirs.len(), 1);
    let theirs = &theirs[0];
    assert_eq!(
        theirs["identifier"],
        json!([{"system": systems::COMMAND, "value": wish.command.unwrap().to_string()}])
    );
    assert_eq!(theirs["contained"][0]["name"][0]["text"], "王秀英");
    assert_eq!(theirs["contained"][0]["telecom"][0]["value"], "139 0000 5509");
    let actors: Vec<_> = theirs["participant"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["actor"]["reference"])
        .collect();
    assert_eq!(
        actors,
        [
            "#patient",
            "Practitioner/dr-yu",
            "HealthcareService/county-dental",
            "Location/county"
        ]
    );
    // A repeat gets the first answer, and the hospital hears of it once.
    assert_eq!(read_answer(&send().body).unwrap(), booked);
    assert_eq!(town.appointments(first).len(), 1);
    let searched = elder
        .get(&format!("/fhir/Appointment?patient=Patient/{}", elder.patient))
        .bundle();
    assert_eq!(searched.resources().next().unwrap().id(), Some(id.as_str()));
    assert!(told(&elder, &id).is_some());

    let moved = elder.post_fhir(
        "/fhir/Appointment/$book",
        ChangeRequest::to_slot(&id, second).to_parameters(),
    );
    let moved = read_answer(&moved.body).unwrap();
    assert_eq!(
        (moved.slot_id(), moved.start),
        (Some(second.as_str()), Some(all[1].start))
    );
    assert_eq!(
        (town.status_there(first), town.status_there(second)),
        ("free".into(), "busy".into())
    );
    let theirs = &town.appointments(second)[0];
    assert_eq!(theirs["participant"].as_array().unwrap().len(), 4);
    assert_eq!(
        theirs["start"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap(),
        all[1].start
    );
    let there = theirs["id"].as_str().unwrap().to_owned();

    let cancel = || {
        let request = CancelRequest {
            appointment: id.clone(),
            reason: None,
        };
        let answer = elder.post_fhir("/fhir/Appointment/$book", request.to_parameters());
        read_answer(&answer.body).unwrap().status
    };
    assert_eq!(cancel(), AppointmentStatus::Cancelled);
    assert_eq!(town.there(&format!("Appointment/{there}"))["status"], "cancelled");
    assert_eq!(
        (town.status_there(second), status_here(base, second)),
        ("free".into(), "free".into())
    );
    assert_eq!(cancel(), AppointmentStatus::Cancelled, "once more is no error");
    assert_eq!(told(&elder, &id).unwrap().status, AppointmentStatus::Cancelled);
    let noted = elder
        .get(&format!("/fhir/AuditEvent?patient=Patient/{}", elder.patient))
        .bundle();
    let about = |resource: &&Resource| match resource {
        Resource::AuditEvent(event) => event.entity.iter().any(|entity| {
            let what = entity.what.as_ref().and_then(|what| what.id_of("Appointment"));
            what == Some(id.as_str())
        }),
        _ => false,
    };
    assert_eq!(noted.resources().filter(about).count(), 3, "booked, moved, cancelled");
}

#[test]
fn of_those_who_want_one_time_one_gets_it_wherever_they_ask() {
    let town = Town::new();
    let hub = town.hub();
    let all = times(&hub.base, "surgery");
    let slot = all[3].slot.clone();
    let together = Arc::new(Barrier::new(6));
    let wanting: Vec<_> = (0..6)
        .map(|number| {
            let device = Device::register(&hub.base, &format!("病人{number}"));
            let (slot, together) = (slot.clone(), Arc::clone(&together));
            thread::spawn(move || {
                together.wait();
                device.book(&slot, &device.patient)
            })
        })
        .collect();
    let answers: Vec<Answer> = wanting.into_iter().map(|one| one.join().unwrap()).collect();
    let booked = answers.iter().filter(|answer| answer.status == 200).count();
    let taken: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 409).collect();
    assert_eq!(
        (booked, taken.len()),
        (1, 5),
        "{:?}",
        answers.iter().map(|one| one.status).collect::<Vec<_>>()
    );
    for answer in taken {
        let proposals = read_answer(&answer.body).unwrap_err().proposals;
        assert!((2..=3).contains(&proposals.len()));
        assert!(
            proposals
                .iter()
                .all(|free| free.slot != slot && town.status_there(&free.slot) == "free")
        );
    }
    assert_eq!(town.appointments(&slot).len(), 1);
    // Somebody at the hospital's counter was faster; the hub has not seen it yet.
    let elder = Device::register(&hub.base, "王秀英");
    let slot = &all[5].slot;
    town.change(&format!("Slot/{}", slot.strip_prefix("county.").unwrap()), |slot| {
        slot["status"] = busy()
    });
    let answer = elder.book(slot, &elder.patient);
    assert_eq!(answer.status, 409);
    assert!(
        read_answer(&answer.body)
            .unwrap_err()
            .proposals
            .iter()
            .all(|free| free.slot != *slot)
    );
    until("it is told", || status_here(&hub.base, slot) == "busy");
    town.change(&format!("Slot/{}", slot.strip_prefix("county.").unwrap()), |slot| {
        slot["status"] = json!("free")
    });
    until("the time is free again", || status_here(&hub.base, slot) == "free");
    assert_eq!(elder.book(slot, &elder.patient).status, 200);
}

#[test]
fn a_booking_whose_answer_is_lost_is_found_again_by_a_repeat_also_of_a_hub_that_was_killed() {
    let town = Town::new();
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

#[test]
fn a_lost_booking_that_nobody_repeats_and_what_the_hospital_changes_reach_the_patients_feed() {
    let town = Town::new();
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
fn what_a_hospital_alone_can_not_promise_is_refused() {
    let town = Town::new();
    let hub = town.hub();
    let elder = Device::register(&hub.base, "王秀英");
    let all = times(&hub.base, "teeth");
    let local = times(&hub.base, "first-hospital-internal");
    let hold = HoldRequest {
        slot: all[0].slot.clone(),
    };
    assert_eq!(
        elder.post_fhir("/fhir/Appointment/$hold", hold.to_parameters()).status,
        422
    );
    let id = |answer: &Answer| read_answer(&answer.body).unwrap().id.unwrap();
    let (here, there) = (
        elder.book(&local[0].slot, &elder.patient),
        elder.book(&all[0].slot, &elder.patient),
    );
    for (visit, slot) in [(id(&here), &all[1].slot), (id(&there), &local[1].slot)] {
        let change = ChangeRequest::to_slot(&visit, slot).to_parameters();
        let answer = elder.post_fhir("/fhir/Appointment/$book", change);
        assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.body));
    }
    let entry = |slot: &str| {
        json!({"resource": {"resourceType": "Appointment", "status": "booked", "slot": [{"reference": format!("Slot/{slot}")}],
                            "participant": [{"status": "accepted", "actor": {"reference": format!("Patient/{}", elder.patient)}}]},
               "request": {"method": "POST", "url": "Appointment"}})
    };
    let transaction = |entries: Vec<serde_json::Value>| {
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
        elder
            .post("/fhir", "application/fhir+json", bundle.to_string().as_bytes())
            .status
    };
    assert_eq!(transaction(vec![entry(&local[2].slot), entry(&all[2].slot)]), 422);
    assert_eq!(
        (status_here(&hub.base, &local[2].slot), town.status_there(&all[2].slot)),
        ("free".into(), "free".into())
    );
    assert_eq!(transaction(vec![entry(&all[2].slot)]), 200);
    assert_eq!(town.status_there(&all[2].slot), "busy");
    // A hub that is not told of the hospital any more offers none of its times, and changes none of its visits alone.
    hub.terminate();
    let mut hub = hub;
    hub.child.wait().unwrap();
    let alone = Program::start(town.data.path(), &["--demo", "--requests-per-second", "0"]);
    assert!(times(&alone.base, "teeth").is_empty());
    let elder = Device {
        base: alone.base.clone(),
        ..elder
    };
    is_away(
        &elder.post_fhir(
            "/fhir/Appointment/$book",
            CancelRequest {
                appointment: id(&there),
                reason: None,
            }
            .to_parameters(),
        ),
    );
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
