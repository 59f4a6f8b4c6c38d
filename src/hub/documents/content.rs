//! What each kind of document says, and for how long it holds.

use super::Issuing;
use crate::{
    accounts::{Action, Whose},
    booking,
    refused::Refused,
    state::StepError,
};
use anban_credential::{Health, Status};
use anban_wire::{
    CITY_OFFSET, IdentityNumber,
    documents::{DocumentKind, DocumentRequest, STATEMENT, Source},
    fhir::{Appointment, AppointmentStatus, Location, Reference, Resource},
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
};
use std::collections::BTreeMap;

/// What a document by the person's own account says of itself.
const BY_OWN_ACCOUNT: &str = "内容由本人陈述，签发单位已登记，未核实。";

/// What a document says beside whom it is about.
pub(super) struct Content {
    pub(super) details: BTreeMap<String, String>,
    pub(super) health: Option<Health>,
    /// Until when it holds.
    pub(super) until: Timestamp,
}

/// How many days a document holds: one of what changes daily, a week for what is carried through days without a
/// network, longer for what stands on paper.
fn days(kind: DocumentKind) -> i64 {
    match kind {
        DocumentKind::MedicalInsurance | DocumentKind::EntryPass => 1,
        DocumentKind::HealthStatus
        | DocumentKind::Test
        | DocumentKind::TravelRecord
        | DocumentKind::EntryForm
        // An appointment's slip holds until the end of its day instead.
        | DocumentKind::Appointment => 7,
        DocumentKind::HealthCard | DocumentKind::IdentityLink => 30,
        DocumentKind::Delegation => 180,
        DocumentKind::Vaccination
        | DocumentKind::CheckUp
        | DocumentKind::CardCopy
        | DocumentKind::EmergencyCard => 365,
    }
}

/// The longest that a person may give an authorisation for, in days.
const LONGEST_DELEGATION: i64 = 365;

