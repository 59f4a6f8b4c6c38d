//! Hospitals, departments, practitioners and calendars: how they are read. Schedulers write them: see [`super::entries`].

use super::{
    described::{IncludeLocation, Paging},
    error::ApiError,
    id::Id,
    search::{Found, Search, Terms},
    versions::with_version,
};
use crate::{
    booking::directory,
    db::{Database, DbError},
    state::State as Hub,
    visits::today,
};
use anban_wire::fhir::{
    Bundle, FhirResource, HealthcareService, HumanName, Identifier, Location, Practitioner, Reference, Resource,
    Schedule,
};
use axum::{extract::State, http::StatusCode, response::Response};
use jiff::Timestamp;
use std::{collections::BTreeSet, sync::Arc};

type Answer = Result<Response, ApiError>;

/// Departments.
#[utoipa::path(
    get, path = "/HealthcareService",
    params(Paging, ("active" = Option<bool>, Query), ("name" = Option<String>, Query), ("location" = Option<String>, Query), ("specialty" = Option<String>, Query, description = "system|code"), ("identifier" = Option<String>, Query, description = "system|value"), ("_id" = Option<String>, Query), ("_include" = inline(Option<IncludeLocation>), Query)),
    responses((status = 200, body = Bundle), (status = 400))
)]
pub(super) async fn search_services(State(hub): State<Arc<Hub>>, terms: Terms) -> Answer {
    let known = [
        "active",
        "name",
        "location",
        "specialty",
        "identifier",
        "_id",
        "_include",
    ];
    let search = terms.search::<HealthcareService>(&hub, &known)?;
    let active = search.flag("active")?;
    let takes_locations = search.includes("HealthcareService:location")?;
    let (services, locations) = {
        let now = hub.now();
        hub.step(move |db| {
            let services = with_quotas(directory(db)?, db, now)?;
            let locations = if takes_locations {
                directory::<Location>(db)?
            } else {
                vec![]
            };
            Ok((services, locations))
        })
        .await?
    };
    let place = search.reference("location", "Location");
    let wanted: Vec<HealthcareService> = services
        .into_iter()
        .filter(|service| id_fits(&search, service.id.as_deref()) && number_fits(&search, &service.identifier))
        .filter(|service| active.is_none_or(|active| service.active == Some(active)))
        .filter(|service| {
            let english = service
                .name_element
                .as_ref()
                .and_then(|element| element.translation("en"));
            name_fits(&search, [service.name.as_deref(), english])
        })
        .filter(|service| {
            place
                .as_deref()
                .is_none_or(|id| service.location.iter().any(|at| at.id_of("Location") == Some(id)))
        })
        .filter(|service| {
            search
                .one("specialty")
                .is_none_or(|token| has_specialty(&service.specialty, token))
        })
        .collect();
    let mut found = Found::part_of(wanted, &search)?;
    let shown = found.found.iter().filter_map(|resource| match resource {
        Resource::HealthcareService(service) => Some(service),
        _ => None,
    });
    let places: BTreeSet<String> = shown
        .flat_map(|service| &service.location)
        .filter_map(|reference| reference.id_of("Location").map(str::to_owned))
        .collect();
    found.included = locations
        .into_iter()
        .filter(|location| location.id.as_ref().is_some_and(|id| places.contains(id)))
        .map(Resource::from)
        .collect();
    search.answer(&hub, found)
}

/// Hospitals and counters.
#[utoipa::path(
    get, path = "/Location",
    params(Paging, ("name" = Option<String>, Query), ("partof" = Option<String>, Query), ("identifier" = Option<String>, Query, description = "system|value"), ("_id" = Option<String>, Query)),
    responses((status = 200, body = Bundle), (status = 400))
)]
pub(super) async fn search_locations(State(hub): State<Arc<Hub>>, terms: Terms) -> Answer {
    let search = terms.search::<Location>(&hub, &["name", "partof", "identifier", "_id"])?;
    let whole = search.reference("partof", "Location");
    let english = |location: &Location| {
        location
            .name_element
            .as_ref()
            .and_then(|element| element.translation("en"))
            .map(str::to_owned)
    };
    search_all::<Location>(&hub, &search, |location| {
        let within = |whole: &str| location.part_of.as_ref().and_then(|part| part.id_of("Location")) == Some(whole);
        name_fits(&search, [location.name.as_deref(), english(location).as_deref()])
            && whole.as_deref().is_none_or(within)
            && number_fits(&search, &location.identifier)
    })
    .await
}

