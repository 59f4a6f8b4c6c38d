//! From bytes to one item of CBOR (RFC 8949).
//!
//! The library reads through the traits of serde and takes each head twice, which costs more than all else that is done
//! with a document but its signature. This reads the same items into the same values; the tests hold the two against
//! each other.

use ciborium::Value;

/// The byte behind the last part of something that does not say its length.
const BREAK: u8 = 0xff;

const POSITIVE_BIGNUM: u64 = 2;
const NEGATIVE_BIGNUM: u64 = 3;

/// Of how many items room is made on the word of a head alone.
const TRUSTED_LENGTH: usize = 32;

/// What is left to read.
pub(super) struct Decoder<'a>(pub(super) &'a [u8]);

/// The first byte of an item and what it says.
struct Head {
    major: u8,
    /// The low five bits.
    low: u8,
    /// The number in the low bits or behind them; `None` where no length is said.
    argument: Option<u64>,
}

impl<'a> Decoder<'a> {
    /// Reads an item, nested no deeper than `depth`; `None` where there is none that is well-formed.
    pub(super) fn item(&mut self, depth: usize) -> Option<Value> {
        let head = self.head()?;
        Some(match (head.major, head.argument) {
            (0, Some(number)) => Value::from(number),
            (1, Some(number)) => Value::from(-1 - i128::from(number)),
            (2, _) => {
                let mut whole = Vec::new();
                self.string(&head, |part| {
                    whole.extend_from_slice(part);
                    Some(())
                })?;
                Value::Bytes(whole)
            }
            (3, _) => {
                let mut whole = String::new();
                self.string(&head, |part| {
                    whole.push_str(std::str::from_utf8(part).ok()?);
                    Some(())
                })?;
                Value::Text(whole)
            }
            (4, length) => {
                let inner = depth.checked_sub(1)?;
                Value::Array(self.items(length, |decoder| decoder.item(inner))?)
            }
            (5, length) => {
                let inner = depth.checked_sub(1)?;
                Value::Map(self.items(length, |decoder| Some((decoder.item(inner)?, decoder.item(inner)?)))?)
            }
            (6, Some(tag)) => self.tagged(tag, depth)?,
            (7, Some(bits)) => simple_or_float(head.low, bits)?,
            _ => return None,
        })
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn head(&mut self) -> Option<Head> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        let low = first & 0x1f;
        let argument = match low {
            0..24 => Some(u64::from(low)),
            24..28 => {
                let behind = self.take(1 << (low - 24))?;
                Some(behind.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
            }
            31 => None,
            _ => return None,
        };
        Some(Head {
            major: first >> 5,
            low,
            argument,
        })
    }

    /// Whether the end of something without a length comes next; goes past it.
    fn ends(&mut self) -> bool {
        let ends = self.0.first() == Some(&BREAK);
        if ends {
            self.0 = self.0.get(1..).unwrap_or_default();
        }
        ends
    }

    /// The parts of a byte or text string, one if it says its length.
    fn string(&mut self, head: &Head, mut part: impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
        if let Some(length) = head.argument {
            return part(self.take(usize::try_from(length).ok()?)?);
        }
        let mut open = 1_usize;
        while open > 0 {
            if self.ends() {
                open -= 1;
                continue;
            }
            let inner = self.head().filter(|inner| inner.major == head.major)?;
            match inner.argument {
                Some(length) => part(self.take(usize::try_from(length).ok()?)?)?,
                None => open += 1,
            }
        }
        Some(())
    }

    /// The items of an array, or the entries of a map.
    fn items<T>(&mut self, length: Option<u64>, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let Some(length) = length else {
            let mut items = Vec::new();
            while !self.ends() {
                items.push(item(self)?);
            }
            return Some(items);
        };
        let length = usize::try_from(length).ok()?;
        let mut items = Vec::with_capacity(length.min(TRUSTED_LENGTH));
        for _ in 0..length {
            items.push(item(self)?);
        }
        Some(items)
    }

    /// What stands behind a tag; a big number that is none becomes an ordinary one.
    fn tagged(&mut self, tag: u64, depth: usize) -> Option<Value> {
        if matches!(tag, POSITIVE_BIGNUM | NEGATIVE_BIGNUM) {
            let mut ahead = Self(self.0);
            let length = ahead
                .head()
                .filter(|head| head.major == 2)
                .and_then(|head| head.argument);
            if let Some(length @ ..=16) = length {
                let bytes = ahead.take(usize::try_from(length).ok()?)?;
                let number = bytes.iter().fold(0, |number, &byte| number << 8 | u128::from(byte));
                self.0 = ahead.0;
                return if tag == POSITIVE_BIGNUM {
                    Some(Value::from(number))
                } else {
                    Some(Value::from(-1 - i128::try_from(number).ok()?))
                };
            }
        }
        let inner = depth.checked_sub(1)?;
        Some(Value::Tag(tag, Box::new(self.item(inner)?)))
    }
}

fn simple_or_float(low: u8, bits: u64) -> Option<Value> {
    Some(match (low, bits) {
        (25, _) => Value::Float(half(u16::try_from(bits).ok()?)),
        (26, _) => Value::Float(f32::from_bits(u32::try_from(bits).ok()?).into()),
        (27, _) => Value::Float(f64::from_bits(bits)),
        (_, 20) => Value::Bool(false),
        (_, 21) => Value::Bool(true),
        (_, 22 | 23) => Value::Null,
        _ => return None,
    })
}

/// A number of half precision (RFC 8949, appendix D).
fn half(bits: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => mantissa * 2_f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (mantissa + 1024.0) * 2_f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    const DEPTH: usize = 4;

    /// What the library makes of the same bytes, and what it leaves. As texts, since no number equals NaN.
    fn by_the_library(bytes: &[u8]) -> Option<String> {
        let mut rest = bytes;
        let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH).ok()?;
        Some(format!("{value:?} {rest:?}"))
    }

