//! The demonstration city: fills an empty database and keeps its calendar going.
//!
//! What it consists of is data, `assets/region/demo/city.json`. From that come locations, departments,
//! practitioners and calendars in FHIR, and slots for the coming days: half-hours on working days, some
//! already taken. Which ones is decided by a hash of the slot's id, so that every demonstration of a day looks
//! the same. Missing days are added at every start and every hour; slots that are there stay as they are.
//! Public holidays are not known here: the made-up city works through them.

use crate::{
    StartError,
    db::{CityContent, Database, DbError, SlotRow},
};
use anban_credential::Status;
use anban_wire::{
    CITY_OFFSET, IdentityNumber,
    directory::{Hours, OnSiteQuota, Text, place},
    fhir::{
        Address, AvailableTime, CodeableConcept, Coding, ContactPoint, DayOfWeek, HealthcareService, HoursOfOperation,
        HumanName, Identifier, Location, Practitioner, Reference, Resource, Schedule, SlotStatus,
    },
    systems,
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const CITY: &str = include_str!("../../assets/region/demo/city.json");

/// The city as its file has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct City {
    pub(crate) region: String,
    pub(crate) issuer: String,
    days: i32,
    slot_minutes: i64,
    taken_percent: u8,
    sessions: Vec<Hours>,
    health: Health,
    departments: BTreeMap<String, Kind>,
    hospitals: Vec<Hospital>,
}

