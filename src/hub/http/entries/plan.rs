//! What an entry that is sent comes to: nothing new, one that is made, one that is changed, or a refusal.

use super::{
    form::{self, wrong},
    known::Known,
};
use crate::{
    accounts::{Action, Whose},
    booking::Refused,
    db::{AuditAction, Database, EntryWrite, SlotRow, SlotWrite, Write},
    http::{asking::Asking, directory::with_quotas, slots},
    refused::Refused as Declined,
    state::StepError,
    visits::today,
};
use anban_wire::{
    fhir::{Identifier, Resource, Slot, is_id},
    scheduling::Token,
};
use axum::http::StatusCode;

/// What an entry comes to.
pub(in crate::http) struct Planned {
    /// Made, or there already.
    pub(in crate::http) status: StatusCode,
    /// None where it is so already.
    pub(in crate::http) write: Option<Write>,
}

/// The entry that has the number of `If-None-Exist`.
pub(in crate::http) fn there(
    db: &dyn Database,
    resource: &Resource,
    token: Option<&Token>,
) -> Result<Option<String>, StepError> {
    let Some(token) = token else { return Ok(None) };
    let system = token.system.as_deref().unwrap_or_default();
    let number = (system.to_owned(), token.code.clone());
    if !form::numbers(identifiers(resource))?.contains(&number) {
        return Err(wrong(
            "What is made has the identifier of If-None-Exist among its own, so that it is found again.",
        ));
    }
    Ok(db.entry_by_number(resource.type_name(), system, &token.code)?)
}

fn identifiers(resource: &Resource) -> &[Identifier] {
    match resource {
        Resource::Location(one) => &one.identifier,
        Resource::Practitioner(one) => &one.identifier,
        Resource::HealthcareService(one) => &one.identifier,
        Resource::Schedule(one) => &one.identifier,
        Resource::Slot(one) => &one.identifier,
        _ => &[],
    }
}

/// What it comes to that an entry of the directory, or a time, is sent under that id.
pub(in crate::http) fn plan(
    known: &Known<'_>,
    resource: &Resource,
    id: &str,
    expected: Option<&str>,
    asking: &Asking,
) -> Result<Planned, StepError> {
    asking.may(Action::KeepDirectory, Whose::Nobody)?;
    let resource = resource.clone().with_id(id);
    let kind = resource.type_name();
    let numbers = form::numbers(identifiers(&resource))?;
    if let Resource::Slot(slot) = resource {
        return plan_slot(known, &slot, id, numbers, expected, asking);
    }
    if known.is_elsewhere(kind, id)? {
        return Err(Declined::KeptElsewhere.into());
    }
    let row = known.row(kind, id)?;
    let version = row.as_ref().map(|row| row.version);
    is_expected(version, id, expected)?;
    let quota = match &resource {
        Resource::HealthcareService(service) => form::quota(&service.extension, today(asking.now))?,
        _ => None,
    };
    let resource = form::kept(resource, known)?;
    if let Resource::Schedule(schedule) = &resource {
        let service = |resource: &Resource| match resource {
            Resource::Schedule(one) => {
                let mut actors = one.actor.iter();
                actors
                    .find_map(|actor| actor.id_of("HealthcareService"))
                    .map(str::to_owned)
            }
            _ => None,
        };
        let own = service(&Resource::Schedule(schedule.clone())).unwrap_or_default();
        if known.is_elsewhere("HealthcareService", &own)? {
            return Err(Declined::KeptElsewhere.into());
        }
        if row.as_ref().is_some_and(|row| service(&row.resource) != Some(own)) {
            return Err(wrong("A Schedule stays with its HealthcareService: make another one."));
        }
    }
    let is_new_quota = match quota {
        Some((day, total)) => {
            let known = known.db.quotas(day)?;
            !known
                .iter()
                .any(|(service, quota)| service == id && quota.total == total)
        }
        None => false,
    };
    let is_so = row.is_some_and(|row| row.resource.with_meta(None) == resource) && !is_new_quota;
    let note = note(kind, id, version, asking);
    let write = EntryWrite {
        resource,
        from_version: version,
        identifiers: numbers,
        quota,
        note,
    };
    Ok(planned(version, (!is_so).then(|| Write::Entry(Box::new(write)))))
}

fn planned(version: Option<i64>, write: Option<Write>) -> Planned {
    let status = match version {
        Some(_) => StatusCode::OK,
        None => StatusCode::CREATED,
    };
    Planned { status, write }
}

fn note(kind: &str, id: &str, version: Option<i64>, asking: &Asking) -> crate::db::AuditNote {
    let action = match version {
        Some(_) => AuditAction::Update,
        None => AuditAction::Create,
    };
    asking.caller.note(action, format!("{kind}/{id}"), None, asking.now)
}

/// Whether it is still the version that is expected; and, of what is not there yet, whether its id can be one.
fn is_expected(version: Option<i64>, id: &str, expected: Option<&str>) -> Result<(), StepError> {
    let is_other = |expected: &str| version.map(|version| version.to_string()).as_deref() != Some(expected);
    if expected.is_some_and(is_other) {
        return Err(Refused::EntryChanged.into());
    }
    // What has a dot comes from a hospital's own server: see `gateway/hospital.rs`.
    if version.is_none() && (!is_id(id) || id.contains('.')) {
        return Err(wrong("An id has 1 to 64 letters, digits and hyphens."));
    }
    Ok(())
}

fn plan_slot(
    known: &Known<'_>,
    slot: &Slot,
    id: &str,
    mut numbers: Vec<(String, String)>,
    expected: Option<&str>,
    asking: &Asking,
) -> Result<Planned, StepError> {
    let row = known.db.slot(id)?;
    if let Some(row) = &row
        && known.is_elsewhere("Schedule", &row.schedule)?
    {
        return Err(Declined::KeptElsewhere.into());
    }
    let version = row.as_ref().map(|row| row.version);
    is_expected(version, id, expected)?;
    form::is_time(slot)?;
    let calendar = form::reference(&slot.schedule, "Schedule", known)?;
    let calendar = calendar.id_of("Schedule").unwrap_or_default().to_owned();
    if known.is_elsewhere("Schedule", &calendar)? {
        return Err(Declined::KeptElsewhere.into());
    }
    let new = SlotRow {
        id: id.to_owned(),
        schedule: calendar,
        start: slot.start,
        end: slot.end,
        status: slot.status,
        held: None,
        version: version.unwrap_or_default(),
        identifier: numbers.pop(),
    };
    if row.as_ref().is_some_and(|row| row.schedule != new.schedule) {
        return Err(wrong("A Slot stays in its Schedule: make another one."));
    }
    let is_so = row.is_some_and(|row| SlotRow { held: None, ..row } == new);
    let note = note("Slot", id, version, asking);
    let write = SlotWrite {
        slot: new,
        from_version: version,
        note,
    };
    Ok(planned(version, (!is_so).then_some(Write::Slot(write))))
}

/// An entry as it is now, as clients see it.
pub(in crate::http) fn as_it_is(
    db: &dyn Database,
    kind: &str,
    id: &str,
    asking: &Asking,
) -> Result<Resource, StepError> {
    let none = || StepError::Db(crate::db::DbError::Damaged("directory entry"));
    if kind == "Slot" {
        return Ok(slots::slot(&db.slot(id)?.ok_or_else(none)?, asking.now).into());
    }
    Ok(match db.directory_entry(kind, id)?.ok_or_else(none)? {
        Resource::HealthcareService(service) => {
            let mut services = with_quotas(vec![*service], db, asking.now)?;
            services.pop().ok_or_else(none)?.into()
        }
        other => other,
    })
}
