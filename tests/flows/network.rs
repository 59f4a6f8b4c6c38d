//! The network goes and comes back, the power goes, answers are lost: a wish is kept, and booked once.

use std::sync::atomic::Ordering;

use anban_core::Command;
use anban_core::app::Page;
use anban_core::appointments::{self, VisitState};
use anban_core::effect::Effect;
use anban_core::view::{Mark, View};

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::person::{Person, choices, kept, question, tells, word};
use crate::common::servers::losing_answers;
use crate::{at_the_soonest_time, sent_booking};

/// Whether the visit's page says that nobody has confirmed it.
#[track_caller]
fn is_not_confirmed(view: &View) {
    assert_eq!(question(view).mark, Some(Mark::Waiting), "{:?}", view.reading);
    tells(view, "visit-not-confirmed");
}

#[test]
fn a_wish_made_without_a_network_survives_the_power_and_is_booked_once_when_the_hub_is_back() {
    let (home, data) = (Home::new(), Home::new());
    let mut hub = Hub::start(data.path());
    let options = ["--hub", &hub.url.clone()];
    let mut person = Person::welcomed(&home, &options, "王秀英");
    let (sure, slot) = at_the_soonest_time(&mut person);
    assert_eq!(hub.stop(), Some(0));
    let wished = person.taps(&sure, "confirm-yes");
    is_not_confirmed(&wished.view);
    // The person may tap as often as they like.
    let again = person.does(Command::Appointments(appointments::Command::BookVisit));
    assert_eq!(sent_booking(&again.effects), None);
    person.loses_power();

    let (records, notice) = kept(&home);
    let ids = records.visits.values().map(|visit| (visit.request, visit.id)).next();
    let (request, visit) = ids.unwrap();
    // The wish, and before it that this device is to be registered.
    assert_eq!((records.visits.len(), records.outbox.len(), notice), (1, 2, None));
    assert_eq!(records.visits[&visit].state, VisitState::NotConfirmed);

    // Another day without a network: the pages work, and say what is known.
    let mut person = Person::at(&home, &options);
    is_not_confirmed(
        &person
            .does(Command::Appointments(appointments::Command::Show(visit)))
            .view,
    );
    person.loses_power();

    let hub = Hub::listening(data.path(), hub.address());
    assert_eq!(hub.booked_by(request).len(), 0);
    let mut person = Person::at(&home, &options);
    person.network_is_back();
    person.network_is_back();
    let page = person
        .does(Command::Appointments(appointments::Command::Show(visit)))
        .view;
    assert_eq!(question(&page).title.text, word(&page, "visit-booked"));
    person.leaves();
    let booked = hub.booked_by(request);
    assert_eq!(booked.len(), 1, "{booked:?}");
    assert_eq!(booked[0]["slot"][0]["reference"], format!("Slot/{slot}"));
    assert!(kept(&home).0.outbox.is_empty());
}

#[test]
fn an_answer_that_is_lost_on_the_way_does_not_book_twice() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let (way, lost) = losing_answers(hub.address(), "$book", 2);
    let mut person = Person::welcomed(&home, &["--hub", &way], "王秀英");
    let (sure, slot) = at_the_soonest_time(&mut person);
    let wished = person.taps(&sure, "confirm-yes");
    is_not_confirmed(&wished.view);
    let (request, visit) = sent_booking(&wished.effects).unwrap();
    assert_eq!(
        hub.slot_status(&slot),
        "busy",
        "the hub has booked it and could not say so"
    );
    // The second answer is lost to a program that was killed in between.
    person.loses_power();
    let mut person = Person::at(&home, &["--hub", &way]);
    person.network_is_back();
    let told = person.network_is_back().view;
    assert_eq!(lost.load(Ordering::SeqCst), 2);
    tells(&told, "booked-title");
    person.leaves();
    assert_eq!(hub.booked_by(request).len(), 1);
    let (records, _) = kept(&home);
    assert!(matches!(records.visits[&visit].state, VisitState::Booked { .. }));
    assert!(records.outbox.is_empty());
}

