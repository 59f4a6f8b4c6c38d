//! Feeds: what has changed since a number.
//!
//! A feed has one entry for each thing that it tells of, at the number of its last change. Numbers are given while the
//! row of the feed's head is held, late in the step that makes the change, so that they become visible in their order
//! and nobody who reads "all after N" can miss one. A step that adds to several feeds takes their rows in the order of
//! their names.

use super::{AuditNote, DbError, SlotRow};

/// Which feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Log {
    /// Of a patient.
    Patient(String),
    /// Of a department's slots.
    Service(String),
}

/// One entry of a patient's feed, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub number: u64,
    /// `appointment`, `visit-day`, `care-plan`, `grant`, `grant-ended`, `notice`.
    pub kind: String,
    /// The id of what it is about.
    pub subject: String,
    /// Its content as JSON; of an appointment the resource.
    pub body: Option<String>,
}

/// A part of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage<T> {
    /// The newest number when it was read.
    pub head: u64,
    /// To be asked for as `after` next time.
    pub next: u64,
    /// Whether there is more after `next` already.
    pub more: bool,
    /// By their numbers.
    pub entries: Vec<T>,
}

/// The steps on feeds.
pub trait Feeds {
    /// The newest number of each of these feeds; 0 of one that has none.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn heads(&self, logs: &[Log]) -> Result<Vec<u64>, DbError>;

    /// What has changed for a patient after that number.
    ///
    /// # Errors
    /// When the database fails.
    fn patient_feed(&self, patient: &str, after: u64, limit: u32) -> Result<FeedPage<Entry>, DbError>;

    /// Which slots of a department have changed after that number, with their own numbers.
    ///
    /// # Errors
    /// When the database fails.
    fn slot_feed(&self, service: &str, after: u64, limit: u32) -> Result<FeedPage<(u64, SlotRow)>, DbError>;

    /// Puts a notice into a patient's feed, and the note for the audit trail, once for each id.
    ///
    /// # Errors
    /// When the database fails.
    fn notify(&self, patient: &str, id: &str, body: &str, note: &AuditNote) -> Result<(), DbError>;
}
