//! The place on the page where the next thing goes, and the turning of pages.
//!
//! [`crate::compose`] decides what comes in which order; here is how a thing that has no room any
//! more moves to the next page, or is divided between its lines. A page is one of A4, a panel of a
//! fold-out, or a receipt of any length.

use krilla::geom::Rect;

use crate::measures::Measures;
use crate::outline::Outline;
use crate::page::{Content, Page, Part};
use crate::paint::{self, EDGE, INK, INK_SOFT, Ink};
use crate::symbol::Symbol;
use crate::typeset::{Line, height};
use crate::{Format, Mark};

/// A paragraph of so many lines is not divided between pages.
const KEPT_LINES: usize = 4;
/// How far facts may run on beside a symbol below its end, as a share of its height.
const OVERHANG: f32 = 0.6;

/// A fact, set.
pub(crate) struct Fact {
    /// Its place among the facts.
    pub number: usize,
    /// Its name.
    pub label: Vec<Line>,
    /// What it says; nothing where there is to be a line to write on.
    pub value: Vec<Line>,
}

impl Fact {
    /// The height of what it says.
    fn value_height(&self, measures: &Measures) -> f32 {
        if self.value.is_empty() {
            measures.writing
        } else {
            height(&self.value)
        }
    }
}

/// The column beside a symbol.
pub(crate) struct Beside {
    /// Where the next fact goes.
    pub y: f32,
    limit: f32,
    left: f32,
    right: f32,
}

impl Beside {
    /// The column's width in points.
    pub fn width(&self) -> f32 {
        self.right - self.left
    }
}

/// The pages so far and the place on the last of them.
pub(crate) struct Flow {
    measures: &'static Measures,
    done: Vec<Page>,
    page: Page,
    /// Where the next thing goes, in points from the page's top.
    pub y: f32,
    bottom: f32,
    foot: f32,
    head: Option<Line>,
    /// Where the space below the head begins.
    top: f32,
}

impl Flow {
    /// Starts the first page, leaving room for a foot of this height. The head stands on every
    /// page but the first, so that a page that lost its first one still says what it belongs to.
    pub fn new(measures: &'static Measures, head: Option<Line>, foot: f32) -> Self {
        let above = if foot > 0.0 { foot + measures.gap } else { 0.0 };
        Self {
            measures,
            head,
            top: measures.margin,
            done: Vec::new(),
            page: Page::new(measures.width, measures.height),
            y: measures.margin,
            bottom: measures.height - measures.margin - above,
            foot,
        }
    }

    /// Pages so far, the one being filled included.
    pub fn page_count(&self) -> usize {
        self.done.len() + 1
    }

    fn turn(&mut self) {
        self.end_page();
        let margin = self.measures.margin;
        self.y = margin;
        if let Some(head) = self.head.clone() {
            self.y += head.height + self.measures.row;
            self.place(Part::HeadAgain, head, margin, margin, INK_SOFT);
            self.hairline(margin);
            self.y += self.measures.gap;
        }
        self.top = self.y;
    }

    fn end_page(&mut self) {
        let Measures { width, height, .. } = *self.measures;
        let mut page = std::mem::replace(&mut self.page, Page::new(width, height));
        if self.measures.format == Format::Receipt {
            // The paper is cut where the text ends.
            page.height = (self.y + self.measures.margin).min(height);
        }
        self.done.push(page);
    }

    /// The room that a page after the first has.
    fn room(&self) -> f32 {
        let Measures { margin, row, gap, .. } = *self.measures;
        let head = self.head.as_ref().map_or(0.0, |head| head.height + row + gap);
        self.bottom - margin - head
    }

    /// Turns the page if so much does not fit on it, unless nothing is on it yet.
    fn make_room(&mut self, height: f32) {
        if self.y + height > self.bottom && self.y > self.top {
            self.turn();
        }
    }

    fn draw(&mut self, outline: Outline, ink: Ink) {
        let drawing = Content::Drawing((outline, ink));
        self.page.items.push((Part::Decoration, drawing));
    }

    fn place(&mut self, part: Part, line: Line, x: f32, y: f32, colour: [u8; 3]) {
        self.page.items.push((part, Content::Text { line, x, y, colour }));
    }

    fn place_all(&mut self, part: Part, lines: Vec<Line>, x: f32, mut y: f32, colour: [u8; 3]) {
        for line in lines {
            let next = y + line.height;
            self.place(part, line, x, y, colour);
            y = next;
        }
    }

