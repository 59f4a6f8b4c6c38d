//! Booking over HTTP, against a hub with the demonstration city.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_wire::{
    directory::{self, DIRECTORY_QUERY},
    fhir::{Appointment, AppointmentStatus, IssueType, OperationOutcome, from_json, to_json},
    scheduling::{CancelRequest, FindRequest, Token, offers, read_answer},
};
use support::*;

#[test]
fn a_visit_is_found_booked_and_read_again() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let hospitals = directory::read(&get(&base, &format!("/fhir/{DIRECTORY_QUERY}")).bundle());
    assert_eq!(hospitals.len(), 3);
    let hospital = &hospitals[0];
    let department = hospital
        .departments
        .iter()
        .find(|department| department.name.zh == "心内科")
        .unwrap();
    assert_eq!(department.name.in_language("en"), "Cardiology");
    let quota = department.on_site.unwrap();
    assert_eq!(
        (quota.date.to_string().as_str(), quota.remaining),
        ("2026-11-23", quota.total)
    );
    assert!(department.telephone.is_some() && department.bring.is_some() && !department.hours.is_empty());
    assert!(!department.counter.as_ref().unwrap().hours.is_empty());

    let specialty = Token::parse(department.specialty.as_ref().unwrap()).unwrap();
    let (start, end) = (
        "2026-11-24T00:00:00+08:00".parse().unwrap(),
        "2026-11-25T00:00:00+08:00".parse().unwrap(),
    );
    let request = FindRequest::of_department(start, end, specialty, &hospital.id);
    let found = post_fhir(&base, "/fhir/Appointment/$find", request.to_parameters());
    let offered = offers(&found.bundle());
    assert_eq!(found.bundle().total.unwrap() as usize, offered.len());
    assert!(!offered.is_empty() && offered.iter().all(|offer| offer.start >= start && offer.end <= end));
    assert!(
        offered
            .iter()
            .all(|offer| offer.slot.starts_with("first-hospital-cardiology-"))
    );
    assert!(
        offered[0]
            .practitioner
            .as_ref()
            .unwrap()
            .in_language("en")
            .starts_with("Dr ")
    );

    let answer = book(&base, &wish(&offered[0].slot));
    assert_eq!(answer.status, 200);
    let booked = read_answer(&answer.body).unwrap();
    assert_eq!(
        (booked.status, booked.start),
        (AppointmentStatus::Booked, Some(offered[0].start))
    );
    assert_eq!(
        booked.patient_instruction.as_deref(),
        department.bring.as_ref().map(|bring| bring.zh.as_str())
    );
    let read = get(&base, &format!("/fhir/Appointment/{}", booked.id.as_ref().unwrap()));
    assert_eq!(from_json::<Appointment>(&read.body).unwrap(), booked);
    assert_eq!(read.header("etag"), "W/\"1\"");
    let left = offers(&post_fhir(&base, "/fhir/Appointment/$find", request.to_parameters()).bundle());
    assert_eq!(left, offered[1..]);
}

#[test]
fn a_repeat_gets_the_first_answer_also_after_a_restart_and_after_the_visit() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let wish = wish(&free(&hub.url())[0].slot);
    let first = read_answer(&book(&hub.url(), &wish).body).unwrap();
    assert_eq!(read_answer(&book(&hub.url(), &wish).body).unwrap(), first);
    let epoch = get(&hub.url(), "/health").header("anban-epoch").to_owned();
    hub.shutdown();
    let hub = demo_at(data.path(), "2026-11-27T12:00:00+08:00");
    assert_eq!(get(&hub.url(), "/health").header("anban-epoch"), epoch);
    let again = book(&hub.url(), &wish);
    assert_eq!((again.status, read_answer(&again.body).unwrap()), (200, first));
}

#[test]
fn a_number_that_was_used_for_another_wish_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let offered = free(&hub.url());
    let mut wish = wish(&offered[0].slot);
    book(&hub.url(), &wish);
    wish.slot = offered[1].slot.clone();
    let answer = book(&hub.url(), &wish);
    assert_eq!(
        (answer.status, read_answer(&answer.body).unwrap_err().issue),
        (422, IssueType::Duplicate)
    );
}

