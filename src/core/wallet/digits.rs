//! How numbers are written and said: in groups, covered, and digit by digit.

use anban_wire::IdentityNumber;

/// The groups that a number is written in: four from the left, as cards are embossed; an identity number by region, day
/// of birth and the rest.
fn groups(number: &str) -> Vec<String> {
    if number.parse::<IdentityNumber>().is_ok()
        && let Some((region, rest)) = number.split_at_checked(6)
        && let Some((birth, rest)) = rest.split_at_checked(8)
    {
        return [region, birth, rest].map(str::to_owned).to_vec();
    }
    let characters: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    let mut groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    // A digit alone at the end is easily lost: it goes with those before it.
    if let Some(last) = groups.pop_if(|group| group.chars().count() == 1) {
        match groups.last_mut() {
            Some(group) => group.push_str(&last),
            None => groups.push(last),
        }
    }
    groups
}

/// A number in its groups. What another program keeps as one and is mostly words stays as it is: "Sec. no. 17", a name.
pub(crate) fn grouped(number: &str) -> String {
    let characters = || number.chars().filter(|c| !c.is_whitespace());
    let is_plain = characters().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let digits = characters().filter(char::is_ascii_digit).count();
    if is_plain && 2 * digits >= characters().count() {
        groups(number).join(" ")
    } else {
        number.to_owned()
    }
}

/// A number of which the last four digits alone are to be seen: enough to tell two cards apart. How long it is can't be
/// seen; of a short one nothing is.
pub(crate) fn masked(number: &str) -> String {
    let characters: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    let shown = if characters.len() >= 8 { 4 } else { 0 };
    let end: String = characters[characters.len() - shown..].iter().collect();
    format!("···· {end}").trim_end().to_owned()
}

/// A number as it is said: each digit by itself, with a short pause between the groups.
pub(super) fn said(number: &str) -> String {
    let groups = groups(number);
    let spaced: Vec<String> = groups.iter().map(|group| crate::help::spaced(group)).collect();
    spaced.join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_written_in_fours_and_an_identity_number_by_what_it_says() {
        assert_eq!(grouped("3104020091234567"), "3104 0200 9123 4567");
        assert_eq!(grouped("123456789"), "1234 56789");
        assert_eq!(grouped("11010519491231002X"), "110105 19491231 002X");
        assert_eq!(grouped("7"), "7");
        assert_eq!(grouped("L20260415"), "L202 60415");
    }

    #[test]
    fn words_are_not_torn_into_groups() {
        for words in ["Käseschnitte", "Sec. no.0017LH2724", "dhsh svshs", "老年 900123456789"] {
            assert_eq!(grouped(words), words);
        }
    }

    #[test]
    fn a_covered_number_shows_its_last_four_digits_and_a_short_one_none() {
        assert_eq!(masked("6222021234567890"), "···· 7890");
        assert_eq!(masked("6222 0212 3456 789"), "···· 6789");
        assert_eq!(masked("1234567"), "····");
        assert_eq!(masked(""), "····");
    }

    #[test]
    fn a_number_is_said_digit_by_digit_with_a_pause_between_the_groups() {
        assert_eq!(said("31040200"), "3 1 0 4, 0 2 0 0");
        assert_eq!(said("11010519491231002X"), "1 1 0 1 0 5, 1 9 4 9 1 2 3 1, 0 0 2 X");
    }

    proptest! {
        #[test]
        fn no_number_is_too_odd_to_be_written_covered_or_said(number in "\\PC{0,60}") {
            let all: String = number.chars().filter(|c| !c.is_whitespace()).collect();
            let written: String = grouped(&number).chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(&written, &all);
            prop_assert!(masked(&number).chars().count() <= 9);
            let _ = said(&number);
        }
    }
}
