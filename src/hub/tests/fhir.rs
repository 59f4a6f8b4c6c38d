//! The hub as a FHIR server: what other clients do with it, and that everything it says is valid FHIR by the word of a
//! validator that others wrote (`tests/tools/fhir-valid`).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/device.rs"]
mod device;
mod support;

use anban_wire::{
    fhir::{Appointment, AppointmentStatus, Resource},
    refusals::RefusalCode,
    scheduling::{ChangeRequest, HoldRequest, read_answer},
};
use client::{Client, validate};
use device::Device;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::*;
use uuid::Uuid;

/// A visit as another FHIR server would be sent it.
fn visit(slot: &str, identifier: &str) -> Value {
    json!({
        "resourceType": "Appointment", "status": "booked",
        "identifier": [{ "system": "urn:clinic", "value": identifier }],
        "slot": [{ "reference": format!("Slot/{slot}") }],
        "contained": [{ "resourceType": "Patient", "id": "p", "name": [{ "text": "王秀英" }],
                        "identifier": [{ "system": "urn:card", "value": "7" }] }],
        "participant": [{ "actor": { "reference": "#p", "type": "Patient" }, "status": "accepted" }],
    })
}

fn slots(base: &str, count: usize) -> Vec<String> {
    let free = free(base)
        .into_iter()
        .filter(|offer| offer.slot.starts_with("first-hospital-internal-s1"));
    let free: Vec<String> = free.map(|offer| offer.slot).take(count).collect();
    assert_eq!(free.len(), count);
    free
}

