//! The day of a visit: checking in, how it goes, and what staff does for it.

use super::{documents::json_body, error::ApiError, id::Id};
use crate::{
    accounts::{Action, Caller, Door, Who, Whose},
    booking::{self, Refused},
    db::{AuditAction, Database, DbError},
    state::{State as Hub, StepError},
    visits,
};
use anban_wire::{
    feed::PatientContent,
    fhir::Appointment,
    visit_day::{CheckInRequest, DayStepKind, NextRequest, NoticeRequest, VisitDay},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use std::sync::Arc;

/// An appointment that the caller may do that to.
fn visit(db: &dyn Database, caller: &Caller, id: &str, action: Action, door: Door) -> Result<Appointment, StepError> {
    let (_, body) = db.appointment(id)?.ok_or(Refused::NoSuchAppointment)?;
    let appointment = booking::from_text(&body)?;
    caller.may(action, Whose::of(&appointment), door)?;
    Ok(appointment)
}

/// Notes for the audit trail what was done about a visit. Who has not signed in has only done what anyone may.
fn note(
    db: &dyn Database,
    caller: &Caller,
    action: AuditAction,
    appointment: &Appointment,
    now: Timestamp,
) -> Result<(), DbError> {
    if caller.who == Who::Anonymous {
        return Ok(());
    }
    let id = appointment.id.as_deref().unwrap_or_default();
    let patient = appointment.patient().and_then(|patient| patient.id_of("Patient"));
    db.note_audit(&[caller.note(action, format!("Appointment/{id}"), patient, now)])
}

/// Somebody has come for their visit.
#[utoipa::path(
    post, path = "/visits/{id}/check-in",
    params(("id" = String, Path, description = "The appointment's logical id")),
    request_body = CheckInRequest,
    security((), ("bearer" = [])),
    responses((status = 201, body = VisitDay), (status = 403), (status = 404), (status = 410), (status = 422))
)]
pub(super) async fn check_in(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    // The command is there for whoever keeps one request like the other: coming twice is coming once.
    let _: CheckInRequest = json_body(&headers, &body)?;
    let (hub_in_step, now) = (Arc::clone(&hub), hub.now());
    let day = hub
        .step(move |db| {
            let appointment = visit(db, &caller, &id, Action::CheckIn, hub_in_step.door)?;
            let (_, day) = visits::check_in(db, &appointment, hub_in_step.day.as_ref(), now)?;
            note(db, &caller, AuditAction::Update, &appointment, now)?;
            Ok(day)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(day)).into_response())
}

/// How the day of a visit goes.
#[utoipa::path(
    get, path = "/visits/{id}/day",
    params(("id" = String, Path, description = "The appointment's logical id")),
    security((), ("bearer" = [])),
    responses((status = 200, body = VisitDay), (status = 403), (status = 404))
)]
pub(super) async fn day(State(hub): State<Arc<Hub>>, caller: Caller, Id(id): Id) -> Result<Json<VisitDay>, ApiError> {
    let (hub_in_step, now) = (Arc::clone(&hub), hub.now());
    let day = hub
        .step(move |db| {
            let appointment = visit(db, &caller, &id, Action::ReadVisits, hub_in_step.door)?;
            note(db, &caller, AuditAction::Read, &appointment, now)?;
            if let Some(plan) = &hub_in_step.day {
                plan.go_on(db, now)?;
            }
            Ok(visits::day_of(db, &id)?.ok_or(Refused::NotCheckedIn)?)
        })
        .await?;
    Ok(Json(day))
}

/// Calls the next number of a department's queue. Answered with nothing where nobody waits any more.
#[utoipa::path(
    post, path = "/queues/{service}/next",
    params(("service" = String, Path, description = "The department's logical id")),
    request_body = NextRequest,
    security(("bearer" = [])),
    responses((status = 200, body = VisitDay), (status = 204), (status = 401), (status = 403), (status = 422))
)]
pub(super) async fn next(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(service): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    caller.may(Action::CallQueue, Whose::Nobody, hub.door)?;
    let request: NextRequest = json_body(&headers, &body)?;
    let steps = request.check().map_err(ApiError::filled_in_wrongly)?;
    let (now, door) = (hub.now(), hub.door);
    let called = hub
        .step(move |db| {
            let today = visits::today(now);
            let row = db.call_next(
                &service,
                today,
                request.outcome(),
                &steps,
                now,
                None,
                Some(request.command),
            )?;
            let Some(row) = row else { return Ok(None) };
            // A demonstration's made-up people have no appointment.
            if db.appointment(&row.appointment)?.is_some() {
                let appointment = visit(db, &caller, &row.appointment, Action::ReadVisits, door)?;
                note(db, &caller, AuditAction::Update, &appointment, now)?;
            }
            Ok(Some(visits::called(db, &row)?))
        })
        .await?;
    Ok(match called {
        Some(day) => Json(day).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Notes that something after the doctor is done.
#[utoipa::path(
    post, path = "/visits/{id}/steps/{kind}/done",
    params(("id" = String, Path, description = "The appointment's logical id"), ("kind" = DayStepKind, Path, description = "Which step")),
    security(("bearer" = [])),
    responses((status = 200, body = VisitDay), (status = 401), (status = 403), (status = 404))
)]
pub(super) async fn done(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Json<VisitDay>, ApiError> {
    caller.may(Action::CallQueue, Whose::Nobody, hub.door)?;
    let kind = DayStepKind::ALL.into_iter().find(|known| known.as_str() == kind);
    let kind = kind.ok_or(Refused::NotCheckedIn)?;
    let (now, door) = (hub.now(), hub.door);
    let day = hub
        .step(move |db| {
            db.step_done(&id, kind, now)?.ok_or(Refused::NotCheckedIn)?;
            let appointment = visit(db, &caller, &id, Action::ReadVisits, door)?;
            note(db, &caller, AuditAction::Update, &appointment, now)?;
            Ok(visits::day_of(db, &id)?.ok_or(Refused::NotCheckedIn)?)
        })
        .await?;
    Ok(Json(day))
}

/// Tells the patient of a visit something, such as that the doctor is away.
#[utoipa::path(
    post, path = "/visits/{id}/notices",
    params(("id" = String, Path, description = "The appointment's logical id")),
    request_body = NoticeRequest,
    security(("bearer" = [])),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 422))
)]
pub(super) async fn notice(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    caller.may(Action::Notify, Whose::Nobody, hub.door)?;
    let request: NoticeRequest = json_body(&headers, &body)?;
    request.check().map_err(ApiError::filled_in_wrongly)?;
    let now = hub.now();
    hub.step(move |db| {
        let appointment = visit(db, &caller, &id, Action::Notify, Door::SignIn)?;
        let patient = appointment.patient().and_then(|patient| patient.id_of("Patient"));
        let patient = patient.ok_or(Refused::NoFeed)?;
        let notice = PatientContent::Notice {
            id: request.command.to_string(),
            at: now,
            chinese: request.chinese,
            english: request.english,
            appointment: Some(id),
        };
        let body = serde_json::to_string(&notice).map_err(|_| DbError::Damaged("notice"))?;
        db.notify(patient, &request.command.to_string(), &body)?;
        let resource = format!("Communication/{}", request.command);
        db.note_audit(&[caller.note(AuditAction::Create, resource, Some(patient), now)])?;
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
