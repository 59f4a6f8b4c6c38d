//! What went wrong, as an answer: an `OperationOutcome` whose text a person can act on.

use super::bundle::fhir_response;
use crate::{accounts::Denied, booking::Refused, db::DbError, refused::Refused as Declined, state::StepError};
use anban_wire::{
    fhir::{FhirError, IssueType, OperationOutcome},
    refusals::RefusalCode,
    scheduling::{Proposal, RequestError, proposed_slots},
};
use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Seconds after which a hub whose database was away is worth another try.
const RETRY_AFTER: u64 = 2;

/// Why a request was refused, for whoever counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Because(pub(super) &'static str);

/// An answer that says no.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: IssueType,
    text: String,
    refusal: Option<RefusalCode>,
    /// Slots that are free instead of a taken one.
    proposals: Vec<Proposal>,
    /// `WWW-Authenticate`: how to sign in.
    challenge: Option<&'static str>,
    /// Seconds after which it is worth trying again.
    retry_after: Option<u64>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: IssueType, text: impl Into<String>) -> Self {
        Self {
            status,
            code,
            text: text.into(),
            refusal: None,
            proposals: vec![],
            challenge: None,
            retry_after: None,
        }
    }

    /// The address has asked too much for the moment.
    pub(super) fn too_many(seconds: u64) -> Self {
        let text = format!(
            "问得太多了，请过一会儿再试。 Too many requests from this address: try again in {seconds} seconds."
        );
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, IssueType::Throttled, text)
        }
    }

    /// The token is none of ours, has ended, or was taken back.
    pub(super) fn token_ended() -> Self {
        let text = "登录已过期，请重新登录。 The token has ended or was taken back: sign in again (POST /token).";
        Self {
            refusal: Some(RefusalCode::SignIn),
            challenge: Some("Bearer error=\"invalid_token\""),
            ..Self::new(StatusCode::UNAUTHORIZED, IssueType::Expired, text)
        }
    }

    /// Too many wait for feeds already.
    pub(super) fn too_many_waiting() -> Self {
        let text = "等的人太多，请过一会儿再试。 Too many streams are open: ask for the feed without one, or later.";
        Self {
            retry_after: Some(RETRY_AFTER * 15),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, IssueType::Throttled, text)
        }
    }

    pub(super) fn not_found(text: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, IssueType::NotFound, text)
    }

    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, IssueType::Invalid, text)
    }

    /// The form is right, the content can't be.
    pub(super) fn unprocessable(code: IssueType, text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, text)
    }

    /// What a person has filled in can't be right.
    pub(super) fn filled_in_wrongly(error: impl std::fmt::Display) -> Self {
        Self::unprocessable(IssueType::Value, format!("填写的内容有误，请核对。 {error}"))
    }

    /// A body that did not arrive whole.
    pub(super) fn broken_off() -> Self {
        Self::bad_request("请求没有完整送达。 The request's body broke off.")
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let text = format!("请求太大。 The request's body has more than {limit} bytes: send less.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, IssueType::TooLong, text)
    }

    pub(super) fn too_slow() -> Self {
        let text = "请求送得太慢，请再试一次。 The request's body came too slowly: try again.";
        Self::new(StatusCode::REQUEST_TIMEOUT, IssueType::Timeout, text)
    }

    pub(super) fn wrong_media_type(expected: &str) -> Self {
        let text = format!("请求的格式不对。 Send the body as {expected}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, IssueType::NotSupported, text)
    }

    pub(super) fn no_such_method(method: &Method) -> Self {
        let text = format!("{method} is not offered at this address: see docs/hub.md.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, IssueType::NotSupported, text)
    }

    /// A fault of the hub; the cause goes to the log, not to the client.
    pub(super) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request could not be served");
        let text = "服务暂时出了问题，请稍后再试。 The hub has a problem: try again later.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, IssueType::Exception, text)
    }
}

impl From<FhirError> for ApiError {
    fn from(error: FhirError) -> Self {
        let code = match error {
            FhirError::Syntax { .. } => IssueType::Structure,
            _ => IssueType::Invalid,
        };
        Self::new(StatusCode::BAD_REQUEST, code, format!("请求读不懂。 {error}"))
    }
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        let code = match error {
            RequestError::Missing(_) => IssueType::Required,
            RequestError::Form { .. } => IssueType::Value,
            RequestError::NotSupported(_) => IssueType::NotSupported,
        };
        Self::unprocessable(code, format!("请求不完整或不支持。 {error}"))
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            // Neither a yes nor a no: the same request, sent again, finds out or does it.
            DbError::Unknown | DbError::Unavailable(_) | DbError::Conflict => {
                tracing::warn!(%error, "a request has to be sent again");
                let text = "服务暂时忙，请稍后再试。 The hub can't answer now: send the same request again.";
                Self {
                    retry_after: Some(RETRY_AFTER),
                    ..Self::new(StatusCode::SERVICE_UNAVAILABLE, IssueType::Transient, text)
                }
            }
            DbError::Unkeepable => Self::filled_in_wrongly("A text has a zero character (U+0000): leave it out."),
            other => Self::internal(&other),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        if let Refused::Db(error) = refused {
            return error.into();
        }
        let (status, code) = refused.kind();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let is_away = matches!(refused, Refused::HospitalAway);
        Self {
            retry_after: is_away.then_some(RETRY_AFTER * 5),
            proposals: refused.proposals().to_vec(),
            ..Self::new(status, code, refused.to_string())
        }
    }
}

impl From<Declined> for ApiError {
    fn from(declined: Declined) -> Self {
        let (status, code) = declined.kind();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            refusal: declined.code(),
            ..Self::new(status, code, declined.to_string())
        }
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        let (status, code) = match denied {
            Denied::SignIn => (StatusCode::UNAUTHORIZED, IssueType::Login),
            Denied::NoGrant | Denied::NotAllowed => (StatusCode::FORBIDDEN, IssueType::Forbidden),
        };
        Self {
            refusal: Some(denied.code()),
            challenge: (denied == Denied::SignIn).then_some("Bearer"),
            ..Self::new(status, code, denied.to_string())
        }
    }
}

impl From<StepError> for ApiError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Denied(denied) => denied.into(),
            StepError::Refused(refused) => refused.into(),
            StepError::Declined(declined) => declined.into(),
            StepError::Request(error) => error.into(),
            StepError::Answer(error) => error,
            StepError::Db(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let outcome = match self.refusal {
            Some(refusal) => refusal.outcome(self.code, self.text),
            None => OperationOutcome::error(self.code, self.text),
        };
        let outcome = OperationOutcome {
            extension: proposed_slots(&self.proposals),
            ..outcome
        };
        let mut response = fhir_response(self.status, outcome);
        let reason = self.refusal.map_or(self.code.as_str(), RefusalCode::as_str);
        response.extensions_mut().insert(Because(reason));
        if let Some(challenge) = self.challenge {
            let challenge = HeaderValue::from_static(challenge);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
