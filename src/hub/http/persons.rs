//! `POST /persons`: registering a person.

use super::{
    budget::Asker,
    documents::{counting_misses, json_body},
    error::ApiError,
};
use crate::{accounts::Caller, db::AuditAction, persons, state::State as Hub};
use anban_wire::persons::{PersonAnswer, PersonRequest};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Registers a person.
#[utoipa::path(
    post, path = "/persons",
    request_body = PersonRequest,
    security((), ("bearer" = [])),
    responses((status = 201, body = PersonAnswer), (status = 404), (status = 422), (status = 429))
)]
pub(super) async fn register(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let now = hub.now();
    hub.budgets.request(asker, now)?;
    let request: PersonRequest = json_body(&headers, &body)?;
    let number = request.check().map_err(ApiError::filled_in_wrongly)?;
    let done = hub
        .step(move |db| {
            let answer = persons::register(db, &request, &number, now)?;
            // Who it is, the trail does not say: it knows patients by their ids alone.
            db.note_audit(&[caller.note(AuditAction::Create, "Person", None, now)])?;
            Ok(answer)
        })
        .await;
    let answer = counting_misses(&hub, asker, now, done)?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}