/// Doctors.
#[utoipa::path(
    get, path = "/Practitioner",
    params(Paging, ("name" = Option<String>, Query), ("identifier" = Option<String>, Query, description = "system|value"), ("_id" = Option<String>, Query)),
    responses((status = 200, body = Bundle), (status = 400))
)]
pub(super) async fn search_practitioners(State(hub): State<Arc<Hub>>, terms: Terms) -> Answer {
    let search = terms.search::<Practitioner>(&hub, &["name", "identifier", "_id"])?;
    search_all::<Practitioner>(&hub, &search, |practitioner| {
        let english = |name: &HumanName| name.text_element.as_ref()?.translation("en").map(str::to_owned);
        let translated: Vec<String> = practitioner.name.iter().filter_map(english).collect();
        let names = practitioner.name.iter().map(|name| name.text.as_deref());
        name_fits(&search, names.chain(translated.iter().map(|name| Some(name.as_str()))))
            && number_fits(&search, &practitioner.identifier)
    })
    .await
}

/// Calendars.
#[utoipa::path(
    get, path = "/Schedule",
    params(Paging, ("actor" = Option<String>, Query), ("active" = Option<bool>, Query), ("specialty" = Option<String>, Query, description = "system|code"), ("identifier" = Option<String>, Query, description = "system|value"), ("_id" = Option<String>, Query)),
    responses((status = 200, body = Bundle), (status = 400))
)]
pub(super) async fn search_schedules(State(hub): State<Arc<Hub>>, terms: Terms) -> Answer {
    let search = terms.search::<Schedule>(&hub, &["actor", "active", "specialty", "identifier", "_id"])?;
    let active = search.flag("active")?;
    search_all::<Schedule>(&hub, &search, |schedule| {
        // A comma means "or"; a type that is left out may be any.
        let is_actor = |wanted: &str| {
            wanted.split(',').any(|wanted| {
                let mut references = schedule.actor.iter().filter_map(|actor| actor.reference.as_deref());
                references.any(|reference| {
                    wanted == reference
                        || wanted.ends_with(&format!("/{reference}"))
                        || reference.split('/').nth(1) == Some(wanted)
                })
            })
        };
        search.one("actor").is_none_or(is_actor)
            && search
                .one("specialty")
                .is_none_or(|token| has_specialty(&schedule.specialty, token))
            && active.is_none_or(|active| schedule.active == Some(active))
            && number_fits(&search, &schedule.identifier)
    })
    .await
}

/// A department.
#[utoipa::path(
    get, path = "/HealthcareService/{id}",
    params(("id" = String, Path, description = "Logical id")),
    responses((status = 200, body = HealthcareService, headers(("ETag" = String, description = "Its version"))), (status = 404))
)]
pub(super) async fn read_service(State(hub): State<Arc<Hub>>, Id(id): Id) -> Answer {
    let now = hub.now();
    let found = hub
        .step(move |db| match db.directory_entry(HealthcareService::TYPE, &id)? {
            Some(Resource::HealthcareService(service)) => Ok(with_quotas(vec![*service], db, now)?.pop()),
            _ => Ok(None),
        })
        .await?;
    found
        .map(|service| with_version(StatusCode::OK, service))
        .ok_or_else(nothing)
}

/// A hospital or counter.
#[utoipa::path(
    get, path = "/Location/{id}",
    params(("id" = String, Path, description = "Logical id")),
    responses((status = 200, body = Location, headers(("ETag" = String, description = "Its version"))), (status = 404))
)]
pub(super) async fn read_location(state: State<Arc<Hub>>, id: Id) -> Answer {
    read::<Location>(state, id).await
}

