//! Pages as dots, for printers that know no PDF.
//!
//! Every dot is black or white. Whatever has a colour is drawn black, and lines are at least two
//! dots wide, so that what is pale on a screen does not vanish on a receipt.

use std::sync::Arc;

use skrifa::instance::{LocationRef, NormalizedCoord, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};
use tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use crate::measures::{DOT, RECEIPT};
use crate::outline::{Outline, Segment};
use crate::page::{Content, Page};
use crate::paint::{Ink, WHITE};
use crate::typeset::{GlyphRun, Line};
use crate::{Bitmap, PrintError};

/// The thinnest line, in dots.
const THINNEST: f32 = 2.0;
/// Rows that are drawn at a time: a long receipt takes no more memory than a short one.
const BAND: usize = 512;

/// How a page becomes dots.
struct Grid {
    /// Dots in a row.
    width: usize,
    /// The side of a dot, in points.
    dot: f32,
    /// How far from the left edge of the page the first dot is, in points.
    left: f32,
}

/// Dots across a receipt as it is laid out: the 72 mm between the white edges of an 80 mm roll.
pub(crate) const ROLL: usize = 576;

impl Grid {
    /// So many dots are that long.
    fn dots(&self, length: f32) -> usize {
        (length / self.dot).ceil() as usize
    }
}

/// The pages one below the other, each without its white edges at the sides, for a roll with so
/// many dots across. On a narrower roll than [`ROLL`] everything is that much smaller.
pub(crate) fn receipt(pages: &[Page], across: usize) -> Result<Bitmap, PrintError> {
    let grid = Grid {
        width: across,
        dot: DOT * ROLL as f32 / across.max(1) as f32,
        left: RECEIPT.margin,
    };
    let height = pages.iter().map(|page| grid.dots(page.height)).sum();
    let mut bitmap = Bitmap::white(grid.width, height)?;
    let mut top = 0;
    for page in pages {
        put(page, &grid, &mut bitmap, top)?;
        top += grid.dots(page.height);
    }
    Ok(bitmap)
}

/// A page with its white edges, with so many dots an inch.
pub(crate) fn sheet(page: &Page, dots_per_inch: u32) -> Result<Bitmap, PrintError> {
    let mut grid = Grid {
        width: 0,
        dot: 72.0 / dots_per_inch.max(1) as f32,
        left: 0.0,
    };
    grid.width = grid.dots(page.width);
    let mut bitmap = Bitmap::white(grid.width, grid.dots(page.height))?;
    put(page, &grid, &mut bitmap, 0)?;
    Ok(bitmap)
}

/// Draws a page into a picture that is as wide as the grid, from this row on.
fn put(page: &Page, grid: &Grid, bitmap: &mut Bitmap, top: usize) -> Result<(), PrintError> {
    let height = grid.dots(page.height);
    for band in (0..height).step_by(BAND) {
        let rows = BAND.min(height - band);
        let dots = draw(page, grid, band, rows)?;
        for (place, dot) in dots.pixels().iter().enumerate() {
            if dot.red() < 128 {
                bitmap.blacken(place % grid.width, top + band + place / grid.width);
            }
        }
    }
    Ok(())
}

/// Some rows of a page, as dots of grey.
fn draw(page: &Page, grid: &Grid, from: usize, rows: usize) -> Result<Pixmap, PrintError> {
    let mut dots = Pixmap::new(grid.width as u32, rows as u32).ok_or(PrintError::TooLong)?;
    dots.fill(Color::WHITE);
    let scale = 1.0 / grid.dot;
    let onto = Transform::from_row(scale, 0.0, 0.0, scale, -grid.left * scale, -(from as f32));
    let (first, last) = (from as f32 * grid.dot, (from + rows) as f32 * grid.dot);
    for (_, content) in &page.items {
        match content {
            // A letter reaches no further than its line's height beyond the line.
            Content::Text { line, x, y, .. } => {
                if *y - line.height < last && y + 2.0 * line.height > first {
                    draw_line(&mut dots, line, (*x, *y), onto);
                }
            }
            Content::Drawing((shape, ink)) | Content::Symbol((shape, ink), _) => {
                draw_shape(&mut dots, shape, *ink, onto);
            }
        }
    }
    Ok(dots)
}

fn paint(rgb: [u8; 3]) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(if rgb == WHITE { Color::WHITE } else { Color::BLACK });
    paint
}

fn draw_shape(dots: &mut Pixmap, shape: &Outline, ink: Ink, onto: Transform) {
    let mut path = PathBuilder::new();
    for segment in shape.segments() {
        match segment {
            Segment::Move((x, y)) => path.move_to(x, y),
            Segment::Line((x, y)) => path.line_to(x, y),
            Segment::Curve(a, b, to) => path.cubic_to(a.0, a.1, b.0, b.1, to.0, to.1),
            Segment::Close => path.close(),
        }
    }
    let Some(path) = path.finish() else { return };
    match ink {
        Ink::Fill(rgb) => dots.fill_path(&path, &paint(rgb), FillRule::Winding, onto, None),
        Ink::Stroke(rgb, width) => {
            let stroke = Stroke {
                width: width.max(THINNEST / onto.sx),
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            dots.stroke_path(&path, &paint(rgb), &stroke, onto, None);
        }
    }
}

fn draw_line(dots: &mut Pixmap, line: &Line, (x, y): (f32, f32), onto: Transform) {
    for run in &line.runs {
        let mut left = x + run.x;
        for glyph in &run.glyphs {
            let right = glyph.x_offset * run.size;
            let up = glyph.y_offset * run.size;
            if let Some(path) = outline(run, glyph.glyph_id.to_u32()) {
                // A font's outlines grow upwards.
                let place = Transform::from_row(1.0, 0.0, 0.0, -1.0, left + right, y + line.baseline - up);
                dots.fill_path(&path, &paint([0; 3]), FillRule::Winding, place.post_concat(onto), None);
            }
            left += glyph.x_advance * run.size;
        }
    }
}

/// A letter's outline at the run's size, its origin at the baseline; none for a space.
fn outline(run: &GlyphRun, glyph: u32) -> Option<Path> {
    let face = &run.face;
    let font = FontRef::from_index(face.data.data.data(), face.data.index).ok()?;
    let coordinates: Arc<[NormalizedCoord]> = face
        .coordinates
        .iter()
        .map(|place| NormalizedCoord::from_bits(*place))
        .collect();
    let mut pen = Pen(PathBuilder::new());
    let settings = DrawSettings::unhinted(Size::new(run.size), LocationRef::new(&coordinates));
    font.outline_glyphs()
        .get(GlyphId::new(glyph))?
        .draw(settings, &mut pen)
        .ok()?;
    pen.0.finish()
}

/// Takes a font's outline.
struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.0.quad_to(cx0, cy0, x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.cubic_to(cx0, cy0, cx1, cy1, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
