//! Letters that are written by names or numbers.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_known_by_names_and_numbers() {
        assert_eq!(
            letters("a &amp;lt; &#x4e2d;&#25991; &积; &nothing; &#xd800; &"),
            "a &lt; 中文 &积; &nothing; &#xd800; &"
        );
    }
}
