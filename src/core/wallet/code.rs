//! Which code a card gets that was written down by hand.
//!
//! Nobody has to know the names of codes. What a till most likely reads is drawn by itself; whoever sees something else on
//! the card says whether it is bars or a square, and then looks from one drawing to the next until it is like the card's.

use serde::{Deserialize, Serialize};

use super::{Card, CardCode, CardKind, Command, shown};
use crate::app::{Command as AppCommand, Core, Page};
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::symbol::{self, Symbology};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// What there is on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CodeWish {
    /// No code.
    None,
    /// A row of bars.
    Bars,
    /// A square, or a field of dots.
    Square,
}

/// The codes that may be the one on the card; the first is shown.
#[derive(Debug, Default)]
pub(super) struct Looks(Vec<Symbology>);

/// In the order in which cards have them most often.
const BARS: [Symbology; 9] = [
    Symbology::Ean13,
    Symbology::Ean8,
    Symbology::UpcA,
    Symbology::Code128,
    Symbology::Code39,
    Symbology::Itf,
    Symbology::Codabar,
    Symbology::UpcE,
    Symbology::Code93,
];
const SQUARES: [Symbology; 4] = [
    Symbology::Qr,
    Symbology::DataMatrix,
    Symbology::Aztec,
    Symbology::Pdf417,
];

/// Whether a number can be drawn.
fn fits(symbology: Symbology, text: &str) -> bool {
    is_number_of(symbology, text) && symbol::encode(symbology, text).is_ok()
}

/// The letters of a Codabar are the ends of the code, and none of a number.
fn is_number_of(symbology: Symbology, text: &str) -> bool {
    symbology != Symbology::Codabar || !text.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// The code of a number that was typed: EAN-13 where it is one with its check digit, else Code 128, which takes any. On
/// cards that nobody scans, and whose numbers do harm in wrong hands, there is none unless the person says so.
pub(super) fn of_number(kind: CardKind, number: &str) -> Option<CardCode> {
    let all = [Symbology::Ean13, Symbology::Code128];
    let symbology = all.into_iter().find(|&symbology| fits(symbology, number))?;
    (!kind.is_sensitive()).then(|| CardCode {
        symbology,
        text: number.to_owned(),
    })
}

/// The same kind of code with another text, where it can hold it.
pub(super) fn same_kind(symbology: Symbology, text: &str) -> Option<CardCode> {
    fits(symbology, text).then(|| CardCode {
        symbology,
        text: text.to_owned(),
    })
}

/// What a code says: the text of the one that is there, else the number.
fn text(card: &Card) -> String {
    let there = card.code.as_ref().map(|code| code.text.clone());
    there.unwrap_or_else(|| card.number.clone())
}

/// The card gets no code. One that says something else than the number can't be drawn again, and so is asked about.
pub(super) fn none(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let says_more = |card: &Card| card.code.as_ref().is_some_and(|code| code.text != card.number);
    if !shown(turn.core).is_some_and(says_more) {
        return dropped(turn);
    }
    turn.show(
        Outcome::new(Mark::Caution, "card-code-drop-title")
            .line("card-code-drop-line")
            .main("card-code-drop-not", Icon::QrCode2, open(Page::Card))
            .or("card-code-drop", Icon::Delete, AppCommand::Wallet(Command::DropCode)),
    );
    Ok(())
}

/// The card has no code any more.
pub(super) fn dropped(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    match shown(turn.core).cloned() {
        Some(card) => keep(turn, card, None),
        None => Ok(()),
    }
}

/// The person looks for the code that is on the card.
pub(super) fn wish(turn: &mut Turn<'_>, wish: CodeWish) -> Result<(), StoreError> {
    let Some(card) = shown(turn.core).cloned() else {
        return Ok(());
    };
    let all: &[Symbology] = match wish {
        CodeWish::None => return none(turn),
        CodeWish::Bars => &BARS,
        CodeWish::Square => &SQUARES,
    };
    let text = text(&card);
    let mut looks: Vec<_> = all
        .iter()
        .copied()
        // What a telephone can't show can't be compared with the card either.
        .filter(|&symbology| is_number_of(symbology, &text) && symbol::on_a_telephone(symbology, &text).is_ok())
        .collect();
    if let Some(place) = looks
        .iter()
        .position(|look| card.code.as_ref().is_some_and(|code| code.symbology == *look))
    {
        // What it has now is the first that is looked at.
        looks.rotate_left(place);
    }
    turn.core.screen.wallet.codes = Looks(looks);
    turn.open(Page::CardCodeLooks);
    Ok(())
}

/// The code that is looked at, and how many others there are.
pub(super) fn looked_at(core: &Core) -> Option<(CardCode, usize)> {
    let looks = &core.screen.wallet.codes.0;
    let symbology = *looks.first()?;
    let text = text(shown(core)?);
    Some((CardCode { symbology, text }, looks.len() - 1))
}

/// It is not like the card's: the next one.
pub(super) fn next(turn: &mut Turn<'_>) {
    let looks = &mut turn.core.screen.wallet.codes.0;
    if looks.len() > 1 {
        looks.rotate_left(1);
    }
    turn.open(Page::CardCodeLooks);
}

/// It is like the card's.
pub(super) fn take(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    match (shown(turn.core).cloned(), looked_at(turn.core)) {
        (Some(card), Some((code, _))) => keep(turn, card, Some(code)),
        _ => Ok(()),
    }
}

fn keep(turn: &mut Turn<'_>, card: Card, code: Option<CardCode>) -> Result<(), StoreError> {
    turn.commit_undoable(vec![Change::PutCard(Card { code, ..card })])?;
    super::changed(turn);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_of_a_typed_number_is_what_a_till_most_likely_reads() {
        for (kind, number, symbology) in [
            (CardKind::Member, "6901234567892", Some(Symbology::Ean13)),
            (CardKind::Member, "6901234567893", Some(Symbology::Code128)),
            (CardKind::Transit, "3104020091234567", Some(Symbology::Code128)),
            (CardKind::Library, "A-77", Some(Symbology::Code128)),
            (CardKind::Bank, "6222021234567890", None),
            (CardKind::MedicalInsurance, "12345678", None),
        ] {
            assert_eq!(
                of_number(kind, number).map(|code| code.symbology),
                symbology,
                "{number}"
            );
        }
    }

    #[test]
    fn a_number_without_its_check_digit_is_not_drawn_as_one_that_has_it() {
        assert!(fits(Symbology::Ean8, "96385074"));
        assert!(!fits(Symbology::Ean8, "9638507"));
        assert!(fits(Symbology::UpcA, "036000291452"));
        assert!(!fits(Symbology::UpcA, "036000291453"));
        assert!(fits(Symbology::Itf, "123456"));
        assert!(!fits(Symbology::Itf, "12345"));
    }
}
