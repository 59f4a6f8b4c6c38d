//! Photographs of cards: upright, no larger than is needed to read them, and with nothing in them but the picture.
//!
//! A telephone's camera writes where and when a picture was taken, and which way up it was held. What is kept is drawn
//! anew the right way up, as JPEG, with at most [`LONGEST_SIDE`] pixels to a side and about [`MOST_BYTES`] bytes. A
//! picture that is so already, because it comes out of a wallet's own file, is kept as it is.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::{Duration, Instant};

use anban_core::effect::FileTrouble;
use anban_core::wallet::archive::Archive;
use anban_core::wallet::import::{Pictures, picture_names};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::pictures;

/// The longest side of what is kept, in pixels: 18 pixels to the millimetre of a card.
const LONGEST_SIDE: u32 = 1_600;
/// About the most bytes of what is kept.
const MOST_BYTES: usize = 300 << 10;
/// The most of an archive: as many pictures, each of so many bytes, and altogether so long.
pub(super) const MOST_PICTURES: usize = 2_000;
const LONGEST_PICTURE: u64 = 20 << 20;
const LONGEST_WORK: Duration = Duration::from_secs(60);

/// Makes a picture what is kept of it.
///
/// # Errors
/// When it is damaged, of a kind that isn't known, or larger than any photograph.
pub fn small(bytes: &[u8]) -> Result<Vec<u8>, FileTrouble> {
    let picture = pictures::decode(bytes)?;
    let fits = picture.width().max(picture.height()) <= LONGEST_SIDE;
    if fits && bytes.len() <= MOST_BYTES && is_bare_jpeg(bytes) {
        return Ok(bytes.to_vec());
    }
    drawn(&picture)
}

/// The same of a picture that was taken just now.
///
/// # Errors
/// When it can't be written.
pub fn drawn(picture: &DynamicImage) -> Result<Vec<u8>, FileTrouble> {
    let mut side = LONGEST_SIDE;
    loop {
        let smaller = if picture.width().max(picture.height()) > side {
            picture.resize(side, side, FilterType::Triangle)
        } else {
            picture.clone()
        };
        let pixels = on_white(&smaller);
        for quality in [85, 75, 65, 50] {
            let jpeg = encoded(&pixels, quality)?;
            if jpeg.len() <= MOST_BYTES || (side <= 800 && quality == 50) {
                return Ok(jpeg);
            }
        }
        side = side * 3 / 4;
    }
}

fn encoded(pixels: &RgbImage, quality: u8) -> Result<Vec<u8>, FileTrouble> {
    let mut jpeg = Cursor::new(Vec::new());
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    pixels.write_with_encoder(encoder).map_err(|_| FileTrouble::WrongKind)?;
    Ok(jpeg.into_inner())
}

/// The picture without anything that shines through.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [r, g, b, alpha] = pixels.get_pixel(x, y).0;
        let blended = |colour: u8| {
            let alpha = u16::from(alpha);
            u8::try_from((u16::from(colour) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([blended(r), blended(g), blended(b)])
    })
}

/// Whether it is a JPEG with nothing in it but the picture: of the segments that programs put their own things into
/// (APP1 to APP15, COM; ITU-T T.81 B.1.1.3) there is none.
fn is_bare_jpeg(bytes: &[u8]) -> bool {
    if image::guess_format(bytes).ok() != Some(ImageFormat::Jpeg) {
        return false;
    }
    let mut at = 2;
    loop {
        let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4).and_then(|head| head.first_chunk()) else {
            return false;
        };
        match marker {
            0xe1..=0xef | 0xfe => return false,
            // The picture begins, and nothing may come behind its end.
            0xda => return bytes.ends_with(&[0xff, 0xd9]),
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
}

/// The pictures of an archive for the wallet, made small. One that can't be read is left out.
#[must_use]
pub fn of_archive(bytes: &[u8]) -> Pictures {
    let mut pictures = BTreeMap::new();
    let names = picture_names(bytes);
    let (Ok(mut archive), false) = (Archive::open(bytes), names.is_empty()) else {
        return pictures;
    };
    let began = Instant::now();
    for name in names.into_iter().take(MOST_PICTURES) {
        if began.elapsed() > LONGEST_WORK {
            tracing::warn!("an archive has more pictures than there is time for");
            break;
        }
        let Ok(picture) = archive.file(&name, LONGEST_PICTURE) else {
            continue;
        };
        // A decoder that fails on one picture must not cost the others.
        let small = std::panic::catch_unwind(|| small(&picture)).unwrap_or(Err(FileTrouble::WrongKind));
        if let Ok(jpeg) = small {
            pictures.insert(name, jpeg);
        }
    }
    pictures
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A picture whose upper half is red, with a grain that no JPEG makes small.
    fn photograph(width: u32, height: u32, grain: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let noise = (x.wrapping_mul(7_919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 24;
            let noise = u8::try_from(noise * grain / 255).unwrap();
            if y < height / 2 {
                Rgb([200 + noise.min(55), 0, 0])
            } else {
                Rgb([noise, noise, 200])
            }
        })
    }

    fn png(picture: &RgbImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    /// The same with a note how it was held (Exif, orientation) and where.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"39.9 N 116.4 E");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_photograph_is_made_small_and_stays_sharp_enough_to_read() {
        for (width, height, grain) in [(4_000, 3_000, 60), (3_000, 4_000, 255), (100, 50, 10)] {
            let kept = small(&png(&photograph(width, height, grain))).unwrap();
            let seen = image::load_from_memory(&kept).unwrap();
            assert!(kept.len() <= MOST_BYTES, "{} bytes", kept.len());
            let longest = seen.width().max(seen.height());
            assert!(
                (width.max(height).min(675)..=LONGEST_SIDE).contains(&longest),
                "{longest}"
            );
        }
    }

    #[test]
    fn it_is_turned_the_right_way_up_and_keeps_nothing_but_the_picture() {
        let lying = encoded(&photograph(400, 200, 20), 90).unwrap();
        let held = with_exif(&lying, 6);
        let kept = small(&held).unwrap();
        let seen = image::load_from_memory(&kept).unwrap().to_rgb8();
        assert_eq!((seen.width(), seen.height()), (200, 400), "turned by a quarter");
        // What was above is at the right.
        assert!(seen.get_pixel(180, 200)[0] > 150 && seen.get_pixel(20, 200)[0] < 100);
        assert!(!kept.windows(4).any(|window| window == b"Exif" || window == b"39.9"));
        assert!(is_bare_jpeg(&kept) && !is_bare_jpeg(&held));
    }

    #[test]
    fn what_was_kept_before_is_not_drawn_again() {
        let kept = small(&png(&photograph(2_000, 1_000, 40))).unwrap();
        assert_eq!(small(&kept), Ok(kept));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = png(&photograph(300, 300, 200));
        assert_eq!(small(&whole[..whole.len() / 2]), Err(FileTrouble::WrongKind));
        assert_eq!(small(b"rubbish"), Err(FileTrouble::WrongKind));
        // A picture that says that it is larger than any photograph.
        let mut large = whole.clone();
        large[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(small(&large).is_err());
    }
}
