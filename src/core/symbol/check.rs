//! What each kind of code can hold, where its writer does not say so itself.
//!
//! Numbers of goods end in a check digit (ISO/IEC 15420). A scanner takes none without it, so a wrong one is refused,
//! and one that is missing is for [`completed`] to add: some lists of cards leave it out. The letters at the ends of a
//! Codabar have other names here and there; [`completed`] knows those too.

use super::Symbology;

/// Whether a kind can hold a text, as far as its letters and its check digit go.
#[must_use]
pub fn holds(symbology: Symbology, text: &str) -> bool {
    let digits = || text.bytes().all(|letter| letter.is_ascii_digit());
    match symbology {
        Symbology::Ean13 | Symbology::Ean8 | Symbology::UpcA | Symbology::UpcE => {
            Some(text.len()) == length(symbology) && digits() && is_checked(symbology, text)
        }
        Symbology::Itf => digits() && text.len().is_multiple_of(2),
        Symbology::Code39 | Symbology::Code93 | Symbology::Code128 => text.is_ascii(),
        Symbology::Codabar => {
            // Letters stand at both ends alone, as the marks of start and stop.
            let inner = text.strip_prefix(['A', 'B', 'C', 'D']);
            let inner = inner.map_or(Some(text), |inner| inner.strip_suffix(['A', 'B', 'C', 'D']));
            inner.is_some_and(|inner| {
                !inner.is_empty() && inner.bytes().all(|letter| b"0123456789-$:/.+".contains(&letter))
            })
        }
        Symbology::Qr | Symbology::Aztec | Symbology::DataMatrix | Symbology::Pdf417 => true,
    }
}

/// The digits of a number of goods, with the check digit.
fn length(symbology: Symbology) -> Option<usize> {
    match symbology {
        Symbology::Ean13 => Some(13),
        Symbology::UpcA => Some(12),
        Symbology::Ean8 | Symbology::UpcE => Some(8),
        _ => None,
    }
}

fn is_checked(symbology: Symbology, number: &str) -> bool {
    if symbology == Symbology::UpcE {
        return long_upc(number).is_some_and(|long| is_checked(Symbology::UpcA, &long));
    }
    let weights = [1, 3].into_iter().cycle();
    let digits = number.chars().rev().filter_map(|digit| digit.to_digit(10));
    digits.zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 10 == 0
}

/// The twelve digits that the eight of a UPC-E stand for.
fn long_upc(short: &str) -> Option<String> {
    let digits: Vec<char> = short.chars().collect();
    let &[system @ ('0' | '1'), a, b, c, d, e, last, check] = digits.as_slice() else {
        return None;
    };
    let long: [char; 10] = match last {
        '0' | '1' | '2' => [a, b, last, '0', '0', '0', '0', c, d, e],
        '3' => [a, b, c, '0', '0', '0', '0', '0', d, e],
        '4' => [a, b, c, d, '0', '0', '0', '0', '0', e],
        _ => [a, b, c, d, e, '0', '0', '0', '0', last],
    };
    Some([system].into_iter().chain(long).chain([check]).collect())
}

/// The letters that mark start and stop of a Codabar, and the other names that ZXing takes for them, in the same order.
const MARKS: [char; 4] = ['A', 'B', 'C', 'D'];
const OTHER_MARKS: [char; 4] = ['T', 'N', '*', 'E'];

/// A Codabar with its marks of start and stop by their first names. Both are of one set, as in ZXing.
fn with_usual_marks(text: &str) -> Option<String> {
    let mut letters = text.chars();
    let (start, stop) = (letters.next()?, letters.next_back()?);
    [MARKS, OTHER_MARKS].into_iter().find_map(|names| {
        let usual = |mark: char| {
            let place = names.iter().position(|&name| name == mark.to_ascii_uppercase())?;
            MARKS.get(place).copied()
        };
        Some(format!("{}{}{}", usual(start)?, letters.as_str(), usual(stop)?))
    })
}

/// The text as its kind of code has it: a number with the check digit that it lacks, a Codabar between large letters; as
/// it is where nothing is amiss.
#[must_use]
pub fn completed(symbology: Symbology, number: &str) -> String {
    if symbology == Symbology::Codabar {
        return with_usual_marks(number).unwrap_or_else(|| number.to_owned());
    }
    let lacks = length(symbology).is_some_and(|length| number.len() + 1 == length);
    let with = |digit: u32| format!("{number}{digit}");
    let found = || (0..10).map(with).find(|number| holds(symbology, number));
    lacks.then(found).flatten().unwrap_or_else(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_goods_has_its_check_digit() {
        assert!(holds(Symbology::Ean13, "6901234567892"));
        assert!(!holds(Symbology::Ean13, "6901234567893"));
        assert!(holds(Symbology::Ean8, "96385074"));
        assert!(holds(Symbology::UpcA, "036000291452"));
        assert!(holds(Symbology::UpcE, "01234565"));
        assert!(!holds(Symbology::UpcE, "21234565"));
        assert!(!holds(Symbology::Ean13, "690123456789２"));
    }

    #[test]
    fn a_check_digit_that_is_missing_is_added() {
        assert_eq!(completed(Symbology::Ean13, "690123456789"), "6901234567892");
        assert_eq!(completed(Symbology::Ean13, "6901234567893"), "6901234567893");
        assert_eq!(completed(Symbology::UpcE, "0123456"), "01234565");
        assert_eq!(completed(Symbology::Code128, "12"), "12");
    }

    #[test]
    fn the_ends_of_a_codabar_have_one_name_each() {
        for (text, completed_text) in [
            ("a123b", "A123B"),
            ("T123N", "A123B"),
            ("*1-2e", "C1-2D"),
            ("A123B", "A123B"),
            ("123", "123"),
            // What ZXing does not draw either.
            ("A123N", "A123N"),
            ("a123", "a123"),
            ("ä123ä", "ä123ä"),
            ("a", "a"),
            ("", ""),
        ] {
            assert_eq!(completed(Symbology::Codabar, text), completed_text);
        }
        for text in ["a123b", "T123N", "*1-2e"] {
            assert!(super::super::encode(Symbology::Codabar, &completed(Symbology::Codabar, text)).is_ok());
        }
    }

    #[test]
    fn codabar_has_letters_at_its_ends_alone() {
        for (text, held) in [
            ("A123B", true),
            ("123", true),
            ("A123", false),
            ("12A3", false),
            ("AB", false),
        ] {
            assert_eq!(holds(Symbology::Codabar, text), held, "{text}");
        }
    }
}
