//! The secret that the hubs of one database share, and what is sealed under it.
//!
//! It is 32 random bytes, as 64 hexadecimal digits in the file `hub-secret` of the data directory. The first hub on a
//! database makes it; the operator copies it to every other machine. Private keys are sealed with AES-256-GCM, each with
//! a nonce of its own and bound to its name, so that whoever has only the database has no key, and none can be put in
//! the place of another.

use super::files::write_private;
use crate::StartError;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use std::{fmt::Write as _, fs, io, path::Path};

/// Its file in the data directory.
pub(super) const FILE: &str = "hub-secret";

/// The secret.
pub(crate) struct Secret(LessSafeKey);

impl Secret {
    /// A new one as text. `None` when the system gives no randomness.
    pub(crate) fn generate(random: &SystemRandom) -> Option<String> {
        let mut bytes = [0; 32];
        random.fill(&mut bytes).ok()?;
        Some(bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// The one that a text says.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &bytes_of(text.trim())?).ok()?;
        Some(Self(LessSafeKey::new(key)))
    }

    /// Reads the secret; `None` if there is no file.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, StartError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(StartError::NoSecret(path.to_owned()));
            }
            Err(source) => {
                return Err(StartError::File {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let secret = Self::from_text(&text).ok_or_else(|| StartError::NoSecret(path.to_owned()))?;
        Ok(Some(secret))
    }

    /// Makes the file. Another hub that does so at the same moment may be first: then its secret is the one.
    pub(super) fn make(path: &Path, random: &SystemRandom) -> Result<(), StartError> {
        let made = || {
            let text = Self::generate(random).ok_or_else(|| io::Error::other("no randomness"))?;
            let draft = path.with_extension(uuid::Uuid::new_v4().to_string());
            write_private(&draft, format!("{text}\n").as_bytes())?;
            let linked = fs::hard_link(&draft, path);
            fs::remove_file(&draft)?;
            match linked {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => Ok(()),
            }
        };
        made().map_err(|source| StartError::File {
            path: path.to_owned(),
            source,
        })
    }

    /// Seals something under a name. `None` when the system gives no randomness.
    pub(crate) fn seal(&self, name: &str, open: &[u8], random: &SystemRandom) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce).ok()?;
        let mut sealed = open.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name), &mut sealed)
            .ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed under that name with this secret.
    pub(crate) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, content) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut content = content.to_vec();
        let open = self.0.open_in_place(nonce, Aad::from(name), &mut content).ok()?;
        Some(open.to_vec())
    }
}

fn bytes_of(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (number, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * number..2 * number + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn new_secret() -> Secret {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        Secret::make(&path, &SystemRandom::new()).unwrap();
        Secret::read(&path).unwrap().unwrap()
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_secret_and_name_only_and_not_when_it_was_changed() {
        let (secret, random) = (new_secret(), SystemRandom::new());
        let sealed = secret.seal("a", b"key", &random).unwrap();
        assert_eq!(secret.open("a", &sealed).unwrap(), b"key");
        assert!(secret.open("b", &sealed).is_none());
        assert!(new_secret().open("a", &sealed).is_none());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(secret.open("a", &changed).is_none(), "byte {place}");
        }
        assert!(secret.open("a", &sealed[..5]).is_none());
        assert_ne!(
            secret.seal("a", b"key", &random).unwrap(),
            sealed,
            "no nonce serves twice"
        );
    }

    #[test]
    fn a_file_that_is_no_secret_is_named_and_one_that_is_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        assert!(Secret::read(&path).unwrap().is_none());
        Secret::make(&path, &SystemRandom::new()).unwrap();
        let first = fs::read(&path).unwrap();
        Secret::make(&path, &SystemRandom::new()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), first);
        let wrong: [&[u8]; 4] = [b"", b"12", &[b'g'; 64], &[0xff; 64]];
        for content in wrong {
            fs::write(&path, content).unwrap();
            assert!(matches!(Secret::read(&path), Err(StartError::NoSecret(_))));
        }
    }
}
