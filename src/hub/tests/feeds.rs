//! Feeds and the day of a visit over HTTP, in the demonstration city.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/device.rs"]
mod device;
mod support;

use anban_wire::{
    directory::OnSiteQuota,
    feed::{PatientContent, PatientFeed, SlotFeed},
    fhir::{AppointmentStatus, HealthcareService, from_json},
    scheduling::{CancelRequest, ChangeRequest, read_answer},
    visit_day::{DayStepKind, OnSiteNumber, QueueState, VisitDay},
};
use device::Device;
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    sync::mpsc,
    thread,
    time::Duration,
};
use support::*;
use uuid::Uuid;

fn patient_feed(device: &Device, after: u64) -> PatientFeed {
    let answer = device.get(&format!("/feed/patients/{}?after={after}", device.patient));
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

fn slot_feed(base: &str, service: &str, after: u64) -> SlotFeed {
    let answer = get(base, &format!("/feed/services/{service}?after={after}&limit=1000"));
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn a_reader_of_both_feeds_hears_of_a_booking_a_move_and_a_cancellation() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let device = Device::register(&base, "王秀英");
    let all = slot_feed(&base, "first-hospital-internal", 0);
    assert!(
        all.slots.len() > 200 && !all.more && all.next == all.head,
        "{}",
        all.slots.len()
    );
    let free: Vec<_> = all
        .slots
        .iter()
        .filter(|slot| slot.free)
        .map(|slot| slot.id.clone())
        .collect();
    let booked = read_answer(&device.book(&free[0], &device.patient).body).unwrap();
    let id = booked.id.unwrap();
    let moved = device.post_fhir(
        "/fhir/Appointment/$book",
        ChangeRequest::to_slot(&id, &free[1]).to_parameters(),
    );
    assert_eq!(read_answer(&moved.body).unwrap().slot_id(), Some(free[1].as_str()));
    let since = slot_feed(&base, "first-hospital-internal", all.next);
    let states: Vec<_> = since.slots.iter().map(|slot| (slot.id.clone(), slot.free)).collect();
    assert_eq!(states, [(free[0].clone(), true), (free[1].clone(), false)]);
    assert_eq!(since.epoch, all.epoch);

    device.post_fhir("/fhir/Appointment/$book", CancelRequest::new(&id).to_parameters());
    let mine = patient_feed(&device, 0);
    assert_eq!((mine.head, mine.next, mine.entries.len()), (3, 3, 1));
    let PatientContent::Appointment { appointment } = &mine.entries[0].content else {
        panic!("{mine:?}");
    };
    assert_eq!(
        (appointment.status, appointment.id.as_deref()),
        (AppointmentStatus::Cancelled, Some(id.as_str()))
    );
    assert!(patient_feed(&device, mine.next).entries.is_empty());
}

#[test]
fn a_feed_is_for_whoever_may_see_the_visits_and_refuses_what_it_does_not_know() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let (one, other) = (
        Device::register(&hub.url(), "王秀英"),
        Device::register(&hub.url(), "李大山"),
    );
    let path = format!("/feed/patients/{}", one.patient);
    assert_eq!(
        (
            get(&hub.url(), &path).status,
            other.get(&path).status,
            one.get(&path).status
        ),
        (401, 403, 200)
    );
    for wrong in ["after=x", "limit=0", "limit=1001", "before=3", "after=-1"] {
        assert_eq!(one.get(&format!("{path}?{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(get(&hub.url(), "/feed/services/none").status, 404);
    let beyond = one.get(&format!("{path}?after={}", i64::MAX));
    let beyond: PatientFeed = serde_json::from_slice(&beyond.body).unwrap();
    assert_eq!((beyond.head, beyond.next), (0, 0));
}

/// The lines of a stream, as they come; the channel closes when the stream ends.
fn stream(base: &str, path: &str) -> mpsc::Receiver<String> {
    let response = agent()
        .get(format!("{base}{path}"))
        .header("Accept", "text/event-stream");
    let response = response.call().unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(response.into_body().into_reader()).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[test]
fn a_stream_says_that_there_is_something_to_fetch_and_ends_with_the_hub() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let head = slot_feed(&base, "first-hospital-internal", 0).head;
    let lines = stream(&base, &format!("/feed/services/first-hospital-internal?after={head}"));
    let silent = lines.recv_timeout(Duration::from_secs(2));
    assert!(silent.is_err(), "nothing has changed: {silent:?}");
    let slot = free(&base)
        .into_iter()
        .find(|offer| offer.slot.starts_with("first-hospital-internal-"))
        .unwrap();
    post_fhir(&base, "/fhir/Appointment/$book", wish(&slot.slot).to_parameters());
    let mut event = vec![];
    while event.len() < 3 {
        event.push(lines.recv_timeout(Duration::from_secs(20)).unwrap());
    }
    event.sort();
    assert_eq!(
        event,
        [
            format!("data: {}", head + 1),
            "event: changed".into(),
            format!("id: {}", head + 1)
        ]
    );
    // Dropping the hub waits for requests that have begun; a stream does not keep it.
    let stopping = thread::spawn(move || drop(hub));
    let ended = loop {
        match lines.recv_timeout(Duration::from_secs(20)) {
            Ok(_) => {}
            Err(end) => break end,
        }
    };
    assert_eq!(ended, mpsc::RecvTimeoutError::Disconnected);
    stopping.join().unwrap();
}

/// A visit of the device's own patient, on the first day: when it begins, and its id.
fn visit_of(device: &Device) -> (jiff::Timestamp, String) {
    let mut offers = free(&device.base).into_iter();
    let slot = offers.find(|offer| offer.slot.starts_with("first-hospital-internal-"));
    let slot = slot.unwrap();
    let booked = read_answer(&device.book(&slot.slot, &device.patient).body).unwrap();
    (slot.start, booked.id.unwrap())
}

fn day(answer: &Answer) -> VisitDay {
    assert!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn on_the_day_a_number_is_given_called_and_followed_by_what_there_is_to_do() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let base = hub.url();
    let device = Device::register(&base, "王秀英");
    let (start, id) = visit_of(&device);
    let come = |id: &str| device.post_json(&format!("/visits/{id}/check-in"), &json!({ "command": Uuid::new_v4() }));
    let path = format!("/visits/{id}/day");
    assert_eq!(
        (come(&id).status, come("none").status, device.get(&path).status),
        (422, 404, 404),
        "too early"
    );
    while start.duration_since(clock.now()).as_hours() >= 2 {
        clock.hours(1);
    }
    let mut device = device;
    device.renew();
    let first = device.post_json(&format!("/visits/{id}/check-in"), &json!({ "command": Uuid::new_v4() }));
    assert_eq!(first.status, 201);
    let first = day(&first);
    assert_eq!(
        (first.ticket.as_str(), first.ahead, first.state),
        ("A004", 3, QueueState::Waiting)
    );
    assert!(
        first.room.contains("诊室") && first.room_english.contains("room") && first.steps.is_empty(),
        "{first:?}"
    );
    let again = device.post_json(&format!("/visits/{id}/check-in"), &json!({ "command": Uuid::new_v4() }));
    assert_eq!(day(&again), first);
    assert_eq!(get(&base, &path).status, 401);

    clock.minutes(8);
    assert_eq!(day(&device.get(&path)).ahead, 2, "one was seen, one is called");
    clock.minutes(8);
    assert_eq!(day(&device.get(&path)).state, QueueState::Called);
    clock.minutes(4);
    let seen = day(&device.get(&path));
    assert_eq!(seen.state, QueueState::Seen);
    let kinds: Vec<_> = seen.steps.iter().map(|step| step.kind).collect();
    assert_eq!(kinds, DayStepKind::ALL);
    assert!(seen.steps[0].fen.is_some() && seen.steps[1].fen.is_none());
    for step in &seen.steps {
        let texts = [
            &step.counter,
            &step.counter_english,
            &step.machine,
            &step.machine_english,
        ];
        assert!(texts.iter().all(|text| !text.is_empty()), "{step:?}");
    }
    clock.minutes(30);
    for _ in 0..3 {
        device.get(&path);
    }
    assert!(day(&device.get(&path)).steps.iter().all(|step| step.done));
    // All of it is one entry of the feed, beside the visit itself.
    let feed = patient_feed(&device, 0);
    let kinds: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| format!("{:?}", entry.content))
        .collect();
    assert_eq!(kinds, ["Appointment(…)", "VisitDay(…)"]);
}

#[test]
fn what_staff_does_is_closed_to_everyone_else() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let device = Device::register(&base, "王秀英");
    let id = read_answer(&device.book(&free(&base)[0].slot, &device.patient).body)
        .unwrap()
        .id
        .unwrap();
    let body = json!({ "command": Uuid::new_v4(), "chinese": "医生今天不来" });
    for path in [
        "/queues/first-hospital-internal/next".to_owned(),
        "/queues/first-hospital-internal/numbers".to_owned(),
        format!("/visits/{id}/steps/pay/done"),
        format!("/visits/{id}/notices"),
    ] {
        assert_eq!(post_json(&base, &path, &body).status, 401, "{path}");
        assert_eq!(device.post_json(&path, &body).status, 403, "{path}");
    }
    assert_eq!(patient_feed(&device, 0).entries.len(), 1);
}

#[test]
fn a_nurse_calls_numbers_once_for_each_command_and_tells_a_patient_something() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let base = hub.url();
    let mut device = Device::register(&base, "王秀英");
    let (start, id) = visit_of(&device);
    while start.duration_since(clock.now()).as_hours() >= 2 {
        clock.hours(1);
    }
    device.renew();
    let nurse = Device::of_role(data.path(), &base, "nurse");
    let come = device.post_json(&format!("/visits/{id}/check-in"), &json!({ "command": Uuid::new_v4() }));
    assert_eq!(day(&come).ahead, 3);
    let next = |command: Uuid| {
        let steps = json!([{ "kind": "pay", "fen": 1250 }, { "kind": "medicine" }]);
        let body = json!({ "command": command, "outcome": "seen", "steps": steps });
        nurse.post_json("/queues/first-hospital-internal/next", &body)
    };
    let first = Uuid::new_v4();
    for command in [first, first, Uuid::new_v4(), Uuid::new_v4()] {
        assert_eq!(day(&next(command)).state, QueueState::Called);
    }
    let path = format!("/visits/{id}/day");
    assert_eq!(day(&device.get(&path)).ahead, 1, "the repeat of a command calls nobody");
    assert_eq!(day(&next(Uuid::new_v4())).state, QueueState::Called);
    next(Uuid::new_v4());
    let done = nurse.post_json(&format!("/visits/{id}/steps/pay/done"), &json!({}));
    let steps: Vec<_> = day(&done)
        .steps
        .iter()
        .map(|step| (step.kind, step.fen, step.done))
        .collect();
    assert_eq!(
        steps,
        [
            (DayStepKind::Pay, Some(1250), true),
            (DayStepKind::Medicine, None, false)
        ]
    );
    for path in [
        format!("{id}/steps/reports"),
        format!("{id}/steps/x"),
        "a%2Fb/steps/pay".to_owned(),
    ] {
        let answer = nurse.post_json(&format!("/visits/{path}/done"), &json!({}));
        assert_eq!(answer.status, 404, "{path}");
    }

    let notice = json!({ "command": Uuid::new_v4(), "chinese": "张医生今天请假，请改日再来。" });
    for _ in 0..2 {
        assert_eq!(nurse.post_json(&format!("/visits/{id}/notices"), &notice).status, 204);
    }
    let feed = patient_feed(&device, 0);
    let notices: Vec<_> = feed
        .entries
        .iter()
        .filter(|entry| matches!(entry.content, PatientContent::Notice { .. }))
        .collect();
    assert_eq!(notices.len(), 1);
    let empty = json!({ "command": Uuid::new_v4(), "chinese": "" });
    assert_eq!(nurse.post_json(&format!("/visits/{id}/notices"), &empty).status, 422);
}

#[test]
fn numbers_at_the_counter_are_told_to_the_devices_and_join_the_queue() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let base = hub.url();
    let [registrar, nurse] = ["registrar", "nurse"].map(|role| Device::of_role(data.path(), &base, role));
    let (service, queue) = ("first-hospital-internal", "/queues/first-hospital-internal");
    let left = || slot_feed(&base, service, 0).on_site.unwrap().remaining;
    let (first, head) = (left(), slot_feed(&base, service, 0).head);
    let give = |command: Uuid| registrar.post_json(&format!("{queue}/numbers"), &json!({ "command": command }));
    let lost = Uuid::new_v4();
    let [one, again, two] = [lost, lost, Uuid::new_v4()].map(|command| {
        let answer = give(command);
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice::<OnSiteNumber>(&answer.body).unwrap()
    });
    assert_eq!(
        (one.ticket.as_str(), one.ahead, one.left.remaining),
        ("A001", 0, first - 1)
    );
    assert_eq!((&again.id, &again.ticket), (&one.id, &one.ticket));
    assert_eq!(
        (two.ticket.as_str(), two.ahead, two.left.remaining),
        ("A002", 1, first - 2)
    );
    let since = slot_feed(&base, service, head);
    assert_eq!((since.head, since.slots.len(), left()), (head + 2, 0, first - 2));
    // The directory says the same.
    let directory: HealthcareService =
        from_json(&get(&base, &format!("/fhir/HealthcareService/{service}")).body).unwrap();
    assert_eq!(OnSiteQuota::read(&directory.extension).unwrap().remaining, first - 2);

    let take_back = |id: &str| registrar.delete(&format!("{queue}/numbers/{id}")).status;
    assert_eq!((take_back(&two.id), take_back(&two.id), left()), (204, 204, first - 1));
    let called = nurse.post_json(&format!("{queue}/next"), &json!({ "command": Uuid::new_v4() }));
    assert_eq!(day(&called).ticket, "A001");
    assert_eq!(
        (take_back(&one.id), left()),
        (422, first - 1),
        "they are with the doctor"
    );
    assert_eq!(
        (take_back("number-none"), take_back("none"), take_back("a%20b")),
        (404, 404, 404)
    );
    assert_eq!(nurse.delete(&format!("{queue}/numbers/{}", one.id)).status, 403);
    for _ in 1..first {
        assert_eq!(give(Uuid::new_v4()).status, 201);
    }
    assert_eq!((left(), give(Uuid::new_v4()).status), (0, 409));
    assert_eq!(
        registrar
            .post_json("/queues/none/numbers", &json!({ "command": Uuid::new_v4() }))
            .status,
        409
    );
}
