//! A hub that was restored from an older copy of its data is told again what it lacks.

use std::path::Path;
use std::process::Command as Program;

use anban_core::Command;
use anban_core::appointments::{self, VisitState};
use anban_core::ids::VisitId;

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{Person, choices, kept, tells};
use crate::{at_the_soonest_time, sent_booking};

/// Books the soonest time; the visit and its slot.
fn books(person: &mut Person) -> (VisitId, String) {
    let (sure, slot) = at_the_soonest_time(person);
    let booked = person.taps(&sure, "confirm-yes");
    tells(&booked.view, "booked-title");
    (sent_booking(&booked.effects).unwrap().1, slot)
}

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    assert!(
        Program::new("cp")
            .arg("-a")
            .arg(from)
            .arg(to)
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn a_hub_restored_from_an_older_copy_gets_back_what_it_had_said_yes_to() {
    let (home, data) = (Home::new(), Home::new());
    let (now, old) = (data.path().join("now"), data.path().join("old"));
    let hub = Hub::start(&now);
    let (url, address) = (hub.url.clone(), hub.address().to_owned());
    let mut person = Person::welcomed(&home, &["--hub", &url], "王秀英");
    let (first, first_slot) = books(&mut person);
    drop(hub);
    copy(&now, &old);

    // After the copy: another visit is booked, and the first one is called off.
    let hub = Hub::listening(&now, &address);
    person.network_is_back();
    let (second, second_slot) = books(&mut person);
    let page = person
        .does(Command::Appointments(appointments::Command::Show(first)))
        .view;
    let sure = person.taps(&page, "visit-cancel").view;
    tells(&person.taps(&sure, "cancel-yes").view, "cancelled-title");
    drop(hub);

    // The old copy takes its place.
    copy(&old, &now);
    let hub = Hub::listening(&now, &address);
    let status = |slot: &str| hub.slot_status(slot);
    assert_eq!(
        (status(&first_slot), status(&second_slot)),
        ("busy".into(), "free".into())
    );
    person.network_is_back();
    assert_eq!(
        (status(&first_slot), status(&second_slot)),
        ("free".into(), "busy".into())
    );
    person.leaves();
    let (records, _) = kept(&home);
    assert_eq!(records.visits[&first].state, VisitState::Cancelled);
    assert!(matches!(records.visits[&second].state, VisitState::Booked { .. }));
    assert!(records.outbox.is_empty(), "{:?}", records.outbox);
}

#[test]
fn a_time_that_somebody_else_took_after_the_hub_was_restored_is_refused_with_the_next_best_offers() {
    let (home, others, data) = (Home::new(), Home::new(), Home::new());
    let (now, old) = (data.path().join("now"), data.path().join("old"));
    let hub = Hub::start(&now);
    let (url, address) = (hub.url.clone(), hub.address().to_owned());
    let mut person = Person::welcomed(&home, &["--hub", &url], "王秀英");
    let (earlier, _) = books(&mut person);
    drop(hub);
    copy(&now, &old);
    let hub = Hub::listening(&now, &address);
    person.network_is_back();
    let (visit, slot) = books(&mut person);
    drop(hub);
    copy(&old, &now);
    let hub = Hub::listening(&now, &address);

    let mut other = Person::welcomed(&others, &["--hub", &url], "李建国");
    let (_, same) = books(&mut other);
    assert_eq!(same, slot, "the hub has forgotten that it was taken");
    person.network_is_back();
    let page = person
        .does(Command::Appointments(appointments::Command::Show(visit)))
        .view;
    let offers: Vec<_> = choices(&page)
        .into_iter()
        .filter(|choice| choice.id.starts_with("visit-offer-"))
        .collect();
    assert!(!offers.is_empty(), "{:?}", page.reading);
    let command = offers[0].command.clone();
    tells(&person.does(command).view, "booked-title");
    person.leaves();
    drop(hub);
    let (records, _) = kept(&home);
    for id in [earlier, visit] {
        assert!(matches!(records.visits[&id].state, VisitState::Booked { .. }));
    }
}
