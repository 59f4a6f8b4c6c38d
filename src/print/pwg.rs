//! Sheets as PWG Raster (PWG 5102.4), the format that every printer without a driver takes, also
//! one that knows no PDF (IPP Everywhere, PWG 5100.14, requires it, and of it grey in eight bits).
//!
//! A file is a word, and for each page a header of fixed length and the rows from the top. A row
//! that comes several times is said once, and in a row, a pixel that comes several times.

use crate::{Bitmap, PrintError};

/// The first bytes: raster, second version, big endian.
const SYNC: &[u8; 4] = b"RaS2";
/// The length of a page's header.
const HEADER: usize = 1796;
/// `ColorSpace`: grey as sRGB has it, 0 black and 255 white.
const SGRAY: u32 = 18;
/// The longest run that one byte can count.
const RUN: usize = 128;
/// The most equal rows that one byte can count.
const ROWS: usize = 256;
/// The most pages of one job.
const MAX_PAGES: usize = 50;

/// The bytes of these pages, with so many dots an inch in both directions.
///
/// # Errors
/// [`PrintError::NothingToPrint`] without a page or with an empty one, [`PrintError::TooLong`] for
/// more than fifty.
pub(crate) fn encode(pages: &[Bitmap], dots_per_inch: u32) -> Result<Vec<u8>, PrintError> {
    if pages.is_empty() || dots_per_inch == 0 {
        return Err(PrintError::NothingToPrint);
    }
    if pages.len() > MAX_PAGES {
        return Err(PrintError::TooLong);
    }
    let mut bytes = SYNC.to_vec();
    for page in pages {
        let stride = page.row_bytes();
        if page.width == 0 || page.height == 0 || page.rows.len() != stride * page.height {
            return Err(PrintError::NothingToPrint);
        }
        bytes.extend(header(page, dots_per_inch, pages.len())?);
        let mut rows = page.rows.chunks(stride).peekable();
        while let Some(row) = rows.next() {
            let mut again = 0;
            while again < ROWS - 1 && rows.next_if_eq(&row).is_some() {
                again += 1;
            }
            bytes.push(again as u8);
            runs(row, page.width, &mut bytes);
        }
    }
    Ok(bytes)
}

/// A row as runs of equal pixels: the number of repetitions, then the pixel.
fn runs(row: &[u8], width: usize, bytes: &mut Vec<u8>) {
    let is_black = |x: usize| row.get(x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0);
    let mut x = 0;
    while x < width {
        let black = is_black(x);
        let length = (x..width).take(RUN).take_while(|x| is_black(*x) == black).count();
        bytes.extend([(length - 1) as u8, if black { 0 } else { 0xff }]);
        x += length;
    }
}

/// A page's header: numbers at fixed places, everything else zero.
fn header(page: &Bitmap, dots_per_inch: u32, pages: usize) -> Result<Vec<u8>, PrintError> {
    let number = |number: usize| u32::try_from(number).map_err(|_| PrintError::TooLong);
    let (width, height) = (number(page.width)?, number(page.height)?);
    let points = |dots: u32| ((f64::from(dots) * 72.0 / f64::from(dots_per_inch)).round()) as u32;
    let mut header = vec![0; HEADER];
    header[..10].copy_from_slice(b"PwgRaster\0");
    for (place, value) in [
        (276, dots_per_inch),  // HWResolution, across
        (280, dots_per_inch),  // HWResolution, along
        (340, 1),              // NumCopies
        (352, points(width)),  // PageSize
        (356, points(height)), // PageSize
        (372, width),          // Width
        (376, height),         // Height
        (384, 8),              // BitsPerColor
        (388, 8),              // BitsPerPixel
        (392, width),          // BytesPerLine
        (400, SGRAY),          // ColorSpace
        (420, 1),              // NumColors
        (452, number(pages)?), // TotalPageCount
        (456, 1),              // CrossFeedTransform
        (460, 1),              // FeedTransform
        (472, width),          // ImageBoxRight
        (476, height),         // ImageBoxBottom
        (480, 0x00ff_ffff),    // AlternatePrimary
    ] {
        header[place..place + 4].copy_from_slice(&value.to_be_bytes());
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    /// The rows of the only page, undone by the rules of PWG 5102.4, section 4.4.
    fn decode(bytes: &[u8], width: usize) -> Vec<Vec<bool>> {
        let mut rest = &bytes[4 + HEADER..];
        let mut rows = Vec::new();
        while let Some((again, after)) = rest.split_first() {
            rest = after;
            let mut row = Vec::new();
            while row.len() < width {
                let (count, after) = rest.split_first().unwrap();
                assert!(*count < 128, "only repetitions are written");
                let (pixel, after) = after.split_first().unwrap();
                row.extend(std::iter::repeat_n(*pixel == 0, usize::from(*count) + 1));
                rest = after;
            }
            assert_eq!(row.len(), width);
            rows.extend(std::iter::repeat_n(row, usize::from(*again) + 1));
        }
        rows
    }

    #[test]
    fn a_white_page_is_a_few_bytes_and_says_its_size() {
        // A4 at 300 dots an inch.
        let page = Bitmap::white(2480, 3508).unwrap();
        let bytes = encode(&[page], 300).unwrap();
        assert!(bytes.len() < 4 + HEADER + 1000, "{}", bytes.len());
        assert_eq!(&bytes[..14], b"RaS2PwgRaster\0");
        let number = |at: usize| u32::from_be_bytes(bytes[4 + at..8 + at].try_into().unwrap());
        assert_eq!((number(352), number(356)), (595, 842));
        assert_eq!((number(372), number(376), number(392)), (2480, 3508, 2480));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        let page = Bitmap::white(8, 8).unwrap();
        assert!(matches!(encode(&[], 300), Err(PrintError::NothingToPrint)));
        assert!(matches!(
            encode(&[Bitmap::white(0, 8).unwrap()], 300),
            Err(PrintError::NothingToPrint)
        ));
        assert!(matches!(encode(&vec![page; 51], 300), Err(PrintError::TooLong)));
    }

    proptest! {
        #[test]
        fn every_dot_comes_back(
            width in 1..600_usize,
            rows in prop::collection::vec((any::<u8>(), 1..300_usize), 1..5),
        ) {
            let height = rows.iter().map(|(_, times)| times).sum();
            let mut page = Bitmap::white(width, height).unwrap();
            let mut y = 0;
            for (pattern, times) in rows {
                for _ in 0..times {
                    for x in (0..width).filter(|x| pattern & (1 << (x % 7)) != 0) {
                        page.blacken(x, y);
                    }
                    y += 1;
                }
            }
            let decoded = decode(&encode(std::slice::from_ref(&page), 300).unwrap(), width);
            prop_assert_eq!(decoded.len(), height);
            for (y, row) in decoded.iter().enumerate() {
                for (x, black) in row.iter().enumerate() {
                    prop_assert_eq!(*black, page.is_black(x, y));
                }
            }
        }
    }
}
