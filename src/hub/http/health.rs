//! `GET /health`, `GET /ready` and, at an address of their own, `GET /metrics`: for whoever watches the hub.

use super::error::ApiError;
use crate::{metrics, state::State as Hub};
use anban_wire::fhir::IssueType;
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use utoipa::ToSchema;

/// How long a hub that is asked whether it is ready waits for its database.
const PATIENCE: Duration = Duration::from_secs(5);

/// The hub can serve.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Names the life of the database.
    epoch: String,
    /// Of the program.
    version: &'static str,
}

/// Whether the hub can serve, which means: whether it can write.
#[utoipa::path(
    get, path = "/health",
    responses((status = 200, body = Health))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>) -> Result<impl IntoResponse, ApiError> {
    let now = hub.now();
    hub.step(move |db| Ok(db.check_writable(now)?)).await.map_err(|_| {
        let text = "the database can't be written: look at the hub's log and at the free space on its disk";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, IssueType::Transient, text)
    })?;
    Ok(Json(ok(&hub)))
}

/// Whether a gateway should send requests here: not while the hub is stopping, nor where its database isn't there.
#[utoipa::path(
    get, path = "/ready",
    responses((status = 200, body = Health))
)]
pub(super) async fn ready(State(hub): State<Arc<Hub>>) -> Result<impl IntoResponse, ApiError> {
    let not_ready = |text| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, IssueType::Transient, text);
    if hub.stopping.load(Ordering::Relaxed) {
        return Err(not_ready("the hub is stopping: ask another"));
    }
    let asked = hub.step(|db| Ok(db.trust_changes()?));
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => Ok(Json(ok(&hub))),
        Ok(Err(_)) | Err(_) => Err(not_ready("the database can't be reached: see that it runs")),
    }
}

fn ok(hub: &Hub) -> Health {
    Health {
        status: "ok",
        epoch: hub.epoch.seen().to_string(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// The metrics, at their own address.
pub(super) async fn exposition(State(hub): State<Arc<Hub>>) -> Result<Response, ApiError> {
    let age = hub.trust_list_age();
    let text = hub.metrics.text(age).map_err(|error| ApiError::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, metrics::MEDIA_TYPE)], text).into_response())
}
