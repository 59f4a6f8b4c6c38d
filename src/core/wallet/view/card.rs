//! The page of a card, the same as large as can be, and what can be changed of it.

use super::super::photos;
use super::super::sayings::{self, Saying};
use super::super::{Card, CardKind, Command, change, digits, grouped, is_covered, masked, shown};
use super::{command, icon, kind_key, list, question};
use crate::app::{Command as AppCommand, Page};
use crate::entry::Field;
use crate::health_code;
use crate::page::PageBuilder;
use crate::symbol::{self, SymbolError};
use crate::view::{Body, Choice, CodeView, Fact, Icon, Line, Symbol};
use crate::words::time;

/// The number: covered or in its groups. It is not said because the page opens; where it does harm in wrong hands, it is
/// not said with the rest of the page either.
fn number(page: &mut PageBuilder<'_>, card: &Card) -> Option<Line> {
    if card.number.is_empty() {
        return None;
    }
    Some(if is_covered(page.core, card) {
        let said = page.words.get("card-covered-said");
        page.spoken(masked(&card.number), &said)
    } else if card.kind.is_sensitive() {
        let said = page.words.get("card-unsaid");
        page.spoken(grouped(&card.number), &said)
    } else {
        page.spoken_on_request(grouped(&card.number), &digits::said(&card.number))
    })
}

/// The code, or what is said in the place of one that no scanner could read from here. That of a number that is covered
/// says the number, and so is not shown either.
fn code(page: &mut PageBuilder<'_>, card: &Card) -> (Option<Symbol>, Vec<Line>) {
    let Some(code) = card.code.as_ref().filter(|_| !is_covered(page.core, card)) else {
        return (None, Vec::new());
    };
    match symbol::on_a_telephone(code.symbology, &code.text) {
        Ok(_) => {
            let label = page.words.with("code-label", &[("what", &card.name)]);
            let shown = Symbol {
                symbology: code.symbology,
                text: code.text.clone(),
                label,
            };
            (Some(shown), Vec::new())
        }
        Err(SymbolError::TooWide) => (None, vec![page.line("card-code-too-wide")]),
        Err(SymbolError::NotHeld) => (None, Vec::new()),
    }
}

/// From when and until when, what it says besides, and what the person has noted.
fn facts(page: &mut PageBuilder<'_>, card: &Card) -> Vec<Fact> {
    let now = page.core.now().timestamp();
    let mut facts = Vec::new();
    if let Some(from) = card.valid_from.filter(|&from| from > now) {
        let day = from.to_zoned(page.core.now().time_zone().clone()).date();
        facts.push(page.fact("card-from", time::full_date(page.words, day)));
    }
    facts.extend(until(page, card));
    for (label, value) in &card.details {
        facts.push(page.labelled(label, value));
    }
    if !card.note.is_empty() {
        facts.push(page.fact("card-note", card.note.clone()));
    }
    facts
}

/// Until when it can be used, in words.
pub(super) fn until(page: &mut PageBuilder<'_>, card: &Card) -> Option<Fact> {
    let end = card.expires_at?;
    let day = change::last_day(page.core, end);
    let key = if card.has_expired(page.core.now().timestamp()) {
        "card-was-until"
    } else {
        "card-until"
    };
    Some(page.fact(key, time::full_date(page.words, day)))
}

pub(super) fn card(page: &mut PageBuilder<'_>) -> Body {
    let Some(card) = shown(page.core).filter(|card| card.old.is_none()) else {
        return list::all(page);
    };
    let state = page.text(card.name.clone());
    let (symbol, lines) = code(page, card);
    let number = number(page, card);
    let photos = photos::on_card(page, card);
    let facts = facts(page, card);
    let mut choices: Vec<Choice> = Vec::new();
    if card.code.is_some() || !card.number.is_empty() {
        choices.push(
            page.choice("card-large", Icon::Visibility, command(Command::ShowLarge))
                .main(),
        );
    }
    if is_covered(page.core, card) && !card.number.is_empty() {
        choices.push(page.choice("card-reveal", Icon::Badge, command(Command::Reveal)));
    }
    choices.extend(say_number(page, card));
    choices.extend(Saying::of_card(card.kind).map(|saying| sayings::choice(page, saying)));
    choices.extend(health_code::of_card(page, card.kind, &card.name, &card.number));
    choices.push(if card.pinned_at.is_none() {
        page.choice("card-pin", Icon::Keep, command(Command::Pin(card.id)))
    } else {
        page.choice("card-unpin", Icon::Keep, command(Command::Unpin(card.id)))
    });
    choices.push(photos::choice(page));
    choices.extend([
        page.choice("card-edit", Icon::Edit, AppCommand::Open(Page::EditCard)),
        page.choice("card-print", Icon::Print, command(Command::Print(card.id))),
        page.choice("card-remove", Icon::Delete, command(Command::Remove(card.id))),
    ]);
    Body::Code(CodeView {
        state,
        symbol,
        number,
        photos,
        lines,
        facts,
        choices,
        ..CodeView::default()
    })
}

