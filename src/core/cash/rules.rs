//! Why cash may not be refused, whom to call and where bills are paid: `assets/cash/rules.json`, a part of the program.
//!
//! It is read once, strictly; what does not hold together fails the tests. Should it not be readable in a program that was
//! built all the same, the pages stand without it, and the number for complaints is still there.

use std::sync::LazyLock;

use serde::Deserialize;

use super::model::BillKind;
use crate::appointments::Words;

pub(super) const SOURCE: &str = include_str!("../../../assets/cash/rules.json");

/// The number for complaints of customers, for the whole of the country.
pub(super) const COMPLAINTS: &str = "12315";

/// All of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub grounds: Vec<Ground>,
    pub complaints: Complaints,
    pub bills: Vec<OfKind>,
}

/// A law or rule by which cash is to be taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "id, since and source are for whoever reads the rules, and checked by the tests"
    )
)]
pub(super) struct Ground {
    pub id: String,
    pub title: Words,
    pub says: Words,
    pub since: jiff::civil::Date,
    pub source: String,
}

/// Whom to complain to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the source is for whoever reads the rules, and checked by the tests"
    )
)]
pub(super) struct Complaints {
    pub number: String,
    pub source: String,
}

/// What is known of a kind of bill.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfKind {
    pub kind: BillKind,
    #[serde(default)]
    pub number: Option<String>,
    pub places: Vec<Words>,
}

static RULES: LazyLock<Option<Rules>> = LazyLock::new(|| read(SOURCE).ok());

pub(super) fn read(source: &str) -> Result<Rules, serde_json::Error> {
    serde_json::from_str(source)
}

/// By which cash is to be taken, the law first.
pub(super) fn grounds() -> &'static [Ground] {
    RULES.as_ref().map_or(&[], |rules| &rules.grounds)
}

/// The number for complaints.
pub(super) fn complaints() -> &'static str {
    RULES.as_ref().map_or(COMPLAINTS, |rules| &rules.complaints.number)
}

fn of(kind: BillKind) -> Option<&'static OfKind> {
    RULES.as_ref()?.bills.iter().find(|of| of.kind == kind)
}

/// The number to ask about a kind of bill, where there is one for the whole of the country.
pub(super) fn number_for(kind: BillKind) -> Option<&'static str> {
    of(kind)?.number.as_deref()
}

/// Counters that usually take cash for a kind of bill.
pub(super) fn places_for(kind: BillKind) -> &'static [Words] {
    of(kind).map_or(&[], |of| &of.places)
}
