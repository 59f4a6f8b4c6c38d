//! The audit trail: it is kept sealed while the hub runs, and checked when the operator asks whether every note is as it
//! was sealed.

use crate::{
    db::{AuditHead, Database, DbError},
    operator::{OperatorError, open},
    state::State,
    storage::Storage,
};
use std::{sync::Arc, time::Duration};

/// How soon notes are sealed.
const SEALED_EVERY: Duration = Duration::from_secs(2);
/// How many at a time, so that a step stays short.
const MOST_SEALED: u32 = 500;

/// Notes that are read at a time.
const PAGE: u32 = 1000;

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Every note is as it was sealed.
    Holds {
        /// The end of the chain. An operator who writes it down can ask for it later.
        head: AuditHead,
        /// Notes that wait for being sealed, within the next seconds.
        unsealed: u32,
    },
    /// The note of this number, or one before it, was changed, dropped or put in between.
    Broken(i64),
    /// The chain holds, but it is not the one that had this end: it was made anew from some note on, or cut off.
    Another(i64),
}

/// Goes through the whole trail. With `noted`, an end that was written down before, it must be a part of the chain.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn verify(storage: impl Into<Storage>, noted: Option<&AuditHead>) -> Result<Verified, OperatorError> {
    let (db, _) = open(&storage.into())?;
    check(db.as_ref(), noted)
}

fn check(db: &dyn Database, noted: Option<&AuditHead>) -> Result<Verified, OperatorError> {
    let mut head = AuditHead {
        number: 0,
        hash: String::new(),
    };
    let mut is_noted = noted.is_none_or(|noted| noted.number == 0);
    loop {
        let page = db.audit_chain(head.number, PAGE)?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let number = head.number + 1;
            let hash = row.note.seal(number, &head.hash);
            if row.number != Some(number) || row.hash.as_ref() != Some(&hash) {
                return Ok(Verified::Broken(number));
            }
            head = AuditHead { number, hash };
            if let Some(noted) = noted.filter(|noted| noted.number == number) {
                if noted.hash != head.hash {
                    return Ok(Verified::Another(number));
                }
                is_noted = true;
            }
        }
    }
    match noted {
        Some(noted) if !is_noted => Ok(Verified::Another(noted.number)),
        _ => Ok(Verified::Holds {
            unsealed: db.audit_unsealed()?,
            head,
        }),
    }
}

/// Seals notes soon after they were written. Several hubs on one database do it in turns.
pub(crate) async fn keep_sealed(state: Arc<State>) {
    loop {
        tokio::time::sleep(SEALED_EVERY).await;
        if let Err(error) = state.step(|db| Ok(seal(db)?)).await {
            tracing::warn!(%error, "notes of the audit trail are not sealed yet; it is tried again");
        }
    }
}

/// Seals all notes that there are.
pub(crate) fn seal(db: &dyn Database) -> Result<(), DbError> {
    while db.audit_unsealed()? > 0 {
        let (_, sealed) = db.seal_audit(MOST_SEALED)?;
        if sealed == 0 {
            break;
        }
    }
    Ok(())
}

/// Puts the end of the chain into the log: whoever keeps the log apart can tell later whether the trail was made anew.
pub(crate) fn tell_end(db: &dyn Database) -> Result<(), DbError> {
    let (head, _) = db.seal_audit(MOST_SEALED)?;
    tracing::info!(number = head.number, hash = head.hash, "the end of the audit trail");
    Ok(())
}
