#![allow(clippy::unwrap_used, clippy::expect_used)]

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use serde_json::json;

use super::*;
use crate::signing_key::SigningKey;

/// One item of DER.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], length.as_slice(), content].concat()
}

fn oid(text: &str) -> Vec<u8> {
    let oid: Vec<u64> = text.split('.').map(|part| part.parse().unwrap()).collect();
    der(6, x509_parser::der_parser::oid::Oid::from(&oid).unwrap().as_bytes())
}

/// A certificate for `key`, made out to 安城, of the year 2026, with `usages` (none: without
/// the extension). Its own signature is empty: nobody looks at it.
fn certificate(key: &PublicKey, usages: &[&str]) -> Vec<u8> {
    let listed = usages.iter().flat_map(|usage| oid(usage)).collect::<Vec<_>>();
    let usage = extension("2.5.29.37", &der(0x30, &listed));
    certificate_with(key, &if usages.is_empty() { Vec::new() } else { usage })
}

fn extension(id: &str, value: &[u8]) -> Vec<u8> {
    der(0x30, &[oid(id), der(4, value)].concat())
}

/// The same with these extensions.
fn certificate_with(key: &PublicKey, extensions: &[u8]) -> Vec<u8> {
    let algorithm = der(0x30, &oid("1.2.840.10045.4.3.2"));
    let name = [oid("2.5.4.10"), der(0x0c, "安城".as_bytes())].concat();
    let name = der(0x30, &der(0x31, &der(0x30, &name)));
    let times = [der(0x17, b"260101000000Z"), der(0x17, b"261231235959Z")].concat();
    let pem = key.to_pem().unwrap();
    let spki: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let mut content = [
        der(0xa0, &der(2, &[2])),
        der(2, &[1]),
        algorithm.clone(),
        name.clone(),
        der(0x30, &times),
        name,
        STANDARD.decode(spki).unwrap(),
    ]
    .concat();
    if !extensions.is_empty() {
        content.extend(der(0xa3, &der(0x30, extensions)));
    }
    der(0x30, &[der(0x30, &content), algorithm, der(3, &[0])].concat())
}

fn key() -> PublicKey {
    let (key, _) = SigningKey::generate(&SystemRandom::new()).unwrap();
    key.public_key().clone()
}

fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}

fn only(file: &[u8]) -> Signer {
    let signers = Signers::parse(file).unwrap();
    assert_eq!(signers.len(), 1);
    signers.iter().next().unwrap().clone()
}

#[test]
fn a_certificate_tells_whose_when_and_what_for() {
    let key = key();
    let file = certificate(&key, &["1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.0.1847.2021.1.3"]);
    let signer = only(&file);
    assert_eq!(signer.key, key);
    assert_eq!(signer.key_id, Some(KeyId::of_certificate(&file)));
    assert_eq!(signer.issuer.as_deref(), Some("安城"));
    assert_eq!(signer.not_before, "2026-01-01T00:00:00Z".parse().ok());
    assert_eq!(signer.not_after, "2026-12-31T23:59:59Z".parse().ok());
    assert!(signer.may_sign(&Kind::Test) && signer.may_sign(&Kind::Recovery));
    assert!(!signer.may_sign(&Kind::Vaccination) && !signer.may_sign(&Kind::HealthStatus));
}

#[test]
fn a_certificate_without_known_purposes_may_sign_all_kinds() {
    for usages in [&[][..], &["1.3.6.1.5.5.7.3.4"][..]] {
        assert!(only(&certificate(&key(), usages)).may_sign(&Kind::Vaccination));
    }
}

#[test]
fn a_signer_is_found_in_every_form_of_file() {
    let der = certificate(&key(), &[]);
    let base64 = STANDARD.encode(&der);
    let wrapped: Vec<String> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let list = json!({"certificates": [{"kid": "x", "country": "XX", "rawData": base64}]});
    let files = [
        base64.clone(),
        format!("\n{base64}\n"),
        wrapped.join("\n"),
        pem("CERTIFICATE", &der),
        format!("MEQCIA6il0H0Shfie72mZBX\n{list}"),
        list.to_string(),
        json!([base64]).to_string(),
        json!({"a": pem("CERTIFICATE", &der)}).to_string(),
        json!({"kty": "EC", "x5c": [base64]}).to_string(),
    ];
    let expected = only(&der);
    for file in files {
        assert_eq!(only(file.as_bytes()), expected, "{file}");
    }
    let two = format!("{base64}\n{}\n", STANDARD.encode(certificate(&key(), &[])));
    assert_eq!(Signers::parse(two.as_bytes()).unwrap().len(), 2);
}

