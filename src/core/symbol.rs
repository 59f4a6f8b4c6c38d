//! The symbols that scanners read: from a text to dark and light modules.
//!
//! Drawn the same way on the screen and on paper, so it is made here once. QR codes are made in [`qr`] and have a quiet
//! zone of four modules (ISO/IEC 18004), PDF417 in [`pdf417`]; the linear ones have ten modules on each side (ISO/IEC
//! 15417 for Code 128). What a kind can't hold is refused, and so that nothing is drawn that nobody can read, there is
//! [`on_a_telephone`].
//!
//! Letters are Latin-1 where a code says nothing else, as issuers of tickets and gates have it; a text that has others
//! is UTF-8 and says so (an ECI, AIM ITS/04-023).

use rxing::datamatrix::encoder::SymbolShapeHint;
use rxing::{BarcodeFormat, EncodeHints, MultiFormatWriter, Writer};
use serde::{Deserialize, Serialize};

pub mod check;
mod pdf417;
mod qr;

/// Kinds of symbols that cards and documents carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Symbology {
    /// QR Code, ISO/IEC 18004.
    Qr,
    /// Aztec Code, ISO/IEC 24778.
    Aztec,
    /// Data Matrix, ISO/IEC 16022.
    DataMatrix,
    /// PDF417, ISO/IEC 15438.
    Pdf417,
    /// Code 128, ISO/IEC 15417.
    Code128,
    /// Code 39, ISO/IEC 16388.
    Code39,
    /// EAN-13, ISO/IEC 15420.
    Ean13,
    /// EAN-8, ISO/IEC 15420.
    Ean8,
    /// UPC-A, ISO/IEC 15420.
    UpcA,
    /// UPC-E, ISO/IEC 15420.
    UpcE,
    /// Interleaved 2 of 5, ISO/IEC 16390.
    Itf,
    /// Code 93, AIM USS-93.
    Code93,
    /// Codabar.
    Codabar,
}

/// The most characters of any symbol: QR holds 4,296 alphanumeric ones.
pub const LONGEST_TEXT: usize = 4_296;

impl Symbology {
    fn format(self) -> BarcodeFormat {
        match self {
            Self::Qr => BarcodeFormat::QR_CODE,
            Self::Aztec => BarcodeFormat::AZTEC,
            Self::DataMatrix => BarcodeFormat::DATA_MATRIX,
            Self::Pdf417 => BarcodeFormat::PDF_417,
            Self::Code128 => BarcodeFormat::CODE_128,
            Self::Code39 => BarcodeFormat::CODE_39,
            Self::Ean13 => BarcodeFormat::EAN_13,
            Self::Ean8 => BarcodeFormat::EAN_8,
            Self::UpcA => BarcodeFormat::UPC_A,
            Self::UpcE => BarcodeFormat::UPC_E,
            Self::Code93 => BarcodeFormat::CODE_93,
            Self::Itf => BarcodeFormat::ITF,
            Self::Codabar => BarcodeFormat::CODABAR,
        }
    }

    /// The kind that a reader reported; `None` for one that is not shown here.
    #[must_use]
    pub fn from_format(format: BarcodeFormat) -> Option<Self> {
        Some(match format {
            BarcodeFormat::QR_CODE => Self::Qr,
            BarcodeFormat::AZTEC => Self::Aztec,
            BarcodeFormat::DATA_MATRIX => Self::DataMatrix,
            BarcodeFormat::PDF_417 => Self::Pdf417,
            BarcodeFormat::CODE_128 => Self::Code128,
            BarcodeFormat::CODE_39 => Self::Code39,
            BarcodeFormat::EAN_13 => Self::Ean13,
            BarcodeFormat::EAN_8 => Self::Ean8,
            BarcodeFormat::UPC_A => Self::UpcA,
            BarcodeFormat::UPC_E => Self::UpcE,
            BarcodeFormat::CODE_93 => Self::Code93,
            BarcodeFormat::ITF => Self::Itf,
            BarcodeFormat::CODABAR => Self::Codabar,
            _ => return None,
        })
    }

    /// Whether it is a row of bars and not an area.
    #[must_use]
    pub fn is_linear(self) -> bool {
        !matches!(self, Self::Qr | Self::Aztec | Self::DataMatrix | Self::Pdf417)
    }

    /// The light margin that a scanner needs, in modules on each side.
    #[must_use]
    pub fn quiet_zone(self) -> u32 {
        match self {
            Self::Aztec | Self::DataMatrix | Self::Pdf417 => 2,
            Self::Qr => 4,
            _ => 10,
        }
    }
}

/// Dark and light modules, without the quiet zone. A linear symbol has one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// Modules in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Row by row; `true` is dark.
    pub dark: Vec<bool>,
    /// The light margin on each side, in modules.
    pub quiet_zone: u32,
}

/// Why a text can't be drawn as a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// Characters, a length or a check digit that this kind does not have.
    #[error("this text does not fit this kind of code: choose another kind, or check the number")]
    NotHeld,
    /// It can be printed, but a telephone's screen is too narrow for it.
    #[error("this code is too wide for a telephone: print it, or show the number")]
    TooWide,
}

/// The most modules side by side, with the quiet zone, of which a telephone of 360 units can show each with one unit.
/// What is narrower than that no scanner tells apart.
pub const MOST_ON_A_TELEPHONE: u32 = 298;

/// The same as [`encode`] for what is held under a scanner.
///
/// # Errors
/// As [`encode`], and [`SymbolError::TooWide`] where a telephone can't show it.
pub fn on_a_telephone(symbology: Symbology, text: &str) -> Result<Modules, SymbolError> {
    let modules = encode(symbology, text)?;
    if modules.width + 2 * modules.quiet_zone > MOST_ON_A_TELEPHONE {
        return Err(SymbolError::TooWide);
    }
    Ok(modules)
}

