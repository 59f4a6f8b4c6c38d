//! Starting and stopping.

use crate::{
    Clock,
    db::DbError,
    demo::City,
    http::{self, budget::Budgets},
    keys::{Keys, Root},
    state::{State, StepError},
    storage::Storage,
};
use jiff::Timestamp;
use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};

/// Threads that may wait for the database at one time. So many writes can share one commit.
const BLOCKING_THREADS: usize = 256;

/// How a hub is to run.
pub struct Config {
    /// `ADDR:PORT`; port 0 takes any free one.
    pub listen: String,
    /// Where database and keys are, or the secret where the database is elsewhere; made if it is not there.
    pub data: PathBuf,
    /// The `postgres://` address of a database that several hubs may share, in place of one in the data directory.
    pub database: Option<String>,
    /// Fill the database with the demonstration city, and use its root.
    pub demo: bool,
    /// The region's root key (PKCS#8 DER), where the operator keeps it.
    pub root_key: Option<PathBuf>,
    /// The region that trust lists are for, six digits of GB/T 2260 or a name; the demonstration has its own.
    pub region: String,
    /// The name that documents are issued under; the demonstration has its own.
    pub issuer: String,
    /// How often missing days are added and the trust list is looked after.
    pub upkeep: Duration,
    /// Where the time comes from.
    pub clock: Clock,
    /// Clients come through a gateway that puts their addresses into `X-Forwarded-For`.
    pub behind_gateway: bool,
}

impl Config {
    /// A hub on an address with its data in a directory, everything else as usual.
    #[must_use]
    pub fn new(listen: impl Into<String>, data: impl Into<PathBuf>) -> Self {
        Self {
            listen: listen.into(),
            data: data.into(),
            database: None,
            demo: false,
            root_key: None,
            region: "local".to_owned(),
            issuer: "Anban hub".to_owned(),
            upkeep: Duration::from_secs(3600),
            clock: Arc::new(Timestamp::now),
            behind_gateway: false,
        }
    }
}

/// Why a hub could not start; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened on.
    #[error("can't listen on {address} ({source}): choose another address or port, or stop the program that has it")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The data directory can't be used.
    #[error("can't use the data directory {} ({source}): choose another with --data, or allow this user to write there", path.display())]
    Data {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another hub has the data directory.
    #[error("another hub is using the data directory {}: stop it, or choose another directory with --data", .0.display())]
    InUse(PathBuf),
    /// A file in the data directory can't be read or written.
    #[error("can't read or write {} ({source}): allow this user to", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key file is no key.
    #[error("{} can't be used as a key ({source}): restore it from a backup, or move it away and let the hub make a new one", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: anban_credential::KeyError,
    },
    /// A key file holds another key than the one that is noted.
    #[error("{} is not the key that the database has a note of: restore both from the same backup", .0.display())]
    OtherKey(PathBuf),
    /// A file is no secret.
    #[error("{} holds no secret of a hub (64 hexadecimal digits): copy it from another machine of this database, or from a backup", .0.display())]
    NoSecret(PathBuf),
    /// The keys in the database are sealed under another secret.
    #[error("the keys in this database are sealed with another secret: copy the file hub-secret from a hub that runs on it to {}", .0.display())]
    OtherSecret(PathBuf),
    /// A key that is noted is not in the database, or can't be opened.
    #[error("the database has not the key {0} that it has a note of: restore it from a backup")]
    LostKey(String),
    /// The database can't be opened or filled.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The trust list could not be signed.
    #[error("the trust list could not be signed: {0}")]
    Trust(String),
    /// The demonstration city's file is wrong.
    #[error("the demonstration city can't be read: {0}")]
    City(String),
    /// There is a real city in the database.
    #[error("the database holds another city: start without --demo, or choose an empty directory with --data")]
    NotEmpty,
    /// The system gave no threads.
    #[error("the system gave no threads ({0}): free some resources and start again")]
    Threads(io::Error),
}

/// The hub, not yet running.
#[derive(Debug)]
pub struct Hub;

/// A hub that serves until it is told to stop; dropping it stops it as well.
#[derive(Debug)]
pub struct RunningHub {
    address: SocketAddr,
    public_root: Option<PathBuf>,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
    /// Locked as long as the hub runs, so that no second one uses the same data.
    _lock: Option<fs::File>,
}

