//! The database on PostgreSQL, for several hubs at once, on several machines.
//!
//! A step is a transaction of its own at READ COMMITTED, on a connection from a pool. Where another step got in its way
//! (a unique key taken at the same moment, a deadlock, a serialization failure) it is undone and run again from its
//! beginning. Where the connection is lost before the commit was asked for, nothing was done, and it is run again too,
//! on another connection, for as long as a failover may be waited for. Where the connection is lost in the middle of the commit, nobody
//! knows: that is [`DbError::Unknown`], never a yes or a no, and whoever asked sends the same command again.
//!
//! No statement has a time limit: a commit whose wait for the standby is cancelled stands on the leader all the same,
//! and would be told as done. What ends a wait for a machine that is gone is TCP's keepalive.
//!
//! The calls block, as those of every backend do: they wait on a small runtime of the database's own. See
//! `docs/adr` for why READ COMMITTED.

use super::{
    DbError,
    backend::{Backend, Row, Session, Value, keepable},
    migrations,
};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Timeouts};
use futures_util::future::try_join_all;
use ring::digest::{SHA256, digest};
use std::{
    cell::Cell,
    future::Future,
    str::FromStr,
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{
    Config, NoTls, Statement,
    error::SqlState,
    types::{ToSql, Type},
};

/// Connections that a hub holds at most.
const CONNECTIONS: usize = 16;
/// How long a connection may take to be made, and a step may wait for one.
const CONNECTING: Duration = Duration::from_secs(5);
/// How long a step is tried again on new connections before whoever asked is told to come back later.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often a step gives way to others.
const GIVES_WAY: u32 = 20;
/// How often a key that is taken may be another step's doing, before it is the step's own.
const KEYS_TAKEN: u32 = 3;
/// Statements kept ready on a connection. Searches make many forms of one.
const STATEMENTS: usize = 300;
/// Rows in flight at a time.
const PIPELINE: usize = 256;
/// Names that steps are alone with share so many rows.
const LOCKS: u64 = 4096;
/// A machine that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(20);

/// A hub's PostgreSQL database.
#[derive(Debug)]
pub struct Postgres {
    pool: Pool,
    /// Some until it is dropped.
    runtime: Option<Runtime>,
}

impl Postgres {
    /// Connects to the database that a `postgres://` address names (several hosts are tried in order), and brings it to
    /// the current form.
    ///
    /// # Errors
    /// When the address can't be read, the database can't be reached or written, or is of a later version. No error
    /// repeats the address, since a password may be in it.
    pub fn open(url: &str) -> Result<Self, DbError> {
        let config = config(url)?;
        let manager = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(config, NoTls, manager))
            .max_size(CONNECTIONS)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(CONNECTING),
                create: Some(CONNECTING * 2),
                recycle: Some(CONNECTING),
            })
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move {
                    let set = "SET statement_timeout = 0; SET transaction_timeout = 0";
                    // The second is of PostgreSQL 17.
                    if client.batch_execute(set).await.is_err() {
                        let set = "SET statement_timeout = 0";
                        client.batch_execute(set).await.map_err(HookError::Backend)?;
                    }
                    Ok(())
                })
            }))
            .build()
            .map_err(|error| DbError::Failed(error.to_string()))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("anban-hub-db")
            .enable_all()
            .build()
            .map_err(|error| DbError::Failed(error.to_string()))?;
        let database = Self {
            pool,
            runtime: Some(runtime),
        };
        migrations::migrate(&database)?;
        Ok(database)
    }

    fn wait<F: Future>(&self, future: F) -> Result<F::Output, DbError> {
        // It is there until the database is dropped.
        let runtime = self.runtime.as_ref().ok_or(DbError::Unavailable)?;
        Ok(runtime.handle().block_on(future))
    }

    fn connection(&self) -> Result<Object, DbError> {
        self.wait(self.pool.get())?.map_err(|error| match error {
            deadpool_postgres::PoolError::Backend(error) => told(&error),
            error => {
                tracing::warn!(%error, "no connection to the database");
                DbError::Unavailable
            }
        })
    }

    fn write_once<T>(&self, step: &impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError> {
        let session = OnPostgres::new(self, self.connection()?, true);
        let result = step(&session);
        let has_failed = session.has_failed.get();
        match result {
            Ok(_) if has_failed => Err(DbError::WentOn),
            Ok(result) => session.commit().map(|()| result),
            Err(error) => {
                session.roll_back();
                Err(error)
            }
        }
    }

    /// Runs a step again while that may help.
    fn again<T>(&self, mut once: impl FnMut() -> Result<T, DbError>) -> Result<T, DbError> {
        let begun = Instant::now();
        let (mut conflicts, mut keys) = (0, 0);
        loop {
            let error = match once() {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            let pause = match error {
                DbError::Conflict if conflicts < GIVES_WAY => {
                    conflicts += 1;
                    Duration::from_micros(500) * conflicts
                }
                DbError::KeyTaken(_) if keys < KEYS_TAKEN => {
                    keys += 1;
                    Duration::from_millis(1)
                }
                DbError::Unavailable if begun.elapsed() < PATIENCE => Duration::from_millis(250),
                error => return Err(error),
            };
            thread::sleep(pause);
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Waiting is not allowed everywhere where this may be dropped.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Backend for Postgres {
    fn read<T>(&self, step: impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError> {
        self.again(|| step(&OnPostgres::new(self, self.connection()?, false)))
    }

    fn write<T>(&self, step: impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError> {
        self.again(|| self.write_once(&step))
    }
}

/// What a hub needs of a connection, where the address does not say otherwise.
fn config(url: &str) -> Result<Config, DbError> {
    let mut config = Config::from_str(url).map_err(|_| DbError::Address)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECTING);
    }
    if config.get_application_name().is_none() {
        config.application_name("anban-hub");
    }
    config.keepalives_idle(SILENCE / 2).keepalives_interval(SILENCE / 4);
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    Ok(config)
}

/// A connection while a step uses it.
struct OnPostgres<'a> {
    database: &'a Postgres,
    /// Some until it is over.
    client: Option<Object>,
    /// A transaction is wanted.
    is_write: bool,
    /// It has begun: with the first statement, in the same round trip.
    has_begun: Cell<bool>,
    has_failed: Cell<bool>,
}

impl<'a> OnPostgres<'a> {
    fn new(database: &'a Postgres, client: Object, is_write: bool) -> Self {
        Self {
            database,
            client: Some(client),
            is_write,
            has_begun: Cell::new(false),
            has_failed: Cell::new(false),
        }
    }

    fn client(&self) -> Result<&Object, DbError> {
        self.client.as_ref().ok_or(DbError::Unavailable)
    }

    async fn begin(&self) -> Result<(), tokio_postgres::Error> {
        match &self.client {
            Some(client) if self.is_write && !self.has_begun.replace(true) => {
                client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await
            }
            _ => Ok(()),
        }
    }

    /// Does something within the transaction, and notes if it fails.
    fn within<T>(&self, work: impl AsyncFnOnce(&Object) -> Result<T, tokio_postgres::Error>) -> Result<T, DbError> {
        let client = self.client()?;
        // The beginning is sent first, and not waited for.
        let both = async {
            let (begun, done) = futures_util::future::join(self.begin(), work(client)).await;
            begun.and(done)
        };
        let result = match self.database.wait(both) {
            Ok(result) => result.map_err(|error| told(&error)),
            Err(error) => Err(error),
        };
        self.has_failed.set(self.has_failed.get() || result.is_err());
        result
    }

    fn statement(&self, sql: &str) -> Result<Statement, DbError> {
        let client = self.client()?;
        if client.statement_cache.size() > STATEMENTS {
            client.statement_cache.clear();
        }
        let statement = self.database.wait(client.prepare_cached(sql))?;
        self.has_failed.set(self.has_failed.get() || statement.is_err());
        statement.map_err(|error| told(&error))
    }

    fn commit(mut self) -> Result<(), DbError> {
        if !self.has_begun.get() {
            return Ok(());
        }
        let client = self.client()?;
        let done = self.database.wait(client.batch_execute("COMMIT"))?;
        let Err(error) = done else {
            self.has_begun.set(false);
            return Ok(());
        };
        self.discard();
        // Only what the server itself has refused was certainly not done.
        match error.code() {
            Some(code) if is_conflict(code) => Err(DbError::Conflict),
            Some(code) if code.code().starts_with("23") || code.code().starts_with("40") => Err(told(&error)),
            _ => {
                tracing::warn!(error = reason(&error), "the answer to a commit was lost");
                Err(DbError::Unknown)
            }
        }
    }

    fn roll_back(mut self) {
        let Some(client) = self.client.as_ref().filter(|_| self.has_begun.get()) else {
            return;
        };
        match self.database.wait(client.batch_execute("ROLLBACK")) {
            Ok(Ok(())) => self.has_begun.set(false),
            _ => self.discard(),
        }
    }

    /// Closes the connection; the server undoes what was not committed.
    fn discard(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

impl Drop for OnPostgres<'_> {
    fn drop(&mut self) {
        // A step that broke off, or that could not be read to its end, leaves nothing to the next user.
        if self.has_begun.get() || (self.has_failed.get() && !self.is_write) {
            self.discard();
        }
    }
}

impl Session for OnPostgres<'_> {
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        keepable(values)?;
        let statement = self.statement(sql)?;
        let parameters = parameters(&statement, values)?;
        let rows = self.within(async |client| client.query(&statement, &parameters).await)?;
        rows.iter().map(row_of).collect()
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        keepable(values)?;
        let statement = self.statement(sql)?;
        let parameters = parameters(&statement, values)?;
        self.within(async |client| client.execute(&statement, &parameters).await)
    }

    fn execute_all(&self, sql: &str, rows: &[Vec<Value>]) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        let statement = self.statement(sql)?;
        for rows in rows.chunks(PIPELINE) {
            rows.iter().try_for_each(|row| keepable(row))?;
            let rows: Vec<_> = rows
                .iter()
                .map(|row| parameters(&statement, row))
                .collect::<Result<_, _>>()?;
            let statement = &statement;
            self.within(async |client| {
                let sent = rows.iter().map(|row| client.execute(statement, row));
                try_join_all(sent).await.map(drop)
            })?;
        }
        Ok(())
    }

    fn alone(&self, name: &str) -> Result<(), DbError> {
        let hash = digest(&SHA256, name.as_bytes());
        let number = hash
            .as_ref()
            .iter()
            .take(6)
            .fold(0, |sum, byte| sum * 256 + u64::from(*byte))
            % LOCKS;
        self.execute(
            "INSERT INTO locks (number) VALUES ($1) ON CONFLICT (number) DO UPDATE SET number = excluded.number",
            &[Value::Integer(i64::try_from(number).unwrap_or_default())],
        )?;
        Ok(())
    }

    fn batch(&self, sql: &str) -> Result<(), DbError> {
        self.within(async |client| client.batch_execute(sql).await)
    }
}

type Parameter<'a> = &'a (dyn ToSql + Sync);

fn parameters<'a>(statement: &Statement, values: &'a [Value]) -> Result<Vec<Parameter<'a>>, DbError> {
    if statement.params().len() != values.len() {
        return Err(DbError::Damaged("statement"));
    }
    let parameter = |(value, kind): (&'a Value, &Type)| -> Parameter<'a> {
        match value {
            Value::Integer(number) => number,
            Value::Text(text) => text,
            Value::Bytes(bytes) => bytes,
            Value::Null if *kind == Type::INT8 => &None::<i64>,
            Value::Null if *kind == Type::BYTEA => &None::<Vec<u8>>,
            Value::Null => &None::<String>,
        }
    };
    Ok(values.iter().zip(statement.params()).map(parameter).collect())
}

