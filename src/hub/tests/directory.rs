//! What a scheduler may write into a hub's directory, by one request for each entry. Whole hospitals are in
//! `hospitals.rs`.
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
    refusals::RefusalCode,
    scheduling::{HoldRequest, read_answer},
};
use client::{Client, validate};
use device::Device;
use scheduler::*;
use serde_json::{Value, json};
use support::*;

#[test]
fn only_a_scheduler_writes_the_directory() {
    let data = tempfile::tempdir().unwrap();
    let hub = empty(data.path());
    let base = hub.url();
    let mut client = Client::of(&base);
    let bundle = example();
    let ask = |client: &mut Client| {
        let made = client.post(
            "/fhir/Location",
            &json!({ "resourceType": "Location", "name": "江边医院" }),
        );
        let sent = send(client, &place("h1"), None);
        let all = client.post("/fhir", &bundle);
        [made, sent, all].map(|answer| (answer.status, refusal(&answer)))
    };
    assert_eq!(ask(&mut client), [(401, Some(RefusalCode::SignIn)); 3]);
    client.token = Some(Device::register(&base, "王秀英").token);
    assert_eq!(ask(&mut client), [(403, Some(RefusalCode::NotAllowed)); 3]);
    for role in ["registrar", "nurse", "doctor", "auditor", "administrator"] {
        client.token = Some(Device::of_role(data.path(), &base, role).token);
        assert_eq!(ask(&mut client), [(403, Some(RefusalCode::NotAllowed)); 3], "{role}");
    }
    assert_eq!(client.get("/fhir/Location").json()["total"], 0);
    // And a scheduler does nothing else.
    let mut client = scheduler(data.path(), &base);
    for path in ["/fhir/Patient/x", "/fhir/AuditEvent"] {
        assert_eq!(client.get(path).status, 403, "{path}");
    }
    let patient = json!({ "resourceType": "Patient", "name": [{ "text": "王" }] });
    assert_eq!(client.post("/fhir/Patient", &patient).status, 403);
    is(&client.post("/fhir", &bundle), 200);
}

#[test]
fn entries_are_made_once_and_changed_from_the_version_that_was_read() {
    let (_home, _, mut client) = office_with_hospital();
    let identifier = json!([{ "system": "urn:clinic", "value": "7" }]);
    let condition = [("If-None-Exist", "identifier=urn:clinic|7")];
    for mut resource in [
        place("x"),
        json!({ "resourceType": "Practitioner", "name": [{ "text": "方晓" }] }),
        department("x", "h1"),
        calendar("x", "d1"),
        time("x", "c1", 14, "free"),
    ] {
        let kind = resource["resourceType"].as_str().unwrap().to_owned();
        let path = format!("/fhir/{kind}");
        resource.as_object_mut().unwrap().remove("id");
        is(&client.send("POST", &path, &condition, Some(&resource)), 422);
        resource["identifier"] = identifier.clone();
        let made = client.send("POST", &path, &condition, Some(&resource));
        is(&made, 201);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(
            (made.header("etag"), &made.json()["identifier"]),
            ("W/\"1\"", &identifier)
        );
        assert!(made.header("location").ends_with(&format!("/fhir/{kind}/{id}")));
        let again = client.send("POST", &path, &condition, Some(&resource));
        assert_eq!((again.status, again.json()["id"].as_str()), (200, Some(id.as_str())));
        let found = client.get(&format!("{path}?identifier=urn:clinic|7")).json();
        assert_eq!(
            (found["total"].as_u64(), &found["entry"][0]["resource"]["id"]),
            (Some(1), &json!(id)),
            "{kind}"
        );
        assert_eq!(
            client.get(&format!("{path}?identifier=urn:clinic|9")).json()["total"],
            0
        );
        let twice = client.post(&path, &resource);
        assert_eq!(
            twice.status,
            409,
            "without the condition it is refused: {}",
            text(&twice)
        );

        // Changed from its version, once.
        let read = client.get(&format!("{path}/{id}"));
        assert_eq!((read.status, read.header("etag")), (200, "W/\"1\""));
        let mut changed = read.json();
        changed["identifier"][0]["value"] = json!(format!("8-{kind}"));
        let done = send(&mut client, &changed, Some("W/\"1\""));
        assert_eq!((done.status, done.header("etag")), (200, "W/\"2\""), "{}", text(&done));
        is(&send(&mut client, &changed, Some("W/\"1\"")), 412);
        let same = send(&mut client, &changed, None);
        assert_eq!((same.status, same.header("etag")), (200, "W/\"2\""), "it is so already");
        is(&client.send("PUT", &format!("{path}/else"), &[], Some(&changed)), 400);
        // What is not there yet has no version.
        changed["id"] = json!("new");
        changed.as_object_mut().unwrap().remove("identifier");
        is(&send(&mut client, &changed, Some("W/\"1\"")), 412);
        changed["id"] = json!("new.one");
        is(&send(&mut client, &changed, None), 422);
    }
    validate(&client.told);
}

