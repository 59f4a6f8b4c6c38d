//! The hub's keys: one to issue documents with, and the region's root that says so.
//!
//! Both are P-256 keys in PKCS#8 DER files that only the hub's user can read. The issuing key is made on first
//! start. The root is given with `--root-key`, or made beside it; for the demonstration city it is the publicly
//! known one of `assets/region/demo`. Whoever checks documents needs only the root's public part, as PEM.

use crate::{
    StartError,
    db::{Database, DbError},
    state::StepError,
};
use anban_credential::{
    Claims, DocumentId, Health, IdentityDocument, IssueError, Issuer, Kind, Person, Signer, SigningKey, Status,
    TrustListBuilder,
};
use anban_wire::{IdentityNumber, documents::DocumentRequest};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// How long a health document holds: long enough to be carried through a week without a network.
const HEALTH_DOCUMENT_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a trust list holds; it is renewed daily, so an app may be offline for a month.
const TRUST_LIST_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The publicly known root of the demonstration city.
const DEMO_ROOT: &[u8] = include_bytes!("../../assets/region/demo/root-demo-key.p8");

/// The keys with the names that go with them.
pub(crate) struct Keys {
    issuer: Issuer,
    root: SigningKey,
    /// Name of the issuer in documents and trust lists.
    pub(crate) issuer_name: String,
    /// Region of the trust lists.
    pub(crate) region: String,
    random: SystemRandom,
}

/// Where the root key comes from.
pub(crate) enum Root {
    /// The demonstration city's.
    Demo,
    /// A file that the operator keeps.
    File(PathBuf),
    /// A file in the data directory, made if it is not there.
    Own,
}

impl Keys {
    /// Opens or makes the keys in the data directory. The second value is the public root's file, where the
    /// hub has one of its own.
    pub(crate) fn open(
        data: &Path,
        root: &Root,
        region: &str,
        issuer_name: &str,
    ) -> Result<(Self, Option<PathBuf>), StartError> {
        let random = SystemRandom::new();
        let issuer = Issuer::new(open_or_make(&data.join("issuer-key.p8"), &random)?);
        let (root, public) = match root {
            Root::Demo => {
                let key = SigningKey::from_pkcs8(DEMO_ROOT, &random);
                (
                    key.map_err(|source| StartError::Key {
                        path: "root-demo-key.p8".into(),
                        source,
                    })?,
                    None,
                )
            }
            Root::File(path) => (read(path, &random)?, None),
            Root::Own => {
                let key = open_or_make(&data.join("root-key.p8"), &random)?;
                let public = data.join("root.pem");
                let pem = key.public_key().to_pem().unwrap_or_default();
                fs::write(&public, pem).map_err(|source| StartError::File {
                    path: public.clone(),
                    source,
                })?;
                (key, Some(public))
            }
        };
        let (region, issuer_name) = (region.to_owned(), issuer_name.to_owned());
        Ok((
            Self {
                issuer,
                root,
                issuer_name,
                region,
                random,
            },
            public,
        ))
    }

    /// Signs a trust list that names this hub as the region's issuer. The sequence number is the time in
    /// seconds, or one more than the last where the clock went back: lists of a database that was made anew
    /// are still newer than those of the one before.
    pub(crate) fn sign_trust_list(&self, db: &dyn Database, now: Timestamp) -> Result<Vec<u8>, StepError> {
        let sequence = db.next_number("trust-list", now.as_second())?;
        let sequence = u64::try_from(sequence).map_err(|_| DbError::Damaged("number"))?;
        let expires = now.checked_add(TRUST_LIST_LIFE).unwrap_or(Timestamp::MAX);
        let signer = Signer::of_issuer(self.issuer.public_key(), &self.issuer_name);
        let list = TrustListBuilder::new(&self.region, sequence, now, expires).signer(signer);
        Ok(list.sign(&self.root, &self.random)?)
    }

    /// Signs a document about a person's state of health. The identity number is masked: whoever checks can
    /// compare it with a card and can't take it from the code.
    pub(crate) fn issue_health_status(
        &self,
        request: &DocumentRequest,
        number: &IdentityNumber,
        status: Status,
        now: Timestamp,
    ) -> Result<String, IssueError> {
        let claims = Claims {
            issuer: self.issuer_name.clone(),
            subject: None,
            issued_at: now,
            expires_at: now.checked_add(HEALTH_DOCUMENT_LIFE).unwrap_or(Timestamp::MAX),
            id: DocumentId::random(&self.random)?,
            kind: Kind::HealthStatus,
            person: Person {
                name: request.name.trim().to_owned(),
                identity_document: Some(IdentityDocument {
                    kind: "resident-identity-card".to_owned(),
                    number: masked(number.as_str()),
                }),
                registered_region: Some(request.region.trim().to_owned()),
                ..Person::default()
            },
            health: Some(Health { status, reason: None }),
            details: BTreeMap::new(),
        };
        self.issuer.issue(&claims, &self.random)
    }
}

/// The first six and the last four characters of an identity number, stars between.
fn masked(number: &str) -> String {
    number
        .chars()
        .enumerate()
        .map(|(place, c)| if (6..14).contains(&place) { '*' } else { c })
        .collect()
}

fn read(path: &Path, random: &SystemRandom) -> Result<SigningKey, StartError> {
    let bytes = fs::read(path).map_err(|source| StartError::File {
        path: path.to_owned(),
        source,
    })?;
    SigningKey::from_pkcs8(&bytes, random).map_err(|source| StartError::Key {
        path: path.to_owned(),
        source,
    })
}

fn open_or_make(path: &Path, random: &SystemRandom) -> Result<SigningKey, StartError> {
    if path.try_exists().map_err(|source| StartError::File {
        path: path.to_owned(),
        source,
    })? {
        return read(path, random);
    }
    let (key, pkcs8) = SigningKey::generate(random).map_err(|source| StartError::Key {
        path: path.to_owned(),
        source,
    })?;
    write_secret(path, &pkcs8).map_err(|source| StartError::File {
        path: path.to_owned(),
        source,
    })?;
    Ok(key)
}

/// Writes a file that only its owner can read, whole or not at all: under another name first, then renamed.
fn write_secret(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_are_made_once_and_only_their_owner_can_read_them() {
        let data = tempfile::tempdir().unwrap();
        let (first, public) = Keys::open(data.path(), &Root::Own, "r", "i").unwrap();
        let (second, _) = Keys::open(data.path(), &Root::Own, "r", "i").unwrap();
        assert_eq!(first.issuer.public_key(), second.issuer.public_key());
        let pem = fs::read_to_string(public.unwrap()).unwrap();
        let root = anban_credential::RootKey::from_pem(&pem).unwrap();
        assert_eq!(root.public_key(), second.root.public_key());
        for name in ["issuer-key.p8", "root-key.p8"] {
            let mode = fs::metadata(data.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn the_demonstration_root_is_the_one_that_ships_with_the_region() {
        let pem = include_str!("../../assets/region/demo/root.pem");
        let key = SigningKey::from_pkcs8(DEMO_ROOT, &SystemRandom::new()).unwrap();
        assert_eq!(key.public_key().to_pem().unwrap(), pem);
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("root.p8");
        fs::write(&path, b"not a key").unwrap();
        let Err(error) = Keys::open(data.path(), &Root::File(path), "r", "i") else {
            panic!("accepted")
        };
        assert!(error.to_string().contains("root.p8"), "{error}");
    }

    #[test]
    fn the_middle_of_an_identity_number_is_masked() {
        assert_eq!(masked("11010519491231002X"), "110105********002X");
    }
}
