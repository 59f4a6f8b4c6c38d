//! `GET /trust-list`: who may sign here, signed by the region's root.

use crate::state::State as Hub;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use std::sync::Arc;

pub(super) async fn read(State(hub): State<Arc<Hub>>) -> impl IntoResponse {
    // It is signed and public: anyone may keep and pass on a copy, for an hour as fresh.
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/cose; cose-type=\"cose-sign1\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, hub.trust_list())
}
