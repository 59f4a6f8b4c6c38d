//! Signed documents, trust lists and files of signers.

use std::sync::LazyLock;

use anban_credential::{
    CardRevocations, Check, Document, DocumentState, Issuer, KeyError, MAX_PARTS, Parts, PublicKey, RootKey, Signer,
    Signers, SigningKey, Trust, TrustError, TrustList, TrustListBuilder, Verification, check_text, check_texts,
    envelope, read, verify,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

/// Whoever signs the region's documents and its trust list, with a key that is new in every process: what a fuzzer
/// found can't be signed with it.
struct Region {
    key: EcdsaKeyPair,
    root: RootKey,
    trust: Trust,
}

/// What the texts of documents begin with that are signed with COSE.
const PREFIXES: [&str; 2] = ["AB1:", "HC1:"];

const ISSUER: &str = "安城市卫生健康委员会";

static REGION: LazyLock<Region> = LazyLock::new(|| {
    let made = || {
        let random = SystemRandom::new();
        let (root, pkcs8) = SigningKey::generate(&random).ok()?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random).ok()?;
        let issuer = Issuer::from_pkcs8(&pkcs8, &random).ok()?;
        let list = TrustListBuilder::new("110000", 1, noon(), noon() + jiff::SignedDuration::from_hours(720))
            .signer(Signer::of_issuer(issuer.public_key(), ISSUER))
            .sign(&root, &random)
            .ok()?;
        let root = RootKey::from(root.public_key().clone());
        let trust = Trust::from(TrustList::open(&list, &root, noon()).ok()?);
        Some(Region { key, root, trust })
    };
    made().unwrap_or_else(|| panic!("a region signs its first trust list"))
});

/// The time at which everything is checked: 21 November 2026, 12:00 UTC.
fn noon() -> Timestamp {
    Timestamp::constant(1_795_262_400, 0)
}

/// A COSE_Sign1 around `payload`, signed with `key`.
pub(crate) fn signed(payload: &[u8], content_type: Option<&str>, key: &EcdsaKeyPair) -> Vec<u8> {
    let point = key.public_key().as_ref();
    let key_id = match point.get(1..).map(|coordinates| coordinates.split_at(32)) {
        Some((x, y)) => PublicKey::from_coordinates(x, y).map(|key| key.key_id()),
        None => Err(KeyError::NoKey),
    };
    let mut header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256);
    if let Ok(key_id) = key_id {
        header = header.key_id(key_id.as_bytes().to_vec());
    }
    if let Some(content_type) = content_type {
        header = header.content_type(content_type.to_owned());
    }
    CoseSign1Builder::new()
        .protected(header.build())
        .payload(payload.to_vec())
        .create_signature(&[], |message| {
            let signature = key.sign(&SystemRandom::new(), message);
            signature.map_or_else(|_| Vec::new(), |signature| signature.as_ref().to_vec())
        })
        .build()
        .to_tagged_vec()
        .unwrap_or_default()
}

pub(crate) fn text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let report = check_text(text, &REGION.trust, noon());
    assert!(!report.valid, "a document is believed that nobody signed");
    promises(&report);
    let Ok(document) = read(text) else { return false };
    readable(&document);
    assert!(verify(&document, &Trust::default(), noon()).checks.signature == Check::NotChecked);
    true
}

pub(crate) fn message(bytes: &[u8]) -> bool {
    PREFIXES
        .map(|prefix| text(envelope::wrap(prefix, bytes).as_bytes()))
        .contains(&true)
}

pub(crate) fn claims(bytes: &[u8]) -> bool {
    let message = signed(bytes, None, &REGION.key);
    let mut taken = false;
    for prefix in PREFIXES {
        let text = envelope::wrap(prefix, &message);
        promises(&check_text(&text, &REGION.trust, noon()));
        let Ok(document) = read(&text) else { continue };
        taken = true;
        readable(&document);
        let report = verify(&document, &REGION.trust, noon());
        assert!(report.checks.signature.is_ok(), "a right signature is refused");
        if report.valid {
            let issued = document.issued_at().is_some_and(|at| at <= noon());
            let holds = document.expires_at().is_some_and(|at| at >= noon());
            assert!(issued && holds, "a document is valid outside of its time");
        }
    }
    taken
}

/// What holds for every report.
fn promises(report: &Verification) {
    assert_eq!(report.valid, report.state() == DocumentState::Valid);
    assert!(serde_json::to_string(report).is_ok(), "a report can always be printed");
}

