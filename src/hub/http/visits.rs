//! The day of a visit: checking in, how it goes, and what staff does for it.

use super::{
    asking::{Asking, Input},
    error::ApiError,
    id::Id,
};
use crate::{
    accounts::{Action, Whose},
    booking::{self, Refused},
    db::{AuditAction, Database, DbError},
    state::StepError,
    visits,
};
use anban_wire::{
    feed::PatientContent,
    fhir::{Appointment, is_id},
    visit_day::{CheckInRequest, DayStepKind, NextRequest, NoticeRequest, VisitDay},
};
use axum::{
    Json,
    extract::{FromRequestParts, Path},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};

/// An appointment that the caller may do that to.
fn visit(db: &dyn Database, asking: &Asking, id: &str, action: Action) -> Result<Appointment, StepError> {
    let (_, body) = db.appointment(id)?.ok_or(Refused::NoSuchAppointment)?;
    let appointment = booking::from_text(&body)?;
    asking.may(action, Whose::of(&appointment))?;
    Ok(appointment)
}

/// Somebody has come for their visit.
#[utoipa::path(
    post, path = "/visits/{id}/check-in",
    params(("id" = String, Path, description = "The appointment's logical id")),
    request_body = CheckInRequest,
    security((), ("bearer" = [])),
    responses((status = 201, body = VisitDay), (status = 403), (status = 404), (status = 410), (status = 422))
)]
pub(super) async fn check_in(asking: Asking, Id(id): Id, input: Input) -> Result<Response, ApiError> {
    // The command is there for whoever keeps one request like the other: coming twice is coming once.
    let _: CheckInRequest = input.json()?;
    let day = asking
        .step(move |db, asking| {
            let appointment = visit(db, asking, &id, Action::CheckIn)?;
            let (_, day) = visits::check_in(db, &appointment, asking.hub.day.as_ref(), asking.now)?;
            asking.note_visit(db, AuditAction::Update, &appointment)?;
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
pub(super) async fn day(asking: Asking, Id(id): Id) -> Result<Json<VisitDay>, ApiError> {
    let day = asking
        .step(move |db, asking| {
            let appointment = visit(db, asking, &id, Action::ReadVisits)?;
            asking.has_seen(db, &format!("Appointment/{id}"), &[appointment])?;
            if let Some(plan) = &asking.hub.day {
                plan.go_on(db, asking.now)?;
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
pub(super) async fn next(asking: Asking, Id(service): Id, input: Input) -> Result<Response, ApiError> {
    asking.may(Action::CallQueue, Whose::Nobody)?;
    let request: NextRequest = input.json()?;
    let steps = request.check().map_err(ApiError::filled_in_wrongly)?;
    let called = asking
        .step(move |db, asking| {
            let today = visits::today(asking.now);
            let row = db.call_next(
                &service,
                today,
                request.outcome(),
                &steps,
                asking.now,
                None,
                Some(request.command),
            )?;
            let Some(row) = row else { return Ok(None) };
            // A demonstration's made-up people have no appointment.
            if db.appointment(&row.appointment)?.is_some() {
                let appointment = visit(db, asking, &row.appointment, Action::ReadVisits)?;
                asking.note_visit(db, AuditAction::Update, &appointment)?;
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
pub(super) async fn done(asking: Asking, StepOf { id, kind }: StepOf) -> Result<Json<VisitDay>, ApiError> {
    asking.may(Action::CallQueue, Whose::Nobody)?;
    let day = asking
        .step(move |db, asking| {
            db.step_done(&id, kind, asking.now)?.ok_or(Refused::NotCheckedIn)?;
            let appointment = visit(db, asking, &id, Action::ReadVisits)?;
            asking.note_visit(db, AuditAction::Update, &appointment)?;
            Ok(visits::day_of(db, &id)?.ok_or(Refused::NotCheckedIn)?)
        })
        .await?;
    Ok(Json(day))
}

/// The visit and the step in a path. What can be neither names nothing.
pub(super) struct StepOf {
    id: String,
    kind: DayStepKind,
}

impl<S: Send + Sync> FromRequestParts<S> for StepOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = Path::<(String, String)>::from_request_parts(parts, state).await;
        let read = read.ok().and_then(|Path((id, kind))| {
            let kind = DayStepKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
            is_id(&id).then_some(Self { id, kind })
        });
        read.ok_or_else(|| Refused::NotCheckedIn.into())
    }
}

/// Tells the patient of a visit something, such as that the doctor is away.
#[utoipa::path(
    post, path = "/visits/{id}/notices",
    params(("id" = String, Path, description = "The appointment's logical id")),
    request_body = NoticeRequest,
    security(("bearer" = [])),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 422))
)]
pub(super) async fn notice(asking: Asking, Id(id): Id, input: Input) -> Result<StatusCode, ApiError> {
    asking.may(Action::Notify, Whose::Nobody)?;
    let request: NoticeRequest = input.json()?;
    request.check().map_err(ApiError::filled_in_wrongly)?;
    asking
        .step(move |db, asking| {
            let appointment = visit(db, asking, &id, Action::Notify)?;
            let patient = appointment.patient().and_then(|patient| patient.id_of("Patient"));
            let patient = patient.ok_or(Refused::NoFeed)?;
            let notice = PatientContent::Notice {
                id: request.command.to_string(),
                at: asking.now,
                chinese: request.chinese,
                english: request.english,
                appointment: Some(id),
            };
            let body = serde_json::to_string(&notice).map_err(|_| DbError::Damaged("notice"))?;
            db.notify(patient, &request.command.to_string(), &body)?;
            let resource = format!("Communication/{}", request.command);
            let note = asking
                .caller
                .note(AuditAction::Create, resource, Some(patient), asking.now);
            db.note_audit(&[note])?;
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
