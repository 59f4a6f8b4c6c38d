//! Lays a sheet out on pages.
//!
//! One column, from what matters most to what matters least: title, state, symbol with the facts
//! beside it, the remaining facts, notes. On a fold-out the facts that fill the front panel come
//! before the symbol, which has a panel of its own; [`crate::fold_out`] then puts the panels on A4.
//! What would run over to one more page of A4 is set more closely if that keeps it on one; nothing is
//! scaled below what can be read and nothing is cut: what still runs over goes on on the next page, and
//! every A4 page carries the foot.

use crate::flow::{Fact, Flow};
use crate::fold_out;
use crate::measures::{A4, A4_CLOSE, Measures};
use crate::page::{Page, Part};
use crate::paint::{ACCENT, INK, INK_SOFT};
use crate::symbol::Symbol;
use crate::typeset::{Line, Style, Typesetter, height};
use crate::{Code, Format, Mark, PrintError, Sheet};

/// Room for `12 / 34` at the foot's right.
const NUMBERS: f32 = 80.0;
/// A longer foot is printed once, after the notes.
const FOOT_LINES: usize = 3;
/// A longer caption is printed below the symbol across the page.
const CAPTION_LINES: usize = 5;

/// Lays out one sheet in its form.
pub(crate) fn compose(fonts: &mut Typesetter, sheet: &Sheet) -> Result<Vec<Page>, PrintError> {
    let measures = Measures::of(sheet.format);
    if sheet.format != Format::FoldOut {
        let every = |_: &Symbol<'_>| true;
        let mut set = |measures| Composer { fonts, sheet, measures }.pages(every);
        let pages = set(measures)?;
        if sheet.format == Format::A4 && pages.len() > 1 {
            let close = set(&A4_CLOSE)?;
            if close.len() < pages.len() {
                return Ok(close);
            }
        }
        return Ok(pages);
    }
    // A symbol whose modules would be too fine on a panel goes on a page of its own.
    let panels = Composer { fonts, sheet, measures }.pages(|symbol| symbol.readable)?;
    let mut pages = fold_out::impose(fonts, sheet, panels)?;
    let large = |code: &Code| !Symbol::new(code, measures, sheet.is_collection).readable;
    if sheet.codes.iter().any(large) {
        let bare = Sheet {
            state: None,
            facts: Vec::new(),
            notes: Vec::new(),
            ..sheet.clone()
        };
        let composer = Composer {
            fonts,
            sheet: &bare,
            measures: &A4,
        };
        pages.extend(composer.pages(|symbol| large(&symbol.code))?);
    }
    Ok(pages)
}

/// One sheet on its way to pages of one kind.
struct Composer<'a> {
    fonts: &'a mut Typesetter,
    sheet: &'a Sheet,
    measures: &'static Measures,
}

