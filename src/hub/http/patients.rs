//! Patients who have an id here: those of devices, and those whom a registrar makes.

use super::{
    asking::{Asking, Input},
    described::{IfMatch, IfNoneExist, Paging},
    error::ApiError,
    id::Id,
    search::{Found, Terms},
    versions::{made_at, with_version},
};
use crate::{
    accounts::{Action, Who, Whose},
    booking::{self, Plan, Refused},
    db::{AuditAction, Database, DbError, PatientRow, PatientWrite, Write},
    refused::Refused as Declined,
    state::StepError,
};
use anban_wire::{
    fhir::{Bundle, Meta, Patient, Resource, first_phone, from_json},
    scheduling::Token,
};
use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use uuid::Uuid;

/// Longest name or number, in characters.
const MAX_TEXT: usize = 200;
/// The codes of administrative gender.
const GENDERS: [&str; 4] = ["male", "female", "other", "unknown"];

/// A patient as clients see them.
pub(super) fn read_row(row: &PatientRow) -> Result<Patient, DbError> {
    let patient: Patient = from_json(row.body.as_bytes()).map_err(|_| DbError::Damaged("patient"))?;
    Ok(Patient {
        id: Some(row.id.clone()),
        meta: Some(Meta {
            version_id: Some(row.version.to_string()),
            last_updated: Some(row.updated_at),
            profile: vec![],
        }),
        ..patient
    })
}

/// What a patient who is made or changed comes to.
pub(super) fn plan(
    id: String,
    from_version: Option<i64>,
    patient: &Patient,
    asking: &Asking,
) -> Result<(PatientRow, Write), StepError> {
    let now = asking.now;
    let name = patient.name.iter().find_map(|name| {
        name.text.clone().or_else(|| {
            let parts: Vec<&str> = name.family.iter().chain(&name.given).map(String::as_str).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        })
    });
    let name = name
        .filter(|name| !name.trim().is_empty())
        .ok_or(Declined::PatientForm)?;
    let texts = patient
        .identifier
        .iter()
        .flat_map(|one| [&one.system, &one.value])
        .flatten();
    let is_wrong = |text: &String| text.is_empty() || text.chars().count() > MAX_TEXT;
    let numbers = patient.telecom.iter().filter_map(|one| one.value.as_ref());
    let has_wrong = is_wrong(&name) || texts.chain(numbers).any(is_wrong);
    let is_gender = |gender: &String| GENDERS.contains(&gender.as_str());
    let is_date = |date: &String| date.len() <= 10 && date.parse::<anban_wire::fhir::DateTime>().is_ok();
    if has_wrong || !patient.gender.as_ref().is_none_or(is_gender) || !patient.birth_date.as_ref().is_none_or(is_date) {
        return Err(Declined::PatientForm.into());
    }
    let kept = Patient {
        id: Some(id.clone()),
        meta: None,
        ..patient.clone()
    };
    let body = serde_json::to_string(&Resource::from(kept)).map_err(|_| DbError::Damaged("patient"))?;
    let telephone = first_phone(&patient.telecom).map(str::to_owned);
    let identifiers = patient.identifier.iter().filter_map(|identifier| {
        let system = identifier.system.clone().unwrap_or_default();
        Some((system, identifier.value.clone()?))
    });
    let row = PatientRow {
        id: id.clone(),
        version: from_version.unwrap_or_default().saturating_add(1),
        updated_at: now,
        name: name.clone(),
        telephone: telephone.clone(),
        body: body.clone(),
    };
    let action = if from_version.is_none() {
        AuditAction::Create
    } else {
        AuditAction::Update
    };
    let write = PatientWrite {
        note: Some(asking.caller.note(action, format!("Patient/{id}"), Some(&id), now)),
        id,
        from_version,
        name,
        telephone,
        identifiers: identifiers.collect(),
        body,
    };
    Ok((row, Write::Patient(write)))
}

/// The patient who has an identifier, if the caller may see them.
pub(super) fn known(db: &dyn Database, asking: &Asking, token: &Token) -> Result<Option<PatientRow>, StepError> {
    let system = token.system.as_deref().unwrap_or_default();
    let Some(id) = db.patient_by_number(system, &token.code)? else {
        return Ok(None);
    };
    asking.may(Action::ReadPatient, Whose::Patient(&id))?;
    Ok(db.patient(&id)?)
}

/// What a change of a patient comes to, made from the version that is expected.
pub(super) fn plan_update(
    db: &dyn Database,
    patient: &Patient,
    expected: Option<&str>,
    asking: &Asking,
) -> Result<(PatientRow, Write), StepError> {
    let id = patient.id.clone().unwrap_or_default();
    let row = db.patient(&id)?.ok_or(Declined::NoSuchPatient)?;
    if expected.is_some_and(|expected| expected != row.version.to_string()) {
        return Err(Refused::Changed.into());
    }
    plan(id, Some(row.version), patient, asking)
}

