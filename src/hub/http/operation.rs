//! What `$book` and `$hold` answer: a bundle with the visit, or one with an outcome that says why not.

use super::{
    bundle::{fhir_response, searchset},
    error::{ApiError, Because},
};
use crate::{booking::Refused, state::State as Hub};
use anban_wire::{
    fhir::{Appointment, Bundle, IssueType},
    scheduling::refusal,
};
use axum::{http::StatusCode, response::Response};

/// An operation's answer, before it is sent.
pub(super) struct OperationAnswer {
    pub(super) bundle: Bundle,
    refused: Option<(StatusCode, IssueType)>,
}

impl OperationAnswer {
    /// What came of it. A database or a hospital that is away is no answer of the operation: the same request may be sent
    /// again.
    pub(super) fn of(hub: &Hub, done: Result<Appointment, Refused>) -> Result<Self, ApiError> {
        match done {
            Ok(appointment) => Ok(Self {
                bundle: searchset(hub, 1, vec![appointment.into()], vec![]),
                refused: None,
            }),
            Err(no @ (Refused::Db(_) | Refused::HospitalAway)) => Err(no.into()),
            Err(refused) => {
                let (status, code) = refused.kind();
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
                Ok(Self {
                    bundle: refusal(code, &refused.to_string(), refused.proposals()),
                    refused: Some((status, code)),
                })
            }
        }
    }

    /// Whether it says no.
    pub(super) fn is_refusal(&self) -> bool {
        self.refused.is_some()
    }

    /// As it is sent; of a refusal the metrics learn why.
    pub(super) fn send(self) -> Response {
        let Some((status, code)) = self.refused else {
            return fhir_response(StatusCode::OK, self.bundle);
        };
        let mut response = fhir_response(status, self.bundle);
        response.extensions_mut().insert(Because(code.as_str()));
        response
    }
}
