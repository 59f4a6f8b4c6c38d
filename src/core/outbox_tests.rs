//! Random histories of booking, cancelling, answers and restarts, watched from the hub's side.
//!
//! No visit is lost, one request is under way at a time, an id always stands for the same request, and nothing goes out
//! again after its last answer.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::app::{Command, Incoming};
use crate::appointments::{self, Chosen, Refusal, Visit, VisitState};
use crate::ids::{RequestId, VisitId};
use crate::outbox::{Answer, DocumentWish, Request, Trouble};
use crate::sync_tests::{informed, yes};
use crate::testing::{Bench, shanghai};

/// Something that happens to a person's visits.
#[derive(Debug, Clone)]
enum Event {
    Book(u8),
    Cancel(Index),
    Move(Index, u8),
    BookBack(Index),
    AskAgain(Index),
    Drop(Index),
    Yes,
    No(Refusal),
    Nothing,
    Late(Index),
    Tick(u16),
    NetworkBack,
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    let refusal = prop_oneof![
        Just(Refusal::SlotTaken),
        Just(Refusal::NothingFree),
        Just(Refusal::Gone)
    ];
    prop_oneof![
        4 => any::<u8>().prop_map(Event::Book),
        2 => any::<Index>().prop_map(Event::Cancel),
        2 => any::<(Index, u8)>().prop_map(|(which, day)| Event::Move(which, day)),
        2 => any::<Index>().prop_map(Event::BookBack),
        2 => any::<Index>().prop_map(Event::AskAgain),
        1 => any::<Index>().prop_map(Event::Drop),
        4 => Just(Event::Yes),
        2 => refusal.prop_map(Event::No),
        4 => Just(Event::Nothing),
        2 => any::<Index>().prop_map(Event::Late),
        4 => (0..100_u16).prop_map(Event::Tick),
        1 => Just(Event::NetworkBack),
        1 => Just(Event::Restart),
    ]
}

/// What is known from outside of the core: what was sent, and what was answered.
#[derive(Default)]
struct Hub {
    under_way: Option<(RequestId, Request)>,
    /// Requests that had their last answer.
    settled: BTreeSet<RequestId>,
    asked: BTreeMap<RequestId, Request>,
    visits: BTreeSet<VisitId>,
    restarts: u64,
}

impl Hub {
    fn watch(&mut self, bench: &Bench) {
        for (id, request) in bench.sent() {
            assert_eq!(self.under_way, None, "two requests are under way");
            assert!(!self.settled.contains(&id), "a request went out after its last answer");
            let first = self.asked.entry(id).or_insert_with(|| request.clone());
            assert_eq!(*first, request, "an id stands for one request");
            self.under_way = Some((id, request));
        }
        let records = bench.core.records();
        self.visits.extend(records.visits.keys());
        assert!(
            self.visits.iter().all(|id| records.visits.contains_key(id)),
            "a visit is lost"
        );
        for visit in records.visits.values() {
            let waits = records.outbox.values().any(|item| {
                item.refused.is_none()
                    && match &item.request {
                        Request::BookVisit { visit: id, .. }
                        | Request::CancelVisit { visit: id, .. }
                        | Request::MoveVisit { visit: id, .. } => *id == visit.id,
                        _ => false,
                    }
            });
            let unconfirmed = matches!(
                visit.state,
                VisitState::NotConfirmed | VisitState::CancelNotConfirmed { .. }
            );
            assert_eq!(
                waits,
                unconfirmed || visit.moving.is_some(),
                "what is not confirmed has its request, and nothing else has"
            );
        }
    }
}

fn one(bench: &Bench, which: &Index) -> Option<Visit> {
    let visits: Vec<_> = bench.core.records().visits.values().cloned().collect();
    (!visits.is_empty()).then(|| which.get(&visits).clone())
}

fn wishes_for(bench: &mut Bench, day: u8) {
    let from = shanghai("2026-11-23T08:00") + SignedDuration::from_hours(24 * i64::from(day % 5));
    for command in [
        appointments::Command::ChooseDepartment("heart".to_owned()),
        appointments::Command::ChooseTime(Chosen {
            slot: None,
            from,
            to: from + SignedDuration::from_hours(4),
            practitioner: None,
        }),
        appointments::Command::BookVisit,
    ] {
        bench.does(Command::Appointments(command));
    }
}

