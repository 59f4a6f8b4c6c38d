//! What lies on a page once a sheet has been laid out.
//!
//! [`crate::compose`] fills these, [`crate::write`] draws them into a PDF and [`crate::raster`] as
//! dots. Keeping them apart lets a test ask the layout itself whether anything is smaller than it
//! may be or outside the page.

use krilla::geom::{Rect, Transform};

use crate::paint::Drawing;
use crate::typeset::Line;

/// Which part of the sheet a thing on the page belongs to. Parts are drawn in the order in which
/// they are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The title.
    Title,
    /// The state.
    State,
    /// The n-th fact's label.
    Label(usize),
    /// The n-th fact's value.
    Value(usize),
    /// The n-th symbol.
    Code(usize),
    /// The line that goes with it.
    Caption(usize),
    /// The n-th paragraph.
    Note(usize),
    /// The foot of the first page.
    Foot,
    /// The n-th step of how to fold.
    Step(usize),
    /// The title again, small, on a later page: not read out twice.
    HeadAgain,
    /// The foot again, on a later page: not read out twice.
    FootAgain,
    /// The number of the page.
    PageNumber,
    /// Rules, frames and shapes that say nothing the words do not.
    Decoration,
}

impl Part {
    /// Whether it is something to be read, and no repetition and no ornament.
    pub fn is_read(self) -> bool {
        !matches!(
            self,
            Self::HeadAgain | Self::FootAgain | Self::PageNumber | Self::Decoration
        )
    }
}

/// A thing drawn.
#[derive(Clone)]
pub(crate) enum Content {
    /// A line of text with its top left corner at `x`, `y`.
    Text {
        /// The glyphs.
        line: Line,
        /// Points from the page's left edge.
        x: f32,
        /// Points from the page's top edge.
        y: f32,
        /// Colour.
        colour: [u8; 3],
    },
    /// A shape.
    Drawing(Drawing),
    /// The symbol's shape, and the box it fills without its quiet zone.
    Symbol(Drawing, Rect),
}

/// One page, in drawing order.
#[derive(Clone, Default)]
pub(crate) struct Page {
    /// In points.
    pub width: f32,
    /// In points.
    pub height: f32,
    /// What lies on it.
    pub items: Vec<(Part, Content)>,
}

impl Page {
    /// An empty page.
    pub fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            items: Vec::new(),
        }
    }

    /// Puts all that lies on another page on this one, that page's corner at `right`, `down`.
    pub fn lay(&mut self, other: Page, right: f32, down: f32) {
        for (part, mut content) in other.items {
            match &mut content {
                Content::Text { x, y, .. } => {
                    *x += right;
                    *y += down;
                }
                Content::Drawing((outline, _)) => outline.shift(right, down),
                Content::Symbol((outline, _), area) => {
                    outline.shift(right, down);
                    // Moved by a finite number, a rectangle stays one.
                    *area = area.transform(Transform::from_translate(right, down)).unwrap_or(*area);
                }
            }
            self.items.push((part, content));
        }
    }
}
