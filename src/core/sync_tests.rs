//! Requests on their way: one at a time, again and again until there is an answer, and never after it.
#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;

use crate::app::{Command, Incoming};
use crate::appointments::{Refusal, VisitState};
use crate::effect::{Effect, Fetched, Wanted};
use crate::ids::{RequestId, VisitId};
use crate::outbox::Answer;
use crate::testing::{Bench, directory, shanghai, timetable};

/// Somebody with a name, a hub and what it has told.
pub(crate) fn informed() -> Bench {
    let mut bench = Bench::with_hub();
    let at = bench.at();
    bench
        .opens(crate::Page::Enter(crate::entry::Field::Name))
        .types("王秀兰");
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    bench
}

/// Books the slot with this id, by the pages.
pub(crate) fn books(bench: &mut Bench, slot: &str) -> VisitId {
    let at = bench.at();
    bench
        .does(Command::Home)
        .taps("home-doctor")
        .taps("first")
        .taps("heart");
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    bench.taps("department-days");
    let day = if slot == "tuesday" { "2026-11-24" } else { "2026-11-23" };
    bench.taps(day).taps(slot).taps("confirm-yes");
    let mut visits = bench.core.records().visits.values();
    visits
        .rfind(|visit| visit.wish.slot.as_deref() == Some(slot))
        .unwrap()
        .id
}

pub(crate) fn yes() -> Answer {
    Answer::Booked {
        appointment: "appointment-1".to_owned(),
        start: shanghai("2026-11-23T09:30"),
        slot: None,
    }
}

#[test]
fn a_request_goes_out_once_and_is_not_repeated_while_it_is_under_way() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    assert_eq!(bench.sent().len(), 1);
    for _ in 0..20 {
        assert_eq!(bench.after_seconds(10).sent(), []);
    }
}

#[test]
fn a_request_without_an_answer_goes_out_again_later_and_later_under_the_same_id() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let (id, request) = bench.sent().remove(0);
    let mut pauses = Vec::new();
    for longest in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
        bench.hears_nothing(id);
        assert_eq!(bench.sent(), [], "not at once");
        let pause = bench.core.records().outbox[&id].next_try.duration_since(bench.at());
        let longest = SignedDuration::from_secs(longest);
        assert!((longest / 2..=longest).contains(&pause), "{pause} of {longest}");
        assert_eq!(bench.core.next_wake(), Some(bench.at() + pause));
        pauses.push(pause.as_millis() * 1000 / longest.as_millis());
        bench.after(pause - SignedDuration::from_millis(1));
        assert_eq!(bench.sent(), [], "not before its time");
        bench.after(SignedDuration::from_millis(1));
        assert_eq!(bench.sent(), [(id, request.clone())]);
    }
    pauses.dedup();
    assert!(
        pauses.len() > 5,
        "devices that were cut off together do not come back together: {pauses:?}"
    );
}

#[test]
fn the_network_coming_back_makes_what_waits_due_at_once() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let (id, _) = bench.sent().remove(0);
    for _ in 0..6 {
        bench.hears_nothing(id).after_seconds(60);
    }
    bench.hears_nothing(id);
    assert_eq!(bench.sent(), []);
    assert_eq!(bench.gets(Incoming::NetworkBack).sent()[0].0, id);
    assert_eq!(
        bench.gets(Incoming::NetworkBack).sent(),
        [],
        "once, while it is under way"
    );
}

#[test]
fn requests_go_out_one_at_a_time_in_the_order_in_which_they_were_asked() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let (first, _) = bench.sent().remove(0);
    books(&mut bench, "tuesday");
    assert_eq!(bench.sent(), []);
    bench.hears_nothing(first);
    assert_eq!(bench.sent(), [], "the second does not overtake the first");
    let wake = bench.core.next_wake().unwrap();
    assert!(wake > bench.at(), "and does not keep the program awake");
    bench.after_seconds(1);
    assert_eq!(bench.sent()[0].0, first);
    assert!(bench.core.next_wake().unwrap() > bench.at());
    bench.hears(first, yes());
    assert_eq!(bench.sent().len(), 1);
    assert_ne!(bench.sent()[0].0, first);
}

