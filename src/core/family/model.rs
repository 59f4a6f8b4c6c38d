//! Who may act for whom.

use anban_wire::accounts::{Grant, INVITATION_LIFE, Relationship};
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

impl Invitation {
    /// When the hub gave it, by the hub's clock.
    pub(super) fn given_at(&self) -> Timestamp {
        let given_at = self.expires_at.checked_sub(INVITATION_LIFE);
        given_at.unwrap_or(Timestamp::MIN)
    }
}

/// Does not show the digits.
impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
