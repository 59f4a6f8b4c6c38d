//! The key of a profile, and where it is kept.
//!
//! The file `key` has one line: `key-store NAME` when the key is in the system's key store under that name, or
//! `here HEX` when there is no key store and the file itself holds the key, readable by its owner alone. Where a
//! profile's key was first put it stays. While a key is being replaced the file has two lines; the database then fits
//! one of them, and the next start finds out which.
//!
//! A key that is lost (no entry in the key store, no file) is the same as a wrong one: the records can't be read, and
//! `open.rs` sets them aside. A key store that does not answer is not the same, and nothing is touched.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use keyring_core::CredentialStore;

use crate::error::{Fault, OpenError};
use crate::profile::Profile;
use crate::{files, key_store};

/// Where a new profile's key goes. A profile that has one already keeps it where it is.
#[derive(Clone)]
pub enum KeyChoice {
    /// In the system's key store, or in a file where there is none.
    System,
    /// In this key store, or in a file where it does not answer.
    Store(Arc<CredentialStore>),
    /// In a file that only the owner can read.
    File,
}

/// Where the key of an open profile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHome {
    /// In the system's key store.
    KeyStore,
    /// In a file of the profile that only the owner can read. Whoever can read that file can read the records.
    File,
}

/// How long a key store is asked when the key could as well go into a file.
const SHORT_PATIENCE: Duration = Duration::from_secs(3);

/// How long a key store is asked for the key that only it has: a person may have to type a password first.
const LONG_PATIENCE: Duration = Duration::from_secs(30);

/// The most that a key file holds: two lines.
const LONGEST_FILE: u64 = 256;

const HERE: &str = "here";
const KEY_STORE: &str = "key-store";

/// A 256-bit key. It has no `Debug`: it must not get into a message.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key([u8; 32]);

impl Key {
    fn random() -> Result<Self, Fault> {
        random().map(Self)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The form in which SQLCipher takes a key as it is, with no derivation.
    pub(crate) fn pragma(&self) -> String {
        format!("x'{}'", hex(&self.0))
    }

    fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Fault::Unusable)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A key together with its line in the key file.
#[derive(Clone)]
struct Kept {
    key: Key,
    place: Place,
}

/// What a line of the key file says.
#[derive(Clone, PartialEq, Eq)]
enum Place {
    Here(Key),
    KeyStore(String),
}

impl Place {
    fn parse(line: &str) -> Option<Self> {
        match line.split_once(' ')? {
            (HERE, hex) => Key::from_hex(hex).map(Self::Here),
            (KEY_STORE, name) if name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Some(Self::KeyStore(name.to_owned()))
            }
            _ => None,
        }
    }

    fn line(&self) -> String {
        match self {
            Self::Here(key) => format!("{HERE} {}\n", hex(&key.0)),
            Self::KeyStore(name) => format!("{KEY_STORE} {name}\n"),
        }
    }
}

/// The keys of an open profile.
pub(crate) struct Keys {
    file: PathBuf,
    choice: KeyChoice,
    current: Kept,
    /// The other one while a key is being replaced.
    other: Option<Kept>,
}

impl Keys {
    /// Finds the profile's key, or makes one where there is none or it is lost.
    pub(crate) fn find(profile: &Profile, choice: KeyChoice, now: Timestamp) -> Result<Self, OpenError> {
        let file = profile.key_file();
        let places = match read(&file)? {
            Some(places) => places,
            None => {
                profile.set_aside_file(&file, now)?;
                Vec::new()
            }
        };
        let named = places.len();
        let mut kept = Vec::new();
        for place in places {
            let key = match &place {
                Place::Here(key) => Some(key.clone()),
                Place::KeyStore(name) => {
                    key_store::get(&choice, name, LONG_PATIENCE).map_err(|_| OpenError::KeyStoreSilent)?
                }
            };
            kept.extend(key.map(|key| Kept { key, place }));
        }
        let found = kept.len();
        let mut kept = kept.into_iter();
        if let Some(current) = kept.next() {
            let keys = Self {
                file,
                choice,
                current,
                other: kept.next(),
            };
            if found < named {
                keys.write()?;
            }
            return Ok(keys);
        }
        let key = Key::random()?;
        let place = match keep_in_store(&choice, &key) {
            Ok(name) => Place::KeyStore(name),
            Err(_) => Place::Here(key.clone()),
        };
        let keys = Self {
            file,
            choice,
            current: Kept { key, place },
            other: None,
        };
        keys.write()?;
        Ok(keys)
    }

