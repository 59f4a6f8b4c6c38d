//! Signers from files: whatever form somebody has the keys in.
//!
//! Beside our own trust lists, which are signed (see `trust_list`), keys come as loose files:
//! a certificate, a public key, a JWK set, or a list of the certificates of all EU signers as
//! national back ends publish it. [`Signers::parse`] tells them apart by their content. Such a
//! file vouches for nothing: whoever names it says that its keys are to be believed.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value as Json;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;

use crate::claims::Kind;
use crate::jwk;
use crate::keys::{KeyError, KeyId, PublicKey};
use crate::shc::{self, CardRevocations};

/// The largest file of keys that is read. The EU's list had about 1 MiB.
pub(crate) const MAX_FILE: usize = 8 * 1024 * 1024;

/// The extended key usages by which a certificate names what it may sign (hcert specification
/// 1, section 3.4). Two spellings of the arc are in circulation; they mean the same.
const PURPOSES: [(&str, &str, Kind); 3] = [
    ("1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.0.1847.2021.1.1", Kind::Test),
    (
        "1.3.6.1.4.1.1847.2021.1.2",
        "1.3.6.1.4.1.0.1847.2021.1.2",
        Kind::Vaccination,
    ),
    (
        "1.3.6.1.4.1.1847.2021.1.3",
        "1.3.6.1.4.1.0.1847.2021.1.3",
        Kind::Recovery,
    ),
];

/// A key that signs documents, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub key: PublicKey,
    /// The id under which documents name it; `None` is a bare key, tried on every document.
    pub key_id: Option<KeyId>,
    /// Whose key it is.
    pub issuer: Option<String>,
    /// Documents issued before this time are not believed.
    pub not_before: Option<Timestamp>,
    /// After this time none of its documents is believed any more.
    pub not_after: Option<Timestamp>,
    /// The kinds it may sign; empty is any kind.
    pub purposes: Vec<Kind>,
    /// Whether it may sign SMART Health Cards, and whose; `None` is never.
    pub health_cards: Option<CardUse>,
}

/// What is known about a key that may sign SMART Health Cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardUse {
    /// The URL of the issuer (`iss`) whose cards it signs; `None` where the file did not say.
    pub issuer: Option<String>,
    /// How often the issuer has changed the list of cards of this key that it has taken back (`crlVersion`); `None` is
    /// an issuer that publishes no such list.
    pub crl_version: Option<u64>,
}

impl Signer {
    /// The key of an issuer of our own documents, who has to be called `issuer` in their `iss`.
    #[must_use]
    pub fn of_issuer(key: &PublicKey, issuer: &str) -> Self {
        Self {
            key_id: Some(key.key_id()),
            issuer: Some(issuer.to_owned()),
            ..Self::bare(key.clone())
        }
    }

    /// A key of which nothing else is known.
    pub(crate) fn bare(key: PublicKey) -> Self {
        Self {
            key,
            key_id: None,
            issuer: None,
            not_before: None,
            not_after: None,
            purposes: Vec::new(),
            health_cards: Some(CardUse::default()),
        }
    }

    /// Whether it may sign documents of this kind.
    #[must_use]
    pub fn may_sign(&self, kind: &Kind) -> bool {
        self.purposes.is_empty() || self.purposes.contains(kind)
    }

    /// Reads an X.509 certificate in DER. That the certificate itself is signed by somebody is
    /// not looked at: whoever hands it over vouches for it.
    fn from_certificate(der: &[u8]) -> Result<Self, KeyError> {
        let Ok(([], certificate)) = X509Certificate::from_der(der) else {
            return Err(KeyError::NoKey);
        };
        let key = PublicKey::from_spki(certificate.public_key())?;
        let subject = certificate.subject();
        let issuer = subject
            .iter_organization()
            .chain(subject.iter_common_name())
            .find_map(|name| name.as_str().ok())
            .map(str::to_owned);
        let time = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        Ok(Self {
            key,
            key_id: Some(KeyId::of_certificate(der)),
            issuer,
            not_before: time(certificate.validity().not_before),
            not_after: time(certificate.validity().not_after),
            purposes: purposes(&certificate),
            // A certificate of an issuer of cards names it by its URL; other certificates are not for cards.
            health_cards: issuer_url(&certificate).map(|url| CardUse {
                issuer: Some(url),
                crl_version: None,
            }),
        })
    }
}

