//! `anban import` and `anban print`.

use serde_json::{Value, json};

use crate::common::{Home, archive};

fn pass(name: &str) -> Vec<u8> {
    let said = json!({
        "description": name, "organizationName": name, "storeCard": {},
        "barcodes": [{ "format": "PKBarcodeFormatQR", "message": "12345", "altText": "12 345" }],
    });
    archive(&[("pass.json", said.to_string().as_bytes())])
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
