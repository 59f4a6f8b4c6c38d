//! The tests of what lives in a hospital's own server, on every form of the database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    suite::{at, command, forms, slot},
    *,
};
use anban_wire::fhir::{AppointmentStatus, Reference, Schedule};

fn calendar(db: &dyn Database) {
    let schedule = Schedule {
        id: Some("c0".into()),
        actor: vec![Reference::to("HealthcareService", "d1")],
        ..Schedule::default()
    };
    db.fill(&CityContent {
        resources: vec![schedule.into()],
        ..CityContent::default()
    })
    .unwrap();
}

/// Even numbers are of the calendar.
fn free(numbers: &[i64], is_whole: bool) -> FreeSlots {
    FreeSlots {
        service: "d1".into(),
        slots: numbers.iter().map(|number| slot(*number)).collect(),
        from: at(0),
        is_whole,
    }
}

fn given(number: i64, id: &str) -> NewAppointment {
    NewAppointment {
        id: id.into(),
        slot: format!("s{number}"),
        patient_id: Some("p1".into()),
        holder: "me".into(),
        command: Some((command(), "f".into())),
        start: at(number),
        body: "booked".into(),
        foreign: Some(Foreign {
            hospital: "county".into(),
            id: format!("there-{id}"),
        }),
        ..NewAppointment::default()
    }
}

fn free_ones(db: &dyn Database) -> Vec<String> {
    let query = SlotQuery {
        status: Some((SlotStatus::Free, at(0))),
        limit: 100,
        ..SlotQuery::default()
    };
    db.slots(&query).unwrap().1.into_iter().map(|slot| slot.id).collect()
}

#[test]
fn times_come_and_go_as_the_hospital_says_and_the_feed_is_told_of_changes_alone() {
    for form in forms() {
        let db = form.open();
        calendar(db.as_ref());
        db.keep_free_slots(&free(&[2, 4, 6], true)).unwrap();
        assert_eq!(free_ones(db.as_ref()), ["s2", "s4", "s6"]);
        let head = db.slot_feed("d1", 0, 100).unwrap().head;
        db.keep_free_slots(&free(&[2, 4, 6], true)).unwrap();
        assert_eq!(db.slot_feed("d1", 0, 100).unwrap().head, head, "nothing has changed");
        db.keep_free_slots(&free(&[4, 8], true)).unwrap();
        assert_eq!(free_ones(db.as_ref()), ["s4", "s8"]);
        let told = db.slot_feed("d1", head, 100).unwrap();
        assert_eq!(told.entries.len(), 3, "two that went and one that came");
        db.keep_free_slots(&free(&[2], false)).unwrap();
        assert_eq!(
            free_ones(db.as_ref()),
            ["s2", "s4", "s8"],
            "a part says nothing of the rest"
        );
    }
}

#[test]
fn what_the_hospital_has_given_is_noted_whatever_is_known_of_its_slot_and_an_errand_ends_with_it() {
    for form in forms() {
        let db = form.open();
        calendar(db.as_ref());
        db.keep_free_slots(&free(&[2, 4], true)).unwrap();
        let errand = |id: &str| Errand {
            id: id.into(),
            hospital: "county".into(),
            begun: at(0),
            body: "{}".into(),
        };
        db.begin_errand(&errand("a1")).unwrap();
        db.begin_errand(&errand("a1")).unwrap();
        db.begin_errand(&errand("a2")).unwrap();
        assert_eq!(db.errands("county", at(1)).unwrap(), [errand("a1"), errand("a2")]);
        assert!(db.errands("county", at(0)).unwrap().is_empty());
        assert!(db.errands("other", at(1)).unwrap().is_empty());
        // The hospital's answer was seen in the slots before the booking is noted.
        db.keep_free_slots(&free(&[4], true)).unwrap();
        assert_eq!(db.book(&given(2, "a1"), at(0)).unwrap(), Booked::New);
        assert_eq!(db.errands("county", at(1)).unwrap(), [errand("a2")]);
        db.end_errand("a2").unwrap();
        assert!(db.errands("county", at(1)).unwrap().is_empty());
        assert_eq!(db.foreign("a1").unwrap().unwrap().id, "there-a1");
        assert_eq!(db.foreign("none").unwrap(), None);
        assert_eq!(db.book(&given(2, "a3"), at(0)).unwrap(), Booked::Taken);
        // An answer of before the booking does not make its slot free.
        db.keep_free_slots(&free(&[2, 4], true)).unwrap();
        assert_eq!(free_ones(db.as_ref()), ["s4"]);
        let booked = |after| db.foreign_booked("county", after, 10).unwrap();
        assert_eq!(booked(at(0)), [("a1".to_owned(), "there-a1".to_owned())]);
        assert!(booked(at(2)).is_empty());
        let moved = AppointmentChange {
            id: "a1".into(),
            from_version: 1,
            status: AppointmentStatus::Booked,
            body: "moved".into(),
            slot: SlotChange::MoveTo {
                slot: "s4".into(),
                start: at(4),
                holder: String::new(),
            },
            is_carried: true,
            note: None,
        };
        db.keep_free_slots(&free(&[2], true)).unwrap();
        assert_eq!(db.change(&moved, at(0)).unwrap(), Ok(()));
        assert_eq!(free_ones(db.as_ref()), ["s2"]);
    }
}
