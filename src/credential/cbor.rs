//! CBOR (RFC 8949), read strictly, and turned into JSON for people to read.
//!
//! CBOR can say much that a signed document has no use for, and some of it is
//! a way to deceive: a claim that stands twice is read differently by different readers, and
//! deep nesting costs stack. So [`parse`] lets through only maps whose keys are integers or
//! texts, each once, no deeper than [`MAX_DEPTH`], no more than
//! [`MAX_ITEMS`], and nothing behind the last item.

use std::collections::BTreeSet;

use ciborium::Value;
use jiff::Timestamp;

mod decode;

/// How deeply items may be nested. A certificate of the EU needs seven, tags included.
const MAX_DEPTH: usize = 24;

/// How many items there may be. One byte can be an item, and takes dozens of bytes in memory; the trust list of a country
/// has some ten thousand.
const MAX_ITEMS: usize = 500_000;

/// The most entries of a map that is looked through for each of its keys.
const SMALL_MAP: usize = 16;

/// Why bytes were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CborError {
    /// Not CBOR, cut off, nested too deeply, with too many items, or with something behind it.
    #[error("it is not well-formed CBOR")]
    Malformed,
    /// A key stands twice in a map.
    #[error("a claim stands in it twice")]
    DuplicateKey,
    /// A key of a map is neither an integer nor a text.
    #[error("a claim is named by neither a number nor a text")]
    UnusualKey,
}

/// Reads one item that takes up all of `bytes`.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, CborError> {
    if count_items(bytes).is_none_or(|count| count > MAX_ITEMS) {
        return Err(CborError::Malformed);
    }
    let mut decoder = decode::Decoder(bytes);
    let value = decoder.item(MAX_DEPTH).ok_or(CborError::Malformed)?;
    if !decoder.0.is_empty() {
        return Err(CborError::Malformed);
    }
    check_keys(&value)?;
    Ok(value)
}

/// How many items stand in `bytes`, nested ones and the ends of those without a length included; `None` where one is cut
/// off. Nothing is built for it.
fn count_items(bytes: &[u8]) -> Option<usize> {
    let (mut rest, mut count) = (bytes, 0_usize);
    while let Some((&head, behind)) = rest.split_first() {
        count += 1;
        // The argument: in the head itself, in the bytes behind it, or none for what has no length (RFC 8949, section 3).
        let length = match head & 0x1f {
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => 0,
        };
        let (argument, behind) = behind.split_at_checked(length)?;
        let argument = match (length, head & 0x1f) {
            (0, own @ 0..24) => u64::from(own),
            (0, _) => 0,
            _ => argument.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
        };
        // Byte and text strings have as many bytes behind them; all else has items or nothing.
        let skipped = if matches!(head >> 5, 2 | 3) {
            usize::try_from(argument).ok()?
        } else {
            0
        };
        rest = behind.get(skipped..)?;
    }
    Some(count)
}

/// Writes `value`; what has been built in memory can always be written.
pub(crate) fn write(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    // A vector takes everything, and `Value` holds nothing that CBOR lacks.
    let _ = ciborium::into_writer(value, &mut out);
    out
}

/// Kinds of items as [`write_head`] takes them (major types, RFC 8949, section 3.1).
pub(crate) const BYTES: u8 = 2;
pub(crate) const TEXT: u8 = 3;
pub(crate) const ARRAY: u8 = 4;

