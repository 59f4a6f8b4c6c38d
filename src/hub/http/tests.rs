//! The router and the description of the hub, held against each other.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every method and path of the router. axum lists its routes nowhere but in its debug print.
fn reachable() -> BTreeSet<(String, String)> {
    let printed = format!("{:?}", routes().split_for_parts().0);
    let printed = printed.split("fallback_router").next().unwrap();
    let mut methods = BTreeMap::new();
    for route in printed.split("RouteId(").filter(|part| part.contains("MethodRouter {")) {
        let (id, handlers) = route.split_once(')').unwrap();
        let found: Vec<_> = ["get", "put", "post", "delete", "patch", "head", "options"]
            .into_iter()
            .filter(|method| handlers.contains(&format!(" {method}: BoxedHandler")))
            .collect();
        assert!(!found.is_empty(), "{route}");
        methods.insert(id, found);
    }
    let paths = printed.split("paths: {").nth(1).unwrap();
    let mut reachable = BTreeSet::new();
    for part in paths.split("RouteId(").skip(1) {
        let (id, path) = part.split_once("): \"").unwrap();
        let path = path.split('"').next().unwrap().replace("%24", "$");
        for method in &methods[id] {
            reachable.insert(((*method).to_owned(), path.clone()));
        }
    }
    reachable
}

fn description() -> Value {
    let api = routes().split_for_parts().1;
    serde_json::from_str(openapi::description(&api).text()).unwrap()
}

/// Every operation of the description: method, path, what is said of it.
fn operations(description: &Value) -> Vec<(String, String, &Value)> {
    let mut operations = vec![];
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((method.clone(), path.clone(), operation));
        }
    }
    operations
}

#[test]
fn whatever_can_be_reached_is_described_and_the_other_way_round() {
    let described = description();
    let described = operations(&described)
        .into_iter()
        .map(|(method, path, _)| (method, path));
    let described: BTreeSet<_> = described.collect();
    assert!(described.len() > 20, "{described:?}");
    assert_eq!(reachable(), described);
}

#[test]
fn every_reference_of_the_description_leads_to_a_schema() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(entries) => {
                found.extend(entries.get("$ref").and_then(Value::as_str));
                entries.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => (),
        }
    }
    let description = description();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 40, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_says_what_it_is_and_every_answer_what_it_means() {
    let description = description();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&description) {
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{method} {path}"
        );
        assert!(
            operation["summary"].as_str().is_some_and(|text| text.len() > 5),
            "{method} {path}"
        );
        for (status, response) in operation["responses"].as_object().unwrap() {
            let text = response["description"].as_str().unwrap();
            assert!(
                text.len() > 3 && !text.starts_with("See docs"),
                "{method} {path} {status}"
            );
            assert_eq!(response["headers"]["X-Request-Id"]["required"], true);
        }
    }
}
