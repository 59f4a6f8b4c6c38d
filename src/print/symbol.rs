//! How large a symbol is printed and where it stands.
//!
//! A two-dimensional symbol is 70 mm wide at the left, the facts beside it; a barcode or another
//! wide symbol stands alone in the middle. Both keep their quiet zone free.

use crate::page::{CAPTION, MARGIN, MM, NUMBER, WIDTH};
use crate::sheet::Code;
use crate::typeset::Style;

/// A symbol with its measures in points.
pub(crate) struct Symbol<'a> {
    /// What is printed.
    pub code: &'a Code,
    /// Its left edge on the page, quiet zone not included.
    pub x: f32,
    /// Without quiet zone.
    pub width: f32,
    /// Without quiet zone.
    pub height: f32,
    /// White on all sides; the page's margin counts towards it.
    pub quiet: f32,
    /// Whether it stands alone in the middle, nothing beside it.
    pub alone: bool,
}

impl<'a> Symbol<'a> {
    /// Chooses the measures.
    pub fn new(code: &'a Code) -> Self {
        let (columns, rows) = (code.width as f32, code.height as f32);
        let alone = code.is_linear() || columns > 1.5 * rows;
        let (width, height) = if code.is_linear() {
            ((columns * 0.9).clamp(90.0, 150.0) * MM, 25.0 * MM)
        } else {
            let widest = if alone { 150.0 } else { 70.0 };
            let step = (widest * MM / columns).min(120.0 * MM / rows);
            (columns * step, rows * step)
        };
        let least = if code.is_linear() { 10 } else { 4 };
        // The step is the printed module's width. What the page's width leaves bounds the white.
        let quiet = (code.quiet_zone.max(least) as f32 * width / columns).min((WIDTH - width) / 2.0);
        let x = if alone {
            (WIDTH - width) / 2.0
        } else {
            MARGIN.max(quiet)
        };
        Self {
            code,
            x,
            width,
            height,
            quiet,
            alone,
        }
    }

    /// The right edge, quiet zone not included.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// The width of the line under it.
    pub fn caption_width(&self) -> f32 {
        if self.alone { WIDTH - 2.0 * MARGIN } else { self.width }
    }

    /// The left edge of the line under it.
    pub fn caption_x(&self) -> f32 {
        if self.alone { MARGIN } else { self.x }
    }

    /// How the line under it is set.
    pub fn caption_style(&self) -> Style {
        if self.alone { NUMBER } else { CAPTION }
    }
}
