//! Compact JWS (RFC 7515) as SMART Health Cards use it: header, raw deflate, signature.
//!
//! Three pieces in base64url, with a dot between them. The framework leaves no choice (section "Health Cards are
//! Compact"): the algorithm is ES256, the payload is compressed with raw DEFLATE (`"zip":"DEF"`), and the key is named
//! by its thumbprint (RFC 7638). Anything else is refused here, before a key is looked for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

use crate::cose::SignedMessage;
use crate::document::ReadError;
use crate::envelope;
use crate::json;
use crate::keys::{Algorithm, KeyId};
use crate::shc::CardError;

/// The longest card that is looked at, in characters. In codes it has 1,195 or some parts of that; a whole patient
/// summary in a file has some ten thousand.
pub(crate) const MAX_JWS: usize = 64 * 1024;

/// How long a signature with ES256 is: r and s (RFC 7518, section 3.4).
const SIGNATURE: usize = 64;
/// How long a thumbprint with SHA-256 is.
const THUMBPRINT: usize = 32;

/// Whether `text` begins like a compact JWS with an object for a header; whether it is one is for [`parse`] to say.
pub(crate) fn looks_like(text: &str) -> bool {
    // The base64url of `{` begins with an e, and that of `{"` and of `{` with a space or a line end behind it with ey
    // or ew.
    (text.starts_with("ey") || text.starts_with("ew")) && text.contains('.')
}

/// Takes a compact JWS apart; nothing in it has been checked. The payload is what came out of the compression.
pub(crate) fn parse(text: &str) -> Result<SignedMessage, ReadError> {
    if text.len() > MAX_JWS {
        return Err(CardError::TooLong.into());
    }
    let pieces: Vec<&str> = text.split('.').collect();
    let &[header, payload, signature] = pieces.as_slice() else {
        return Err(CardError::NotCompact.into());
    };
    let signed = text.len() - signature.len() - 1;
    let decode = |piece: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(piece).ok().filter(|bytes| !bytes.is_empty());
        bytes.ok_or(CardError::Base64)
    };
    let (header, compressed, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
    let header = json::parse(&header).ok().filter(Json::is_object);
    let header = header.ok_or(CardError::Header)?;
    let named = |name| header.get(name).and_then(Json::as_str);
    if header.get("crit").is_some() {
        return Err(CardError::Critical.into());
    }
    if named("zip") != Some("DEF") {
        return Err(CardError::NotCompressed.into());
    }
    let payload = envelope::inflate_raw(&compressed)?;
    if named("alg") != Some("ES256") {
        return Err(CardError::Algorithm.into());
    }
    let key_id = named("kid").and_then(|kid| URL_SAFE_NO_PAD.decode(kid).ok());
    let key_id = key_id.filter(|id| id.len() == THUMBPRINT).ok_or(CardError::KeyId)?;
    if signature.len() != SIGNATURE {
        return Err(CardError::SignatureForm.into());
    }
    Ok(SignedMessage::new(
        Algorithm::Es256,
        KeyId::new(&key_id),
        payload,
        text.as_bytes().get(..signed).unwrap_or_default().to_vec(),
        signature,
    ))
}
