//! `anban import` and `anban print`.

use serde_json::{Value, json};

use crate::common::Home;
use crate::common::archive::archive;

fn pass(name: &str) -> Vec<u8> {
    let said = json!({
        "description": name, "organizationName": name, "storeCard": {},
        "barcodes": [{ "format": "PKBarcodeFormatQR", "message": "12345", "altText": "12 345" }],
    });
    archive(&[("pass.json", said.to_string().as_bytes())])
}

/// A wallet's file with this in it.
fn wallet(content: &Value) -> Vec<u8> {
    let mut said = json!({ "format": "anban-wallet", "version": 1, "made_at": "2026-11-22T01:00:00Z" });
    said.as_object_mut()
        .unwrap()
        .extend(content.as_object().unwrap().clone());
    archive(&[("wallet.json", said.to_string().as_bytes())])
}

#[test]
fn import_prints_what_was_added_and_what_was_not() {
    let home = Home::new();
    let file = home.file("shop.pkpass", pass("Shop"));
    let told = home.run(&["import", file.to_str().unwrap()]).done().json();
    assert_eq!(
        told.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["added", "skipped"]
    );
    let card = &told["added"][0];
    let expected = json!({
        "kind": "card", "id": card["id"], "name": "Shop", "number": "12 345",
        "code": { "symbology": "Qr", "text": "12345" },
    });
    assert_eq!(card, &expected);

    let ran = home.run(&["import", home.file("nothing", "").to_str().unwrap()]);
    ran.could_not();
    let told = ran.json();
    assert_eq!(told["added"], json!([]));
    assert_eq!(
        told["skipped"][0].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["why"]
    );
}

#[test]
fn print_takes_the_newest_or_the_one_that_is_named() {
    let home = Home::new();
    let add = |name: &str| {
        let file = home.file("a.pkpass", pass(name));
        let told = home.run(&["import", file.to_str().unwrap()]).done().json();
        told["added"][0]["id"].as_str().unwrap().to_owned()
    };
    let first = add("Bakery");
    add("Library");
    let words = |name: &str, more: &[&str]| {
        let pdf = home.path().join(name);
        let ran = home.run(&[&["print", "card", "--out", pdf.to_str().unwrap()], more].concat());
        assert_eq!(ran.done().stdout, "", "there is no data to print");
        crate::common::tools::words(&pdf)
    };
    assert!(words("newest.pdf", &[]).contains("Library"));
    assert!(words("named.pdf", &["--of", &first]).contains("Bakery"));
    let unknown = "00000000-0000-4000-8000-000000000000";
    let ran = home.run(&["print", "card", "--of", unknown, "--out", "x.pdf"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.lines().count()),
        (Some(1), "", 1),
        "{ran:?}"
    );
    let both = home.run(&[
        "print",
        "card",
        "--out",
        "x.pdf",
        "--printer",
        "ipp://localhost/ipp/print",
    ]);
    both.could_not();
}

#[test]
fn print_passes_over_a_card_that_was_put_away() {
    let home = Home::new();
    let (bakery, ticket) = (
        "00000000-0000-4000-8000-000000000001",
        "00000000-0000-4000-8000-000000000002",
    );
    let cards = json!({ "cards": [
        { "id": bakery, "kind": "Member", "name": "Bakery", "number": "12345", "code": null,
          "added_at": "2026-01-01T00:00:00Z" },
        { "id": ticket, "kind": "Ticket", "name": "Train", "number": "67890", "code": null,
          "added_at": "2026-02-01T00:00:00Z", "old": { "since": "2026-03-01T00:00:00Z", "why": "Expired" } },
    ] });
    let file = home.file("wallet.zip", wallet(&cards));
    let told = home.run(&["import", file.to_str().unwrap()]).done().json();
    assert_eq!(told["added"].as_array().unwrap().len(), 2, "{told}");

    let pdf = home.path().join("newest.pdf");
    let out = pdf.to_str().unwrap();
    home.run(&["print", "card", "--out", out]).done();
    assert!(crate::common::tools::words(&pdf).contains("Bakery"));
    assert_eq!(home.run(&["print", "card", "--of", ticket, "--out", out]).code, Some(1));
}

#[test]
fn what_is_not_a_card_goes_out_and_comes_in_by_itself() {
    let letter = json!({ "complaint": { "place": "Market", "what": "telephone-only", "day": "2026-11-20" } });
    let purse = json!({ "purse": { "reserve": 8_000 } });
    for (kind, content) in [("complaint", letter), ("purse", purse)] {
        let home = Home::new();
        let file = home.file("wallet.zip", wallet(&content));
        let told = home.run(&["import", file.to_str().unwrap()]).done().json();
        assert_eq!(told, json!({ "added": [{ "kind": kind }], "skipped": [] }));
        let again = home.run(&["import", file.to_str().unwrap()]);
        assert_eq!((again.code, &again.json()["added"]), (Some(1), &json!([])), "{again:?}");

        let out = home.path().join("out.zip");
        home.run(&["export", "--out", out.to_str().unwrap()]).done();
        let told = Home::new().run(&["import", out.to_str().unwrap()]).done().json();
        assert_eq!(told["added"], json!([{ "kind": kind }]));
    }
}

#[test]
fn a_wallet_of_nothing_but_deleted_cards_is_not_exported() {
    let home = Home::new();
    let now = jiff::Timestamp::now();
    let cards = json!({ "cards": [{ "id": "00000000-0000-4000-8000-000000000001", "kind": "Member", "name": "Bakery",
        "number": "12345", "code": null, "added_at": now, "old": { "since": now, "why": "Deleted" } }] });
    let file = home.file("wallet.zip", wallet(&cards));
    home.run(&["import", file.to_str().unwrap()]).done();
    let out = home.path().join("out.zip");
    assert_eq!(home.run(&["export", "--out", out.to_str().unwrap()]).code, Some(1));
    assert!(!out.exists());
}

#[test]
fn what_is_imported_is_there_in_the_app() {
    let home = Home::new();
    let file = home.file("shop.pkpass", pass("Shop"));
    let told = home.run(&["import", file.to_str().unwrap()]).done().json();
    let kept = crate::common::person::kept(&home).0;
    let ids: Vec<Value> = kept.cards.keys().map(|id| json!(id)).collect();
    assert_eq!(ids, [told["added"][0]["id"].clone()]);
}

#[test]
fn all_cards_of_a_health_card_file_are_added() {
    let home = Home::new();
    let file = crate::common::conformance("shc").join("test-example-00-e-file-multi-jws.smart-health-card");
    let told = home.run(&["import", file.to_str().unwrap()]).done().json();
    assert_eq!(told["added"].as_array().unwrap().len(), 2, "{told}");
    assert!(
        told["added"]
            .as_array()
            .unwrap()
            .iter()
            .all(|added| added["kind"] == "document")
    );
    assert_eq!(
        home.run(&["import", file.to_str().unwrap()]).code,
        Some(1),
        "they are there already"
    );
}
