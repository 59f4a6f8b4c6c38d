//! The measures of each form of paper.
//!
//! One layout makes all of them; what differs is here. A4 is for hands and tired eyes. The panels
//! of a fold-out have the size of a bank card, so the title, the state and the values are as large
//! as such a panel allows and the small print stays above 9 points. A receipt is as narrow as the
//! printer and as long as it likes, so its text need not be small.

use crate::Format;
use crate::typeset::Style;

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// The dot of a receipt printer: 203 dots an inch, which are 8 a millimetre.
pub(crate) const DOT: f32 = MM / 8.0;

/// How large a symbol is printed. Lengths in points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SymbolMeasures {
    /// The side of a square symbol, if its modules are not too fine at it.
    pub side: f32,
    /// The smallest module of a two-dimensional symbol that a cheap scanner reads.
    pub least: f32,
    /// The widest that a wide symbol or barcode is.
    pub widest: f32,
    /// The tallest that a symbol is.
    pub tallest: f32,
    /// The narrowest that a barcode is.
    pub narrowest_bars: f32,
    /// The height of bars.
    pub bars: f32,
    /// Modules are whole multiples of it, where the printer has dots.
    pub grid: Option<f32>,
}

/// The measures of one form. Lengths in points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measures {
    /// Which form.
    pub format: Format,
    /// Of a page or panel.
    pub width: f32,
    /// Of a page or panel; a receipt ends where its content does.
    pub height: f32,
    /// White on all four sides.
    pub margin: f32,
    /// The title.
    pub title: Style,
    /// The state's word.
    pub state: Style,
    /// The name of a fact.
    pub label: Style,
    /// A fact.
    pub value: Style,
    /// Running text.
    pub note: Style,
    /// With a two-dimensional symbol.
    pub caption: Style,
    /// With a barcode: mostly the number itself, to be read out or typed.
    pub number: Style,
    /// The foot of the page, and page numbers.
    pub foot: Style,
    /// Between parts.
    pub gap: f32,
    /// Above a row of the facts.
    pub row: f32,
    /// Below a row of the facts: more, since letters stand nearer to their line's end than to its
    /// top.
    pub row_end: f32,
    /// A row to write on.
    pub writing: f32,
    /// The side of the state's shape.
    pub shape: f32,
    /// Inside the state's frame.
    pub padding: f32,
    /// The rule under the title.
    pub rule: f32,
    /// The narrowest and the widest column of labels.
    pub labels: (f32, f32),
    /// Between columns.
    pub gutter: f32,
    /// The narrowest column beside a symbol in which facts still read well.
    pub narrowest: f32,
    /// How symbols are printed.
    pub symbol: SymbolMeasures,
}

const fn style(size: f32, bold: bool, leading: f32) -> Style {
    Style {
        size,
        bold,
        leading,
        centred: false,
    }
}

const fn centred(size: f32, bold: bool, leading: f32) -> Style {
    Style {
        centred: true,
        ..style(size, bold, leading)
    }
}

/// A4, 20 mm of white on all sides: no printer clips this far in.
pub(crate) static A4: Measures = Measures {
    format: Format::A4,
    width: 210.0 * MM,
    height: 297.0 * MM,
    margin: 20.0 * MM,
    title: style(38.0, true, 1.25),
    state: style(30.0, true, 1.25),
    label: style(18.0, false, 1.35),
    value: style(24.0, true, 1.3),
    note: style(20.0, false, 1.45),
    caption: centred(18.0, false, 1.35),
    number: centred(24.0, true, 1.3),
    foot: style(18.0, false, 1.35),
    gap: 14.0,
    row: 7.0,
    row_end: 10.0,
    writing: 36.0,
    shape: 44.0,
    padding: 11.0,
    rule: 3.0,
    labels: (64.0, 150.0),
    gutter: 16.0,
    narrowest: 160.0,
    symbol: SymbolMeasures {
        side: 70.0 * MM,
        least: 0.5 * MM,
        widest: 150.0 * MM,
        tallest: 120.0 * MM,
        narrowest_bars: 90.0 * MM,
        bars: 25.0 * MM,
        grid: None,
    },
};

