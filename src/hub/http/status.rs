//! `GET /status` and `GET /documents/{id}`: what this hub issues, and the state of one document.
//!
//! For people with a browser and for programs: the same answer as a plain page, readable without scripts and in two
//! languages, or as JSON. Neither has anything about a person. Whoever checks a document does so with the trust list,
//! offline; these pages are for looking something up.

use super::{error::ApiError, page};
use crate::{
    db::{Database, Subject},
    keys::schedule_of,
    state::{State as Hub, StepError},
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// What the hub issues.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) issuer: String,
    pub(super) region: String,
    pub(super) version: &'static str,
    pub(super) since: Timestamp,
    pub(super) trust_list: List,
    pub(super) keys: Vec<Key>,
    pub(super) documents: Documents,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TrustListNote)]
pub(super) struct List {
    pub(super) sequence: i64,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KeyNote)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) state: KeyState,
    pub(super) signs_from: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KeyState {
    Signs,
    Waits,
    Retired,
    Revoked,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DocumentCounts)]
pub(super) struct Documents {
    pub(super) issued: BTreeMap<String, u32>,
    pub(super) current: u32,
    pub(super) revoked: u32,
}

/// The state of one document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DocumentNote)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) state: DocumentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) issued_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DocumentState {
    Valid,
    Expired,
    Revoked,
    Unknown,
}

/// What the hub issues.
#[utoipa::path(
    get, path = "/status",
    params(("Accept" = Option<String>, Header, description = "JSON where application/json is named before text/html")),
    responses((status = 200, content((Status = "application/json"), (String = "text/html; charset=utf-8"))))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let hub_in_step = Arc::clone(&hub);
    let status = hub.step(move |db| status(&hub_in_step, db)).await?;
    Ok(answer(&headers, StatusCode::OK, &status, |language| {
        page::status(&status, language)
    }))
}

/// The state of one document.
#[utoipa::path(
    get, path = "/documents/{id}",
    params(("id" = String, Path, description = "The document's cti: 32 hexadecimal digits")),
    responses((status = 200, content((Document = "application/json"), (String = "text/html; charset=utf-8"))), (status = 400), (status = 404, content((Document = "application/json"), (String = "text/html; charset=utf-8"))))
)]
pub(super) async fn document(
    State(hub): State<Arc<Hub>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = id.map_or_else(|_| String::new(), |Path(id)| id.to_ascii_lowercase());
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let text = "编号不对。 A document's id has 32 hexadecimal digits.";
        return Err(ApiError::bad_request(text));
    }
    let now = hub.now();
    let document = hub.step(move |db| state_of(db, id, now)).await?;
    let status = match document.state {
        DocumentState::Unknown => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    Ok(answer(&headers, status, &document, |language| {
        page::document(&document, language)
    }))
}

fn status(hub: &Hub, db: &dyn Database) -> Result<Status, StepError> {
    let now = hub.now();
    let list = hub.trust_list()?;
    let schedule = schedule_of(db)?;
    let signing = schedule.signing(now).map(|key| key.key_id.clone());
    let state = |key: &crate::db::KeyRow| {
        if schedule.revoked.contains(&key.key_id) {
            KeyState::Revoked
        } else if signing.as_ref() == Some(&key.key_id) {
            KeyState::Signs
        } else if key.signs_from > now {
            KeyState::Waits
        } else {
            KeyState::Retired
        }
    };
    let keys = schedule.keys.iter().map(|key| Key {
        id: key.key_id.clone(),
        state: state(key),
        signs_from: key.signs_from,
    });
    let counts = db.counts(now)?;
    Ok(Status {
        issuer: hub.keys.issuer_name.clone(),
        region: hub.keys.region.clone(),
        version: env!("CARGO_PKG_VERSION"),
        since: hub.started,
        trust_list: List {
            sequence: list.sequence,
            issued_at: list.issued_at,
            expires_at: list.expires_at,
        },
        keys: keys.collect(),
        documents: Documents {
            issued: counts.issued.into_iter().collect(),
            current: counts.current,
            revoked: counts.revoked,
        },
    })
}

fn state_of(db: &dyn Database, id: String, now: Timestamp) -> Result<Document, StepError> {
    let row = db.document(&id)?;
    let key_is_revoked = match &row {
        Some(row) => db.is_revoked(Subject::Key, &row.key_id)?,
        None => false,
    };
    let state = if key_is_revoked || db.is_revoked(Subject::Document, &id)? {
        DocumentState::Revoked
    } else {
        match &row {
            Some(row) if now <= row.expires_at => DocumentState::Valid,
            Some(_) => DocumentState::Expired,
            None => DocumentState::Unknown,
        }
    };
    Ok(Document {
        id,
        state,
        kind: row.as_ref().map(|row| row.kind.clone()),
        issued_at: row.as_ref().map(|row| row.issued_at),
        expires_at: row.as_ref().map(|row| row.expires_at),
    })
}

/// The same answer as JSON for programs, and as a page for everyone else.
fn answer<T: Serialize>(
    headers: &HeaderMap,
    status: StatusCode,
    content: &T,
    page: impl FnOnce(page::Language) -> String,
) -> Response {
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let vary = (header::VARY, HeaderValue::from_static("accept, accept-language"));
    if wants_json(headers) {
        return (status, [no_store, vary], Json(content)).into_response();
    }
    let language = page::Language::wanted(headers);
    let headers = [
        no_store,
        vary,
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
        // The page has its own style and nothing else: no script, no picture, nothing from elsewhere.
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (status, headers, page(language)).into_response()
}

/// Whether JSON is named before any page.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let mut types = accept
        .unwrap_or_default()
        .split(',')
        .map(|part| part.split(';').next().unwrap_or_default().trim());
    types.find(|kind| ["application/json", "text/html"].contains(kind)) == Some("application/json")
}
