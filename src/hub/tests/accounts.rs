//! Devices, tokens, invitations and grants over HTTP, and who may do what to whose appointment.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/device.rs"]
mod device;
mod support;

use anban_hub::{Config, Hub, RunningHub};
use anban_wire::{
    fhir::AppointmentStatus,
    refusals::RefusalCode,
    scheduling::{CancelRequest, read_answer},
    systems,
};
use device::{Device, sign_in, wish_for};
use serde_json::json;
use std::sync::Arc;
use support::*;
use uuid::Uuid;

#[test]
fn a_device_registers_once_signs_in_and_is_told_when_its_token_has_ended() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let base = hub.url();
    let request = json!({ "command": Uuid::new_v4(), "secret": device::secret(), "name": "王秀英" });
    let first = post_json(&base, "/devices", &request);
    assert_eq!((first.status, first.header("cache-control")), (201, "no-store"));
    assert_eq!(post_json(&base, "/devices", &request).json(), first.json());
    let mut other = request.clone();
    other["secret"] = device::secret().into();
    assert_eq!(post_json(&base, "/devices", &other).status, 422);
    for (field, wrong) in [("secret", "short"), ("name", ""), ("telephone", "none")] {
        let mut request = json!({ "command": Uuid::new_v4(), "secret": device::secret(), "name": "王" });
        request[field] = wrong.into();
        assert_eq!(post_json(&base, "/devices", &request).status, 422, "{field}");
    }

    let device = Device::register(&base, "王秀英");
    assert_eq!(device.get("/grants").status, 200);
    clock.hours(1);
    let ended = device.get("/grants");
    assert_eq!((ended.status, refusal(&ended)), (401, Some(RefusalCode::SignIn)));
    assert!(ended.header("www-authenticate").starts_with("Bearer"));
    let nobody = get(&base, "/grants");
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, "Bearer"));
}

#[test]
fn signing_in_and_out_speaks_oauth() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let device = Device::register(&base, "王秀英");
    let answer = sign_in(&base, &device.id, &device.secret);
    let told = answer.json();
    assert_eq!(
        (told["token_type"].as_str(), told["expires_in"].as_u64()),
        (Some("Bearer"), Some(3600))
    );
    assert_eq!(
        (answer.header("cache-control"), answer.header("pragma")),
        ("no-store", "no-cache")
    );
    for (id, secret) in [(device.id.as_str(), "wrong"), ("nobody", &device.secret)] {
        let answer = sign_in(&base, id, secret);
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (401, Some("invalid_client"))
        );
        assert!(answer.header("www-authenticate").starts_with("Basic"));
    }
    let ask = |path: &str, form: &str| {
        let request = agent()
            .post(format!("{base}{path}"))
            .header("Authorization", device::basic(&device.id, &device.secret))
            .header("Content-Type", "application/x-www-form-urlencoded");
        support::answer(request.send(form).unwrap())
    };
    for (form, error) in [
        ("", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        (
            "grant_type=client_credentials&grant_type=client_credentials",
            "invalid_request",
        ),
        ("grant_type=client_credentials&scope=all", "invalid_scope"),
    ] {
        let answer = ask("/token", form);
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (400, Some(error)),
            "{form}"
        );
    }
    assert_eq!(device.get("/grants").status, 200);
    assert_eq!(ask("/revoke", &format!("token={}", device.token)).status, 200);
    assert_eq!(device.get("/grants").status, 401);
    assert_eq!(ask("/revoke", "token=unknown").status, 200);
}

#[test]
fn nothing_in_the_database_lets_anyone_sign_in() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let device = Device::register(&hub.url(), "王秀英");
    hub.shutdown();
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [&device.secret, &device.token] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}

