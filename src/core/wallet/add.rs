//! How cards come into the wallet: by hand, or out of a file.

use anban_wire::IdentityNumber;

use super::{Card, CardKind, Command, change, code, view};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::{Field, Keys, Problem, drafted, forget, forgotten};
use crate::fraud::{self, Trigger};
use crate::ids::CardId;
use crate::page::PageBuilder;
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Choice, Icon, Mark};

/// A new card of a kind; its name is asked first.
pub(super) fn begin(turn: &mut Turn<'_>, kind: CardKind) -> Result<(), StoreError> {
    if kind == CardKind::Bank && fraud::needs_asking(turn.core, Trigger::AddBankCard) {
        return fraud::ask(turn, Trigger::AddBankCard, AppCommand::Wallet(Command::Add(kind)));
    }
    let wallet = &mut turn.core.screen.wallet;
    wallet.edited = None;
    if wallet.begun.replace(kind).is_some_and(|before| before != kind) {
        // What was typed of a bus card is not so of a library's.
        forget(turn, &[Field::CardName, Field::CardNumber])?;
    }
    turn.core.screen.wallet.kind = kind;
    turn.open(Page::Enter(Field::CardName));
    Ok(())
}

/// What a new card is called unless the person calls it otherwise.
pub(crate) fn suggested_name(core: &Core) -> String {
    match core.screen.wallet.kind {
        CardKind::Other | CardKind::Member | CardKind::Ticket => String::new(),
        kind => core.words().get(view::kind_key(kind)),
    }
}

/// The kind of the card whose number is being typed.
pub(crate) fn kind_being_typed(core: &Core) -> CardKind {
    change::edited(core).map_or(core.screen.wallet.kind, |card| card.kind)
}

/// Which keys the number of the card that is being typed takes. What is numbered as the identity card is may end in X.
pub(crate) fn number_keys(core: &Core) -> Keys {
    let kind = kind_being_typed(core);
    if core.screen.wallet.letters {
        Keys::Words
    } else if kind == CardKind::Identity || kind.names_a_person() {
        Keys::IdentityNumber
    } else {
        Field::CardNumber.keys()
    }
}

/// The way to letters and back to large keys; an identity card has none of them.
pub(crate) fn other_keys(page: &mut PageBuilder<'_>) -> Option<Choice> {
    if kind_being_typed(page.core) == CardKind::Identity {
        return None;
    }
    let letters = page.core.screen.wallet.letters;
    let (key, icon) = if letters {
        ("enter-with-digits", Icon::ArrowForward)
    } else {
        ("enter-with-letters", Icon::TextFields)
    };
    Some(page.choice(key, icon, AppCommand::Wallet(Command::Letters(!letters))))
}

/// A card's number as it is kept, and the code that is drawn of it.
pub(super) fn number(kind: CardKind, text: &str) -> Result<(String, Option<super::CardCode>), Problem> {
    let number: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err("enter-card-number-wrong");
    }
    let code = code::of_number(kind, &number);
    match number.to_ascii_uppercase().parse::<IdentityNumber>() {
        Ok(identity) => Ok((identity.as_str().to_owned(), code)),
        Err(_) if kind == CardKind::Identity => Err("enter-identity-number-wrong"),
        Err(_) => Ok((number, code)),
    }
}

/// Something about a card was typed.
pub(crate) fn typed(turn: &mut Turn<'_>, field: Field, text: String) -> Result<Result<(), Problem>, StoreError> {
    if let Some(card) = change::edited(turn.core).cloned() {
        return change::typed(turn, card, field, text);
    }
    if field == Field::CardName {
        if text.is_empty() {
            return Ok(Err("enter-card-name-empty"));
        }
        if turn.core.screen.wallet.by_photo {
            add_bare(turn, text)?;
            return Ok(Ok(()));
        }
        // Kept as a draft until the number is there.
        turn.replace(Page::Enter(Field::CardNumber));
        return Ok(Ok(()));
    }
    let kind = turn.core.screen.wallet.kind;
    let (number, code) = match number(kind, &text) {
        Ok(taken) => taken,
        Err(problem) => return Ok(Err(problem)),
    };
    let name = drafted(turn.core, Field::CardName)
        .filter(|name| !name.is_empty())
        .cloned();
    let name = name.unwrap_or_else(|| turn.core.words().get(view::kind_key(kind)));
    let card = Card {
        code,
        number,
        ..Card::new(CardId(turn.uuid()), kind, name, turn.now())
    };
    let typed = forgotten(turn.core, &[Field::CardName, Field::CardNumber]);
    keep(turn, vec![card], typed)?;
    Ok(Ok(()))
}

/// A card with nothing but a name, for photographs: they are asked for at once.
fn add_bare(turn: &mut Turn<'_>, name: String) -> Result<(), StoreError> {
    let kind = turn.core.screen.wallet.kind;
    let card = Card::new(CardId(turn.uuid()), kind, name, turn.now());
    turn.core.screen.wallet.shown = Some(card.id);
    let typed = forgotten(turn.core, &[Field::CardName]);
    turn.commit_undoable([vec![Change::PutCard(card)], typed].concat())?;
    turn.back_to(Page::Wallet);
    turn.open(Page::Card);
    turn.open(Page::CardPhotos);
    Ok(())
}

/// Keeps new cards, and forgets the half-typed text they came of.
pub(super) fn keep(turn: &mut Turn<'_>, cards: Vec<Card>, drafts: Vec<Change>) -> Result<(), StoreError> {
    let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
    let names = names.join(" · ");
    let first = cards.first().map(|card| card.id);
    let by_hand = !drafts.is_empty();
    turn.commit_undoable(cards.into_iter().map(Change::PutCard).chain(drafts).collect())?;
    turn.core.screen.wallet.shown = first;
    turn.back_to(Page::Wallet);
    let mut outcome = Outcome::new(Mark::Good, "card-kept-title")
        .line(Sentence("card-kept-line", vec![("name", names)]))
        .main("card-kept-show", Icon::CreditCard, open(Page::Card));
    if by_hand {
        // What not every card has is asked behind what every card has, so that nothing has to be skipped.
        let edit = AppCommand::Wallet(Command::Edit(Field::CardExpiry));
        outcome = outcome.or("card-kept-expiry", Icon::Event, edit).or(
            "card-kept-code",
            Icon::QrCode2,
            open(Page::CardCodeKind),
        );
    }
    turn.show(outcome.undoable());
    Ok(())
}
