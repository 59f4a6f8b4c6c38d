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
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn vaccination_of(version: &str) -> Value {
        json!({
            "ver": version,
            "nam": {"fn": "Smith-Jones", "fnt": "SMITH<JONES", "gn": "Charles", "gnt": "CHARLES"},
            "dob": "1964-01-01",
            "v": [{
                "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1507",
                "ma": "ORG-100031184", "dn": 1, "sd": 2, "dt": "2021-06-11", "co": "NL",
                "is": "Ministry of Health", "ci": "URN:UVCI:01:NL:DADFCC47C7334E45A906DB12FD85"
            }]
        })
    }

    fn test_of(version: &str) -> Value {
        let mut certificate = vaccination_of(version);
        certificate.as_object_mut().unwrap().remove("v");
        certificate["t"] = json!([{
            "tg": "840539006", "tt": "LP6464-4", "nm": "Roche", "sc": "2021-02-20T12:34:56Z",
            "tr": "260415000", "tc": "Vienna 1", "co": "AT", "is": "Ministry", "ci": "URN:1"
        }]);
        certificate
    }

    fn recovery_of(version: &str) -> Value {
        let mut certificate = vaccination_of(version);
        certificate.as_object_mut().unwrap().remove("v");
        certificate["r"] = json!([{
            "tg": "840539006", "fr": "2021-02-20", "df": "2021-04-04", "du": "2021-10-04",
            "co": "AT", "is": "Ministry", "ci": "URN:1"
        }]);
        certificate
    }

    #[test]
    fn each_group_passes_in_every_version() {
        for version in ["1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1", "1.3.0", "1.3.1", "1.3.2"] {
            for certificate in [vaccination_of(version), test_of(version), recovery_of(version)] {
                assert_eq!(check_schema(&certificate), Ok(()), "{version}");
            }
        }
    }

    #[test]
    fn every_required_field_is_missed() {
        for (group, certificate) in [
            ("v", vaccination_of("1.3.0")),
            ("t", test_of("1.3.0")),
            ("r", recovery_of("1.3.0")),
        ] {
            let fields: Vec<String> = certificate[group][0]
                .as_object()
                .unwrap()
                .keys()
                .filter(|field| *field != "nm")
                .cloned()
                .collect();
            for field in fields {
                let mut without = certificate.clone();
                without[group][0].as_object_mut().unwrap().remove(&field);
                assert!(check_schema(&without).is_err(), "{group}.{field}");
                let mut other = certificate.clone();
                other[group][0][&field] = json!([]);
                assert!(check_schema(&other).is_err(), "{group}.{field}");
            }
            for field in ["ver", "nam", "dob", group] {
                let mut without = certificate.clone();
                without.as_object_mut().unwrap().remove(field);
                assert!(check_schema(&without).is_err(), "{field}");
            }
        }
    }

    #[test]
    fn exactly_one_group_with_an_entry_has_to_be_there() {
        let mut two = vaccination_of("1.2.1");
        two["t"] = test_of("1.2.1")["t"].clone();
        assert_eq!(check_schema(&two), Err(Groups));
        let mut empty = vaccination_of("1.2.1");
        empty["v"] = json!([]);
        assert_eq!(check_schema(&empty), Err(Groups));
        let mut null = vaccination_of("1.0.0");
        null["t"] = Value::Null;
        assert_eq!(check_schema(&null), Err(Groups));
    }

    #[test]
    fn a_second_entry_was_allowed_before_1_3() {
        for (version, expected) in [("1.2.1", Ok(())), ("1.3.0", Err(Groups))] {
            let mut twice = vaccination_of(version);
            twice["v"] = json!([twice["v"][0], twice["v"][0]]);
            assert_eq!(check_schema(&twice), expected, "{version}");
        }
    }

    #[test]
    fn the_birth_date_follows_the_version() {
        let check = |version: &str, date: &str| {
            let mut certificate = vaccination_of(version);
            certificate["dob"] = json!(date);
            check_schema(&certificate).is_ok()
        };
        for (date, versions) in [
            ("1964-01-01", [true, true, true]),
            ("1964-01", [false, true, true]),
            ("1964", [false, true, true]),
            ("", [false, false, true]),
            ("1864-01-01", [false; 3]),
            ("1964-13-01", [false, true, true]),
            ("64-01-01", [false; 3]),
            ("1964-01-01-01", [false; 3]),
            ("1964-1-1", [false; 3]),
        ] {
            let found = ["1.0.0", "1.2.1", "1.3.0"].map(|version| check(version, date));
            assert_eq!(found, versions, "{date}");
        }
    }

    #[test]
    fn later_versions_are_wider() {
        let mut long = vaccination_of("1.2.1");
        long["v"][0]["is"] = json!("ü".repeat(51));
        assert_eq!(check_schema(&long), Err(Invalid("is")));
        long["ver"] = json!("1.3.0");
        assert_eq!(check_schema(&long), Ok(()));
        let mut tenth = vaccination_of("1.2.1");
        tenth["v"][0]["dn"] = json!(10);
        assert_eq!(check_schema(&tenth), Err(Invalid("dn")));
        tenth["ver"] = json!("1.3.0");
        assert_eq!(check_schema(&tenth), Ok(()));
        let mut given = vaccination_of("1.3.1");
        given["nam"] = json!({"gnt": "CHARLES"});
        assert_eq!(check_schema(&given), Err(Missing("nam.fnt")));
        given["ver"] = json!("1.3.2");
        assert_eq!(check_schema(&given), Ok(()));
    }

    #[test]
    fn versions_are_read_strictly() {
        for bad in ["1.0", "1.0.0.0", "v1.0.0", "1..0", "", "+1.0.0"] {
            let mut certificate = vaccination_of("1.0.0");
            certificate["ver"] = json!(bad);
            assert_eq!(check_schema(&certificate), Err(SchemaError::Version), "{bad}");
        }
        let later = vaccination_of("2.0.0");
        assert_eq!(check_schema(&later), Err(SchemaError::UnknownVersion));
    }

    #[test]
    fn dates_have_to_be_days_that_exist() {
        for good in ["2021-06-11", "2021-03-09T00:00:00", "2021-03-09T00:00:00Z"] {
            assert!(is_date(good), "{good}");
        }
        for bad in ["2021-02-30", "2021-6-1", "yesterday", "", "2021-06-11x", "11.06.2021"] {
            assert!(!is_date(bad), "{bad}");
        }
        for good in [
            "2021-06-11T17:30:00+02:00",
            "2021-06-11T17:30:00.123Z",
            "2021-06-11 17:30:00+00:00",
            "2021-06-11T17:30:00+0200",
            "2021-06-11T17:30:00",
            "2021-06-11T17:30Z",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2021-06-11",
            "2021-06-11T25:00:00Z",
            "17:30",
            "2021-06-11T17:30:00+02:00x",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_date_check_panic(text in "\\PC{0,30}") {
            is_date(&text);
            is_date_time(&text);
        }
    }
}
