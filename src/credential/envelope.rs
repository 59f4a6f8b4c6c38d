//! The outermost layers of a document's text: prefix, base45 and zlib.
//!
//! They exist to get binary data through a QR symbol: deflate makes it small, base45 fits it to
//! a symbol's alphanumeric mode, and the prefix says whose it is. Each is a function of its own
//! so that a report can say which of them failed. What comes out goes to [`crate::read`].
//!
//! ```
//! use anban_credential::envelope;
//! let text = envelope::wrap("AB1:", b"anything");
//! let (prefix, rest) = envelope::split_prefix(&text)?;
//! assert_eq!(prefix, envelope::Prefix::Anban);
//! assert_eq!(envelope::inflate(&envelope::decode_base45(rest)?)?, b"anything");
//! # Ok::<(), envelope::EnvelopeError>(())
//! ```

use std::cell::RefCell;
use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};

/// The longest text that is looked at, in bytes. The largest QR symbol holds 4,296 characters.
pub const MAX_TEXT: usize = 16 * 1024;

/// The most that a document may inflate to, in bytes.
pub const MAX_INFLATED: usize = 256 * 1024;

/// What the beginning of a text says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `AB1:`, a document of our own kind.
    Anban,
    /// `HC1:`, an EU health certificate (hcert specification, version 1).
    EuDcc,
    /// `shc:/`, a SMART Health Card.
    SmartHealthCard,
}

/// Why an outer layer could not be taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The text is longer than [`MAX_TEXT`].
    #[error("the text is longer than 16 KiB, which no document is; give the text of one code")]
    TooLong,
    /// None of the known prefixes stands at the beginning.
    #[error("the text does not begin with AB1:, HC1: or shc:/, so it is no document known here")]
    UnknownPrefix,
    /// Characters that base45 (RFC 9285) does not have, or a wrong number of them.
    #[error("the text is not base45; it may be cut off or mistyped, so scan the code again")]
    Base45,
    /// Not a zlib stream, or a damaged one.
    #[error("the content is not compressed with zlib, or is damaged; scan the code again")]
    Zlib,
    /// Not a raw DEFLATE stream, or a damaged one.
    #[error("the content is not compressed with raw DEFLATE, or is damaged; scan the code again")]
    Deflate,
    /// The content inflates to more than [`MAX_INFLATED`].
    #[error("the content unpacks to more than 256 KiB, which no document does")]
    TooLarge,
}

/// Removes white space around `text` and splits off its prefix.
///
/// Trimming cannot take anything away: base45 has the space among its characters, but the last
/// character of a group is the most significant one and never reaches the value of a space.
///
/// # Errors
/// [`EnvelopeError::TooLong`] and [`EnvelopeError::UnknownPrefix`].
pub fn split_prefix(text: &str) -> Result<(Prefix, &str), EnvelopeError> {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return Err(EnvelopeError::TooLong);
    }
    prefix(text).ok_or(EnvelopeError::UnknownPrefix)
}

/// What `text` begins with, and what stands behind that.
pub(crate) fn prefix(text: &str) -> Option<(Prefix, &str)> {
    const KNOWN: [(&str, Prefix); 3] = [
        ("AB1:", Prefix::Anban),
        ("HC1:", Prefix::EuDcc),
        ("shc:/", Prefix::SmartHealthCard),
    ];
    KNOWN
        .iter()
        .find_map(|(start, prefix)| Some((*prefix, text.strip_prefix(start)?)))
}

/// Decodes base45 as RFC 9285 has it, and nothing looser.
///
/// # Errors
/// [`EnvelopeError::Base45`].
pub fn decode_base45(text: &str) -> Result<Vec<u8>, EnvelopeError> {
    crate::base45::decode(text).ok_or(EnvelopeError::Base45)
}

/// Inflates one whole zlib stream (RFC 1950), with nothing after it.
///
/// # Errors
/// [`EnvelopeError::Zlib`], and [`EnvelopeError::TooLarge`] as soon as more than
/// [`MAX_INFLATED`] bytes would come out.
pub fn inflate(compressed: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    inflate_all(compressed, true, EnvelopeError::Zlib)
}

/// Inflates one whole DEFLATE stream (RFC 1951) without any header, with nothing after it.
///
/// # Errors
/// [`EnvelopeError::Deflate`] and [`EnvelopeError::TooLarge`].
pub fn inflate_raw(compressed: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    inflate_all(compressed, false, EnvelopeError::Deflate)
}

thread_local! {
    /// Making the window and tables anew for every document would take longer than inflating it.
    static INFLATER: RefCell<Decompress> = RefCell::new(Decompress::new(true));
}

fn inflate_all(compressed: &[u8], zlib_header: bool, damaged: EnvelopeError) -> Result<Vec<u8>, EnvelopeError> {
    INFLATER.with_borrow_mut(|stream| {
        stream.reset(zlib_header);
        inflate_with(stream, compressed, damaged)
    })
}

