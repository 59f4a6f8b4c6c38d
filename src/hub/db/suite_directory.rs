//! The tests of what schedulers write that every form of the database must pass.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    suite::{at, forms},
    suite_feeds::{change, note, wish},
    *,
};
use anban_wire::fhir::{AppointmentStatus, HealthcareService, Location, Reference, Schedule};
use std::thread;

fn entry(resource: impl Into<Resource>, from_version: Option<i64>) -> Write {
    Write::Entry(Box::new(EntryWrite {
        resource: resource.into(),
        from_version,
        identifiers: vec![],
        quota: None,
        note: note(),
    }))
}

fn place(name: &str) -> Location {
    Location {
        id: Some("h1".into()),
        name: Some(name.into()),
        ..Location::default()
    }
}

fn service(is_active: bool) -> HealthcareService {
    HealthcareService {
        id: Some("d1".into()),
        active: Some(is_active),
        ..HealthcareService::default()
    }
}

fn calendar() -> Schedule {
    Schedule {
        id: Some("c1".into()),
        actor: vec![Reference::to("HealthcareService", "d1")],
        ..Schedule::default()
    }
}

fn time(number: i64, from_version: Option<i64>, status: SlotStatus) -> SlotWrite {
    SlotWrite {
        slot: SlotRow {
            schedule: "c1".into(),
            status,
            identifier: Some(("urn:x".into(), number.to_string())),
            ..suite::slot(number)
        },
        from_version,
        note: note(),
    }
}

fn write(db: &dyn Database, writes: &[Write]) -> Result<(), (usize, Obstacle)> {
    match db.carry_out(writes, at(-10)) {
        Ok(_) => Ok(()),
        Err(DbError::Refused(place, obstacle)) => Err((place, obstacle)),
        Err(error) => panic!("{error}"),
    }
}

fn hospital(db: &dyn Database) {
    let all = [
        entry(place("江边医院"), None),
        entry(service(true), None),
        entry(calendar(), None),
        Write::Slot(time(1, None, SlotStatus::Free)),
        Write::Slot(time(2, None, SlotStatus::Free)),
    ];
    write(db, &all).unwrap();
}

#[test]
fn an_entry_is_changed_from_its_version_alone_and_what_is_filled_in_is_not() {
    for form in forms() {
        let db = form.open();
        hospital(db.as_ref());
        let row = |db: &dyn Database| db.entry("Location", "h1").unwrap().unwrap();
        assert_eq!((row(db.as_ref()).version, row(db.as_ref()).is_written), (1, true));
        let refused = write(db.as_ref(), &[entry(place("另一家"), None)]);
        assert_eq!(refused, Err((0, Obstacle::Changed)), "it is there");
        write(db.as_ref(), &[entry(place("江边中医院"), Some(1))]).unwrap();
        assert_eq!(
            write(db.as_ref(), &[entry(place("x"), Some(1))]),
            Err((0, Obstacle::Changed))
        );
        let kept = db.directory_entry("Location", "h1").unwrap().unwrap();
        let Resource::Location(kept) = kept else {
            panic!("{kept:?}")
        };
        assert_eq!(kept.name.as_deref(), Some("江边中医院"));
        let meta = kept.meta.unwrap();
        assert_eq!(
            (meta.version_id.as_deref(), meta.last_updated),
            (Some("2"), Some(at(-10)))
        );
        // What the city fills in is the city's from then on.
        let content = CityContent {
            resources: vec![place("城里").into()],
            ..CityContent::default()
        };
        db.fill(&content).unwrap();
        db.fill(&content).unwrap();
        let filled = db.entry("Location", "h1").unwrap().unwrap();
        assert_eq!(
            (filled.version, filled.is_written),
            (3, false),
            "the same once more is no new version"
        );
        assert_eq!(
            write(db.as_ref(), &[entry(place("x"), Some(3))]),
            Err((0, Obstacle::Changed))
        );
    }
}

