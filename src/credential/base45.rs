//! Base45 (RFC 9285), as QR symbols carry it in alphanumeric mode: three characters for two bytes.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// What stands in [`VALUES`] for a byte that is none of the characters. No sum with it passes for another.
const NONE: u8 = 0xff;

/// The value of each byte. A table, since the text of a code is gone through byte by byte.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
}

/// What three characters or two stand for, the least significant first.
fn number(characters: &[u8]) -> Option<u32> {
    characters.iter().rev().try_fold(0, |number, &character| {
        let value = VALUES[usize::from(character)];
        (value != NONE).then(|| number * 45 + u32::from(value))
    })
}

/// Decodes all of `text` as the RFC has it, and nothing looser: `None` for other characters, for groups that stand for
/// more than fits into their bytes, and for one character that is left over.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    let (groups, rest) = text.as_bytes().as_chunks::<3>();
    for group in groups {
        bytes.extend(u16::try_from(number(group)?).ok()?.to_be_bytes());
    }
    match rest {
        [] => {}
        [_, _] => bytes.push(u8::try_from(number(rest)?).ok()?),
        _ => return None,
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_rfc_9285_decode() {
        for (text, bytes) in [
            ("BB8", &b"AB"[..]),
            ("%69 VD92EX0", b"Hello!!"),
            ("UJCLQE7W581", b"base-45"),
            ("QED8WEX0", b"ietf!"),
            ("", b""),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text}");
        }
    }

    #[test]
    fn every_group_stands_for_what_the_library_writes_or_for_nothing() {
        for first in ALPHABET {
            for second in ALPHABET {
                let pair = String::from_utf8(vec![*first, *second]).unwrap();
                let byte = decode(&pair);
                assert!(byte.is_none_or(|byte| ::base45::encode(byte) == pair), "{pair}");
                for third in ALPHABET {
                    let group = format!("{pair}{}", char::from(*third));
                    let bytes = decode(&group);
                    assert!(bytes.is_none_or(|bytes| ::base45::encode(bytes) == group), "{group}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_base45_is_refused() {
        for text in [
            "A", "AAAA", "::", "GGW", "a00", "0\u{e4}", "00!", "0,0", "\u{0}00", "AAA\n",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_the_library_writes_is_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert_eq!(decode(&::base45::encode(&bytes)), Some(bytes));
        }

        #[test]
        fn nothing_is_read_that_the_library_refuses(text in "[0-9A-Z $%*+./:a-]{0,12}|\\PC{0,12}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(::base45::decode(&text), Ok(bytes));
            }
        }
    }
}
