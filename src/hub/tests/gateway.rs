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

use anban_hub::{Config, Hub};
use anban_wire::{
    fhir::{AppointmentStatus, HealthcareService, Resource, from_json},
    scheduling::{CancelRequest, ChangeRequest, HoldRequest, read_answer},
    systems,
};
use device::{Device, wish_for};
use hospital::*;
use serde_json::json;
use std::{
    sync::{Arc, Barrier},
    thread,
};
use support::*;

#[test]
fn a_department_in_a_hospitals_own_server_is_found_booked_moved_and_cancelled_like_any_other() {
    for town in Town::on_both_databases() {
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
        assert_eq!(town.status_there(second), "free");
        // A look that began before says it is taken, until the next one.
        until("it is free here", || status_here(base, second) == "free");
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
}

#[test]
fn of_those_who_want_one_time_one_gets_it_wherever_they_ask() {
    for town in Town::on_both_databases() {
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
}

#[test]
fn what_a_hospital_alone_can_not_promise_is_refused() {
    let town = Town::new();
    let hub = town.hub();
    let elder = Device::register(&hub.base, "王秀英");
    let all = times(&hub.base, "teeth");
    let local = times(&hub.base, "first-hospital-internal");
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
fn a_time_that_somebody_holds_nobody_else_gets_here_and_the_hospital_may_still_give_it_away() {
    let town = Town::new();
    let hub = town.hub();
    let all = times(&hub.base, "teeth");
    let (elder, other) = (
        Device::register(&hub.base, "王秀英"),
        Device::register(&hub.base, "李大山"),
    );
    let hold = |who: &Device, slot: &str| {
        let request = HoldRequest { slot: slot.to_owned() };
        who.post_fhir("/fhir/Appointment/$hold", request.to_parameters())
    };
    let (slot, second) = (&all[0].slot, &all[1].slot);
    let held = hold(&elder, slot);
    assert_eq!(held.status, 200, "{}", String::from_utf8_lossy(&held.body));
    let told = held.json();
    assert_eq!(told["entry"][0]["resource"]["status"], "pending");
    let remark = &told["entry"][1]["resource"]["issue"][0];
    assert_eq!(remark["severity"], "warning", "{told}");
    assert!(remark["details"]["text"].as_str().unwrap().contains("not promised"));
    assert_eq!(
        (town.status_there(slot), status_here(&hub.base, slot)),
        ("free".into(), "busy-tentative".into())
    );
    assert!(times(&hub.base, "teeth").iter().all(|free| free.slot != *slot));
    // Neither a booking nor a move of somebody else's gets it, and the hospital hears of neither.
    assert_eq!(hold(&other, slot).status, 409);
    let refused = other.book(slot, &other.patient);
    assert_eq!(refused.status, 409);
    assert!(!read_answer(&refused.body).unwrap_err().proposals.is_empty());
    let booked = read_answer(&other.book(second, &other.patient).body).unwrap();
    let moving = ChangeRequest::to_slot(booked.id.as_deref().unwrap(), slot).to_parameters();
    assert_eq!(other.post_fhir("/fhir/Appointment/$book", moving).status, 409);
    assert!(town.appointments(slot).is_empty());
    assert_eq!(elder.book(slot, &elder.patient).status, 200);
    assert_eq!(town.status_there(slot), "busy");
    // Somebody there was faster than whoever holds it here.
    let third = &all[2].slot;
    assert_eq!(hold(&elder, third).status, 200);
    town.change(&format!("Slot/{}", third.strip_prefix("county.").unwrap()), |slot| {
        slot["status"] = busy()
    });
    assert_eq!(elder.book(third, &elder.patient).status, 409);
    until("it is told", || status_here(&hub.base, third) == "busy");
    assert_eq!(hold(&elder, third).status, 409);
}

#[test]
fn what_the_hospital_is_asked_and_how_long_it_takes_is_counted() {
    let town = Town::new();
    let hub = Hub::start(Config {
        demo: true,
        requests_per_second: 0,
        gateway: Some(town.file(
            "poll_seconds = 1
fresh_seconds = 1",
        )),
        metrics: Some("127.0.0.1:0".to_owned()),
        ..Config::new("127.0.0.1:0", town.data.path())
    })
    .unwrap();
    let (base, metrics) = (hub.url(), format!("http://{}", hub.metrics_addr().unwrap()));
    until("the department is there", || !times(&base, "teeth").is_empty());
    let elder = Device::register(&base, "王秀英");
    let slot = times(&base, "teeth")[0].slot.clone();
    let read = || String::from_utf8(get(&metrics, "/metrics").body).unwrap();
    let count = |what: &str| {
        let text = read();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(what))
            .unwrap_or_else(|| panic!("{text}"));
        line.trim().parse::<f64>().unwrap()
    };
    let calls = |outcome: &str| {
        count(&format!(
            "anban_hub_hospital_calls_total{{hospital=\"county\",outcome=\"{outcome}\"}}"
        ))
    };
    assert!(calls("answered") > 5.0);
    let failed = calls("failed");
    town.way(Way::Cut);
    is_away(&elder.book(&slot, &elder.patient));
    assert!(calls("failed") > failed);
    assert!(count("anban_hub_hospital_call_duration_seconds_count{hospital=\"county\"}") >= calls("answered"));
}

#[test]
fn what_a_hospitals_own_server_keeps_no_scheduler_writes_here() {
    let town = Town::new();
    let hub = town.hub();
    let base = &hub.base;
    let scheduler = Device::of_role(town.data.path(), base, "scheduler");
    let slot = times(base, "teeth").remove(0).slot;
    let refuses = |path: &str, resource: &serde_json::Value| {
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction",
            "entry": [{ "resource": resource, "request": { "method": "PUT", "url": path } }] });
        let refused = scheduler.post("/fhir", "application/fhir+json", bundle.to_string().as_bytes());
        assert_eq!(
            refused.status,
            409,
            "{path}: {}",
            String::from_utf8_lossy(&refused.body)
        );
    };
    for path in [
        "HealthcareService/teeth",
        "Practitioner/county.dr-yu",
        &format!("Slot/{slot}"),
    ] {
        refuses(path, &get(base, &format!("/fhir/{path}")).json());
    }
    let calendar = json!({ "resourceType": "Schedule", "id": "c1",
                           "actor": [{ "reference": "HealthcareService/teeth" }] });
    refuses("Schedule/c1", &calendar);
}
