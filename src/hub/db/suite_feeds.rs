//! The tests of holds, moves, feeds and the day of a visit that every form of the database must pass.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::suite::{at, command, forms, slot};
use super::*;
use anban_wire::fhir::{AppointmentStatus, Reference, Schedule};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// Two calendars of one department, with ten slots.
pub(super) fn with_department(db: &dyn Database) {
    let schedule = |id: &str| {
        Schedule {
            id: Some(id.to_owned()),
            actor: vec![Reference::to("HealthcareService", "d1")],
            ..Schedule::default()
        }
        .into()
    };
    db.fill(&CityContent {
        resources: vec![schedule("c0"), schedule("c1")],
        slots: (0..10).map(slot).collect(),
        ..CityContent::default()
    })
    .unwrap();
}

pub(super) fn wish(number: i64, holder: &str) -> NewAppointment {
    NewAppointment {
        id: uuid::Uuid::new_v4().to_string(),
        slot: format!("s{number}"),
        patient_id: Some("p1".into()),
        holder: holder.into(),
        command: Some((command(), "f".into())),
        start: at(number),
        body: "booked".into(),
        ..NewAppointment::default()
    }
}

pub(super) fn note() -> AuditNote {
    AuditNote {
        id: uuid::Uuid::new_v4().to_string(),
        ..suite_audit::note(1, None)
    }
}

/// What a change of an appointment is written as.
pub(super) fn change(
    new: &NewAppointment,
    from_version: i64,
    status: AppointmentStatus,
    slot: SlotChange,
) -> AppointmentChange {
    AppointmentChange {
        note: None,
        id: new.id.clone(),
        from_version,
        status,
        body: format!("version {}", from_version + 1),
        slot,
        is_carried: false,
    }
}

fn to(number: i64, holder: &str) -> SlotChange {
    SlotChange::MoveTo {
        slot: format!("s{number}"),
        start: at(number),
        holder: holder.into(),
    }
}

fn is_free(db: &dyn Database, number: i64, now: Timestamp) -> bool {
    let slot = db.slot(&format!("s{number}")).unwrap().unwrap();
    slot.status_at(now) == SlotStatus::Free
}

#[test]
fn a_held_slot_is_for_its_holder_until_its_time_is_over() {
    for form in forms() {
        let db = form.open();
        with_department(db.as_ref());
        let (now, until) = (at(-10), at(-9));
        assert!(db.hold("s1", "one", until, now).unwrap());
        assert!(db.hold("s1", "one", until, now).unwrap(), "again for the same holder");
        assert!(!db.hold("s1", "other", until, now).unwrap());
        let of = |status, now| {
            let query = SlotQuery {
                status: Some((status, now)),
                limit: 100,
                ..SlotQuery::default()
            };
            db.slots(&query).unwrap().0
        };
        assert_eq!((of(SlotStatus::Free, now), of(SlotStatus::BusyTentative, now)), (9, 1));
        assert_eq!(
            (of(SlotStatus::Free, until), of(SlotStatus::BusyTentative, until)),
            (10, 0)
        );
        assert_eq!(db.book(&wish(1, "other"), now).unwrap(), Booked::Taken);
        assert_eq!(db.book(&wish(1, "one"), now).unwrap(), Booked::New);
        assert!(
            !db.hold("s1", "one", until, now).unwrap(),
            "what is booked can't be held"
        );
        assert!(db.hold("s2", "one", until, now).unwrap());
        assert!(!db.release("s2", "other", now).unwrap());
        assert!(db.release("s2", "one", now).unwrap() && is_free(db.as_ref(), 2, now));
        assert!(db.hold("s3", "one", until, now).unwrap());
        assert_eq!(
            db.book(&wish(3, "other"), until).unwrap(),
            Booked::New,
            "it was held until then"
        );
    }
}

#[test]
fn a_move_takes_the_new_slot_and_frees_the_old_one_or_does_nothing() {
    for form in forms() {
        let db = form.open();
        with_department(db.as_ref());
        let now = at(-10);
        let (mine, other) = (wish(1, "me"), wish(2, "other"));
        db.book(&mine, now).unwrap();
        db.book(&other, now).unwrap();
        let booked = AppointmentStatus::Booked;
        let refused = db.change(&change(&mine, 1, booked, to(2, "me")), now).unwrap();
        assert_eq!(refused, Err(Obstacle::Taken));
        assert_eq!(db.appointment(&mine.id).unwrap(), Some((1, "booked".into())));
        assert!(!is_free(db.as_ref(), 1, now));
        assert_eq!(db.change(&change(&mine, 1, booked, to(3, "me")), now).unwrap(), Ok(()));
        assert!(is_free(db.as_ref(), 1, now) && !is_free(db.as_ref(), 3, now));
        let stale = db.change(&change(&mine, 1, booked, to(4, "me")), now).unwrap();
        assert_eq!(stale, Err(Obstacle::Changed));
        assert!(is_free(db.as_ref(), 4, now));
        // What was moved is found at its new time.
        let query = AppointmentQuery {
            patient_id: Some("p1".into()),
            from: Some(at(3)),
            limit: 10,
            ..AppointmentQuery::default()
        };
        assert_eq!(db.appointments(&query).unwrap(), (1, vec!["version 2".into()]));
    }
}

