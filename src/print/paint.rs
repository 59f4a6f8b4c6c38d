//! Colours and vector shapes of the page.
//!
//! The colours are those of the app's paper theme, dark enough to stay clear on a printer without
//! colour; the shapes say the same without any. Red is left to the call for help.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Rect};

use crate::Mark;
use crate::sheet::Code;

/// Text.
pub(crate) const INK: [u8; 3] = [0x1d, 0x1a, 0x16];
/// Labels and the foot of the page: 9:1 on white.
pub(crate) const INK_SOFT: [u8; 3] = [0x4b, 0x44, 0x3a];
/// Hairlines.
pub(crate) const EDGE: [u8; 3] = [0xb9, 0xb2, 0xa4];
/// The rule under the title, and "all is well".
pub(crate) const ACCENT: [u8; 3] = [0x0b, 0x50, 0x48];
/// "Mind this": a brown that prints as a dark grey.
pub(crate) const CAUTION: [u8; 3] = [0x7a, 0x4a, 0x12];
/// The modules of a symbol.
pub(crate) const BLACK: [u8; 3] = [0, 0, 0];
/// What is drawn on a filled shape.
pub(crate) const WHITE: [u8; 3] = [0xff, 0xff, 0xff];

/// How far a cubic curve's handles lie out to draw a quarter circle of radius 1.
const ROUND: f32 = 0.552_285;

/// How a path is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ink {
    /// Filled.
    Fill([u8; 3]),
    /// Stroked with a round pen of this width in points.
    Stroke([u8; 3], f32),
}

/// A path and how it is drawn.
pub(crate) type Drawing = (Path, Ink);

/// A colour as krilla takes it.
pub(crate) fn colour([red, green, blue]: [u8; 3]) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

/// The colour that goes with a mark.
pub(crate) fn mark_colour(mark: Mark) -> [u8; 3] {
    match mark {
        Mark::Ok => ACCENT,
        Mark::Caution => CAUTION,
        Mark::Stop => INK,
        Mark::Plain => INK_SOFT,
    }
}

/// A straight line.
pub(crate) fn line(from: (f32, f32), to: (f32, f32)) -> Option<Path> {
    open(&[from, to])
}

/// The frame around the state's word, with rounded corners.
pub(crate) fn frame(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let (right, bottom) = (x + width, y + height);
    let bend = radius * (1.0 - ROUND);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - bend, y, right, y + bend, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - bend, right - bend, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + bend, bottom, x, bottom - bend, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + bend, x + bend, y, x + radius, y);
    path.close();
    path.finish()
}

/// The shape of a mark, filling a square of side `side` whose top left corner is at `x`, `y`.
pub(crate) fn mark(mark: Mark, x: f32, y: f32, side: f32) -> Vec<Drawing> {
    let at = |(u, v): (f32, f32)| (x + u * side, y + v * side);
    let fill = Ink::Fill(mark_colour(mark));
    let pen = |width: f32| Ink::Stroke(WHITE, width * side);
    let drawings = match mark {
        Mark::Plain => Vec::new(),
        Mark::Ok => vec![
            (frame(x, y, side, side, side / 2.0), fill),
            (open(&[(0.27, 0.52), (0.44, 0.69), (0.74, 0.34)].map(at)), pen(0.11)),
        ],
        Mark::Caution => vec![
            (closed(&[(0.5, 0.05), (0.98, 0.93), (0.02, 0.93)].map(at)), fill),
            (open(&[(0.5, 0.38), (0.5, 0.62)].map(at)), pen(0.1)),
            (open(&[(0.5, 0.785), (0.5, 0.79)].map(at)), pen(0.11)),
        ],
        Mark::Stop => {
            // Where a unit square's sides meet those of the octagon in it.
            let far = std::f32::consts::FRAC_1_SQRT_2;
            let near = 1.0 - far;
            let corners = [
                (near, 0.0),
                (far, 0.0),
                (1.0, near),
                (1.0, far),
                (far, 1.0),
                (near, 1.0),
                (0.0, far),
                (0.0, near),
            ];
            vec![
                (closed(&corners.map(at)), fill),
                (open(&[(0.32, 0.32), (0.68, 0.68)].map(at)), pen(0.11)),
                (open(&[(0.68, 0.32), (0.32, 0.68)].map(at)), pen(0.11)),
            ]
        }
    };
    drawings
        .into_iter()
        .filter_map(|(path, ink)| Some((path?, ink)))
        .collect()
}

/// The dark modules as one path: one rectangle for each run of modules in a row. In one path they
/// join without the hair of white that a viewer draws between neighbours painted one by one.
pub(crate) fn code(code: &Code, x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    let step = (width / code.width as f32, height / code.height as f32);
    let mut path = PathBuilder::new();
    for (row, modules) in code.modules.chunks(code.width).enumerate() {
        let top = y + row as f32 * step.1;
        let mut column = 0;
        for run in modules.chunk_by(|a, b| a == b) {
            let left = x + column as f32 * step.0;
            column += run.len();
            if run.first() == Some(&true)
                && let Some(rect) = Rect::from_ltrb(left, top, x + column as f32 * step.0, top + step.1)
            {
                path.push_rect(rect);
            }
        }
    }
    path.finish()
}

fn open(points: &[(f32, f32)]) -> Option<Path> {
    polygon(points, false)
}

fn closed(points: &[(f32, f32)]) -> Option<Path> {
    polygon(points, true)
}

fn polygon(points: &[(f32, f32)], close: bool) -> Option<Path> {
    let ((x, y), rest) = points.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(*x, *y);
    for (x, y) in rest {
        path.line_to(*x, *y);
    }
    if close {
        path.close();
    }
    path.finish()
}
