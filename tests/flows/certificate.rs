//! A real EU Digital COVID Certificate: from its picture or its text, carried and shown, and plainly not verified.

use std::fs;
use std::path::PathBuf;

use anban_core::Command;
use anban_core::app::Page;
use anban_core::health_code;
use anban_core::view::Mark;
use serde_json::Value;

use crate::common::person::{Person, code, kept, word};
use crate::common::{Home, conformance};

/// The first case of a country: its JSON, and the picture of its code.
fn case(country: &str) -> (Value, PathBuf) {
    let folder = conformance("hcert").join(country);
    let json = fs::read(folder.join("2DCode/raw/1.json")).unwrap();
    (serde_json::from_slice(&json).unwrap(), folder.join("png/1.png"))
}

#[test]
fn a_certificate_from_elsewhere_is_carried_and_shown_and_called_not_verified() {
    let (json, picture) = case("AT");
    let text = json["PREFIX"].as_str().unwrap();
    let home = Home::new();
    let added = home.run(&["import", picture.to_str().unwrap()]);
    assert_eq!(added.done().json()["added"].as_array().unwrap().len(), 1, "{added:?}");

    let mut person = Person::at(&home, &[]);
    let view = person.opens(Page::HealthCode);
    let shown = code(&view);
    assert_eq!(
        shown.mark,
        Some(Mark::Caution),
        "neither good nor bad: nobody here can tell"
    );
    assert_eq!(shown.state.text, word(&view, "state-unknown"));
    assert_eq!(shown.symbol.as_ref().unwrap().text, text);
    let names = &json["JSON"]["nam"];
    let said = &shown.holder.as_ref().unwrap().text;
    for name in [&names["gn"], &names["fn"]] {
        assert!(said.contains(name.as_str().unwrap()), "{name} is not in {said}");
    }

    // The same certificate as a text is the same document.
    let text = text.to_owned();
    person.does(Command::HealthCode(health_code::Command::Import { text }));
    person.leaves();
    assert_eq!(kept(&home).0.documents.len(), 1);
    let file = home.file("certificate.txt", json["PREFIX"].as_str().unwrap());
    let again = home.run(&["import", file.to_str().unwrap()]);
    assert_eq!(again.code, Some(1), "it is there already: {again:?}");
}
