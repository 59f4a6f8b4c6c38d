//! What an operator does beside a hub that runs or stands still: taking back and changing keys.
//!
//! Everything here is a step on the hub's database, which two processes may share (SQLite by its WAL). A running hub looks at
//! the count of such steps whenever it is asked for the trust list, and signs a new one; a hub that stands still does
//! so when it starts.

use crate::{
    StartError,
    db::{Database, DbError, KeyRow, Subject},
    keys::{KeyPlace, make_key, schedule_of},
    storage::{DATABASE_FILE, Storage},
};
use jiff::{SignedDuration, Timestamp};
use std::{path::PathBuf, sync::Arc};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// There is no hub's database.
    #[error("there is no hub in {}: name its directory with --data, and let the hub start there once", .0.display())]
    NoHub(PathBuf),
    /// The database is empty.
    #[error(
        "there is no hub in this database yet: see that --database names the right one, and let a hub start on it once"
    )]
    EmptyDatabase,
    /// No id of a document.
    #[error("a document's id has 32 hexadecimal digits, like the \"cti\" that `anban verify` shows")]
    NotAnId,
    /// No key of this hub.
    #[error("this hub has no such key; its keys are {}", .0.join(", "))]
    NoSuchKey(Vec<String>),
    /// A new key is there already.
    #[error("the new key {key} begins to sign at {from}: wait for that before making another")]
    Waiting {
        /// The key.
        key: String,
        /// When it begins.
        from: Timestamp,
    },
    /// The lead time is none.
    #[error("the lead time must have 0 to 365 days")]
    Lead,
    /// The file for a backup is there.
    #[error("there is a file {} already: give another name", .0.display())]
    Exists(PathBuf),
    /// No backup.
    #[error("{} can't be restored ({why}): choose another backup, one that `anban-hub backup` has made", path.display())]
    Backup {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: DbError,
    },
    /// A name is none.
    #[error("the name must have 1 to 64 characters and no control characters")]
    Name,
    /// No such member of staff.
    #[error("there is no member of staff with this id: anban-hub staff list shows all")]
    NoSuchStaff,
    /// No random numbers.
    #[error("the system gave no random numbers: look at its log and start again")]
    NoChance,
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] StartError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A key that begins to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begins {
    /// Its id.
    pub key: String,
    /// When it begins to sign. It is in the trust list at once.
    pub from: Timestamp,
}

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// False if that had been done before.
    pub is_new: bool,
    /// False if the hub has no note of it: it may be a slip, or older than the database.
    pub is_known: bool,
    /// The key that signs in the place of the one that was taken back, where that was the one that signed.
    pub successor: Option<Begins>,
}

impl From<KeyRow> for Begins {
    fn from(row: KeyRow) -> Self {
        Self {
            key: row.key_id,
            from: row.signs_from,
        }
    }
}

/// Takes a document back.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn revoke_document(storage: impl Into<Storage>, id: &str, now: Timestamp) -> Result<TakenBack, OperatorError> {
    let id = id.trim().to_ascii_lowercase();
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(OperatorError::NotAnId);
    }
    let (db, _) = open(&storage.into())?;
    Ok(TakenBack {
        is_known: db.document(&id)?.is_some(),
        is_new: db.revoke(Subject::Document, &id, now)?,
        successor: None,
    })
}

/// Takes a key back, and with it every document that it signed. If it is the one that signs, another begins at once:
/// the one that waits for its turn, or a new one.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn revoke_key(storage: impl Into<Storage>, key: &str, now: Timestamp) -> Result<TakenBack, OperatorError> {
    let key = key.trim().to_ascii_lowercase();
    let (db, place) = open(&storage.into())?;
    let mut schedule = schedule_of(db.as_ref())?;
    if !schedule.keys.iter().any(|known| known.key_id == key) {
        let known = schedule.keys.into_iter().map(|key| key.key_id).collect();
        return Err(OperatorError::NoSuchKey(known));
    }
    schedule.revoked.insert(key.clone());
    // First the new key, then the revocation: cut short in between, there is one key too many and none too few.
    let successor = match schedule.signing(now).filter(|next| next.signs_from <= now) {
        Some(_) => None,
        None => match schedule.waiting(now) {
            Some(waiting) => {
                let row = KeyRow {
                    signs_from: now,
                    ..waiting.clone()
                };
                db.put_key(&row)?;
                Some(row)
            }
            None => Some(make_key(&place, db.as_ref(), now)?),
        },
    };
    Ok(TakenBack {
        is_known: true,
        is_new: db.revoke(Subject::Key, &key, now)?,
        successor: successor.map(Begins::from),
    })
}

/// Makes a new issuing key that is in the trust list at once and signs after `lead`.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn rotate_key(storage: impl Into<Storage>, lead: SignedDuration, now: Timestamp) -> Result<Begins, OperatorError> {
    if lead.is_negative() || lead > SignedDuration::from_hours(365 * 24) {
        return Err(OperatorError::Lead);
    }
    let (db, place) = open(&storage.into())?;
    if let Some(waiting) = schedule_of(db.as_ref())?.waiting(now) {
        return Err(OperatorError::Waiting {
            key: waiting.key_id.clone(),
            from: waiting.signs_from,
        });
    }
    let from = now.checked_add(lead).map_err(|_| OperatorError::Lead)?;
    Ok(make_key(&place, db.as_ref(), from)?.into())
}

pub(crate) fn open(storage: &Storage) -> Result<(Arc<dyn Database>, KeyPlace), OperatorError> {
    if storage.database.is_none() && !storage.data.join(DATABASE_FILE).is_file() {
        return Err(OperatorError::NoHub(storage.data.clone()));
    }
    let (db, place) = storage.open()?;
    if !db.issuing_keys()?.is_empty() {
        return Ok((db, place));
    }
    Err(match storage.database {
        None => OperatorError::NoHub(storage.data.clone()),
        Some(_) => OperatorError::EmptyDatabase,
    })
}
