//! The threads that carry requests over while the app goes on.
//!
//! There are three, so that none holds another up: one for requests (a booking must not wait for a directory), one
//! for fetches, and one that watches the network ([`crate::network`]). All of them tell what they have through the
//! one closure that the app gave.
//!
//! Nothing here is kept: what was asked and not answered when the program ends is still in the outbox. So the end
//! need not wait for a slow hub; see [`Limits::farewell`].

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anban_core::app::Link;
use anban_core::effect::{FeedName, Fetched, Listening, Wanted};
use anban_core::ids::RequestId;
use anban_core::outbox::{Answer, Credentials, Request, Trouble};
use jiff::Timestamp;

use crate::client::Client;
use crate::limits::Limits;
use crate::listen::Listener;
use crate::network::Links;

/// What the threads have to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// What came of a request.
    Answer {
        /// The request.
        id: RequestId,
        /// What came of it.
        answer: Answer,
    },
    /// What came of a fetch.
    Fetched(Fetched),
    /// A network is there that was not there before: what waits is worth trying now.
    NetworkBack,
    /// Which network there is now.
    Link(Link),
    /// A feed that is listened to has something new.
    Changed(FeedName),
}

/// Sends and fetches in the background.
///
/// Dropping it ends the threads: no report begins after that, and the drop waits [`Limits::farewell`] at most.
#[derive(Debug)]
pub struct Sync {
    // In this order: the threads end when these are gone.
    sends: Option<Sender<Sending>>,
    fetches: Option<Sender<Fetching>>,
    watch: Option<Sender<()>>,
    listener: Listener,
    client: Client,
    reporter: Reporter,
    ended: Receiver<()>,
    farewell: Duration,
}

#[derive(Debug)]
struct Sending {
    account: Option<Credentials>,
    hub: String,
    id: RequestId,
    request: Request,
}

#[derive(Debug)]
struct Fetching {
    account: Option<Credentials>,
    hub: String,
    what: Wanted,
    now: Timestamp,
}

impl Sync {
    /// Starts the threads. `report` is called from them, one call at a time; it should hand the report on and
    /// return.
    #[must_use]
    pub fn start(report: impl Fn(Report) + Send + 'static) -> Self {
        Self::start_with(Limits::default(), report)
    }

    /// Starts the threads with other limits.
    #[must_use]
    pub fn start_with(limits: Limits, report: impl Fn(Report) + Send + 'static) -> Self {
        let reporter = Reporter::new(report);
        let (sends, to_send) = mpsc::channel();
        let (fetches, to_fetch) = mpsc::channel();
        let (watch, until) = mpsc::channel();
        // Nothing is ever sent through it: it is disconnected when the last thread has ended.
        let (end, ended) = mpsc::channel();
        let client = Client::with_limits(limits);
        spawn("sync-send", &end, {
            let (client, reporter) = (client.clone(), reporter.clone());
            move || send_all(&client, &to_send, &reporter)
        });
        spawn("sync-fetch", &end, {
            let (client, reporter) = (client.clone(), reporter.clone());
            move || fetch_all(&client, &to_fetch, &reporter)
        });
        spawn("sync-network", &end, {
            let reporter = reporter.clone();
            move || watch_network(Path::new("/"), limits.watch_every, &until, &reporter)
        });
        Self {
            sends: Some(sends),
            fetches: Some(fetches),
            watch: Some(watch),
            listener: Listener::default(),
            client,
            reporter,
            ended,
            farewell: limits.farewell,
        }
    }

    /// Sends a request, after those that were given before. Returns at once; comes back as [`Report::Answer`].
    pub fn send(&self, account: Option<Credentials>, hub: String, id: RequestId, request: Request) {
        let job = Sending {
            account,
            hub,
            id,
            request,
        };
        if self.sends.as_ref().is_none_or(|sends| sends.send(job).is_err()) {
            self.reporter.report(Report::Answer {
                id,
                answer: Answer::NoAnswer(Trouble::Unreachable),
            });
        }
    }

    /// Fetches something. Returns at once; comes back as [`Report::Fetched`], once where the same is asked for again
    /// while it waits. `now` is noted as the time at which it came.
    pub fn fetch(&self, account: Option<Credentials>, hub: String, what: Wanted, now: Timestamp) {
        let job = Fetching {
            account,
            hub,
            what,
            now,
        };
        let what = job.what.clone();
        if self.fetches.as_ref().is_some_and(|fetches| fetches.send(job).is_err()) {
            let trouble = Trouble::Unreachable;
            self.reporter
                .report(Report::Fetched(Fetched::Nothing { what, trouble }));
        }
    }
}

impl Sync {
    /// Listens to a feed in the place of whatever was listened to; comes back as [`Report::Changed`].
    pub fn listen(&mut self, listening: Option<Listening>) {
        let reporter = self.reporter.clone();
        self.listener.set(&self.client, listening, move |feed| {
            reporter.report(Report::Changed(feed))
        });
    }
}

impl Drop for Sync {
    fn drop(&mut self) {
        self.reporter.silence();
        self.sends = None;
        self.fetches = None;
        self.watch = None;
        if self.ended.recv_timeout(self.farewell) == Err(RecvTimeoutError::Timeout) {
            // It ends by itself, within the limit for a whole exchange.
            tracing::info!("an exchange with the hub was still under way at the end");
        }
    }
}