/// The signals that end a service.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl Hub {
    /// Opens everything and begins to serve. When it returns, requests are answered.
    ///
    /// # Errors
    /// [`StartError`]; each variant says what to do.
    pub fn start(config: Config) -> Result<RunningHub, StartError> {
        let storage = Storage {
            data: config.data,
            database: config.database,
        };
        let lock = storage.take()?;
        let listen_error = |source| StartError::Listen {
            address: config.listen.clone(),
            source,
        };
        let listener = TcpListener::bind(&config.listen).map_err(listen_error)?;
        listener.set_nonblocking(true).map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let (db, place) = storage.open()?;
        let city = config.demo.then(City::load).transpose()?;
        let now = (config.clock)();
        let (region, issuer) = city
            .as_ref()
            .map_or((&config.region, &config.issuer), |c| (&c.region, &c.issuer));
        let root = match (&config.root_key, config.demo) {
            (Some(path), _) => Root::File(path.clone()),
            (None, true) => Root::Demo,
            (None, false) => Root::Own,
        };
        let (keys, public_root) = Keys::open(place, db.as_ref(), &root, region, issuer)?;
        if let Some(city) = &city {
            city.fill(db.as_ref(), now)?;
        }
        let state = Arc::new(State {
            epoch: db.note("epoch", &uuid::Uuid::new_v4().to_string())?,
            base: format!("http://{address}"),
            started: now,
            register: city.map(|city| Arc::new(city.into_register())),
            trust_list: Mutex::default(),
            budgets: Budgets::default(),
            behind_gateway: config.behind_gateway,
            clock: config.clock,
            db,
            keys,
        });
        state
            .trust_list()
            .map_err(|error| StartError::Trust(error.to_string()))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name("anban-hub")
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let (stop, stopped) = watch::channel(false);
        let listener = {
            let _within = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(listen_error)?
        };
        runtime.spawn(look_after(Arc::clone(&state), config.upkeep));
        let serving = runtime.spawn(http::serve(listener, http::router(state), stopped));
        Ok(RunningHub {
            address,
            public_root,
            stop,
            serving: Some(serving),
            runtime: Some(runtime),
            _lock: lock,
        })
    }
}

impl RunningHub {
    /// The address that it really listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://addr:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The public part of a root that the hub made or keeps itself: what a region pack needs.
    #[must_use]
    pub fn public_root(&self) -> Option<&Path> {
        self.public_root.as_deref()
    }

    /// Stops: takes no new requests, finishes those that have begun, closes the database.
    pub fn shutdown(mut self) {
        self.stop_serving();
    }

    /// From now on SIGTERM and SIGINT (Ctrl-C) no longer end the process: they are kept for
    /// [`RunningHub::run_until`]. To be called before anyone is told that the hub is ready, so that no signal
    /// finds it unprepared.
    ///
    /// # Errors
    /// When the system lets no signal be waited for.
    pub fn stop_signals(&self) -> io::Result<StopSignals> {
        let _within = self.runtime.as_ref().map(Runtime::enter);
        Ok(StopSignals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Serves until one of the signals comes, then stops as [`RunningHub::shutdown`] does.
    pub fn run_until(mut self, mut signals: StopSignals) {
        if let Some(runtime) = &self.runtime {
            runtime.block_on(async {
                tokio::select! {
                    _ = signals.terminate.recv() => (),
                    _ = signals.interrupt.recv() => (),
                }
            });
        }
        self.stop_serving();
    }

    fn stop_serving(&mut self) {
        self.stop.send_replace(true);
        if let (Some(runtime), Some(serving)) = (self.runtime.take(), self.serving.take()) {
            // Dropped within another runtime (a test's, say) this must not block on that one's thread; a
            // thread of its own always may.
            let stopping = std::thread::spawn(move || {
                if runtime.block_on(serving).is_err() {
                    tracing::error!("serving broke off");
                }
                runtime.shutdown_timeout(Duration::from_secs(5));
            });
            if stopping.join().is_err() {
                tracing::error!("stopping broke off");
            }
        }
    }
}

impl Drop for RunningHub {
    fn drop(&mut self) {
        self.stop_serving();
    }
}

/// Adds missing days to a demonstration's calendar and keeps the trust list fresh.
async fn look_after(state: Arc<State>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let done = {
            let state_in_step = Arc::clone(&state);
            state
                .step(move |db| {
                    let now = state_in_step.now();
                    if state_in_step.register.is_some() {
                        let city = City::load().map_err(|_| StepError::BrokeOff)?;
                        city.roll_forward(db, now)?;
                    }
                    state_in_step.keys.forget_old_keys(db, now)?;
                    state_in_step.trust_list().map(drop)
                })
                .await
        };
        if let Err(error) = done {
            tracing::error!(%error, "the hourly upkeep failed; it is tried again at the next");
        }
    }
}