/// The issuer of SMART Health Cards whose certificate it is: a URL among its alternative names.
fn issuer_url(certificate: &X509Certificate<'_>) -> Option<String> {
    let names = certificate.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(|name| match name {
        GeneralName::URI(url) if shc::is_issuer_url(url) => Some((*url).to_owned()),
        _ => None,
    })
}

/// What a certificate may sign. One that names none of the known purposes may sign all kinds
/// (hcert specification 1, section 3.4).
fn purposes(certificate: &X509Certificate<'_>) -> Vec<Kind> {
    let Ok(Some(usage)) = certificate.extended_key_usage() else {
        return Vec::new();
    };
    let named: Vec<String> = usage.value.other.iter().map(|oid| oid.to_id_string()).collect();
    PURPOSES
        .into_iter()
        .filter(|(one, other, _)| named.iter().any(|oid| oid == one || oid == other))
        .map(|(_, _, kind)| kind)
        .collect()
}

/// A loose set of signers, with what the issuers of SMART Health Cards among them have taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signers {
    signers: Vec<Signer>,
    revocations: BTreeMap<KeyId, CardRevocations>,
}

impl Signers {
    /// Reads signers from a file's content: X.509 certificates or public keys (PEM or DER),
    /// a certificate's or key's base64 (one, or one a line), a JWK or JWK set (with `x5c` or
    /// bare), or JSON in which certificates stand as base64, such as the lists that national
    /// back ends publish, a signature's line before the JSON included.
    ///
    /// A JWK set of SMART Health Cards may stand beside its issuer's URL (`iss`, or `issuer` with
    /// an `iss` in it), and card revocation lists beside both, as in the snapshots of issuer
    /// directories; the keys are then good for that issuer alone.
    ///
    /// In a file with several, those of a kind that is not in use are left out.
    ///
    /// # Errors
    /// [`KeyError`] when no usable key is in it.
    pub fn parse(file: &[u8]) -> Result<Self, KeyError> {
        if file.len() > MAX_FILE {
            return Err(KeyError::TooLarge);
        }
        let mut found = Found::default();
        match std::str::from_utf8(file) {
            Ok(text) if text.contains("-----BEGIN ") && !text.trim_start().starts_with(['{', '[']) => {
                found.pem(text);
            }
            Ok(text) if text.contains(['{', '[']) => {
                let start = text.find(['{', '[']).unwrap_or_default();
                let json = text.get(start..).unwrap_or_default();
                if let Ok(json) = serde_json::from_str::<Json>(json) {
                    found.json(&json, None);
                }
            }
            Ok(text) => {
                let joined: String = text.split_whitespace().collect();
                match decode_base64(&joined) {
                    Some(der) if found.der(&der) => {}
                    _ => {
                        let lines = text.lines().filter_map(|line| decode_base64(line.trim()));
                        for der in lines {
                            found.der(&der);
                        }
                    }
                }
            }
            Err(_) => {
                found.der(file);
            }
        }
        if found.damaged_list {
            return Err(KeyError::Revocations);
        }
        if found.signers.is_empty() {
            return Err(found.error.unwrap_or(KeyError::NoKey));
        }
        let mut all: Self = found.signers.into_iter().collect();
        found.revocations.into_iter().for_each(|list| all.add_revocations(list));
        Ok(all)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Signer> {
        self.signers.iter()
    }

    /// The same keys, good for SMART Health Cards of the issuer with this URL alone, where it was not known whose they
    /// are.
    #[must_use]
    pub fn of_card_issuer(mut self, url: &str) -> Self {
        let unknown = self
            .signers
            .iter_mut()
            .filter_map(|signer| signer.health_cards.as_mut());
        for cards in unknown.filter(|cards| cards.issuer.is_none()) {
            cards.issuer = Some(url.to_owned());
        }
        self
    }

    /// Adds the signers of another set.
    pub(crate) fn join(&mut self, other: Self) {
        self.signers.extend(other.signers);
        other
            .revocations
            .into_values()
            .for_each(|list| self.add_revocations(list));
    }

    /// Takes in a card revocation list, unless one of the same key that was changed more often is there.
    pub(crate) fn add_revocations(&mut self, list: CardRevocations) {
        let held = self.revocations.get(list.key_id());
        if held.is_none_or(|held| held.counter() < list.counter()) {
            self.revocations.insert(list.key_id().clone(), list);
        }
    }

    pub(crate) fn revocations(&self, key: &KeyId) -> Option<&CardRevocations> {
        self.revocations.get(key)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.signers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.signers.is_empty()
    }
}

impl FromIterator<Signer> for Signers {
    fn from_iter<I: IntoIterator<Item = Signer>>(signers: I) -> Self {
        Self {
            signers: signers.into_iter().collect(),
            revocations: BTreeMap::new(),
        }
    }
}

/// What has been found in a file so far.
#[derive(Default)]
struct Found {
    signers: Vec<Signer>,
    revocations: Vec<CardRevocations>,
    /// Whether a card revocation list was no such list.
    damaged_list: bool,
    /// Why something that looked like a key was left out.
    error: Option<KeyError>,
}

impl Found {
    /// Takes in the result for something that is a key; says whether it was one.
    fn add(&mut self, result: Result<Signer, KeyError>) -> bool {
        match result {
            Ok(signer) => self.signers.push(signer),
            Err(KeyError::NoKey) => return false,
            Err(error) => self.error = Some(error),
        }
        true
    }

