//! The data types that resources are built of (<https://hl7.org/fhir/R4/datatypes.html>), without the fields
//! that nothing here reads or writes.

use super::{Absent, DateTime, DayOfWeek, fhir_types};
use crate::systems;
use jiff::{Timestamp, civil::Time};
use serde::{Deserialize, Serialize};

fhir_types! {
    /// What a server notes about a resource.
    Meta {
        /// Changes with every change of the resource.
        version_id: Option<String>,
        /// When it last changed.
        last_updated: Option<Timestamp>,
        /// Canonical URLs of the profiles it conforms to.
        profile: Vec<String>,
    }
    /// Something the base standard has no field for.
    Extension {
        @required {
            /// What the extension means.
            url: String,
        }
        /// Parts, where it has several.
        extension: Vec<Extension>,
        /// Its value as text.
        value_string: Option<String>,
        /// Its value as a code.
        value_code: Option<String>,
        /// Its value as a day.
        value_date: Option<String>,
        /// Its value as an instant.
        value_instant: Option<Timestamp>,
        /// Its value as a count.
        value_unsigned_int: Option<u32>,
        /// Its value as a reference.
        value_reference: Option<Reference>,
    }
    /// The element that stands beside a primitive (`_name` beside `name`) and carries its extensions.
    Element {
        /// The extensions of the primitive.
        extension: Vec<Extension>,
    }
    /// A number or name that someone gave to a thing.
    Identifier {
        /// usual | official | temp | secondary | old
        #[serde(rename = "use")]
        usage: Option<String>,
        /// What kind of identifier.
        #[serde(rename = "type")]
        kind: Option<CodeableConcept>,
        /// The namespace of the value.
        system: Option<String>,
        /// The value, unique within the system.
        value: Option<String>,
    }
    /// A pointer to another resource.
    Reference {
        /// Literal, such as `Slot/12`.
        reference: Option<String>,
        /// Type of the resource pointed at.
        #[serde(rename = "type")]
        kind: Option<String>,
        /// Logical, where there is no literal one.
        identifier: Option<Box<Identifier>>,
        /// What to show.
        display: Option<String>,
        /// Translations of `display`.
        #[serde(rename = "_display")]
        display_element: Option<Element>,
    }
    /// A code from a code system.
    Coding {
        /// The code system.
        system: Option<String>,
        /// Its version.
        version: Option<String>,
        /// The code.
        code: Option<String>,
        /// What to show.
        display: Option<String>,
        /// Translations of `display`.
        #[serde(rename = "_display")]
        display_element: Option<Element>,
    }
    /// A concept as codes, as text, or both.
    CodeableConcept {
        /// The codes.
        coding: Vec<Coding>,
        /// The concept in words.
        text: Option<String>,
    }
    /// A span of time; an end that is a date includes that day.
    Period {
        /// When it begins.
        start: Option<DateTime>,
        /// When it ends.
        end: Option<DateTime>,
    }
    /// When something is to happen.
    Timing {
        /// At these instants.
        event: Vec<DateTime>,
        /// By this rule.
        repeat: Option<TimingRepeat>,
        /// By a rule that has a name.
        code: Option<CodeableConcept>,
    }
    /// A rule of when something is to happen, as far as visits know it.
    TimingRepeat {
        /// Within this span.
        bounds_period: Option<Period>,
        /// How often in a period; once where it is not said.
        frequency: Option<u32>,
        /// How long a period is; a decimal of FHIR, kept as it was written.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
        period: Option<serde_json::Number>,
        /// Its unit: s | min | h | d | wk | mo | a
        period_unit: Option<String>,
        /// On these days.
        day_of_week: Vec<DayOfWeek>,
        /// At these times of the day, on the city's clock.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        time_of_day: Vec<Time>,
        /// In these parts of the day: MORN | AFT | EVE | …
        when: Vec<String>,
    }
    /// A telephone number or the like.
    ContactPoint {
        /// phone | fax | email | pager | url | sms | other
        system: Option<String>,
        /// The number or address.
        value: Option<String>,
        /// home | work | temp | old | mobile
        #[serde(rename = "use")]
        usage: Option<String>,
    }
    /// A person's name; for a Chinese name `text` has all of it.
    HumanName {
        /// usual | official | …
        #[serde(rename = "use")]
        usage: Option<String>,
        /// The whole name.
        text: Option<String>,
        /// Translations of `text`.
        #[serde(rename = "_text")]
        text_element: Option<Element>,
        /// Family name.
        family: Option<String>,
        /// Given names.
        given: Vec<String>,
        /// Before the name.
        prefix: Vec<String>,
        /// After the name.
        suffix: Vec<String>,
    }
    /// A postal address.
    Address {
        /// home | work | …
        #[serde(rename = "use")]
        usage: Option<String>,
        /// The whole address.
        text: Option<String>,
        /// Translations of `text`.
        #[serde(rename = "_text")]
        text_element: Option<Element>,
        /// Street and number.
        line: Vec<String>,
        /// City.
        city: Option<String>,
        /// District.
        district: Option<String>,
        /// Province.
        state: Option<String>,
        /// Postal code.
        postal_code: Option<String>,
        /// Country.
        country: Option<String>,
    }
    /// When a department sees patients.
    AvailableTime {
        /// On which days.
        days_of_week: Vec<DayOfWeek>,
        /// Around the clock.
        all_day: Option<bool>,
        /// From, on the city's clock.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$"))]
        available_start_time: Option<Time>,
        /// Until, on the city's clock.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$"))]
        available_end_time: Option<Time>,
    }
    /// When a place is open.
    HoursOfOperation {
        /// On which days.
        days_of_week: Vec<DayOfWeek>,
        /// Around the clock.
        all_day: Option<bool>,
        /// From, on the city's clock.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$"))]
        opening_time: Option<Time>,
        /// Until, on the city's clock.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$"))]
        closing_time: Option<Time>,
    }
}

