//! The cards on paper: all of them, or those that the person chooses, with codes that scan.
//!
//! Numbers that do harm in wrong hands are asked about before, since paper can be lost: whole, or the last four digits
//! alone. A card whose number is covered has no code on the paper either.

use std::collections::BTreeSet;

use super::{Card, CardKind, cards, grouped, masked, view};
use crate::app::{Core, Page};
use crate::certificates::{self, Form, Item, Paper, PaperCode};
use crate::ids::CardId;
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::Symbol;
use crate::words::Words;

/// The most cards on one paper: beyond that it would take too much of it.
const MOST: usize = 50;

/// What is to be printed.
#[derive(Debug, Default)]
pub(crate) struct PrintWish {
    /// Which cards.
    pub(super) cards: BTreeSet<CardId>,
    /// One card by itself, which may be signed.
    one: Option<CardId>,
    /// The numbers that do harm in wrong hands are printed whole.
    whole: bool,
}

/// Asks which cards; all of them are chosen, as far as one paper takes them.
pub(super) fn begin(turn: &mut Turn<'_>) {
    let cards = cards(turn.core).iter().take(MOST).map(|card| card.id).collect();
    turn.core.screen.wallet.print = PrintWish {
        cards,
        ..PrintWish::default()
    };
    turn.open(Page::PrintCards);
}

/// One card.
pub(super) fn one(turn: &mut Turn<'_>, id: CardId) -> Result<(), StoreError> {
    turn.core.screen.wallet.print = PrintWish {
        cards: BTreeSet::from([id]),
        one: Some(id),
        whole: false,
    };
    chosen(turn)
}

pub(super) fn toggle(turn: &mut Turn<'_>, id: CardId) {
    let chosen = &mut turn.core.screen.wallet.print.cards;
    if chosen.remove(&id) {
        return;
    }
    if chosen.len() < MOST {
        chosen.insert(id);
        return;
    }
    let said = turn
        .core
        .words()
        .with("print-cards-most", &[("count", &MOST.to_string())]);
    turn.tell(said);
}

/// Those that were chosen, in the order of the wallet.
pub(crate) fn printed(core: &Core) -> Vec<&Card> {
    let mut cards = cards(core);
    cards.retain(|card| core.screen.wallet.print.cards.contains(&card.id));
    cards
}

/// That is all: where a number does harm in wrong hands, the person is asked about it.
pub(super) fn chosen(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let cards = printed(turn.core);
    if cards.is_empty() {
        return Ok(());
    }
    if cards
        .iter()
        .any(|card| card.kind.is_sensitive() && !card.number.is_empty())
    {
        turn.open(Page::PrintNumbers);
        return Ok(());
    }
    numbers(turn, true)
}

/// Goes on to the printer.
pub(super) fn numbers(turn: &mut Turn<'_>, whole: bool) -> Result<(), StoreError> {
    let wish = &mut turn.core.screen.wallet.print;
    wish.whole = whole;
    // A card that stands on the paper with all that it says may be signed by the hub; nothing else is shown to it.
    let item = wish.one.filter(|_| whole).map_or(Item::Cards, Item::Card);
    certificates::update(turn, certificates::Command::Choose(item))
}

/// The paper; `None` where no card is chosen.
pub(crate) fn paper(core: &Core, words: Words, form: Form) -> Option<Paper> {
    let cards = printed(core);
    if cards.is_empty() {
        return None;
    }
    let is_covered = |card: &Card| card.kind.is_sensitive() && !core.screen.wallet.print.whole;
    let facts = cards.iter().map(|card| {
        let number = match &card.number {
            number if number.is_empty() => words.get(view::kind_key(card.kind)),
            number if is_covered(card) => masked(number),
            number => grouped(number),
        };
        (card.name.clone(), number)
    });
    let codes = cards.iter().filter(|card| !is_covered(card)).filter_map(|card| {
        let code = card.code.as_ref()?;
        Some(PaperCode {
            symbol: Symbol {
                symbology: code.symbology,
                text: code.text.clone(),
                label: words.with("code-label", &[("what", &card.name)]),
            },
            caption: match &card.number {
                number if number.is_empty() => card.name.clone(),
                number => format!("{}\n{}", card.name, grouped(number)),
            },
        })
    });
    let mut notes = vec![words.get("paper-cards-what")];
    if cards.iter().any(|card| card.kind == CardKind::Bank) {
        notes.push(words.get("paper-cards-bank"));
    }
    Some(Paper {
        format: form.format,
        language: form.language,
        title: words.get("paper-cards-title"),
        state: None,
        facts: facts.collect(),
        codes: codes.collect(),
        is_collection: true,
        notes,
        footer: certificates::footer(core, words),
        folding: Vec::new(),
        kept_until: None,
    })
}
