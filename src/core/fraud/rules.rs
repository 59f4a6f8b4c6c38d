//! When the question is asked, and who has warned of it: `assets/fraud/rules.json`, a part of the program.
//!
//! It is read once, strictly: a field that there is not, or a trigger without a rule, fails the tests. Should it not be
//! readable in a program that was built all the same, the question is asked each time, without its explanation.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Trigger;
use crate::cash::Fen;

pub(super) const SOURCE: &str = include_str!("../../../assets/fraud/rules.json");

/// The number of the police against fraud, for the whole of the country.
pub(super) const HOTLINE: &str = "96110";

/// All of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub hotline: Hotline,
    pub rules: Vec<Rule>,
}

/// Whom to ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hotline {
    pub number: String,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for whoever reads the rules, and checked by the tests")
    )]
    pub source: Source,
}

/// When to ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub trigger: Trigger,
    /// The key of the sentence below the question.
    pub line: String,
    /// For how long it is not asked again.
    pub quiet_hours: i64,
    /// From which amount on, in fen.
    #[serde(default)]
    pub from_fen: Option<u64>,
    /// Why from that amount.
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for whoever reads the rules, and checked by the tests")
    )]
    pub threshold_source: Option<Source>,
    /// How texts begin that no card carries.
    #[serde(default)]
    pub begins: Vec<String>,
    pub source: Source,
}

/// Who has warned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for whoever reads the rules, and checked by the tests")
    )]
    pub title: String,
    /// The key of who it was.
    pub publisher: String,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for whoever reads the rules, and checked by the tests")
    )]
    pub url: String,
}

static RULES: LazyLock<Option<Rules>> = LazyLock::new(|| read(SOURCE).ok());

pub(super) fn read(source: &str) -> Result<Rules, serde_json::Error> {
    serde_json::from_str(source)
}

/// The rule of a trigger.
pub(super) fn rule(trigger: Trigger) -> Option<&'static Rule> {
    RULES.as_ref()?.rules.iter().find(|rule| rule.trigger == trigger)
}

/// For how long nothing is asked again.
pub(super) fn quiet_hours(trigger: Trigger) -> i64 {
    rule(trigger).map_or(0, |rule| rule.quiet_hours)
}

/// The number to ask.
pub(super) fn hotline() -> &'static str {
    RULES.as_ref().map_or(HOTLINE, |rules| &rules.hotline.number)
}

/// Whether a sum that is to be handed over brings the question.
#[must_use]
pub fn is_large(sum: Fen) -> bool {
    rule(Trigger::LargeSum).is_none_or(|rule| rule.from_fen.is_none_or(|from| sum.fen() >= from))
}

/// Whether the text of a code is none that a card carries: the address of a page, or a code to pay with.
#[must_use]
pub fn is_strangers_code(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    rule(Trigger::StrangersCode).is_some_and(|rule| {
        rule.begins.iter().any(|beginning| {
            text.get(..beginning.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        })
    })
}
