//! The place on the page where the next thing goes, and the turning of pages.
//!
//! [`crate::compose`] decides what comes in which order; here is how a thing that has no room any
//! more moves to the next page, or is divided between its lines.

use krilla::geom::Rect;

use crate::Mark;
use crate::page::{Content, HEIGHT, MARGIN, Page, Part, WIDTH};
use crate::paint::{self, EDGE, INK, INK_SOFT, Ink};
use crate::symbol::Symbol;
use crate::typeset::{Line, height};

/// Between parts of the page.
const GAP: f32 = 14.0;
/// Above a row of the facts.
const ROW: f32 = 7.0;
/// Below a row of the facts: more, since letters stand nearer to their line's end than to its top.
const ROW_END: f32 = 10.0;
/// A paragraph of so many lines is not divided between pages.
const KEPT_LINES: usize = 4;
/// The side of the state's shape.
pub(crate) const SHAPE: f32 = 44.0;
/// Inside the state's frame.
pub(crate) const PADDING: f32 = 11.0;
/// How far facts may run on beside a symbol below its end, as a share of its height.
const OVERHANG: f32 = 0.6;

/// A fact, set.
pub(crate) struct Fact {
    /// Its place among the facts.
    pub number: usize,
    /// Its name.
    pub label: Vec<Line>,
    /// What it says.
    pub value: Vec<Line>,
}

/// The column beside a symbol.
pub(crate) struct Beside {
    /// Where the next fact goes.
    pub y: f32,
    limit: f32,
    left: f32,
}

impl Beside {
    /// The column's width in points.
    pub fn width(&self) -> f32 {
        WIDTH - MARGIN - self.left
    }
}

/// The pages so far and the place on the last of them.
pub(crate) struct Flow {
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
    pub fn new(head: Option<Line>, foot: f32) -> Self {
        let bottom = HEIGHT - MARGIN - foot - GAP;
        Self {
            head,
            top: MARGIN,
            done: Vec::new(),
            page: Page::default(),
            y: MARGIN,
            bottom,
            foot,
        }
    }

