//! The measures of a page and what lies on it once a sheet has been laid out.
//!
//! [`crate::compose`] fills these, [`crate::write`] draws them. Keeping them apart lets a test ask
//! the layout itself whether anything is smaller than it may be or outside the page.

use krilla::geom::Rect;

use crate::paint::Drawing;
use crate::typeset::{Line, Style};

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// A4.
pub(crate) const WIDTH: f32 = 210.0 * MM;
/// A4.
pub(crate) const HEIGHT: f32 = 297.0 * MM;
/// White on all four sides; no printer clips this far in.
pub(crate) const MARGIN: f32 = 20.0 * MM;
/// The width between the margins.
pub(crate) const COLUMN: f32 = WIDTH - 2.0 * MARGIN;

const fn style(size: f32, bold: bool, leading: f32) -> Style {
    Style {
        size,
        bold,
        leading,
        centred: false,
    }
}

/// The title of the page.
pub(crate) const TITLE: Style = style(38.0, true, 1.25);
/// The state's word.
pub(crate) const STATE: Style = style(30.0, true, 1.25);
/// The name of a fact.
pub(crate) const LABEL: Style = style(18.0, false, 1.35);
/// A fact.
pub(crate) const VALUE: Style = style(24.0, true, 1.3);
/// Running text.
pub(crate) const NOTE: Style = style(20.0, false, 1.45);
/// Under a two-dimensional symbol.
pub(crate) const CAPTION: Style = Style {
    centred: true,
    ..style(18.0, false, 1.35)
};
/// Under a barcode: mostly the number itself, to be read out or typed.
pub(crate) const NUMBER: Style = Style {
    centred: true,
    ..style(24.0, true, 1.3)
};
/// The foot of the page, and page numbers.
pub(crate) const FOOT: Style = style(18.0, false, 1.35);

/// Which part of the sheet a thing on the page belongs to: its place in the reading order.
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
    /// The symbol.
    Code,
    /// The line under it.
    Caption,
    /// The n-th paragraph.
    Note(usize),
    /// The foot of the first page.
    Foot,
    /// The title again, small, on a later page: not read out twice.
    HeadAgain,
    /// The foot again, on a later page: not read out twice.
    FootAgain,
    /// The number of the page.
    PageNumber,
    /// Rules, frames and shapes that say nothing the words do not.
    Decoration,
}

/// A thing drawn.
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
    /// A path.
    Drawing(Drawing),
    /// The symbol's path, and the box it fills without its quiet zone.
    Symbol(Drawing, Rect),
}

/// One page, in drawing order.
#[derive(Default)]
pub(crate) struct Page {
    /// What lies on it.
    pub items: Vec<(Part, Content)>,
}
