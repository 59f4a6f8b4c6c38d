//! A hub that was restored from an older copy of its data, and what it lacks.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::SignedDuration;

use super::tests::{answers, daughter, heard, hears, known, page};
use super::{FeedEntry, FeedPage, HeardVisit, Standing};
use crate::app::Command;
use crate::appointments::{Chosen, Command as Ask, News, VisitState};
use crate::ids::{RequestId, VisitId};
use crate::outbox::{Answer, Request, Trouble};
use crate::sync_tests::{books, yes};
use crate::testing::{Bench, HUB, shanghai};

#[test]
fn a_hub_that_was_restored_from_an_older_copy_is_asked_again_for_what_it_lacks_under_the_same_id() {
    let mut bench = known();
    let visit = books(&mut bench, "tuesday");
    let (id, _) = bench.sent().remove(0);
    bench.hears(id, yes());
    let ours = HeardVisit {
        command: Some(id),
        start: shanghai("2026-11-23T09:30"),
        end: shanghai("2026-11-23T10:00"),
        booked_by: None,
        ..heard("appointment-1", Standing::Booked)
    };
    hears(&mut bench, page(7, 7, vec![FeedEntry::Visit(ours.clone())]));
    for (restored, head) in [("e1", 3), ("e2", 9)] {
        let older = |next, entries| FeedPage {
            epoch: restored.to_owned(),
            ..page(head, next, entries)
        };
        hears(&mut bench, older(head, Vec::new()));
        let cursor = bench.core.records().accounts[HUB].cursors["patient-1"];
        assert_eq!((cursor.next, cursor.mending), (0, true));
        answers(&mut bench, 0, older(head, Vec::new()));
        let kept = bench.core.records();
        assert_eq!(
            kept.visits[&visit].state,
            VisitState::NotConfirmed,
            "it is not confirmed any more"
        );
        let (again, request) = bench.sent().remove(0);
        assert_eq!(again, id, "under the same id");
        let Request::BookVisit { wish, .. } = request else {
            panic!("{request:?}")
        };
        assert_eq!(wish.slot.as_deref(), Some("tuesday"));
        bench.hears(id, yes());
        assert!(matches!(
            bench.core.records().visits[&visit].state,
            VisitState::Booked { .. }
        ));
    }
}

/// The feed of a hub that knows what `books` has booked.
fn has_it(bench: &mut Bench, books: RequestId) {
    let ours = HeardVisit {
        command: Some(books),
        start: shanghai("2026-11-23T09:30"),
        end: shanghai("2026-11-23T10:00"),
        booked_by: None,
        ..heard("appointment-1", Standing::Booked)
    };
    hears(bench, page(7, 7, vec![FeedEntry::Visit(ours)]));
}

/// A part of its feed after it was restored.
fn in_another_life(next: u64, entries: Vec<FeedEntry>) -> FeedPage {
    FeedPage {
        epoch: "e2".to_owned(),
        ..page(9, next, entries)
    }
}

fn wednesday() -> Chosen {
    Chosen {
        slot: Some("wednesday".to_owned()),
        from: shanghai("2026-11-25T15:00"),
        to: shanghai("2026-11-25T15:30"),
        practitioner: None,
    }
}

/// A visit that the hub has booked, and tells of.
fn known_there() -> (Bench, VisitId, RequestId) {
    let mut bench = known();
    let visit = books(&mut bench, "tuesday");
    let (book, _) = bench.sent().remove(0);
    bench.hears(book, yes());
    has_it(&mut bench, book);
    (bench, visit, book)
}

/// The hub is another, and has nothing.
fn forgets(bench: &mut Bench) {
    hears(bench, in_another_life(9, Vec::new()));
    hears(bench, in_another_life(9, Vec::new()));
}

/// The person asks for another time.
fn moves(bench: &mut Bench, visit: VisitId, time: Chosen) {
    for command in [Ask::Move(visit), Ask::ChooseTime(time), Ask::BookVisit] {
        bench.does(Command::Appointments(command));
    }
}

#[test]
fn what_a_restored_hub_says_of_a_visit_is_no_refusal_and_the_visit_is_called_off_where_somebody_books_it_again() {
    let (mut bench, visit, book) = known_there();
    bench.does(Command::Appointments(Ask::Cancel(visit)));
    let (cancel, _) = bench.sent().remove(0);
    bench.hears(cancel, Answer::NoAnswer(Trouble::Restored));
    let state = |bench: &Bench| bench.core.records().visits[&visit].state.clone();
    assert!(matches!(state(&bench), VisitState::CancelNotConfirmed { .. }));

    // The feed has two pages; until both are read nothing is asked about the visit.
    hears(&mut bench, in_another_life(9, Vec::new()));
    bench.after(SignedDuration::from_mins(2));
    assert_eq!(bench.sent(), []);
    hears(&mut bench, in_another_life(4, Vec::new()));
    let mending = |bench: &Bench| bench.core.records().accounts[HUB].cursors["patient-1"].mending;
    assert!(mending(&bench));
    hears(&mut bench, in_another_life(9, Vec::new()));
    assert!(!mending(&bench));
    assert_eq!(
        state(&bench),
        VisitState::Cancelled,
        "there is nothing to be called off"
    );

    // Another device has booked it again, under another id there.
    let again = HeardVisit {
        command: Some(book),
        ..heard("appointment-2", Standing::Booked)
    };
    let tenth = FeedPage {
        epoch: "e2".to_owned(),
        ..page(10, 10, vec![FeedEntry::Visit(again)])
    };
    hears(&mut bench, tenth);
    let (id, request) = bench.sent().remove(0);
    assert_eq!(id, cancel, "under the same id");
    assert_eq!(request.appointment(), Some("appointment-2"));
}

