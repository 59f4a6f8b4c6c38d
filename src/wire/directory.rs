//! Hospitals and departments as the app shows them.
//!
//! On the wire they are a FHIR search, `HealthcareService?active=true&_include=HealthcareService:location`:
//! a hospital is a `Location` that is part of no other, a counter a `Location` within it, a department a
//! `HealthcareService` at both. Here that becomes a tree with everything an elder needs to go there without
//! a phone as well: telephone, counter, hours, what to bring, today's numbers given out on the spot.

use crate::{
    fhir::{
        Bundle, DayOfWeek, Element, Extension, HealthcareService, HoursOfOperation, Location, Reference, Resource,
        first_phone,
    },
    scheduling::Token,
    systems,
};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The search that brings the whole directory, below the FHIR base.
pub const DIRECTORY_QUERY: &str = "HealthcareService?active=true&_include=HealthcareService:location";

/// A text in Chinese and, where there is one, in English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// A hospital with its departments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hospital {
    /// Id of its `Location`.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its address.
    pub address: Option<Text>,
    /// Its telephone.
    pub telephone: Option<String>,
    /// Its departments, in the server's order.
    pub departments: Vec<Department>,
}

/// A department of a hospital.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Id of its `HealthcareService`.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// What it treats.
    pub treats: Option<Text>,
    /// The code to search visits by, `system|code`.
    pub specialty: Option<String>,
    /// Its telephone.
    pub telephone: Option<String>,
    /// Where to go.
    pub counter: Option<Counter>,
    /// When it sees patients.
    pub hours: Vec<Hours>,
    /// What to bring.
    pub bring: Option<Text>,
    /// Numbers given out on the spot.
    pub on_site: Option<OnSiteQuota>,
    /// It is no department: people are registered there, so that documents are issued about them.
    #[serde(default)]
    pub registers: bool,
}

/// A counter of a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Where it is.
    pub place: Text,
    /// When it is open.
    pub hours: Vec<Hours>,
}

/// Open on these days from and until, on the city's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The days.
    pub days: Vec<DayOfWeek>,
    /// From.
    pub from: Time,
    /// Until.
    pub until: Time,
}

/// How many numbers a counter gives out on the spot on one day, without phone or booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OnSiteQuota {
    /// The day.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub date: Date,
    /// All of that day.
    pub total: u32,
    /// Still to be had when the server answered.
    pub remaining: u32,
}

impl Text {
    /// In a language (`en`, or anything else for Chinese).
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        match &self.en {
            Some(english) if language.starts_with("en") => english,
            _ => &self.zh,
        }
    }

    /// From a FHIR primitive and the element beside it.
    #[must_use]
    pub fn read(primitive: Option<&str>, element: Option<&Element>) -> Option<Self> {
        let en = element.and_then(|element| element.translation("en")).map(str::to_owned);
        Some(Self {
            zh: primitive?.to_owned(),
            en,
        })
    }

    /// The element that goes beside the Chinese text.
    #[must_use]
    pub fn to_element(&self) -> Option<Element> {
        Element::translated("en", self.en.as_deref())
    }
}

impl OnSiteQuota {
    /// As the extension of a `HealthcareService`.
    #[must_use]
    pub fn to_extension(self) -> Extension {
        let count = |url: &str, count| Extension {
            value_unsigned_int: Some(count),
            ..Extension::new(url)
        };
        let date = Extension {
            value_date: Some(self.date.to_string()),
            ..Extension::new("date")
        };
        Extension {
            extension: vec![date, count("total", self.total), count("remaining", self.remaining)],
            ..Extension::new(systems::ON_SITE_QUOTA)
        }
    }

    /// From the extensions of a `HealthcareService`.
    #[must_use]
    pub fn read(extensions: &[Extension]) -> Option<Self> {
        let extension = extensions
            .iter()
            .find(|extension| extension.url == systems::ON_SITE_QUOTA)?;
        Some(Self {
            date: extension.part("date")?.value_date.as_ref()?.parse().ok()?,
            total: extension.part("total")?.value_unsigned_int?,
            remaining: extension.part("remaining")?.value_unsigned_int?,
        })
    }
}

/// Reads the directory from the answer to [`DIRECTORY_QUERY`]. Departments whose hospital is not in the bundle
/// or that lack an id or a name can't be shown and are left out.
#[must_use]
pub fn read(bundle: &Bundle) -> Vec<Hospital> {
    let locations: BTreeMap<&str, &Location> = bundle
        .resources()
        .filter_map(|resource| match resource {
            Resource::Location(location) => Some((location.id.as_deref()?, location.as_ref())),
            _ => None,
        })
        .collect();
    let mut hospitals: Vec<Hospital> = vec![];
    for resource in bundle.resources() {
        let Resource::HealthcareService(service) = resource else {
            continue;
        };
        let places: Vec<&Location> = service
            .location
            .iter()
            .filter_map(|reference| locations.get(reference.id_of("Location")?).copied())
            .collect();
        let Some(hospital) = places
            .iter()
            .find(|place| place.part_of.is_none())
            .and_then(|place| hospital(place))
        else {
            continue;
        };
        let counter = places
            .iter()
            .find(|place| place.part_of.is_some())
            .and_then(|place| counter(place));
        let Some(department) = department(service, counter) else {
            continue;
        };
        match hospitals.iter_mut().find(|known| known.id == hospital.id) {
            Some(known) => known.departments.push(department),
            None => hospitals.push(Hospital {
                departments: vec![department],
                ..hospital
            }),
        }
    }
    hospitals
}