#[test]
fn what_can_not_be_is_refused_with_what_it_must_be() {
    let (_home, _, mut client) = office_with_hospital();
    let long = "长".repeat(201);
    let slot = time("t14", "c1", 14, "free");
    let doctor = json!({ "resourceType": "Practitioner", "id": "p1", "name": [{ "text": "方晓" }] });
    is(&send(&mut client, &doctor, None), 201);
    let wrong = [
        (place("h2"), "/name", json!(" "), 422),
        (place("h2"), "/name", json!(long), 422),
        (place("h2"), "/name", Value::Null, 422),
        (place("h2"), "/status", json!("closed"), 422),
        (place("h2"), "/partOf", json!({ "reference": "Location/none" }), 422),
        (place("h1"), "/partOf", json!({ "reference": "Location/h1" }), 422),
        (place("h2"), "/telecom", json!(vec![json!({ "value": "1" }); 51]), 422),
        (department("d2", "h1"), "/name", Value::Null, 422),
        (department("d2", "h1"), "/location", json!([]), 422),
        (
            department("d2", "h1"),
            "/location/0/reference",
            json!("Location/none"),
            422,
        ),
        (
            department("d2", "h1"),
            "/location/0/reference",
            json!("https://elsewhere.example/Location/h1"),
            422,
        ),
        (calendar("c2", "d1"), "/actor", json!([]), 422),
        (calendar("c2", "none"), "/id", json!("c2"), 422),
        (
            calendar("c2", "d1"),
            "/actor/1",
            json!({ "reference": "Practitioner/none" }),
            422,
        ),
        (doctor.clone(), "/name/0/text", Value::Null, 422),
        (doctor, "/gender", json!("unheard-of"), 422),
        (slot.clone(), "/schedule/reference", json!("Schedule/none"), 422),
        (slot.clone(), "/status", json!("busy-tentative"), 422),
        (slot.clone(), "/status", json!("unheard-of"), 400),
        (slot.clone(), "/end", slot["start"].clone(), 422),
        (slot.clone(), "/end", json!("2026-11-24T14:00:01+08:00"), 422),
        (slot.clone(), "/start", json!("2026-11-23T14:00:00.5+08:00"), 422),
        (slot.clone(), "/start", json!("2026-11-23T09:00:00+08:00"), 409),
    ];
    for (mut resource, at, value, status) in wrong {
        let (within, name) = at.rsplit_once('/').unwrap();
        match resource.pointer_mut(within).unwrap() {
            Value::Object(fields) => {
                fields.insert(name.to_owned(), value);
                fields.retain(|_, value| !value.is_null());
            }
            Value::Array(values) => values.push(value),
            other => panic!("{other}"),
        }
        let answer = send(&mut client, &resource, None);
        assert_eq!(answer.status, status, "{resource}: {}", text(&answer));
    }
    assert_eq!(client.get("/fhir/Slot/t14").status, 404);
    // A calendar stays with its department, a time in its calendar.
    is(&send(&mut client, &department("d2", "h1"), None), 201);
    is(&send(&mut client, &calendar("c1", "d2"), None), 422);
    is(&send(&mut client, &calendar("c2", "d2"), None), 201);
    is(&send(&mut client, &time("t9", "c2", 9, "free"), None), 422);
    validate(&client.told);
}