    fn der(&mut self, der: &[u8]) -> bool {
        self.add(Signer::from_certificate(der)) || self.add(PublicKey::from_spki_der(der).map(Signer::bare))
    }

    fn pem(&mut self, text: &str) {
        for block in Pem::iter_from_buffer(text.as_bytes()).filter_map(Result::ok) {
            match block.label.as_str() {
                "CERTIFICATE" => self.add(Signer::from_certificate(&block.contents)),
                "PUBLIC KEY" => self.add(PublicKey::from_spki_der(&block.contents).map(Signer::bare)),
                _ => false,
            };
        }
    }

    /// Every JWK and every certificate somewhere in `json`; `issuer` is the URL that stood beside or above it.
    /// `serde_json` caps the depth.
    fn json(&mut self, json: &Json, issuer: Option<&str>) {
        match json {
            Json::Object(map) if map.contains_key("kty") => self.jwk(json, issuer),
            // A damaged list of revocations must not pass for none.
            Json::Object(map) if map.contains_key("rids") => match CardRevocations::from_json(json) {
                Ok(list) => self.revocations.push(list),
                Err(_) => self.damaged_list = true,
            },
            Json::Object(map) => {
                let issuer = issuer_beside(json).or(issuer);
                map.values().for_each(|value| self.json(value, issuer));
            }
            Json::Array(items) => items.iter().for_each(|value| self.json(value, issuer)),
            Json::String(text) if text.contains("-----BEGIN CERTIFICATE") => self.pem(text),
            // The DER of anything as long as a certificate begins with these characters.
            Json::String(text) if text.starts_with("MI") => {
                if let Some(der) = decode_base64(text) {
                    self.add(Signer::from_certificate(&der));
                }
            }
            _ => {}
        }
    }

    /// A JWK is a signer by itself, unless it comes with a certificate, which then says more about all but cards.
    fn jwk(&mut self, jwk: &Json, issuer: Option<&str>) {
        let chain = jwk.get("x5c").and_then(|chain| chain.get(0));
        let certificate = chain.and_then(Json::as_str).and_then(decode_base64);
        let Some(der) = certificate else {
            self.add(jwk::signer(jwk, issuer));
            return;
        };
        let certified = Signer::from_certificate(&der).map(|signer| Signer {
            health_cards: None,
            ..signer
        });
        let named = Signer::from_certificate(&der)
            .ok()
            .and_then(|signer| signer.health_cards?.issuer);
        let fit = jwk::signer(jwk, issuer.or(named.as_deref())).ok().filter(|signer| {
            // What the certificate names has to agree with where the key was found.
            let same_issuer = issuer.is_none() || named.is_none() || named.as_deref() == issuer;
            signer.health_cards.is_some() && same_issuer && certified.as_ref().is_ok_and(|c| c.key == signer.key)
        });
        self.add(certified);
        // Under its thumbprint it serves cards alone: for other documents the certificate's limits hold.
        self.signers.extend(fit.map(|signer| Signer {
            key_id: signer.key.jwk_thumbprint(),
            ..signer
        }));
    }
}

/// The URL of the issuer that an object names: `iss`, or the `iss` of its `issuer`.
fn issuer_beside(json: &Json) -> Option<&str> {
    let issuer = json.get("iss").or_else(|| json.get("issuer")?.get("iss"))?;
    issuer.as_str().filter(|url| shc::is_issuer_url(url))
}

/// Base64 in either alphabet, padded or not.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
        .ok()
        .filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests;
