#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::SignedDuration;

use super::{Card, CardKind, Command};
use crate::app::{Command as AppCommand, Page};
use crate::effect::FileContent;
use crate::entry::Field;
use crate::ids::CardId;
use crate::store::Change;
use crate::symbol::Symbology;
use crate::testing::{Bench, archive, newcomer, sunday_morning};
use crate::view::{Body, CodeView};

mod by_photo;
mod changing;
mod files;
mod lists;
mod old;
mod paper;
mod passes;
mod showing;

fn adds(bench: &mut Bench, kind: &str, name: &str, number: &str) -> Card {
    bench
        .opens(Page::Wallet)
        .taps("wallet-add")
        .taps("add-card-by-hand")
        .taps(kind)
        .types(name)
        .types(number);
    let mut cards: Vec<_> = bench.core.records().cards.values().cloned().collect();
    cards.sort_by_key(|card| (card.added_at, card.name == name));
    cards.pop().unwrap()
}

/// A wallet with cards of these kinds, each added a second after the one before.
fn with_cards(cards: &[(CardKind, &str, &str)]) -> Bench {
    let mut records = newcomer();
    for (number, &(kind, name, digits)) in cards.iter().enumerate() {
        let id = CardId(uuid::Uuid::from_u128(1000 - number as u128));
        let added_at = sunday_morning().timestamp() - SignedDuration::from_secs(100 - number as i64);
        let card = Card {
            number: digits.to_owned(),
            code: super::code::of_number(kind, digits),
            ..Card::new(id, kind, name, added_at)
        };
        records.apply(&Change::PutCard(card));
    }
    Bench::with(records)
}

fn named(bench: &Bench, name: &str) -> Card {
    let mut cards = bench.core.records().cards.values();
    cards.find(|card| card.name == name).cloned().unwrap()
}

/// The names on the wallet's page, as they stand there.
fn listed(bench: &mut Bench) -> Vec<String> {
    bench.opens(Page::Wallet);
    let body = bench.view().body;
    let cards = body.choices().filter(|choice| choice.id.parse::<CardId>().is_ok());
    cards.map(|choice| choice.text.clone()).collect()
}

fn opens(bench: &mut Bench, name: &str) {
    let id = named(bench, name).id;
    bench.opens(Page::Wallet).taps(&id.to_string());
}

fn code(bench: &Bench) -> CodeView {
    match bench.view().body {
        Body::Code(view) => view,
        other => panic!("{other:?}"),
    }
}

fn pass(name: &str) -> Vec<u8> {
    let json = format!(
        r#"{{"description": "Card", "organizationName": "{name}",
            "barcodes": [{{"format": "PKBarcodeFormatQR", "message": "M-77", "altText": "77"}}],
            "storeCard": {{"primaryFields": [{{"key": "p", "label": "积分", "value": 120}}]}}}}"#
    );
    zipped(&json)
}

fn zipped(json: &str) -> Vec<u8> {
    archive(&[("pass.json", json.as_bytes())])
}

#[test]
fn a_card_is_added_by_kind_name_and_number_and_shown_large() {
    let mut bench = Bench::new();
    let card = adds(&mut bench, "card-elder", "老年优待卡", "1234 5678 9012");
    assert_eq!(
        (card.kind, card.name.as_str(), card.number.as_str()),
        (CardKind::Elder, "老年优待卡", "123456789012")
    );
    assert_eq!(bench.page(), Page::Result);
    bench.taps("card-kept-show");
    let view = code(&bench);
    assert_eq!(view.state.text, "老年优待卡");
    let number = view.number.unwrap();
    assert_eq!(number.text, "1234 5678 9012");
    assert_eq!(bench.view().reading[number.part], "1 2 3 4, 5 6 7 8, 9 0 1 2");
    assert_eq!(bench.does(AppCommand::Back).page(), Page::Wallet);
}

#[test]
fn the_kind_suggests_a_name() {
    let mut bench = Bench::new();
    bench.opens(Page::CardKinds).taps("card-transit");
    assert_eq!(bench.field(), "公交卡");
}

#[test]
fn thirteen_digits_with_their_check_digit_are_an_ean_and_everything_else_is_code_128() {
    let mut bench = Bench::new();
    for (number, symbology) in [
        ("6901234567892", Symbology::Ean13),
        ("6901234567893", Symbology::Code128),
        ("690123456789", Symbology::Code128),
        ("AB-1234", Symbology::Code128),
    ] {
        let known = bench.core.records().cards.len();
        bench
            .opens(Page::Wallet)
            .taps("wallet-add")
            .taps("add-card-by-hand")
            .taps("card-member");
        bench.types(number).types(number);
        if bench.core.records().cards.len() == known {
            // The last digit does not check the others: the person is asked to look, and says that it is so.
            bench.types(number);
        }
        let cards = &bench.core.records().cards;
        let card = cards.values().find(|card| card.number == number).unwrap().clone();
        let code = card.code.unwrap();
        assert_eq!((code.symbology, code.text.as_str()), (symbology, number));
    }
}

#[test]
fn a_number_that_is_none_is_refused_and_what_was_typed_stays() {
    let mut bench = Bench::new();
    bench.opens(Page::CardKinds).taps("card-transit").types("公交卡");
    for wrong in ["", "一二三", "12#4", "12/3"] {
        bench.types(wrong);
        let Body::Entry(entry) = bench.view().body else {
            panic!("{wrong}")
        };
        assert_eq!(entry.text, wrong);
        assert!(entry.problem.unwrap().text.contains("请再看一遍"));
    }
    assert!(bench.core.records().cards.is_empty());
    bench.types("1234");
    assert_eq!(bench.core.records().cards.len(), 1);
}

