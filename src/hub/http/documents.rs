//! `POST /documents`: a signed document about a person.

use super::{
    asking::{Asking, Input},
    error::ApiError,
};
use crate::{db::AuditAction, documents::Issuing};
use anban_wire::documents::{DocumentAnswer, DocumentRequest};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Issues a signed document about a person.
#[utoipa::path(
    post, path = "/documents",
    request_body = DocumentRequest,
    security((), ("bearer" = [])),
    responses((status = 201, body = DocumentAnswer), (status = 403), (status = 404), (status = 410), (status = 422), (status = 429), (status = 501))
)]
pub(super) async fn issue(asking: Asking, input: Input) -> Result<Response, ApiError> {
    asking.spend()?;
    let request: DocumentRequest = input.json()?;
    let number = request.check().map_err(ApiError::filled_in_wrongly)?;
    let done = asking
        .step(move |db, asking| {
            let issuing = Issuing {
                db,
                keys: &asking.hub.keys,
                health: asking.hub.register.as_deref(),
                caller: &asking.caller,
                door: asking.hub.door,
                now: asking.now,
            };
            let text = issuing.issue(&request, &number)?;
            // Whom it is about, the trail does not say: it knows patients by their ids alone.
            let note = asking
                .caller
                .note(AuditAction::Create, "DocumentReference", None, asking.now);
            db.note_audit(&[note])?;
            Ok(text)
        })
        .await;
    let text = asking.counting_misses(done)?;
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::CREATED, headers, Json(DocumentAnswer { text })).into_response())
}