fn inflate_with(stream: &mut Decompress, compressed: &[u8], damaged: EnvelopeError) -> Result<Vec<u8>, EnvelopeError> {
    let mut out = Vec::with_capacity(compressed.len().saturating_mul(4).clamp(256, 16 * 1024));
    loop {
        let consumed = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let rest = compressed.get(consumed..).unwrap_or_default();
        let before = (consumed, out.len());
        let status = stream
            .decompress_vec(rest, &mut out, FlushDecompress::None)
            .map_err(|_| damaged)?;
        let consumed = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        if out.len() > MAX_INFLATED {
            return Err(EnvelopeError::TooLarge);
        }
        match status {
            Status::StreamEnd if consumed == compressed.len() => return Ok(out),
            Status::StreamEnd => return Err(damaged),
            _ if out.len() == out.capacity() => out.reserve(out.len()),
            // Room is left and neither side moved: the stream was cut off.
            _ if before == (consumed, out.len()) => return Err(damaged),
            _ => {}
        }
    }
}

/// Compresses `content` with zlib.
#[must_use]
pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing into a vector has no way to fail; were it to, the empty result would be
    // refused by every reader.
    if encoder.write_all(content).is_err() {
        return Vec::new();
    }
    encoder.finish().unwrap_or_default()
}

/// Puts all three layers around `content`: the text that goes into a symbol.
#[must_use]
pub fn wrap(prefix: &str, content: &[u8]) -> String {
    format!("{prefix}{}", ::base45::encode(deflate(content)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_rfc_9285_decodes() {
        assert_eq!(decode_base45("%69 VD92EX0").unwrap(), b"Hello!!");
    }

    #[test]
    fn a_final_pair_above_255_is_refused() {
        // 44 + 44 * 45 = 2,024, which is no byte.
        assert_eq!(decode_base45("::"), Err(EnvelopeError::Base45));
        assert_eq!(decode_base45("U5").unwrap(), [255]);
        assert_eq!(decode_base45("V5"), Err(EnvelopeError::Base45));
    }

    #[test]
    fn a_triple_above_65535_is_refused() {
        assert_eq!(decode_base45("FGW").unwrap(), [255, 255]);
        assert_eq!(decode_base45("GGW"), Err(EnvelopeError::Base45));
    }

    #[test]
    fn white_space_around_a_text_does_no_harm() {
        let text = wrap("AB1:", b"content");
        let around = format!("\r\n \t{text} \n");
        assert_eq!(split_prefix(&around), split_prefix(&text));
    }

    #[test]
    fn a_bomb_is_stopped_at_the_cap() {
        let bomb = deflate(&vec![0; 64 * MAX_INFLATED]);
        assert!(bomb.len() < 20 * 1024);
        assert_eq!(inflate(&bomb), Err(EnvelopeError::TooLarge));
        let just = vec![7; MAX_INFLATED];
        assert_eq!(inflate(&deflate(&just)).unwrap(), just);
    }

    #[test]
    fn a_cut_or_lengthened_stream_is_refused() {
        let whole = deflate(b"one two three, one two three");
        for end in 0..whole.len() {
            assert_eq!(inflate(&whole[..end]), Err(EnvelopeError::Zlib), "{end}");
        }
        let longer = [whole.as_slice(), b"!"].concat();
        assert_eq!(inflate(&longer), Err(EnvelopeError::Zlib));
    }

    #[test]
    fn a_raw_stream_is_held_to_the_same_rules() {
        let raw = |content: &[u8]| {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        };
        let whole = raw(b"one two three, one two three");
        assert_eq!(inflate_raw(&whole).unwrap(), b"one two three, one two three");
        assert_eq!(inflate_raw(&whole[..whole.len() - 1]), Err(EnvelopeError::Deflate));
        assert_eq!(
            inflate_raw(&[whole.as_slice(), b"!"].concat()),
            Err(EnvelopeError::Deflate)
        );
        assert_eq!(
            inflate_raw(&deflate(b"with a zlib header")),
            Err(EnvelopeError::Deflate)
        );
        assert_eq!(
            inflate_raw(&raw(&vec![0; 64 * MAX_INFLATED])),
            Err(EnvelopeError::TooLarge)
        );
    }

    #[test]
    fn a_text_beyond_16_kib_is_refused() {
        let long = format!("AB1:{}", "A".repeat(MAX_TEXT));
        assert_eq!(split_prefix(&long), Err(EnvelopeError::TooLong));
    }

    proptest! {
        #[test]
        fn what_was_wrapped_comes_out_again(content in prop::collection::vec(any::<u8>(), 0..3000)) {
            let text = wrap("AB1:", &content);
            prop_assert_eq!(text.trim(), text.as_str());
            let (prefix, rest) = split_prefix(&text).unwrap();
            prop_assert_eq!(prefix, Prefix::Anban);
            prop_assert_eq!(inflate(&decode_base45(rest).unwrap()).unwrap(), content);
        }

        #[test]
        fn no_text_that_differs_is_decoded_to_the_same(text in "[0-9A-Z $%*+./:-]{0,12}") {
            if let Ok(bytes) = decode_base45(&text) {
                prop_assert_eq!(::base45::encode(&bytes), text);
            }
        }

        #[test]
        fn what_was_inflated_before_leaves_no_trace(
            before in prop::collection::vec(any::<u8>(), 0..200),
            raw in any::<bool>(),
            content in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let _ = if raw { inflate_raw(&before) } else { inflate(&before) };
            prop_assert_eq!(inflate(&deflate(&content)).unwrap(), content);
        }

        #[test]
        fn no_bytes_make_inflating_panic(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            for out in [inflate(&bytes), inflate_raw(&bytes)].into_iter().flatten() {
                prop_assert!(out.len() <= MAX_INFLATED);
            }
        }
    }
}
