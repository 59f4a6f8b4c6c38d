//! Forgetting everything, so that nothing of it can be found afterwards.
//!
//! The rows are deleted in a transaction like any other, which also leaves a mark in the table `erasures`. Then the
//! copies and whatever was set aside are deleted, and what is left is written to a new file under a new key: the old
//! key is destroyed, and with it whatever a disk still holds of the old files. If any of it is cut short, the mark is
//! still there and the next start goes on.

use std::fs;
use std::io;
use std::path::Path;

use anban_core::store::{KeptPhoto, StoreError};

use crate::error::Fault;
use crate::migrate::Schema;
use crate::store::SqliteStore;
use crate::{files, rows, sqlite};

impl SqliteStore {
    /// Destroys what the deleted rows have left behind.
    ///
    /// # Errors
    /// [`StoreError::Broken`] when a copy could not be deleted or the file can't be used any more. The next start
    /// tries again.
    pub(crate) fn finish_erasing(&mut self) -> Result<(), StoreError> {
        for folder in [self.profile.copies(), self.profile.set_aside_folder()] {
            if let Err(error) = remove_folder(&folder) {
                return Err(self.give_up(error.into()));
            }
        }
        match self.replace_key() {
            Ok(()) => Ok(()),
            Err(fault) => self.keep_the_key(fault),
        }
    }

    /// The rows are deleted and overwritten in any case. On a full disk the key is replaced at the next start; if the
    /// key store does not take a new one, the old one stays, and later copies must not be taken for old ones.
    fn keep_the_key(&mut self, fault: Fault) -> Result<(), StoreError> {
        let Some(connection) = &self.connection else {
            return Err(self.give_up(fault));
        };
        tracing::warn!(?fault, "the key could not be replaced");
        let tidied = self.profile.remove_unfinished().and_then(|()| match fault {
            Fault::Full => Ok(()),
            _ => Ok(rows::end_erasing(connection)?),
        });
        tidied.map_err(|fault| self.give_up(fault))
    }

    /// Moves the records to a new file under a new key.
    fn replace_key(&mut self) -> Result<(), Fault> {
        let connection = self.connection.as_ref().ok_or(Fault::Unusable)?;
        let records = rows::load(connection)?;
        // Those that came after the erasing.
        let mut photos = Vec::new();
        for id in rows::photos(connection)? {
            let jpeg = rows::photo(connection, id)?;
            photos.extend(jpeg.map(|jpeg| KeptPhoto { id, jpeg }));
        }
        self.keys.make_other()?;
        let next = self.keys.other().ok_or(Fault::Unusable)?;
        self.profile.remove_unfinished()?;
        sqlite::create(&self.profile.unfinished(), next, records, photos)?;

        // The old file's journal must be empty and gone before the new file gets the name: SQLite would take it for
        // the new file's own.
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            return Err(Fault::Unusable);
        }
        if let Some(connection) = self.connection.take() {
            sqlite::close(connection)?;
        }
        for journal in files::with_journals(&self.profile.database()).iter().skip(1) {
            files::remove(journal)?;
        }
        self.profile.put_in_place()?;
        self.keys.swap();
        let (mut connection, _) = sqlite::open(&self.profile.database(), self.keys.key())?;
        sqlite::make_ready(&mut connection, Schema::Current)?;
        self.connection = Some(connection);
        self.keys.forget_other()
    }
}

fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => folder.parent().map_or(Ok(()), files::sync_folder),
    }
}
