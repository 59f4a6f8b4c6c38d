//! What can't be right in a number, said while it is typed and at the digit.
//!
//! A number is never cleared and never corrected: the page marks the characters and says why. A [`Slip`] that is certain
//! (a month of 13) holds the number back until it is put right. One that is only likely (a check digit that does not fit,
//! on a card that may be numbered otherwise) is said once; whoever then says again that the number is done is believed.
//!
//! Identity numbers follow GB 11643-1999 with the check character of ISO 7064 MOD 11-2; the digits of the region are left
//! alone, since there are new ones. Bank cards follow ISO/IEC 7812-1 (Luhn), the numbers below the bars of goods and of
//! shops' cards GS1's EAN-13 (ISO/IEC 15420).

use anban_wire::IdentityNumber;
use jiff::civil::Date;

use crate::app::Core;
use crate::entry::Field;
use crate::symbol::{Symbology, check};
use crate::wallet::{self, CardKind};

/// Characters of a number that can't be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slip {
    /// The first of them, counted from 0.
    pub from: usize,
    /// The one behind the last.
    pub to: usize,
    /// Why: the key of a sentence, in which `n` is the place of the first, counted from 1.
    pub why: &'static str,
    /// Whether the number can't be one whatever its card says.
    pub certain: bool,
}

impl Slip {
    fn certain(from: usize, to: usize, why: &'static str) -> Option<Self> {
        let certain = true;
        Some(Self { from, to, why, certain })
    }

    fn likely(from: usize, to: usize, why: &'static str) -> Option<Self> {
        Self::certain(from, to, why).map(|slip| Self { certain: false, ..slip })
    }
}

const IDENTITY_LENGTH: usize = 18;
/// The lengths of a card number that ISO/IEC 7812-1 allows, as far as banks use them.
const BANK_LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;
/// GS1's prefixes of mainland China: what begins with them and has thirteen digits is meant to be an EAN-13.
const CHINESE_GOODS: std::ops::RangeInclusive<u16> = 690..=699;

/// What can't be right in what was typed so far into a field; `None` where all is well or nothing is known of it.
/// With `finished` the number is said to be whole.
pub(crate) fn slip(core: &Core, field: Field, text: &str, finished: bool) -> Option<Slip> {
    let today = core.now().date();
    match field {
        Field::IdentityNumber | Field::RelativeNumber => identity(text, today),
        Field::CardNumber => match wallet::kind_being_typed(core) {
            CardKind::Identity => identity(text, today),
            CardKind::Bank => bank(text, finished),
            kind if kind.names_a_person() => as_identity(text, today),
            _ => ean13(text),
        },
        _ => None,
    }
}

/// An identity number as far as it is typed.
fn identity(text: &str, today: Date) -> Option<Slip> {
    let typed: Vec<char> = text.chars().collect();
    let is_wrong = |(place, c): (usize, &char)| {
        let is_check = place + 1 == IDENTITY_LENGTH && matches!(c, 'x' | 'X');
        !c.is_ascii_digit() && !is_check
    };
    if let Some(place) = typed.iter().enumerate().position(is_wrong) {
        return Slip::certain(place, place + 1, "slip-not-a-digit");
    }
    if typed.len() > IDENTITY_LENGTH {
        return Slip::certain(IDENTITY_LENGTH, typed.len(), "slip-too-long");
    }
    let number =
        |from: usize, to: usize| -> Option<i16> { typed.get(from..to)?.iter().collect::<String>().parse().ok() };
    // The first two digits of the year leave only 18, 19 and 20 to choose from.
    if number(6, 8).is_some_and(|century| !(18..=20).contains(&century)) {
        return Slip::certain(6, 8, "slip-year");
    }
    if number(6, 10).is_some_and(|year| year > today.year()) {
        return Slip::certain(6, 10, "slip-year");
    }
    let (year, month, day) = (number(6, 10), number(10, 12), number(12, 14));
    if number(10, 11).is_some_and(|tens| tens > 1) || month.is_some_and(|month| !(1..=12).contains(&month)) {
        return Slip::certain(10, typed.len().min(12), "slip-month");
    }
    if number(12, 13).is_some_and(|tens| tens > 3) {
        return Slip::certain(12, 13, "slip-day");
    }
    if let (Some(year), Some(month), Some(day)) = (year, month, day) {
        let date = i8::try_from(month)
            .ok()
            .zip(i8::try_from(day).ok())
            .and_then(|(month, day)| Date::new(year, month, day).ok());
        if date.is_none_or(|date| date > today) {
            return Slip::certain(12, 14, "slip-day");
        }
    }
    if typed.len() == IDENTITY_LENGTH && text.parse::<IdentityNumber>().is_err() {
        return Slip::certain(IDENTITY_LENGTH - 1, IDENTITY_LENGTH, "slip-check");
    }
    None
}

