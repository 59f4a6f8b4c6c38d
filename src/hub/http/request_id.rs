//! The number under which a request stands in the log, in the audit trail and in its answer (`X-Request-Id`).

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use uuid::Uuid;

/// The header that carries it, in both directions.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A request's number: a UUID. Nothing else is taken from a client, since it could be anything, also about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RequestId(Uuid);

impl RequestId {
    /// The one that the client or a gateway has given it, if that is a UUID; else a new one.
    pub(super) fn taken_or_new(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let given = given.filter(|text| matches!(text.len(), 32 | 36));
        Self(
            given
                .and_then(|text| Uuid::parse_str(text).ok())
                .unwrap_or_else(Uuid::new_v4),
        )
    }

    /// The one that a request was given on its way in.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_else(|| Self(Uuid::new_v4()))
    }

    /// As a header.
    pub(super) fn to_header(self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.to_string()).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_uuid_is_taken_and_nothing_else() {
        let given = |text: &str| {
            let headers = HeaderMap::from_iter([(HEADER, HeaderValue::from_str(text).unwrap())]);
            RequestId::taken_or_new(&headers).to_string()
        };
        let id = "4be7aef4-4e6a-4d3f-9e63-6f4f3f0f7f01";
        assert_eq!(given(id), id);
        assert_eq!(given("4be7aef44e6a4d3f9e636f4f3f0f7f01"), id);
        for other in ["", "1", "11010519491231002X", "{4be7aef4-4e6a-4d3f-9e63-6f4f3f0f7f01}"] {
            assert_ne!(given(other), other);
        }
        assert_ne!(given("1"), given("1"));
    }
}