#[test]
fn all_is_written_or_nothing_and_a_number_is_one_entrys() {
    for form in forms() {
        let db = form.open();
        hospital(db.as_ref());
        let numbered = |id: &str, number: &str| {
            Write::Entry(Box::new(EntryWrite {
                resource: Location {
                    id: Some(id.into()),
                    ..place("x")
                }
                .into(),
                from_version: None,
                identifiers: vec![("urn:x".into(), number.into())],
                quota: None,
                note: note(),
            }))
        };
        let both = [numbered("h2", "7"), numbered("h3", "7")];
        assert_eq!(write(db.as_ref(), &both), Err((1, Obstacle::NumberTaken)));
        assert_eq!(db.entry("Location", "h2").unwrap(), None);
        assert_eq!(db.entry_by_number("Location", "urn:x", "7").unwrap(), None);
        write(db.as_ref(), &[numbered("h2", "7"), numbered("h3", "8")]).unwrap();
        assert_eq!(
            db.entry_by_number("Location", "urn:x", "8").unwrap().as_deref(),
            Some("h3")
        );
        assert_eq!(db.entry_by_number("Practitioner", "urn:x", "8").unwrap(), None);
        assert_eq!(db.entry_by_number("Slot", "urn:x", "2").unwrap().as_deref(), Some("s2"));
        let known = db.directory("Location").unwrap();
        let ids: Vec<_> = known.iter().filter_map(Resource::id).collect();
        assert_eq!(ids, ["h1", "h2", "h3"], "in the order in which they came");
        // A time that has the number of another, or its place.
        let mut other = time(5, None, SlotStatus::Free);
        other.slot.identifier = time(1, None, SlotStatus::Free).slot.identifier;
        assert_eq!(
            write(db.as_ref(), &[Write::Slot(other.clone())]),
            Err((0, Obstacle::NumberTaken))
        );
        (other.slot.identifier, other.slot.start) = (None, at(2));
        assert_eq!(write(db.as_ref(), &[Write::Slot(other)]), Err((0, Obstacle::TimeTaken)));
        assert_eq!(db.slot("s5").unwrap(), None);
    }
}

#[test]
fn a_time_that_is_booked_or_held_is_closed_but_neither_moved_nor_freed() {
    for form in forms() {
        let db = form.open();
        hospital(db.as_ref());
        let now = at(-10);
        let to = |from, status| Write::Slot(time(1, Some(from), status));
        let moved = |number, from| {
            let mut moved = time(number, Some(from), SlotStatus::Busy);
            moved.slot.end = at(9);
            Write::Slot(moved)
        };
        let wish = wish(1, "one");
        assert_eq!(db.book(&wish, now).unwrap(), Booked::New);
        assert_eq!(
            write(db.as_ref(), &[to(1, SlotStatus::Busy)]),
            Err((0, Obstacle::Changed)),
            "the booking was a change"
        );
        assert_eq!(
            write(db.as_ref(), &[to(2, SlotStatus::Free)]),
            Err((0, Obstacle::InUse))
        );
        assert_eq!(write(db.as_ref(), &[moved(1, 2)]), Err((0, Obstacle::InUse)));
        write(db.as_ref(), &[to(2, SlotStatus::BusyUnavailable)]).unwrap();
        let cancelled = change(&wish, 1, AppointmentStatus::Cancelled, SlotChange::Free);
        db.change(&cancelled, now).unwrap().unwrap();
        let slot = db.slot("s1").unwrap().unwrap();
        assert_eq!((slot.status, slot.version), (SlotStatus::BusyUnavailable, 3));
        write(db.as_ref(), &[to(3, SlotStatus::Free)]).unwrap();

        assert!(db.hold("s2", "one", at(-9), now).unwrap());
        assert_eq!(write(db.as_ref(), &[moved(2, 1)]), Err((0, Obstacle::InUse)));
        let close = Write::Slot(time(2, Some(1), SlotStatus::BusyUnavailable));
        write(db.as_ref(), &[close]).unwrap();
        let slot = db.slot("s2").unwrap().unwrap();
        assert_eq!((slot.status, slot.held), (SlotStatus::BusyUnavailable, None));
    }
}

