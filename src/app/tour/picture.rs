//! What was drawn: pixels, their colours, and what can be told from them.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;

use serde::{Serialize, Serializer};
use slint::{Rgba8Pixel, SharedPixelBuffer};

/// A colour of the screen, sRGB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Colour {
    /// Red, green and blue.
    pub rgb: [u8; 3],
}

impl Colour {
    /// How different two colours are in brightness: the contrast ratio of WCAG 2.2, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f32 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The relative luminance of WCAG 2.2, from 0 to 1.
    fn luminance(self) -> f32 {
        let [r, g, b] = self.rgb.map(|channel| {
            let channel = f32::from(channel) / 255.0;
            if channel <= 0.040_45 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The greatest difference in one channel.
    fn distance(self, other: Self) -> u8 {
        let [r, g, b] = [0, 1, 2].map(|channel| self.rgb[channel].abs_diff(other.rgb[channel]));
        r.max(g).max(b)
    }
}

impl From<slint::Color> for Colour {
    fn from(colour: slint::Color) -> Self {
        Self {
            rgb: [colour.red(), colour.green(), colour.blue()],
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.rgb;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A place in a picture, in whole pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From left to right.
    pub x: Range<u32>,
    /// From top to bottom.
    pub y: Range<u32>,
}

impl Place {
    /// The pixels of a rectangle that lie between `top` and `bottom` and within `width`; `None` when there is none.
    pub(super) fn cut(x: f32, y: f32, w: f32, h: f32, width: u32, rows: Range<f32>) -> Option<Self> {
        let left = x.round().max(0.0);
        let right = (x + w).round().min(width as f32);
        let (top, bottom) = (y.max(rows.start).round().max(0.0), (y + h).min(rows.end).round());
        (right > left && bottom > top).then_some(Self {
            x: left as u32..right as u32,
            y: top as u32..bottom as u32,
        })
    }
}

/// Colours are told apart where a channel differs by more than this; less is the rounding of blending.
const SAME: u8 = 6;
/// At most so many pixels of a place are looked at for its ground.
const SAMPLES: u32 = 240;

/// A picture of the whole window.
#[derive(Clone)]
pub struct Picture(SharedPixelBuffer<Rgba8Pixel>);

impl Picture {
    pub(super) fn new(pixels: SharedPixelBuffer<Rgba8Pixel>) -> Self {
        Self(pixels)
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.0.width(), self.0.height())
    }

    /// The colour at a place; `None` outside.
    #[must_use]
    pub fn at(&self, x: u32, y: u32) -> Option<Colour> {
        let inside = x < self.0.width() && y < self.0.height();
        let pixel = inside.then(|| self.0.as_slice().get((y * self.0.width() + x) as usize))??;
        Some(Colour {
            rgb: [pixel.r, pixel.g, pixel.b],
        })
    }

    fn row(&self, y: u32, x: &Range<u32>) -> &[Rgba8Pixel] {
        let start = y as usize * self.0.width() as usize;
        let range = start + x.start as usize..start + x.end as usize;
        self.0.as_slice().get(range).unwrap_or_default()
    }

    /// The colour nearest to `wanted` that was drawn in `place`, and `wanted` itself where it is as good as there.
    #[must_use]
    pub fn nearest(&self, wanted: Colour, place: &Place) -> Option<Colour> {
        let mut best: Option<(u8, Colour)> = None;
        // From the middle outwards: that is where the ink is.
        let middle = place.y.start + place.y.len() as u32 / 2;
        let mut rows: Vec<u32> = place.y.clone().collect();
        rows.sort_by_key(|y| y.abs_diff(middle));
        for y in rows {
            for pixel in self.row(y, &place.x) {
                let colour = Colour {
                    rgb: [pixel.r, pixel.g, pixel.b],
                };
                let distance = colour.distance(wanted);
                if distance <= SAME {
                    return Some(wanted);
                }
                if best.is_none_or(|(least, _)| distance < least) {
                    best = Some((distance, colour));
                }
            }
        }
        best.map(|(_, colour)| colour)
    }

    /// The most frequent colour in `place` other than `ink`: what the ink stands on.
    #[must_use]
    pub fn ground(&self, ink: Option<Colour>, place: &Place) -> Option<Colour> {
        let mut counts: Vec<(Colour, u32)> = Vec::new();
        let area = (place.x.len() * place.y.len()) as u32;
        // Every so many-th row and column; a step that is odd does not fall in with the stripes of a text.
        let step = ((area / SAMPLES).isqrt() | 1) as usize;
        for y in place.y.clone().step_by(step) {
            for pixel in self.row(y, &place.x).iter().step_by(step) {
                let colour = Colour {
                    rgb: [pixel.r, pixel.g, pixel.b],
                };
                if ink.is_some_and(|ink| colour.distance(ink) <= SAME) {
                    continue;
                }
                match counts.iter_mut().find(|(known, _)| *known == colour) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((colour, 1)),
                }
            }
        }
        counts
            .into_iter()
            .max_by_key(|&(_, count)| count)
            .map(|(colour, _)| colour)
    }

    /// The line at the left of `place`, and what is outside of it: where the line begins may be a rounding away.
    #[must_use]
    pub fn left_edge(&self, place: &Place) -> Option<(Colour, Colour)> {
        let y = place.y.start + place.y.len() as u32 / 2;
        let around = self.at(place.x.start.checked_sub(4)?, y)?;
        let edge = (place.x.start.saturating_sub(1)..place.x.start + 3)
            .filter_map(|x| self.at(x, y))
            .max_by(|one, two| one.contrast(around).total_cmp(&two.contrast(around)))?;
        Some((edge, around))
    }

    /// How bright each pixel of `place` is, row by row.
    #[must_use]
    pub fn luma(&self, place: &Place) -> Vec<u8> {
        let rows = place.y.clone().flat_map(|y| self.row(y, &place.x));
        rows.map(|pixel| pixel.g).collect()
    }

    /// Writes it as PNG. Every picture is opaque, so three channels say all.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write_png(&self, to: impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(to, self.0.width(), self.0.height());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.0.as_bytes())?;
        Ok(writer.finish()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn colour(rgb: [u8; 3]) -> Colour {
        Colour { rgb }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let (black, white) = (colour([0; 3]), colour([255; 3]));
        assert!((black.contrast(white) - 21.0).abs() < 0.01);
        assert!((white.contrast(white) - 1.0).abs() < 0.01);
        // The grey that is just 4.5:1 on white.
        assert!((colour([0x76; 3]).contrast(white) - 4.54).abs() < 0.01);
    }

    #[test]
    fn ink_and_ground_are_told_apart_in_a_picture() {
        let mut pixels = SharedPixelBuffer::<Rgba8Pixel>::new(40, 20);
        for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
            let dark = index % 40 == 20;
            *pixel = if dark {
                Rgba8Pixel::new(1, 2, 3, 255)
            } else {
                Rgba8Pixel::new(250, 245, 234, 255)
            };
        }
        let (picture, ink) = (Picture::new(pixels), colour([0, 0, 0]));
        let place = Place { x: 0..40, y: 0..20 };
        assert_eq!(picture.nearest(ink, &place), Some(ink));
        assert_eq!(picture.ground(Some(ink), &place).unwrap().to_string(), "#faf5ea");
        assert_eq!(picture.nearest(ink, &Place { x: 0..10, y: 0..20 }), picture.at(0, 0));
        assert_eq!(picture.at(40, 0), None);
    }
}
