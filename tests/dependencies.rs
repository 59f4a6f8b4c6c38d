//! Holds `deny.toml` against everything that the program is built from, with nothing but cargo itself:
//! every licence may be combined into a GPL-3.0-only program, and what must be there once is there once.
//!
//! `cargo deny` reads the same file, and looks at more (sources, known vulnerabilities); but it has to be
//! installed, and these two rules are not to depend on that.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};
use workspace::{list, metadata, root, text};

/// The rules: the whole of `deny.toml`.
fn rules() -> toml::Table {
    fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

/// Every package that a desktop build or its tests contain, those of the workspace left out.
fn dependencies() -> Vec<Value> {
    let rules = rules();
    let targets = rules["graph"]["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| target.as_str().unwrap());
    // Only what the desktop build has fetched anyway: the test needs no network.
    let options: Vec<&str> = targets
        .filter(|target| target.ends_with("linux-gnu"))
        .flat_map(|target| ["--filter-platform", target])
        .collect();
    let metadata = metadata(&options);
    let used: BTreeSet<&str> = list(&metadata["resolve"], "nodes")
        .iter()
        .map(|node| text(node, "id"))
        .collect();
    let found: Vec<Value> = list(&metadata, "packages")
        .iter()
        .filter(|package| used.contains(text(package, "id")) && package["source"].is_string())
        .cloned()
        .collect();
    assert!(
        found.len() > 100,
        "only {} dependencies were found: cargo was asked wrongly",
        found.len()
    );
    found
}

#[test]
fn every_licence_may_be_combined_into_a_gpl_3_program() {
    // `MIT/Apache-2.0` and bare `LGPL-2.1` are still in use in older packages.
    let allowed: Vec<Licensee> = rules()["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| Licensee::parse(id.as_str().unwrap()).expect("deny.toml allows licences by their SPDX names"))
        .collect();
    let refused: Vec<String> = dependencies()
        .iter()
        .filter_map(|package| {
            let name = format!("{} {}", text(package, "name"), text(package, "version"));
            let Some(licence) = package["license"].as_str() else {
                return Some(format!("{name} names no licence"));
            };
            let fits = Expression::parse_mode(licence, ParseMode::LAX)
                .is_ok_and(|terms| terms.evaluate(|term| allowed.iter().any(|licence| licence.satisfies(term))));
            (!fits).then(|| format!("{name} is under {licence}"))
        })
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml:\n{}", refused.join("\n"));
}

#[test]
fn what_must_be_there_once_is_there_once() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in dependencies() {
        versions
            .entry(text(&package, "name").to_owned())
            .or_default()
            .insert(text(&package, "version").to_owned());
    }
    let rules = rules();
    let single = rules["bans"]["deny"].as_array().unwrap();
    let twice: Vec<String> = single
        .iter()
        .filter(|ban| {
            ban.get("deny-multiple-versions")
                .is_some_and(|once| once.as_bool() == Some(true))
        })
        .filter_map(|ban| {
            let name = ban["crate"].as_str().unwrap();
            let found = versions.get(name)?;
            (found.len() > 1).then(|| format!("{name}: {}", found.iter().cloned().collect::<Vec<_>>().join(", ")))
        })
        .collect();
    assert!(
        twice.is_empty(),
        "these are there in more than one version:\n{}",
        twice.join("\n")
    );
}
