//! Good copies of the records.
//!
//! A copy is made with SQLite's backup interface under the same key, opened and checked like the database itself, and
//! gets its name only then. Names begin with a number that grows, since a clock can be wrong:
//! `000012-20261121T081500Z.db`.

use std::ffi::c_int;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::error::Fault;
use crate::keys::Key;
use crate::profile::TIME;
use crate::{files, sqlite};

/// How many are kept.
const KEPT: usize = 3;

/// A copy is made at the start when the last one is older.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// A copy that was good when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copy {
    number: u64,
    /// When it was made.
    pub(crate) made_at: Timestamp,
    /// Where it is.
    pub(crate) path: PathBuf,
}

impl Copy {
    fn from_path(path: PathBuf) -> Option<Self> {
        let (number, time) = path.file_name()?.to_str()?.strip_suffix(".db")?.split_once('-')?;
        let made_at = DateTime::strptime(TIME, time).ok()?.to_zoned(TimeZone::UTC).ok()?;
        Some(Self {
            number: number.parse().ok()?,
            made_at: made_at.timestamp(),
            path,
        })
    }
}

/// All copies, the newest first.
pub(crate) fn list(folder: &Path) -> Vec<Copy> {
    // A folder that can't be read holds no copy that could be opened.
    let mut copies: Vec<Copy> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Copy::from_path(entry.ok()?.path()))
        .collect();
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.number));
    copies
}

/// Whether the last copy is too old; also when it seems to come from the future, as after a clock was set right.
pub(crate) fn is_due(folder: &Path, now: Timestamp) -> bool {
    list(folder)
        .first()
        .is_none_or(|last| now.duration_since(last.made_at).abs() >= FRESH)
}

/// Makes a copy, and lets go of the oldest when there are more than [`KEPT`].
pub(crate) fn make(connection: &Connection, key: &Key, folder: &Path, now: Timestamp) -> Result<(), Fault> {
    files::make_folder(folder)?;
    let unfinished = folder.join("unfinished");
    let made = copy_into(connection, key, &unfinished);
    if made.is_err() {
        // It is on the way to a full disk that this matters most.
        let _ = files::remove_database(&unfinished);
    }
    made?;
    let number = list(folder).first().map_or(1, |last| last.number.saturating_add(1));
    fs::rename(
        &unfinished,
        folder.join(format!("{number:06}-{}.db", now.strftime(TIME))),
    )?;
    files::sync_folder(folder)?;
    for copy in list(folder).iter().skip(KEPT) {
        files::remove(&copy.path)?;
    }
    Ok(())
}

fn copy_into(connection: &Connection, key: &Key, path: &Path) -> Result<(), Fault> {
    files::remove_database(path)?;
    let mut target = sqlite::connect(path, key, OpenFlags::SQLITE_OPEN_CREATE)?;
    Backup::new(connection, &mut target)?.run_to_completion(c_int::MAX, Duration::ZERO, None)?;
    sqlite::close(target)?;
    let (checked, _) = sqlite::open(path, key)?;
    sqlite::close(checked)?;
    Ok(files::sync_file(path)?)
}
