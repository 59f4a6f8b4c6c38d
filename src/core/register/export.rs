//! The register outside of the app: a table to save and a list on paper.
//!
//! The table is CSV (RFC 4180) in UTF-8 with a byte order mark, since the spreadsheet programs that offices have take a
//! file without one for the old national encoding. Numbers stand in groups, `110105 19491231 002X`: a cell of eighteen
//! digits would be rounded to fifteen. A cell that a program could take for a formula is led by an apostrophe. What is
//! saved or printed is out of reach of the rule; the page says so.

use jiff::civil::Date;

use super::{Entry, Lane, Visitor, day_of, entries};
use crate::app::Core;
use crate::certificates::{self, Form, Paper};
use crate::words::{Words, time};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// All entries as a table, the earliest first.
pub(crate) fn csv(core: &Core) -> String {
    let words = core.words();
    let zone = core.now().time_zone().clone();
    let mut table = String::from(BYTE_ORDER_MARK);
    let head = [
        "register-column-time",
        "help-name",
        "entry-number",
        "contact-number",
        "entry-remark",
        "entry-lane",
    ];
    line(&mut table, &head.map(|key| words.get(key)));
    for entry in entries(core).into_iter().rev() {
        let at = entry.noted_at.to_zoned(zone.clone());
        line(
            &mut table,
            &[
                at.strftime("%Y-%m-%d %H:%M").to_string(),
                entry.visitor.name.clone(),
                grouped(&entry.visitor.identity_number),
                entry.visitor.telephone.clone(),
                entry.visitor.remark.clone(),
                words.get(lane_key(entry.visitor.lane)),
            ],
        );
    }
    table
}

fn line(table: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// A cell as RFC 4180 has it, and one that no program takes for a formula.
fn quoted(cell: &str) -> String {
    let guarded = if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    format!("\"{}\"", guarded.replace('"', "\"\""))
}

/// How somebody came in, as a word's key.
pub(super) fn lane_key(lane: Lane) -> &'static str {
    match lane {
        Lane::IdentityCard => "lane-identity-card",
        Lane::Paper => "lane-paper",
        Lane::Code => "lane-code",
    }
}

/// An identity number in the groups in which people read it; other texts stay as they are.
pub(crate) fn grouped(number: &str) -> String {
    match (number.get(..6), number.get(6..14), number.get(14..)) {
        (Some(region), Some(birth), Some(rest)) if number.len() == 18 => format!("{region} {birth} {rest}"),
        _ => number.to_owned(),
    }
}

/// The entries of a day as a list on paper, the earliest first; `None` when there are none any more.
pub(crate) fn paper(core: &Core, words: Words, day: Date, form: Form) -> Option<Paper> {
    let of_day: Vec<&Entry> = entries(core)
        .into_iter()
        .rev()
        .filter(|entry| day_of(core, entry) == day)
        .collect();
    if of_day.is_empty() {
        return None;
    }
    let zone = core.now().time_zone().clone();
    let count = of_day.len().to_string();
    let rule = core.records.settings.register;
    let kept_until = of_day.iter().map(|entry| entry.over_at(rule)).min();
    let rows = of_day.into_iter().map(|entry| {
        let at = entry.noted_at.to_zoned(zone.clone());
        (at.strftime("%H:%M").to_string(), on_paper(words, entry))
    });
    Some(Paper {
        format: form.format,
        language: form.language,
        title: words.with("register-paper-title", &[("date", &time::full_date(words, day))]),
        state: None,
        facts: rows.collect(),
        codes: Vec::new(),
        is_collection: false,
        notes: vec![
            words.with("register-count", &[("count", &count)]),
            words.get("register-saved-care"),
        ],
        footer: certificates::footer(core, words),
        folding: Vec::new(),
        kept_until,
    })
}

fn on_paper(words: Words, entry: &Entry) -> String {
    let Visitor {
        name,
        identity_number,
        telephone,
        remark,
        lane,
        ..
    } = &entry.visitor;
    let way = words.get(lane_key(*lane));
    let parts = [
        name.clone(),
        grouped(identity_number),
        telephone.clone(),
        remark.clone(),
        way,
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("  ")
}
