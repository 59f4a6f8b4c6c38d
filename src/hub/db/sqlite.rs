//! The database on SQLite: one file beside the hub, nothing to install.
//!
//! WAL lets readers go on while one writer writes; `synchronous=FULL` puts every commit on the disk before it
//! is acknowledged. All writes go through one connection behind a mutex, so that they queue here instead of
//! failing with "busy"; readers borrow a connection from a small pool.

use super::{
    DbError,
    backend::{Backend, Row, Session, Value, keepable},
    migrations,
};
use rusqlite::{Connection, ToSql, TransactionBehavior, params_from_iter, types::ToSqlOutput, types::ValueRef};
use std::{
    cell::Cell,
    fs,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Idle read connections kept open.
const IDLE_READERS: usize = 4;
/// Statements that each connection keeps ready.
const STATEMENTS: usize = 128;
/// How long a connection waits for another process (a backup, say) to let go of the file.
const BUSY: Duration = Duration::from_secs(10);

/// A hub's SQLite database.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
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
            writer: Mutex::new(writer),
            readers: Mutex::default(),
        };
        migrations::migrate(&database)?;
        Ok(database)
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere can't leave a transaction half done: dropping it rolled it back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
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
        let mut writer = self.writer();
        // It holds the write lock from its beginning, so that steps queue and none has to be repeated.
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let session = OnSqlite::new(&transaction);
        let result = step(&session)?;
        if session.has_failed.get() {
            return Err(DbError::WentOn);
        }
        transaction.commit()?;
        Ok(result)
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
