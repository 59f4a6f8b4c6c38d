//! What several hubs on one database share: private keys, sealed, and the trust list that was signed last.

use super::DbError;
use anban_wire::shows_only;
use jiff::Timestamp;

/// A trust list that was signed.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustListRow {
    /// The region it is for.
    pub region: String,
    /// Its number.
    pub sequence: i64,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// The count of changes that it has in it ([`super::Issuance::trust_changes`]).
    pub changes: i64,
    /// The list.
    pub body: Vec<u8>,
}

/// The steps of sharing. Each is atomic and durable when it returns.
pub trait Vault {
    /// A sealed key by its name.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn sealed_key(&self, name: &str) -> Result<Option<Vec<u8>>, DbError>;

    /// Keeps a sealed key, unless there is one of that name; returns the one that is kept.
    ///
    /// # Errors
    /// When the database fails.
    fn keep_sealed_key(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, DbError>;

    /// Forgets a sealed key.
    ///
    /// # Errors
    /// When the database fails.
    fn remove_sealed_key(&self, name: &str) -> Result<(), DbError>;

    /// Changes a note, or makes it.
    ///
    /// # Errors
    /// When the database fails.
    fn set_note(&self, name: &str, value: &str) -> Result<(), DbError>;

    /// Publishes a trust list, unless one with a higher number is published already.
    ///
    /// # Errors
    /// When the database fails.
    fn publish(&self, list: &TrustListRow) -> Result<(), DbError>;

    /// The number of the trust list that is published, and the count of changes that it has in it.
    ///
    /// # Errors
    /// When the database fails.
    fn published_number(&self, region: &str) -> Result<Option<(i64, i64)>, DbError>;

    /// The trust list that is published.
    ///
    /// # Errors
    /// When the database fails.
    fn published(&self, region: &str) -> Result<Option<TrustListRow>, DbError>;
}

// Without the list, which is long.
shows_only!(TrustListRow { region, sequence });
