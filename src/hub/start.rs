//! Starting and stopping.

use crate::{
    accounts::Door,
    config::{Config, StartError},
    demo::City,
    epoch::{self, Epoch},
    gateway::{self, Gateway, GatewayConfig},
    http::{self, Serving, budget::Budgets, paging::Pages},
    keys::{Keys, Root},
    metrics::Metrics,
    state::{State, StepError},
    storage::{Lock, Storage},
    tls::Tls,
    trail,
    waiting::{self, Watch},
};
use anban_wire::shows_only;
use jiff::{SignedDuration, Timestamp};
use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};

/// How often the demonstration city looks whose turn it is.
const DAYS_GO_ON: Duration = Duration::from_secs(5);

/// Threads that may wait for the database at one time. So many writes can share one commit.
const BLOCKING_THREADS: usize = 256;

/// The hub, not yet running.
#[derive(Debug)]
pub struct Hub;

/// A hub that serves until it is told to stop; dropping it stops it as well.
pub struct RunningHub {
    address: SocketAddr,
    scheme: &'static str,
    metrics_address: Option<SocketAddr>,
    state: Arc<State>,
    tls: Option<Arc<Tls>>,
    drain: Duration,
    public_root: Option<PathBuf>,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
    /// Locked as long as the hub runs, so that no second one uses the same data.
    _lock: Option<Lock>,
}

/// The signals that end a service.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

/// An address that is ours, before anyone is served there.
struct Listening {
    listener: TcpListener,
    address: SocketAddr,
}

impl Listening {
    fn on(address: &str) -> Result<Self, StartError> {
        let open = || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok((listener.local_addr()?, listener))
        };
        let (local, listener) = open().map_err(|source| StartError::Listen {
            address: address.to_owned(),
            source,
        })?;
        Ok(Self {
            listener,
            address: local,
        })
    }

    /// To be called within a runtime.
    fn tokio(self) -> Result<tokio::net::TcpListener, StartError> {
        tokio::net::TcpListener::from_std(self.listener).map_err(|source| StartError::Listen {
            address: self.address.to_string(),
            source,
        })
    }
}