impl Extension {
    /// An extension without a value yet.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    /// One of its parts.
    #[must_use]
    pub fn part(&self, url: &str) -> Option<&Self> {
        self.extension.iter().find(|part| part.url == url)
    }
}

impl Element {
    /// The element that translates a text; `None` where there is no translation.
    #[must_use]
    pub fn translated(language: &str, text: Option<&str>) -> Option<Self> {
        let part = |url: &str| Extension::new(url);
        text.map(|text| Self {
            extension: vec![Extension {
                extension: vec![
                    Extension {
                        value_code: Some(language.to_owned()),
                        ..part("lang")
                    },
                    Extension {
                        value_string: Some(text.to_owned()),
                        ..part("content")
                    },
                ],
                ..Extension::new(systems::TRANSLATION)
            }],
        })
    }

    /// The translation into a language (`en`, `ug`, …).
    #[must_use]
    pub fn translation(&self, language: &str) -> Option<&str> {
        self.extension
            .iter()
            .filter(|extension| extension.url == systems::TRANSLATION)
            .find(|extension| extension.part("lang").and_then(|part| part.value_code.as_deref()) == Some(language))?
            .part("content")?
            .value_string
            .as_deref()
    }
}

impl Identifier {
    /// An identifier by its system and value.
    #[must_use]
    pub fn new(system: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            system: Some(system.into()),
            value: Some(value.into()),
            ..Self::default()
        }
    }
}

impl Reference {
    /// A literal reference such as `Slot/12`.
    #[must_use]
    pub fn to(kind: &str, id: &str) -> Self {
        Self {
            reference: Some(format!("{kind}/{id}")),
            ..Self::default()
        }
    }

    /// The id, where this is a literal reference to that type: relative (`Slot/12`) or absolute
    /// (`https://hub/fhir/Slot/12`), a version after it ignored.
    #[must_use]
    pub fn id_of(&self, kind: &str) -> Option<&str> {
        let literal = self.reference.as_deref()?;
        let literal = literal.split_once("/_history/").map_or(literal, |(before, _)| before);
        let (before, id) = literal.rsplit_once('/')?;
        let found = before.rsplit('/').next().unwrap_or(before);
        (found == kind && !id.is_empty()).then_some(id)
    }
}

impl CodeableConcept {
    /// A concept with one code.
    #[must_use]
    pub fn of(coding: Coding) -> Self {
        Self {
            coding: vec![coding],
            text: None,
        }
    }
}

/// The first telephone number among contact points.
#[must_use]
pub fn first_phone(telecom: &[ContactPoint]) -> Option<&str> {
    telecom
        .iter()
        .find(|contact| contact.system.as_deref() == Some("phone"))?
        .value
        .as_deref()
}

/// Whether a text can be a logical id: 1 to 64 letters, digits, `-` and `.`.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}
