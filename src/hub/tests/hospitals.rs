//! How hospitals get into a hub that is no demonstration: a scheduler brings one with departments, doctors, calendars and
//! times in one transaction, and the day's numbers with it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/device.rs"]
mod device;
#[path = "support/scheduler.rs"]
mod scheduler;
mod support;

use anban_wire::{
    directory::{self, DIRECTORY_QUERY},
    scheduling::read_answer,
};
use client::{Client, validate};
use device::Device;
use scheduler::*;
use serde_json::{Value, json};
use support::*;

#[test]
fn a_hospital_comes_in_one_transaction_and_a_device_books_there() {
    let (home, base, mut client) = office();
    let bundle = example();
    let done = client.post("/fhir", &bundle);
    is(&done, 200);
    let entries = done.json()["entry"].as_array().unwrap().clone();
    assert_eq!(entries.len(), bundle["entry"].as_array().unwrap().len());
    for entry in &entries {
        let response = &entry["response"];
        assert_eq!(
            (response["status"].as_str(), response["etag"].as_str()),
            (Some("201 Created"), Some("W/\"1\""))
        );
        assert!(
            response["location"]
                .as_str()
                .unwrap()
                .starts_with(&format!("{base}/fhir/"))
        );
    }

    // As the app sees it.
    let hospitals = directory::read(&get(&base, &format!("/fhir/{DIRECTORY_QUERY}")).bundle());
    assert_eq!((hospitals.len(), hospitals[0].departments.len()), (1, 2));
    let internal = &hospitals[0].departments[0];
    assert_eq!(
        (internal.name.zh.as_str(), internal.on_site.unwrap().remaining),
        ("内科", 20)
    );
    assert_eq!(internal.counter.as_ref().unwrap().place.zh, "一楼 3 号窗口");
    assert_eq!(free_in_feed(&base, &internal.id), 4);
    let offers = free(&base);
    assert_eq!(offers.len(), 8);
    let offer = offers
        .iter()
        .find(|offer| offer.practitioner.as_ref().is_some_and(|one| one.zh == "方晓"));
    let slot = &offer.unwrap().slot;
    let found = client.get("/fhir/Appointment/$find?start=2026-11-23&end=2026-11-25&specialty=https://anban.example/fhir/CodeSystem/medical-subject|10&location-reference=Location/river-hospital");
    assert_eq!(found.json()["total"], 4);

    let device = Device::register(&base, "王秀英");
    let booked = device.book(slot, &device.patient);
    is(&booked, 200);
    assert!(
        read_answer(&booked.body)
            .unwrap()
            .patient_instruction
            .unwrap()
            .contains("身份证")
    );
    assert_eq!(free_in_feed(&base, &internal.id), 3);

    // The same file once more changes nothing: neither what is booked, nor a version.
    let again = client.post("/fhir", &bundle);
    is(&again, 200);
    for (first, again) in entries.iter().zip(again.json()["entry"].as_array().unwrap()) {
        assert_eq!(again["response"]["status"], "200 OK");
        assert_eq!(again["fullUrl"], first["fullUrl"]);
        if again["resource"]["id"] != slot.as_str() {
            assert_eq!(again["response"]["etag"], first["response"]["etag"]);
        }
    }
    assert_eq!(
        (free(&base).len(), client.get("/fhir/Slot").json()["total"].as_u64()),
        (7, Some(8))
    );
    // What was done is in the audit trail.
    let mut auditor = Client::of(&base);
    auditor.token = Some(Device::of_role(home.data(), &base, "auditor").token);
    let trail = auditor.get("/fhir/AuditEvent?_count=100").json().to_string();
    assert!(
        trail.contains("\"HealthcareService/river-hospital-internal\"") && trail.contains(&format!("\"Slot/{slot}\""))
    );
    for path in [
        "Location",
        "HealthcareService",
        "Practitioner",
        "Schedule",
        "Slot",
        "metadata",
    ] {
        client.get(&format!("/fhir/{path}"));
    }
    validate(&client.told);
}

