//! Appointments: `$book`, reading, searching, and cancelling.
//!
//! `$book` answers as ITI-117 says: a bundle with the appointment, or one with only an outcome, which for a
//! slot that was just taken names the nearest free ones.

use super::{
    budget::Asker,
    bundle::{fhir_body, fhir_response, media_type, query, searchset},
    described::{AppointmentParams, Paging, Refusal},
    error::ApiError,
    id::Id,
    search::{Search, malformed},
};
use crate::{
    accounts::{Action, Behalf, Caller, Door, Who, Whose},
    booking::{self, Refused},
    db::{AppointmentQuery, Database, DbError},
    state::{State as Hub, StepError},
};
use anban_wire::{
    fhir::{Appointment, AppointmentStatus, Bundle, IssueType, Parameters, Resource},
    scheduling::{BookOperation, CancelRequest, Token, refusal},
    systems,
};
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

/// Books or cancels a visit (ITI-117).
#[utoipa::path(
    post, path = "/Appointment/$book",
    request_body = Parameters,
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 403), (status = 404, body = Refusal), (status = 409, body = Refusal), (status = 410, body = Refusal), (status = 412, body = Refusal), (status = 422, body = Refusal))
)]
pub(super) async fn book(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let parameters: Parameters = fhir_body(&headers, &body)?;
    let operation = BookOperation::from_parameters(&parameters)?;
    let (now, door) = (hub.now(), hub.door);
    let done = hub
        .step(move |db| {
            Ok(match &operation {
                BookOperation::Book(request) => {
                    let behalf = Behalf::of(db, &caller, &request.patient, door)?;
                    booking::book(db, request, &behalf, &Uuid::new_v4().to_string(), now)
                }
                // Until the next step: moving.
                BookOperation::Change(_) => Err(Refused::NoSuchAppointment),
                BookOperation::Cancel(request) => {
                    may_cancel(db, &caller, &request.appointment, door)?;
                    booking::cancel(db, request, None, now)
                }
            })
        })
        .await?;
    match done {
        Ok(appointment) => {
            if appointment.status == AppointmentStatus::Booked {
                hub.metrics.booked();
            }
            let bundle = searchset(&hub, 1, vec![appointment.into()], vec![]);
            Ok(fhir_response(StatusCode::OK, bundle))
        }
        Err(Refused::Db(error)) => Err(error.into()),
        Err(refused) => {
            let (status, code) = refused.kind();
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
            Ok(fhir_response(
                status,
                refusal(code, &refused.to_string(), refused.proposals()),
            ))
        }
    }
}

/// A visit.
#[utoipa::path(
    get, path = "/Appointment/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment, headers(("ETag" = String, description = "Its version"))), (status = 403), (status = 404))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>, caller: Caller, Id(id): Id) -> Result<Response, ApiError> {
    let found = hub.step(move |db| Ok(db.appointment(&id)?)).await?;
    let (_, body) = found.ok_or(Refused::NoSuchAppointment)?;
    let appointment = booking::from_text(&body)?;
    caller.may(Action::ReadVisits, Whose::of(&appointment), hub.door)?;
    Ok(with_version(appointment))
}

/// Whether the caller may cancel that appointment. One that is not there, the rules of booking refuse.
fn may_cancel(db: &dyn Database, caller: &Caller, id: &str, door: Door) -> Result<(), StepError> {
    if let Some((_, body)) = db.appointment(id)? {
        let appointment = booking::from_text(&body)?;
        caller.may(Action::Cancel, Whose::of(&appointment), door)?;
    }
    Ok(())
}

/// The one change that is offered: `status` to `cancelled`. Other fields of the body are not looked at.
#[utoipa::path(
    put, path = "/Appointment/{id}",
    params(("id" = String, Path, description = "Logical id"), ("If-Match" = Option<String>, Header, description = "Only if it is still this version")),
    request_body = Appointment,
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment, headers(("ETag" = String, description = "Its version"))), (status = 403), (status = 404), (status = 409), (status = 410), (status = 412), (status = 422))
)]
pub(super) async fn update(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let appointment: Appointment = fhir_body(&headers, &body)?;
    if appointment.id.as_deref() != Some(&id) {
        return Err(ApiError::bad_request(
            "预约编号不一致。 The id in the body must be the one in the address.",
        ));
    }
    if appointment.status != AppointmentStatus::Cancelled {
        let text = "只能取消预约。 An appointment can only be cancelled: to change it, cancel it and book anew.";
        return Err(ApiError::unprocessable(IssueType::NotSupported, text));
    }
    let expected = headers.get(header::IF_MATCH).map(version_of).transpose()?;
    let (now, door) = (hub.now(), hub.door);
    let request = CancelRequest {
        appointment: id,
        reason: appointment.cancelation_reason,
    };
    let done = hub
        .step(move |db| {
            may_cancel(db, &caller, &request.appointment, door)?;
            Ok(booking::cancel(db, &request, expected.as_deref(), now))
        })
        .await??;
    Ok(with_version(done))
}

/// Visits.
#[utoipa::path(
    get, path = "/Appointment",
    params(Paging, AppointmentParams),
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 400), (status = 403))
)]
pub(super) async fn search(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    uri: Uri,
) -> Result<Response, ApiError> {
    answer(hub, caller, asker, query(&uri)).await
}

