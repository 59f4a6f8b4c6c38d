//! Under which conditions something is made or changed (`If-None-Exist`, `If-Match`), and the version in the answer.

use super::{
    bundle::fhir_response,
    error::ApiError,
    prefer::{Prefer, Wanted},
    search::malformed,
};
use crate::state::State;
use anban_wire::{
    fhir::{Appointment, Issue, IssueSeverity, IssueType, OperationOutcome, Resource},
    scheduling::Token,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// The identifier in `If-None-Exist: identifier=system|value`, the one condition that anything is made
/// under.
pub(super) fn identifier_of(criteria: &str) -> Result<Token, ApiError> {
    let query = criteria.split_once('?').map_or(criteria, |(_, query)| query);
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let form = "identifier=system|value, and nothing else";
    match (parameters.next(), parameters.next()) {
        (Some((name, value)), None) if name == "identifier" => {
            Token::parse(&value).ok_or_else(|| malformed("If-None-Exist", form))
        }
        _ => Err(malformed("If-None-Exist", form)),
    }
}

/// The answer to a change, as much of it as is wanted.
pub(super) fn answered(status: StatusCode, appointment: Appointment, prefer: Prefer) -> Response {
    let whole = with_version(status, appointment);
    match prefer.answer {
        Wanted::Representation => whole,
        Wanted::Minimal => {
            let (mut parts, _) = whole.into_parts();
            parts.headers.remove(header::CONTENT_TYPE);
            (parts, ()).into_response()
        }
        Wanted::Outcome => {
            let (parts, _) = whole.into_parts();
            let outcome = OperationOutcome {
                issue: vec![Issue {
                    severity: IssueSeverity::Information,
                    code: IssueType::Informational,
                    ..Issue::default()
                }],
                ..OperationOutcome::default()
            };
            let (_, body) = fhir_response(status, outcome).into_parts();
            let mut response = Response::from_parts(parts, body);
            response.headers_mut().remove(header::CONTENT_LENGTH);
            response
        }
    }
}

/// What has versions with its own in the head.
pub(super) fn with_version(status: StatusCode, resource: impl Into<Resource>) -> Response {
    let resource = resource.into();
    let version = resource.meta().and_then(|meta| meta.version_id.as_deref());
    let tag = version.and_then(|version| HeaderValue::from_str(&format!("W/\"{version}\"")).ok());
    let mut response = fhir_response(status, resource);
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The answer with where that is what it tells of; `path` is below the FHIR base.
pub(super) fn made_at(mut response: Response, hub: &State, path: &str) -> Response {
    if let Ok(location) = HeaderValue::from_str(&format!("{}/fhir/{path}", hub.base)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// The version in `W/"3"`, as a header or an entry of a bundle has it.
pub(super) fn read_if_match(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let version = version.map(str::to_owned);
    version.ok_or_else(|| malformed("If-Match", "a version written W/\"1\""))
}
