//! `anban verify`, on certificates that EU member states published with what has to be found out about them, and on
//! examples of SMART Health Cards.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::anban;
use crate::common::{Home, Ran, conformance};

const CHECKS: [&str; 7] = [
    "encoding",
    "inflate",
    "prefix",
    "purpose",
    "schema",
    "signature",
    "validity",
];

struct Case {
    text: String,
    signer: String,
    at: String,
    picture: PathBuf,
    json: Value,
}

/// The first case of a country.
fn case(country: &str) -> Case {
    let folder = conformance("hcert").join(country);
    let json: Value = serde_json::from_slice(&fs::read(folder.join("2DCode/raw/1.json")).unwrap()).unwrap();
    let said = |value: &Value| value.as_str().unwrap().to_owned();
    Case {
        text: said(&json["PREFIX"]),
        signer: said(&json["TESTCTX"]["CERTIFICATE"]),
        at: said(&json["TESTCTX"]["VALIDATIONCLOCK"]),
        picture: folder.join("png/1.png"),
        json,
    }
}

/// The report has exactly the keys that scripts look for, and each check says one of three things.
#[track_caller]
fn report(ran: &Ran) -> Value {
    assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
    assert_eq!(ran.stderr, "");
    let report = ran.json();
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["checks", "claims", "format", "issuer", "valid"]);
    let checks = report["checks"].as_object().unwrap();
    assert_eq!(checks.keys().collect::<Vec<_>>(), CHECKS);
    for check in checks.values() {
        let said = check.as_str().unwrap();
        let failed = said.strip_prefix("failed: ").is_some_and(|why| why.len() > 10);
        assert!(said == "ok" || said == "not checked" || failed, "{said}");
    }
    let all = checks.values().all(|check| check == "ok");
    assert_eq!(
        (&report["valid"], ran.code),
        (&json!(all), Some(i32::from(!all))),
        "{report}"
    );
    report
}

#[test]
fn a_certificate_is_read_from_its_text_its_picture_and_stdin_alike() {
    let case = case("AT");
    let options = ["verify", "--signer", &case.signer, "--at", &case.at];
    let with = |document: &str| report(&anban(&[&options[..], &[document]].concat()));
    let by_text = with(&case.text);
    assert_eq!(
        (&by_text["valid"], &by_text["format"]),
        (&json!(true), &json!("eu-dcc"))
    );
    assert_eq!(by_text["claims"], case.json["JSON"]);
    assert_eq!(by_text["issuer"], case.json["JSON"]["v"][0]["is"]);
    assert_eq!(with(case.picture.to_str().unwrap()), by_text);

    let home = Home::new();
    let file = home.file("certificate", format!("\u{feff}{}\r\n", case.text));
    assert_eq!(with(file.to_str().unwrap()), by_text);
    for bytes in [case.text.as_bytes().to_vec(), fs::read(&case.picture).unwrap()] {
        let mut command = home.anban(&options);
        let mut child = command
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert_eq!(report(&Ran::from(child.wait_with_output().unwrap())), by_text);
    }
}

#[test]
fn the_signer_is_given_as_base64_as_der_or_as_pem() {
    let case = case("AT");
    let home = Home::new();
    let der = STANDARD.decode(&case.signer).unwrap();
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        case.signer
    );
    let files = [
        home.file("signer.der", der),
        home.file("signer.pem", pem),
        home.file("signer.txt", &case.signer),
    ];
    for file in files {
        let ran = anban(&[
            "verify",
            "--signer",
            file.to_str().unwrap(),
            "--at",
            &case.at,
            &case.text,
        ]);
        assert_eq!(report(&ran)["valid"], true, "{}", file.display());
    }
}

#[test]
fn without_the_right_signer_or_time_the_answer_is_no() {
    let (case, other) = (case("AT"), case("BG"));
    let nobody = report(&anban(&["verify", "--at", &case.at, &case.text]));
    assert_eq!(
        (&nobody["checks"]["signature"], &nobody["checks"]["schema"]),
        (&json!("not checked"), &json!("ok"))
    );
    let stranger = report(&anban(&[
        "verify",
        "--signer",
        &other.signer,
        "--at",
        &case.at,
        &case.text,
    ]));
    assert_ne!(stranger["checks"]["signature"], "ok");
    for at in ["2001-01-01T00:00:00Z", "2099-01-01T00:00:00+08:00"] {
        let wrong_time = report(&anban(&["verify", "--signer", &case.signer, "--at", at, &case.text]));
        assert_eq!(wrong_time["checks"]["signature"], "ok");
        assert!(
            wrong_time["checks"]["validity"]
                .as_str()
                .unwrap()
                .starts_with("failed: ")
        );
    }
    let changed = case.text.replacen(&case.text[100..104], "0000", 1);
    let changed = report(&anban(&[
        "verify",
        "--signer",
        &case.signer,
        "--at",
        &case.at,
        &changed,
    ]));
    assert_eq!(changed["valid"], false);
}

