//! SMART Health Cards that others made, good ones and broken ones, against `anban-credential`.
//!
//! The framework's own tools come with cards that each have one fault, which their names tell. They are not part of this
//! project: `ANBAN_CONFORMANCE` names a folder whose `shc` holds them; docs/conformance.md says where to get them. Every
//! file there is a case: a good card has to be valid, and a bad one refused for the reason that its name gives. A name
//! that is not known here is a card that has to be refused, for whatever reason; it is printed as such.
//!
//! Whose keys are whose: the `.jwk` in the folder is that of the issuer of the framework's examples, under its present
//! and its first address. The cards of other issuers are held against that key too, and against the set of keys that
//! are not that issuer's, and have to be refused both times.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;
#[path = "shc/faults.rs"]
mod faults;
#[macro_use]
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anban_credential::{
    CardError, Check, Checks, Failure, ReadError, Signers, Trust, Verification, check_text, check_texts, read, split,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::conformance;
use faults::{FAULTS, Fault};
use jiff::Timestamp;
use serde_json::Value;

/// The issuer of the framework's examples, today and in the first versions.
const ISSUERS: [&str; 2] = [
    "https://spec.smarthealth.cards/examples/issuer",
    "https://smarthealth.cards/examples/issuer",
];

/// The least that there is of each: what docs/conformance.md names, of which 15 are refused. More cases may be there.
const LEAST_GOOD: usize = 2;
const LEAST_REFUSED: usize = 15;
/// Sets of keys that are not that issuer's.
const LEAST_OTHER_KEYS: usize = 2;
/// Cards that are valid: the example, and the first one in the file of several.
const LEAST_VALID: usize = 2;

/// Cases that nothing is held of, by the piece of their names that tells them, and why: what is wrong with them is
/// nothing that a text could show, and whether the text in their symbol is good besides is not known.
const LEFT_OUT: [(&str, &str); 4] = [
    (
        "wrong_qr_mode",
        "the mode of its symbol is wrong, and a text is the same in every mode",
    ),
    (
        "qr_segment",
        "its symbol has one segment, and a text is the same in any number of them",
    ),
    (
        "qr_version",
        "the version of its symbol is too large, and a text is the same in every version",
    ),
    (
        "inflated-to",
        "its symbol is larger than it need be, and a text is the same in every size",
    ),
];

/// A case: one file, or the parts of one card.
struct Case {
    name: String,
    texts: Vec<String>,
}

impl Case {
    fn report(&self, trust: &Trust) -> Verification {
        let texts: Vec<&str> = self.texts.iter().map(String::as_str).collect();
        check_texts(&texts, trust, now())
    }

    /// The framework's own examples are good, and so are some of the tools', whose names tell.
    fn is_good(&self) -> bool {
        // Names of what the tools only warn of are among them.
        let of_the_tools = ["multi-jws.", "1195-byte", "chunk_too_small", "bad-fhir-metadata"];
        self.name.starts_with("example-") || of_the_tools.iter().any(|piece| self.name.contains(piece))
    }

    /// Why nothing is held of it, where that is so.
    fn left_out(&self) -> Option<&'static str> {
        let told = LEFT_OUT.iter().find(|(piece, _)| self.name.contains(piece));
        told.map(|(_, why)| *why)
    }

    fn fault(&self) -> Option<Fault> {
        let told = FAULTS.iter().find(|(piece, _)| self.name.contains(piece));
        told.map(|(_, fault)| *fault)
    }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(conformance("shc"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension()
        .is_some_and(|found| endings.iter().any(|ending| found == *ending))
}

fn cases() -> Vec<Case> {
    let mut cases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files() {
        let texts = if has_ending(&path, &["txt", "smart-health-card"]) {
            vec![fs::read_to_string(&path).unwrap()]
        } else if has_ending(&path, &["png", "jpg", "bmp"]) {
            symbols(&path)
        } else {
            continue;
        };
        // The parts of one card differ in the number behind these words.
        let name = name(&path);
        let is_part = texts.iter().any(|text| {
            matches!(split(text), Err(ReadError::SmartHealthCard(CardError::Part { .. })))
                || matches!(
                    split(text),
                    Err(ReadError::SmartHealthCard(CardError::SymbolTooLong(1191)))
                )
        });
        let set = match name.split_once("-value-").or_else(|| name.split_once("-qr-code-")) {
            Some((before, after)) if is_part => {
                format!(
                    "{before}-value-*{}",
                    after.trim_start_matches(|c: char| c.is_ascii_digit())
                )
            }
            _ => name.to_owned(),
        };
        cases.entry(set).or_default().extend(texts);
    }
    assert!(
        !cases.is_empty(),
        "there are no cards in {}",
        conformance("shc").display()
    );
    cases.into_iter().map(|(name, texts)| Case { name, texts }).collect()
}

/// The texts of the QR symbols in a picture; none where it has none that can be read.
fn symbols(path: &Path) -> Vec<String> {
    let picture = image::open(path).unwrap().to_luma8();
    let mut prepared = rqrr::PreparedImage::prepare(picture);
    let grids = prepared.detect_grids();
    grids
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}

/// What is in the files of this ending that are keys.
fn keys(ending: &str) -> Vec<(String, Vec<u8>)> {
    let files = files().into_iter().filter(|path| has_ending(path, &[ending]));
    let keys: Vec<_> = files
        .map(|path| (name(&path).to_owned(), fs::read(&path).unwrap()))
        .collect();
    keys.into_iter()
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("\"kty\""))
        .collect()
}

/// Trust in the issuer of the examples.
fn example_issuer() -> Trust {
    let keys = keys("jwk");
    assert!(
        !keys.is_empty(),
        "the key of the examples (.jwk) is not in {}",
        conformance("shc").display()
    );
    let signers = keys.iter().flat_map(|(_, key)| {
        let signers = Signers::parse(key).unwrap();
        ISSUERS.map(|issuer| signers.clone().of_card_issuer(issuer))
    });
    signers.fold(Trust::default(), Trust::with_signers)
}

/// What came out, in one line.
fn outcome(report: &Verification) -> String {
    let checks = serde_json::to_value(report.checks).unwrap();
    let failed: Vec<String> = checks
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, check)| check.as_str().unwrap().starts_with("failed"))
        .map(|(name, check)| format!("{name} {}", check.as_str().unwrap()))
        .collect();
    if report.valid {
        "valid".to_owned()
    } else {
        failed.join("; ")
    }
}