#[test]
fn bare_keys_and_jwk_sets_are_read() {
    let key = key();
    let bare = only(key.to_pem().unwrap().as_bytes());
    assert_eq!((bare.key.clone(), bare.key_id), (key.clone(), None));
    let cose = key.to_cose_key();
    let part = |label| URL_SAFE_NO_PAD.encode(crate::cbor::get(&cose, label).unwrap().as_bytes().unwrap());
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": part(-2), "y": part(-3)});
    assert_eq!(only(jwk.to_string().as_bytes()).key, key);
    let mut named = jwk.clone();
    named["kid"] = json!("AQIDBAUGBwg=");
    let set = json!({"keys": [named, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}]});
    let signer = only(set.to_string().as_bytes());
    assert_eq!(signer.key_id, Some(KeyId::new(&[1, 2, 3, 4, 5, 6, 7, 8])));
}

/// A JWK as SMART Health Cards ask for it, with a certificate made out to this URL.
fn card_key(key: &PublicKey, certified: &PublicKey, url: &str) -> Json {
    let cose = key.to_cose_key();
    let part = |label| URL_SAFE_NO_PAD.encode(crate::cbor::get(&cose, label).unwrap().as_bytes().unwrap());
    let name = extension("2.5.29.17", &der(0x30, &der(0x86, url.as_bytes())));
    json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "x": part(-2), "y": part(-3),
        "kid": key.jwk_thumbprint().unwrap().to_base64url(),
        "x5c": [STANDARD.encode(certificate_with(certified, &name))],
    })
}

#[test]
fn a_card_key_with_a_certificate_is_that_of_the_url_in_it_and_nothing_more() {
    let (key, other, url) = (key(), key(), "https://example.org/issuer");
    let found = |json: &Json| {
        let signers = Signers::parse(json.to_string().as_bytes()).unwrap();
        let signers = signers.iter().filter(|signer| signer.health_cards.is_some());
        signers.cloned().collect::<Vec<_>>()
    };
    let jwk = card_key(&key, &key, url);
    let of_url = Some(CardUse {
        issuer: Some(url.to_owned()),
        crl_version: None,
    });
    let signers = found(&json!({ "keys": [jwk] }));
    assert_eq!(signers.len(), 1);
    assert_eq!((&signers[0].health_cards, &signers[0].key), (&of_url, &key));
    // Other documents can't get round the certificate's limits by the key alone.
    assert_eq!(signers[0].key_id, key.jwk_thumbprint());
    assert_eq!(found(&json!({ "iss": url, "keys": [jwk] })).len(), 1);
    assert_eq!(found(&json!({ "iss": "https://example.com", "keys": [jwk] })), []);
    assert_eq!(found(&card_key(&key, &other, url)), [], "a certificate of another key");
    let name = extension("2.5.29.17", &der(0x30, &der(0x86, url.as_bytes())));
    assert_eq!(only(&certificate_with(&key, &name)).health_cards, of_url);
    assert_eq!(only(&certificate(&key, &[])).health_cards, None);
}

#[test]
fn a_file_without_a_usable_key_says_why() {
    for (file, error) in [
        (&b""[..], KeyError::NoKey),
        (b"hello", KeyError::NoKey),
        (b"{\"keys\": []}", KeyError::NoKey),
        (b"{\"kty\": \"EC\", \"crv\": \"P-521\"}", KeyError::Unsupported),
        (&vec![b' '; MAX_FILE + 1], KeyError::TooLarge),
    ] {
        assert_eq!(Signers::parse(file).unwrap_err(), error);
    }
    let der = certificate(&key(), &[]);
    assert!(Signers::parse(&der[..der.len() - 1]).is_err());
}

proptest! {
    #[test]
    fn no_damage_to_a_certificate_makes_reading_panic(
        position in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        text in "\\PC{0,60}",
    ) {
        let mut der = certificate(&key(), &["1.3.6.1.4.1.1847.2021.1.1"]);
        let position = position.index(der.len());
        der[position] = byte;
        Signers::parse(&der).ok();
        Signers::parse(text.as_bytes()).ok();
    }
}
