//! Passes in Apple's PassKit package format (`.pkpass`), and bundles of them (`.pkpasses`).
//!
//! A pass is a ZIP archive with a `pass.json` and, for each language, a `pass.strings`. Only those are read, never more
//! than [`LONGEST_FILE`] of each; pictures and the signature are left alone, since a card in the wallet promises no
//! more than what its owner sees. Words come in the language that is asked for where the pass has it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use serde::Deserialize;
use zip::ZipArchive;

use super::{CardCode, CardKind};
use crate::settings::Language;
use crate::symbol::{self, Symbology};

/// The most bytes that a file in the archive may inflate to.
const LONGEST_FILE: u64 = 1 << 20;
/// The most bytes of a pass inside a bundle.
const LONGEST_PASS: u64 = 8 << 20;
/// The most entries in an archive, and the most passes in a bundle.
const MOST_ENTRIES: usize = 512;
const MOST_PASSES: usize = 20;
/// The most characters of a label or value, and the most of them.
const LONGEST_TEXT: usize = 200;
const MOST_DETAILS: usize = 12;

/// What a pass says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// What it is for.
    pub kind: CardKind,
    /// The words on it.
    pub name: String,
    /// The number below its code; may be empty.
    pub number: String,
    /// Its code, where it has one that can be drawn.
    pub code: Option<CardCode>,
    /// Labels and values.
    pub details: Vec<(String, String)>,
}

/// Why a file is not a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// It is not a ZIP archive, or a damaged one.
    #[error("this is not a pass, or it is damaged: ask for it again where it came from")]
    NotAnArchive,
    /// There is no `pass.json`, or it can't be read.
    #[error("there is no readable pass in this file: ask for it again where it came from")]
    NoPass,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PassJson {
    description: String,
    #[serde(default)]
    organization_name: String,
    logo_text: Option<String>,
    barcode: Option<Barcode>,
    #[serde(default)]
    barcodes: Vec<Barcode>,
    #[serde(flatten)]
    style: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Barcode {
    format: String,
    message: String,
    alt_text: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Style {
    header_fields: Vec<Field>,
    primary_fields: Vec<Field>,
    secondary_fields: Vec<Field>,
    auxiliary_fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(default)]
    label: String,
    value: serde_json::Value,
}

/// Reads a pass, or every readable pass of a bundle.
///
/// # Errors
/// When there is no pass in it.
pub fn read(bytes: &[u8], language: Language) -> Result<Vec<Pass>, PassError> {
    let mut archive = open(bytes)?;
    if archive.index_for_name("pass.json").is_some() {
        return Ok(vec![pass(&mut archive, language)?]);
    }
    let names: Vec<String> = archive
        .file_names()
        .filter_map(|name| Some(name.ok()?.into_owned()))
        .filter(|name| name.ends_with(".pkpass"))
        .take(MOST_PASSES)
        .collect();
    let passes: Vec<Pass> = names
        .iter()
        .filter_map(|name| {
            let inner = file(&mut archive, name, LONGEST_PASS)?;
            pass(&mut open(&inner).ok()?, language).ok()
        })
        .collect();
    if passes.is_empty() {
        Err(PassError::NoPass)
    } else {
        Ok(passes)
    }
}

fn open(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, PassError> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| PassError::NotAnArchive)?;
    if archive.len() > MOST_ENTRIES {
        Err(PassError::NotAnArchive)
    } else {
        Ok(archive)
    }
}

/// A file of the archive, if it is there and no longer than `longest` when inflated.
fn file(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, longest: u64) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    // One byte more is read than is allowed: the size that an archive states may be a lie.
    archive
        .by_name(name)
        .ok()?
        .take(longest + 1)
        .read_to_end(&mut content)
        .ok()?;
    (content.len() as u64 <= longest).then_some(content)
}