    /// A paragraph, line by line, over as many pages as it needs.
    pub fn text(&mut self, part: Part, lines: Vec<Line>, x: f32, colour: [u8; 3]) {
        if lines.len() <= KEPT_LINES {
            self.make_room(height(&lines));
        }
        for line in lines {
            self.make_room(line.height);
            let next = self.y + line.height;
            self.place(part, line, x, self.y, colour);
            self.y = next;
        }
    }

    /// A horizontal line at the current place.
    pub fn rule(&mut self, left: f32, right: f32, colour: [u8; 3], width: f32) {
        self.draw(paint::line((left, self.y), (right, self.y)), Ink::Stroke(colour, width));
    }

    /// A thin line at the current place, from `left` to the right margin.
    fn hairline(&mut self, left: f32) {
        self.rule(left, self.measures.right(), EDGE, self.measures.rule / 3.0);
    }

    /// Whether so much still fits on this page.
    pub fn has_room(&self, height: f32) -> bool {
        self.y + height <= self.bottom
    }

    /// The state in a frame, its shape (in a column `indent` wide) before its first line. A state
    /// that runs over gets a frame on each page.
    pub fn state(&mut self, mark: Mark, indent: f32, lines: Vec<Line>) {
        let Measures {
            margin, padding, gap, ..
        } = *self.measures;
        let mut rest = lines.into_iter().peekable();
        let mut shape = if mark == Mark::Plain { 0.0 } else { self.measures.shape };
        while let Some(first) = rest.peek() {
            self.make_room(first.height.max(shape) + 2.0 * padding);
            let mut here = Vec::new();
            let mut words = 0.0;
            while let Some(line) =
                rest.next_if(|line| here.is_empty() || self.y + words + line.height + 2.0 * padding <= self.bottom)
            {
                words += line.height;
                here.push(line);
            }
            let inner = words.max(shape);
            let height = inner + 2.0 * padding;
            let colour = paint::mark_colour(mark);
            let frame = paint::frame(margin, self.y, self.measures.column(), height, padding);
            self.draw(frame, Ink::Stroke(colour, self.measures.rule * 0.8));
            if shape > 0.0 {
                let y = self.y + (height - shape) / 2.0;
                for (outline, ink) in paint::mark(mark, margin + padding, y, shape) {
                    self.draw(outline, ink);
                }
            }
            let lift = here.first().map_or(0.0, Line::lift);
            let y = self.y + padding + (inner - words) / 2.0 - lift;
            self.place_all(Part::State, here, margin + padding + indent, y, colour);
            self.y += height + gap;
            shape = 0.0;
        }
    }

    /// The `number`-th symbol with the line that goes with it. Leaves the place below both.
    pub fn symbol(&mut self, number: usize, symbol: &Symbol<'_>, caption: Vec<Line>) -> Beside {
        let Measures { margin, gap, .. } = *self.measures;
        let between = symbol.quiet.max(gap / 2.0);
        let beside = symbol.caption_beside();
        let under = if caption.is_empty() || beside {
            0.0
        } else {
            between + height(&caption)
        };
        // What is already white above it: the margin, or the gap. Below it, a page's margin is.
        let above = |y: f32| (symbol.quiet - if y > margin { gap } else { margin }).max(0.0);
        let below = under.max(symbol.quiet - margin);
        self.make_room(above(self.y) + symbol.height + below);
        let above = above(self.y);
        let mut top = self.y + above;
        if let Some(dot) = self.measures.symbol.grid {
            top = (top / dot).ceil() * dot;
        }
        let shape = paint::code(&symbol.code, symbol.x, top, symbol.width, symbol.height);
        if let Some(area) = Rect::from_xywh(symbol.x, top, symbol.width, symbol.height) {
            let drawing = (shape, Ink::Fill(paint::BLACK));
            self.page
                .items
                .push((Part::Code(number), Content::Symbol(drawing, area)));
        }
        let end = top + symbol.height;
        let caption_y = if beside { top } else { end + between };
        self.place_all(Part::Caption(number), caption, symbol.caption_x(), caption_y, INK);
        self.y = end + under.max(symbol.quiet);
        let limit = self.y.max(end + symbol.height * OVERHANG).min(self.bottom);
        Beside {
            y: top,
            limit,
            left: symbol.beside(),
            right: self.measures.right(),
        }
    }