fn hospital(place: &Location) -> Option<Hospital> {
    let address = place.address.as_ref();
    Some(Hospital {
        id: place.id.clone()?,
        name: Text::read(place.name.as_deref(), place.name_element.as_ref())?,
        address: address.and_then(|address| Text::read(address.text.as_deref(), address.text_element.as_ref())),
        telephone: first_phone(&place.telecom).map(str::to_owned),
        departments: vec![],
    })
}

fn counter(place: &Location) -> Option<Counter> {
    let hours = |hours: &HoursOfOperation| {
        Some(Hours {
            days: hours.days_of_week.clone(),
            from: hours.opening_time?,
            until: hours.closing_time?,
        })
    };
    Some(Counter {
        place: Text::read(place.name.as_deref(), place.name_element.as_ref())?,
        hours: place.hours_of_operation.iter().filter_map(hours).collect(),
    })
}

fn department(service: &HealthcareService, counter: Option<Counter>) -> Option<Department> {
    let coding = service.specialty.first().and_then(|specialty| specialty.coding.first());
    let specialty = coding.and_then(|coding| {
        Some(
            Token {
                system: coding.system.clone(),
                code: coding.code.clone()?,
            }
            .to_string(),
        )
    });
    let hours = service
        .available_time
        .iter()
        .filter_map(|time| {
            let (from, until) = (time.available_start_time?, time.available_end_time?);
            Some(Hours {
                days: time.days_of_week.clone(),
                from,
                until,
            })
        })
        .collect();
    Some(Department {
        id: service.id.clone()?,
        name: Text::read(service.name.as_deref(), service.name_element.as_ref())?,
        treats: Text::read(service.comment.as_deref(), service.comment_element.as_ref()),
        specialty,
        telephone: first_phone(&service.telecom).map(str::to_owned),
        counter,
        hours,
        bring: Text::read(service.extra_details.as_deref(), service.extra_details_element.as_ref()),
        on_site: OnSiteQuota::read(&service.extension),
        registers: service
            .category
            .iter()
            .flat_map(|category| &category.coding)
            .any(|coding| {
                (coding.system.as_deref(), coding.code.as_deref())
                    == (Some(systems::SERVICE), Some(systems::REGISTRATION))
            }),
    })
}

/// The reference by which a department or calendar names a hospital or counter.
#[must_use]
pub fn place(id: &str, name: &Text) -> Reference {
    Reference {
        display: Some(name.zh.clone()),
        display_element: name.to_element(),
        ..Reference::to("Location", id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::fhir::{CodeableConcept, Coding, from_json, to_json};

    #[test]
    fn a_department_without_its_hospital_is_left_out_and_the_others_stay() {
        let bundle = r#"{"resourceType":"Bundle","type":"searchset","entry":[
            {"resource":{"resourceType":"HealthcareService","id":"d1","name":"眼科","location":[{"reference":"Location/h1"}]}},
            {"resource":{"resourceType":"HealthcareService","id":"d2","name":"骨科","location":[{"reference":"Location/gone"}]}},
            {"resource":{"resourceType":"Device","id":"x"}},
            {"resource":{"resourceType":"Location","id":"h1","name":"市第一医院",
              "_name":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
                {"url":"lang","valueCode":"en"},{"url":"content","valueString":"First Hospital"}]}]}}}]}"#;
        let hospitals = read(&from_json(bundle.as_bytes()).unwrap());
        assert_eq!(hospitals.len(), 1);
        assert_eq!(hospitals[0].name.in_language("en"), "First Hospital");
        assert_eq!(hospitals[0].name.in_language("zh-Hans"), "市第一医院");
        assert_eq!(hospitals[0].departments.len(), 1);
    }

    #[test]
    fn a_counter_where_people_are_registered_is_told_from_a_department() {
        let service = |category| {
            let service = HealthcareService {
                id: Some("d1".to_owned()),
                name: Some("登记窗口".to_owned()),
                category,
                ..HealthcareService::default()
            };
            department(&service, None).unwrap().registers
        };
        let coded = |system: &str, code: &str| {
            vec![CodeableConcept::of(Coding {
                system: Some(system.to_owned()),
                code: Some(code.to_owned()),
                ..Coding::default()
            })]
        };
        assert!(service(coded(systems::SERVICE, systems::REGISTRATION)));
        assert!(!service(coded("https://elsewhere.example", systems::REGISTRATION)));
        assert!(!service(coded(systems::SERVICE, "else")) && !service(vec![]));
    }

    #[test]
    fn a_quota_survives_the_way_through_its_extension() {
        let quota = OnSiteQuota {
            date: jiff::civil::date(2026, 11, 23),
            total: 30,
            remaining: 12,
        };
        let service = HealthcareService {
            extension: vec![quota.to_extension()],
            ..HealthcareService::default()
        };
        let read: HealthcareService = from_json(&to_json(&service.into()).unwrap()).unwrap();
        assert_eq!(OnSiteQuota::read(&read.extension), Some(quota));
    }
}
