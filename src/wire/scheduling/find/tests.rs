//! Looking for visits, as a client asks and a server reads.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::{fhir::DayOfWeek, scheduling::PartOfDay};

fn request() -> FindRequest {
    FindRequest {
        specialties: vec![Token::parse("urn:x|03.04").unwrap()],
        practitioners: vec![Target::Id("p1".into()), Target::Identifier("urn:y".into(), "7".into())],
        locations: vec![Target::Id("h1".into())],
        places: vec!["人民路".into()],
        organizations: vec![Target::Id("o1".into())],
        visit_types: vec![Token::parse("urn:z|ROUTINE").unwrap()],
        time: Some(VisitTime {
            days: vec![DayOfWeek::Mon],
            parts: vec![PartOfDay::Morning],
            ..VisitTime::default()
        }),
        count: Some(5),
        ..FindRequest::between(
            "2026-11-23T00:00:00Z".parse().unwrap(),
            "2026-11-25T00:00:00Z".parse().unwrap(),
        )
    }
}

#[test]
fn what_the_client_builds_is_what_the_server_reads() {
    assert_eq!(
        FindRequest::from_parameters(&request().to_parameters(), Handling::Strict).unwrap(),
        request()
    );
}

fn query(text: &[(&str, &str)]) -> Result<FindRequest, RequestError> {
    let pairs: Vec<_> = text
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    FindRequest::from_query(&pairs, Handling::Strict)
}

#[test]
fn a_query_says_the_same_as_a_body() {
    let read = query(&[
        ("start", "2026-11-23T08:00:00+08:00"),
        ("end", "2026-11-25T00:00:00Z"),
        ("specialty", "urn:x|03.04"),
        ("practitioner", "p1"),
        ("location-reference", "https://hub/fhir/Location/h1"),
        ("organization", "Organization/o1"),
        ("location-string", "人民路"),
        ("visit-type", "urn:z|ROUTINE"),
        ("_count", "5"),
    ]);
    let expected = FindRequest {
        practitioners: vec![Target::Id("p1".into())],
        time: None,
        ..request()
    };
    assert_eq!(read.unwrap(), expected);
}

#[test]
fn a_day_as_the_end_includes_that_day() {
    let read = query(&[("start", "2026-11-23"), ("end", "2026-11-23")]).unwrap();
    assert_eq!((read.end - read.start).total(jiff::Unit::Hour).unwrap(), 24.0);
}

#[test]
fn what_would_change_the_answer_and_is_not_understood_is_refused() {
    let days = [("start", "2026-11-23"), ("end", "2026-11-24")];
    let with = |extra| query(&[days[0], days[1], extra]);
    assert!(matches!(with(("timing", "1")), Err(RequestError::NotSupported(_))));
    assert!(matches!(with(("colour", "red")), Err(RequestError::NotSupported(_))));
    let lenient = [days[0], days[1], ("colour", "red")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert!(FindRequest::from_query(&lenient, Handling::Lenient).is_ok());
    assert!(with(("patient-reference", "Patient/1")).is_ok());
    assert!(with(("location-reference", "Slot/1")).is_err());
    assert_eq!(query(&days[..1]), Err(RequestError::Missing("end")));
    assert!(query(&[("start", "2026-11-24"), ("end", "2026-11-22")]).is_err());
}
