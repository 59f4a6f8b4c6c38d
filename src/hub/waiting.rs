//! Who waits for a feed to change.
//!
//! One task asks the database for the heads of all feeds that somebody waits for, once in a while and for all of them
//! at once; so a change is noticed whichever hub on the same database has made it.

use crate::{db::Log, state::State};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How often the heads are asked for while somebody waits.
const EVERY: Duration = Duration::from_millis(750);
/// How many may wait at one time.
const MAX_WAITING: usize = 200;

/// The feeds that somebody waits for, each with its newest number.
#[derive(Debug)]
pub(crate) struct Watch {
    feeds: Mutex<BTreeMap<Log, watch::Sender<Option<u64>>>>,
    places: Arc<Semaphore>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            feeds: Mutex::default(),
            places: Arc::new(Semaphore::new(MAX_WAITING)),
        }
    }
}

/// Somebody who waits: the newest number whenever there is one, until the hub stops.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) head: watch::Receiver<Option<u64>>,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    /// A place to wait for a feed; none when too many wait already.
    pub(crate) fn wait_for(&self, log: Log) -> Option<Waiting> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = feeds.entry(log).or_insert_with(|| watch::Sender::new(None));
        Some(Waiting {
            head: sender.subscribe(),
            _place: place,
        })
    }

    /// Sends everyone away who waits.
    pub(crate) fn close(&self) {
        self.places.close();
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn waited_for(&self) -> Vec<Log> {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.retain(|_, sender| sender.receiver_count() > 0);
        feeds.keys().cloned().collect()
    }

    fn tell(&self, logs: &[Log], heads: &[u64]) {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        for (log, head) in logs.iter().zip(heads) {
            if let Some(sender) = feeds.get(log) {
                sender.send_if_modified(|known| known.replace(*head) != Some(*head));
            }
        }
    }
}

/// Looks after those who wait, for as long as the hub runs.
pub(crate) async fn look_out(state: Arc<State>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let logs = state.watch.waited_for();
        if logs.is_empty() {
            continue;
        }
        let asked = logs.clone();
        match state.step(move |db| Ok(db.heads(&asked)?)).await {
            Ok(heads) => state.watch.tell(&logs, &heads),
            Err(error) => tracing::warn!(%error, "the heads of the feeds could not be read; they are asked for again"),
        }
    }
}