/// A doctor.
#[utoipa::path(
    get, path = "/Practitioner/{id}",
    params(("id" = String, Path, description = "Logical id")),
    responses((status = 200, body = Practitioner, headers(("ETag" = String, description = "Its version"))), (status = 404))
)]
pub(super) async fn read_practitioner(state: State<Arc<Hub>>, id: Id) -> Answer {
    read::<Practitioner>(state, id).await
}

/// A calendar.
#[utoipa::path(
    get, path = "/Schedule/{id}",
    params(("id" = String, Path, description = "Logical id")),
    responses((status = 200, body = Schedule, headers(("ETag" = String, description = "Its version"))), (status = 404))
)]
pub(super) async fn read_schedule(state: State<Arc<Hub>>, id: Id) -> Answer {
    read::<Schedule>(state, id).await
}

async fn read<R: FhirResource>(State(hub): State<Arc<Hub>>, Id(id): Id) -> Answer {
    let found = hub.step(move |db| Ok(db.directory_entry(R::TYPE, &id)?)).await?;
    found
        .map(|resource| with_version(StatusCode::OK, resource))
        .ok_or_else(nothing)
}

async fn search_all<R: FhirResource + Clone + Send + 'static>(
    hub: &Arc<Hub>,
    search: &Search,
    fits: impl Fn(&R) -> bool,
) -> Answer {
    let all = hub.step(|db| Ok(directory::<R>(db)?)).await?;
    let found: Vec<R> = all
        .into_iter()
        .filter(|resource| id_fits(search, resource.clone().into().id()) && fits(resource))
        .collect();
    search.answer(hub, Found::part_of(found, search)?)
}

/// Adds today's numbers given out on the spot.
pub(super) fn with_quotas(
    mut services: Vec<HealthcareService>,
    db: &dyn Database,
    now: Timestamp,
) -> Result<Vec<HealthcareService>, DbError> {
    let quotas = db.quotas(today(now))?;
    for service in &mut services {
        let quota = quotas.iter().find(|(id, _)| Some(id) == service.id.as_ref());
        service.extension.extend(quota.map(|(_, quota)| quota.to_extension()));
    }
    Ok(services)
}

fn id_fits(search: &Search, id: Option<&str>) -> bool {
    search
        .one("_id")
        .is_none_or(|wanted| wanted.split(',').any(|wanted| Some(wanted) == id))
}

/// Whether it has the identifier that is asked for.
fn number_fits(search: &Search, identifiers: &[Identifier]) -> bool {
    search
        .one("identifier")
        .is_none_or(|token| has_identifier(identifiers, token))
}

/// A name search finds names that begin with the text, in either language, upper or lower case.
fn name_fits<'a>(search: &Search, names: impl IntoIterator<Item = Option<&'a str>>) -> bool {
    search.one("name").is_none_or(|wanted| {
        let wanted = wanted.to_lowercase();
        names
            .into_iter()
            .flatten()
            .any(|name| name.to_lowercase().starts_with(&wanted))
    })
}

/// Whether one of the codings is the one that a token `system|code` names.
pub(super) fn has_specialty(specialties: &[anban_wire::fhir::CodeableConcept], token: &str) -> bool {
    anban_wire::scheduling::Token::parse(token).is_some_and(|token| {
        specialties
            .iter()
            .flat_map(|specialty| &specialty.coding)
            .any(|coding| {
                coding.code.as_deref() == Some(&token.code)
                    && token
                        .system
                        .as_ref()
                        .is_none_or(|system| coding.system.as_ref() == Some(system))
            })
    })
}

/// Whether one of the identifiers is the one that a token `system|value` names.
pub(super) fn has_identifier(identifiers: &[Identifier], token: &str) -> bool {
    anban_wire::scheduling::Token::parse(token).is_some_and(|token| {
        identifiers.iter().any(|identifier| {
            identifier.value.as_deref() == Some(&token.code)
                && token
                    .system
                    .as_ref()
                    .is_none_or(|system| identifier.system.as_ref() == Some(system))
        })
    })
}

/// Whether one of the references is to that resource.
pub(super) fn refers_to(references: &[Reference], kind: &str, id: &str) -> bool {
    references.iter().any(|reference| reference.id_of(kind) == Some(id))
}

fn nothing() -> ApiError {
    ApiError::not_found("没有这一项。 There is no such entry.")
}
