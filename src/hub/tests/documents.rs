//! Signed documents: issued by the hub, checked with nothing but its trust list and the region's root.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_credential::{RootKey, Status, Trust, TrustList, check_text};
use anban_wire::documents::DocumentAnswer;
use support::*;

const ROOT: &str = include_str!("../../../assets/region/demo/root.pem");

fn ask(base: &str, command: &str, number: &str) -> Answer {
    let body = serde_json::json!({
        "command": command, "kind": "health-status", "name": "王秀英", "identityNumber": number, "region": "990101",
    });
    post(base, "/documents", "application/json", body.to_string().as_bytes())
}

fn text(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice::<DocumentAnswer>(&answer.body).unwrap().text
}

const ONE: &str = "4be7aef4-4e6a-4d3f-9e63-6f4f3f0f7f01";
const TWO: &str = "4be7aef4-4e6a-4d3f-9e63-6f4f3f0f7f02";

#[test]
fn a_document_is_verified_against_the_trust_list_and_the_regions_root() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let text = text(&ask(&hub.url(), ONE, NUMBER));
    assert!(text.starts_with("AB1:"));
    let (now, root) = (MONDAY.parse().unwrap(), RootKey::from_pem(ROOT).unwrap());
    let list = TrustList::open(&get(&hub.url(), "/trust-list").body, &root, now).unwrap();
    let checked = check_text(&text, &Trust::default().with_list(list.clone()), now);
    assert!(checked.valid, "{:?}", checked.checks);
    let document = anban_credential::read(&text).unwrap();
    assert_eq!(document.status(), Some(Status::Green));
    assert_eq!(document.holder_name().as_deref(), Some("王秀英"));
    assert!(
        !document.claims().to_string().contains(NUMBER),
        "the identity number is masked"
    );
    // Someone else's list, or a document changed on the way, proves nothing.
    let other = tempfile::tempdir().unwrap();
    let elsewhere = demo(other.path());
    let foreign = TrustList::open(&get(&elsewhere.url(), "/trust-list").body, &root, now).unwrap();
    assert!(!check_text(&text, &Trust::default().with_list(foreign), now).valid);
}

#[test]
fn a_repeat_brings_the_same_document_also_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let first = text(&ask(&hub.url(), ONE, NUMBER));
    assert_eq!(text(&ask(&hub.url(), ONE, NUMBER)), first);
    assert_ne!(text(&ask(&hub.url(), TWO, NUMBER)), first);
    let before = get(&hub.url(), "/trust-list").body;
    hub.shutdown();
    let hub = demo(data.path());
    assert_eq!(text(&ask(&hub.url(), ONE, NUMBER)), first);
    assert_eq!(ask(&hub.url(), ONE, "440524188001010014").status, 422);
    let (now, root) = (MONDAY.parse().unwrap(), RootKey::from_pem(ROOT).unwrap());
    let sequence = |list: &[u8]| TrustList::open(list, &root, now).unwrap().sequence();
    assert!(sequence(&get(&hub.url(), "/trust-list").body) > sequence(&before));
}

#[test]
fn a_wrong_check_digit_is_refused_without_repeating_the_number() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let answer = ask(&hub.url(), ONE, "110105194912310021");
    assert_eq!(answer.status, 422);
    assert!(!String::from_utf8_lossy(&answer.body).contains("1949"));
    // A slip is no answer: the same command goes through once it is put right.
    text(&ask(&hub.url(), ONE, NUMBER));
}

#[test]
fn the_demonstration_has_yellow_and_red_codes_too() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let status = |command, number| {
        anban_credential::read(&text(&ask(&hub.url(), command, number)))
            .unwrap()
            .status()
    };
    assert_eq!(status(ONE, "990101194803150010"), Some(Status::Yellow));
    assert_eq!(status(TWO, "990101194803150029"), Some(Status::Red));
}
