//! Where a hub keeps what it has: all in a directory, or in a PostgreSQL database with only the secret in a directory.

use crate::{
    StartError,
    db::{Database, Postgres, Sqlite},
    keys::KeyPlace,
};
use std::{
    fmt, fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The SQLite database in the data directory.
pub(crate) const DATABASE_FILE: &str = "hub.db";

/// Where a hub keeps what it has.
#[derive(Clone)]
pub struct Storage {
    /// The directory of database and keys, or of the secret alone.
    pub data: PathBuf,
    /// The `postgres://` address of a database that several hubs may share. A password may be in it: it is never shown.
    pub database: Option<String>,
}

/// A data directory that is this process's, until it is dropped.
pub(crate) struct Lock(fs::File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a program that is being started at this moment has it open too, until it runs,
        // and the lock would last as long.
        let _ = self.0.unlock();
    }
}

impl Storage {
    /// Makes the data directory if need be, and takes it for this process. Only a directory beside a database that is
    /// shared can be shared as well.
    pub(crate) fn take(&self) -> Result<Option<Lock>, StartError> {
        let error = |source| StartError::Data {
            path: self.data.clone(),
            source,
        };
        // It will hold keys and people's data: nobody else's business.
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.data)
            .map_err(error)?;
        if self.database.is_some() {
            return Ok(None);
        }
        let lock = fs::File::create(self.data.join("hub.lock")).map_err(error)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Lock(lock))),
            Err(fs::TryLockError::WouldBlock) => Err(StartError::InUse(self.data.clone())),
            Err(fs::TryLockError::Error(source)) => Err(error(source)),
        }
    }

    /// Opens the database, and finds the place of the keys.
    pub(crate) fn open(&self) -> Result<(Arc<dyn Database>, KeyPlace), StartError> {
        match &self.database {
            None => {
                let db = Arc::new(Sqlite::open(&self.data.join(DATABASE_FILE))?);
                Ok((db, KeyPlace::files(&self.data)))
            }
            Some(url) => {
                let db = Arc::new(Postgres::open(url)?);
                let place = KeyPlace::shared(&self.data, db.as_ref())?;
                Ok((db, place))
            }
        }
    }
}

impl From<&Path> for Storage {
    fn from(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            database: None,
        }
    }
}

/// Without the address of the database.
impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage")
            .field("data", &self.data)
            .field("is_shared", &self.database.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_data_directory_is_free_at_once_even_where_a_program_that_begins_has_the_lock_open() {
        let data = tempfile::tempdir().unwrap();
        let storage = Storage::from(data.path());
        let lock = storage.take().unwrap().unwrap();
        assert!(matches!(storage.take(), Err(StartError::InUse(_))));
        // As a fork has it until it runs its program.
        let _copy = lock.0.try_clone().unwrap();
        drop(lock);
        assert!(storage.take().is_ok());
    }
}