#[test]
fn a_card_needs_a_name() {
    let mut bench = Bench::new();
    bench.opens(Page::CardKinds).taps("card-other").types("  ");
    assert_eq!(bench.page(), Page::Enter(Field::CardName));
    assert!(bench.says().contains("还没有写名字"));
}

#[test]
fn a_pass_becomes_a_card_with_its_code_and_its_lines() {
    let mut bench = Bench::new();
    bench
        .opens(Page::Wallet)
        .taps("wallet-add")
        .taps("wallet-import")
        .reads(Ok(FileContent::Pass(pass("便民超市"))));
    bench.taps("card-kept-show");
    let view = code(&bench);
    assert_eq!(view.state.text, "便民超市");
    assert_eq!(view.symbol.unwrap().symbology, Symbology::Qr);
    assert_eq!(view.facts[0].value, "120");
    assert!(bench.view().brightest, "it is held under a scanner");
}

#[test]
fn a_pass_that_is_none_is_refused_with_a_sentence_and_costs_no_half_typed_text() {
    let mut bench = Bench::new();
    bench.does(AppCommand::Type {
        field: Field::CardName,
        text: "会员".to_owned(),
    });
    bench
        .opens(Page::Files)
        .reads(Ok(FileContent::Pass(b"PK rubbish".to_vec())));
    assert_eq!(bench.title(), "这张卡看不懂");
    assert!(bench.core.records().cards.is_empty());
    bench.opens(Page::Files).reads(Ok(FileContent::Pass(pass("超市"))));
    assert_eq!(bench.core.records().drafts[&Field::CardName.into()], "会员");
}

#[test]
fn a_card_that_was_removed_can_be_taken_back() {
    let mut bench = Bench::new();
    let card = adds(&mut bench, "card-transit", "公交卡", "1234");
    bench.opens(Page::Wallet).taps(&card.id.to_string()).taps("card-remove");
    assert!(bench.core.records().cards[&card.id].old.is_some());
    assert_eq!(bench.page(), Page::Result);
    bench.taps("result-undo");
    assert_eq!(bench.core.records().cards[&card.id], card);
}

#[test]
fn removing_twice_removes_one() {
    let mut bench = Bench::new();
    let card = adds(&mut bench, "card-transit", "公交卡", "1234");
    adds(&mut bench, "card-member", "会员卡", "5678");
    let remove = || AppCommand::Wallet(Command::Remove(card.id));
    bench.does(remove()).does(remove());
    let cards = bench.core.records().cards.values();
    assert_eq!(cards.filter(|card| card.old.is_none()).count(), 1);
}

#[test]
fn cards_stand_in_the_order_in_which_they_were_added() {
    let mut bench = Bench::new();
    for name in ["甲卡", "乙卡", "丙卡"] {
        adds(&mut bench, "card-other", name, "12");
        bench.after_seconds(1);
    }
    bench.opens(Page::Wallet);
    let body = bench.view().body;
    // The first row is cash.
    let names: Vec<_> = body
        .choices()
        .skip(1)
        .take(3)
        .map(|choice| choice.text.clone())
        .collect();
    assert_eq!(names, ["甲卡", "乙卡", "丙卡"]);
}

#[test]
fn the_same_pass_again_is_not_a_second_card() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        bench.opens(Page::Files).reads(Ok(FileContent::Pass(pass("便民超市"))));
    }
    assert_eq!(bench.core.records().cards.len(), 1);
}

#[test]
fn a_newer_form_of_a_pass_takes_the_place_of_the_older_one_and_can_be_taken_back() {
    let with_gate = |gate: &str| {
        zipped(&format!(
            r#"{{"description": "Flight", "organizationName": "航空", "barcodes": [{{"format": "PKBarcodeFormatQR", "message": "M1"}}],
            "boardingPass": {{"primaryFields": [{{"key": "g", "label": "Gate", "value": "{gate}"}}]}}}}"#
        ))
    };
    let mut bench = Bench::new();
    bench.opens(Page::Files).reads(Ok(FileContent::Pass(with_gate("AB"))));
    bench.opens(Page::Files).reads(Ok(FileContent::Pass(with_gate("G30"))));
    assert_eq!(bench.title(), "换成新的了");
    let gate = |bench: &Bench| {
        let cards: Vec<Card> = bench.core.records().cards.values().cloned().collect();
        assert_eq!(cards.len(), 1);
        cards[0].details[0].1.clone()
    };
    assert_eq!(gate(&bench), "G30");
    bench.taps("result-undo");
    assert_eq!(gate(&bench), "AB");
}

#[test]
fn a_pass_whose_code_opens_a_page_is_asked_about_before_it_is_kept() {
    let mut bench = Bench::new();
    let json = r#"{"description": "Card", "organizationName": "中奖",
        "barcodes": [{"format": "PKBarcodeFormatQR", "message": "https://example.com/win"}], "storeCard": {}}"#;
    bench.opens(Page::Files).reads(Ok(FileContent::Pass(zipped(json))));
    assert_eq!(bench.page(), Page::FraudAsk);
    assert!(bench.core.records().cards.is_empty());
    bench.taps("fraud-own-accord");
    assert_eq!(bench.title(), "卡收好了");
    assert_eq!(named(&bench, "中奖").code.unwrap().text, "https://example.com/win");
}
