//! What an entry of the directory must be to be kept: what is missing is said, what can be known is filled in.

use super::known::Known;
use crate::{db::DbError, http::error::ApiError, state::StepError};
use anban_wire::{
    fhir::{
        Extension, HealthcareService, HumanName, Identifier, Location, Practitioner, Reference, Resource, Schedule,
        Slot, SlotStatus,
    },
    systems,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::Value;
use std::fmt::Display;

/// Longest name or number, in characters.
const MAX_NAME: usize = 200;
/// Longest other text, in characters.
const MAX_TEXT: usize = 2000;
/// Most entries of a list.
const MAX_LIST: usize = 50;
/// How many places a place may be in, one in the other.
const MAX_DEPTH: usize = 8;
/// Longest time that can be booked.
const MAX_SLOT: SignedDuration = SignedDuration::from_hours(24);
/// No counter gives out more numbers on a day.
const MAX_QUOTA: u32 = 10_000;
const GENDERS: [&str; 4] = ["male", "female", "other", "unknown"];
const LOCATION_STATUSES: [&str; 3] = ["active", "suspended", "inactive"];

type Checked<T> = Result<T, StepError>;

/// What is sent can't be kept; the text says what it must be.
pub(super) fn wrong(text: impl Display) -> StepError {
    StepError::Answer(ApiError::filled_in_wrongly(text))
}

/// What of a resource is kept: checked, without server's notes, with the names of what it refers to.
pub(super) fn kept(resource: Resource, known: &Known<'_>) -> Checked<Resource> {
    let value = serde_json::to_value(&resource).map_err(|_| DbError::Damaged("directory entry"))?;
    if !is_within_bounds(&value) {
        return Err(wrong(format!(
            "Texts have 1 to {MAX_TEXT} characters, lists at most {MAX_LIST} entries."
        )));
    }
    match resource.with_meta(None) {
        Resource::Location(one) => Ok(location(*one, known)?.into()),
        Resource::Practitioner(one) => Ok(practitioner(*one)?.into()),
        Resource::HealthcareService(one) => Ok(service(*one, known)?.into()),
        Resource::Schedule(one) => Ok(schedule(*one, known)?.into()),
        other => Ok(other),
    }
}

/// Whether every text has something to say, and no text or list is too long.
fn is_within_bounds(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty() && text.chars().count() <= MAX_TEXT,
        Value::Array(values) => values.len() <= MAX_LIST && values.iter().all(is_within_bounds),
        Value::Object(fields) => fields.values().all(is_within_bounds),
        _ => true,
    }
}

fn has_name(name: Option<&String>) -> Checked<()> {
    match name {
        Some(name) if name.chars().count() <= MAX_NAME => Ok(()),
        _ => Err(wrong(format!("A name is needed, of at most {MAX_NAME} characters."))),
    }
}

/// System and value of each identifier.
pub(super) fn numbers(identifiers: &[Identifier]) -> Checked<Vec<(String, String)>> {
    let number = |identifier: &Identifier| {
        let system = identifier.system.clone().unwrap_or_default();
        let value = identifier.value.clone()?;
        let is_short = |text: &str| text.chars().count() <= MAX_NAME;
        (is_short(&system) && is_short(&value)).then_some((system, value))
    };
    let numbers: Option<Vec<_>> = identifiers.iter().map(number).collect();
    let text = format!("An identifier needs a value; it and its system have at most {MAX_NAME} characters.");
    numbers.ok_or_else(|| wrong(text))
}

fn location(mut location: Location, known: &Known<'_>) -> Checked<Location> {
    has_name(location.name.as_ref())?;
    if let Some(status) = location.status.as_deref()
        && !LOCATION_STATUSES.contains(&status)
    {
        return Err(wrong("The status of a Location is active, suspended or inactive."));
    }
    if let Some(part_of) = &location.part_of {
        let named = reference(part_of, "Location", known)?;
        let mut within = named.id_of("Location").map(str::to_owned);
        for _ in 0..MAX_DEPTH {
            let Some(id) = within else { break };
            if Some(&id) == location.id.as_ref() {
                return Err(wrong("A Location can't be part of itself."));
            }
            let place = known.get("Location", &id)?;
            within = match place {
                Some(Resource::Location(place)) => {
                    place.part_of.and_then(|part| part.id_of("Location").map(str::to_owned))
                }
                _ => None,
            };
        }
        location.part_of = Some(named);
    }
    Ok(location)
}

fn practitioner(practitioner: Practitioner) -> Checked<Practitioner> {
    has_name(practitioner.name.first().and_then(|name| name.text.as_ref())).map_err(|_| {
        wrong(format!(
            "A Practitioner needs a name with a text, of at most {MAX_NAME} characters."
        ))
    })?;
    if let Some(gender) = practitioner.gender.as_deref()
        && !GENDERS.contains(&gender)
    {
        return Err(wrong("gender is male, female, other or unknown."));
    }
    Ok(practitioner)
}

