//! COSE_Sign1 (RFC 9052): the signature around a document.
//!
//! Issuers wrap it in three ways, and all are read: tagged (18), untagged, and with the CWT
//! tag (61) around the COSE tag. The key id may stand in the protected or the unprotected
//! header; where both have one, only the protected is believed, since the other is not signed.

use ciborium::Value;
use coset::iana;
use coset::{AsCborValue, CoseSign1, CoseSign1Builder, HeaderBuilder};
use coset::{RegisteredLabelWithPrivate, TaggedCborSerializable};
use ring::rand::SecureRandom;

use crate::cbor::{self, CborError};
use crate::keys::{Algorithm, KeyError, KeyId, PublicKey};
use crate::signing_key::SigningKey;

const TAG_CWT: u64 = 61;

/// Why bytes are no signed message that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CoseError {
    #[error(transparent)]
    Cbor(#[from] CborError),
    #[error("it is not a COSE_Sign1 message")]
    NotSign1,
    #[error("it needs a header parameter that is not known here")]
    Critical,
}

/// A signed message, taken apart; nothing in it has been checked.
#[derive(Clone)]
pub(crate) struct SignedMessage {
    /// `None` where the header names another algorithm than ES256 and PS256, or none.
    pub algorithm: Option<Algorithm>,
    pub key_id: Option<KeyId>,
    pub content_type: Option<String>,
    pub payload: Vec<u8>,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl SignedMessage {
    /// Takes a COSE_Sign1 apart.
    pub fn parse(bytes: &[u8]) -> Result<Self, CoseError> {
        let mut value = cbor::parse(bytes)?;
        for tag in [TAG_CWT, CoseSign1::TAG] {
            value = match value {
                Value::Tag(found, inner) if found == tag => *inner,
                other => other,
            };
        }
        // The library reads the protected header on its own, without our limits.
        match value.as_array().and_then(|parts| parts.first()) {
            Some(Value::Bytes(protected)) if protected.is_empty() => {}
            Some(Value::Bytes(protected)) => drop(cbor::parse(protected)?),
            _ => return Err(CoseError::NotSign1),
        }
        let message = CoseSign1::from_cbor_value(value).map_err(|_| CoseError::NotSign1)?;
        let (protected, unprotected) = (&message.protected.header, &message.unprotected);
        let understood = |label: &RegisteredLabelWithPrivate<iana::HeaderParameter>| {
            use iana::HeaderParameter::{Alg, ContentType, Kid};
            matches!(label, RegisteredLabelWithPrivate::Assigned(Alg | ContentType | Kid))
        };
        if !protected.crit.iter().all(understood) || !unprotected.crit.is_empty() {
            return Err(CoseError::Critical);
        }
        let algorithm = match protected.alg.as_ref().or(unprotected.alg.as_ref()) {
            Some(RegisteredLabelWithPrivate::Assigned(iana::Algorithm::ES256)) => Some(Algorithm::Es256),
            Some(RegisteredLabelWithPrivate::Assigned(iana::Algorithm::PS256)) => Some(Algorithm::Ps256),
            _ => None,
        };
        let key_id = [&protected.key_id, &unprotected.key_id]
            .into_iter()
            .find(|id| !id.is_empty())
            .map(|id| KeyId::new(id));
        let content_type = match &protected.content_type {
            Some(coset::ContentType::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let payload = message.payload.ok_or(CoseError::NotSign1)?;
        let protected = message.protected.original_data.unwrap_or_default();
        Ok(Self {
            algorithm,
            key_id,
            content_type,
            signed: to_be_signed(&protected, &payload),
            payload,
            signature: message.signature,
        })
    }

    /// What the reader of another format took apart: `signed` are the bytes that the signature is over.
    pub fn new(algorithm: Algorithm, key_id: KeyId, payload: Vec<u8>, signed: Vec<u8>, signature: Vec<u8>) -> Self {
        Self {
            algorithm: Some(algorithm),
            key_id: Some(key_id),
            content_type: None,
            payload,
            signed,
            signature,
        }
    }

    /// Whether the signature was made with `key`.
    pub fn is_signed_with(&self, key: &PublicKey) -> bool {
        self.algorithm
            .is_some_and(|algorithm| key.verifies(algorithm, &self.signed, &self.signature))
    }
}

/// What a signature is over (`Sig_structure`, RFC 9052, section 4.4), the protected header as it stands in the message
/// and without external data.
fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    const CONTEXT: &str = "Signature1";
    let mut signed = Vec::with_capacity(CONTEXT.len() + protected.len() + payload.len() + 32);
    cbor::write_head(&mut signed, cbor::ARRAY, 4);
    cbor::write_head(&mut signed, cbor::TEXT, CONTEXT.len());
    signed.extend_from_slice(CONTEXT.as_bytes());
    for bytes in [protected, &[], payload] {
        cbor::write_head(&mut signed, cbor::BYTES, bytes.len());
        signed.extend_from_slice(bytes);
    }
    signed
}

/// Signs `payload` with ES256: a tagged COSE_Sign1 whose protected header has the algorithm,
/// the key id and, if given, the content type.
pub(crate) fn sign(
    payload: Vec<u8>,
    content_type: Option<&str>,
    key: &SigningKey,
    random: &dyn SecureRandom,
) -> Result<Vec<u8>, KeyError> {
    let mut header = HeaderBuilder::new()
        .algorithm(iana::Algorithm::ES256)
        .key_id(key.public_key().key_id().as_bytes().to_vec());
    if let Some(content_type) = content_type {
        header = header.content_type(content_type.to_owned());
    }
    let message = CoseSign1Builder::new()
        .protected(header.build())
        .payload(payload)
        .try_create_signature(&[], |message| key.sign(message, random))?
        .build();
    message.to_tagged_vec().map_err(|_| KeyError::NotPkcs8)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use coset::{ProtectedHeader, SignatureContext, sig_structure_data};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_signed_is_what_the_library_signs(
            protected in prop::collection::vec(any::<u8>(), 0..300),
            short in prop::collection::vec(any::<u8>(), 0..600),
            length in 0_usize..70_000,
        ) {
            for payload in [short, vec![7; length]] {
                let header = ProtectedHeader { original_data: Some(protected.clone()), ..ProtectedHeader::default() };
                let theirs = sig_structure_data(SignatureContext::CoseSign1, header, None, &[], &payload);
                prop_assert_eq!(to_be_signed(&protected, &payload), theirs);
            }
        }
    }
}