fn row_of(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let value = |(column, kind): (usize, &Type)| {
        let value = if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(column)
                .map(|value| value.map(Value::Integer))
        } else if *kind == Type::INT4 {
            let number = row.try_get::<_, Option<i32>>(column);
            number.map(|value| value.map(|number| Value::Integer(number.into())))
        } else if *kind == Type::BOOL {
            let truth = row.try_get::<_, Option<bool>>(column);
            truth.map(|value| value.map(|truth| Value::Integer(truth.into())))
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(column)
                .map(|value| value.map(Value::Bytes))
        } else {
            row.try_get::<_, Option<String>>(column)
                .map(|value| value.map(Value::Text))
        };
        match value {
            Ok(value) => Ok(value.unwrap_or(Value::Null)),
            Err(error) => Err(DbError::Failed(format!(
                "a column of type {kind} can't be read: {error}"
            ))),
        }
    };
    let kinds = row.columns().iter().map(tokio_postgres::Column::type_).enumerate();
    Ok(Row(kinds.map(value).collect::<Result<_, _>>()?))
}

/// Another step got in the way of this one.
fn is_conflict(code: &SqlState) -> bool {
    [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ]
    .contains(code)
}

/// Something that another hub makes at this very moment is there already.
fn is_taken(code: &SqlState) -> bool {
    [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
    ]
    .contains(code)
}

/// The connection, or the server behind it, can do nothing more for us: it goes down, starts up, or only reads.
fn is_gone(code: &SqlState) -> bool {
    code.code().starts_with("08")
        || [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::TOO_MANY_CONNECTIONS,
        ]
        .contains(code)
}

/// What an error means before a commit. The server's own words about values stay behind: they may name a person.
fn told(error: &tokio_postgres::Error) -> DbError {
    let Some(code) = error.code() else {
        // Not from the server: the connection is lost, or could not be made.
        tracing::warn!(error = reason(error), "the database can't be reached");
        return DbError::Unavailable;
    };
    if is_conflict(code) {
        DbError::Conflict
    } else if is_taken(code) {
        DbError::KeyTaken(reason(error))
    } else if is_gone(code) {
        tracing::warn!(error = reason(error), "the database does not serve now");
        DbError::Unavailable
    } else {
        DbError::Failed(reason(error))
    }
}

/// An error without the values that it was about.
fn reason(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        // Of "data exceptions" the very message quotes the value.
        Some(server) if server.code().code().starts_with("22") => format!("SQLSTATE {}", server.code().code()),
        Some(server) => format!("{} (SQLSTATE {})", server.message(), server.code().code()),
        None => error.to_string(),
    }
}