fn service(mut service: HealthcareService, known: &Known<'_>) -> Checked<HealthcareService> {
    has_name(service.name.as_ref())?;
    let places: Checked<Vec<Reference>> = service
        .location
        .iter()
        .map(|place| reference(place, "Location", known))
        .collect();
    service.location = places?;
    let mut has_hospital = false;
    for place in &service.location {
        let place = known.get("Location", place.id_of("Location").unwrap_or_default())?;
        has_hospital |= matches!(place, Some(Resource::Location(place)) if place.part_of.is_none());
    }
    if !has_hospital {
        return Err(wrong(
            "A HealthcareService needs its hospital among its locations: a Location that is part of no other.",
        ));
    }
    // Whoever asks for departments asks for active ones.
    service.active = Some(service.active != Some(false));
    service
        .extension
        .retain(|extension| extension.url != systems::ON_SITE_QUOTA);
    Ok(service)
}

fn schedule(mut schedule: Schedule, known: &Known<'_>) -> Checked<Schedule> {
    let (mut services, mut doctors, mut places) = (vec![], vec![], vec![]);
    for actor in &schedule.actor {
        let (kind, found) = if actor.id_of("HealthcareService").is_some() {
            ("HealthcareService", &mut services)
        } else if actor.id_of("Practitioner").is_some() {
            ("Practitioner", &mut doctors)
        } else {
            ("Location", &mut places)
        };
        found.push(reference(actor, kind, known)?);
    }
    if services.len() != 1 || doctors.len() > 1 {
        return Err(wrong(
            "A Schedule has one HealthcareService among its actors, and at most one Practitioner.",
        ));
    }
    let id = services.first().and_then(|service| service.id_of("HealthcareService"));
    if let Some(Resource::HealthcareService(service)) = known.get("HealthcareService", id.unwrap_or_default())? {
        if places.is_empty() {
            let named = service.location.iter().map(|place| reference(place, "Location", known));
            places = named.collect::<Checked<_>>()?;
        }
        if schedule.specialty.is_empty() {
            schedule.specialty = service.specialty;
        }
    }
    schedule.actor = doctors.into_iter().chain(services).chain(places).collect();
    schedule.active = Some(schedule.active != Some(false));
    Ok(schedule)
}

/// A reference to something that there is, with its name.
pub(super) fn reference(reference: &Reference, kind: &'static str, known: &Known<'_>) -> Checked<Reference> {
    let none = || {
        wrong(format!(
            "A reference leads to no {kind} of this hub: write {kind}/ID, and make that first."
        ))
    };
    let id = known.id_of(reference, kind).ok_or_else(none)?;
    let found = known.get(kind, id)?.ok_or_else(none)?;
    let (display, display_element) = match found {
        Resource::Location(place) => (place.name, place.name_element),
        Resource::HealthcareService(service) => (service.name, service.name_element),
        Resource::Practitioner(doctor) => {
            let name: HumanName = doctor.name.into_iter().next().unwrap_or_default();
            (name.text, name.text_element)
        }
        _ => (None, None),
    };
    Ok(Reference {
        display,
        display_element,
        ..Reference::to(kind, id)
    })
}

/// The numbers that a counter gives out on a day, where a department comes with them. What is left of them is the hub's to
/// say, and a day that is past stays as it was.
pub(super) fn quota(extensions: &[Extension], today: Date) -> Checked<Option<(Date, u32)>> {
    let Some(extension) = extensions.iter().find(|one| one.url == systems::ON_SITE_QUOTA) else {
        return Ok(None);
    };
    let date = extension.part("date").and_then(|part| part.value_date.as_ref());
    let date: Option<Date> = date.and_then(|date| date.parse().ok());
    let total = extension.part("total").and_then(|part| part.value_unsigned_int);
    match (date, total) {
        (Some(date), Some(total)) if total <= MAX_QUOTA => Ok((date >= today).then_some((date, total))),
        _ => Err(wrong(format!(
            "An on-site quota has a date (valueDate) and a total (valueUnsignedInt) of at most {MAX_QUOTA}."
        ))),
    }
}

/// Whether a time can be one: its status, beginning and end.
pub(super) fn is_time(slot: &Slot) -> Checked<()> {
    let offered = [SlotStatus::Free, SlotStatus::Busy, SlotStatus::BusyUnavailable];
    if !offered.contains(&slot.status) {
        return Err(wrong("The status of a Slot is free, busy or busy-unavailable."));
    }
    let is_whole = |instant: Timestamp| instant.subsec_nanosecond() == 0;
    if !is_whole(slot.start) || !is_whole(slot.end) {
        return Err(wrong("A Slot begins and ends at a whole second."));
    }
    let length = slot.end.duration_since(slot.start);
    if length <= SignedDuration::ZERO || length > MAX_SLOT {
        return Err(wrong("A Slot ends after it begins, at most 24 hours later."));
    }
    if slot.identifier.len() > 1 {
        return Err(wrong("A Slot has at most one identifier."));
    }
    Ok(())
}
