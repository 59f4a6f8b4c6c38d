//! The tests that every form of the database must pass.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use anban_wire::fhir::{AppointmentStatus, Location};
use jiff::SignedDuration;
use std::sync::Arc;
use uuid::Uuid;

/// A form of the database, made anew for each test and opened again where that matters.
pub(super) trait Form {
    fn open(&self) -> Arc<dyn Database>;
}

#[path = "../tests/support/postgres.rs"]
pub(super) mod server;

struct OnSqlite(tempfile::TempDir);

struct OnPostgres(String);

impl Form for OnSqlite {
    fn open(&self) -> Arc<dyn Database> {
        Arc::new(Sqlite::open(&self.0.path().join("hub.db")).unwrap())
    }
}

impl Form for OnPostgres {
    fn open(&self) -> Arc<dyn Database> {
        Arc::new(Postgres::open(&self.0).unwrap())
    }
}

/// All databases there are, each of them empty.
pub(super) fn forms() -> Vec<Box<dyn Form>> {
    vec![
        Box::new(OnSqlite(tempfile::tempdir().unwrap())),
        Box::new(OnPostgres(server::Server::shared().database())),
    ]
}

pub(super) fn at(hour: i64) -> Timestamp {
    "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour)
}

pub(super) fn slot(number: i64) -> SlotRow {
    SlotRow {
        id: format!("s{number}"),
        schedule: format!("c{}", number % 2),
        start: at(number),
        end: at(number + 1),
        status: SlotStatus::Free,
        held: None,
        version: 1,
        identifier: None,
    }
}

fn with_slots(form: &dyn Form) -> Arc<dyn Database> {
    let db = form.open();
    db.fill(&CityContent {
        slots: (0..10).map(slot).collect(),
        ..CityContent::default()
    })
    .unwrap();
    db
}

fn wish(slot: i64, command: Option<CommandId>, body: &str) -> NewAppointment {
    NewAppointment {
        id: Uuid::new_v4().to_string(),
        slot: format!("s{slot}"),
        patient: ("urn:x".into(), "1".into()),
        command: command.map(|command| (command, format!("print of {slot}"))),
        start: at(slot),
        body: body.into(),
        ..NewAppointment::default()
    }
}

pub(super) fn command() -> CommandId {
    CommandId(Uuid::new_v4())
}

#[test]
fn a_repeated_command_gets_its_first_answer_also_after_a_restart() {
    for form in forms() {
        let command = command();
        {
            let db = with_slots(form.as_ref());
            assert_eq!(db.book(&wish(1, Some(command), "first"), at(0)).unwrap(), Booked::New);
        }
        let db = form.open();
        let first = Answer {
            fingerprint: "print of 1".into(),
            body: "first".into(),
        };
        assert_eq!(
            db.book(&wish(2, Some(command), "second"), at(0)).unwrap(),
            Booked::Repeat(first)
        );
        assert_eq!(db.slot("s2").unwrap().unwrap().status, SlotStatus::Free);
    }
}

#[test]
fn of_many_who_want_one_slot_one_gets_it() {
    for form in forms() {
        let db = with_slots(form.as_ref());
        let threads: Vec<_> = (0..16)
            .map(|_| {
                let db = Arc::clone(&db);
                std::thread::spawn(move || db.book(&wish(3, Some(command()), "x"), at(0)).unwrap())
            })
            .collect();
        let outcomes: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Booked::New).count(), 1);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Booked::Taken).count(), 15);
    }
}

#[test]
fn one_command_that_comes_many_times_at_once_is_done_once_and_answered_alike() {
    for form in forms() {
        let db = with_slots(form.as_ref());
        let command = command();
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let db = Arc::clone(&db);
                let wish = wish(number, Some(command), &format!("answer {number}"));
                std::thread::spawn(move || match db.book(&wish, at(0)).unwrap() {
                    Booked::New => (true, wish.body),
                    Booked::Repeat(answer) => (false, answer.body),
                    Booked::Taken => panic!("each wants another slot"),
                })
            })
            .collect();
        let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(answers.iter().filter(|(is_new, _)| *is_new).count(), 1);
        assert!(answers.iter().all(|(_, body)| *body == answers[0].1), "{answers:?}");
        let busy = |number: &i64| db.slot(&format!("s{number}")).unwrap().unwrap().status == SlotStatus::Busy;
        assert_eq!((0..10).filter(busy).count(), 1);
    }
}

#[test]
fn a_cancelled_appointment_frees_its_slot_and_a_change_of_an_old_version_is_not_made() {
    for form in forms() {
        let db = with_slots(form.as_ref());
        let new = wish(4, None, "booked");
        db.book(&new, at(0)).unwrap();
        let change = AppointmentChange {
            id: new.id.clone(),
            note: None,
            from_version: 1,
            status: AppointmentStatus::Cancelled,
            body: "cancelled".into(),
            slot: SlotChange::Free,
            is_carried: false,
        };
        assert_eq!(db.change(&change, at(0)).unwrap(), Ok(()));
        assert_eq!(db.change(&change, at(0)).unwrap(), Err(Obstacle::Changed));
        assert_eq!(db.appointment(&new.id).unwrap(), Some((2, "cancelled".into())));
        assert_eq!(db.slot("s4").unwrap().unwrap().status, SlotStatus::Free);
        assert_eq!(db.book(&wish(4, None, "again"), at(0)).unwrap(), Booked::New);
    }
}

