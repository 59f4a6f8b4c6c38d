//! The EU's own test cases for Digital COVID Certificates, against `anban-credential`.
//!
//! Member states published hundreds of certificates with what a reader has to find out about
//! each (`EXPECTEDRESULTS`, explained in that repository's README). They are not part of this
//! project: the environment variable `ANBAN_CONFORMANCE` names a directory that holds them as
//! `hcert`. Every expectation that a case states is checked, with two kinds of exception, both
//! printed: names that the README does not define, and cases that the repository itself lists
//! as wrong in `tests/known_issues.csv`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[macro_use]
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anban_credential::eu_dcc::check_schema;
use anban_credential::{Check, Signers, Trust, Verification, check_text, envelope, read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;

const WHERE_TO_GET_THEM: &str = "set ANBAN_CONFORMANCE to a directory in which \"hcert\" is a copy of the repository \
     https://github.com/eu-digital-green-certificates/dgc-testdata (now dcc-quality-assurance), where anyone can get the \
     cases";

/// How many expectations are met, and how many certificates are changed bit by bit, in the copy of that repository that
/// these tests were written with. There may be more.
const LEAST_MET: usize = 1_151;
const LEAST_CHANGED: usize = 131;

/// One case: its file and the JSON in it.
struct Case {
    country: String,
    name: String,
    json: Value,
    /// A picture of the code in a file of its own; France gives most of its pictures so.
    picture_file: Option<PathBuf>,
}

impl Case {
    fn text(&self, field: &str) -> Option<&str> {
        self.json.get(field)?.as_str()
    }

    fn bytes(&self, field: &str) -> Option<Vec<u8>> {
        hex(self.text(field)?)
    }

    fn context(&self, field: &str) -> Option<&str> {
        self.json.get("TESTCTX")?.get(field)?.as_str()
    }

    /// The expectations that the README defines, and the names of those it does not.
    fn expectations(&self) -> (Vec<(Expectation, bool)>, Vec<String>) {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for (name, value) in self.json["EXPECTEDRESULTS"].as_object().unwrap() {
            match (Expectation::named(name), value.as_bool()) {
                (Some(expectation), Some(value)) => known.push((expectation, value)),
                _ => unknown.push(name.clone()),
            }
        }
        (known, unknown)
    }

    /// The certificate as a text: the signed message where the case has one, since most
    /// expectations are about that, and else the text of the code.
    fn certificate(&self) -> String {
        match self.bytes("COSE") {
            Some(message) => envelope::wrap("HC1:", &message),
            None => self.text("PREFIX").unwrap().to_owned(),
        }
    }

    /// What the base45 decodes to. Cases that do not give it by itself have it in the prefixed
    /// text.
    fn decoded(&self) -> Option<Vec<u8>> {
        let prefixed = || envelope::split_prefix(self.text("PREFIX")?).ok();
        let base45 = self.text("BASE45").or_else(|| Some(prefixed()?.1))?;
        envelope::decode_base45(base45).ok()
    }

    fn picture(&self) -> Option<Vec<u8>> {
        match (self.text("2DCODE"), &self.picture_file) {
            (Some(base64), _) => Some(STANDARD.decode(base64).unwrap_or_default()),
            (None, file) => Some(fs::read(file.as_ref()?).unwrap()),
        }
    }

    /// Whether `bytes` are those of `field`, where the case has that field.
    fn agrees(&self, field: &str, bytes: &[u8]) -> bool {
        self.bytes(field).is_none_or(|expected| expected == bytes)
    }

    fn report(&self) -> Verification {
        let certificate = self.context("CERTIFICATE").unwrap_or_default();
        let trust = Signers::parse(certificate.as_bytes()).map(Trust::from);
        let clock = self.context("VALIDATIONCLOCK").unwrap();
        check_text(&self.certificate(), &trust.unwrap_or_default(), time(clock))
    }

    /// Whether what the expectation is about is so, by our reading; `None` where the case does
    /// not have what it would be about, which is a picture every time.
    fn holds(&self, expectation: Expectation) -> Option<bool> {
        let prefixed = self.text("PREFIX").unwrap();
        let checks = || self.report().checks;
        Some(match expectation {
            Expectation::UnPrefix => envelope::split_prefix(prefixed).is_ok_and(|(prefix, rest)| {
                prefix == envelope::Prefix::EuDcc && self.text("BASE45").is_none_or(|base45| base45 == rest)
            }),
            Expectation::Base45Decode => self.decoded().is_some_and(|bytes| self.agrees("COMPRESSED", &bytes)),
            Expectation::Compression => {
                let compressed = self.bytes("COMPRESSED").or_else(|| self.decoded());
                let inflated = compressed.and_then(|bytes| envelope::inflate(&bytes).ok());
                inflated.is_some_and(|bytes| self.agrees("COSE", &bytes))
            }
            Expectation::PictureDecode => read_symbol(&self.picture()?).as_deref() == Some(prefixed),
            Expectation::Verify => checks().signature == Check::Ok,
            Expectation::ExpirationCheck => checks().validity == Check::Ok,
            Expectation::KeyUsage => checks().signature == Check::Ok && checks().purpose == Check::Ok,
            Expectation::SchemaValidation => checks().schema == Check::Ok,
            Expectation::Decode => self.decodes(&self.certificate()),
            Expectation::ValidJson => self.decodes(prefixed),
            Expectation::ValidObject => check_schema(&self.json["JSON"]).is_ok(),
            Expectation::Encode => {
                let mut encoded = Vec::new();
                ciborium::into_writer(&self.json["JSON"], &mut encoded).unwrap();
                let ours = cbor_content(&encoded);
                ours.is_some() && ours == self.bytes("CBOR").and_then(|cbor| cbor_content(&cbor))
            }
        })
    }

    /// Whether the certificate in `text` reads as the JSON and the CBOR of this case.
    fn decodes(&self, text: &str) -> bool {
        let Ok(document) = read(text) else {
            return false;
        };
        let same_json = self
            .json
            .get("JSON")
            .is_none_or(|json| json.is_null() || *json == document.claims());
        let same_cbor = self
            .bytes("CBOR")
            .is_none_or(|cbor| cbor_content(&cbor) == Some(document.claims()));
        same_json && same_cbor
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Expectation {
    UnPrefix,
    Base45Decode,
    Compression,
    PictureDecode,
    Verify,
    ExpirationCheck,
    KeyUsage,
    SchemaValidation,
    Decode,
    ValidJson,
    ValidObject,
    Encode,
}

impl Expectation {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "EXPECTEDUNPREFIX" => Self::UnPrefix,
            "EXPECTEDB45DECODE" => Self::Base45Decode,
            "EXPECTEDCOMPRESSION" => Self::Compression,
            "EXPECTEDPICTUREDECODE" => Self::PictureDecode,
            "EXPECTEDVERIFY" => Self::Verify,
            "EXPECTEDEXPIRATIONCHECK" => Self::ExpirationCheck,
            "EXPECTEDKEYUSAGE" => Self::KeyUsage,
            "EXPECTEDSCHEMAVALIDATION" => Self::SchemaValidation,
            "EXPECTEDDECODE" => Self::Decode,
            "EXPECTEDVALIDJSON" => Self::ValidJson,
            "EXPECTEDVALIDOBJECT" => Self::ValidObject,
            "EXPECTEDENCODE" => Self::Encode,
            _ => return None,
        })
    }

    /// The name under which the repository's list of known issues has it.
    fn test_name(self) -> &'static str {
        match self {
            Self::UnPrefix => "test_un_prefix",
            Self::Base45Decode => "test_b45decode",
            Self::Compression => "test_compression",
            Self::PictureDecode => "test_picture_decode",
            Self::Verify => "test_verification_check",
            Self::ExpirationCheck => "test_expiration_check",
            Self::KeyUsage => "test_expected_key_usage",
            Self::SchemaValidation | Self::ValidObject => "test_cose_schema",
            Self::Decode => "test_cose_json",
            Self::ValidJson | Self::Encode => "test_cbor_json",
        }
    }
}

