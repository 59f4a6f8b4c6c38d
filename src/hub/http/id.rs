//! The logical id in a path.

use super::error::ApiError;
use anban_wire::fhir::is_id;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

/// A logical id (<https://hl7.org/fhir/R4/datatypes.html#id>). What can't be one names nothing, so it is answered as a
/// thing that is not there, and no database is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Id(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) if is_id(&id) => Ok(Self(id)),
            _ => Err(ApiError::not_found("没有这一项。 There is no such entry.")),
        }
    }
}
