//! Which pass is which card.

use super::*;
use crate::wallet::{CardCode, PassId, Photos, file, import};

fn id(serial: &str) -> PassId {
    PassId {
        kind: "pass.shop".to_owned(),
        serial: serial.to_owned(),
    }
}

/// A pass with a serial number and a seat, and with a code where `code` is not empty.
fn json(serial: &str, name: &str, code: &str, seat: &str) -> String {
    let identity = match serial {
        "" => String::new(),
        _ => format!(r#""passTypeIdentifier": "pass.shop", "serialNumber": "{serial}","#),
    };
    let barcodes = match code {
        "" => String::new(),
        _ => format!(r#""barcodes": [{{"format": "PKBarcodeFormatQR", "message": "{code}", "altText": "{code}"}}],"#),
    };
    format!(
        r#"{{{identity} {barcodes} "description": "Card", "organizationName": "{name}",
            "eventTicket": {{"primaryFields": [{{"key": "s", "label": "座位", "value": "{seat}"}}]}}}}"#
    )
}

fn takes(bench: &mut Bench, json: &str) {
    bench.opens(Page::Files).reads(Ok(FileContent::Pass(zipped(json))));
}

fn only(bench: &Bench) -> Card {
    let cards = &bench.core.records().cards;
    assert_eq!(cards.len(), 1);
    cards.values().next().unwrap().clone()
}

#[test]
fn two_tickets_of_one_issuer_without_a_code_stay_two() {
    for serials in [["1", "2"], ["", ""]] {
        let mut bench = Bench::new();
        for (serial, seat) in serials.iter().zip(["7A", "7B"]) {
            takes(&mut bench, &json(serial, "剧院", "", seat));
        }
        let mut seats: Vec<String> = bench
            .core
            .records()
            .cards
            .values()
            .map(|card| card.details[0].1.clone())
            .collect();
        seats.sort();
        assert_eq!(seats, ["7A", "7B"], "{serials:?}");
        takes(&mut bench, &json(serials[1], "剧院", "", "7B"));
        assert_eq!(bench.core.records().cards.len(), 2, "the same again is no third");
    }
    let mut bench = Bench::new();
    // Different passes that say the same are different all the same.
    for serial in ["1", "2"] {
        takes(&mut bench, &json(serial, "剧院", "M1", "7A"));
    }
    assert_eq!(bench.core.records().cards.len(), 2);
}

#[test]
fn a_pass_that_was_issued_anew_takes_the_place_of_the_older_one_and_what_the_person_has_set_stays() {
    let mut bench = Bench::new();
    takes(&mut bench, &json("1", "航空", "M1", "7A"));
    let first = only(&bench);
    assert_eq!(first.pass, Some(id("1")));
    let set = Card {
        pinned_at: Some(first.added_at),
        note: "靠窗".to_owned(),
        kind: CardKind::Transit,
        photos: Photos {
            front: Some(crate::ids::PhotoId(uuid::Uuid::from_u128(5))),
            back: None,
        },
        ..first
    };
    let mut records = bench.core.records().clone();
    records.apply(&Change::PutCard(set.clone()));
    let mut bench = Bench::with(records);
    takes(&mut bench, &json("1", "新航空", "M2", "9C"));
    assert_eq!(bench.title(), "换成新的了");
    let expected = Card {
        name: "新航空".to_owned(),
        number: "M2".to_owned(),
        code: Some(CardCode {
            symbology: Symbology::Qr,
            text: "M2".to_owned(),
        }),
        details: vec![("座位".to_owned(), "9C".to_owned())],
        ..set.clone()
    };
    assert_eq!(only(&bench), expected);
    bench.taps("result-undo");
    assert_eq!(only(&bench), set);
    // One that says neither takes nothing away that may have been written down by hand.
    takes(&mut bench, &json("1", "航空", "", "7A"));
    assert_eq!(only(&bench), set);
}

