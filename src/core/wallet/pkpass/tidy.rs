//! JSON as some issuers write it, made into JSON (RFC 8259).

/// Takes away commas before a closing bracket, and writes the controls inside of words as JSON has them, U+0000 to U+001F.
/// Some mean something: codes of the GS1 have a group separator, 0x1D. U+007F needs no other writing (RFC 8259, section 7).
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if in_string {
            let was_escaped = escaped;
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            if c < ' ' {
                // It is itself, whatever stands before it.
                if was_escaped {
                    out.pop();
                }
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            } else {
                out.push(c);
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
        assert_eq!(
            json("\"one,]\ntwo\\\"\t\u{7f}\u{1d}\\\n\""),
            "\"one,]\\u000atwo\\\"\\u0009\u{7f}\\u001d\\u000a\""
        );
        assert_eq!(json(",}"), "}");
    }
}
