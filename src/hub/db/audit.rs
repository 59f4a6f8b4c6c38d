//! The audit trail: who has seen or changed what, when, and what came of it.
//!
//! A note is written with the change that it is about, in one step. Notes are then **sealed** in the order in which they
//! came: each gets the next number, and a hash over itself and the hash before it. Whoever changes, drops or adds a
//! sealed note later has to make all hashes after it anew, and the last one is in the log and on the operator's paper.
//! Sealing is a step of its own, shortly after, so that those who book at one moment need not wait for one another.

use super::DbError;
use jiff::Timestamp;
use uuid::Uuid;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// Something was made.
    Create,
    /// Something was seen.
    Read,
    /// Something was changed.
    Update,
    /// Something was ended.
    Delete,
    /// Somebody has signed in, or done something that is none of these.
    Execute,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It was done.
    Success,
    /// It was refused.
    Refused,
}

/// One entry of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditNote {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// The request's id.
    pub request: String,
    /// Who: `Device/ID`, `Practitioner/ID` of staff, `Operator` at the command line, or `Anonymous`.
    pub caller: String,
    /// Their name.
    pub caller_name: String,
    /// What was done.
    pub action: AuditAction,
    /// To what: `Type/ID`, or `Type` of several.
    pub resource: String,
    /// Of which patient.
    pub patient: Option<String>,
    /// What came of it.
    pub outcome: AuditOutcome,
}

/// A note with its place in the chain, once it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The note.
    pub note: AuditNote,
    /// Its number, from 1.
    pub number: Option<i64>,
    /// Hash over this note and the hash before it.
    pub hash: Option<String>,
}

/// Which notes; all conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// The one of this id.
    pub id: Option<String>,
    /// About this patient.
    pub patient: Option<String>,
    /// Noted then or later.
    pub from: Option<Timestamp>,
    /// Noted before then.
    pub before: Option<Timestamp>,
    /// Only what stands after this one.
    pub after: Option<super::After>,
    /// At most so many, the latest first.
    pub limit: u32,
}

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// How many notes are sealed.
    pub number: i64,
    /// The hash of the last one; empty where there is none.
    pub hash: String,
}

impl AuditAction {
    /// FHIR's code (<http://hl7.org/fhir/audit-event-action>).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "C",
            Self::Read => "R",
            Self::Update => "U",
            Self::Delete => "D",
            Self::Execute => "E",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::Create, Self::Read, Self::Update, Self::Delete, Self::Execute]
            .into_iter()
            .find(|action| action.as_str() == code)
    }
}

impl AuditOutcome {
    /// FHIR's code (<http://hl7.org/fhir/audit-event-outcome>): 0 success, 4 minor failure.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::Refused => "4",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::Success, Self::Refused]
            .into_iter()
            .find(|outcome| outcome.as_str() == code)
    }
}

impl AuditNote {
    /// The same about that, where it was not known before the step.
    #[must_use]
    pub fn about(&self, resource: String, patient: Option<&str>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            resource,
            patient: patient.map(str::to_owned).or_else(|| self.patient.clone()),
            ..self.clone()
        }
    }

    /// The hash that seals it after that one.
    #[must_use]
    pub fn seal(&self, number: i64, before: &str) -> String {
        crate::booking::fingerprint(&[
            before,
            &number.to_string(),
            &self.id,
            &self.at.as_second().to_string(),
            &self.request,
            &self.caller,
            &self.caller_name,
            self.action.as_str(),
            &self.resource,
            self.patient.as_deref().unwrap_or_default(),
            self.outcome.as_str(),
        ])
    }
}

/// The steps on the audit trail.
pub trait Audit {
    /// Writes notes that belong to no change.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn note_audit(&self, notes: &[AuditNote]) -> Result<(), DbError>;

    /// The notes asked for, the latest first, and how many there are in all.
    ///
    /// # Errors
    /// When the database fails.
    fn audit(&self, query: &AuditQuery) -> Result<(u32, Vec<AuditNote>), DbError>;

    /// Seals notes that are not sealed yet, so many at most, and returns the end of the chain and how many were sealed.
    ///
    /// # Errors
    /// When the database fails.
    fn seal_audit(&self, most: u32) -> Result<(AuditHead, u32), DbError>;

    /// Notes of the chain in order after a number, so many at most.
    ///
    /// # Errors
    /// When the database fails.
    fn audit_chain(&self, after: i64, most: u32) -> Result<Vec<AuditRow>, DbError>;

    /// How many notes are not sealed.
    ///
    /// # Errors
    /// When the database fails.
    fn audit_unsealed(&self) -> Result<u32, DbError>;
}
