//! SMART Health Cards: health data in FHIR, signed by whoever holds the record.
//!
//! A card is a compact JWS (`jws`) whose payload holds a FHIR bundle: the patient and what was done. It travels as a QR
//! symbol (`numeric`), in the past also in several, or as a file with one or more cards in it (`file`). Its issuer is
//! named by a URL, its key by a thumbprint, and single cards are taken back by lists that the issuer publishes
//! (`revocations`). All of it after the SMART Health Cards Framework, version 1.4 (<https://spec.smarthealth.cards>),
//! now a part of HL7's SMART Health Cards and Links; chunked codes, which 1.3 advises against, are read as well.
//!
//! As with EU certificates, reading takes any payload that is an object, so that a card with an error in it can be
//! shown and reported; `schema` holds it against the framework. The FHIR profiles of single uses (which vaccine codes
//! there are, which elements should have been left out to save space) are no concern of the check.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::claims::Kind;
use crate::document::ReadError;
use crate::json::{self, JsonError};
use crate::names;

mod error;
mod file;
mod numeric;
mod revocations;
mod schema;

pub use error::CardError;
pub(crate) use error::Layer;
pub(crate) use file::{cards, looks_like_a_file};
pub use numeric::{MAX_PARTS, Parts};
pub(crate) use numeric::{Symbol, decode, encode};
pub use revocations::{CardRevocations, RevocationsError};
pub(crate) use revocations::{covers, read_entry};
pub use schema::CardSchemaError;
pub(crate) use schema::is_issuer_url;

/// The kinds that the framework has a type for, and the resources that make a card one where it names no type.
const KINDS: [(Kind, &str, &[&str]); 2] = [
    (
        Kind::Vaccination,
        "https://smarthealth.cards#immunization",
        &["Immunization"],
    ),
    (
        Kind::Test,
        "https://smarthealth.cards#laboratory",
        &["Observation", "DiagnosticReport"],
    ),
];

/// The payload of a card.
#[derive(Clone)]
pub(crate) struct HealthCard(Json);

/// A time in a payload (RFC 7519, NumericDate).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    /// There is none.
    Absent,
    /// It is no number.
    Malformed,
    /// A number of seconds that no calendar goes to: milliseconds most of the time.
    OutOfRange,
    At(Timestamp),
}

impl Time {
    pub fn timestamp(self) -> Option<Timestamp> {
        match self {
            Time::At(time) => Some(time),
            _ => None,
        }
    }
}

impl HealthCard {
    pub fn read(payload: &[u8]) -> Result<Self, ReadError> {
        match json::parse(payload) {
            Ok(json @ Json::Object(_)) => Ok(Self(json)),
            Err(JsonError::DuplicateKey) => Err(ReadError::Content("a claim stands in it twice")),
            Err(JsonError::TooDeep) => Err(ReadError::Content("it is nested too deeply")),
            Ok(_) | Err(JsonError::Malformed) => Err(ReadError::Content("it is not a JSON object")),
        }
    }

    pub fn json(&self) -> &Json {
        &self.0
    }

    pub fn into_json(self) -> Json {
        self.0
    }

    pub fn issuer(&self) -> Option<&str> {
        self.0.get("iss")?.as_str()
    }

    /// From when it holds, which is when it was issued (`nbf`).
    pub fn issued_at(&self) -> Time {
        self.time("nbf")
    }

    /// Until when it holds (`exp`). Most cards do not end.
    pub fn expires_at(&self) -> Time {
        self.time("exp")
    }

    /// The name under which its issuer can take it back.
    pub fn revocation_id(&self) -> Option<&str> {
        self.0.get("vc")?.get("rid")?.as_str()
    }

    /// By its types, and by what is in it where it names none: since 1.4 issuers need not name any.
    pub fn kind(&self) -> Kind {
        let typed = |wanted: &str| self.types().any(|found| found == wanted);
        let holds = |wanted: &[&str]| self.resources().any(|(found, _)| wanted.contains(&found));
        let by_type = KINDS.iter().find(|(_, name, _)| typed(name));
        by_type
            .or_else(|| KINDS.iter().find(|(_, _, resources)| holds(resources)))
            .map_or_else(
                || Kind::Other("smart-health-card".to_owned()),
                |(kind, ..)| kind.clone(),
            )
    }

    /// Every kind of thing in it, for each of which the signer needs permission.
    pub fn kinds(&self) -> Vec<Kind> {
        let named = |(_, name, resources): &&(Kind, &str, &[&str])| {
            self.types().any(|found| found == *name) || self.resources().any(|(found, _)| resources.contains(&found))
        };
        let kinds: Vec<Kind> = KINDS.iter().filter(named).map(|(kind, ..)| kind.clone()).collect();
        if kinds.is_empty() { vec![self.kind()] } else { kinds }
    }

    /// The patient's name: the official one, or the first.
    pub fn holder_name(&self) -> Option<String> {
        let names = self.patient()?.get("name")?.as_array()?;
        let official = |name: &&Json| name.get("use").and_then(Json::as_str) == Some("official");
        let name = names.iter().find(official).or(names.first())?;
        let text = |value: Option<&Json>| {
            let text = value?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let given: Vec<String> = name
            .get("given")
            .and_then(Json::as_array)
            .map(|given| given.iter().filter_map(|part| text(Some(part))).collect())
            .unwrap_or_default();
        let given = (!given.is_empty()).then(|| given.join(" "));
        names::spoken(given, text(name.get("family"))).or_else(|| text(name.get("text")))
    }

    /// The patient's birth date as it stands there: a day, a month or a year.
    pub fn birth_date(&self) -> Option<&str> {
        self.patient()?.get("birthDate")?.as_str()
    }

    fn patient(&self) -> Option<&Json> {
        self.resources()
            .find(|(kind, _)| *kind == "Patient")
            .map(|(_, resource)| resource)
    }

    fn types(&self) -> impl Iterator<Item = &str> {
        let types = self.0.get("vc").and_then(|vc| vc.get("type")).and_then(Json::as_array);
        types.into_iter().flatten().filter_map(Json::as_str)
    }

    /// The resources of the bundle, each with its type.
    fn resources(&self) -> impl Iterator<Item = (&str, &Json)> {
        let bundle = self.0.pointer("/vc/credentialSubject/fhirBundle/entry");
        let entries = bundle.and_then(Json::as_array).into_iter().flatten();
        entries.filter_map(|entry| {
            let resource = entry.get("resource")?;
            Some((resource.get("resourceType")?.as_str()?, resource))
        })
    }

    fn time(&self, name: &str) -> Time {
        let Some(value) = self.0.get(name) else {
            return Time::Absent;
        };
        let Some(seconds) = value.as_f64() else {
            return Time::Malformed;
        };
        // Issuers write milliseconds behind the point. The cast saturates, and what is beyond the calendar is refused.
        let time = match value.as_i64() {
            Some(whole) => Timestamp::from_second(whole),
            None => Timestamp::from_millisecond((seconds * 1000.0).round() as i64),
        };
        time.map_or(Time::OutOfRange, Time::At)
    }
}
