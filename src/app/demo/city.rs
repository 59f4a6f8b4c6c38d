//! The demonstration city as the region pack has it: what a hub would tell of its hospitals and their free times.

use std::collections::BTreeMap;

use anban_core::appointments::{Department, Directory, Hospital, OpenSlot, Timetable, Words};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use serde::Deserialize;

use super::records::DEPARTMENT;

const CITY: &str = include_str!("../../../assets/region/demo/city.json");

#[derive(Deserialize)]
pub(super) struct City {
    pub(super) issuer: String,
    departments: BTreeMap<String, CityKind>,
    hospitals: Vec<CityHospital>,
}

#[derive(Deserialize)]
struct CityKind {
    specialty: String,
    name: CityText,
    treats: CityText,
    bring: CityText,
}

#[derive(Deserialize)]
struct CityHospital {
    id: String,
    name: CityText,
    address: CityText,
    telephone: String,
    departments: Vec<CityDepartment>,
    registration: Option<CityRegistration>,
}

#[derive(Deserialize)]
struct CityRegistration {
    name: CityText,
    telephone: String,
    counter: CityText,
    bring: CityText,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CityDepartment {
    kind: String,
    telephone: String,
    counter: CityText,
    on_site: Option<u32>,
    practitioners: Vec<CityText>,
}

#[derive(Deserialize, Clone)]
struct CityText {
    zh: String,
    en: String,
}

impl From<&CityText> for Words {
    fn from(text: &CityText) -> Self {
        Self {
            chinese: text.zh.clone(),
            english: text.en.clone(),
        }
    }
}

impl City {
    /// Reads the region pack.
    ///
    /// # Errors
    /// When it is not what it should be.
    pub(super) fn read() -> Result<Self> {
        serde_json::from_str(CITY).context("the demonstration city can't be read")
    }

    /// Its hospitals and departments.
    pub(super) fn directory(&self, fetched_at: Timestamp) -> Directory {
        let hospitals = self.hospitals.iter().map(|hospital| Hospital {
            id: hospital.id.clone(),
            name: (&hospital.name).into(),
            address: (&hospital.address).into(),
            phone: hospital.telephone.clone(),
        });
        let departments = self.hospitals.iter().flat_map(|hospital| {
            hospital.departments.iter().map(|department| {
                let kind = self.departments.get(&department.kind);
                Department {
                    id: format!("{}-{}", hospital.id, department.kind),
                    hospital: hospital.id.clone(),
                    name: kind.map(|kind| (&kind.name).into()).unwrap_or_default(),
                    phone: department.telephone.clone(),
                    counter: (&department.counter).into(),
                    hours: hours(),
                    treats: kind.map(|kind| (&kind.treats).into()).unwrap_or_default(),
                    specialty: kind.map(|kind| kind.specialty.clone()).unwrap_or_default(),
                    bring: kind.map(|kind| (&kind.bring).into()).unwrap_or_default(),
                    quota_today: department.on_site,
                }
            })
        });
        let counters = self.hospitals.iter().filter_map(|hospital| {
            let registration = hospital.registration.as_ref()?;
            Some(Department {
                id: format!("{}-registration", hospital.id),
                hospital: hospital.id.clone(),
                name: (&registration.name).into(),
                phone: registration.telephone.clone(),
                counter: (&registration.counter).into(),
                hours: hours(),
                treats: Words::default(),
                specialty: String::new(),
                bring: (&registration.bring).into(),
                quota_today: None,
            })
        });
        Directory {
            fetched_at,
            hospitals: hospitals.collect(),
            departments: departments.collect(),
            counters: counters.collect(),
        }
    }

    /// The first doctor of a department.
    pub(super) fn practitioner(&self, id: &str) -> Option<Words> {
        let of = |hospital: &CityHospital| {
            let named = |department: &&CityDepartment| format!("{}-{}", hospital.id, department.kind) == id;
            hospital
                .departments
                .iter()
                .find(named)?
                .practitioners
                .first()
                .map(Words::from)
        };
        self.hospitals.iter().find_map(of)
    }

    /// Free times on the coming weekdays: half past nine, half past ten, two, three and four.
    pub(super) fn timetable(&self, now: &Zoned) -> Result<Timetable> {
        let doctors: Vec<Words> = self
            .hospitals
            .iter()
            .flat_map(|hospital| &hospital.departments)
            .find(|department| department.kind == "cardiology")
            .map(|department| department.practitioners.iter().map(Words::from).collect())
            .unwrap_or_default();
        let mut slots = Vec::new();
        for day in 1..=5 {
            let midnight = now.checked_add(day.days())?.start_of_day()?;
            for (index, minutes) in [570, 630, 840, 900, 960].into_iter().enumerate() {
                let start = midnight.checked_add(SignedDuration::from_mins(minutes))?.timestamp();
                slots.push(OpenSlot {
                    id: format!("slot-{day}-{index}"),
                    start,
                    end: start.checked_add(SignedDuration::from_mins(30))?,
                    practitioner: doctors.get(index % doctors.len().max(1)).cloned(),
                    schedule: String::new(),
                });
            }
        }
        Ok(Timetable {
            department: DEPARTMENT.to_owned(),
            fetched_at: now.timestamp(),
            slots,
            cursor: None,
        })
    }
}

/// When a counter is open, as the app makes it of what a hub says.
fn hours() -> Words {
    Words {
        chinese: "星期一至星期五 上午八点半至上午十一点半，星期一至星期五 下午一点半至下午四点半".to_owned(),
        english: "Monday to Friday 8:30 in the morning to 11:30 in the morning, \
                  Monday to Friday 1:30 in the afternoon to 4:30 in the afternoon"
            .to_owned(),
    }
}
