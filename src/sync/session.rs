//! Signing in to a hub.
//!
//! A device signs in with its secret (the client-credentials grant of OAuth 2.0, RFC 6749 section 4.4) and gets a token
//! that holds for a while. Tokens are kept in memory alone: after a start, or when one has ended, signing in again costs
//! one message. The answer 401 is never the last word: the device signs in anew and goes on within the same exchange.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anban_core::outbox::{Answer, Credentials, Trouble};
use anban_wire::accounts::TokenAnswer;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::Method;

use crate::answers::RUBBISH;
use crate::exchange::{Exchange, Message, Reply};

/// Longer than any token is.
const LONGEST_TOKEN: usize = 4096;

/// Tokens by hub and device.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sessions(Arc<Mutex<HashMap<(String, String), Token>>>);

#[derive(Clone, PartialEq, Eq)]
struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who speaks to a hub in one exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speaker<'a> {
    pub sessions: &'a Sessions,
    pub hub: &'a str,
    pub account: Option<&'a Credentials>,
}

impl Speaker<'_> {
    /// The FHIR id of the device's owner.
    pub fn patient(&self) -> Option<&str> {
        self.account.and_then(|account| account.patient.as_deref())
    }

    /// Sends a message, signed in where there is an account.
    pub fn send(&self, exchange: &Exchange<'_>, message: &Message<'_>) -> Result<Reply, Answer> {
        let Some(device) = self.account.and_then(|account| account.device.as_ref()) else {
            return exchange.send(message).map_err(Answer::NoAnswer);
        };
        let key = (self.hub.to_owned(), device.clone());
        let known = self.tokens().get(&key).cloned();
        let fresh = known.is_none();
        let token = known.map_or_else(|| self.sign_in(exchange, device), Ok)?;
        let reply = signed(exchange, message, &token)?;
        if reply.status != 401 || fresh {
            return Ok(reply);
        }
        // It has ended, or the hub was restored: sign in and go on.
        self.tokens().remove(&key);
        let token = self.sign_in(exchange, device)?;
        signed(exchange, message, &token)
    }

    /// A token for a message that has an exchange of its own.
    pub fn token(&self, exchange: &Exchange<'_>, anew: bool) -> Result<Option<String>, Answer> {
        let Some(device) = self.account.and_then(|account| account.device.as_ref()) else {
            return Ok(None);
        };
        let key = (self.hub.to_owned(), device.clone());
        if anew {
            self.tokens().remove(&key);
        }
        let known = self.tokens().get(&key).cloned();
        let token = known.map_or_else(|| self.sign_in(exchange, device), Ok)?;
        Ok(Some(token.0))
    }

    fn sign_in(&self, exchange: &Exchange<'_>, device: &str) -> Result<Token, Answer> {
        let secret = self.account.map_or("", |account| account.secret.0.as_str());
        let basic = BASE64_STANDARD.encode(format!("{device}:{secret}"));
        let message = Message {
            method: Method::POST,
            authorization: Some(format!("Basic {basic}")),
            sends: Some("application/x-www-form-urlencoded"),
            body: Some(b"grant_type=client_credentials".to_vec()),
            ..Message::get("sign in", "token", "application/json", 16 * 1024)
        };
        let reply = exchange.send(&message).map_err(Answer::NoAnswer)?;
        let token = token(&reply)?;
        let key = (self.hub.to_owned(), device.to_owned());
        self.tokens().insert(key, token.clone());
        Ok(token)
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Token>> {
        self.sessions.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signed(exchange: &Exchange<'_>, message: &Message<'_>, token: &Token) -> Result<Reply, Answer> {
    let message = Message {
        authorization: Some(format!("Bearer {}", token.0)),
        ..message.clone()
    };
    exchange.send(&message).map_err(Answer::NoAnswer)
}

/// What the answer to a sign-in means.
fn token(reply: &Reply) -> Result<Token, Answer> {
    /// RFC 6749 section 5.2.
    #[derive(serde::Deserialize)]
    struct No {
        error: String,
    }
    if reply.is_success() {
        let answer: TokenAnswer = serde_json::from_slice(&reply.body).map_err(|_| RUBBISH)?;
        let is_plain = |c: char| c.is_ascii_graphic();
        let fits = (1..=LONGEST_TOKEN).contains(&answer.access_token.len());
        if !fits || !answer.access_token.chars().all(is_plain) || !answer.token_type.eq_ignore_ascii_case("bearer") {
            return Err(RUBBISH);
        }
        return Ok(Token(answer.access_token));
    }
    match (reply.status, serde_json::from_slice::<No>(&reply.body)) {
        // Only a service that speaks OAuth can say that it does not know the device: a café's page can't.
        (400 | 401, Ok(no)) if no.error == "invalid_client" => Err(Answer::NoAnswer(Trouble::SignedOut)),
        (408 | 425 | 429 | 500..=599, _) => Err(Answer::NoAnswer(Trouble::Failing)),
        _ => Err(RUBBISH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn only_an_oauth_server_can_say_that_the_device_is_unknown() {
        let unknown = reply(401, r#"{"error":"invalid_client"}"#);
        assert_eq!(token(&unknown), Err(Answer::NoAnswer(Trouble::SignedOut)));
        assert_eq!(token(&reply(401, "<html>sign in</html>")), Err(RUBBISH));
        assert_eq!(token(&reply(503, "")), Err(Answer::NoAnswer(Trouble::Failing)));
        let strange = r#"{"access_token":"a\r\nX: y","token_type":"Bearer","expires_in":60}"#;
        assert_eq!(token(&reply(200, strange)), Err(RUBBISH));
        let good = r#"{"access_token":"abc","token_type":"Bearer","expires_in":60}"#;
        assert_eq!(token(&reply(200, good)), Ok(Token("abc".to_owned())));
        assert!(!format!("{:?}", token(&reply(200, good))).contains("abc"));
    }
}
