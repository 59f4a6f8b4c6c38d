//! The demonstration city's hospitals, counters, departments, practitioners and calendars as FHIR resources.
//!
//! Ids are made of the words in the city's file, so that they stay the same from start to start.

use super::{City, Department, Hospital, Kind, Registration};
use crate::{StartError, db::CityContent};
use anban_wire::{
    directory::{Hours, Text, place},
    fhir::{
        Address, AvailableTime, CodeableConcept, Coding, ContactPoint, HealthcareService, HoursOfOperation, HumanName,
        Identifier, Location, Practitioner, Reference, Resource, Schedule,
    },
    systems,
};

impl City {
    /// Everything of the city but its slots and quotas.
    pub(super) fn directory(&self) -> Result<CityContent, StartError> {
        let mut resources: Vec<Resource> = vec![];
        for hospital in &self.hospitals {
            resources.push(hospital_location(hospital).into());
            for department in &hospital.departments {
                let unknown = || StartError::City(format!("there is no kind of department {}", department.kind));
                let kind = self.departments.get(&department.kind).ok_or_else(unknown)?;
                let counter = counter_id(hospital, department);
                let location = counter_location(hospital, counter, &department.counter, &department.telephone);
                resources.push(location.into());
                resources.push(self.service(hospital, department, kind).into());
                for (number, name) in department.practitioners.iter().enumerate() {
                    resources.push(practitioner(hospital, department, number, name).into());
                    resources.push(schedule(hospital, department, kind, number, name).into());
                    if let Some(room) = department.rooms.get(number) {
                        let id = format!("{}-room", schedule_id(hospital, department, number));
                        resources.push(within(hospital, id, room).into());
                    }
                }
            }
            for (kind, desk) in &hospital.desks {
                resources.push(within(hospital, format!("{}-{kind}", hospital.id), &desk.counter).into());
                resources.push(within(hospital, format!("{}-{kind}-machine", hospital.id), &desk.machine).into());
            }
        }
        for hospital in &self.hospitals {
            if let Some(registration) = &hospital.registration {
                let counter = format!("{}-registration-counter", hospital.id);
                resources.push(registration_service(hospital, registration, &counter).into());
                let location = counter_location(hospital, counter, &registration.counter, &registration.telephone);
                resources.push(location.into());
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
}

/// Nobody is seen by a doctor there, so it has no calendar.
fn registration_service(hospital: &Hospital, registration: &Registration, counter: &str) -> HealthcareService {
    HealthcareService {
        id: Some(format!("{}-registration", hospital.id)),
        active: Some(true),
        category: vec![CodeableConcept::of(Coding {
            system: Some(systems::SERVICE.to_owned()),
            code: Some(systems::REGISTRATION.to_owned()),
            ..Coding::default()
        })],
        location: vec![
            place(&hospital.id, &hospital.name),
            place(counter, &registration.counter),
        ],
        name: Some(registration.name.zh.clone()),
        name_element: registration.name.to_element(),
        extra_details: Some(registration.bring.zh.clone()),
        extra_details_element: registration.bring.to_element(),
        telecom: vec![phone(&registration.telephone)],
        appointment_required: Some(false),
        ..HealthcareService::default()
    }
}

pub(super) fn service_id(hospital: &Hospital, department: &Department) -> String {
    format!("{}-{}", hospital.id, department.kind)
}

fn counter_id(hospital: &Hospital, department: &Department) -> String {
    format!("{}-{}-counter", hospital.id, department.kind)
}

fn practitioner_id(hospital: &Hospital, department: &Department, number: usize) -> String {
    format!("{}-{}-dr{}", hospital.id, department.kind, number + 1)
}

pub(super) fn schedule_id(hospital: &Hospital, department: &Department, number: usize) -> String {
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

fn counter_location(hospital: &Hospital, id: String, at: &Text, telephone: &str) -> Location {
    let opening = |hours: &Hours| HoursOfOperation {
        days_of_week: hours.days.clone(),
        all_day: None,
        opening_time: Some(hours.from),
        closing_time: Some(hours.until),
    };
    Location {
        id: Some(id),
        status: Some("active".to_owned()),
        name: Some(at.zh.clone()),
        name_element: at.to_element(),
        telecom: vec![phone(telephone)],
        part_of: Some(place(&hospital.id, &hospital.name)),
        hours_of_operation: hospital.counter_hours.iter().map(opening).collect(),
        ..Location::default()
    }
}

/// A room or machine of a hospital.
fn within(hospital: &Hospital, id: String, at: &Text) -> Location {
    Location {
        id: Some(id),
        status: Some("active".to_owned()),
        name: Some(at.zh.clone()),
        name_element: at.to_element(),
        part_of: Some(place(&hospital.id, &hospital.name)),
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