#[test]
fn a_booked_time_is_neither_moved_nor_freed_and_a_closed_one_stays_closed() {
    let (_home, base, mut client) = office_with_hospital();
    let device = Device::register(&base, "王秀英");
    let booked = read_answer(&device.book("t9", &device.patient).body).unwrap();
    is(&send(&mut client, &time("t9", "c1", 9, "free"), None), 409);
    is(&send(&mut client, &time("t9", "c1", 11, "busy"), None), 409);
    let read = client.get("/fhir/Slot/t9");
    assert_eq!(
        (read.json()["status"].as_str(), read.header("etag")),
        (Some("busy"), "W/\"2\"")
    );
    // The doctor can't come: nobody else gets the time when the visit is called off.
    is(&send(&mut client, &time("t9", "c1", 9, "busy-unavailable"), None), 200);
    let mut visit: Value = serde_json::to_value(anban_wire::fhir::Resource::from(booked)).unwrap();
    visit["status"] = "cancelled".into();
    let mut own = Client::of(&base);
    own.token = Some(device.token.clone());
    let path = format!("/fhir/Appointment/{}", visit["id"].as_str().unwrap());
    is(&own.send("PUT", &path, &[], Some(&visit)), 200);
    assert_eq!(client.get("/fhir/Slot/t9").json()["status"], "busy-unavailable");
    assert_eq!(free_in_feed(&base, "d1"), 1);
    is(&send(&mut client, &time("t9", "c1", 9, "free"), None), 200);
    assert_eq!(free_in_feed(&base, "d1"), 2);

    // What somebody holds is theirs to book; it may be closed.
    let hold = HoldRequest { slot: "t10".to_owned() };
    is(&device.post_fhir("/fhir/Appointment/$hold", hold.to_parameters()), 200);
    is(&send(&mut client, &time("t10", "c1", 11, "free"), None), 409);
    is(
        &send(&mut client, &time("t10", "c1", 10, "busy-unavailable"), None),
        200,
    );
    assert_eq!(device.book("t10", &device.patient).status, 409);
    validate(&client.told);
}

#[test]
fn what_is_not_active_is_not_offered() {
    let (_home, base, mut client) = office_with_hospital();
    let device = Device::register(&base, "王秀英");
    let before = feed(&base, "d1").head;
    for mut resource in [calendar("c1", "d1"), department("d1", "h1")] {
        assert_eq!((free(&base).len(), free_in_feed(&base, "d1")), (2, 2));
        resource["active"] = json!(false);
        is(&send(&mut client, &resource, None), 200);
        assert_eq!((free(&base).len(), free_in_feed(&base, "d1")), (0, 0));
        assert_eq!(client.get("/fhir/Slot?status=free").json()["total"], 0);
        assert_eq!(client.get("/fhir/Slot?schedule=c1").json()["total"], 2);
        assert_eq!(device.book("t9", &device.patient).status, 404);
        resource["active"] = json!(true);
        is(&send(&mut client, &resource, None), 200);
    }
    assert_eq!(
        feed(&base, "d1").head,
        before + 8,
        "each time of both was told of each change"
    );
    let mut closed = department("d1", "h1");
    closed["active"] = json!(false);
    is(&send(&mut client, &closed, None), 200);
    let hospitals = directory::read(&get(&base, &format!("/fhir/{DIRECTORY_QUERY}")).bundle());
    assert!(hospitals.is_empty(), "{hospitals:?}");
    // A calendar that comes to a closed department is closed too.
    is(&send(&mut client, &calendar("c2", "d1"), None), 201);
    is(&send(&mut client, &time("u9", "c2", 9, "free"), None), 201);
    assert_eq!((free(&base).len(), free_in_feed(&base, "d1")), (0, 0));
}

#[test]
fn what_the_demonstration_city_fills_in_is_not_written() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let mut client = scheduler(data.path(), &base);
    let slot = free(&base).remove(0).slot;
    for path in [
        "Location/first-hospital".to_owned(),
        "HealthcareService/first-hospital-internal".to_owned(),
        "Practitioner/first-hospital-internal-dr1".to_owned(),
        "Schedule/first-hospital-internal-s1".to_owned(),
        format!("Slot/{slot}"),
    ] {
        let read = client.get(&format!("/fhir/{path}")).json();
        is(&send(&mut client, &read, None), 409);
    }
    is(
        &send(&mut client, &calendar("c1", "first-hospital-internal"), None),
        409,
    );
    is(
        &send(&mut client, &time("t1", "first-hospital-internal-s1", 20, "free"), None),
        409,
    );
    // A department of one's own at its place may be.
    is(&send(&mut client, &department("d1", "first-hospital"), None), 201);
    validate(&client.told);
}
