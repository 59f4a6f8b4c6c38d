//! Passes that others made, through `anban import`.
//!
//! `ANBAN_CONFORMANCE` names a folder whose `pkpass` holds `.pkpass` and `.pkpasses` files in Apple's PassKit package
//! format; docs/conformance.md says where to get them. What each of them says is read here in another way than the
//! app's: out of the archive and straight from the JSON.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;

use std::ffi::OsStr;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use common::{Home, conformance};
use serde_json::{Value, json};
use zip::ZipArchive;

fn cases(ending: &str) -> Vec<PathBuf> {
    let folder = conformance("pkpass");
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension() == Some(OsStr::new(ending)))
        .collect();
    files.sort();
    assert!(
        !files.is_empty(),
        "there are no .{ending} files in {}",
        folder.display()
    );
    files
}

fn entry(archive: &[u8], name: &str) -> Vec<u8> {
    let mut content = Vec::new();
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}

/// What `pass.json` says. Some issuers leave a comma before a closing bracket, which JSON does not have.
fn pass_json(pass: &[u8]) -> Value {
    let mut text = String::from_utf8(entry(pass, "pass.json")).unwrap();
    for bracket in ['}', ']'] {
        let parts: Vec<String> = text.split(bracket).map(str::to_owned).collect();
        let last = parts.len() - 1;
        let parts = parts
            .iter()
            .enumerate()
            .map(|(at, part)| match part.trim_end().strip_suffix(',') {
                Some(without) if at < last => without,
                _ => part,
            });
        text = parts.collect::<Vec<_>>().join(&bracket.to_string());
    }
    serde_json::from_str(&text).unwrap()
}

/// The code that a pass has, as `anban import` names it.
fn code(pass: &Value) -> Value {
    let barcode = pass["barcodes"].get(0).unwrap_or(&pass["barcode"]);
    if barcode.is_null() {
        return Value::Null;
    }
    let symbology = match barcode["format"].as_str().unwrap() {
        "PKBarcodeFormatQR" => "Qr",
        "PKBarcodeFormatPDF417" => "Pdf417",
        "PKBarcodeFormatAztec" => "Aztec",
        "PKBarcodeFormatCode128" => "Code128",
        other => panic!("{other}"),
    };
    json!({ "symbology": symbology, "text": barcode["message"] })
}

/// What importing a file adds.
fn added(path: &Path) -> Vec<Value> {
    let ran = Home::new().run(&["import", path.to_str().unwrap()]);
    let told = ran.done().json();
    assert_eq!(told["skipped"], json!([]), "{}", path.display());
    told["added"].as_array().unwrap().clone()
}

