//! `GET /health`, `GET /ready` and `GET /metrics`: for whoever watches the hub.

use super::{budget::Peer, error::ApiError};
use crate::{metrics, state::State as Hub};
use anban_wire::fhir::IssueType;
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How long a hub that is asked whether it is ready waits for its database.
const PATIENCE: Duration = Duration::from_secs(5);

/// The hub can serve.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Names the life of the database.
    epoch: String,
    /// Of the program.
    version: &'static str,
}

/// Whether the hub can serve, which means: whether it can write.
pub(super) async fn read(State(hub): State<Arc<Hub>>) -> Result<impl IntoResponse, ApiError> {
    let now = hub.now();
    hub.step(move |db| Ok(db.check_writable(now)?)).await.map_err(|_| {
        let text = "the database can't be written: look at the hub's log and at the free space on its disk";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, IssueType::Transient, text)
    })?;
    Ok(Json(ok(&hub)))
}

/// Whether a gateway should send requests here: not while the hub is stopping, nor where its database isn't there.
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
        epoch: hub.epoch.clone(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// The metrics, for the machine itself: not for whoever came through a gateway, and not where they have an address of
/// their own.
pub(super) async fn metrics(
    State(hub): State<Arc<Hub>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let is_the_machine = peer.is_some_and(|Extension(Peer(address))| address.to_canonical().is_loopback())
        && !headers.contains_key("x-forwarded-for")
        && !headers.contains_key("forwarded");
    if hub.metrics_apart || !is_the_machine {
        return Err(super::nothing_here());
    }
    exposition(State(hub)).await
}

/// The metrics, whoever asks.
pub(super) async fn exposition(State(hub): State<Arc<Hub>>) -> Result<Response, ApiError> {
    let age = hub.trust_list_age();
    let text = hub.metrics.text(age).map_err(|error| ApiError::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, metrics::MEDIA_TYPE)], text).into_response())
}
