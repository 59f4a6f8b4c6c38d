//! Documents, trust lists and signers.

use std::collections::BTreeMap;

use anban_credential::{
    Claims, DocumentId, Health, IdentityDocument, Issuer, Kind, Person, PublicKey, Sex, Signer, SigningKey, Status,
    TrustListBuilder, envelope,
};
use coset::{CoseSign1, TaggedCborSerializable};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

use super::{Seed, certificate, seed};
use crate::documents::{jws, signed};

/// An EU certificate's claims, with a test in it, in CBOR: `{1: "XX", 4: …, 6: …, -260: {1: {"ver": …}}}`.
fn european() -> Vec<u8> {
    let text = |text: &str| {
        let mut bytes = vec![0x78, u8::try_from(text.len()).unwrap_or_default()];
        bytes.extend(text.as_bytes());
        bytes
    };
    let map = |entries: &[(&str, Vec<u8>)]| {
        let mut bytes = vec![0xb8, u8::try_from(entries.len()).unwrap_or_default()];
        for (key, value) in entries {
            bytes.extend(text(key));
            bytes.extend(value);
        }
        bytes
    };
    let texts = |entries: &[(&str, &str)]| {
        map(&entries
            .iter()
            .map(|&(key, value)| (key, text(value)))
            .collect::<Vec<_>>())
    };
    let test = texts(&[
        ("tg", "840539006"),
        ("tt", "LP6464-4"),
        ("nm", "PCR"),
        ("sc", "2026-11-20T08:00:00Z"),
        ("tr", "260415000"),
        ("tc", "Test Centre"),
        ("co", "XX"),
        ("is", "Ministry of Health"),
        ("ci", "URN:UVCI:01:XX:0123456789ABCDEF#A"),
    ]);
    let certificate = map(&[
        ("ver", text("1.3.0")),
        ("dob", text("1949-12-31")),
        (
            "nam",
            texts(&[("fn", "Wang"), ("gn", "Xiuying"), ("fnt", "WANG"), ("gnt", "XIUYING")]),
        ),
        ("t", [vec![0x81], test].concat()),
    ]);
    let seconds = |at: u32| [vec![0x1a], at.to_be_bytes().to_vec()].concat();
    [
        vec![0xa4, 0x01],
        text("XX"),
        vec![0x04],
        seconds(1_800_000_000),
        vec![0x06],
        seconds(1_795_000_000),
        // -260, and 1 in it
        vec![0x39, 0x01, 0x03, 0xa1, 0x01],
        certificate,
    ]
    .concat()
}

fn at(second: i64) -> Timestamp {
    Timestamp::constant(second, 0)
}

/// Claims with something in every place.
fn full() -> Claims {
    Claims {
        issuer: "安城市卫生健康委员会".to_owned(),
        subject: Some("wang".to_owned()),
        issued_at: at(1_795_000_000),
        expires_at: at(1_796_000_000),
        id: DocumentId::new([7; 16]),
        kind: Kind::HealthStatus,
        person: Person {
            name: "王秀英".to_owned(),
            sex: Some(Sex::Female),
            nationality: Some("CHN".to_owned()),
            identity_document: Some(IdentityDocument {
                kind: "resident-identity-card".to_owned(),
                number: "110105********002X".to_owned(),
            }),
            registered_region: Some("110105".to_owned()),
            address: Some("槐树街3号".to_owned()),
            telephone: Some("01055550000".to_owned()),
            medical_history: vec!["高血压".to_owned()],
        },
        health: Some(Health {
            status: Status::Green,
            reason: Some("无异常".to_owned()),
        }),
        details: BTreeMap::new(),
    }
}

/// The one with details, and of another kind.
fn appointment() -> Claims {
    let details = [("department", "心内科"), ("start", "2026-11-24T09:30:00+08:00")];
    Claims {
        kind: Kind::Appointment,
        health: None,
        details: details.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        ..full()
    }
}

