//! What somebody who means harm can sign, or not even sign: every limit, met from outside.

use ciborium::Value;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use jiff::Timestamp;
use ring::rand::SystemRandom;

use super::{ISSUER, Region, claims, issuer, noon};
use crate::claims_cbor::{self, cwt};
use crate::*;

fn number(n: i64) -> Value {
    Value::Integer(n.into())
}

/// A document of our own kind whose claims set was changed before it was signed.
fn signed(issuer: &SigningKey, change: impl Fn(&mut Vec<(Value, Value)>)) -> String {
    let Value::Map(mut set) = claims_cbor::write(&claims()) else {
        panic!("a claims set is a map");
    };
    change(&mut set);
    let bytes = cose::sign(cbor::write(&Value::Map(set)), None, issuer, &SystemRandom::new()).unwrap();
    envelope::wrap("AB1:", &bytes)
}

fn put(set: &mut Vec<(Value, Value)>, key: i64, value: Value) {
    set.retain(|(name, _)| *name != number(key));
    set.push((number(key), value));
}

fn key() -> (SigningKey, Trust) {
    let (key, _) = SigningKey::generate(&SystemRandom::new()).unwrap();
    let signers: Signers = [Signer::of_issuer(key.public_key(), ISSUER)].into_iter().collect();
    (key, signers.into())
}

#[test]
fn times_that_no_calendar_goes_to_are_refused() {
    let (key, trust) = key();
    assert!(check_text(&signed(&key, |_| ()), &trust, noon()).valid);
    let far = [
        number(i64::MAX),
        number(i64::MIN),
        Value::Integer(u64::MAX.into()),
        Value::Float(1e300),
        Value::Float(-1e300),
        Value::Float(f64::NAN),
        Value::Float(f64::INFINITY),
        Value::Text("2026-11-21T12:00:00Z".to_owned()),
        Value::Tag(1, Box::new(Value::Tag(1, Box::new(number(1))))),
    ];
    for time in far {
        for claim in [cwt::IAT, cwt::EXP, cwt::NBF] {
            let text = signed(&key, |set| put(set, claim, time.clone()));
            let report = check_text(&text, &trust, noon());
            assert!(matches!(report.checks.schema, Check::Failed(_)), "{claim} {time:?}");
            assert!(!report.valid);
        }
    }
}

#[test]
fn the_ends_of_the_calendar_are_no_trap() {
    let (key, trust) = key();
    for (begin, end) in [(Timestamp::MIN, Timestamp::MAX), (noon(), Timestamp::MAX)] {
        let text = signed(&key, |set| {
            put(set, cwt::IAT, number(begin.as_second()));
            put(set, cwt::EXP, number(end.as_second()));
        });
        for at in [Timestamp::MIN, noon(), Timestamp::MAX] {
            let _ = check_text(&text, &trust, at);
        }
        assert!(check_text(&text, &trust, noon()).valid);
    }
    let region = Region::new();
    let list = |issued, expires| {
        let builder = TrustListBuilder::new("110000", 1, issued, expires);
        builder.sign(&region.root, &SystemRandom::new()).unwrap()
    };
    let open = |bytes: &[u8], at| TrustList::open(bytes, &region.root_key(), at);
    let future = list(Timestamp::MAX, Timestamp::MAX);
    for at in [Timestamp::MIN, noon()] {
        assert_eq!(open(&future, at), Err(TrustError::FromTheFuture));
    }
    let past = list(Timestamp::MIN, Timestamp::MIN);
    assert!(open(&past, Timestamp::MAX).unwrap().is_expired(Timestamp::MAX));
}

#[test]
fn a_claim_that_stands_twice_is_refused_in_documents_and_in_their_headers() {
    let (key, trust) = key();
    let twice = signed(&key, |set| {
        set.push((number(cwt::ISS), Value::Text("somebody else".to_owned())))
    });
    let report = check_text(&twice, &trust, noon());
    assert_eq!(
        report.checks.schema.to_string(),
        "failed: the content of the document is broken: a claim stands in it twice"
    );
    // A protected header with the algorithm in it twice: {1: -7, 1: -7}.
    let message = Value::Array(vec![
        Value::Bytes(vec![0xa2, 1, 0x26, 1, 0x26]),
        Value::Map(Vec::new()),
        Value::Bytes(vec![0xa0]),
        Value::Bytes(vec![0; 64]),
    ]);
    for prefix in ["AB1:", "HC1:"] {
        let report = check_text(&envelope::wrap(prefix, &cbor::write(&message)), &trust, noon());
        assert!(
            report
                .checks
                .signature
                .to_string()
                .ends_with("a claim stands in it twice")
        );
    }
    let region = Region::new();
    assert_eq!(
        TrustList::open(&cbor::write(&message), &region.root_key(), noon()),
        Err(TrustError::Malformed)
    );
}