fn write(db: &dyn Database, write: Write, now: Timestamp) -> Result<(), StepError> {
    booking::carry_out(db, vec![Plan::beside(write)], now).map_err(|(_, refused)| refused)?;
    Ok(())
}

/// A patient.
#[utoipa::path(
    get, path = "/Patient/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security(("bearer" = [])),
    responses((status = 200, body = Patient, headers(("ETag" = String, description = "Its version"))), (status = 401), (status = 403), (status = 404))
)]
pub(super) async fn read(asking: Asking, Id(id): Id) -> Result<Response, ApiError> {
    asking.may(Action::ReadPatient, Whose::Patient(&id))?;
    let found = asking
        .step(move |db, asking| {
            let found = db.patient(&id)?.ok_or(Declined::NoSuchPatient)?;
            let caller = &asking.caller;
            let note = caller.note(AuditAction::Read, format!("Patient/{id}"), Some(&id), asking.now);
            db.note_audit(&[note])?;
            Ok(found)
        })
        .await?;
    Ok(with_version(StatusCode::OK, read_row(&found)?))
}

/// Patients whom the caller may see: by an identifier or id, else a device's own and those it acts for.
#[utoipa::path(
    get, path = "/Patient",
    params(Paging, ("_id" = Option<String>, Query), ("identifier" = Option<String>, Query, description = "system|value")),
    security(("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 400), (status = 401), (status = 403))
)]
pub(super) async fn search(asking: Asking, terms: Terms) -> Result<Response, ApiError> {
    let search = terms.search::<Patient>(&asking.hub, &["_id", "identifier"])?;
    let token = search.token("identifier")?;
    asking.must_have_signed_in(Action::ReadPatient)?;
    let ids = search.any_of("_id");
    let found = asking
        .step(move |db, asking| {
            let ids = match (ids, &token, &asking.caller.who) {
                (Some(ids), ..) => ids,
                (None, Some(token), _) => {
                    let system = token.system.as_deref().unwrap_or_default();
                    db.patient_by_number(system, &token.code)?.into_iter().collect()
                }
                (None, None, Who::Device(device)) => {
                    let held = device.grants.iter().map(|grant| grant.patient.clone());
                    [device.patient.clone()].into_iter().chain(held).collect()
                }
                (None, None, _) => vec![],
            };
            let mut found = vec![];
            for id in ids {
                if asking.may(Action::ReadPatient, Whose::Patient(&id)).is_ok()
                    && let Some(row) = db.patient(&id)?
                {
                    let patient = read_row(&row)?;
                    let has = |token: &Token| super::directory::has_identifier(&patient.identifier, &token.to_string());
                    if token.as_ref().is_none_or(has) {
                        found.push(patient);
                    }
                }
            }
            Ok(found)
        })
        .await?;
    search.answer(&asking.hub, Found::part_of(found, &search)?)
}

/// Makes a patient who has no device.
#[utoipa::path(
    post, path = "/Patient",
    params(IfNoneExist),
    request_body = Patient,
    security(("bearer" = [])),
    responses((status = 200, body = Patient), (status = 201, body = Patient, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 422))
)]
pub(super) async fn create(asking: Asking, input: Input) -> Result<Response, ApiError> {
    asking.may(Action::CreatePatient, Whose::Nobody)?;
    let (patient, token) = (input.fhir::<Patient>()?, input.if_none_exist()?);
    let (status, row) = asking
        .step(move |db, asking| {
            if let Some(token) = &token
                && let Some(row) = known(db, asking, token)?
            {
                return Ok((StatusCode::OK, row));
            }
            let (row, new) = plan(Uuid::new_v4().to_string(), None, &patient, asking)?;
            write(db, new, asking.now)?;
            Ok((StatusCode::CREATED, row))
        })
        .await?;
    let response = with_version(status, read_row(&row)?);
    Ok(made_at(response, &asking.hub, &format!("Patient/{}", row.id)))
}

/// Changes a patient.
#[utoipa::path(
    put, path = "/Patient/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch),
    request_body = Patient,
    security(("bearer" = [])),
    responses((status = 200, body = Patient, headers(("ETag" = String, description = "Its version"))), (status = 401), (status = 403), (status = 404), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn update(asking: Asking, Id(id): Id, input: Input) -> Result<Response, ApiError> {
    asking.may(Action::ChangePatient, Whose::Patient(&id))?;
    let (patient, expected) = (input.fhir_of::<Patient>(&id)?, input.if_match()?);
    let row = asking
        .step(move |db, asking| {
            let (row, change) = plan_update(db, &patient, expected.as_deref(), asking)?;
            write(db, change, asking.now)?;
            Ok(row)
        })
        .await?;
    Ok(with_version(StatusCode::OK, read_row(&row)?))
}
