//! Names that come in, without what nobody can see.
//!
//! A format character (Unicode, general category Cf) has no shape: a name of nothing else is an empty place on the page,
//! and one that turns the direction of writing makes a name look like another. Two of them are kept where letters are
//! around them, because they shape those and join the parts of one picture: U+200C and U+200D.

use crate::wallet::pkpass::clipped;

/// The characters of the category Cf, from and to (Unicode 16.0, DerivedGeneralCategory.txt).
const FORMAT: [(char, char); 21] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
];

/// Others without a shape that are no format characters: fillers of Hangul, variation selectors, an empty Braille cell
/// (Unicode, Default_Ignorable_Code_Point).
const SHAPELESS: [(char, char); 10] = [
    ('\u{34f}', '\u{34f}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200c}', '\u{200d}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{e0100}', '\u{e01ef}'),
];

/// A name as it is shown; empty where there is nothing to see.
pub(super) fn shown(text: &str) -> String {
    let is_kept = |c: &char| matches!(c, '\u{200c}' | '\u{200d}') || !is_among(&FORMAT, *c);
    let name = clipped(&text.chars().filter(is_kept).collect::<String>());
    let is_seen = |c: char| !c.is_whitespace() && !is_among(&SHAPELESS, c);
    if name.contains(is_seen) { name } else { String::new() }
}

fn is_among(ranges: &[(char, char)], c: char) -> bool {
    ranges.iter().any(|&(first, last)| (first..=last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_can_be_seen_of_it() {
        for (text, name) in [
            ("便民超市", "便民超市"),
            (" 店\u{200b} ", "店"),
            ("\u{202e}铺店\u{202c}", "铺店"),
            ("\u{200b} 店", "店"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👨\u{200d}👩 ❤\u{fe0f}", "👨\u{200d}👩 ❤\u{fe0f}"),
            ("\u{200b}\u{feff}", ""),
            ("\u{200d} \u{fe0f}", ""),
            ("\u{3164}\u{2800}", ""),
            ("\u{2066}\u{2069}", ""),
        ] {
            assert_eq!(shown(text), name, "{text:?}");
        }
    }
}
