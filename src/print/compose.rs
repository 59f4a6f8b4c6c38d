//! Lays a sheet out on pages.
//!
//! One column, from what matters most to what matters least: title, state, symbol with the facts
//! beside it, the remaining facts, notes. Nothing is scaled to fit and nothing is cut: what runs
//! over goes on on the next page, and every page carries the foot.

use crate::flow::{Fact, Flow, PADDING, SHAPE};
use crate::page::{CAPTION, COLUMN, FOOT, LABEL, MARGIN, NOTE, Page, Part, STATE, TITLE, VALUE};
use crate::paint::{ACCENT, INK, INK_SOFT};
use crate::symbol::Symbol;
use crate::typeset::{Style, Typesetter, height};
use crate::{Mark, PrintError, Sheet};

/// Between parts of the page.
const GAP: f32 = 14.0;
/// The narrowest and the widest column of labels.
const LABELS: (f32, f32) = (64.0, 150.0);
/// Between columns.
const GUTTER: f32 = 16.0;
/// The narrowest column in which facts still read well.
const NARROWEST: f32 = 160.0;
/// Room for `12 / 34` at the foot's right.
const NUMBERS: f32 = 80.0;
/// A longer foot is printed once, after the notes.
const FOOT_LINES: usize = 3;
/// A longer caption is printed below the symbol across the page.
const CAPTION_LINES: usize = 5;

/// Lays out one sheet.
pub(crate) fn compose(fonts: &mut Typesetter, sheet: &Sheet) -> Result<Vec<Page>, PrintError> {
    let set =
        |fonts: &mut Typesetter, text: &str, style: Style, width: f32| fonts.lines(text, style, sheet.language, width);
    let title = set(fonts, &sheet.title, TITLE, COLUMN)?;
    if title.is_empty() {
        return Err(PrintError::NothingToPrint);
    }
    let head = set(fonts, &sheet.title, LABEL, COLUMN)?.into_iter().next();
    let mut foot = set(fonts, &sheet.footer, FOOT, COLUMN - NUMBERS)?;
    let mut late_foot = Vec::new();
    if foot.len() > FOOT_LINES {
        foot.clear();
        late_foot = set(fonts, &sheet.footer, FOOT, COLUMN)?;
    }

    let mut flow = Flow::new(head, height(&foot).max(FOOT.size * FOOT.leading));
    flow.text(Part::Title, title, MARGIN, INK);
    flow.y += 9.0;
    flow.rule(MARGIN, MARGIN + COLUMN, ACCENT, 3.0);
    flow.y += GAP;

    if let Some(state) = &sheet.state {
        let shape = if sheet.mark == Mark::Plain {
            0.0
        } else {
            SHAPE + PADDING
        };
        let lines = set(fonts, state, STATE, COLUMN - shape - 2.0 * PADDING)?;
        flow.state(sheet.mark, shape, lines);
    }

    let mut facts = sheet.facts.iter().enumerate();
    if let Some(code) = &sheet.code {
        let symbol = Symbol::new(code);
        let caption = match &code.caption {
            Some(caption) => set(fonts, caption, symbol.caption_style(), symbol.caption_width())?,
            None => Vec::new(),
        };
        let (under, after) = if caption.len() > CAPTION_LINES {
            let text = code.caption.as_deref().unwrap_or_default();
            (
                Vec::new(),
                set(
                    fonts,
                    text,
                    Style {
                        centred: false,
                        ..CAPTION
                    },
                    COLUMN,
                )?,
            )
        } else {
            (caption, Vec::new())
        };
        let mut beside = flow.symbol(&symbol, under);
        let width = beside.width();
        if !symbol.alone && width >= NARROWEST {
            while let Some((number, (label, value))) = facts.clone().next() {
                let fact = Fact {
                    number,
                    label: set(fonts, label, LABEL, width)?,
                    value: set(fonts, value, VALUE, width)?,
                };
                if flow.fact_beside(&mut beside, fact).is_some() {
                    break;
                }
                facts.next();
            }
            flow.y = flow.y.max(beside.y);
        }
        flow.y += GAP;
        if !after.is_empty() {
            flow.text(Part::Caption, after, MARGIN, INK_SOFT);
            flow.y += GAP;
        }
    }

    let rest: Vec<_> = facts.collect();
    in_rows(fonts, &mut flow, sheet, &rest)?;

    for (number, note) in sheet.notes.iter().enumerate() {
        flow.text(Part::Note(number), set(fonts, note, NOTE, COLUMN)?, MARGIN, INK);
        flow.y += NOTE.size * 0.5;
    }
    flow.text(Part::Foot, late_foot, MARGIN, INK_SOFT);

    let pages = flow.page_count();
    let mut numbers = Vec::new();
    if pages > 1 {
        for number in 1..=pages {
            numbers.extend(
                set(fonts, &format!("{number} / {pages}"), FOOT, NUMBERS)?
                    .into_iter()
                    .next(),
            );
        }
    }
    Ok(flow.finish(&foot, numbers))
}

/// The facts that have no place beside a symbol, in rows across the page. The labels' column is as
/// wide as they need, within bounds.
fn in_rows(
    fonts: &mut Typesetter,
    flow: &mut Flow,
    sheet: &Sheet,
    facts: &[(usize, &(String, String))],
) -> Result<(), PrintError> {
    let mut labels = Vec::new();
    let mut widest = LABELS.0;
    for (_, (label, _)) in facts {
        let label = fonts.lines(label, LABEL, sheet.language, LABELS.1)?;
        widest = label.iter().map(|line| line.width).fold(widest, f32::max);
        labels.push(label);
    }
    let indent = widest.min(LABELS.1) + GUTTER;
    for ((number, (name, said)), label) in facts.iter().zip(labels) {
        let value = fonts.lines(said, VALUE, sheet.language, COLUMN - indent)?;
        let fact = Fact {
            number: *number,
            label,
            value,
        };
        if flow.fact_row(fact, indent).is_some() {
            // Longer than a page: one below the other, across the whole width.
            let label = fonts.lines(name, LABEL, sheet.language, COLUMN)?;
            let value = fonts.lines(said, VALUE, sheet.language, COLUMN)?;
            flow.text(Part::Label(*number), label, MARGIN, INK_SOFT);
            flow.text(Part::Value(*number), value, MARGIN, INK);
            flow.y += GAP / 2.0;
        }
    }
    if !facts.is_empty() {
        flow.y += GAP;
    }
    Ok(())
}
