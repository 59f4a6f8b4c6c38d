//! Three ways to a booking, and how many taps each takes.

use jiff::SignedDuration;

use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::{OpenSlot, VisitState, Words};
use crate::effect::{Effect, Fetched, Wanted};
use crate::outbox::Request;
use crate::sync_tests::{books, informed, yes};
use crate::testing::{Bench, shanghai, timetable};
use crate::view::{Body, Tone};

/// As many taps as a booking may take.
const MOST: usize = 5;

/// Taps one button after the other, from the home page on, and counts.
fn way(bench: &mut Bench, ids: &[&str]) -> usize {
    bench.does(AppCommand::Home);
    for id in ids {
        bench.taps(id);
    }
    ids.len()
}

fn is_asked(bench: &Bench, slot: &str) -> bool {
    let asked =
        |request: &Request| matches!(request, Request::BookVisit { wish, .. } if wish.slot.as_deref() == Some(slot));
    bench.core.records().outbox.values().any(|item| asked(&item.request))
}

/// Somebody who has seen Dr Zhang last week.
fn patient_of_zhang() -> Bench {
    let mut bench = informed();
    let id = books(&mut bench, "monday-early");
    let request = *bench.core.records().outbox.keys().next().unwrap();
    bench.hears(request, yes());
    bench.after(SignedDuration::from_hours(24 * 7));
    let slots = [
        ("zhang", "张大夫", "2026-12-01T10:00"),
        ("li", "李大夫", "2026-11-30T10:00"),
    ];
    let slots = slots.map(|(slot, name, start)| OpenSlot {
        id: slot.to_owned(),
        start: shanghai(start),
        end: shanghai(start) + SignedDuration::from_mins(30),
        practitioner: Some(Words {
            chinese: name.to_owned(),
            english: if name == "张大夫" { "Dr Zhang" } else { "Dr Li" }.to_owned(),
        }),
        schedule: String::new(),
    });
    let table = crate::appointments::Timetable {
        slots: slots.to_vec(),
        ..timetable(bench.at())
    };
    bench.gets(Incoming::Fetched(Fetched::Timetable(table)));
    assert!(bench.core.records().visits[&id].practitioner.is_some());
    bench
}

#[test]
fn where_it_hurts_leads_to_a_booking_in_five_taps() {
    let mut bench = informed();
    let taps = way(
        &mut bench,
        &[
            "home-doctor",
            "way-complaint",
            "area-chest",
            "complaint-heartbeat",
            "offer-monday-early",
        ],
    );
    assert!(taps <= MOST && is_asked(&bench, "monday-early"), "{taps}");
    assert_eq!(bench.page(), Page::Visit);
}

#[test]
fn a_department_leads_to_a_booking_in_five_taps() {
    let mut bench = informed();
    let taps = way(
        &mut bench,
        &["home-doctor", "first", "heart", "department-soonest", "confirm-yes"],
    );
    assert!(taps <= MOST && is_asked(&bench, "monday-early"), "{taps}");
}

#[test]
fn the_same_doctor_as_last_time_is_booked_in_five_taps() {
    let mut bench = patient_of_zhang();
    bench.does(AppCommand::Home).taps("home-doctor");
    assert!(bench.choice("way-same-doctor").note.contains("张大夫"));
    let taps = way(&mut bench, &["home-doctor", "way-same-doctor", "offer-zhang"]);
    assert!(
        taps <= MOST && is_asked(&bench, "zhang"),
        "a sooner time is with somebody else"
    );
}

#[test]
fn where_the_same_doctor_has_no_time_another_is_offered_and_said_to_be_another() {
    let mut bench = patient_of_zhang();
    let mut table = timetable(bench.at());
    table.slots = bench.core.records().timetables["heart"].slots.clone();
    table.slots.retain(|slot| slot.id == "li");
    bench.gets(Incoming::Fetched(Fetched::Timetable(table)));
    way(&mut bench, &["home-doctor", "way-same-doctor"]);
    assert!(bench.says().contains("张大夫这几天没有号了"), "{}", bench.says());
    assert!(bench.choice("offer-li").note.contains("李大夫"));
}

#[test]
fn the_offer_names_day_time_department_doctor_and_hospital_and_is_said() {
    let mut bench = informed();
    way(
        &mut bench,
        &["home-doctor", "way-complaint", "area-chest", "complaint-blood-pressure"],
    );
    let offer = bench.choice("offer-monday-early");
    assert_eq!(offer.tone, Tone::Main);
    assert_eq!(offer.text, "明天 星期一\n上午九点半，就这个");
    assert_eq!(offer.note, "心内科，张大夫\n市第一医院");
    let said = bench.spoken().unwrap().parts.concat();
    assert!(said.contains("最早的号"), "{said}");
}

