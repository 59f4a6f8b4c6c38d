//! Keys of SMART Health Cards: which are believed, for whose cards, and what their issuers have taken back.

use serde_json::{Value as Json, json};

use super::cards::{CardIssuer, ISSUER, changed, payload, trust};
use super::{Region, noon};
use crate::*;

fn check(card: &str, trust: &Trust) -> Verification {
    check_text(card, trust, noon())
}

#[test]
fn a_key_that_is_not_as_the_framework_asks_signs_no_cards() {
    let issuer = CardIssuer::new();
    let card = issuer.card(&payload());
    let longer = format!("{}=", issuer.jwk()["x"].as_str().unwrap());
    let cases = [
        ("use", Some(json!("enc"))),
        ("use", None),
        ("alg", Some(json!("ES384"))),
        ("alg", None),
        ("kid", Some(json!("ThisIsNotTheThumbprintOfTheKey"))),
        ("kid", Some(json!(CardIssuer::new().kid()))),
        ("kid", None),
        ("x", Some(json!(longer))),
        ("d", Some(json!("AA"))),
    ];
    for (name, value) in cases {
        let mut jwk = issuer.jwk();
        match value {
            Some(value) => jwk[name] = value,
            None => drop(jwk.as_object_mut().unwrap().remove(name)),
        }
        let report = check(&card, &trust(&jwk));
        assert_eq!(report.checks.signature, Check::Failed(Failure::UnfitKey), "{jwk}");
        assert_eq!(report.state(), DocumentState::UnknownIssuer);
    }
    for (name, value) in [("crv", "P-384"), ("kty", "OKP")] {
        let mut jwk = issuer.jwk();
        jwk[name] = json!(value);
        let signers = Signers::parse(jwk.to_string().as_bytes());
        assert_eq!(signers.unwrap_err(), KeyError::Unsupported);
    }
    // A key in another form is what whoever names it says it is.
    let pem = issuer.key().to_pem().unwrap();
    assert!(check(&card, &Signers::parse(pem.as_bytes()).unwrap().into()).valid);
}

#[test]
fn a_key_signs_the_cards_of_its_issuer_alone_where_that_is_known() {
    let issuer = CardIssuer::new();
    let (own, foreign) = (
        issuer.card(&payload()),
        issuer.card(&changed("/iss", Some(json!("https://foo.example.org/cards")))),
    );
    let keys = json!({ "keys": [issuer.jwk()] });
    let loose = Signers::parse(keys.to_string().as_bytes()).unwrap();
    let trusts = [
        Trust::from(loose.clone().of_card_issuer(ISSUER)),
        trust(&json!({ "iss": ISSUER, "keys": [issuer.jwk()] })),
        trust(&json!({ "issuerInfo": [{ "issuer": { "iss": ISSUER, "name": "X" }, "keys": [issuer.jwk()] }] })),
    ];
    for trust in &trusts {
        assert!(check(&own, trust).valid);
        let report = check(&foreign, trust);
        assert_eq!(report.checks.signature, Check::Ok);
        assert_eq!(report.checks.purpose, Check::Failed(Failure::OtherIssuer));
        assert_eq!(report.state(), DocumentState::UnknownIssuer);
    }
    assert!(check(&foreign, &loose.into()).valid, "nobody said whose the key is");
    // One key, published by two issuers.
    let other = json!({ "iss": "https://foo.example.org/cards", "keys": [issuer.jwk()] });
    let both = trust(&json!([{ "iss": ISSUER, "keys": [issuer.jwk()] }, other]));
    assert!(check(&own, &both).valid && check(&foreign, &both).valid);
}

#[test]
fn a_regions_trust_list_says_whose_cards_a_key_signs_and_which_are_taken_back() {
    let (region, issuer) = (Region::new(), CardIssuer::new());
    let with_rid = changed("/vc/rid", Some(json!("AQPCj4wwk6Mt")));
    let card = issuer.card(&with_rid);
    let list = || region.builder(2).signer(Signer::of_issuer(issuer.key(), ISSUER));
    let verified = |builder: &TrustListBuilder, card: &str| check(card, &region.open(builder).into());
    assert!(verified(&list(), &card).valid);
    let foreign = issuer.card(&changed("/iss", Some(json!("https://foo.example.org/cards"))));
    assert_eq!(
        verified(&list(), &foreign).checks.purpose,
        Check::Failed(Failure::OtherIssuer)
    );
    let (kid, id) = (issuer.kid(), read(&card).unwrap().id());
    let taken_back = [
        id,
        format!("{kid}/AQPCj4wwk6Mt"),
        format!("{kid}/AQPCj4wwk6Mt.1763712001"),
    ];
    for entry in taken_back {
        let report = verified(&list().revoke_document(&entry), &card);
        assert_eq!(report.state(), DocumentState::Revoked, "{entry}");
    }
    let others = [
        format!("{kid}/AQPCj4wwk6Mt.1763712000"),
        format!("{kid}/AQPCj4wwk6M"),
        format!("{kid}/AQPCj4wwk6Mtt"),
        format!("{}/AQPCj4wwk6Mt", CardIssuer::new().kid()),
        "AQPCj4wwk6Mt".to_owned(),
    ];
    for entry in others {
        assert!(verified(&list().revoke_document(&entry), &card).valid, "{entry}");
    }
    let key = list().revoke_key(issuer.key().key_id());
    assert_eq!(
        verified(&key, &card).checks.validity,
        Check::Failed(Failure::KeyRevoked)
    );
    let slips_only = region.builder(2).signer(Signer {
        purposes: vec![Kind::Test],
        ..Signer::of_issuer(issuer.key(), ISSUER)
    });
    assert_eq!(
        verified(&slips_only, &card).checks.purpose,
        Check::Failed(Failure::Purpose)
    );
}

