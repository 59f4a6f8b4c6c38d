//! The demonstration city: complete, made up, and always two weeks ahead.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::db::{SlotQuery, Sqlite};
use anban_wire::fhir::Location;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn all_slots(db: &dyn Database) -> Vec<SlotRow> {
    db.slots(&SlotQuery {
        limit: 100_000,
        ..SlotQuery::default()
    })
    .unwrap()
    .1
}

fn filled(now: Timestamp) -> (tempfile::TempDir, Sqlite, City) {
    let dir = tempfile::tempdir().unwrap();
    let db = Sqlite::open(&dir.path().join("hub.db")).unwrap();
    let city = City::load().unwrap();
    city.fill(&db, now).unwrap();
    (dir, db, city)
}

#[test]
fn fourteen_days_have_half_hours_on_working_days_and_some_are_taken() {
    // A Monday, so there are ten working days.
    let (_dir, db, city) = filled(at("2026-11-23T06:00:00+08:00"));
    let slots = all_slots(&db);
    let calendars: usize = city
        .hospitals
        .iter()
        .flat_map(|h| &h.departments)
        .map(|d| d.practitioners.len())
        .sum();
    assert_eq!(slots.len(), calendars * 10 * 12);
    let first = slots.first().unwrap();
    assert_eq!(first.start, at("2026-11-23T08:30:00+08:00"));
    assert_eq!(first.end, at("2026-11-23T09:00:00+08:00"));
    assert_eq!(slots.last().unwrap().end, at("2026-12-04T16:30:00+08:00"));
    let taken = slots.iter().filter(|slot| slot.status == SlotStatus::Busy).count() * 100 / slots.len();
    assert!((25..45).contains(&taken), "{taken} % taken");
}

#[test]
fn rolling_forward_adds_only_the_missing_days_and_leaves_the_others() {
    let (_dir, db, city) = filled(at("2026-11-23T06:00:00+08:00"));
    let before = all_slots(&db);
    city.roll_forward(&db, at("2026-11-23T07:00:00+08:00")).unwrap();
    assert_eq!(all_slots(&db), before);
    city.roll_forward(&db, at("2026-11-25T00:00:00+08:00")).unwrap();
    let after = all_slots(&db);
    assert_eq!(after[..before.len()], before[..]);
    assert_eq!((after.len() - before.len()) % 12, 0);
    assert_eq!(after.last().unwrap().end, at("2026-12-08T16:30:00+08:00"));
}

#[test]
fn numbers_on_the_spot_run_out_over_the_day_and_there_are_none_on_sunday() {
    let city = City::load().unwrap();
    let department = &city.hospitals[0].departments[0];
    let remaining = |time: &str| city.quota(department, at(time)).remaining;
    assert_eq!(remaining("2026-11-23T06:00:00+08:00"), department.on_site);
    assert_eq!(remaining("2026-11-23T12:00:00+08:00"), department.on_site / 2);
    assert_eq!(remaining("2026-11-23T17:00:00+08:00"), 0);
    assert_eq!(city.quota(department, at("2026-11-22T10:00:00+08:00")).total, 0);
}

#[test]
fn the_city_is_complete_in_both_languages_and_its_telephones_are_made_up() {
    let city = City::load().unwrap();
    assert_eq!(city.hospitals.len(), 3);
    for hospital in &city.hospitals {
        assert!((6..=10).contains(&hospital.departments.len()), "{}", hospital.id);
        for department in &hospital.departments {
            let kind = &city.departments[&department.kind];
            let mut texts = vec![&hospital.name, &hospital.address, &department.counter, &kind.name];
            texts.extend([&kind.treats, &kind.bring]);
            texts.extend(&department.practitioners);
            assert!(texts.iter().all(|text| !text.zh.is_empty() && text.en.is_some()));
            assert!(department.telephone.starts_with("010-5555 01"));
        }
    }
    for number in city.health.yellow.iter().chain(&city.health.red) {
        assert!(number.parse::<IdentityNumber>().is_ok());
    }
}

#[test]
fn a_real_citys_database_is_not_filled_with_the_demonstration() {
    let dir = tempfile::tempdir().unwrap();
    let db = Sqlite::open(&dir.path().join("hub.db")).unwrap();
    let hospital = Location {
        id: Some("real".into()),
        ..Location::default()
    };
    db.fill(&CityContent {
        resources: vec![hospital.into()],
        ..CityContent::default()
    })
    .unwrap();
    let refused = City::load().unwrap().fill(&db, at("2026-11-23T06:00:00+08:00"));
    assert!(matches!(refused, Err(StartError::NotEmpty)));
}
