//! Lists of cards that Catima has exported, through `anban import`.
//!
//! `ANBAN_CONFORMANCE` names a folder whose `catima` holds the lists of Catima's own tests; docs/conformance.md says where
//! to get them. What each has to give is written here by hand, from the lists and from what Catima's tests expect. The
//! archive form, and what is damaged, locked or mislabelled, is made here, as Catima makes it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;

use std::io::Cursor;
use std::time::{Duration, Instant};

use common::archive::archive;
use common::{Home, conformance};
use serde_json::{Value, json};

fn list(name: &str) -> Vec<u8> {
    std::fs::read(conformance("catima").join(name)).unwrap()
}

/// What importing a file says, without the ids.
fn told(home: &Home, name: &str, content: &[u8]) -> Value {
    let file = home.file(name, content);
    let mut told = home.run(&["import", file.to_str().unwrap()]).done().json();
    for card in told["added"].as_array_mut().unwrap() {
        assert_eq!(card["kind"], "card");
        card.as_object_mut()
            .unwrap()
            .retain(|key, _| key != "id" && key != "kind");
    }
    told
}

fn code(symbology: &str, text: &str) -> Value {
    json!({ "symbology": symbology, "text": text })
}

#[test]
fn every_card_of_the_first_version_is_added_as_it_stands() {
    for (name, pinned) in [
        ("catima_v1_no_colors.csv", false),
        ("catima_v1_starred_field.csv", true),
    ] {
        let mut card = json!({ "name": "store", "number": "12345", "code": code("Aztec", "12345"), "note": "note" });
        if pinned {
            card["pinned"] = json!(true);
        }
        let expected = json!({ "added": [card], "skipped": [] });
        assert_eq!(told(&Home::new(), "list.csv", &list(name)), expected, "{name}");
    }
}

#[test]
fn every_card_of_the_second_version_is_added_with_all_that_it_has() {
    let told = told(&Home::new(), "list.csv", &list("catima_v2.csv"));
    assert_eq!(told["skipped"], json!([]));
    let mut cards = told["added"].as_array().unwrap().clone();
    cards.sort_by_key(|card| card["name"].to_string());
    let group = |name: &str| json!([["分组", name]]);
    let mut expected = [
        json!({ "name": "Pharmacy", "number": "dhshsvshs", "code": null, "pinned": true, "details": group("Health") }),
        json!({
            "name": "Card 1", "number": "1234", "code": code("Qr", "5432"), "note": "Note 1",
            "details": [["余额", "100 USD"]],
            // The list has seconds where Catima has milliseconds. The last day counts to its end.
            "valid_from": "2020-10-01T00:00:00Z", "expires_at": "2021-04-11T11:13:54Z",
        }),
        json!({ "name": "cheese", "number": "Käseschnitte", "code": code("Aztec", "Käseschnitte") }),
        json!({ "name": "Clothes Store", "number": "a", "code": null, "note": "Note about store", "details": group("Fashion") }),
        json!({ "name": "Department Store", "number": "A", "code": null, "expires_at": "2021-04-11T08:02:09Z" }),
        json!({
            "name": "Grocery Store", "number": "dhd", "code": null, "details": [["余额", "150"], ["分组", "Food"]],
            "note": "Multiline note about grocery store\n\nwith blank line",
        }),
        json!({
            "name": "Restaurant", "number": "98765432", "code": code("Code128", "23456"), "details": group("Food"),
            "note": "Note about restaurant here",
        }),
        json!({
            "name": "Shoe Store", "number": "a", "code": code("Aztec", "-5317"),
            "details": [["余额", "12.50 EUR"], ["分组", "Fashion"]],
        }),
    ];
    expected.sort_by_key(|card| card["name"].to_string());
    assert_eq!(cards, expected);
}

