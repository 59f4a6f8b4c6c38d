//! `$find` (ITI-115): which visits could be booked.
//!
//! Parameters arrive in the body (`Parameters`) or in the query of a GET; both end in the same [`FindRequest`].
//! Several values of one parameter mean any of them, different parameters mean all of them. Parameters about
//! the patient don't change what this city offers and are passed over; a parameter that would narrow the
//! search in a way that is not understood is refused, since leaving it out would offer wrong visits (unless whoever asks
//! says that it does not mind).

use super::{RequestError, find_time::VisitTime};
use crate::{
    directory::Text,
    fhir::{Bundle, CodeableConcept, Coding, DateTime, Parameter, Parameters, Reference, Resource},
};
use jiff::Timestamp;

/// At most so many offers in one answer; `Bundle.total` tells how many there are.
pub const MAX_OFFERS: u32 = 1000;
/// At most so many values of one parameter: more is no question of a person.
const MAX_VALUES: usize = 32;

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct FindRequest {
    /// Visits that begin then or later.
    pub start: Timestamp,
    /// Visits that end then or earlier.
    pub end: Timestamp,
    /// Any of these specialties; empty for all.
    pub specialties: Vec<Token>,
    /// With any of these practitioners; empty for all.
    pub practitioners: Vec<Target>,
    /// At any of these places; empty for all.
    pub locations: Vec<Target>,
    /// Places whose name or address has one of these texts in it; empty for all.
    pub places: Vec<String>,
    /// Of any of these organisations; empty for all.
    pub organizations: Vec<Target>,
    /// Any of these kinds of visit; empty for all.
    pub visit_types: Vec<Token>,
    /// At these times.
    pub time: Option<VisitTime>,
    /// At most so many, from the earliest.
    pub count: Option<u32>,
}

/// What a server does with a parameter that it does not know (the header `Prefer: handling=…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handling {
    /// Refuses it.
    #[default]
    Strict,
    /// Passes it over.
    Lenient,
}

/// A code with its system, in a search written `system|code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The code system; `None` where any will do.
    pub system: Option<String>,
    /// The code.
    pub code: String,
}

/// A resource by its id or by a number that someone gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Logical id on the server asked.
    Id(String),
    /// System and value of an identifier.
    Identifier(String, String),
}

impl Token {
    /// Reads `system|code` or `code`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (system, code) = match text.split_once('|') {
            Some((system, code)) => (Some(system.to_owned()).filter(|system| !system.is_empty()), code),
            None => (None, text),
        };
        (!code.is_empty()).then(|| Self {
            system,
            code: code.to_owned(),
        })
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.system {
            Some(system) => write!(f, "{system}|{}", self.code),
            None => f.write_str(&self.code),
        }
    }
}

impl Target {
    fn read(reference: &Reference, kind: &str) -> Option<Self> {
        if let Some(id) = reference.id_of(kind) {
            return Some(Self::Id(id.to_owned()));
        }
        let identifier = reference.identifier.as_ref()?;
        Some(Self::Identifier(identifier.system.clone()?, identifier.value.clone()?))
    }

    fn to_reference(&self, kind: &str) -> Reference {
        match self {
            Self::Id(id) => Reference::to(kind, id),
            Self::Identifier(system, value) => Reference {
                identifier: Some(Box::new(crate::fhir::Identifier::new(system, value))),
                ..Reference::default()
            },
        }
    }
}

impl FindRequest {
    /// Everything between two instants.
    #[must_use]
    pub fn between(start: Timestamp, end: Timestamp) -> Self {
        Self {
            start,
            end,
            specialties: vec![],
            practitioners: vec![],
            locations: vec![],
            places: vec![],
            organizations: vec![],
            visit_types: vec![],
            time: None,
            count: None,
        }
    }

    /// What a department of a hospital offers.
    #[must_use]
    pub fn of_department(start: Timestamp, end: Timestamp, specialty: Token, hospital: &str) -> Self {
        let locations = vec![Target::Id(hospital.to_owned())];
        Self {
            specialties: vec![specialty],
            locations,
            ..Self::between(start, end)
        }
    }

