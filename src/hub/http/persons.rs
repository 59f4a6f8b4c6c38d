//! `POST /persons`: registering a person.

use super::{
    asking::{Asking, Input},
    error::ApiError,
};
use crate::{db::AuditAction, persons};
use anban_wire::persons::{PersonAnswer, PersonRequest};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Registers a person.
#[utoipa::path(
    post, path = "/persons",
    request_body = PersonRequest,
    security((), ("bearer" = [])),
    responses((status = 201, body = PersonAnswer), (status = 404), (status = 422), (status = 429))
)]
pub(super) async fn register(asking: Asking, input: Input) -> Result<Response, ApiError> {
    asking.spend()?;
    let request: PersonRequest = input.json()?;
    let number = request.check().map_err(ApiError::filled_in_wrongly)?;
    let done = asking
        .step(move |db, asking| {
            let answer = persons::register(db, &request, &number, asking.now)?;
            // Who it is, the trail does not say: it knows patients by their ids alone.
            let note = asking.caller.note(AuditAction::Create, "Person", None, asking.now);
            db.note_audit(&[note])?;
            Ok(answer)
        })
        .await;
    let answer = asking.counting_misses(done)?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}
