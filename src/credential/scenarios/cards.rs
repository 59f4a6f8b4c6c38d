//! SMART Health Cards: read, checked, refused for the right reason.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use ring::rand::SystemRandom;
use serde_json::{Value as Json, json};

use super::{at, noon};
use crate::*;

pub(super) const ISSUER: &str = "https://health.example.org/cards";

/// An issuer of cards, with a key of its own.
pub(super) struct CardIssuer(SigningKey);

impl CardIssuer {
    pub(super) fn new() -> Self {
        Self(SigningKey::generate(&SystemRandom::new()).unwrap().0)
    }

    pub(super) fn key(&self) -> &PublicKey {
        self.0.public_key()
    }

    pub(super) fn kid(&self) -> String {
        self.key().jwk_thumbprint().unwrap().to_base64url()
    }

    pub(super) fn jwk(&self) -> Json {
        let cose = self.key().to_cose_key();
        let part = |label| URL_SAFE_NO_PAD.encode(cbor::get(&cose, label).unwrap().as_bytes().unwrap());
        json!({
            "kty": "EC", "kid": self.kid(), "use": "sig", "alg": "ES256", "crv": "P-256", "x": part(-2), "y": part(-3),
        })
    }

    pub(super) fn trust(&self) -> Trust {
        trust(&json!({ "keys": [self.jwk()] }))
    }

    pub(super) fn header(&self) -> Json {
        json!({ "zip": "DEF", "alg": "ES256", "kid": self.kid() })
    }

