//! `GET /trust-list`: who may sign here and what was taken back, signed by the region's root.

use super::error::ApiError;
use crate::state::State as Hub;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use std::sync::Arc;

/// The region's signed trust list.
#[utoipa::path(
    get, path = "/trust-list",
    responses((status = 200, body = [u8], content_type = "application/cose"))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>) -> Result<impl IntoResponse, ApiError> {
    let hub_in_step = Arc::clone(&hub);
    let list = hub.step(move |_| hub_in_step.trust_list()).await?;
    // It is signed and public: anyone may keep and pass on a copy, but not for long, since it says what was taken back.
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/cose; cose-type=\"cose-sign1\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
    ];
    Ok((headers, list.body.clone()))
}