    /// The body of the request.
    #[must_use]
    pub fn to_parameters(&self) -> Parameters {
        let mut parameter = vec![
            Parameter::date_time("start", self.start),
            Parameter::date_time("end", self.end),
        ];
        parameter.extend(
            self.specialties
                .iter()
                .map(|token| Parameter::string("specialty", token.to_string())),
        );
        let references = |name: &'static str, kind: &'static str, targets: &[Target]| -> Vec<Parameter> {
            targets
                .iter()
                .map(|target| Parameter::reference(name, target.to_reference(kind)))
                .collect()
        };
        parameter.extend(references("practitioner", "Practitioner", &self.practitioners));
        parameter.extend(references("location-reference", "Location", &self.locations));
        parameter.extend(references("organization", "Organization", &self.organizations));
        parameter.extend(
            self.places
                .iter()
                .map(|text| Parameter::string("location-string", text)),
        );
        let visit_types = self.visit_types.iter();
        parameter.extend(visit_types.map(|token| Parameter::string("visit-type", token.to_string())));
        parameter.extend(self.time.as_ref().map(|time| Parameter {
            value_timing: Some(time.to_timing()),
            ..Parameter::new("timing")
        }));
        parameter.extend(self.count.map(|count| Parameter {
            value_integer: Some(i32::try_from(count).unwrap_or(i32::MAX)),
            ..Parameter::new("_count")
        }));
        Parameters {
            parameter,
            ..Parameters::default()
        }
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    /// When `start` or `end` is missing, a value has the wrong form, or a parameter is unknown and that matters.
    pub fn from_parameters(parameters: &Parameters, handling: Handling) -> Result<Self, RequestError> {
        let mut builder = Builder::new(handling);
        for parameter in &parameters.parameter {
            let text = text_of(parameter);
            let text = text.as_deref();
            // `dateTime` may also come as one of its relatives, or as text, as the profile allows for tokens.
            let dated = [
                &parameter.value_date_time,
                &parameter.value_instant,
                &parameter.value_date,
            ];
            let dated = || dated.into_iter().flatten().next().cloned();
            match parameter.name.as_str() {
                "start" => builder.start = dated().or(date(text, "start")?),
                "end" => builder.end = dated().or(date(text, "end")?),
                "_count" => {
                    let number = parameter.value_integer.map(|count| count.to_string());
                    builder.count(number.as_deref().or(text).unwrap_or_default())?;
                }
                "practitioner" | "location-reference" | "organization" if parameter.value_reference.is_some() => {
                    builder.reference(&parameter.name, parameter.value_reference.as_ref())?;
                }
                "timing" => {
                    let timing = parameter.value_timing.as_ref();
                    builder.time = Some(timing.and_then(VisitTime::read).ok_or(RequestError::Form {
                        name: "timing",
                        form: "a Timing by days of the week, times or parts of the day, instants or a span",
                    })?);
                }
                name => builder.text(name, text.unwrap_or_default())?,
            }
        }
        builder.finish()
    }

    /// Reads the query of a request. References may be written as bare ids there.
    ///
    /// # Errors
    /// As [`FindRequest::from_parameters`].
    pub fn from_query(query: &[(String, String)], handling: Handling) -> Result<Self, RequestError> {
        let mut builder = Builder::new(handling);
        for (name, value) in query {
            match name.as_str() {
                "start" => builder.start = date(Some(value), "start")?,
                "end" => builder.end = date(Some(value), "end")?,
                "_count" => builder.count(value)?,
                name => builder.text(name, value)?,
            }
        }
        builder.finish()
    }
}

/// A parameter's value as a token or text.
fn text_of(parameter: &Parameter) -> Option<String> {
    let token = |coding: &Coding| {
        let code = coding.code.clone()?;
        let system = coding.system.clone();
        Some(Token { system, code }.to_string())
    };
    let coded = |concept: &CodeableConcept| concept.coding.iter().find_map(token);
    [&parameter.value_string, &parameter.value_code, &parameter.value_uri]
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .or_else(|| parameter.value_coding.as_ref().and_then(token))
        .or_else(|| parameter.value_codeable_concept.as_ref().and_then(coded))
}

fn date(text: Option<&str>, name: &'static str) -> Result<Option<DateTime>, RequestError> {
    let form = "a date or an instant such as 2026-11-23 or 2026-11-23T08:30:00+08:00";
    text.map(|text| text.parse().map_err(|_| RequestError::Form { name, form }))
        .transpose()
}

struct Builder {
    handling: Handling,
    start: Option<DateTime>,
    end: Option<DateTime>,
    time: Option<VisitTime>,
    request: FindRequest,
}

impl Builder {
    fn new(handling: Handling) -> Self {
        Self {
            handling,
            start: None,
            end: None,
            time: None,
            request: FindRequest::between(Timestamp::MIN, Timestamp::MAX),
        }
    }

