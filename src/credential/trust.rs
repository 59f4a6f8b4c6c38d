//! Whom to believe: the newest trust list of each region, and loose signers.
//!
//! [`TrustStore`] is what a device keeps: it takes newer lists and never goes back. [`Trust`]
//! is what a check is made against. A list's revocations hold for the keys of that list alone,
//! so that no region can take back what another signed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::keys::{KeyId, RootKey};
use crate::shc::CardRevocations;
use crate::signers::{Signer, Signers};
use crate::trust_list::{TrustError, TrustList};

/// What a list offered to a [`TrustStore`] was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// The region's first list, or newer than the one held: keep its bytes.
    Newer,
    /// The very list that is held already.
    Same,
}

/// The newest trust list of each region.
#[derive(Clone, Debug, Default)]
pub struct TrustStore(BTreeMap<String, TrustList>);

impl TrustStore {
    /// Takes `list` in the place of its region's older one.
    ///
    /// # Errors
    /// [`TrustError::RolledBack`] for an older list, [`TrustError::Conflict`] for a different
    /// list with the same number, and [`TrustError::UnknownRoot`] for one that another root
    /// signed than the list that is held. The list that is held then stays.
    pub fn accept(&mut self, list: TrustList) -> Result<Accepted, TrustError> {
        if let Some(held) = self.0.get(list.region()) {
            if held.root() != list.root() {
                return Err(TrustError::UnknownRoot);
            }
            let (held_number, offered) = (held.sequence(), list.sequence());
            if offered < held_number {
                return Err(TrustError::RolledBack {
                    held: held_number,
                    offered,
                });
            }
            if offered == held_number {
                // ECDSA is randomised: what counts is what was signed, not the signature.
                return if held.says_the_same(&list) {
                    Ok(Accepted::Same)
                } else {
                    Err(TrustError::Conflict(held_number))
                };
            }
        }
        self.0.insert(list.region().to_owned(), list);
        Ok(Accepted::Newer)
    }

    /// The list held for `region`.
    #[must_use]
    pub fn get(&self, region: &str) -> Option<&TrustList> {
        self.0.get(region)
    }

    /// All lists held, by region.
    pub fn lists(&self) -> impl Iterator<Item = &TrustList> {
        self.0.values()
    }

    /// What to check documents against.
    #[must_use]
    pub fn trust(&self) -> Trust {
        Trust {
            lists: self.lists().cloned().collect(),
            signers: Signers::default(),
        }
    }
}

/// Whom to believe when a document is checked. The default is nobody: signatures are then
/// "not checked".
#[derive(Clone, Debug, Default)]
pub struct Trust {
    lists: Vec<TrustList>,
    signers: Signers,
}

/// A signer and the list it is in.
pub(crate) type Found<'t> = (&'t Signer, Option<&'t TrustList>);

impl Trust {
    /// Reads a file that may be one of our own trust lists, signed by one of `roots`, or any
    /// file of signers that [`Signers::parse`] knows, such as a list of EU certificates.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn read(file: &[u8], roots: &[RootKey], at: Timestamp) -> Result<Self, TrustError> {
        let mut refused = TrustError::UnknownRoot;
        for root in roots {
            match TrustList::open(file, root, at) {
                Ok(list) => return Ok(list.into()),
                Err(TrustError::UnknownRoot) => {}
                Err(error) => refused = error,
            }
        }
        match Signers::parse(file) {
            Ok(signers) => Ok(signers.into()),
            // It is no file of signers: what is wrong with it as a list says more, unless it
            // does not begin as one (COSE_Sign1 is tag 18 or an array of four).
            Err(_) if matches!(file.first(), Some(0xd2 | 0x84 | 0xd8)) => Err(refused),
            Err(error) => Err(error.into()),
        }
    }

    /// Believes the signers of `list` too.
    #[must_use]
    pub fn with_list(mut self, list: TrustList) -> Self {
        self.lists.push(list);
        self
    }

    /// Believes `signers` too.
    #[must_use]
    pub fn with_signers(mut self, signers: Signers) -> Self {
        self.signers.join(signers);
        self
    }

    /// Minds which cards an issuer of SMART Health Cards has taken back. Of two lists of one key the one that was changed
    /// more often counts.
    #[must_use]
    pub fn with_card_revocations(mut self, list: CardRevocations) -> Self {
        self.signers.add_revocations(list);
        self
    }

    /// Whether nobody is believed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.signers.is_empty()
    }

    /// Whether any list in it is older than it should be.
    #[must_use]
    pub fn is_expired(&self, at: Timestamp) -> bool {
        self.lists.iter().any(|list| list.is_expired(at))
    }

    /// The signers that a document naming `key_id` may be from, each with the list it is in.
    pub(crate) fn candidates<'t>(&'t self, key_id: Option<&KeyId>) -> impl Iterator<Item = Found<'t>> {
        self.all()
            .filter(move |(signer, _)| signer.key_id.is_none() || signer.key_id.as_ref() == key_id)
    }

    /// The signers whose key has this thumbprint, as SMART Health Cards name it, whether they may sign cards or not.
    pub(crate) fn card_candidates<'t>(&'t self, thumbprint: Option<&KeyId>) -> impl Iterator<Item = Found<'t>> {
        self.all()
            .filter(move |(signer, _)| thumbprint.is_some() && signer.key.jwk_thumbprint().as_ref() == thumbprint)
    }

    /// Which cards the issuer with this key has taken back, as it published itself.
    pub(crate) fn card_revocations(&self, key: &KeyId) -> Option<&CardRevocations> {
        self.signers.revocations(key)
    }

    fn all(&self) -> impl Iterator<Item = Found<'_>> {
        let listed = self
            .lists
            .iter()
            .flat_map(|list| list.signers().iter().map(move |signer| (signer, Some(list))));
        let loose = self.signers.iter().map(|signer| (signer, None));
        listed.chain(loose)
    }
}

impl From<TrustList> for Trust {
    fn from(list: TrustList) -> Self {
        Self::default().with_list(list)
    }
}

impl From<Signers> for Trust {
    fn from(signers: Signers) -> Self {
        Self::default().with_signers(signers)
    }
}
