//! PDF417 (ISO/IEC 15438), no wider than a telephone.
//!
//! The library's writer turns a symbol that is higher than wide on its side, where it is too wide for a telephone, so
//! its rows are made here of what its encoder says.

use rxing::common::CharacterSet;
use rxing::pdf417::encoder::PDF417;

use super::{Modules, Symbology};

/// Columns of codewords: 12 of 17 modules, and 69 for the marks at both sides, fit a telephone.
const MOST_COLUMNS: u32 = 12;
const ROWS: std::ops::RangeInclusive<u32> = 3..=90;
/// Modules that a row is high: the least that the standard allows.
const ROW_HEIGHT: usize = 3;

/// Draws a text; `None` if it does not fit.
pub(super) fn encode(text: &str) -> Option<Modules> {
    let mut encoder = PDF417::new();
    encoder.setDimensions(MOST_COLUMNS, 1, *ROWS.end(), *ROWS.start());
    if text.chars().any(|letter| u32::from(letter) > 0xff) {
        encoder.setEncoding(Some(CharacterSet::UTF8));
    }
    // As strong as the standard recommends for so many codewords; a text that has no room for that gets less.
    let wanted = match text.len() {
        0..=60 => 2,
        61..=240 => 3,
        241..=480 => 4,
        _ => 5,
    };
    (0..=wanted).rev().find_map(|level| {
        encoder.generateBarcodeLogicWithAutoECI(text, level, false).ok()?;
        let rows = encoder.getBarcodeMatrix().as_ref()?.getScaledMatrix(1, ROW_HEIGHT);
        Some(Modules {
            width: u32::try_from(rows.first()?.len()).ok()?,
            height: u32::try_from(rows.len()).ok()?,
            // The library's rows go from the bottom to the top.
            dark: rows.iter().rev().flatten().map(|&module| module == 1).collect(),
            quiet_zone: Symbology::Pdf417.quiet_zone(),
        })
    })
}
