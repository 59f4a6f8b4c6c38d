//! JSON as some issuers write it, made into JSON (RFC 8259).

/// Takes away commas before a closing bracket, and writes line breaks and tabs inside of words as JSON has them.
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            match c {
                '\n' => out.push_str("\\n"),
                c if c.is_ascii_control() => out.push(' '),
                c => out.push(c),
            }
            continue;
        }
        if c == '"' {
            in_string = true;
        } else if matches!(c, '}' | ']') {
            let end = out.trim_end().len();
            if out.get(..end).is_some_and(|before| before.ends_with(',')) {
                out.truncate(end - 1);
            }
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_does_not_have_is_made_into_what_it_has() {
        assert_eq!(json("{\"a\": [1, 2, ], }"), "{\"a\": [1, 2]}");
        assert_eq!(json("\"one,]\ntwo\\\"\t\""), "\"one,]\\ntwo\\\" \"");
        assert_eq!(json(",}"), "}");
    }
}
