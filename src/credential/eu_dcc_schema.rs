//! The schema check of EU Digital COVID Certificates, by version.
//!
//! The rules are those of the JSON schemas that the EU's eHealth Network published for 1.0.0,
//! 1.0.1, 1.1.0, 1.2.0, 1.2.1, 1.3.0, 1.3.1 and 1.3.2, written by hand so that nothing
//! has to be fetched. Where versions differ, [`Rules`] says how. One rule stands in
//! the specification alone in the early versions: a certificate has exactly one group of entries.
//!
//! `format` in those schemas is an annotation, and issuers of the first months wrote a time
//! behind a date, or left out the seconds' fraction or the colon of an offset. So a date is
//! checked to be a date that exists, with or without a time behind it, and no more.
//!
//! An entry this version has no rule for is let through, as JSON Schema does.

use serde_json::{Map, Value};

use crate::eu_dcc::GROUPS;

/// Where a certificate departs from its schema. Names fields, never their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// It is not a map.
    #[error("the certificate is not a map")]
    NotAMap,
    /// `ver` is missing or is no version.
    #[error("\"ver\" is missing or is not a version number")]
    Version,
    /// A version of the schema that is not known here.
    #[error("the certificate follows a version of the schema that is not known here")]
    UnknownVersion,
    /// A field that has to be there is not.
    #[error("\"{0}\" is missing")]
    Missing(&'static str),
    /// A field is not what the schema asks for.
    #[error("\"{0}\" is not what the schema asks for")]
    Invalid(&'static str),
    /// Not exactly one of the groups `v`, `t` and `r`.
    #[error("there has to be exactly one of \"v\", \"t\" and \"r\", with an entry in it")]
    Groups,
}

use SchemaError::{Groups, Invalid, Missing};

/// What differs between versions.
struct Rules {
    /// The longest text, in characters.
    max_text: usize,
    /// Whether `dob` may leave out the day or the month (from 1.1.0).
    partial_birth_date: bool,
    /// Whether `dob` may be empty (from 1.3.0).
    empty_birth_date: bool,
    /// The highest dose number, if there is one (9 before 1.3.0).
    max_dose: Option<i64>,
    /// Whether a group has one entry and no more (from 1.3.0).
    single_entry: bool,
    /// Whether `tc` has to be there (until 1.3.0).
    test_centre: bool,
    /// Whether `gnt` serves in place of `fnt` (from 1.3.2).
    given_name_serves: bool,
}

impl Rules {
    fn of(version: &str) -> Result<Self, SchemaError> {
        let mut numbers = version.split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        });
        let (Some(Some(major)), Some(Some(minor)), Some(Some(patch)), None) =
            (numbers.next(), numbers.next(), numbers.next(), numbers.next())
        else {
            return Err(SchemaError::Version);
        };
        if major != 1 {
            return Err(SchemaError::UnknownVersion);
        }
        // Later versions within 1 only loosened; one that is not known yet is held to the last.
        let from = |other: (u32, u32)| (minor, patch) >= other;
        Ok(Self {
            max_text: if from((3, 0)) { 80 } else { 50 },
            partial_birth_date: from((1, 0)),
            empty_birth_date: from((3, 0)),
            max_dose: (!from((3, 0))).then_some(9),
            single_entry: from((3, 0)),
            test_centre: !from((3, 1)),
            given_name_serves: from((3, 2)),
        })
    }
}

/// Holds a certificate (the JSON form of `eu_dcc_v1`) against the schema of its version.
///
/// # Errors
/// The first departure found.
pub fn check_schema(certificate: &Value) -> Result<(), SchemaError> {
    let certificate = certificate.as_object().ok_or(SchemaError::NotAMap)?;
    let version = certificate.get("ver").and_then(Value::as_str);
    let rules = Rules::of(version.ok_or(SchemaError::Version)?)?;
    name(certificate, &rules)?;
    birth_date(certificate, &rules)?;
    let mut present = GROUPS
        .iter()
        .filter_map(|(group, _)| Some((*group, certificate.get(*group)?)));
    let (Some((group, entries)), None) = (present.next(), present.next()) else {
        return Err(Groups);
    };
    let entries = entries.as_array().ok_or(Groups)?;
    if entries.is_empty() || (rules.single_entry && entries.len() > 1) {
        return Err(Groups);
    }
    for entry in entries {
        let entry = entry.as_object().ok_or(Groups)?;
        match group {
            "v" => vaccination(entry, &rules)?,
            "t" => test(entry, &rules)?,
            _ => recovery(entry, &rules)?,
        }
    }
    Ok(())
}

