//! What a client would like of the answer: the header `Prefer` (RFC 7240; <https://hl7.org/fhir/R4/http.html#ops>).

use anban_wire::scheduling::Handling;
use axum::{extract::FromRequestParts, http::request::Parts};
use std::convert::Infallible;

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

#[cfg(test)]
mod tests {
    use super::*;

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
        fn no_text_makes_the_reader_panic(value in ".{0,40}") {
            let _ = Prefer::read([value.as_str()].into_iter());
        }
    }
}
