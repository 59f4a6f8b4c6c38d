//! Hubs that are in trouble or are none: every line is answered in time, and the wish is kept until a real one is there.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use anban_core::Command;
use anban_core::app::Page;
use anban_core::appointments::VisitState;
use anban_core::entry::Field;
use anban_core::outbox::Request;
use anban_core::view::Mark;

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{PATIENCE, Person, at_a_department, kept, question, tells};
use crate::common::servers::{http, server};

/// A person who knows the hospitals and times from a real hub meets `bad` from then on.
fn everything_is_answered_and_the_wish_is_kept(bad: &str) {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    at_a_department(&mut person);
    person.leaves();

    let began = Instant::now();
    let mut person = Person::at(&home, &["--hub", bad]);
    person.says(r#"{"Incoming":"Tick"}"#);
    assert!(began.elapsed() < PATIENCE, "starting took {:?}", began.elapsed());
    let department = at_a_department(&mut person);
    tells(&department, "doctor-offline");
    let sure = person.taps(&department, "department-soonest").view;
    let wished = person.taps(&sure, "confirm-yes").view;
    assert_eq!(
        (wished.page, question(&wished).mark),
        (Page::Visit, Some(Mark::Waiting))
    );
    tells(&wished, "visit-not-confirmed");
    // The rest of the app does not notice.
    assert_eq!(person.does(Command::Home).view.page, Page::Home);
    person.loses_power();

    let (records, notice) = kept(&home);
    // Before a device may book at a hub that it does not know, it makes itself known there: that waits as well.
    let is_sign_up = |request: &Request| matches!(request, Request::RegisterDevice { .. });
    let wishes = records.outbox.values().filter(|item| !is_sign_up(&item.request));
    assert_eq!((records.visits.len(), wishes.count(), notice), (1, 1, None));
    let visit = *records.visits.keys().next().unwrap();
    assert_eq!(records.visits[&visit].state, VisitState::NotConfirmed);
    let mut person = Person::at(&home, &["--hub", &hub.url]);
    person.network_is_back();
    person.leaves();
    assert!(matches!(kept(&home).0.visits[&visit].state, VisitState::Booked { .. }));
    assert_eq!(hub.booked_by(kept(&home).0.visits[&visit].request).len(), 1);
}

#[test]
fn a_hub_that_answers_500() {
    everything_is_answered_and_the_wish_is_kept(&server(|_, stream| {
        let _ = stream.write_all(&http("500 Internal Server Error", "text/html", b"<html>oh no</html>"));
    }));
}

#[test]
fn a_hub_that_hangs() {
    everything_is_answered_and_the_wish_is_kept(&server(|_, _| thread::sleep(Duration::from_secs(120))));
}

#[test]
fn a_hub_that_sends_rubbish() {
    everything_is_answered_and_the_wish_is_kept(&server(|_, stream| {
        let _ = stream.write_all(&[0xff; 4_000]);
    }));
}

#[test]
fn a_sign_in_page_instead_of_a_hub() {
    everything_is_answered_and_the_wish_is_kept(&server(|_, stream| {
        let _ = stream.write_all(&http("200 OK", "text/html", b"<html><form>Room number?</form></html>"));
    }));
}

#[test]
fn a_hub_that_sends_data_without_end() {
    everything_is_answered_and_the_wish_is_kept(&server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\n\r\n");
        let spaces = vec![b' '; 64 * 1024];
        while stream.write_all(&spaces).is_ok() {}
    }));
}

#[test]
fn a_hub_that_hangs_up_at_once() {
    everything_is_answered_and_the_wish_is_kept(&server(|_, _| ()));
}

#[test]
fn an_address_that_is_none_is_refused_when_it_is_typed() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    person.opens(Page::Enter(Field::HubAddress));
    let view = person.enters(Field::HubAddress, "医院").view;
    assert_eq!(view.page, Page::Enter(Field::HubAddress), "{:?}", view.reading);
    person.leaves();
    assert_eq!(kept(&home).0.settings.hub, "");
}

#[test]
fn printing_does_not_wait_for_a_hub_that_hangs() {
    let home = Home::new();
    let bad = server(|_, _| thread::sleep(Duration::from_secs(120)));
    let mut person = Person::welcomed(&home, &[], "王秀英");
    person.enters(Field::HubAddress, &bad);
    person.loses_power();
    assert_eq!(kept(&home).0.settings.hub, bad);
    let began = Instant::now();
    let ran = home.run(&["print", "card", "--out", "nothing.pdf"]);
    assert_eq!(ran.code, Some(1), "there is no card: {ran:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
