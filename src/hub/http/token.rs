//! `POST /token` and `POST /revoke`: signing in and out.
//!
//! The client-credentials grant of OAuth 2.0 (RFC 6749 section 4.4): HTTP Basic with the id of a device or a member of
//! staff and their secret, a form as body, and an answer that no cache keeps (sections 5.1 and 5.2). A token is taken
//! back as RFC 7009 says. Errors have the form that these RFCs demand, so any OAuth client understands them.

use super::{
    asking::Input,
    budget::Asker,
    described::{RevokeForm, SignInForm},
    error::Because,
};
use crate::{
    accounts::{rules, secrets::kept_as},
    state::{State as Hub, StepError},
};
use anban_wire::accounts::TokenAnswer;
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The id and the secret of whoever signs in.
struct Credentials {
    id: String,
    secret: String,
}

/// What went wrong (RFC 6749 section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OauthCode {
    /// A parameter is missing, twice there or wrong.
    InvalidRequest,
    /// The id or the secret is wrong, or the account was taken back.
    InvalidClient,
    /// Only `client_credentials` is offered.
    UnsupportedGrantType,
    /// There are no scopes: what somebody may do is decided by who they are.
    InvalidScope,
    /// Try again later.
    TemporarilyUnavailable,
}

/// An error as OAuth has it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OauthError {
    error: OauthCode,
    error_description: &'static str,
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl OauthError {
    fn new(error: OauthCode, error_description: &'static str) -> Self {
        Self {
            error,
            error_description,
            retry_after: None,
        }
    }

    fn no_client() -> Self {
        let text = "the id or the secret is wrong, or the account was taken back";
        Self::new(OauthCode::InvalidClient, text)
    }
}

impl From<StepError> for OauthError {
    fn from(error: StepError) -> Self {
        tracing::error!(%error, "a sign-in could not be served");
        Self::new(
            OauthCode::TemporarilyUnavailable,
            "the hub has a problem: try again later",
        )
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let status = match self.error {
            OauthCode::InvalidClient => StatusCode::UNAUTHORIZED,
            OauthCode::TemporarilyUnavailable if self.retry_after.is_some() => StatusCode::TOO_MANY_REQUESTS,
            OauthCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        let (is_no_client, retry_after) = (self.error == OauthCode::InvalidClient, self.retry_after);
        let mut response = (status, no_store(), Json(self)).into_response();
        response.extensions_mut().insert(Because("oauth"));
        if is_no_client {
            let basic = HeaderValue::from_static("Basic realm=\"anban-hub\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Signs a device or a member of staff in.
#[utoipa::path(
    post, path = "/token",
    request_body(content = SignInForm, content_type = "application/x-www-form-urlencoded"),
    security(("basic" = [])),
    responses((status = 200, body = TokenAnswer), (status = 400, body = OauthError), (status = 401, body = OauthError), (status = 429, body = OauthError), (status = 503, body = OauthError))
)]
pub(super) async fn sign_in(State(hub): State<Arc<Hub>>, asker: Asker, input: Input) -> Result<Response, OauthError> {
    let form = form(&input)?;
    let one = |name| parameter(&form, name);
    match one("grant_type")? {
        Some("client_credentials") => (),
        Some(_) => {
            let text = "only grant_type=client_credentials is offered";
            return Err(OauthError::new(OauthCode::UnsupportedGrantType, text));
        }
        None => return Err(OauthError::new(OauthCode::InvalidRequest, "grant_type is missing")),
    }
    if one("scope")?.is_some_and(|scope| !scope.is_empty()) {
        return Err(OauthError::new(
            OauthCode::InvalidScope,
            "there are no scopes: leave it out",
        ));
    }
    let credentials = credentials(&input)?;
    let now = hub.now();
    limit(&hub, asker)?;
    let answer: Option<TokenAnswer> = hub
        .step(move |db| rules::sign_in(db, &credentials.id, &credentials.secret, now))
        .await?;
    let answer = answer.ok_or_else(OauthError::no_client)?;
    Ok((no_store(), Json(answer)).into_response())
}

/// Takes a token of the caller back. One that is not there is as good as taken back (RFC 7009 section 2.2).
#[utoipa::path(
    post, path = "/revoke",
    request_body(content = RevokeForm, content_type = "application/x-www-form-urlencoded"),
    security(("basic" = [])),
    responses((status = 200), (status = 400, body = OauthError), (status = 401, body = OauthError), (status = 429, body = OauthError), (status = 503, body = OauthError))
)]
pub(super) async fn revoke(State(hub): State<Arc<Hub>>, asker: Asker, input: Input) -> Result<Response, OauthError> {
    let form = form(&input)?;
    let Some(token) = parameter(&form, "token")?.map(kept_as) else {
        return Err(OauthError::new(OauthCode::InvalidRequest, "token is missing"));
    };
    let credentials = credentials(&input)?;
    limit(&hub, asker)?;
    let is_known = hub
        .step(move |db| {
            let is_known = rules::is_account(db, &credentials.id, &credentials.secret)?;
            if is_known {
                db.end_token(&credentials.id, &token)?;
            }
            Ok(is_known)
        })
        .await?;
    if !is_known {
        return Err(OauthError::no_client());
    }
    Ok((StatusCode::OK, no_store()).into_response())
}

fn limit(hub: &Hub, asker: Asker) -> Result<(), OauthError> {
    hub.budgets.sign_in(asker, hub.now()).map_err(|seconds| OauthError {
        retry_after: Some(seconds),
        ..OauthError::new(OauthCode::TemporarilyUnavailable, "too many sign-ins from this address")
    })
}

/// The parameters of the body.
fn form(input: &Input) -> Result<Vec<(String, String)>, OauthError> {
    input.form().map_err(|_| {
        let text = "send the parameters as application/x-www-form-urlencoded";
        OauthError::new(OauthCode::InvalidRequest, text)
    })
}

/// A parameter, which must not be there twice (section 3.2).
fn parameter<'a>(form: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, OauthError> {
    let mut found = form.iter().filter(|(key, _)| key == name);
    let first = found.next().map(|(_, value)| value.as_str());
    if found.next().is_some() {
        return Err(OauthError::new(OauthCode::InvalidRequest, "a parameter is there twice"));
    }
    Ok(first)
}

