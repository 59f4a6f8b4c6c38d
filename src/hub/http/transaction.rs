//! Several requests in one: `POST /fhir` with a bundle.
//!
//! Of a **batch**, each entry is answered as if it had come alone. A **transaction** is done whole or not at all: it may
//! make and change appointments and patients, and read anything afterwards; entries refer to what others make by the
//! `urn:uuid` of their `fullUrl`.

use super::{
    asking::{Asking, Input},
    bundle::fhir_response,
    error::ApiError,
    patients,
    versions::{identifier_of, version, with_version},
    wishes::Created,
};
use crate::{
    accounts::{Action, Whose},
    booking::Plan,
    db::Database,
    state::{State as Hub, StepError},
};
use anban_wire::fhir::{
    Appointment, Bundle, BundleEntry, BundleRequest, BundleResponse, BundleType, IssueType, Patient, Resource, to_json,
};
use axum::{
    body::{Body, to_bytes},
    http::{Extensions, HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// More entries no bundle may have.
const MAX_ENTRIES: usize = 50;
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
    if bundle.entry.len() > MAX_ENTRIES {
        let text = format!("一次请求太多。 A bundle may have at most {MAX_ENTRIES} entries: send several.");
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
            transaction(&asking, &alone, bundle.entry).await?,
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
                let router = super::routes().split_for_parts().0.with_state(Arc::clone(&self.hub));
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

/// What one entry of a transaction is to become.
enum Doing {
    /// An appointment or patient that is written: its place among the plans.
    Write(StatusCode, usize, Option<Box<Patient>>),
    /// There already.
    There(Box<Resource>),
    /// Read afterwards.
    Read(Box<BundleEntry>),
}

async fn transaction(asking: &Asking, alone: &Alone, entries: Vec<BundleEntry>) -> Result<Vec<BundleEntry>, ApiError> {
    let (hub, entries) = (&asking.hub, resolved(entries)?);
    let (doings, done) = asking
        .step(move |db, asking| {
            let (mut plans, mut doings) = (vec![], vec![]);
            let mut asking = asking.clone();
            // Patients first: appointments may be for them.
            for is_patient in [true, false] {
                for (place, (entry, id)) in entries.iter().enumerate() {
                    if matches!(entry.resource, Some(Resource::Patient(_))) == is_patient {
                        let doing = plan(db, &mut asking, entry, id, &mut plans)?;
                        doings.push((place, doing));
                    }
                }
            }
            let done = asking.carry_out(db, plans).map_err(|(_, refused)| refused)?;
            doings.sort_by_key(|(place, _)| *place);
            Ok((doings, done))
        })
        .await?;
    let mut answers = vec![];
    for (_, doing) in doings {
        answers.push(match doing {
            Doing::Read(entry) => alone.answer(*entry).await,
            Doing::There(resource) => made(hub, StatusCode::OK, *resource).await,
            Doing::Write(status, _, Some(patient)) => made(hub, status, (*patient).into()).await,
            Doing::Write(status, place, None) => {
                let appointment: Appointment = done.get(place).cloned().unwrap_or_default();
                made(hub, status, appointment.into()).await
            }
        });
    }
    Ok(answers)
}

async fn made(hub: &Hub, status: StatusCode, resource: Resource) -> BundleEntry {
    let location = resource
        .id()
        .map(|id| format!("{}/fhir/{}/{id}", hub.base, resource.type_name()));
    let mut entry = read_answer(with_version(status, resource)).await;
    if let Some(response) = entry.response.as_mut() {
        response.location.clone_from(&location);
    }
    entry.full_url = location;
    entry
}

/// Gives everything that is made its id, and puts it in the place of every `urn:uuid` that means it.
fn resolved(entries: Vec<BundleEntry>) -> Result<Vec<(BundleEntry, String)>, ApiError> {
    let mut names = BTreeMap::new();
    let with_ids: Vec<(BundleEntry, String)> = entries
        .into_iter()
        .map(|entry| {
            let id = Uuid::new_v4().to_string();
            let is_made = entry.request.as_ref().is_some_and(|request| request.method == "POST");
            if let (true, Some(url), Some(resource)) = (is_made, &entry.full_url, &entry.resource) {
                names.insert(url.clone(), format!("{}/{id}", resource.type_name()));
            }
            (entry, id)
        })
        .collect();
    let mut resolved = vec![];
    for (mut entry, id) in with_ids {
        if let Some(resource) = &entry.resource {
            let mut value: Value = serde_json::from_slice(&to_json(resource)?).unwrap_or_default();
            replace(&mut value, &names);
            let body = serde_json::to_vec(&value).unwrap_or_default();
            entry.resource = serde_json::from_slice(&body).ok();
        }
        resolved.push((entry, id));
    }
    Ok(resolved)
}

fn replace(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "reference" => {
                        if let Some(found) = names.get(text) {
                            text.clone_from(found);
                        }
                    }
                    other => replace(other, names),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, names)),
        _ => {}
    }
}

