//! Bytes made into text, and text made fit for a page.

use super::LONGEST_TEXT;

/// What fits on a page; empty where there is nothing to be seen.
pub(in crate::wallet) fn clipped(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let shown: String = lines.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let shown: String = shown.trim().chars().take(LONGEST_TEXT).collect();
    shown.trim_end().to_owned()
}

/// Text in UTF-8 or UTF-16, as both occur in `pass.strings`, or in Windows-1252.
///
/// UTF-16 is known by its byte order mark, or by the half of its first letter that is nothing: what these files begin
/// with is in ASCII. What is not UTF-8 and has not one letter beyond ASCII in it is in the older Windows-1252, which has
/// those of Latin-1 (WHATWG Encoding); what has some is damaged UTF-8.
pub(in crate::wallet) fn text(bytes: &[u8]) -> String {
    let wide = |from_bytes: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .filter_map(|pair| Some(from_bytes(pair.try_into().ok()?)))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        [0, 1..=0xff, ..] => wide(u16::from_be_bytes, bytes),
        [1..=0xff, 0, ..] => wide(u16::from_le_bytes, bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => narrow(rest),
        _ => narrow(bytes),
    }
}

/// Text whose letters may be written by names or numbers, as on a page of the web or in XML (XML 1.0, section 4.1).
pub(super) fn letters(text: &str) -> String {
    const LONGEST: usize = 10;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let name = from.bytes().take(LONGEST).position(|byte| byte == b';');
        let named = name.and_then(|end| Some((letter(from.get(1..end)?)?, end)));
        let (letter, read) = named.map_or(('&', 1), |(letter, end)| (letter, end + 1));
        out.push(letter);
        rest = &from[read..];
    }
    out.push_str(rest);
    out
}

fn letter(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(number) => u32::from_str_radix(number, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

fn narrow(bytes: &[u8]) -> String {
    let is_1252 = std::str::from_utf8(bytes).is_err() && bytes.utf8_chunks().all(|chunk| chunk.valid().is_ascii());
    if is_1252 {
        bytes.iter().copied().map(windows_1252).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// A letter of Windows-1252: Latin-1 but for what that leaves to controls.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let place = usize::from(byte).checked_sub(0x80);
    let other = place.and_then(|place| FROM_80.get(place).copied());
    other.unwrap_or(char::from(byte))
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
            assert_eq!(text(&bytes), read, "{bytes:?}");
        }
    }

    #[test]
    fn letters_are_known_by_names_and_numbers() {
        assert_eq!(
            letters("a &amp;lt; &#x4e2d;&#25991; &积; &nothing; &#xd800; &"),
            "a &lt; 中文 &积; &nothing; &#xd800; &"
        );
    }

    #[test]
    fn lines_stay_lines_and_other_controls_go() {
        assert_eq!(clipped(" a\tb\r\nc\rd\u{1d}\u{7f}e \n"), "a b\nc\nde");
    }
}
