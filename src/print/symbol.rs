//! How large a symbol is printed and where it stands.
//!
//! On A4 and on a panel a square symbol stands at the left, something beside it; a barcode or
//! another wide symbol, and every symbol of a receipt, stands alone in the middle. All keep their
//! quiet zone free. On a printer of dots a module is a whole number of dots, and a symbol too wide
//! for the roll is printed along it.

use std::borrow::Cow;

use crate::Format;
use crate::measures::Measures;
use crate::sheet::Code;
use crate::typeset::Style;

/// The smallest module of a barcode, in points: 0.25 mm, as most scanners at counters read.
const LEAST_BAR: f32 = 0.25 * crate::measures::MM;

/// A symbol with its measures in points.
pub(crate) struct Symbol<'a> {
    /// What is printed.
    pub code: Cow<'a, Code>,
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
    /// Whether its modules are as large as a scanner needs them.
    pub readable: bool,
    linear: bool,
    in_collection: bool,
    measures: &'static Measures,
}

impl<'a> Symbol<'a> {
    /// Chooses the measures. In a collection its line is large, and stands beside it where there is room.
    pub fn new(code: &'a Code, measures: &'static Measures, in_collection: bool) -> Self {
        let mut lying = Self::lying(Cow::Borrowed(code), code.is_linear(), measures);
        lying.in_collection = in_collection;
        if !lying.readable && measures.format == Format::Receipt && code.width > code.height {
            // Too wide for the roll: along it there is room.
            return Self::along(code, measures);
        }
        lying
    }

    fn lying(code: Cow<'a, Code>, linear: bool, measures: &'static Measures) -> Self {
        let (columns, rows) = (code.width as f32, code.height as f32);
        let sizes = &measures.symbol;
        let wide = linear || columns > 1.5 * rows;
        let alone = wide || measures.format == Format::Receipt;
        let quiet_zone = code.quiet_zone.max(if linear { 10 } else { 4 }) as f32;
        let step = if linear {
            (0.9 * crate::measures::MM).clamp(sizes.narrowest_bars / columns, sizes.widest / columns)
        } else {
            let widest = if wide {
                sizes.widest
            } else {
                sizes.side.max(sizes.least * columns).min(sizes.tallest)
            };
            (widest / columns).min(sizes.tallest / rows)
        };
        let step = if measures.format == Format::FoldOut {
            // So that the panel's margin is all the quiet zone it needs.
            step.min(measures.margin / quiet_zone)
        } else {
            step
        };
        let step = match sizes.grid {
            // The roll's white edges are part of the quiet zone. A hair more, or what is meant to be three dots is two
            // for the last digit of a division.
            Some(dot) => {
                (step.min(measures.width / (columns + 2.0 * quiet_zone)) / dot + 0.01)
                    .floor()
                    .max(1.0)
                    * dot
            }
            None => step,
        };
        let (width, height) = (columns * step, if linear { sizes.bars } else { rows * step });
        // What the page's width leaves bounds the white.
        let quiet = (quiet_zone * step).min((measures.width - width) / 2.0);
        Self {
            x: if alone {
                Self::middle(width, measures)
            } else {
                measures.margin.max(quiet)
            },
            in_collection: false,
            readable: step >= if linear { LEAST_BAR } else { sizes.least } - 0.001,
            code,
            width,
            height,
            quiet,
            alone,
            linear,
            measures,
        }
    }

    /// Turned by a quarter, its rows along the roll, with the smallest readable modules.
    fn along(code: &Code, measures: &'static Measures) -> Self {
        let turned = (0..code.width)
            .flat_map(|column| (0..code.height).map(move |row| row * code.width + column))
            .filter_map(|place| code.modules.get(place).copied())
            .collect();
        let linear = code.is_linear();
        let step = measures.symbol.least;
        let (width, height) = if linear {
            (measures.symbol.bars, code.width as f32 * step)
        } else {
            let step = step.min(measures.symbol.widest / code.height as f32);
            (code.height as f32 * step, code.width as f32 * step)
        };
        Self {
            x: Self::middle(width, measures),
            width,
            height,
            quiet: (code.quiet_zone.max(if linear { 10 } else { 4 }) as f32 * step).min((measures.width - width) / 2.0),
            alone: true,
            readable: true,
            linear,
            in_collection: false,
            measures,
            code: Cow::Owned(Code {
                width: code.height,
                height: code.width,
                modules: turned,
                ..code.clone()
            }),
        }
    }

    /// The left edge of something in the middle, on a dot where there are dots.
    fn middle(width: f32, measures: &Measures) -> f32 {
        let x = (measures.width - width) / 2.0;
        match measures.symbol.grid {
            Some(dot) => measures.margin + ((x - measures.margin) / dot).round() * dot,
            None => x,
        }
    }

    /// The right edge, quiet zone not included.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Whether its line stands beside it and not under it.
    pub fn caption_beside(&self) -> bool {
        !self.alone && (self.in_collection || self.measures.format == Format::FoldOut)
    }

    /// Where the column beside it begins.
    pub fn beside(&self) -> f32 {
        self.right() + self.quiet.max(self.measures.gap)
    }

    /// The width of the line that goes with it.
    pub fn caption_width(&self) -> f32 {
        if self.caption_beside() {
            self.measures.right() - self.beside()
        } else if self.alone {
            self.measures.column()
        } else {
            self.width
        }
    }

    /// The left edge of the line that goes with it.
    pub fn caption_x(&self) -> f32 {
        if self.caption_beside() {
            self.beside()
        } else if self.alone {
            self.measures.margin
        } else {
            self.x
        }
    }

    /// How the line that goes with it is set.
    pub fn caption_style(&self) -> Style {
        if self.linear || (self.in_collection && self.alone) {
            self.measures.number
        } else if self.in_collection {
            self.measures.value
        } else {
            self.measures.caption
        }
    }
}