fn plan(
    db: &dyn Database,
    asking: &mut Asking,
    entry: &BundleEntry,
    id: &str,
    plans: &mut Vec<Plan>,
) -> Result<Doing, StepError> {
    let request = request_of(entry).map_err(StepError::Answer)?;
    let url = request.url.trim_start_matches('/');
    let token = request.if_none_exist.as_deref().map(identifier_of);
    let token = token.transpose().map_err(StepError::Answer)?;
    let expected = request.if_match.as_deref().and_then(version);
    let mut planned = |plan: Plan| {
        plans.push(plan);
        plans.len() - 1
    };
    match (request.method.as_str(), &entry.resource) {
        ("GET", None) => Ok(Doing::Read(Box::new(entry.clone()))),
        ("POST", Some(Resource::Appointment(appointment))) if url == "Appointment" => {
            Ok(match asking.plan_create(db, appointment, token.as_ref())? {
                Created::There(found) => Doing::There(Box::new((*found).into())),
                Created::New(plan) => Doing::Write(StatusCode::CREATED, planned(*plan), None),
            })
        }
        ("PUT", Some(Resource::Appointment(appointment)))
            if Some(url) == appointment.id.as_ref().map(|id| format!("Appointment/{id}")).as_deref() =>
        {
            let plan = asking.plan_update(db, appointment, expected.as_deref())?;
            Ok(Doing::Write(StatusCode::OK, planned(plan), None))
        }
        ("POST", Some(Resource::Patient(patient))) if url == "Patient" => {
            asking.may(Action::CreatePatient, Whose::Nobody)?;
            if let Some(token) = &token
                && let Some(row) = patients::known(db, asking, token)?
            {
                // Whoever refers to the entry means the one that is there.
                let found = patients::read_row(&row)?;
                asking.stand_in(id, row);
                return Ok(Doing::There(Box::new(found.into())));
            }
            let (row, write) = patients::plan(id.to_owned(), None, patient, asking)?;
            let made = patients::read_row(&row)?;
            asking.stand_in(id, row);
            Ok(Doing::Write(
                StatusCode::CREATED,
                planned(Plan::beside(write)),
                Some(Box::new(made)),
            ))
        }
        ("PUT", Some(Resource::Patient(patient)))
            if Some(url) == patient.id.as_ref().map(|id| format!("Patient/{id}")).as_deref() =>
        {
            let whose = patient.id.as_deref().unwrap_or_default();
            asking.may(Action::ChangePatient, Whose::Patient(whose))?;
            let (row, write) = patients::plan_update(db, patient, expected.as_deref(), asking)?;
            let changed = patients::read_row(&row)?;
            Ok(Doing::Write(
                StatusCode::OK,
                planned(Plan::beside(write)),
                Some(Box::new(changed)),
            ))
        }
        _ => Err(StepError::Answer(not_offered(&request))),
    }
}
