//! The folder of a profile: who has it open, and which file has which name.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::{Fault, OpenError};
use crate::files;

/// A profile's folder that this process, and no other, has open.
pub(crate) struct Profile {
    folder: PathBuf,
    /// Locked until it is dropped; the system lets go of it when the process dies.
    _lock: File,
}

impl Profile {
    /// Makes the folder if it is not there, and takes it.
    pub(crate) fn take(folder: &Path) -> Result<Self, OpenError> {
        let taken = || -> Result<File, Fault> {
            files::make_folder(folder)?;
            Ok(OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(folder.join("lock"))?)
        };
        let lock = taken()?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse),
            // Android has no such locks, and starts an app only once.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(Fault::from(error).into()),
        }
        let profile = Self {
            folder: folder.to_owned(),
            _lock: lock,
        };
        profile.remove_unfinished()?;
        Ok(profile)
    }

    /// The records.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("anban.db")
    }

    /// Where a new file grows that will take the place of [`database`](Self::database).
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.folder.join("anban.new")
    }

    /// The file that says where the key is.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// The folder of good copies.
    pub(crate) fn copies(&self) -> PathBuf {
        self.folder.join("copies")
    }

    /// The folder of what could not be read.
    pub(crate) fn set_aside_folder(&self) -> PathBuf {
        self.folder.join("set-aside")
    }

    /// Removes what an earlier start was still building.
    pub(crate) fn remove_unfinished(&self) -> Result<(), Fault> {
        Ok(files::remove_database(&self.unfinished())?)
    }

    /// Moves the database with its journals, and `others`, into a folder of their own that is named by the time.
    pub(crate) fn set_aside(&self, others: &[PathBuf], now: Timestamp) -> Result<(), Fault> {
        // The journals first: a database without its journal is still known to be damaged, but a journal without its
        // database must never meet the next one.
        let mut doomed = files::with_journals(&self.database());
        doomed.reverse();
        doomed.extend_from_slice(others);
        self.move_aside(&doomed, now)
    }

    fn move_aside(&self, paths: &[PathBuf], now: Timestamp) -> Result<(), Fault> {
        let mut doomed = paths.to_vec();
        doomed.retain(|path| path.symlink_metadata().is_ok());
        if doomed.is_empty() {
            return Ok(());
        }
        let parent = self.set_aside_folder();
        files::make_folder(&parent)?;
        let time = now.strftime(TIME);
        let folder = (1..)
            .map(|n| match n {
                1 => parent.join(time.to_string()),
                n => parent.join(format!("{time}-{n}")),
            })
            .find(|path| path.symlink_metadata().is_err())
            .ok_or(Fault::Unusable)?;
        files::make_folder(&folder)?;
        for path in doomed {
            if let Some(name) = path.file_name() {
                fs::rename(&path, folder.join(name))?;
            }
        }
        files::sync_folder(&folder)?;
        files::sync_folder(&parent)?;
        Ok(files::sync_folder(&self.folder)?)
    }

    /// Moves one file that is not what its name says.
    pub(crate) fn set_aside_file(&self, path: &Path, now: Timestamp) -> Result<(), Fault> {
        self.move_aside(&[path.to_owned()], now)
    }

    /// Removes what was set aside earlier than `time`, by the names of its folders.
    pub(crate) fn remove_set_aside_before(&self, time: Timestamp) -> Result<(), Fault> {
        let Ok(folders) = fs::read_dir(self.set_aside_folder()) else {
            return Ok(());
        };
        for folder in folders {
            let folder = folder?;
            // `20261121T081500Z`, or with a number behind it.
            let name = folder.file_name().to_string_lossy().into_owned();
            let named = name.split('-').next().unwrap_or_default();
            let at = DateTime::strptime(TIME, named).and_then(|at| at.to_zoned(TimeZone::UTC));
            if at.is_ok_and(|at| at.timestamp() < time) {
                fs::remove_dir_all(folder.path())?;
            }
        }
        Ok(files::sync_folder(&self.set_aside_folder())?)
    }

    /// Gives the finished new file the name of the database.
    pub(crate) fn put_in_place(&self) -> Result<(), Fault> {
        fs::rename(self.unfinished(), self.database())?;
        Ok(files::sync_folder(&self.folder)?)
    }

    /// Whether a database has been here: if there is none now, it was lost.
    pub(crate) fn has_a_past(&self) -> bool {
        let holds_something = |folder: PathBuf| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        files::with_journals(&self.database())
            .iter()
            .any(|path| path.symlink_metadata().is_ok())
            || holds_something(self.copies())
            || holds_something(self.set_aside_folder())
    }

    /// Whether the disk has no room even for a few pages. SQLite reports a quota, and a `sync` that finds no room, as
    /// a failure of the device.
    pub(crate) fn disk_is_full(&self) -> bool {
        let probe = self.folder.join("room");
        let written = File::create(&probe).and_then(|mut file| {
            file.write_all(&[0; 64 * 1024])?;
            file.sync_all()
        });
        // What is left of the probe is overwritten by the next one.
        let _ = files::remove(&probe);
        written.is_err_and(|error| Fault::from(error) == Fault::Full)
    }
}

/// How times are written in names: UTC, to the second.
pub(crate) const TIME: &str = "%Y%m%dT%H%M%SZ";
