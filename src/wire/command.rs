//! The UUID that makes a repeat harmless.
//!
//! A wish is on the device's disk before anyone hears of it, with a UUID of its own. When an answer is lost on
//! the way, the device asks again with the same UUID, and the hub gives its first answer a second time instead
//! of doing the thing twice. A booking carries the UUID as an identifier of the appointment
//! ([`systems::COMMAND`]), our own requests as the field `command`.

use crate::{fhir::Identifier, systems};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The identity of one command from a person to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct CommandId(pub Uuid);

impl CommandId {
    /// The command as a FHIR identifier.
    #[must_use]
    pub fn to_identifier(self) -> Identifier {
        Identifier::new(systems::COMMAND, self.0.to_string())
    }

    /// Finds the command among a resource's identifiers: `Ok(None)` where there is none.
    ///
    /// # Errors
    /// When the identifier is there and is not a UUID.
    pub fn among(identifiers: &[Identifier]) -> Result<Option<Self>, uuid::Error> {
        identifiers
            .iter()
            .find(|identifier| identifier.system.as_deref() == Some(systems::COMMAND))
            .map(|identifier| identifier.value.as_deref().unwrap_or_default().parse())
            .transpose()
    }
}

impl FromStr for CommandId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
