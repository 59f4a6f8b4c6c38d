//! The tests of the day of a visit and of the counter's numbers that every form of the database must pass.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    suite::{at, forms},
    suite_feeds::{note, wish, with_department},
    *,
};
use anban_wire::visit_day::{DayStepKind, QueueState};
use std::{sync::Arc, thread};

#[test]
fn a_queue_calls_its_numbers_in_their_order_and_tells_everyone_in_it() {
    for form in forms() {
        let db = form.open();
        let (now, day) = (at(1), jiff::civil::date(2026, 11, 23));
        let come = |appointment: &str| {
            let new = NewVisitDay {
                appointment: appointment.into(),
                service: "d1".into(),
                day,
                patient: Some(format!("p-{appointment}")),
            };
            db.check_in(&new, Some(&note()), now).unwrap()
        };
        let numbers: Vec<_> = ["a", "b", "c"]
            .map(|who| come(who).day)
            .map(|day| (day.number, day.ahead))
            .into();
        assert_eq!(numbers, [(1, 0), (2, 1), (3, 2)]);
        let again = come("b");
        assert!(again.again && again.day.number == 2);
        let steps = [(DayStepKind::Medicine, None), (DayStepKind::Pay, Some(1250))];
        let next = |outcome| {
            let call = Call {
                service: "d1",
                day,
                outcome,
                steps: &steps,
                since: None,
                command: None,
                note: None,
            };
            db.call_next(&call, now).unwrap().map(|day| day.appointment)
        };
        assert_eq!(next(QueueState::Seen).as_deref(), Some("a"));
        assert_eq!(next(QueueState::Missed).as_deref(), Some("b"));
        assert_eq!(next(QueueState::Seen).as_deref(), Some("c"));
        let read = |who: &str| db.visit_day(who).unwrap().unwrap();
        assert_eq!(
            (read("a").state, read("b").state),
            (QueueState::Missed, QueueState::Seen)
        );
        assert_eq!((read("c").state, read("c").ahead), (QueueState::Called, 0));
        assert_eq!(
            read("b").steps,
            [
                (DayStepKind::Pay, Some(1250), false),
                (DayStepKind::Medicine, None, false)
            ]
        );
        assert_eq!(db.queues(day).unwrap(), [("d1".to_owned(), now)]);
        assert_eq!(db.open_steps(day).unwrap(), [("b".to_owned(), DayStepKind::Pay)]);
        assert!(db.step_done("b", DayStepKind::Pay, None, now).unwrap().unwrap().steps[0].2);
        assert_eq!(db.step_done("b", DayStepKind::Reports, None, now).unwrap(), None);
        assert_eq!(db.open_steps(day).unwrap(), [("b".to_owned(), DayStepKind::Medicine)]);
        assert_eq!(next(QueueState::Seen), None);
        assert!(db.queues(day).unwrap().is_empty());
        // The feed of each has one entry, at the number of the last thing that concerned them.
        let feed = db.patient_feed("p-c", 0, 10).unwrap();
        assert_eq!((feed.entries.len(), feed.entries[0].kind.as_str()), (1, "visit-day"));
        assert_eq!(feed.head, 5);
    }
}

fn quota(db: &dyn Database, day: Date) -> (u32, u32) {
    let (_, quota) = db.quotas(day).unwrap().into_iter().next().unwrap();
    (quota.total, quota.remaining)
}

