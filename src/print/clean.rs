//! Makes any text printable: what has no shape on paper, or is forbidden in an archival PDF, is
//! taken out before the text is laid out.
//!
//! Names and notes come from imported documents and from keyboards, so they may hold control
//! characters, private-use codes and half of an emoji sequence. PDF/A-3a forbids mapping a glyph
//! to U+0000, U+FEFF, U+FFFE or the private-use areas (ISO 19005-3, 6.2.11.7).

/// Stands for a symbol that no installed font can draw.
pub(crate) const STAND_IN: char = '□';

/// The text with paragraph breaks as `\n`, other white space as a space, and nothing in it that
/// cannot be printed. Blank lines and outer white space are dropped.
pub(crate) fn clean(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
        let line: String = line.chars().filter_map(printable).collect();
        let line = line.trim();
        if !line.is_empty() {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

fn printable(c: char) -> Option<char> {
    match c {
        '\t' => Some(' '),
        // Overrides and isolates can make a line read differently from what it says.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => None,
        // Ignorables without effect on paper: soft hyphen, fillers, byte-order mark, variation
        // selectors (which ask for colour emoji), interlinear marks, tags.
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{feff}' => None,
        '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2064}' => None,
        '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => None,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => None,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Some(STAND_IN),
        // Noncharacters.
        '\u{fdd0}'..='\u{fdef}' => None,
        c if u32::from(c) & 0xfffe == 0xfffe => None,
        c if c.is_control() => None,
        c if c.is_whitespace() => Some(if c == '\u{3000}' { c } else { ' ' }),
        c => Some(c),
    }
}

/// Whether a character is part of the Chinese writing system's Han letters.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}' | '\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_stay_and_blank_lines_go() {
        assert_eq!(clean("  甲\r\n\n\t乙 \u{2028}丙"), "甲\n乙\n丙");
    }

    #[test]
    fn what_an_archive_forbids_is_taken_out() {
        assert_eq!(clean("a\u{0}b\u{feff}c\u{fffe}d\u{1b}e"), "abcde");
        assert_eq!(clean("李\u{e123}英"), "李□英");
    }

    #[test]
    fn a_text_cannot_turn_its_neighbours_around() {
        assert_eq!(clean("100\u{202e}001"), "100001");
    }

    #[test]
    fn rare_characters_are_han_and_kana_are_not() {
        assert!(is_han('㐂') && is_han('𠮷') && is_han('〇'));
        assert!(!is_han('あ') && !is_han('A') && !is_han('。'));
    }
}
