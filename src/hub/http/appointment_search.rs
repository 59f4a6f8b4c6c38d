//! Searching for appointments (ITI-118).
//!
//! Nobody can list everyone's: a search names the patient, an identifier or an id. What the caller may not see is not
//! there for them.

use super::{
    asking::{Asking, Input},
    described::{AppointmentParams, Paging},
    directory::{has_identifier, has_specialty},
    error::ApiError,
    search::{Found, Search, Terms, malformed},
    wishes::command_of,
};
use crate::{
    accounts::{Action, Who, Whose},
    booking::{self, directory},
    db::{After, AppointmentQuery, Database, DbError},
};
use anban_wire::fhir::{Appointment, AppointmentStatus, Bundle, FhirResource, IssueType, Practitioner, Resource};
use axum::{http::StatusCode, response::Response};
use std::collections::BTreeSet;

/// Among at most so many visits those are looked for that the database can't tell apart; no patient has more.
const MAX_SIFTED: u32 = 10_000;

/// All parameters that the search knows.
pub(super) const PARAMETERS: [&str; 14] = [
    "patient",
    "patient.identifier",
    "patient:identifier",
    "identifier",
    "_id",
    "date",
    "status",
    "slot",
    "practitioner",
    "practitioner.identifier",
    "practitioner:identifier",
    "location",
    "specialty",
    "_include",
];

/// Visits.
#[utoipa::path(
    get, path = "/Appointment",
    params(Paging, AppointmentParams),
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 400), (status = 403))
)]
pub(super) async fn search(asking: Asking, terms: Terms) -> Result<Response, ApiError> {
    answer(asking, terms).await
}

/// The same search with its parameters in the body, where no log sees the identity number.
#[utoipa::path(
    post, path = "/Appointment/_search",
    request_body(content = AppointmentParams, content_type = "application/x-www-form-urlencoded"),
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 403))
)]
pub(super) async fn search_form(asking: Asking, mut terms: Terms, input: Input) -> Result<Response, ApiError> {
    // Parameters in the address count as well (https://hl7.org/fhir/R4/http.html#search).
    terms.parameters.extend(input.form()?);
    answer(asking, terms).await
}

/// What is looked for beyond what the database can tell.
struct Sieve {
    statuses: Vec<AppointmentStatus>,
    practitioners: Option<Vec<String>>,
    practitioner: Option<String>,
    locations: Option<Vec<String>>,
    specialty: Option<String>,
}

impl Sieve {
    fn read(search: &Search) -> Result<Self, ApiError> {
        let status = |code: &String| {
            AppointmentStatus::from_code(code).ok_or_else(|| malformed("status", "an appointment's status"))
        };
        Ok(Self {
            statuses: search
                .any_of("status")
                .unwrap_or_default()
                .iter()
                .map(status)
                .collect::<Result<_, _>>()?,
            practitioners: search.any_of("practitioner"),
            practitioner: search
                .one("practitioner.identifier")
                .or(search.one("practitioner:identifier"))
                .map(str::to_owned),
            locations: search.any_of("location"),
            specialty: search.one("specialty").map(str::to_owned),
        })
    }

    fn is_idle(&self) -> bool {
        self.statuses.len() < 2
            && self.practitioners.is_none()
            && self.practitioner.is_none()
            && self.locations.is_none()
            && self.specialty.is_none()
    }

    fn lets_through(&self, appointment: &Appointment, named: &[String]) -> bool {
        let takes_part = |kind: &str, wanted: &[String]| {
            let actors = appointment.participant.iter().filter_map(|one| one.actor.as_ref());
            actors.filter_map(|actor| actor.id_of(kind)).any(|id| {
                let whole = format!("{kind}/{id}");
                wanted
                    .iter()
                    .any(|wanted| wanted == id || *wanted == whole || wanted.ends_with(&format!("/{whole}")))
            })
        };
        (self.statuses.is_empty() || self.statuses.contains(&appointment.status))
            && self
                .practitioners
                .as_ref()
                .is_none_or(|wanted| takes_part("Practitioner", wanted))
            && (self.practitioner.is_none() || takes_part("Practitioner", named))
            && self
                .locations
                .as_ref()
                .is_none_or(|wanted| takes_part("Location", wanted))
            && self
                .specialty
                .as_ref()
                .is_none_or(|token| has_specialty(&appointment.specialty, token))
    }
}

