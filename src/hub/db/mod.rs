//! What the hub keeps, and the one place where SQL is written.
//!
//! The rest of the hub sees the trait [`Database`]: whole steps ("book this slot for this command") and never
//! a connection or a transaction, so that a step is atomic by construction. [`Database`] has the city, [`Bookings`] what
//! is booked in it, [`Directory`] what schedulers write, [`CarePlans`] when patients are to come again, [`Feeds`] what has changed since when, [`Gateways`] what of it lives in a hospital's own server, [`VisitDays`] how the day of a visit goes, [`Register`] the
//! persons, [`Issuance`] documents, keys and revocations, [`Vault`] what several hubs share, [`Accounts`] who signs in
//! and acts for whom, [`Audit`] who has seen or changed what.
//!
//! The steps are written once, in `steps/`, over the small interface [`Backend`]. There are two: [`Sqlite`] needs
//! nothing installed (WAL with `synchronous=FULL`, one connection that writes, a few that read); [`Postgres`] serves
//! several hubs at once. `suite` has the tests that run on both.
//!
//! The calls block. The HTTP layer makes them on Tokio's blocking threads.
//!
//! # Adding to it
//!
//! 1. A migration: the next free number in `migrations/`, and a line in `migrations.rs`. One that has been released is
//!    never edited. One file serves both databases: `TEXT`, `BIGINT` and `BYTEA` are the only types, instants are whole
//!    seconds, truth values 0 and 1.
//! 2. A trait with the steps, in a file of its own beside `register.rs`, and its name among those that [`Database`]
//!    asks for.
//! 3. `impl<B: Backend> YourTrait for B` in a file of `steps/`: each method one `self.read(|session| …)` or
//!    `self.write(|session| …)`, with `session.query("SELECT … WHERE id = $1", &values![id])?`, `session.first`,
//!    `session.execute` (how many rows were changed) and `row.get(0)?`. All that one request changes is one step. Where
//!    the count does not matter, `session.execute_later` spares a round trip.
//! 4. Tests of it in a file beside `suite.rs`, each over `forms()`, which are all databases there are.
//!
//! # SQL for both
//!
//! What PostgreSQL, what is compatible with it, and SQLite have in common: no functions of one of them, no stored
//! procedures, no types beyond the three. `INSERT … ON CONFLICT` and `RETURNING` are fine. A sum is
//! `CAST(SUM(x) AS BIGINT)`; of two values the larger is a `CASE`; a value whose type can't be seen from where it
//! stands is `CAST($1 AS BIGINT)`.
//!
//! # Right beside others
//!
//! On PostgreSQL steps run side by side at READ COMMITTED: each *statement* sees what was committed when it began. What
//! a step has read may have changed when it writes, so a step never decides by what it has read alone:
//!
//! * It changes what is still as it thought, and looks at the count:
//!   `UPDATE slots SET status = 'busy' WHERE id = $1 AND status = 'free'`. Zero rows: somebody was faster.
//! * It reads, finds nothing and inserts, where a unique key lets only one do so: the other gets
//!   [`DbError::KeyTaken`], hands it on with `?`, and is run again from its beginning, where it finds the row.
//! * It counts in the database, `SET total = total + 1`, and never in the program.
//! * For anything else, `session.alone("what this is about")?` comes first in the step, and in all others that decide
//!   about the same: then only one of them is in progress at a time.
//!
//! A step may be run several times, so it does nothing but talk to its session. It takes locks late (a counter that
//! everyone raises is a queue that everyone stands in until the commit is on the disk) and hands every error on.
//! A number from a counter becomes visible when its step commits, which may be after a higher number did: whoever reads
//! "all after N" must number under `alone`, or number afterwards what has been committed.

mod accounts;
mod audit;
pub(crate) mod backend;
mod backup;
mod bookings;
mod care_plans;
mod conditions;
mod directory;
mod feeds;
mod gateways;
mod issuance;
mod migrations;
mod postgres;
mod register;
mod sqlite;
mod steps;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod suite_accounts;
#[cfg(test)]
mod suite_audit;
#[cfg(test)]
mod suite_care_plans;
#[cfg(test)]
mod suite_days;
#[cfg(test)]
mod suite_directory;
#[cfg(test)]
mod suite_documents;
#[cfg(test)]
mod suite_feeds;
#[cfg(test)]
mod suite_gateways;
mod vault;
mod visit_days;

