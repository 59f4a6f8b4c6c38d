//! `GET /openapi.json`: what this hub offers, for programs and for whoever writes one (OpenAPI 3.1).
//!
//! Every handler says of itself what it takes and answers (`#[utoipa::path]`), and the router is built from just that
//! (`routes!`): a route that is not described can't be reached, and a test holds router and description against each
//! other. The schemas are those of the types that are read and written.
//!
//! What is the same everywhere is said here once: the headers of every answer, that a refusal is an
//! `OperationOutcome`, that a body may be too large or too slow, and the media types of FHIR.

use super::MAX_BODY;
use anban_wire::{fhir::MEDIA_TYPE, schemas::fhir_schemas};
use axum::{Extension, http::header, response::IntoResponse};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The description as it is sent.
#[derive(Clone)]
pub(super) struct Description(Arc<str>);

#[cfg(test)]
impl Description {
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// What this hub offers, as OpenAPI 3.1.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, content_type = "application/json", body = Object)))]
pub(super) async fn read(Extension(Description(text)): Extension<Description>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text.to_string())
}

/// Refusals that need no word from the handler: what the layers around all of them answer, and a database that is away.
const EVERYWHERE: [u16; 4] = [408, 413, 500, 503];
/// Refusals of every request with a body.
const WITH_BODY: [u16; 2] = [400, 415];
/// Refusals of every request whose caller is looked up.
const WITH_CALLER: [u16; 2] = [401, 429];

/// The description of all routes, made whole.
pub(super) fn description(api: &utoipa::openapi::OpenApi) -> Description {
    let whole = serde_json::to_value(api).map(completed).unwrap_or_default();
    Description(whole.to_string().into())
}

fn completed(mut api: Value) -> Value {
    api["info"] = json!({
        "title": "Anban hub",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Booking doctors (HL7 FHIR R4 with IHE ITI Scheduling), and signed documents for a region. \
                        What every route means is said in docs/hub.md.",
        "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
    });
    api["servers"] = json!([{ "url": "/" }]);
    for (name, schema) in fhir_schemas() {
        api["components"]["schemas"][name] = serde_json::to_value(schema).unwrap_or_default();
    }
    api["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "The token of POST /token, good for an hour" },
        "basic": {
            "type": "http", "scheme": "basic",
            "description": "The id and secret of a device or a member of staff (RFC 6749 section 2.3.1)",
        },
    });
    for (path, item) in entries(&mut api["paths"]) {
        for (method, operation) in entries(item) {
            complete_operation(&path, &method, operation);
        }
    }
    api
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let is_fhir = path == "/fhir" || path.starts_with("/fhir/");
    let words: Vec<&str> = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    operation["operationId"] = format!("{method}-{}", words.join("-")).into();
    operation["tags"] = json!([if is_fhir { "FHIR" } else { "Hub" }]);
    let has_body = operation.get("requestBody").is_some();
    if has_body {
        operation["requestBody"]["required"] = true.into();
        let content = &mut operation["requestBody"]["content"];
        if is_fhir && let Some(schema) = content.get("application/json").cloned() {
            content[MEDIA_TYPE] = schema;
        }
    }
    let is_signed_in = operation["security"]
        .as_array()
        .is_some_and(|kinds| kinds.iter().any(|kind| kind.get("bearer").is_some()));
    let mut common = EVERYWHERE.to_vec();
    if has_body {
        common.extend(WITH_BODY);
    }
    if is_signed_in {
        common.extend(WITH_CALLER);
    }
    // What can't be an id names nothing.
    if path.contains('{') {
        common.push(404);
    }
    for status in common {
        let status = status.to_string();
        if operation["responses"].get(&status).is_none() {
            operation["responses"][status] = json!({});
        }
    }
    for (status, response) in entries(&mut operation["responses"]) {
        complete_response(is_fhir, &status, response);
    }
}

fn complete_response(is_fhir: bool, status: &str, response: &mut Value) {
    let is_refusal = status.starts_with(['4', '5']);
    let has_content = response.get("content").is_some_and(|content| content != &json!({}));
    if is_refusal && !has_content {
        response["content"] = json!({ MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/OperationOutcome" } } });
    } else if is_fhir
        && let Some(content) = response["content"].as_object_mut()
        && let Some(schema) = content.remove("application/json")
    {
        content.insert(MEDIA_TYPE.to_owned(), schema);
    }
    if response["description"].as_str().unwrap_or_default().is_empty() {
        response["description"] = meaning(status).into();
    }
    let mut header = |name: &str, schema: Value, is_always_there: bool, about: &str| {
        response["headers"][name] = json!({ "schema": schema, "required": is_always_there, "description": about });
    };
    let id = json!({ "type": "string", "format": "uuid" });
    header(
        "X-Request-Id",
        id.clone(),
        true,
        "The request's number in the hub's log",
    );
    header("Anban-Epoch", id, true, "Changes when the hub's database was made anew");
    match status {
        "401" => header("WWW-Authenticate", json!({ "type": "string" }), true, "How to sign in"),
        "429" => header(
            "Retry-After",
            json!({ "type": "integer", "minimum": 1 }),
            true,
            "Seconds until it may be tried again",
        ),
        _ => (),
    }
}

/// What a status means where the handler has nothing more to say of it.
fn meaning(status: &str) -> String {
    let text = match status {
        "200" => "Done",
        "201" => "Made",
        "204" => "Done; there is nothing to say",
        "400" => "The request can't be read",
        "401" => "There is no token, or it has ended: sign in",
        "403" => "The caller may not do this",
        "404" => "There is no such thing",
        "408" => "The body came too slowly",
        "409" => "Somebody else was first",
        "410" => "Its time is past",
        "412" => "It has changed meanwhile",
        "413" => return format!("The body has more than {MAX_BODY} bytes"),
        "415" => "The body is of another media type",
        "422" => "It can be read and can't be done; the outcome says why",
        "429" => "Too many requests",
        "500" => "The hub has a problem",
        "501" => "This hub does not offer it",
        "503" => "Not now: send the same request again",
        _ => "See docs/hub.md",
    };
    text.to_owned()
}

/// The entries of an object, which may be changed.
fn entries(value: &mut Value) -> impl Iterator<Item = (String, &mut Value)> {
    value
        .as_object_mut()
        .into_iter()
        .flat_map(Map::iter_mut)
        .map(|(name, value)| (name.clone(), value))
}
