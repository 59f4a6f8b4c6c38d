//! Whole views as they are handed to the screen, in Chinese.
//!
//! What these pages say was decided with care: a change of it is to be seen and meant.

#![allow(clippy::unwrap_used)]

use anban_credential::Status;

use crate::app::{Command, Incoming, Page};
use crate::appointments::VisitState;
use crate::effect::Fetched;
use crate::outbox::Answer;
use crate::testing::{Bench, Region, directory, filled, health_claims, shanghai, timetable};
use crate::view::Body;

#[test]
fn the_home_page_of_somebody_with_a_visit() {
    let mut bench = Bench::with(filled());
    let (id, _) = bench.sent().remove(0);
    bench.hears(
        id,
        Answer::Booked {
            appointment: "a1".to_owned(),
            start: shanghai("2026-11-23T09:30"),
            slot: None,
        },
    );
    let booked = |state: &VisitState| matches!(state, VisitState::Booked { .. });
    assert!(bench.core.records().visits.values().all(|visit| booked(&visit.state)));
    insta::assert_json_snapshot!(bench.does(Command::Home).view());
}

#[test]
fn the_health_code() {
    let region = Region::new();
    let mut bench = region.bench();
    let text = region.issue(&health_claims(1, Status::Green));
    bench.does(Command::HealthCode(crate::health_code::Command::Import { text }));
    let mut view = bench.taps("document-kept-show").view();
    if let Body::Code(code) = &mut view.body {
        // Another at each run, since the keys are.
        code.symbol.as_mut().unwrap().text = "AB1:…".to_owned();
    }
    insta::assert_json_snapshot!(view);
}

#[test]
fn whether_the_visit_is_right() {
    let mut bench = Bench::with_hub();
    let at = bench.at();
    bench.opens(Page::Enter(crate::entry::Field::Name)).types("王秀兰");
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    bench
        .does(Command::Home)
        .taps("home-doctor")
        .taps("first")
        .taps("heart");
    insta::assert_json_snapshot!(bench.taps("department-soonest").view());
}