pub use accounts::{AccountKind, AccountRow, Accounts, DeviceRegistered, NewDevice, PatientRow, SignedIn, TakenUp};
pub use audit::{Audit, AuditAction, AuditHead, AuditNote, AuditOutcome, AuditQuery, AuditRow};
pub use backend::{Backend, Row, Session, Value};
pub use backup::{File, back_up, fold_log, renew_epoch, restore};
pub use bookings::{
    AppointmentChange, AppointmentQuery, Booked, Bookings, NewAppointment, Obstacle, PatientWrite, SlotChange, Write,
    Written,
};
pub use care_plans::{CarePlanRow, CarePlans, NewCarePlan, PlanMade};
pub use conditions::After;
pub(crate) use directory::FIRST_OF_HOSPITALS;
pub use directory::{Directory, EntryRow, EntryWrite, SlotWrite};
pub use feeds::{Entry, FeedPage, Feeds, Log};
pub use gateways::{Errand, Foreign, FreeSlots, Gateways};
pub use issuance::{Counts, DocumentRow, Issuance, KeyRow, Subject};
pub use postgres::Postgres;
pub use register::{KnownPerson, NewPerson, PersonRow, Register, Registered};
pub use sqlite::Sqlite;
pub use vault::{TrustListRow, Vault};
pub use visit_days::{Call, CheckedIn, Given, NewVisitDay, TakenBack, VisitDayRow, VisitDays};

use anban_wire::{
    CommandId,
    directory::OnSiteQuota,
    fhir::{Resource, SlotStatus},
};
use jiff::{Timestamp, civil::Date};

/// Why the database could not do a step. Holds nothing of what is kept.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// SQLite said no: disk full, file not writable, damaged.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL said no.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The address of the database is none. It is not repeated: a password may be in it.
    #[error("the address of the database can't be read: give --database postgres://USER:PASSWORD@HOST:PORT/NAME")]
    Address,
    /// An encrypted connection is asked for, and nobody who vouches for the server; or the other way round.
    #[error(
        "for an encrypted connection give both in the address of the database: sslmode=verify-full&sslrootcert=FILE, where FILE has the certificate of the server's authority (PEM)"
    )]
    NoAuthority,
    /// The authority's file is none.
    #[error("{0} holds no certificate in PEM form: give the file of the database server's authority as sslrootcert")]
    Authority(String),
    /// The database keeps other letters.
    #[error("the database has the encoding {0}: make it anew with ENCODING 'UTF8' TEMPLATE template0")]
    Encoding(String),
    /// The database can't be reached, or does not serve now; nothing was done.
    #[error("the database can't be reached ({0}): see that it runs and that --database names it, then try again")]
    Unavailable(String),
    /// The connection was lost while the database was committing: what was asked for was done or was not. Asking again
    /// with the same command tells.
    #[error("the answer of the database was lost: it is not known whether the step was done")]
    Unknown,
    /// Others got in the way again and again; nothing was done.
    #[error("too many others were at the same thing: try again")]
    Conflict,
    /// A unique key is taken; nothing was done.
    #[error("the database failed: {0}")]
    KeyTaken(String),
    /// A text has a zero character, which no database keeps.
    #[error("a text has a zero character")]
    Unkeepable,
    /// A step went on after a failure instead of handing it on. It was undone.
    #[error("a step went on after a failure of the database")]
    WentOn,
    /// Written by a later version of this program.
    #[error(
        "the database is of a later version (migration {found}, this program knows {known}): start the newer program"
    )]
    TooNew {
        /// The last migration in the database.
        found: i64,
        /// The last one that this program has.
        known: i64,
    },
    /// What one of several changes needed was not so; none of them was made.
    #[error("a change could not be made")]
    Refused(usize, Obstacle),
    /// A stored resource can't be read.
    #[error("a stored {0} can't be read: restore the database from a backup")]
    Damaged(&'static str),
}

/// A span of time that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotRow {
    /// Its id.
    pub id: String,
    /// The calendar it is in.
    pub schedule: String,
    /// When it begins, in whole seconds.
    pub start: Timestamp,
    /// When it ends, in whole seconds.
    pub end: Timestamp,
    /// Whether it can still be had, if nobody holds it.
    pub status: SlotStatus,
    /// Who holds it, and until when.
    pub held: Option<(String, Timestamp)>,
    /// Which version of it that is; a hold makes no new one.
    pub version: i64,
    /// System and value of its identifier.
    pub identifier: Option<(String, String)>,
}

