//! A health code all the way round, through nothing but the real programs: issued by the hub, refreshed, shown, checked
//! at a door without a network, printed, checked from the paper, taken back, and refused wherever it turns up.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::checkpoint;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::view::{Body, Mark, View};
use jiff::{SignedDuration, Timestamp};

use crate::common::Home;
use crate::common::hub::{Hub, take_back};
use crate::common::person::{Person, code, tells};
use crate::common::tools::{pictures, scanned};
use crate::identity_number;

/// What the door answers to a code; it has no hub to ask.
fn at_the_door(staff: &Home, days: i64, text: &str) -> (Mark, View) {
    let now = (Timestamp::now() + SignedDuration::from_hours(24 * days)).to_string();
    let mut door = Person::at(staff, &["--now", &now]);
    door.opens(Page::Checkpoint);
    let text = text.to_owned();
    let view = door
        .does(Command::Checkpoint(checkpoint::Command::Scanned { text }))
        .view;
    door.leaves();
    match &view.body {
        Body::Verdict(verdict) => (verdict.mark, view),
        other => panic!("no answer: {other:?}"),
    }
}

/// The door meets the hub for a moment, as when staff come by.
fn door_meets(staff: &Home, hub: &Hub) {
    let mut door = Person::at(staff, &["--hub", &hub.url]);
    door.network_is_back();
    door.leaves();
}

#[test]
fn a_code_is_issued_refreshed_shown_checked_printed_taken_back_and_refused() {
    let (elder, data, staff) = (Home::new(), Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    let mut person = Person::welcomed(&elder, &["--hub", &hub.url], "王秀英");
    person.enters(Field::IdentityNumber, &identity_number("99010119500315002"));
    let mut shown = || {
        let asked = person.does(Command::HealthCode(health_code::Command::AskForHealthStatus));
        tells(&asked.view, "issued-title");
        let view = person.opens(Page::HealthCode);
        assert_eq!(code(&view).mark, Some(Mark::Good), "{:?}", view.reading);
        code(&view).symbol.as_ref().unwrap().text.clone()
    };
    let first = shown();
    let text = shown();
    assert_ne!(first, text, "refreshed");
    person.leaves();

    // A second device that heard of the issuers once.
    Person::welcomed(&staff, &[], "值班").leaves();
    door_meets(&staff, &hub);
    assert_eq!(hub.stop(), Some(0));
    assert_eq!(at_the_door(&staff, 0, &text).0, Mark::Good);

    // On paper it is the same code, and passes the same way.
    let pdf = elder.path().join("code.pdf");
    elder
        .run(&["print", "health-code", "--out", pdf.to_str().unwrap()])
        .done();
    let from_paper = scanned(&pictures(&pdf)[0]);
    assert_eq!(from_paper, text);
    assert_eq!(at_the_door(&staff, 0, &from_paper).0, Mark::Good);

    // A clock that is a year off lets nobody in, whichever way.
    for days in [-365, 365] {
        let (mark, view) = at_the_door(&staff, days, &from_paper);
        assert_ne!(mark, Mark::Good, "{days}: {:?}", view.reading);
    }

    // Taken back, and the door has not heard of it: by its old list nobody can tell.
    let id = anban_credential::read(&text).unwrap().id();
    take_back(data.path(), &id);
    assert_eq!(at_the_door(&staff, 0, &from_paper).0, Mark::Good);

    // Once it has, the code is refused from the paper and from the screen.
    let mut hub = Hub::start(data.path());
    door_meets(&staff, &hub);
    let mut person = Person::at(&elder, &["--hub", &hub.url]);
    person.network_is_back();
    let view = person.opens(Page::HealthCode);
    assert_eq!(code(&view).mark, Some(Mark::Bad), "{:?}", view.reading);
    person.leaves();
    assert_eq!(hub.stop(), Some(0));
    for text in [&from_paper, &text] {
        let (mark, view) = at_the_door(&staff, 0, text);
        assert_eq!(mark, Mark::Bad);
        tells(&view, "verdict-revoked");
    }
}
