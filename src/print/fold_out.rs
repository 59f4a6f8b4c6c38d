//! Panels on A4: a strip to cut out and fold this way and that to the size of a bank card.
//!
//! The strip stands at the left of the page, its panels one below the other, so that it is read
//! like a page and no panel is upside down; folded, the first panel is in front and the fourth at
//! the back. At the right stands, in large print, what to do. What needs more panels than one strip
//! has goes on on the next page.

use crate::measures::{A4, MM, PANEL};
use crate::page::{Content, Page, Part};
use crate::paint::{self, ACCENT, Drawing, INK, INK_SOFT, Ink};
use crate::typeset::{Typesetter, height};
use crate::{PrintError, Sheet};

/// The panels of one strip: with them, the strip's ends stay 13 mm from the paper's.
const PANELS: usize = 5;
/// The strip's left edge.
const LEFT: f32 = 15.0 * MM;
/// Between the strip and what stands beside it.
const GUTTER: f32 = 9.0 * MM;
/// How far the scissors' line reaches beyond the strip's corners.
const BEYOND: f32 = 5.0 * MM;
/// The height of the picture of how to fold.
const PICTURE: f32 = 44.0;

/// Puts panels on A4 pages.
pub(crate) fn impose(fonts: &mut Typesetter, sheet: &Sheet, panels: Vec<Page>) -> Result<Vec<Page>, PrintError> {
    let mut pages = Vec::new();
    let mut panels = panels.into_iter().peekable();
    while panels.peek().is_some() {
        let mut page = Page::new(A4.width, A4.height);
        let strip: Vec<_> = panels.by_ref().take(PANELS).collect();
        let top = strip_top(strip.len());
        let folds = strip.len();
        for (place, panel) in strip.into_iter().enumerate() {
            page.lay(panel, LEFT, top + place as f32 * PANEL.height);
        }
        for (outline, ink) in marks(top, folds) {
            page.items.push((Part::Decoration, Content::Drawing((outline, ink))));
        }
        if pages.is_empty() {
            steps(fonts, sheet, top, &mut page)?;
        }
        pages.push(page);
    }
    Ok(pages)
}

/// Where a strip of so many panels begins: a full one is in the middle of the page.
fn strip_top(panels: usize) -> f32 {
    let full = (A4.height - PANELS as f32 * PANEL.height) / 2.0;
    if panels == PANELS { full } else { A4.margin }
}

/// The line to cut along, and the lines to fold along.
fn marks(top: f32, panels: usize) -> Vec<Drawing> {
    let (right, bottom) = (LEFT + PANEL.width, top + panels as f32 * PANEL.height);
    let cut = Ink::Stroke(INK_SOFT, 0.6);
    let mut marks = vec![(paint::rectangle(LEFT, top, PANEL.width, bottom - top), cut)];
    for x in [LEFT, right] {
        marks.push((paint::line((x, top - BEYOND), (x, top)), cut));
        marks.push((paint::line((x, bottom), (x, bottom + BEYOND)), cut));
    }
    for fold in 1..panels {
        let y = top + fold as f32 * PANEL.height;
        marks.push((paint::dashes((LEFT, y), (right, y), 4.0), cut));
    }
    marks
}

/// How to cut and fold: a picture, and steps in large print.
fn steps(fonts: &mut Typesetter, sheet: &Sheet, top: f32, page: &mut Page) -> Result<(), PrintError> {
    if sheet.folding.is_empty() {
        return Ok(());
    }
    let left = LEFT + PANEL.width + GUTTER;
    let width = A4.width - LEFT - left;
    let mut y = top.max(A4.margin);
    for (outline, ink) in paint::folding(left, y, PICTURE) {
        page.items.push((Part::Decoration, Content::Drawing((outline, ink))));
    }
    y += PICTURE + 2.0 * A4.gap;
    for (number, step) in sheet.folding.iter().enumerate() {
        let (style, colour) = if number == 0 {
            (A4.value, ACCENT)
        } else {
            (A4.note, INK)
        };
        let lines = fonts.lines(step, style, sheet.language, width)?;
        if y + height(&lines) > A4.height - A4.margin {
            // Whoever writes more than a page of it writes for nobody.
            return Err(PrintError::TooLong);
        }
        for line in lines {
            let next = y + line.height;
            page.items.push((
                Part::Step(number),
                Content::Text {
                    line,
                    x: left,
                    y,
                    colour,
                },
            ));
            y = next;
        }
        y += A4.gap;
    }
    Ok(())
}
