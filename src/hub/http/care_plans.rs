//! When to see the doctor again, as doctors have planned it ([`anban_wire::care_plan`]): written by doctors, seen by the
//! patient, by whoever acts for them, and by staff.

use super::{
    asking::{Asking, Input},
    described::{IfMatch, Paging},
    error::ApiError,
    id::Id,
    search::{Found, Terms, malformed},
    versions::{made_at, with_version},
};
use crate::{
    accounts::{Action, Caller, Who, Whose},
    booking::{self, Refused},
    db::{AuditAction, CarePlanRow, Database, DbError, NewCarePlan, PlanMade},
    refused::Refused as Declined,
    state::StepError,
};
use anban_wire::{
    CommandId, care_plan,
    fhir::{Bundle, CarePlan, Meta, Reference, Resource, from_json},
};
use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use uuid::Uuid;

/// A plan as clients see it.
pub(super) fn read_row(row: &CarePlanRow) -> Result<CarePlan, DbError> {
    let plan: CarePlan = from_json(row.body.as_bytes()).map_err(|_| DbError::Damaged("care plan"))?;
    Ok(CarePlan {
        id: Some(row.id.clone()),
        meta: Some(Meta {
            version_id: Some(row.version.to_string()),
            last_updated: Some(row.updated_at),
            profile: vec![],
        }),
        ..plan
    })
}

/// The patient of a plan, by the literal reference that it must have.
fn subject(plan: &CarePlan) -> Result<&str, ApiError> {
    plan.subject
        .id_of("Patient")
        .ok_or_else(|| ApiError::filled_in_wrongly("subject must be a patient of this hub, such as Patient/12"))
}

/// A department or doctor of the directory, by name.
fn named(db: &dyn Database, kind: &str, id: &str) -> Result<Reference, StepError> {
    let (name, element) = match db.directory_entry(kind, id)? {
        Some(Resource::HealthcareService(service)) => (service.name, service.name_element),
        Some(Resource::Practitioner(doctor)) => {
            let name = doctor.name.into_iter().next().unwrap_or_default();
            (name.text, name.text_element)
        }
        _ => return Err(Declined::PlanPlace.into()),
    };
    Ok(Reference {
        display: name,
        display_element: element,
        ..Reference::to(kind, id)
    })
}

/// What is kept of a plan that was sent: checked, with the names of the directory, and of whoever has sent it.
fn kept(db: &dyn Database, mut plan: CarePlan, caller: &Caller, created: Timestamp) -> Result<String, StepError> {
    let visits = care_plan::planned(&plan).map_err(|error| StepError::Answer(ApiError::filled_in_wrongly(error)))?;
    let details = plan.activity.iter_mut().filter_map(|activity| activity.detail.as_mut());
    for (visit, detail) in visits.iter().zip(details) {
        detail.performer = vec![named(db, "HealthcareService", &visit.department)?];
        if let Some(doctor) = &visit.practitioner {
            detail.performer.push(named(db, "Practitioner", doctor)?);
        }
    }
    let author = match &caller.who {
        Who::Staff(staff) => Some(Reference {
            display: Some(staff.name.clone()),
            ..Reference::to("Practitioner", &staff.id)
        }),
        _ => None,
    };
    let kept = CarePlan {
        id: None,
        meta: None,
        subject: plan
            .subject
            .id_of("Patient")
            .map(|id| Reference::to("Patient", id))
            .unwrap_or_default(),
        created: Some(created.into()),
        author,
        ..plan
    };
    serde_json::to_string(&Resource::from(kept)).map_err(|_| DbError::Damaged("care plan").into())
}

/// When a patient is to see which department again.
#[utoipa::path(
    get, path = "/CarePlan/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security(("bearer" = [])),
    responses((status = 200, body = CarePlan, headers(("ETag" = String, description = "Its version"))), (status = 401), (status = 403), (status = 404))
)]
pub(super) async fn read(asking: Asking, Id(id): Id) -> Result<Response, ApiError> {
    asking.must_have_signed_in(Action::ReadVisits)?;
    let plan = asking
        .step(move |db, asking| {
            let row = db.care_plan(&id)?.ok_or(Declined::NoSuchPlan)?;
            asking.may(Action::ReadVisits, Whose::Patient(&row.patient))?;
            let about = format!("CarePlan/{id}");
            let caller = &asking.caller;
            db.note_audit(&[caller.note(AuditAction::Read, about, Some(&row.patient), asking.now)])?;
            Ok(read_row(&row)?)
        })
        .await?;
    Ok(with_version(StatusCode::OK, plan))
}

