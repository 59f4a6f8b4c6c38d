//! What all requests share: database, keys, clock.

use crate::{
    Clock,
    accounts::Door,
    db::{Database, DbError, TrustListRow},
    demo::{DayPlan, HealthRegister},
    epoch::Epoch,
    gateway::Gateway,
    http::{budget::Budgets, paging::Pages},
    keys::Keys,
    metrics::Metrics,
    waiting::Watch,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    time::{Duration, Instant},
};

/// A trust list is signed anew after this, long before it expires.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Shared by all requests.
pub(crate) struct State {
    pub(crate) db: Arc<dyn Database>,
    pub(crate) clock: Clock,
    /// What the addresses in answers begin with, such as `http://addr:port`: without a slash at its end.
    pub(crate) base: String,
    pub(crate) epoch: Epoch,
    /// Makes and reads the links to the pages of searches.
    pub(crate) pages: Pages,
    pub(crate) started: Timestamp,
    pub(crate) keys: Keys,
    /// Who is in which state of health; a hub without a register issues no health documents.
    pub(crate) register: Option<Arc<HealthRegister>>,
    /// How days go in the demonstration city, where time calls the numbers.
    pub(crate) day: Option<DayPlan>,
    /// Who waits for feeds.
    pub(crate) watch: Watch,
    /// The trust list that was signed last.
    pub(crate) trust_list: Mutex<Option<Arc<TrustListRow>>>,
    /// How much of what must not be gone through one by one an address may ask.
    pub(crate) budgets: Budgets,
    /// Who is let in without having signed in.
    pub(crate) door: Door,
    /// Hospitals that have a server of their own.
    pub(crate) gateway: Option<Arc<Gateway>>,
    /// What is counted.
    pub(crate) metrics: Arc<Metrics>,
    /// The hub has been told to stop.
    pub(crate) stopping: AtomicBool,
    /// Clients come through a gateway that says in `X-Forwarded-For` who they are.
    pub(crate) behind_gateway: bool,
}

/// Why a step failed: either the database or what the step itself decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Refused(#[from] crate::booking::Refused),
    #[error("a document could not be signed: {0}")]
    Issue(#[from] anban_credential::IssueError),
    #[error("a trust list could not be signed: {0}")]
    Trust(#[from] anban_credential::TrustError),
    #[error(transparent)]
    Declined(#[from] crate::refused::Refused),
    #[error("no issuing key is left that was not taken back: make one with anban-hub rotate-key --lead-days 0")]
    NoKey,
    #[error("an issuing key could not be read: {0}")]
    Key(Box<crate::StartError>),
    #[error(transparent)]
    Denied(#[from] crate::accounts::Denied),
    #[error(transparent)]
    NoChance(#[from] crate::accounts::NoChance),
    #[error(transparent)]
    Request(#[from] anban_wire::scheduling::RequestError),
    #[error("the request was refused")]
    Answer(crate::http::error::ApiError),
    #[error("the step broke off")]
    BrokeOff,
}

impl State {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Runs a step on the database on a thread that may block.
    pub(crate) async fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&dyn Database) -> Result<T, StepError> + Send + 'static,
    ) -> Result<T, StepError> {
        let (db, began) = (Arc::clone(&self.db), Instant::now());
        let done = tokio::task::spawn_blocking(move || step(db.as_ref()))
            .await
            .unwrap_or(Err(StepError::BrokeOff));
        self.metrics.stepped(began.elapsed());
        // A text that can't be kept is its sender's fault.
        if matches!(&done, Err(StepError::Db(error)) if !matches!(error, DbError::Unkeepable))
            || matches!(&done, Err(StepError::BrokeOff))
        {
            self.metrics.step_failed();
        }
        done
    }

    /// How long ago the trust list was signed that is held.
    pub(crate) fn trust_list_age(&self) -> Option<Duration> {
        // Somebody is signing one at this moment: it is as good as new, but nobody waits for that.
        let held = self.trust_list.try_lock().ok()?;
        let age = self.now().duration_since(held.as_ref()?.issued_at);
        Some(age.try_into().unwrap_or_default())
    }

    /// The signed trust list as it is now: a new one, with the next number, where something was taken back, a key came
    /// or went, a day has passed, or the clock was set back. Blocks; one list is signed at a time.
    ///
    /// It is published in the database, so that all hubs on it serve the same: of two that are signed at the same
    /// moment all serve the one with the higher number.
    pub(crate) fn trust_list(&self) -> Result<Arc<TrustListRow>, StepError> {
        let mut held = self.trust_list.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        let changes = self.db.trust_changes()?;
        let is_current = |list: &TrustListRow| {
            list.changes == changes && list.issued_at <= now && now.duration_since(list.issued_at) < RENEWED_AFTER
        };
        let published = self.db.published_number(&self.keys.region)?;
        // At the start nothing is held: the options may be others than those of the list that is published.
        if let Some(list) = held.as_ref() {
            let is_published = published == Some((list.sequence, list.changes));
            if is_published && is_current(list) {
                return Ok(Arc::clone(list));
            }
            if !is_published
                && let Some(other) = self.db.published(&self.keys.region)?
                && is_current(&other)
            {
                return Ok(Arc::clone(held.insert(Arc::new(other))));
            }
        }
        let list = self.keys.sign_trust_list(self.db.as_ref(), now)?;
        tracing::info!(sequence = list.sequence, "a new trust list was signed");
        self.db.publish(&list)?;
        let list = self.db.published(&self.keys.region)?.unwrap_or(list);
        Ok(Arc::clone(held.insert(Arc::new(list))))
    }
}
