//! Appointments: `$book`, reading, and the plain ways of other FHIR servers, `POST` to book, `PUT` to move, to change
//! the note or to cancel. What each comes to is in `wishes`; searching is in `appointment_search`.
//!
//! `$book` answers as ITI-117 says: a bundle with the appointment, or one with only an outcome, which for a
//! slot that was just taken names the nearest free ones.

use super::{
    asking::{Asking, Input},
    described::{IfMatch, IfNoneExist, Refusal as RefusalBody},
    error::ApiError,
    id::Id,
    operation::OperationAnswer,
    prefer::Prefer,
    versions::{answered, made_at, with_version},
    wishes::Created,
};
use crate::{
    accounts::{Action, Whose},
    booking::{self, Refused},
};
use anban_wire::{
    fhir::{Appointment, AppointmentStatus, Bundle, Parameters},
    scheduling::BookOperation,
};
use axum::{http::StatusCode, response::Response};

/// Books, changes or cancels a visit (ITI-117).
#[utoipa::path(
    post, path = "/Appointment/$book",
    request_body = Parameters,
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 403), (status = 404, body = RefusalBody), (status = 409, body = RefusalBody), (status = 410, body = RefusalBody), (status = 412, body = RefusalBody), (status = 422, body = RefusalBody))
)]
pub(super) async fn book(asking: Asking, input: Input) -> Result<Response, ApiError> {
    let operation = BookOperation::from_parameters(&input.fhir::<Parameters>()?)?;
    let done = asking
        .step(move |db, asking| match &operation {
            BookOperation::Book(request) => asking.book(db, request),
            BookOperation::Change(request) => asking.change(db, request),
            BookOperation::Cancel(request) => asking.cancel(db, request),
        })
        .await?;
    if let Ok(appointment) = &done
        && appointment.status == AppointmentStatus::Booked
    {
        asking.hub.metrics.booked();
    }
    Ok(OperationAnswer::of(&asking.hub, done)?.send())
}

/// A visit.
#[utoipa::path(
    get, path = "/Appointment/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment, headers(("ETag" = String, description = "Its version"))), (status = 403), (status = 404))
)]
pub(super) async fn read(asking: Asking, Id(id): Id) -> Result<Response, ApiError> {
    let found = asking
        .step(move |db, asking| match db.appointment(&id)? {
            Some((_, body)) => {
                let appointment = booking::from_text(&body)?;
                asking.may(Action::ReadVisits, Whose::of(&appointment))?;
                let found = [appointment];
                asking.has_seen(db, &format!("Appointment/{id}"), &found)?;
                Ok(found.into_iter().next())
            }
            // What somebody holds is theirs to see under the id of its slot.
            None => Ok(booking::held_by(db, &id, &asking.holder(), asking.now)?),
        })
        .await?;
    Ok(with_version(StatusCode::OK, found.ok_or(Refused::NoSuchAppointment)?))
}

/// Books as other FHIR servers do.
#[utoipa::path(
    post, path = "/Appointment",
    params(IfNoneExist, ("Prefer" = Option<String>, Header, description = "return=minimal, representation or OperationOutcome")),
    request_body = Appointment,
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment), (status = 201, body = Appointment, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 403), (status = 404), (status = 409), (status = 410), (status = 412), (status = 422))
)]
pub(super) async fn create(asking: Asking, prefer: Prefer, input: Input) -> Result<Response, ApiError> {
    let (appointment, token) = (input.fhir::<Appointment>()?, input.if_none_exist()?);
    let (status, done) = asking
        .step(
            move |db, asking| match asking.plan_create(db, &appointment, token.as_ref())? {
                Created::There(found) => Ok((StatusCode::OK, *found)),
                Created::New(plan) => Ok((StatusCode::CREATED, asking.carry_out_one(db, *plan)?)),
            },
        )
        .await?;
    if status == StatusCode::CREATED {
        asking.hub.metrics.booked();
    }
    let id = done.id.clone().unwrap_or_default();
    let response = answered(status, done, prefer);
    Ok(made_at(response, &asking.hub, &format!("Appointment/{id}")))
}

/// Cancels, moves to another slot, or changes the note. The other fields of the body are not looked at.
#[utoipa::path(
    put, path = "/Appointment/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch, ("Prefer" = Option<String>, Header, description = "return=minimal, representation or OperationOutcome")),
    request_body = Appointment,
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment, headers(("ETag" = String, description = "Its version"))), (status = 403), (status = 404), (status = 409), (status = 410), (status = 412), (status = 422))
)]
pub(super) async fn update(asking: Asking, prefer: Prefer, Id(id): Id, input: Input) -> Result<Response, ApiError> {
    let (appointment, expected) = (input.fhir_of::<Appointment>(&id)?, input.if_match()?);
    let done = asking
        .step(move |db, asking| {
            let plan = asking.plan_update(db, &appointment, expected.as_deref())?;
            Ok(asking.carry_out_one(db, plan)?)
        })
        .await?;
    Ok(answered(StatusCode::OK, done, prefer))
}
