//! Answers: FHIR JSON, and search results as bundles.

use super::error::ApiError;
use crate::state::State;
use anban_wire::fhir::{Bundle, BundleEntry, BundleType, MEDIA_TYPE, Resource, SearchMode, to_json};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A resource as an answer.
pub(super) fn fhir_response(status: StatusCode, resource: impl Into<Resource>) -> Response {
    let body = match to_json(&resource.into()) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let headers: [(HeaderName, HeaderValue); 2] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/fhir+json; charset=utf-8"),
        ),
        // Answers can name a person and change with every booking.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body).into_response()
}

/// Checks that a body is said to be what it must be. Parameters such as the character set are passed over.
pub(super) fn media_type(headers: &HeaderMap, expected: &[&'static str]) -> Result<(), ApiError> {
    let found = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let found = found.split(';').next().unwrap_or_default().trim();
    if expected.iter().any(|expected| found.eq_ignore_ascii_case(expected)) {
        Ok(())
    } else {
        Err(ApiError::wrong_media_type(
            expected.first().copied().unwrap_or(MEDIA_TYPE),
        ))
    }
}

/// A search's answer: what was found, then what was taken along.
pub(super) fn searchset(state: &State, total: u32, found: Vec<Resource>, included: Vec<Resource>) -> Bundle {
    let entry = |resource: Resource, mode| {
        let url = resource
            .id()
            .map(|id| format!("{}/fhir/{}/{id}", state.base, resource.type_name()));
        BundleEntry::found(url, resource, mode)
    };
    let mut entries: Vec<BundleEntry> = found
        .into_iter()
        .map(|resource| entry(resource, SearchMode::Match))
        .collect();
    entries.extend(
        included
            .into_iter()
            .map(|resource| entry(resource, SearchMode::Include)),
    );
    Bundle {
        kind: BundleType::Searchset,
        total: Some(total),
        entry: entries,
        ..Bundle::default()
    }
}
