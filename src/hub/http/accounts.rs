//! `/devices`, `/invitations`, `/grants`: who signs in, and whom they act for.

use super::{
    budget::Asker,
    documents::{counting_misses, json_body},
    error::ApiError,
    id::Id,
};
use crate::{
    accounts::{Action, Caller, Denied, Whose, rules},
    db::AccountKind,
    state::State as Hub,
};
use anban_wire::accounts::{
    DeviceAnswer, DeviceRequest, Grant, GrantRequest, GrantsAnswer, InvitationAnswer, InvitationRequest,
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use std::sync::Arc;

/// Answers that name a person or give a right are for the asker alone.
const NO_STORE: [(header::HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// Registers a device, and with it the patient who uses it.
#[utoipa::path(
    post, path = "/devices",
    request_body = DeviceRequest,
    security((), ("bearer" = [])),
    responses((status = 201, body = DeviceAnswer), (status = 422))
)]
pub(super) async fn register_device(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, ApiError> {
    let now = hub.now();
    hub.budgets.request(asker, now)?;
    let request: DeviceRequest = json_body(&headers, &body)?;
    request.check().map_err(ApiError::filled_in_wrongly)?;
    let answer: DeviceAnswer = hub
        .step(move |db| rules::register_device(db, &caller, &request, now))
        .await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(answer)))
}

/// Takes a device back: by an administrator, or by itself.
#[utoipa::path(
    delete, path = "/devices/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security(("bearer" = [])),
    responses((status = 204), (status = 403), (status = 404))
)]
pub(super) async fn revoke_device(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let (now, door) = (hub.now(), hub.door);
    hub.step(move |db| {
        let patient = match db.account(&id)?.map(|account| account.kind) {
            Some(AccountKind::Device(patient)) => Some(patient),
            _ => None,
        };
        let whose = patient.as_deref().map_or(Whose::Nobody, Whose::Patient);
        caller.may(Action::RevokeDevice, whose, door)?;
        rules::revoke_device(db, &caller, &id, now)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Digits that somebody can become the patient's helper with.
#[utoipa::path(
    post, path = "/invitations",
    request_body = InvitationRequest,
    security(("bearer" = [])),
    responses((status = 201, body = InvitationAnswer), (status = 403), (status = 422))
)]
pub(super) async fn invite(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, ApiError> {
    may_manage(&hub, &caller)?;
    let request: InvitationRequest = json_body(&headers, &body)?;
    let now = hub.now();
    let answer: InvitationAnswer = hub.step(move |db| rules::invite(db, &caller, &request, now)).await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(answer)))
}

/// Makes the device that has the digits the patient's helper.
#[utoipa::path(
    post, path = "/grants",
    request_body = GrantRequest,
    security(("bearer" = [])),
    responses((status = 201, body = Grant), (status = 403), (status = 404), (status = 422))
)]
pub(super) async fn take_up(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<impl IntoResponse, ApiError> {
    may_manage(&hub, &caller)?;
    let now = hub.now();
    hub.budgets.request(asker, now)?;
    let request: GrantRequest = json_body(&headers, &body)?;
    let digits = request.digits().map_err(ApiError::filled_in_wrongly)?;
    let done = hub
        .step(move |db| rules::take_up(db, &caller, &digits, request.command, now))
        .await;
    let grant: Grant = counting_misses(&hub, asker, now, done)?;
    Ok((StatusCode::CREATED, NO_STORE, Json(grant)))
}

/// Who may act for the patient of the device, and for whom it may act.
#[utoipa::path(
    get, path = "/grants",
    security(("bearer" = [])),
    responses((status = 200, body = GrantsAnswer), (status = 403))
)]
pub(super) async fn list(State(hub): State<Arc<Hub>>, caller: Caller) -> Result<impl IntoResponse, ApiError> {
    may_manage(&hub, &caller)?;
    let answer: GrantsAnswer = hub.step(move |db| rules::grants(db, &caller)).await?;
    Ok((NO_STORE, Json(answer)))
}

/// Ends a grant, from either side.
#[utoipa::path(
    delete, path = "/grants/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security(("bearer" = [])),
    responses((status = 204), (status = 403), (status = 404))
)]
pub(super) async fn end(State(hub): State<Arc<Hub>>, caller: Caller, Id(id): Id) -> Result<StatusCode, ApiError> {
    may_manage(&hub, &caller)?;
    let now = hub.now();
    hub.step(move |db| rules::end_grant(db, &caller, &id, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A device manages the grants of its own patient and those that it holds.
fn may_manage(hub: &Hub, caller: &Caller) -> Result<(), Denied> {
    let whose = caller
        .device()
        .map_or(Whose::Nobody, |device| Whose::Patient(&device.patient));
    caller.may(Action::ManageGrants, whose, hub.door)
}
