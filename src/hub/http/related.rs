//! Who acts for a patient, as `RelatedPerson`: each is a grant, and has its id. They are made and ended with grants
//! (`/invitations`, `/grants`), not here.

use super::{
    asking::Asking,
    bundle::fhir_response,
    described::Paging,
    error::ApiError,
    id::Id,
    search::{Found, Terms, malformed},
};
use crate::accounts::{Action, Whose};
use anban_wire::{
    accounts::Grant,
    fhir::{Bundle, CodeableConcept, Coding, HumanName, Period, Reference, RelatedPerson},
};
use axum::{http::StatusCode, response::Response};

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
pub(super) async fn read(asking: Asking, Id(id): Id) -> Result<Response, ApiError> {
    asking.must_have_signed_in(Action::ReadPatient)?;
    let found = asking
        .step(move |db, asking| {
            let Some((grant, _)) = db.grant(&id)? else {
                return Ok(None);
            };
            // Whose it is not must not learn that there is one.
            let is_for = asking.may(Action::ReadPatient, Whose::Patient(&grant.patient));
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
pub(super) async fn search(asking: Asking, terms: Terms) -> Result<Response, ApiError> {
    let search = terms.search::<RelatedPerson>(&asking.hub, &["patient"])?;
    let patient = search
        .reference("patient", "Patient")
        .ok_or_else(|| malformed("patient", "there: a patient such as Patient/12"))?;
    asking.may(Action::ReadPatient, Whose::Patient(&patient))?;
    let given = asking.step(move |db, _| Ok(db.grants_of(&patient)?.given)).await?;
    let found = Found::part_of(given.into_iter().map(related).collect(), &search)?;
    search.answer(&asking.hub, found)
}
