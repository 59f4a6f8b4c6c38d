//! JSON that nobody meant, for the property tests: any shape, but with FHIR's own words in it, so that it gets deeper
//! into the translation than noise would.

use proptest::prelude::*;
use serde_json::{Map, Value};

const KEYS: &[&str] = &[
    "resourceType",
    "type",
    "entry",
    "resource",
    "id",
    "meta",
    "versionId",
    "status",
    "participant",
    "actor",
    "reference",
    "display",
    "identifier",
    "system",
    "value",
    "start",
    "end",
    "slot",
    "issue",
    "severity",
    "code",
    "extension",
    "url",
    "valueDate",
    "valueUnsignedInt",
    "name",
    "_name",
    "location",
    "specialty",
    "coding",
    "telecom",
    "partOf",
    "address",
    "text",
    "hoursOfOperation",
    "daysOfWeek",
    "openingTime",
    "closingTime",
    "extraDetails",
];

const TEXTS: &[&str] = &[
    "Bundle",
    "Appointment",
    "HealthcareService",
    "Location",
    "OperationOutcome",
    "Patient",
    "searchset",
    "booked",
    "cancelled",
    "accepted",
    "error",
    "conflict",
    "d1",
    "h1",
    "Location/h1",
    "HealthcareService/d1",
    "Slot/s1",
    "..",
    "https://anban.example/command",
    "00000000-0000-0000-0000-000000000001",
    "2026-11-24T01:00:00Z",
    "mon",
    "08:00:00",
    "phone",
    "AB1:6BF",
    "\u{202e}科\u{0}",
];

/// Any JSON.
pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => proptest::sample::select(TEXTS).prop_map(Value::from),
        1 => ".{0,12}".prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(6, 80, 8, |inner| {
        let object = proptest::collection::vec((proptest::sample::select(KEYS), inner.clone()), 0..8);
        let resource = (proptest::sample::select(&TEXTS[..6]), object.clone()).prop_map(|(kind, fields)| {
            let mut object = to_object(fields);
            object.insert("resourceType".to_owned(), kind.into());
            Value::Object(object)
        });
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|fields| Value::Object(to_object(fields))),
            resource,
        ]
    })
}

/// A good body in which one value, anywhere, was put in the place of another.
pub(crate) fn damaged(good: &'static str) -> impl Strategy<Value = Value> {
    (any::<proptest::sample::Index>(), json()).prop_map(move |(place, value)| {
        let mut body: Value = serde_json::from_str(good).unwrap_or_default();
        let count = places(&body);
        replace(&mut body, &mut place.index(count), &value);
        body
    })
}

fn to_object(fields: Vec<(&str, Value)>) -> Map<String, Value> {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(places).sum(),
        Value::Object(fields) => fields.values().map(places).sum(),
        _ => 0,
    }
}

/// Puts `new` at the place counted down to, and says whether it has been reached.
fn replace(value: &mut Value, left: &mut usize, new: &Value) -> bool {
    if *left == 0 {
        *value = new.clone();
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, left, new)),
        Value::Object(fields) => fields.values_mut().any(|field| replace(field, left, new)),
        _ => false,
    }
}
