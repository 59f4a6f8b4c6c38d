//! A signed document that the person carries.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::DocumentId;

/// A document as it is kept: its text says everything, the rest is about the keeping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDocument {
    /// Its id on this device.
    pub id: DocumentId,
    /// The whole text of its code, `AB1:…` or `HC1:…`.
    pub text: String,
    /// When it was first kept.
    pub added_at: Timestamp,
    /// When it last came from its issuer or was read from its code.
    pub refreshed_at: Timestamp,
}
