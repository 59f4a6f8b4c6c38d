//! Private keys: those of issuers and of the roots of trust lists.
//!
//! A private key never leaves the process that made or loaded it except in the PKCS#8 form that
//! its owner keeps. Its `Debug` form is the id of its public part.

use std::fmt;
use std::sync::Arc;

use ring::rand::SecureRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

use crate::keys::{KeyError, PublicKey};

/// A private key on P-256. It stays in memory and shows nothing of itself.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<EcdsaKeyPair>,
    public: PublicKey,
}

impl SigningKey {
    /// Makes a new key. The second value is its PKCS#8 form (RFC 5208), which the caller keeps
    /// where only it can read.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate(random: &dyn SecureRandom) -> Result<(Self, Vec<u8>), KeyError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, random)
            .map_err(|_| KeyError::NoRandomness)?;
        let key = Self::from_pkcs8(document.as_ref(), random)?;
        Ok((key, document.as_ref().to_vec()))
    }

    /// Reads a key in PKCS#8 DER, public part included, as [`SigningKey::generate`] gives it.
    ///
    /// # Errors
    /// [`KeyError::NotPkcs8`].
    pub fn from_pkcs8(pkcs8: &[u8], random: &dyn SecureRandom) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, random)
            .map_err(|_| KeyError::NotPkcs8)?;
        let public = PublicKey::from_point(pair.public_key().as_ref())?;
        Ok(Self {
            pair: Arc::new(pair),
            public,
        })
    }

    /// The public part.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8], random: &dyn SecureRandom) -> Result<Vec<u8>, KeyError> {
        self.pair
            .sign(random, message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| KeyError::NoRandomness)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.key_id())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use ring::rand::SystemRandom;

    use super::*;
    use crate::cbor;
    use crate::keys::Algorithm;

    #[test]
    fn a_key_survives_its_files() {
        let random = SystemRandom::new();
        let (key, pkcs8) = SigningKey::generate(&random).unwrap();
        let again = SigningKey::from_pkcs8(&pkcs8, &random).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        let pem = key.public_key().to_pem().unwrap();
        assert_eq!(PublicKey::from_pem(&pem).unwrap(), *key.public_key());
        let cose = key.public_key().to_cose_key();
        assert_eq!(PublicKey::from_cose_key(&cose).unwrap(), *key.public_key());
    }

    #[test]
    fn a_signature_holds_for_its_key_algorithm_and_message_alone() {
        let random = SystemRandom::new();
        let (key, _) = SigningKey::generate(&random).unwrap();
        let (other, _) = SigningKey::generate(&random).unwrap();
        let signature = key.sign(b"message", &random).unwrap();
        let public = key.public_key();
        assert!(public.verifies(Algorithm::Es256, b"message", &signature));
        assert!(!public.verifies(Algorithm::Ps256, b"message", &signature));
        assert!(!public.verifies(Algorithm::Es256, b"massage", &signature));
        assert!(!other.public_key().verifies(Algorithm::Es256, b"message", &signature));
    }

    #[test]
    fn a_private_key_shows_nothing_of_itself() {
        let (key, pkcs8) = SigningKey::generate(&SystemRandom::new()).unwrap();
        let shown = format!("{key:?}");
        assert!(shown.len() < 40, "{shown}");
        assert!(!shown.contains(&cbor::hex(&pkcs8[36..68])));
    }
}