#[test]
fn of_fifty_who_want_one_slot_one_gets_it_and_the_others_hear_what_is_free() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let slot = free(&hub.url())[0].slot.clone();
    let threads: Vec<_> = (0..50)
        .map(|_| {
            let (base, wish) = (hub.url(), wish(&slot));
            std::thread::spawn(move || book(&base, &wish))
        })
        .collect();
    let answers: Vec<Answer> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.status, 409);
        let refusal = read_answer(&answer.body).unwrap_err();
        assert_eq!(refusal.issue, IssueType::Conflict);
        assert_eq!(refusal.proposals.len(), 3);
        assert!(refusal.proposals.iter().all(|free| free.slot != slot));
        assert_eq!(
            get(&hub.url(), &format!("/fhir/Slot/{}", refusal.proposals[0].slot)).json()["status"],
            "free"
        );
    }
}

#[test]
fn cancelling_frees_the_slot_and_an_old_version_is_not_cancelled() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let slot = free(&base)[0].slot.clone();
    let mut booked = read_answer(&book(&base, &wish(&slot)).body).unwrap();
    let path = format!("/fhir/Appointment/{}", booked.id.as_ref().unwrap());
    booked.status = AppointmentStatus::Cancelled;
    let body = to_json(&booked.into()).unwrap();
    assert_eq!(put(&base, &path, Some("W/\"7\""), &body).status, 412);
    let cancelled = put(&base, &path, Some("W/\"1\""), &body);
    assert_eq!((cancelled.status, cancelled.header("etag")), (200, "W/\"2\""));
    assert_eq!(put(&base, &path, None, &body).status, 200);
    assert_eq!(get(&base, &format!("/fhir/Slot/{slot}")).json()["status"], "free");
    assert_eq!(book(&base, &wish(&slot)).status, 200);
    assert_eq!(put(&base, "/fhir/Appointment/other", None, &body).status, 400);
}

#[test]
fn an_appointment_is_cancelled_by_book_as_the_standard_has_it() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let booked = read_answer(&book(&hub.url(), &wish(&free(&hub.url())[0].slot)).body).unwrap();
    let request = CancelRequest::new(booked.id.unwrap());
    let answer = post_fhir(&hub.url(), "/fhir/Appointment/$book", request.to_parameters());
    assert_eq!(read_answer(&answer.body).unwrap().status, AppointmentStatus::Cancelled);
    let unknown = CancelRequest::new("none");
    assert_eq!(
        post_fhir(&hub.url(), "/fhir/Appointment/$book", unknown.to_parameters()).status,
        404
    );
}

#[test]
fn appointments_are_found_by_patient_or_command_and_never_all_at_once() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let wish = wish(&free(&base)[0].slot);
    book(&base, &wish);
    let total = |path: &str| get(&base, path).bundle().total.unwrap();
    let patient = format!("/fhir/Appointment?patient.identifier=urn:oid:2.16.156.10011.1.3%7C{NUMBER}");
    assert_eq!(total(&patient), 1);
    assert_eq!(total(&format!("{patient}&status=cancelled")), 0);
    assert_eq!(total(&format!("{patient}&date=ge2026-11-23&date=lt2026-11-24")), 1);
    assert_eq!(total(&format!("{patient}&date=gt2026-11-30")), 0);
    let command = wish.command.unwrap();
    assert_eq!(
        total(&format!(
            "/fhir/Appointment?identifier=https://anban.example/command%7C{command}"
        )),
        1
    );
    let form = format!("patient.identifier=urn:oid:2.16.156.10011.1.3%7C{NUMBER}");
    let answer = post(
        &base,
        "/fhir/Appointment/_search",
        "application/x-www-form-urlencoded",
        form.as_bytes(),
    );
    assert_eq!(answer.bundle().total, Some(1));
    let with_actors = get(&base, &format!("{patient}&_include=Appointment:actor")).bundle();
    let kinds: Vec<_> = with_actors.resources().map(|resource| resource.type_name()).collect();
    assert_eq!(
        kinds,
        [
            "Appointment",
            "HealthcareService",
            "Location",
            "Location",
            "Practitioner"
        ]
    );
    let id = with_actors.resources().next().unwrap().id().unwrap().to_owned();
    assert_eq!(total(&format!("/fhir/Appointment?_id={id}")), 1);
    assert_eq!(get(&base, "/fhir/Appointment").status, 400);
    assert_eq!(get(&base, "/fhir/Appointment?status=booked").status, 400);
}