fn name(certificate: &Map<String, Value>, rules: &Rules) -> Result<(), SchemaError> {
    let name = certificate.get("nam").ok_or(Missing("nam"))?;
    let name = name.as_object().ok_or(Invalid("nam"))?;
    for field in ["fn", "gn"] {
        optional(name, field, |text| fits(text, rules))?;
    }
    for field in ["fnt", "gnt"] {
        optional(name, field, |text| {
            fits(text, rules) && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'<')
        })?;
    }
    let serves = rules.given_name_serves && name.contains_key("gnt");
    if name.contains_key("fnt") || serves {
        Ok(())
    } else {
        Err(Missing("nam.fnt"))
    }
}

fn birth_date(certificate: &Map<String, Value>, rules: &Rules) -> Result<(), SchemaError> {
    required(certificate, "dob", |text| {
        let century = text.starts_with("19") || text.starts_with("20");
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |part: &&str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        match parts.as_slice() {
            [""] => rules.empty_birth_date,
            // 1.0.x asks for a date; the rule that came after it asks for two digits each.
            [_, _, _] if !rules.partial_birth_date => century && is_date(text),
            [year, rest @ ..] => {
                century
                    && rules.partial_birth_date
                    && rest.len() <= 2
                    && digits(year, 4)
                    && rest.iter().all(|part| digits(part, 2))
            }
            [] => false,
        }
    })
}

fn vaccination(entry: &Map<String, Value>, rules: &Rules) -> Result<(), SchemaError> {
    for field in ["tg", "vp", "mp", "ma"] {
        required(entry, field, |_| true)?;
    }
    for field in ["dn", "sd"] {
        let dose = entry.get(field).ok_or(Missing(field))?;
        let dose = dose.as_i64().ok_or(Invalid(field))?;
        if dose < 1 || rules.max_dose.is_some_and(|most| dose > most) {
            return Err(Invalid(field));
        }
    }
    required(entry, "dt", is_date)?;
    issued(entry, rules)
}

fn test(entry: &Map<String, Value>, rules: &Rules) -> Result<(), SchemaError> {
    for field in ["tg", "tt", "tr"] {
        required(entry, field, |_| true)?;
    }
    // Until 1.3.0 the name of a test had no greatest length.
    optional(entry, "nm", |text| rules.max_text < 80 || fits(text, rules))?;
    optional(entry, "ma", |_| true)?;
    required(entry, "sc", is_date_time)?;
    optional(entry, "dr", is_date_time)?;
    if rules.test_centre {
        required(entry, "tc", |text| fits(text, rules))?;
    } else {
        optional(entry, "tc", |text| fits(text, rules))?;
    }
    issued(entry, rules)
}

fn recovery(entry: &Map<String, Value>, rules: &Rules) -> Result<(), SchemaError> {
    required(entry, "tg", |_| true)?;
    for field in ["fr", "df", "du"] {
        required(entry, field, is_date)?;
    }
    issued(entry, rules)
}

/// What all entries share: country, issuer, certificate id.
fn issued(entry: &Map<String, Value>, rules: &Rules) -> Result<(), SchemaError> {
    // The published pattern is not anchored: one capital letter somewhere is enough.
    required(entry, "co", |text| text.bytes().any(|b| b.is_ascii_uppercase()))?;
    required(entry, "is", |text| fits(text, rules))?;
    required(entry, "ci", |text| fits(text, rules))
}

fn fits(text: &str, rules: &Rules) -> bool {
    text.chars().count() <= rules.max_text
}

fn required(map: &Map<String, Value>, field: &'static str, holds: impl Fn(&str) -> bool) -> Result<(), SchemaError> {
    let value = map.get(field).ok_or(Missing(field))?;
    if value.as_str().is_some_and(holds) {
        Ok(())
    } else {
        Err(Invalid(field))
    }
}

fn optional(map: &Map<String, Value>, field: &'static str, holds: impl Fn(&str) -> bool) -> Result<(), SchemaError> {
    if map.contains_key(field) {
        required(map, field, holds)
    } else {
        Ok(())
    }
}

/// `YYYY-MM-DD`, a day that exists, with or without a time behind it.
fn is_date(text: &str) -> bool {
    let (date, rest) = text.split_at_checked(10).unwrap_or((text, ""));
    date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok() && (rest.is_empty() || is_date_time(text))
}

/// A date and a time of day, an offset behind it allowed.
fn is_date_time(text: &str) -> bool {
    let has_time = text.get(10..11).is_some_and(|mark| "Tt ".contains(mark));
    has_time && (text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok())
}

#[cfg(test)]
mod tests;
