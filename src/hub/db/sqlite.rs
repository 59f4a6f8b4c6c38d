//! The database on SQLite: one file beside the hub, nothing to install.
//!
//! WAL lets readers go on while one writer writes; `synchronous=FULL` puts every commit on the disk before it
//! is acknowledged; readers borrow a connection from a small pool.
//!
//! **Group commit.** What takes the time of a write is waiting for the disk, and one wait serves many. Writes queue for
//! the one connection that writes; each does its step in a savepoint of its own within one transaction that they share,
//! and hands the connection on to the next in the queue. Whoever finds nobody behind it commits for all, and only then
//! each of them is told. A step that fails is undone by its savepoint and takes nobody along; it is told with the others,
//! since what it was refused for may be a neighbour's doing, which is true only when it is on the disk. While the disk is
//! waited for, the next group gathers; a lone write is committed at once.

use super::{
    DbError,
    backend::{Backend, Row, Session, Value, keepable},
    migrations,
};
use rusqlite::{
    Connection, ErrorCode, ToSql, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    cell::Cell,
    fs,
    os::unix::fs::OpenOptionsExt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Idle read connections kept open.
const IDLE_READERS: usize = 4;
/// Statements that each connection keeps ready.
const STATEMENTS: usize = 128;
/// How long a connection waits for another process (a backup, say) to let go of the file.
const BUSY: Duration = Duration::from_secs(10);

/// Steps that share a commit at most, so that the first of them is not kept waiting for ever.
const LARGEST_GROUP: usize = 256;

/// A hub's SQLite database.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Writer>,
    /// How many are in the queue for the writer.
    queue: AtomicUsize,
    readers: Mutex<Vec<Connection>>,
}

/// The connection that writes, and the group of steps that is gathering on it.
#[derive(Debug)]
struct Writer {
    connection: Connection,
    /// What becomes of the group; none while no transaction is open.
    group: Option<Arc<Fate>>,
    size: usize,
    commits: u64,
}

/// What has become of a group: nothing yet, or whether it was committed.
#[derive(Debug, Default)]
struct Fate {
    committed: Mutex<Option<bool>>,
    known: Condvar,
}

impl Fate {
    fn set(&self, committed: bool) {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = Some(committed);
        self.known.notify_all();
    }