/// A number that may be the identity number, as on many cards that say who somebody is.
fn as_identity(text: &str, today: Date) -> Option<Slip> {
    let is_one = text.len() == IDENTITY_LENGTH && text.get(..17)?.bytes().all(|byte| byte.is_ascii_digit());
    let slip = is_one.then(|| identity(text, today)).flatten()?;
    Slip::likely(slip.from, slip.to, slip.why)
}

/// A bank card's number. Its length is only known when it is said to be whole.
fn bank(text: &str, finished: bool) -> Option<Slip> {
    let typed: Vec<char> = text.chars().collect();
    // People group the digits as the card does.
    let is_wrong = |c: &char| !c.is_ascii_digit() && *c != ' ';
    if let Some(place) = typed.iter().position(is_wrong) {
        return Slip::certain(place, place + 1, "slip-not-a-digit");
    }
    let digits: Vec<u32> = typed.iter().filter_map(|c| c.to_digit(10)).collect();
    let last = typed.len().checked_sub(1)?;
    let whole = finished || digits.len() == *BANK_LENGTHS.end();
    if whole && BANK_LENGTHS.contains(&digits.len()) && !luhn(&digits) {
        return Slip::likely(last, last + 1, "slip-check");
    }
    None
}

/// Whether the last digit checks the others by the algorithm of ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A number that is meant to be an EAN-13.
fn ean13(text: &str) -> Option<Slip> {
    let digits: String = text.chars().filter(|c| *c != ' ').collect();
    let is_one = digits.len() == 13
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits
            .get(..3)?
            .parse()
            .is_ok_and(|prefix| CHINESE_GOODS.contains(&prefix));
    let last = text.chars().count().checked_sub(1)?;
    (is_one && !check::holds(Symbology::Ean13, &digits))
        .then(|| Slip::likely(last, last + 1, "slip-check"))
        .flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::app::{Command, Page};
    use crate::testing::Bench;
    use crate::view::{Body, EntryView};

    const TODAY: Date = date(2026, 11, 22);
    /// The two examples that GB 11643-1999 prints.
    const NUMBERS: [&str; 2] = ["11010519491231002X", "440524188001010014"];

    fn told(text: &str) -> Option<(usize, usize, &'static str)> {
        identity(text, TODAY).map(|slip| (slip.from, slip.to, slip.why))
    }

    fn entry(bench: &Bench) -> EntryView {
        match bench.view().body {
            Body::Entry(entry) => entry,
            other => panic!("{other:?}"),
        }
    }

    fn types(bench: &mut Bench, field: Field, text: &str) {
        bench.does(Command::Type {
            field,
            text: text.to_owned(),
        });
    }

    #[test]
    fn a_right_number_is_never_blamed_while_it_is_typed() {
        for number in NUMBERS {
            for end in 0..=number.len() {
                assert_eq!(told(&number[..end]), None, "{end} characters");
            }
        }
        assert_eq!(told("11010519491231002x"), None, "a small x is one");
        assert_eq!(told("911124198108030024"), None, "a foreigner's card");
    }

    #[test]
    fn each_mistake_is_said_at_its_digits_as_soon_as_it_can_be_seen() {
        for (typed, slip) in [
            ("1101O", (4, 5, "slip-not-a-digit")),
            ("1101051949123100X", (16, 17, "slip-not-a-digit")),
            ("11010525", (6, 8, "slip-year")),
            ("1101052049", (6, 10, "slip-year")),
            ("11010519492", (10, 11, "slip-month")),
            ("110105194900", (10, 12, "slip-month")),
            ("110105194913", (10, 12, "slip-month")),
            ("1101051949124", (12, 13, "slip-day")),
            ("11010519490230", (12, 14, "slip-day")),
            ("11010520261123", (12, 14, "slip-day")),
            ("110105194912310021", (17, 18, "slip-check")),
            ("11010519491231002X1", (18, 19, "slip-too-long")),
            ("4405241880010100141", (18, 19, "slip-too-long")),
        ] {
            assert_eq!(told(typed), Some(slip), "{typed}");
            assert!(identity(typed, TODAY).unwrap().certain, "{typed}");
        }
    }

    #[test]
    fn a_card_number_of_a_bank_is_checked_when_it_is_whole() {
        assert_eq!(bank("6222021234567890", false), None, "three more may come");
        let slip = bank("6222 0212 3456 7890", true).unwrap();
        assert_eq!((slip.from, slip.to, slip.certain), (18, 19, false));
        assert_eq!(bank("4111 1111 1111 1111", true), None);
        assert!(bank("6222021234567890123", false).is_some(), "none is longer");
    }

    #[test]
    fn a_number_that_looks_like_goods_has_their_check_digit() {
        assert_eq!(ean13("6901234567892"), None);
        assert_eq!(ean13("6901234567893").unwrap().why, "slip-check");
        assert_eq!(ean13("1234567890123"), None, "any card may have thirteen digits");
    }

    #[test]
    fn the_page_marks_the_digits_says_why_once_and_clears_nothing() {
        let mut bench = Bench::new();
        bench.opens(Page::Enter(Field::IdentityNumber));
        types(&mut bench, Field::IdentityNumber, "11010519491");
        assert_eq!(entry(&bench).mistake, None);
        let said = |bench: &mut Bench, text| {
            types(bench, Field::IdentityNumber, text);
            bench.spoken().is_some()
        };
        assert!(said(&mut bench, "110105194913"));
        let mistake = entry(&bench).mistake.unwrap();
        assert_eq!((mistake.from, mistake.to), (10, 12));
        assert!(
            !said(&mut bench, "1101051949131"),
            "the same is not said again at every digit"
        );
        bench.types("1101051949131");
        assert_eq!(bench.page(), Page::Enter(Field::IdentityNumber));
        let kept = entry(&bench);
        assert_eq!(kept.text, "1101051949131");
        assert!(kept.mistake.is_some() && kept.problem.unwrap().text.contains("画线"));
        bench.types(NUMBERS[0]);
        assert_eq!(bench.core.records().profile.identity_number, NUMBERS[0]);
    }

    #[test]
    fn a_number_that_is_only_likely_wrong_is_taken_when_it_is_said_again() {
        let mut bench = Bench::new();
        bench.opens(Page::CardKinds).taps("card-bank").taps("fraud-own-accord");
        bench.types("工资卡");
        bench.types("6222021234567890");
        assert!(bench.core.records().cards.is_empty());
        assert!(entry(&bench).mistake.is_some());
        assert!(bench.spoken().unwrap().parts[0].contains("再点一次"));
        bench.types("6222021234567890");
        assert_eq!(bench.core.records().cards.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_every_mark_is_on_the_text(text in ".{0,24}") {
            for slip in [identity(&text, TODAY), bank(&text, true), ean13(&text), as_identity(&text, TODAY)] {
                let length = text.chars().count();
                prop_assert!(slip.is_none_or(|slip| slip.from < slip.to && slip.to <= length));
            }
        }

        #[test]
        fn a_wrong_digit_or_two_swapped_ones_never_pass(place in 0usize..18, wrong in 0u32..10, which in 0usize..2) {
            let right: Vec<char> = NUMBERS[which].chars().collect();
            let mut one = right.clone();
            one[place] = char::from_digit(wrong, 10).unwrap();
            let mut swapped = right.clone();
            swapped.swap(place, (place + 1) % 18);
            for number in [one, swapped] {
                let differs = number != right;
                let number: String = number.into_iter().collect();
                prop_assert_eq!(identity(&number, TODAY).is_some(), differs, "{}", number);
            }
        }
    }
}
