//! Trust lists: who may sign in a region, and what has been taken back.
//!
//! A region's root signs one list of the keys of all its issuers. The root's public key ships
//! with the region pack, so that a device that has been offline for weeks needs nobody's word:
//! it checks the list against the root and documents against the list. The list carries a
//! sequence number, by which [`crate::TrustStore`] refuses to go back to an older one, and an
//! expiry, after which it still serves but is known to be old.
//!
//! The form is that of our documents: a CWT in a COSE_Sign1, with a content type in the
//! protected header so that neither can ever pass for the other. `docs/documents.md` has the
//! table of its keys and `trust_list_cbor` the code.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ring::rand::SecureRandom;

use crate::cbor;
use crate::cose::{self, SignedMessage};
use crate::keys::{KeyError, KeyId, RootKey};
use crate::shc::{covers, read_entry};
use crate::signers::{MAX_FILE, Signer};
use crate::signing_key::SigningKey;
use crate::trust_list_cbor;

/// What a trust list is, as it stands in its protected header.
const CONTENT_TYPE: &str = "application/vnd.anban.trust-list+cbor";

/// How far ahead of this device's clock a list may have been issued.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

/// Why a trust list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Larger than 8 MiB.
    #[error("the trust list is larger than 8 MiB; get it again from the region's service")]
    TooLarge,
    /// Not a trust list, or a damaged one.
    #[error("the file is not a trust list, or is damaged; get it again from the region's service")]
    Malformed,
    /// Signed by a root that was not asked for.
    #[error("the trust list is signed by a root that this app does not know; update the app")]
    UnknownRoot,
    /// The root's signature is wrong.
    #[error("the trust list was changed after it was signed; do not use it")]
    Forged,
    /// Issued more than a day from now.
    #[error("the trust list was issued in the future; check this device's date and time")]
    FromTheFuture,
    /// An older list than the one that is in use.
    #[error("the trust list has sequence number {offered}, but {held} is already in use")]
    RolledBack {
        /// The number of the list in use.
        held: u64,
        /// The number of the list that was offered.
        offered: u64,
    },
    /// Another list with the number of the one in use.
    #[error("two different trust lists have sequence number {0}; tell the region's service")]
    Conflict(u64),
    /// The file holds no list of ours, and no other signers either.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A trust list whose signature has been checked. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustList(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    bytes: Vec<u8>,
    root: KeyId,
    content: ListContent,
}

/// What a list says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ListContent {
    pub region: String,
    pub sequence: u64,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub signers: Vec<Signer>,
    pub revoked_keys: BTreeSet<KeyId>,
    pub revoked_documents: BTreeSet<String>,
}

impl TrustList {
    /// Reads a list and checks that `root` signed it. `at` is the time now; a list that has
    /// expired is opened all the same.
    ///
    /// # Errors
    /// [`TrustError`]; each variant says what to do.
    pub fn open(bytes: &[u8], root: &RootKey, at: Timestamp) -> Result<Self, TrustError> {
        if bytes.len() > MAX_FILE {
            return Err(TrustError::TooLarge);
        }
        let message = SignedMessage::parse(bytes).map_err(|_| TrustError::Malformed)?;
        if message.content_type.as_deref() != Some(CONTENT_TYPE) {
            return Err(TrustError::Malformed);
        }
        let root_id = root.public_key().key_id();
        if message.key_id.as_ref() != Some(&root_id) {
            return Err(TrustError::UnknownRoot);
        }
        if !message.is_signed_with(root.public_key()) {
            return Err(TrustError::Forged);
        }
        let set = cbor::parse(&message.payload).map_err(|_| TrustError::Malformed)?;
        let content = trust_list_cbor::read(&set).ok_or(TrustError::Malformed)?;
        if content.issued_at.duration_since(at) > CLOCK_TOLERANCE {
            return Err(TrustError::FromTheFuture);
        }
        Ok(Self(Arc::new(Inner {
            bytes: bytes.to_vec(),
            root: root_id,
            content,
        })))
    }

