//! Search parameters as FHIR writes them (<https://hl7.org/fhir/R4/search.html>), as far as the hub knows them.
//!
//! A parameter that the hub does not know is refused: passing it over would answer another question. Whoever does not
//! mind says so (`Prefer: handling=lenient`) and is told in the answer; which parameters were used, its `self` link says.
//! What does not fit into one answer is behind its link `next` (see `paging`).

use super::{
    bundle::{fhir_response, searchset},
    error::ApiError,
    paging::Place,
    prefer::Prefer,
};
use crate::{db::After, state::State};
use anban_wire::{
    fhir::{
        BundleEntry, BundleLink, DateTime, FhirResource, Issue, IssueSeverity, IssueType, OperationOutcome, Resource,
        SearchMode,
    },
    scheduling::{Handling, Token},
};
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, Uri, request::Parts},
    response::Response,
};
use jiff::Timestamp;
use std::convert::Infallible;

/// Most results of one search, unless it asks for fewer.
pub(super) const MAX_RESULTS: u32 = 1000;
/// The parameter of a link to another page.
const PAGE: &str = "page";
/// More parameters than this no search needs.
const MAX_PARAMETERS: usize = 32;

/// What a search says in its address, and in its head.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) prefer: Prefer,
    pub(super) parameters: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Terms {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self {
            prefer: Prefer::from_request_parts(parts, state).await?,
            parameters: query(&parts.uri),
        })
    }
}

/// The query's parameters, decoded.
pub(super) fn query(uri: &Uri) -> Vec<(String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

impl Terms {
    /// The search for resources of a type, or the page of it that a link names. All parameters must be among `known` or
    /// be about the form of the answer.
    pub(super) fn search<R: FhirResource>(self, hub: &State, known: &[&str]) -> Result<Search, ApiError> {
        let handling = self.prefer.handling;
        let page = |parameters: &[(String, String)]| {
            let found = parameters.iter().find(|(name, _)| name == PAGE);
            found.map(|(_, word)| word.clone())
        };
        let Some(word) = page(&self.parameters) else {
            return Search::new(R::TYPE, self.parameters, known, handling);
        };
        if !self
            .parameters
            .iter()
            .all(|(name, _)| [PAGE, "_format", "_pretty"].contains(&name.as_str()))
        {
            return Err(malformed(PAGE, "alone: the link has the whole search"));
        }
        let form = "a link of this search's answers, as it came; begin the search again";
        let (parameters, place) = hub
            .pages
            .open((R::TYPE, &hub.epoch.seen()), &word)
            .ok_or_else(|| malformed(PAGE, form))?;
        Ok(Search {
            after: Some(place),
            page: Some(word),
            ..Search::new(R::TYPE, parameters, known, handling)?
        })
    }
}

/// The parameters of a search.
#[derive(Debug)]
pub(super) struct Search {
    /// For which type of resource.
    kind: &'static str,
    parameters: Vec<(String, String)>,
    /// How many were passed over.
    ignored: usize,
    /// Where it goes on, beyond the first page.
    after: Option<Place>,
    /// The word of the link that it came by.
    page: Option<String>,
}

/// What a search has found for one answer.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// How many there are in all.
    pub(super) total: u32,
    /// Those of this page.
    pub(super) found: Vec<Resource>,
    /// What is taken along.
    pub(super) included: Vec<Resource>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<Place>,
}

impl Found {
    /// A page of rows that were asked for with [`Search::limit`] after [`Search::place`]. `place_of` says where a row is.
    pub(super) fn page<T>(
        total: u32,
        rows: &mut Vec<T>,
        search: &Search,
        place_of: impl Fn(&T) -> After,
    ) -> Result<Self, ApiError> {
        let count = search.count()? as usize;
        let has_more = rows.len() > count;
        rows.truncate(count);
        let last = rows.last().filter(|_| has_more);
        Ok(Self {
            total,
            next: last.map(|last| Place::After(place_of(last))),
            ..Self::default()
        })
    }

    /// A page of a list that is here whole.
    pub(super) fn part_of<R: Into<Resource>>(all: Vec<R>, search: &Search) -> Result<Self, ApiError> {
        let count = search.count()? as usize;
        let begin = match search.after {
            Some(Place::Count(begin)) => begin,
            _ => 0,
        };
        let total = all.len();
        let end = begin.saturating_add(count);
        Ok(Self {
            total: u32::try_from(total).unwrap_or(u32::MAX),
            found: all.into_iter().skip(begin).take(count).map(Into::into).collect(),
            included: vec![],
            next: (count > 0 && end < total).then_some(Place::Count(end)),
        })
    }
}

