//! The database on PostgreSQL, for several hubs at once, on several machines.
//!
//! A step is a transaction of its own at READ COMMITTED, on a connection from a pool. Where another step got in its way
//! (a unique key taken at the same moment, a deadlock, a serialization failure) it is undone and run again from its
//! beginning. Where the connection is lost before the commit was asked for, nothing was done, and it is run again too,
//! on another connection, for as long as a failover may be waited for. Where the connection is lost in the middle of the
//! commit, nobody knows: that is [`DbError::Unknown`], never a yes or a no, and whoever asked sends the same command again.
//!
//! No statement has a time limit: a commit whose wait for the standby is cancelled stands on the leader all the same,
//! and would be told as done. What ends a wait for a machine that is gone is TCP's keepalive, and for one that hangs, whose
//! kernel still answers, giving up on the connection after the same time ([`SILENCE`]): that asks the server to stop
//! nothing, and says no more than that the answer is not known. Migrations alone are waited for as long as they take.
//! Which server a connection goes to, and what is trusted of one that hangs, is in `servers`.
//!
//! What takes the time of a step is waiting for answers. A statement whose answer does not matter travels with the next
//! one, or with the commit ([`Session::execute_later`]), as the beginning of the transaction travels with the first.
//!
//! The calls block, as those of every backend do: they wait on a small runtime of the database's own. See
//! `docs/adr` for why READ COMMITTED.

mod address;
mod errors;
mod servers;
mod session;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_servers;

use super::{
    DbError,
    backend::{Backend, Session},
    migrations,
};
use address::Address;
use deadpool::{
    Runtime as PoolRuntime,
    managed::{self, PoolError, Timeouts},
};
use errors::told;
use servers::Servers;
use session::OnPostgres;
use std::{
    future::Future,
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};

/// Connections that a hub holds at most.
const CONNECTIONS: usize = 16;
/// How long a server may take to give a connection, unless the address says otherwise, and a step may wait for its turn.
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
/// Whatever the server or the user has as a default: no time limit for statements, and so for commits. And whether it
/// is the server that takes writes.
const SETTINGS: &str = "SET statement_timeout = 0; SHOW transaction_read_only";
/// A machine that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(20);
/// The part of it for which an idle connection is trusted without asking.
const TRUST: u32 = 10;

type Pool = managed::Pool<Servers>;
/// A connection of the pool.
type Object = managed::Object<Servers>;

/// A hub's PostgreSQL database.
#[derive(Debug)]
pub struct Postgres {
    pool: Pool,
    /// Some until it is dropped.
    runtime: Option<Runtime>,
    silence: Duration,
}

impl Postgres {
    /// Connects to the database that a `postgres://` address names (several hosts are tried in order, each for five
    /// seconds or its `connect_timeout`), and brings it to the current form.
    ///
    /// # Errors
    /// When the address can't be read, the database can't be reached or written, or is of a later version. No error
    /// repeats the address, since a password may be in it.
    pub fn open(url: &str) -> Result<Self, DbError> {
        Self::open_within(url, SILENCE)
    }

    fn open_within(url: &str, silence: Duration) -> Result<Self, DbError> {
        let servers = Servers::new(Address::parse(url)?, silence / TRUST);
        let pool = Pool::builder(servers)
            .max_size(CONNECTIONS)
            .runtime(PoolRuntime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(CONNECTING),
                // Each server has its own time.
                create: None,
                recycle: None,
            })
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
            silence,
        };
        // What can't be reached at all is told at once, and not after a failover's time.
        drop(database.connection()?);
        database.check_encoding()?;
        migrations::migrate(&database)?;
        Ok(database)
    }

    fn check_encoding(&self) -> Result<(), DbError> {
        let row = self.read(|session| session.first("SHOW server_encoding", &[]))?;
        let encoding: String = row.ok_or(DbError::Damaged("setting"))?.get(0)?;
        if ["UTF8", "utf8", "UTF-8"].contains(&encoding.as_str()) {
            return Ok(());
        }
        Err(DbError::Encoding(encoding))
    }

    fn wait<F: Future>(&self, future: F) -> Result<F::Output, DbError> {
        // It is there until the database is dropped.
        let runtime = self
            .runtime
            .as_ref()
            .ok_or_else(|| DbError::Unavailable("closed".to_owned()))?;
        Ok(runtime.handle().block_on(future))
    }

    /// Waits for an answer of the server for as long as a machine may be silent; then its connections that idle are not
    /// trusted either.
    fn answer<T>(
        &self,
        client: &Object,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Silence> {
        match self.wait(async { tokio::time::timeout(self.silence, answer).await }) {
            Ok(Ok(result)) => result.map_err(Silence::No),
            Ok(Err(_)) => {
                self.pool.manager().broke_off(client);
                Err(Silence::Yes)
            }
            Err(error) => Err(Silence::Closed(error)),
        }
    }

    fn connection(&self) -> Result<Object, DbError> {
        self.wait(self.pool.get())?.map_err(|error| match error {
            PoolError::Backend(error) => error,
            error => DbError::Unavailable(error.to_string()),
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
                DbError::Unavailable(_) if begun.elapsed() < PATIENCE => Duration::from_millis(250),
                error => return Err(error),
            };
            thread::sleep(pause);
        }
    }
}

/// Why an answer did not come, or was none.
enum Silence {
    /// The server said no.
    No(tokio_postgres::Error),
    /// It said nothing.
    Yes,
    /// There is nobody left to wait.
    Closed(DbError),
}

impl Silence {
    /// What is told of anything but a commit.
    fn told(self) -> DbError {
        match self {
            Self::No(error) => told(&error),
            Self::Yes => DbError::Unavailable("it says nothing".to_owned()),
            Self::Closed(error) => error,
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