impl Issuing<'_> {
    /// What the document that is asked for says.
    pub(super) fn content(&self, request: &DocumentRequest, number: &IdentityNumber) -> Result<Content, StepError> {
        match request.kind.source() {
            Source::Booking => self.slip(request),
            Source::Statement => self.statement(request),
            Source::Records => self.record(request, number),
        }
    }

    fn after(&self, days: i64) -> Timestamp {
        let life = SignedDuration::from_hours(24 * days);
        self.now.checked_add(life).unwrap_or(Timestamp::MAX)
    }

    fn record(&self, request: &DocumentRequest, number: &IdentityNumber) -> Result<Content, StepError> {
        let kind = request.kind;
        let until = self.after(days(kind));
        let health = || {
            let register = self.health.ok_or(Refused::NoHealthRegister)?;
            Ok::<_, StepError>(register.health_of(number))
        };
        let (details, health) = match kind {
            DocumentKind::HealthStatus => (BTreeMap::new(), Some(health()?)),
            DocumentKind::EntryPass => {
                if health()?.status != Status::Green {
                    return Err(Refused::NoPass.into());
                }
                // Where the person wants to enter is theirs to say; the pass is no promise of the venue.
                let venue = request.details.get_key_value("venue");
                let venue = venue.map(|(name, text)| (name.clone(), text.trim().to_owned()));
                (venue.into_iter().collect(), None)
            }
            kind => {
                let record = self.db.record(number.as_str(), kind)?;
                (record.ok_or(Refused::NoRecord)?, None)
            }
        };
        Ok(Content { details, health, until })
    }

    /// What the person states, with a sentence that says so.
    fn statement(&self, request: &DocumentRequest) -> Result<Content, StepError> {
        let trimmed = |(name, text): (&String, &String)| (name.trim().to_owned(), text.trim().to_owned());
        let mut details: BTreeMap<_, _> = request.details.iter().map(trimmed).collect();
        let until = match details.get("until") {
            Some(until) if request.kind == DocumentKind::Delegation => self.end_of(until)?,
            _ => self.after(days(request.kind)),
        };
        details.insert(STATEMENT.to_owned(), BY_OWN_ACCOUNT.to_owned());
        Ok(Content {
            details,
            health: None,
            until,
        })
    }

    /// The end of a day that was written as 2026-12-31, if it is to come and not too far away.
    fn end_of(&self, day: &str) -> Result<Timestamp, StepError> {
        let day: Date = day.parse().map_err(|_| Refused::Until)?;
        let end = end_of_day(day).filter(|end| *end > self.now).ok_or(Refused::Until)?;
        Ok(end.min(self.after(LONGEST_DELEGATION)))
    }

    /// The slip of an appointment, from the booking as it stands now.
    fn slip(&self, request: &DocumentRequest) -> Result<Content, StepError> {
        let id = request.appointment.as_deref().unwrap_or_default();
        let (_, body) = self.db.appointment(id)?.ok_or(Refused::NoSuchAppointment)?;
        let appointment = booking::from_text(&body)?;
        // One of a patient with a device is only for who may see it; of any other, the name decides.
        let whose = Whose::of(&appointment);
        if whose != Whose::Brought {
            self.caller.may(Action::ReadVisits, whose, self.door)?;
        }
        if patient(&appointment).map(str::trim) != Some(request.name.trim()) {
            return Err(Refused::NoSuchAppointment.into());
        }
        let expected = matches!(
            appointment.status,
            AppointmentStatus::Booked | AppointmentStatus::Arrived | AppointmentStatus::CheckedIn
        );
        let start = appointment.start.filter(|_| expected).ok_or(Refused::NotBooked)?;
        let day = CITY_OFFSET.to_datetime(start).date();
        let until = end_of_day(day)
            .filter(|end| *end > self.now)
            .ok_or(Refused::NotBooked)?;
        Ok(Content {
            details: self.visit(&appointment, start)?,
            health: None,
            until,
        })
    }

    /// Who, where and when, in the words of the directory.
    fn visit(&self, appointment: &Appointment, start: Timestamp) -> Result<BTreeMap<String, String>, StepError> {
        let actor = |kind: &str| actors(appointment).find(|actor| actor.id_of(kind).is_some());
        let mut details = BTreeMap::new();
        let mut put = |name: &str, text: Option<String>| {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                details.insert(name.to_owned(), text);
            }
        };
        put("appointment", appointment.id.clone());
        put(
            "start",
            Some(CITY_OFFSET.to_datetime(start).strftime("%Y-%m-%d %H:%M").to_string()),
        );
        for (name, kind) in [("department", "HealthcareService"), ("practitioner", "Practitioner")] {
            put(name, actor(kind).and_then(|actor| actor.display.clone()));
        }
        // A counter is part of a hospital.
        for id in actors(appointment).filter_map(|actor| actor.id_of("Location")) {
            if let Some(Resource::Location(place)) = self.db.directory_entry("Location", id)? {
                let Location { name, part_of, .. } = *place;
                put(if part_of.is_some() { "place" } else { "hospital" }, name);
            }
        }
        Ok(details)
    }
}

fn actors(appointment: &Appointment) -> impl Iterator<Item = &Reference> {
    appointment
        .participant
        .iter()
        .filter_map(|participant| participant.actor.as_ref())
}

/// The patient's name as it was booked.
fn patient(appointment: &Appointment) -> Option<&str> {
    let contained = appointment.contained.iter().find_map(|resource| match resource {
        Resource::Patient(patient) => patient.name.first()?.text.as_deref(),
        _ => None,
    });
    let named = || {
        actors(appointment)
            .find(|actor| actor.kind.as_deref() == Some("Patient"))?
            .display
            .as_deref()
    };
    contained.or_else(named)
}

/// The midnight with which a day ends in the city.
fn end_of_day(day: Date) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_datetime(Time::midnight());
    CITY_OFFSET.to_timestamp(next).ok()
}