#[test]
fn a_slot_that_is_past_or_unknown_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let slot = {
        let hub = demo(data.path());
        free(&hub.url())[0].slot.clone()
    };
    let hub = demo_at(data.path(), "2026-11-24T00:00:00+08:00");
    assert_eq!(book(&hub.url(), &wish(&slot)).status, 410);
    assert_eq!(book(&hub.url(), &wish("no-such-slot")).status, 404);
    assert!(free(&hub.url()).iter().all(|offer| offer.slot != slot));
}

#[test]
fn a_later_start_adds_the_missing_days() {
    let data = tempfile::tempdir().unwrap();
    let last = |hub: &anban_hub::RunningHub| {
        let slots = get(
            &hub.url(),
            "/fhir/Slot?schedule=Schedule/first-hospital-dental-s1&_count=1000",
        );
        slots.json()["entry"].as_array().unwrap().last().unwrap()["resource"]["start"].clone()
    };
    let hub = demo(data.path());
    assert_eq!(last(&hub), "2026-12-04T08:00:00Z");
    hub.shutdown();
    let hub = demo_at(data.path(), "2026-11-25T06:00:00+08:00");
    assert_eq!(last(&hub), "2026-12-08T08:00:00Z");
}

#[test]
fn a_running_demonstration_adds_the_missing_days_by_itself() {
    use std::sync::{Arc, Mutex};
    let data = tempfile::tempdir().unwrap();
    let now = Arc::new(Mutex::new(MONDAY.parse::<jiff::Timestamp>().unwrap()));
    let clock = Arc::clone(&now);
    let hub = anban_hub::Hub::start(anban_hub::Config {
        demo: true,
        upkeep: std::time::Duration::from_millis(50),
        clock: Arc::new(move || *clock.lock().unwrap()),
        ..anban_hub::Config::new("127.0.0.1:0", data.path())
    })
    .unwrap();
    *now.lock().unwrap() = "2026-11-25T06:00:00+08:00".parse().unwrap();
    let path = "/fhir/Slot?schedule=first-hospital-dental-s1&start=2026-12-08";
    let began = std::time::Instant::now();
    while get(&hub.url(), path).bundle().total != Some(12) {
        assert!(
            began.elapsed() < std::time::Duration::from_secs(20),
            "no days were added"
        );
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn every_route_that_is_read_answers_with_its_resource() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let metadata = get(&hub.url(), "/fhir/metadata").json();
    assert_eq!(metadata["resourceType"], "CapabilityStatement");
    let operations = &metadata["rest"][0]["resource"][0]["operation"];
    let names = [0, 1, 2].map(|at| operations[at]["name"].as_str().unwrap());
    assert_eq!(names, ["find", "hold", "book"]);
    for (path, count) in [
        ("HealthcareService?name=眼", 1),
        ("HealthcareService?name=card", 2),
        // Six departments and the counter for registering.
        ("HealthcareService?location=Location/north-street", 7),
        // Six departments, the counter for registering, a room for each of nine doctors, three desks and their machines.
        ("Location?partof=tcm-hospital", 22),
        ("Practitioner", 29),
        ("Schedule?actor=HealthcareService/first-hospital-cardiology", 2),
        ("Slot?schedule=Schedule/first-hospital-dental-s1&start=2026-11-24", 12),
        ("Location?_id=north-street", 1),
    ] {
        let path = path.replace('眼', "%E7%9C%BC");
        let bundle = get(&hub.url(), &format!("/fhir/{path}")).bundle();
        assert_eq!(bundle.total, Some(count), "{path}");
        let first = bundle.resources().next().unwrap();
        let one = get(
            &hub.url(),
            &format!("/fhir/{}/{}", first.type_name(), first.id().unwrap()),
        );
        assert_eq!(one.status, 200, "{path}");
    }
    for path in ["/fhir/Location/none", "/fhir/Device/1", "/nothing", "/fhir/Slot/none"] {
        let answer = get(&hub.url(), path);
        assert_eq!(answer.status, 404);
        from_json::<OperationOutcome>(&answer.body).unwrap();
    }
    assert_eq!(get(&hub.url(), "/fhir/Location?nonsense=1").status, 400);
}
