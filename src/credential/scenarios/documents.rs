//! Documents of our own kind: issued, read, checked.

use jiff::SignedDuration;
use ring::rand::SystemRandom;

use super::{ISSUER, Region, at, claims, issuer, noon};
use crate::*;

#[test]
fn what_was_issued_is_read_and_believed() {
    let region = Region::new();
    let text = region.text(&claims());
    assert!(text.starts_with("AB1:"));
    let document = read(&format!("\n {text}\t")).unwrap();
    assert_eq!(document.anban_claims(), Some(&claims()));
    assert_eq!(document.text(), text);
    assert_eq!(document.format(), Format::Anban);
    assert_eq!(document.kind(), Kind::HealthStatus);
    assert_eq!(document.holder_name().as_deref(), Some("王秀英"));
    assert_eq!(document.status(), Some(Status::Green));
    assert_eq!(document.id(), "07".repeat(16));
    assert_eq!(document.key_id(), Some(region.issuer.public_key().key_id()));
    let report = verify(&document, &region.open(&region.builder(1)).into(), noon());
    assert!(report.valid, "{:?}", report.checks);
    assert_eq!(report.state(), DocumentState::Valid);
    assert!(!report.trust_expired);
}

#[test]
fn the_report_is_what_the_command_line_promises() {
    let region = Region::new();
    let report = region.check(&claims(), &region.builder(1), noon());
    let json = serde_json::to_value(&report).unwrap();
    let mut keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["checks", "claims", "format", "issuer", "valid"]);
    assert_eq!(json["format"], "anban");
    assert_eq!(json["claims"]["person"]["name"], "王秀英");
    assert_eq!(json["claims"]["health"]["status"], "green");
    assert_eq!(json["claims"]["exp"], "2026-11-28T08:00:00Z");
    let checks = json["checks"].as_object().unwrap();
    assert_eq!(checks.len(), 7);
    assert!(checks.values().all(|check| check == "ok"));
    let nobody = serde_json::to_value(check_text(&region.text(&claims()), &Trust::default(), noon())).unwrap();
    assert_eq!(nobody["checks"]["signature"], "not checked");
    assert_eq!(nobody["valid"], false);
}

#[test]
fn a_document_holds_between_its_times() {
    let region = Region::new();
    for (time, state) in [
        ("2026-11-21T07:59:59Z", DocumentState::NotYetValid),
        ("2026-11-21T08:00:00Z", DocumentState::Valid),
        ("2026-11-28T08:00:00Z", DocumentState::Valid),
        ("2026-11-28T08:00:01Z", DocumentState::Expired),
    ] {
        let report = region.check(&claims(), &region.builder(1), at(time));
        assert_eq!(report.state(), state, "{time}");
        assert_eq!(report.valid, state == DocumentState::Valid);
    }
}

#[test]
fn documents_and_keys_can_be_taken_back() {
    let region = Region::new();
    let document = region.builder(2).revoke_document(&claims().id.to_string());
    let key = region.builder(2).revoke_key(region.issuer.public_key().key_id());
    for builder in [document, key] {
        let report = region.check(&claims(), &builder, noon());
        assert_eq!(report.state(), DocumentState::Revoked);
        assert!(!report.valid);
        // Taken back stays taken back after it has expired as well.
        let later = region.check(&claims(), &builder, at("2027-01-01T00:00:00Z"));
        assert_eq!(later.state(), DocumentState::Revoked);
    }
}

#[test]
fn one_region_cannot_take_back_what_another_signed() {
    let (here, there) = (Region::new(), Region::new());
    let hostile = there.builder(1).revoke_document(&claims().id.to_string());
    let hostile = hostile.revoke_key(here.issuer.public_key().key_id());
    let trust = Trust::from(here.open(&here.builder(1))).with_list(there.open(&hostile));
    assert_eq!(
        check_text(&here.text(&claims()), &trust, noon()).state(),
        DocumentState::Valid
    );
}

#[test]
fn a_stranger_is_unknown_and_a_forger_is_a_forger() {
    let (region, stranger) = (Region::new(), Region::new());
    let list = region.open(&region.builder(1));
    let report = check_text(&stranger.text(&claims()), &list.into(), noon());
    assert_eq!(report.state(), DocumentState::UnknownIssuer);
    // The stranger's key under the id of the real one: the document names a known key.
    let false_list = region.builder(1);
    let signer = Signer {
        key: region.issuer.public_key().clone(),
        ..Signer::of_issuer(stranger.issuer.public_key(), ISSUER)
    };
    let list = region.open(&false_list.signer(signer));
    let report = check_text(&stranger.text(&claims()), &list.into(), noon());
    assert_eq!(report.state(), DocumentState::Forged);
}

