//! What a card reader types.
//!
//! A reader of identity cards in keyboard mode types a line and ends it with Enter. There is no standard for the line;
//! understood is what readers on the market can be set to:
//!
//! | The line | |
//! |---|---|
//! | `11010519491231002X` | the number alone |
//! | `王秀兰,11010519491231002X` | name, number |
//! | `11010519491231002X,王秀兰` | number, name |
//! | `王秀兰,女,汉,19491231,…,11010519491231002X,…` | name first, then any fields, the number among them |
//!
//! Between the fields a comma, a semicolon, a bar, a tabulator or space, of full or half width. A number counts only
//! with its check character right.

use anban_wire::IdentityNumber;

/// A longer line is no card's.
const LONGEST_LINE: usize = 500;
/// More fields than a card has.
const MOST_FIELDS: usize = 24;
/// The longest name, in characters.
const LONGEST_NAME: usize = 40;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLine {
    /// The name; empty where the line has none.
    pub name: String,
    /// The number, where the line has one.
    pub number: Option<IdentityNumber>,
}

/// Reads a line; `None` if it is not a card's.
#[must_use]
pub fn card_line(line: &str) -> Option<CardLine> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let separates = |c: char| matches!(c, ',' | ';' | '|' | '\t' | '，' | '；' | '｜' | ' ' | '\u{3000}');
    let fields: Vec<&str> = line
        .split(separates)
        .map(str::trim)
        .filter(|field| !field.is_empty())
        .collect();
    if fields.len() > MOST_FIELDS {
        return None;
    }
    let numbered = fields
        .iter()
        .enumerate()
        .find_map(|(place, field)| Some((place, half_width(field).parse::<IdentityNumber>().ok()?)));
    let name = |at: usize| {
        fields
            .get(at)
            .filter(|field| is_name(field))
            .map(|name| (*name).to_owned())
    };
    match numbered {
        Some((0, number)) => Some(CardLine {
            name: name(1).unwrap_or_default(),
            number: Some(number),
        }),
        Some((_, number)) => Some(CardLine {
            name: name(0).unwrap_or_default(),
            number: Some(number),
        }),
        // A reader that sends name and number as two lines. One of Han characters alone, so that no other text passes
        // for a name.
        None if fields.len() == 1 => Some(CardLine {
            name: name(0).filter(|name| name.chars().all(|c| is_han(c) || c == '·'))?,
            number: None,
        }),
        None => None,
    }
}

/// Digits and letters of full width, as a Chinese input method may make them, in half width.
pub(crate) fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(c) - 0xfee0).map_or(c, char::from),
            '\u{3000}' => ' ',
            c => c,
        })
        .collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_name(field: &str) -> bool {
    let length = field.chars().count();
    (2..=LONGEST_NAME).contains(&length)
        && field
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '·' | '.' | '-' | '\''))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const NUMBER: &str = "11010519491231002X";

    fn read(line: &str) -> Option<(String, Option<String>)> {
        card_line(line).map(|line| (line.name, line.number.map(String::from)))
    }

    #[test]
    fn the_lines_that_readers_type_are_understood() {
        let number = || Some(NUMBER.to_owned());
        for (line, name) in [
            (NUMBER.to_owned(), ""),
            (NUMBER.to_lowercase(), ""),
            (format!("王秀兰,{NUMBER}"), "王秀兰"),
            (format!("王秀兰，{NUMBER}"), "王秀兰"),
            (format!("王秀兰\t{NUMBER}"), "王秀兰"),
            (format!("{NUMBER}|王秀兰"), "王秀兰"),
            (format!("{NUMBER} 阿依古丽·买买提"), "阿依古丽·买买提"),
            (
                format!("王秀兰,女,汉,19491231,人民路1号,{NUMBER},公安局,20200101-长期"),
                "王秀兰",
            ),
        ] {
            assert_eq!(read(&line), Some((name.to_owned(), number())), "{line}");
        }
        assert_eq!(
            read("１１０１０５１９４９１２３１００２Ｘ"),
            Some((String::new(), number()))
        );
    }

    #[test]
    fn a_name_alone_is_a_name_and_other_texts_are_nothing() {
        assert_eq!(read("王秀兰"), Some(("王秀兰".to_owned(), None)));
        for line in [
            "",
            "AB1:6BF",
            "hello",
            "王",
            "https://a.example/?p=1",
            "110105194912310021",
            "王秀兰,110105194912310021",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_number_with_a_wrong_check_character_is_not_taken_from_among_others() {
        assert_eq!(read("王秀兰,110105194912310021,女"), None);
        assert_eq!(read(&format!("{},{NUMBER}", "x".repeat(600))), None);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,600}") {
            let _ = card_line(&line);
        }

        #[test]
        fn a_number_that_is_read_stands_in_the_line(line in "[一-龥,，|; 0-9Xx]{0,60}") {
            if let Some(number) = card_line(&line).and_then(|line| line.number) {
                prop_assert!(line.to_ascii_uppercase().contains(number.as_str()));
            }
        }
    }
}
