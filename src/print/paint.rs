//! Colours and vector shapes of the page.
//!
//! The colours are those of the app's paper theme, dark enough to stay clear on a printer without
//! colour; the shapes say the same without any. Red is left to the call for help.

use krilla::color::rgb;

use crate::Mark;
use crate::outline::{Outline, Point, Segment};
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

/// How a shape is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ink {
    /// Filled.
    Fill([u8; 3]),
    /// Stroked with a round pen of this width in points.
    Stroke([u8; 3], f32),
}

/// A shape and how it is drawn.
pub(crate) type Drawing = (Outline, Ink);

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
pub(crate) fn line(from: Point, to: Point) -> Outline {
    open(&[from, to])
}

/// A line of strokes as long as the gaps between them: where paper is folded.
pub(crate) fn dashes(from: Point, to: Point, stroke: f32) -> Outline {
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let at = |share: f32| (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
    let mut outline = Outline::default();
    // An odd number of strokes and gaps, so that it ends with a stroke.
    let pieces = (length / stroke).floor().max(1.0) as usize | 1;
    for piece in (0..pieces).step_by(2) {
        let share = |n: usize| n as f32 / pieces as f32;
        outline.push_line(at(share(piece)), at(share(piece + 1)));
    }
    outline
}

/// A rectangle with sharp corners.
pub(crate) fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Outline {
    let mut outline = Outline::default();
    outline.push_rectangle(x, y, x + width, y + height);
    outline
}

/// A rectangle with rounded corners.
pub(crate) fn frame(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Outline {
    use Segment::{Close, Curve, Line, Move};
    let (right, bottom) = (x + width, y + height);
    let bend = radius * (1.0 - ROUND);
    let mut outline = Outline::default();
    for segment in [
        Move((x + radius, y)),
        Line((right - radius, y)),
        Curve((right - bend, y), (right, y + bend), (right, y + radius)),
        Line((right, bottom - radius)),
        Curve((right, bottom - bend), (right - bend, bottom), (right - radius, bottom)),
        Line((x + radius, bottom)),
        Curve((x + bend, bottom), (x, bottom - bend), (x, bottom - radius)),
        Line((x, y + radius)),
        Curve((x, y + bend), (x + bend, y), (x + radius, y)),
        Close,
    ] {
        outline.push(segment);
    }
    outline
}

/// The shape of a mark, filling a square of side `side` whose top left corner is at `x`, `y`.
pub(crate) fn mark(mark: Mark, x: f32, y: f32, side: f32) -> Vec<Drawing> {
    let at = |(u, v): Point| (x + u * side, y + v * side);
    let fill = Ink::Fill(mark_colour(mark));
    let pen = |width: f32| Ink::Stroke(WHITE, width * side);
    match mark {
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
    }
}

/// A strip of four panels folded this way and that, seen from the side, and the arrow to the card
/// that it becomes.
pub(crate) fn folding(x: f32, y: f32, height: f32) -> Vec<Drawing> {
    let at = |(u, v): Point| (x + u * height, y + v * height);
    let pen = Ink::Stroke(ACCENT, height * 0.045);
    let zigzag = [(0.05, 0.9), (0.5, 0.15), (0.95, 0.9), (1.4, 0.15), (1.85, 0.9)];
    let arrow = [(2.15, 0.5), (2.65, 0.5)];
    let head = [(2.5, 0.35), (2.65, 0.5), (2.5, 0.65)];
    let (card_x, card_y) = at((2.95, 0.2));
    vec![
        (open(&zigzag.map(at)), pen),
        (open(&arrow.map(at)), pen),
        (open(&head.map(at)), pen),
        // As wide to high as a bank card (ISO/IEC 7810 ID-1).
        (frame(card_x, card_y, height * 0.95, height * 0.6, height * 0.06), pen),
    ]
}

/// The dark modules as one shape: one rectangle for each run of modules in a row. In one shape they
/// join without the hair of white that a viewer draws between neighbours painted one by one.
pub(crate) fn code(code: &Code, x: f32, y: f32, width: f32, height: f32) -> Outline {
    let step = (width / code.width as f32, height / code.height as f32);
    let mut outline = Outline::default();
    for (row, modules) in code.modules.chunks(code.width).enumerate() {
        let top = y + row as f32 * step.1;
        let mut column = 0;
        for run in modules.chunk_by(|a, b| a == b) {
            let left = x + column as f32 * step.0;
            column += run.len();
            if run.first() == Some(&true) {
                outline.push_rectangle(left, top, x + column as f32 * step.0, top + step.1);
            }
        }
    }
    outline
}

fn open(points: &[Point]) -> Outline {
    polygon(points, false)
}

fn closed(points: &[Point]) -> Outline {
    polygon(points, true)
}

fn polygon(points: &[Point], close: bool) -> Outline {
    let mut outline = Outline::default();
    for (place, point) in points.iter().enumerate() {
        outline.push(if place == 0 {
            Segment::Move(*point)
        } else {
            Segment::Line(*point)
        });
    }
    if close {
        outline.push(Segment::Close);
    }
    outline
}
