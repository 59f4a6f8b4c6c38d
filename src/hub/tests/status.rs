//! The pages for people: state of the service, state of a document.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_hub::operator;
use serde_json::json;
use support::*;

fn html(base: &str, path: &str, language: &str) -> String {
    let answer = page(base, path, "text/html", language);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(
        answer
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    String::from_utf8(answer.body).unwrap()
}

#[test]
fn the_state_of_the_service_is_a_page_and_json_and_names_nobody() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    for kind in ["health-status", "health-status", "vaccination"] {
        let document = issued(&ask_for(&hub.url(), kind, json!({})));
        if kind == "vaccination" {
            operator::revoke_document(data.path(), &document.id(), MONDAY.parse().unwrap()).unwrap();
        }
    }
    let status = page(&hub.url(), "/status", "application/json", "").json();
    assert_eq!(
        status["documents"]["issued"],
        json!({"health-status": 2, "vaccination": 1})
    );
    assert_eq!(
        (&status["documents"]["current"], &status["documents"]["revoked"]),
        (&json!(3), &json!(1))
    );
    let list = trust_list(&hub.url(), MONDAY.parse().unwrap());
    assert_eq!(status["trustList"]["sequence"], list.sequence());
    assert_eq!(status["keys"][0]["state"], "signs");
    let chinese = html(&hub.url(), "/status", "zh-CN");
    let english = html(&hub.url(), "/status", "en-GB,en;q=0.8");
    assert!(chinese.contains("lang=\"zh-Hans\"") && chinese.contains("健康码") && chinese.contains("2026年12月23日"));
    assert!(english.contains("lang=\"en\"") && english.contains("health code"));
    for page in [&chinese, &english, &status.to_string()] {
        assert!(!page.contains("王") && !page.contains("1101"), "{page}");
        assert!(!page.contains("<script") && !page.contains("http://"), "{page}");
    }
    assert!(chinese.contains(&list.sequence().to_string()));
}

#[test]
fn the_state_of_a_document_is_said_in_words() {
    let data = tempfile::tempdir().unwrap();
    let clock = Moving::at(MONDAY);
    let hub = clock.demo(data.path());
    let document = issued(&ask_for(&hub.url(), "test", json!({})));
    let path = format!("/documents/{}", document.id());
    let says = |path: &str, state: &str, words: &str, status: u16| {
        let answer = page(&hub.url(), path, "application/json", "");
        assert_eq!(
            (answer.status, answer.json()["state"].as_str().unwrap()),
            (status, state)
        );
        let page = html(&hub.url(), path, "zh");
        assert!(page.contains(words) && !page.contains('王'), "{page}");
    };
    says(&path, "valid", "有效", 200);
    says(
        &path.to_uppercase().replace("DOCUMENTS", "documents"),
        "valid",
        "有效",
        200,
    );
    clock.hours(8 * 24);
    says(&path, "expired", "已过期", 200);
    operator::revoke_document(data.path(), &document.id(), clock.now()).unwrap();
    says(&path, "revoked", "已收回", 200);
    says(&format!("/documents/{}", "0".repeat(32)), "unknown", "查不到", 404);
    assert_eq!(get(&hub.url(), "/documents/%3Cscript%3E").status, 400);
}
