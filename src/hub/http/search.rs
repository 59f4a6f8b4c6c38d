//! Search parameters as FHIR writes them (<https://hl7.org/fhir/R4/search.html>), as far as the hub knows them.
//!
//! A parameter that the hub does not know is refused: passing it over would answer another question.

use super::error::ApiError;
use anban_wire::fhir::{DateTime, IssueType};
use axum::http::StatusCode;
use jiff::Timestamp;

/// Most results of one search, unless it asks for fewer.
pub(super) const MAX_RESULTS: u32 = 1000;
/// More parameters than this no search needs.
const MAX_PARAMETERS: usize = 32;

/// The parameters of a search.
pub(super) struct Search(Vec<(String, String)>);

impl Search {
    /// Takes the parameters, if all are among `known` or are about the form of the answer.
    pub(super) fn new(parameters: Vec<(String, String)>, known: &[&str]) -> Result<Self, ApiError> {
        let general = ["_count", "_format"];
        let fits = |name: &str| known.contains(&name) || general.contains(&name);
        if parameters.len() > MAX_PARAMETERS || parameters.iter().any(|(name, _)| !fits(name)) {
            let text = format!(
                "这种查询不支持。 This search knows only the parameters {}.",
                known.join(", ")
            );
            return Err(ApiError::new(StatusCode::BAD_REQUEST, IssueType::NotSupported, text));
        }
        Ok(Self(parameters))
    }

    /// The values of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a parameter.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The id that a reference parameter names, written `id`, `Type/id` or as an address.
    pub(super) fn reference(&self, name: &str, kind: &str) -> Option<String> {
        let value = self.one(name)?;
        let literal = anban_wire::fhir::Reference {
            reference: Some(value.to_owned()),
            ..Default::default()
        };
        Some(literal.id_of(kind).unwrap_or(value).to_owned())
    }

    /// How many results are wanted at most.
    pub(super) fn count(&self) -> Result<u32, ApiError> {
        let Some(text) = self.one("_count") else {
            return Ok(MAX_RESULTS);
        };
        let count: u32 = text.parse().map_err(|_| malformed("_count", "a whole number from 0"))?;
        Ok(count.min(MAX_RESULTS))
    }

    /// The span that date parameters such as `ge2026-11-23` leave: from, and before.
    pub(super) fn span(&self, name: &'static str) -> Result<(Option<Timestamp>, Option<Timestamp>), ApiError> {
        let (mut from, mut before): (Option<Timestamp>, Option<Timestamp>) = (None, None);
        for value in self.all(name) {
            let (prefix, date) = match value.get(..2) {
                Some(prefix @ ("eq" | "ge" | "gt" | "le" | "lt")) => (prefix, value.get(2..).unwrap_or_default()),
                _ => ("eq", value),
            };
            let date: DateTime = date
                .parse()
                .map_err(|_| malformed(name, "a date, with eq, ge, gt, le or lt before it"))?;
            // A full instant ends where it begins; "up to and including" needs the instant after it.
            let after = if date.end() > date.begin() {
                date.end()
            } else {
                date.end()
                    .checked_add(jiff::SignedDuration::from_secs(1))
                    .unwrap_or(Timestamp::MAX)
            };
            let (lower, upper) = match prefix {
                "ge" => (Some(date.begin()), None),
                "gt" => (Some(after), None),
                "le" => (None, Some(after)),
                "lt" => (None, Some(date.begin())),
                _ => (Some(date.begin()), Some(after)),
            };
            from = from.max(lower);
            before = match (before, upper) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        Ok((from, before))
    }
}

/// A parameter whose value has the wrong form.
pub(super) fn malformed(name: &str, form: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        IssueType::Value,
        format!("查询条件写错了。 The parameter {name} must be {form}."),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn span(values: &[&str]) -> (Option<String>, Option<String>) {
        let parameters = values
            .iter()
            .map(|value| ("start".to_owned(), (*value).to_owned()))
            .collect();
        let (from, before) = Search::new(parameters, &["start"]).unwrap().span("start").unwrap();
        (from.map(|t| t.to_string()), before.map(|t| t.to_string()))
    }

    #[test]
    fn a_day_is_a_span_and_prefixes_open_it() {
        let (midnight, next) = (
            Some("2026-11-22T16:00:00Z".to_owned()),
            Some("2026-11-23T16:00:00Z".to_owned()),
        );
        assert_eq!(span(&["2026-11-23"]), (midnight.clone(), next.clone()));
        assert_eq!(span(&["ge2026-11-23"]), (midnight.clone(), None));
        assert_eq!(span(&["gt2026-11-23"]), (next.clone(), None));
        assert_eq!(span(&["lt2026-11-23"]), (None, midnight.clone()));
        assert_eq!(span(&["ge2026-11-23", "le2026-11-23"]), (midnight, next));
    }

    #[test]
    fn an_unknown_parameter_is_refused() {
        assert!(Search::new(vec![("name:contains".into(), "x".into())], &["name"]).is_err());
    }
}