    /// Pages so far, the one being filled included.
    pub fn page_count(&self) -> usize {
        self.done.len() + 1
    }

    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.page));
        self.y = MARGIN;
        if let Some(head) = self.head.clone() {
            self.y += head.height + ROW;
            self.place(Part::HeadAgain, head, MARGIN, MARGIN, INK_SOFT);
            self.rule(MARGIN, WIDTH - MARGIN, EDGE, 1.0);
            self.y += GAP;
        }
        self.top = self.y;
    }

    /// The room that a page after the first has.
    fn room(&self) -> f32 {
        let head = self.head.as_ref().map_or(0.0, |head| head.height + ROW + GAP);
        self.bottom - MARGIN - head
    }

    /// Turns the page if so much does not fit on it, unless nothing is on it yet.
    fn make_room(&mut self, height: f32) {
        if self.y + height > self.bottom && self.y > self.top {
            self.turn();
        }
    }

    fn draw(&mut self, part: Part, path: Option<krilla::geom::Path>, ink: Ink) {
        if let Some(path) = path {
            self.page.items.push((part, Content::Drawing((path, ink))));
        }
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
        let path = paint::line((left, self.y), (right, self.y));
        self.draw(Part::Decoration, path, Ink::Stroke(colour, width));
    }

    /// The state in a frame, its shape (in a column `indent` wide) before its first line. A state
    /// that runs over gets a frame on each page.
    pub fn state(&mut self, mark: Mark, indent: f32, lines: Vec<Line>) {
        let mut rest = lines.into_iter().peekable();
        let mut shape = if mark == Mark::Plain { 0.0 } else { SHAPE };
        while let Some(first) = rest.peek() {
            self.make_room(first.height.max(shape) + 2.0 * PADDING);
            let mut here = Vec::new();
            let mut words = 0.0;
            while let Some(line) =
                rest.next_if(|line| here.is_empty() || self.y + words + line.height + 2.0 * PADDING <= self.bottom)
            {
                words += line.height;
                here.push(line);
            }
            let inner = words.max(shape);
            let frame = (MARGIN, self.y, WIDTH - 2.0 * MARGIN, inner + 2.0 * PADDING);
            let colour = paint::mark_colour(mark);
            let path = paint::frame(frame.0, frame.1, frame.2, frame.3, 12.0);
            self.draw(Part::Decoration, path, Ink::Stroke(colour, 2.5));
            if shape > 0.0 {
                let y = self.y + (inner + 2.0 * PADDING - shape) / 2.0;
                for (path, ink) in paint::mark(mark, MARGIN + PADDING, y, shape) {
                    self.draw(Part::Decoration, Some(path), ink);
                }
            }
            let lift = here.first().map_or(0.0, Line::lift);
            let y = self.y + PADDING + (inner - words) / 2.0 - lift;
            self.place_all(Part::State, here, MARGIN + PADDING + indent, y, colour);
            self.y += frame.3 + GAP;
            shape = 0.0;
        }
    }

    /// The symbol with its caption. Leaves the place below both.
    pub fn symbol(&mut self, symbol: &Symbol<'_>, caption: Vec<Line>) -> Beside {
        // The gap above is already white.
        let above = (symbol.quiet - GAP).max(0.0);
        let between = symbol.quiet.max(6.0);
        let under = if caption.is_empty() {
            0.0
        } else {
            between + height(&caption)
        };
        self.make_room(above + symbol.height + under.max(symbol.quiet));
        let top = self.y + above;
        let path = paint::code(symbol.code, symbol.x, top, symbol.width, symbol.height);
        let area = Rect::from_xywh(symbol.x, top, symbol.width, symbol.height);
        if let (Some(path), Some(area)) = (path, area) {
            let drawing = (path, Ink::Fill(paint::BLACK));
            self.page.items.push((Part::Code, Content::Symbol(drawing, area)));
        }
        let end = top + symbol.height;
        self.place_all(Part::Caption, caption, symbol.caption_x(), end + between, INK);
        self.y = end + under.max(symbol.quiet);
        let limit = self.y.max(end + symbol.height * OVERHANG).min(self.bottom);
        let left = symbol.right() + symbol.quiet.max(GAP);
        Beside { y: top, limit, left }
    }

    /// A fact in the column beside the symbol, its name above it. Gives it back when it does not
    /// fit there.
    pub fn fact_beside(&mut self, beside: &mut Beside, fact: Fact) -> Option<Fact> {
        let first = fact.number == 0;
        let above = if first { 0.0 } else { ROW };
        let needed = above + height(&fact.label) + height(&fact.value);
        if beside.y + needed > beside.limit {
            return Some(fact);
        }
        let mut y = beside.y;
        if !first {
            let path = paint::line((beside.left, y), (WIDTH - MARGIN, y));
            self.draw(Part::Decoration, path, Ink::Stroke(EDGE, 1.0));
        }
        y += above;
        let value = y + height(&fact.label);
        self.place_all(Part::Label(fact.number), fact.label, beside.left, y, INK_SOFT);
        self.place_all(Part::Value(fact.number), fact.value, beside.left, value, INK);
        beside.y += needed + ROW_END;
        None
    }

    /// A fact in a row across the page, its value `indent` from the margin. Gives it back when it
    /// is longer than a page.
    pub fn fact_row(&mut self, fact: Fact, indent: f32) -> Option<Fact> {
        let needed = height(&fact.label).max(height(&fact.value)) + ROW + ROW_END;
        if needed > self.room() {
            return Some(fact);
        }
        self.make_room(needed);
        if fact.number > 0 && self.y > self.top {
            self.rule(MARGIN, WIDTH - MARGIN, EDGE, 1.0);
        }
        let y = self.y + ROW;
        // The two sizes share the first line's baseline.
        let drop = match (fact.label.first(), fact.value.first()) {
            (Some(label), Some(value)) => (value.baseline - label.baseline).max(0.0),
            _ => 0.0,
        };
        self.place_all(Part::Label(fact.number), fact.label, MARGIN, y + drop, INK_SOFT);
        self.place_all(Part::Value(fact.number), fact.value, MARGIN + indent, y, INK);
        self.y += needed;
        None
    }

    /// Puts the foot on every page, with the page's number where there is more than one.
    pub fn finish(mut self, foot: &[Line], numbers: Vec<Line>) -> Vec<Page> {
        self.done.push(std::mem::take(&mut self.page));
        let top = HEIGHT - MARGIN - self.foot;
        let mut pages = std::mem::take(&mut self.done);
        let mut numbers = numbers.into_iter();
        for (place, page) in pages.iter_mut().enumerate() {
            self.page = std::mem::take(page);
            let number = numbers.next();
            if number.is_some() || !foot.is_empty() {
                self.y = top - GAP / 2.0;
                self.rule(MARGIN, WIDTH - MARGIN, EDGE, 1.0);
            }
            let part = if place == 0 { Part::Foot } else { Part::FootAgain };
            self.place_all(part, foot.to_vec(), MARGIN, top, INK_SOFT);
            if let Some(number) = number {
                let x = WIDTH - MARGIN - number.width;
                self.place(Part::PageNumber, number, x, top, INK_SOFT);
            }
            *page = std::mem::take(&mut self.page);
        }
        pages
    }
}
