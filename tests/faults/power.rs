//! The power goes in the middle of everything.

use std::thread;
use std::time::Duration;

use anban_core::Command;
use anban_core::entry::Field;
use anban_core::wallet::{self, CardKind};

use crate::common::Home;
use crate::common::person::{Person, kept};

/// The lines that add cards called 1, 2, 3 … without end, three for each.
fn cards(from: usize) -> impl Iterator<Item = String> {
    (from..).flat_map(|n| {
        let enter = |field, text: String| Command::Enter { field, text };
        [
            Command::Wallet(wallet::Command::Add(CardKind::Other)),
            enter(Field::CardName, n.to_string()),
            enter(Field::CardNumber, n.to_string()),
        ]
        .map(|command| serde_json::to_string(&command).unwrap())
    })
}

#[test]
fn what_was_answered_before_the_power_went_is_there_afterwards() {
    let home = Home::new();
    Person::welcomed(&home, &[], "王秀英").leaves();
    let mut before = 0;
    for round in 0..5_u64 {
        let mut person = Person::at(&home, &[]);
        person.streams(cards(before + 1));
        let first = (0..6).map(|_| person.reads()).collect::<Vec<_>>();
        thread::sleep(Duration::from_millis(60 + 31 * round));
        let answered = first.len() + person.loses_power_having_said().len();
        let (records, notice) = kept(&home);
        assert_eq!(notice, None, "nothing was damaged");
        let mut cards: Vec<_> = records.cards.values().collect();
        cards.sort_by_key(|card| (card.added_at, card.number.parse::<usize>().unwrap()));
        let numbers: Vec<usize> = cards.iter().map(|card| card.number.parse().unwrap()).collect();
        assert_eq!(
            numbers,
            (1..=numbers.len()).collect::<Vec<_>>(),
            "one is missing or is there twice"
        );
        // One more may have been kept and not answered any more.
        let told = before + answered / 3;
        assert!(
            numbers.len() == told || numbers.len() == told + 1,
            "{told} were answered, {} are kept",
            numbers.len()
        );
        before = numbers.len();
    }
}
