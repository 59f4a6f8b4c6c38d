#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::testing::archive;

const STORE_CARD: &str = r#"{"description": "Member card", "organizationName": "SHOP",
    "barcodes": [{"format": "PKBarcodeFormatCode128", "message": "12345678", "altText": "1234 5678"}],
    "storeCard": {"primaryFields": [{"key": "points", "label": "POINTS", "value": 120},]}}"#;

#[test]
fn a_pass_is_told_in_the_language_that_is_asked_for() {
    let strings = "\"POINTS\" = \"积分\";\n\"SHOP\" = \"便民超市\";".encode_utf16();
    let strings: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(strings.flat_map(u16::to_le_bytes))
        .collect();
    let bytes = archive(&[
        ("pass.json", STORE_CARD.as_bytes()),
        ("zh-Hans.lproj/pass.strings", &strings),
    ]);
    let pass = read(&bytes, Language::Chinese).unwrap().remove(0);
    assert_eq!((pass.name.as_str(), pass.number.as_str()), ("便民超市", "1234 5678"));
    assert_eq!(pass.details, [("积分".to_owned(), "120".to_owned())]);
    assert_eq!(pass.kind, CardKind::Member);
    assert_eq!(read(&bytes, Language::English).unwrap()[0].name, "SHOP");
}

#[test]
fn a_name_that_shows_nothing_gives_way_to_the_next() {
    // What is left once the control character is gone, or the translation is looked up, is white space.
    let json = r#"{"description": "G1", "logoText": "\u0007 ", "organizationName": "SHOP", "generic": {}}"#;
    let bytes = archive(&[
        ("pass.json", json.as_bytes()),
        ("en.lproj/pass.strings", b"\"SHOP\" = \" \";"),
    ]);
    assert_eq!(read(&bytes, Language::English).unwrap()[0].name, "G1");
    let nameless = json.replace("G1", "SHOP");
    let bytes = archive(&[
        ("pass.json", nameless.as_bytes()),
        ("en.lproj/pass.strings", b"\"SHOP\" = \" \";"),
    ]);
    // With nothing but empty translations it is called by its own word; without a name it is no pass.
    assert_eq!(read(&bytes, Language::English).unwrap()[0].name, "SHOP");
    let bytes = archive(&[("pass.json", nameless.replace("SHOP", " ").as_bytes())]);
    assert_eq!(read(&bytes, Language::English), Err(PassError::NoPass));
}

#[test]
fn what_a_pass_says_wrongly_is_left_out_alone() {
    let json = r#"{"logoText": null, "organizationName": 7, "description": "门票", "voided": "no", "barcodes": null,
        "barcode": {"format": "PKBarcodeFormatEAN13", "message": "6901234567892", "altText": null},
        "expirationDate": "2026-11-26T16:35+02:00",
        "eventTicket": {"primaryFields": [{"label": null, "value": true}, {"value": 12.5, "currencyCode": "CNY"}]}}"#;
    let pass = read(&archive(&[("pass.json", json.as_bytes())]), Language::Chinese)
        .unwrap()
        .remove(0);
    assert_eq!(
        (pass.name.as_str(), pass.kind, pass.code),
        ("门票", CardKind::Ticket, None)
    );
    assert_eq!(pass.number, "6901234567892", "what can't be drawn can be read out");
    assert_eq!(pass.details, [(String::new(), "12.5 CNY".to_owned())]);
    assert_eq!(pass.expires_at, Some("2026-11-26T14:35:00Z".parse().unwrap()));
    assert!(!pass.voided);
}

#[test]
fn a_pass_in_a_folder_in_utf_16_and_a_bundle_in_a_bundle_are_read() {
    let wide: Vec<u8> = [0xfe, 0xff]
        .into_iter()
        .chain(STORE_CARD.encode_utf16().flat_map(u16::to_be_bytes))
        .collect();
    let one = archive(&[("Pass/pass.json", &wide), ("__MACOSX/Pass/pass.json", b"rubbish")]);
    let bundle = archive(&[("inner.pkpasses", &archive(&[("A.PKPASS", &one)])), ("b.pkpass", &one)]);
    let read = read_all(&bundle, Language::English, &TimeZone::UTC).unwrap();
    assert_eq!((read.passes.len(), read.unreadable), (2, 0));
    let deeper = archive(&[("x.pkpasses", &bundle)]);
    let deeper = archive(&[("x.pkpasses", &deeper), ("b.pkpass", &one)]);
    let read = read_all(&deeper, Language::English, &TimeZone::UTC).unwrap();
    assert_eq!((read.passes.len(), read.unreadable > 0), (1, true), "not without end");
}

/// A pass that is locked.
fn locked() -> Vec<u8> {
    let mut bytes = archive(&[("pass.json", STORE_CARD.as_bytes())]);
    // The flag of an encrypted file, in both places that have it (APPNOTE 4.4.4).
    for (signature, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|window| window == signature).unwrap() + offset;
        bytes[at] |= 1;
    }
    bytes
}