#[test]
fn a_visit_that_was_moved_to_another_time_of_the_same_minute_is_shown_there() {
    let (mut bench, visit, book) = known_there();
    let other = HeardVisit {
        command: Some(book),
        start: bench.core.records().visits[&visit].start,
        slot: Some("another".to_owned()),
        ..heard("appointment-1", Standing::Booked)
    };
    hears(&mut bench, page(8, 8, vec![FeedEntry::Visit(other)]));
    let kept = &bench.core.records().visits[&visit];
    assert_eq!(kept.wish.slot.as_deref(), Some("another"));
    assert_eq!(kept.heard.news, Some(News::Moved));
}

#[test]
fn a_visit_that_is_being_moved_when_the_hub_forgets_it_is_booked_first_and_then_moved() {
    let (mut bench, visit, book) = known_there();
    moves(&mut bench, visit, wednesday());
    let (moves, _) = bench.sent().remove(0);
    bench.hears(moves, Answer::NoAnswer(Trouble::Restored));
    hears(&mut bench, in_another_life(9, Vec::new()));
    hears(&mut bench, in_another_life(9, Vec::new()));
    assert_eq!(bench.sent()[0].0, book);
    let other = Answer::Booked {
        appointment: "appointment-2".to_owned(),
        start: shanghai("2026-11-23T09:30"),
        slot: Some("tuesday".to_owned()),
    };
    bench.hears(book, other);
    bench.after(SignedDuration::from_mins(2));
    let (id, request) = bench.sent().remove(0);
    assert_eq!((id, request.appointment()), (moves, Some("appointment-2")));
}

#[test]
fn a_cancellation_that_a_restored_hub_has_forgotten_is_sent_again_under_its_id() {
    let mut bench = known();
    let visit = books(&mut bench, "tuesday");
    let (book, _) = bench.sent().remove(0);
    bench.hears(book, yes());
    bench.does(Command::Appointments(Ask::Cancel(visit)));
    let (cancel, _) = bench.sent().remove(0);
    bench.hears(cancel, Answer::Cancelled);
    let ours = HeardVisit {
        command: Some(book),
        booked_by: None,
        ..heard("appointment-1", Standing::Booked)
    };
    hears(&mut bench, page(1, 1, vec![FeedEntry::Visit(ours)]));
    assert_eq!(bench.sent()[0].0, cancel);
    bench.hears(cancel, Answer::Cancelled);
    assert_eq!(bench.core.records().visits[&visit].state, VisitState::Cancelled);
}

#[test]
fn what_is_not_wanted_while_a_restored_hub_is_asked_for_it_again_is_not_asked_for_any_more() {
    let mut bench = known();
    let booked = FeedEntry::Visit(heard("a9", Standing::Booked));
    hears(&mut bench, page(2, 2, vec![daughter(), booked.clone()]));
    let id = *bench.core.records().visits.keys().next().unwrap();
    let restored = |head, entries| FeedPage {
        epoch: "e1-restored".to_owned(),
        ..page(head, head, entries)
    };
    hears(&mut bench, restored(1, Vec::new()));
    answers(&mut bench, 0, restored(1, vec![daughter()]));
    let state = |bench: &Bench| bench.core.records().visits[&id].state.clone();
    assert_eq!(state(&bench), VisitState::NotConfirmed, "it is asked for again");
    bench.does(Command::Family(crate::family::Command::Decline(id)));
    assert_eq!(state(&bench), VisitState::Cancelled);
    let asks = |bench: &Bench| {
        bench
            .core
            .records()
            .outbox
            .values()
            .any(|item| matches!(item.request, Request::BookVisit { .. }))
    };
    assert!(!asks(&bench));
    // The daughter's device has booked it there once more.
    hears(&mut bench, restored(2, vec![booked]));
    assert!(matches!(state(&bench), VisitState::CancelNotConfirmed { .. }));
}