#[test]
fn entries_refer_to_each_other_and_a_broken_transaction_leaves_nothing() {
    let (_home, base, mut client) = office();
    let number = |value: &str| json!([{ "system": "urn:clinic", "value": value }]);
    let entry = |place: u32, mut resource: Value| {
        resource.as_object_mut().unwrap().remove("id");
        let kind = resource["resourceType"].clone();
        resource["identifier"] = number(&place.to_string());
        json!({ "fullUrl": format!("urn:uuid:00000000-0000-4000-8000-00000000000{place}"), "resource": resource,
                "request": { "method": "POST", "url": kind, "ifNoneExist": format!("identifier=urn:clinic|{place}") } })
    };
    let to = |place: u32| json!({ "reference": format!("urn:uuid:00000000-0000-4000-8000-00000000000{place}") });
    // Each stands before what it refers to.
    let mut slot = time("x", "x", 9, "free");
    slot["schedule"] = to(2);
    let mut calendar = calendar("x", "x");
    calendar["actor"] = json!([to(3), to(5)]);
    let mut service = department("x", "x");
    service["location"] = json!([to(4)]);
    let doctor = json!({ "resourceType": "Practitioner", "name": [{ "text": "方晓" }] });
    let bundle = |slot: &Value| {
        json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
            entry(1, slot.clone()), entry(2, calendar.clone()), entry(3, service.clone()), entry(4, place("x")),
            entry(5, doctor.clone()) ] })
    };
    let mut broken = slot.clone();
    broken["end"] = broken["start"].clone();
    is(&client.post("/fhir", &bundle(&broken)), 422);
    let mut twice = bundle(&slot);
    let mut other = entry(6, slot.clone());
    other["resource"]["status"] = json!("busy");
    twice["entry"].as_array_mut().unwrap().push(other);
    is(&client.post("/fhir", &twice), 409);
    for kind in ["Location", "Practitioner", "HealthcareService", "Schedule", "Slot"] {
        assert_eq!(client.get(&format!("/fhir/{kind}")).json()["total"], 0, "{kind}");
    }
    assert_eq!(get(&base, "/feed/services/x").status, 404);

    let done = client.post("/fhir", &bundle(&slot));
    is(&done, 200);
    let made = done.json();
    let id = |place: usize| made["entry"][place]["resource"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made["entry"][0]["resource"]["schedule"]["reference"],
        format!("Schedule/{}", id(1))
    );
    let actors = &made["entry"][1]["resource"]["actor"];
    assert_eq!(actors[0]["display"], "方晓");
    assert_eq!(
        actors[2]["reference"],
        format!("Location/{}", id(3)),
        "the department's place"
    );
    // What is there already stands for what refers to it.
    let mut later = time("x", "x", 15, "free");
    later["schedule"] = to(2);
    let more = json!({ "resourceType": "Bundle", "type": "transaction",
                       "entry": [entry(2, calendar.clone()), entry(7, later)] });
    // The calendar's own references lead nowhere in this bundle, and nobody asks: it stays as it is.
    let done = client.post("/fhir", &more);
    is(&done, 200);
    assert_eq!(done.json()["entry"][0]["response"]["status"], "200 OK");
    assert_eq!(
        done.json()["entry"][1]["resource"]["schedule"]["reference"],
        format!("Schedule/{}", id(1))
    );
    assert_eq!(free(&base).len(), 2);

    // One by one, what can be done is done.
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
        { "resource": place("h1"), "request": { "method": "PUT", "url": "Location/h1" } },
        { "resource": calendar, "request": { "method": "POST", "url": "Schedule" } } ] });
    let done = client.post("/fhir", &batch).json();
    let statuses = [0, 1].map(|place| done["entry"][place]["response"]["status"].clone());
    assert_eq!(statuses, [json!("201 Created"), json!("422 Unprocessable Entity")]);
    validate(&client.told);
}

