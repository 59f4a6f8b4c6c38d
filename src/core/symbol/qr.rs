//! QR codes (ISO/IEC 18004), with the fewest modules that hold a text.
//!
//! The fewer modules, the larger each is where the code is shown, and the further away and the worse lit it is read. So
//! a text is cut into segments, each in the densest mode that holds it: base45 in alphanumeric mode, a SMART Health Card
//! as its framework wants it, `shc:/` in byte mode and the digits behind it in numeric mode.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, QrResult, Version};

use super::{Modules, Symbology};

/// The largest version with error correction M. A text that needs more has L: at the size of a telephone larger modules
/// are worth more than that. It is also the largest that SMART Health Cards may have, and their longest symbol fits
/// into it with L.
const LARGEST_WITH_M: i16 = 22;
const LARGEST: i16 = 40;

/// The number by which a symbol says that its bytes are UTF-8 (AIM ECI 26).
const UTF_8: u32 = 26;

/// Draws a text; `None` if it is too long for any version.
pub(super) fn encode(text: &str) -> Option<Modules> {
    let code = chosen(text)?;
    let side = u32::try_from(code.width()).ok()?;
    Some(Modules {
        width: side,
        height: side,
        dark: code.to_colors().into_iter().map(|color| color == Color::Dark).collect(),
        quiet_zone: Symbology::Qr.quiet_zone(),
    })
}

/// The smallest version, and the strongest error correction that costs no larger one.
fn chosen(text: &str) -> Option<QrCode> {
    let version = smallest(text, EcLevel::M, LARGEST_WITH_M).or_else(|| smallest(text, EcLevel::L, LARGEST))?;
    [EcLevel::H, EcLevel::Q, EcLevel::M, EcLevel::L]
        .into_iter()
        .find_map(|level| QrCode::with_bits(bits(text, version, level).ok()?, level).ok())
}

fn smallest(text: &str, level: EcLevel, largest: i16) -> Option<Version> {
    let versions: Vec<Version> = (1..=largest).map(Version::Normal).collect();
    let first = versions.partition_point(|&version| bits(text, version, level).is_err());
    versions.get(first).copied()
}

/// The text in segments, and the end of all; an error if the version has no room for it at this level.
fn bits(text: &str, version: Version, level: EcLevel) -> QrResult<Bits> {
    let mut bits = Bits::new(version);
    let latin: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
    match latin {
        // Letters beyond ASCII are not left to the optimiser: it takes pairs of their bytes for Japanese.
        Some(latin) if latin.is_ascii() => bits.push_optimal_data(&latin)?,
        // Bytes are Latin-1 where nothing else is said, and gates rely on it.
        Some(latin) => bits.push_byte_data(&latin)?,
        None => {
            bits.push_eci_designator(UTF_8)?;
            bits.push_byte_data(text.as_bytes())?;
        }
    }
    bits.push_terminator(level)?;
    Ok(bits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    /// Takes numbers of so many bits off the front of a symbol's content.
    struct Reader {
        bytes: Vec<u8>,
        at: usize,
    }

    impl Reader {
        fn of(text: &str) -> (Self, i16) {
            let code = chosen(text).unwrap();
            let version = code.version();
            let bytes = bits(text, version, code.error_correction_level()).unwrap().into_bytes();
            let Version::Normal(number) = version else {
                panic!("a micro code");
            };
            (Self { bytes, at: 0 }, number)
        }

        fn take(&mut self, count: usize) -> usize {
            let bit = |at: usize| usize::from(self.bytes[at / 8] >> (7 - at % 8) & 1);
            let number = (self.at..self.at + count).fold(0, |sum, at| sum << 1 | bit(at));
            self.at += count;
            number
        }
    }

    const NUMERIC: usize = 0b0001;
    const ALPHANUMERIC: usize = 0b0010;
    const BYTE: usize = 0b0100;

    fn card(digits: usize) -> String {
        let digits: String = (0..digits).map(|at| char::from(b'0' + (at * 7 % 10) as u8)).collect();
        format!("shc:/{digits}")
    }

    #[test]
    fn a_health_card_is_a_byte_segment_and_a_numeric_one() {
        let (mut content, version) = Reader::of(&card(1_200));
        assert!((10..=26).contains(&version), "{version}");
        assert_eq!((content.take(4), content.take(16)), (BYTE, 5));
        let prefix: Vec<u8> = (0..5).map(|_| content.take(8) as u8).collect();
        assert_eq!(prefix, b"shc:/");
        assert_eq!((content.take(4), content.take(12)), (NUMERIC, 1_200));
        content.take(10 * 400);
        assert_eq!(content.take(4), 0, "nothing comes behind the digits");
    }

    #[test]
    fn the_longest_health_card_in_one_symbol_has_version_22() {
        // 1,195 characters of a JWS, two digits each, and no more.
        assert_eq!(chosen(&card(2_390)).unwrap().version(), Version::Normal(22));
        assert_eq!(chosen(&card(2_390)).unwrap().error_correction_level(), EcLevel::L);
    }

    #[test]
    fn base45_is_in_alphanumeric_mode() {
        let text = format!("AB1:{}", "NCFOXN%TS$H3 ZS*+/".repeat(20));
        let (mut content, version) = Reader::of(&text);
        assert!((10..=26).contains(&version), "{version}");
        assert_eq!((content.take(4), content.take(11)), (ALPHANUMERIC, 364));
        assert!(chosen(&text.to_lowercase()).unwrap().width() > chosen(&text).unwrap().width());
    }

    #[test]
    fn error_correction_takes_the_room_that_is_left() {
        // Version 1 holds 25 characters with L, 20 with M, 16 with Q and 10 with H.
        let level = |length: usize| {
            let code = chosen(&"A".repeat(length)).unwrap();
            (code.version(), code.error_correction_level())
        };
        assert_eq!(level(10), (Version::Normal(1), EcLevel::H));
        assert_eq!(level(16), (Version::Normal(1), EcLevel::Q));
        assert_eq!(level(20), (Version::Normal(1), EcLevel::M));
        // Never L where M fits into version 22.
        assert_eq!(level(21), (Version::Normal(2), EcLevel::Q));
        assert_eq!(level(4_296), (Version::Normal(40), EcLevel::L));
        assert!(chosen(&"A".repeat(4_297)).is_none());
    }
}