    /// A fact in the column beside the symbol, its name above it. Gives it back when it does not
    /// fit there.
    pub fn fact_beside(&mut self, beside: &mut Beside, fact: Fact) -> Option<Fact> {
        let first = fact.number == 0;
        let above = if first { 0.0 } else { self.measures.row };
        let needed = above + height(&fact.label) + height(&fact.value);
        if beside.y + needed > beside.limit || fact.value.is_empty() {
            return Some(fact);
        }
        let mut y = beside.y;
        if !first {
            let line = paint::line((beside.left, y), (beside.right, y));
            self.draw(line, Ink::Stroke(EDGE, 1.0));
        }
        y += above;
        let value = y + height(&fact.label);
        self.place_all(Part::Label(fact.number), fact.label, beside.left, y, INK_SOFT);
        self.place_all(Part::Value(fact.number), fact.value, beside.left, value, INK);
        beside.y += needed + self.measures.row_end;
        None
    }

    /// The height of a fact in a row of two columns.
    pub fn row_height(&self, fact: &Fact) -> f32 {
        let Measures { row, row_end, .. } = *self.measures;
        height(&fact.label).max(fact.value_height(self.measures)) + row + row_end
    }

    /// A fact in a row across the page, its value `indent` from the margin. Gives it back when it
    /// is longer than a page.
    pub fn fact_row(&mut self, fact: Fact, indent: f32) -> Option<Fact> {
        let needed = self.row_height(&fact);
        if needed > self.room() {
            return Some(fact);
        }
        self.make_room(needed);
        let Measures {
            margin, row, row_end, ..
        } = *self.measures;
        let y = self.y + row;
        if fact.value.is_empty() {
            // The line to write on is what divides it from the next row.
            let line = self.y + needed - row_end;
            let label = line - height(&fact.label);
            self.place_all(Part::Label(fact.number), fact.label, margin, label, INK_SOFT);
            self.y = line;
            self.rule(margin + indent, self.measures.right(), INK_SOFT, 1.0);
            self.y += row_end;
            return None;
        }
        if fact.number > 0 && self.y > self.top {
            self.hairline(margin);
        }
        // The two sizes share the first line's baseline.
        let drop = match (fact.label.first(), fact.value.first()) {
            (Some(label), Some(value)) => (value.baseline - label.baseline).max(0.0),
            _ => 0.0,
        };
        self.place_all(Part::Label(fact.number), fact.label, margin, y + drop, INK_SOFT);
        self.place_all(Part::Value(fact.number), fact.value, margin + indent, y, INK);
        self.y += needed;
        None
    }

    /// A fact across the whole width, its name above it, divided between pages if it must be.
    pub fn fact_stacked(&mut self, fact: Fact) {
        let Measures {
            margin, row, row_end, ..
        } = *self.measures;
        let needed = row + height(&fact.label) + fact.value_height(self.measures) + row_end;
        if needed <= self.room() {
            self.make_room(needed);
        }
        if fact.number > 0 && self.y > self.top {
            self.hairline(margin);
        }
        self.y += row;
        self.text(Part::Label(fact.number), fact.label, margin, INK_SOFT);
        if fact.value.is_empty() {
            self.make_room(self.measures.writing);
            self.y += self.measures.writing;
            self.rule(margin, self.measures.right(), INK_SOFT, 1.0);
        }
        self.text(Part::Value(fact.number), fact.value, margin, INK);
        self.y += row_end;
    }

    /// Puts the foot on every page, with the page's number where there is more than one.
    pub fn finish(mut self, foot: &[Line], numbers: Vec<Line>) -> Vec<Page> {
        self.end_page();
        let mut pages = std::mem::take(&mut self.done);
        if self.foot == 0.0 {
            return pages;
        }
        let Measures {
            margin, height, gap, ..
        } = *self.measures;
        let top = height - margin - self.foot;
        let mut numbers = numbers.into_iter();
        for (place, page) in pages.iter_mut().enumerate() {
            self.page = std::mem::take(page);
            let number = numbers.next();
            if number.is_some() || !foot.is_empty() {
                self.y = top - gap / 2.0;
                self.hairline(margin);
            }
            let part = if place == 0 { Part::Foot } else { Part::FootAgain };
            self.place_all(part, foot.to_vec(), margin, top, INK_SOFT);
            if let Some(number) = number {
                let x = self.measures.right() - number.width;
                self.place(Part::PageNumber, number, x, top, INK_SOFT);
            }
            *page = std::mem::take(&mut self.page);
        }
        pages
    }
}
