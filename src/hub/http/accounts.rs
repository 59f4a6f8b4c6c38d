//! `/devices`, `/invitations`, `/grants`: who signs in, and whom they act for.

use super::{
    asking::{Asking, Input},
    error::ApiError,
    id::Id,
};
use crate::{
    accounts::{Action, Denied, Whose, rules},
    db::AccountKind,
};
use anban_wire::accounts::{
    DeviceAnswer, DeviceRequest, Grant, GrantRequest, GrantsAnswer, InvitationAnswer, InvitationRequest,
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};

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
pub(super) async fn register_device(asking: Asking, input: Input) -> Result<impl IntoResponse, ApiError> {
    asking.spend()?;
    let request: DeviceRequest = input.json()?;
    request.check().map_err(ApiError::filled_in_wrongly)?;
    let answer: DeviceAnswer = asking
        .step(move |db, asking| rules::register_device(db, &asking.caller, &request, asking.now))
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
pub(super) async fn revoke_device(asking: Asking, Id(id): Id) -> Result<StatusCode, ApiError> {
    asking
        .step(move |db, asking| {
            let patient = match db.account(&id)?.map(|account| account.kind) {
                Some(AccountKind::Device(patient)) => Some(patient),
                _ => None,
            };
            let whose = patient.as_deref().map_or(Whose::Nobody, Whose::Patient);
            asking.may(Action::RevokeDevice, whose)?;
            rules::revoke_device(db, &asking.caller, &id, asking.now)
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
pub(super) async fn invite(asking: Asking, input: Input) -> Result<impl IntoResponse, ApiError> {
    may_manage(&asking)?;
    let request: InvitationRequest = input.json()?;
    let answer: InvitationAnswer = asking
        .step(move |db, asking| rules::invite(db, &asking.caller, &request, asking.now))
        .await?;
    Ok((StatusCode::CREATED, NO_STORE, Json(answer)))
}

/// Makes the device that has the digits the patient's helper.
#[utoipa::path(
    post, path = "/grants",
    request_body = GrantRequest,
    security(("bearer" = [])),
    responses((status = 201, body = Grant), (status = 403), (status = 404), (status = 422))
)]
pub(super) async fn take_up(asking: Asking, input: Input) -> Result<impl IntoResponse, ApiError> {
    may_manage(&asking)?;
    asking.spend()?;
    let request: GrantRequest = input.json()?;
    let digits = request.digits().map_err(ApiError::filled_in_wrongly)?;
    let done = asking
        .step(move |db, asking| rules::take_up(db, &asking.caller, &digits, request.command, asking.now))
        .await;
    let grant: Grant = asking.counting_misses(done)?;
    Ok((StatusCode::CREATED, NO_STORE, Json(grant)))
}

/// Who may act for the patient of the device, and for whom it may act.
#[utoipa::path(
    get, path = "/grants",
    security(("bearer" = [])),
    responses((status = 200, body = GrantsAnswer), (status = 403))
)]
pub(super) async fn list(asking: Asking) -> Result<impl IntoResponse, ApiError> {
    may_manage(&asking)?;
    let answer: GrantsAnswer = asking.step(|db, asking| rules::grants(db, &asking.caller)).await?;
    Ok((NO_STORE, Json(answer)))
}

/// Ends a grant, from either side.
#[utoipa::path(
    delete, path = "/grants/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security(("bearer" = [])),
    responses((status = 204), (status = 403), (status = 404))
)]
pub(super) async fn end(asking: Asking, Id(id): Id) -> Result<StatusCode, ApiError> {
    may_manage(&asking)?;
    asking
        .step(move |db, asking| rules::end_grant(db, &asking.caller, &id, asking.now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A device manages the grants of its own patient and those that it holds.
fn may_manage(asking: &Asking) -> Result<(), Denied> {
    let device = asking.caller.device();
    let whose = device.map_or(Whose::Nobody, |device| Whose::Patient(&device.patient));
    asking.may(Action::ManageGrants, whose)
}