pub(super) fn seeds() -> Option<Vec<Seed>> {
    let random = SystemRandom::new();
    let (key, pkcs8) = SigningKey::generate(&random).ok()?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random).ok()?;
    let issuer = Issuer::new(key.clone());
    let european = european();
    let (health, visit) = (
        issuer.issue(&full(), &random).ok()?,
        issuer.issue(&appointment(), &random).ok()?,
    );
    let eu_text = envelope::wrap("HC1:", &signed(&european, None, &pair));
    let mut seeds = health_cards();
    for (name, text) in [("health", &health), ("visit", &visit), ("european", &eu_text)] {
        let (_, rest) = envelope::split_prefix(text).ok()?;
        let message = envelope::inflate(&envelope::decode_base45(rest).ok()?).ok()?;
        let payload = CoseSign1::from_tagged_slice(&message).ok()?.payload?;
        seeds.push(seed("document_text", name, text.as_str()));
        // Wrapped in the tag of a CWT, and in none.
        seeds.push(seed(
            "document_message",
            name,
            [&[0xd8, 61], message.as_slice()].concat(),
        ));
        seeds.push(seed("document_message", "untagged", message.get(1..)?));
        seeds.push(seed("document_claims", name, payload));
    }
    let list = TrustListBuilder::new("110000", 7, at(1_795_000_000), at(1_797_000_000))
        .signer(Signer::of_issuer(issuer.public_key(), "安城市卫生健康委员会"))
        .signer(Signer {
            purposes: vec![Kind::Test],
            not_before: Some(at(1_700_000_000)),
            not_after: Some(at(1_800_000_000)),
            ..Signer::of_issuer(&PublicKey::from_rsa(&[0xa5; 256], &[1, 0, 1]).ok()?, "RSA")
        })
        .revoke_key(issuer.public_key().key_id())
        .revoke_document("07070707070707070707070707070707")
        .sign(&key, &random)
        .ok()?;
    let content = CoseSign1::from_tagged_slice(&list).ok()?.payload?;
    seeds.push(seed("trust_list", "list", list));
    seeds.push(seed("trust_list_content", "list", content));
    seeds.extend(signers(key.public_key())?);
    Some(seeds)
}

/// A card's payload: somebody was vaccinated.
const HEALTH_CARD: &str = r##"{"iss":"https://health.example.org/cards","nbf":1795000000,"exp":1800000000,"vc":{
"type":["https://smarthealth.cards#health-card","https://smarthealth.cards#immunization"],"rid":"revoked",
"credentialSubject":{"fhirVersion":"4.0.1","fhirBundle":{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"resource:0","resource":{"resourceType":"Patient","name":[{"family":"王","given":["秀英"]}],"birthDate":"1949-12-31"}},
{"fullUrl":"resource:1","resource":{"resourceType":"Immunization","status":"completed","patient":{"reference":"resource:0"},
"vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"207"}]},"occurrenceDateTime":"2026-02-18"}}]}}}}"##;

const REVOCATIONS: &str = r#"{"kid":"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s","method":"rid","ctr":3,
"rids":["revoked","other.1795000000"]}"#;

/// A SMART Health Card in each of the forms that it comes in.
fn health_cards() -> Vec<Seed> {
    let jws = jws(HEALTH_CARD.as_bytes());
    // Two digits a character, counted from the one before `.` in ASCII.
    let digits = |text: &str| text.bytes().map(|byte| format!("{:02}", byte - 45)).collect::<String>();
    let (first, second) = jws.split_at(jws.len() / 2);
    vec![
        seed("document_text", "card", format!("shc:/{}", digits(&jws))),
        seed("document_text", "card.jws", jws.as_str()),
        seed(
            "document_text",
            "card.file",
            format!(r#"{{"verifiableCredential":["{jws}"]}}"#),
        ),
        seed(
            "health_card_parts",
            "two",
            format!("shc:/2/2/{}\nshc:/1/2/{}", digits(second), digits(first)),
        ),
        seed("health_card_payload", "vaccination", HEALTH_CARD),
        seed("card_revocations", "list", REVOCATIONS),
    ]
}

/// One file of each form that signers come in.
fn signers(key: &PublicKey) -> Option<Vec<Seed>> {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let pem = key.to_pem()?;
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let spki = STANDARD.decode(&base64).ok()?;
    let certificate = certificate::der(&spki);
    let x5c = STANDARD.encode(&certificate);
    let (x, y) = (spki.get(27..59)?, spki.get(59..91)?);
    let coordinate = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = format!(
        r#"{{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"k","x":"{}","y":"{}"}}"#,
        coordinate(x),
        coordinate(y)
    );
    Some(vec![
        seed("signers_file", "key.pem", pem),
        seed("signers_file", "key.der", spki),
        seed("signers_file", "certificate.der", certificate),
        seed("signers_file", "certificate.base64", x5c.clone()),
        seed(
            "signers_file",
            "certificate.pem",
            format!("-----BEGIN CERTIFICATE-----\n{x5c}\n-----END CERTIFICATE-----\n"),
        ),
        seed(
            "signers_file",
            "keys.jwks",
            format!(r#"{{"keys":[{jwk},{{"kty":"EC","x5c":["{x5c}"]}}]}}"#),
        ),
        seed("signers_file", "key.jwk", jwk),
        seed(
            "signers_file",
            "list.json",
            format!("signature\n{{\"certificates\":[{{\"country\":\"XX\",\"kid\":\"k\",\"rawData\":\"{x5c}\"}}]}}"),
        ),
    ])
}