#[test]
fn a_key_signs_only_in_its_owners_name_for_its_purposes_in_its_time() {
    let region = Region::new();
    let signer = Signer::of_issuer(region.issuer.public_key(), ISSUER);
    let list = |signer: Signer| {
        let (issued, expires) = (at("2026-11-20T00:00:00Z"), at("2026-12-20T00:00:00Z"));
        TrustListBuilder::new("110000", 1, issued, expires).signer(signer)
    };
    let other = Signer {
        issuer: Some("人民医院".to_owned()),
        ..signer.clone()
    };
    let report = region.check(&claims(), &list(other), noon());
    assert_eq!(report.checks.purpose, Check::Failed(Failure::OtherIssuer));
    let slips_only = Signer {
        purposes: vec![Kind::Appointment],
        ..signer.clone()
    };
    let report = region.check(&claims(), &list(slips_only), noon());
    assert_eq!(report.checks.purpose, Check::Failed(Failure::Purpose));
    assert_eq!(report.state(), DocumentState::UnknownIssuer);
    for (not_before, not_after) in [(Some(noon()), None), (None, Some(claims().issued_at))] {
        let signer = Signer {
            not_before,
            not_after,
            ..signer.clone()
        };
        let report = region.check(&claims(), &list(signer), noon());
        assert_eq!(report.checks.validity, Check::Failed(Failure::SignerNotValid));
        assert!(!report.valid);
    }
}

#[test]
fn an_expired_list_still_serves_and_says_so() {
    let region = Region::new();
    let mut long = claims();
    long.expires_at = at("2027-11-28T08:00:00Z");
    let report = region.check(&long, &region.builder(1), at("2027-01-01T00:00:00Z"));
    assert!(report.valid);
    assert!(report.trust_expired);
}

#[test]
fn kinds_without_a_name_are_carried_too() {
    let region = Region::new();
    let mut slip = claims();
    slip.kind = Kind::Other("library-card".to_owned());
    slip.health = None;
    slip.details.insert("馆".to_owned(), "首都图书馆".to_owned());
    let document = read(&region.text(&slip)).unwrap();
    assert_eq!(document.kind(), slip.kind);
    assert_eq!(document.anban_claims(), Some(&slip));
    assert_eq!(document.status(), None);
}

#[test]
fn claims_that_make_no_document_are_not_signed() {
    let (issuer, random) = (issuer(), SystemRandom::new());
    type Change = fn(&mut Claims);
    let cases: [(Change, ClaimsError); 6] = [
        (|c| c.health = None, ClaimsError::HealthMismatch),
        (|c| c.kind = Kind::Appointment, ClaimsError::HealthMismatch),
        (|c| c.expires_at = c.issued_at, ClaimsError::EndsBeforeItBegins),
        (
            |c| c.expires_at = c.issued_at + SignedDuration::from_millis(1),
            ClaimsError::EndsBeforeItBegins,
        ),
        (|c| c.person.name = " ".to_owned(), ClaimsError::Length("name")),
        (
            |c| c.person.medical_history = vec!["x".to_owned(); 51],
            ClaimsError::TooMany("medical history"),
        ),
    ];
    for (change, expected) in cases {
        let mut changed = claims();
        change(&mut changed);
        assert_eq!(issuer.issue(&changed, &random), Err(IssueError::Claims(expected)));
    }
}

#[test]
fn each_broken_layer_is_the_one_that_is_reported() {
    let trust = Trust::default();
    let report = |text: &str| {
        let json = serde_json::to_value(check_text(text, &trust, noon())).unwrap();
        let failed: Vec<String> = json["checks"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, check)| check.as_str().unwrap().starts_with("failed: "))
            .map(|(name, _)| name.clone())
            .collect();
        failed.join(" ")
    };
    assert_eq!(report("HC2:6BF"), "prefix");
    assert_eq!(report(""), "prefix");
    assert_eq!(report("AB1:abc"), "encoding");
    assert_eq!(report("AB1:%69 VD92EX0"), "inflate");
    assert_eq!(report(&envelope::wrap("AB1:", b"\x01")), "signature");
    // COSE_Sign1 with empty headers around a payload that is no claims set.
    assert_eq!(
        report(&envelope::wrap("HC1:", b"\x84\x40\xa0\x41\x01\x41\x00")),
        "schema"
    );
}

#[test]
fn shown_for_debugging_a_document_keeps_its_secrets() {
    let document = read(&Region::new().text(&claims())).unwrap();
    for shown in [format!("{document:?}"), format!("{:?}", claims())] {
        assert!(!shown.contains("王秀英") && !shown.contains("110101"), "{shown}");
    }
}