/// Starts a thread that holds `end` as long as it lives. Where the system has no thread left, its channel is
/// closed, and whatever is asked of it is answered with "unreachable".
fn spawn(name: &str, end: &Sender<()>, work: impl FnOnce() + Send + 'static) {
    let end = end.clone();
    let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
        work();
        drop(end);
    });
    if let Err(error) = thread {
        tracing::error!(%error, name, "no thread could be started");
    }
}

fn send_all(client: &Client, jobs: &Receiver<Sending>, reporter: &Reporter) {
    for Sending {
        account,
        hub,
        id,
        request,
    } in jobs
    {
        // At the end of the program what still waits is left to the outbox.
        if reporter.is_silent() {
            return;
        }
        reporter.report(Report::Answer {
            id,
            answer: client.send_as(account.as_ref(), &hub, id, &request),
        });
    }
}

fn fetch_all(client: &Client, jobs: &Receiver<Fetching>, reporter: &Reporter) {
    let mut waiting: Vec<Fetching> = Vec::new();
    while let Some(next) = take_first(&mut waiting, jobs) {
        if reporter.is_silent() {
            return;
        }
        reporter.report(Report::Fetched(client.fetch_as(
            next.account.as_ref(),
            &next.hub,
            &next.what,
            next.now,
        )));
    }
}

/// The next fetch, waiting for one if there is none. What was asked for twice meanwhile is fetched once, as asked
/// last: a hub that hangs must not leave a queue of the same question behind it.
fn take_first(waiting: &mut Vec<Fetching>, jobs: &Receiver<Fetching>) -> Option<Fetching> {
    if waiting.is_empty() {
        waiting.push(jobs.recv().ok()?);
    }
    for job in jobs.try_iter() {
        match waiting
            .iter_mut()
            .find(|known| (&known.hub, &known.what) == (&job.hub, &job.what))
        {
            Some(known) => *known = job,
            None => waiting.push(job),
        }
    }
    Some(waiting.remove(0))
}

fn watch_network(root: &Path, every: Duration, until: &Receiver<()>, reporter: &Reporter) {
    let mut before = Links::see(root);
    // Where the system does not say, there is nothing to wait for.
    if !Links::can_be_seen(root) {
        return;
    }
    reporter.report(Report::Link(before.link()));
    while until.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
        let now = Links::see(root);
        if now.link() != before.link() {
            reporter.report(Report::Link(now.link()));
        }
        if now.gained_since(&before) {
            tracing::info!("a network has come up");
            reporter.report(Report::NetworkBack);
        }
        before = now;
    }
}

/// The closure that is told everything, shared by the threads.
#[derive(Clone)]
struct Reporter {
    report: Arc<Mutex<dyn Fn(Report) + Send>>,
    silent: Arc<AtomicBool>,
}

impl Reporter {
    fn new(report: impl Fn(Report) + Send + 'static) -> Self {
        Self {
            report: Arc::new(Mutex::new(report)),
            silent: Arc::new(AtomicBool::new(false)),
        }
    }

    fn report(&self, report: Report) {
        // A closure that panicked once may be called again: nothing of ours is half done.
        let closure = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_silent() {
            closure(report);
        }
    }

    fn silence(&self) {
        self.silent.store(true, Ordering::Release);
    }

    fn is_silent(&self) -> bool {
        self.silent.load(Ordering::Acquire)
    }
}

impl std::fmt::Debug for Reporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reporter")
            .field("silent", &self.is_silent())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::fs;

    use super::*;

    #[test]
    fn a_network_that_comes_up_is_reported_once() {
        let system = tempfile::tempdir().unwrap();
        let interface = system.path().join("sys/class/net/wlan0");
        fs::create_dir_all(&interface).unwrap();
        fs::write(interface.join("operstate"), "down\n").unwrap();
        let (reports, reported) = mpsc::channel();
        let (end, until) = mpsc::channel();
        let root = system.path().to_owned();
        let every = Duration::from_millis(10);
        let watcher = thread::spawn(move || {
            watch_network(
                &root,
                every,
                &until,
                &Reporter::new(move |report| reports.send(report).unwrap()),
            );
        });
        assert_eq!(
            reported.recv_timeout(Duration::from_secs(5)),
            Ok(Report::Link(Link::None))
        );
        assert_eq!(reported.recv_timeout(every * 10), Err(RecvTimeoutError::Timeout));
        fs::write(interface.join("operstate"), "up\n").unwrap();
        assert_eq!(
            reported.recv_timeout(Duration::from_secs(5)),
            Ok(Report::Link(Link::Free))
        );
        assert_eq!(reported.recv_timeout(Duration::from_secs(5)), Ok(Report::NetworkBack));
        assert_eq!(reported.recv_timeout(every * 10), Err(RecvTimeoutError::Timeout));
        drop(end);
        watcher.join().unwrap();
    }

    #[test]
    fn the_watcher_ends_at_once_where_the_system_says_nothing() {
        let (_end, until) = mpsc::channel();
        let empty = tempfile::tempdir().unwrap();
        watch_network(empty.path(), Duration::from_secs(60), &until, &Reporter::new(|_| ()));
    }
}
