//! The hub's HTTP interface: one module a resource.
//!
//! A request's body is read whole before anything else happens, capped in size and time ([`MAX_BODY`],
//! [`READ_TIMEOUT`]). Handlers turn it into a typed request, run one step on the database on a blocking
//! thread, and turn the result into FHIR. Whatever goes wrong leaves as an `OperationOutcome` with a status
//! that says whose turn it is. The log has method, route, status and time: never a query, an id or a body,
//! since those can name a person.
//!
//! `docs/hub.md` lists every route.

mod accounts;
mod appointment_search;
mod appointments;
mod asking;
mod audit;
pub(crate) mod budget;
mod bundle;
mod caller;
mod care_plans;
mod described;
mod directory;
mod documents;
mod entries;
pub(crate) mod error;
mod feeds;
mod find;
mod health;
mod id;
mod metadata;
mod openapi;
mod operation;
mod page;
pub(crate) mod paging;
mod patients;
mod persons;
mod prefer;
mod related;
mod request_id;
mod search;
mod server;
mod slots;
mod status;
mod token;
mod transaction;
mod trust_list;
mod versions;
mod visits;
mod wishes;

pub(crate) use server::{Serving, serve};

use crate::{
    accounts::Caller,
    db::{AuditAction, AuditNote, AuditOutcome},
    state::State,
};
use axum::{
    Extension, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use caller::Seen;
use error::{ApiError, Because};
use request_id::RequestId;
use std::{sync::Arc, time::Duration, time::Instant};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Largest request body. A booking has about 2 KiB.
const MAX_BODY: usize = 64 * 1024;
/// Largest transaction of a scheduler: a hospital with its doctors, calendars and a week of times.
const MAX_TRANSACTION: usize = 1024 * 1024;
/// How long a client may take to send its body.
const READ_TIMEOUT: Duration = Duration::from_secs(15);
/// Says which life of the hub's database answers: it changes when the database was made anew.
const EPOCH_HEADER: HeaderName = HeaderName::from_static("anban-epoch");

/// All routes. A handler says of itself what it takes and answers (`#[utoipa::path]`), and is reached through `routes!`
/// alone, so that the description of the hub has all of them.
fn routes() -> OpenApiRouter<Arc<State>> {
    let fhir = OpenApiRouter::new()
        .routes(routes!(metadata::read))
        .routes(routes!(directory::search_services, entries::create_service))
        .routes(routes!(directory::read_service, entries::update_service))
        .routes(routes!(directory::search_locations, entries::create_location))
        .routes(routes!(directory::read_location, entries::update_location))
        .routes(routes!(directory::search_practitioners, entries::create_practitioner))
        .routes(routes!(directory::read_practitioner, entries::update_practitioner))
        .routes(routes!(directory::search_schedules, entries::create_schedule))
        .routes(routes!(directory::read_schedule, entries::update_schedule))
        .routes(routes!(audit::search))
        .routes(routes!(audit::read))
        .routes(routes!(slots::search, entries::create_slot))
        .routes(routes!(slots::read, entries::update_slot))
        .routes(routes!(transaction::carry_out))
        .routes(routes!(patients::search, patients::create))
        .routes(routes!(patients::read, patients::update))
        .routes(routes!(care_plans::search, care_plans::create))
        .routes(routes!(care_plans::read, care_plans::update))
        .routes(routes!(related::search))
        .routes(routes!(related::read))
        .routes(routes!(appointment_search::search, appointments::create))
        .routes(routes!(appointment_search::search_form))
        .routes(routes!(find::find_by_query, find::find))
        .routes(routes!(find::hold))
        .routes(routes!(appointments::book))
        .routes(routes!(appointments::read, appointments::update))
        // Some clients escape the dollar sign, which means the same.
        .route("/Appointment/%24find", get(find::find_by_query).post(find::find))
        .route("/Appointment/%24hold", post(find::hold))
        .route("/Appointment/%24book", post(appointments::book));
    OpenApiRouter::new()
        .nest("/fhir", fhir)
        .routes(routes!(health::read))
        .routes(routes!(health::ready))
        .routes(routes!(openapi::read))
        .routes(routes!(accounts::register_device))
        .routes(routes!(accounts::revoke_device))
        .routes(routes!(token::sign_in))
        .routes(routes!(token::revoke))
        .routes(routes!(accounts::invite))
        .routes(routes!(accounts::list, accounts::take_up))
        .routes(routes!(accounts::end))
        .routes(routes!(feeds::patient))
        .routes(routes!(feeds::service))
        .routes(routes!(visits::check_in))
        .routes(routes!(visits::day))
        .routes(routes!(visits::next))
        .routes(routes!(visits::give_number))
        .routes(routes!(visits::take_number_back))
        .routes(routes!(visits::done))
        .routes(routes!(visits::notice))
        .routes(routes!(persons::register))
        .routes(routes!(documents::issue))
        .routes(routes!(status::document))
        .routes(routes!(status::read))
        .routes(routes!(trust_list::read))
}

/// All routes and what is the same for all of them.
pub(crate) fn router(state: Arc<State>) -> Router {
    let (router, api) = routes().split_for_parts();
    router
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(Extension(openapi::description(&api)))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), read_body))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), note))
        .with_state(state)
}

