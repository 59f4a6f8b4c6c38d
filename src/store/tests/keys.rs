use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anban_core::store::StoreNotice;
use keyring_core::api::CredentialStoreApi;
use keyring_core::{CredentialStore, Entry, Error, mock};

use super::*;
use crate::KeyHome;

fn key_store() -> Arc<CredentialStore> {
    mock::Store::new().unwrap()
}

fn open_with(folder: &Path, store: &Arc<CredentialStore>) -> Result<Opened, OpenError> {
    open(folder, noon(), KeyChoice::Store(store.clone()))
}

/// The entry that the key file names.
fn entry(folder: &Path, store: &Arc<CredentialStore>) -> Entry {
    let line = fs::read_to_string(folder.join("key")).unwrap();
    let name = line.trim().strip_prefix("key-store ").unwrap();
    store.build("anban", name, None).unwrap()
}

#[test]
fn the_key_is_in_the_key_store_and_not_in_the_profile() {
    let folder = tempfile::tempdir().unwrap();
    let keys = key_store();
    let mut opened = open_with(folder.path(), &keys).unwrap();
    assert_eq!(opened.key_home, KeyHome::KeyStore);
    opened.store.commit(&[person()]).unwrap();
    opened.store.close().unwrap();

    assert_eq!(entry(folder.path(), &keys).get_secret().unwrap().len(), 32);
    let mut opened = open_with(folder.path(), &keys).unwrap();
    assert_eq!((opened.notice, opened.key_home), (None, KeyHome::KeyStore));
    assert_eq!(opened.store.load(), Ok(with(&[person()])));
}

#[test]
fn a_key_that_the_key_store_has_lost_is_a_wrong_key() {
    let folder = tempfile::tempdir().unwrap();
    let keys = key_store();
    let mut opened = open_with(folder.path(), &keys).unwrap();
    opened.store.commit(&[person()]).unwrap();
    opened.store.close().unwrap();
    entry(folder.path(), &keys).delete_credential().unwrap();

    let mut opened = open_with(folder.path(), &keys).unwrap();
    assert_eq!(opened.notice, Some(StoreNotice::StartedAnew));
    assert_eq!(opened.store.load(), Ok(Records::default()));
    assert_eq!(set_aside(folder.path(), "anban.db").len(), 1);
}

#[test]
fn a_key_store_that_is_locked_leaves_everything_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let keys = key_store();
    let mut opened = open_with(folder.path(), &keys).unwrap();
    opened.store.commit(&[person()]).unwrap();
    opened.store.close().unwrap();
    let entry = entry(folder.path(), &keys);
    let credential: &mock::Cred = entry.as_any().downcast_ref().unwrap();
    credential.set_error(Error::NoStorageAccess("locked".into()));

    assert_eq!(open_with(folder.path(), &keys).err(), Some(OpenError::KeyStoreSilent));
    let mut opened = open_with(folder.path(), &keys).unwrap();
    assert_eq!(opened.notice, None);
    assert_eq!(opened.store.load(), Ok(with(&[person()])));
}

#[test]
fn erasing_replaces_the_key_in_the_key_store() {
    let folder = tempfile::tempdir().unwrap();
    let keys = key_store();
    let mut opened = open_with(folder.path(), &keys).unwrap();
    opened.store.commit(&[person()]).unwrap();
    let old = entry(folder.path(), &keys);
    opened.store.commit(&[Change::EraseAll]).unwrap();
    opened.store.close().unwrap();

    assert!(matches!(old.get_secret(), Err(Error::NoEntry)));
    let mut opened = open_with(folder.path(), &keys).unwrap();
    assert_eq!((opened.notice, opened.key_home), (None, KeyHome::KeyStore));
    assert_eq!(opened.store.load(), Ok(Records::default()));
}

/// A key store that has one entry and takes no other.
#[derive(Debug)]
struct NoRoom {
    name: String,
    store: Arc<CredentialStore>,
}

impl CredentialStoreApi for NoRoom {
    fn vendor(&self) -> String {
        "no room".to_owned()
    }

    fn id(&self) -> String {
        "no room".to_owned()
    }

    fn build(&self, service: &str, name: &str, modifiers: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        if name == self.name {
            self.store.build(service, name, modifiers)
        } else {
            Err(Error::NoStorageAccess("no room".into()))
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn with_a_key_store_that_takes_no_new_key_everything_is_erased_and_the_key_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = key_store();
    let mut opened = open_with(folder.path(), &store).unwrap();
    opened.store.commit(&[person()]).unwrap();
    opened.store.close().unwrap();
    let line = fs::read_to_string(folder.path().join("key")).unwrap();
    let name = line.trim().strip_prefix("key-store ").unwrap().to_owned();

    let keys: Arc<CredentialStore> = Arc::new(NoRoom { name, store });
    let mut opened = open_with(folder.path(), &keys).unwrap();
    opened.store.commit(&[Change::EraseAll, draft("after")]).unwrap();
    let copies = || files_in(&folder.path().join("copies"));
    assert_eq!(copies(), Vec::<PathBuf>::new());
    opened.store.commit(&[draft("after that")]).unwrap();
    opened.store.close().unwrap();
    let made = copies();
    assert_eq!(made.len(), 1);

    let mut opened = open_with(folder.path(), &keys).unwrap();
    assert_eq!(opened.store.load(), Ok(with(&[draft("after that")])));
    assert_eq!(copies(), made, "a copy made after the erasing is kept");
    assert_eq!(fs::read_to_string(folder.path().join("key")).unwrap(), line);
}

/// A key store that waits for a person who is not there.
#[derive(Debug)]
struct Waiting;

impl CredentialStoreApi for Waiting {
    fn vendor(&self) -> String {
        "waiting".to_owned()
    }

    fn id(&self) -> String {
        "waiting".to_owned()
    }

    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        std::thread::sleep(Duration::from_secs(3_600));
        Err(Error::NoDefaultStore)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn a_key_store_that_never_answers_is_given_up_and_the_key_goes_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let opened = open(folder.path(), noon(), KeyChoice::Store(Arc::new(Waiting))).unwrap();
    assert_eq!(opened.key_home, KeyHome::File);
    assert!(began.elapsed() < Duration::from_secs(10));
    drop(opened);

    // Once the key is in a file it stays there, and no key store is asked.
    let opened = open_with(folder.path(), &key_store()).unwrap();
    assert_eq!((opened.notice, opened.key_home), (None, KeyHome::File));
}

#[test]
fn a_lost_or_spoilt_key_file_is_a_wrong_key() {
    for spoil in [
        (|key| fs::remove_file(key).unwrap()) as fn(PathBuf),
        |key| fs::write(key, "here 5a5a").unwrap(),
        |key| fs::write(key, format!("here {}\n", "+5".repeat(32))).unwrap(),
        |key| fs::write(key, "").unwrap(),
        |key| fs::write(key, [0xff; 5_000]).unwrap(),
        |key| {
            fs::remove_file(&key).unwrap();
            fs::create_dir(&key).unwrap();
        },
    ] {
        let folder = filled_profile();
        spoil(folder.path().join("key"));
        let mut opened = open_at(folder.path(), noon()).unwrap();
        assert_eq!(opened.notice, Some(StoreNotice::StartedAnew));
        opened.store.commit(&[person()]).unwrap();
        opened.store.close().unwrap();
        assert_eq!(open_sound(folder.path()).load(), Ok(with(&[person()])));
    }
}
