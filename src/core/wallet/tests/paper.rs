//! The cards on paper.

use super::super::CardKind;
use super::{named, opens, with_cards};
use crate::app::Page;
use crate::certificates::{Form, Format, Item, Paper, paper};
use crate::settings::Language;
use crate::testing::Bench;

fn wallet() -> Bench {
    with_cards(&[
        (CardKind::Transit, "公交卡", "3104020091234567"),
        (CardKind::Identity, "身份证", "11010519491231002X"),
        (CardKind::Bank, "工商银行", "6222021234567894"),
        (CardKind::Member, "超市", "6901234567892"),
    ])
}

fn printed(bench: &Bench) -> Paper {
    let form = Form {
        format: Format::A4,
        language: Language::Chinese,
    };
    paper(&bench.core, Item::Cards, form).unwrap()
}

#[test]
fn all_cards_are_printed_with_their_codes_and_the_last_four_digits_of_what_does_harm() {
    let mut bench = wallet();
    bench.opens(Page::Wallet).taps("wallet-print").taps("print-cards-go");
    assert_eq!(bench.page(), Page::PrintNumbers);
    bench.taps("print-numbers-covered");
    assert_eq!(bench.page(), Page::PrintWhere);
    let paper = printed(&bench);
    let facts: Vec<_> = paper
        .facts
        .iter()
        .map(|(name, number)| (name.as_str(), number.as_str()))
        .collect();
    assert_eq!(
        facts,
        [
            ("公交卡", "3104 0200 9123 4567"),
            ("身份证", "···· 002X"),
            ("工商银行", "···· 7894"),
            ("超市", "6901 2345 67892"),
        ]
    );
    let codes: Vec<_> = paper.codes.iter().map(|code| code.symbol.text.as_str()).collect();
    assert_eq!(codes, ["3104020091234567", "6901234567892"]);
    // A code that cannot be scanned has its number beside it, to be typed.
    assert_eq!(paper.codes[1].caption, "超市\n6901 2345 67892");
    assert!(paper.is_collection);
    assert!(paper.notes.iter().any(|note| note.contains("银行卡号")));
}

#[test]
fn whole_numbers_are_printed_when_the_person_says_so() {
    let mut bench = wallet();
    bench
        .opens(Page::Wallet)
        .taps("wallet-print")
        .taps("print-cards-go")
        .taps("print-numbers-whole")
        .taps("fraud-own-accord");
    assert!(
        printed(&bench)
            .facts
            .contains(&("身份证".to_owned(), "110105 19491231 002X".to_owned()))
    );
}

#[test]
fn only_what_is_chosen_is_printed_and_harmless_numbers_are_not_asked_about() {
    let mut bench = wallet();
    bench.opens(Page::Wallet).taps("wallet-print");
    for name in ["身份证", "工商银行", "超市"] {
        let id = named(&bench, name).id.to_string();
        bench.taps(&id);
    }
    assert_eq!(bench.choice("print-cards-go").text, "打这1张");
    bench.taps("print-cards-go");
    assert_eq!(bench.page(), Page::PrintWhere);
    assert_eq!(printed(&bench).facts.len(), 1);
}

#[test]
fn with_nothing_chosen_there_is_nothing_to_print() {
    let mut bench = with_cards(&[(CardKind::Transit, "公交卡", "3104")]);
    let id = named(&bench, "公交卡").id.to_string();
    bench.opens(Page::Wallet).taps("wallet-print").taps(&id);
    assert!(!bench.choice_ids().contains(&"print-cards-go".to_owned()));
    bench.does(crate::app::Command::Wallet(super::Command::PrintChosen));
    assert_eq!(bench.page(), Page::PrintCards);
    bench.taps(&id).taps("print-cards-go");
    assert_eq!(bench.page(), Page::PrintWhere);
}

#[test]
fn one_card_whose_number_does_harm_is_asked_about_too() {
    let mut bench = wallet();
    opens(&mut bench, "身份证");
    bench.taps("card-print").taps("print-numbers-covered");
    assert_eq!(printed(&bench).facts, [("身份证".to_owned(), "···· 002X".to_owned())]);
    opens(&mut bench, "身份证");
    bench.taps("card-print").taps("print-numbers-whole");
    assert_eq!(bench.page(), Page::PrintForm, "a whole card may be signed, in any form");
    opens(&mut bench, "公交卡");
    assert_eq!(bench.taps("card-print").page(), Page::PrintForm);
}

#[test]
fn no_hub_is_shown_the_number_of_a_bank_card() {
    let mut records = crate::testing::with_plain_hub(wallet().core.records().clone());
    records.profile.name = "王秀英".to_owned();
    records.profile.identity_number = "11010519491231002X".to_owned();
    let mut bench = Bench::with(records);
    opens(&mut bench, "工商银行");
    bench.taps("card-print").taps("print-numbers-whole");
    assert!(bench.core.records().outbox.is_empty());
    opens(&mut bench, "公交卡");
    bench.taps("card-print");
    assert!(!bench.core.records().outbox.is_empty(), "others are signed as before");
}

#[test]
fn one_paper_takes_fifty_cards_and_says_so() {
    let names: Vec<String> = (0..60).map(|number| format!("卡{number}")).collect();
    let cards: Vec<_> = names
        .iter()
        .map(|name| (CardKind::Member, name.as_str(), "12"))
        .collect();
    let mut bench = with_cards(&cards);
    bench
        .opens(Page::Wallet)
        .does(crate::app::Command::Wallet(super::Command::PrintAll));
    assert_eq!(bench.choice("print-cards-go").text, "打这50张");
    let last = named(&bench, "卡59").id;
    bench.does(crate::app::Command::Wallet(super::Command::TogglePrinted(last)));
    assert!(bench.spoken().unwrap().parts[0].contains("50"));
    assert_eq!(printed(&bench).codes.len(), 50);
}
