//! What a signed document says beside whom it is about, as labels and values.

use anban_credential::Document;
use jiff::civil::Date;
use serde_json::Value;

use super::Purpose;
use crate::words::{Words, time};

/// The entries of `details` (`docs/documents.md`) with the keys of their labels, in the order in which they are printed.
const LABELS: [(&str, &str); 35] = [
    ("vaccine", "detail-vaccine"),
    ("dose", "detail-dose"),
    ("test", "detail-test"),
    ("result", "detail-result"),
    ("sampled", "detail-sampled"),
    ("date", "detail-date"),
    ("from", "detail-from"),
    ("to", "detail-to"),
    ("places", "detail-places"),
    ("may", "detail-may"),
    ("until", "detail-until"),
    ("start", "detail-start"),
    ("hospital", "detail-hospital"),
    ("department", "detail-department"),
    ("practitioner", "detail-practitioner"),
    ("place", "detail-place"),
    ("venue", "detail-venue"),
    ("manufacturer", "detail-manufacturer"),
    ("batch", "detail-batch"),
    ("document", "detail-document"),
    ("checked", "detail-checked"),
    ("card", "detail-card"),
    ("number", "detail-number"),
    ("type", "detail-type"),
    ("region", "detail-region"),
    ("height", "detail-height"),
    ("weight", "detail-weight"),
    ("blood-pressure", "detail-blood-pressure"),
    ("blood-sugar", "detail-blood-sugar"),
    ("conclusion", "detail-conclusion"),
    ("address", "detail-address"),
    ("telephone", "detail-telephone"),
    ("medical-notes", "detail-medical-notes"),
    ("contacts", "detail-contacts"),
    ("statement", "detail-statement"),
];

/// SNOMED CT and LOINC codes of the EU's value sets, and known vaccines, with the keys of their words.
const CODES: [(&str, &str); 10] = [
    ("840539006", "disease-covid-19"),
    ("260415000", "test-negative"),
    ("260373001", "test-positive"),
    ("LP6464-4", "test-nucleic-acid"),
    ("LP217198-3", "test-antigen"),
    ("EU/1/20/1528", "vaccine-comirnaty"),
    ("EU/1/20/1507", "vaccine-spikevax"),
    ("EU/1/21/1529", "vaccine-vaxzevria"),
    ("CoronaVac", "vaccine-coronavac"),
    ("BBIBP-CorV", "vaccine-bbibp"),
];

/// The labels and values; an entry without a label of its own has its name.
pub(super) fn details(words: Words, document: &Document) -> Vec<(String, String)> {
    let Some(claims) = document.anban_claims() else {
        return eu(words, &document.claims());
    };
    let mut facts = Vec::new();
    if let Some(reason) = claims.health.as_ref().and_then(|health| health.reason.clone()) {
        facts.push((words.get("detail-reason"), reason));
    }
    for (name, key) in LABELS {
        if let Some(text) = claims.details.get(name) {
            facts.push((words.get(key), value(words, name, text)));
        }
    }
    let unknown = |name: &String| name != "appointment" && LABELS.iter().all(|(known, _)| known != name);
    let others = claims.details.iter().filter(|(name, _)| unknown(name));
    facts.extend(others.map(|(name, text)| (name.clone(), text.clone())));
    facts
}

fn value(words: Words, name: &str, text: &str) -> String {
    if name == "may"
        && let Some(purpose) = Purpose::ALL.into_iter().find(|purpose| purpose.name() == text)
    {
        return words.get(purpose.key());
    }
    date(words, text).unwrap_or_else(|| text.to_owned())
}

/// A date (ISO 8601) as people write it; `None` where the text is none, and not a batch's number either.
fn date(words: Words, text: &str) -> Option<String> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then(|| time::full_date(words, date))
}

/// Of an EU Digital COVID Certificate: its one entry of vaccination, test or recovery.
fn eu(words: Words, claims: &Value) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let Some(entry) = ["v", "t", "r"].into_iter().find_map(|kind| claims.get(kind)?.get(0)) else {
        return facts;
    };
    let text = |name: &str| match entry.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    for (name, key) in [
        ("tg", "detail-disease"),
        ("mp", "detail-vaccine"),
        ("tt", "detail-test"),
        ("nm", "detail-test"),
        ("tr", "detail-result"),
        ("dt", "detail-date"),
        ("sc", "detail-sampled"),
        ("fr", "detail-first-positive"),
        ("tc", "detail-place"),
        ("co", "detail-country"),
    ] {
        if let Some(said) = text(name) {
            let known = CODES.iter().find(|(code, _)| *code == said);
            let said = match known {
                Some((_, key)) => words.get(key),
                None => date(words, &said).unwrap_or(said),
            };
            facts.push((words.get(key), said));
        }
        if let ("mp", Some(dose), Some(doses)) = (name, text("dn"), text("sd")) {
            facts.push((words.get("detail-dose"), format!("{dose}/{doses}")));
        }
    }
    facts
}