#[test]
fn a_week_of_times_comes_at_once_and_only_from_a_scheduler() {
    let (_home, base, mut client) = office_with_hospital();
    let monday: jiff::Timestamp = "2026-11-30T08:00:00+08:00".parse().unwrap();
    let slot = |minutes: i64| {
        let start = monday + jiff::SignedDuration::from_mins(minutes);
        let mut slot = time(&format!("w{minutes}"), "c1", 9, "free");
        slot["start"] = json!(start.to_string());
        slot["end"] = json!((start + jiff::SignedDuration::from_mins(10)).to_string());
        json!({ "resource": slot, "request": { "method": "PUT", "url": format!("Slot/w{minutes}") } })
    };
    let bundle = |slots: i64| {
        let entries: Vec<Value> = (0..slots).map(|place| slot(place * 10)).collect();
        json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
    };
    let week = bundle(600);
    assert!(week.to_string().len() > 100_000);
    is(&client.post("/fhir", &week), 200);
    assert_eq!(free_in_feed(&base, "d1"), 200, "the first page of the feed");
    assert_eq!(client.get("/fhir/Slot?_count=1").json()["total"], 602);
    let device = Device::register(&base, "王秀英");
    client.token = Some(device.token);
    is(&client.post("/fhir", &week), 413);
    client.token = None;
    is(&client.post("/fhir", &week), 413);
}

#[test]
fn todays_numbers_are_set_and_what_was_given_out_stays_so() {
    let (home, base, mut client) = office_with_hospital();
    let with_quota = |date: &str, total: u32| {
        let mut service = department("d1", "h1");
        service["extension"] = json!([{ "url": "https://anban.example/fhir/StructureDefinition/on-site-quota",
            "extension": [{ "url": "date", "valueDate": date }, { "url": "total", "valueUnsignedInt": total }] }]);
        service
    };
    let registrar = Device::of_role(home.data(), &base, "registrar");
    let give = || {
        registrar
            .post_json("/queues/d1/numbers", &json!({ "command": uuid::Uuid::new_v4() }))
            .status
    };
    let on_site = || feed(&base, "d1").on_site.map(|quota| (quota.total, quota.remaining));
    assert_eq!((give(), on_site()), (409, None));
    let head = feed(&base, "d1").head;
    is(&send(&mut client, &with_quota("2026-11-23", 3), None), 200);
    assert_eq!((on_site(), feed(&base, "d1").head), (Some((3, 3)), head + 1));
    assert_eq!((give(), give(), on_site()), (201, 201, Some((3, 1))));
    for (total, expected) in [(10, (10, 8)), (1, (2, 0)), (5, (5, 3))] {
        is(&send(&mut client, &with_quota("2026-11-23", total), None), 200);
        assert_eq!(on_site(), Some(expected), "a total of {total}");
    }
    // As it was read, it may be sent again; and without it nothing of it changes.
    let read = client.get("/fhir/HealthcareService/d1");
    assert_eq!(read.json()["extension"][0]["extension"][2]["valueUnsignedInt"], 3);
    let same = send(&mut client, &read.json(), Some(read.header("etag")));
    assert_eq!((same.status, same.header("etag")), (200, read.header("etag")));
    is(&send(&mut client, &department("d1", "h1"), None), 200);
    is(&send(&mut client, &with_quota("2026-11-22", 9), None), 200);
    assert_eq!(on_site(), Some((5, 3)));
    is(&send(&mut client, &with_quota("2026-11-24", 40), None), 200);
    assert_eq!(on_site(), Some((5, 3)));
    is(&send(&mut client, &with_quota("tomorrow", 4), None), 422);
    is(&send(&mut client, &with_quota("2026-11-23", 10_001), None), 422);
    validate(&client.told);
}