    /// The list as it was signed, to keep and to open again.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The region it is for: six digits of GB/T 2260, or another name that the region uses.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0.content.region
    }

    /// Its sequence number; higher is newer.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.0.content.sequence
    }

    /// When it was issued.
    #[must_use]
    pub fn issued_at(&self) -> Timestamp {
        self.0.content.issued_at
    }

    /// Until when it should have been replaced by a newer one.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.0.content.expires_at
    }

    /// Whether it is older than it should be. It still serves; say so beside every answer.
    #[must_use]
    pub fn is_expired(&self, at: Timestamp) -> bool {
        at >= self.expires_at()
    }

    /// The keys that may sign in this region.
    #[must_use]
    pub fn signers(&self) -> &[Signer] {
        &self.0.content.signers
    }

    /// Whether the key was taken back.
    #[must_use]
    pub fn revokes_key(&self, key: &KeyId) -> bool {
        self.0.content.revoked_keys.contains(key)
    }

    /// Whether the document with this [`crate::Document::id`] was taken back.
    #[must_use]
    pub fn revokes_document(&self, id: &str) -> bool {
        self.0.content.revoked_documents.contains(id)
    }

    /// Whether the SMART Health Card with this `rid`, signed with `key`, was taken back. It stands in the list as
    /// `KID/RID`, with `.SECONDS` behind it where only cards issued before that time are meant.
    #[must_use]
    pub fn revokes_card(&self, key: &KeyId, rid: &str, issued_at: Timestamp) -> bool {
        let name = format!("{}/{rid}", key.to_base64url());
        self.0
            .content
            .revoked_documents
            .range(name.clone()..)
            .take_while(|entry| entry.starts_with(&name))
            .filter_map(|entry| entry.split_once('/'))
            .filter_map(|(_, entry)| read_entry(entry))
            .any(|(found, before)| found == rid && covers(before, issued_at))
    }

    pub(crate) fn root(&self) -> &KeyId {
        &self.0.root
    }

    /// Whether the content is the same, whatever the signature.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.0.content == other.0.content
    }
}

impl fmt::Debug for TrustList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustList")
            .field("region", &self.region())
            .field("sequence", &self.sequence())
            .field("signers", &self.signers().len())
            .finish_non_exhaustive()
    }
}

/// Puts a trust list together, for the hub.
#[derive(Clone)]
pub struct TrustListBuilder(ListContent);

impl TrustListBuilder {
    /// A list without keys. Every list of a region needs a higher `sequence` than the last.
    #[must_use]
    pub fn new(region: &str, sequence: u64, issued_at: Timestamp, expires_at: Timestamp) -> Self {
        Self(ListContent {
            region: region.to_owned(),
            sequence,
            issued_at,
            expires_at,
            signers: Vec::new(),
            revoked_keys: BTreeSet::new(),
            revoked_documents: BTreeSet::new(),
        })
    }

    /// Adds a signer. Documents of our own kind that it signs have to name its `issuer` in
    /// `iss`. A signer without a key id goes by its key's thumbprint.
    #[must_use]
    pub fn signer(mut self, signer: Signer) -> Self {
        let key_id = signer.key_id.clone().unwrap_or_else(|| signer.key.key_id());
        self.0.signers.push(Signer {
            key_id: Some(key_id),
            ..signer
        });
        self
    }

    /// Takes a key back: nothing signed with it is believed any more. Leave the signer in the
    /// list, so that its documents are called taken back and not unknown.
    #[must_use]
    pub fn revoke_key(mut self, key: KeyId) -> Self {
        self.0.revoked_keys.insert(key);
        self
    }

    /// Takes the document with this [`crate::Document::id`] back. For all SMART Health Cards of one `rid` see
    /// [`TrustList::revokes_card`].
    #[must_use]
    pub fn revoke_document(mut self, id: &str) -> Self {
        self.0.revoked_documents.insert(id.to_owned());
        self
    }

    /// Signs the list with the region's root and gives its bytes.
    ///
    /// # Errors
    /// [`TrustError::Malformed`] if a reader would refuse it, [`TrustError::TooLarge`], and
    /// [`TrustError::Key`] if signing failed.
    pub fn sign(&self, root: &SigningKey, random: &dyn SecureRandom) -> Result<Vec<u8>, TrustError> {
        let set = trust_list_cbor::write(&self.0);
        trust_list_cbor::read(&set).ok_or(TrustError::Malformed)?;
        let bytes = cose::sign(cbor::write(&set), Some(CONTENT_TYPE), root, random)?;
        if bytes.len() > MAX_FILE {
            return Err(TrustError::TooLarge);
        }
        Ok(bytes)
    }
}
