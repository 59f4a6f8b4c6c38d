//! What doctors have planned for patients.

use super::{AuditNote, DbError};
use anban_wire::CommandId;
use jiff::Timestamp;

/// A plan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarePlanRow {
    /// Its FHIR id.
    pub id: String,
    /// The patient's.
    pub patient: String,
    /// From 1, one more with every change.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The FHIR resource as JSON, without id and version.
    pub body: String,
}

/// A new plan.
#[derive(Debug, Clone)]
pub struct NewCarePlan {
    /// Its FHIR id.
    pub id: String,
    /// The patient's.
    pub patient: String,
    /// The FHIR resource as JSON.
    pub body: String,
    /// Makes a repeat harmless, with a fingerprint of what was asked.
    pub command: Option<(CommandId, String)>,
    /// For the audit trail.
    pub note: AuditNote,
}

/// What came of making a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanMade {
    /// It is there now.
    New,
    /// The command has made this one before.
    Again(CarePlanRow),
    /// The command was used for something else.
    CommandReused,
}

/// The steps on plans. Each tells the patient's feed.
pub trait CarePlans {
    /// Makes a plan, once for each command.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn make_care_plan(&self, new: &NewCarePlan, now: Timestamp) -> Result<PlanMade, DbError>;

    /// Changes a plan that still has that version; false where it has another.
    ///
    /// # Errors
    /// When the database fails.
    fn change_care_plan(
        &self,
        id: &str,
        from_version: i64,
        body: &str,
        note: &AuditNote,
        now: Timestamp,
    ) -> Result<bool, DbError>;

    /// A plan.
    ///
    /// # Errors
    /// When the database fails.
    fn care_plan(&self, id: &str) -> Result<Option<CarePlanRow>, DbError>;

    /// All plans of a patient, the last changed first.
    ///
    /// # Errors
    /// When the database fails.
    fn care_plans(&self, patient: &str) -> Result<Vec<CarePlanRow>, DbError>;
}