/// Writes the head of a string or an array of this length.
pub(crate) fn write_head(out: &mut Vec<u8>, major: u8, length: usize) {
    let length = length as u64;
    let bytes = length.to_be_bytes();
    let (low, behind) = match length {
        0..24 => (length as u8, 0),
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | low);
    out.extend_from_slice(&bytes[8 - behind..]);
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Number(i128),
    Text(&'a str),
}

impl<'a> Key<'a> {
    fn of(key: &'a Value) -> Result<Self, CborError> {
        match key {
            Value::Integer(number) => Ok(Key::Number((*number).into())),
            Value::Text(text) => Ok(Key::Text(text)),
            _ => Err(CborError::UnusualKey),
        }
    }
}

fn check_keys(value: &Value) -> Result<(), CborError> {
    match value {
        Value::Map(entries) => {
            let mut seen = BTreeSet::new();
            for (index, (key, value)) in entries.iter().enumerate() {
                let known = Key::of(key)?;
                // Most maps are so small that looking through them is quicker than keeping a set.
                let twice = if entries.len() <= SMALL_MAP {
                    entries.iter().take(index).any(|(earlier, _)| earlier == key)
                } else {
                    !seen.insert(known)
                };
                if twice {
                    return Err(CborError::DuplicateKey);
                }
                check_keys(value)?;
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(check_keys),
        Value::Tag(_, inner) => check_keys(inner),
        _ => Ok(()),
    }
}

/// The value under the integer `key` of a map.
pub(crate) fn get(map: &Value, key: i64) -> Option<&Value> {
    map.as_map()?
        .iter()
        .find(|(candidate, _)| candidate.as_integer() == Some(key.into()))
        .map(|(_, value)| value)
}

/// A CWT NumericDate (RFC 8392, section 2): seconds since 1970, whole or not, tag 1 allowed.
pub(crate) fn numeric_date(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Integer(seconds) => Timestamp::from_second(i64::try_from(i128::from(*seconds)).ok()?).ok(),
        // Milliseconds are all that a float of today's size holds reliably, and no more is
        // ever written. The cast saturates, and jiff refuses what lies outside its range.
        Value::Float(seconds) if seconds.is_finite() => {
            Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
        }
        Value::Tag(1, inner) if !matches!(**inner, Value::Tag(..)) => numeric_date(inner),
        _ => None,
    }
}

/// `value` as JSON, for people and for the schema check.
///
/// Bytes become hexadecimal, integer keys become text, and tags fall away; a date-time
/// (tag 0) stays the text it is and an epoch time (tag 1) becomes one. A whole number stays
/// whole even where its issuer wrote it as a float.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Integer(number) => {
            let number = i128::from(*number);
            i64::try_from(number)
                .map(Json::from)
                .or_else(|_| u64::try_from(number).map(Json::from))
                .unwrap_or_else(|_| Json::from(number.to_string()))
        }
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Json::from(*number as i64),
        Value::Float(number) => Json::from(*number),
        Value::Bytes(bytes) => Json::from(hex(bytes)),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Bool(flag) => Json::from(*flag),
        Value::Tag(1, inner) => numeric_date(inner).map_or_else(|| to_json(inner), |time| Json::from(time.to_string())),
        Value::Tag(_, inner) => to_json(inner),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| {
                let key = match key {
                    Value::Text(text) => text.clone(),
                    Value::Integer(number) => i128::from(*number).to_string(),
                    _ => String::new(),
                };
                (key, to_json(value))
            })
            .collect(),
        _ => Json::Null,
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_claim_that_stands_twice_is_refused() {
        // {1: 2, 1: 3}, and the same inside an array inside a map.
        assert_eq!(parse(&[0xa2, 1, 2, 1, 3]), Err(CborError::DuplicateKey));
        let nested = [0xa1, 5, 0x81, 0xa2, 0x61, b'a', 2, 0x61, b'a', 3];
        assert_eq!(parse(&nested), Err(CborError::DuplicateKey));
        assert!(parse(&[0xa2, 1, 2, 0x61, b'1', 3]).is_ok());
        // The same number written in two ways, in a small map and in a large one.
        assert_eq!(parse(&[0xa2, 1, 2, 0x18, 1, 3]), Err(CborError::DuplicateKey));
        let large = |last: u8| {
            let entries = (0..20).flat_map(|key| [key, 0]);
            [0xb5].into_iter().chain(entries).chain([last, 0]).collect::<Vec<u8>>()
        };
        assert_eq!(parse(&large(7)), Err(CborError::DuplicateKey));
        assert!(parse(&large(20)).is_ok());
    }

    #[test]
    fn deep_nesting_is_refused() {
        let mut deep = vec![0x81; 100_000];
        deep.push(0);
        assert_eq!(parse(&deep), Err(CborError::Malformed));
        let mut tags = vec![0xc6; 100_000];
        tags.push(0);
        assert_eq!(parse(&tags), Err(CborError::Malformed));
    }

    #[test]
    fn more_items_than_any_list_needs_are_refused_before_they_take_memory() {
        let array = |count: u32| {
            let mut bytes = vec![0x9a];
            bytes.extend(count.to_be_bytes());
            bytes.resize(5 + count as usize, 0);
            bytes
        };
        assert!(parse(&array(499_999)).is_ok());
        assert_eq!(parse(&array(500_000)), Err(CborError::Malformed));
        // A long string is one item.
        let mut text = vec![0x5a, 0, 16, 0, 0];
        text.resize(5 + (16 << 16), 7);
        assert!(parse(&text).is_ok());
    }

    #[test]
    fn bytes_behind_the_item_are_refused() {
        assert_eq!(parse(&[0, 0]), Err(CborError::Malformed));
    }

    #[test]
    fn a_length_beyond_the_end_costs_no_memory() {
        for head in [0x5b_u8, 0x7b, 0x9b, 0xbb] {
            let mut bytes = vec![head];
            bytes.extend(u64::MAX.to_be_bytes());
            assert_eq!(parse(&bytes), Err(CborError::Malformed), "{head:x}");
        }
    }

    #[test]
    fn dates_are_read_whole_and_in_fractions() {
        let second = numeric_date(&Value::Integer(1_621_262_460.into())).unwrap();
        assert_eq!(second.to_string(), "2021-05-17T14:41:00Z");
        let fraction = numeric_date(&Value::Float(1_621_262_460.78)).unwrap();
        assert_eq!(fraction.to_string(), "2021-05-17T14:41:00.78Z");
        for bad in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            assert_eq!(numeric_date(&Value::Float(bad)), None);
        }
        assert_eq!(numeric_date(&Value::Integer(u64::MAX.into())), None);
    }

    #[test]
    fn json_keeps_what_people_read() {
        let value = parse(&[0xa2, 1, 0xf9, 0x3c, 0x00, 0x61, b'x', 0x42, 0xab, 0xcd]).unwrap();
        assert_eq!(
            to_json(&value),
            serde_json::json!({"1": 1, "x": "abcd"}),
            "a float one, and two bytes"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(value) = parse(&bytes) {
                prop_assert!(count_items(&bytes).is_some());
                to_json(&value);
                prop_assert_eq!(parse(&write(&value)).map(|again| to_json(&again)), Ok(to_json(&value)));
            }
        }
    }
}
