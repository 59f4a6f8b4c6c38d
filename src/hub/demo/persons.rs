//! The persons of the demonstration city, from `assets/region/demo/persons.json`.

use crate::{
    StartError,
    db::{KnownPerson, NewPerson},
};
use anban_wire::{IdentityNumber, documents::DocumentKind, persons::Channel};
use serde::Deserialize;
use std::collections::BTreeMap;

const PERSONS: &str = include_str!("../../../assets/region/demo/persons.json");

#[derive(Deserialize)]
struct File {
    persons: Vec<Person>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    name: String,
    identity_number: IdentityNumber,
    channel: Channel,
    telephone: Option<String>,
    helper: Option<String>,
    records: BTreeMap<DocumentKind, BTreeMap<String, String>>,
}

/// Reads the file.
pub(super) fn load() -> Result<Vec<KnownPerson>, StartError> {
    let file: File = serde_json::from_str(PERSONS).map_err(|error| StartError::City(error.to_string()))?;
    let known = |person: Person| KnownPerson {
        person: NewPerson {
            identity_number: person.identity_number.into(),
            name: person.name,
            channel: person.channel,
            telephone: person.telephone,
            helper: person.helper,
        },
        records: person.records,
    };
    Ok(file.persons.into_iter().map(known).collect())
}