#[test]
fn an_issuers_own_list_takes_cards_back_and_has_to_be_there_if_there_is_one() {
    let issuer = CardIssuer::new();
    let card = issuer.card(&changed("/vc/rid", Some(json!("lHKzqFUMjhs"))));
    let crl =
        |counter: u64, rids: &[&str]| json!({ "kid": issuer.kid(), "method": "rid", "ctr": counter, "rids": rids });
    let parse = |list: &Json| CardRevocations::parse(list.to_string().as_bytes());
    let jwk = |version: Option<u64>| {
        let mut jwk = issuer.jwk();
        version
            .into_iter()
            .for_each(|version| jwk["crlVersion"] = json!(version));
        trust(&json!({ "keys": [jwk] }))
    };
    let with = |version, list: Json| check(&card, &jwk(version).with_card_revocations(parse(&list).unwrap()));
    for (rids, state) in [
        (&["AQPCj4wwk6Mt"][..], DocumentState::Valid),
        (&["lHKzqFUMjhs"], DocumentState::Revoked),
        (&["lHKzqFUMjhs.1763712000"], DocumentState::Valid),
        (&["lHKzqFUMjhs.1763712001"], DocumentState::Revoked),
    ] {
        assert_eq!(with(Some(3), crl(3, rids)).state(), state, "{rids:?}");
        assert_eq!(with(None, crl(3, rids)).state(), state, "{rids:?}");
    }
    let unknown = Check::Failed(Failure::RevocationsUnknown);
    assert_eq!(check(&card, &jwk(Some(3))).checks.validity, unknown);
    assert_eq!(with(Some(3), crl(2, &[])).checks.validity, unknown, "an older list");
    assert!(with(Some(3), crl(4, &[])).valid, "a newer list");
    assert!(
        check(&issuer.card(&payload()), &jwk(Some(3))).valid,
        "without rid it can't be on the list"
    );
    // The list that was changed more often counts, in whatever order they come.
    let (old, new) = (parse(&crl(3, &[])).unwrap(), parse(&crl(4, &["lHKzqFUMjhs"])).unwrap());
    for lists in [[old.clone(), new.clone()], [new, old]] {
        let trust = lists.into_iter().fold(jwk(None), Trust::with_card_revocations);
        assert_eq!(check(&card, &trust).state(), DocumentState::Revoked);
    }
    let snapshot = json!({ "issuerInfo": [{
        "issuer": { "iss": ISSUER }, "keys": [issuer.jwk()], "crls": [crl(1, &["lHKzqFUMjhs"])],
    }]});
    assert_eq!(check(&card, &trust(&snapshot)).state(), DocumentState::Revoked);
}

#[test]
fn a_damaged_list_of_revocations_is_refused_and_never_taken_for_none() {
    let issuer = CardIssuer::new();
    let good = json!({ "kid": issuer.kid(), "method": "rid", "ctr": 1, "rids": ["a", "b.12"] });
    assert!(CardRevocations::parse(good.to_string().as_bytes()).is_ok());
    let cases = [
        ("kid", json!("!")),
        ("method", json!(null)),
        ("ctr", json!("1")),
        ("ctr", json!(-1)),
        ("rids", json!("a")),
        ("rids", json!([1])),
        ("rids", json!(["a", "a"])),
        ("rids", json!(["a", "a.1"])),
        ("rids", json!(["not base64url!"])),
        ("rids", json!(["x".repeat(25)])),
        ("rids", json!(["a.soon"])),
        ("rids", json!(["a.99999999999999999"])),
    ];
    for (name, value) in cases {
        let mut list = good.clone();
        list[name] = value;
        let parsed = CardRevocations::parse(list.to_string().as_bytes());
        assert_eq!(parsed.unwrap_err(), RevocationsError::Malformed, "{list}");
        let snapshot = json!({ "keys": [issuer.jwk()], "crls": [list] });
        let signers = Signers::parse(snapshot.to_string().as_bytes());
        assert_eq!(signers.unwrap_err(), KeyError::Revocations);
    }
    let mut foreign = good;
    foreign["method"] = json!("hash");
    let parsed = CardRevocations::parse(foreign.to_string().as_bytes());
    assert_eq!(parsed.unwrap_err(), RevocationsError::UnknownMethod);
    let long = vec![b' '; 8 * 1024 * 1024 + 1];
    assert_eq!(CardRevocations::parse(&long).unwrap_err(), RevocationsError::TooLarge);
}
