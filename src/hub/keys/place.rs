//! Where private keys are: files of the data directory beside a database that is one hub's own, or the database itself,
//! sealed, where several hubs share it.

use super::{
    files,
    secret::{FILE, Secret},
};
use crate::{StartError, db::Database};
use anban_credential::SigningKey;
use ring::rand::SystemRandom;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What is sealed at first, so that a hub with another secret is known before it does anything.
const CHECK: &str = "check";

/// Where a hub's private keys are kept.
pub(crate) struct KeyPlace {
    data: PathBuf,
    secret: Option<Secret>,
}

impl KeyPlace {
    /// In files of this directory.
    pub(crate) fn files(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            secret: None,
        }
    }

    /// In the database, sealed under the secret in this directory. The first hub on a database makes it.
    pub(crate) fn shared(data: &Path, db: &dyn Database) -> Result<Self, StartError> {
        let (path, random) = (data.join(FILE), SystemRandom::new());
        let known = db.sealed_key(CHECK)?;
        let secret = match Secret::read(&path)? {
            Some(secret) => secret,
            // It would be another than the one that the keys are sealed under.
            None if known.is_some() => return Err(StartError::OtherSecret(path)),
            None => {
                Secret::make(&path, &random)?;
                Secret::read(&path)?.ok_or_else(|| StartError::NoSecret(path.clone()))?
            }
        };
        let known = match known {
            Some(known) => known,
            None => db.keep_sealed_key(CHECK, &sealed(&secret, CHECK, CHECK.as_bytes(), &random)?)?,
        };
        if secret.open(CHECK, &known).is_none() {
            return Err(StartError::OtherSecret(path));
        }
        Ok(Self {
            data: data.to_owned(),
            secret: Some(secret),
        })
    }

    /// The data directory.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Reads a key.
    pub(super) fn read(&self, db: &dyn Database, name: &str, random: &SystemRandom) -> Result<SigningKey, StartError> {
        let Some(secret) = &self.secret else {
            return files::read(&self.data.join(name), random);
        };
        let sealed = db
            .sealed_key(name)?
            .ok_or_else(|| StartError::LostKey(name.to_owned()))?;
        opened(secret, name, &sealed, random)
    }

    /// Reads a key, or makes it if there is none.
    pub(super) fn open_or_make(
        &self,
        db: &dyn Database,
        name: &str,
        random: &SystemRandom,
    ) -> Result<SigningKey, StartError> {
        let Some(secret) = &self.secret else {
            return files::open_or_make(&self.data.join(name), random);
        };
        if let Some(sealed) = db.sealed_key(name)? {
            return opened(secret, name, &sealed, random);
        }
        let (_, pkcs8) = files::generate(random)?;
        // Of two hubs that make it at the same moment the first wins.
        let kept = db.keep_sealed_key(name, &sealed(secret, name, &pkcs8, random)?)?;
        opened(secret, name, &kept, random)
    }

    /// Makes a key and keeps it under the name that `name` finds for it.
    pub(super) fn make(
        &self,
        db: &dyn Database,
        random: &SystemRandom,
        name: impl FnOnce(&SigningKey) -> String,
    ) -> Result<SigningKey, StartError> {
        let (key, pkcs8) = files::generate(random)?;
        let name = name(&key);
        match &self.secret {
            None => files::keep(&self.data.join(name), &pkcs8)?,
            Some(secret) => {
                db.keep_sealed_key(&name, &sealed(secret, &name, &pkcs8, random)?)?;
            }
        }
        Ok(key)
    }

    /// Removes a key that is not used any more.
    pub(super) fn remove(&self, db: &dyn Database, name: &str) {
        let removed = match self.secret {
            None => fs::remove_file(self.data.join(name)).map_err(|error| error.to_string()),
            Some(_) => db.remove_sealed_key(name).map_err(|error| error.to_string()),
        };
        if let Err(error) = removed {
            tracing::warn!(error, name, "a key that is not used any more could not be removed");
        }
    }

    /// How an operator finds a key.
    pub(super) fn named(&self, name: &str) -> PathBuf {
        match self.secret {
            None => self.data.join(name),
            Some(_) => PathBuf::from(format!("{name} (in the database)")),
        }
    }
}

fn sealed(secret: &Secret, name: &str, open: &[u8], random: &SystemRandom) -> Result<Vec<u8>, StartError> {
    secret
        .seal(name, open, random)
        .ok_or_else(|| StartError::LostKey(name.to_owned()))
}

fn opened(secret: &Secret, name: &str, sealed: &[u8], random: &SystemRandom) -> Result<SigningKey, StartError> {
    let pkcs8 = secret
        .open(name, sealed)
        .ok_or_else(|| StartError::LostKey(name.to_owned()))?;
    SigningKey::from_pkcs8(&pkcs8, random).map_err(|source| StartError::Key {
        path: name.into(),
        source,
    })
}