#[test]
fn another_algorithm_than_the_two_is_refused_whatever_the_key() {
    let (key, trust) = key();
    let payload = cbor::write(&claims_cbor::write(&claims()));
    let with = |algorithm: Option<iana::Algorithm>| {
        let mut header = HeaderBuilder::new().key_id(key.public_key().key_id().as_bytes().to_vec());
        if let Some(algorithm) = algorithm {
            header = header.algorithm(algorithm);
        }
        let message = CoseSign1Builder::new()
            .protected(header.build())
            .payload(payload.clone())
            .try_create_signature(&[], |message| key.sign(message, &SystemRandom::new()))
            .unwrap();
        envelope::wrap("AB1:", &message.build().to_tagged_vec().unwrap())
    };
    assert!(check_text(&with(Some(iana::Algorithm::ES256)), &trust, noon()).valid);
    for algorithm in [
        None,
        Some(iana::Algorithm::ES384),
        Some(iana::Algorithm::EdDSA),
        Some(iana::Algorithm::HMAC_256_256),
        Some(iana::Algorithm::RS256),
    ] {
        let report = check_text(&with(algorithm), &trust, noon());
        assert_eq!(
            report.checks.signature,
            Check::Failed(Failure::Algorithm),
            "{algorithm:?}"
        );
        assert_eq!(report.state(), DocumentState::Forged);
    }
    // An algorithm in use, and not that of the key.
    let report = check_text(&with(Some(iana::Algorithm::PS256)), &trust, noon());
    assert_eq!(report.checks.signature, Check::Failed(Failure::BadSignature));
}

#[test]
fn nesting_and_size_are_capped_before_and_after_unpacking() {
    let (key, trust) = key();
    let nested = |depth: usize| (0..depth).fold(number(0), |inner, _| Value::Array(vec![inner]));
    let deep = signed(&key, |set| set.push((number(99), nested(30))));
    let report = check_text(&deep, &trust, noon());
    assert!(report.checks.schema.to_string().ends_with("not well-formed CBOR"));
    assert!(check_text(&signed(&key, |set| set.push((number(99), nested(10)))), &trust, noon()).valid);
    let large = signed(&key, |set| set.push((number(99), Value::Bytes(vec![0; 300_000]))));
    assert!(large.len() < envelope::MAX_TEXT);
    let report = check_text(&large, &trust, noon());
    assert_eq!(
        report.checks.inflate,
        Check::Failed(Failure::Unreadable(envelope::EnvelopeError::TooLarge.into()))
    );
    for prefix in ["AB1:", "HC1:", "shc:/"] {
        let long = format!("{prefix}{}", "0".repeat(envelope::MAX_TEXT));
        let report = check_text(&long, &trust, noon());
        assert!(!report.valid && report.state() == DocumentState::Unreadable);
    }
}

#[test]
fn a_trust_list_is_capped_too_and_leaves_out_keys_of_other_kinds() {
    let region = Region::new();
    let open = |bytes: &[u8]| TrustList::open(bytes, &region.root_key(), noon());
    assert_eq!(open(&vec![0xd2; 8 * 1024 * 1024 + 1]), Err(TrustError::TooLarge));
    let mut deep = vec![0x81; 100_000];
    deep.push(0);
    assert_eq!(open(&deep), Err(TrustError::Malformed));
    // Eight mebibytes in which every byte is an item.
    let mut wide = vec![0x9a, 0, 0x7f, 0xff, 0xf0];
    wide.resize(5 + 0x7f_fff0, 0);
    assert_eq!(open(&wide), Err(TrustError::Malformed));

    // A list as the region signs it, in which one key is on another curve.
    let bytes = region
        .builder(1)
        .signer(Signer::of_issuer(issuer().public_key(), "诊所"));
    let bytes = bytes.sign(&region.root, &SystemRandom::new()).unwrap();
    let message = cose::SignedMessage::parse(&bytes).unwrap();
    let mut set = cbor::parse(&message.payload).unwrap();
    on_another_curve(&mut set);
    let changed = cose::sign(
        cbor::write(&set),
        Some("application/vnd.anban.trust-list+cbor"),
        &region.root,
        &SystemRandom::new(),
    );
    let list = open(&changed.unwrap()).unwrap();
    assert_eq!(list.signers().len(), 1, "the other key still serves");
}

/// Puts the first key of a list on a curve that is not in use.
fn on_another_curve(set: &mut Value) {
    let under = |value: &mut Value, key: i64| -> Value {
        let entries = value.as_map_mut().unwrap();
        let at = entries.iter().position(|(name, _)| *name == number(key)).unwrap();
        entries.remove(at).1
    };
    let mut list = under(set, -65_538);
    let mut signers = under(&mut list, 2);
    let mut signer = signers.as_array_mut().unwrap().remove(0);
    let mut key = under(&mut signer, 2);
    let _ = under(&mut key, -1);
    key.as_map_mut().unwrap().push((number(-1), number(2)));
    signer.as_map_mut().unwrap().push((number(2), key));
    signers.as_array_mut().unwrap().push(signer);
    list.as_map_mut().unwrap().push((number(2), signers));
    set.as_map_mut().unwrap().push((number(-65_538), list));
}
