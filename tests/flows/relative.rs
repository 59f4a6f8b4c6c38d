//! Somebody without a telephone: registered by their daughter, in whose app their code then stands beside hers.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::view::{Mark, View};
use jiff::{SignedDuration, Timestamp};

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{Person, code, kept, tells};
use crate::identity_number;

/// The names in the row of people, and whose code is shown.
fn row(view: &View) -> (Vec<&str>, &str) {
    let shown = code(view);
    let people = shown.people.iter().map(|person| person.text.as_str()).collect();
    (people, &shown.holder.as_ref().unwrap().text)
}

/// Asks for the code of somebody by name and number.
fn asks_for(person: &mut Person, name: &str, number: &str) -> View {
    person.does(Command::HealthCode(health_code::Command::AskForRelative));
    person.enters(Field::RelativeName, name);
    person.enters(Field::RelativeNumber, number).view
}

#[test]
fn a_father_is_registered_by_his_daughter_and_his_code_is_shown_and_renewed_beside_hers() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    person.enters(Field::IdentityNumber, &identity_number("99010119500315002"));
    let own = person.does(Command::HealthCode(health_code::Command::AskForHealthStatus));
    tells(&own.view, "issued-title");

    let number = identity_number("44052418800101001");
    let refused = asks_for(&mut person, "陈大文", &number);
    let issued = person.taps(&refused, "relative-register").view;
    tells(&issued, "issued-title");
    let view = person.taps(&issued, "document-kept-show").view;
    assert_eq!(row(&view), (vec!["王秀英", "陈大文"], "陈大文"));
    assert_eq!(code(&view).mark, Some(Mark::Good));
    let first = code(&view).symbol.as_ref().unwrap().text.clone();
    assert!(!first.contains(&number), "the code does not give his number away");

    // One tap on his page brings a newer one, and one on her name goes back to hers.
    let renewed = person.taps(&view, "code-renew").view;
    let view = person.taps(&renewed, "document-kept-show").view;
    assert_eq!(row(&view).1, "陈大文");
    let second = code(&view).symbol.as_ref().unwrap().text.clone();
    assert_ne!(first, second);
    let hers = code(&view).people[0].command.clone();
    assert_eq!(row(&person.does(hers).view).1, "王秀英");
    person.leaves();

    // The next day both are renewed, without a word.
    let later = (Timestamp::now() + SignedDuration::from_hours(25)).to_string();
    let mut person = Person::at(&home, &["--hub", &hub.url, "--now", &later]);
    person.network_is_back();
    assert_eq!(person.opens(Page::Home).page, Page::Home);
    person.leaves();
    let (records, _) = kept(&home);
    assert_eq!((records.documents.len(), records.outbox.len()), (2, 0));
    let is_renewed = |kept: &health_code::KeptDocument| kept.refreshed_at > Timestamp::now();
    assert!(records.documents.values().all(is_renewed));
    assert!(records.documents.values().all(|kept| kept.text != second));
}

#[test]
fn a_name_that_does_not_fit_the_number_is_corrected_from_what_was_typed() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    let refused = asks_for(&mut person, "李建军", "990101194611020035");
    tells(&refused, "issue-refused-number");
    person.taps(&refused, "relative-correct");
    person.enters(Field::RelativeName, "李建国");
    let issued = person.enters(Field::RelativeNumber, "990101194611020035").view;
    tells(&issued, "issued-title");
    person.leaves();
    let (records, _) = kept(&home);
    assert_eq!((records.documents.len(), records.outbox.len()), (1, 0));
}
