//! Search parameters as FHIR writes them (<https://hl7.org/fhir/R4/search.html>), as far as the hub knows them.
//!
//! A parameter that the hub does not know is refused: passing it over would answer another question. Whoever does not
//! mind says so (`Prefer: handling=lenient`) and is told in the answer; which parameters were used, its `self` link says.

use super::error::ApiError;
use crate::state::State;
use anban_wire::{
    fhir::{Bundle, BundleEntry, BundleLink, DateTime, Issue, IssueSeverity, IssueType, OperationOutcome, SearchMode},
    scheduling::Handling,
};
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use jiff::Timestamp;
use std::convert::Infallible;

/// Most results of one search, unless it asks for fewer.
pub(super) const MAX_RESULTS: u32 = 1000;
/// More parameters than this no search needs.
const MAX_PARAMETERS: usize = 32;

/// What the header `Prefer` asks for (RFC 7240; <https://hl7.org/fhir/R4/http.html#ops>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Prefer {
    /// What is done with an unknown parameter.
    pub(super) handling: Handling,
    /// What is wanted in the answer to a change.
    pub(super) answer: Wanted,
}

/// What is wanted in the answer to a change (`Prefer: return=…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Wanted {
    /// The resource.
    #[default]
    Representation,
    /// Nothing but the head.
    Minimal,
    /// An outcome.
    Outcome,
}

impl Prefer {
    /// Reads the values of the header; what is not known is passed over, as the RFC says.
    pub(super) fn read<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut prefer = Self::default();
        for preference in values.flat_map(|value| value.split([',', ';'])) {
            match preference.replace(['"', ' ', '\t'], "").to_ascii_lowercase().as_str() {
                "handling=lenient" => prefer.handling = Handling::Lenient,
                "handling=strict" => prefer.handling = Handling::Strict,
                "return=representation" => prefer.answer = Wanted::Representation,
                "return=minimal" => prefer.answer = Wanted::Minimal,
                "return=operationoutcome" => prefer.answer = Wanted::Outcome,
                _ => {}
            }
        }
        prefer
    }
}

impl<S: Sync> FromRequestParts<S> for Prefer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all("prefer");
        Ok(Self::read(values.iter().filter_map(|value| value.to_str().ok())))
    }
}

/// The parameters of a search.
#[derive(Debug)]
pub(super) struct Search {
    parameters: Vec<(String, String)>,
    /// How many were passed over.
    ignored: usize,
}

impl Search {
    /// Takes the parameters, if all are among `known` or are about the form of the answer.
    pub(super) fn new(
        mut parameters: Vec<(String, String)>,
        known: &[&str],
        handling: Handling,
    ) -> Result<Self, ApiError> {
        let general = ["_count", "_format", "_pretty", "_total"];
        let fits = |name: &str| known.contains(&name) || general.contains(&name);
        let unknown = parameters.iter().filter(|(name, _)| !fits(name)).count();
        if parameters.len() > MAX_PARAMETERS || (unknown > 0 && handling == Handling::Strict) {
            let text = format!(
                "这种查询不支持。 This search knows only the parameters {}.",
                known.join(", ")
            );
            return Err(ApiError::new(StatusCode::BAD_REQUEST, IssueType::NotSupported, text));
        }
        parameters.retain(|(name, _)| fits(name));
        Ok(Self {
            parameters,
            ignored: unknown,
        })
    }

    /// Adds to a search's answer which parameters were used, and a remark if others were passed over. `path` is below
    /// the FHIR base.
    pub(super) fn told(&self, mut bundle: Bundle, state: &State, path: &str) -> Bundle {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.parameters.iter().map(|(name, value)| (name, value)));
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        bundle.link.push(BundleLink {
            relation: "self".to_owned(),
            url: format!("{}/fhir/{path}{mark}{query}", state.base),
        });
        if self.ignored > 0 {
            let text = "有些查询条件没有用上。 Parameters that this search does not know were passed over.";
            let issue = Issue {
                severity: IssueSeverity::Warning,
                ..OperationOutcome::error(IssueType::NotSupported, text)
                    .issue
                    .pop()
                    .unwrap_or_default()
            };
            let outcome = OperationOutcome {
                issue: vec![issue],
                ..OperationOutcome::default()
            };
            bundle
                .entry
                .push(BundleEntry::found(None, outcome, SearchMode::Outcome));
        }
        bundle
    }

    /// The values of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.parameters
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a parameter.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A parameter that is yes or no.
    pub(super) fn flag(&self, name: &'static str) -> Result<Option<bool>, ApiError> {
        let value = self.one(name).map(str::parse);
        value.transpose().map_err(|_| malformed(name, "true or false"))
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

    /// The values of a parameter whose comma means "or".
    pub(super) fn any_of(&self, name: &str) -> Option<Vec<String>> {
        let value = self.one(name)?;
        Some(value.split(',').map(str::to_owned).collect())
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
        let (from, before) = Search::new(parameters, &["start"], Handling::Strict)
            .unwrap()
            .span("start")
            .unwrap();
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
    fn an_unknown_parameter_is_refused_unless_the_asker_does_not_mind() {
        let asked = || vec![("name:contains".into(), "x".into()), ("name".into(), "y".into())];
        assert!(Search::new(asked(), &["name"], Handling::Strict).is_err());
        let lenient = Search::new(asked(), &["name"], Handling::Lenient).unwrap();
        assert_eq!(
            (lenient.one("name"), lenient.one("name:contains"), lenient.ignored),
            (Some("y"), None, 1)
        );
    }

    #[test]
    fn preferences_are_read_in_any_order_and_what_is_unknown_is_passed_over() {
        let read = |values: &[&str]| Prefer::read(values.iter().copied());
        assert_eq!(read(&[]), Prefer::default());
        let both = Prefer {
            handling: Handling::Lenient,
            answer: Wanted::Minimal,
        };
        assert_eq!(read(&["handling=lenient, return=minimal"]), both);
        assert_eq!(
            read(&["respond-async; wait=10", "Return=\"minimal\"", "handling = lenient"]),
            both
        );
        assert_eq!(read(&["return=OperationOutcome"]).answer, Wanted::Outcome);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(name in "start|_count|.{0,8}", value in "(ge|le|eq|)[0-9TZ:+.-]{0,30}|.{0,12}") {
            let _ = Prefer::read([value.as_str()].into_iter());
            if let Ok(search) = Search::new(vec![(name, value)], &["start"], Handling::Lenient) {
                let _ = (search.span("start"), search.count(), search.reference("start", "Slot"));
            }
        }
    }
}
