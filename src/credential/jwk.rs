//! JSON Web Keys (RFC 7517), and which of them may sign SMART Health Cards.
//!
//! Any JWK with a key of a kind that is in use makes a signer. For cards, the framework asks for more (section
//! "Determining keys associated with an issuer"), and a key that falls short signs none: a key for something else, or
//! one under a name that is not its thumbprint, was not published for cards.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

use crate::keys::{KeyError, KeyId, PublicKey};
use crate::signers::{CardUse, Signer, decode_base64};

/// Reads a JWK. Its `kid` is taken where it is one that a document could name, which in the EU's lists is the base64 of
/// eight bytes. `issuer` is whose cards it may sign, if that is known.
pub(crate) fn signer(jwk: &Json, issuer: Option<&str>) -> Result<Signer, KeyError> {
    let text = |name| jwk.get(name).and_then(Json::as_str);
    let number = |name| text(name).and_then(decode_base64).ok_or(KeyError::NoKey);
    let key = match text("kty") {
        Some("EC") if text("crv") == Some("P-256") => PublicKey::from_coordinates(&number("x")?, &number("y")?)?,
        Some("RSA") => PublicKey::from_rsa(&number("n")?, &number("e")?)?,
        _ => return Err(KeyError::Unsupported),
    };
    let key_id = text("kid")
        .and_then(decode_base64)
        .filter(|id| id.len() == 8)
        .map(|id| KeyId::new(&id));
    let health_cards = may_sign_cards(jwk, &key).then(|| CardUse {
        issuer: issuer.map(str::to_owned),
        crl_version: jwk.get("crlVersion").and_then(Json::as_u64),
    });
    Ok(Signer {
        key_id,
        health_cards,
        ..Signer::bare(key)
    })
}

/// Whether a JWK is as the framework asks. `d` is the private half: whoever publishes that has no key any more.
fn may_sign_cards(jwk: &Json, key: &PublicKey) -> bool {
    let says = |name: &str, wanted: &str| jwk.get(name).and_then(Json::as_str) == Some(wanted);
    let plain = |name: &str| {
        let text = jwk.get(name).and_then(Json::as_str).unwrap_or_default();
        URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
    };
    let thumbprint = key.jwk_thumbprint().map(|thumbprint| thumbprint.to_base64url());
    let curve = [("kty", "EC"), ("crv", "P-256"), ("use", "sig"), ("alg", "ES256")];
    curve.into_iter().all(|(name, wanted)| says(name, wanted))
        && plain("x")
        && plain("y")
        && thumbprint.is_some_and(|thumbprint| says("kid", &thumbprint))
        && jwk.get("d").is_none()
}
