//! Transactions: what each entry comes to, then all of it in one step of the database.

use super::{Alone, not_offered, read_answer, request_of};
use crate::{
    accounts::{Action, Whose},
    booking::Plan,
    db::Database,
    http::{
        asking::Asking,
        entries::{self, KINDS, Known},
        error::ApiError,
        patients,
        versions::{identifier_of, read_if_match, with_version},
        wishes::Created,
    },
    state::{State as Hub, StepError},
};
use anban_wire::fhir::{Appointment, BundleEntry, BundleRequest, Patient, Resource, to_json};
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What one entry is to become.
enum Doing {
    /// An appointment or patient that is written: its place among the plans.
    Write(StatusCode, usize, Option<Box<Patient>>),
    /// Of the directory, written or there already: its type and id.
    Kept(StatusCode, &'static str, String),
    /// There already.
    There(Box<Resource>),
    /// Read afterwards.
    Read(Box<BundleEntry>),
}

/// What became of it.
enum Done {
    Is(StatusCode, Box<Resource>),
    Read(Box<BundleEntry>),
}

/// The id of what an entry makes.
struct Made {
    id: String,
    /// Something has the identifier of `ifNoneExist` already: it is that one's.
    is_there: bool,
}

/// Whether an entry writes to the directory.
pub(super) fn is_entry(entry: &BundleEntry) -> bool {
    entry
        .resource
        .as_ref()
        .is_some_and(|resource| KINDS.contains(&resource.type_name()))
}

/// In which order entries are looked at: what others refer to comes first.
fn rank(entry: &BundleEntry) -> usize {
    match &entry.resource {
        Some(resource) if is_entry(entry) => {
            let mut kinds = KINDS.iter();
            kinds.position(|kind| *kind == resource.type_name()).unwrap_or_default()
        }
        Some(Resource::Patient(_)) => KINDS.len(),
        _ => KINDS.len() + 1,
    }
}

pub(super) async fn transaction(
    asking: &Asking,
    alone: &Alone,
    entries: Vec<BundleEntry>,
) -> Result<Vec<BundleEntry>, ApiError> {
    if entries.iter().any(is_entry) {
        asking.may(Action::KeepDirectory, Whose::Nobody)?;
    }
    let hub = &asking.hub;
    let all = asking.step(move |db, asking| written(db, asking, entries)).await?;
    let mut answers = vec![];
    for done in all {
        answers.push(match done {
            Done::Read(entry) => alone.answer(*entry).await,
            Done::Is(status, resource) => made(hub, status, *resource).await,
        });
    }
    Ok(answers)
}

/// Writes all of it or nothing.
fn written(db: &dyn Database, asking: &Asking, entries: Vec<BundleEntry>) -> Result<Vec<Done>, StepError> {
    let entries = resolved(db, entries)?;
    let mut known = Known::of(db, &asking.hub.base, asking.hub.gateway.as_deref());
    for (entry, made) in entries.iter().filter(|(entry, made)| is_entry(entry) && !made.is_there) {
        entry.resource.iter().for_each(|resource| known.add(&made.id, resource));
    }
    let (mut plans, mut doings) = (vec![], vec![]);
    let mut asking = asking.clone();
    let mut in_order: Vec<(usize, &(BundleEntry, Made))> = entries.iter().enumerate().collect();
    in_order.sort_by_key(|(place, (entry, _))| (rank(entry), *place));
    for (place, (entry, made)) in in_order {
        let doing = if is_entry(entry) {
            plan_entry(&known, &asking, entry, made, &mut plans)?
        } else {
            plan(db, &mut asking, entry, &made.id, &mut plans)?
        };
        doings.push((place, doing));
    }
    let written = asking.carry_out(db, plans).map_err(|(_, refused)| refused)?;
    doings.sort_by_key(|(place, _)| *place);
    let done = |(_, doing): (usize, Doing)| {
        Ok(match doing {
            Doing::Read(entry) => Done::Read(entry),
            Doing::There(resource) => Done::Is(StatusCode::OK, resource),
            Doing::Kept(status, kind, id) => Done::Is(status, Box::new(entries::as_it_is(db, kind, &id, &asking)?)),
            Doing::Write(status, _, Some(patient)) => Done::Is(status, Box::new((*patient).into())),
            Doing::Write(status, place, None) => {
                let appointment: Appointment = written.get(place).cloned().unwrap_or_default();
                Done::Is(status, Box::new(appointment.into()))
            }
        })
    };
    doings.into_iter().map(done).collect()
}

async fn made(hub: &Hub, status: StatusCode, resource: Resource) -> BundleEntry {
    let location = resource
        .id()
        .map(|id| format!("{}/fhir/{}/{id}", hub.base, resource.type_name()));
    let mut entry = read_answer(with_version(status, resource)).await;
    if let Some(response) = entry.response.as_mut() {
        response.location.clone_from(&location);
    }
    entry.full_url = location;
    entry
}

/// Gives everything that is made its id, and puts it in the place of every `urn:uuid` that means it.
fn resolved(db: &dyn Database, entries: Vec<BundleEntry>) -> Result<Vec<(BundleEntry, Made)>, StepError> {
    let mut names = BTreeMap::new();
    let mut with_ids = vec![];
    for entry in entries {
        let mut made = Made {
            id: Uuid::new_v4().to_string(),
            is_there: false,
        };
        if let (Some(request), Some(resource)) = (&entry.request, &entry.resource) {
            let is_made = request.method == "POST";
            match (is_made, resource.id()) {
                (true, _) if is_entry(&entry) => {
                    let token = request.if_none_exist.as_deref().map(identifier_of);
                    let token = token.transpose().map_err(StepError::Answer)?;
                    if let Some(id) = entries::there(db, resource, token.as_ref())? {
                        made = Made { id, is_there: true };
                    }
                }
                (false, Some(id)) if is_entry(&entry) => made.id = id.to_owned(),
                _ => (),
            }
            if let (Some(url), true) = (&entry.full_url, is_made || is_entry(&entry)) {
                names.insert(url.clone(), format!("{}/{}", resource.type_name(), made.id));
            }
        }
        with_ids.push((entry, made));
    }
    let mut resolved = vec![];
    for (mut entry, made) in with_ids {
        if let Some(resource) = &entry.resource {
            let body = to_json(resource).map_err(|error| StepError::Answer(error.into()))?;
            let mut value: Value = serde_json::from_slice(&body).unwrap_or_default();
            replace(&mut value, &names);
            let body = serde_json::to_vec(&value).unwrap_or_default();
            entry.resource = serde_json::from_slice(&body).ok();
        }
        resolved.push((entry, made));
    }
    Ok(resolved)
}

fn replace(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "reference" => {
                        if let Some(found) = names.get(text) {
                            text.clone_from(found);
                        }
                    }
                    other => replace(other, names),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, names)),
        _ => {}
    }
}

