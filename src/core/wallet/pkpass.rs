//! Passes in Apple's PassKit package format (`.pkpass`), and bundles of them (`.pkpasses`).
//!
//! A pass is a ZIP archive with a `pass.json` and, for each language, a `pass.strings`. Only those are read, never more
//! than [`LONGEST_JSON`] and [`LONGEST_FILE`] of each; pictures and the signature are left alone, since a card in the wallet promises no
//! more than what its owner sees, and nothing is asked of the issuer's web service. Words come in the language that is
//! asked for where the pass has it.
//!
//! Issuers take liberties, and readers of passes let them: a comma before a closing bracket, line breaks inside of words,
//! UTF-16, `null` for what is not there, one folder around all of it. What a pass says wrongly is left out alone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::said::{Object, Said};
use self::value::Teller;
use super::archive::{Archive, ArchiveError};
use super::{CardCode, CardKind, PassId, text};
use crate::settings::Language;
use crate::symbol::{self, Symbology};
use crate::words::Words;

mod letters;
mod said;
mod strings;
#[cfg(test)]
mod tests;
mod tidy;
mod value;
mod words;

/// The most bytes that what a pass says may inflate to, and the words of one language.
const LONGEST_JSON: u64 = 4 << 20;
const LONGEST_FILE: u64 = 1 << 20;
/// The most bytes of a pass inside a bundle: six of that length fill what the bundle may inflate to.
const LONGEST_PASS: u64 = 64 << 20;
/// The most passes in a bundle, and how deep bundles may lie in each other.
const MOST_PASSES: usize = 50;
const DEEPEST: usize = 2;
/// The most labels and values.
const MOST_DETAILS: usize = 12;
/// The most codes of a pass that are looked at.
const MOST_BARCODES: usize = 20;
/// A longer type or serial number is none.
const LONGEST_ID: usize = 1_000;
/// A longer message of a code that can't be drawn is nothing to read out.
const LONGEST_NUMBER: usize = 60;

/// What a pass says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// By what its issuer knows it.
    pub id: Option<PassId>,
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
    /// From when it does not hold any more.
    pub expires_at: Option<Timestamp>,
    /// Whether its issuer has declared it void.
    pub voided: bool,
}

/// Why a file is not a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// It is not a ZIP archive, or a damaged one.
    #[error("this is not a pass, or it is damaged: ask for it again where it came from")]
    NotAnArchive,
    /// It is locked with a password.
    #[error("this file is locked with a password: ask for one without")]
    Locked,
    /// There is no `pass.json`, or it can't be read.
    #[error("there is no readable pass in this file: ask for it again where it came from")]
    NoPass,
    /// It is in another format than version 1, the only one that Apple has described.
    #[error("this pass is in a format that is not known here: ask for it in the format of version 1")]
    OtherFormat,
}

impl From<ArchiveError> for PassError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::NotAnArchive => Self::NotAnArchive,
            ArchiveError::Locked => Self::Locked,
            ArchiveError::NotThere | ArchiveError::TooLarge | ArchiveError::Damaged => Self::NoPass,
        }
    }
}

/// The passes of a file, and how many more in it could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passes {
    /// What was read.
    pub passes: Vec<Pass>,
    /// How many were not.
    pub unreadable: usize,
    /// Why one of those was not, where that is more than that it is damaged.
    pub why: Option<PassError>,
}

/// For whom a pass is read.
#[derive(Debug, Clone, Copy)]
struct Reader<'a> {
    language: Language,
    zone: &'a TimeZone,
}

/// Reads a pass, or every readable pass of a bundle; its times are said in UTC.
///
/// # Errors
/// When there is no pass in it.
pub fn read(bytes: &[u8], language: Language) -> Result<Vec<Pass>, PassError> {
    read_all(bytes, language, &TimeZone::UTC).map(|read| read.passes)
}

/// The same where the person is, with how many passes of a bundle could not be read.
///
/// # Errors
/// When there is no pass in it.
pub fn read_all(bytes: &[u8], language: Language, zone: &TimeZone) -> Result<Passes, PassError> {
    let mut found = Passes::default();
    collect(bytes, Reader { language, zone }, DEEPEST, &mut found)?;
    if found.passes.is_empty() {
        Err(found.why.unwrap_or(PassError::NoPass))
    } else {
        Ok(found)
    }
}

fn collect(bytes: &[u8], reader: Reader<'_>, deep: usize, found: &mut Passes) -> Result<(), PassError> {
    let mut archive = Archive::open(bytes)?;
    let names = archive.names();
    let beside = |name: &&String| name.rsplit('/').next() == Some("pass.json");
    // In the folder that is nearest to the top, where the whole pass was put into one.
    if let Some(path) = names.iter().filter(beside).min_by_key(|name| name.matches('/').count()) {
        let folder = path.strip_suffix("pass.json").unwrap_or_default();
        found.passes.push(pass(&mut archive, folder, &names, reader)?);
        return Ok(());
    }
    let is_pass = |name: &&String| {
        let name = name.to_lowercase();
        name.ends_with(".pkpass") || name.ends_with(".pkpasses")
    };
    let inner: Vec<&String> = names.iter().filter(is_pass).collect();
    if inner.is_empty() {
        return Err(PassError::NoPass);
    }
    for name in inner {
        // What can't be read counts too: each archive has a budget of its own.
        if found.passes.len() + found.unreadable >= MOST_PASSES || deep == 0 {
            found.unreadable += 1;
            continue;
        }
        let read = archive.file(name, LONGEST_PASS).map_err(PassError::from);
        if let Err(error) = read.and_then(|inner| collect(&inner, reader, deep - 1, found)) {
            found.unreadable += 1;
            if error == PassError::Locked || found.why.is_none() {
                found.why = Some(error).filter(|error| matches!(error, PassError::Locked | PassError::OtherFormat));
            }
        }
    }
    Ok(())
}