    fn count(&mut self, text: &str) -> Result<(), RequestError> {
        let form = "a whole number from 0";
        // An unsignedInt of FHIR has 31 bits.
        let count = text.parse::<i32>().ok().and_then(|count| u32::try_from(count).ok());
        self.request.count = Some(count.ok_or(RequestError::Form { name: "_count", form })?);
        Ok(())
    }

    fn reference(&mut self, name: &str, reference: Option<&Reference>) -> Result<(), RequestError> {
        let (name, kind, list) = match name {
            "practitioner" => ("practitioner", "Practitioner", &mut self.request.practitioners),
            "organization" => ("organization", "Organization", &mut self.request.organizations),
            _ => ("location-reference", "Location", &mut self.request.locations),
        };
        let form = "a reference to a resource of that type, or an identifier with system and value";
        let target = reference.and_then(|reference| Target::read(reference, kind));
        push(list, target.ok_or(RequestError::Form { name, form })?, name)
    }

    /// A comma means "or" in a FHIR search.
    fn tokens(list: &mut Vec<Token>, name: &'static str, text: &str) -> Result<(), RequestError> {
        let form = "a code written system|code";
        text.split(',').try_for_each(|token| {
            let token = Token::parse(token).ok_or(RequestError::Form { name, form })?;
            push(list, token, name)
        })
    }

    fn text(&mut self, name: &str, text: &str) -> Result<(), RequestError> {
        match name {
            "specialty" => Self::tokens(&mut self.request.specialties, "specialty", text),
            "visit-type" => Self::tokens(&mut self.request.visit_types, "visit-type", text),
            "location-string" if text.trim().is_empty() => Err(RequestError::Form {
                name: "location-string",
                form: "a text",
            }),
            "location-string" => push(&mut self.request.places, text.trim().to_owned(), "location-string"),
            "practitioner" | "location-reference" | "organization" => {
                let kind = match name {
                    "practitioner" => "Practitioner",
                    "organization" => "Organization",
                    _ => "Location",
                };
                let reference = if text.contains('/') || text.is_empty() {
                    Reference {
                        reference: Some(text.to_owned()),
                        ..Reference::default()
                    }
                } else {
                    Reference::to(kind, text)
                };
                self.reference(name, Some(&reference))
            }
            // Say who is asking and why; the offer is the same for everyone.
            "patient-reference"
            | "patient-resource"
            | "reason"
            | "referral-identifier"
            | "insurance-reference"
            | "_format" => Ok(()),
            _ if self.handling == Handling::Lenient => Ok(()),
            // A rule in the query has no form that the profile tells of.
            "timing" => Err(RequestError::NotSupported("timing, in a query,".to_owned())),
            // An unknown name is free text, and not repeated to the asker.
            _ => Err(RequestError::NotSupported("with an unknown name".to_owned())),
        }
    }

    fn finish(self) -> Result<FindRequest, RequestError> {
        let start = self.start.ok_or(RequestError::Missing("start"))?.begin();
        let end = self.end.ok_or(RequestError::Missing("end"))?.end();
        if end < start {
            return Err(RequestError::Form {
                name: "end",
                form: "not before start",
            });
        }
        Ok(FindRequest {
            start,
            end,
            time: self.time,
            ..self.request
        })
    }
}

fn push<T>(list: &mut Vec<T>, value: T, name: &'static str) -> Result<(), RequestError> {
    if list.len() >= MAX_VALUES {
        return Err(RequestError::Form {
            name,
            form: "given at most 32 times",
        });
    }
    list.push(value);
    Ok(())
}

/// A visit that can be booked, read from the answer to `$find`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Offer {
    /// Id of the slot to book.
    pub slot: String,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The practitioner's name, where one is named.
    pub practitioner: Option<Text>,
}

/// The offers in an answer to `$find`, in the server's order. Entries that lack a slot or a time can't be
/// booked by us and are left out.
#[must_use]
pub fn offers(bundle: &Bundle) -> Vec<Offer> {
    bundle.resources().filter_map(offer).collect()
}

fn offer(resource: &Resource) -> Option<Offer> {
    let Resource::Appointment(appointment) = resource else {
        return None;
    };
    let practitioner = appointment
        .participant
        .iter()
        .filter_map(|participant| participant.actor.as_ref())
        .find(|actor| actor.id_of("Practitioner").is_some())
        .and_then(|actor| Text::read(actor.display.as_deref(), actor.display_element.as_ref()));
    Some(Offer {
        slot: appointment.slot_id()?.to_owned(),
        start: appointment.start?,
        end: appointment.end?,
        practitioner,
    })
}

#[cfg(test)]
mod tests;
