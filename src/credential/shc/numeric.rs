//! Cards in QR symbols: pairs of digits, in one symbol or in several.
//!
//! Each character of the JWS becomes two digits, its code less 45, so that a symbol's numeric mode can hold it. Up to
//! 1,195 characters go into one symbol (`shc:/DIGITS`); a longer card was split into parts of at most 1,191 (`shc:/
//! PART/PARTS/DIGITS`). Since version 1.3 the framework advises against that, but such cards are about, so [`Parts`]
//! collects them in any order.

use std::collections::BTreeMap;
use std::fmt;

use super::CardError;
use crate::document::{Document, ReadError, read_card};

/// What stands before the digits.
const HEAD: &str = "shc:/";
/// The code of the lowest character that a compact JWS can have, `-`.
const LOWEST: u8 = b'-';
/// The most characters of a card in a single symbol.
const MAX_WHOLE: usize = 1195;
/// The most characters in one part of several.
const MAX_PART: usize = 1191;

/// The most parts that a card may come in. The framework sets no limit; the longest card that is read needs 55.
pub const MAX_PARTS: u32 = 55;

/// What one symbol holds.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A whole card, as a JWS.
    Whole(String),
    /// A piece of one.
    Part { part: u32, parts: u32, text: String },
}

/// Reads a symbol's text; `rest` is what stands behind `shc:/`.
pub(crate) fn decode(rest: &str) -> Result<Symbol, CardError> {
    let pieces: Vec<&str> = rest.split('/').take(4).collect();
    match *pieces.as_slice() {
        [digits] => Ok(Symbol::Whole(characters(digits, MAX_WHOLE)?)),
        [part, parts, digits] => {
            let (part, parts) = (number(part)?, number(parts)?);
            if part > parts {
                return Err(CardError::PartOutOfRange { part, parts });
            }
            if parts == 1 {
                return Err(CardError::OnlyPart);
            }
            if parts > MAX_PARTS {
                return Err(CardError::TooManyParts(parts));
            }
            let text = characters(digits, MAX_PART)?;
            Ok(Symbol::Part { part, parts, text })
        }
        _ => Err(CardError::Head),
    }
}

/// The text of a symbol that holds all of a card, if it is not too long for one.
pub(crate) fn encode(jws: &str) -> Option<String> {
    if jws.len() > MAX_WHOLE {
        return None;
    }
    let pairs = jws.bytes().map(|byte| format!("{:02}", byte.saturating_sub(LOWEST)));
    Some([HEAD.to_owned()].into_iter().chain(pairs).collect())
}

/// A part's number: decimal, from 1, without zeros before it.
fn number(text: &str) -> Result<u32, CardError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }.ok_or(CardError::Head)
}

fn characters(digits: &str, longest: usize) -> Result<String, CardError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CardError::NotDigits);
    }
    if digits.len() % 2 == 1 {
        return Err(CardError::OddDigits);
    }
    if digits.len() / 2 > longest {
        return Err(CardError::SymbolTooLong(longest));
    }
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| {
            let value = pair.iter().fold(0, |sum, digit| sum * 10 + (digit - b'0'));
            let byte = value + LOWEST;
            let fits = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            fits.then(|| char::from(byte)).ok_or(CardError::NoCharacter)
        })
        .collect()
}

/// Collects the parts of one card, in any order, until it is whole.
///
/// ```
/// use anban_credential::Parts;
/// let mut parts = Parts::default();
/// assert!(parts.add("shc:/2/3/5676290952432060")?.is_none());
/// assert_eq!((parts.count(), parts.missing()), (3, vec![1, 3]));
/// # Ok::<(), anban_credential::ReadError>(())
/// ```
#[derive(Clone, Default)]
pub struct Parts {
    count: u32,
    held: BTreeMap<u32, String>,
}

impl Parts {
    /// Takes in the text of one symbol. Gives the card when all its parts are there.
    ///
    /// # Errors
    /// [`CardError::RepeatedPart`] for one that is held already, [`CardError::MixedParts`] for a part of another card,
    /// [`CardError::NotParts`] for what is no part; what is held stays. Whatever is wrong with the whole card.
    pub fn add(&mut self, text: &str) -> Result<Option<Document>, ReadError> {
        Ok(match self.take_in(text)? {
            Some(whole) => Some(read_card(&whole)?),
            None => None,
        })
    }

    /// As [`Parts::add`], with the card as its text.
    pub(crate) fn take_in(&mut self, text: &str) -> Result<Option<String>, CardError> {
        if text.trim() != text {
            return Err(CardError::Surrounded);
        }
        let rest = text.strip_prefix(HEAD).ok_or(CardError::NotParts)?;
        let Symbol::Part { part, parts, text } = decode(rest)? else {
            return Err(CardError::NotParts);
        };
        if !self.held.is_empty() && self.count != parts {
            return Err(CardError::MixedParts);
        }
        match self.held.get(&part) {
            Some(held) if *held == text => return Err(CardError::RepeatedPart(part)),
            Some(_) => return Err(CardError::MixedParts),
            None => {}
        }
        self.count = parts;
        self.held.insert(part, text);
        let whole = self.missing().is_empty();
        Ok(whole.then(|| self.held.values().map(String::as_str).collect()))
    }

