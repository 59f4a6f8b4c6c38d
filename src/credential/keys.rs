//! Keys: what a signature is made with and checked against.
//!
//! Two kinds are in use, because the EU's certificates allow both: ECDSA on P-256 with SHA-256
//! (ES256), and RSA of 2,048 to 8,192 bits with PSS (PS256). We sign with ES256 alone. `ring`
//! does the arithmetic; this module only knows how keys are named and written.
//!
//! A key is named by a [`KeyId`]. For an X.509 certificate that is the first 8 bytes of the
//! SHA-256 of its DER form (hcert specification 1, section 3.3.2); for a bare key the first 8
//! bytes of its COSE key thumbprint (RFC 9679). SMART Health Cards name the whole JWK thumbprint
//! (RFC 7638). Private keys are in `signing_key`, and reading
//! keys from files in `signers`.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ciborium::Value;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::cbor;

/// DER of a SubjectPublicKeyInfo for P-256 (RFC 5480) up to where the point begins.
const P256_SPKI_START: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const OID_P256: &str = "1.2.840.10045.3.1.7";

/// Why a key could not be read or made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing in the file is a key or certificate.
    #[error(
        "no key was found; give an X.509 certificate or public key (PEM or DER), a JWK set, \
         a certificate's base64, or a list of such certificates"
    )]
    NoKey,
    /// The file is larger than any list of signers in use.
    #[error("the file of keys is larger than 8 MiB; give one that holds only signers")]
    TooLarge,
    /// A key of a kind that is not in use for documents.
    #[error("the key is of a kind that no document is signed with; use P-256 or RSA")]
    Unsupported,
    /// Beside the keys stands a card revocation list that is damaged.
    #[error("a card revocation list in the file is damaged; get the file again from the issuer")]
    Revocations,
    /// Bytes that were to be a private key are none.
    #[error("the private key is not an unencrypted PKCS#8 key on the curve P-256")]
    NotPkcs8,
    /// The source of randomness failed.
    #[error("no random numbers could be had, so no key was made; try again")]
    NoRandomness,
}

/// The name of a key, as a document's header and a trust list carry it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(Arc<[u8]>);

impl KeyId {
    /// The id that consists of `bytes`.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The id of the certificate with this DER form.
    #[must_use]
    pub fn of_certificate(der: &[u8]) -> Self {
        Self::of_digest(der)
    }

    /// Its bytes; eight of them unless an issuer chose otherwise, and 32 for a SMART Health Card's.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its bytes in base64url, as SMART Health Cards write them.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    fn of_digest(content: &[u8]) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, content);
        let digest = digest.as_ref();
        Self::new(digest.get(..8).unwrap_or(digest))
    }
}

/// Base64, as the EU's lists write key ids.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// How a document is signed (RFC 9053).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, and a salt of 32 bytes.
    Ps256,
}

/// A key that signatures are checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Arc<KeyMaterial>);