#[test]
fn a_slot_that_is_there_keeps_its_state_when_the_city_is_filled_again() {
    for form in forms() {
        let db = with_slots(form.as_ref());
        db.book(&wish(5, None, "x"), at(0)).unwrap();
        db.fill(&CityContent {
            slots: (0..12).map(slot).collect(),
            ..CityContent::default()
        })
        .unwrap();
        assert_eq!(db.slot("s5").unwrap().unwrap().status, SlotStatus::Busy);
        assert!(db.slot("s11").unwrap().is_some());
    }
}

#[test]
fn slots_are_found_by_every_condition_and_counted_beyond_the_limit() {
    for form in forms() {
        let db = with_slots(form.as_ref());
        let count = |query: SlotQuery| {
            let (total, found) = db.slots(&query).unwrap();
            (total, found.len())
        };
        let all = SlotQuery {
            limit: 100,
            ..SlotQuery::default()
        };
        assert_eq!(count(all.clone()), (10, 10));
        assert_eq!(
            count(SlotQuery {
                limit: 3,
                ..all.clone()
            }),
            (10, 3)
        );
        assert_eq!(
            count(SlotQuery {
                schedules: Some(vec!["c1".into()]),
                ..all.clone()
            }),
            (5, 5)
        );
        assert_eq!(
            count(SlotQuery {
                schedules: Some(vec![]),
                ..all.clone()
            }),
            (0, 0)
        );
        assert_eq!(
            count(SlotQuery {
                from: Some(at(3)),
                before: Some(at(5)),
                ..all.clone()
            }),
            (2, 2)
        );
        assert_eq!(
            count(SlotQuery {
                until: Some(at(3)),
                ..all.clone()
            }),
            (3, 3)
        );
        assert_eq!(
            count(SlotQuery {
                status: Some((SlotStatus::Busy, at(0))),
                ..all
            }),
            (0, 0)
        );
    }
}

#[test]
fn what_is_long_past_is_forgotten_unless_somebody_booked_it() {
    for form in forms() {
        let db = with_slots(form.as_ref());
        db.book(&wish(0, None, "x"), at(0)).unwrap();
        db.forget_past(at(5)).unwrap();
        let left: Vec<_> = db
            .slots(&SlotQuery {
                limit: 100,
                ..SlotQuery::default()
            })
            .unwrap()
            .1;
        assert_eq!(
            left.iter().map(|slot| slot.id.as_str()).collect::<Vec<_>>(),
            ["s0", "s4", "s5", "s6", "s7", "s8", "s9"]
        );
    }
}

#[test]
fn the_first_of_two_answers_is_kept() {
    for form in forms() {
        let db = form.open();
        let command = command();
        let answer = |body: &str| Answer {
            fingerprint: "f".into(),
            body: body.into(),
        };
        assert_eq!(db.keep_answer(command, &answer("one"), at(0)).unwrap(), answer("one"));
        assert_eq!(db.keep_answer(command, &answer("two"), at(0)).unwrap(), answer("one"));
        assert_eq!(db.answer(command).unwrap(), Some(answer("one")));
    }
}

#[test]
fn numbers_of_a_series_only_rise() {
    for form in forms() {
        let db = form.open();
        assert_eq!(db.next_number("n", 100).unwrap(), 100);
        assert_eq!(db.next_number("n", 50).unwrap(), 101);
        assert_eq!(db.next_number("n", 500).unwrap(), 500);
        assert_eq!(db.note("epoch", "a").unwrap(), "a");
        assert_eq!(form.open().note("epoch", "b").unwrap(), "a");
    }
}

#[test]
fn the_directory_keeps_its_order_and_appointments_are_found_by_patient() {
    for form in forms() {
        let db = with_slots(form.as_ref());
        let place = |id: &str| {
            Location {
                id: Some(id.into()),
                ..Location::default()
            }
            .into()
        };
        let resources = vec![place("z"), place("a")];
        db.fill(&CityContent {
            resources,
            ..CityContent::default()
        })
        .unwrap();
        let ids: Vec<_> = db
            .directory("Location")
            .unwrap()
            .iter()
            .map(|r| r.id().unwrap().to_owned())
            .collect();
        assert_eq!(ids, ["z", "a"]);
        db.book(&wish(1, None, "mine"), at(0)).unwrap();
        let of = |value: &str| AppointmentQuery {
            patient: Some((Some("urn:x".into()), value.into())),
            limit: 10,
            ..AppointmentQuery::default()
        };
        assert_eq!(db.appointments(&of("1")).unwrap(), (1, vec!["mine".into()]));
        assert_eq!(db.appointments(&of("2")).unwrap(), (0, vec![]));
    }
}

#[test]
fn a_database_of_a_later_version_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hub.db");
    drop(Sqlite::open(&path).unwrap());
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("INSERT INTO migrations VALUES (99)", [])
        .unwrap();
    assert!(matches!(Sqlite::open(&path), Err(DbError::TooNew { found: 99, .. })));
}
