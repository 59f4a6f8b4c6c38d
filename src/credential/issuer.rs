//! Issuing documents of our own kind.
//!
//! A hub holds an [`Issuer`] and hands its public key to whoever signs the region's trust list
//! ([`crate::TrustListBuilder`]). There is no private key in this crate, in tests neither: each
//! makes its own.

use ring::rand::SecureRandom;

use crate::cbor;
use crate::claims::{Claims, ClaimsError};
use crate::claims_cbor;
use crate::cose;
use crate::envelope::{self, MAX_TEXT};
use crate::keys::{KeyError, PublicKey};
use crate::signing_key::SigningKey;

/// Why a document could not be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The claims make no document.
    #[error("the claims make no document: {0}")]
    Claims(#[from] ClaimsError),
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The document would be longer than any reader takes.
    #[error("the document would be longer than 16 KiB; leave out what is not needed")]
    TooLong,
}

/// Signs documents with ES256.
#[derive(Clone, Debug)]
pub struct Issuer {
    key: SigningKey,
}

impl Issuer {
    /// An issuer that signs with `key`.
    #[must_use]
    pub fn new(key: SigningKey) -> Self {
        Self { key }
    }

    /// An issuer with a new key, and the key's PKCS#8 form to keep.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate(random: &dyn SecureRandom) -> Result<(Self, Vec<u8>), KeyError> {
        let (key, pkcs8) = SigningKey::generate(random)?;
        Ok((Self { key }, pkcs8))
    }

    /// The issuer whose key was kept in PKCS#8 form.
    ///
    /// # Errors
    /// [`KeyError::NotPkcs8`].
    pub fn from_pkcs8(pkcs8: &[u8], random: &dyn SecureRandom) -> Result<Self, KeyError> {
        SigningKey::from_pkcs8(pkcs8, random).map(Self::new)
    }

    /// The key that its documents are checked against.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// Issues a document and gives its text, `AB1:…`. Times are cut to whole seconds.
    ///
    /// # Errors
    /// [`IssueError`]; nothing is signed that [`crate::read`] would refuse.
    pub fn issue(&self, claims: &Claims, random: &dyn SecureRandom) -> Result<String, IssueError> {
        claims.check()?;
        let set = claims_cbor::write(claims);
        // Cutting to seconds may leave nothing between beginning and end.
        claims_cbor::read(&set)?;
        let message = cose::sign(cbor::write(&set), None, &self.key, random)?;
        let text = envelope::wrap("AB1:", &message);
        if text.len() > MAX_TEXT {
            return Err(IssueError::TooLong);
        }
        Ok(text)
    }
}
