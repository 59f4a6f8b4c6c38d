//! The store under everything that a disk, a key store and a second process can do to it. What takes the death of a
//! process or a real full disk is in the workspace's `tests/faults`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod copies;
mod damage;
mod erase;
mod full;
mod keys;
mod secrecy;
mod suite;
mod trim;

use std::fs;
use std::path::{Path, PathBuf};

use anban_core::entry::Field;
use anban_core::help::Profile;
use anban_core::store::{Change, Records, Store};
use jiff::{SignedDuration, Timestamp};

use crate::{KeyChoice, OpenError, Opened, SqliteStore, open};

const NAME: &str = "王秀兰";

fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn days_later(days: i64) -> Timestamp {
    noon() + SignedDuration::from_hours(24 * days)
}

fn open_at(folder: &Path, now: Timestamp) -> Result<Opened, OpenError> {
    open(folder, now, KeyChoice::File)
}

/// Opens a profile that nothing is wrong with.
fn open_sound(folder: &Path) -> SqliteStore {
    let opened = open_at(folder, noon()).unwrap();
    assert_eq!(opened.notice, None);
    opened.store
}

fn person() -> Change {
    Change::Profile(Profile {
        name: NAME.to_owned(),
        ..Profile::default()
    })
}

fn draft(text: &str) -> Change {
    Change::PutDraft(Field::Address.into(), text.to_owned())
}

fn with(changes: &[Change]) -> Records {
    let mut records = Records::default();
    changes.iter().for_each(|change| records.apply(change));
    records
}

/// A profile with a name, and a copy of it made at `noon`.
fn filled_profile() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open_sound(folder.path());
    store.commit(&[person(), draft("朝阳区")]).unwrap();
    store.close().unwrap();
    folder
}

fn database(folder: &Path) -> PathBuf {
    folder.join("anban.db")
}

/// All files below a folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What was set aside under the name of `file`.
fn set_aside(folder: &Path, file: &str) -> Vec<PathBuf> {
    let mut found = files_in(&folder.join("set-aside"));
    found.retain(|path| path.file_name().is_some_and(|name| name == file));
    found
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_second_opener_is_refused_until_the_first_has_closed() {
    let folder = filled_profile();
    let first = open_sound(folder.path());
    assert_eq!(open_at(folder.path(), noon()).err(), Some(OpenError::InUse));
    first.close().unwrap();
    open_sound(folder.path());
}

#[test]
fn a_profile_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = filled_profile();
    let store = open_sound(folder.path());
    let connection = store.connection.as_ref().unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    store.close().unwrap();

    let before = fs::read(database(folder.path())).unwrap();
    assert_eq!(open_at(folder.path(), noon()).err(), Some(OpenError::Newer));
    assert_eq!(fs::read(database(folder.path())).unwrap(), before);
    assert_eq!(files_in(&folder.path().join("set-aside")), Vec::<PathBuf>::new());
}

#[test]
fn a_folder_that_can_not_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    assert!(matches!(
        open_at(&file.join("profile"), noon()).err(),
        Some(OpenError::Folder(_))
    ));
}

#[test]
fn the_file_is_in_wal_mode_and_waits_for_the_disk() {
    let folder = filled_profile();
    let store = open_sound(folder.path());
    let connection = store.connection.as_ref().unwrap();
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    let synchronous: i64 = connection
        .pragma_query_value(None, "synchronous", |row| row.get(0))
        .unwrap();
    assert_eq!((mode.as_str(), synchronous), ("wal", 2));
}