fn names(pass: &Value) -> Vec<&str> {
    let names = ["logoText", "organizationName", "description"].map(|key| pass[key].as_str());
    names
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn every_pass_is_added_with_its_name_and_its_code_as_it_says_itself() {
    let mut symbologies = Vec::new();
    for path in cases("pkpass") {
        let said = pass_json(&fs::read(&path).unwrap());
        let added = added(&path);
        assert_eq!(added.len(), 1, "{}", path.display());
        let card = &added[0];
        assert_eq!(card["kind"], "card");
        assert_eq!(card["code"], code(&said), "{}", path.display());
        // In another language a pass may be called otherwise; these say the same in all of theirs, or have none.
        let name = card["name"].as_str().unwrap();
        assert!(
            names(&said).contains(&name),
            "{}: {name:?} is none of {:?}",
            path.display(),
            names(&said)
        );
        symbologies.extend(card["code"]["symbology"].as_str().map(str::to_owned));
    }
    symbologies.sort();
    symbologies.dedup();
    assert!(symbologies.len() >= 2, "only {symbologies:?} were tried");
}

#[test]
fn a_pass_without_a_code_is_a_card_without_a_code() {
    let path = conformance("pkpass").join("no-barcode.pkpass");
    assert_eq!(added(&path)[0]["code"], Value::Null);
}

/// What one pass says besides, by hand from its JSON.
#[test]
fn the_words_and_the_end_of_a_pass_are_taken_as_they_stand() {
    let of = |name: &str| added(&conformance("pkpass").join(name)).remove(0);
    let airberlin = of("airberlin.pkpass");
    assert_eq!(
        (&airberlin["name"], &airberlin["number"]),
        (&json!("airberlin"), &json!(""))
    );
    assert_eq!(airberlin["expires_at"], "2017-10-26T14:35:00Z");
    assert_eq!(airberlin["details"][0], json!(["SEAT", "19F"]));
    assert_eq!(airberlin["details"][2], json!(["Berlin - Tegel", "TXL"]));
    let lufthansa = of("lufthansa.pkpass");
    assert_eq!(lufthansa["number"], "Sec. no. 0017   LH2724");
    assert_eq!(
        lufthansa["expires_at"],
        Value::Null,
        "when it matters is not when it ends"
    );
    let kde = of("boardingpass-v1.pkpass");
    assert_eq!(kde["expires_at"], "2017-09-18T00:00:36Z");
    let labels: Vec<&str> = kde["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|detail| detail[0].as_str().unwrap())
        .collect();
    assert!(
        labels.iter().all(|label| !label.ends_with("Heading")),
        "words are looked up: {labels:?}"
    );
}

#[test]
fn what_is_no_pass_is_refused_with_a_sentence_of_its_own() {
    let home = Home::new();
    let png = b"\x89PNG\r\n\x1a\n rubbish".to_vec();
    let mut locked = fs::read(conformance("pkpass").join("airberlin.pkpass")).unwrap();
    for (signature, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = locked.windows(4).position(|window| window == signature).unwrap() + offset;
        locked[at] |= 1;
    }
    let mut said = Vec::new();
    for (name, content) in [
        ("picture", png),
        ("locked", locked),
        ("empty", Vec::new()),
        ("rubbish", b"PK\x03\x04 rubbish".to_vec()),
    ] {
        let file = home.file(&format!("{name}.pkpass"), content);
        let ran = home.run(&["import", file.to_str().unwrap()]);
        ran.could_not();
        assert_eq!(ran.json()["added"], json!([]));
        said.push(ran.json()["skipped"][0]["why"].as_str().unwrap().to_owned());
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 4, "{said:?}");
}

#[test]
fn a_bundle_adds_every_pass_in_it() {
    for path in cases("pkpasses") {
        let bundle = fs::read(&path).unwrap();
        let archive = ZipArchive::new(Cursor::new(&bundle)).unwrap();
        let inner = archive.file_names().map(|name| name.unwrap().into_owned());
        let inner: Vec<String> = inner.filter(|name| name.ends_with(".pkpass")).collect();
        assert!(inner.len() > 1);
        // A pass is one by its type and serial number, however often it lies in a bundle.
        let mut passes: Vec<Value> = inner.iter().map(|name| pass_json(&entry(&bundle, name))).collect();
        let identity = |pass: &Value| [pass["passTypeIdentifier"].to_string(), pass["serialNumber"].to_string()];
        passes.sort_by_key(identity);
        passes.dedup_by_key(|pass| identity(pass));
        let mut expected: Vec<Value> = passes.iter().map(code).collect();
        let mut codes: Vec<Value> = added(&path).into_iter().map(|mut card| card["code"].take()).collect();
        expected.sort_by_key(Value::to_string);
        codes.sort_by_key(Value::to_string);
        assert_eq!(codes, expected, "{}", path.display());
    }
}

#[test]
fn a_pass_that_is_cut_off_anywhere_is_refused_with_a_sentence_and_adds_nothing() {
    let whole = fs::read(conformance("pkpass").join("lufthansa.pkpass")).unwrap();
    let home = Home::new();
    for length in [4, 30, whole.len() / 2, whole.len() - 10] {
        let cut = home.file("cut.pkpass", &whole[..length]);
        let ran = home.run(&["import", cut.to_str().unwrap()]);
        ran.could_not();
        assert_eq!(ran.json()["added"], json!([]));
    }
}
