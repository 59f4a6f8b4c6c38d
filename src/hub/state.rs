//! What all requests share: database, keys, clock.

use crate::{
    Clock,
    db::{Database, DbError},
    demo::HealthRegister,
    keys::Keys,
};
use jiff::Timestamp;
use std::sync::{Arc, PoisonError, RwLock};

/// Shared by all requests.
pub(crate) struct State {
    pub(crate) db: Arc<dyn Database>,
    pub(crate) clock: Clock,
    /// `http://addr:port`, without a slash at its end.
    pub(crate) base: String,
    /// Names the life of this database: another one means that it was made anew.
    pub(crate) epoch: String,
    pub(crate) started: Timestamp,
    pub(crate) keys: Keys,
    /// Who is in which state of health; a hub without a register issues no health documents.
    pub(crate) register: Option<Arc<HealthRegister>>,
    pub(crate) trust_list: RwLock<Vec<u8>>,
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
        let db = Arc::clone(&self.db);
        tokio::task::spawn_blocking(move || step(db.as_ref()))
            .await
            .unwrap_or(Err(StepError::BrokeOff))
    }

    /// The signed trust list as it is now.
    pub(crate) fn trust_list(&self) -> Vec<u8> {
        self.trust_list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Signs a new trust list with the next sequence number.
    pub(crate) fn renew_trust_list(&self) -> Result<(), StepError> {
        let list = self.keys.sign_trust_list(self.db.as_ref(), self.now())?;
        *self.trust_list.write().unwrap_or_else(PoisonError::into_inner) = list;
        Ok(())
    }
}