    fn wait(&self) -> Result<(), DbError> {
        let mut committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match *committed {
                Some(true) => return Ok(()),
                // Of a disk that fails nobody knows how much it has kept.
                Some(false) => return Err(DbError::Unknown),
                None => committed = self.known.wait(committed).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Writer {
    /// Opens the group if there is none.
    fn join(&mut self) -> Result<Arc<Fate>, DbError> {
        if let Some(group) = &self.group {
            return Ok(Arc::clone(group));
        }
        // It has the write lock from its beginning: no step has to be repeated because of another process.
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| {
            let busy = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked].map(Some);
            if busy.contains(&error.sqlite_error_code()) {
                DbError::Unavailable(error.to_string())
            } else {
                error.into()
            }
        })?;
        let fate = Arc::new(Fate::default());
        self.group = Some(Arc::clone(&fate));
        self.size = 0;
        Ok(fate)
    }

    /// Does a step in a savepoint of its own.
    fn step<T>(&mut self, step: impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError> {
        self.size += 1;
        self.connection.prepare_cached("SAVEPOINT step")?.execute([])?;
        let session = OnSqlite::new(&self.connection);
        let result = match step(&session) {
            Ok(_) if session.has_failed.get() => Err(DbError::WentOn),
            result => result,
        };
        if self.connection.is_autocommit() {
            return result;
        }
        let end = if result.is_err() {
            "ROLLBACK TO step; RELEASE step"
        } else {
            "RELEASE step"
        };
        if let Err(error) = self.connection.execute_batch(end) {
            // Half a step must not be committed with the others.
            tracing::error!(%error, "a step could not be ended");
            let _ = self.connection.execute_batch("ROLLBACK");
            return result.and(Err(error.into()));
        }
        result
    }

    /// Commits for the whole group, and says so to all who wait.
    fn commit(&mut self) {
        // A full disk may have made SQLite undo the whole transaction already.
        let committed = !self.connection.is_autocommit()
            && match self.connection.execute_batch("COMMIT") {
                Ok(()) => true,
                Err(error) => {
                    tracing::error!(%error, steps = self.size, "the database could not be written");
                    if let Err(error) = self.connection.execute_batch("ROLLBACK") {
                        tracing::warn!(%error, "nothing was left to undo");
                    }
                    false
                }
            };
        self.commits += 1;
        if let Some(group) = self.group.take() {
            group.set(committed);
        }
    }
}

impl Sqlite {
    /// Opens the database file, makes it if there is none, and brings it to the current form.
    ///
    /// # Errors
    /// When the file can't be opened or written, or is of a later version.
    pub fn open(path: &Path) -> Result<Self, DbError> {
        // Only the hub's own user may read it; SQLite gives the files beside it the same mode.
        if let Err(error) = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path) {
            tracing::warn!(%error, "the database file could not be made ahead of SQLite");
        }
        let writer = Connection::open(path)?;
        writer.busy_timeout(BUSY)?;
        writer.set_prepared_statement_cache_capacity(STATEMENTS);
        writer.pragma_update(None, "journal_mode", "wal")?;
        writer.pragma_update(None, "synchronous", "full")?;
        let database = Self {
            path: path.to_owned(),
            writer: Mutex::new(Writer {
                connection: writer,
                group: None,
                size: 0,
                commits: 0,
            }),
            queue: AtomicUsize::new(0),
            readers: Mutex::default(),
        };
        migrations::migrate(&database)?;
        Ok(database)
    }
}

impl Backend for Sqlite {
    fn read<T>(&self, step: impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let connection = Connection::open(&self.path)?;
                connection.busy_timeout(BUSY)?;
                connection.set_prepared_statement_cache_capacity(STATEMENTS);
                connection.pragma_update(None, "query_only", true)?;
                connection
            }
        };
        let result = step(&OnSqlite::new(&connection));
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    fn write<T>(&self, step: impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError> {
        self.queue.fetch_add(1, Ordering::SeqCst);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.queue.fetch_sub(1, Ordering::SeqCst);
        let fate = writer.join()?;
        // Whatever happens in the step, those before it in the group must be committed, or told.
        let result = catch_unwind(AssertUnwindSafe(|| writer.step(step)));
        let is_broken = result.is_err() || writer.connection.is_autocommit();
        if self.queue.load(Ordering::SeqCst) == 0 || writer.size >= LARGEST_GROUP || is_broken {
            if result.is_err() && !writer.connection.is_autocommit() {
                // A panic: what the step has done so far is undone.
                let undone = writer.connection.execute_batch("ROLLBACK TO step; RELEASE step");
                if let Err(error) = undone {
                    tracing::error!(%error, "a step that broke off could not be undone");
                    let _ = writer.connection.execute_batch("ROLLBACK");
                }
            }
            writer.commit();
        }
        drop(writer);
        let result = result.unwrap_or_else(|panic| resume_unwind(panic));
        match (result, fate.wait()) {
            (result, Ok(())) => result,
            // What it was refused for may never have been.
            (Err(error), Err(_)) if !is_for_what_was_found(&error) => Err(error),
            (_, Err(lost)) => Err(lost),
        }
    }
}

/// Whether a step was refused for what it has found in the database, and not because the database failed.
fn is_for_what_was_found(error: &DbError) -> bool {
    match error {
        DbError::Refused(..) | DbError::KeyTaken(_) => true,
        DbError::Sqlite(error) => error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation),
        _ => false,
    }
}

struct OnSqlite<'a> {
    connection: &'a Connection,
    has_failed: Cell<bool>,
}

impl<'a> OnSqlite<'a> {
    fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            has_failed: Cell::new(false),
        }
    }

    fn noted<T>(&self, result: Result<T, DbError>) -> Result<T, DbError> {
        self.has_failed.set(self.has_failed.get() || result.is_err());
        result
    }

    fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        keepable(values)?;
        let mut statement = self.connection.prepare_cached(&numbered(sql))?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            let value = |column| value_of(row.get_ref(column)?);
            found.push(Row((0..columns).map(value).collect::<Result<_, _>>()?));
        }
        Ok(found)
    }

    fn count(&self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        keepable(values)?;
        let changed = self
            .connection
            .prepare_cached(&numbered(sql))?
            .execute(params_from_iter(values))?;
        Ok(changed as u64)
    }
}

impl Session for OnSqlite<'_> {
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        self.noted(self.rows(sql, values))
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        self.noted(self.count(sql, values))
    }

    /// There is one writer at a time anyway.
    fn alone(&self, _: &str) -> Result<(), DbError> {
        Ok(())
    }

    fn batch(&self, sql: &str) -> Result<(), DbError> {
        self.noted(self.connection.execute_batch(sql).map_err(DbError::from))
    }
}

/// SQLite takes `$1` for a name, numbered as it comes along; `?1` is the first value wherever it stands.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn value_of(value: ValueRef<'_>) -> Result<Value, DbError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => {
            let text = str::from_utf8(text).map_err(|_| DbError::Damaged("text"))?;
            Value::Text(text.to_owned())
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(DbError::Damaged("number")),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

#[cfg(test)]
mod tests;