#[test]
fn of_several_changes_all_are_made_or_none() {
    for form in forms() {
        let db = form.open();
        with_department(db.as_ref());
        let now = at(-10);
        db.book(&wish(5, "other"), now).unwrap();
        let writes = [Write::Book(wish(4, "me")), Write::Book(wish(5, "me"))];
        let refused = db.carry_out(&writes, now).unwrap_err();
        assert!(matches!(refused, DbError::Refused(1, Obstacle::Taken)), "{refused:?}");
        assert!(is_free(db.as_ref(), 4, now));
        let writes = [Write::Book(wish(4, "me")), Write::Book(wish(6, "me"))];
        assert_eq!(db.carry_out(&writes, now).unwrap(), [Written::Done, Written::Done]);
        let again = db.carry_out(&writes, now).unwrap();
        assert!(
            again.iter().all(|written| matches!(written, Written::Repeat(_))),
            "{again:?}"
        );
    }
}

#[test]
fn a_feed_has_the_last_state_of_each_thing_at_its_last_number() {
    for form in forms() {
        let db = form.open();
        with_department(db.as_ref());
        let all = db.slot_feed("d1", 0, 100).unwrap();
        assert_eq!((all.head, all.next, all.more, all.entries.len()), (10, 10, false, 10));
        assert_eq!(
            all.entries.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
            (1..=10).collect::<Vec<_>>()
        );
        let now = at(-10);
        let mine = wish(3, "me");
        db.book(&mine, now).unwrap();
        let cancelled = change(&mine, 1, AppointmentStatus::Cancelled, SlotChange::Free);
        db.change(&cancelled, now).unwrap().unwrap();
        let since = db.slot_feed("d1", 10, 100).unwrap();
        assert_eq!((since.head, since.next, since.entries.len()), (12, 12, 1));
        assert_eq!((since.entries[0].0, since.entries[0].1.id.as_str()), (12, "s3"));
        let page = db.slot_feed("d1", 0, 4).unwrap();
        assert_eq!((page.next, page.more, page.entries.len()), (5, true, 4));
        let patient = db.patient_feed("p1", 0, 100).unwrap();
        assert_eq!((patient.head, patient.next, patient.entries.len()), (2, 2, 1));
        assert_eq!(patient.entries[0].body.as_deref(), Some("version 2"));
        // Whoever has seen more than there is, is told.
        let lost = db.patient_feed("p1", 50, 100).unwrap();
        assert_eq!((lost.head, lost.next, lost.entries.len()), (2, 2, 0));
        assert_eq!(db.patient_feed("nobody", 0, 100).unwrap().head, 0);
        let logs = [
            Log::Patient("p1".into()),
            Log::Service("d1".into()),
            Log::Service("none".into()),
        ];
        assert_eq!(db.heads(&logs).unwrap(), [2, 12, 0]);
    }
}

#[test]
fn a_notice_is_told_once_however_often_it_is_given() {
    for form in forms() {
        let db = form.open();
        db.notify("p1", "n1", "{}", &note()).unwrap();
        db.notify("p1", "n1", "{}", &note()).unwrap();
        let feed = db.patient_feed("p1", 0, 10).unwrap();
        assert_eq!((feed.head, feed.entries.len()), (1, 1));
        assert_eq!(
            (feed.entries[0].kind.as_str(), feed.entries[0].body.as_deref()),
            ("notice", Some("{}"))
        );
    }
}

/// Many book and cancel at once while a reader follows. If a number could become visible after a higher one, the
/// reader, who never asks for it again, would be left with an old state at the end.
#[test]
fn a_reader_who_follows_a_feed_misses_nothing_that_is_committed_late() {
    for form in forms() {
        let db = form.open();
        with_department(db.as_ref());
        let now = at(-10);
        let is_over = Arc::new(AtomicBool::new(false));
        let reads = Arc::new(AtomicUsize::new(0));
        let reader = {
            let (db, is_over, reads) = (Arc::clone(&db), Arc::clone(&is_over), Arc::clone(&reads));
            thread::spawn(move || {
                let (mut after, mut known) = (0, BTreeMap::new());
                loop {
                    let was_over = is_over.load(Ordering::Acquire);
                    let page = db.slot_feed("d1", after, 3).unwrap();
                    assert!(page.next >= after && page.head >= page.next, "{page:?}");
                    for (number, slot) in &page.entries {
                        assert!(*number > after, "{number} again after {after}");
                        known.insert(slot.id.clone(), slot.status);
                    }
                    reads.fetch_add(1, Ordering::AcqRel);
                    after = page.next;
                    if was_over && !page.more {
                        return known;
                    }
                }
            })
        };
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (db, reads) = (Arc::clone(&db), Arc::clone(&reads));
                thread::spawn(move || {
                    // However the machine shares its time out, the reader reads while others write.
                    let is_followed = || reads.load(Ordering::Acquire) > 4;
                    for round in (0..10_000).take_while(|&round| round < 12 || !is_followed()) {
                        let mine = wish((writer * 5 + round * 3) % 10, "me");
                        if db.book(&mine, now).unwrap() == Booked::New && round % 3 != 0 {
                            let cancelled = change(&mine, 1, AppointmentStatus::Cancelled, SlotChange::Free);
                            db.change(&cancelled, now).unwrap().unwrap();
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        is_over.store(true, Ordering::Release);
        let known = reader.join().unwrap();
        let reads = reads.load(Ordering::Acquire);
        assert!(reads > 4, "{reads} reads");
        let true_now = db
            .slots(&SlotQuery {
                limit: 100,
                ..SlotQuery::default()
            })
            .unwrap()
            .1;
        let true_now: BTreeMap<_, _> = true_now.into_iter().map(|slot| (slot.id, slot.status)).collect();
        assert_eq!(known, true_now);
    }
}
