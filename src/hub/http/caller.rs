//! Who a request comes from: the token in its head, looked up anew for every request, so that whatever was taken back
//! ends at once.

use super::{MAX_BODY, budget::Asker, error::ApiError, request_id::RequestId};
use crate::{
    accounts::{Action, Caller, Who, Whose, rules},
    state::State,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use std::sync::{Arc, OnceLock};

/// The caller of a request, once somebody has asked for it: for whoever notes what came of the request.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(Arc<OnceLock<Caller>>);

impl Seen {
    /// The caller, if it is one who has signed in.
    pub(super) fn signed_in(&self) -> Option<&Caller> {
        self.0.get().filter(|caller| caller.who != Who::Anonymous)
    }
}

/// No token of ours is longer.
const MAX_TOKEN: usize = 128;

impl FromRequestParts<Arc<State>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<State>) -> Result<Self, ApiError> {
        let request = RequestId::of(&parts.extensions).to_string();
        let who = match token(&parts.headers)? {
            None => Who::Anonymous,
            Some(token) => {
                let now = hub.now();
                let who = hub.step(move |db| rules::who(db, &token, now)).await?;
                who.ok_or_else(ApiError::token_ended)?
            }
        };
        let caller = Self { who, request };
        if let Some(seen) = parts.extensions.get::<Seen>() {
            // It is looked up once for each request.
            let _ = seen.0.set(caller.clone());
        }
        let Ok(asker) = Asker::from_request_parts(parts, hub).await;
        hub.budgets.call(caller.key(), asker, hub.now())?;
        Ok(caller)
    }
}

/// Whether a request that says it is large is a scheduler's transaction: for whoever reads its body before anything else
/// happens. Others are not looked up for that.
pub(super) async fn may_send_much(hub: &State, method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_transaction = *method == Method::POST && ["/fhir", "/fhir/"].contains(&path);
    if !is_transaction || length.is_none_or(|length| length <= MAX_BODY) {
        return false;
    }
    let Ok(Some(token)) = token(headers) else {
        return false;
    };
    let now = hub.now();
    let who = hub.step(move |db| rules::who(db, &token, now)).await;
    let caller = Caller {
        who: who.ok().flatten().unwrap_or(Who::Anonymous),
        request: String::new(),
    };
    caller.may(Action::KeepDirectory, Whose::Nobody, hub.door).is_ok()
}

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1).
fn token(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| ApiError::token_ended())?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= MAX_TOKEN {
        Ok(Some(token.to_owned()))
    } else {
        Err(ApiError::token_ended())
    }
}
