//! Patients with an id, devices and staff with their tokens, invitations and grants.
//!
//! Secrets and tokens come in as SHA-256 (hexadecimal) and never as they are. Whatever changes something takes the note
//! for the audit trail along and writes it in the same step.

use super::{AuditNote, DbError};
use crate::accounts::Role;
use anban_wire::shows_only;
use anban_wire::{
    CommandId,
    accounts::{Grant, GrantsAnswer, InvitationAnswer, Relationship},
};
use jiff::Timestamp;

/// A device to be registered, with a patient of its own.
#[derive(Clone)]
pub struct NewDevice {
    /// The device's id.
    pub id: String,
    /// The patient's id.
    pub patient: String,
    /// SHA-256 of its secret.
    pub secret: String,
    /// The patient's name.
    pub name: String,
    /// The patient's telephone number.
    pub telephone: Option<String>,
    /// The FHIR Patient as JSON.
    pub body: String,
}

/// What came of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceRegistered {
    /// This device, of this patient: the ones that were asked for, or those of the first time.
    Is {
        /// The device's id.
        device: String,
        /// The patient's id.
        patient: String,
    },
    /// The command was used for something else, or with another secret.
    CommandReused,
}

/// Whoever may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// What they sign in with.
    pub id: String,
    /// SHA-256 of the secret.
    pub secret: String,
    /// Their name; of a device, the patient's.
    pub name: String,
    /// A device of this patient, or staff with a role.
    pub kind: AccountKind,
    /// Since when.
    pub since: Timestamp,
}

/// Device or staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountKind {
    /// A device of the patient of that id.
    Device(String),
    /// A member of staff.
    Staff(Role),
}

/// Whoever a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub account: AccountRow,
    /// Ids of the grants that a device holds, with their patients.
    pub grants: Vec<(String, String)>,
}

/// A patient who has an id.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientRow {
    /// The id.
    pub id: String,
    /// Counts the changes, from 1.
    pub version: i64,
    /// The last one.
    pub updated_at: Timestamp,
    /// The name.
    pub name: String,
    /// The telephone number.
    pub telephone: Option<String>,
    /// The FHIR Patient as JSON.
    pub body: String,
}

/// What came of taking up an invitation.
#[derive(Debug, Clone)]
pub enum TakenUp {
    /// The helper may act; since before, where they already could.
    Granted(Grant),
    /// No such digits, or they were used, or their time is over.
    NoInvitation,
    /// They are the patient's own.
    Own,
    /// The command was used for something else.
    CommandReused,
}

/// The steps on accounts. Each is atomic and durable when it returns.
pub trait Accounts {
    /// Registers a device with its patient, once for each command.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn register_device(
        &self,
        new: &NewDevice,
        command: CommandId,
        now: Timestamp,
        note: &AuditNote,
    ) -> Result<DeviceRegistered, DbError>;

    /// A device or member of staff who has not been taken back.
    ///
    /// # Errors
    /// When the database fails.
    fn account(&self, id: &str) -> Result<Option<AccountRow>, DbError>;

    /// Keeps a token, unless its account was taken back meanwhile; then false.
    ///
    /// # Errors
    /// When the database fails.
    fn keep_token(&self, account: &str, token: &str, expires_at: Timestamp) -> Result<bool, DbError>;

    /// Whose token it is, as long as it holds, with the grants of that moment.
    ///
    /// # Errors
    /// When the database fails.
    fn signed_in(&self, token: &str, now: Timestamp) -> Result<Option<SignedIn>, DbError>;

    /// Ends a token of an account.
    ///
    /// # Errors
    /// When the database fails.
    fn end_token(&self, account: &str, token: &str) -> Result<(), DbError>;

    /// Drops tokens and invitations that have expired.
    ///
    /// # Errors
    /// When the database fails.
    fn forget_expired(&self, now: Timestamp) -> Result<(), DbError>;

    /// Takes a device or member of staff back with all their tokens; false if there is none.
    ///
    /// # Errors
    /// When the database fails.
    fn end_account(&self, id: &str, now: Timestamp, note: &AuditNote) -> Result<bool, DbError>;

    /// Adds a member of staff.
    ///
    /// # Errors
    /// When the database fails.
    fn add_staff(&self, account: &AccountRow, role: Role, note: &AuditNote) -> Result<(), DbError>;

    /// All staff, in the order in which they came.
    ///
    /// # Errors
    /// When the database fails.
    fn staff(&self) -> Result<Vec<AccountRow>, DbError>;

    /// A patient who has an id.
    ///
    /// # Errors
    /// When the database fails.
    fn patient(&self, id: &str) -> Result<Option<PatientRow>, DbError>;

    /// Keeps an invitation of a patient under these digits; a command whose digits still hold gets those again. `None`
    /// if the digits stand for another invitation at the moment: try others.
    ///
    /// # Errors
    /// When the database fails.
    fn invite(
        &self,
        patient: &str,
        relationship: Relationship,
        command: CommandId,
        invitation: &InvitationAnswer,
        now: Timestamp,
        note: &AuditNote,
    ) -> Result<Option<InvitationAnswer>, DbError>;

    /// Makes an invitation a grant of this id for the helper, once for each command.
    ///
    /// # Errors
    /// When the database fails.
    fn take_up(
        &self,
        helper: &str,
        digits: &str,
        command: CommandId,
        id: &str,
        now: Timestamp,
        note: &AuditNote,
    ) -> Result<TakenUp, DbError>;

    /// The grants that a patient has given and holds, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    fn grants_of(&self, patient: &str) -> Result<GrantsAnswer, DbError>;

    /// A grant that has not ended, with the id of the patient who holds it.
    ///
    /// # Errors
    /// When the database fails.
    fn grant(&self, id: &str) -> Result<Option<(Grant, String)>, DbError>;

    /// Ends a grant of which this patient is one side, if it has not ended already; false if there is none.
    ///
    /// # Errors
    /// When the database fails.
    fn end_grant(&self, id: &str, side: &str, now: Timestamp, note: &AuditNote) -> Result<bool, DbError>;
}

// Shows nothing of the person.
shows_only!(NewDevice {});

// Shows nothing of the person.
shows_only!(AccountRow { id, kind });

// Shows nothing of the person.
shows_only!(PatientRow { id, version });