/// A4 that is filled more closely, for what would else need a second sheet for its last few lines: one sheet is handed
/// over, and the second one is lost. It is large print as well, with the same margins.
pub(crate) static A4_CLOSE: Measures = Measures {
    title: style(30.0, true, 1.2),
    state: style(24.0, true, 1.2),
    label: style(18.0, false, 1.2),
    value: style(22.5, true, 1.2),
    note: style(18.0, false, 1.25),
    gap: 8.0,
    row: 3.0,
    row_end: 5.0,
    writing: 28.0,
    shape: 32.0,
    padding: 7.0,
    symbol: SymbolMeasures {
        side: 62.0 * MM,
        ..A4.symbol
    },
    ..A4
};

/// One panel of a fold-out: a bank card.
pub(crate) static PANEL: Measures = Measures {
    format: Format::FoldOut,
    width: 85.6 * MM,
    height: 53.98 * MM,
    margin: 4.0 * MM,
    title: style(18.0, true, 1.2),
    state: style(14.0, true, 1.25),
    label: style(9.0, false, 1.3),
    value: style(13.0, true, 1.25),
    note: style(10.5, false, 1.35),
    caption: style(11.0, false, 1.35),
    number: centred(12.0, true, 1.25),
    foot: style(9.0, false, 1.3),
    gap: 5.0,
    row: 2.0,
    row_end: 3.0,
    writing: 19.0,
    shape: 20.0,
    padding: 4.0,
    rule: 1.5,
    labels: (30.0, 80.0),
    gutter: 7.0,
    narrowest: 110.0,
    symbol: SymbolMeasures {
        side: 44.0 * MM,
        least: 0.33 * MM,
        widest: 77.6 * MM,
        tallest: 45.9 * MM,
        narrowest_bars: 60.0 * MM,
        bars: 15.0 * MM,
        grid: None,
    },
};

/// The roll of a receipt printer: 80 mm, of which it prints 72. The length is bounded only so that
/// a text without end is divided.
pub(crate) static RECEIPT: Measures = Measures {
    format: Format::Receipt,
    width: 80.0 * MM,
    height: 2_000.0 * MM,
    margin: 4.0 * MM,
    title: style(28.0, true, 1.2),
    state: style(22.0, true, 1.25),
    label: style(14.0, false, 1.3),
    value: style(18.0, true, 1.25),
    note: style(15.0, false, 1.4),
    caption: centred(14.0, false, 1.35),
    number: centred(16.0, true, 1.3),
    foot: style(14.0, false, 1.35),
    gap: 11.0,
    row: 5.0,
    row_end: 6.0,
    writing: 32.0,
    shape: 32.0,
    padding: 8.0,
    rule: 2.5,
    labels: (40.0, 84.0),
    gutter: 10.0,
    narrowest: f32::MAX,
    symbol: SymbolMeasures {
        side: 62.0 * MM,
        least: 3.0 * DOT,
        widest: 72.0 * MM,
        tallest: 110.0 * MM,
        narrowest_bars: 40.0 * MM,
        bars: 22.0 * MM,
        grid: Some(DOT),
    },
};

impl Measures {
    /// The measures of a page's content; those of a panel for a fold-out.
    pub fn of(format: Format) -> &'static Self {
        match format {
            Format::A4 => &A4,
            Format::FoldOut => &PANEL,
            Format::Receipt => &RECEIPT,
        }
    }

    /// The width between the margins.
    pub fn column(&self) -> f32 {
        self.width - 2.0 * self.margin
    }

    /// The right edge of what is printed.
    pub fn right(&self) -> f32 {
        self.width - self.margin
    }
}
