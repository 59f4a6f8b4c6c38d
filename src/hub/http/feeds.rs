//! Feeds: what has changed for a patient, or in the times of a department, since a number; once, or as a stream of
//! server-sent events.

use super::{care_plans, error::ApiError, id::Id, search::malformed};
use crate::{
    accounts::{Action, Caller, Whose},
    booking,
    db::{Database, DbError, Entry, Log},
    gateway,
    state::{State as Hub, StepError},
    visits,
    waiting::Waiting,
};
use anban_wire::{
    feed::{PatientContent, PatientEntry, PatientFeed, SlotFeed, SlotState},
    fhir::{IssueType, SlotStatus},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response, Sse, sse::Event, sse::KeepAlive},
};
use futures_util::stream;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};

/// Entries in one answer, unless fewer are asked for.
const USUAL: u32 = 200;
/// Most entries in one answer.
const MOST: u32 = 1000;
/// A silent stream says that it lives.
const ALIVE: Duration = Duration::from_secs(15);
/// A stream ends after this, so that whoever may not see the feed any more does not hear of it for ever. The reader comes
/// again by itself.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// What is asked of a feed.
#[derive(Debug, Clone, Copy)]
struct Asked {
    after: u64,
    limit: u32,
    is_stream: bool,
}

impl Asked {
    fn read(uri: &Uri, headers: &HeaderMap) -> Result<Self, ApiError> {
        let (mut after, mut limit) = (None, USUAL);
        for (name, value) in super::search::query(uri) {
            match name.as_str() {
                "after" => {
                    // Databases count to 2^63 - 1.
                    let read = value.parse().ok().filter(|after| i64::try_from(*after).is_ok());
                    after = Some(read.ok_or_else(|| malformed("after", "a whole number from 0"))?);
                }
                "limit" => {
                    let fits = |limit: &u32| (1..=MOST).contains(limit);
                    let read = value.parse().ok().filter(fits);
                    limit = read.ok_or_else(|| malformed("limit", "a whole number from 1 to 1000"))?;
                }
                _ => {
                    let text = "这种查询不支持。 A feed knows only the parameters after and limit.";
                    return Err(ApiError::new(StatusCode::BAD_REQUEST, IssueType::NotSupported, text));
                }
            }
        }
        let of = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let is_stream = of(header::ACCEPT).is_some_and(|accept| accept.contains("text/event-stream"));
        // A stream that comes again says where it was (WHATWG HTML, 9.2.4).
        let last = of(HeaderName::from_static("last-event-id")).and_then(|last| last.trim().parse().ok());
        Ok(Self {
            after: last.filter(|_| is_stream).or(after).unwrap_or_default(),
            limit,
            is_stream,
        })
    }
}

/// What has changed for a patient.
#[utoipa::path(
    get, path = "/feed/patients/{id}",
    params(("id" = String, Path, description = "The patient's logical id"), ("after" = Option<u64>, Query, description = "The number seen last"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000)),
    security(("bearer" = [])),
    responses((status = 200, body = PatientFeed), (status = 400), (status = 401), (status = 403), (status = 503))
)]
pub(super) async fn patient(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.may(Action::ReadVisits, Whose::Patient(&id), hub.door)?;
    let asked = Asked::read(&uri, &headers)?;
    if asked.is_stream {
        return stream(&hub, Log::Patient(id), asked.after);
    }
    let asked_of = Arc::clone(&hub);
    let feed = hub
        .step(move |db| {
            let epoch = asked_of.epoch.read(db)?;
            let page = db.patient_feed(&id, asked.after, asked.limit)?;
            let mut entries = vec![];
            for entry in page.entries {
                let sequence = entry.number;
                entries.extend(content(db, entry)?.map(|content| PatientEntry { sequence, content }));
            }
            Ok(PatientFeed {
                epoch,
                head: page.head,
                next: page.next,
                more: page.more,
                entries,
            })
        })
        .await?;
    Ok(unkept(Json(feed).into_response()))
}

