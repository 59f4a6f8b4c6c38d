//! `GET /health`: whether the hub can serve, which means: whether it can write.

use super::error::ApiError;
use crate::state::State as Hub;
use anban_wire::fhir::IssueType;
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::json;
use std::sync::Arc;

pub(super) async fn read(State(hub): State<Arc<Hub>>) -> Result<impl IntoResponse, ApiError> {
    let now = hub.now();
    hub.step(move |db| Ok(db.check_writable(now)?)).await.map_err(|_| {
        let text = "the database can't be written: look at the hub's log and at the free space on its disk";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, IssueType::Transient, text)
    })?;
    Ok(Json(
        json!({ "status": "ok", "epoch": hub.epoch, "version": env!("CARGO_PKG_VERSION") }),
    ))
}
