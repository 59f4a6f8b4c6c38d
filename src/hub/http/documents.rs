//! `POST /documents`: a signed document about a person.

use super::{budget::Asker, bundle::media_type, error::ApiError};
use crate::{
    accounts::Caller,
    db::AuditAction,
    documents::Issuing,
    state::{State as Hub, StepError},
};
use anban_wire::{
    documents::{DocumentAnswer, DocumentRequest},
    fhir::IssueType,
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Issues a signed document about a person.
#[utoipa::path(
    post, path = "/documents",
    request_body = DocumentRequest,
    security((), ("bearer" = [])),
    responses((status = 201, body = DocumentAnswer), (status = 403), (status = 404), (status = 410), (status = 422), (status = 429), (status = 501))
)]
pub(super) async fn issue(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let now = hub.now();
    hub.budgets.request(asker, now)?;
    let request: DocumentRequest = json_body(&headers, &body)?;
    let number = request.check().map_err(ApiError::filled_in_wrongly)?;
    let hub_in_step = Arc::clone(&hub);
    let done = hub
        .step(move |db| {
            let issuing = Issuing {
                db,
                keys: &hub_in_step.keys,
                health: hub_in_step.register.as_deref(),
                caller: &caller,
                door: hub_in_step.door,
                now,
            };
            let text = issuing.issue(&request, &number)?;
            // Whom it is about, the trail does not say: it knows patients by their ids alone.
            db.note_audit(&[caller.note(AuditAction::Create, "DocumentReference", None, now)])?;
            Ok(text)
        })
        .await;
    let text = counting_misses(&hub, asker, now, done)?;
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::CREATED, headers, Json(DocumentAnswer { text })).into_response())
}

/// Reads a body of our own JSON. What is wrong with it is told by its place alone.
pub(super) fn json_body<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, ApiError> {
    media_type(headers, &["application/json"])?;
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = format!("请求读不懂。 The body is no such request: look at line {line}, column {column}.");
        ApiError::new(StatusCode::BAD_REQUEST, IssueType::Structure, text)
    })
}

/// Counts an answer that tells a guess from a hit.
pub(super) fn counting_misses<T>(
    hub: &Hub,
    asker: Asker,
    now: Timestamp,
    done: Result<T, StepError>,
) -> Result<T, ApiError> {
    if let Err(StepError::Declined(declined)) = &done
        && declined.is_a_miss()
    {
        hub.budgets.miss(asker, now);
    }
    Ok(done?)
}
