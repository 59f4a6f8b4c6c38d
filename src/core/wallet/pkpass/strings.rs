//! Files of words: `"key" = "value";`, with comments, as Apple's tools write them.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// The words of a file by their names. What can't be read is passed over.
pub(super) fn pairs(text: &str) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => words.push(quoted(&mut rest)),
            '/' if rest.next_if_eq(&'/').is_some() => while rest.next_if(|c| *c != '\n').is_some() {},
            '/' if rest.next_if_eq(&'*').is_some() => {
                let mut before = ' ';
                for c in rest.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            // The end of a pair; some files end a line without it.
            ';' | '\n' => {
                if let [key, value] = words.as_slice() {
                    pairs.insert(key.clone(), value.clone());
                }
                if words.len() >= 2 || c == ';' {
                    words.clear();
                }
            }
            _ => {}
        }
    }
    if let [key, value] = words.as_slice() {
        pairs.insert(key.clone(), value.clone());
    }
    pairs
}

/// What stands up to the next quotation mark.
fn quoted(rest: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => break,
            '\\' => match rest.next() {
                Some('n') => word.push('\n'),
                Some('t') => word.push(' '),
                Some('r') | None => {}
                Some('U' | 'u') => {
                    let digits: String = (0..4).map_while(|_| rest.next_if(char::is_ascii_hexdigit)).collect();
                    let letter = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                    word.extend(letter);
                }
                Some(c) => word.push(c),
            },
            c => word.push(c),
        }
    }
    word
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
}
