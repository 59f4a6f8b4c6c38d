//! A health code from the hub: asked for, shown, checked by others, and still there without a network.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::view::{Mark, View};
use jiff::{SignedDuration, Timestamp};

use crate::common::hub::Hub;
use crate::common::person::{Person, code, kept, question, tells, word};
use crate::common::{Home, Ran};
use crate::identity_number;

fn asks(person: &mut Person) -> View {
    person
        .does(Command::HealthCode(health_code::Command::AskForHealthStatus))
        .view
}

/// Somebody with this number asks for a health code; the page that shows it.
fn code_for(home: &Home, hub: &Hub, number: &str) -> View {
    let mut person = Person::welcomed(home, &["--hub", &hub.url], "王秀英");
    person.enters(Field::IdentityNumber, number);
    let asked = asks(&mut person);
    assert_eq!(question(&asked).mark, Some(Mark::Good), "{:?}", asked.reading);
    tells(&asked, "issued-title");
    let view = person.opens(Page::HealthCode);
    person.leaves();
    view
}

#[test]
fn a_health_code_from_the_hub_is_valid_for_everyone_and_outlives_the_network() {
    let (home, data) = (Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    let view = code_for(&home, &hub, &identity_number("99010119500315002"));
    let shown = code(&view);
    assert_eq!(shown.mark, Some(Mark::Good));
    assert_eq!(shown.state.text, word(&view, "status-green"));
    assert_eq!(shown.holder.as_ref().unwrap().text, "王秀英");
    assert!(view.reading[0].contains("王秀英"), "the name is said first");
    assert!(view.brightest, "a scanner needs all the light there is");
    let text = shown.symbol.as_ref().unwrap().text.clone();
    assert!(!text.contains("19500315") && text.starts_with("AB1:"));

    // Whoever checks it needs nothing but the text and the region's trust list.
    let list = data.file("list", hub.bytes("/trust-list"));
    let checked = |document: &str| {
        let arguments = ["verify", "--trust", list.to_str().unwrap(), document];
        Ran::from(home.anban(&arguments).output().unwrap())
    };
    let valid = checked(&text);
    assert_eq!(
        (valid.code, &valid.json()["valid"]),
        (Some(0), &true.into()),
        "{valid:?}"
    );
    assert_eq!(valid.json()["claims"]["person"]["name"], "王秀英", "{valid:?}");
    // One letter of the code is another one now.
    let at = text.len() / 2;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    let forged = checked(&format!("{}{other}{}", &text[..at], &text[at + 1..]));
    assert_eq!(
        (forged.code, &forged.json()["valid"]),
        (Some(1), &false.into()),
        "{forged:?}"
    );

    // The hub is gone, and so is the program; nothing of it is needed.
    assert_eq!(hub.stop(), Some(0));
    for options in [vec![], vec!["--hub", hub.url.as_str()]] {
        let mut person = Person::at(&home, &options);
        let still = person.opens(Page::HealthCode);
        assert_eq!(code(&still).symbol.as_ref().unwrap().text, text);
        assert_eq!(code(&still).state.text, shown.state.text);
        person.loses_power();
    }

    // A week later it holds no more, and the page says so by itself.
    let later = (Timestamp::now() + SignedDuration::from_hours(8 * 24)).to_string();
    let mut person = Person::at(&home, &["--now", &later]);
    let expired = person.opens(Page::HealthCode);
    assert_eq!(code(&expired).mark, Some(Mark::Bad));
    assert_eq!(code(&expired).state.text, word(&expired, "state-expired"));
    assert_eq!(
        (&code(&expired).symbol, expired.brightest),
        (&None, false),
        "nothing that could be taken for a code"
    );
}

#[test]
fn a_yellow_and_a_red_code_are_signed_and_true_and_no_pass() {
    let data = Home::new();
    let hub = Hub::start(data.path());
    for (first_17, mark, status) in [
        ("99010119480315001", Mark::Caution, "status-yellow"),
        ("99010119480315002", Mark::Bad, "status-red"),
    ] {
        let view = code_for(&Home::new(), &hub, &identity_number(first_17));
        assert_eq!(code(&view).mark, Some(mark), "{status}");
        assert!(code(&view).state.text.starts_with(&word(&view, status)), "{status}");
    }
}

#[test]
fn a_number_with_a_slip_of_the_finger_is_never_sent() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    let right = identity_number("99010119500315002");
    let wrong = right.replacen("1950", "1905", 1);
    person.opens(Page::Enter(Field::IdentityNumber));
    let refused = person.enters(Field::IdentityNumber, &wrong).view;
    tells(&refused, "slip-look-again");
    let asked = asks(&mut person);
    assert_eq!(asked.page, Page::Enter(Field::IdentityNumber), "it is asked for first");
    person.leaves();
    assert!(kept(&home).0.outbox.is_empty());
}

#[test]
fn a_code_that_was_asked_for_without_a_network_comes_when_it_is_back() {
    let (home, data) = (Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    assert_eq!(hub.stop(), Some(0));
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    person.enters(Field::IdentityNumber, &identity_number("99010119500315002"));
    tells(&asks(&mut person), "asking-later-title");
    person.loses_power();

    let mut person = Person::at(&home, &["--hub", &hub.url]);
    let _hub = Hub::listening(data.path(), hub.address());
    person.network_is_back();
    let view = person.opens(Page::HealthCode);
    assert_eq!(code(&view).mark, Some(Mark::Good));
    person.leaves();
    let (records, _) = kept(&home);
    assert_eq!((records.documents.len(), records.outbox.len()), (1, 0));
}
