//! The epoch names the life of a database: another one means that it was restored or made anew, and devices then compare
//! what they have with what the hub has.
//!
//! Several hubs may run on a database when it gets a new one. Feeds say the epoch that the database had before they were
//! read, in the same step, so that numbers of one life never pass for those of another; everything else says what was
//! seen last, which each hub looks after.

use crate::{
    db::{Database, DbError},
    state::State,
};
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use uuid::Uuid;

/// The note that has it.
pub(crate) const NOTE: &str = "epoch";
/// How often a hub that is asked for nothing looks.
const EVERY: Duration = Duration::from_secs(5);

/// The epoch as this hub has seen it last.
#[derive(Debug)]
pub(crate) struct Epoch(RwLock<Arc<str>>);

impl Epoch {
    /// Reads it; a new database gets one.
    ///
    /// # Errors
    /// When the database fails, as for all of it.
    pub(crate) fn open(db: &dyn Database) -> Result<Self, DbError> {
        let epoch = db.note(NOTE, &Uuid::new_v4().to_string())?;
        Ok(Self(RwLock::new(epoch.into())))
    }

    /// What was seen last.
    pub(crate) fn seen(&self) -> Arc<str> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What it is now.
    pub(crate) fn read(&self, db: &dyn Database) -> Result<String, DbError> {
        let epoch = db.noted(NOTE)?.ok_or(DbError::Damaged("note"))?;
        if *self.seen() != *epoch {
            tracing::warn!("the database has a new epoch: it was restored");
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = epoch.as_str().into();
        }
        Ok(epoch)
    }
}

/// Looks for as long as the hub runs.
pub(crate) async fn look_out(state: Arc<State>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let asked = Arc::clone(&state);
        // A database that can't be read is told of by those who need it.
        if let Err(error) = state.step(move |db| Ok(asked.epoch.read(db)?)).await {
            tracing::debug!(%error, "the epoch could not be read");
        }
    }
}