impl Composer<'_> {
    fn set(&mut self, text: &str, style: Style, width: f32) -> Result<Vec<Line>, PrintError> {
        self.fonts.lines(text, style, self.sheet.language, width)
    }

    /// The pages, with the symbols that `wanted` takes.
    fn pages(mut self, wanted: impl Fn(&Symbol<'_>) -> bool) -> Result<Vec<Page>, PrintError> {
        let (sheet, measures) = (self.sheet, self.measures);
        let Measures { margin, gap, .. } = *measures;
        let column = measures.column();
        let title = self.set(&sheet.title, measures.title, column)?;
        if title.is_empty() {
            return Err(PrintError::NothingToPrint);
        }
        let mut head = None;
        let (mut foot, mut late_foot) = (Vec::new(), Vec::new());
        if measures.format == Format::A4 {
            head = self.set(&sheet.title, measures.label, column)?.into_iter().next();
            foot = self.set(&sheet.footer, measures.foot, column - NUMBERS)?;
        }
        if foot.is_empty() || foot.len() > FOOT_LINES {
            foot.clear();
            late_foot = self.set(&sheet.footer, measures.foot, column)?;
        }
        let foot_height = match measures.format {
            Format::A4 => height(&foot).max(measures.foot.size * measures.foot.leading),
            _ => 0.0,
        };

        let mut flow = Flow::new(measures, head, foot_height);
        flow.text(Part::Title, title, margin, INK);
        flow.y += gap * 0.6;
        flow.rule(margin, margin + column, ACCENT, measures.rule);
        flow.y += gap;
        self.state(&mut flow)?;

        let mut facts: &[(String, String)] = &sheet.facts;
        let mut next = 0;
        if measures.format == Format::FoldOut && !sheet.codes.is_empty() {
            // The front of the folded card: as much as it holds.
            next = self.rows(&mut flow, facts, 0, true)?;
            facts = facts.get(next..).unwrap_or_default();
        }
        let collection = sheet.is_collection;
        let symbols = sheet.codes.iter().map(|code| Symbol::new(code, measures, collection));
        let codes: Vec<_> = symbols.collect();
        let mut codes = codes.iter().enumerate().filter(|(_, symbol)| wanted(symbol));
        if !collection && let Some((number, symbol)) = codes.next() {
            let beside = self.symbol(&mut flow, number, symbol, facts, next)?;
            facts = facts.get(beside..).unwrap_or_default();
            next += beside;
        }
        self.rows(&mut flow, facts, next, false)?;
        for (number, symbol) in codes {
            self.symbol(&mut flow, number, symbol, &[], 0)?;
        }

        for (number, note) in sheet.notes.iter().enumerate() {
            flow.text(Part::Note(number), self.set(note, measures.note, column)?, margin, INK);
            flow.y += measures.note.size * 0.5;
        }
        flow.text(Part::Foot, late_foot, margin, INK_SOFT);

        let pages = flow.page_count();
        let mut numbers = Vec::new();
        if pages > 1 && measures.format == Format::A4 {
            for number in 1..=pages {
                let said = self.set(&format!("{number} / {pages}"), measures.foot, NUMBERS)?;
                numbers.extend(said.into_iter().next());
            }
        }
        Ok(flow.finish(&foot, numbers))
    }

    fn state(&mut self, flow: &mut Flow) -> Result<(), PrintError> {
        let Some(state) = &self.sheet.state else {
            return Ok(());
        };
        let Measures {
            shape,
            padding,
            state: style,
            ..
        } = *self.measures;
        let shape = if self.sheet.mark == Mark::Plain {
            0.0
        } else {
            shape + padding
        };
        let lines = self.set(state, style, self.measures.column() - shape - 2.0 * padding)?;
        flow.state(self.sheet.mark, shape, lines);
        Ok(())
    }

    /// The symbol and as many of the facts as fit beside it: their number. `first` is the first
    /// one's place among all.
    fn symbol(
        &mut self,
        flow: &mut Flow,
        number: usize,
        symbol: &Symbol<'_>,
        facts: &[(String, String)],
        first: usize,
    ) -> Result<usize, PrintError> {
        let measures = self.measures;
        let text = symbol.code.caption.as_deref().unwrap_or_default();
        let caption = self.set(text, symbol.caption_style(), symbol.caption_width())?;
        let fits = if symbol.caption_beside() {
            height(&caption) <= symbol.height
        } else {
            caption.len() <= CAPTION_LINES
        };
        let plain = Style {
            centred: false,
            ..measures.caption
        };
        let (with, after) = if fits {
            (caption, Vec::new())
        } else {
            (Vec::new(), self.set(text, plain, measures.column())?)
        };
        let mut beside = flow.symbol(number, symbol, with);
        let width = beside.width();
        let mut placed = 0;
        if !symbol.alone && !symbol.caption_beside() && width >= measures.narrowest {
            for (label, value) in facts {
                let fact = Fact {
                    number: first + placed,
                    label: self.set(label, measures.label, width)?,
                    value: self.set(value, measures.value, width)?,
                };
                if flow.fact_beside(&mut beside, fact).is_some() {
                    break;
                }
                placed += 1;
            }
            flow.y = flow.y.max(beside.y);
        }
        flow.y += measures.gap;
        if !after.is_empty() {
            flow.text(Part::Caption(number), after, measures.margin, INK_SOFT);
            flow.y += measures.gap;
        }
        Ok(placed)
    }

    /// Facts in rows across the page, and how many of them were placed: all, or those that fit on
    /// `this_page`. The labels' column is as wide as they need, within bounds. On narrow paper a
    /// value that needs more than a line stands below its label.
    fn rows(
        &mut self,
        flow: &mut Flow,
        facts: &[(String, String)],
        first: usize,
        this_page: bool,
    ) -> Result<usize, PrintError> {
        let measures = self.measures;
        let column = measures.column();
        let (narrowest, widest) = measures.labels;
        let mut labels = Vec::new();
        let mut indent = narrowest;
        for (label, _) in facts {
            let label = self.set(label, measures.label, widest)?;
            indent = label.iter().map(|line| line.width).fold(indent, f32::max);
            labels.push(label);
        }
        let indent = indent.min(widest) + measures.gutter;
        let mut placed = 0;
        for ((name, said), label) in facts.iter().zip(labels) {
            let fact = Fact {
                number: first + placed,
                value: self.set(said, measures.value, column - indent)?,
                label,
            };
            if this_page && !flow.has_room(flow.row_height(&fact)) {
                break;
            }
            let narrow = measures.format != Format::A4;
            let stacked = narrow && (fact.value.len() > 1 || fact.label.len() > 1) && !this_page;
            let stacked = if stacked {
                Some(fact)
            } else {
                flow.fact_row(fact, indent)
            };
            if let Some(fact) = stacked {
                flow.fact_stacked(Fact {
                    number: fact.number,
                    label: self.set(name, measures.label, column)?,
                    value: self.set(said, measures.value, column)?,
                });
            }
            placed += 1;
        }
        if placed > 0 {
            flow.y += measures.gap;
        }
        Ok(placed)
    }
}
