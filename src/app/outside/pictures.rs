//! Reading the codes in a picture.
//!
//! A picture is hostile until it is decoded: its size is capped before it is unpacked. QR codes are looked for with
//! `rqrr`, which finds small and tilted ones, then every kind of symbol with `rxing`; large photographs are also tried
//! at a smaller size, where noise is gone. Where nothing is found, Aztec codes away from the middle are looked for.

use std::io::Cursor;

use anban_core::effect::{FileTrouble, ReadCode};
use anban_core::symbol::Symbology;
use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageReader, Limits, RgbImage};
use rxing::RXingResult;

use super::aztec;

/// The longest side of a picture, in pixels, and the most memory that unpacking it may take, in bytes.
const LONGEST_SIDE: u32 = 12_000;
const MOST_MEMORY: u64 = 256 << 20;
/// Pictures larger than this are made smaller first, in pixels.
const LARGE: u32 = 2_000;
/// The most codes that are taken from one picture.
const MOST_CODES: usize = 16;

/// Whether these bytes begin like a picture.
#[must_use]
pub fn is_picture(bytes: &[u8]) -> bool {
    image::guess_format(bytes).is_ok()
}

/// The codes in a picture; none is no error.
///
/// # Errors
/// When it is damaged, of a kind that isn't known, or larger than any photograph.
pub fn codes(bytes: &[u8]) -> Result<Vec<ReadCode>, FileTrouble> {
    let picture = decode(bytes)?;
    let large = picture.width().max(picture.height()) > LARGE;
    let smaller = large.then(|| on_white(&picture.thumbnail(LARGE, LARGE)));
    let whole = on_white(&picture);
    let sizes = || smaller.iter().chain([&whole]);
    let mut found = sizes().map(in_luma).chain(sizes().map(aztec::codes));
    Ok(found.find(|codes| !codes.is_empty()).unwrap_or_default())
}

/// A picture in grey.
///
/// # Errors
/// As [`codes`].
pub fn grey(bytes: &[u8]) -> Result<GrayImage, FileTrouble> {
    decode(bytes).map(|picture| on_white(&picture))
}

/// A picture in its colours.
///
/// # Errors
/// As [`codes`].
pub fn colours(bytes: &[u8]) -> Result<RgbImage, FileTrouble> {
    decode(bytes).map(|picture| picture.to_rgb8())
}

/// A picture, turned as it is to be looked at.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, FileTrouble> {
    let trouble = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => FileTrouble::TooLarge,
        _ => FileTrouble::WrongKind,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| FileTrouble::WrongKind)?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(trouble)?;
    let orientation = decoder.orientation().map_err(trouble)?;
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(FileTrouble::TooLarge);
    }
    let mut picture = DynamicImage::from_decoder(decoder).map_err(trouble)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Grey, with what is transparent shown as white paper: black on nothing would be black on black.
fn on_white(picture: &DynamicImage) -> GrayImage {
    let pixels = picture.to_luma_alpha8();
    GrayImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [luma, alpha] = pixels.get_pixel(x, y).0;
        let blended = (u16::from(luma) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
        image::Luma([u8::try_from(blended).unwrap_or(u8::MAX)])
    })
}

/// The QR codes in a picture in grey: the quick way, for the frames of a camera.
#[must_use]
pub fn qr_codes(luma: &GrayImage) -> Vec<ReadCode> {
    let (width, height) = (luma.width() as usize, luma.height() as usize);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        luma.as_raw().get(y * width + x).copied().unwrap_or(u8::MAX)
    });
    prepared
        .detect_grids()
        .into_iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| ReadCode {
            symbology: Symbology::Qr,
            text,
        })
        .take(MOST_CODES)
        .collect()
}

fn in_luma(luma: &GrayImage) -> Vec<ReadCode> {
    let codes = qr_codes(luma);
    if !codes.is_empty() {
        return codes;
    }
    let found = rxing::helpers::detect_multiple_in_luma(luma.as_raw().clone(), luma.width(), luma.height());
    found
        .unwrap_or_default()
        .iter()
        .filter_map(code)
        .take(MOST_CODES)
        .collect()
}

/// What `rxing` has read, if it is of a kind that is shown here.
pub(super) fn code(result: &RXingResult) -> Option<ReadCode> {
    Some(ReadCode {
        symbology: Symbology::from_format(*result.getBarcodeFormat())?,
        text: result.getText().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use anban_core::symbol;

    use super::*;

    fn picture(symbology: Symbology, text: &str, scale: u32) -> Vec<u8> {
        let modules = symbol::encode(symbology, text).unwrap();
        let rows = if modules.height == 1 { 30 } else { modules.height };
        let quiet = modules.quiet_zone;
        let dark = |x: u32, y: u32| {
            let (x, y) = ((x / scale).checked_sub(quiet)?, (y / scale).checked_sub(quiet)?);
            let y = if modules.height == 1 { 0 } else { y };
            (x < modules.width && y < rows).then(|| modules.dark.get((y * modules.width + x) as usize).copied())?
        };
        let (width, height) = ((modules.width + 2 * quiet) * scale, (rows + 2 * quiet) * scale);
        let luma = GrayImage::from_fn(width, height, |x, y| {
            image::Luma([if dark(x, y) == Some(true) { 0 } else { 255 }])
        });
        let mut bytes = Cursor::new(Vec::new());
        luma.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn codes_of_several_kinds_are_found() {
        for (symbology, text) in [
            (Symbology::Qr, "HC1:NCFOXN"),
            (Symbology::Code128, "62170000"),
            (Symbology::Aztec, "M1ANBAN"),
        ] {
            let found = codes(&picture(symbology, text, 4)).unwrap();
            assert_eq!(
                found,
                [ReadCode {
                    symbology,
                    text: text.to_owned()
                }]
            );
        }
    }

    #[test]
    fn a_picture_without_a_code_has_none() {
        let mut bytes = Cursor::new(Vec::new());
        GrayImage::from_pixel(200, 200, image::Luma([200]))
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        assert_eq!(codes(&bytes.into_inner()), Ok(Vec::new()));
    }

    #[test]
    fn a_picture_that_is_cut_off_is_refused() {
        let whole = picture(Symbology::Qr, "HC1:NCFOXN", 4);
        assert_eq!(codes(&whole[..whole.len() / 2]), Err(FileTrouble::WrongKind));
    }
}