/// A good card is valid if the key of every card in it is here; of the others, the key is what is wrong and nothing else.
fn is_as_good_as_its_keys(report: &Verification) -> bool {
    let no_key = |checks: &Checks| {
        checks.signature == Check::Failed(Failure::UnknownSigner)
            && [
                checks.prefix,
                checks.encoding,
                checks.inflate,
                checks.validity,
                checks.schema,
            ]
            .iter()
            .all(|check| check.is_ok())
    };
    report.valid || no_key(&report.checks)
}

#[test]
fn good_cards_are_valid_and_each_bad_one_is_refused_for_its_reason() {
    let trust = example_issuer();
    let (mut good, mut refused, mut unknown, mut failures) = (0, 0, 0, Vec::new());
    let mut left_out = Vec::new();
    for case in cases() {
        let report = case.report(&trust);
        let line = format!("{}: {}", case.name, outcome(&report));
        if let (Some(why), false) = (case.left_out(), case.is_good()) {
            left_out.push(format!("{line}\n    left out: {why}"));
            continue;
        }
        let (met, expected) = if case.is_good() {
            good += 1;
            (is_as_good_as_its_keys(&report), "valid")
        } else if let Some((why, is)) = case.fault() {
            refused += 1;
            (!report.valid && is(&report.checks), why)
        } else {
            unknown += 1;
            (
                !report.valid,
                "to be refused; its name tells no reason that is known here",
            )
        };
        tell!("  {line} ({expected})");
        if !met {
            failures.push(format!("{line}\n    expected: {expected}"));
        }
    }
    tell!("{good} good cards, {refused} refused for the reason in their names, {unknown} for some reason");
    tell!("{} left out:", left_out.len());
    left_out.iter().for_each(|line| tell!("  {line}"));
    assert!(
        good >= LEAST_GOOD && refused >= LEAST_REFUSED,
        "the cases are not all there: {good} good ones and {refused} with a fault that is known"
    );
    report::nothing_failed(&failures);
}

/// The cards in the good cases, each with the name of its case. Those that come in parts are no text of their own.
fn good_cards() -> Vec<(String, String)> {
    let mut cards = Vec::new();
    for case in cases().iter().filter(|case| case.is_good()) {
        let [text] = case.texts.as_slice() else {
            tell!("  {}: {} parts", case.name, case.texts.len());
            assert!(case.texts.len() > 1, "{} has no text", case.name);
            continue;
        };
        let split = split(text).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        cards.extend(split.into_iter().map(|card| (case.name.clone(), card)));
    }
    cards
}

