//! The records of one person on disk, encrypted, and still there after a crash, a damaged file or a full disk.
//!
//! `anban-core` decides what is kept ([`Records`](anban_core::store::Records)) and hands over lists of changes; this
//! crate carries each list out in one SQLite transaction (WAL, `synchronous = FULL`), in a file that SQLCipher
//! encrypts with a random 256-bit key. A profile is a folder, and this is what is in it:
//!
//! ```text
//! lock             held while a program has the profile open
//! key              where the key is: in the system's key store, or right here (readable by its owner alone)
//! anban.db         the records, with anban.db-wal beside it while the profile is open
//! copies/          the last three good copies, made by the day, by the number of commits, and at a clean end
//! set-aside/       what could not be read: moved here, never deleted
//! ```
//!
//! [`open`] does all that can be done when something is wrong: a file that is damaged or does not fit the key is set
//! aside and the newest good copy takes its place, and [`Opened::notice`] says so. What a restart can't cure is an
//! [`OpenError`], and then nothing has been touched.
//!
//! Where to read next: `open.rs` for the order of things at the start, `store.rs` for the commit, `erase.rs` for how
//! everything is forgotten, `trim.rs` for what is kept for a time only, `keys.rs` for the key, and `migrations/` for the tables. A migration that was shipped is
//! never edited; a change of a model in the core that old JSON does not fit needs a new one.

mod copies;
mod erase;
mod error;
mod files;
mod key_store;
mod keys;
mod migrate;
mod open;
mod profile;
mod rows;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;
mod trim;

pub use error::OpenError;
pub use keyring_core::CredentialStore;
pub use keys::{KeyChoice, KeyHome};
pub use open::{Opened, open};
pub use store::SqliteStore;
