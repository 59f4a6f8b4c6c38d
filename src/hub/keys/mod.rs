//! The hub's keys: those to issue documents with, and the region's root that says so.
//!
//! All are P-256 keys. Beside a database of its own a hub has them in PKCS#8 DER files that only its user can read; where
//! several hubs share a database they are in there, sealed under a secret that is not ([`place`], [`secret`]). The first issuing key is made on first
//! start, others by `anban-hub rotate-key` ([`crate::operator`]); which of them signs is in the database, where another
//! process may change it while the hub runs ([`schedule`]). The root is given with `--root-key`, or made beside them;
//! for the demonstration city it is the publicly known one of `assets/region/demo`. Whoever checks documents needs only
//! the root's public part, as PEM.

mod files;
mod place;
mod schedule;
mod secret;

use crate::{
    StartError,
    db::{Database, DbError, DocumentRow, KeyRow, Subject, TrustListRow},
    state::StepError,
};
use anban_credential::{Claims, Issuer, PublicKey, Signer, SigningKey, TrustListBuilder};
pub(crate) use files::keep as keep_file;
use jiff::{SignedDuration, Timestamp};
pub(crate) use place::KeyPlace;
use ring::rand::SystemRandom;
pub(crate) use schedule::{REMEMBERED, Schedule};
pub(crate) use secret::Secret;
use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// How long a trust list holds; it is renewed daily, so an app may be offline for a month.
const TRUST_LIST_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The file of the first issuing key.
const FIRST_KEY: &str = "issuer-key.p8";
/// The file of the region's root, where the hub has made it.
const ROOT_KEY: &str = "root-key.p8";
/// The publicly known root of the demonstration city.
const DEMO_ROOT: &[u8] = include_bytes!("../../../assets/region/demo/root-demo-key.p8");

/// The keys with the names that go with them.
pub(crate) struct Keys {
    place: KeyPlace,
    /// Issuing keys that were read, by their ids.
    issuers: Mutex<BTreeMap<String, Issuer>>,
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
    /// The hub's own, made if there is none.
    Own,
}

/// A document that was signed.
pub(crate) struct Signed {
    /// Its text, `AB1:…`.
    pub(crate) text: String,
    /// What is noted of it.
    pub(crate) row: DocumentRow,
}

impl Keys {
    /// Opens or makes the root, and notes the first issuing key. The second value is the public root's file, where the
    /// hub has one of its own.
    pub(crate) fn open(
        place: KeyPlace,
        db: &dyn Database,
        root: &Root,
        region: &str,
        issuer_name: &str,
    ) -> Result<(Self, Option<PathBuf>), StartError> {
        let random = SystemRandom::new();
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
            Root::File(path) => (files::read(path, &random)?, None),
            Root::Own => {
                let key = place.open_or_make(db, ROOT_KEY, &random)?;
                let public = place.data().join("root.pem");
                let pem = key.public_key().to_pem().unwrap_or_default();
                fs::write(&public, pem).map_err(|source| StartError::File {
                    path: public.clone(),
                    source,
                })?;
                (key, Some(public))
            }
        };
        let keys = Self {
            place,
            issuers: Mutex::default(),
            root,
            issuer_name: issuer_name.to_owned(),
            region: region.to_owned(),
            random,
        };
        if db.issuing_keys()?.is_empty() {
            let key = keys.place.open_or_make(db, FIRST_KEY, &keys.random)?;
            // It has signed for as long as there is this hub.
            db.put_key(&row(key.public_key(), FIRST_KEY.to_owned(), Timestamp::UNIX_EPOCH))?;
        }
        // A key that is noted and can't be read is a fault to be told now, and not at the first document.
        for row in db.issuing_keys()? {
            keys.issuer(db, &row)?;
        }
        Ok((keys, public))
    }

    /// Randomness for ids.
    pub(crate) fn random(&self) -> &SystemRandom {
        &self.random
    }

    /// Signs a document with the key whose turn it is.
    pub(crate) fn sign_document(
        &self,
        db: &dyn Database,
        claims: &Claims,
        now: Timestamp,
    ) -> Result<Signed, StepError> {
        let schedule = schedule_of(db)?;
        let key = schedule.signing(now).ok_or(StepError::NoKey)?;
        let issuer = self.issuer(db, key).map_err(|error| StepError::Key(Box::new(error)))?;
        let text = issuer.issue(claims, &self.random)?;
        let row = DocumentRow {
            id: claims.id.to_string(),
            kind: claims.kind.as_str().to_owned(),
            key_id: key.key_id.clone(),
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
        };
        Ok(Signed { text, row })
    }

    fn issuer(&self, db: &dyn Database, key: &KeyRow) -> Result<Issuer, StartError> {
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = issuers.get(&key.key_id) {
            return Ok(known.clone());
        }
        let issuer = Issuer::new(self.place.read(db, &key.file, &self.random)?);
        if id_of(issuer.public_key()) != key.key_id {
            return Err(StartError::OtherKey(self.place.named(&key.file)));
        }
        issuers.insert(key.key_id.clone(), issuer.clone());
        Ok(issuer)
    }

    /// Signs a trust list with all keys that have documents to answer for, and with what was taken back.
    ///
    /// Its number is the time in seconds, or one more than the last where the clock went back: so lists after a restored
    /// backup, or of a database that was made anew, are newer than those before.
    pub(crate) fn sign_trust_list(&self, db: &dyn Database, now: Timestamp) -> Result<TrustListRow, StepError> {
        // Read first: what changes meanwhile is in the next list for certain, and perhaps in this one.
        let changes = db.trust_changes()?;
        let sequence = db.next_number("trust-list", now.as_second())?;
        let number = u64::try_from(sequence).map_err(|_| DbError::Damaged("number"))?;
        let expires_at = now.checked_add(TRUST_LIST_LIFE).unwrap_or(Timestamp::MAX);
        let mut list = TrustListBuilder::new(&self.region, number, now, expires_at);
        let schedule = schedule_of(db)?;
        for key in &schedule.keys {
            if !schedule.is_listed(key, db.last_expiry(&key.key_id)?, now) {
                continue;
            }
            let public = PublicKey::from_pem(&key.public_key).map_err(|_| DbError::Damaged("key"))?;
            if schedule.revoked.contains(&key.key_id) {
                list = list.revoke_key(public.key_id());
            }
            list = list.signer(Signer::of_issuer(&public, &self.issuer_name));
        }
        let remembered = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        for document in db.revocations(Subject::Document, remembered)? {
            list = list.revoke_document(&document);
        }
        Ok(TrustListRow {
            region: self.region.clone(),
            body: list.sign(&self.root, &self.random)?,
            sequence,
            issued_at: now,
            expires_at,
            changes,
        })
    }

    /// Forgets keys that are in no trust list any more, file and all.
    pub(crate) fn forget_old_keys(&self, db: &dyn Database, now: Timestamp) -> Result<(), DbError> {
        let schedule = schedule_of(db)?;
        for key in &schedule.keys {
            if schedule.is_listed(key, db.last_expiry(&key.key_id)?, now) {
                continue;
            }
            db.remove_key(&key.key_id)?;
            let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
            issuers.remove(&key.key_id);
            self.place.remove(db, &key.file);
        }
        Ok(())
    }
}

