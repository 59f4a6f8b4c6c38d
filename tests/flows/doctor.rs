//! Seeing a doctor with a network: from the hospital to the slip, and calling it off.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::appointments::{self, VisitState};
use anban_core::store::Records;
use anban_core::view::{Mark, View};
use anban_core::words::{Words, time};
use jiff::Timestamp;

use crate::common::hub::Hub;
use crate::common::person::{Person, choice, choices, kept, question, tells, word};
use crate::common::tools::{joined, words};
use crate::common::{Home, Ran};
use crate::{at_a_department, at_the_soonest_time, sent_booking};

fn appointment_id(records: &Records) -> String {
    match &records.visits.values().next().unwrap().state {
        VisitState::Booked { appointment } => appointment.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_visit_is_booked_at_the_hospital_printed_as_a_slip_and_called_off() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    let (sure, slot) = at_the_soonest_time(&mut person);
    assert_eq!(sure.page, Page::ConfirmVisit);
    assert_eq!(
        hub.slot_status(&slot),
        "free",
        "nothing is booked before the person has said yes"
    );
    let booked = person.taps(&sure, "confirm-yes");
    tells(&booked.view, "booked-title");
    assert_eq!(question(&booked.view).mark, Some(Mark::Good));
    let (request, visit) = sent_booking(&booked.effects).unwrap();
    person.leaves();

    // The hospital's own record of it.
    let (records, _) = kept(&home);
    assert!(records.outbox.is_empty());
    let appointment = hub.seen_by_staff(&format!("/fhir/Appointment/{}", appointment_id(&records)));
    let ours = records.visits[&visit].clone();
    assert_eq!(
        (&appointment["resourceType"], &appointment["status"]),
        (&"Appointment".into(), &"booked".into())
    );
    assert_eq!(
        appointment["slot"][0]["reference"],
        format!("Slot/{slot}"),
        "{appointment}"
    );
    assert_eq!(
        appointment["start"].as_str().unwrap().parse::<Timestamp>().unwrap(),
        ours.start
    );
    assert_eq!(hub.booked_by(request).len(), 1);
    assert_eq!(hub.slot_status(&slot), "busy");

    // The slip.
    let slip = home.path().join("slip.pdf");
    home.run(&["print", "appointment", "--out", slip.to_str().unwrap()])
        .done();
    let on_paper = words(&slip);
    // By the clock on the wall of the hospital, wherever this machine is; "tomorrow" would be wrong tomorrow.
    let start = ours.start.in_tz("Asia/Shanghai").unwrap();
    let says = Words::of(records.settings.language);
    let (day, clock) = (time::full_date(says, start.date()), time::clock(says, start.time()));
    for text in [
        &ours.hospital.chinese,
        &ours.department.chinese,
        &ours.bring.chinese,
        "王秀英",
        &day,
        &clock,
    ] {
        assert!(on_paper.contains(&joined(text)), "{text} is not on {on_paper}");
    }

    // Calling it off takes two taps, and frees the time for others.
    let mut person = Person::at(&home, &["--hub", &hub.url]);
    let page = person
        .does(Command::Appointments(appointments::Command::Show(visit)))
        .view;
    let asked = person.taps(&page, "visit-cancel").view;
    assert_eq!(hub.slot_status(&slot), "busy");
    let cancelled = person.taps(&asked, "cancel-yes").view;
    tells(&cancelled, "cancelled-title");
    assert_eq!(hub.slot_status(&slot), "free");
    assert_eq!(hub.booked_by(request)[0]["status"], "cancelled");
    person.leaves();
    let (records, _) = kept(&home);
    assert_eq!(records.visits[&visit].state, VisitState::Cancelled);
}

#[test]
fn a_day_and_a_time_can_be_chosen_by_hand() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    let department = at_a_department(&mut person);
    let days = person.taps(&department, "department-days").view;
    let last = choices(&days).last().unwrap().command.clone();
    let times = person.does(last).view;
    let chosen = (*choices(&times).last().unwrap()).clone();
    let sure = person.does(chosen.command.clone()).view;
    tells(&person.taps(&sure, "confirm-yes").view, "booked-title");
    assert_eq!(hub.slot_status(&chosen.id), "busy");
}

#[test]
fn a_time_that_somebody_else_took_is_refused_and_another_one_is_a_tap_away() {
    let data = Home::new();
    let hub = Hub::start(data.path());
    let (first, second) = (Home::new(), Home::new());
    let mut quick = Person::welcomed(&first, &["--hub", &hub.url], "李建国");
    let mut slow = Person::welcomed(&second, &["--hub", &hub.url], "王秀英");
    let (quick_sure, slot) = at_the_soonest_time(&mut quick);
    let (slow_sure, same) = at_the_soonest_time(&mut slow);
    assert_eq!(slot, same);
    tells(&quick.taps(&quick_sure, "confirm-yes").view, "booked-title");
    let refused = slow.taps(&slow_sure, "confirm-yes").view;
    tells(&refused, "book-refused-title");
    tells(&refused, "refused-taken");
    let nearest = choice(&refused, "visit-offer-1").clone();
    let again: View = slow.taps(&refused, "book-refused-other").view;
    let other = choice(&again, "department-soonest").command.clone();
    let sure = slow.does(other).view;
    tells(&slow.taps(&sure, "confirm-yes").view, "booked-title");
    // The refused wish is still there to be seen, beside the booked visit.
    let visits = slow.opens(Page::Visits);
    let notes: Vec<&str> = choices(&visits).iter().map(|choice| choice.note.as_str()).collect();
    assert!(notes.contains(&word(&visits, "visit-refused").as_str()), "{notes:?}");
    assert!(notes.contains(&word(&visits, "visit-booked").as_str()), "{notes:?}");
    // So is what the hospital has offered instead; the one that was taken meanwhile gives way to the next, and one tap
    // books that.
    let late = slow.does(nearest.command.clone()).view;
    tells(&late, "book-refused-title");
    let next = choice(&late, "visit-offer-1").clone();
    // Another doctor may be free at the same time: it is the time's own id in the command that differs.
    assert_ne!(next.command, nearest.command);
    tells(&slow.does(next.command).view, "booked-title");
}

#[test]
fn there_is_nothing_to_print_before_there_is_a_visit() {
    let home = Home::new();
    let slip = home.path().join("slip.pdf");
    let ran: Ran = home.run(&["print", "appointment", "--out", slip.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(!slip.exists());
}
