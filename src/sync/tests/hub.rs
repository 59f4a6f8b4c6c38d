//! A real hub with its demonstration city: what is asked is what comes, and asking twice does nothing twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anban_core::appointments::{Directory, OpenSlot, Refusal, Timetable};
use anban_core::effect::{Fetched, Wanted};
use anban_core::outbox::{Answer, DocumentWish, Registration, Request, Trouble};
use anban_credential::{DocumentState, RootKey, Trust, read, verify};
use anban_hub::{Config, Hub, RunningHub};
use anban_sync::{Client, Limits};
use anban_wire::documents::DocumentKind;
use anban_wire::persons::Channel;
use common::*;
use jiff::{SignedDuration, Timestamp};

/// A hub whose clock stands still, and a client.
struct City {
    hub: RunningHub,
    client: Client,
    _data: tempfile::TempDir,
}

impl City {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            demo: true,
            clock: Arc::new(now),
            ..Config::new("127.0.0.1:0", data.path().join("hub"))
        };
        Self {
            hub: Hub::start(config).unwrap(),
            client: Client::with_limits(Limits::default()),
            _data: data,
        }
    }

    fn send(&self, id: u128, request: &Request) -> Answer {
        self.client.send(&self.hub.url(), request_id(id), request)
    }

    fn directory(&self) -> Directory {
        match self.client.fetch(&self.hub.url(), &Wanted::Directory, now()) {
            Fetched::Directory(directory) => directory,
            other => panic!("{other:?}"),
        }
    }

    fn timetable(&self, department: &str) -> Timetable {
        let (from, to) = (now(), now() + SignedDuration::from_hours(7 * 24));
        let what = Wanted::Timetable {
            department: department.to_owned(),
            from,
            to,
        };
        match self.client.fetch(&self.hub.url(), &what, now()) {
            Fetched::Timetable(timetable) => timetable,
            other => panic!("{other:?}"),
        }
    }

    /// A department and its first free slot.
    fn first_slot(&self) -> (String, OpenSlot) {
        let department = self.directory().departments[0].id.clone();
        let slot = self.timetable(&department).slots[0].clone();
        (department, slot)
    }
}

