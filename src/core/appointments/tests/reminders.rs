//! Reminders, by the clock.

use jiff::SignedDuration;

use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::Command;
use crate::effect::Effect;
use crate::entry::Field;
use crate::ids::VisitId;
use crate::sync_tests::{books, informed, yes};
use crate::testing::{Bench, shanghai};

/// A visit on Monday at half past nine is booked; it is Sunday, nine in the morning.
fn booked() -> (Bench, VisitId) {
    let mut bench = informed();
    let id = books(&mut bench, "monday-early");
    let request = *bench.core.records().outbox.keys().next().unwrap();
    bench.hears(request, yes()).does(AppCommand::Home);
    (bench, id)
}

/// The clock goes on to this time in Shanghai, and the core is woken.
fn at(bench: &mut Bench, time: &str) {
    bench.now = shanghai(time).to_zoned(bench.now.time_zone().clone());
    bench.gets(Incoming::Tick);
}

#[test]
fn the_evening_before_a_page_opens_by_itself_and_stays_until_it_is_answered() {
    let (mut bench, _) = booked();
    let evening = shanghai("2026-11-22T19:00");
    assert_eq!(
        bench.core.next_wake().filter(|wake| *wake <= evening),
        bench.core.next_wake(),
        "it wakes for it"
    );
    at(&mut bench, "2026-11-22T18:59");
    assert_eq!(bench.page(), Page::Home);
    assert!(bench.core.next_wake().unwrap() <= evening);
    at(&mut bench, "2026-11-22T19:00");
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::Reminder, "明天 上午九点半，看医生")
    );
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Play(..))));
    assert!(bench.spoken().unwrap().parts.concat().contains("市第一医院"));
    assert!(bench.says().contains("身份证和社保卡"), "what to bring");
    for _ in 0..5 {
        bench.after(SignedDuration::from_hours(1));
        assert_eq!(bench.page(), Page::Reminder, "it never goes by itself");
    }
    bench.taps("reminder-got-it");
    assert_eq!(bench.page(), Page::Home);
    bench.after(SignedDuration::from_hours(1));
    assert_eq!(bench.page(), Page::Home);
}

#[test]
fn it_comes_again_two_hours_before_and_only_then() {
    let (mut bench, _) = booked();
    at(&mut bench, "2026-11-22T19:00");
    bench.taps("reminder-got-it");
    at(&mut bench, "2026-11-23T07:29");
    assert_eq!(bench.page(), Page::Home);
    at(&mut bench, "2026-11-23T07:30");
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::Reminder, "今天 上午九点半，看医生")
    );
    bench.taps("reminder-got-it");
    at(&mut bench, "2026-11-23T09:00");
    assert_eq!(bench.page(), Page::Home);
}

#[test]
fn an_answer_outlives_a_restart_and_so_does_a_reminder_without_one() {
    let (mut bench, _) = booked();
    at(&mut bench, "2026-11-22T19:00");
    let mut bench = bench.restarted();
    assert_eq!(bench.page(), Page::Reminder);
    bench.taps("reminder-got-it");
    let bench = bench.restarted();
    assert_eq!(bench.page(), Page::Home);
}

#[test]
fn nothing_is_taken_away_from_under_a_hand() {
    let (mut bench, _) = booked();
    bench.opens(Page::Enter(Field::Address));
    at(&mut bench, "2026-11-22T19:00");
    assert_eq!(bench.page(), Page::Enter(Field::Address));
    bench.does(AppCommand::Back);
    let soon = bench.core.next_wake().unwrap();
    assert!(
        soon.duration_since(bench.at()) <= SignedDuration::from_secs(1),
        "it is tried at once when that is done"
    );
    bench.after_seconds(1);
    assert_eq!(bench.page(), Page::Reminder);
}

#[test]
fn what_is_left_without_an_answer_stands_on_the_home_page_and_comes_again() {
    let (mut bench, _) = booked();
    at(&mut bench, "2026-11-22T19:00");
    bench.does(AppCommand::Home);
    assert_eq!(bench.choice_ids()[0], "reminder");
    bench.after(SignedDuration::from_mins(4));
    assert_eq!(bench.page(), Page::Home, "not at once");
    bench.after(SignedDuration::from_mins(1));
    assert_eq!(bench.page(), Page::Reminder);
    bench.does(AppCommand::Home).taps("reminder").taps("reminder-got-it");
    assert!(!bench.choice_ids().contains(&"reminder".to_owned()));
}

#[test]
fn who_cannot_go_is_asked_what_to_do_and_is_not_reminded_again() {
    let (mut bench, id) = booked();
    at(&mut bench, "2026-11-22T19:00");
    bench.taps("reminder-cannot-go");
    assert_eq!(bench.page(), Page::CannotGo);
    assert_eq!(bench.taps("visit-cancel").page(), Page::CancelVisit);
    bench.taps("cancel-yes");
    assert_eq!(bench.sent().len(), 1);
    at(&mut bench, "2026-11-23T07:30");
    assert_ne!(
        bench.page(),
        Page::Reminder,
        "of a visit that is called off nobody is reminded"
    );
    assert!(bench.core.records().visits[&id].notes.evening_answered);
}

#[test]
fn a_booking_within_the_evening_is_not_told_of_at_once() {
    let mut bench = informed();
    at(&mut bench, "2026-11-22T20:00");
    books(&mut bench, "monday-early");
    let request = *bench.core.records().outbox.keys().next().unwrap();
    bench.hears(request, yes()).does(AppCommand::Home).after_seconds(60);
    assert_eq!(bench.page(), Page::Home);
    at(&mut bench, "2026-11-23T07:30");
    assert_eq!(bench.page(), Page::Reminder);
}

#[test]
fn after_the_second_reminder_the_first_is_not_shown_any_more() {
    let (mut bench, _) = booked();
    // The program was closed over night.
    bench.now = shanghai("2026-11-23T08:00").to_zoned(bench.now.time_zone().clone());
    let mut bench = bench.restarted();
    assert_eq!(bench.page(), Page::Reminder);
    bench.taps("reminder-got-it").after(SignedDuration::from_mins(10));
    assert_eq!(bench.page(), Page::Home);
}

#[test]
fn the_evening_is_that_of_the_place_where_the_person_is_also_when_clocks_change() {
    let (mut bench, id) = booked();
    // Half past nine in Shanghai on Monday is half past one in Berlin; its eve is Sunday there.
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    bench.now = shanghai("2026-11-22T12:00").to_zoned(berlin.clone());
    bench.gets(Incoming::Tick);
    let due = super::super::reminders::due_at(
        &bench.core,
        &bench.core.records().visits[&id],
        super::super::Reminder::Evening,
    );
    let evening = due.unwrap().to_zoned(berlin);
    assert_eq!((evening.hour(), evening.date()), (19, jiff::civil::date(2026, 11, 22)));
}

#[test]
fn a_clock_that_is_set_back_asks_nothing_twice() {
    let (mut bench, _) = booked();
    at(&mut bench, "2026-11-22T19:00");
    bench.taps("reminder-got-it");
    at(&mut bench, "2026-11-22T18:00");
    at(&mut bench, "2026-11-22T19:00");
    assert_eq!(bench.page(), Page::Home);
}

#[test]
fn a_late_tap_on_an_old_reminder_does_no_harm() {
    let (mut bench, id) = booked();
    at(&mut bench, "2026-11-22T19:00");
    let late = AppCommand::Appointments(Command::GotIt(id, super::super::Reminder::Evening));
    bench.taps("reminder-got-it").does(late);
    assert_eq!(bench.page(), Page::Home);
}