#[derive(PartialEq, Eq)]
enum KeyMaterial {
    /// The point, uncompressed: 4, x, y.
    P256([u8; 65]),
    /// Modulus and exponent, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER.
    ///
    /// # Errors
    /// [`KeyError::NoKey`] and [`KeyError::Unsupported`].
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        match SubjectPublicKeyInfo::from_der(der) {
            Ok(([], spki)) => Self::from_spki(&spki),
            _ => Err(KeyError::NoKey),
        }
    }

    /// Reads `-----BEGIN PUBLIC KEY-----` (RFC 7468, section 13).
    ///
    /// # Errors
    /// [`KeyError::NoKey`] and [`KeyError::Unsupported`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        Pem::iter_from_buffer(pem.as_bytes())
            .filter_map(Result::ok)
            .find(|block| block.label == "PUBLIC KEY")
            .ok_or(KeyError::NoKey)
            .and_then(|block| Self::from_spki_der(&block.contents))
    }

    pub(crate) fn from_spki(spki: &SubjectPublicKeyInfo<'_>) -> Result<Self, KeyError> {
        use x509_parser::public_key::PublicKey as Parsed;
        match spki.parsed() {
            Ok(Parsed::EC(point)) => {
                let curve = spki.algorithm.parameters.as_ref();
                let curve = curve.and_then(|parameter| parameter.as_oid().ok());
                if curve.is_none_or(|oid| oid.to_id_string() != OID_P256) {
                    return Err(KeyError::Unsupported);
                }
                Self::from_point(point.data())
            }
            Ok(Parsed::RSA(key)) => Self::from_rsa(key.modulus, key.exponent),
            Ok(_) => Err(KeyError::Unsupported),
            Err(_) => Err(KeyError::NoKey),
        }
    }

    /// The key on P-256 with the coordinates `x` and `y`, 32 bytes each.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] when the lengths are others.
    pub fn from_coordinates(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        Self::from_point(&[&[4], x, y].concat())
    }

    pub(crate) fn from_point(point: &[u8]) -> Result<Self, KeyError> {
        match <[u8; 65]>::try_from(point) {
            Ok(point) if point.first() == Some(&4) => Ok(Self(Arc::new(KeyMaterial::P256(point)))),
            _ => Err(KeyError::Unsupported),
        }
    }

    /// The RSA key with modulus `n` and exponent `e`, big-endian.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] when the modulus is outside 2,048 to 8,192 bits.
    pub fn from_rsa(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let trim = |number: &[u8]| -> Vec<u8> { number.iter().copied().skip_while(|&byte| byte == 0).collect() };
        let (n, e) = (trim(n), trim(e));
        if !(256..=1024).contains(&n.len()) || !(1..=5).contains(&e.len()) {
            return Err(KeyError::Unsupported);
        }
        Ok(Self(Arc::new(KeyMaterial::Rsa { n, e })))
    }

    /// As PEM (`-----BEGIN PUBLIC KEY-----`), for a root's file; `None` for an RSA key, which
    /// we never make.
    #[must_use]
    pub fn to_pem(&self) -> Option<String> {
        let KeyMaterial::P256(point) = &*self.0 else {
            return None;
        };
        let base64 = STANDARD.encode([P256_SPKI_START.as_slice(), point].concat());
        let (first, second) = base64.split_at_checked(64)?;
        Some(format!(
            "-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n"
        ))
    }

    /// The id of this key as a bare key: the first 8 bytes of its thumbprint (RFC 9679).
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        KeyId::of_digest(&cbor::write(&self.to_cose_key()))
    }

    /// The thumbprint by which SMART Health Cards name a key (RFC 7638, SHA-256); `None` for an RSA key, which they do
    /// not use.
    pub(crate) fn jwk_thumbprint(&self) -> Option<KeyId> {
        let KeyMaterial::P256(point) = &*self.0 else {
            return None;
        };
        let (x, y) = point.get(1..)?.split_at_checked(32)?;
        let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
        // The required members alone, in the order of their names, without white space.
        let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let digest = ring::digest::digest(&ring::digest::SHA256, jwk.as_bytes());
        Some(KeyId::new(digest.as_ref()))
    }

    /// A COSE_Key (RFC 9053, section 7.1.1; RFC 8230, section 4) with its required parameters
    /// only, in the order of deterministic encoding.
    pub(crate) fn to_cose_key(&self) -> Value {
        let number = |n: i64| Value::Integer(n.into());
        match &*self.0 {
            KeyMaterial::P256(point) => {
                let (x, y) = point.split_at(33);
                let x = x.get(1..).unwrap_or_default();
                Value::Map(vec![
                    (number(1), number(2)),
                    (number(-1), number(1)),
                    (number(-2), Value::Bytes(x.to_vec())),
                    (number(-3), Value::Bytes(y.to_vec())),
                ])
            }
            KeyMaterial::Rsa { n, e } => Value::Map(vec![
                (number(1), number(3)),
                (number(-1), Value::Bytes(n.clone())),
                (number(-2), Value::Bytes(e.clone())),
            ]),
        }
    }

    pub(crate) fn from_cose_key(key: &Value) -> Result<Self, KeyError> {
        let number = |label| cbor::get(key, label).and_then(Value::as_integer);
        let bytes = |label| {
            let value = cbor::get(key, label).and_then(Value::as_bytes);
            value.ok_or(KeyError::NoKey)
        };
        match number(1).map(i128::from) {
            Some(2) if number(-1) == Some(1.into()) => Self::from_coordinates(bytes(-2)?, bytes(-3)?),
            Some(3) => Self::from_rsa(bytes(-1)?, bytes(-2)?),
            _ => Err(KeyError::Unsupported),
        }
    }

    /// Whether `signature` over `message` was made with this key. Always `false` when the
    /// algorithm is not that of the key.
    #[must_use]
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (&*self.0, algorithm) {
            (KeyMaterial::P256(point), Algorithm::Es256) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
            (KeyMaterial::Rsa { n, e }, Algorithm::Ps256) => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PSS_2048_8192_SHA256, message, signature)
                .is_ok(),
            _ => false,
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.key_id())
    }
}

