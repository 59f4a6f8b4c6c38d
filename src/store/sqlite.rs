//! Connections: how a file is opened, checked and made.

use std::path::Path;
use std::time::Duration;

use anban_core::store::{Change, KeptPhoto, Records};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Fault;
use crate::files;
use crate::keys::Key;
use crate::migrate::{self, Schema};
use crate::rows;

/// How long a statement waits for a lock. Nobody else has the file open, other than a backup program for a moment.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// A connection with the key set; nothing has been read yet.
pub(crate) fn connect(path: &Path, key: &Key, flags: OpenFlags) -> Result<Connection, Fault> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    // Its notes about damaged pages would go to the terminal; the same comes back as errors.
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    // Memory that has held pages or keys is wiped when it is given back, and kept out of the swap where that is allowed.
    connection.pragma_update(None, "cipher_memory_security", true)?;
    connection.pragma_update(None, "key", key.pragma())?;
    // One process has the profile (see `lock`), so the WAL's index needs no shared memory, which a full disk denies.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// Opens a file and sees that all of it can be decrypted and read. Until then nothing is written to it.
pub(crate) fn open(path: &Path, key: &Key) -> Result<(Connection, Schema), Fault> {
    if !path.metadata()?.is_file() {
        return Err(Fault::Damaged);
    }
    let connection = connect(path, key, OpenFlags::empty())?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        // A file is made complete before it gets its name: an empty one has been cut off.
        return Err(Fault::Damaged);
    }
    let schema = migrate::schema(&connection)?;
    // Reads every page in use through SQLCipher, which checks each one's authentication code, and sees that they fit
    // together. (`cipher_integrity_check` would look past the WAL and take a checkpoint cut short for damage.)
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Fault::Damaged);
    }
    if schema == Schema::Current {
        rows::load(&connection)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, schema))
}

/// Brings an opened file to the current schema, into WAL mode, and to use.
pub(crate) fn make_ready(connection: &mut Connection, schema: Schema) -> Result<(), Fault> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::Unusable);
    }
    if let Schema::Older(from) = schema {
        migrate::migrate(connection, from)?;
        rows::load(connection)?;
    }
    Ok(())
}

/// Makes a new file at `path` that holds `records` and photographs, and waits until it is on disk.
pub(crate) fn create(path: &Path, key: &Key, records: Records, photos: Vec<KeptPhoto>) -> Result<(), Fault> {
    let mut connection = connect(path, key, OpenFlags::SQLITE_OPEN_CREATE)?;
    migrate::migrate(&mut connection, 0)?;
    let photos = photos.into_iter().map(Change::PutPhoto);
    let changes: Vec<Change> = rows::changes_to(records).into_iter().chain(photos).collect();
    rows::write(&mut connection, &changes)?;
    close(connection)?;
    Ok(files::sync_file(path)?)
}

/// Closes, and says when that failed.
pub(crate) fn close(connection: Connection) -> Result<(), Fault> {
    connection.close().map_err(|(_, error)| Fault::from(error))
}