    fn by_us(bytes: &[u8]) -> Option<String> {
        let mut decoder = Decoder(bytes);
        let value = decoder.item(DEPTH)?;
        Some(format!("{value:?} {:?}", decoder.0))
    }

    #[test]
    fn every_head_is_read_as_the_library_reads_it() {
        let ends: [&[u8]; 6] = [
            &[],
            &[0; 24],
            &[1; 40],
            &[0x61, b'a', 0xff, 0xff],
            &[0x41, 7, 0xff, 0],
            &[0x18, 200, 0xff],
        ];
        for head in 0..=u16::MAX {
            for end in ends {
                let bytes = [&head.to_be_bytes(), end].concat();
                assert_eq!(by_us(&bytes), by_the_library(&bytes), "{bytes:x?}");
            }
        }
    }

    #[test]
    fn every_number_of_half_precision_is_read() {
        for bits in 0..=u16::MAX {
            let [high, low] = bits.to_be_bytes();
            let bytes = [0xf9, high, low];
            assert_eq!(by_us(&bytes), by_the_library(&bytes), "{bits:x}");
        }
    }

    #[test]
    fn big_numbers_and_strings_in_parts_are_read() {
        let big = |tag: u8, length: usize, first: u8| {
            let mut bytes = vec![0xc0 | tag, 0x40 | length as u8, first];
            bytes.resize(2 + length, 0x5a);
            bytes
        };
        let mut all: Vec<Vec<u8>> = Vec::new();
        for tag in [2, 3] {
            for length in 1..=18 {
                all.extend([0, 1, 0x7f, 0x80, 0xff].map(|first| big(tag, length, first)));
            }
        }
        all.extend([
            // A big number of no length, one in parts, and one that is a text.
            vec![0xc2, 0x40],
            vec![0xc2, 0x5f, 0x41, 1, 0xff],
            vec![0xc3, 0x61, b'1'],
            vec![0xc2, 0xc2, 0x41, 1],
            // Parts in parts, none, of another kind, cut off, and half a letter in each.
            vec![0x5f, 0x5f, 0x41, 1, 0xff, 0x42, 2, 3, 0xff],
            vec![0x7f, 0xff],
            vec![0x7f, 0x41, 1, 0xff],
            vec![0x7f, 0x61, b'a'],
            vec![0x7f, 0x61, 0xc3, 0x61, 0xa4, 0xff],
            vec![0x7f, 0x62, 0xc3, 0xa4, 0x60, 0xff],
        ]);
        for bytes in all {
            assert_eq!(by_us(&bytes), by_the_library(&bytes), "{bytes:x?}");
        }
    }

    #[test]
    fn nesting_ends_where_the_library_ends_it() {
        for kind in [&[0x81_u8][..], &[0x9f], &[0xa1, 0], &[0xbf, 0], &[0xc6], &[0xc2]] {
            for depth in 0..=DEPTH + 2 {
                let bytes = [kind.repeat(depth), vec![0x41, 7], vec![0xff; depth]].concat();
                assert_eq!(by_us(&bytes), by_the_library(&bytes), "{bytes:x?}");
            }
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
            ".{0,12}".prop_map(Value::Text),
            Just(Value::Null),
        ];
        leaf.prop_recursive(4, 30, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                prop::collection::vec((inner.clone(), inner.clone()), 0..6).prop_map(Value::Map),
                (any::<u8>(), inner).prop_map(|(tag, value)| Value::Tag(tag.into(), Box::new(value))),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_as_the_library_reads_them(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert_eq!(by_us(&bytes), by_the_library(&bytes));
        }

        #[test]
        fn items_and_what_damage_makes_of_them_are_read_alike(
            value in values(),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut bytes = super::super::write(&value);
            for (place, byte) in damage {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            prop_assert_eq!(by_us(&bytes), by_the_library(&bytes));
        }
    }
}