#[test]
fn the_same_list_again_adds_nothing() {
    let home = Home::new();
    told(&home, "list.csv", &list("catima_v2.csv"));
    let file = home.file("list.csv", list("catima_v2.csv"));
    let again = home.run(&["import", file.to_str().unwrap()]);
    assert_eq!((again.code, &again.json()["added"]), (Some(1), &json!([])), "{again:?}");
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(40, 20, image::Rgb([200, 10, 10]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn the_pictures_of_an_archive_become_the_photographs_of_their_cards() {
    let (list, picture) = (list("catima_v2.csv"), picture());
    let archive = archive(&[
        ("catima.csv", &list),
        ("card_1_front.png", &picture),
        ("card_1_back.png", &picture),
        ("card_2_icon.png", &picture),
        ("card_3_front.png", b"no picture"),
        ("card_99_front.png", &picture),
    ]);
    let told = told(&Home::new(), "catima.zip", &archive);
    let cards = told["added"].as_array().unwrap();
    let photos = |name: &str| &cards.iter().find(|card| card["name"] == name).unwrap()["photos"];
    assert_eq!(cards.len(), 8);
    assert_eq!(
        (photos("Card 1"), photos("Department Store"), photos("Grocery Store")),
        (&json!(2), &Value::Null, &Value::Null)
    );
}

#[test]
fn a_list_is_known_by_what_it_says_and_not_by_its_name() {
    let first = list("catima_v1_no_colors.csv");
    let text = String::from_utf8(first.clone()).unwrap();
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let marked = [b"\xef\xbb\xbf", &first[..]].concat();
    let lines = text.replace('\n', "\r\n").into_bytes();
    let in_folder = archive(&[("export/catima.csv", &first)]);
    for (name, content) in [
        ("card.pkpass", &first),
        ("a.csv", &wide),
        ("b.csv", &marked),
        ("c", &lines),
        ("d.pkpass", &in_folder),
    ] {
        assert_eq!(
            told(&Home::new(), name, content)["added"].as_array().unwrap().len(),
            1,
            "{name}"
        );
    }
}

#[test]
fn a_row_that_is_no_card_is_left_out_with_its_line_and_reason() {
    let list =
        "_id,store,note,cardid,barcodetype\n1,,n,12,AZTEC\n2,Shop,n,,AZTEC\n3,Good,n,12,AZTEC\n4,Shop,a,b,c,d,e\n";
    let told = told(&Home::new(), "list.csv", list.as_bytes());
    assert_eq!(told["added"].as_array().unwrap().len(), 1);
    let why: Vec<&str> = told["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skipped| skipped["why"].as_str().unwrap())
        .collect();
    assert_eq!(why.len(), 3, "{why:?}");
    for (why, line) in why.iter().zip(["2", "3", "5"]) {
        assert!(why.contains(line), "{why}");
    }
}

#[test]
fn what_can_not_be_taken_is_refused_with_one_sentence_and_adds_nothing() {
    let mut locked = archive(&[("catima.csv", &list("catima_v2.csv"))]);
    for (signature, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = locked.windows(4).position(|window| window == signature).unwrap() + offset;
        locked[at] |= 1;
    }
    let cut = &locked[..locked.len() / 2];
    let zeros = vec![b'0'; 64 << 20];
    let bomb = archive(&[("catima.csv", &zeros)]);
    let rows = "1,\"".repeat(2_000_000);
    let quotes = format!("_id,store,cardid\n{rows}");
    let nested = archive(&[(
        "a.pkpasses",
        &archive(&[("b.pkpasses", &archive(&[("c.pkpasses", &bomb)]))]),
    )]);
    let empty = archive(&[]);
    let home = Home::new();
    for (name, content) in [
        ("locked.zip", &locked[..]),
        ("cut.zip", cut),
        ("bomb.zip", &bomb),
        ("nested.pkpasses", &nested),
        ("empty.zip", &empty),
        ("newer.csv", b"3\r\n\r\n_id\r\n"),
        ("other.csv", b"name,phone\nBob,123\n"),
        ("no_cards.csv", b"_id,store,note,cardid\n"),
        ("quotes.csv", quotes.as_bytes()),
        ("picture.csv", &picture()),
    ] {
        let file = home.file(name, content);
        let began = Instant::now();
        let ran = home.run(&["import", file.to_str().unwrap()]);
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{name} took {:?}",
            began.elapsed()
        );
        ran.could_not();
        let told = ran.json();
        assert_eq!(told["added"], json!([]), "{name}");
        assert!(!told["skipped"][0]["why"].as_str().unwrap().is_empty(), "{name}");
    }
}