#[test]
fn a_morning_wished_for_where_no_times_are_known_is_booked_once_though_its_answer_was_lost() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let (way, lost) = losing_answers(hub.address(), "$book", 1);
    // The directory is known, and no department's times.
    Person::welcomed(&home, &["--hub", &hub.url], "王秀英").leaves();

    let mut person = Person::at(&home, &[]);
    let department = crate::at_a_department(&mut person);
    let days = person.taps(&department, "department-book").view;
    // A working day is among the next seven; the hub has times for all of them.
    let mornings: Vec<_> = choices(&days).iter().map(|day| day.command.clone()).collect();
    let mut wished = Vec::new();
    for day in mornings {
        person.does(Command::Appointments(appointments::Command::Begin));
        crate::at_a_department(&mut person);
        let times = person.does(day).view;
        let sure = person.taps(&times, "half-morning").view;
        wished.push(person.taps(&sure, "confirm-yes").view);
    }
    wished.iter().for_each(is_not_confirmed);
    person.loses_power();

    let mut person = Person::at(&home, &["--hub", &way]);
    for _ in 0..=wished.len() {
        person.network_is_back();
    }
    assert_eq!(lost.load(Ordering::SeqCst), 1);
    person.leaves();
    let (records, _) = kept(&home);
    assert_eq!(records.visits.len(), wished.len());
    let mut booked = 0;
    for visit in records.visits.values() {
        let there = hub.booked_by(visit.request);
        match &visit.state {
            VisitState::Booked { appointment } => {
                assert_eq!(there.len(), 1, "{there:?}");
                assert_eq!(&there[0]["id"], appointment);
                assert!(visit.wish.from <= visit.start && visit.start <= visit.wish.to);
                booked += 1;
            }
            // A weekend: nothing is free then.
            VisitState::Refused { .. } => assert_eq!(there.len(), 0),
            other => panic!("{other:?}"),
        }
    }
    assert!(booked >= 3, "{booked} of {}", wished.len());
}

/// What the page offers, by name.
fn offered(view: &View) -> Vec<&str> {
    choices(view).iter().map(|choice| choice.id.as_str()).collect()
}

/// The numbers that are called by these effects.
fn called(effects: &[Effect]) -> Vec<&str> {
    let numbers = effects.iter().filter_map(|effect| match effect {
        Effect::Dial { number } => Some(number.as_str()),
        _ => None,
    });
    numbers.collect()
}

#[test]
fn without_a_hub_and_a_directory_booking_names_the_telephone_and_who_sets_up() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    let begun = person.does(Command::Appointments(appointments::Command::Begin)).view;
    assert_eq!(begun.page, Page::Hospitals);
    assert_eq!(
        offered(&begun),
        ["doctor-call-12320", "no-hub-helpers"],
        "no tap leads on"
    );
    // Nor does a command that comes too late, such as one from before everything was erased.
    for page in [
        Page::Hospitals,
        Page::Departments,
        Page::Department,
        Page::Counter,
        Page::ConfirmVisit,
    ] {
        person.does(Command::Home);
        let view = person.opens(page);
        tells(&view, "doctor-none-title");
        assert_eq!(
            called(&person.taps(&view, "doctor-call-12320").effects),
            ["12320"],
            "{page:?}"
        );
        let helpers = person.taps(&view, "no-hub-helpers").view;
        assert_eq!(helpers.page, Page::Helpers, "{page:?}");
    }
    person.leaves();
}

#[test]
fn without_a_hub_the_way_through_booking_has_a_telephone_a_counter_and_a_wish_that_waits() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    // The hospitals are known; then the service is no longer set up.
    Person::welcomed(&home, &["--hub", &hub.url], "王秀英").leaves();
    drop(hub);

    let mut person = Person::at(&home, &[]);
    let hospitals = person.does(Command::Appointments(appointments::Command::Begin)).view;
    assert_eq!(hospitals.page, Page::Hospitals);
    tells(&hospitals, "doctor-offline");
    let department = crate::at_a_department(&mut person);
    assert_eq!(department.page, Page::Department);
    tells(&department, "doctor-offline");
    assert_eq!(
        offered(&department),
        ["department-book", "department-counter", "department-call"]
    );
    let number = person.taps(&department, "department-call");
    let [number] = called(&number.effects)[..] else {
        panic!("{:?}", number.effects)
    };
    assert_ne!(number, "");

    let counter = person.taps(&department, "department-counter");
    assert_eq!(counter.view.page, Page::Counter);
    assert_eq!(called(&person.taps(&counter.view, "department-call").effects), [number]);

    // No time is known, and so any day of the next seven can be wished for, and either half of it.
    let department = crate::at_a_department(&mut person);
    let days = person.taps(&department, "department-book").view;
    assert_eq!((days.page, choices(&days).len()), (Page::Days, 7));
    tells(&days, "day-wish-line");
    for day in choices(&days) {
        let times = person.does(day.command.clone()).view;
        assert_eq!(times.page, Page::Times);
        assert_eq!(offered(&times), ["half-morning", "half-afternoon"], "{}", day.id);
        person.does(Command::Back);
    }
    let times = person.does(choices(&days)[0].command.clone()).view;
    let sure = person.taps(&times, "half-morning").view;
    assert_eq!(sure.page, Page::ConfirmVisit);
    let wished = person.taps(&sure, "confirm-yes").view;
    is_not_confirmed(&wished);
    assert_eq!(called(&person.taps(&wished, "visit-call").effects), [number]);
    person.leaves();
    let (records, _) = kept(&home);
    assert_eq!(records.visits.len(), 1);
}