impl SlotRow {
    /// Whether it can be had at a moment by whoever holds nothing: a free one that is held is tentative.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> SlotStatus {
        match &self.held {
            Some((_, until)) if self.status == SlotStatus::Free && *until > now => SlotStatus::BusyTentative,
            _ => self.status,
        }
    }
}

/// Which slots.
#[derive(Debug, Clone, Default)]
pub struct SlotQuery {
    /// One of these; `None` for all.
    pub ids: Option<Vec<String>>,
    /// In one of these calendars; `None` for all.
    pub schedules: Option<Vec<String>>,
    /// Beginning then or later.
    pub from: Option<Timestamp>,
    /// Beginning before then.
    pub before: Option<Timestamp>,
    /// Ending then or earlier.
    pub until: Option<Timestamp>,
    /// Of this status at that moment.
    pub status: Option<(SlotStatus, Timestamp)>,
    /// Only what stands after this one.
    pub after: Option<After>,
    /// At most so many, the earliest first.
    pub limit: u32,
}

/// The first answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Fingerprint of what was asked.
    pub fingerprint: String,
    /// What was answered.
    pub body: String,
}

/// What a demonstration city or a hospital's gateway fills in.
#[derive(Debug, Clone, Default)]
pub struct CityContent {
    /// Locations, services, practitioners and schedules, in the order to show. Each must have an id.
    pub resources: Vec<Resource>,
    /// Slots; one that is there already stays as it is.
    pub slots: Vec<SlotRow>,
    /// Numbers given out on the spot, by service. Those that were given out already stay so.
    pub quotas: Vec<(String, OnSiteQuota)>,
    /// The place of the first resource among all that are shown.
    pub first_position: u32,
}

/// Everything the hub asks of its database. Every method is one atomic step and durable when it returns.
pub trait Database:
    Register
    + Issuance
    + Vault
    + Accounts
    + Audit
    + Bookings
    + CarePlans
    + Directory
    + Feeds
    + Gateways
    + VisitDays
    + Send
    + Sync
    + 'static
{
    /// Writes something, to find out whether that is possible.
    ///
    /// # Errors
    /// When it is not.
    fn check_writable(&self, now: Timestamp) -> Result<(), DbError>;

    /// A note by its name; if there is none yet, `first` becomes it.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn note(&self, name: &str, first: &str) -> Result<String, DbError>;

    /// A note by its name, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    fn noted(&self, name: &str) -> Result<Option<String>, DbError>;

    /// The next number of a series: greater than all before and at least `least`.
    ///
    /// # Errors
    /// When the database fails.
    fn next_number(&self, series: &str, least: i64) -> Result<i64, DbError>;

    /// All resources of a type in the directory, in order.
    ///
    /// # Errors
    /// When the database fails.
    fn directory(&self, kind: &str) -> Result<Vec<Resource>, DbError>;

    /// One resource of the directory.
    ///
    /// # Errors
    /// When the database fails.
    fn directory_entry(&self, kind: &str, id: &str) -> Result<Option<Resource>, DbError>;

    /// The numbers given out on the spot on a day, by service.
    ///
    /// # Errors
    /// When the database fails.
    fn quotas(&self, day: Date) -> Result<Vec<(String, OnSiteQuota)>, DbError>;

    /// Fills in or replaces a part of the city in one step.
    ///
    /// # Errors
    /// When the database fails.
    fn fill(&self, content: &CityContent) -> Result<(), DbError>;

    /// Drops slots and quotas that ended before then and that nobody booked.
    ///
    /// # Errors
    /// When the database fails.
    fn forget_past(&self, before: Timestamp) -> Result<(), DbError>;

    /// When the last slot of a calendar begins.
    ///
    /// # Errors
    /// When the database fails.
    fn last_slot(&self, schedule: &str) -> Result<Option<Timestamp>, DbError>;

    /// The slots asked for, and how many there are in all.
    ///
    /// # Errors
    /// When the database fails.
    fn slots(&self, query: &SlotQuery) -> Result<(u32, Vec<SlotRow>), DbError>;

    /// One slot.
    ///
    /// # Errors
    /// When the database fails.
    fn slot(&self, id: &str) -> Result<Option<SlotRow>, DbError>;

    /// The first answer to a command.
    ///
    /// # Errors
    /// When the database fails.
    fn answer(&self, command: CommandId) -> Result<Option<Answer>, DbError>;

    /// Keeps the answer to a command, unless there is one; returns the one that is kept.
    ///
    /// # Errors
    /// When the database fails.
    fn keep_answer(&self, command: CommandId, answer: &Answer, now: Timestamp) -> Result<Answer, DbError>;
}