#[test]
fn a_relative_books_with_a_grant_is_named_and_stops_when_it_ends() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let (elder, daughter, stranger) = (
        Device::register(&base, "王秀英"),
        Device::register(&base, "李梅"),
        Device::register(&base, "陈明"),
    );
    let slots = free(&base);
    let before = daughter.book(&slots[0].slot, &elder.patient);
    assert_eq!((before.status, refusal(&before)), (403, Some(RefusalCode::NoGrant)));
    let code = elder.invite();
    let own = elder.take_up(&code);
    assert_eq!(own.status, 422);
    let grant = daughter.take_up(&format!("{} {}", &code[..4], &code[4..]));
    assert_eq!(grant.status, 201);
    let grant = grant.json();
    assert_eq!(
        (grant["patientName"].as_str(), grant["helperName"].as_str()),
        (Some("王秀英"), Some("李梅"))
    );
    let again = stranger.take_up(&code);
    assert_eq!((again.status, refusal(&again)), (404, Some(RefusalCode::NoInvitation)));
    assert_eq!(elder.get("/grants").json()["given"], json!([grant]));
    assert_eq!(daughter.get("/grants").json()["held"], json!([grant]));
    let feed = |kind: &str| {
        let feed = elder.get(&format!("/feed/patients/{}", elder.patient)).json();
        let entries = feed["entries"].as_array().unwrap().clone();
        entries
            .into_iter()
            .filter(|entry| entry["kind"] == kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(feed("grant")[0]["grant"], grant);

    let booked = read_answer(&daughter.book(&slots[0].slot, &elder.patient).body).unwrap();
    let id = grant["id"].as_str().unwrap();
    let by = booked
        .extension
        .iter()
        .find(|extension| extension.url == systems::BOOKED_BY);
    let by = by.unwrap().value_reference.as_ref().unwrap();
    assert_eq!(
        (by.id_of("RelatedPerson"), by.display.as_deref()),
        (Some(id), Some("李梅"))
    );
    assert_eq!(booked.patient().unwrap().id_of("Patient"), Some(elder.patient.as_str()));
    let own = read_answer(&elder.book(&slots[1].slot, &elder.patient).body).unwrap();
    assert!(own.extension.is_empty());

    let path = format!("/fhir/Appointment/{}", booked.id.as_ref().unwrap());
    assert_eq!((elder.get(&path).status, daughter.get(&path).status), (200, 200));
    assert_eq!((stranger.get(&path).status, get(&base, &path).status), (403, 401));
    let cancel = CancelRequest::declined(booked.id.clone().unwrap());
    let nobody = post_fhir(&base, "/fhir/Appointment/$book", cancel.to_parameters());
    assert_eq!(nobody.status, 401);
    assert_eq!(
        stranger
            .post_fhir("/fhir/Appointment/$book", cancel.to_parameters())
            .status,
        403
    );
    let declined = elder.post_fhir("/fhir/Appointment/$book", cancel.to_parameters());
    let declined = read_answer(&declined.body).unwrap();
    let reason = declined.cancelation_reason.unwrap();
    assert_eq!(declined.status, AppointmentStatus::Cancelled);
    let trail: Vec<String> = elder.get("/fhir/AuditEvent").json()["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let text = |pointer: &str| entry["resource"].pointer(pointer).and_then(|text| text.as_str());
            let what = text("/entity/0/what/reference").or(text("/entity/0/what/display"));
            format!(
                "{} {} {}",
                text("/agent/0/name").unwrap(),
                text("/action").unwrap(),
                what.unwrap()
            )
        })
        .collect();
    let what = format!("Appointment/{}", booked.id.as_ref().unwrap());
    for expected in ["李梅 C", "李梅 R", "王秀英 R", "王秀英 U"] {
        assert!(
            trail.contains(&format!("{expected} {what}")),
            "{expected} is not in {trail:?}"
        );
    }
    assert_eq!(reason.coding[0].code.as_deref(), Some(systems::DECLINED));

    assert_eq!(elder.delete(&format!("/grants/{id}")).status, 204);
    assert_eq!(
        elder.delete(&format!("/grants/{id}")).status,
        204,
        "once more is no error"
    );
    let after = daughter.book(&slots[2].slot, &elder.patient);
    assert_eq!((after.status, refusal(&after)), (403, Some(RefusalCode::NoGrant)));
    assert_eq!(daughter.get(&path).status, 403);
    assert_eq!(stranger.delete(&format!("/grants/{id}")).status, 404);
}

#[test]
fn nobody_finds_the_appointments_of_a_patient_with_a_device_without_its_leave() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let elder = Device::register(&base, "王秀英");
    let mut wish = wish_for(&free(&base)[0].slot, &elder.patient);
    let anonymous = book(&base, &wish);
    assert_eq!(
        (anonymous.status, refusal(&anonymous)),
        (401, Some(RefusalCode::SignIn))
    );
    let booked = elder.post_fhir("/fhir/Appointment/$book", wish.to_parameters());
    let booked = read_answer(&booked.body).unwrap();
    let id = booked.id.unwrap();
    let searches = [
        format!("/fhir/Appointment?_id={id}"),
        format!(
            "/fhir/Appointment?identifier={}%7C{}",
            systems::COMMAND,
            wish.command.unwrap()
        ),
    ];
    for search in &searches {
        assert_eq!(get(&base, search).bundle().total, Some(0), "{search}");
        assert_eq!(elder.get(search).bundle().total, Some(1), "{search}");
    }
    let slip = |token: Option<&Device>| {
        let body = json!({ "command": Uuid::new_v4(), "kind": "appointment", "name": "王秀英", "identityNumber": NUMBER,
            "region": "990101", "appointment": id });
        token.map_or_else(
            || post_json(&base, "/documents", &body),
            |device| device.post_json("/documents", &body),
        )
    };
    assert_eq!((slip(None).status, slip(Some(&elder)).status), (401, 201));
    // The same command from somebody who has not signed in brings nothing either, nor does another patient's name.
    assert_eq!(book(&base, &wish).status, 401);
    wish.patient.id = Some("nobody".into());
    assert_eq!(
        elder.post_fhir("/fhir/Appointment/$book", wish.to_parameters()).status,
        403
    );
}