fn pass(archive: &mut Archive<'_>, folder: &str, names: &[String], reader: Reader<'_>) -> Result<Pass, PassError> {
    let json = archive.file(&format!("{folder}pass.json"), LONGEST_JSON)?;
    let json = tidy::json(&text::likely(&json));
    let Ok(pass) = serde_json::from_str::<Object<'_>>(&json) else {
        return Err(PassError::NoPass);
    };
    if !value::is_known_format(pass.get("formatVersion").copied()) {
        return Err(PassError::OtherFormat);
    }
    let teller = Teller {
        instead: words::of(archive, folder, names, reader.language),
        words: Words::of(reader.language),
        zone: reader.zone,
    };
    let style_name = ["boardingPass", "eventTicket", "coupon", "storeCard", "generic"]
        .into_iter()
        .find(|name| pass.contains_key(*name));
    let style = style_name
        .and_then(|name| Some(pass.get(name)?.object()))
        .unwrap_or_default();
    let details = ["headerFields", "primaryFields", "secondaryFields", "auxiliaryFields"]
        .into_iter()
        .filter_map(|fields| Some(style.get(fields)?.list()))
        .flatten()
        .filter_map(|field| teller.field(&field.object()))
        .take(MOST_DETAILS)
        .collect();
    let listed = pass.get("barcodes").map(|barcodes| barcodes.list()).unwrap_or_default();
    let barcodes = listed
        .into_iter()
        .take(MOST_BARCODES)
        .chain(pass.get("barcode").copied());
    let barcodes: Vec<Object<'_>> = barcodes
        .map(Said::object)
        .filter(|barcode| !barcode.is_empty())
        .collect();
    let drawn = barcodes.iter().find_map(|barcode| Some((code(barcode)?, barcode)));
    let shown = drawn.as_ref().map(|(_, barcode)| *barcode).or_else(|| barcodes.first());
    let alt_text = shown
        .and_then(|barcode| barcode.get("altText")?.text())
        .map(|alt| teller.text(&alt));
    // A code that can't be drawn can be read out.
    let message = shown
        .filter(|_| drawn.is_none())
        .and_then(message)
        .filter(|message| message.chars().count() <= LONGEST_NUMBER)
        .map(|message| text::clipped(&message));
    let number = [alt_text, message]
        .into_iter()
        .flatten()
        .find(|number| !number.is_empty());
    let named = || {
        let names = ["logoText", "organizationName", "description"].into_iter();
        names.filter_map(|key| pass.get(key)?.string())
    };
    // Where all translations are empty it is still called by one of its own words.
    let name = named()
        .map(|name| teller.text(name.trim()))
        .chain(named())
        .map(|name| text::name(&name))
        .find(|name| !name.is_empty())
        .ok_or(PassError::NoPass)?;
    let kind = match style_name {
        Some("boardingPass" | "eventTicket") => CardKind::Ticket,
        Some("coupon" | "storeCard") => CardKind::Member,
        _ => CardKind::Other,
    };
    let ends = pass.get("expirationDate").and_then(|end| end.string());
    Ok(Pass {
        id: id(&pass),
        kind,
        name,
        number: number.unwrap_or_default(),
        code: drawn.map(|(code, _)| code),
        details,
        expires_at: ends.and_then(|end| value::moment(&end)),
        voided: pass.get("voided").is_some_and(|voided| voided.is_true()),
    })
}

/// What the issuer knows the pass by. Of one that is too long nothing is cut off: it would be another's.
fn id(pass: &Object<'_>) -> Option<PassId> {
    let part = |key| {
        let said = pass.get(key)?.text()?.trim().to_owned();
        (1..=LONGEST_ID).contains(&said.chars().count()).then_some(said)
    };
    Some(PassId {
        kind: part("passTypeIdentifier")?,
        serial: part("serialNumber")?,
    })
}

/// The code of a pass, if its format is known and its message can be drawn.
fn code(barcode: &Object<'_>) -> Option<CardCode> {
    let symbology = match barcode.get("format")?.string()?.as_str() {
        "PKBarcodeFormatQR" => Symbology::Qr,
        "PKBarcodeFormatPDF417" => Symbology::Pdf417,
        "PKBarcodeFormatAztec" => Symbology::Aztec,
        "PKBarcodeFormatCode128" => Symbology::Code128,
        _ => return None,
    };
    let text = message(barcode)?;
    symbol::encode(symbology, &text).ok()?;
    Some(CardCode { symbology, text })
}

/// What a code says: a text, or digits. Where something could not be read, or a number is written in another way than a
/// till has it (1.2e22), it would be another code.
fn message(barcode: &Object<'_>) -> Option<String> {
    let message = barcode.get("message")?;
    match message.number() {
        Some(number) => number.bytes().all(|c| c.is_ascii_digit()).then(|| number.to_owned()),
        None => message
            .string()
            .filter(|text| !text.contains(char::REPLACEMENT_CHARACTER)),
    }
}
