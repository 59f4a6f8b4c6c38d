//! The servers that an address names, and which of them gives the next connection.
//!
//! They are asked one after the other, the one that gave the last connection first. Each has a time limit for all that
//! there is to do before a connection can be used: reaching it, TLS, signing in, and saying whether it takes writes. The
//! library limits reaching it alone, and the kernel of a machine that hangs still accepts.
//!
//! One that did not answer is asked last from then on, and left alone for as long as it has let a connection wait, by
//! all but one: while a leader hangs, its followers are asked again and again until one of them leads, and that must
//! not wait each time for somebody who says nothing. It is said in the log once, and once more when it answers; but for
//! the first connection of all, whose error says as much where none of them gives it.
//!
//! An open connection is as good as the server behind it. One that has idled for a moment has to answer an empty query
//! before a step gets it, and where one says nothing, no other that was opened or used before that is trusted.

use super::{
    SETTINGS,
    address::Address,
    errors::{reason, told},
};
use crate::db::DbError;
use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, RecyclingMethod};
use std::{
    ops::Deref,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::timeout;
use tokio_postgres::{Error, NoTls, SimpleQueryMessage, config::TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What is said of a server that did not answer in its time.
const NOTHING: &str = "it says nothing";

/// Makes the connections of the pool, and looks at those that are used again.
#[derive(Debug)]
pub(super) struct Servers {
    /// In the order of the address.
    all: Vec<Server>,
    /// The one that gave the last connection, if one has.
    last: Mutex<Option<usize>>,
    wanted: TargetSessionAttrs,
    /// How long one may take to give a connection, or to say that an open one is alive.
    limit: Duration,
    /// How long a connection may idle and be trusted still.
    trusted: Duration,
}

#[derive(Debug)]
struct Server {
    /// Host and port.
    name: String,
    manager: Manager,
    seen: Mutex<Seen>,
}

/// How a server has behaved.
#[derive(Debug, Default)]
struct Seen {
    /// It did not answer when it was last asked for something.
    is_silent: bool,
    /// Why, until the log says so.
    untold: Option<String>,
    /// It is left alone until then.
    rests: Option<Instant>,
    /// When an open connection to it was last found to say nothing.
    broke_off: Option<Instant>,
}

/// Why a server gave no connection.
enum No {
    /// It is well, but not the one that is wanted.
    Unwanted(&'static str),
    /// It said no, or can't be reached.
    Failed(Error),
    /// It said nothing in its time.
    Silent,
    /// It was not asked.
    Rests,
}

/// A connection, and the number of the server at its other end.
#[derive(Debug)]
pub(super) struct Connection {
    client: ClientWrapper,
    server: usize,
}

impl Deref for Connection {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

impl Servers {
    pub(super) fn new(address: Address, trusted: Duration) -> Self {
        let Address {
            servers,
            wanted,
            limit,
            tls,
        } = address;
        let tls = tls.map(MakeRustlsConnect::new);
        let server = |(name, config)| {
            let settings = ManagerConfig {
                recycling_method: RecyclingMethod::Verified,
            };
            let manager = match tls.clone() {
                Some(tls) => Manager::from_config(config, tls, settings),
                None => Manager::from_config(config, NoTls, settings),
            };
            Server {
                name,
                manager,
                seen: Mutex::default(),
            }
        };
        Self {
            all: servers.into_iter().map(server).collect(),
            last: Mutex::default(),
            wanted,
            limit,
            trusted,
        }
    }

    /// Notes that a connection got no answer. What else is open to that server is not trusted either.
    pub(super) fn broke_off(&self, connection: &Connection) {
        if let Some(server) = self.all.get(connection.server) {
            server.broke_off();
        }
    }

    /// The servers in the order in which they are asked.
    fn in_order(&self) -> Vec<(usize, &Server)> {
        let last = *lock(&self.last);
        let mut all: Vec<_> = self.all.iter().enumerate().collect();
        all.sort_by_cached_key(|(number, server)| (server.seen().is_silent, Some(*number) != last));
        all
    }

    /// Says in the log which of them have begun to give none.
    fn tell(&self) {
        for server in &self.all {
            if let Some(why) = server.seen().untold.take() {
                tracing::warn!(
                    server = server.name,
                    error = why,
                    "a database server gives no connection"
                );
            }
        }
    }

    /// Has a server give a connection that can be used.
    async fn ask(&self, server: &Server) -> Result<ClientWrapper, No> {
        let client = managed::Manager::create(&server.manager).await.map_err(No::Failed)?;
        let said = client.simple_query(SETTINGS).await.map_err(No::Failed)?;
        let only_reads = said.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        match (self.wanted, only_reads) {
            (TargetSessionAttrs::ReadWrite, Some("on")) => Err(No::Unwanted("it takes no writes")),
            (TargetSessionAttrs::ReadOnly, Some("off")) => Err(No::Unwanted("it takes writes")),
            _ => Ok(client),
        }
    }

    /// The same within the time that it has, and with what is learnt of the server by that.
    async fn ask_in_time(&self, server: &Server) -> Result<ClientWrapper, No> {
        let asked = Instant::now();
        if !server.may_be_asked(asked, self.limit) {
            return Err(No::Rests);
        }
        let answer = timeout(self.limit, self.ask(server)).await.unwrap_or(Err(No::Silent));
        match &answer {
            Ok(_) | Err(No::Unwanted(_) | No::Rests) => server.answers(),
            Err(No::Failed(error)) => server.fails(asked, reason(error)),
            Err(No::Silent) => server.fails(asked, NOTHING.to_owned()),
        }
        answer
    }
}

impl managed::Manager for Servers {
    type Type = Connection;
    type Error = DbError;

    async fn create(&self) -> Result<Connection, DbError> {
        let (mut reasons, mut is_hopeless) = (vec![], true);
        for (number, server) in self.in_order() {
            let no = match self.ask_in_time(server).await {
                Ok(client) => {
                    *lock(&self.last) = Some(number);
                    self.tell();
                    return Ok(Connection { client, server: number });
                }
                Err(no) => no,
            };
            let why = match &no {
                No::Failed(error) => &reason(error),
                No::Unwanted(why) => *why,
                No::Silent => NOTHING,
                No::Rests => "it has not answered just now",
            };
            reasons.push(format!("{}: {why}", server.name));
            is_hopeless &= matches!(no, No::Failed(error) if !matches!(told(&error), DbError::Unavailable(_)));
        }
        if lock(&self.last).is_some() {
            self.tell();
        }
        let reasons = reasons.join("; ");
        Err(if is_hopeless {
            DbError::Failed(reasons)
        } else {
            DbError::Unavailable(reasons)
        })
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<DbError> {
        let no = |why: &'static str| Err(RecycleError::message(why));
        let Some(server) = self.all.get(connection.server) else {
            return no("of no server");
        };
        let used = metrics.recycled.unwrap_or(metrics.created);
        if connection.is_closed() || server.has_broken_off_since(used) {
            return no("closed");
        }
        if used.elapsed() < self.trusted {
            return Ok(());
        }
        let alive = managed::Manager::recycle(&server.manager, &mut connection.client, metrics);
        match timeout(self.limit, alive).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => no("closed"),
            Err(_) => {
                server.broke_off();
                no(NOTHING)
            }
        }
    }

    fn detach(&self, connection: &mut Connection) {
        if let Some(server) = self.all.get(connection.server) {
            managed::Manager::detach(&server.manager, &mut connection.client);
        }
    }
}

impl Server {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    /// Whether it is asked now. Of one that did not answer, one connection finds out at a time.
    fn may_be_asked(&self, now: Instant, limit: Duration) -> bool {
        let mut seen = self.seen();
        if seen.rests.is_some_and(|until| now < until) {
            return false;
        }
        if seen.is_silent {
            seen.rests = now.checked_add(limit);
        }
        true
    }

    fn answers(&self) {
        let mut seen = self.seen();
        seen.rests = None;
        let was_told = seen.untold.take().is_none();
        if std::mem::take(&mut seen.is_silent) && was_told {
            tracing::info!(server = self.name, "a database server answers again");
        }
    }

    fn fails(&self, asked: Instant, why: String) {
        let mut seen = self.seen();
        seen.rests = Instant::now().checked_add(asked.elapsed());
        if !std::mem::replace(&mut seen.is_silent, true) {
            seen.untold = Some(why);
        }
    }

    fn broke_off(&self) {
        let mut seen = self.seen();
        seen.broke_off = Some(Instant::now());
        if !std::mem::replace(&mut seen.is_silent, true) {
            tracing::warn!(
                server = self.name,
                "a database server does not answer on an open connection"
            );
        }
    }

    fn has_broken_off_since(&self, used: Instant) -> bool {
        self.seen().broke_off.is_some_and(|when| used <= when)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