/// Keys and what was taken back of them, as the database has them now.
pub(crate) fn schedule_of(db: &dyn Database) -> Result<Schedule, DbError> {
    Ok(Schedule {
        keys: db.issuing_keys()?,
        revoked: db.revocations(Subject::Key, Timestamp::MIN)?.into_iter().collect(),
    })
}

/// Makes a new issuing key that signs from then on.
pub(crate) fn make_key(place: &KeyPlace, db: &dyn Database, signs_from: Timestamp) -> Result<KeyRow, StartError> {
    let name = |key: &SigningKey| format!("issuer-key-{}.p8", id_of(key.public_key()));
    let key = place.make(db, &SystemRandom::new(), name)?;
    let row = row(key.public_key(), name(&key), signs_from);
    db.put_key(&row)?;
    Ok(row)
}

/// A key's id in hexadecimal digits: it is also part of a file's name, where base64's `/` has no place.
fn id_of(key: &PublicKey) -> String {
    let bytes = key.key_id();
    bytes.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn row(key: &PublicKey, file: String, signs_from: Timestamp) -> KeyRow {
    KeyRow {
        key_id: id_of(key),
        public_key: key.to_pem().unwrap_or_default(),
        file,
        signs_from,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::db::Sqlite;
    use std::{os::unix::fs::PermissionsExt, path::Path};

    fn open(data: &Path, root: &Root) -> Result<(Keys, Option<PathBuf>), StartError> {
        let db = Sqlite::open(&data.join("hub.db")).unwrap();
        Keys::open(KeyPlace::files(data), &db, root, "r", "i")
    }

    #[test]
    fn keys_are_made_once_and_only_their_owner_can_read_them() {
        let data = tempfile::tempdir().unwrap();
        let (first, public) = open(data.path(), &Root::Own).unwrap();
        let (second, _) = open(data.path(), &Root::Own).unwrap();
        let ids = |keys: &Keys| keys.issuers.lock().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(ids(&first), ids(&second));
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
        let pem = include_str!("../../../assets/region/demo/root.pem");
        let key = SigningKey::from_pkcs8(DEMO_ROOT, &SystemRandom::new()).unwrap();
        assert_eq!(key.public_key().to_pem().unwrap(), pem);
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("root.p8");
        fs::write(&path, b"not a key").unwrap();
        let Err(error) = open(data.path(), &Root::File(path)) else {
            panic!("accepted")
        };
        assert!(error.to_string().contains("root.p8"), "{error}");
    }

    #[test]
    fn another_key_in_the_place_of_the_one_that_is_noted_is_told() {
        let data = tempfile::tempdir().unwrap();
        open(data.path(), &Root::Own).unwrap();
        fs::rename(data.path().join("root-key.p8"), data.path().join(FIRST_KEY)).unwrap();
        assert!(matches!(open(data.path(), &Root::Own), Err(StartError::OtherKey(_))));
    }
}