/// The key that a region's trust lists are signed with; it ships with the region pack, as a
/// PEM file of the public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootKey(PublicKey);

impl RootKey {
    /// Reads `-----BEGIN PUBLIC KEY-----` holding a key on P-256.
    ///
    /// # Errors
    /// [`KeyError::NoKey`] and [`KeyError::Unsupported`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        PublicKey::from_pem(pem).map(Self)
    }

    /// The key itself.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0
    }
}

impl From<PublicKey> for RootKey {
    fn from(key: PublicKey) -> Self {
        Self(key)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_9679() {
        // The key and the thumbprint of RFC 9679, section 6.
        let x = [
            0x65, 0xed, 0xa5, 0xa1, 0x25, 0x77, 0xc2, 0xba, 0xe8, 0x29, 0x43, 0x7f, 0xe3, 0x38, 0x70, 0x1a, 0x10, 0xaa,
            0xa3, 0x75, 0xe1, 0xbb, 0x5b, 0x5d, 0xe1, 0x08, 0xde, 0x43, 0x9c, 0x08, 0x55, 0x1d,
        ];
        let y = [
            0x1e, 0x52, 0xed, 0x75, 0x70, 0x11, 0x63, 0xf7, 0xf9, 0xe4, 0x0d, 0xdf, 0x9f, 0x34, 0x1b, 0x3d, 0xc9, 0xba,
            0x86, 0x0a, 0xf7, 0xe0, 0xca, 0x7c, 0xa7, 0xe9, 0xee, 0xcd, 0x00, 0x84, 0xd1, 0x9c,
        ];
        let key = PublicKey::from_coordinates(&x, &y).unwrap();
        assert_eq!(
            key.key_id().as_bytes(),
            [0x49, 0x6b, 0xd8, 0xaf, 0xad, 0xf3, 0x07, 0xe5]
        );
    }

    #[test]
    fn the_jwk_thumbprint_is_that_of_the_framework() {
        // The key that the SMART Health Cards Framework gives as its example, and its kid.
        let number = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let key = PublicKey::from_coordinates(
            &number("7xbC_9ZmFwKqOHpwX6-LnlhIh5SMIuNwl0PW1yVI_sk"),
            &number("7k2fdIRNDHdf93vL76wxdXEPtj_GiMTTyecm7EUUMQo"),
        );
        let kid = number("_IY9W2kRRFUigDfSB9r8jHgMRrT0w4p5KN93nGThdH8");
        assert_eq!(key.unwrap().jwk_thumbprint(), Some(KeyId::new(&kid)));
    }

    #[test]
    fn other_curves_and_small_rsa_keys_are_refused() {
        assert_eq!(
            PublicKey::from_coordinates(&[1; 48], &[2; 48]),
            Err(KeyError::Unsupported)
        );
        assert_eq!(
            PublicKey::from_rsa(&[0xff; 128], &[1, 0, 1]),
            Err(KeyError::Unsupported)
        );
        assert_eq!(PublicKey::from_spki_der(b"rubbish"), Err(KeyError::NoKey));
    }
}