/// Rows of `known_issues.csv`; an empty column stands for any.
struct KnownIssues(Vec<[String; 4]>);

impl KnownIssues {
    fn read(directory: &Path) -> Self {
        let csv = fs::read_to_string(directory.join("tests/known_issues.csv")).unwrap_or_default();
        let row = |line: &str| {
            let mut columns = line.split(',').map(|column| column.trim().to_owned());
            [(); 4].map(|()| columns.next().unwrap_or_default())
        };
        Self(csv.lines().skip(1).map(row).collect())
    }

    fn reason(&self, case: &Case, expectation: Expectation) -> Option<&str> {
        let fits = |column: &str, value: &str| column.is_empty() || column == value;
        self.0.iter().find_map(|[test, country, set, reason]| {
            (fits(test, expectation.test_name()) && fits(country, &case.country) && fits(set, &case.name))
                .then_some(reason.as_str())
        })
    }
}

fn directory() -> PathBuf {
    let root = std::env::var_os("ANBAN_CONFORMANCE").expect(WHERE_TO_GET_THEM);
    let directory = Path::new(&root).join("hcert");
    assert!(directory.is_dir(), "there is no \"hcert\" in it: {WHERE_TO_GET_THEM}");
    directory
}

fn cases(directory: &Path) -> Vec<Case> {
    let mut files = BTreeSet::new();
    let mut left = vec![directory.to_owned()];
    while let Some(path) = left.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.insert(path);
            }
        }
    }
    files
        .into_iter()
        .filter_map(|path| {
            let json: Value = serde_json::from_slice(&fs::read(&path).unwrap()).ok()?;
            json.get("EXPECTEDRESULTS")?;
            let country = path.strip_prefix(directory).unwrap().iter().next().unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let pictures = directory.join(country).join("png");
            let stem = name.trim_end_matches("_Raw");
            let picture_file = [stem.to_owned(), stem.replacen('_', "-", 1)]
                .map(|stem| pictures.join(stem).with_extension("png"))
                .into_iter()
                .find(|file| file.is_file());
            Some(Case {
                country: country.to_str().unwrap().to_owned(),
                name: name.to_owned(),
                json,
                picture_file,
            })
        })
        .collect()
}

