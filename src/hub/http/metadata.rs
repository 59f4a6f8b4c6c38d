//! `GET /fhir/metadata`: what this server can do.

use super::bundle::fhir_response;
use crate::state::State as Hub;
use anban_wire::{
    fhir::{
        CapabilityOperation, CapabilityResource, CapabilityRest, CapabilityStatement, Implementation, Interaction,
        MEDIA_TYPE, SearchParam, Software,
    },
    scheduling::{BOOK_DEFINITION, FIND_DEFINITION, SERVER_CAPABILITIES},
};
use axum::{extract::State, http::StatusCode, response::Response};
use std::sync::Arc;

/// What this server can do.
#[utoipa::path(
    get, path = "/metadata",
    responses((status = 200, body = CapabilityStatement))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>) -> Response {
    let resource = |kind: &str, interactions: &[&str], search: &[(&str, &str)]| CapabilityResource {
        kind: kind.to_owned(),
        interaction: interactions
            .iter()
            .map(|code| Interaction {
                code: (*code).to_owned(),
            })
            .collect(),
        search_param: search
            .iter()
            .map(|(name, kind)| SearchParam {
                name: (*name).to_owned(),
                kind: (*kind).to_owned(),
            })
            .collect(),
        ..CapabilityResource::default()
    };
    let operation = |name: &str, definition: &str| CapabilityOperation {
        name: name.to_owned(),
        definition: definition.to_owned(),
    };
    let both = ["read", "search-type"];
    let appointment = CapabilityResource {
        operation: vec![operation("find", FIND_DEFINITION), operation("book", BOOK_DEFINITION)],
        ..resource(
            "Appointment",
            &["read", "update", "search-type"],
            &[
                ("patient", "reference"),
                ("identifier", "token"),
                ("date", "date"),
                ("status", "token"),
            ],
        )
    };
    let services = [
        ("active", "token"),
        ("name", "string"),
        ("location", "reference"),
        ("specialty", "token"),
    ];
    let rest = CapabilityRest {
        mode: "server".to_owned(),
        resource: vec![
            appointment,
            resource("AuditEvent", &both, &[("patient", "reference"), ("date", "date")]),
            resource("HealthcareService", &both, &services),
            resource("Location", &both, &[("name", "string"), ("partof", "reference")]),
            resource("Practitioner", &both, &[("name", "string")]),
            resource("Schedule", &both, &[("actor", "reference"), ("active", "token")]),
            resource(
                "Slot",
                &both,
                &[("schedule", "reference"), ("start", "date"), ("status", "token")],
            ),
        ],
        ..CapabilityRest::default()
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