fn say_number(page: &mut PageBuilder<'_>, card: &Card) -> Option<Choice> {
    (!card.number.is_empty()).then(|| page.choice("card-say-number", Icon::VolumeUp, command(Command::SayNumber)))
}

/// Nothing but the name, the code and the number.
pub(super) fn large(page: &mut PageBuilder<'_>) -> Body {
    let Some(card) = shown(page.core).filter(|card| card.old.is_none()) else {
        return list::all(page);
    };
    let state = page.text(card.name.clone());
    let (symbol, lines) = code(page, card);
    let number = number(page, card);
    let mut choices: Vec<Choice> = say_number(page, card).into_iter().collect();
    choices.push(page.choice("card-large-done", Icon::Check, AppCommand::Back));
    Body::Code(CodeView {
        state,
        symbol,
        lines,
        number,
        choices,
        ..CodeView::default()
    })
}

/// What can be changed.
pub(super) fn edit(page: &mut PageBuilder<'_>) -> Body {
    let Some(card) = shown(page.core).filter(|card| card.old.is_none()) else {
        return list::all(page);
    };
    let title = page.text(page.words.with("edit-card-title", &[("name", &card.name)]));
    let field = |field| command(Command::Edit(field));
    let none = page.words.get("edit-card-none");
    let kind = page.words.get(kind_key(card.kind));
    let (number, said) = match &card.number {
        number if number.is_empty() => (none.clone(), none.clone()),
        number if card.kind.is_sensitive() => (masked(number), page.words.get("card-covered-said")),
        number => (grouped(number), digits::said(number)),
    };
    let end = card.expires_at.map(|end| {
        let day = change::last_day(page.core, end);
        time::full_date(page.words, day)
    });
    let code = page.words.get(match &card.code {
        None => "card-code-none",
        Some(code) if code.symbology.is_linear() => "card-code-bars",
        Some(_) => "card-code-square",
    });
    let note = if card.note.is_empty() {
        none.clone()
    } else {
        card.note.clone()
    };
    let rows = [
        ("edit-card-name", Icon::Edit, field(Field::CardName), card.name.clone()),
        (
            "edit-card-kind",
            icon(card.kind),
            AppCommand::Open(Page::CardKind),
            kind,
        ),
        (
            "edit-card-expiry",
            Icon::Event,
            field(Field::CardExpiry),
            end.unwrap_or(none),
        ),
        (
            "edit-card-code",
            Icon::QrCode2,
            AppCommand::Open(Page::CardCodeKind),
            code,
        ),
        ("edit-card-note", Icon::Description, field(Field::CardNote), note),
    ];
    let mut choices = Vec::with_capacity(rows.len() + 1);
    for (key, icon, command, note) in rows {
        let choice = page.choice(key, icon, command);
        choices.push(page.noted(choice, note));
        if key == "edit-card-name" {
            let choice = page.choice("edit-card-number", Icon::Keyboard, field(Field::CardNumber));
            choices.push(page.noted_as(choice, number.clone(), &said));
        }
    }
    question(title, choices)
}

/// Which kind of card it is to be.
pub(super) fn kind(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("card-kind-title");
    let now = shown(page.core).map(|card| card.kind);
    let kinds = CardKind::ALL.into_iter().chain([CardKind::Ticket]);
    let choices = kinds
        .map(|kind| {
            let choice = page.choice(kind_key(kind), icon(kind), command(Command::SetKind(kind)));
            choice.chosen_if(now == Some(kind))
        })
        .collect();
    question(title, choices)
}
