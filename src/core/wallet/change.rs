//! Changing a card: its name, number, kind, expiry and note.
//!
//! The fields are those of a new card; what is half-typed about one card is never another's (see [`crate::entry::DraftId`]).

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use super::{Card, CardKind, Command, add, shown};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::{Field, Problem, forgotten};
use crate::fraud::{self, Trigger};
use crate::store::{Change, StoreError};
use crate::turn::Turn;

const FIELDS: [Field; 4] = [Field::CardName, Field::CardNumber, Field::CardExpiry, Field::CardNote];

/// The card that is being changed; none where a new one is added.
pub(crate) fn edited(core: &Core) -> Option<&Card> {
    core.records.cards.get(&core.screen.wallet.edited?)
}

/// Opens a field of the card that is shown.
pub(super) fn begin(turn: &mut Turn<'_>, field: Field) {
    if let Some(id) = shown(turn.core).map(|card| card.id)
        && FIELDS.contains(&field)
    {
        turn.core.screen.wallet.edited = Some(id);
        turn.open(Page::Enter(field));
    }
}

/// What a field of the card that is changed holds now.
pub(crate) fn held(core: &Core, field: Field) -> String {
    let Some(card) = edited(core) else {
        return if field == Field::CardName {
            add::suggested_name(core)
        } else {
            String::new()
        };
    };
    match field {
        Field::CardName => card.name.clone(),
        Field::CardNumber => card.number.clone(),
        Field::CardNote => card.note.clone(),
        Field::CardExpiry => card
            .expires_at
            .map_or_else(String::new, |end| last_day(core, end).strftime("%Y%m%d").to_string()),
        _ => String::new(),
    }
}

/// The last day on which a card that expires then can be used.
pub(super) fn last_day(core: &Core, end: Timestamp) -> Date {
    let zone = core.now().time_zone().clone();
    let last = end.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(end);
    last.to_zoned(zone).date()
}

/// The moment after the last day that was typed: 20281231, or 202812 for the whole of a month, with what separators
/// there may be.
fn expiry(core: &Core, text: &str) -> Option<Timestamp> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let others = text.chars().all(|c| c.is_ascii_digit() || " -/.年月日".contains(c));
    let year = digits.get(..4)?.parse().ok()?;
    let month = digits.get(4..6)?.parse().ok()?;
    let last = match digits.len() {
        8 => Date::new(year, month, digits.get(6..)?.parse().ok()?).ok()?,
        6 => Date::new(year, month, 1).ok()?.last_of_month(),
        _ => return None,
    };
    let next = last
        .tomorrow()
        .ok()
        .filter(|_| others && (2000..=2199).contains(&last.year()))?;
    let midnight = DateTime::from_parts(next, jiff::civil::Time::midnight());
    let zone = core.now().time_zone().clone();
    midnight.to_zoned(zone).ok().map(|at| at.timestamp())
}

/// Something about a card that is there was typed.
pub(super) fn typed(
    turn: &mut Turn<'_>,
    card: Card,
    field: Field,
    text: String,
) -> Result<Result<(), Problem>, StoreError> {
    let card = match field {
        Field::CardName if text.is_empty() => return Ok(Err("enter-card-name-empty")),
        Field::CardName => Card { name: text, ..card },
        Field::CardNumber => match add::number(card.kind, &text) {
            Ok((number, code)) => with_number(card, number, code),
            Err(problem) => return Ok(Err(problem)),
        },
        Field::CardExpiry if text.is_empty() => Card {
            expires_at: None,
            ..card
        },
        Field::CardExpiry => match expiry(turn.core, &text) {
            Some(end) => Card {
                expires_at: Some(end),
                ..card
            },
            None => return Ok(Err("enter-card-expiry-wrong")),
        },
        _ => Card { note: text, ..card },
    };
    let id = card.id;
    let typed = forgotten(turn.core, &[field]);
    turn.commit_undoable([vec![Change::PutCard(card)], typed].concat())?;
    turn.core.screen.wallet.shown = Some(id);
    super::changed(turn);
    Ok(Ok(()))
}

/// A code that says the old number says the new one, in the same kind of code where that can.
fn with_number(card: Card, number: String, code: Option<super::CardCode>) -> Card {
    let drawn = card.code.as_ref().filter(|code| code.text == card.number);
    let code = match drawn {
        Some(old) => super::code::same_kind(old.symbology, &number).or(code),
        // What it says is not the number's business; where there was none, there still is none.
        None => card.code.clone(),
    };
    Card { number, code, ..card }
}

/// The card becomes one of another kind.
pub(super) fn set_kind(turn: &mut Turn<'_>, kind: CardKind) -> Result<(), StoreError> {
    let Some(card) = shown(turn.core).cloned() else {
        return Ok(());
    };
    let becomes_a_banks = kind == CardKind::Bank && card.kind != kind;
    if becomes_a_banks && fraud::needs_asking(turn.core, Trigger::AddBankCard) {
        return fraud::ask(turn, Trigger::AddBankCard, AppCommand::Wallet(Command::SetKind(kind)));
    }
    turn.commit_undoable(vec![Change::PutCard(Card { kind, ..card })])?;
    super::changed(turn);
    Ok(())
}
