//! `GET /fhir/metadata`: what this server can do.

use super::{appointment_search, bundle::fhir_response, entries, search::MAX_RESULTS};
use crate::state::State as Hub;
use anban_wire::{
    fhir::{
        CapabilityOperation, CapabilityResource, CapabilityRest, CapabilitySecurity, CapabilityStatement,
        CodeableConcept, Coding, Implementation, Interaction, MEDIA_TYPE, SearchParam, Software,
    },
    scheduling::{BOOK_DEFINITION, FIND_DEFINITION, HOLD_DEFINITION, SERVER_CAPABILITIES},
    systems,
};
use axum::{extract::State, http::StatusCode, response::Response};
use std::sync::Arc;

/// What the hub can do.
#[utoipa::path(
    get, path = "/metadata",
    responses((status = 200, body = CapabilityStatement))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>) -> Response {
    let count = SearchParam {
        name: "_count".to_owned(),
        kind: "number".to_owned(),
    };
    let rest = CapabilityRest {
        mode: "server".to_owned(),
        documentation: Some(format!(
            "A search is answered in pages of _count results, at most and usually {MAX_RESULTS}: the link next leads to \
             the next one, and is good until the database is restored."
        )),
        search_param: vec![count],
        security: Some(security()),
        resource: resources(),
        interaction: interactions(&["batch", "transaction"]),
    };
    let statement = CapabilityStatement {
        status: "active".to_owned(),
        date: Some(hub.started.into()),
        kind: "instance".to_owned(),
        fhir_version: "4.0.1".to_owned(),
        format: vec![MEDIA_TYPE.to_owned()],
        software: Some(Software {
            name: "anban-hub".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        implementation: Some(Implementation {
            description: format!("Anban hub of {}", hub.keys.region),
        }),
        instantiates: vec![SERVER_CAPABILITIES.to_owned()],
        rest: vec![rest],
        ..CapabilityStatement::default()
    };
    fhir_response(StatusCode::OK, statement)
}

fn interactions(codes: &[&str]) -> Vec<Interaction> {
    let interaction = |code: &&str| Interaction {
        code: (*code).to_owned(),
    };
    codes.iter().map(interaction).collect()
}

/// Devices and staff sign in with the client-credentials grant of OAuth 2.0.
fn security() -> CapabilitySecurity {
    CapabilitySecurity {
        cors: Some(false),
        service: vec![CodeableConcept::of(Coding {
            system: Some("http://terminology.hl7.org/CodeSystem/restful-security-service".to_owned()),
            code: Some("OAuth".to_owned()),
            ..Coding::default()
        })],
        description: Some("OAuth 2.0 client credentials at /token; the directory is for everyone to read, and for schedulers to write".to_owned()),
    }
}

/// Parameters of a search by their types; what FHIR has under the same name.
const REFERENCES: [&str; 7] = [
    "patient",
    "slot",
    "practitioner",
    "location",
    "partof",
    "actor",
    "schedule",
];
const DATES: [&str; 2] = ["date", "start"];
const STRINGS: [&str; 1] = ["name"];

fn resource(kind: &str, codes: &[&str], search: &[&str], includes: &[&str]) -> CapabilityResource {
    let parameter = |name: &&str| SearchParam {
        name: (*name).to_owned(),
        kind: if REFERENCES.contains(name) {
            "reference"
        } else if DATES.contains(name) {
            "date"
        } else if STRINGS.contains(name) {
            "string"
        } else {
            "token"
        }
        .to_owned(),
    };
    let is_changed = codes.contains(&"update");
    // An id of the sender's choice makes a file that is sent again harmless.
    let is_directory = entries::KINDS.contains(&kind);
    CapabilityResource {
        kind: kind.to_owned(),
        interaction: interactions(codes),
        versioning: Some(if is_changed { "versioned-update" } else { "no-version" }.to_owned()),
        read_history: Some(false),
        update_create: Some(is_directory),
        conditional_create: Some(codes.contains(&"create")),
        search_include: includes.iter().map(|include| (*include).to_owned()).collect(),
        search_param: search.iter().map(parameter).collect(),
        ..CapabilityResource::default()
    }
}

fn resources() -> Vec<CapabilityResource> {
    let operation = |name: &str, definition: &str| CapabilityOperation {
        name: name.to_owned(),
        definition: definition.to_owned(),
    };
    let (whole, read) = (["read", "search-type", "create", "update"], ["read", "search-type"]);
    // Chains and modifiers of a parameter are said with it.
    let is_plain = |name: &&str| !name.contains(['.', ':']) && !name.starts_with("_include");
    let searched: Vec<&str> = appointment_search::PARAMETERS.into_iter().filter(is_plain).collect();
    let taken = ["Appointment:actor", "Appointment:practitioner", "Appointment:location"];
    let appointment = CapabilityResource {
        profile: Some(systems::IHE_APPOINTMENT.to_owned()),
        documentation: Some(
            "The patient may also be named as patient.identifier, a practitioner as practitioner.identifier."
                .to_owned(),
        ),
        operation: vec![
            operation("find", FIND_DEFINITION),
            operation("hold", HOLD_DEFINITION),
            operation("book", BOOK_DEFINITION),
        ],
        ..resource("Appointment", &whole, &searched, &taken)
    };
    let services = ["active", "name", "location", "specialty", "identifier", "_id"];
    vec![
        appointment,
        resource("AuditEvent", &read, &["patient", "date"], &[]),
        CapabilityResource {
            conditional_create: Some(false),
            ..resource("CarePlan", &whole, &["patient"], &[])
        },
        resource("HealthcareService", &whole, &services, &["HealthcareService:location"]),
        resource("Location", &whole, &["name", "partof", "identifier", "_id"], &[]),
        resource("Patient", &whole, &["identifier", "_id"], &[]),
        resource("Practitioner", &whole, &["name", "identifier", "_id"], &[]),
        resource("RelatedPerson", &read, &["patient"], &[]),
        resource(
            "Schedule",
            &whole,
            &["actor", "active", "specialty", "identifier", "_id"],
            &[],
        ),
        resource(
            "Slot",
            &whole,
            &["schedule", "specialty", "start", "status", "identifier", "_id"],
            &["Slot:schedule"],
        ),
    ]
}
