//! Who acts for a patient, as `RelatedPerson`: each is a grant, and has its id. They are made and ended with grants
//! (`/invitations`, `/grants`), not here.

use super::{
    bundle::{fhir_response, query, searchset},
    described::Paging,
    error::ApiError,
    id::Id,
    search::{Prefer, Search, malformed},
};
use crate::{
    accounts::{Action, Caller, Who, Whose},
    state::State as Hub,
};
use anban_wire::{
    accounts::Grant,
    fhir::{Bundle, CodeableConcept, Coding, FhirResource, HumanName, Period, Reference, RelatedPerson, Resource},
};
use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
};
use std::sync::Arc;

fn related(grant: Grant) -> RelatedPerson {
    let code = Coding {
        system: Some(grant.relationship.system().to_owned()),
        code: Some(grant.relationship.as_str().to_owned()),
        ..Coding::default()
    };
    RelatedPerson {
        id: Some(grant.id),
        active: Some(true),
        patient: Reference {
            display: Some(grant.patient_name),
            ..Reference::to("Patient", &grant.patient)
        },
        relationship: vec![CodeableConcept::of(code)],
        name: vec![HumanName {
            text: Some(grant.helper_name),
            ..HumanName::default()
        }],
        period: Some(Period {
            start: Some(grant.since.into()),
            end: None,
        }),
        ..RelatedPerson::default()
    }
}

/// Who acts for a patient.
#[utoipa::path(
    get, path = "/RelatedPerson/{id}",
    params(("id" = String, Path, description = "Logical id: that of the grant")),
    security(("bearer" = [])),
    responses((status = 200, body = RelatedPerson), (status = 401), (status = 403), (status = 404))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>, caller: Caller, Id(id): Id) -> Result<Response, ApiError> {
    if caller.who == Who::Anonymous {
        caller.may(Action::ReadPatient, Whose::Nobody, hub.door)?;
    }
    let door = hub.door;
    let found = hub
        .step(move |db| {
            let Some((grant, _)) = db.grant(&id)? else {
                return Ok(None);
            };
            // Whose it is not must not learn that there is one.
            let is_for = caller.may(Action::ReadPatient, Whose::Patient(&grant.patient), door);
            Ok(is_for.is_ok().then(|| related(grant)))
        })
        .await?;
    let found = found.ok_or_else(|| ApiError::not_found("没有这一项。 There is no such entry."))?;
    Ok(fhir_response(StatusCode::OK, found))
}

/// Those who act for a patient.
#[utoipa::path(
    get, path = "/RelatedPerson",
    params(Paging, ("patient" = String, Query, description = "The patient's logical id")),
    security(("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 400), (status = 401), (status = 403))
)]
pub(super) async fn search(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    prefer: Prefer,
    uri: Uri,
) -> Result<Response, ApiError> {
    let search = Search::new(query(&uri), &["patient"], prefer.handling)?;
    let patient = search
        .reference("patient", "Patient")
        .ok_or_else(|| malformed("patient", "there: a patient such as Patient/12"))?;
    caller.may(Action::ReadPatient, Whose::Patient(&patient), hub.door)?;
    let count = search.count()?;
    let given = hub.step(move |db| Ok(db.grants_of(&patient)?.given)).await?;
    let total = u32::try_from(given.len()).unwrap_or(u32::MAX);
    let found = given.into_iter().take(count as usize);
    let found = found.map(|grant| Resource::from(related(grant))).collect();
    let bundle = searchset(&hub, total, found, vec![]);
    Ok(fhir_response(
        StatusCode::OK,
        search.told(bundle, &hub, RelatedPerson::TYPE),
    ))
}