/// The same search with its parameters in the body, where no log sees the identity number.
#[utoipa::path(
    post, path = "/Appointment/_search",
    request_body(content = AppointmentParams, content_type = "application/x-www-form-urlencoded"),
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 403))
)]
pub(super) async fn search_form(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    media_type(&headers, &["application/x-www-form-urlencoded"])?;
    answer(hub, caller, asker, form_urlencoded::parse(&body).into_owned().collect()).await
}

async fn answer(
    hub: Arc<Hub>,
    caller: Caller,
    asker: Asker,
    parameters: Vec<(String, String)>,
) -> Result<Response, ApiError> {
    // A search by patient answers to whoever knows the identity number, so nobody may try one after the other.
    if parameters.iter().any(|(name, _)| name.starts_with("patient")) {
        hub.budgets.request(asker, hub.now())?;
    }
    let known = [
        "patient.identifier",
        "patient:identifier",
        "identifier",
        "_id",
        "date",
        "status",
        "_include",
    ];
    if caller.who == Who::Anonymous {
        caller.may(Action::ReadVisits, Whose::Brought, hub.door)?;
    }
    let search = Search::new(parameters, &known)?;
    let patient = search.one("patient.identifier").or(search.one("patient:identifier"));
    let token = |text: &str, name| Token::parse(text).ok_or_else(|| malformed(name, "system|value"));
    let patient = patient.map(|text| token(text, "patient.identifier")).transpose()?;
    let identifier = search
        .one("identifier")
        .map(|text| token(text, "identifier"))
        .transpose()?;
    // Nobody can list everyone's appointments.
    let id = search.one("_id").map(str::to_owned);
    if patient.is_none() && identifier.is_none() && id.is_none() {
        let text = "请说明是谁的预约。 Name the patient (patient.identifier=system|value), an identifier or an _id.";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, IssueType::Required, text));
    }
    let command = match identifier {
        None => None,
        // Only commands are identifiers here: with any other system nothing can be found.
        Some(token) if token.system.as_deref().is_some_and(|system| system != systems::COMMAND) => {
            return Ok(fhir_response(StatusCode::OK, searchset(&hub, 0, vec![], vec![])));
        }
        Some(token) => Some(
            token
                .code
                .parse()
                .map_err(|_| malformed("identifier", "the UUID of a command"))?,
        ),
    };
    let status = search
        .one("status")
        .map(|code| AppointmentStatus::from_code(code).ok_or_else(|| malformed("status", "an appointment's status")))
        .transpose()?;
    let (from, before) = search.span("date")?;
    let kinds = included_kinds(&search)?;
    let query = AppointmentQuery {
        id,
        patient: patient.map(|token| (token.system, token.code)),
        command,
        status,
        from,
        before,
        limit: search.count()?,
    };
    let door = hub.door;
    let (total, found, included) = hub
        .step(move |db| {
            let (total, bodies) = db.appointments(&query)?;
            let mut found: Vec<Appointment> = bodies
                .iter()
                .map(|body| booking::from_text(body))
                .collect::<Result<_, _>>()?;
            // What the caller may not see is not there for them.
            found.retain(|appointment| caller.may(Action::ReadVisits, Whose::of(appointment), door).is_ok());
            let hidden = u32::try_from(bodies.len() - found.len()).unwrap_or(u32::MAX);
            let total = total.saturating_sub(hidden);
            let included = participants(db, &found, &kinds)?;
            Ok((total, found, included))
        })
        .await?;
    let found = found.into_iter().map(Resource::from).collect();
    Ok(fhir_response(StatusCode::OK, searchset(&hub, total, found, included)))
}

/// The types of participants that `_include` asks for.
fn included_kinds(search: &Search) -> Result<Vec<&'static str>, ApiError> {
    let mut kinds = vec![];
    for include in search.all("_include") {
        match include {
            "Appointment:actor" => kinds.extend(["Practitioner", "HealthcareService", "Location"]),
            "Appointment:practitioner" => kinds.push("Practitioner"),
            "Appointment:location" => kinds.push("Location"),
            _ => return Err(malformed("_include", "Appointment:actor, :practitioner or :location")),
        }
    }
    Ok(kinds)
}

/// Those who take part in the appointments, each once.
fn participants(
    db: &dyn Database,
    appointments: &[Appointment],
    kinds: &[&'static str],
) -> Result<Vec<Resource>, DbError> {
    let actors = appointments
        .iter()
        .flat_map(|appointment| &appointment.participant)
        .filter_map(|participant| participant.actor.as_ref());
    let wanted: BTreeSet<(&str, &str)> = actors
        .flat_map(|actor| kinds.iter().filter_map(|kind| Some((*kind, actor.id_of(kind)?))))
        .collect();
    let mut found = vec![];
    for (kind, id) in wanted {
        found.extend(db.directory_entry(kind, id)?);
    }
    Ok(found)
}

fn with_version(appointment: Appointment) -> Response {
    let version = appointment
        .meta
        .as_ref()
        .and_then(|meta| meta.version_id.clone())
        .unwrap_or_default();
    let mut response = fhir_response(StatusCode::OK, appointment);
    if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.into_response()
}

/// The version in `W/"3"`.
fn version_of(value: &HeaderValue) -> Result<String, ApiError> {
    let text = value.to_str().unwrap_or_default().trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    version
        .map(str::to_owned)
        .ok_or_else(|| malformed("If-Match", "a version written W/\"1\""))
}
