//! From an answer's bytes to its attributes, whatever the bytes are.
//!
//! The crate `ipp` parses; here its input is bounded first. `answer` says what the attributes mean.

use std::io::Cursor;

use ipp::model::{DelimiterTag, ValueTag};
use ipp::parser::IppParser;
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;

use crate::PrintError;

/// The deepest nesting of collections read. The deepest that standards define is three.
const MAX_DEPTH: usize = 8;

/// Reads an answer's bytes.
pub(crate) fn read(bytes: Vec<u8>) -> Result<IppRequestResponse, PrintError> {
    if !is_readable(&bytes) {
        return Err(PrintError::NotAPrinter);
    }
    IppParser::new(IppReader::new(Cursor::new(bytes)))
        .parse()
        .map_err(|_| PrintError::NotAPrinter)
}

/// Whether the parser can be trusted with these bytes. It copies and frees each level of a collection by recursion, so
/// an answer of nothing but levels would use up the stack: they are nested no deeper than [`MAX_DEPTH`]. And it takes
/// the lengths inside a text with its language on trust.
fn is_readable(bytes: &[u8]) -> bool {
    // Version, status and request number come first (RFC 8010, section 3.1.1).
    let mut rest = bytes.get(8..).unwrap_or_default();
    let mut depth = 0_usize;
    while let Some((tag, after)) = rest.split_first() {
        rest = after;
        if *tag == DelimiterTag::EndOfAttributes as u8 {
            break;
        }
        if *tag < 0x10 {
            continue;
        }
        let Some((_name, after)) = measured(rest) else {
            return true;
        };
        let Some((value, after)) = measured(after) else {
            return true;
        };
        rest = after;
        let with_language = [ValueTag::TextWithLanguage as u8, ValueTag::NameWithLanguage as u8];
        if with_language.contains(tag) && !is_text_with_language(value) {
            return false;
        }
        if *tag == ValueTag::BegCollection as u8 {
            depth += 1;
        } else if *tag == ValueTag::EndCollection as u8 {
            depth = depth.saturating_sub(1);
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
    true
}

/// What stands behind a length of two bytes, as far as it goes, and what stands behind that.
fn measured(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length));
    Some(rest.split_at_checked(length).unwrap_or((rest, &[])))
}

/// A language and a text, each of the length that stands before it (RFC 8010, section 3.9).
fn is_text_with_language(value: &[u8]) -> bool {
    fn behind(bytes: &[u8]) -> Option<&[u8]> {
        let (length, rest) = bytes.split_first_chunk()?;
        rest.get(usize::from(u16::from_be_bytes(*length))..)
    }
    behind(value).and_then(behind).is_some_and(<[u8]>::is_empty)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::answer::{job, printer, status};

    /// An answer to Get-Printer-Attributes with this in its printer group.
    fn answer(group: &[u8]) -> Vec<u8> {
        [&[1, 1, 0, 0, 0, 0, 0, 1, 4], group, &[3]].concat()
    }

    #[test]
    fn a_text_that_is_shorter_than_it_says_is_refused() {
        for tag in [0x35, 0x36] {
            let text = |value: &[u8]| {
                let length = u8::try_from(value.len()).unwrap();
                answer(&[&[tag, 0, 1, b'a', 0, length], value].concat())
            };
            assert!(read(text(&[0, 2, b'e', b'n', 0, 2, b'o', b'k'])).is_ok());
            for short in [
                &[][..],
                &[0],
                &[0, 6],
                &[0, 2, b'e', b'n'],
                &[0, 2, b'e', b'n', 0, 3, b'o', b'k'],
            ] {
                assert!(
                    matches!(read(text(short)), Err(PrintError::NotAPrinter)),
                    "{tag} {short:?}"
                );
            }
        }
    }

    #[test]
    fn an_answer_of_nothing_but_brackets_is_refused_before_it_is_unfolded() {
        let open = [0x34, 0, 0, 0, 0];
        let member = [0x4a, 0, 0, 0, 1, b'x'];
        let close = [0x37, 0, 0, 0, 0];
        let nested = |depth: usize| {
            let mut group = vec![0x34, 0, 1, b'a', 0, 0];
            group.extend([&member[..], &open[..]].concat().repeat(depth));
            group.extend(close.repeat(depth + 1));
            answer(&group)
        };
        assert!(read(nested(3)).is_ok());
        assert!(matches!(read(nested(15_000)), Err(PrintError::NotAPrinter)));
    }

    proptest::proptest! {
        #[test]
        fn no_answer_can_make_it_panic(group in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            for bytes in [group.clone(), answer(&group)] {
                if let Ok(reply) = read(bytes) {
                    let _ = (status(&reply), printer(&reply), job(&reply, None));
                }
            }
        }
    }
}