    /// The key of the database.
    pub(crate) fn key(&self) -> &Key {
        &self.current.key
    }

    /// The other key, if replacing it was cut short.
    pub(crate) fn other(&self) -> Option<&Key> {
        self.other.as_ref().map(|kept| &kept.key)
    }

    /// Where the key is.
    pub(crate) fn home(&self) -> KeyHome {
        match self.current.place {
            Place::Here(_) => KeyHome::File,
            Place::KeyStore(_) => KeyHome::KeyStore,
        }
    }

    /// Makes another key and keeps it beside the current one, in the same kind of place.
    pub(crate) fn make_other(&mut self) -> Result<(), Fault> {
        self.forget_other()?;
        let key = Key::random()?;
        let place = match self.current.place {
            Place::Here(_) => Place::Here(key.clone()),
            Place::KeyStore(_) => Place::KeyStore(keep_in_store(&self.choice, &key).map_err(|_| Fault::Unusable)?),
        };
        self.other = Some(Kept { key, place });
        self.write()
    }

    /// Takes the other key for the current one.
    pub(crate) fn swap(&mut self) {
        if let Some(other) = &mut self.other {
            std::mem::swap(&mut self.current, other);
        }
    }

    /// Destroys the other key, if there is one. When that fails it is still there, and can be destroyed later.
    pub(crate) fn forget_other(&mut self) -> Result<(), Fault> {
        match self.other.as_ref().map(|other| &other.place) {
            None => Ok(()),
            Some(Place::KeyStore(name)) => {
                key_store::remove(&self.choice, name, SHORT_PATIENCE).map_err(|_| Fault::Unusable)?;
                self.other = None;
                self.write()
            }
            Some(Place::Here(_)) => {
                // The bytes of a file that is replaced stay on the disk: overwrite them, as far as a disk lets us.
                let mut old = OpenOptions::new().write(true).open(&self.file)?;
                let length = old.metadata()?.len().min(LONGEST_FILE);
                let other = self.other.take();
                if let Err(fault) = self.write() {
                    self.other = other;
                    return Err(fault);
                }
                io::copy(&mut io::repeat(b'0').take(length), &mut old)?;
                Ok(old.sync_all()?)
            }
        }
    }

    fn write(&self) -> Result<(), Fault> {
        let lines: String = [Some(&self.current), self.other.as_ref()]
            .into_iter()
            .flatten()
            .map(|kept| kept.place.line())
            .collect();
        Ok(files::replace_private(&self.file, lines.as_bytes())?)
    }
}

/// Keeps a key in the key store under a random name, which is returned.
fn keep_in_store(choice: &KeyChoice, key: &Key) -> Result<String, key_store::Silent> {
    if matches!(choice, KeyChoice::File) {
        return Err(key_store::Silent);
    }
    let name = hex(&random::<16>().map_err(|_| key_store::Silent)?);
    key_store::put(choice, &name, key, SHORT_PATIENCE)?;
    Ok(name)
}

/// The places that the key file names; none where there is no file, `None` where it is not a key file.
fn read(file: &Path) -> Result<Option<Vec<Place>>, Fault> {
    match file.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(Vec::new())),
        Err(error) => return Err(error.into()),
        Ok(metadata) if !metadata.is_file() => return Ok(None),
        Ok(_) => {}
    }
    let Some(text) = files::read_text(file, LONGEST_FILE)? else {
        return Ok(None);
    };
    let places: Option<Vec<Place>> = text.lines().map(Place::parse).collect();
    Ok(places.filter(|places| (1..=2).contains(&places.len())))
}
