//! A card added by name and number, shown with its code, taken back and brought back.

use anban_core::Command;
use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::symbol::Symbology;
use anban_core::view::View;
use anban_core::wallet::{self, CardKind};

use crate::common::Home;
use crate::common::person::{Person, choices, code, kept, tells};

fn adds(person: &mut Person, kind: CardKind, name: &str, number: &str) -> View {
    person.does(Command::Wallet(wallet::Command::Add(kind)));
    person.enters(Field::CardName, name);
    person.enters(Field::CardNumber, number).view
}

#[test]
fn a_card_is_added_by_name_and_number_and_shown_large_with_its_code() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    let added = adds(&mut person, CardKind::Transit, "公交卡", "3104 8800 1234 5678");
    tells(&added, "card-kept-title");
    let shown = person.taps(&added, "card-kept-show").view;
    let symbol = code(&shown).symbol.as_ref().unwrap();
    assert_eq!(
        (symbol.symbology, symbol.text.as_str()),
        (Symbology::Code128, "3104880012345678")
    );
    assert_eq!(code(&shown).number.as_ref().unwrap().text, "3104 8800 1234 5678");
    assert_eq!(code(&shown).state.text, "公交卡");
    // A number with the check digit of EAN-13 is drawn as a till expects it.
    let added = adds(&mut person, CardKind::Member, "便民超市", "6901234567892");
    let shown = person.taps(&added, "card-kept-show").view;
    assert_eq!(code(&shown).symbol.as_ref().unwrap().symbology, Symbology::Ean13);
    person.loses_power();

    let mut person = Person::at(&home, &[]);
    let wallet = person.opens(Page::Wallet);
    let names: Vec<&str> = choices(&wallet)
        .iter()
        // The first row is cash.
        .skip(1)
        .take(2)
        .map(|choice| choice.text.as_str())
        .collect();
    assert_eq!(names, ["公交卡", "便民超市"], "in the order in which they were added");
}

#[test]
fn a_card_that_was_removed_by_a_stray_tap_comes_back() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    let added = adds(&mut person, CardKind::Elder, "老年卡", "9001");
    let shown = person.taps(&added, "card-kept-show").view;
    let removed = person.taps(&shown, "card-remove").view;
    let back = person.taps(&removed, "result-undo").view;
    tells(&back, "undone-title");
    person.leaves();
    let cards = kept(&home).0.cards;
    assert_eq!(cards.len(), 1);
    assert!(cards.values().all(|card| card.old.is_none()), "it is in use again");
}

#[test]
fn half_a_card_is_still_half_typed_after_the_power_went() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    person.does(Command::Wallet(wallet::Command::Add(CardKind::Other)));
    person.enters(Field::CardName, "图书馆");
    person.does(Command::Type {
        field: Field::CardNumber,
        text: "12 34".to_owned(),
    });
    person.loses_power();
    let (records, _) = kept(&home);
    assert_eq!(records.drafts[&Field::CardName.into()], "图书馆");
    assert_eq!(records.drafts[&Field::CardNumber.into()], "12 34");
    assert!(records.cards.is_empty());
}
