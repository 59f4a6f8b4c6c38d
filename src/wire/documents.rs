//! Asking a hub for a signed document.
//!
//! `POST /documents` with a [`DocumentRequest`] as JSON is answered by a [`DocumentAnswer`]: the text that goes
//! into the QR code. The command's UUID makes a repeat harmless: it brings the same text again.

use crate::{CommandId, IdentityNumber};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest name and region, in characters.
pub const MAX_TEXT: usize = 64;

/// What document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// The health status of a person (GB/T 38962).
    HealthStatus,
}

/// The wish for a document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentRequest {
    /// Makes a repeat harmless.
    pub command: CommandId,
    /// What document.
    pub kind: DocumentKind,
    /// The person's name.
    pub name: String,
    /// The person's identity number. Not checked here, so that a server can tell a slip of the finger from
    /// rubbish: [`DocumentRequest::check`] does.
    pub identity_number: String,
    /// The region that the person is registered in.
    pub region: String,
}

/// The document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentAnswer {
    /// The signed text, `AB1:…`.
    pub text: String,
}

/// Why a wish can't be met as it is. Never repeats what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentRequestError {
    /// Name is empty or too long.
    #[error("the name must have 1 to 64 characters and no control characters")]
    Name,
    /// Region is empty or too long.
    #[error("the region must have 1 to 64 characters and no control characters")]
    Region,
    /// The identity number is wrong.
    #[error(transparent)]
    Identity(#[from] crate::identity::IdentityError),
}

impl DocumentRequest {
    /// Checks lengths and the identity number, and returns the latter in its standard form.
    ///
    /// # Errors
    /// What is wrong, in words that a person can act on.
    pub fn check(&self) -> Result<IdentityNumber, DocumentRequestError> {
        let fits =
            |text: &str| (1..=MAX_TEXT).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control);
        if !fits(&self.name) {
            return Err(DocumentRequestError::Name);
        }
        if !fits(&self.region) {
            return Err(DocumentRequestError::Region);
        }
        Ok(self.identity_number.parse()?)
    }
}

/// Shows nothing of the person.
impl fmt::Debug for DocumentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentRequest")
            .field("command", &self.command)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Shows nothing of the document.
impl fmt::Debug for DocumentAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentAnswer(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn request(name: &str, number: &str) -> DocumentRequest {
        let body = serde_json::json!({
            "command": "6a1f1a9e-3b5c-4b8e-9d43-0a4a52f1f9a1", "kind": "health-status",
            "name": name, "identityNumber": number, "region": "安宁市",
        });
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_slip_of_the_finger_is_told_apart_from_an_empty_name() {
        assert!(request("王秀英", "11010519491231002x").check().is_ok());
        let slip = request("王秀英", "110105194912310021").check();
        assert_eq!(
            slip,
            Err(DocumentRequestError::Identity(crate::identity::IdentityError::Check))
        );
        assert_eq!(
            request(" ", "11010519491231002X").check(),
            Err(DocumentRequestError::Name)
        );
        assert_eq!(
            request("a\u{0}b", "11010519491231002X").check(),
            Err(DocumentRequestError::Name)
        );
    }

    #[test]
    fn a_debug_print_shows_nothing_of_the_person() {
        let shown = format!("{:?}", request("王秀英", "11010519491231002X"));
        assert!(!shown.contains("王") && !shown.contains("1101"), "{shown}");
    }
}