#[derive(Debug, Deserialize)]
struct Health {
    yellow: BTreeSet<String>,
    red: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    specialty: String,
    name: Text,
    treats: Text,
    bring: Text,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hospital {
    id: String,
    name: Text,
    address: Text,
    telephone: String,
    counter_hours: Vec<Hours>,
    departments: Vec<Department>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Department {
    kind: String,
    telephone: String,
    counter: Text,
    on_site: u32,
    practitioners: Vec<Text>,
}

/// Who is in which state of health in the demonstration city; everyone who is not named is well.
#[derive(Debug)]
pub(crate) struct HealthRegister(Health);

impl HealthRegister {
    /// The state of a person.
    pub(crate) fn status_of(&self, number: &IdentityNumber) -> Status {
        if self.0.red.contains(number.as_str()) {
            Status::Red
        } else if self.0.yellow.contains(number.as_str()) {
            Status::Yellow
        } else {
            Status::Green
        }
    }
}

impl City {
    /// Reads the city's file.
    pub(crate) fn load() -> Result<Self, StartError> {
        serde_json::from_str(CITY).map_err(|error| StartError::City(error.to_string()))
    }

    /// Fills an empty database, or brings the directory of a demonstration's to the current state.
    pub(crate) fn fill(&self, db: &dyn Database, now: Timestamp) -> Result<(), StartError> {
        let empty = db.directory("Location")?.is_empty();
        if !empty && db.note("city", "other")? != self.region {
            return Err(StartError::NotEmpty);
        }
        db.note("city", &self.region)?;
        db.fill(&self.directory()?)?;
        self.roll_forward(db, now)?;
        Ok(())
    }

    /// Adds the days that are missing, sets today's quotas, drops what is long past.
    pub(crate) fn roll_forward(&self, db: &dyn Database, now: Timestamp) -> Result<(), DbError> {
        let today = CITY_OFFSET.to_datetime(now).date();
        let mut content = CityContent::default();
        for hospital in &self.hospitals {
            for department in &hospital.departments {
                let service = service_id(hospital, department);
                content.quotas.push((service, self.quota(department, now)));
                for (number, _) in department.practitioners.iter().enumerate() {
                    let schedule = schedule_id(hospital, department, number);
                    let last = db
                        .last_slot(&schedule)?
                        .map(|last| CITY_OFFSET.to_datetime(last).date());
                    let mut day = today;
                    for _ in 0..self.days {
                        if last.is_none_or(|last| day > last) {
                            content.slots.extend(self.slots_of(&schedule, day));
                        }
                        day = day.tomorrow().unwrap_or(day);
                    }
                }
            }
        }
        db.fill(&content)?;
        db.forget_past(
            now.checked_sub(SignedDuration::from_hours(30 * 24))
                .unwrap_or(Timestamp::MIN),
        )
    }

    fn slots_of(&self, schedule: &str, day: Date) -> Vec<SlotRow> {
        let weekday = DayOfWeek::from(day.weekday());
        let length = SignedDuration::from_mins(self.slot_minutes.max(1));
        let mut slots = vec![];
        for session in self.sessions.iter().filter(|session| session.days.contains(&weekday)) {
            let at = |time: Time| CITY_OFFSET.to_timestamp(day.to_datetime(time));
            let (Ok(mut start), Ok(until)) = (at(session.from), at(session.until)) else {
                continue;
            };
            while let Ok(end) = start.checked_add(length)
                && end <= until
            {
                let id = format!("{schedule}-{}", CITY_OFFSET.to_datetime(start).strftime("%Y%m%dT%H%M"));
                let taken = digest(&SHA256, id.as_bytes())
                    .as_ref()
                    .first()
                    .is_some_and(|byte| u32::from(*byte) * 100 < u32::from(self.taken_percent) * 256);
                let status = if taken { SlotStatus::Busy } else { SlotStatus::Free };
                slots.push(SlotRow {
                    id,
                    schedule: schedule.to_owned(),
                    start,
                    end,
                    status,
                });
                start = end;
            }
        }
        slots
    }

    /// Numbers given out on the spot go evenly over the hours of the day's sessions.
    fn quota(&self, department: &Department, now: Timestamp) -> OnSiteQuota {
        let local = CITY_OFFSET.to_datetime(now);
        let weekday = DayOfWeek::from(local.date().weekday());
        let today: Vec<&Hours> = self
            .sessions
            .iter()
            .filter(|session| session.days.contains(&weekday))
            .collect();
        let minutes = |from: Time, until: Time| from.duration_until(until).as_mins().max(0);
        let whole: i64 = today.iter().map(|session| minutes(session.from, session.until)).sum();
        let left: i64 = today
            .iter()
            .map(|session| minutes(session.from.max(local.time()), session.until))
            .sum();
        let total = if whole == 0 { 0 } else { department.on_site };
        let remaining = if whole == 0 { 0 } else { i64::from(total) * left / whole };
        OnSiteQuota {
            date: local.date(),
            total,
            remaining: u32::try_from(remaining).unwrap_or(0),
        }
    }

    fn directory(&self) -> Result<CityContent, StartError> {
        let mut resources: Vec<Resource> = vec![];
        for hospital in &self.hospitals {
            resources.push(hospital_location(hospital).into());
            for department in &hospital.departments {
                let unknown = || StartError::City(format!("there is no kind of department {}", department.kind));
                let kind = self.departments.get(&department.kind).ok_or_else(unknown)?;
                resources.push(counter_location(hospital, department).into());
                resources.push(self.service(hospital, department, kind).into());
                for (number, name) in department.practitioners.iter().enumerate() {
                    resources.push(practitioner(hospital, department, number, name).into());
                    resources.push(schedule(hospital, department, kind, number, name).into());
                }
            }
        }
        Ok(CityContent {
            resources,
            ..CityContent::default()
        })
    }

    fn service(&self, hospital: &Hospital, department: &Department, kind: &Kind) -> HealthcareService {
        let available = |hours: &Hours| AvailableTime {
            days_of_week: hours.days.clone(),
            all_day: None,
            available_start_time: Some(hours.from),
            available_end_time: Some(hours.until),
        };
        HealthcareService {
            id: Some(service_id(hospital, department)),
            active: Some(true),
            specialty: vec![specialty(kind)],
            location: vec![
                place(&hospital.id, &hospital.name),
                place(&counter_id(hospital, department), &department.counter),
            ],
            name: Some(kind.name.zh.clone()),
            name_element: kind.name.to_element(),
            comment: Some(kind.treats.zh.clone()),
            comment_element: kind.treats.to_element(),
            extra_details: Some(kind.bring.zh.clone()),
            extra_details_element: kind.bring.to_element(),
            telecom: vec![phone(&department.telephone)],
            appointment_required: Some(false),
            available_time: self.sessions.iter().map(available).collect(),
            ..HealthcareService::default()
        }
    }

    /// The register that goes with the city.
    pub(crate) fn into_register(self) -> HealthRegister {
        HealthRegister(self.health)
    }
}

fn service_id(hospital: &Hospital, department: &Department) -> String {
    format!("{}-{}", hospital.id, department.kind)
}

fn counter_id(hospital: &Hospital, department: &Department) -> String {
    format!("{}-{}-counter", hospital.id, department.kind)
}

fn practitioner_id(hospital: &Hospital, department: &Department, number: usize) -> String {
    format!("{}-{}-dr{}", hospital.id, department.kind, number + 1)
}

fn schedule_id(hospital: &Hospital, department: &Department, number: usize) -> String {
    format!("{}-{}-s{}", hospital.id, department.kind, number + 1)
}

fn phone(number: &str) -> ContactPoint {
    ContactPoint {
        system: Some("phone".to_owned()),
        value: Some(number.to_owned()),
        usage: Some("work".to_owned()),
    }
}

fn specialty(kind: &Kind) -> CodeableConcept {
    CodeableConcept::of(Coding {
        system: Some(systems::DEPARTMENT.to_owned()),
        code: Some(kind.specialty.clone()),
        display: Some(kind.name.zh.clone()),
        display_element: kind.name.to_element(),
        ..Coding::default()
    })
}

fn hospital_location(hospital: &Hospital) -> Location {
    Location {
        id: Some(hospital.id.clone()),
        status: Some("active".to_owned()),
        name: Some(hospital.name.zh.clone()),
        name_element: hospital.name.to_element(),
        telecom: vec![phone(&hospital.telephone)],
        address: Some(Address {
            text: Some(hospital.address.zh.clone()),
            text_element: hospital.address.to_element(),
            ..Address::default()
        }),
        ..Location::default()
    }
}

fn counter_location(hospital: &Hospital, department: &Department) -> Location {
    let opening = |hours: &Hours| HoursOfOperation {
        days_of_week: hours.days.clone(),
        all_day: None,
        opening_time: Some(hours.from),
        closing_time: Some(hours.until),
    };
    Location {
        id: Some(counter_id(hospital, department)),
        status: Some("active".to_owned()),
        name: Some(department.counter.zh.clone()),
        name_element: department.counter.to_element(),
        telecom: vec![phone(&department.telephone)],
        part_of: Some(place(&hospital.id, &hospital.name)),
        hours_of_operation: hospital.counter_hours.iter().map(opening).collect(),
        ..Location::default()
    }
}

fn practitioner(hospital: &Hospital, department: &Department, number: usize, name: &Text) -> Practitioner {
    let id = practitioner_id(hospital, department, number);
    Practitioner {
        identifier: vec![Identifier::new(systems::PRACTITIONER, &id)],
        id: Some(id),
        active: Some(true),
        name: vec![HumanName {
            text: Some(name.zh.clone()),
            text_element: name.to_element(),
            ..HumanName::default()
        }],
        ..Practitioner::default()
    }
}

fn schedule(hospital: &Hospital, department: &Department, kind: &Kind, number: usize, name: &Text) -> Schedule {
    let actor = |resource: &str, id: &str, text: &Text| Reference {
        display: Some(text.zh.clone()),
        display_element: text.to_element(),
        ..Reference::to(resource, id)
    };
    Schedule {
        id: Some(schedule_id(hospital, department, number)),
        active: Some(true),
        specialty: vec![specialty(kind)],
        actor: vec![
            actor("Practitioner", &practitioner_id(hospital, department, number), name),
            actor("HealthcareService", &service_id(hospital, department), &kind.name),
            place(&hospital.id, &hospital.name),
            place(&counter_id(hospital, department), &department.counter),
        ],
        ..Schedule::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::db::{SlotQuery, Sqlite};

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
}
