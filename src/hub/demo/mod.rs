//! The demonstration city: fills an empty database and keeps its calendar going.
//!
//! What it consists of is data, `assets/region/demo/city.json`. From that come locations, departments,
//! practitioners and calendars in FHIR, and slots for the coming days: half-hours on working days, some
//! already taken. Which ones is decided by a hash of the slot's id, so that every demonstration of a day looks
//! the same. Who is registered from the start, and what documents say of them, is in `persons.json`. Missing days are added at every start and every hour; slots that are there stay as they are.
//! Public holidays are not known here: the made-up city works through them.

mod day;
mod persons;
mod resources;

pub(crate) use day::DayPlan;

use crate::{
    StartError,
    db::{CityContent, Database, DbError, SlotRow},
};
use anban_credential::Status;
use anban_wire::{
    CITY_OFFSET, IdentityNumber,
    directory::{Hours, OnSiteQuota, Text},
    fhir::{DayOfWeek, SlotStatus},
    visit_day::DayStepKind,
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
};
use resources::{schedule_id, service_id};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const CITY: &str = include_str!("../../../assets/region/demo/city.json");

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
    day: Day,
    departments: BTreeMap<String, Kind>,
    hospitals: Vec<Hospital>,
}

#[derive(Debug, Deserialize)]
struct Health {
    reasons: Reasons,
    yellow: BTreeSet<String>,
    red: BTreeSet<String>,
}

/// One sentence for each colour, which stands in the document.
#[derive(Debug, Deserialize)]
struct Reasons {
    green: String,
    yellow: String,
    red: String,
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
    /// Where one pays, fetches medicine and reports.
    desks: BTreeMap<String, Desk>,
    departments: Vec<Department>,
    /// Where people are registered, if that can be done here.
    registration: Option<Registration>,
}

/// How the day of a visit goes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Day {
    minutes_each: i64,
    before: usize,
}

#[derive(Debug, Deserialize)]
struct Desk {
    counter: Text,
    machine: Text,
}

#[derive(Debug, Deserialize)]
struct Registration {
    name: Text,
    telephone: String,
    counter: Text,
    bring: Text,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Department {
    kind: String,
    telephone: String,
    counter: Text,
    on_site: u32,
    practitioners: Vec<Text>,
    /// Where each of them sits.
    rooms: Vec<Text>,
    /// What a visit costs.
    fen: u64,
    /// What there is to do after the doctor.
    after: Vec<DayStepKind>,
}

/// Who is in which state of health in the demonstration city; everyone who is not named is well.
#[derive(Debug)]
pub(crate) struct HealthRegister(Health);

impl HealthRegister {
    /// The state of a person, with the reason.
    pub(crate) fn health_of(&self, number: &IdentityNumber) -> anban_credential::Health {
        let (status, reason) = if self.0.red.contains(number.as_str()) {
            (Status::Red, &self.0.reasons.red)
        } else if self.0.yellow.contains(number.as_str()) {
            (Status::Yellow, &self.0.reasons.yellow)
        } else {
            (Status::Green, &self.0.reasons.green)
        };
        anban_credential::Health {
            status,
            reason: Some(reason.clone()),
        }
    }
}

impl City {
    /// Reads the city's file.
    pub(crate) fn load() -> Result<Self, StartError> {
        serde_json::from_str(CITY).map_err(|error| StartError::City(error.to_string()))
    }

    /// How days go.
    pub(crate) fn day_plan(&self) -> DayPlan {
        DayPlan::of(self)
    }

    /// Fills an empty database, or brings the directory of a demonstration's to the current state.
    pub(crate) fn fill(&self, db: &dyn Database, now: Timestamp) -> Result<(), StartError> {
        let empty = db.directory("Location")?.is_empty();
        if !empty && db.note("city", "other")? != self.region {
            return Err(StartError::NotEmpty);
        }
        db.note("city", &self.region)?;
        db.fill(&self.directory()?)?;
        db.fill_register(&persons::load()?, now)?;
        self.roll_forward(db, now)?;
        Ok(())
    }

    /// Adds the days that are missing, and sets today's quotas.
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
        db.fill(&content)
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
                    held: None,
                    version: 1,
                    identifier: None,
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

    /// The register that goes with the city.
    pub(crate) fn into_register(self) -> HealthRegister {
        HealthRegister(self.health)
    }
}

#[cfg(test)]
mod tests;