    /// How many parts the card has; 0 before the first.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The numbers of the parts that are not there yet.
    #[must_use]
    pub fn missing(&self) -> Vec<u32> {
        (1..=self.count).filter(|part| !self.held.contains_key(part)).collect()
    }
}

/// Shows the numbers alone: the rest is personal data.
impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("count", &self.count)
            .field("missing", &self.missing())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn refused(rest: &str) -> CardError {
        match decode(rest) {
            Ok(_) => panic!("{rest} was read"),
            Err(error) => error,
        }
    }

    #[test]
    fn the_example_of_the_framework_decodes() {
        // `X` is 43.
        assert!(matches!(decode("43"), Ok(Symbol::Whole(text)) if text == "X"));
        let start = "56762909524320603460292437404460";
        assert!(matches!(decode(start), Ok(Symbol::Whole(text)) if text == "eyJ6aXAiOiJERUYi"));
    }

    #[test]
    fn each_fault_of_a_code_has_its_own_reason() {
        let out_of_range = CardError::PartOutOfRange { part: 3, parts: 2 };
        for (rest, error) in [
            ("", CardError::NotDigits),
            ("56x7", CardError::NotDigits),
            ("５６", CardError::NotDigits),
            ("+567", CardError::NotDigits),
            ("567", CardError::OddDigits),
            ("5678", CardError::NoCharacter),
            ("02", CardError::NoCharacter),
            ("3/2/56", out_of_range),
            ("1/1/56", CardError::OnlyPart),
            ("0/2/56", CardError::Head),
            ("01/2/56", CardError::Head),
            ("+1/2/56", CardError::Head),
            ("1/99999999999/56", CardError::Head),
            ("1//56", CardError::Head),
            ("1/56", CardError::Head),
            ("1/2/56/", CardError::Head),
            ("1/2/3/4/56", CardError::Head),
            ("1/56/56", CardError::TooManyParts(56)),
            ("1/2/", CardError::NotDigits),
            ("1/2/567", CardError::OddDigits),
        ] {
            assert_eq!(refused(rest), error, "{rest}");
        }
        assert!(decode(&"56".repeat(1195)).is_ok());
        assert_eq!(refused(&"56".repeat(1196)), CardError::SymbolTooLong(1195));
        assert!(decode(&format!("1/2/{}", "56".repeat(1191))).is_ok());
        assert_eq!(
            refused(&format!("1/2/{}", "56".repeat(1192))),
            CardError::SymbolTooLong(1191)
        );
    }

    #[test]
    fn parts_of_one_card_are_told_from_others() {
        let mut parts = Parts::default();
        assert_eq!((parts.count(), parts.missing()), (0, vec![]));
        assert!(parts.take_in("shc:/3/3/57").unwrap().is_none());
        for (text, error) in [
            ("shc:/3/3/57", CardError::RepeatedPart(3)),
            ("shc:/3/3/58", CardError::MixedParts),
            ("shc:/1/2/58", CardError::MixedParts),
            ("shc:/57", CardError::NotParts),
            ("AB1:57", CardError::NotParts),
            (" shc:/1/3/57", CardError::Surrounded),
            ("shc:/1/3/5", CardError::OddDigits),
        ] {
            assert_eq!(parts.take_in(text).unwrap_err(), error, "{text}");
        }
        assert_eq!(parts.missing(), [1, 2]);
        assert!(parts.take_in("shc:/1/3/55").unwrap().is_none());
        assert_eq!(parts.take_in("shc:/2/3/56").unwrap().as_deref(), Some("def"));
        assert_eq!(
            format!("{parts:?}"),
            "Parts { count: 3, missing: [] }",
            "nothing of the card"
        );
    }

    #[test]
    fn the_most_parts_hold_the_longest_card() {
        assert!(MAX_PARTS as usize * MAX_PART >= crate::jws::MAX_JWS - MAX_PART);
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_out_again(jws in "[0-9A-Za-z_.-]{1,1195}") {
            let code = encode(&jws).unwrap();
            let decoded = decode(code.strip_prefix(HEAD).unwrap());
            prop_assert!(matches!(decoded, Ok(Symbol::Whole(text)) if text == jws));
        }

        #[test]
        fn parts_come_together_in_any_order(
            pieces in prop::collection::vec("[0-9A-Za-z_.-]{1,40}", 2..9),
            order in any::<prop::sample::Index>(),
        ) {
            let count = pieces.len();
            let code = |number: usize| {
                let digits = encode(&pieces[number]).unwrap();
                format!("{HEAD}{}/{count}/{}", number + 1, digits.strip_prefix(HEAD).unwrap())
            };
            let start = order.index(count);
            let mut parts = Parts::default();
            for step in 0..count {
                // A step that has no factor in common with the count meets every part once.
                let whole = parts.take_in(&code((start + step * (count - 1)) % count)).unwrap();
                prop_assert_eq!(whole, (step == count - 1).then(|| pieces.concat()));
            }
        }

        #[test]
        fn no_text_makes_decoding_panic(text in "[0-9/]{0,40}|\\PC{0,30}") {
            let _ = decode(&text);
            let _ = Parts::default().take_in(&format!("{HEAD}{text}"));
        }
    }
}
