//! Text that comes in with cards: from bytes, and fit for a page.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The most characters of a name, label or value.
pub(super) const LONGEST_TEXT: usize = 200;

/// What has no shape though it is no format character: fillers of Hangul, variation selectors, an empty Braille cell
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

/// What fits on a page; empty where there is nothing to be seen.
pub(super) fn clipped(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let shown: String = lines.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let shown: String = shown.trim().chars().take(LONGEST_TEXT).collect();
    shown.trim_end().to_owned()
}

/// A name as it is shown, without what nobody can see; empty where there is nothing to see.
///
/// A format character (Unicode, general category Cf) has no shape: a name of nothing else is an empty place on the page,
/// and one that turns the direction of writing makes a name look like another. Two of them are kept where letters are
/// around them, because they shape those and join the parts of one picture: U+200C and U+200D.
pub(super) fn name(text: &str) -> String {
    let is_kept = |c: &char| matches!(c, '\u{200c}' | '\u{200d}') || c.general_category() != GeneralCategory::Format;
    let name = clipped(&text.chars().filter(is_kept).collect::<String>());
    let has_shape = |c: char| !SHAPELESS.iter().any(|&(first, last)| (first..=last).contains(&c));
    let is_seen = |c: char| !c.is_whitespace() && has_shape(c);
    if name.contains(is_seen) { name } else { String::new() }
}

/// Text in UTF-8 or, where its mark says so, UTF-16; `None` for other bytes, whose letters could only be guessed at.
pub(super) fn exact(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes.get(mark..)?)?;
    Some(text.into_owned())
}

/// Text in UTF-8 or UTF-16, as both occur in `pass.strings`, or in Windows-1252.
///
/// UTF-16 is known by its byte order mark, or by the half of its first letter that is nothing: what these files begin
/// with is in ASCII. What is not UTF-8 and has not one letter beyond ASCII in it is in the older Windows-1252, which has
/// those of Latin-1 (WHATWG Encoding); what has some is damaged UTF-8.
pub(super) fn likely(bytes: &[u8]) -> String {
    let is_older = || std::str::from_utf8(bytes).is_err() && bytes.utf8_chunks().all(|chunk| chunk.valid().is_ascii());
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| match bytes {
        [0, 1..=0xff, ..] => (UTF_16BE, 0),
        [1..=0xff, 0, ..] => (UTF_16LE, 0),
        _ if is_older() => (WINDOWS_1252, 0),
        _ => (UTF_8, 0),
    });
    let bytes = bytes.get(mark..).unwrap_or_default();
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_what_they_most_likely_are() {
        let wide = |mark: &[u8], one: fn(u16) -> [u8; 2]| {
            [mark, &"\"ä积".encode_utf16().flat_map(one).collect::<Vec<_>>()].concat()
        };
        for (bytes, read) in [
            ("\u{feff}\"ä积".as_bytes().to_vec(), "\"ä积"),
            (wide(&[0xff, 0xfe], u16::to_le_bytes), "\"ä积"),
            (wide(&[], u16::to_le_bytes), "\"ä积"),
            (wide(&[0xfe, 0xff], u16::to_be_bytes), "\"ä积"),
            (wide(&[], u16::to_be_bytes), "\"ä积"),
            (b"Z\xfcrich 5\x80".to_vec(), "Zürich 5€"),
            ("ü ä \u{0}".as_bytes().to_vec(), "ü ä \u{0}"),
            ([b"\xe7\xa7", "积".as_bytes()].concat(), "\u{fffd}积"),
            (Vec::new(), ""),
            (vec![0], "\0"),
        ] {
            assert_eq!(likely(&bytes), read, "{bytes:?}");
        }
    }

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
            assert_eq!(super::name(text), name, "{text:?}");
        }
    }

    #[test]
    fn lines_stay_lines_and_other_controls_go() {
        assert_eq!(clipped(" a\tb\r\nc\rd\u{1d}\u{7f}e \n"), "a b\nc\nde");
    }
}
