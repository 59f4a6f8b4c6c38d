//! A person whom the hub does not know: registered, issued a health code, given a fresh one, and refused everywhere once
//! it is taken back.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::view::{Mark, View};
use jiff::{SignedDuration, Timestamp};

use crate::common::hub::{Hub, take_back};
use crate::common::person::{Person, code, tells, word};
use crate::common::{Home, Ran};
use crate::identity_number;

fn asks(person: &mut Person) -> View {
    person
        .does(Command::HealthCode(health_code::Command::AskForHealthStatus))
        .view
}

/// The text of the code that is shown.
fn shown(person: &mut Person) -> String {
    let view = person.opens(Page::HealthCode);
    assert_eq!(code(&view).mark, Some(Mark::Good), "{:?}", view.reading);
    code(&view).symbol.as_ref().unwrap().text.clone()
}

fn state(person: &mut Person) -> (Option<Mark>, bool) {
    let view = person.opens(Page::HealthCode);
    let revoked = word(&view, "state-revoked");
    (code(&view).mark, code(&view).state.text.contains(&revoked))
}

#[test]
fn somebody_is_registered_gets_a_code_and_a_fresh_one_and_loses_it_when_it_is_taken_back() {
    let (home, data, door) = (Home::new(), Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "陈大文");
    person.enters(Field::IdentityNumber, &identity_number("44052418800101001"));
    let refused = asks(&mut person);
    tells(&refused, "register-offer-title");
    let issued = person.taps(&refused, "register-now").view;
    tells(&issued, "issued-title");
    let first = shown(&mut person);

    // Refreshed by asking again: another document, for the same person.
    tells(&asks(&mut person), "issued-title");
    let second = shown(&mut person);
    assert_ne!(first, second);
    let id = anban_credential::read(&second).unwrap().id();

    // Somebody at a door has the trust list, and no network from now on.
    let list = |name: &str, hub: &Hub| door.file(name, hub.bytes("/trust-list"));
    let verified = |list: &std::path::Path, document: &str| {
        let arguments = ["verify", "--trust", list.to_str().unwrap(), document];
        Ran::from(home.anban(&arguments).output().unwrap()).code
    };
    let before = list("before", &hub);
    assert_eq!(verified(&before, &second), Some(0));

    // Taken back while the hub runs.
    take_back(data.path(), &id);
    assert_eq!(hub.json(&format!("/documents/{id}"))["state"], "revoked");
    let after = list("after", &hub);
    assert_eq!(verified(&after, &second), Some(1), "refused from the new list on");
    assert_eq!(verified(&after, &first), Some(0), "the other one was not taken back");
    assert_eq!(verified(&before, &second), Some(0), "who has no newer list can't know");

    // The person's own device learns it with the next list, and keeps it through restarts and without the hub.
    person.network_is_back();
    assert_eq!(state(&mut person), (Some(Mark::Bad), true));
    assert_eq!(hub.stop(), Some(0));
    person.loses_power();
    for days in [-365, 0, 5] {
        let now = (Timestamp::now() + SignedDuration::from_hours(24 * days)).to_string();
        let mut person = Person::at(&home, &["--hub", &hub.url, "--now", &now]);
        assert_eq!(state(&mut person).0, Some(Mark::Bad), "{days}");
        person.loses_power();
    }
}

#[test]
fn a_number_that_is_registered_under_another_name_gets_nothing() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "陈大文");
    person.enters(Field::IdentityNumber, "11010519491231002X");
    tells(&asks(&mut person), "issue-refused-number");
    person.leaves();
}