async fn answer(asking: Asking, terms: Terms) -> Result<Response, ApiError> {
    if asking.caller.who == Who::Anonymous {
        asking.may(Action::ReadVisits, Whose::Brought)?;
    }
    let search = terms.search::<Appointment>(&asking.hub, &PARAMETERS)?;
    let patient = match search.token("patient.identifier")? {
        None => search.token("patient:identifier")?,
        named => named,
    };
    let patient_id = search.reference("patient", "Patient");
    // A search by patient answers to whoever knows the identity number, so nobody may try one after the other.
    if patient.is_some() || patient_id.is_some() {
        asking.spend()?;
    }
    let identifier = search.token("identifier")?;
    let id = search.one("_id").map(str::to_owned);
    if patient.is_none() && patient_id.is_none() && identifier.is_none() && id.is_none() {
        let text = "请说明是谁的预约。 Name the patient (patient=Patient/ID or patient.identifier=system|value), an \
                    identifier or an _id.";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, IssueType::Required, text));
    }
    let sieve = Sieve::read(&search)?;
    let (from, before) = search.span("date")?;
    let kinds = included_kinds(&search)?;
    let count = search.count()? as usize;
    let query = AppointmentQuery {
        id,
        patient: patient.map(|token| (token.system, token.code)),
        patient_id,
        slot: search.reference("slot", "Slot"),
        command: identifier.as_ref().map(command_of),
        status: sieve.statuses.first().copied().filter(|_| sieve.statuses.len() == 1),
        from,
        before,
        after: search.place().filter(|_| sieve.is_idle()),
        limit: if sieve.is_idle() { search.limit()? } else { MAX_SIFTED },
    };
    let place = search.place();
    let (total, mut found, included) = asking
        .step(move |db, asking| {
            let (total, bodies) = db.appointments(&query)?;
            let mut found: Vec<Appointment> = bodies
                .iter()
                .map(|body| booking::from_text(body))
                .collect::<Result<_, _>>()?;
            let named = named(db, sieve.practitioner.as_deref())?;
            // What the caller may not see is not there for them.
            found.retain(|appointment| {
                let may_see = asking.may(Action::ReadVisits, Whose::of(appointment));
                may_see.is_ok() && sieve.lets_through(appointment, &named)
            });
            let hidden = u32::try_from(bodies.len() - found.len()).unwrap_or(u32::MAX);
            let total = total.saturating_sub(hidden);
            // Where the database can't sift, it has given the pages before as well.
            found.retain(|one| place.as_ref().is_none_or(|place| place_of(one) > *place));
            let shown = found.get(..count).unwrap_or(&found);
            let included = participants(db, shown, &kinds)?;
            asking.has_seen(db, Appointment::TYPE, shown)?;
            Ok((total, found, included))
        })
        .await?;
    let mut answer = Found::page(total, &mut found, &search, place_of)?;
    answer.found = found.into_iter().map(Resource::from).collect();
    answer.included = included;
    search.answer(&asking.hub, answer)
}

/// Where an appointment stands among all: they are in the order of their beginning.
fn place_of(appointment: &Appointment) -> After {
    After::new(
        appointment.start.unwrap_or_default(),
        appointment.id.as_deref().unwrap_or_default(),
    )
}

/// The ids of the practitioners who have that identifier.
fn named(db: &dyn Database, token: Option<&str>) -> Result<Vec<String>, DbError> {
    let Some(token) = token else {
        return Ok(vec![]);
    };
    let practitioners = directory::<Practitioner>(db)?.into_iter();
    let fitting = practitioners.filter(|practitioner| has_identifier(&practitioner.identifier, token));
    Ok(fitting.filter_map(|practitioner| practitioner.id).collect())
}

/// The types of participants that `_include` asks for.
fn included_kinds(search: &Search) -> Result<Vec<&'static str>, ApiError> {
    let mut kinds = vec![];
    for include in search.all("_include") {
        match include {
            "Appointment:actor" | "*" => kinds.extend(["Practitioner", "HealthcareService", "Location"]),
            "Appointment:practitioner" => kinds.push("Practitioner"),
            "Appointment:location" => kinds.push("Location"),
            _ => return Err(malformed("_include", "Appointment:actor, :practitioner or :location")),
        }
    }
    Ok(kinds)
}

/// Those who take part in the appointments, each once.
fn participants(
    db: &dyn Database,
    appointments: &[Appointment],
    kinds: &[&'static str],
) -> Result<Vec<Resource>, DbError> {
    let actors = appointments
        .iter()
        .flat_map(|appointment| &appointment.participant)
        .filter_map(|participant| participant.actor.as_ref());
    let wanted: BTreeSet<(&str, &str)> = actors
        .flat_map(|actor| kinds.iter().filter_map(|kind| Some((*kind, actor.id_of(kind)?))))
        .collect();
    let mut found = vec![];
    for (kind, id) in wanted {
        found.extend(db.directory_entry(kind, id)?);
    }
    Ok(found)
}
