//! Key files: PKCS#8 DER that only the hub's user can read.

use crate::StartError;
use anban_credential::SigningKey;
use ring::rand::SystemRandom;
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Reads a key.
pub(super) fn read(path: &Path, random: &SystemRandom) -> Result<SigningKey, StartError> {
    let bytes = fs::read(path).map_err(|source| StartError::File {
        path: path.to_owned(),
        source,
    })?;
    SigningKey::from_pkcs8(&bytes, random).map_err(|source| StartError::Key {
        path: path.to_owned(),
        source,
    })
}

/// Reads a key, or makes it if there is no such file.
pub(super) fn open_or_make(path: &Path, random: &SystemRandom) -> Result<SigningKey, StartError> {
    if path.try_exists().map_err(|source| StartError::File {
        path: path.to_owned(),
        source,
    })? {
        return read(path, random);
    }
    let (key, pkcs8) = generate(random)?;
    keep(path, &pkcs8)?;
    Ok(key)
}

/// Makes a key, with its PKCS#8 form.
pub(super) fn generate(random: &SystemRandom) -> Result<(SigningKey, Vec<u8>), StartError> {
    SigningKey::generate(random).map_err(|source| StartError::Key {
        path: "new key".into(),
        source,
    })
}

/// Keeps a key in a file.
pub(crate) fn keep(path: &Path, pkcs8: &[u8]) -> Result<(), StartError> {
    write_secret(path, pkcs8).map_err(|source| StartError::File {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file that only its owner can read, whole or not at all: under another name first, then renamed.
fn write_secret(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    write_private(&draft, content)?;
    fs::rename(&draft, path)
}

/// Writes a file that only its owner can read, until it is on the disk.
pub(super) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