/// What holds for every document that could be read.
fn readable(document: &Document) {
    let again = read(document.text());
    assert_eq!(
        again.ok().map(|again| again.id()),
        Some(document.id()),
        "its text is read as itself"
    );
    assert!(!document.id().is_empty());
    if let Some(claims) = document.anban_claims() {
        assert!(
            claims.check().is_ok(),
            "claims were read that could not have been issued"
        );
    }
    let _ = (
        document.holder_name(),
        document.status(),
        document.issuer(),
        document.key_id(),
    );
    let _ = (document.kind(), document.not_before(), document.claims().to_string());
}

/// What stands before the payload of every card: how it is signed and packed, and with which key.
const JWS_HEADER: &str = r#"{"alg":"ES256","zip":"DEF","kid":"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s"}"#;

/// A card as a JWS around this payload. Its signature is nobody's.
pub(crate) fn jws(payload: &[u8]) -> String {
    let packed = envelope::deflate(payload);
    // Raw deflate is zlib without the two bytes before it and the four behind it.
    let raw = packed.get(2..packed.len().saturating_sub(4)).unwrap_or_default();
    [JWS_HEADER.as_bytes(), raw, &[7; 64]]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".")
}

pub(crate) fn health_card_payload(bytes: &[u8]) -> bool {
    text(jws(bytes).as_bytes())
}

pub(crate) fn health_card_parts(bytes: &[u8]) -> bool {
    let Ok(lines) = std::str::from_utf8(bytes) else {
        return false;
    };
    let lines: Vec<&str> = lines.lines().collect();
    let report = check_texts(&lines, &REGION.trust, noon());
    assert!(!report.valid, "a card is believed that nobody signed");
    promises(&report);
    let mut parts = Parts::default();
    let mut whole = None;
    for line in lines {
        if let Ok(Some(card)) = parts.add(line) {
            assert!(
                parts.missing().is_empty(),
                "a card is whole and parts of it are missing"
            );
            readable(&card);
            whole = Some(card);
        }
        assert!(parts.count() <= MAX_PARTS && parts.missing().iter().all(|part| (1..=parts.count()).contains(part)));
    }
    whole.is_some()
}

pub(crate) fn card_revocations(bytes: &[u8]) -> bool {
    let Ok(list) = CardRevocations::parse(bytes) else {
        return false;
    };
    let _ = list.revokes("revoked", noon());
    let trust = REGION.trust.clone().with_card_revocations(list);
    !trust.is_empty()
}

pub(crate) fn trust_list(bytes: &[u8]) -> bool {
    let region = &*REGION;
    assert!(
        TrustList::open(bytes, &region.root, noon()).is_err(),
        "a trust list is believed that the root did not sign"
    );
    // What is no trust list of ours may still be a file of signers.
    // "Of another root" is what a list is called that has the form of one.
    let nobody = Trust::read(bytes, &[], noon());
    nobody.is_err_and(|error| error == TrustError::UnknownRoot)
        || Trust::read(bytes, std::slice::from_ref(&region.root), noon()).is_ok()
}

pub(crate) fn trust_list_content(bytes: &[u8]) -> bool {
    let region = &*REGION;
    let list = signed(bytes, Some("application/vnd.anban.trust-list+cbor"), &region.key);
    let Ok(opened) = TrustList::open(&list, &region.root, noon()) else {
        return false;
    };
    assert_eq!(opened.as_bytes(), list);
    assert!(opened.signers().iter().all(|signer| signer.key_id.is_some()));
    let mut kept = anban_credential::TrustStore::default();
    assert!(
        kept.accept(opened.clone()).is_ok(),
        "the first list of a region is taken"
    );
    kept.get(opened.region()).is_some()
}

pub(crate) fn signers_file(bytes: &[u8]) -> bool {
    let Ok(signers) = Signers::parse(bytes) else {
        return false;
    };
    assert!(!signers.is_empty() && signers.iter().count() == signers.len());
    for signer in signers.iter() {
        // Only keys that a signature can be checked with are let in; none of them made this one.
        for algorithm in [
            anban_credential::keys::Algorithm::Es256,
            anban_credential::keys::Algorithm::Ps256,
        ] {
            assert!(!signer.key.verifies(algorithm, b"", &[7; 64]));
        }
    }
    true
}