#[test]
fn a_file_that_is_locked_is_told_from_a_damaged_one() {
    let locked = locked();
    assert_eq!(read(&locked, Language::English), Err(PassError::Locked));
    let two = archive(&[("a.pkpass", &locked), ("b.pkpass", &locked)]);
    let among = archive(&[("a.pkpasses", &two), ("b.pkpass", b"rubbish")]);
    for bundle in [&two, &among] {
        assert_eq!(read(bundle, Language::English), Err(PassError::Locked));
    }
    let open = archive(&[("pass.json", STORE_CARD.as_bytes())]);
    let read = read_all(
        &archive(&[("a.pkpass", &two), ("b.pkpass", &open)]),
        Language::English,
        &TimeZone::UTC,
    )
    .unwrap();
    assert_eq!(read.passes.len(), 1);
}

#[test]
fn a_bundle_gives_every_pass_in_it() {
    let one = archive(&[("pass.json", STORE_CARD.as_bytes())]);
    let bundle = archive(&[("a.pkpass", &one), ("b.pkpass", &one), ("c.pkpass", b"rubbish")]);
    assert_eq!(read(&bundle, Language::English).unwrap().len(), 2);
}

#[test]
fn a_pass_that_inflates_without_end_is_refused() {
    let bomb = archive(&[("pass.json", &vec![b' '; 5 << 20])]);
    assert_eq!(read(&bomb, Language::English), Err(PassError::NoPass));
    assert_eq!(read(b"", Language::English), Err(PassError::NotAnArchive));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(json in ".{0,300}", strings in ".{0,200}") {
        let bytes = archive(&[("pass.json", json.as_bytes()), ("en.lproj/pass.strings", strings.as_bytes())]);
        let _ = read(&bytes, Language::English);
        let _ = read(json.as_bytes(), Language::English);
    }
}

/// What a pass of this JSON says, to who reads Chinese.
fn says(json: &str) -> Pass {
    let bytes = archive(&[("pass.json", json.as_bytes())]);
    read(&bytes, Language::Chinese).unwrap().remove(0)
}

fn message(pass: &Pass) -> Option<&str> {
    pass.code.as_ref().map(|code| code.text.as_str())
}

#[test]
fn a_control_that_stands_bare_in_a_code_stays_what_it_is() {
    let gs1 = "0106901234567892\u{1d}10AB\u{7f}";
    let pass = says(&format!(
        r#"{{"description": "a{}b", "barcode": {{"format": "PKBarcodeFormatQR", "message": "{gs1}"}}, "generic": {{}}}}"#,
        '\t'
    ));
    assert_eq!((pass.name.as_str(), message(&pass)), ("a b", Some(gs1)));
}

