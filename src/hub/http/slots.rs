//! Slots, and `$find`: which visits could be booked.

use super::{
    bundle::{fhir_body, fhir_response, query, searchset},
    described::{DateQuery, Paging},
    directory::{has_specialty, refers_to},
    error::ApiError,
    id::Id,
    search::Search,
};
use crate::{
    booking::{directory, proposed},
    db::{Database, DbError, SlotQuery, SlotRow},
    state::State as Hub,
};
use anban_wire::{
    fhir::{Bundle, Meta, Parameters, Practitioner, Reference, Resource, Schedule, Slot, SlotStatus},
    scheduling::{FindRequest, Handling, MAX_OFFERS, Target},
    systems,
};
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use std::{collections::HashMap, sync::Arc};

/// Which visits could be booked (ITI-115).
#[utoipa::path(
    post, path = "/Appointment/$find",
    params(("_count" = Option<u32>, Query)),
    request_body = Parameters,
    responses((status = 200, body = Bundle), (status = 422))
)]
pub(super) async fn find(
    State(hub): State<Arc<Hub>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let parameters: Parameters = fhir_body(&headers, &body)?;
    let mut request = FindRequest::from_parameters(&parameters, Handling::Strict)?;
    // The standard's examples put _count in the query of a POST as well.
    if let Some((_, count)) = query(&uri).into_iter().find(|(name, _)| name == "_count") {
        request.count = Some(
            count
                .parse()
                .map_err(|_| super::search::malformed("_count", "a whole number"))?,
        );
    }
    answer(hub, request).await
}

/// Which visits could be booked (ITI-115).
#[utoipa::path(
    get, path = "/Appointment/$find",
    params(("start" = String, Query, description = "From this moment, or from the beginning of this day"), ("end" = String, Query, description = "Until"), ("specialty" = Option<Vec<String>>, Query, description = "system|code"), ("practitioner" = Option<Vec<String>>, Query), ("location-reference" = Option<Vec<String>>, Query), ("_count" = Option<u32>, Query)),
    responses((status = 200, body = Bundle), (status = 400), (status = 422))
)]
pub(super) async fn find_by_query(State(hub): State<Arc<Hub>>, uri: Uri) -> Result<Response, ApiError> {
    let request = FindRequest::from_query(&query(&uri), Handling::Strict)?;
    answer(hub, request).await
}

async fn answer(hub: Arc<Hub>, request: FindRequest) -> Result<Response, ApiError> {
    let now = hub.now();
    let (total, offers) = hub.step(move |db| Ok(offers(db, &request, now)?)).await?;
    let mut bundle = searchset(&hub, total, offers, vec![]);
    bundle.meta = Some(Meta {
        profile: vec![systems::IHE_AVAILABILITY_BUNDLE.to_owned()],
        ..Meta::default()
    });
    Ok(fhir_response(StatusCode::OK, bundle))
}

fn offers(db: &dyn Database, request: &FindRequest, now: jiff::Timestamp) -> Result<(u32, Vec<Resource>), DbError> {
    let practitioners = practitioner_ids(db, &request.practitioners)?;
    let fits = |schedule: &Schedule| {
        let any = |targets: &[Target], kind: &str, ids: &[String]| {
            targets.is_empty() || ids.iter().any(|id| refers_to(&schedule.actor, kind, id))
        };
        let places: Vec<String> = request
            .locations
            .iter()
            .filter_map(|target| match target {
                Target::Id(id) => Some(id.clone()),
                Target::Identifier(..) => None,
            })
            .collect();
        let specialties = &request.specialties;
        (specialties.is_empty()
            || specialties
                .iter()
                .any(|token| has_specialty(&schedule.specialty, &token.to_string())))
            && any(&request.practitioners, "Practitioner", &practitioners)
            && any(&request.locations, "Location", &places)
    };
    let schedules: HashMap<String, Schedule> = directory::<Schedule>(db)?
        .into_iter()
        .filter(|schedule| schedule.active != Some(false) && fits(schedule))
        .filter_map(|schedule| Some((schedule.id.clone()?, schedule)))
        .collect();
    // A visit that begins this very moment can't be reached any more.
    let soonest = now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap_or(now);
    let query = SlotQuery {
        schedules: Some(schedules.keys().cloned().collect()),
        from: Some(request.start.max(soonest)),
        until: Some(request.end),
        status: Some(SlotStatus::Free),
        limit: request.count.unwrap_or(MAX_OFFERS).min(MAX_OFFERS),
        ..SlotQuery::default()
    };
    let (total, slots) = db.slots(&query)?;
    let offer = |slot: SlotRow| {
        schedules
            .get(&slot.schedule)
            .map(|schedule| proposed(&slot, schedule).into())
    };
    Ok((total, slots.into_iter().filter_map(offer).collect()))
}

fn practitioner_ids(db: &dyn Database, targets: &[Target]) -> Result<Vec<String>, DbError> {
    let mut ids = vec![];
    for target in targets {
        match target {
            Target::Id(id) => ids.push(id.clone()),
            Target::Identifier(system, value) => {
                let matching = directory::<Practitioner>(db)?.into_iter().filter(|practitioner| {
                    practitioner.identifier.iter().any(|identifier| {
                        identifier.system.as_ref() == Some(system) && identifier.value.as_ref() == Some(value)
                    })
                });
                ids.extend(matching.filter_map(|practitioner| practitioner.id));
            }
        }
    }
    Ok(ids)
}

/// Times of a calendar.
#[utoipa::path(
    get, path = "/Slot",
    params(Paging, ("schedule" = String, Query, description = "The calendar"), ("start" = Option<Vec<DateQuery>>, Query), ("status" = Option<SlotStatus>, Query)),
    responses((status = 200, body = Bundle), (status = 400))
)]
pub(super) async fn search(State(hub): State<Arc<Hub>>, uri: Uri) -> Result<Response, ApiError> {
    let search = Search::new(query(&uri), &["schedule", "start", "status"])?;
    let schedule = search
        .reference("schedule", "Schedule")
        .ok_or_else(|| super::search::malformed("schedule", "there: a calendar such as Schedule/12"))?;
    let status = search
        .one("status")
        .map(|code| SlotStatus::from_code(code).ok_or_else(|| super::search::malformed("status", "free or busy")))
        .transpose()?;
    let (from, before) = search.span("start")?;
    let schedules = Some(vec![schedule]);
    let query = SlotQuery {
        schedules,
        from,
        before,
        until: None,
        status,
        limit: search.count()?,
    };
    let (total, rows) = hub.step(move |db| Ok(db.slots(&query)?)).await?;
    let found = rows.into_iter().map(|row| slot(row).into()).collect();
    Ok(fhir_response(StatusCode::OK, searchset(&hub, total, found, vec![])))
}

/// A time.
#[utoipa::path(
    get, path = "/Slot/{id}",
    params(("id" = String, Path, description = "Logical id")),
    responses((status = 200, body = Slot), (status = 404))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>, Id(id): Id) -> Result<Response, ApiError> {
    let found = hub.step(move |db| Ok(db.slot(&id)?)).await?;
    found
        .map(|row| fhir_response(StatusCode::OK, slot(row)))
        .ok_or_else(|| ApiError::not_found("没有这个时段。 There is no such slot."))
}

fn slot(row: SlotRow) -> Slot {
    Slot {
        id: Some(row.id),
        schedule: Reference::to("Schedule", &row.schedule),
        status: row.status,
        start: row.start,
        end: row.end,
        ..Slot::default()
    }
}
