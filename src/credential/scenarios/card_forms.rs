//! SMART Health Cards in files and in parts, and what holds for any text that may be one.

use proptest::prelude::*;
use serde_json::json;

use super::cards::{CardIssuer, ISSUER, changed, deflated, digits, failed, payload};
use super::noon;
use crate::*;

#[test]
fn a_file_with_several_cards_is_valid_if_all_of_them_are() {
    let (issuer, stranger) = (CardIssuer::new(), CardIssuer::new());
    let file = |cards: [&str; 2]| json!({ "verifiableCredential": cards }).to_string();
    let (one, two) = (issuer.card(&payload()), issuer.card(&changed("/nbf", Some(json!(1)))));
    let both = file([&one, &two]);
    assert_eq!(split(&both).unwrap(), [one.as_str(), two.as_str()]);
    assert_eq!(read(&both).unwrap_err(), CardError::SeveralCards.into());
    let report = check_text(&both, &issuer.trust(), noon());
    assert!(report.valid && report.issuer.as_deref() == Some(ISSUER));
    assert_eq!(report.claims["cards"].as_array().unwrap().len(), 2);
    assert_eq!(report.claims["cards"][1]["claims"]["nbf"], 1);
    for (second, line) in [
        (stranger.card(&payload()), "signature"),
        (format!("{one} "), "encoding"),
    ] {
        let report = check_text(&file([&one, &second]), &issuer.trust(), noon());
        assert!(!report.valid);
        assert_eq!(failed(&report), line);
        assert_eq!(report.claims["cards"][0]["valid"], true);
        assert_eq!(report.claims["cards"][1]["valid"], false);
    }
    let surrounded = format!(" \t\n {both}");
    assert_eq!(split(&surrounded).unwrap_err(), CardError::Surrounded.into());
}

#[test]
fn digits_that_are_no_signed_text_are_a_broken_card_and_not_another_text() {
    let parts = ["shc:/1/2/5676", "shc:/2/2/5676"];
    for texts in [&["shc:/5676290952432060346029"][..], &["shc:/5676"], &parts] {
        let report = check_texts(texts, &Trust::default(), noon());
        assert_eq!(report.format, Some(Format::SmartHealthCard));
        let error = ReadError::SmartHealthCard(CardError::NotCompact);
        assert_eq!(
            report.checks.encoding,
            Check::Failed(Failure::Unreadable(error)),
            "{texts:?}"
        );
    }
}

#[test]
fn a_card_too_long_for_a_code_is_read_from_its_file_and_its_parts() {
    let issuer = CardIssuer::new();
    let long: Vec<u32> = (0..900_u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
    let jws = issuer.card(&changed("/more", Some(json!(long))));
    assert!(jws.len() > 2 * 1191);
    assert_eq!(read(&jws).unwrap().text(), jws, "kept as it is");
    assert_eq!(
        read(&format!("shc:/{}", digits(&jws))).unwrap_err(),
        CardError::SymbolTooLong(1195).into()
    );
    let pieces: Vec<&[u8]> = jws.as_bytes().chunks(1191).collect();
    let count = pieces.len();
    let codes: Vec<String> = pieces
        .iter()
        .enumerate()
        .map(|(n, piece)| format!("shc:/{}/{count}/{}", n + 1, digits(std::str::from_utf8(piece).unwrap())))
        .collect();
    let check = |codes: &[String]| {
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        check_texts(&codes, &issuer.trust(), noon())
    };
    let backwards: Vec<String> = codes.iter().rev().cloned().collect();
    assert!(check(&codes).valid && check(&backwards).valid);
    let missing = check(&codes[1..]);
    assert!(
        missing.checks.encoding.to_string().contains("part 1 of the"),
        "{:?}",
        missing.checks
    );
    let repeated = [codes.as_slice(), &codes[..1]].concat();
    assert_eq!(
        check(&repeated).checks.prefix.to_string(),
        "failed: part 1 of the card was given twice"
    );
    let mut mixed = codes.clone();
    mixed[0] = format!("shc:/1/{}/56", count + 1);
    assert!(check(&mixed).checks.prefix.to_string().contains("different cards"));
    assert_eq!(failed(&check(&codes[..1])), "encoding", "a part alone");
    let strangers = [codes[0].clone(), jws];
    assert!(check(&strangers).checks.prefix.to_string().contains("not the parts"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_mistyped_character_never_makes_another_card(position in any::<prop::sample::Index>(), other in "[0-9A-Za-z_.-]") {
        let issuer = CardIssuer::new();
        let card = issuer.card(&payload());
        let position = position.index(card.len());
        let changed = format!("{}{other}{}", &card[..position], &card[position + 1..]);
        let report = check_text(&changed, &issuer.trust(), noon());
        prop_assert!(!report.valid || report.claims == payload());
    }

    #[test]
    fn no_text_makes_reading_a_card_panic(
        text in "(shc:/|shc:/[0-9]{1,3}/[0-9]{1,3}/|ey|\\{\"verifiableCredential\":\\[\"ey)([0-9A-Za-z_.-]{0,80}|[0-9]{0,90})(\"\\]\\})?",
    ) {
        let report = check_text(&text, &Trust::default(), noon());
        prop_assert!(!report.valid);
        prop_assert_eq!(check_texts(&[&text, &text], &Trust::default(), noon()).valid, false);
    }

    #[test]
    fn no_payload_makes_reading_a_card_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), object in any::<bool>()) {
        let issuer = CardIssuer::new();
        let header = issuer.header().to_string();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let content = if object { json!({ "iss": text, "nbf": bytes, "vc": { text: 1 } }).to_string().into_bytes() } else { bytes };
        let report = check_text(&issuer.signed(header.as_bytes(), &deflated(&content)), &issuer.trust(), noon());
        prop_assert!(!report.valid);
    }
}
