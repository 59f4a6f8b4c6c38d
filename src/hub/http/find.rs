//! `$find` (ITI-115): which visits could be booked; and `$hold` (ITI-116): keeping one for a few minutes.

use super::{
    asking::{Asking, Input},
    bundle::{fhir_response, searchset},
    described::Refusal,
    directory::{has_identifier, has_specialty, refers_to},
    error::ApiError,
    operation::OperationAnswer,
    search::{Terms, count_of},
};
use crate::{
    accounts::Action,
    booking::{self, directory, proposed},
    db::{Database, DbError, SlotQuery, SlotRow},
    gateway,
    state::State as Hub,
};
use anban_wire::{
    fhir::{
        Bundle, BundleEntry, FhirResource, Identifier, Issue, IssueSeverity, IssueType, Location, Meta,
        OperationOutcome, Parameters, Practitioner, Resource, Schedule, SearchMode, SlotStatus,
    },
    scheduling::{FindRequest, HoldRequest, MAX_OFFERS, Target, Token},
    systems,
};
use axum::{extract::State, http::StatusCode, response::Response};
use jiff::Timestamp;
use std::{collections::HashMap, sync::Arc};

/// Kinds of visits that every slot here is for (HL7 v2 table 0276): ordinary ones.
const VISIT_TYPES: [&str; 3] = ["ROUTINE", "CHECKUP", "FOLLOWUP"];
/// The code system of that table, in the two ways in which it is written.
const VISIT_TYPE_SYSTEMS: [&str; 2] = [
    "http://terminology.hl7.org/CodeSystem/v2-0276",
    "http://hl7.org/fhir/v2/0276",
];
/// Among at most so many slots those are looked for that fit a rule of times.
const MAX_SIFTED: u32 = 100_000;

/// Which visits could be booked (ITI-115).
#[utoipa::path(
    post, path = "/Appointment/$find",
    params(("_count" = Option<u32>, Query)),
    request_body = Parameters,
    responses((status = 200, body = Bundle), (status = 422))
)]
pub(super) async fn find(State(hub): State<Arc<Hub>>, terms: Terms, input: Input) -> Result<Response, ApiError> {
    let mut request = FindRequest::from_parameters(&input.fhir::<Parameters>()?, terms.prefer.handling)?;
    // The standard's examples put _count in the query of a POST as well.
    if let Some((_, count)) = terms.parameters.into_iter().find(|(name, _)| name == "_count") {
        request.count = Some(count_of(&count)?);
    }
    answer(hub, request).await
}

/// Which visits could be booked (ITI-115).
#[utoipa::path(
    get, path = "/Appointment/$find",
    params(("start" = String, Query, description = "From this moment, or from the beginning of this day"), ("end" = String, Query, description = "Until"), ("specialty" = Option<Vec<String>>, Query, description = "system|code"), ("practitioner" = Option<Vec<String>>, Query), ("location-reference" = Option<Vec<String>>, Query), ("location-string" = Option<Vec<String>>, Query, description = "Part of a name or address"), ("organization" = Option<Vec<String>>, Query), ("visit-type" = Option<Vec<String>>, Query, description = "system|code"), ("_count" = Option<u32>, Query)),
    responses((status = 200, body = Bundle), (status = 400), (status = 422))
)]
pub(super) async fn find_by_query(State(hub): State<Arc<Hub>>, terms: Terms) -> Result<Response, ApiError> {
    let request = FindRequest::from_query(&terms.parameters, terms.prefer.handling)?;
    answer(hub, request).await
}

async fn answer(hub: Arc<Hub>, request: FindRequest) -> Result<Response, ApiError> {
    gateway::freshen(&hub).await;
    let now = hub.now();
    let (total, offers) = hub.step(move |db| Ok(offers(db, &request, now)?)).await?;
    let mut bundle = searchset(&hub, total, offers, vec![]);
    bundle.meta = Some(availability());
    Ok(fhir_response(StatusCode::OK, bundle))
}

fn availability() -> Meta {
    Meta {
        profile: vec![systems::IHE_AVAILABILITY_BUNDLE.to_owned()],
        ..Meta::default()
    }
}

