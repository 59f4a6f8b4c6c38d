//! Letting go of entries of the register, so that no copy holds them either.
//!
//! The rule that they are kept by is the core's; it says which are over. Their rows are deleted and overwritten
//! (`secure_delete`), which also leaves a mark in the table `trimmings`. Then the journal is written back and cut off,
//! every copy is replaced by one without the entries, and the lists of them in the print queue, that the records don't
//! hold, and what was set aside unread earlier
//! than any entry that is still kept goes too. If any of it is cut short the mark is still there, and the next start
//! goes on. An entry that is only removed, which can be taken back, leaves the mark alone: its copies are trimmed when
//! the next copy is made, or at the next start.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::error::Fault;
use crate::keys::Key;
use crate::migrate::Schema;
use crate::profile::Profile;
use crate::rows::Kept;
use crate::store::SqliteStore;
use crate::{copies, files, rows, sqlite};

impl SqliteStore {
    /// Takes removed entries out of the copies, if there may be any. What can't be done now is done at the next start;
    /// the records themselves don't hold them any more.
    pub(crate) fn trim_if_due(&mut self) {
        let Some(connection) = &self.connection else { return };
        if let Err(fault) = trim(connection, self.keys.key(), &self.profile) {
            tracing::warn!(
                ?fault,
                "entries that were erased could not be taken out of every copy yet"
            );
        }
    }

    /// The same now, and what was set aside before `kept_since` goes too: all entries in it are over.
    pub(crate) fn trim(&mut self, kept_since: Timestamp) {
        self.trim_if_due();
        if let Err(fault) = self.profile.remove_set_aside_before(kept_since) {
            tracing::warn!(?fault, "what was set aside before could not be removed yet");
        }
    }
}

fn trim(connection: &Connection, key: &Key, profile: &Profile) -> Result<(), Fault> {
    if !rows::is_trimming(connection)? {
        return Ok(());
    }
    // What was overwritten in the journal must reach the file itself, and the journal must not hold what was before.
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy != 0 {
        return Err(Fault::Unusable);
    }
    let kept = rows::kept(connection)?;
    for copy in copies::list(&profile.copies()) {
        match trimmed(&copy.path, &profile.copies(), key, &kept) {
            Ok(()) => {}
            // Nothing can be read from it, here or by anybody else with this key.
            Err(Fault::Damaged) => tracing::warn!("a copy can't be read"),
            Err(fault) => return Err(fault),
        }
    }
    Ok(rows::end_trimming(connection)?)
}

/// Puts a copy without the removed entries in the place of this one, under its name.
fn trimmed(copy: &Path, folder: &Path, key: &Key, kept: &Kept) -> Result<(), Fault> {
    let unfinished = folder.join("unfinished");
    files::remove_database(&unfinished)?;
    fs::copy(copy, &unfinished)?;
    let made = without(&unfinished, key, kept);
    if !matches!(made, Ok(true)) {
        files::remove_database(&unfinished)?;
        return made.map(drop);
    }
    fs::rename(&unfinished, copy)?;
    Ok(files::sync_folder(folder)?)
}

/// Removes entries from the file; whether there were any.
fn without(path: &Path, key: &Key, kept: &Kept) -> Result<bool, Fault> {
    let (mut connection, schema) = sqlite::open(path, key)?;
    // One of an older version has no register.
    if schema != Schema::Current {
        return Ok(false);
    }
    let removed = rows::keep_only(&mut connection, kept)?;
    sqlite::close(connection)?;
    if removed {
        let (checked, _) = sqlite::open(path, key)?;
        sqlite::close(checked)?;
        files::sync_file(path)?;
    }
    Ok(removed)
}
