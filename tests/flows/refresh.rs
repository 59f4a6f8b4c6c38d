//! What the hub has issued stays fresh by itself, and only a state that has become worse is told.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::effect::Effect;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::health_code::KeptDocument;
use anban_core::store::{Change, Store};
use anban_core::view::Mark;
use jiff::{SignedDuration, Timestamp};

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{Answered, Person, choices, code, kept, question, tells, word};
use crate::identity_number;

const NAME: &str = "王秀英";

/// Somebody who has got a health code from the hub, and has gone.
fn with_a_code(home: &Home, hub: &Hub) -> KeptDocument {
    let mut person = Person::welcomed(home, &["--hub", &hub.url], NAME);
    person.enters(Field::IdentityNumber, &identity_number("99010119500315002"));
    let issued = person.does(Command::HealthCode(health_code::Command::AskForHealthStatus));
    tells(&issued.view, "issued-title");
    person.leaves();
    only_document(home)
}

fn only_document(home: &Home) -> KeptDocument {
    let (records, _) = kept(home);
    assert_eq!((records.documents.len(), records.outbox.len()), (1, 0));
    records.documents.into_values().next().unwrap()
}

fn is_still(answered: &Answered) -> bool {
    let loud = |effect: &Effect| matches!(effect, Effect::Speak(_) | Effect::Play(..));
    !answered.effects.iter().any(loud)
}

/// Changes what is kept, while nobody has it open.
fn changes(home: &Home, document: KeptDocument) {
    let opened = anban_store::open(&home.profile(), Timestamp::now(), anban_store::KeyChoice::File).unwrap();
    let mut store = opened.store;
    store.commit(&[Change::PutDocument(document)]).unwrap();
    store.close().unwrap();
}

#[test]
fn a_code_is_renewed_without_a_page_or_a_word_while_the_person_does_something_else() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let first = with_a_code(&home, &hub);
    let later = (Timestamp::now() + SignedDuration::from_hours(13)).to_string();
    let mut person = Person::at(&home, &["--hub", &hub.url, "--now", &later]);
    person.opens(Page::Settings);
    let answered = person.network_is_back();
    assert_eq!(answered.view.page, Page::Settings);
    assert!(is_still(&answered), "{:?}", answered.effects);
    let view = person.opens(Page::HealthCode);
    assert_eq!(code(&view).mark, Some(Mark::Good));
    let text = code(&view).symbol.as_ref().unwrap().text.clone();
    assert_ne!(text, first.text);
    person.leaves();
    let renewed = only_document(&home);
    assert_eq!((renewed.id, &renewed.text), (first.id, &text));
    // It is another document of the same person, which the hub stands by.
    let id = anban_credential::read(&text).unwrap().id();
    assert_eq!(hub.json(&format!("/documents/{id}"))["state"], "valid");
}

#[test]
fn a_hub_that_is_gone_is_not_asked_and_nothing_is_lost() {
    let (home, data) = (Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    let first = with_a_code(&home, &hub);
    assert_eq!(hub.stop(), Some(0));
    let later = (Timestamp::now() + SignedDuration::from_hours(13)).to_string();
    let mut person = Person::at(&home, &["--hub", &hub.url, "--now", &later]);
    let answered = person.network_is_back();
    let asked = answered
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Send { .. }));
    assert!(!asked && is_still(&answered), "{:?}", answered.effects);
    person.leaves();
    assert_eq!(only_document(&home), first);
}

#[test]
fn a_state_that_has_become_worse_is_told_and_stays_on_the_home_page() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let first = with_a_code(&home, &hub);
    // The green code is of yesterday, and what the health register says of the person has changed since.
    changes(
        &home,
        KeptDocument {
            refreshed_at: Timestamp::now() - SignedDuration::from_hours(24),
            issued_for: Some(identity_number("99010119480315001")),
            ..first
        },
    );
    let mut person = Person::at(&home, &["--hub", &hub.url]);
    let told = person.network_is_back().view;
    tells(&told, "health-worse-title");
    assert_eq!(question(&told).mark, Some(Mark::Caution));
    let view = person.taps(&told, "document-kept-show").view;
    let yellow = word(&view, "status-yellow");
    assert!(code(&view).state.text.starts_with(&yellow));
    let home_page = person.does(Command::Home).view;
    let line = choices(&home_page)[0];
    assert!(line.text.contains(NAME) && line.text.contains(&yellow), "{line:?}");
    let view = person.does(line.command.clone()).view;
    assert_eq!((view.page, code(&view).mark), (Page::HealthCode, Some(Mark::Caution)));
    person.leaves();
    assert_eq!(only_document(&home).id, first.id);
}