    pub(super) fn signed(&self, header: &[u8], compressed: &[u8]) -> String {
        let text = [header, compressed]
            .map(|piece| URL_SAFE_NO_PAD.encode(piece))
            .join(".");
        let signature = self.0.sign(text.as_bytes(), &SystemRandom::new()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The JWS of a card with this payload.
    pub(super) fn card(&self, payload: &Json) -> String {
        let header = self.header().to_string();
        self.signed(header.as_bytes(), &deflated(payload.to_string().as_bytes()))
    }

    fn check(&self, payload: &Json) -> Verification {
        check_text(&self.card(payload), &self.trust(), noon())
    }
}

pub(super) fn trust(keys: &Json) -> Trust {
    Signers::parse(keys.to_string().as_bytes()).unwrap().into()
}

pub(super) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn payload() -> Json {
    json!({
        "iss": ISSUER,
        "nbf": 1_763_712_000.924,
        "vc": {
            "type": ["https://smarthealth.cards#health-card", "https://smarthealth.cards#immunization"],
            "credentialSubject": {
                "fhirVersion": "4.0.1",
                "fhirBundle": { "resourceType": "Bundle", "type": "collection", "entry": [
                    { "fullUrl": "resource:0", "resource": {
                        "resourceType": "Patient", "birthDate": "1951-01-20",
                        "name": [{ "family": "Anyperson", "given": ["Jane", "C."] }],
                    }},
                    { "fullUrl": "resource:1", "resource": {
                        "resourceType": "Immunization", "status": "completed", "patient": { "reference": "resource:0" },
                    }},
                ]},
            },
        },
    })
}

/// The payload with something else at a place (a JSON pointer), or with nothing there.
pub(super) fn changed(place: &str, value: Option<Json>) -> Json {
    let mut payload = payload();
    let (above, name) = place.rsplit_once('/').unwrap();
    match (payload.pointer_mut(above).unwrap(), value) {
        (Json::Object(map), Some(value)) => drop(map.insert(name.to_owned(), value)),
        (Json::Object(map), None) => drop(map.remove(name).unwrap()),
        (Json::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{place}"),
    }
    payload
}

/// The digits of a JWS, without the head.
pub(super) fn digits(jws: &str) -> String {
    jws.bytes().map(|byte| format!("{:02}", byte - 45)).collect()
}

/// The names of the checks that failed.
pub(super) fn failed(report: &Verification) -> String {
    let json = serde_json::to_value(report).unwrap();
    let failed = json["checks"].as_object().unwrap().iter().filter(|(_, check)| {
        let said = check.as_str().unwrap();
        said.starts_with("failed: ")
    });
    failed.map(|(name, _)| name.clone()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_card_is_read_and_believed_in_each_of_its_forms() {
    let issuer = CardIssuer::new();
    let jws = issuer.card(&payload());
    let code = format!("shc:/{}", digits(&jws));
    let file = json!({ "verifiableCredential": [jws] }).to_string();
    for text in [&jws, &code, &file] {
        let document = read(text).unwrap();
        assert_eq!(document.format(), Format::SmartHealthCard);
        assert_eq!(Format::of(text), Some(Format::SmartHealthCard));
        assert_eq!(document.text(), code, "whatever it came in, it is kept as a code");
        assert_eq!(document.kind(), Kind::Vaccination);
        assert_eq!(document.holder_name().as_deref(), Some("Jane C. Anyperson"));
        assert_eq!(document.birth_date(), Some("1951-01-20"));
        assert_eq!(document.issuer().as_deref(), Some(ISSUER));
        assert_eq!(document.issued_at(), Some(at("2025-11-21T08:00:00.924Z")));
        assert_eq!(document.expires_at(), None);
        assert_eq!(document.claims(), payload());
        assert_eq!(document.id(), read(&jws).unwrap().id());
        let report = check_text(text, &issuer.trust(), noon());
        assert!(report.valid, "{:?}", report.checks);
        assert_eq!(report.state(), DocumentState::Valid);
    }
    assert_eq!(
        check_text(&jws, &Trust::default(), noon()).checks.signature,
        Check::NotChecked
    );
}

#[test]
fn the_name_and_the_kind_are_found_as_the_card_has_them() {
    let issuer = CardIssuer::new();
    let name = "/vc/credentialSubject/fhirBundle/entry/0/resource/name";
    let named = |names: Json| read(&issuer.card(&changed(name, Some(names)))).unwrap().holder_name();
    let names = json!([{ "text": "Xiuying Wang" }, { "use": "official", "family": "王", "given": ["秀英"] }]);
    assert_eq!(named(names).as_deref(), Some("王秀英"));
    assert_eq!(
        named(json!([{ "text": "Wang Xiuying" }])).as_deref(),
        Some("Wang Xiuying")
    );
    assert_eq!(named(json!([])), None);
    let kind = |types: Json, resource: &str| {
        let mut payload = changed("/vc/type", Some(types));
        payload["vc"]["credentialSubject"]["fhirBundle"]["entry"][1]["resource"]["resourceType"] = json!(resource);
        read(&issuer.card(&payload)).unwrap().kind()
    };
    let card = "https://smarthealth.cards#health-card";
    let laboratory = "https://smarthealth.cards#laboratory";
    assert_eq!(kind(json!([card, laboratory]), "Observation"), Kind::Test);
    // Since 1.4 the types of a card are found by what is in it.
    assert_eq!(kind(json!([card]), "Immunization"), Kind::Vaccination);
    assert_eq!(kind(json!([card]), "DiagnosticReport"), Kind::Test);
    assert_eq!(
        kind(json!([card, "https://example.org#x"]), "Coverage"),
        Kind::Other("smart-health-card".to_owned())
    );
}

#[test]
fn each_fault_of_the_signed_text_is_named_in_its_line() {
    let issuer = CardIssuer::new();
    let compressed = deflated(payload().to_string().as_bytes());
    let with_header = |name: &str, value: Option<Json>| {
        let mut header = issuer.header();
        match value {
            Some(value) => header[name] = value,
            None => drop(header.as_object_mut().unwrap().remove(name)),
        }
        issuer.signed(header.to_string().as_bytes(), &compressed)
    };
    let header = issuer.header().to_string();
    let with_payload = |bytes: &[u8]| issuer.signed(header.as_bytes(), bytes);
    let card = issuer.card(&payload());
    let (unsigned, signature) = card.rsplit_once('.').unwrap();
    let doubled = header.replacen("\"alg\"", "\"alg\":\"none\",\"alg\"", 1);
    let cases = [
        (with_header("alg", None), "signature", CardError::Algorithm),
        (
            with_header("alg", Some(json!("none"))),
            "signature",
            CardError::Algorithm,
        ),
        (
            with_header("alg", Some(json!("RS256"))),
            "signature",
            CardError::Algorithm,
        ),
        (with_header("kid", None), "signature", CardError::KeyId),
        (with_header("kid", Some(json!("AQID"))), "signature", CardError::KeyId),
        (with_header("kid", Some(json!(7))), "signature", CardError::KeyId),
        (with_header("zip", None), "inflate", CardError::NotCompressed),
        (
            with_header("zip", Some(json!("GZ"))),
            "inflate",
            CardError::NotCompressed,
        ),
        (
            with_header("crit", Some(json!(["b64"]))),
            "signature",
            CardError::Critical,
        ),
        (issuer.signed(b"{\"alg\":", &compressed), "signature", CardError::Header),
        (
            issuer.signed(doubled.as_bytes(), &compressed),
            "signature",
            CardError::Header,
        ),
        (unsigned.to_owned(), "encoding", CardError::NotCompact),
        (format!("{card}.AA"), "encoding", CardError::NotCompact),
        (format!("{card}="), "encoding", CardError::Base64),
        (format!("{unsigned}."), "encoding", CardError::Base64),
        (card.replacen('.', ".+", 1), "encoding", CardError::Base64),
        (
            format!("{unsigned}.{}", &signature[..84]),
            "signature",
            CardError::SignatureForm,
        ),
        (format!("{card}\n"), "encoding", CardError::Surrounded),
        (format!("\t {card}"), "encoding", CardError::Surrounded),
        (format!("ey{}", ".".repeat(70_000)), "encoding", CardError::TooLong),
    ];
    for (text, line, error) in cases {
        let report = check_text(&text, &issuer.trust(), noon());
        assert_eq!(failed(&report), line, "{error:?}");
        assert_eq!(read(&text).unwrap_err(), ReadError::SmartHealthCard(error));
        assert_eq!(report.format, Some(Format::SmartHealthCard));
        assert!(!report.valid && report.claims == json!({}));
    }
    let content = |bytes: &[u8]| check_text(&with_payload(bytes), &issuer.trust(), noon());
    let bare = payload().to_string();
    for damaged in [
        bare.as_bytes(),
        &envelope::deflate(bare.as_bytes()),
        &deflated(&vec![b' '; 300_000]),
    ] {
        assert_eq!(failed(&content(damaged)), "inflate");
    }
    let twice = bare.replacen("{\"iss\"", "{\"nbf\":1,\"iss\"", 1);
    let deep = "[".repeat(200);
    for text in [
        "[]",
        "\u{feff}{}",
        "{} x",
        &twice,
        &deep,
        "\"{}\"",
        &bare[..bare.len() - 1],
    ] {
        let report = content(&deflated(text.as_bytes()));
        assert_eq!(failed(&report), "schema", "{text}");
        assert_eq!(report.checks.signature, Check::NotChecked);
    }
    let der_like = format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode([0x30; 71]));
    assert_eq!(read(&der_like).unwrap_err(), CardError::SignatureForm.into());
}

#[test]
fn each_departure_from_the_framework_is_named_and_the_rest_is_still_checked() {
    use CardSchemaError::{Bundle, Expires, FhirVersion, Issuer, NotBefore, RevocationId, Type};
    let issuer = CardIssuer::new();
    let bundle = "/vc/credentialSubject/fhirBundle";
    let cases = [
        ("/iss", None, Issuer),
        ("/iss", Some(json!("http://health.example.org/cards")), Issuer),
        ("/iss", Some(json!("https://health.example.org/cards/")), Issuer),
        ("/iss", Some(json!("https:///cards")), Issuer),
        ("/iss", Some(json!("https://a@b/c")), Issuer),
        ("/iss", Some(json!("https://a/b?c")), Issuer),
        ("/iss", Some(json!("https://a/b c")), Issuer),
        ("/iss", Some(json!(7)), Issuer),
        ("/nbf", None, NotBefore),
        ("/nbf", Some(json!("1622577719")), NotBefore),
        ("/exp", Some(json!("never")), Expires),
        ("/exp", Some(Json::Null), Expires),
        ("/vc", None, Type),
        ("/vc/type", None, Type),
        ("/vc/type", Some(json!("https://smarthealth.cards#health-card")), Type),
        (
            "/vc/type",
            Some(json!(["https://smarthealth.cards#immunization"])),
            Type,
        ),
        (
            "/vc/type",
            Some(json!(["https://smarthealth.cards#health-card", 1])),
            Type,
        ),
        ("/vc/credentialSubject", None, FhirVersion),
        ("/vc/credentialSubject/fhirVersion", None, FhirVersion),
        ("/vc/credentialSubject/fhirVersion", Some(json!(4)), FhirVersion),
        ("/vc/credentialSubject/fhirVersion", Some(json!("R4")), FhirVersion),
        (bundle, None, Bundle),
        (bundle, Some(json!("{}")), Bundle),
        (bundle, Some(json!({ "resourceType": "Patient", "entry": [] })), Bundle),
        (bundle, Some(json!({ "resourceType": "Bundle", "entry": [] })), Bundle),
        (
            bundle,
            Some(json!({ "resourceType": "Bundle", "entry": [{ "resource": {} }] })),
            Bundle,
        ),
        ("/vc/rid", Some(json!("")), RevocationId),
        ("/vc/rid", Some(json!("no.dot")), RevocationId),
        ("/vc/rid", Some(json!("a".repeat(25))), RevocationId),
    ];
    for (place, value, error) in cases {
        let said = format!("{place} {value:?}");
        let report = issuer.check(&changed(place, value));
        assert_eq!(report.checks.schema, Check::Failed(Failure::Card(error)), "{said}");
        assert_eq!(report.checks.signature, Check::Ok, "{said}");
        assert_eq!(report.state(), DocumentState::Unreadable, "{said}");
    }
    for (place, value) in [
        ("/vc/rid", json!("AQPCj4wwk6Mt")),
        ("/iss", json!("https://example.org:8443")),
        ("/more", json!({ "extension": 1 })),
    ] {
        assert!(issuer.check(&changed(place, Some(value))).valid, "{place}");
    }
}

#[test]
fn a_card_holds_from_its_beginning_and_until_its_end_if_it_has_one() {
    let issuer = CardIssuer::new();
    let (early, noon_s, late) = (1_763_712_000_i64, noon().as_second(), 1_800_000_000_i64);
    let validity = |nbf: Json, exp: Option<Json>| {
        let mut payload = changed("/nbf", Some(nbf));
        if let Some(exp) = exp {
            payload["exp"] = exp;
        }
        issuer.check(&payload).checks.validity
    };
    let time = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap();
    assert_eq!(validity(json!(early), Some(json!(late))), Check::Ok);
    assert_eq!(validity(json!(noon_s), Some(json!(noon_s))), Check::Ok);
    assert_eq!(
        validity(json!(late), None),
        Check::Failed(Failure::NotYetValid(time(late)))
    );
    assert_eq!(
        validity(json!(1), Some(json!(early))),
        Check::Failed(Failure::Expired(time(early)))
    );
    let out_of_range = Check::Failed(Failure::TimeOutOfRange);
    for far in [
        json!(1_622_576_398_924_i64),
        json!(1e300),
        json!(-1e300),
        json!(u64::MAX),
        json!(i64::MIN),
    ] {
        assert_eq!(validity(far.clone(), None), out_of_range, "{far}");
        assert_eq!(validity(json!(early), Some(far.clone())), out_of_range, "{far}");
    }
    assert_eq!(validity(json!(-1_000_000_000), None), Check::Ok, "long ago is no fault");
    assert_eq!(validity(json!("now"), None), Check::Failed(Failure::NoTimes));
}

#[test]
fn a_changed_card_is_a_forgery_and_a_strangers_is_unknown() {
    let (issuer, stranger) = (CardIssuer::new(), CardIssuer::new());
    let (mine, other) = (issuer.card(&payload()), issuer.card(&changed("/nbf", Some(json!(1)))));
    let pieces = |card: &str| card.split('.').map(str::to_owned).collect::<Vec<_>>();
    let mixed = format!("{}.{}.{}", pieces(&mine)[0], pieces(&other)[1], pieces(&mine)[2]);
    let report = check_text(&mixed, &issuer.trust(), noon());
    assert_eq!(report.checks.signature, Check::Failed(Failure::BadSignature));
    assert_eq!(report.state(), DocumentState::Forged);
    let report = check_text(&stranger.card(&payload()), &issuer.trust(), noon());
    assert_eq!(report.checks.signature, Check::Failed(Failure::UnknownSigner));
    assert_eq!(report.state(), DocumentState::UnknownIssuer);
}
