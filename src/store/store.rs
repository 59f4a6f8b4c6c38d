//! The store itself: commits, and the copies that are made along the way.

use std::collections::BTreeSet;
use std::time::Instant;

use anban_core::ids::PhotoId;
use anban_core::store::{Change, Records, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::error::Fault;
use crate::keys::Keys;
use crate::profile::Profile;
use crate::{copies, rows, sqlite};

/// A copy is made after so many commits.
const COMMITS_BETWEEN_COPIES: u32 = 200;

/// The records of an open profile.
pub struct SqliteStore {
    /// `None` once the file can't be trusted any more: everything is refused until the profile is opened again, since
    /// after a failed `sync` nobody knows what is on the disk.
    pub(crate) connection: Option<Connection>,
    pub(crate) profile: Profile,
    pub(crate) keys: Keys,
    clock: Clock,
    commits_since_copy: u32,
}

/// The time that was handed in when the profile was opened, running on from there.
struct Clock {
    opened_at: Timestamp,
    since: Instant,
}

impl Clock {
    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::MAX);
        self.opened_at.saturating_add(elapsed).unwrap_or(self.opened_at)
    }
}

impl SqliteStore {
    pub(crate) fn new(connection: Connection, profile: Profile, keys: Keys, now: Timestamp) -> Self {
        Self {
            connection: Some(connection),
            profile,
            keys,
            clock: Clock {
                opened_at: now,
                since: Instant::now(),
            },
            commits_since_copy: 0,
        }
    }

    /// Closes the profile and keeps a copy of what has changed. Dropping the store loses nothing either; it only
    /// makes no copy.
    ///
    /// # Errors
    /// [`StoreError::Broken`] when the file can't be closed properly. Everything that was committed is on disk.
    pub fn close(mut self) -> Result<(), StoreError> {
        if self.commits_since_copy > 0 {
            self.copy();
        }
        let connection = self.connection.take().ok_or(StoreError::Broken)?;
        sqlite::close(connection).map_err(|_| StoreError::Broken)
    }

    /// Makes a copy if the last one is older than a day.
    pub(crate) fn copy_if_due(&mut self) {
        if copies::is_due(&self.profile.copies(), self.clock.now()) {
            self.copy();
        }
    }

    /// Makes a copy. If that fails, as on a full disk, the older copies are still there and the work goes on.
    fn copy(&mut self) {
        self.commits_since_copy = 0;
        let Some(connection) = &self.connection else {
            return;
        };
        let made = copies::make(connection, self.keys.key(), &self.profile.copies(), self.clock.now());
        if let Err(fault) = made {
            tracing::warn!(?fault, "no copy of the records could be made");
        }
        self.trim_if_due();
    }

    /// What a failed statement means for whoever asked, and for this store.
    fn failed(&mut self, fault: Fault) -> StoreError {
        if fault == Fault::Full || (fault == Fault::Unusable && self.profile.disk_is_full()) {
            // SQLite has rolled the transaction back; if even that failed, the connection is of no use.
            if self.connection.as_ref().is_some_and(Connection::is_autocommit) {
                return StoreError::Full;
            }
        }
        self.give_up(fault)
    }

    /// Refuses everything from here on.
    pub(crate) fn give_up(&mut self, fault: Fault) -> StoreError {
        tracing::error!(?fault, "the records can't be read or written any more");
        self.connection = None;
        StoreError::Broken
    }
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Records, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::Broken)?;
        rows::load(connection).map_err(|error| self.give_up(error.into()))
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let connection = self.connection.as_mut().ok_or(StoreError::Broken)?;
        if let Err(error) = rows::write(connection, changes) {
            return Err(self.failed(error.into()));
        }
        if changes.contains(&Change::EraseAll) {
            return self.finish_erasing();
        }
        let over = changes.iter().filter_map(|change| match change {
            Change::EraseEntries { kept_since, .. } => Some(*kept_since),
            _ => None,
        });
        if let Some(kept_since) = over.max() {
            self.trim(kept_since);
        }
        self.commits_since_copy += 1;
        if self.commits_since_copy >= COMMITS_BETWEEN_COPIES {
            self.copy();
        }
        Ok(())
    }

    fn photo(&mut self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::Broken)?;
        rows::photo(connection, id).map_err(|error| self.give_up(error.into()))
    }

    fn photos(&mut self) -> Result<BTreeSet<PhotoId>, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::Broken)?;
        rows::photos(connection).map_err(|error| self.give_up(error.into()))
    }

    fn close(self: Box<Self>) -> Result<(), StoreError> {
        SqliteStore::close(*self)
    }
}
