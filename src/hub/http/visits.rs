//! The day of a visit: checking in, how it goes, and what staff does for it.

use super::{
    asking::{Asking, Input},
    error::ApiError,
    id::Id,
};
use crate::{
    accounts::{Action, Whose},
    booking::{self, Refused},
    db::{AuditAction, Call, Database, DbError},
    state::StepError,
    visits,
};
use anban_wire::{
    feed::PatientContent,
    fhir::{Appointment, is_id},
    visit_day::{CheckInRequest, DayStepKind, NextRequest, NoticeRequest, NumberRequest, OnSiteNumber, VisitDay},
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
            let note = asking.note_about(AuditAction::Update, &appointment);
            let plan = asking.hub.day.as_ref();
            Ok(visits::check_in(db, &appointment, plan, note.as_ref(), asking.now)?)
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
            // Which visits it concerns, the step finds out.
            let note = asking.caller.note(AuditAction::Update, "Appointment", None, asking.now);
            let call = Call {
                service: &service,
                day: visits::today(asking.now),
                outcome: request.outcome(),
                steps: &steps,
                since: None,
                command: Some(request.command),
                note: Some(&note),
            };
            let Some(row) = db.call_next(&call, asking.now)? else {
                return Ok(None);
            };
            Ok(Some(visits::called(db, &row)?))
        })
        .await?;
    Ok(match called {
        Some(day) => Json(day).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Gives somebody at the counter a number for today, who has not booked.
#[utoipa::path(
    post, path = "/queues/{service}/numbers",
    params(("service" = String, Path, description = "The department's logical id")),
    request_body = NumberRequest,
    security(("bearer" = [])),
    responses((status = 201, body = OnSiteNumber), (status = 401), (status = 403), (status = 409), (status = 422))
)]
pub(super) async fn give_number(asking: Asking, Id(service): Id, input: Input) -> Result<Response, ApiError> {
    asking.may(Action::GiveNumber, Whose::Nobody)?;
    let request: NumberRequest = input.json()?;
    let number = asking
        .step(move |db, asking| {
            let resource = format!("HealthcareService/{service}");
            let note = asking.caller.note(AuditAction::Create, resource, None, asking.now);
            Ok(visits::give_number(db, &service, request.command, &note, asking.now)?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(number)).into_response())
}

/// Takes a number back that was given out at the counter, unless it was called.
#[utoipa::path(
    delete, path = "/queues/{service}/numbers/{id}",
    params(("service" = String, Path, description = "The department's logical id"), ("id" = String, Path, description = "The number's id")),
    security(("bearer" = [])),
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 422))
)]
pub(super) async fn take_number_back(asking: Asking, number: NumberOf) -> Result<StatusCode, ApiError> {
    asking.may(Action::GiveNumber, Whose::Nobody)?;
    asking
        .step(move |db, asking| {
            let NumberOf { service, id } = number;
            let resource = format!("HealthcareService/{service}");
            let note = asking.caller.note(AuditAction::Delete, resource, None, asking.now);
            Ok(visits::take_number_back(db, &service, &id, &note)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
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
            let note = asking.caller.note(AuditAction::Update, "Appointment", None, asking.now);
            let row = db.step_done(&id, kind, Some(&note), asking.now)?;
            Ok(visits::called(db, &row.ok_or(Refused::NotCheckedIn)?)?)
        })
        .await?;
    Ok(Json(day))
}

/// The two words at the places of a path; what can't be ids names nothing.
async fn two<S: Send + Sync>(parts: &mut Parts, state: &S) -> Option<(String, String)> {
    let Path((one, other)) = Path::<(String, String)>::from_request_parts(parts, state).await.ok()?;
    (is_id(&one) && is_id(&other)).then_some((one, other))
}

/// The visit and the step in a path.
pub(super) struct StepOf {
    id: String,
    kind: DayStepKind,
}

impl<S: Send + Sync> FromRequestParts<S> for StepOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let (id, kind) = two(parts, state).await.ok_or(Refused::NotCheckedIn)?;
        let kind = DayStepKind::ALL.into_iter().find(|known| known.as_str() == kind);
        Ok(Self {
            id,
            kind: kind.ok_or(Refused::NotCheckedIn)?,
        })
    }
}

/// The queue and the number in a path.
pub(super) struct NumberOf {
    service: String,
    id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for NumberOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let (service, id) = two(parts, state).await.ok_or(Refused::NoSuchNumber)?;
        Ok(Self { service, id })
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
            let resource = format!("Communication/{}", request.command);
            let note = asking
                .caller
                .note(AuditAction::Create, resource, Some(patient), asking.now);
            db.notify(patient, &request.command.to_string(), &body, &note)?;
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