#[test]
fn numbers_of_the_counter_are_given_out_until_none_is_left_however_many_ask_at_once() {
    for form in forms() {
        let db = form.open();
        let (now, day) = (at(1), jiff::civil::date(2026, 11, 23));
        let fill = |remaining| {
            let quota = OnSiteQuota {
                date: day,
                total: 10,
                remaining,
            };
            let content = CityContent {
                quotas: vec![("d1".into(), quota)],
                ..CityContent::default()
            };
            db.fill(&content).unwrap();
        };
        fill(10);
        let new = |id: &str| NewVisitDay {
            appointment: id.into(),
            service: "d1".into(),
            day,
            patient: None,
        };
        let giving: Vec<_> = (0..24)
            .map(|who| {
                let (db, new) = (Arc::clone(&db), new(&format!("number-{who}")));
                thread::spawn(move || {
                    // Each asks twice, as one whose answer was lost.
                    let given = [(); 2].map(|()| db.give_number(&new, &note(), now).unwrap());
                    let number = |given: &Given| match given {
                        Given::Number(row) => Some(row.number),
                        Given::NoneLeft => None,
                    };
                    assert_eq!(number(&given[0]), number(&given[1]));
                    number(&given[0])
                })
            })
            .collect();
        let mut given: Vec<u32> = giving.into_iter().filter_map(|one| one.join().unwrap()).collect();
        given.sort_unstable();
        assert_eq!(given, (1..=10).collect::<Vec<_>>());
        assert_eq!(quota(db.as_ref(), day), (10, 0));
        let noted = |action| {
            let (_, notes) = db
                .audit(&AuditQuery {
                    limit: 100,
                    ..AuditQuery::default()
                })
                .unwrap();
            notes.iter().filter(|one| one.action == action).count()
        };
        assert_eq!(noted(AuditAction::Read), 10, "noted with each, and with no refusal");
        let heads = || db.heads(&[Log::Service("d1".into())]).unwrap()[0];
        assert_eq!(heads(), 10, "the feed is told of each");

        // Taken back once, however often it is asked; what was called stays.
        let call = Call {
            service: "d1",
            day,
            outcome: QueueState::Seen,
            steps: &[],
            since: None,
            command: None,
            note: Some(&note()),
        };
        let called = db.call_next(&call, now).unwrap().unwrap();
        let back = |id: &str| db.take_number_back("d1", id, &note()).unwrap();
        assert_eq!(back(&called.appointment), TakenBack::Called);
        let (other, last) = {
            let is = |number: u32| {
                let ids = (0..24).map(|who| format!("number-{who}"));
                let row = ids
                    .filter_map(|id| db.visit_day(&id).unwrap())
                    .find(|row| row.number == number);
                row.unwrap().appointment
            };
            (is(2), is(10))
        };
        let taking: Vec<_> = (0..6)
            .map(|_| {
                let (db, id) = (Arc::clone(&db), other.clone());
                thread::spawn(move || db.take_number_back("d1", &id, &note()).unwrap())
            })
            .collect();
        assert!(taking.into_iter().all(|one| one.join().unwrap() == TakenBack::Done));
        assert_eq!((quota(db.as_ref(), day), heads()), ((10, 1), 11));
        assert_eq!(db.take_number_back("d2", &other, &note()).unwrap(), TakenBack::Unknown);
        assert_eq!(back("number-none"), TakenBack::Unknown);
        assert_eq!(
            db.visit_day(&last).unwrap().unwrap().ahead,
            8,
            "it is nobody's turn in its place"
        );
        // Nobody gets a number that is on a slip already.
        let Given::Number(next) = db.give_number(&new("number-next"), &note(), now).unwrap() else {
            panic!("there was one left");
        };
        assert_eq!((next.number, quota(db.as_ref(), day)), (11, (10, 0)));
        assert_eq!(
            db.give_number(&new("number-more"), &note(), now).unwrap(),
            Given::NoneLeft
        );
        // Whoever fills in the day's numbers again gives none back that were given out.
        fill(7);
        assert_eq!(quota(db.as_ref(), day), (10, 0));
        let elsewhere = NewVisitDay {
            service: "d2".into(),
            ..new("number-d2")
        };
        assert_eq!(db.give_number(&elsewhere, &note(), now).unwrap(), Given::NoneLeft);
    }
}

#[test]
fn what_is_done_on_the_day_is_noted_with_it_and_for_visits_alone() {
    for form in forms() {
        let db = form.open();
        with_department(db.as_ref());
        let (now, day) = (at(1), jiff::civil::date(2026, 11, 23));
        let visit = wish(3, "me");
        db.book(&visit, at(-10)).unwrap();
        for (who, patient) in [("somebody", None), (visit.id.as_str(), Some("p1"))] {
            let new = NewVisitDay {
                appointment: who.into(),
                service: "d1".into(),
                day,
                patient: patient.map(str::to_owned),
            };
            let noted = patient.map(|_| note());
            db.check_in(&new, noted.as_ref(), now).unwrap();
            db.check_in(&new, noted.as_ref(), now).unwrap();
        }
        let updating = AuditNote {
            action: AuditAction::Update,
            ..note()
        };
        let call = Call {
            service: "d1",
            day,
            outcome: QueueState::Seen,
            steps: &[(DayStepKind::Pay, Some(1))],
            since: None,
            command: None,
            note: Some(&updating),
        };
        // The one without an appointment, then the visit, then its end, then a step of it, twice.
        for _ in 0..3 {
            db.call_next(&call, now).unwrap();
        }
        for _ in 0..2 {
            db.step_done(&visit.id, DayStepKind::Pay, Some(&updating), now).unwrap();
        }
        let (total, notes) = db
            .audit(&AuditQuery {
                limit: 100,
                ..AuditQuery::default()
            })
            .unwrap();
        let updates: Vec<_> = notes.iter().filter(|one| one.action == AuditAction::Update).collect();
        assert_eq!(
            (total, updates.len()),
            (4, 3),
            "checked in, called, seen, paid: {notes:?}"
        );
        let resource = format!("Appointment/{}", visit.id);
        assert!(
            updates
                .iter()
                .all(|one| one.resource == resource && one.patient.as_deref() == Some("p1"))
        );
    }
}