#[test]
fn an_answer_that_never_comes_holds_nothing_up_for_ever() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let (id, request) = bench.sent().remove(0);
    bench.after(SignedDuration::from_mins(4));
    assert_eq!(bench.sent(), []);
    bench.after(SignedDuration::from_mins(2));
    assert_eq!(bench.sent(), [(id, request)]);
}

#[test]
fn what_waits_goes_out_after_the_program_has_started_again() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let (id, request) = bench.sent().remove(0);
    let records = bench.core.records().clone();
    let started = Bench::with(records);
    assert_eq!(started.sent(), [(id, request)]);
}

#[test]
fn an_answer_that_does_not_fit_the_question_is_no_answer() {
    let mut bench = informed();
    let visit = books(&mut bench, "monday-early");
    let (id, _) = bench.sent().remove(0);
    bench.hears(id, Answer::Cancelled);
    assert_eq!(bench.core.records().visits[&visit].state, VisitState::NotConfirmed);
    assert_eq!(bench.core.records().outbox[&id].attempts, 1);
}

#[test]
fn an_answer_to_what_nobody_asked_changes_nothing() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let before = bench.core.records().clone();
    bench.hears(RequestId(uuid::Uuid::from_u128(7)), yes());
    assert_eq!(*bench.core.records(), before);
}

#[test]
fn a_second_answer_after_a_refusal_is_late() {
    let mut bench = informed();
    let visit = books(&mut bench, "monday-early");
    let (id, _) = bench.sent().remove(0);
    bench.hears(id, Answer::refused(Refusal::SlotTaken));
    let before = bench.core.records().clone();
    bench.hears(id, yes()).hears_nothing(id);
    assert_eq!(*bench.core.records(), before);
    assert!(matches!(before.visits[&visit].state, VisitState::Refused { .. }));
}

#[test]
fn with_no_hub_nothing_is_sent_or_fetched_and_nothing_wakes_the_core_for_it() {
    let mut bench = Bench::with(informed().core.records().clone());
    bench
        .opens(crate::Page::Enter(crate::entry::Field::HubAddress))
        .types("");
    books(&mut bench, "monday-early");
    assert_eq!(bench.core.records().outbox.len(), 1);
    bench.after_seconds(3600);
    let outside = |effect: &Effect| matches!(effect, Effect::Send { .. } | Effect::Fetch { .. });
    assert!(!bench.effects.iter().any(outside));
    assert!(bench.core.next_wake().unwrap().duration_since(bench.at()).as_hours() >= 1);
}

#[test]
fn an_answer_that_could_not_be_kept_is_asked_for_again_after_a_rest() {
    let mut bench = informed();
    let visit = books(&mut bench, "monday-early");
    let (id, request) = bench.sent().remove(0);
    bench.store.full = true;
    bench.hears(id, yes());
    assert_eq!(bench.core.records().visits[&visit].state, VisitState::NotConfirmed);
    assert_eq!(
        bench.sent(),
        [],
        "a full disk does not make the hub be asked over and over"
    );
    bench.store.full = false;
    assert_eq!(bench.after_seconds(60).sent(), [(id, request)]);
    bench.hears(id, yes());
    assert!(matches!(
        bench.core.records().visits[&visit].state,
        VisitState::Booked { .. }
    ));
}

#[test]
fn the_directory_and_the_trust_list_are_fetched_when_the_program_starts_and_now_and_then() {
    let fetched = |bench: &Bench| {
        let fetches = bench.effects.iter().filter_map(|effect| match effect {
            Effect::Fetch { what, .. } => Some(what.clone()),
            _ => None,
        });
        fetches.collect::<Vec<_>>()
    };
    let mut bench = Bench::with_hub();
    assert_eq!(fetched(&bench), [Wanted::TrustList, Wanted::Directory]);
    assert_eq!(fetched(bench.after_seconds(60)), []);
    assert_eq!(fetched(bench.after_seconds(600)).len(), 2);
}

#[test]
fn a_hub_that_answers_again_is_asked_at_once_for_what_waits() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let (id, _) = bench.sent().remove(0);
    for _ in 0..6 {
        bench.hears_nothing(id).after_seconds(60);
    }
    bench.hears_nothing(id);
    let at = bench.at();
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    assert_eq!(bench.sent()[0].0, id);
}