/// Draws `text` as a symbol.
///
/// # Errors
/// [`SymbolError::NotHeld`] when the symbology can't hold the text: too long, or characters or a check digit that it
/// does not allow.
pub fn encode(symbology: Symbology, text: &str) -> Result<Modules, SymbolError> {
    if text.is_empty() || text.len() > LONGEST_TEXT || !check::holds(symbology, text) {
        return Err(SymbolError::NotHeld);
    }
    match symbology {
        Symbology::Qr => return qr::encode(text).ok_or(SymbolError::NotHeld),
        Symbology::Pdf417 => return pdf417::encode(text).ok_or(SymbolError::NotHeld),
        _ => {}
    }
    let beyond_latin = text.chars().any(|letter| u32::from(letter) > 0xff);
    let hints = EncodeHints {
        Margin: Some("0".to_owned()),
        CharacterSet: beyond_latin.then(|| "UTF-8".to_owned()),
        // Only this way of putting letters into a Data Matrix knows others than Latin-1.
        DataMatrixCompact: beyond_latin.then_some(true),
        DataMatrixShape: Some(SymbolShapeHint::FORCE_SQUARE),
        ..EncodeHints::default()
    };
    // The smallest symbol is asked for: one module is one dot, and whoever draws it scales it.
    let bits = MultiFormatWriter
        .encode_with_hints(text, &symbology.format(), 0, 0, &hints)
        .map_err(|_| SymbolError::NotHeld)?;
    let modules = trimmed(&bits).ok_or(SymbolError::NotHeld)?;
    let rows = if symbology.is_linear() { 1 } else { modules.1 };
    Ok(Modules {
        width: modules.0,
        height: rows,
        dark: modules.2.into_iter().take(modules.0 as usize * rows as usize).collect(),
        quiet_zone: symbology.quiet_zone(),
    })
}

/// Cuts off the margins that some encoders add even when asked for none, and reduces blocks of equal dots to modules.
fn trimmed(bits: &rxing::common::BitMatrix) -> Option<(u32, u32, Vec<bool>)> {
    let (wide, high) = (bits.getWidth(), bits.getHeight());
    let dark = |x: u32, y: u32| bits.get(x, y);
    let left = (0..wide).find(|&x| (0..high).any(|y| dark(x, y)))?;
    let right = (0..wide).rev().find(|&x| (0..high).any(|y| dark(x, y)))?;
    let top = (0..high).find(|&y| (0..wide).any(|x| dark(x, y)))?;
    let bottom = (0..high).rev().find(|&y| (0..wide).any(|x| dark(x, y)))?;
    let (width, height) = (right - left + 1, bottom - top + 1);
    let dark = (top..=bottom)
        .flat_map(|y| (left..=right).map(move |x| (x, y)))
        .map(|(x, y)| dark(x, y))
        .collect();
    Some((width, height, dark))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use rxing::common::HybridBinarizer;
    use rxing::{BinaryBitmap, Luma8LuminanceSource, MultiFormatReader, Reader};

    use super::*;

    /// Draws the modules with their quiet zone, several dots a module, and reads them with rxing's own reader.
    fn read_back(modules: &Modules) -> (String, BarcodeFormat) {
        let (scale, quiet) = (4, modules.quiet_zone);
        let rows = if modules.height == 1 { 20 } else { modules.height };
        let (width, height) = ((modules.width + 2 * quiet) * scale, (rows + 2 * quiet) * scale);
        let luma = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| {
                let (x, y) = ((x / scale).checked_sub(quiet), (y / scale).checked_sub(quiet));
                let (Some(x), Some(y)) = (x, y) else { return 255 };
                if x >= modules.width || y >= rows {
                    return 255;
                }
                let y = if modules.height == 1 { 0 } else { y };
                if modules.dark[(y * modules.width + x) as usize] {
                    0
                } else {
                    255
                }
            })
            .collect();
        let source = Luma8LuminanceSource::new(luma, width, height).unwrap();
        let result = MultiFormatReader::default()
            .decode(&mut BinaryBitmap::new(HybridBinarizer::new(source)))
            .unwrap();
        (result.getText().to_owned(), *result.getBarcodeFormat())
    }

    #[test]
    fn every_symbology_is_read_back_as_it_was_written() {
        for (symbology, text) in [
            (Symbology::Qr, "AB1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH"),
            (Symbology::Aztec, "M1ANBAN/TEST"),
            (Symbology::DataMatrix, "AB-12345"),
            (Symbology::Pdf417, "M1DESMARAIS/LUC       EABC123 YULFRAAC"),
            (Symbology::Code128, "6217000012345678"),
            (Symbology::Code39, "ANBAN 39"),
            (Symbology::Ean13, "6901234567892"),
            (Symbology::Ean8, "96385074"),
            (Symbology::Itf, "00012345678905"),
        ] {
            let (read, format) = read_back(&encode(symbology, text).unwrap());
            assert_eq!((read.as_str(), Symbology::from_format(format)), (text, Some(symbology)));
        }
    }

    #[test]
    fn a_text_that_does_not_fit_is_refused() {
        assert!(encode(Symbology::Ean13, "12").is_err());
        assert!(encode(Symbology::Qr, "").is_err());
        assert!(encode(Symbology::Qr, &"x".repeat(LONGEST_TEXT + 1)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_an_encoder_panic(text in ".{0,80}") {
            for symbology in [Symbology::Qr, Symbology::Aztec, Symbology::Code128, Symbology::Pdf417, Symbology::DataMatrix] {
                let _ = encode(symbology, &text);
            }
        }
    }
}