/// The metrics alone, for an address of their own.
pub(crate) fn metrics_router(state: Arc<State>) -> Router {
    Router::new()
        .route("/metrics", get(health::exposition))
        .fallback(no_such_route)
        .with_state(state)
}

async fn no_such_route() -> ApiError {
    nothing_here()
}

/// The answer at an address that has nothing.
fn nothing_here() -> ApiError {
    ApiError::not_found("这个地址不存在。 There is nothing at this address: see docs/hub.md.")
}

async fn no_such_method(method: Method) -> ApiError {
    ApiError::no_such_method(&method)
}

/// Reads the whole body before the handler runs, so that no slow sender holds anything but its connection.
async fn read_body(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let limit = if caller::may_send_much(&state, &parts.method, path, &parts.headers).await {
        MAX_TRANSACTION
    } else {
        MAX_BODY
    };
    let mut whole = Request::from_parts(parts, body);
    DefaultBodyLimit::max(limit).apply(&mut whole);
    let (parts, body) = whole.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    match tokio::time::timeout(READ_TIMEOUT, Bytes::from_request(whole, &())).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, bytes.into())).await,
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::too_large(limit).into_response()
        }
        Ok(Err(_)) => ApiError::broken_off().into_response(),
        Err(_) => ApiError::too_slow().into_response(),
    }
}

/// Notes in the audit trail that somebody was refused what they may not do.
async fn note_refused(state: &State, caller: &Caller, route: &str) {
    let note = AuditNote {
        outcome: AuditOutcome::Refused,
        ..caller.note(AuditAction::Execute, route, None, state.now())
    };
    if let Err(error) = state.step(move |db| Ok(db.note_audit(&[note])?)).await {
        tracing::error!(%error, "a refusal could not be noted in the audit trail");
    }
}

/// Notes every request in the log and in the metrics, and puts its id and the hub's epoch into the answer.
async fn note(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let id = RequestId::taken_or_new(request.headers());
    request.extensions_mut().insert(id);
    let seen = Seen::default();
    request.extensions_mut().insert(seen.clone());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    if let Ok(epoch) = HeaderValue::from_str(&state.epoch.seen()) {
        response.headers_mut().insert(EPOCH_HEADER, epoch);
    }
    if let Some(id) = id.to_header() {
        response.headers_mut().insert(request_id::HEADER, id);
    }
    let (took, status) = (began.elapsed(), response.status().as_u16());
    // A method may be any word of a client: only those that have a meaning are counted apart.
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    let counted = known
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other");
    state.metrics.answered(counted, &route, status, took);
    if status >= 400 {
        let because = response.extensions().get().map_or("other", |Because(reason)| *reason);
        state.metrics.refused(because);
        if status == StatusCode::FORBIDDEN.as_u16()
            && let Some(caller) = seen.signed_in()
        {
            note_refused(&state, caller, &route).await;
        }
    }
    tracing::info!(
        request = %id,
        method = counted,
        route,
        status,
        milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

#[cfg(test)]
mod tests;
