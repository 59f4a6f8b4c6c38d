//! The resident identity number (公民身份号码) of GB 11643-1999.
//!
//! Eighteen characters: six for the region where it was given, eight for the date of birth, three in sequence
//! (odd for men) and one check character by ISO 7064 MOD 11-2, which finds every single wrong digit and every
//! swap of two neighbours. That is what an elder's slip of the finger looks like, so it is checked wherever a
//! number is entered and once more where it arrives.

use crate::shows_only;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Weights of the first 17 digits, 2^(17-i) mod 11 (GB 11643-1999, annex A).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder of the weighted sum by 11.
const CHECKS: &[u8; 11] = b"10X98765432";

/// A number whose form, date of birth and check character are right. That it was really given to someone, only
/// the police can say.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityNumber(String);

/// Why a text is no identity number. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not 17 digits and a check character.
    #[error("an identity number has 17 digits and then a digit or the letter X: count them again")]
    Form,
    /// Digits 7 to 14 are no date.
    #[error("digits 7 to 14 of the identity number are not a date of birth: compare them with the card")]
    Birth,
    /// The check character does not fit the digits.
    #[error("the identity number's last character does not fit the others: compare it with the card")]
    Check,
}

impl IdentityNumber {
    /// The 18 characters, the check character in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first six and the last four characters, stars between: enough for comparing with the card.
    #[must_use]
    pub fn masked(&self) -> String {
        let star = |(place, c)| if (6..14).contains(&place) { '*' } else { c };
        self.0.chars().enumerate().map(star).collect()
    }

    /// The date of birth that the number states.
    #[must_use]
    pub fn birth_date(&self) -> Option<Date> {
        birth(&self.0)
    }
}

fn birth(text: &str) -> Option<Date> {
    let year = text.get(6..10)?.parse().ok()?;
    let month = text.get(10..12)?.parse().ok()?;
    let day = text.get(12..14)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

impl FromStr for IdentityNumber {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_uppercase();
        let (digits, check) = match text.as_bytes() {
            [digits @ .., check] if digits.len() == WEIGHTS.len() => (digits, *check),
            _ => return Err(IdentityError::Form),
        };
        if !digits.iter().all(u8::is_ascii_digit) || !(check.is_ascii_digit() || check == b'X') {
            return Err(IdentityError::Form);
        }
        if birth(&text).is_none_or(|date| date.year() < 1800) {
            return Err(IdentityError::Birth);
        }
        let sum: u32 = digits
            .iter()
            .zip(WEIGHTS)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        if CHECKS.get((sum % 11) as usize) != Some(&check) {
            return Err(IdentityError::Check);
        }
        Ok(Self(text))
    }
}

impl TryFrom<String> for IdentityNumber {
    type Error = IdentityError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<IdentityNumber> for String {
    fn from(number: IdentityNumber) -> Self {
        number.0
    }
}

// Shows nothing of the number, so that none can slip into a log.
shows_only!(IdentityNumber {});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    /// The two examples printed in GB 11643-1999 itself.
    const EXAMPLES: [&str; 2] = ["11010519491231002X", "440524188001010014"];

    #[test]
    fn the_standards_own_examples_are_accepted() {
        for example in EXAMPLES {
            assert_eq!(example.parse::<IdentityNumber>().unwrap().as_str(), example);
        }
        let lower = "11010519491231002x".parse::<IdentityNumber>().unwrap();
        assert_eq!(lower.as_str(), EXAMPLES[0]);
        assert_eq!(lower.birth_date().unwrap(), jiff::civil::date(1949, 12, 31));
    }

    #[test]
    fn the_middle_of_an_identity_number_is_masked() {
        let number = "11010519491231002X".parse::<IdentityNumber>().unwrap();
        assert_eq!(number.masked(), "110105********002X");
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!("1101051949123100".parse::<IdentityNumber>(), Err(IdentityError::Form));
        assert_eq!(
            "１1010519491231002X".parse::<IdentityNumber>(),
            Err(IdentityError::Form)
        );
        assert_eq!(
            "110105194913310020".parse::<IdentityNumber>(),
            Err(IdentityError::Birth)
        );
        assert_eq!(
            "110105194912310021".parse::<IdentityNumber>(),
            Err(IdentityError::Check)
        );
    }

    #[test]
    fn a_debug_print_shows_no_digit() {
        let shown = format!("{:?}", EXAMPLES[0].parse::<IdentityNumber>().unwrap());
        assert!(!shown.chars().any(|c| c.is_ascii_digit()), "{shown}");
    }

    proptest! {
        #[test]
        fn every_single_wrong_digit_is_found(place in 0usize..18, digit in 0u8..10) {
            let mut bytes = EXAMPLES[1].as_bytes().to_vec();
            prop_assume!(bytes[place] != b'0' + digit);
            bytes[place] = b'0' + digit;
            prop_assert!(String::from_utf8(bytes).unwrap().parse::<IdentityNumber>().is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = text.parse::<IdentityNumber>();
        }
    }
}