fn offers(db: &dyn Database, request: &FindRequest, now: Timestamp) -> Result<(u32, Vec<Resource>), DbError> {
    let practitioners = ids::<Practitioner>(db, &request.practitioners, |practitioner| {
        (practitioner.id, practitioner.identifier)
    })?;
    // Hospitals have no Organization of their own here: it has the id of the hospital's Location.
    let places = ids::<Location>(db, &request.locations, |place| (place.id, vec![]))?;
    let organizations = ids::<Location>(db, &request.organizations, |place| (place.id, vec![]))?;
    let named = if request.places.is_empty() {
        vec![]
    } else {
        let places = directory::<Location>(db)?.into_iter();
        let fitting = places.filter(|place| request.places.iter().any(|text| is_called(place, text)));
        fitting.filter_map(|place| place.id).collect()
    };
    let fits = |schedule: &Schedule| {
        let any = |is_asked: bool, kind: &str, ids: &[String]| {
            !is_asked || ids.iter().any(|id| refers_to(&schedule.actor, kind, id))
        };
        (request.specialties.is_empty()
            || request
                .specialties
                .iter()
                .any(|token| has_specialty(&schedule.specialty, &token.to_string())))
            && any(!request.practitioners.is_empty(), "Practitioner", &practitioners)
            && any(!request.locations.is_empty(), "Location", &places)
            && any(!request.organizations.is_empty(), "Location", &organizations)
            && any(!request.places.is_empty(), "Location", &named)
    };
    let is_ordinary = request.visit_types.is_empty() || request.visit_types.iter().any(is_ordinary);
    let closed = db.closed_calendars()?;
    let schedules: HashMap<String, Schedule> = directory::<Schedule>(db)?
        .into_iter()
        .filter(|schedule| schedule.active != Some(false) && is_ordinary && fits(schedule))
        .filter_map(|schedule| Some((schedule.id.clone()?, schedule)))
        .filter(|(id, _)| !closed.contains(id))
        .collect();
    // A visit that begins this very moment can't be reached any more.
    let soonest = now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap_or(now);
    let wanted = request.count.unwrap_or(MAX_OFFERS).min(MAX_OFFERS);
    let query = SlotQuery {
        schedules: Some(schedules.keys().cloned().collect()),
        from: Some(request.start.max(soonest)),
        until: Some(request.end),
        status: Some((SlotStatus::Free, now)),
        limit: if request.time.is_some() { MAX_SIFTED } else { wanted },
        ..SlotQuery::default()
    };
    let (mut total, mut slots) = db.slots(&query)?;
    if let Some(time) = &request.time {
        slots.retain(|slot| time.fits(slot.start));
        total = u32::try_from(slots.len()).unwrap_or(u32::MAX);
        slots.truncate(wanted as usize);
    }
    let offer = |slot: SlotRow| {
        schedules
            .get(&slot.schedule)
            .map(|schedule| proposed(&slot, schedule).into())
    };
    Ok((total, slots.into_iter().filter_map(offer).collect()))
}

fn is_ordinary(token: &Token) -> bool {
    let is_of_the_table = |system: &String| VISIT_TYPE_SYSTEMS.contains(&system.as_str());
    token.system.as_ref().is_none_or(is_of_the_table) && VISIT_TYPES.contains(&token.code.as_str())
}

/// Whether a text is part of a place's name or address, in either language, upper or lower case.
fn is_called(place: &Location, text: &str) -> bool {
    let text = text.to_lowercase();
    let english = |element: &Option<anban_wire::fhir::Element>| {
        let element = element.as_ref()?;
        element.translation("en").map(str::to_owned)
    };
    let address = place.address.as_ref();
    [
        place.name.clone(),
        english(&place.name_element),
        address.and_then(|address| address.text.clone()),
        address.and_then(|address| english(&address.text_element)),
    ]
    .into_iter()
    .flatten()
    .any(|name| name.to_lowercase().contains(&text))
}

/// The ids of what references name, by id or by an identifier.
fn ids<R: FhirResource>(
    db: &dyn Database,
    targets: &[Target],
    known: impl Fn(R) -> (Option<String>, Vec<Identifier>),
) -> Result<Vec<String>, DbError> {
    let mut ids = vec![];
    for target in targets {
        match target {
            Target::Id(id) => ids.push(id.clone()),
            Target::Identifier(system, value) => {
                let token = format!("{system}|{value}");
                let all = directory::<R>(db)?.into_iter().map(&known);
                let matching = all.filter(|(_, identifiers)| has_identifier(identifiers, &token));
                ids.extend(matching.filter_map(|(id, _)| id));
            }
        }
    }
    Ok(ids)
}

/// Holds a proposed visit for the caller. The answer is a bundle, as ITI-116 says: the visit with status `pending` and
/// until when it is held, or an outcome.
#[utoipa::path(
    post, path = "/Appointment/$hold",
    request_body = Parameters,
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 403), (status = 404, body = Refusal), (status = 409, body = Refusal), (status = 410, body = Refusal), (status = 422, body = Refusal))
)]
pub(super) async fn hold(asking: Asking, input: Input) -> Result<Response, ApiError> {
    let request = HoldRequest::from_parameters(&input.fhir::<Parameters>()?)?;
    let is_elsewhere = asking.is_elsewhere(&request.slot);
    if is_elsewhere {
        gateway::freshen(&asking.hub).await;
    }
    let held = asking
        .step(move |db, asking| {
            asking.may(Action::Book, asking.own())?;
            Ok(booking::hold(db, &request.slot, &asking.holder(), asking.now))
        })
        .await?;
    let mut answer = OperationAnswer::of(&asking.hub, held)?;
    if answer.is_refusal() {
        say_not_found(&mut answer.bundle);
    } else {
        answer.bundle.meta = Some(availability());
        if is_elsewhere {
            answer.bundle.entry.push(not_promised());
        }
    }
    Ok(answer.send())
}

/// What is held of a hospital with a server of its own is held among the clients of this hub alone: FHIR has no way to ask
/// that server for more.
fn not_promised() -> BundleEntry {
    let text = "医院那边还没有留这个号，请尽快约好。 The hospital's own system has not promised this time: nobody else gets \
                it here, but somebody there may. Book it soon.";
    let mut outcome = OperationOutcome::error(IssueType::Informational, text);
    for issue in &mut outcome.issue {
        issue.severity = IssueSeverity::Warning;
    }
    BundleEntry::found(None, outcome, SearchMode::Outcome)
}

/// The transaction demands this issue of whatever is not there to be held; ours says more.
fn say_not_found(bundle: &mut Bundle) {
    for resource in bundle.entry.iter_mut().filter_map(|entry| entry.resource.as_mut()) {
        if let Resource::OperationOutcome(outcome) = resource {
            let not_there = Issue {
                severity: IssueSeverity::Fatal,
                code: IssueType::NotFound,
                details: outcome.issue.first().and_then(|issue| issue.details.clone()),
                ..Issue::default()
            };
            outcome.issue.insert(0, not_there);
        }
    }
}
