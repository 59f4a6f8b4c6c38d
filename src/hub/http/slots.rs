//! Slots: what can be booked, one by one.

use super::{
    described::{DateQuery, IncludeSchedule, Paging},
    directory::has_specialty,
    error::ApiError,
    id::Id,
    search::{Found, Terms, malformed},
    versions::with_version,
};
use crate::{
    booking::directory,
    db::{After, SlotQuery, SlotRow},
    gateway,
    state::State as Hub,
};
use anban_wire::fhir::{Bundle, Identifier, Meta, Reference, Resource, Schedule, Slot, SlotStatus};
use axum::{extract::State, http::StatusCode, response::Response};
use jiff::Timestamp;
use std::{collections::BTreeSet, sync::Arc};

/// A slot as clients see it at a moment: one that is held is tentative.
pub(super) fn slot(row: &SlotRow, now: Timestamp) -> Slot {
    Slot {
        id: Some(row.id.clone()),
        meta: Some(Meta {
            version_id: Some(row.version.to_string()),
            ..Meta::default()
        }),
        identifier: row
            .identifier
            .iter()
            .map(|(system, value)| Identifier {
                system: Some(system.clone()).filter(|system| !system.is_empty()),
                value: Some(value.clone()),
                ..Identifier::default()
            })
            .collect(),
        schedule: Reference::to("Schedule", &row.schedule),
        status: row.status_at(now),
        start: row.start,
        end: row.end,
        ..Slot::default()
    }
}

/// Times that can be booked.
#[utoipa::path(
    get, path = "/Slot",
    params(Paging, ("schedule" = Option<String>, Query, description = "The calendar"), ("schedule.actor" = Option<String>, Query, description = "Who has the calendar"), ("specialty" = Option<String>, Query, description = "system|code"), ("start" = Option<Vec<DateQuery>>, Query), ("status" = Option<SlotStatus>, Query), ("identifier" = Option<String>, Query, description = "system|value"), ("_id" = Option<String>, Query), ("_include" = inline(Option<IncludeSchedule>), Query)),
    responses((status = 200, body = Bundle), (status = 400))
)]
pub(super) async fn search(State(hub): State<Arc<Hub>>, terms: Terms) -> Result<Response, ApiError> {
    let known = [
        "schedule",
        "schedule.actor",
        "specialty",
        "start",
        "status",
        "identifier",
        "_id",
        "_include",
    ];
    let search = terms.search::<Slot>(&hub, &known)?;
    gateway::freshen(&hub).await;
    let now = hub.now();
    let status = search
        .one("status")
        .map(|code| SlotStatus::from_code(code).ok_or_else(|| malformed("status", "free, busy or busy-tentative")))
        .transpose()?;
    let takes_schedules = search.includes("Slot:schedule")?;
    let (from, before) = search.span("start")?;
    let token = search.token("identifier")?;
    let query = SlotQuery {
        ids: search.any_of("_id"),
        from,
        before,
        status: status.map(|status| (status, now)),
        after: search.place(),
        limit: search.limit()?,
        ..SlotQuery::default()
    };
    let (schedules, actor, specialty) = (
        search.any_of("schedule"),
        search.any_of("schedule.actor"),
        search.one("specialty").map(str::to_owned),
    );
    let count = search.count()? as usize;
    let (total, mut rows, included) = hub
        .step(move |db| {
            // What is not offered is not free for anyone.
            let closed = match query.status {
                Some((SlotStatus::Free, _)) => db.closed_calendars()?,
                _ => vec![],
            };
            let fits = |schedule: &Schedule| {
                let is = |wanted: &String, reference: &str| {
                    wanted == reference || wanted.ends_with(&format!("/{reference}"))
                };
                let id = schedule.id.as_deref().unwrap_or_default();
                let of = |wanted: &String| wanted == id || is(wanted, &format!("Schedule/{id}"));
                let by = |wanted: &String| {
                    let mut references = schedule.actor.iter().filter_map(|actor| actor.reference.as_deref());
                    references.any(|reference| is(wanted, reference))
                };
                !closed.iter().any(|closed| closed == id)
                    && schedules.as_ref().is_none_or(|wanted| wanted.iter().any(of))
                    && actor.as_ref().is_none_or(|wanted| wanted.iter().any(by))
                    && specialty
                        .as_ref()
                        .is_none_or(|token| has_specialty(&schedule.specialty, token))
            };
            let narrowed = !closed.is_empty() || schedules.is_some() || actor.is_some() || specialty.is_some();
            let fitting: Vec<Schedule> = if narrowed || takes_schedules {
                directory(db)?.into_iter().filter(fits).collect()
            } else {
                vec![]
            };
            let ids = || fitting.iter().filter_map(|schedule| schedule.id.clone()).collect();
            let mut query = SlotQuery {
                schedules: narrowed.then(ids),
                ..query
            };
            if let Some(token) = &token {
                let system = token.system.as_deref().unwrap_or_default();
                let found = db.entry_by_number("Slot", system, &token.code)?;
                let is_asked = |id: &String| query.ids.as_ref().is_none_or(|ids| ids.contains(id));
                query.ids = Some(found.into_iter().filter(is_asked).collect());
            }
            let (total, rows) = db.slots(&query)?;
            let shown = rows.iter().take(count);
            let used: BTreeSet<&str> = shown.map(|row| row.schedule.as_str()).collect();
            let is_used = |schedule: &Schedule| schedule.id.as_deref().is_some_and(|id| used.contains(id));
            let included: Vec<Resource> = if takes_schedules {
                fitting
                    .iter()
                    .filter(|one| is_used(one))
                    .cloned()
                    .map(Resource::from)
                    .collect()
            } else {
                vec![]
            };
            Ok((total, rows, included))
        })
        .await?;
    let mut found = Found::page(total, &mut rows, &search, |row| After::new(row.start, &row.id))?;
    found.found = rows.iter().map(|row| slot(row, now).into()).collect();
    found.included = included;
    search.answer(&hub, found)
}

/// A time.
#[utoipa::path(
    get, path = "/Slot/{id}",
    params(("id" = String, Path, description = "Logical id")),
    responses((status = 200, body = Slot, headers(("ETag" = String, description = "Its version"))), (status = 404))
)]
pub(super) async fn read(State(hub): State<Arc<Hub>>, Id(id): Id) -> Result<Response, ApiError> {
    gateway::freshen(&hub).await;
    let now = hub.now();
    let found = hub.step(move |db| Ok(db.slot(&id)?)).await?;
    found
        .map(|row| with_version(StatusCode::OK, slot(&row, now)))
        .ok_or_else(|| ApiError::not_found("没有这个时段。 There is no such slot."))
}
