//! The register of persons: who may be issued documents, and what those may say.
//!
//! A person is known by the identity number. A record is what one kind of document says about them, as names and
//! texts; a hospital's gateway or the demonstration city fills it in, and nothing that a client sends ever does.

use super::{Answer, DbError};
use anban_wire::shows_only;
use anban_wire::{CommandId, documents::DocumentKind, persons::Channel};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A person to be registered.
#[derive(Clone)]
pub struct NewPerson {
    /// Identity number, checked.
    pub identity_number: String,
    /// Name as on the card.
    pub name: String,
    /// On which way they come.
    pub channel: Channel,
    /// Telephone number.
    pub telephone: Option<String>,
    /// Who registers them.
    pub helper: Option<String>,
}

/// What is known of a registered person.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Name as it was registered.
    pub name: String,
    /// Since when.
    pub registered_at: Timestamp,
}

/// What came of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// The person is registered, since then; earlier where they had been already.
    Since(Timestamp),
    /// The command had been answered before; this is that answer.
    Repeat(Answer),
    /// The number is registered under another name. Nothing was changed.
    OtherName,
}

/// A person whom a city brings along, with what is known of them.
#[derive(Clone)]
pub struct KnownPerson {
    /// The person.
    pub person: NewPerson,
    /// The records, by the kind of document that they are for.
    pub records: BTreeMap<DocumentKind, BTreeMap<String, String>>,
}

/// The register's steps. Each is atomic and durable when it returns.
pub trait Register {
    /// Registers a person and keeps the answer to the command, or finds out why not.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn register(
        &self,
        person: &NewPerson,
        command: CommandId,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<Registered, DbError>;

    /// A registered person.
    ///
    /// # Errors
    /// When the database fails.
    fn person(&self, identity_number: &str) -> Result<Option<PersonRow>, DbError>;

    /// What a document of this kind says about a person.
    ///
    /// # Errors
    /// When the database fails.
    fn record(&self, identity_number: &str, kind: DocumentKind) -> Result<Option<BTreeMap<String, String>>, DbError>;

    /// Brings persons along with their records. A person who is there already stays as registered; records are
    /// replaced.
    ///
    /// # Errors
    /// When the database fails.
    fn fill_register(&self, persons: &[KnownPerson], now: Timestamp) -> Result<(), DbError>;
}

// Shows nothing of the person.
shows_only!(NewPerson {});

// Shows nothing of the person.
shows_only!(PersonRow {});

// Shows nothing of the person.
shows_only!(KnownPerson {});
