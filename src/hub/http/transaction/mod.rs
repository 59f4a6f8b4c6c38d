//! Several requests in one: `POST /fhir` with a bundle.
//!
//! Of a **batch**, each entry is answered as if it had come alone. A **transaction** is done whole or not at all: it may
//! make and change appointments and patients, and whatever schedulers keep, and read anything afterwards; entries refer to
//! what others make by the `urn:uuid` of their `fullUrl`.

mod whole;

use super::{
    asking::{Asking, Input},
    bundle::fhir_response,
    error::ApiError,
};
use crate::{
    accounts::{Action, Whose},
    state::State as Hub,
};
use anban_wire::fhir::{Bundle, BundleEntry, BundleRequest, BundleResponse, BundleType, IssueType, Resource, to_json};
use axum::{
    body::{Body, to_bytes},
    http::{Extensions, HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;

/// More entries no bundle may have.
const MAX_ENTRIES: usize = 50;
/// As many may a scheduler write at once: a hospital with its doctors, calendars and a week of times.
const MAX_WRITTEN: usize = 4000;
/// The longest answer to one entry.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Carries out a batch or transaction.
#[utoipa::path(
    post, path = "/",
    request_body = Bundle,
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 403), (status = 404), (status = 409), (status = 410), (status = 412), (status = 422))
)]
pub(super) async fn carry_out(
    asking: Asking,
    extensions: Extensions,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let bundle: Bundle = input.fhir()?;
    // What is written to the directory counts apart, where it may be.
    let keeps = bundle.kind == BundleType::Transaction && asking.may(Action::KeepDirectory, Whose::Nobody).is_ok();
    let (written, others): (Vec<_>, Vec<_>) = bundle.entry.iter().partition(|entry| keeps && whole::is_entry(entry));
    if others.len() > MAX_ENTRIES || written.len() > MAX_WRITTEN {
        let text = format!(
            "一次请求太多。 A bundle may have at most {MAX_ENTRIES} entries, and a scheduler's transaction {MAX_WRITTEN} for the directory: send several."
        );
        return Err(ApiError::unprocessable(IssueType::TooLong, text));
    }
    let alone = Alone {
        hub: Arc::clone(&asking.hub),
        extensions,
        headers,
    };
    let (kind, entry) = match bundle.kind {
        BundleType::Batch => {
            let mut answers = vec![];
            for entry in bundle.entry {
                answers.push(alone.answer(entry).await);
            }
            (BundleType::BatchResponse, answers)
        }
        BundleType::Transaction => (
            BundleType::TransactionResponse,
            whole::transaction(&asking, &alone, bundle.entry).await?,
        ),
        _ => {
            let text = "只接受 batch 和 transaction。 Send a bundle of type batch or transaction.";
            return Err(ApiError::unprocessable(IssueType::NotSupported, text));
        }
    };
    let answer = Bundle {
        kind,
        entry,
        ..Bundle::default()
    };
    Ok(fhir_response(StatusCode::OK, answer))
}

/// Answers entries as if each had come alone, from the same caller.
struct Alone {
    hub: Arc<Hub>,
    extensions: Extensions,
    headers: HeaderMap,
}

impl Alone {
    async fn answer(&self, entry: BundleEntry) -> BundleEntry {
        let asked = match self.request(entry) {
            Ok(request) => {
                let router = crate::http::routes()
                    .split_for_parts()
                    .0
                    .with_state(Arc::clone(&self.hub));
                match TowerToHyperService::new(router).call(request).await {
                    Ok(response) => Ok(response),
                    Err(never) => match never {},
                }
            }
            Err(error) => Err(error),
        };
        use axum::response::IntoResponse as _;
        read_answer(asked.unwrap_or_else(|error| error.into_response())).await
    }

    fn request(&self, entry: BundleEntry) -> Result<Request<Body>, ApiError> {
        let asked = request_of(&entry)?;
        let known = [Method::GET, Method::POST, Method::PUT];
        let method = known.into_iter().find(|known| known.as_str() == asked.method);
        let method = method.ok_or_else(|| not_offered(&asked))?;
        // A bundle in a bundle would be a way round its limits.
        let url = asked.url.trim_start_matches('/');
        if url.is_empty() || url.starts_with('?') {
            return Err(not_offered(&asked));
        }
        let mut request = Request::builder().method(method).uri(format!("/fhir/{url}"));
        if let Some(token) = self.headers.get(header::AUTHORIZATION) {
            request = request.header(header::AUTHORIZATION, token);
        }
        if let Some(prefer) = self.headers.get("prefer") {
            request = request.header("prefer", prefer);
        }
        if let Some(version) = &asked.if_match {
            request = request.header(header::IF_MATCH, version);
        }
        if let Some(criteria) = &asked.if_none_exist {
            request = request.header("if-none-exist", criteria);
        }
        let body = match entry.resource {
            Some(resource) => Body::from(to_json(&resource)?),
            None => Body::empty(),
        };
        request = request.header(header::CONTENT_TYPE, anban_wire::fhir::MEDIA_TYPE);
        let mut request = request.body(body).map_err(|_| not_offered(&asked))?;
        *request.extensions_mut() = self.extensions.clone();
        Ok(request)
    }
}

fn request_of(entry: &BundleEntry) -> Result<BundleRequest, ApiError> {
    entry.request.clone().ok_or_else(|| {
        let text = "请求不完整。 Each entry needs a request with method and url.";
        ApiError::unprocessable(IssueType::Required, text)
    })
}

fn not_offered(request: &BundleRequest) -> ApiError {
    let known = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];
    let method = known
        .into_iter()
        .find(|known| *known == request.method)
        .unwrap_or("This");
    let text = format!("这里不能这样做。 {method} of that is not offered in a bundle: see docs/hub.md.");
    ApiError::unprocessable(IssueType::NotSupported, text)
}

/// An answer as an entry has it.
async fn read_answer(response: Response) -> BundleEntry {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.unwrap_or_default();
    let resource: Option<Resource> = serde_json::from_slice(&body).ok();
    let text = |name: header::HeaderName| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    let mut response = BundleResponse {
        status: parts.status.to_string(),
        location: text(header::LOCATION),
        etag: text(header::ETAG),
        ..BundleResponse::default()
    };
    let resource = if parts.status.is_success() {
        resource
    } else {
        response.outcome = resource;
        None
    };
    BundleEntry {
        resource,
        response: Some(response),
        ..BundleEntry::default()
    }
}