/// What an entry says now; nothing where what it was about is gone.
fn content(db: &dyn Database, entry: Entry) -> Result<Option<PatientContent>, StepError> {
    fn read<T: serde::de::DeserializeOwned>(body: Option<&str>) -> Result<T, DbError> {
        let read = body.and_then(|body| serde_json::from_str(body).ok());
        read.ok_or(DbError::Damaged("feed entry"))
    }
    let body = entry.body.as_deref();
    Ok(match (entry.kind.as_str(), body) {
        ("appointment", Some(body)) => Some(PatientContent::Appointment {
            appointment: Box::new(booking::from_text(body)?),
        }),
        ("visit-day", _) => {
            let day = visits::day_of(db, &entry.subject)?;
            day.map(|day| PatientContent::VisitDay { day })
        }
        ("care-plan", _) => {
            let row = db.care_plan(&entry.subject)?;
            let plan = row.as_ref().map(care_plans::read_row).transpose()?;
            plan.map(|plan| PatientContent::CarePlan { plan: Box::new(plan) })
        }
        ("grant", body) => Some(PatientContent::Grant { grant: read(body)? }),
        ("grant-ended", _) => Some(PatientContent::GrantEnded { grant: entry.subject }),
        ("notice", body) => Some(read(body)?),
        _ => None,
    })
}

/// What has changed in the times of a department.
#[utoipa::path(
    get, path = "/feed/services/{id}",
    params(("id" = String, Path, description = "The department's logical id"), ("after" = Option<u64>, Query, description = "The number seen last"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, body = SlotFeed), (status = 400), (status = 404), (status = 503))
)]
pub(super) async fn service(
    State(hub): State<Arc<Hub>>,
    Id(id): Id,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::read(&uri, &headers)?;
    gateway::freshen(&hub).await;
    let (asked_of, service) = (Arc::clone(&hub), id.clone());
    let feed = hub
        .step(move |db| {
            if db.directory_entry("HealthcareService", &service)?.is_none() {
                return Ok(None);
            }
            let epoch = asked_of.epoch.read(db)?;
            let page = db.slot_feed(&service, asked.after, asked.limit)?;
            let state = |(sequence, slot): (u64, crate::db::SlotRow)| SlotState {
                sequence,
                id: slot.id,
                schedule: slot.schedule,
                start: slot.start,
                end: slot.end,
                free: slot.status == SlotStatus::Free,
            };
            Ok(Some(SlotFeed {
                epoch,
                head: page.head,
                next: page.next,
                more: page.more,
                slots: page.entries.into_iter().map(state).collect(),
                on_site: visits::quota(db, &service, asked_of.now())?,
            }))
        })
        .await?;
    let feed = feed.ok_or_else(|| ApiError::not_found("没有这个科室。 There is no such department."))?;
    if asked.is_stream {
        return stream(&hub, Log::Service(id), asked.after);
    }
    Ok(unkept(Json(feed).into_response()))
}

fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Stays open and says the newest number whenever it is another than the one seen last. It ends when the hub stops.
fn stream(hub: &Hub, log: Log, after: u64) -> Result<Response, ApiError> {
    let waiting = hub.watch.wait_for(log).ok_or_else(ApiError::too_many_waiting)?;
    let until = Instant::now() + LONGEST;
    let open = hub.metrics.stream();
    let events = stream::unfold((waiting, after, open), move |(mut waiting, last, open)| async move {
        let head = timeout_at(until, another(&mut waiting, last)).await.ok().flatten()?;
        let event = Event::default()
            .event("changed")
            .id(head.to_string())
            .data(head.to_string());
        Some((Ok::<_, Infallible>(event), (waiting, head, open)))
    });
    let alive = KeepAlive::new().interval(ALIVE).text("alive");
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // A proxy that waits for more would keep it all.
    let name = HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(name, HeaderValue::from_static("no"));
    Ok(response)
}

/// The newest number as soon as it is another; none when the hub stops.
async fn another(waiting: &mut Waiting, last: u64) -> Option<u64> {
    let head = waiting
        .head
        .wait_for(|head| head.is_some_and(|head| head != last))
        .await;
    head.ok().and_then(|head| *head)
}
