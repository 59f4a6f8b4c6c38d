//! `/fhir/AuditEvent`: who has seen or changed what. For auditors, and for a patient's own device about that patient.

use super::{
    asking::Asking,
    bundle::fhir_response,
    described::{AuditParams, Paging},
    error::ApiError,
    id::Id,
    search::{Found, Terms},
};
use crate::{
    accounts::{Action, Who, Whose},
    db::{After, AuditAction, AuditNote, AuditQuery},
    state::State as Hub,
};
use anban_wire::fhir::{AuditAgent, AuditEntity, AuditEvent, AuditSource, Bundle, Coding, Reference};
use axum::{http::StatusCode, response::Response};

/// The trail: by `patient`, `date` and `_id`. A device asks about its own patient, an auditor about anyone.
#[utoipa::path(
    get, path = "/AuditEvent",
    params(AuditParams, Paging),
    security(("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 400), (status = 403))
)]
pub(super) async fn search(asking: Asking, terms: Terms) -> Result<Response, ApiError> {
    let search = terms.search::<AuditEvent>(&asking.hub, &["patient", "date", "_id"])?;
    let named = search.reference("patient", "Patient");
    // A device that names nobody means its own patient.
    let patient = match (&asking.caller.who, named) {
        (Who::Device(device), None) => Some(device.patient.clone()),
        (_, named) => named,
    };
    let whose = patient.as_deref().map_or(Whose::Nobody, Whose::Patient);
    asking.may(Action::ReadAudit, whose)?;
    let (from, before) = search.span("date")?;
    let query = AuditQuery {
        id: search.one("_id").map(str::to_owned),
        patient,
        from,
        before,
        after: search.place(),
        limit: search.limit()?,
    };
    let (total, mut notes) = asking
        .step(move |db, asking| {
            let found = db.audit(&query)?;
            let caller = &asking.caller;
            let note = caller.note(AuditAction::Read, "AuditEvent", query.patient.as_deref(), asking.now);
            db.note_audit(&[note])?;
            Ok(found)
        })
        .await?;
    let mut found = Found::page(total, &mut notes, &search, |note| After::new(note.at, &note.id))?;
    found.found = notes.iter().map(|note| event(&asking.hub, note).into()).collect();
    search.answer(&asking.hub, found)
}

/// One entry of the trail.
#[utoipa::path(
    get, path = "/AuditEvent/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security(("bearer" = [])),
    responses((status = 200, body = AuditEvent), (status = 403), (status = 404))
)]
pub(super) async fn read(asking: Asking, Id(id): Id) -> Result<Response, ApiError> {
    asking.must_have_signed_in(Action::ReadAudit)?;
    let query = AuditQuery {
        id: Some(id),
        limit: 1,
        ..AuditQuery::default()
    };
    let (_, notes) = asking.step(move |db, _| Ok(db.audit(&query)?)).await?;
    let none = || ApiError::not_found("没有这条记录。 There is no such entry of the audit trail.");
    let note = notes.first().ok_or_else(none)?;
    let whose = note.patient.as_deref().map_or(Whose::Nobody, Whose::Patient);
    asking.may(Action::ReadAudit, whose)?;
    Ok(fhir_response(StatusCode::OK, event(&asking.hub, note)))
}

fn coding(system: &str, code: &str) -> Coding {
    Coding {
        system: Some(system.to_owned()),
        code: Some(code.to_owned()),
        ..Coding::default()
    }
}

fn event(hub: &Hub, note: &AuditNote) -> AuditEvent {
    let interaction = match note.action {
        AuditAction::Create => "create",
        AuditAction::Read => "read",
        AuditAction::Update => "update",
        AuditAction::Delete => "delete",
        AuditAction::Execute => "operation",
    };
    let who = Reference {
        // An operator at the command line, or nobody in particular, is no resource.
        reference: note.caller.contains('/').then(|| note.caller.clone()),
        display: Some(note.caller.clone()),
        ..Reference::default()
    };
    let agent = AuditAgent {
        requestor: true,
        who: Some(who),
        name: Some(note.caller_name.clone()).filter(|name| !name.is_empty()),
        role: vec![],
    };
    let what = match note.resource.split_once('/') {
        // What begins with a slash is an address of the hub, which a request was refused at.
        Some((kind, _)) if !kind.is_empty() => Reference {
            reference: Some(note.resource.clone()),
            kind: Some(kind.to_owned()),
            ..Reference::default()
        },
        Some(_) => Reference {
            display: Some(note.resource.clone()),
            ..Reference::default()
        },
        None => Reference {
            kind: Some(note.resource.clone()),
            display: Some(note.resource.clone()),
            ..Reference::default()
        },
    };
    let mut entity = vec![AuditEntity {
        what: Some(what),
        ..AuditEntity::default()
    }];
    entity.extend(note.patient.as_ref().map(|patient| AuditEntity {
        what: Some(Reference::to("Patient", patient)),
        kind: Some(coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1")),
        role: Some(coding("http://terminology.hl7.org/CodeSystem/object-role", "1")),
        name: None,
    }));
    entity.push(AuditEntity::request(&note.request));
    AuditEvent {
        id: Some(note.id.clone()),
        kind: coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest"),
        subtype: vec![coding("http://hl7.org/fhir/restful-interaction", interaction)],
        action: Some(note.action.as_str().to_owned()),
        recorded: note.at,
        outcome: Some(note.outcome.as_str().to_owned()),
        agent: vec![agent],
        source: AuditSource {
            observer: Reference {
                display: Some(hub.keys.issuer_name.clone()),
                ..Reference::default()
            },
            site: Some(hub.keys.region.clone()),
        },
        entity,
        ..AuditEvent::default()
    }
}
