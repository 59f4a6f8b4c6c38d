//! `POST /documents`: a signed document about a person's state of health.

use super::{bundle::media_type, error::ApiError};
use crate::{booking::fingerprint, db::Answer, state::State as Hub};
use anban_wire::{
    documents::{DocumentAnswer, DocumentKind, DocumentRequest},
    fhir::IssueType,
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(super) async fn issue(State(hub): State<Arc<Hub>>, headers: HeaderMap, body: Bytes) -> Result<Response, ApiError> {
    media_type(&headers, &["application/json"])?;
    let request: DocumentRequest = serde_json::from_slice(&body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = format!("请求读不懂。 The body is no request for a document: look at line {line}, column {column}.");
        ApiError::new(StatusCode::BAD_REQUEST, IssueType::Structure, text)
    })?;
    let number = request
        .check()
        .map_err(|error| ApiError::unprocessable(IssueType::Value, format!("填写的内容有误，请核对。 {error}")))?;
    if request.kind != DocumentKind::HealthStatus {
        let text = "这里还不能开具这种证明。 This hub issues no document of this kind yet.";
        return Err(ApiError::new(
            StatusCode::NOT_IMPLEMENTED,
            IssueType::NotSupported,
            text,
        ));
    }
    let Some(register) = hub.register.clone() else {
        let text = "这里不能开具健康证明。 This hub is connected to no health register, so it issues no such document.";
        return Err(ApiError::new(
            StatusCode::NOT_IMPLEMENTED,
            IssueType::NotSupported,
            text,
        ));
    };
    let now = hub.now();
    let hub_in_step = Arc::clone(&hub);
    let text = hub
        .step(move |db| {
            let asked = fingerprint(&[
                "health-status",
                request.name.trim(),
                number.as_str(),
                request.region.trim(),
            ]);
            let kept = match db.answer(request.command)? {
                Some(first) => first,
                None => {
                    let status = register.status_of(&number);
                    let text = hub_in_step.keys.issue_health_status(&request, &number, status, now)?;
                    let answer = Answer {
                        fingerprint: asked.clone(),
                        body: text,
                    };
                    db.keep_answer(request.command, &answer, now)?
                }
            };
            if kept.fingerprint == asked {
                Ok(kept.body)
            } else {
                Err(crate::booking::Refused::CommandReused.into())
            }
        })
        .await?;
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::CREATED, headers, Json(DocumentAnswer { text })).into_response())
}
