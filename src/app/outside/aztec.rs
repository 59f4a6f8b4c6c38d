//! Aztec codes anywhere in a picture.
//!
//! `rxing` looks for the eye of an Aztec code (ISO/IEC 24778) from the middle of a picture outwards, and does not see one
//! that lies elsewhere, as on a screenshot with words beside it. So it is looked for here: a dark square with light and
//! dark rings around it, each as wide as a module. Every straight line through its middle crosses them alike, however the
//! code is turned: a row of pixels finds it, and three more lines make sure. What is around it is then cut out, with the
//! eye in its middle, and read.
//!
//! A picture is hostile: however much in it looks like an eye, only a few are read, and each in a part of bounded size.

use anban_core::effect::ReadCode;
use image::{GrayImage, imageops};
use rxing::common::{BitMatrix, HybridBinarizer};
use rxing::{BarcodeFormat, BinaryBitmap, Luma8Source};

use super::pictures;

/// The most eyes that are read around.
const MOST_EYES: usize = 16;
/// The rings that are looked at: a light, a dark and a light one. The next is dark, and then come the modules.
const RINGS: usize = 3;
/// How far a code goes from its middle, in modules: the largest has 151 to a side, and some light around it.
const REACH: u32 = 80;
/// How far at most, in pixels: a larger code is found in the picture that was made smaller.
const LONGEST_REACH: u32 = 1_000;

/// How long the half of the square and each ring are along a line.
type Lengths = [u32; 1 + RINGS];

/// What looks like the middle of an Aztec code, and the width of a module there.
struct Eye {
    x: u32,
    y: u32,
    module: u32,
}