/// The id of the key that a card names in its header.
fn key_id(card: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(card.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[test]
fn a_good_card_is_valid_if_and_only_if_its_key_is_here() {
    let trust = example_issuer();
    let keys = keys("jwk").into_iter().map(|(_, key)| {
        let key: Value = serde_json::from_slice(&key).unwrap();
        key["kid"].as_str().unwrap().to_owned()
    });
    let here: BTreeSet<String> = keys.collect();
    let mut valid = 0;
    for (name, card) in good_cards() {
        let report = check_text(&card, &trust, now());
        assert_eq!(
            report.valid,
            here.contains(&key_id(&card)),
            "{name}: {}",
            outcome(&report)
        );
        valid += usize::from(report.valid);
    }
    assert!(valid >= LEAST_VALID, "only {valid} of the examples are valid");
}

#[test]
fn a_file_with_several_cards_reports_on_each() {
    let trust = example_issuer();
    let cases = cases();
    let files: Vec<&Case> = cases.iter().filter(|case| case.name.contains("multi-jws.")).collect();
    assert!(!files.is_empty(), "the file with several cards is not there");
    for case in files {
        let cards = split(&case.texts[0]).unwrap();
        assert!(cards.len() > 1, "{} holds {}", case.name, cards.len());
        let report = case.report(&trust);
        let reports = report.claims["cards"].as_array().unwrap();
        assert_eq!(reports.len(), cards.len());
        for (card, report) in cards.iter().zip(reports) {
            let alone = check_text(card, &trust, now());
            tell!("  {}: {}", case.name, outcome(&alone));
            assert_eq!(report["valid"], alone.valid);
            assert_eq!(report["claims"], read(card).unwrap().claims());
            assert!(is_as_good_as_its_keys(&alone));
        }
        assert_eq!(report.valid, reports.iter().all(|report| report["valid"] == true));
        assert_eq!(reports[0]["valid"], true, "{}", case.name);
    }
}

#[test]
fn keys_of_somebody_else_verify_nothing() {
    let cases = cases();
    let (mut held, mut unusable, mut passed_over, mut refused) = (0, 0, 0, 0);
    let sets = keys("json");
    let count = sets.len();
    for (name, bytes) in sets {
        let Ok(signers) = Signers::parse(&bytes) else {
            tell!("  {name}: not a key that can be used");
            assert!(name.starts_with("wrong_"), "{name} can't be read");
            unusable += 1;
            continue;
        };
        let fit = signers.iter().filter(|signer| signer.health_cards.is_some()).count();
        tell!("  {name}: {fit} of {} keys are for health cards", signers.len());
        let faulty = ["wrong_", "private", "mismatch"]
            .iter()
            .any(|piece| name.contains(piece));
        assert_eq!(fit, if faulty { 0 } else { signers.len() }, "{name}");
        if name.contains("x5c") || name.contains("kid-mismatch") {
            // These are keys of the examples' own issuer, of whose cards some are right to be valid with them.
            tell!("  {name}: passed over");
            passed_over += 1;
            continue;
        }
        held += 1;
        let trust = Trust::from(signers);
        for case in &cases {
            let report = case.report(&trust);
            assert!(
                !report.valid && report.checks.signature != Check::Ok,
                "{} with {name}",
                case.name
            );
            refused += 1;
        }
    }
    tell!(
        "{held} sets of keys held against {} cases each, {unusable} unusable, {passed_over} passed over",
        cases.len()
    );
    assert!(held >= LEAST_OTHER_KEYS, "the keys of others are not all there");
    assert_eq!((held + unusable + passed_over, refused), (count, held * cases.len()));
}

#[test]
fn an_example_with_one_character_changed_is_never_taken_for_another() {
    let trust = example_issuer();
    let cards = good_cards().into_iter();
    let valid: Vec<_> = cards
        .filter(|(_, card)| check_text(card, &trust, now()).valid)
        .collect();
    assert!(
        valid.len() >= LEAST_VALID,
        "only {} of the examples are valid",
        valid.len()
    );
    for (name, card) in &valid {
        let claims = read(card).unwrap().claims();
        for position in 0..card.len() {
            let other = if &card[position..=position] == "A" { "B" } else { "A" };
            let changed = format!("{}{other}{}", &card[..position], &card[position + 1..]);
            let report = check_text(&changed, &trust, now());
            // The last character of a piece has bits that stand for nothing; all else is signed, or is the signature.
            let is_last = matches!(card.as_bytes().get(position + 1), None | Some(b'.'));
            let is_the_same = is_last && report.claims == claims;
            assert!(!report.valid || is_the_same, "{name} at {position}");
        }
    }
    tell!("{} cards, each changed in every place", valid.len());
}
