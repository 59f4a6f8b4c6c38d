//! What staff are there to do.

use std::{fmt, str::FromStr};

/// What a member of staff is there to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Books and registers for any patient, at the counter or on the telephone.
    Registrar,
    /// Calls the numbers of queues and notes what is done on the day of a visit.
    Nurse,
    /// Reads the audit trail.
    Auditor,
    /// Takes devices back.
    Administrator,
    /// Books for patients, and plans when they are to come again: the family doctor.
    Doctor,
    /// Keeps departments, doctors, calendars and times, and today's numbers.
    Scheduler,
}

/// No role of this hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is registrar, nurse, doctor, scheduler, auditor or administrator")]
pub struct RoleError;

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Registrar,
        Self::Nurse,
        Self::Auditor,
        Self::Administrator,
        Self::Doctor,
        Self::Scheduler,
    ];

    /// As it is written and kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::Nurse => "nurse",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::Doctor => "doctor",
            Self::Scheduler => "scheduler",
        }
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(RoleError)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