#[test]
fn all_departments_that_see_to_it_are_asked_and_the_soonest_is_offered() {
    let mut bench = informed();
    way(
        &mut bench,
        &["home-doctor", "way-complaint", "area-face", "complaint-sight"],
    );
    let asked = |effect: &Effect| matches!(effect, Effect::Fetch { what: Wanted::Timetable { department, .. }, .. } if department == "eyes");
    assert!(bench.effects.iter().any(asked));
    assert_eq!(bench.title(), "正在找最早的号");
    let mut table = timetable(bench.at());
    table.department = "eyes".to_owned();
    bench.gets(Incoming::Fetched(Fetched::Timetable(table)));
    assert!(bench.choice("offer-monday-early").note.contains("眼科"));
    let said = bench.spoken().unwrap().parts.concat();
    assert!(
        said.contains("最早的号"),
        "the page speaks when the times have come: {said}"
    );
}

#[test]
fn a_tap_on_an_offer_that_has_changed_does_nothing() {
    let mut bench = informed();
    way(
        &mut bench,
        &["home-doctor", "way-complaint", "area-chest", "complaint-heartbeat"],
    );
    let mut table = timetable(bench.at());
    table.slots.retain(|slot| slot.id != "monday-early");
    bench.gets(Incoming::Fetched(Fetched::Timetable(table)));
    assert!(!bench.choice_ids().contains(&"offer-monday-early".to_owned()));
    assert!(bench.choice_ids().contains(&"offer-monday-late".to_owned()));
}

#[test]
fn who_cannot_say_what_it_is_is_led_to_general_practice() {
    let mut bench = informed();
    way(&mut bench, &["home-doctor", "way-complaint"]);
    assert!(bench.choice("complaint-unsure").note.contains("导诊台"));
    bench.taps("complaint-unsure");
    assert_eq!(bench.page(), Page::Offer);
    bench.taps("offer-otherwise");
    assert_eq!((bench.page(), bench.title().as_str()), (Page::Department, "全科"));
}

#[test]
fn what_nobody_here_sees_to_goes_to_general_practice_too() {
    let mut bench = informed();
    way(
        &mut bench,
        &[
            "home-doctor",
            "way-complaint",
            "area-skin",
            "complaint-itch",
            "offer-otherwise",
        ],
    );
    assert_eq!(bench.title(), "全科");
}

#[test]
fn signs_that_must_not_wait_stand_first_and_lead_to_the_call_for_help() {
    for area in ["area-head", "area-chest", "area-belly", "area-legs"] {
        let mut bench = informed();
        way(&mut bench, &["home-doctor", "way-complaint"]);
        assert!(bench.says().contains("呼救"), "the list of areas says it");
        bench.taps(area);
        let Body::Question(view) = bench.view().body else {
            panic!()
        };
        assert_eq!(view.choices[0].tone, Tone::Help, "{area}");
        assert_eq!(bench.does(view.choices[0].command.clone()).page(), Page::Help);
    }
}

#[test]
fn without_a_network_the_ways_lead_to_a_wish() {
    let mut bench = informed();
    way(
        &mut bench,
        &[
            "home-doctor",
            "way-complaint",
            "area-face",
            "complaint-sight",
            "department-book",
        ],
    );
    assert_eq!(bench.page(), Page::Days);
    bench.taps("2026-11-25").taps("half-morning").taps("confirm-yes");
    let visit = bench.core.records().visits.values().next().unwrap().clone();
    assert_eq!(
        (visit.wish.department.as_str(), visit.state),
        ("eyes", VisitState::NotConfirmed)
    );
}

#[test]
fn a_department_shows_its_telephone_counter_hours_papers_and_quota_and_going_there_is_an_answer() {
    let mut bench = informed();
    way(&mut bench, &["home-doctor", "first", "heart"]);
    let Body::Question(view) = bench.view().body else {
        panic!()
    };
    let details: Vec<_> = view.details.iter().map(|fact| fact.value.as_str()).collect();
    assert_eq!(details, ["门诊楼一层三号窗口", "八点到十七点", "身份证和社保卡"]);
    assert_eq!(bench.choice("department-counter").text, "不预约，直接去");
    assert!(bench.choice("department-counter").note.contains("5 个号"));
    assert_eq!(bench.taps("department-call").dialled(), ["01055550101"]);
}
