//! The order of things when a profile is opened.
//!
//! 1. Take the folder: one process at a time.
//! 2. Find the key.
//! 3. Open the database and read all of it. If it can't be read: build its successor from the newest copy that can
//!    be, or from nothing; only when that is complete set the old one aside and put the new one in its place. A crash
//!    or a full disk at any point leaves either the old or the new one, and the next start goes on from there.
//! 4. Apply the migrations that are missing, after making a copy.
//! 5. Finish an erasing that was cut short.
//! 6. Make a copy if the last one is older than a day; in a new profile there is nothing to copy.
//! 7. Take entries that were removed out of the copies, if that was cut short.

use std::fs;
use std::path::{Path, PathBuf};

use anban_core::store::{Records, StoreNotice};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::error::{Fault, OpenError};
use crate::keys::{Key, KeyChoice, KeyHome, Keys};
use crate::migrate::Schema;
use crate::profile::Profile;
use crate::store::SqliteStore;
use crate::{copies, files, rows, sqlite};

/// What opening a profile gives.
pub struct Opened {
    /// The records.
    pub store: SqliteStore,
    /// What the person has to be told, if the records are not the last ones.
    pub notice: Option<StoreNotice>,
    /// Where the key is.
    pub key_home: KeyHome,
}

/// Opens the profile in `folder`, which is made if it is not there. `now` names copies and what is set aside; `keys`
/// says where the key of a new profile goes.
///
/// Damage is no error: see [`Opened::notice`].
///
/// # Errors
/// [`OpenError`] when the profile is in use, was written by a newer version, or can't be worked with for a reason
/// that the person has to see to. Nothing that was saved has been changed then.
pub fn open(folder: &Path, now: Timestamp, keys: KeyChoice) -> Result<Opened, OpenError> {
    let profile = Profile::take(folder)?;
    let mut keys = Keys::find(&profile, keys, now)?;
    let found = find(&profile, &mut keys)?;
    let new = matches!(found, Found::Nothing);
    let (mut connection, schema, notice) = match found {
        Found::Sound(connection, schema) => (connection, schema, None),
        Found::Nothing => {
            sqlite::create(&profile.unfinished(), keys.key(), Records::default(), Vec::new())?;
            profile.put_in_place()?;
            let (connection, schema) = sqlite::open(&profile.database(), keys.key())?;
            (connection, schema, None)
        }
        Found::Damaged => {
            tracing::warn!("the records can't be read: they are set aside");
            let notice = recover(&profile, &keys, now)?;
            let (connection, schema) = sqlite::open(&profile.database(), keys.key())?;
            (connection, schema, Some(notice))
        }
    };
    if keys.other().is_some() {
        // The database fits the current key, so the other one is of no use. If the key store can't let go of it now,
        // the next start tries again.
        if let Err(fault) = keys.forget_other() {
            tracing::warn!(?fault, "a key that is no longer used could not be removed");
        }
    }
    if schema != Schema::Current {
        copies::make(&connection, keys.key(), &profile.copies(), now)?;
    }
    sqlite::make_ready(&mut connection, schema)?;

    let key_home = keys.home();
    let erasing = rows::is_erasing(&connection).map_err(Fault::from)?;
    let mut store = SqliteStore::new(connection, profile, keys, now);
    if erasing {
        store.finish_erasing().map_err(|_| OpenError::Unusable)?;
    }
    if !new {
        store.copy_if_due();
        store.trim_if_due();
    }
    Ok(Opened {
        store,
        notice,
        key_home,
    })
}

enum Found {
    Sound(Connection, Schema),
    /// There was a database, and it can't be read or is gone.
    Damaged,
    /// The profile is new.
    Nothing,
}

/// Looks for the database and for the key that it fits.
fn find(profile: &Profile, keys: &mut Keys) -> Result<Found, Fault> {
    let database = profile.database();
    if database.symlink_metadata().is_err() {
        return Ok(if profile.has_a_past() {
            Found::Damaged
        } else {
            Found::Nothing
        });
    }
    let mut opened = sqlite::open(&database, keys.key());
    if let (Err(Fault::Damaged), Some(other)) = (&opened, keys.other()) {
        opened = sqlite::open(&database, other);
        if opened.is_ok() {
            keys.swap();
        }
    }
    match opened {
        Ok((connection, schema)) => Ok(Found::Sound(connection, schema)),
        Err(Fault::Damaged) => Ok(Found::Damaged),
        Err(fault) => Err(fault),
    }
}

/// Puts the newest copy that can be read in the place of the database, or an empty database if there is none.
/// The database and the copies that can't be read are set aside.
fn recover(profile: &Profile, keys: &Keys, now: Timestamp) -> Result<StoreNotice, Fault> {
    let mut unreadable: Vec<PathBuf> = Vec::new();
    let mut notice = None;
    for copy in copies::list(&profile.copies()) {
        match restore(&copy.path, &profile.unfinished(), keys.key()) {
            Ok(()) => {
                notice = Some(StoreNotice::Restored {
                    copied_at: copy.made_at,
                });
                break;
            }
            Err(Fault::Damaged) => unreadable.push(copy.path),
            Err(fault) => return Err(fault),
        }
    }
    if notice.is_none() {
        profile.remove_unfinished()?;
        sqlite::create(&profile.unfinished(), keys.key(), Records::default(), Vec::new())?;
    }
    profile.set_aside(&unreadable, now)?;
    profile.put_in_place()?;
    Ok(notice.unwrap_or(StoreNotice::StartedAnew))
}

/// Copies `copy` to `target` and sees that the result can be opened.
fn restore(copy: &Path, target: &Path, key: &Key) -> Result<(), Fault> {
    files::remove_database(target)?;
    if !copy.metadata()?.is_file() {
        return Err(Fault::Damaged);
    }
    fs::copy(copy, target)?;
    let (connection, _) = sqlite::open(target, key)?;
    sqlite::close(connection)?;
    Ok(files::sync_file(target)?)
}
