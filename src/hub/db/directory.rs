//! What schedulers write: hospitals, departments, doctors, calendars and times. Nothing of it is ever deleted; a calendar
//! or department that is not active is not offered.

use super::{AuditNote, DbError, SlotRow};
use anban_wire::fhir::Resource;
use jiff::civil::Date;

/// The place from which on what comes from hospitals' own servers is shown: after what lives here.
pub(crate) const FIRST_OF_HOSPITALS: u32 = 1_000_000;

/// An entry of the directory as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// The resource, with its id, version and when it was written.
    pub resource: Resource,
    /// Its version.
    pub version: i64,
    /// A scheduler has written it; else the demonstration city or a gateway has filled it in.
    pub is_written: bool,
}

/// An entry of the directory to be made or changed.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryWrite {
    /// The resource, with its id.
    pub resource: Resource,
    /// The version that the change was made from; none for a new one.
    pub from_version: Option<i64>,
    /// System and value of each number.
    pub identifiers: Vec<(String, String)>,
    /// Of a department: how many numbers its counter gives out on a day. What was given out already stays so.
    pub quota: Option<(Date, u32)>,
    /// For the audit trail.
    pub note: AuditNote,
}

/// A time to be made or changed.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotWrite {
    /// The time; that it is held or not is no part of the change.
    pub slot: SlotRow,
    /// The version that the change was made from; none for a new one.
    pub from_version: Option<i64>,
    /// For the audit trail.
    pub note: AuditNote,
}

/// The steps on what schedulers write; the writing itself is one of [`super::Write`].
pub trait Directory {
    /// An entry of the directory as it is kept.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn entry(&self, kind: &str, id: &str) -> Result<Option<EntryRow>, DbError>;

    /// The id of the entry or slot that has that number.
    ///
    /// # Errors
    /// When the database fails.
    fn entry_by_number(&self, kind: &str, system: &str, value: &str) -> Result<Option<String>, DbError>;

    /// The calendars whose times are not offered: they or their departments are not active.
    ///
    /// # Errors
    /// When the database fails.
    fn closed_calendars(&self) -> Result<Vec<String>, DbError>;
}