#[test]
fn whatever_stands_there_gets_a_report() {
    for (text, format) in [
        ("hello", Value::Null),
        ("", Value::Null),
        ("AB1:", json!("anban")),
        ("AB1:6BF", json!("anban")),
        ("HC1:NCF", json!("eu-dcc")),
        (
            "shc:/5676290952432060346029243740446031222959",
            json!("smart-health-card"),
        ),
    ] {
        let report = report(&anban(&["verify", text]));
        assert_eq!(
            (&report["format"], &report["valid"]),
            (&format, &json!(false)),
            "{text:?}"
        );
    }
}

/// The example card of the SMART Health Cards Framework, and its issuer's key.
fn health_card() -> (String, String) {
    let folder = conformance("shc");
    let key = "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s.jwk";
    let card = fs::read_to_string(folder.join("example-00-f-qr-code-numeric-value-0.txt")).unwrap();
    (card.trim().to_owned(), folder.join(key).to_str().unwrap().to_owned())
}

#[test]
fn a_health_card_is_read_as_a_code_as_signed_text_as_a_file_and_in_parts() {
    let (code, key) = health_card();
    let issuer = "https://spec.smarthealth.cards/examples/issuer";
    let with = |documents: &[&str]| {
        let options = [
            "verify",
            "--signer",
            &key,
            "--issuer",
            issuer,
            "--at",
            "2026-01-01T00:00:00Z",
        ];
        report(&anban(&[&options[..], documents].concat()))
    };
    let by_code = with(&[&code]);
    assert_eq!(
        (&by_code["valid"], &by_code["format"], &by_code["issuer"]),
        (&json!(true), &json!("smart-health-card"), &json!(issuer))
    );
    let digits = code.strip_prefix("shc:/").unwrap();
    let pairs: Vec<&str> = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]).collect();
    let jws: String = pairs
        .iter()
        .map(|pair| char::from(pair.parse::<u8>().unwrap() + 45))
        .collect();
    assert_eq!(with(&[&jws]), by_code);
    let home = Home::new();
    let file = home.file(
        "card.smart-health-card",
        json!({ "verifiableCredential": [jws] }).to_string(),
    );
    assert_eq!(with(&[file.to_str().unwrap()]), by_code);
    let (first, second) = pairs.split_at(300);
    let first = home.file("first.txt", format!("shc:/1/2/{}\n", first.concat()));
    let second = format!("shc:/2/2/{}", second.concat());
    assert_eq!(with(&[&second, first.to_str().unwrap()]), by_code);
    let alone = with(&[&second]);
    assert!(
        alone["checks"]["encoding"].as_str().unwrap().contains("part 2 of 2"),
        "{alone}"
    );
    assert_eq!(with(&[&format!(" {code}")])["valid"], false);
}

#[test]
fn a_health_card_needs_its_issuers_key_and_is_refused_once_it_is_taken_back() {
    let (code, key) = health_card();
    let with = |options: &[&str]| report(&anban(&[&["verify"], options, &[code.as_str()]].concat()));
    let others = conformance("shc").join("issuer.jwks.public.not.smart.json");
    let stranger = with(&["--signer", others.to_str().unwrap()]);
    assert!(
        stranger["checks"]["signature"]
            .as_str()
            .unwrap()
            .starts_with("failed: "),
        "{stranger}"
    );
    let elsewhere = with(&["--signer", &key, "--issuer", "https://example.org"]);
    assert!(
        elsewhere["checks"]["purpose"].as_str().unwrap().starts_with("failed: "),
        "{elsewhere}"
    );
    let home = Home::new();
    let damaged = home.file("crl.json", "{}");
    anban(&["verify", "--signer", &key, "--crl", damaged.to_str().unwrap(), &code]).could_not();
}

#[test]
fn a_file_with_several_health_cards_gets_one_report_with_each_in_it() {
    let (_, key) = health_card();
    let file = conformance("shc").join("test-example-00-e-file-multi-jws.smart-health-card");
    let report = report(&anban(&["verify", "--signer", &key, file.to_str().unwrap()]));
    let cards = report["claims"]["cards"].as_array().unwrap();
    let valid: Vec<&Value> = cards.iter().map(|card| &card["valid"]).collect();
    assert_eq!(
        valid,
        [&json!(true), &json!(false)],
        "the second is signed with another key"
    );
    assert_eq!(report["valid"], false);
}
