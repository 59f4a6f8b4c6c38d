//! Departments, doctors, calendars and times as schedulers write them: by themselves here, many at once in a
//! [transaction](super::transaction). Reading them is in [`super::directory`] and [`super::slots`].
//!
//! [`form`] says what an entry must be, [`known`] what it may refer to, [`plan`] what it comes to. Whatever the
//! demonstration city or a gateway fills in is not written here: their next look would undo it. Nothing is deleted: what
//! is not active is not offered.

mod form;
mod known;
mod plan;

pub(super) use known::{KINDS, Known};
pub(super) use plan::{as_it_is, plan, there};

use super::{
    asking::{Asking, Input},
    described::{IfMatch, IfNoneExist},
    error::ApiError,
    id::Id,
    versions::{made_at, with_version},
};
use crate::{
    accounts::{Action, Whose},
    booking::Plan,
    db::Database,
    state::StepError,
};
use anban_wire::fhir::{FhirResource, HealthcareService, Location, Practitioner, Resource, Schedule, Slot};
use axum::{http::StatusCode, response::Response};
use uuid::Uuid;

type Answer = Result<Response, ApiError>;

fn keep(
    db: &dyn Database,
    resource: &Resource,
    id: &str,
    expected: Option<&str>,
    asking: &Asking,
) -> Result<(StatusCode, Resource), StepError> {
    let known = Known::of(db, &asking.hub.base, asking.hub.gateway.as_deref());
    let planned = plan(&known, resource, id, expected, asking)?;
    if let Some(write) = planned.write {
        asking.carry_out_one(db, Plan::beside(write))?;
    }
    Ok((planned.status, as_it_is(db, resource.type_name(), id, asking)?))
}

async fn create<R: FhirResource>(asking: Asking, input: Input) -> Answer {
    asking.may(Action::KeepDirectory, Whose::Nobody)?;
    let resource: Resource = input.fhir::<R>()?.into();
    let token = input.if_none_exist()?;
    let (status, resource) = asking
        .step(move |db, asking| match there(db, &resource, token.as_ref())? {
            Some(id) => Ok((StatusCode::OK, as_it_is(db, R::TYPE, &id, asking)?)),
            None => keep(db, &resource, &Uuid::new_v4().to_string(), None, asking),
        })
        .await?;
    let path = format!("{}/{}", R::TYPE, resource.id().unwrap_or_default());
    Ok(made_at(with_version(status, resource), &asking.hub, &path))
}

async fn update<R: FhirResource + Clone>(asking: Asking, id: String, input: Input) -> Answer {
    asking.may(Action::KeepDirectory, Whose::Nobody)?;
    let resource: Resource = input.fhir_of::<R>(&id)?.into();
    let expected = input.if_match()?;
    let path = format!("{}/{id}", R::TYPE);
    let (status, resource) = asking
        .step(move |db, asking| keep(db, &resource, &id, expected.as_deref(), asking))
        .await?;
    let response = with_version(status, resource);
    Ok(match status {
        StatusCode::CREATED => made_at(response, &asking.hub, &path),
        _ => response,
    })
}

/// Makes a hospital or counter.
#[utoipa::path(
    post, path = "/Location",
    params(IfNoneExist),
    request_body = Location,
    security(("bearer" = [])),
    responses((status = 200, body = Location, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 201, body = Location, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn create_location(asking: Asking, input: Input) -> Answer {
    create::<Location>(asking, input).await
}

/// Changes a hospital or counter, or makes it under that id.
#[utoipa::path(
    put, path = "/Location/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch),
    request_body = Location,
    security(("bearer" = [])),
    responses((status = 200, body = Location, headers(("ETag" = String, description = "Its version"))), (status = 201, body = Location, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn update_location(asking: Asking, Id(id): Id, input: Input) -> Answer {
    update::<Location>(asking, id, input).await
}

/// Makes a doctor.
#[utoipa::path(
    post, path = "/Practitioner",
    params(IfNoneExist),
    request_body = Practitioner,
    security(("bearer" = [])),
    responses((status = 200, body = Practitioner, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 201, body = Practitioner, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn create_practitioner(asking: Asking, input: Input) -> Answer {
    create::<Practitioner>(asking, input).await
}

/// Changes a doctor, or makes it under that id.
#[utoipa::path(
    put, path = "/Practitioner/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch),
    request_body = Practitioner,
    security(("bearer" = [])),
    responses((status = 200, body = Practitioner, headers(("ETag" = String, description = "Its version"))), (status = 201, body = Practitioner, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn update_practitioner(asking: Asking, Id(id): Id, input: Input) -> Answer {
    update::<Practitioner>(asking, id, input).await
}

/// Makes a department.
#[utoipa::path(
    post, path = "/HealthcareService",
    params(IfNoneExist),
    request_body = HealthcareService,
    security(("bearer" = [])),
    responses((status = 200, body = HealthcareService, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 201, body = HealthcareService, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn create_service(asking: Asking, input: Input) -> Answer {
    create::<HealthcareService>(asking, input).await
}

/// Changes a department, or makes it under that id.
#[utoipa::path(
    put, path = "/HealthcareService/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch),
    request_body = HealthcareService,
    security(("bearer" = [])),
    responses((status = 200, body = HealthcareService, headers(("ETag" = String, description = "Its version"))), (status = 201, body = HealthcareService, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn update_service(asking: Asking, Id(id): Id, input: Input) -> Answer {
    update::<HealthcareService>(asking, id, input).await
}

/// Makes a calendar.
#[utoipa::path(
    post, path = "/Schedule",
    params(IfNoneExist),
    request_body = Schedule,
    security(("bearer" = [])),
    responses((status = 200, body = Schedule, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 201, body = Schedule, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn create_schedule(asking: Asking, input: Input) -> Answer {
    create::<Schedule>(asking, input).await
}

/// Changes a calendar, or makes it under that id.
#[utoipa::path(
    put, path = "/Schedule/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch),
    request_body = Schedule,
    security(("bearer" = [])),
    responses((status = 200, body = Schedule, headers(("ETag" = String, description = "Its version"))), (status = 201, body = Schedule, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn update_schedule(asking: Asking, Id(id): Id, input: Input) -> Answer {
    update::<Schedule>(asking, id, input).await
}

/// Makes a time.
#[utoipa::path(
    post, path = "/Slot",
    params(IfNoneExist),
    request_body = Slot,
    security(("bearer" = [])),
    responses((status = 200, body = Slot, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 201, body = Slot, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn create_slot(asking: Asking, input: Input) -> Answer {
    create::<Slot>(asking, input).await
}

/// Changes a time, or makes it under that id.
#[utoipa::path(
    put, path = "/Slot/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch),
    request_body = Slot,
    security(("bearer" = [])),
    responses((status = 200, body = Slot, headers(("ETag" = String, description = "Its version"))), (status = 201, body = Slot, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 409), (status = 412), (status = 422))
)]
pub(super) async fn update_slot(asking: Asking, Id(id): Id, input: Input) -> Answer {
    update::<Slot>(asking, id, input).await
}
