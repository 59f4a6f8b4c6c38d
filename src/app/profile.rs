//! Where a person's things are, and opening them.

use std::path::{Path, PathBuf};

use anban_core::store::{MemoryStore, Store, StoreNotice};
use anyhow::{Context, Result};
use jiff::Timestamp;

/// The folder of the profile when none is named: the system's place for a program's data.
///
/// # Errors
/// When the system names no such place.
pub fn default_folder() -> Result<PathBuf> {
    let base = dirs::data_dir().context("the system names no folder for data: say where with --profile DIR")?;
    Ok(base.join("anban").join("profile"))
}

/// An open store, and what happened on the way.
pub struct Opened {
    /// The store.
    pub store: Box<dyn Store>,
    /// What the person has to be told.
    pub notice: Option<StoreNotice>,
}

/// Opens the store in `folder`, or in the default place.
///
/// # Errors
/// What is to be done, in a sentence.
pub fn open(folder: Option<&Path>, now: Timestamp) -> Result<Opened> {
    let folder = folder.map_or_else(default_folder, |folder| Ok(folder.to_path_buf()))?;
    let opened = anban_store::open(&folder, now, anban_store::KeyChoice::System)?;
    tracing::info!(key = ?opened.key_home, "the profile is open");
    Ok(Opened {
        store: Box::new(opened.store),
        notice: opened.notice,
    })
}

/// A store for a kiosk session: in memory alone, so that ending the session destroys it.
#[must_use]
pub fn in_memory() -> Opened {
    let mut records = anban_core::store::Records::default();
    // Whoever comes next has not answered the three questions, and should not have to.
    records.settings.welcomed = true;
    Opened {
        store: Box::new(MemoryStore::new(records)),
        notice: None,
    }
}