#[test]
fn every_expectation_of_every_certificate_is_met() {
    let directory = directory();
    let cases = cases(&directory);
    assert!(!cases.is_empty(), "no cases: {WHERE_TO_GET_THEM}");
    let known_issues = KnownIssues::read(&directory);
    let mut met: BTreeMap<Expectation, (usize, usize)> = BTreeMap::new();
    let mut undefined: BTreeMap<String, usize> = BTreeMap::new();
    let (mut known, mut without, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for case in &cases {
        let (expectations, unknown) = case.expectations();
        for name in unknown {
            *undefined.entry(name).or_default() += 1;
        }
        for (expectation, expected) in expectations {
            let Case { country, name, .. } = case;
            let Some(found) = case.holds(expectation) else {
                without.push(format!("{country}/{name}"));
                continue;
            };
            let line = format!("{country}/{name} {expectation:?}: expected {expected}, found {found}");
            match known_issues.reason(case, expectation) {
                Some(reason) => known.push(format!("{line} ({reason})")),
                None if found == expected => {
                    let (positive, negative) = met.entry(expectation).or_default();
                    *(if expected { positive } else { negative }) += 1;
                }
                None => failures.push(format!("{line}; {:?}", case.report().checks)),
            }
        }
    }
    tell!("{} cases; met, of those that expect success and failure:", cases.len());
    for (expectation, (positive, negative)) in &met {
        tell!("  {expectation:?}: {positive} and {negative}");
    }
    let total: usize = met.values().map(|(positive, negative)| positive + negative).sum();
    tell!(
        "{total} expectations met, {} not; known issues, with our result:",
        failures.len()
    );
    known.iter().for_each(|line| tell!("  {line}"));
    tell!(
        "a picture is expected to be read, but the case has none: {}",
        without.join(", ")
    );
    tell!("names that the README does not define: {undefined:?}");
    report::nothing_failed(&failures);
    assert!(total >= LEAST_MET, "cases are missing: {WHERE_TO_GET_THEM}");
}

#[test]
fn a_certificate_with_one_bit_changed_is_never_taken_for_another() {
    let directory = directory();
    let (cases, known_issues) = (cases(&directory), KnownIssues::read(&directory));
    let (mut changed_ones, mut without, mut unsigned) = (0, 0, 0);
    for case in &cases {
        let Some(message) = case.bytes("COSE") else {
            without += 1;
            continue;
        };
        let report = case.report();
        if report.checks.signature != Check::Ok {
            // Only what is meant to be wrong, or is known to be, says nothing here.
            let is_meant = case.json["EXPECTEDRESULTS"]["EXPECTEDVERIFY"] != Value::Bool(true);
            let is_known = known_issues.reason(case, Expectation::Verify).is_some();
            assert!(is_meant || is_known, "{}/{} does not verify", case.country, case.name);
            unsigned += 1;
            continue;
        }
        let certificate = case.context("CERTIFICATE").unwrap();
        let trust = Trust::from(Signers::parse(certificate.as_bytes()).unwrap());
        let at = time(case.context("VALIDATIONCLOCK").unwrap());
        // Every 29th bit meets every part of a message, in a few seconds for all cases.
        for bit in (0..message.len() * 8).step_by(29) {
            let mut changed = message.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let other = check_text(&envelope::wrap("HC1:", &changed), &trust, at);
            let same = other.claims == report.claims && other.format == report.format;
            assert!(
                other.checks.signature != Check::Ok || same,
                "{}/{} bit {bit}",
                case.country,
                case.name
            );
        }
        changed_ones += 1;
    }
    tell!("{changed_ones} certificates changed, {unsigned} with a wrong signature, {without} without a message");
    assert_eq!(changed_ones + unsigned + without, cases.len());
    assert!(changed_ones >= LEAST_CHANGED, "cases are missing: {WHERE_TO_GET_THEM}");
}

/// The certificate in `cbor`, which some cases give alone and some inside its CWT.
fn cbor_content(cbor: &[u8]) -> Option<Value> {
    let value: ciborium::Value = ciborium::from_reader(cbor).ok()?;
    let under = |value: &ciborium::Value, key: i64| {
        let entries = value.as_map()?.iter();
        let mut found = entries.filter(|(candidate, _)| candidate.as_integer() == Some(key.into()));
        found.next().map(|(_, value)| value.clone())
    };
    let inner = under(&value, -260).and_then(|hcert| under(&hcert, 1));
    without_tags(inner.unwrap_or(value)).deserialized().ok()
}

/// Some issuers tag their dates; JSON has nothing of the kind.
fn without_tags(value: ciborium::Value) -> ciborium::Value {
    use ciborium::Value::{Array, Map, Tag};
    match value {
        Tag(_, inner) => without_tags(*inner),
        Array(items) => Array(items.into_iter().map(without_tags).collect()),
        Map(entries) => Map(entries
            .into_iter()
            .map(|(key, value)| (key, without_tags(value)))
            .collect()),
        other => other,
    }
}

/// The text of the QR symbol in a PNG.
fn read_symbol(png: &[u8]) -> Option<String> {
    let picture = image::load_from_memory(png).ok()?.to_luma8();
    let mut prepared = rqrr::PreparedImage::prepare(picture);
    let grids = prepared.detect_grids();
    grids.iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

/// A clock as the cases write it; UTC where it has no offset.
fn time(text: &str) -> Timestamp {
    text.parse()
        .or_else(|_| format!("{text}Z").parse())
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
