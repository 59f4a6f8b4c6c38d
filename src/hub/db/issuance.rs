//! What was signed, with which keys, and what was taken back.
//!
//! Nothing here says whom a document is about: its text is kept with the answer to the command that asked for it, and
//! only for whoever asks with that command again. A revocation or a new key counts one up on the series
//! [`TRUST_CHANGES`], by which a running hub sees that another process changed something and signs a new trust list.

use super::{Answer, DbError};
use anban_wire::CommandId;
use jiff::Timestamp;

/// The series that counts revocations and changes of keys.
pub(crate) const TRUST_CHANGES: &str = "trust-changes";

/// A document that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Its id (`cti`), 32 hexadecimal digits.
    pub id: String,
    /// What document.
    pub kind: String,
    /// The key that signed it, 16 hexadecimal digits.
    pub key_id: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// A key that documents are signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id, 16 hexadecimal digits.
    pub key_id: String,
    /// Its public part, as PEM.
    pub public_key: String,
    /// The file in the data directory that has its private part.
    pub file: String,
    /// From when on it signs; it is in the trust list before.
    pub signs_from: Timestamp,
}

/// What can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// One document.
    Document,
    /// A key, and with it every document that it signed.
    Key,
}

impl Subject {
    /// The word that stands for it in the table.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Key => "key",
        }
    }
}

/// How many documents there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Issued so far, by kind.
    pub issued: Vec<(String, u32)>,
    /// Of these, such as hold at the moment that was asked about, taken back or not.
    pub current: u32,
    /// Documents that were taken back one by one.
    pub revoked: u32,
}

/// The steps of issuing and taking back. Each is atomic and durable when it returns.
pub trait Issuance {
    /// Notes a document and keeps its text as the answer to the command, unless that has one; returns the answer that
    /// is kept. A document whose text is not kept is not noted either: nobody has it.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn keep_document(
        &self,
        command: CommandId,
        answer: &Answer,
        document: &DocumentRow,
        now: Timestamp,
    ) -> Result<Answer, DbError>;

    /// A document by its id.
    ///
    /// # Errors
    /// When the database fails.
    fn document(&self, id: &str) -> Result<Option<DocumentRow>, DbError>;

    /// How many documents there are.
    ///
    /// # Errors
    /// When the database fails.
    fn counts(&self, now: Timestamp) -> Result<Counts, DbError>;

    /// All issuing keys, in the order in which they begin to sign.
    ///
    /// # Errors
    /// When the database fails.
    fn issuing_keys(&self) -> Result<Vec<KeyRow>, DbError>;

    /// Adds an issuing key, or changes when it begins to sign.
    ///
    /// # Errors
    /// When the database fails.
    fn put_key(&self, key: &KeyRow) -> Result<(), DbError>;

    /// Forgets an issuing key.
    ///
    /// # Errors
    /// When the database fails.
    fn remove_key(&self, key_id: &str) -> Result<(), DbError>;

    /// When the last document that the key signed expires; none if it signed none.
    ///
    /// # Errors
    /// When the database fails.
    fn last_expiry(&self, key_id: &str) -> Result<Option<Timestamp>, DbError>;

    /// Takes something back; false if it was taken back before.
    ///
    /// # Errors
    /// When the database fails.
    fn revoke(&self, subject: Subject, id: &str, now: Timestamp) -> Result<bool, DbError>;

    /// Whether something was taken back.
    ///
    /// # Errors
    /// When the database fails.
    fn is_revoked(&self, subject: Subject, id: &str) -> Result<bool, DbError>;

    /// What was taken back, without documents that had expired before then anyway.
    ///
    /// # Errors
    /// When the database fails.
    fn revocations(&self, subject: Subject, not_expired_before: Timestamp) -> Result<Vec<String>, DbError>;

    /// The count of the series [`TRUST_CHANGES`].
    ///
    /// # Errors
    /// When the database fails.
    fn trust_changes(&self) -> Result<i64, DbError>;
}