/// What is planned for a patient.
#[utoipa::path(
    get, path = "/CarePlan",
    params(Paging, ("patient" = String, Query, description = "The patient's logical id")),
    security(("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 400), (status = 401), (status = 403))
)]
pub(super) async fn search(asking: Asking, terms: Terms) -> Result<Response, ApiError> {
    let search = terms.search::<CarePlan>(&asking.hub, &["patient"])?;
    let patient = search
        .reference("patient", "Patient")
        .ok_or_else(|| malformed("patient", "there: a patient such as Patient/12"))?;
    asking.may(Action::ReadVisits, Whose::Patient(&patient))?;
    let found = asking
        .step(move |db, asking| {
            let found = db.care_plans(&patient)?;
            let caller = &asking.caller;
            db.note_audit(&[caller.note(AuditAction::Read, "CarePlan", Some(&patient), asking.now)])?;
            Ok(found.iter().map(read_row).collect::<Result<Vec<_>, DbError>>()?)
        })
        .await?;
    search.answer(&asking.hub, Found::part_of(found, &search)?)
}

/// Plans when a patient is to come again. An identifier with a command's UUID makes a repeat harmless.
#[utoipa::path(
    post, path = "/CarePlan",
    request_body = CarePlan,
    security(("bearer" = [])),
    responses((status = 200, body = CarePlan), (status = 201, body = CarePlan, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 401), (status = 403), (status = 404), (status = 422))
)]
pub(super) async fn create(asking: Asking, input: Input) -> Result<Response, ApiError> {
    asking.may(Action::Plan, Whose::Nobody)?;
    let plan = input.fhir::<CarePlan>()?;
    let patient = subject(&plan)?.to_owned();
    if !care_plan::holds(&plan) {
        return Err(ApiError::filled_in_wrongly("a new plan has the status active"));
    }
    let command = CommandId::among(&plan.identifier).map_err(ApiError::filled_in_wrongly)?;
    let (status, plan) = asking
        .step(move |db, asking| {
            let (caller, now) = (&asking.caller, asking.now);
            asking.may(Action::Plan, Whose::Patient(&patient))?;
            db.patient(&patient)?.ok_or(Declined::NoSuchPatient)?;
            let asked = serde_json::to_string(&plan).map_err(|_| DbError::Damaged("care plan"))?;
            let key = caller.key().unwrap_or_default();
            let id = Uuid::new_v4().to_string();
            let new = NewCarePlan {
                body: kept(db, plan, caller, now)?,
                command: command.map(|command| (command, booking::fingerprint(&["plan", &key, &asked]))),
                note: caller.note(AuditAction::Create, format!("CarePlan/{id}"), Some(&patient), now),
                patient,
                id: id.clone(),
            };
            let (status, row) = match db.make_care_plan(&new, now)? {
                PlanMade::New => (StatusCode::CREATED, db.care_plan(&id)?.ok_or(Declined::NoSuchPlan)?),
                PlanMade::Again(row) => (StatusCode::OK, row),
                PlanMade::CommandReused => return Err(Refused::CommandReused.into()),
            };
            Ok((status, read_row(&row)?))
        })
        .await?;
    let path = format!("CarePlan/{}", plan.id.as_deref().unwrap_or_default());
    Ok(made_at(with_version(status, plan), &asking.hub, &path))
}

/// Changes a plan, or ends it (status `revoked` or `completed`). It stays that patient's.
#[utoipa::path(
    put, path = "/CarePlan/{id}",
    params(("id" = String, Path, description = "Logical id"), IfMatch),
    request_body = CarePlan,
    security(("bearer" = [])),
    responses((status = 200, body = CarePlan, headers(("ETag" = String, description = "Its version"))), (status = 401), (status = 403), (status = 404), (status = 412), (status = 422))
)]
pub(super) async fn update(asking: Asking, Id(id): Id, input: Input) -> Result<Response, ApiError> {
    asking.may(Action::Plan, Whose::Nobody)?;
    let (plan, expected) = (input.fhir_of::<CarePlan>(&id)?, input.if_match()?);
    let patient = subject(&plan)?.to_owned();
    let plan = asking
        .step(move |db, asking| {
            let (caller, now) = (&asking.caller, asking.now);
            let row = db.care_plan(&id)?.ok_or(Declined::NoSuchPlan)?;
            asking.may(Action::Plan, Whose::Patient(&row.patient))?;
            if row.patient != patient {
                return Err(Declined::OtherPatient.into());
            }
            if expected.is_some_and(|expected| expected != row.version.to_string()) {
                return Err(Refused::Changed.into());
            }
            let created = read_row(&row)?.created.map_or(now, |created| created.begin());
            let body = kept(db, plan, caller, created)?;
            let note = caller.note(AuditAction::Update, format!("CarePlan/{id}"), Some(&patient), now);
            if !db.change_care_plan(&id, row.version, &body, &note, now)? {
                return Err(Refused::Changed.into());
            }
            let row = db.care_plan(&id)?.ok_or(Declined::NoSuchPlan)?;
            Ok(read_row(&row)?)
        })
        .await?;
    Ok(with_version(StatusCode::OK, plan))
}
