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