/// Id and secret of HTTP Basic (RFC 7617), each form-encoded within (RFC 6749 section 2.3.1).
fn credentials(input: &Input) -> Result<Credentials, OauthError> {
    let read = || {
        let text = input.header(header::AUTHORIZATION)?;
        let (scheme, encoded) = text.split_once(' ')?;
        let decoded = scheme
            .eq_ignore_ascii_case("basic")
            .then(|| STANDARD.decode(encoded.trim()).ok())??;
        let text = String::from_utf8(decoded).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some(Credentials {
            id: form_decoded(id)?,
            secret: form_decoded(secret)?,
        })
    };
    read().ok_or_else(OauthError::no_client)
}

/// A text without its form encoding.
fn form_decoded(text: &str) -> Option<String> {
    // A name alone is a pair with an empty value; a separator within is an error of whoever encoded it.
    if text.contains(['&', '=']) {
        return None;
    }
    let (name, _) = form_urlencoded::parse(text.as_bytes()).next()?;
    // No text that a database would not keep.
    (!name.contains('\0')).then(|| name.into_owned())
}

fn no_store() -> [(header::HeaderName, HeaderValue); 2] {
    [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn basic(text: &str) -> Input {
        let value = format!("Basic {}", STANDARD.encode(text));
        Input::of([(header::AUTHORIZATION, HeaderValue::from_str(&value).unwrap())])
    }

    #[test]
    fn id_and_secret_are_read_as_oauth_writes_them() {
        let read = credentials(&basic("d%2D1:a+b%3Dc")).unwrap();
        assert_eq!((read.id.as_str(), read.secret.as_str()), ("d-1", "a b=c"));
        for wrong in ["", "no colon", "a:b=c", "a:%00"] {
            let error = credentials(&basic(wrong)).err().unwrap();
            assert_eq!(error.error, OauthCode::InvalidClient, "{wrong}");
        }
        assert!(credentials(&Input::of([])).is_err());
    }

    #[test]
    fn a_parameter_that_is_there_twice_is_refused() {
        let form = [
            ("token".to_owned(), "1".to_owned()),
            ("token".to_owned(), "2".to_owned()),
        ];
        assert!(parameter(&form, "token").is_err());
        assert_eq!(parameter(&form[..1], "token").unwrap(), Some("1"));
        assert_eq!(parameter(&form, "scope").unwrap(), None);
    }
}