/// The version that an entry expects. One that can't be read is no leave to change whatever is there.
fn if_match(request: &BundleRequest) -> Result<Option<String>, StepError> {
    let read = request.if_match.as_deref().map(read_if_match);
    read.transpose().map_err(StepError::Answer)
}

/// What an entry of the directory comes to.
fn plan_entry(
    known: &Known<'_>,
    asking: &Asking,
    entry: &BundleEntry,
    made: &Made,
    plans: &mut Vec<Plan>,
) -> Result<Doing, StepError> {
    let request = request_of(entry).map_err(StepError::Answer)?;
    let refused = || StepError::Answer(not_offered(&request));
    let resource = entry.resource.as_ref().ok_or_else(refused)?;
    let (kind, url) = (resource.type_name(), request.url.trim_start_matches('/'));
    let expected = match request.method.as_str() {
        "POST" if url == kind => None,
        "PUT" if url == format!("{kind}/{}", made.id) => if_match(&request)?,
        _ => return Err(refused()),
    };
    if made.is_there {
        return Ok(Doing::Kept(StatusCode::OK, kind, made.id.clone()));
    }
    let planned = entries::plan(known, resource, &made.id, expected.as_deref(), asking)?;
    plans.extend(planned.write.map(Plan::beside));
    Ok(Doing::Kept(planned.status, kind, made.id.clone()))
}

fn plan(
    db: &dyn Database,
    asking: &mut Asking,
    entry: &BundleEntry,
    id: &str,
    plans: &mut Vec<Plan>,
) -> Result<Doing, StepError> {
    let request = request_of(entry).map_err(StepError::Answer)?;
    let url = request.url.trim_start_matches('/');
    let token = request.if_none_exist.as_deref().map(identifier_of);
    let token = token.transpose().map_err(StepError::Answer)?;
    let expected = if_match(&request)?;
    let mut planned = |plan: Plan| {
        plans.push(plan);
        plans.len() - 1
    };
    match (request.method.as_str(), &entry.resource) {
        ("GET", None) => Ok(Doing::Read(Box::new(entry.clone()))),
        ("POST", Some(Resource::Appointment(appointment))) if url == "Appointment" => {
            Ok(match asking.plan_create(db, appointment, token.as_ref())? {
                Created::There(found) => Doing::There(Box::new((*found).into())),
                Created::New(plan) => Doing::Write(StatusCode::CREATED, planned(*plan), None),
            })
        }
        ("PUT", Some(Resource::Appointment(appointment)))
            if Some(url) == appointment.id.as_ref().map(|id| format!("Appointment/{id}")).as_deref() =>
        {
            let plan = asking.plan_update(db, appointment, expected.as_deref())?;
            Ok(Doing::Write(StatusCode::OK, planned(plan), None))
        }
        ("POST", Some(Resource::Patient(patient))) if url == "Patient" => {
            asking.may(Action::CreatePatient, Whose::Nobody)?;
            if let Some(token) = &token
                && let Some(row) = patients::known(db, asking, token)?
            {
                // Whoever refers to the entry means the one that is there.
                let found = patients::read_row(&row)?;
                asking.stand_in(id, row);
                return Ok(Doing::There(Box::new(found.into())));
            }
            let (row, write) = patients::plan(id.to_owned(), None, patient, asking)?;
            let made = patients::read_row(&row)?;
            asking.stand_in(id, row);
            Ok(Doing::Write(
                StatusCode::CREATED,
                planned(Plan::beside(write)),
                Some(Box::new(made)),
            ))
        }
        ("PUT", Some(Resource::Patient(patient)))
            if Some(url) == patient.id.as_ref().map(|id| format!("Patient/{id}")).as_deref() =>
        {
            let whose = patient.id.as_deref().unwrap_or_default();
            asking.may(Action::ChangePatient, Whose::Patient(whose))?;
            let (row, write) = patients::plan_update(db, patient, expected.as_deref(), asking)?;
            let changed = patients::read_row(&row)?;
            Ok(Doing::Write(
                StatusCode::OK,
                planned(Plan::beside(write)),
                Some(Box::new(changed)),
            ))
        }
        _ => Err(StepError::Answer(not_offered(&request))),
    }
}
