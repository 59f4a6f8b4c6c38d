//! Who may act for whom.

use anban_wire::accounts::{Grant, Relationship};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The ties between this device's owner and others, as last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Family {
    /// Who may act for the owner.
    pub given: Vec<Grant>,
    /// For whom the owner may act.
    pub held: Vec<Grant>,
    /// Digits that were given out and are still good, or were not long ago.
    pub invitation: Option<Invitation>,
}

/// Digits for whoever is invited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The digits.
    pub code: String,
    /// Until when they are good.
    pub expires_at: Timestamp,
    /// For whom they are.
    pub relationship: Relationship,
}

/// Does not show the digits.
impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
