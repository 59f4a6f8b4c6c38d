//! Files of words: `"key" = "value";`, with comments, as Apple's tools write them (the property lists of NeXTSTEP), where
//! a word of letters, digits and a few signs needs no quotation marks; or the same as a property list in XML.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// The words of a file by their names. What can't be read is passed over.
pub(super) fn pairs(text: &str) -> BTreeMap<String, String> {
    let begins = text.trim_start();
    if ["<?xml", "<!DOCTYPE", "<plist"]
        .iter()
        .any(|with| begins.starts_with(with))
    {
        return in_xml(text);
    }
    let mut pairs = BTreeMap::new();
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => words.push(quoted(&mut rest)),
            '/' if rest.next_if_eq(&'/').is_some() => while rest.next_if(|c| !ends_a_line(*c)).is_some() {},
            '/' if rest.next_if_eq(&'*').is_some() => {
                let mut before = ' ';
                for c in rest.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            // What stands before the key belongs to nothing.
            '=' => {
                let key = words.pop();
                words.clear();
                words.extend(key);
            }
            // The end of a pair; some files end a line without it.
            c if c == ';' || ends_a_line(c) => {
                if let [key, value] = words.as_slice() {
                    pairs.insert(key.clone(), value.clone());
                }
                if words.len() >= 2 || c == ';' {
                    words.clear();
                }
            }
            c if is_bare(c) => {
                let mut word = String::from(c);
                while let Some(c) = rest.next_if(|c| is_bare(*c)) {
                    word.push(c);
                }
                words.push(word);
            }
            _ => {}
        }
    }
    if let [key, value] = words.as_slice() {
        pairs.insert(key.clone(), value.clone());
    }
    pairs
}

/// The words of a property list in XML: `<key>key</key><string>value</string>`.
fn in_xml(text: &str) -> BTreeMap<String, String> {
    let element = |text: &'_ str, name: &str| {
        let inside = text
            .trim_start()
            .strip_prefix('<')?
            .strip_prefix(name)?
            .strip_prefix('>')?;
        let (inside, _) = inside.split_once('<')?;
        Some(super::letters::letters(inside))
    };
    let mut pairs = BTreeMap::new();
    for part in text.split("<key>").skip(1) {
        let Some((key, behind)) = part.split_once("</key>") else {
            continue;
        };
        if let Some(value) = element(behind, "string") {
            pairs.insert(super::letters::letters(key), value);
        }
    }
    pairs
}

fn ends_a_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}')
}

/// Whether a letter may stand without quotation marks.
fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || "_$:.-".contains(c)
}

/// What stands up to the next quotation mark.
fn quoted(rest: &mut Peekable<Chars<'_>>) -> String {
    // Letters beyond the first plane are written as two halves (UTF-16).
    let mut units: Vec<u16> = Vec::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => break,
            '\\' => match rest.next() {
                Some('n') => push(&mut units, '\n'),
                Some('t') => push(&mut units, ' '),
                Some('r') | None => {}
                Some('U' | 'u') => {
                    let digits: String = (0..4).map_while(|_| rest.next_if(char::is_ascii_hexdigit)).collect();
                    units.extend(u16::from_str_radix(&digits, 16));
                }
                Some(c) => push(&mut units, c),
            },
            c => push(&mut units, c),
        }
    }
    char::decode_utf16(units).filter_map(Result::ok).collect()
}

fn push(units: &mut Vec<u16>, letter: char) {
    units.extend(letter.encode_utf16(&mut [0; 2]).iter());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_between_comments_and_over_several_lines() {
        let file =
            "/* \"no\" = \"no\"; */\n\"a\"=\"1\";\"b\" = \"2\n\\\"3\\U00e4\"; // \"c\" = \"no\";\n\"d\" =\n\"4\"\n";
        let found = pairs(file);
        let found: Vec<_> = found
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, [("a", "1"), ("b", "2\n\"3ä"), ("d", "4")]);
        assert!(pairs("\"never closed = \n").is_empty());
    }

    fn all(file: &str) -> Vec<(String, String)> {
        pairs(file).into_iter().collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn words_need_no_quotation_marks_and_lines_may_end_as_they_once_did() {
        assert_eq!(
            all("event.label-1 = \"A\";\nb = C;"),
            [pair("b", "C"), pair("event.label-1", "A")]
        );
        assert_eq!(
            all("// first\r\"a\" = \"1\";\r// last\r\"b\" = \"2\"\r"),
            [pair("a", "1"), pair("b", "2")]
        );
        assert_eq!(
            all("stray\n\"a\" = \"1\";\n = \"2\";\n"),
            [pair("a", "1")],
            "what stands alone costs no other"
        );
    }

    #[test]
    fn words_in_xml_are_words_too() {
        let file = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>\n<key>a</key> <string>1 &amp; 2</string>\n\
            <key>b</key><integer>3</integer><key>c</key><string></string><key>d</key><string>4</dict></plist>";
        assert_eq!(all(file), [pair("a", "1 & 2"), pair("c", ""), pair("d", "4")]);
        assert!(all("<?xml <key> <key></key>").is_empty());
    }

    #[test]
    fn two_halves_of_a_letter_become_the_letter() {
        assert_eq!(all(r#""a" = "\Ud83d\Ude00!";"#), [pair("a", "😀!")]);
        assert_eq!(
            all(r#""a" = "x\Ud83dy\Ude00\U";"#),
            [pair("a", "xy")],
            "half of one is nothing"
        );
    }
}