#[test]
fn a_move_that_is_asked_for_while_a_restored_hub_is_asked_for_the_visit_again_comes_after_that() {
    let (mut bench, visit, book) = known_there();
    // The person is choosing a time when the hub is found to have forgotten the visit.
    bench.does(Command::Appointments(Ask::Move(visit)));
    bench.does(Command::Appointments(Ask::ChooseTime(wednesday())));
    forgets(&mut bench);
    assert_eq!(bench.core.records().visits[&visit].state, VisitState::NotConfirmed);
    assert_eq!(bench.sent().remove(0).0, book);
    bench.does(Command::Appointments(Ask::BookVisit));
    let other = Answer::Booked {
        appointment: "appointment-2".to_owned(),
        start: shanghai("2026-11-23T09:30"),
        slot: Some("tuesday".to_owned()),
    };
    bench.hears(book, other);
    let (_, request) = bench.sent().remove(0);
    assert_eq!(request.appointment(), Some("appointment-2"));
    let Request::MoveVisit { wish, .. } = request else {
        panic!("{request:?}")
    };
    assert_eq!(wish.slot.as_deref(), Some("wednesday"));
}

#[test]
fn a_visit_that_is_called_off_while_a_restored_hub_is_asked_for_it_again_is_not_asked_for_any_more() {
    let (mut bench, visit, book) = known_there();
    forgets(&mut bench);
    assert_eq!(bench.sent().remove(0).0, book, "the question is under way");
    bench.does(Command::Appointments(Ask::Cancel(visit)));
    assert_eq!(bench.core.records().visits[&visit].state, VisitState::Cancelled);
    assert!(bench.core.records().outbox.is_empty());
    // It had arrived all the same.
    bench.hears(book, yes());
    assert_eq!(bench.core.records().visits[&visit].state, VisitState::Cancelled);
    let ours = HeardVisit {
        command: Some(book),
        booked_by: None,
        ..heard("appointment-2", Standing::Booked)
    };
    let tenth = FeedPage {
        epoch: "e2".to_owned(),
        ..page(10, 10, vec![FeedEntry::Visit(ours)])
    };
    bench.after(SignedDuration::from_mins(6));
    hears(&mut bench, tenth);
    let (_, request) = bench.sent().remove(0);
    assert!(
        matches!(request, Request::CancelVisit { declined: false, .. }),
        "{request:?}"
    );
    assert_eq!(request.appointment(), Some("appointment-2"));
}

#[test]
fn a_visit_that_another_device_has_booked_again_at_its_old_time_is_moved_once_more() {
    let (mut bench, visit, book) = known_there();
    moves(&mut bench, visit, wednesday());
    let (moves, _) = bench.sent().remove(0);
    let there = Answer::Booked {
        appointment: "appointment-1".to_owned(),
        start: shanghai("2026-11-25T15:00"),
        slot: Some("wednesday".to_owned()),
    };
    bench.hears(moves, there);
    forgets(&mut bench);
    let (id, request) = bench.sent().remove(0);
    assert_eq!(id, book);
    assert_eq!(
        request.wish().unwrap().slot.as_deref(),
        Some("wednesday"),
        "it is asked for where it was moved to"
    );
    let old = Answer::Booked {
        appointment: "appointment-2".to_owned(),
        start: shanghai("2026-11-23T09:30"),
        slot: Some("tuesday".to_owned()),
    };
    bench.hears(book, old);
    let kept = bench.core.records().visits[&visit].clone();
    assert_eq!(
        kept.start,
        shanghai("2026-11-23T09:30"),
        "until then it is where the hub says"
    );
    assert_eq!(kept.wish.slot.as_deref(), Some("tuesday"));
    let (id, request) = bench.sent().remove(0);
    assert_eq!((id, request.appointment()), (moves, Some("appointment-2")));
    let there = Answer::Booked {
        appointment: "appointment-2".to_owned(),
        start: shanghai("2026-11-25T15:00"),
        slot: Some("wednesday".to_owned()),
    };
    bench.hears(moves, there);
    let kept = bench.core.records().visits[&visit].clone();
    assert_eq!(kept.wish.slot.as_deref(), Some("wednesday"));
    assert_eq!(kept.start, shanghai("2026-11-25T15:00"));
}

#[test]
fn a_move_within_the_same_minute_that_a_restored_hub_has_forgotten_is_sent_again() {
    let (mut bench, visit, book) = known_there();
    let start = bench.core.records().visits[&visit].start;
    let beside = Chosen {
        slot: Some("beside".to_owned()),
        from: start,
        to: shanghai("2026-11-23T10:00"),
        practitioner: None,
    };
    moves(&mut bench, visit, beside);
    let (moves, _) = bench.sent().remove(0);
    let there = Answer::Booked {
        appointment: "appointment-1".to_owned(),
        start,
        slot: Some("beside".to_owned()),
    };
    bench.hears(moves, there);
    hears(&mut bench, in_another_life(9, Vec::new()));
    let old = HeardVisit {
        command: Some(book),
        start,
        slot: Some("tuesday".to_owned()),
        booked_by: None,
        ..heard("appointment-1", Standing::Booked)
    };
    hears(&mut bench, in_another_life(9, vec![FeedEntry::Visit(old)]));
    assert_eq!(bench.sent().remove(0).0, moves);
}
