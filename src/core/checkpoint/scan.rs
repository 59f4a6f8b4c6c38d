//! What a scanned text is.
//!
//! Scanners type what they read, so a text may arrive as a keyboard would garble it: in small letters with Caps Lock on,
//! or in full-width signs through a Chinese input method. Base45 (RFC 9285) has neither, so both can be taken back.

use anban_credential::Format;

use crate::register::{CardLine, card_line, half_width};

/// Longer than any code. The reader of documents caps it again.
pub(crate) const LONGEST_SCAN: usize = 16 << 10;

/// What it may be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// The text of a document, one part of one, or what is left of one.
    Document(String),
    /// A card reader's line.
    Card(CardLine),
    /// Something else.
    Other,
}

/// Tells what a text is.
pub(crate) fn told(text: &str) -> Scan {
    if text.len() > LONGEST_SCAN {
        return Scan::Other;
    }
    let text = upright(text.trim());
    let prefix: String = text.chars().take(5).collect::<String>().to_ascii_lowercase();
    if prefix.starts_with("ab1:") || prefix.starts_with("hc1:") {
        return Scan::Document(text.to_ascii_uppercase());
    }
    if prefix.starts_with("shc:/") {
        return Scan::Document(text.to_ascii_lowercase());
    }
    // A card as it is in a file.
    if Format::of(&text).is_some() {
        return Scan::Document(text);
    }
    card_line(&text).map_or(Scan::Other, Scan::Card)
}

/// Half width, and the punctuation that a Chinese input method puts for the signs of base45.
fn upright(text: &str) -> String {
    let signs = |c| match c {
        '。' => '.',
        '￥' | '¥' => '$',
        '×' => '*',
        '、' => '/',
        '—' => '-',
        c => c,
    };
    let halved = half_width(text);
    let code = ["ab1:", "hc1:", "shc:"].iter().any(|prefix| {
        let head = halved.get(..prefix.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    });
    if code {
        halved.chars().map(signs).collect()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_one_however_the_keyboard_was_set() {
        let code = Scan::Document("AB1:6BF$ %*+-./:".to_owned());
        for text in [
            "AB1:6BF$ %*+-./:",
            " ab1:6bf$ %*+-./:\r\n",
            "ＡＢ１：６ＢＦ￥　％＊＋－。／：",
        ] {
            assert_eq!(told(text), code, "{text}");
        }
        for text in ["SHC:/567", "shc:/567", "ｓｈｃ：、５６７"] {
            assert_eq!(told(text), Scan::Document("shc:/567".to_owned()), "{text}");
        }
    }

    #[test]
    fn a_card_readers_line_and_anything_else_are_told_apart() {
        assert!(matches!(told("王秀兰,11010519491231002X"), Scan::Card(_)));
        for text in ["", "6901234567892", "https://a.example/AB1:x", &"AB1:".repeat(20_000)] {
            assert_eq!(told(text), Scan::Other);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(AB1:|shc:/|ＨＣ１：)?\\PC{0,200}") {
            let _ = told(&text);
        }
    }
}
