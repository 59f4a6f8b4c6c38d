//! Copies of a SQLite database while it is in use, with the files that belong to it, in one file.
//!
//! The copy is SQLite's own online backup, in one step: a snapshot between two commits, during which writers go on. It
//! is a SQLite database itself; one more table has the key files, without which a restored hub could not sign.

use super::{DbError, Sqlite, Vault};
use rusqlite::{Connection, OpenFlags, backup::Backup};
use std::{fs, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};
use uuid::Uuid;

/// A file that goes with the database: its name in the data directory, and its content.
pub type File = (String, Vec<u8>);

/// Copies the database `from`, which may be in use, with `files` into the new file `to`.
///
/// # Errors
/// When either can't be read or written. Of `to` nothing is left then.
pub fn back_up(from: &Path, to: &Path, files: &[File]) -> Result<(), DbError> {
    let done = copy(from, to).and_then(|copy| {
        copy.execute_batch(
            "DROP TABLE IF EXISTS backup_files;
             CREATE TABLE backup_files (name TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL)",
        )?;
        for (name, content) in files {
            copy.execute(
                "INSERT INTO backup_files (name, content) VALUES (?1, ?2)",
                (name, content),
            )?;
        }
        closed(copy, to)
    });
    if done.is_err() && to.exists() {
        // Half a backup would be taken for one.
        let _ = fs::remove_file(to);
    }
    done
}

/// Makes the database `to` from a backup, and gives back the files that go with it. It gets a new epoch: devices notice
/// that it may lack what they were told, and send it again.
///
/// # Errors
/// When it is no backup, damaged, of a later version, or can't be written.
pub fn restore(from: &Path, to: &Path) -> Result<Vec<File>, DbError> {
    let copy = copy(from, to)?;
    let health: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let is_backup: i64 = copy.query_row(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('backup_files', 'migrations')",
        [],
        |row| row.get(0),
    )?;
    if health != "ok" || is_backup != 2 {
        return Err(DbError::Damaged("backup"));
    }
    let files = copy
        .prepare("SELECT name, content FROM backup_files ORDER BY name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    copy.execute_batch("DROP TABLE backup_files")?;
    closed(copy, to)?;
    renew_epoch(&Sqlite::open(to)?)?;
    Ok(files)
}

/// Gives a database a new epoch, by which devices notice that it was restored.
///
/// # Errors
/// When the database fails.
pub fn renew_epoch(db: &(impl Vault + ?Sized)) -> Result<(), DbError> {
    db.set_note(crate::epoch::NOTE, &Uuid::new_v4().to_string())
}

/// Brings everything from the log of writes into the database's file, and removes the log. False when that can't be
/// done, because the database is damaged or somebody uses it.
pub fn fold_log(database: &Path) -> bool {
    let folded = || -> Result<bool, DbError> {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(is_busy == 0)
    };
    folded().unwrap_or(false)
}

fn copy(from: &Path, to: &Path) -> Result<Connection, DbError> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    source.busy_timeout(Duration::from_secs(10))?;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    made.map_err(|error| DbError::Failed(format!("{}: {error}", to.display())))?;
    let mut copy = Connection::open(to)?;
    // All pages in one step: in several, every commit in between would begin the copy anew.
    Backup::new(&source, &mut copy)?.run_to_completion(i32::MAX, Duration::from_millis(50), None)?;
    Ok(copy)
}

/// Closes a copy as a single file that is on the disk.
fn closed(copy: Connection, path: &Path) -> Result<(), DbError> {
    copy.pragma_update(None, "journal_mode", "delete")?;
    copy.close().map_err(|(_, error)| error)?;
    let synced = fs::File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| DbError::Failed(format!("{}: {error}", path.display())))
}