fn happens(mut bench: Bench, hub: &mut Hub, event: Event) -> Bench {
    let appointments = Command::Appointments;
    bench.effects.clear();
    match event {
        Event::Book(day) => wishes_for(&mut bench, day),
        Event::Cancel(which) => {
            if let Some(visit) = one(&bench, &which) {
                bench.does(appointments(appointments::Command::Cancel(visit.id)));
            }
        }
        Event::Move(which, day) => {
            if let Some(visit) = one(&bench, &which) {
                bench.does(appointments(appointments::Command::Move(visit.id)));
                let from = shanghai("2026-11-24T08:00") + SignedDuration::from_hours(24 * i64::from(day % 5));
                let time = Chosen {
                    slot: None,
                    from,
                    to: from + SignedDuration::from_hours(4),
                    practitioner: None,
                };
                bench.does(appointments(appointments::Command::ChooseTime(time)));
                bench.does(appointments(appointments::Command::BookVisit));
            }
        }
        Event::BookBack(which) => {
            if let Some(visit) = one(&bench, &which) {
                bench.does(appointments(appointments::Command::BookBack(visit.id)));
            }
        }
        Event::AskAgain(which) => {
            if let Some(visit) = one(&bench, &which) {
                bench.does(appointments(appointments::Command::AskAgain(visit.id)));
            }
        }
        Event::Drop(which) => {
            if let Some(visit) = one(&bench, &which) {
                bench.does(appointments(appointments::Command::Drop(visit.id)));
                if !bench.core.records().visits.contains_key(&visit.id) {
                    assert!(matches!(
                        visit.state,
                        VisitState::Refused { .. } | VisitState::Cancelled
                    ));
                    hub.visits.remove(&visit.id);
                }
            }
        }
        Event::Yes | Event::No(_) => {
            if let Some((id, request)) = hub.under_way.take() {
                hub.settled.insert(id);
                let answer = match (event, request) {
                    (Event::No(reason), _) => Answer::refused(reason),
                    (_, Request::CancelVisit { .. }) => Answer::Cancelled,
                    _ => yes(),
                };
                bench.hears(id, answer);
            }
        }
        Event::Nothing => {
            if let Some((id, _)) = hub.under_way.take() {
                bench.hears(id, Answer::NoAnswer(Trouble::Slow));
            }
        }
        Event::Late(which) => {
            let settled: Vec<_> = hub.settled.iter().copied().collect();
            if !settled.is_empty() {
                let before = bench.core.records().clone();
                bench.hears(*which.get(&settled), yes());
                assert_eq!(
                    bench.core.records().visits,
                    before.visits,
                    "a late answer changes no visit"
                );
            }
        }
        // Shorter than after what a request counts as lost.
        Event::Tick(seconds) => drop(bench.after_seconds(i64::from(seconds) % 5)),
        Event::NetworkBack => drop(bench.gets(Incoming::NetworkBack)),
        Event::Restart => {
            // What was under way may be sent again: the hub knows it by its id.
            hub.under_way = None;
            let now = bench.now.clone();
            hub.restarts += 1;
            bench = Bench::trusting(bench.core.records().clone(), None, 10 + hub.restarts);
            hub.watch(&bench);
            bench.now = now;
            bench.gets(Incoming::Tick);
        }
    }
    hub.watch(&bench);
    bench
}

proptest! {
    #[test]
    fn no_visit_is_lost_and_no_request_is_sent_twice_over(events in vec(event(), 1..60)) {
        let (mut bench, mut hub) = (informed(), Hub::default());
        for event in events {
            bench = happens(bench, &mut hub, event);
        }
    }
}

#[test]
fn a_question_that_version_0_1_kept_is_read_as_the_same_question() {
    let kept = r#"{"IssueHealthStatus":{"name":"王秀英","identity_number":"11010519491231002X"}}"#;
    let read: Request = serde_json::from_str(kept).unwrap();
    assert_eq!(
        read,
        Request::IssueDocument(DocumentWish::health_status("王秀英", "11010519491231002X"))
    );
}

#[test]
fn a_document_that_version_0_1_kept_belongs_to_nothing() {
    let kept = r#"{"id":"00000000-0000-0000-0000-000000000001","text":"AB1:X",
        "added_at":"2026-11-20T00:00:00Z","refreshed_at":"2026-11-20T00:00:00Z"}"#;
    let read: crate::health_code::KeptDocument = serde_json::from_str(kept).unwrap();
    assert_eq!(read.about, None);
}