fn pass(archive: &mut ZipArchive<Cursor<&[u8]>>, language: Language) -> Result<Pass, PassError> {
    let json = file(archive, "pass.json", LONGEST_FILE).ok_or(PassError::NoPass)?;
    let json = text(&json);
    let pass: PassJson = serde_json::from_str(&without_trailing_commas(&json)).map_err(|_| PassError::NoPass)?;
    let words = strings(archive, language);
    let told = |text: &str| clipped(words.get(text).map_or(text, String::as_str));
    let style_name = ["boardingPass", "eventTicket", "coupon", "storeCard", "generic"]
        .into_iter()
        .find(|name| pass.style.contains_key(*name));
    let style: Style = style_name
        .and_then(|name| pass.style.get(name))
        .and_then(|style| serde_json::from_value(style.clone()).ok())
        .unwrap_or_default();
    let details = [
        style.header_fields,
        style.primary_fields,
        style.secondary_fields,
        style.auxiliary_fields,
    ]
    .into_iter()
    .flatten()
    .filter_map(|field| Some((told(&field.label), told(&value(&field.value)?))))
    .filter(|(_, value)| !value.is_empty())
    .take(MOST_DETAILS)
    .collect();
    let barcodes = pass.barcodes.iter().chain(pass.barcode.as_ref());
    let barcode = barcodes
        .filter_map(|barcode| Some((code(barcode)?, barcode.alt_text.clone())))
        .next();
    let (code, alt_text) = barcode.map_or((None, None), |(code, alt)| (Some(code), alt));
    let name = [
        pass.logo_text.as_deref(),
        Some(&pass.organization_name),
        Some(&pass.description),
    ]
    .into_iter()
    .flatten()
    .map(|name| told(name.trim()))
    .find(|name| !name.is_empty())
    .ok_or(PassError::NoPass)?;
    let kind = match style_name {
        Some("boardingPass" | "eventTicket") => CardKind::Ticket,
        Some("coupon" | "storeCard") => CardKind::Member,
        _ => CardKind::Other,
    };
    Ok(Pass {
        kind,
        name,
        number: alt_text.map_or_else(String::new, |alt| told(&alt)),
        code,
        details,
    })
}

/// The code of a pass, if its format is known and its message can be drawn.
fn code(barcode: &Barcode) -> Option<CardCode> {
    let symbology = match barcode.format.as_str() {
        "PKBarcodeFormatQR" => Symbology::Qr,
        "PKBarcodeFormatPDF417" => Symbology::Pdf417,
        "PKBarcodeFormatAztec" => Symbology::Aztec,
        "PKBarcodeFormatCode128" => Symbology::Code128,
        _ => return None,
    };
    symbol::encode(symbology, &barcode.message).ok()?;
    Some(CardCode {
        symbology,
        text: barcode.message.clone(),
    })
}

