//! The wallet: cards with their number and code, shown large.
//!
//! A card is added by name and number, or comes as a pass (`.pkpass`). Nothing of it leaves the device but what the hub
//! is to sign for its copy on paper. What a till reads is drawn from what the card says, so that a card that can be shown
//! can also be printed. A card that says who somebody is answers for their health code, where one is kept (see
//! `health_code/card.rs`).

use anban_wire::IdentityNumber;
use serde::{Deserialize, Serialize};

use crate::app::{Core, Page};
use crate::entry::{Field, Keys, Problem};
use crate::ids::CardId;
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::symbol::{self, Symbology};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod model;
pub mod pkpass;
#[cfg(test)]
mod tests;
mod view;

pub use model::{Card, CardCode, CardKind};
pub(crate) use view::{icon, view};

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Begins a new card of a kind; its name is asked next.
    Add(CardKind),
    /// Shows a card.
    Show(CardId),
    /// Removes a card. It can be taken back.
    Remove(CardId),
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// The card that is shown.
    pub shown: Option<CardId>,
    /// The kind of the card that is being added.
    pub kind: CardKind,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Add(kind) => {
            turn.core.screen.wallet.kind = kind;
            turn.open(Page::Enter(Field::CardName));
        }
        Command::Show(id) => {
            turn.core.screen.wallet.shown = Some(id);
            turn.open(Page::Card);
        }
        Command::Remove(id) => {
            turn.commit_undoable(vec![Change::RemoveCard(id)])?;
            turn.back_to(Page::Wallet);
            turn.show(
                Outcome::new(Mark::Good, "card-removed-title")
                    .line("card-removed-line")
                    .undoable(),
            );
        }
    }
    Ok(())
}

/// The cards in the order in which they were added.
pub(crate) fn cards(core: &Core) -> Vec<&Card> {
    let mut cards: Vec<_> = core.records.cards.values().collect();
    cards.sort_by_key(|card| (card.added_at, card.id));
    cards
}

/// The card that is shown.
pub(crate) fn shown(core: &Core) -> Option<&Card> {
    core.records.cards.get(&core.screen.wallet.shown?)
}

/// What a new card is called unless the person calls it otherwise.
pub(crate) fn suggested_name(core: &Core) -> String {
    match core.screen.wallet.kind {
        CardKind::Other | CardKind::Member | CardKind::Ticket => String::new(),
        kind => core.words().get(view::kind_key(kind)),
    }
}

/// Which keys the number of the card that is being added is typed with.
pub(crate) fn number_keys(core: &Core) -> Keys {
    match core.screen.wallet.kind {
        CardKind::Identity => Keys::IdentityNumber,
        _ => Field::CardNumber.keys(),
    }
}

/// A number in groups of four, from the left, as cards are embossed; an identity number by region, day of birth and
/// the rest.
pub(crate) fn grouped(number: &str) -> String {
    if number.parse::<IdentityNumber>().is_ok()
        && let Some((region, rest)) = number.split_at_checked(6)
        && let Some((birth, rest)) = rest.split_at_checked(8)
    {
        return format!("{region} {birth} {rest}");
    }
    let characters: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    let mut groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    // A digit alone at the end is easily lost: it goes with those before it.
    if let Some(last) = groups.pop_if(|group| group.chars().count() == 1) {
        match groups.last_mut() {
            Some(group) => group.push_str(&last),
            None => groups.push(last),
        }
    }
    groups.join(" ")
}

/// The code of a number: EAN-13 where it is one with its check digit, else Code 128, which takes any.
fn code_of(number: &str) -> Option<CardCode> {
    let text: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let symbology = [Symbology::Ean13, Symbology::Code128]
        .into_iter()
        .filter(|&symbology| symbology != Symbology::Ean13 || ean13(&text))
        .find(|&symbology| symbol::encode(symbology, &text).is_ok())?;
    Some(CardCode { symbology, text })
}

/// Thirteen digits whose last one checks the others (ISO/IEC 15420).
fn ean13(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    text.len() == 13 && digits.len() == 13 && sum.is_multiple_of(10)
}

/// A card's name or number was typed.
pub(crate) fn typed(turn: &mut Turn<'_>, field: Field, text: String) -> Result<Result<(), Problem>, StoreError> {
    if field == Field::CardName {
        if text.is_empty() {
            return Ok(Err("enter-card-name-empty"));
        }
        // Kept as a draft until the number is there.
        turn.replace(Page::Enter(Field::CardNumber));
        return Ok(Ok(()));
    }
    let number: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Ok(Err("enter-card-number-wrong"));
    }
    let kind = turn.core.screen.wallet.kind;
    let mut code = code_of(&number);
    let number = match number.to_ascii_uppercase().parse::<IdentityNumber>() {
        Ok(identity) => {
            // There is none on an identity card, and nobody scans one.
            code = code.filter(|_| kind != CardKind::Identity);
            identity.as_str().to_owned()
        }
        Err(_) if kind == CardKind::Identity => return Ok(Err("enter-identity-number-wrong")),
        Err(_) => number,
    };
    let name = turn
        .core
        .records
        .drafts
        .get(&Field::CardName)
        .cloned()
        .filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| turn.core.words().get(view::kind_key(turn.core.screen.wallet.kind)));
    let card = Card {
        id: CardId(turn.uuid()),
        kind,
        name,
        code,
        number,
        details: Vec::new(),
        added_at: turn.now(),
    };
    let drafts = vec![
        Change::RemoveDraft(Field::CardName),
        Change::RemoveDraft(Field::CardNumber),
    ];
    keep(turn, vec![card], drafts)?;
    Ok(Ok(()))
}

/// Keeps new cards, and forgets the half-typed text they came of.
fn keep(turn: &mut Turn<'_>, cards: Vec<Card>, drafts: Vec<Change>) -> Result<(), StoreError> {
    let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
    let names = names.join(" · ");
    let first = cards.first().map(|card| card.id);
    turn.commit_undoable(cards.into_iter().map(Change::PutCard).chain(drafts).collect())?;
    turn.core.screen.wallet.shown = first;
    turn.back_to(Page::Wallet);
    turn.show(
        Outcome::new(Mark::Good, "card-kept-title")
            .line(Sentence("card-kept-line", vec![("name", names)]))
            .main("card-kept-show", Icon::CreditCard, open(Page::Card))
            .undoable(),
    );
    Ok(())
}

/// A pass, or a bundle of them, was read from a file.
pub(crate) fn import_pass(turn: &mut Turn<'_>, bytes: &[u8]) -> Result<(), StoreError> {
    let Ok(passes) = pkpass::read(bytes, turn.core.words().language()) else {
        turn.show(
            Outcome::new(Mark::Bad, "pass-unreadable-title")
                .line("pass-unreadable-line")
                .or("files-again", Icon::Refresh, open(Page::Files)),
        );
        return Ok(());
    };
    let mut cards = Vec::with_capacity(passes.len());
    for pass in passes {
        // The same pass again takes the place of the one that is there.
        let same = |card: &&Card| card.name == pass.name && card.code == pass.code && card.number == pass.number;
        let there = turn.core.records.cards.values().find(same);
        let (id, added_at) = match there.map(|card| (card.id, card.added_at)) {
            Some(known) => known,
            None => (CardId(turn.uuid()), turn.now()),
        };
        cards.push(Card {
            id,
            kind: pass.kind,
            name: pass.name,
            number: pass.number,
            code: pass.code,
            details: pass.details,
            added_at,
        });
    }
    keep(turn, cards, Vec::new())
}