#[test]
fn what_is_not_utf_8_is_read_in_latin_letters_or_gives_no_code() {
    let of = |bytes: &[u8]| {
        read(&archive(&[("pass.json", bytes)]), Language::English)
            .unwrap()
            .remove(0)
    };
    let json = |name: &str| {
        format!(r#"{{"description": "{name}", "barcode": {{"format": "PKBarcodeFormatQR", "message": "Zür"}}}}"#)
    };
    let latin: Vec<u8> = json("Zürich").chars().map(|c| u32::from(c) as u8).collect();
    let pass = of(&latin);
    assert_eq!((pass.name.as_str(), message(&pass)), ("Zürich", Some("Zür")));
    // Damaged, and in no other way of writing: a gate would be shown what nobody has issued.
    let damaged: Vec<u8> = json("积")
        .replace("Zür", "Z@r")
        .bytes()
        .map(|b| if b == b'@' { 0xfc } else { b })
        .collect();
    let pass = of(&damaged);
    assert_eq!((pass.name.as_str(), message(&pass)), ("积", None));
}

#[test]
fn a_pass_from_a_program_that_parts_folders_its_own_way_is_read() {
    let bytes = archive(&[
        (r"Pass\pass.json", STORE_CARD.as_bytes()),
        (r"Pass\zh-Hans-CN.lproj\pass.strings", "SHOP = 便民超市;".as_bytes()),
        (r"Pass\._pass.json", b"rubbish"),
    ]);
    assert_eq!(read(&bytes, Language::Chinese).unwrap()[0].name, "便民超市");
}

#[test]
fn what_macos_puts_beside_a_pass_in_a_bundle_is_no_pass() {
    let one = archive(&[("pass.json", STORE_CARD.as_bytes())]);
    let bundle = archive(&[
        ("a.pkpass", &one),
        ("._a.pkpass", b"x"),
        ("x/__MACOSX/._a.pkpass", b"x"),
    ]);
    let read = read_all(&bundle, Language::English, &TimeZone::UTC).unwrap();
    assert_eq!((read.passes.len(), read.unreadable), (1, 0));
}

#[test]
fn a_pass_may_be_as_long_in_a_bundle_as_alone() {
    let long = format!("{}{}", STORE_CARD, " ".repeat(3 << 20));
    let picture = vec![7; 9 << 20];
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [("strip.png", picture.as_slice()), ("pass.json", long.as_bytes())] {
        writer.start_file(name, stored).unwrap();
        std::io::Write::write_all(&mut writer, content).unwrap();
    }
    let one = writer.finish().unwrap().into_inner();
    assert_eq!(read(&one, Language::English).unwrap().len(), 1);
    let bundle = read_all(&archive(&[("a.pkpass", &one)]), Language::English, &TimeZone::UTC).unwrap();
    assert_eq!((bundle.passes.len(), bundle.unreadable), (1, 0));
}

#[test]
fn a_number_beyond_what_computers_reckon_with_keeps_its_digits_or_is_no_code() {
    let with = |message: &str| {
        says(&format!(
            r#"{{"description": "d", "barcode": {{"format": "PKBarcodeFormatCode128", "message": {message}}}}}"#
        ))
    };
    assert_eq!(
        message(&with("12345678901234567890123")),
        Some("12345678901234567890123")
    );
    for wrong in ["1.2e22", "-5", "1.50", "true"] {
        let pass = with(wrong);
        assert_eq!((message(&pass), pass.number.as_str()), (None, ""), "{wrong}");
    }
}

#[test]
fn what_is_void_says_so_in_its_own_way() {
    for (said, voided) in [
        ("true", true),
        ("\"true\"", true),
        ("\"TRUE \"", true),
        ("\"no\"", false),
        ("false", false),
        ("7", false),
    ] {
        assert_eq!(
            says(&format!(r#"{{"description": "d", "voided": {said}}}"#)).voided,
            voided,
            "{said}"
        );
    }
}

#[test]
fn a_pass_of_another_format_is_refused_for_what_it_is() {
    let of = |version: &str| {
        archive(&[(
            "pass.json",
            format!(r#"{{"formatVersion": {version}, "description": "d"}}"#).as_bytes(),
        )])
    };
    assert_eq!(read(&of("1"), Language::Chinese).unwrap().len(), 1);
    let newer = of("2");
    assert_eq!(read(&newer, Language::Chinese), Err(PassError::OtherFormat));
    let bundle = archive(&[("a.pkpass", b"rubbish"), ("b.pkpass", &newer), ("c.pkpass", b"rubbish")]);
    assert_eq!(read(&bundle, Language::Chinese), Err(PassError::OtherFormat));
    let locked = archive(&[("a.pkpass", &newer), ("b.pkpass", &locked()), ("c.pkpass", &newer)]);
    assert_eq!(read(&locked, Language::Chinese), Err(PassError::Locked));
}

#[test]
fn what_a_field_says_is_told_as_it_is_meant() {
    let pass = says(
        r#"{"description": "d", "expirationDate": "2026-11-26T24:00:00+08:00", "eventTicket": {"primaryFields": [
            {"label": "价", "value": 20.00, "currencyCode": "CNY"},
            {"label": "门", "value": "3", "attributedValue": "<a href='https://example.com'>三号门</a>"},
            {"label": "开始", "value": "2026-11-26T19:30:00Z", "dateStyle": "PKDateStyleLong", "timeStyle": "PKDateStyleShort"}]}}"#,
    );
    let values: Vec<&str> = pass.details.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["20.00 CNY", "三号门", "2026年11月26日 晚上七点半"]);
    assert_eq!(pass.expires_at, Some("2026-11-26T16:00:00Z".parse().unwrap()));
}

proptest! {
    #[test]
    fn no_field_makes_it_panic(
        value in "[0-9T:Z+. -]{0,24}|.{0,20}", attributed in "[<>&;#x0-9a/ 积]{0,20}", strings in "[<>a-z/\"=;\\\\Ud8-f0-9积\r\n]{0,40}",
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let field = serde_json::json!({
            "label": value, "value": value, "attributedValue": attributed, "currencyCode": attributed,
            "dateStyle": "PKDateStyleFull", "timeStyle": "PKDateStyleShort",
        });
        let mut plain = field.clone();
        plain["attributedValue"].take();
        let json = serde_json::json!({
            "description": "d", "expirationDate": value, "generic": { "primaryFields": [field, plain] },
        });
        let json = json.to_string();
        let of = |strings: &[u8]| read(&archive(&[("pass.json", json.as_bytes()), ("a.lproj/pass.strings", strings)]), Language::Chinese);
        prop_assert_eq!(of(strings.as_bytes()).unwrap().len(), 1);
        prop_assert_eq!(of(format!("<plist>{strings}<key>{strings}</key>{strings}").as_bytes()).unwrap().len(), 1);
        for pass in of(&bytes).unwrap() {
            for (label, value) in pass.details {
                prop_assert!(label.chars().count() <= text::LONGEST_TEXT && value.chars().count() <= text::LONGEST_TEXT);
                prop_assert!(!value.chars().any(|c| c.is_control() && c != '\n'));
            }
        }
        let _ = read(&archive(&[("pass.json", &bytes)]), Language::English);
    }
}

#[test]
fn a_name_that_nobody_can_see_is_none() {
    let json = r#"{"logoText": "\u200b\u2060", "organizationName": "\u202eORG", "generic": {}}"#;
    let pass = read(&archive(&[("pass.json", json.as_bytes())]), Language::Chinese)
        .unwrap()
        .remove(0);
    assert_eq!(pass.name, "ORG");
}
