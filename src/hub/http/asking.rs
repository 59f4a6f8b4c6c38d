//! What handlers begin with: who asks and when, and what came with the request.
//!
//! A handler takes an [`Asking`], the [`Id`](super::id::Id) of its path, and an [`Input`] where there is a body or a
//! condition, or the [`Terms`](super::search::Terms) of a search. It asks with [`Asking::may`], reads its input, and does
//! its work in one [`Asking::step`]. Whoever may not do something is told so before it is looked at what they have sent.

use super::{
    budget::Asker,
    bundle::media_type,
    error::ApiError,
    versions::{identifier_of, read_if_match},
};
use crate::{
    accounts::{Action, Caller, Denied, Who, Whose},
    db::{AuditAction, AuditNote, Database, DbError, PatientRow},
    state::{State as Hub, StepError},
};
use anban_wire::{
    fhir::{Appointment, FhirResource, IssueType, MEDIA_TYPE, Resource, from_json},
    scheduling::Token,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderName, StatusCode, header, request::Parts},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use std::{collections::BTreeSet, sync::Arc};

const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");

/// Who asks which hub, and when.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) hub: Arc<Hub>,
    pub(super) caller: Caller,
    asker: Asker,
    pub(super) now: Timestamp,
    /// Patients whom the same request makes or names, by the ids that stand for them in it.
    pub(super) made: Vec<(String, PatientRow)>,
}

impl FromRequestParts<Arc<Hub>> for Asking {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, hub).await?;
        let Ok(asker) = Asker::from_request_parts(parts, hub).await;
        Ok(Self {
            now: hub.now(),
            hub: Arc::clone(hub),
            caller,
            asker,
            made: vec![],
        })
    }
}

impl Asking {
    /// Whether the caller may do that to whose data.
    pub(super) fn may(&self, action: Action, whose: Whose<'_>) -> Result<(), Denied> {
        self.caller.may(action, whose, self.hub.door)
    }

    /// Whether somebody has signed in who may do that to anybody's: what can be told before it is known whose it is.
    pub(super) fn must_have_signed_in(&self, action: Action) -> Result<(), Denied> {
        match self.caller.who {
            Who::Anonymous => self.may(action, Whose::Nobody),
            Who::Device(_) | Who::Staff(_) => Ok(()),
        }
    }

    /// Whom the caller means if nobody is named: a device's own patient, or somebody who is brought along.
    pub(super) fn own(&self) -> Whose<'_> {
        match &self.caller.who {
            Who::Device(device) => Whose::Patient(&device.patient),
            Who::Anonymous | Who::Staff(_) => Whose::Brought,
        }
    }

    /// Tells one caller from the other, for holds: of those who have not signed in, those at one address are one.
    pub(super) fn holder(&self) -> String {
        self.caller.key().unwrap_or_else(|| format!("Address/{}", self.asker))
    }

    /// Takes a request about a person from the address's budget, so that nobody goes through all numbers.
    pub(super) fn spend(&self) -> Result<(), ApiError> {
        self.hub.budgets.request(self.asker, self.now)
    }

    /// Runs a step on the database on a thread that may block.
    pub(super) async fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&dyn Database, &Self) -> Result<T, StepError> + Send + 'static,
    ) -> Result<T, StepError> {
        let asking = self.clone();
        self.hub.step(move |db| step(db, &asking)).await
    }

    /// Counts an answer that tells a guess from a hit.
    pub(super) fn counting_misses<T>(&self, done: Result<T, StepError>) -> Result<T, ApiError> {
        if let Err(StepError::Declined(declined)) = &done
            && declined.is_a_miss()
        {
            self.hub.budgets.miss(self.asker, self.now);
        }
        Ok(done?)
    }

    /// What the audit trail will say about a visit. Who has not signed in has only done what anyone may.
    pub(super) fn note_about(&self, action: AuditAction, visit: &Appointment) -> Option<AuditNote> {
        if self.caller.who == Who::Anonymous {
            return None;
        }
        let id = visit.id.as_deref().unwrap_or_default();
        let patient = visit.patient().and_then(|patient| patient.id_of("Patient"));
        Some(self.caller.note(action, format!("Appointment/{id}"), patient, self.now))
    }

    /// Notes in the audit trail that the caller has seen these. Who has not signed in has only seen what anyone may.
    pub(super) fn has_seen(&self, db: &dyn Database, resource: &str, found: &[Appointment]) -> Result<(), DbError> {
        if self.caller.who == Who::Anonymous {
            return Ok(());
        }
        let patient = |one: &Appointment| Some(one.patient()?.id_of("Patient")?.to_owned());
        let patients: BTreeSet<Option<String>> = found.iter().map(patient).collect();
        let note = |patient: &Option<String>| {
            self.caller
                .note(AuditAction::Read, resource, patient.as_deref(), self.now)
        };
        let notes: Vec<_> = patients.iter().map(note).collect();
        if notes.is_empty() {
            return Ok(());
        }
        db.note_audit(&notes)
    }
}

/// The body of a request, and under which conditions it is to be carried out.
pub(super) struct Input {
    headers: HeaderMap,
    body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Input {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state).await;
        Ok(Self {
            headers,
            body: body.map_err(|_| ApiError::broken_off())?,
        })
    }
}

impl Input {
    /// Nothing but headers.
    #[cfg(test)]
    pub(super) fn of<const N: usize>(headers: [(HeaderName, axum::http::HeaderValue); N]) -> Self {
        Self {
            headers: HeaderMap::from_iter(headers),
            body: Bytes::new(),
        }
    }

    /// A FHIR body.
    pub(super) fn fhir<R: FhirResource>(&self) -> Result<R, ApiError> {
        media_type(&self.headers, &[MEDIA_TYPE, "application/json"])?;
        Ok(from_json(&self.body)?)
    }

    /// A FHIR body whose id is that of the address.
    pub(super) fn fhir_of<R: FhirResource + Clone>(&self, id: &str) -> Result<R, ApiError> {
        let read: R = self.fhir()?;
        let resource: Resource = read.clone().into();
        if resource.id() == Some(id) {
            Ok(read)
        } else {
            let text = "编号不一致。 The id in the body must be the one in the address.";
            Err(ApiError::bad_request(text))
        }
    }

    /// A body of our own JSON. What is wrong with it is told by its place alone.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        media_type(&self.headers, &["application/json"])?;
        serde_json::from_slice(&self.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let text = format!("请求读不懂。 The body is no such request: look at line {line}, column {column}.");
            ApiError::new(StatusCode::BAD_REQUEST, IssueType::Structure, text)
        })
    }

    /// The parameters of a form.
    pub(super) fn form(&self) -> Result<Vec<(String, String)>, ApiError> {
        media_type(&self.headers, &["application/x-www-form-urlencoded"])?;
        Ok(form_urlencoded::parse(&self.body).into_owned().collect())
    }

    /// A header as it came.
    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap_or_default())
    }

    /// The version that must still be the one (`If-Match`).
    pub(super) fn if_match(&self) -> Result<Option<String>, ApiError> {
        self.header(header::IF_MATCH).map(read_if_match).transpose()
    }

    /// The identifier that nothing may have yet (`If-None-Exist`).
    pub(super) fn if_none_exist(&self) -> Result<Option<Token>, ApiError> {
        self.header(IF_NONE_EXIST).map(identifier_of).transpose()
    }
}