#[test]
fn a_card_that_an_older_version_took_in_becomes_the_pass_that_it_is() {
    let mut bench = Bench::new();
    takes(&mut bench, &json("", "航空", "M1", "7A"));
    assert_eq!(only(&bench).pass, None);
    takes(&mut bench, &json("1", "航空", "M1", "7A"));
    assert_eq!(only(&bench).pass, Some(id("1")));
    takes(&mut bench, &json("", "航空", "M1", "7A"));
    assert_eq!(only(&bench).pass, Some(id("1")), "and stays it");
    // Of two that say the same, one is the older card and the other a new one.
    let mut bench = Bench::new();
    takes(&mut bench, &json("", "剧院", "M1", "7A"));
    let both = ["1", "2"].map(|serial| zipped(&json(serial, "剧院", "M1", "7A")));
    let bundle = archive(&[("a.pkpass", &both[0]), ("b.pkpass", &both[1])]);
    bench.opens(Page::Files).reads(Ok(FileContent::Pass(bundle)));
    let mut passes: Vec<_> = bench
        .core
        .records()
        .cards
        .values()
        .map(|card| card.pass.clone())
        .collect();
    passes.sort();
    assert_eq!(passes, [Some(id("1")), Some(id("2"))]);
}

#[test]
fn a_deleted_pass_that_comes_in_again_is_back() {
    let mut bench = Bench::new();
    takes(&mut bench, &json("1", "剧院", "", "7A"));
    let card = only(&bench);
    bench.does(AppCommand::Wallet(Command::Remove(card.id)));
    takes(&mut bench, &json("1", "剧院", "", "7A"));
    assert_eq!(only(&bench), card);
}

#[test]
fn a_pass_that_lies_in_a_bundle_twice_is_one() {
    let (one, other) = (json("1", "剧院", "M1", "7A"), json("2", "剧院", "M1", "7A"));
    let (one, other) = (zipped(&one), zipped(&other));
    let bundle = archive(&[("a.pkpass", &one), ("b.pkpass", &other), ("c.pkpass", &one)]);
    let mut bench = Bench::new();
    for _ in 0..2 {
        bench.opens(Page::Files).reads(Ok(FileContent::Pass(bundle.clone())));
        assert_eq!(bench.core.records().cards.len(), 2);
    }
}

#[test]
fn a_pass_that_was_issued_anew_with_a_strangers_code_is_asked_about() {
    let mut bench = Bench::new();
    takes(&mut bench, &json("1", "航空", "M1", "7A"));
    takes(&mut bench, &json("1", "航空", "https://example.com/win", "7A"));
    assert_eq!(bench.page(), Page::FraudAsk);
    assert_eq!(only(&bench).number, "M1");
}

#[test]
fn which_pass_a_card_is_goes_along_with_the_wallet() {
    let mut bench = Bench::new();
    takes(&mut bench, &json("1", "剧院", "", "7A"));
    let wallet = FileContent::Wallet {
        archive: file::pack(&bench.core, &mut bench.store).unwrap(),
        pictures: import::Pictures::new(),
    };
    let mut other = Bench::new();
    other.opens(Page::Files).reads(Ok(wallet.clone()));
    assert_eq!(only(&other), only(&bench));
    // It is known there as the pass that it is, also under another id.
    let mut third = Bench::new();
    takes(&mut third, &json("1", "剧院", "", "8A"));
    third.opens(Page::Files).reads(Ok(wallet));
    assert_eq!(only(&third).details[0].1, "8A", "what is there stays");
}

#[test]
fn a_pass_of_a_format_that_is_not_known_is_refused_with_a_sentence_of_its_own() {
    let mut bench = Bench::new();
    takes(
        &mut bench,
        r#"{"formatVersion": 2, "description": "Card", "generic": {}}"#,
    );
    assert!(bench.says().contains("另一种样子的，这里还看不懂"));
    assert!(bench.core.records().cards.is_empty());
}

#[test]
fn what_is_over_and_put_away_stays_so_until_its_pass_holds_again() {
    let until = |end: &str| json("1", "剧院", "M1", "7A").replacen('{', &format!(r#"{{"expirationDate": "{end}","#), 1);
    let mut bench = Bench::new();
    takes(&mut bench, &until("2026-11-01"));
    let card = only(&bench);
    bench.does(AppCommand::Wallet(Command::PutAway(card.id)));
    let put_away = only(&bench);
    assert!(put_away.old.is_some());
    takes(&mut bench, &until("2026-11-01"));
    assert_eq!(only(&bench), put_away);
    takes(&mut bench, &until("2027-11-01"));
    assert_eq!(only(&bench).old, None);
}
