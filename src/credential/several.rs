//! Texts of any kind, one or several, to one report.
//!
//! Somebody who checks has a text and does not know what it is: a document, a part of one, a file with several, or
//! none at all. [`check_texts`] takes them as they come. Where a text cannot be read, the report says at which layer
//! that was; where there are several documents, it is valid if all of them are, each check says the worst, and the
//! claims hold the report on each.

use jiff::Timestamp;
use serde_json::json;

use crate::checks::{Check, Checks, Failure};
use crate::document::{Format, ReadError, read, read_card, split};
use crate::envelope::EnvelopeError;
use crate::shc::{CardError, Layer, Parts};
use crate::trust::Trust;
use crate::verify::{Verification, verify_once};

/// Reads and checks a text, whatever it is. A file with several cards makes one report, as in [`check_texts`].
#[must_use]
pub fn check_text(text: &str, trust: &Trust, at: Timestamp) -> Verification {
    let format = Format::of(text);
    let documents = match split(text) {
        Ok(documents) => documents,
        Err(error) => return unreadable(format, error),
    };
    let check = |document: &String| check_one(document, format, trust, at);
    let mut reports: Vec<Verification> = documents.iter().map(check).collect();
    match (reports.pop(), reports.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => together(reports.into_iter().chain([last]).collect()),
        (None, _) => unreadable(format, ReadError::SmartHealthCard(CardError::NotAFile)),
    }
}

/// Reads and checks texts that belong together: one of any kind, or the parts of a card in any order.
#[must_use]
pub fn check_texts(texts: &[&str], trust: &Trust, at: Timestamp) -> Verification {
    if let [text] = texts {
        return check_text(text, trust, at);
    }
    let mut parts = Parts::default();
    let mut whole = None;
    for text in texts {
        match parts.take_in(text) {
            Ok(found) => whole = found.or(whole),
            Err(error) => return unreadable(Format::of(text), error.into()),
        }
    }
    let missing = parts.missing().first().copied();
    match (whole, missing) {
        (Some(card), _) => check_one(&card, Some(Format::SmartHealthCard), trust, at),
        (None, part) => {
            let (part, parts) = (part.unwrap_or(1), parts.count());
            let error = CardError::MissingPart { part, parts };
            unreadable(texts.first().and_then(|text| Format::of(text)), error.into())
        }
    }
}

/// Checks a document in a text of this format; of a SMART Health Card, the JWS is what is left of the text.
fn check_one(text: &str, format: Option<Format>, trust: &Trust, at: Timestamp) -> Verification {
    let document = match format {
        Some(Format::SmartHealthCard) => read_card(text),
        _ => read(text),
    };
    match document {
        Ok(document) => verify_once(document, trust, at),
        Err(error) => unreadable(format, error),
    }
}

/// One report out of several.
fn together(reports: Vec<Verification>) -> Verification {
    let worst = |check: fn(&Checks) -> Check| {
        let found = reports.iter().map(|report| check(&report.checks));
        found.fold(Check::Ok, |worst, next| match (worst, next) {
            (Check::Failed(_), _) | (Check::NotChecked, Check::Ok) => worst,
            _ => next,
        })
    };
    let checks = Checks {
        prefix: worst(|checks| checks.prefix),
        encoding: worst(|checks| checks.encoding),
        inflate: worst(|checks| checks.inflate),
        signature: worst(|checks| checks.signature),
        validity: worst(|checks| checks.validity),
        schema: worst(|checks| checks.schema),
        purpose: worst(|checks| checks.purpose),
    };
    let first = reports.first().and_then(|report| report.issuer.clone());
    let format = reports.iter().find_map(|report| report.format);
    Verification {
        format,
        valid: !reports.is_empty() && reports.iter().all(|report| report.valid),
        checks,
        issuer: first.filter(|first| reports.iter().all(|report| report.issuer.as_ref() == Some(first))),
        trust_expired: reports.iter().any(|report| report.trust_expired),
        claims: json!({ "cards": reports }),
    }
}

/// The report on a text that is no readable document: which layer stopped it.
fn unreadable(format: Option<Format>, error: ReadError) -> Verification {
    use Layer::{Content, Encoding, Inflate, Prefix, Signature, SignatureBeforeInflate};
    let failed = Check::Failed(Failure::Unreadable(error));
    let mut checks = Checks::default();
    let layer = match error {
        ReadError::Envelope(EnvelopeError::TooLong | EnvelopeError::UnknownPrefix) => Prefix,
        ReadError::Envelope(EnvelopeError::Base45) => Encoding,
        ReadError::Envelope(EnvelopeError::Zlib | EnvelopeError::Deflate | EnvelopeError::TooLarge) => Inflate,
        ReadError::SmartHealthCard(error) => error.layer(),
        ReadError::Signature(_) => Signature,
        ReadError::Content(_) | ReadError::Claims(_) => Content,
    };
    let reached = |before: &[Layer]| {
        if before.contains(&layer) {
            Check::NotChecked
        } else {
            Check::Ok
        }
    };
    checks.encoding = reached(&[Prefix]);
    checks.prefix = Check::Ok;
    checks.inflate = reached(&[Prefix, Encoding, SignatureBeforeInflate]);
    match layer {
        Prefix => checks.prefix = failed,
        Encoding => checks.encoding = failed,
        Inflate => checks.inflate = failed,
        SignatureBeforeInflate | Signature => checks.signature = failed,
        Content => checks.schema = failed,
    }
    Verification {
        format,
        valid: false,
        checks,
        issuer: None,
        claims: json!({}),
        trust_expired: false,
    }
}
