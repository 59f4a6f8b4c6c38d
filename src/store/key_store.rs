//! The system's key store: Secret Service on Linux, Keychain, Credential Manager; on Android whatever store the app
//! hands in.
//!
//! A key store may be missing, locked, or wait for a person to type a password, and its client waits along. So each
//! question is asked on a thread of its own and given up after a while; the thread ends when its answer comes.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring_core::{Entry, Error};

use crate::keys::{Key, KeyChoice};

/// The name of the program in the key store.
const SERVICE: &str = "anban";

/// The key store did not answer, or there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silent;

/// The key that is kept under `name`, or `None` if the key store has no such entry.
pub(crate) fn get(choice: &KeyChoice, name: &str, patience: Duration) -> Result<Option<Key>, Silent> {
    ask(choice, name, patience, |entry| match entry.get_secret() {
        Ok(secret) => Ok(Key::from_bytes(&secret)),
        Err(Error::NoEntry | Error::BadEncoding(_) | Error::BadDataFormat(..)) => Ok(None),
        Err(_) => Err(Silent),
    })
}

/// Keeps `key` under `name`, and sees that it is really there.
pub(crate) fn put(choice: &KeyChoice, name: &str, key: &Key, patience: Duration) -> Result<(), Silent> {
    let kept = key.clone();
    ask(choice, name, patience, move |entry| {
        entry.set_secret(kept.bytes()).map_err(|_| Silent)
    })?;
    match get(choice, name, patience)? {
        Some(found) if found == *key => Ok(()),
        _ => Err(Silent),
    }
}

/// Forgets what is kept under `name`; that there is nothing is fine.
pub(crate) fn remove(choice: &KeyChoice, name: &str, patience: Duration) -> Result<(), Silent> {
    ask(choice, name, patience, |entry| match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(_) => Err(Silent),
    })
}

fn ask<T: Send + 'static>(
    choice: &KeyChoice,
    name: &str,
    patience: Duration,
    question: impl FnOnce(Entry) -> Result<T, Silent> + Send + 'static,
) -> Result<T, Silent> {
    let (choice, name) = (choice.clone(), name.to_owned());
    let (sender, answer) = mpsc::channel();
    thread::Builder::new()
        .name("key store".to_owned())
        .spawn(move || {
            // Nobody listens any more when the answer comes too late.
            let _ = sender.send(entry(&choice, &name).and_then(question));
        })
        .map_err(|_| Silent)?;
    answer.recv_timeout(patience).map_err(|_| Silent)?
}

fn entry(choice: &KeyChoice, name: &str) -> Result<Entry, Silent> {
    match choice {
        KeyChoice::System | KeyChoice::File => keyring::Entry::new(SERVICE, name)
            .map(|entry| entry.inner)
            .map_err(|_| Silent),
        KeyChoice::Store(store) => store.build(SERVICE, name, None).map_err(|_| Silent),
    }
}