/// The Aztec codes in a picture in grey, wherever they are.
pub(super) fn codes(luma: &GrayImage) -> Vec<ReadCode> {
    let mut codes = Vec::new();
    for code in eyes(luma).iter().filter_map(|eye| read(luma, eye)) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

/// Reads the code around an eye.
fn read(luma: &GrayImage, eye: &Eye) -> Option<ReadCode> {
    let reach = (REACH * (eye.module + 1)).min(LONGEST_REACH);
    // As far on one side as on the other: the eye has to be in the middle.
    let across = reach.min(eye.x).min(luma.width() - 1 - eye.x);
    let down = reach.min(eye.y).min(luma.height() - 1 - eye.y);
    let (left, top) = (eye.x - across, eye.y - down);
    let part = imageops::crop_imm(luma, left, top, 2 * across + 1, 2 * down + 1).to_image();
    let (width, height) = part.dimensions();
    let found = rxing::helpers::detect_in_luma(part.into_raw(), width, height, Some(BarcodeFormat::AZTEC));
    pictures::code(&found.ok()?)
}

fn eyes(luma: &GrayImage) -> Vec<Eye> {
    let mut eyes: Vec<Eye> = Vec::new();
    let (width, height) = luma.dimensions();
    let Ok(source) = Luma8Source::new_with_slice(luma.as_raw(), width, height) else {
        return eyes;
    };
    let bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let dark = bitmap.get_black_matrix();
    // A module that can be read is at least two rows high.
    for y in (0..height).step_by(2) {
        let changes: Vec<u32> = (1..width).filter(|&x| dark.get(x - 1, y) != dark.get(x, y)).collect();
        for ends in changes.windows(2 * RINGS + 2) {
            let Some(eye) = eye(dark, y, ends) else { continue };
            let same = |other: &Eye| other.x.abs_diff(eye.x).max(other.y.abs_diff(eye.y)) <= eye.module;
            if !eyes.iter().any(same) {
                eyes.push(eye);
            }
            if eyes.len() == MOST_EYES {
                return eyes;
            }
        }
    }
    eyes
}

/// The eye that a row goes through, where `ends` are the ends of its square and rings.
fn eye(dark: &BitMatrix, y: u32, ends: &[u32]) -> Option<Eye> {
    let &[first, _, _, from, to, _, _, last] = ends else {
        return None;
    };
    let lengths = ends.iter().zip(ends.iter().skip(1)).map(|(from, to)| to - from);
    if dark.get(first, y) || !are_even(lengths) {
        return None;
    }
    let (x, module) = (u32::midpoint(from, to), (last - first) / 7);
    // Turned by an eighth, a line is longer by less than half. No line is followed further, whatever is in the picture.
    let most = 2 * module + 2;
    let (up, down) = line(dark, (x, y), (0, 1), most)?;
    // The row may go through the square anywhere.
    let y = y + 1 - up[0] + (up[0] + down[0] - 1) / 2;
    line(dark, (x, y), (1, 1), most)?;
    line(dark, (x, y), (1, -1), most)?;
    Some(Eye { x, y, module })
}

/// A square and its rings from a pixel of the square on, back and forth, where the line crosses them alike.
fn line(dark: &BitMatrix, at: (u32, u32), (right, down): (i32, i32), most: u32) -> Option<(Lengths, Lengths)> {
    let (back, forth) = (
        half(dark, at, (-right, -down), most)?,
        half(dark, at, (right, down), most)?,
    );
    // The pixel from which both begin is in both.
    let square = (back[0] + forth[0]).checked_sub(1)?;
    let rings = back.into_iter().skip(1).chain(forth.into_iter().skip(1));
    are_even(rings.chain([square])).then_some((back, forth))
}

/// The same in one direction; `None` where one is longer than `most`, or the picture ends.
fn half(dark: &BitMatrix, (mut x, mut y): (u32, u32), (right, down): (i32, i32), most: u32) -> Option<Lengths> {
    let mut lengths = [0; 1 + RINGS];
    for (ring, length) in lengths.iter_mut().enumerate() {
        while dark.try_get(x, y)? == (ring % 2 == 0) {
            *length += 1;
            if *length > most {
                return None;
            }
            (x, y) = (x.checked_add_signed(right)?, y.checked_add_signed(down)?);
        }
    }
    Some(lengths)
}

/// Whether all seven are about as long as each other: by half at most, and half a pixel for what is very small.
fn are_even(mut lengths: impl Iterator<Item = u32> + Clone) -> bool {
    let all: u32 = lengths.clone().sum();
    lengths.all(|length| (7 * length).abs_diff(all) <= all / 2 + 3)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use anban_core::symbol::{self, Symbology};
    use image::Luma;

    use super::*;

    const TICKET: &str = "M1LI/XIUYING EABC123 HGHPEKCA 1702 333Y012A0025 100";

    /// Draws a code into a picture, without light around it.
    fn draw(picture: &mut GrayImage, text: &str, (left, top): (u32, u32), scale: u32) {
        let modules = symbol::encode(Symbology::Aztec, text).unwrap();
        for y in 0..modules.height * scale {
            for x in 0..modules.width * scale {
                let dark = modules.dark[(y / scale * modules.width + x / scale) as usize];
                picture.put_pixel(left + x, top + y, Luma([if dark { 0 } else { 255 }]));
            }
        }
    }

    fn found(picture: &GrayImage) -> Vec<String> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let codes = pictures::codes(&bytes.into_inner()).unwrap();
        assert!(codes.iter().all(|code| code.symbology == Symbology::Aztec));
        codes.into_iter().map(|code| code.text).collect()
    }

    #[test]
    fn a_code_is_found_at_the_rim_of_a_large_picture_and_so_are_two() {
        for (at, scale) in [((0, 400), 6), ((1_400, 8), 3), ((300, 780), 2)] {
            let mut picture = GrayImage::from_pixel(1_600, 1_000, Luma([255]));
            draw(&mut picture, TICKET, at, scale);
            assert_eq!(found(&picture), [TICKET], "{at:?}, {scale} pixels a module");
        }
        let mut two = GrayImage::from_pixel(1_600, 1_000, Luma([255]));
        draw(&mut two, TICKET, (1_400, 40), 5);
        draw(&mut two, "M1ANBAN", (20, 700), 5);
        assert_eq!(found(&two), [TICKET, "M1ANBAN"]);
    }

    #[test]
    fn what_only_looks_like_an_eye_is_bounded_and_no_code() {
        // Squares and rings of four pixels, one eye in every forty.
        let ring = |at: u32| ((2 * (at % 40)).abs_diff(39) + 4) / 8;
        let eyes_all_over = GrayImage::from_fn(2_000, 1_000, |x, y| {
            Luma([if ring(x).max(ring(y)).is_multiple_of(2) { 0 } else { 255 }])
        });
        assert_eq!(eyes(&eyes_all_over).len(), MOST_EYES);
        assert!(codes(&eyes_all_over).is_empty());
        let stripes = GrayImage::from_fn(2_000, 1_000, |x, _| Luma([if x % 8 < 4 { 0 } else { 255 }]));
        assert!(eyes(&stripes).is_empty());
    }
}