#[test]
fn everything_that_is_said_in_fhir_is_valid_and_does_what_other_servers_do() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let mut client = Client::of(&base);
    let slot = slots(&base, 6);

    // Reading and searching.
    for path in [
        "metadata",
        "HealthcareService?active=true&_include=HealthcareService:location",
        "HealthcareService/first-hospital-internal",
        "Location",
        "Location/first-hospital",
        "Practitioner?name=王",
        "Practitioner/first-hospital-internal-dr1",
        "Schedule?actor=Practitioner/first-hospital-internal-dr1",
        "Schedule/first-hospital-internal-s1",
        "Slot?schedule=first-hospital-internal-s1&_count=5&_include=Slot:schedule",
        "Appointment/$find?start=2026-11-23&end=2026-11-24&_count=3&location-string=人民路&visit-type=ROUTINE",
    ] {
        let answer = client.get(&format!("/fhir/{path}"));
        assert_eq!(answer.status, 200, "{path}");
        let told = answer.json();
        assert!(told["total"].as_u64().is_none_or(|total| total > 0), "{path}");
    }
    let one = client.get(&format!("/fhir/Slot/{}", slot[0])).json();
    assert_eq!(one["status"], "free");

    // Booking by a plain POST, once for each identifier.
    let condition = [("If-None-Exist", "identifier=urn:clinic|a1")];
    let made = client.send("POST", "/fhir/Appointment", &condition, Some(&visit(&slot[0], "a1")));
    assert_eq!((made.status, made.header("etag")), (201, "W/\"1\""));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert!(made.header("location").ends_with(&format!("/fhir/Appointment/{id}")));
    assert_eq!(made.json()["identifier"][0]["value"], "a1");
    let again = client.send("POST", "/fhir/Appointment", &condition, Some(&visit(&slot[0], "a1")));
    assert_eq!((again.status, again.json()["id"].as_str()), (200, Some(id.as_str())));
    let found = client
        .get("/fhir/Appointment?identifier=urn:clinic|a1&_include=Appointment:actor")
        .json();
    assert_eq!(found["total"], 1);
    let found = client.get("/fhir/Appointment?patient.identifier=urn:card|7&date=ge2026-11-23&practitioner=Practitioner/first-hospital-internal-dr1&status=booked,pending");
    assert_eq!(found.json()["total"], 1);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let nobody = client.send("POST", "/fhir/Appointment/_search", &form, None);
    assert_eq!(nobody.status, 400);

    // Moving by PUT: another's slot is refused with what is free, and changes nothing.
    client.post("/fhir/Appointment", &visit(&slot[1], "b1"));
    let mut moved = made.json();
    moved["slot"][0]["reference"] = format!("Slot/{}", slot[1]).into();
    let refused = client.send("PUT", &format!("/fhir/Appointment/{id}"), &[], Some(&moved));
    assert_eq!(
        (refused.status, refused.json()["extension"].as_array().map(Vec::len)),
        (409, Some(3))
    );
    moved["slot"][0]["reference"] = format!("Slot/{}", slot[2]).into();
    let stale = [("If-Match", "W/\"9\"")];
    assert_eq!(
        client
            .send("PUT", &format!("/fhir/Appointment/{id}"), &stale, Some(&moved))
            .status,
        412
    );
    let first = [("If-Match", "W/\"1\"")];
    let done = client.send("PUT", &format!("/fhir/Appointment/{id}"), &first, Some(&moved));
    assert_eq!((done.status, done.header("etag")), (200, "W/\"2\""));
    let status = |client: &mut Client, slot: &str| client.get(&format!("/fhir/Slot/{slot}")).json()["status"].clone();
    assert_eq!(
        (status(&mut client, &slot[0]), status(&mut client, &slot[2])),
        ("free".into(), "busy".into())
    );
    let mut cancelled = done.json();
    cancelled["status"] = "cancelled".into();
    let minimal = [("Prefer", "return=minimal")];
    let done = client.send("PUT", &format!("/fhir/Appointment/{id}"), &minimal, Some(&cancelled));
    assert_eq!((done.status, done.body.len()), (200, 0));
    assert_eq!(status(&mut client, &slot[2]), "free");

    // Holding (ITI-116), finding without what is held, booking what one holds.
    let hold = serde_json::to_value(Resource::from(HoldRequest { slot: slot[3].clone() }.to_parameters())).unwrap();
    let held = client.post("/fhir/Appointment/$hold", &hold);
    assert_eq!(
        (held.status, held.json()["entry"][0]["resource"]["status"].as_str()),
        (200, Some("pending"))
    );
    assert_eq!(status(&mut client, &slot[3]), "busy-tentative");
    assert!(!slots(&base, 5).contains(&slot[3]));
    let device = Device::register(&base, "李大山");
    let other = device.book(&slot[3], &device.patient);
    assert_eq!(other.status, 409);
    let stolen = device.post_fhir(
        "/fhir/Appointment/$hold",
        HoldRequest { slot: slot[3].clone() }.to_parameters(),
    );
    let issue = &stolen.json()["entry"][0]["resource"]["issue"][0];
    assert_eq!(
        (stolen.status, issue["severity"].as_str(), issue["code"].as_str()),
        (409, Some("fatal"), Some("not-found"))
    );
    let by_reference = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "appointment-reference", "valueReference": { "reference": format!("Appointment/{}", slot[3]) } },
        { "name": "patient-resource", "resource": { "resourceType": "Patient", "id": "elsewhere", "name": [{ "text": "王" }],
          "identifier": [{ "system": "urn:card", "value": "7" }] } } ] });
    let booked = client.post("/fhir/Appointment/$book", &by_reference);
    assert_eq!(
        (booked.status, booked.json()["entry"][0]["resource"]["status"].as_str()),
        (200, Some("booked"))
    );
    let id = booked.json()["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
    let change = serde_json::to_value(Resource::from(ChangeRequest::to_slot(&id, &slot[4]).to_parameters())).unwrap();
    let changed = client.post("/fhir/Appointment/$book", &change);
    let changed: Appointment = read_answer(&changed.body).unwrap();
    assert_eq!(
        (changed.status, changed.slot_id()),
        (AppointmentStatus::Booked, Some(slot[4].as_str()))
    );

    // Several at once.
    let post = |resource: Value| json!({ "resource": resource, "request": { "method": "POST", "url": "Appointment" } });
    let both = |kind: &str| {
        json!({ "resourceType": "Bundle", "type": kind,
        "entry": [post(visit(&slot[5], "c1")), post(visit(&slot[4], "c2"))] })
    };
    let none = client.post("/fhir", &both("transaction"));
    assert_eq!((none.status, status(&mut client, &slot[5])), (409, "free".into()));
    let each = client.post("/fhir", &both("batch")).json();
    let answers: Vec<_> = (0..2)
        .map(|at| each["entry"][at]["response"]["status"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(answers, ["201 Created", "409 Conflict"]);
    let reading = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "request": { "method": "GET", "url": "Location/first-hospital" } }] });
    assert_eq!(
        client.post("/fhir", &reading).json()["entry"][0]["resource"]["id"],
        "first-hospital"
    );

    let mut cancelled = serde_json::to_value(Resource::from(changed)).unwrap();
    cancelled["status"] = "cancelled".into();
    let from = |version: &str| {
        json!({ "resourceType": "Bundle", "type": "transaction", "entry": [{ "resource": cancelled,
            "request": { "method": "PUT", "url": format!("Appointment/{id}"), "ifMatch": version } }] })
    };
    for (version, expected) in [("2", 400), ("W/\"1\"", 412), ("W/\"2\"", 200)] {
        assert_eq!(status(&mut client, &slot[4]), "busy");
        assert_eq!(client.post("/fhir", &from(version)).status, expected, "{version}");
    }
    assert_eq!(status(&mut client, &slot[4]), "free");

    // Refusals, and what is not offered.
    for (method, path, expected) in [
        ("GET", "/fhir/Slot/none", 404),
        ("GET", "/fhir/Device", 404),
        ("POST", "/fhir/Location", 401),
        ("PUT", "/fhir/Slot/x", 401),
        ("DELETE", "/fhir/Slot/x", 405),
        ("DELETE", "/fhir/Appointment/x", 405),
        ("GET", "/fhir/Appointment", 400),
        ("GET", "/fhir/Location?colour=red", 400),
        ("GET", "/fhir/Patient/x", 401),
        ("GET", "/fhir/RelatedPerson/x", 401),
        ("GET", "/fhir/Appointment/$find?start=x&end=y", 422),
    ] {
        assert_eq!(client.send(method, path, &[], None).status, expected, "{method} {path}");
    }
    let lenient = client
        .send(
            "GET",
            "/fhir/Location?colour=red&_count=1",
            &[("Prefer", "handling=lenient")],
            None,
        )
        .json();
    assert_eq!(lenient["entry"][1]["search"]["mode"], "outcome");
    assert!(!lenient["link"][0]["url"].as_str().unwrap().contains("colour"));
    assert_eq!(
        client
            .post("/fhir/Appointment", &json!({ "resourceType": "Appointment" }))
            .status,
        400
    );
    assert_eq!(
        client
            .post("/fhir/Appointment/$book", &json!({ "resourceType": "Parameters" }))
            .status,
        422
    );

    // A patient of a device, and who acts for them.
    client.token = Some(device.token.clone());
    let path = format!("/fhir/Patient/{}", device.patient);
    let mine = client.get(&path);
    assert_eq!((mine.status, mine.header("etag")), (200, "W/\"1\""));
    let mut changed = mine.json();
    changed["telecom"] = json!([{ "system": "phone", "value": "010-5555 0188" }]);
    let done = client.send("PUT", &path, &first, Some(&changed));
    assert_eq!(
        (done.status, done.json()["telecom"][0]["value"].as_str()),
        (200, Some("010-5555 0188"))
    );
    assert_eq!(client.send("PUT", &path, &first, Some(&changed)).status, 412);
    changed["gender"] = "unheard-of".into();
    assert_eq!(client.send("PUT", &path, &[], Some(&changed)).status, 422);
    assert_eq!(client.get("/fhir/Patient").json()["total"], 1);
    let made = client.post(
        "/fhir/Patient",
        &json!({ "resourceType": "Patient", "name": [{ "text": "王" }] }),
    );
    assert_eq!((made.status, refusal(&made)), (403, Some(RefusalCode::NotAllowed)));
    let helper = Device::register(&base, "陈明");
    let grant = json!({ "command": Uuid::new_v4(), "code": device.invite() });
    let grant = helper.post_json("/grants", &grant).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(client.get(&format!("/fhir/RelatedPerson/{grant}")).status, 200);
    assert_eq!(
        client
            .get(&format!("/fhir/RelatedPerson?patient={}", device.patient))
            .json()["total"],
        1
    );
    client.token = Some(helper.token.clone());
    let booked = helper.book(&slots(&base, 1)[0], &device.patient);
    assert_eq!(booked.status, 200);
    let found = client
        .get(&format!("/fhir/Appointment?patient=Patient/{}", device.patient))
        .json();
    assert_eq!(found["total"], 1);
    // The audit trail as an auditor sees it: with everything that came of this, and what was refused.
    client.token = Some(Device::of_role(data.path(), &base, "auditor").token);
    let trail = client.get("/fhir/AuditEvent").json();
    let kinds = |field: &str| {
        let entries = trail["entry"].as_array().unwrap().iter();
        entries
            .map(|entry| entry["resource"][field].as_str().unwrap().to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert!(kinds("action").is_superset(&["C", "R", "U", "E"].map(str::to_owned).into()));
    assert_eq!(kinds("outcome"), ["0", "4"].map(str::to_owned).into());
    let event = trail["entry"][0]["resource"]["id"].as_str().unwrap();
    assert_eq!(client.get(&format!("/fhir/AuditEvent/{event}")).status, 200);
    let next = trail["link"][0]["relation"].as_str();
    assert_eq!(next, Some("self"), "all of it is here");
    let page = client.get("/fhir/AuditEvent?_count=5").json();
    let next = page["link"][1]["url"].as_str().unwrap().strip_prefix(&base).unwrap();
    assert_eq!(client.get(next).json()["entry"].as_array().unwrap().len(), 5);
    assert!(client.told.len() > 55, "{}", client.told.len());
    validate(&client.told);
}

/// When 王秀英 is to come again, as a clinic's program would send it.
fn plan(patient: &str) -> Value {
    json!({
        "resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "高血压随访",
        "identifier": [{ "system": "https://anban.example/command", "value": Uuid::new_v4() }],
        "subject": { "reference": format!("Patient/{patient}"), "display": "王秀英" },
        "activity": [{ "detail": {
            "kind": "Appointment", "status": "scheduled", "description": "量血压，开药",
            "performer": [{ "reference": "HealthcareService/first-hospital-internal" },
                          { "reference": "Practitioner/first-hospital-internal-dr1" }],
            "scheduledTiming": { "repeat": { "boundsPeriod": { "start": "2026-12-01" },
                                             "frequency": 1, "period": 3, "periodUnit": "mo" } },
        } }],
    })
}

#[test]
fn a_doctor_plans_when_to_come_again_and_the_patient_and_who_acts_for_them_hear_of_it() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let [elder, relative, stranger] = ["王秀英", "王小明", "李大山"].map(|name| Device::register(&base, name));
    relative.take_up(&elder.invite());
    let mut client = Client::of(&base);
    let wish = plan(&elder.patient);

    // Only a doctor may.
    for role in ["registrar", "nurse"] {
        client.token = Some(Device::of_role(data.path(), &base, role).token);
        let refused = client.post("/fhir/CarePlan", &wish);
        assert_eq!(
            (refused.status, refusal(&refused)),
            (403, Some(RefusalCode::NotAllowed))
        );
    }
    for device in [&elder, &relative] {
        client.token = Some(device.token.clone());
        assert_eq!(client.post("/fhir/CarePlan", &wish).status, 403);
    }
    let doctor = Device::of_role(data.path(), &base, "doctor");
    client.token = Some(doctor.token.clone());
    let made = client.post("/fhir/CarePlan", &wish);
    assert_eq!((made.status, made.header("etag")), (201, "W/\"1\""));
    let (id, made) = (made.json()["id"].as_str().unwrap().to_owned(), made.json());
    assert_eq!(made["author"]["reference"], format!("Practitioner/{}", doctor.id));
    assert_eq!(made["author"]["display"], "李工");
    assert!(
        made["activity"][0]["detail"]["performer"][0]["display"]
            .as_str()
            .unwrap()
            .contains("内科")
    );
    let again = client.post("/fhir/CarePlan", &wish);
    assert_eq!((again.status, again.json()["id"].as_str()), (200, Some(id.as_str())));
    let mut other = wish.clone();
    other["title"] = "糖尿病随访".into();
    assert_eq!(
        client.post("/fhir/CarePlan", &other).status,
        422,
        "the command was used"
    );

    // What can't be carried out is refused.
    for (at, value, status) in [
        ("/status", json!("draft"), 422),
        ("/status", json!("unheard-of"), 400),
        ("/subject", json!({ "reference": "Patient/nobody" }), 404),
        ("/subject", json!({ "display": "王秀英" }), 422),
        (
            "/activity/0/detail/performer/0/reference",
            json!("HealthcareService/none"),
            422,
        ),
        (
            "/activity/0/detail/performer/1/reference",
            json!("Practitioner/none"),
            422,
        ),
        ("/activity/0/detail/scheduledTiming", json!({ "event": [] }), 422),
    ] {
        let mut wrong = plan(&elder.patient);
        *wrong.pointer_mut(at).unwrap() = value;
        assert_eq!(client.post("/fhir/CarePlan", &wrong).status, status, "{at}");
    }

    // Who may see it does, and nobody else.
    let (path, search) = (
        format!("/fhir/CarePlan/{id}"),
        format!("/fhir/CarePlan?patient=Patient/{}", elder.patient),
    );
    for device in [&elder, &relative] {
        client.token = Some(device.token.clone());
        assert_eq!(
            (client.get(&path).status, client.get(&search).json()["total"].as_u64()),
            (200, Some(1))
        );
        let feed = device.get(&format!("/feed/patients/{}?after=0", elder.patient)).json();
        let entry = feed["entries"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (entry["kind"].as_str(), entry["plan"]["id"].as_str()),
            (Some("care-plan"), Some(id.as_str()))
        );
    }
    client.token = Some(stranger.token.clone());
    assert_eq!((client.get(&path).status, client.get(&search).status), (403, 403));
    client.token = None;
    assert_eq!((client.get(&path).status, client.get(&search).status), (401, 401));

    // It is changed from the version that was read, and ended.
    client.token = Some(doctor.token.clone());
    let mut changed = made;
    changed["status"] = "revoked".into();
    let stale = [("If-Match", "W/\"7\"")];
    assert_eq!(client.send("PUT", &path, &stale, Some(&changed)).status, 412);
    let first = [("If-Match", "W/\"1\"")];
    let ended = client.send("PUT", &path, &first, Some(&changed));
    assert_eq!((ended.status, ended.header("etag")), (200, "W/\"2\""));
    assert_eq!(client.send("PUT", &path, &first, Some(&changed)).status, 412);
    changed["subject"]["reference"] = format!("Patient/{}", stranger.patient).into();
    assert_eq!(client.send("PUT", &path, &[], Some(&changed)).status, 422);
    let feed = elder.get(&format!("/feed/patients/{}?after=0", elder.patient)).json();
    assert_eq!(
        feed["entries"].as_array().unwrap().last().unwrap()["plan"]["status"],
        "revoked"
    );
    let trail = elder.get(&format!("/fhir/AuditEvent?patient={}", elder.patient)).json();
    assert!(trail.to_string().contains(&format!("CarePlan/{id}")), "{trail}");
    validate(&client.told);
}

#[test]
fn the_validator_finds_what_is_wrong() {
    let wrong = [json!({ "where": "here", "body": "{\"resourceType\":\"Slot\",\"status\":\"free\"}" })];
    assert!(std::panic::catch_unwind(|| validate(&wrong)).is_err());
}
