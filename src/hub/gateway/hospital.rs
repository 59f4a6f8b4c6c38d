//! One hospital: what its things are called here, and what is read from it.
//!
//! A department has the id that the configuration gives it. Everything else that comes from a hospital has the hospital's
//! name, a dot and its id there: `county.17`. So both ways are known without a table.

use super::{
    config::{HospitalConfig, ServiceConfig},
    there::{Exchange, NoAnswer, There},
};
use crate::{
    db::{CityContent, FIRST_OF_HOSPITALS, FreeSlots, SlotRow},
    metrics::Metrics,
};
use anban_wire::fhir::{
    FhirResource, HealthcareService, Location, Practitioner, Reference, Resource, Schedule, Slot, SlotStatus,
    from_json, is_id,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Instant,
};

/// Most calendars of a department.
const MOST_CALENDARS: usize = 200;
/// Most places of a department.
const MOST_PLACES: usize = 8;
/// Most free times of a department.
const MOST_SLOTS: usize = 10_000;
/// How many are asked for by their ids in one search.
pub(super) const AT_ONCE: usize = 40;

/// A hospital and what is known of it.
pub(super) struct Hospital {
    pub(super) config: HospitalConfig,
    pub(super) there: There,
    /// Held while its departments are looked at, by one at a time.
    pub(super) seen: Mutex<Seen>,
}

/// When it was looked at.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Departments: when each was read, and its calendars there.
    pub(super) departments: BTreeMap<String, (Instant, BTreeSet<String>)>,
    /// Free times.
    pub(super) slots: Option<Instant>,
    /// Before then it is not asked again for what is only shown: it did not answer.
    pub(super) rests_until: Option<Instant>,
}

impl Hospital {
    pub(super) fn new(config: HospitalConfig, metrics: &Arc<Metrics>) -> Self {
        Self {
            there: There::new(&config, metrics),
            config,
            seen: Mutex::default(),
        }
    }

    /// The id here of something there; none where it would be too long.
    pub(super) fn here(&self, id: &str) -> Option<String> {
        Some(format!("{}.{id}", self.config.name)).filter(|here| is_id(here) && is_id(id))
    }