fn closed(data: &std::path::Path, open: bool) -> RunningHub {
    // The demonstration city stays in the database when the hub is started without it.
    demo(data).shutdown();
    Hub::start(Config {
        open,
        root_key: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/region/demo/root-demo-key.p8").into()),
        clock: Arc::new(|| MONDAY.parse().unwrap()),
        ..Config::new("127.0.0.1:0", data)
    })
    .unwrap()
}

#[test]
fn without_the_demonstration_booking_needs_a_sign_in_unless_the_hub_is_open() {
    for open in [false, true] {
        let data = tempfile::tempdir().unwrap();
        let hub = closed(data.path(), open);
        let base = hub.url();
        let slots = free(&base);
        let brought = book(&base, &wish(&slots[0].slot));
        assert_eq!(brought.status, if open { 200 } else { 401 });
        let search = format!("/fhir/Appointment?patient.identifier=urn:x%7C{NUMBER}");
        assert_eq!(get(&base, &search).status, if open { 200 } else { 401 });
        let device = Device::register(&base, "王秀英");
        assert_eq!(device.book(&slots[1].slot, &device.patient).status, 200);
        let brought = device.post_fhir("/fhir/Appointment/$book", wish(&slots[2].slot).to_parameters());
        assert_eq!(brought.status, if open { 200 } else { 403 });
        for public in ["/fhir/metadata", "/fhir/HealthcareService", "/health", "/trust-list"] {
            assert_eq!(get(&base, public).status, 200, "{public}");
        }
    }
}

#[test]
fn guessing_at_invitations_ends_after_twenty() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let (elder, guesser) = (
        Device::register(&hub.url(), "王秀英"),
        Device::register(&hub.url(), "陈明"),
    );
    let code = elder.invite();
    let guesses: Vec<u16> = (0..22)
        .map(|guess| {
            let wrong = format!("{:08}", (code.parse::<u32>().unwrap() + guess + 1) % 100_000_000);
            guesser.take_up(&wrong).status
        })
        .collect();
    assert_eq!(guesses.iter().filter(|status| **status == 404).count(), 20);
    let refused = guesser.take_up(&code);
    assert_eq!(refused.status, 429, "not even with the right digits");
    assert!(!refused.header("retry-after").is_empty());
}

#[test]
fn a_patient_sees_who_has_changed_what_and_nobody_elses_trail() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let (elder, daughter) = (Device::register(&base, "王秀英"), Device::register(&base, "李梅"));
    daughter.take_up(&elder.invite());
    let trail = elder.get("/fhir/AuditEvent");
    assert_eq!(trail.status, 200);
    let events: Vec<_> = trail.json()["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["resource"].clone())
        .collect();
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let text = |pointer: &str| event.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            let what = event.pointer("/entity/0/what/type").unwrap().as_str().unwrap();
            (
                text("/action"),
                what.to_owned(),
                text("/agent/0/name"),
                text("/agent/0/who/reference"),
            )
        })
        .collect();
    let by = |device: &Device| format!("Device/{}", device.id);
    let entry = |what: &str, name: &str, device| ("C".to_owned(), what.to_owned(), name.to_owned(), by(device));
    assert_eq!(told.len(), 3, "{told:?}");
    for expected in [
        entry("RelatedPerson", "李梅", &daughter),
        entry("RelatedPerson", "王秀英", &elder),
        entry("Patient", "王秀英", &elder),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not in {told:?}");
    }
    let again = elder.get("/fhir/AuditEvent").json();
    assert_eq!(again["total"], 4, "reading the trail is noted as well");
    let path = format!("/fhir/AuditEvent/{}", events[0]["id"].as_str().unwrap());
    assert_eq!(elder.get(&path).json(), events[0]);
    assert_eq!((daughter.get(&path).status, get(&base, &path).status), (403, 401));
    let of_elder = format!("/fhir/AuditEvent?patient={}", elder.patient);
    assert_eq!(elder.get(&of_elder).status, 200);
    assert_eq!(
        (daughter.get(&of_elder).status, get(&base, &of_elder).status),
        (403, 401)
    );
    assert_eq!(elder.get("/fhir/AuditEvent?date=lt2026-01-01").json()["total"], 0);
}