#[test]
fn of_a_booking_and_a_change_of_the_same_time_one_is_done() {
    for form in forms() {
        let db = form.open();
        hospital(db.as_ref());
        for turn in 0..8 {
            let version = db.slot("s1").unwrap().unwrap().version;
            let wish = wish(1, "one");
            let (booked, moved) = thread::scope(|scope| {
                let booking = scope.spawn(|| db.book(&wish, at(-10)).unwrap());
                let mut later = time(1, Some(version), SlotStatus::Free);
                later.slot.end = at(3 + turn);
                let moved = write(db.as_ref(), &[Write::Slot(later)]);
                (booking.join().unwrap(), moved)
            });
            let slot = db.slot("s1").unwrap().unwrap();
            // The change may come first, and then the booking still gets the time; never the other way round.
            match (booked, moved) {
                (Booked::New, Ok(())) => assert_eq!((slot.status, slot.end), (SlotStatus::Busy, at(3 + turn))),
                (Booked::New, Err(_)) => assert_eq!(slot.status, SlotStatus::Busy),
                other => panic!("{other:?}"),
            }
            let cancelled = change(&wish, 1, AppointmentStatus::Cancelled, SlotChange::Free);
            db.change(&cancelled, at(-10)).unwrap().unwrap();
        }
    }
}

#[test]
fn times_of_what_is_not_active_are_not_free_in_the_feed() {
    for form in forms() {
        let db = form.open();
        hospital(db.as_ref());
        let free = |after| {
            let page = db.slot_feed("d1", after, 100).unwrap();
            let free = page.entries.iter().filter(|(_, slot)| slot.status == SlotStatus::Free);
            (page.entries.len(), free.count(), page.head)
        };
        assert_eq!((free(0), db.closed_calendars().unwrap()), ((2, 2, 2), vec![]));
        write(db.as_ref(), &[entry(service(false), Some(1))]).unwrap();
        assert_eq!(
            (free(2), db.closed_calendars().unwrap()),
            ((2, 0, 4), vec!["c1".to_owned()])
        );
        let closed = Schedule {
            active: Some(false),
            ..calendar()
        };
        write(db.as_ref(), &[entry(closed, Some(1)), entry(service(true), Some(2))]).unwrap();
        assert_eq!(db.closed_calendars().unwrap(), ["c1"], "either closes it");
        write(db.as_ref(), &[entry(calendar(), Some(2))]).unwrap();
        let (entries, free, _) = free(4);
        assert_eq!((entries, free, db.closed_calendars().unwrap()), (2, 2, vec![]));
    }
}

#[test]
fn many_new_times_are_numbered_like_a_few_and_a_change_among_them_as_well() {
    for form in forms() {
        let db = form.open();
        hospital(db.as_ref());
        let mut all: Vec<Write> = (10..80)
            .map(|number| Write::Slot(time(number, None, SlotStatus::Free)))
            .collect();
        all.push(Write::Slot(time(1, Some(1), SlotStatus::BusyUnavailable)));
        write(db.as_ref(), &all).unwrap();
        let page = db.slot_feed("d1", 2, 100).unwrap();
        let numbers: Vec<u64> = page.entries.iter().map(|(number, _)| *number).collect();
        assert_eq!((page.head, numbers), (73, (3..=73).collect()));
        assert_eq!(page.entries.last().unwrap().1.id, "s1");
        assert_eq!(page.entries[0].1.id, "s10");
    }
}

#[test]
fn what_a_counter_gives_out_is_set_without_taking_back_what_was_given() {
    for form in forms() {
        let db = form.open();
        hospital(db.as_ref());
        let day = jiff::civil::date(2026, 11, 23);
        let mut version = 1;
        let mut set = |total| {
            let with_quota = Write::Entry(Box::new(EntryWrite {
                resource: service(true).into(),
                from_version: Some(version),
                identifiers: vec![],
                quota: Some((day, total)),
                note: note(),
            }));
            version += 1;
            write(db.as_ref(), &[with_quota]).unwrap();
        };
        let quota = || {
            let (_, quota) = db.quotas(day).unwrap().into_iter().next().unwrap();
            (quota.total, quota.remaining)
        };
        set(3);
        for _ in 0..2 {
            let number = NewVisitDay {
                appointment: format!("number-{}", uuid::Uuid::new_v4()),
                service: "d1".into(),
                day,
                patient: None,
            };
            assert!(matches!(
                db.give_number(&number, &note(), at(-10)).unwrap(),
                Given::Number(_)
            ));
        }
        assert_eq!(quota(), (3, 1));
        for (total, expected) in [(10, (10, 8)), (0, (2, 0)), (5, (5, 3))] {
            set(total);
            assert_eq!(quota(), expected);
        }
    }
}