impl Search {
    fn new(
        kind: &'static str,
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
        if parameters.iter().any(|(_, value)| value.contains('\0')) {
            let text = "查询条件写错了。 A parameter has a zero character (U+0000): leave it out.";
            return Err(ApiError::bad_request(text));
        }
        Ok(Self {
            kind,
            parameters,
            ignored: unknown,
            after: None,
            page: None,
        })
    }

    /// The answer: what was found, which parameters were used, where it goes on, and a remark if some were passed over.
    pub(super) fn answer(&self, hub: &State, found: Found) -> Result<Response, ApiError> {
        let mut bundle = searchset(hub, found.total, found.found, found.included);
        let query = match &self.page {
            Some(word) => one_parameter(PAGE, word),
            None => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(self.parameters.iter().map(|(name, value)| (name, value)));
                query.finish()
            }
        };
        bundle.link.push(self.link(hub, "self", &query));
        if let Some(place) = found.next {
            let word = hub.pages.seal((self.kind, &hub.epoch.seen()), &self.parameters, place).ok_or_else(|| {
                let text = "查询太长，请分几次查。 What this finds has several pages, and its parameters are too long for a \
                            link: ask for less at a time.";
                ApiError::new(StatusCode::BAD_REQUEST, IssueType::TooLong, text)
            })?;
            bundle.link.push(self.link(hub, "next", &one_parameter(PAGE, &word)));
        }
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
        Ok(fhir_response(StatusCode::OK, bundle))
    }

    fn link(&self, hub: &State, relation: &str, query: &str) -> BundleLink {
        let mark = if query.is_empty() { "" } else { "?" };
        BundleLink {
            relation: relation.to_owned(),
            url: format!("{}/fhir/{}{mark}{query}", hub.base, self.kind),
        }
    }

    /// After what the page begins.
    pub(super) fn place(&self) -> Option<After> {
        match &self.after {
            Some(Place::After(after)) => Some(after.clone()),
            _ => None,
        }
    }

    /// How many rows to ask for: one more than are shown tells whether there is another page.
    pub(super) fn limit(&self) -> Result<u32, ApiError> {
        let count = self.count()?;
        Ok(if count == 0 { 0 } else { count.saturating_add(1) })
    }

    /// A parameter written `system|value`.
    pub(super) fn token(&self, name: &'static str) -> Result<Option<Token>, ApiError> {
        let read = |text| Token::parse(text).ok_or_else(|| malformed(name, "system|value"));
        self.one(name).map(read).transpose()
    }

    /// Whether the one thing is to be taken along that `_include` may name here.
    pub(super) fn includes(&self, known: &'static str) -> Result<bool, ApiError> {
        match self.one("_include") {
            None => Ok(false),
            Some(include) if include == known => Ok(true),
            Some(_) => Err(malformed("_include", known)),
        }
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
        Ok(count_of(text)?.min(MAX_RESULTS))
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

fn one_parameter(name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    query.finish()
}

/// A number of results: an `unsignedInt` of FHIR, which has 31 bits.
pub(super) fn count_of(text: &str) -> Result<u32, ApiError> {
    let count = text.parse::<i32>().ok().and_then(|count| u32::try_from(count).ok());
    count.ok_or_else(|| malformed("_count", "a whole number from 0"))
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
        let (from, before) = Search::new("Slot", parameters, &["start"], Handling::Strict)
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
    fn a_zero_character_which_no_database_keeps_is_refused() {
        let asked = vec![("name".into(), "x\0".into())];
        assert!(Search::new("Slot", asked, &["name"], Handling::Strict).is_err());
    }

    #[test]
    fn an_unknown_parameter_is_refused_unless_the_asker_does_not_mind() {
        let asked = || vec![("name:contains".into(), "x".into()), ("name".into(), "y".into())];
        assert!(Search::new("Slot", asked(), &["name"], Handling::Strict).is_err());
        let lenient = Search::new("Slot", asked(), &["name"], Handling::Lenient).unwrap();
        assert_eq!(
            (lenient.one("name"), lenient.one("name:contains"), lenient.ignored),
            (Some("y"), None, 1)
        );
    }

    #[test]
    fn a_number_of_results_has_31_bits() {
        assert!(matches!(count_of("2147483647"), Ok(2_147_483_647)));
        for text in ["2147483648", "-1", "1.5", "", "many"] {
            assert!(count_of(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(name in "start|_count|.{0,8}", value in "(ge|le|eq|)[0-9TZ:+.-]{0,30}|.{0,12}") {
            if let Ok(search) = Search::new("Slot", vec![(name, value)], &["start"], Handling::Lenient) {
                let _ = (search.span("start"), search.count(), search.reference("start", "Slot"));
            }
        }
    }
}