fn value(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What fits on a page; empty where there is nothing to be seen.
fn clipped(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    shown.trim().chars().take(LONGEST_TEXT).collect()
}

/// Text in UTF-8 or, by its byte order mark, UTF-16, as both occur in `pass.strings`.
fn text(bytes: &[u8]) -> String {
    let wide = |from_bytes: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .filter_map(|pair| Some(from_bytes(pair.try_into().ok()?)))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Passes by some issuers have a comma before a closing bracket, which readers of passes let through.
fn without_trailing_commas(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c == '"' {
            in_string = true;
        } else if matches!(c, '}' | ']') {
            let end = out.trim_end().len();
            if out[..end].ends_with(',') {
                out.truncate(end - 1);
            }
        }
        out.push(c);
    }
    out
}

/// The words of the pass in `language`, else in English: `"key" = "value";` lines.
fn strings(archive: &mut ZipArchive<Cursor<&[u8]>>, language: Language) -> BTreeMap<String, String> {
    let folders: &[&str] = match language {
        Language::Chinese => &["zh-Hans", "zh_CN", "zh-CN", "zh", "en"],
        Language::English => &["en"],
    };
    let found = folders
        .iter()
        .find_map(|folder| file(archive, &format!("{folder}.lproj/pass.strings"), LONGEST_FILE));
    let Some(content) = found else { return BTreeMap::new() };
    text(&content).lines().filter_map(pair).collect()
}

/// One line of a `.strings` file.
fn pair(line: &str) -> Option<(String, String)> {
    let mut quoted = Vec::new();
    let (mut inside, mut escaped, mut word) = (false, false, String::new());
    for c in line.chars() {
        match (inside, escaped, c) {
            (true, true, 'n') => word.push('\n'),
            (true, true, c) => word.push(c),
            (true, false, '\\') => {
                escaped = true;
                continue;
            }
            (true, false, '"') => {
                quoted.push(std::mem::take(&mut word));
                inside = false;
            }
            (true, false, c) => word.push(c),
            (false, _, c) => inside = c == '"',
        }
        escaped = false;
    }
    let mut quoted = quoted.into_iter();
    Some((quoted.next()?, quoted.next()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use proptest::prelude::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    const STORE_CARD: &str = r#"{"description": "Member card", "organizationName": "SHOP",
        "barcodes": [{"format": "PKBarcodeFormatCode128", "message": "12345678", "altText": "1234 5678"}],
        "storeCard": {"primaryFields": [{"key": "points", "label": "POINTS", "value": 120},]}}"#;

    #[test]
    fn a_pass_is_told_in_the_language_that_is_asked_for() {
        let strings = "\"POINTS\" = \"积分\";\n\"SHOP\" = \"便民超市\";".encode_utf16();
        let strings: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(strings.flat_map(u16::to_le_bytes))
            .collect();
        let bytes = archive(&[
            ("pass.json", STORE_CARD.as_bytes()),
            ("zh-Hans.lproj/pass.strings", &strings),
        ]);
        let pass = read(&bytes, Language::Chinese).unwrap().remove(0);
        assert_eq!((pass.name.as_str(), pass.number.as_str()), ("便民超市", "1234 5678"));
        assert_eq!(pass.details, [("积分".to_owned(), "120".to_owned())]);
        assert_eq!(pass.kind, CardKind::Member);
        assert_eq!(read(&bytes, Language::English).unwrap()[0].name, "SHOP");
    }

    #[test]
    fn a_name_that_shows_nothing_gives_way_to_the_next() {
        // What is left once the control character is gone, or the translation is looked up, is white space.
        let json = r#"{"description": "G1", "logoText": "\u0007 ", "organizationName": "SHOP", "generic": {}}"#;
        let bytes = archive(&[
            ("pass.json", json.as_bytes()),
            ("en.lproj/pass.strings", b"\"SHOP\" = \" \";"),
        ]);
        assert_eq!(read(&bytes, Language::English).unwrap()[0].name, "G1");
        let nameless = json.replace("G1", "SHOP");
        let bytes = archive(&[
            ("pass.json", nameless.as_bytes()),
            ("en.lproj/pass.strings", b"\"SHOP\" = \" \";"),
        ]);
        assert_eq!(read(&bytes, Language::English), Err(PassError::NoPass));
    }

    #[test]
    fn a_bundle_gives_every_pass_in_it() {
        let one = archive(&[("pass.json", STORE_CARD.as_bytes())]);
        let bundle = archive(&[("a.pkpass", &one), ("b.pkpass", &one), ("c.pkpass", b"rubbish")]);
        assert_eq!(read(&bundle, Language::English).unwrap().len(), 2);
    }

    #[test]
    fn a_pass_that_inflates_without_end_is_refused() {
        let bomb = archive(&[("pass.json", &vec![b' '; 3 << 20])]);
        assert_eq!(read(&bomb, Language::English), Err(PassError::NoPass));
        assert_eq!(read(b"", Language::English), Err(PassError::NotAnArchive));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(json in ".{0,300}", strings in ".{0,200}") {
            let bytes = archive(&[("pass.json", json.as_bytes()), ("en.lproj/pass.strings", strings.as_bytes())]);
            let _ = read(&bytes, Language::English);
            let _ = read(json.as_bytes(), Language::English);
        }
    }
}