impl Hub {
    /// Opens everything and begins to serve. When it returns, requests are answered.
    ///
    /// # Errors
    /// [`StartError`]; each variant says what to do.
    pub fn start(config: Config) -> Result<RunningHub, StartError> {
        let public_url = config.public_url()?;
        let storage = Storage {
            data: config.data,
            database: config.database,
        };
        let lock = storage.take()?;
        let listening = Listening::on(&config.listen)?;
        let address = listening.address;
        let metrics = config.metrics.as_deref().map(Listening::on).transpose()?;
        let gateway = config.gateway.as_deref().map(GatewayConfig::read).transpose()?;
        let tls = config.tls.map(Tls::open).transpose()?.map(Arc::new);
        let scheme = if tls.is_some() { "https" } else { "http" };
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
        let metrics_kept = Arc::<Metrics>::default();
        let gateway = gateway.map(|config| Gateway::open(config, db.as_ref(), &metrics_kept));
        let gateway = gateway.transpose()?;
        gateway::let_go(gateway.as_ref(), db.as_ref())?;
        let state = Arc::new(State {
            epoch: Epoch::open(db.as_ref())?,
            pages: Pages::of(db.as_ref())?,
            base: public_url.unwrap_or_else(|| format!("{scheme}://{address}")),
            started: now,
            day: city.as_ref().map(City::day_plan),
            watch: Watch::default(),
            register: city.map(|city| Arc::new(city.into_register())),
            trust_list: Mutex::default(),
            budgets: Budgets::new(config.requests_per_second),
            door: if config.demo || config.open {
                Door::Open
            } else {
                Door::SignIn
            },
            gateway: gateway.map(Arc::new),
            metrics: metrics_kept,
            stopping: AtomicBool::new(false),
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
        let within = runtime.enter();
        let metrics_address = metrics.as_ref().map(|metrics| metrics.address);
        if let Some(metrics) = metrics {
            let serving = Serving {
                router: http::metrics_router(Arc::clone(&state)),
                tls: None,
                metrics: Arc::clone(&state.metrics),
            };
            runtime.spawn(http::serve(metrics.tokio()?, serving, stopped.clone()));
        }
        runtime.spawn(look_after(Arc::clone(&state), config.upkeep));
        runtime.spawn(waiting::look_out(Arc::clone(&state)));
        runtime.spawn(epoch::look_out(Arc::clone(&state)));
        runtime.spawn(let_days_go_on(Arc::clone(&state)));
        runtime.spawn(trail::keep_sealed(Arc::clone(&state)));
        gateway::keep_following(&state, &runtime);
        let serving = Serving {
            router: http::router(Arc::clone(&state)),
            tls: tls.clone(),
            metrics: Arc::clone(&state.metrics),
        };
        let serving = runtime.spawn(http::serve(listening.tokio()?, serving, stopped));
        drop(within);
        Ok(RunningHub {
            address,
            scheme,
            metrics_address,
            state,
            tls,
            drain: config.drain,
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

    /// `http://addr:port`, or `https://…` with a certificate.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where metrics are served, if that is apart.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics_address
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

    /// From now on SIGTERM, SIGINT (Ctrl-C) and SIGHUP no longer end the process: they are kept for
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
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Serves until SIGTERM or SIGINT comes, then stops as [`RunningHub::shutdown`] does. SIGHUP has it read its
    /// certificate again.
    pub fn run_until(mut self, mut signals: StopSignals) {
        if let Some(runtime) = &self.runtime {
            let reload = || self.reload_certificate();
            runtime.block_on(async {
                loop {
                    tokio::select! {
                        _ = signals.terminate.recv() => break,
                        _ = signals.interrupt.recv() => break,
                        _ = signals.hang_up.recv() => reload(),
                    }
                }
                // Who sends requests here learns by `/ready` to send them elsewhere, before none is taken any more.
                self.state.stopping.store(true, Ordering::Relaxed);
                tokio::select! {
                    () = tokio::time::sleep(self.drain) => (),
                    _ = signals.terminate.recv() => (),
                    _ = signals.interrupt.recv() => (),
                }
            });
        }
        self.stop_serving();
    }

    /// Reads certificate and key again; new connections are shown them. Files that can't be used change nothing.
    pub fn reload_certificate(&self) {
        let Some(tls) = &self.tls else { return };
        match tls.reload() {
            Ok(()) => tracing::info!("certificate and key were read again"),
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }

    fn stop_serving(&mut self) {
        self.state.stopping.store(true, Ordering::Relaxed);
        self.state.watch.close();
        self.stop.send_replace(true);
        if let (Some(runtime), Some(serving)) = (self.runtime.take(), self.serving.take()) {
            let state = Arc::clone(&self.state);
            // Dropped within another runtime (a test's, say) this must not block on that one's thread; a
            // thread of its own always may.
            let stopping = std::thread::spawn(move || {
                if runtime.block_on(serving).is_err() {
                    tracing::error!("serving broke off");
                }
                if let Err(error) = trail::seal(state.db.as_ref()) {
                    tracing::warn!(%error, "notes of the audit trail are sealed at the next start");
                }
                runtime.shutdown_timeout(Duration::from_secs(5));
            });
            if stopping.join().is_err() {
                tracing::error!("stopping broke off");
            }
        }
    }
}

// Shows where it listens.
shows_only!(RunningHub { address });

impl Drop for RunningHub {
    fn drop(&mut self) {
        self.stop_serving();
    }
}

/// Calls numbers in the demonstration city.
async fn let_days_go_on(state: Arc<State>) {
    while state.day.is_some() {
        tokio::time::sleep(DAYS_GO_ON).await;
        let state_in_step = Arc::clone(&state);
        let done = state.step(move |db| {
            let plan = state_in_step.day.as_ref();
            Ok(plan.map_or(Ok(()), |plan| plan.go_on(db, state_in_step.now()))?)
        });
        if let Err(error) = done.await {
            tracing::warn!(%error, "no number could be called; it is tried again");
        }
    }
}

/// Times that are past for longer, and that nobody booked, are dropped.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Adds missing days to a demonstration's calendar, drops what is long past, and keeps the trust list fresh.
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
                    db.forget_past(now.checked_sub(KEPT_FOR).unwrap_or(Timestamp::MIN))?;
                    db.forget_expired(now)?;
                    trail::tell_end(db)?;
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