fn booked(answer: Answer) -> (String, Timestamp) {
    match answer {
        Answer::Booked { appointment, start, .. } => (appointment, start),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_directory_has_what_an_elder_needs_in_both_languages() {
    let directory = City::start().directory();
    assert!(!directory.hospitals.is_empty() && directory.departments.len() > 1);
    assert_eq!(directory.fetched_at, now());
    for hospital in &directory.hospitals {
        assert!(
            !hospital.name.english.is_empty() && !hospital.address.chinese.is_empty(),
            "{hospital:?}"
        );
        assert!(!hospital.phone.is_empty(), "{hospital:?}");
    }
    // Whoever is registered at a counter needs the same of it as a patient of a department.
    assert_eq!(directory.counters.len(), 1);
    for department in directory.departments.iter().chain(&directory.counters) {
        for words in [&department.name, &department.counter, &department.bring] {
            assert!(!words.chinese.is_empty() && !words.english.is_empty(), "{department:?}");
        }
        assert!(!department.phone.is_empty(), "{department:?}");
        assert!(
            directory
                .hospitals
                .iter()
                .any(|hospital| hospital.id == department.hospital)
        );
    }
    assert!(
        directory
            .departments
            .iter()
            .any(|department| department.quota_today.is_some())
    );
}

#[test]
fn a_timetable_has_the_departments_free_times() {
    let city = City::start();
    let departments = city.directory().departments;
    let timetables: Vec<_> = departments
        .iter()
        .map(|department| city.timetable(&department.id))
        .collect();
    for (timetable, department) in timetables.iter().zip(&departments) {
        assert_eq!(timetable.department, department.id);
        assert!(!timetable.slots.is_empty(), "{department:?}");
        assert!(
            timetable
                .slots
                .iter()
                .all(|slot| slot.start > now() && slot.practitioner.is_some())
        );
    }
    // No slot is in two departments' timetables.
    let mut ids: Vec<_> = timetables
        .iter()
        .flat_map(|timetable| &timetable.slots)
        .map(|slot| &slot.id)
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn a_repeat_gets_the_first_answer_and_another_is_told_that_the_slot_is_taken() {
    let city = City::start();
    let (department, slot) = city.first_slot();
    let request = booking_at(&department, Some(&slot.id), now());
    let first = city.send(1, &request);
    assert_eq!(booked(first.clone()).1, slot.start);
    assert_eq!(city.send(1, &request), first);
    let Answer::Refused {
        reason: Refusal::SlotTaken,
        offers,
    } = city.send(2, &request)
    else {
        panic!("the slot is taken");
    };
    assert_eq!(offers.len(), 3, "and three others are offered");
    assert!(offers.is_sorted_by_key(|offer| offer.start));
    assert!(city.timetable(&department).slots.iter().all(|free| free.id != slot.id));
}

#[test]
fn a_wish_without_a_slot_books_the_earliest_one_and_a_repeat_books_no_second() {
    let city = City::start();
    let (department, slot) = city.first_slot();
    let wish = booking_at(&department, None, now());
    let first = city.send(1, &wish);
    assert_eq!(booked(first.clone()).1, slot.start);
    let free = city.timetable(&department).slots;
    assert_eq!(city.send(1, &wish), first);
    assert_eq!(city.timetable(&department).slots, free);
    let second = booked(city.send(2, &wish));
    assert_ne!(second.0, booked(first).0);
    assert_eq!(second.1, free[0].start);
}

#[test]
fn a_span_in_which_nothing_is_free_is_refused() {
    let city = City::start();
    let (department, _) = city.first_slot();
    let long_past = booking_at(&department, None, now() - SignedDuration::from_hours(1000));
    assert_eq!(city.send(1, &long_past), Answer::refused(Refusal::NothingFree));
}

#[test]
fn a_department_or_slot_that_is_not_known_is_gone() {
    let city = City::start();
    assert_eq!(
        city.send(1, &booking_at("none", None, now())),
        Answer::refused(Refusal::Gone)
    );
    assert_eq!(
        city.send(1, &booking_at("none", Some("none"), now())),
        Answer::refused(Refusal::Gone)
    );
    let what = Wanted::Timetable {
        department: "none".to_owned(),
        from: now(),
        to: now(),
    };
    let trouble = Trouble::Rubbish;
    assert_eq!(
        city.client.fetch(&city.hub.url(), &what, now()),
        Fetched::Nothing { what, trouble }
    );
}

#[test]
fn a_cancelled_visit_stays_cancelled_and_its_slot_is_free_again() {
    let city = City::start();
    let (department, slot) = city.first_slot();
    let (appointment, _) = booked(city.send(1, &booking_at(&department, Some(&slot.id), now())));
    assert_eq!(city.send(2, &cancelling(&appointment)), Answer::Cancelled);
    assert_eq!(city.send(2, &cancelling(&appointment)), Answer::Cancelled);
    assert_eq!(city.send(3, &cancelling(&appointment)), Answer::Cancelled);
    assert_eq!(city.timetable(&department).slots[0].id, slot.id);
    assert_eq!(city.send(4, &cancelling("none")), Answer::refused(Refusal::Gone));
}

#[test]
fn a_health_status_is_about_the_person_and_can_be_verified_without_the_hub() {
    let city = City::start();
    let issued = city.send(1, &issuing());
    assert_eq!(city.send(1, &issuing()), issued);
    let Answer::Issued { text } = issued else {
        panic!("{issued:?}")
    };
    let Fetched::TrustList(list) = city.client.fetch(&city.hub.url(), &Wanted::TrustList, now()) else {
        panic!("a trust list")
    };
    drop(city);
    let root = RootKey::from_pem(include_str!("../../../assets/region/demo/root.pem")).unwrap();
    let trust = Trust::read(&list, &[root], now()).unwrap();
    let document = read(&text).unwrap();
    assert_eq!(verify(&document, &trust, now()).state(), DocumentState::Valid);
    assert_eq!(document.holder_name().as_deref(), Some("王秀英"));
}

#[test]
fn whoever_is_not_registered_is_told_so_and_can_be() {
    let city = City::start();
    let number = "440524188001010014";
    let asked = Request::IssueDocument(DocumentWish::health_status("陈大文", number));
    assert_eq!(city.send(1, &asked), Answer::refused(Refusal::NotRegistered));
    let registering = |name: &str, helper: Option<&str>| {
        Request::Register(Registration {
            name: name.to_owned(),
            identity_number: number.to_owned(),
            channel: Channel::Relative,
            telephone: Some("139 0000 5509".to_owned()),
            helper: helper.map(str::to_owned),
        })
    };
    assert_eq!(
        city.send(2, &registering("陈大文", None)),
        Answer::refused(Refusal::NotAccepted)
    );
    for _ in 0..2 {
        assert_eq!(city.send(2, &registering("陈大文", Some("陈明"))), Answer::Registered);
    }
    assert_eq!(
        city.send(3, &registering("陈小文", Some("陈明"))),
        Answer::refused(Refusal::NotAccepted)
    );
    // A refusal was no answer for good: the same question goes through now.
    assert!(matches!(city.send(1, &asked), Answer::Issued { .. }));
}

#[test]
fn a_document_of_another_kind_carries_what_was_stated_and_a_missing_record_is_said() {
    let city = City::start();
    let wish = |kind, number: &str| DocumentWish {
        kind,
        details: [("allergies".to_owned(), "青霉素".to_owned())].into(),
        ..DocumentWish::health_status("王秀英", number)
    };
    let (known, bare) = ("11010519491231002X", "990101194803150010");
    let asked = Request::IssueDocument(wish(DocumentKind::EmergencyCard, known));
    let Answer::Issued { text } = city.send(1, &asked) else {
        panic!("a document")
    };
    let document = read(&text).unwrap();
    assert_eq!(document.claims()["details"]["allergies"], "青霉素");
    let asked = Request::IssueDocument(wish(DocumentKind::CheckUp, bare));
    assert_eq!(city.send(2, &asked), Answer::refused(Refusal::NoRecord));
}

#[test]
fn a_slip_of_the_finger_in_the_identity_number_is_not_accepted() {
    let slip = Request::IssueDocument(DocumentWish::health_status("王秀英", "110105194912310021"));
    assert_eq!(City::start().send(1, &slip), Answer::refused(Refusal::NotAccepted));
}

#[test]
fn a_hub_that_was_stopped_is_unreachable() {
    let city = City::start();
    let (url, client) = (city.hub.url(), city.client.clone());
    city.hub.shutdown();
    assert_eq!(
        client.send(&url, request_id(1), &issuing()),
        Answer::NoAnswer(Trouble::Unreachable)
    );
}

/// Passes messages on to a hub. While `lossy`, what the hub answers to a `$book` is lost on the way back.
fn passes_on_to(hub: &RunningHub, lossy: Arc<AtomicBool>, asked: Arc<Mutex<Vec<String>>>) -> String {
    let address = hub.addr();
    server(move |message, mut client| {
        let mut hub = TcpStream::connect(address).unwrap();
        let head = message.head.split_once("\r\n").unwrap();
        let head = format!("{}\r\nconnection: close\r\n{}\r\n", head.0, head.1);
        hub.write_all(&[head.as_bytes(), &message.body].concat()).unwrap();
        let mut answer = Vec::new();
        hub.read_to_end(&mut answer).unwrap();
        asked.lock().unwrap().push(message.path.clone());
        if !(message.path.ends_with("$book") && lossy.load(Ordering::SeqCst)) {
            let _ = client.write_all(&answer);
        }
    })
}

#[test]
fn a_booking_whose_answer_was_lost_is_made_once() {
    let city = City::start();
    let (department, slot) = city.first_slot();
    let (lossy, asked) = (Arc::new(AtomicBool::new(true)), Arc::default());
    let way = passes_on_to(&city.hub, lossy.clone(), Arc::clone(&asked));
    let wish = booking_at(&department, None, now());
    let lost = city.client.send(&way, request_id(1), &wish);
    assert_eq!(lost, Answer::NoAnswer(Trouble::Unreachable));
    let free = city.timetable(&department).slots;
    assert!(free.iter().all(|free| free.id != slot.id), "the hub had booked it");
    lossy.store(false, Ordering::SeqCst);
    assert_eq!(booked(city.client.send(&way, request_id(1), &wish)).1, slot.start);
    assert_eq!(city.timetable(&department).slots, free, "no second slot was taken");
    let books = asked
        .lock()
        .unwrap()
        .iter()
        .filter(|path| path.ends_with("$book"))
        .count();
    assert_eq!(books, 1, "the second try found the first");
}