    /// The id there of something that came from there.
    pub(super) fn id_there<'a>(&self, here: &'a str) -> Option<&'a str> {
        let (name, id) = here.split_once('.')?;
        (name == self.config.name && is_id(id)).then_some(id)
    }

    /// A reference of theirs as it is here; none to what is not known here.
    pub(super) fn reference_here(&self, reference: &Reference) -> Option<Reference> {
        let service = |id: &str| {
            let mut services = self.config.service.iter();
            services
                .find(|service| service.there == id)
                .map(|service| service.id.clone())
        };
        let (kind, id) = if let Some(id) = reference.id_of("HealthcareService") {
            ("HealthcareService", service(id))
        } else if let Some(id) = reference.id_of("Practitioner") {
            ("Practitioner", self.here(id))
        } else {
            ("Location", self.here(reference.id_of("Location")?))
        };
        Some(Reference {
            reference: Some(format!("{kind}/{}", id?)),
            kind: None,
            identifier: None,
            ..reference.clone()
        })
    }

    /// A reference of ours as it is there; none to what is not theirs.
    pub(super) fn reference_there(&self, reference: &Reference) -> Option<Reference> {
        let service = |id: &str| {
            let mut services = self.config.service.iter();
            services
                .find(|service| service.id == id)
                .map(|service| service.there.as_str())
        };
        let (kind, id) = if let Some(id) = reference.id_of("HealthcareService") {
            ("HealthcareService", service(id))
        } else if let Some(id) = reference.id_of("Practitioner") {
            ("Practitioner", self.id_there(id))
        } else {
            ("Location", self.id_there(reference.id_of("Location")?))
        };
        Some(Reference {
            display: reference.display.clone(),
            ..Reference::to(kind, id?)
        })
    }

    /// A department with its places, doctors and calendars, as they are shown here; and the ids of the calendars there.
    pub(super) fn department(
        &self,
        exchange: &Exchange<'_>,
        service: &ServiceConfig,
    ) -> Result<(CityContent, BTreeSet<String>), NoAnswer> {
        let read: HealthcareService = one(exchange, &service.there)?.ok_or(NoAnswer::Strange("HealthcareService"))?;
        let mut resources: Vec<Resource> = vec![];
        let places: BTreeSet<&str> = read
            .location
            .iter()
            .filter_map(|place| place.id_of("Location"))
            .collect();
        for id in places.into_iter().take(MOST_PLACES) {
            if let Some(place) = one::<Location>(exchange, id)?
                && let Some(here) = self.here(id)
            {
                let place = Location {
                    id: Some(here),
                    meta: None,
                    part_of: place.part_of.as_ref().and_then(|whole| self.reference_here(whole)),
                    ..place
                };
                resources.push(place.into());
            }
        }
        let asked = [
            ("actor", format!("HealthcareService/{}", service.there)),
            ("_count", MOST_CALENDARS.to_string()),
        ];
        let (mut calendars, _) = exchange.search::<Schedule>(&asked)?;
        // Some servers pass over a parameter that they don't know.
        calendars.retain(|one| {
            one.actor
                .iter()
                .any(|actor| actor.id_of("HealthcareService") == Some(&service.there))
        });
        calendars.truncate(MOST_CALENDARS);
        let doctors: BTreeSet<String> = calendars
            .iter()
            .flat_map(|one| &one.actor)
            .filter_map(|actor| actor.id_of("Practitioner").filter(|id| is_id(id)).map(str::to_owned))
            .collect();
        let doctors: Vec<String> = doctors.into_iter().collect();
        for ids in doctors.chunks(AT_ONCE) {
            let (found, _) = exchange.search::<Practitioner>(&by_ids(ids))?;
            for doctor in found
                .into_iter()
                .filter(|one| one.id.as_ref().is_some_and(|id| ids.contains(id)))
            {
                let id = doctor.id.as_deref().and_then(|id| self.here(id));
                resources.extend(id.map(|id| {
                    // How to reach them is not everybody's business.
                    let doctor = Practitioner {
                        id: Some(id),
                        identifier: doctor.identifier,
                        active: doctor.active,
                        name: doctor.name,
                        ..Practitioner::default()
                    };
                    doctor.into()
                }));
            }
        }
        let mut ids = BTreeSet::new();
        for calendar in calendars {
            if let Some(there) = calendar.id
                && let Some(here) = self.here(&there)
            {
                let calendar = Schedule {
                    id: Some(here),
                    meta: None,
                    actor: calendar
                        .actor
                        .iter()
                        .filter_map(|actor| self.reference_here(actor))
                        .collect(),
                    ..calendar
                };
                resources.push(calendar.into());
                ids.insert(there);
            }
        }
        let department = HealthcareService {
            id: Some(service.id.clone()),
            meta: None,
            extension: vec![],
            location: read
                .location
                .iter()
                .filter_map(|place| self.reference_here(place))
                .collect(),
            ..read
        };
        resources.push(department.into());
        let content = CityContent {
            resources,
            first_position: FIRST_OF_HOSPITALS,
            ..CityContent::default()
        };
        Ok((content, ids))
    }

    /// The free times of a department from now on.
    pub(super) fn free(
        &self,
        exchange: &Exchange<'_>,
        service: &str,
        calendars: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<FreeSlots, NoAnswer> {
        let until = now + SignedDuration::from_hours(24 * i64::from(self.config.days));
        let calendars: Vec<&String> = calendars.iter().collect();
        let (mut slots, mut is_whole) = (vec![], true);
        for ids in calendars.chunks(AT_ONCE) {
            let names: Vec<String> = ids.iter().map(|id| format!("Schedule/{id}")).collect();
            let asked = [
                ("schedule", names.join(",")),
                ("status", "free".to_owned()),
                ("start", format!("ge{}", whole_second(now))),
                ("start", format!("lt{}", whole_second(until))),
                ("_sort", "start".to_owned()),
                ("_count", "1000".to_owned()),
            ];
            let (found, all) = exchange.search::<Slot>(&asked)?;
            is_whole &= all;
            let of_these = |slot: &Slot| {
                slot.schedule
                    .id_of("Schedule")
                    .is_some_and(|id| ids.iter().any(|one| *one == id))
            };
            let fits = |slot: &Slot| {
                slot.status == SlotStatus::Free && now < slot.start && slot.start < slot.end && of_these(slot)
            };
            slots.extend(found.iter().filter(|slot| fits(slot)).filter_map(|slot| self.row(slot)));
        }
        // What was left out is not taken.
        is_whole &= slots.len() <= MOST_SLOTS;
        slots.truncate(MOST_SLOTS);
        Ok(FreeSlots {
            service: service.to_owned(),
            slots,
            from: now,
            is_whole,
        })
    }

    /// A time of theirs as it is kept here.
    pub(super) fn row(&self, slot: &Slot) -> Option<SlotRow> {
        Some(SlotRow {
            id: self.here(slot.id.as_deref()?)?,
            schedule: self.here(slot.schedule.id_of("Schedule")?)?,
            start: whole_second(slot.start),
            end: whole_second(slot.end),
            status: slot.status,
            held: None,
            version: 1,
            identifier: None,
        })
    }
}

/// One resource, if it is the one that was asked for.
pub(super) fn one<R: FhirResource + Clone>(exchange: &Exchange<'_>, id: &str) -> Result<Option<R>, NoAnswer> {
    let strange = NoAnswer::Strange(R::TYPE);
    if !is_id(id) {
        return Err(strange);
    }
    let Some(body) = exchange.read(R::TYPE, id)? else {
        return Ok(None);
    };
    let read: R = from_json(&body).map_err(|_| strange.clone())?;
    let resource: Resource = read.clone().into();
    if resource.id() == Some(id) {
        Ok(Some(read))
    } else {
        Err(strange)
    }
}

/// The search for those ids.
pub(super) fn by_ids(ids: &[String]) -> [(&'static str, String); 2] {
    [("_id", ids.join(",")), ("_count", ids.len().to_string())]
}

fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}
