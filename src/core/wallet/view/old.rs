//! The pages of cards that are not used any more.

use jiff::SignedDuration;

use super::super::{Card, Command, WhyOld, old, order, shown};
use super::card::until;
use super::{command, list, listed, row};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Body, Fact, Icon, QuestionView};

/// All of them, the latest first.
pub(super) fn all(page: &mut PageBuilder<'_>) -> Body {
    let cards = order::old(page.core);
    let title = page.line(if cards.is_empty() {
        "old-cards-none"
    } else {
        "old-cards-title"
    });
    let lines = vec![page.line("old-cards-line")];
    let mut choices = Vec::new();
    listed(page, &mut choices, &cards, |page, card| {
        row(page, card, command(Command::Show(card.id)))
    });
    if choices.is_empty() {
        choices.push(
            page.choice("old-cards-wallet", Icon::Wallet, AppCommand::Open(Page::Wallet))
                .main(),
        );
    }
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

/// How long a card is still there.
fn left(page: &mut PageBuilder<'_>, card: &Card) -> Option<Fact> {
    let gone_at = old::gone_at(card.old?)?;
    let left = gone_at.duration_since(page.core.now().timestamp());
    let day = SignedDuration::from_hours(24);
    let days = (left.as_secs().max(0) + day.as_secs() - 1) / day.as_secs();
    let days = page.words.with("old-card-days", &[("days", &days.to_string())]);
    Some(page.fact("old-card-left", days))
}

/// One of them.
pub(super) fn one(page: &mut PageBuilder<'_>) -> Body {
    let Some(card) = shown(page.core).filter(|card| card.old.is_some()) else {
        return all(page);
    };
    let title = page.text(card.name.clone());
    let why = card.old.map(|old| match old.why {
        WhyOld::Deleted => "old-card-deleted",
        WhyOld::Expired => "old-card-expired",
    });
    let lines = why.map(|key| page.line(key)).into_iter().collect();
    let facts = left(page, card).into_iter().chain(until(page, card)).collect();
    let choices = vec![
        page.choice("old-card-back", Icon::Undo, command(Command::PutBack(card.id)))
            .main(),
        page.choice("old-card-erase", Icon::Delete, AppCommand::Open(Page::EraseCard)),
    ];
    Body::Question(QuestionView {
        title,
        lines,
        facts,
        choices,
        ..QuestionView::default()
    })
}

/// Whether it is really to be erased.
pub(super) fn erase(page: &mut PageBuilder<'_>) -> Body {
    let Some(card) = shown(page.core).filter(|card| card.old.is_some()) else {
        return all(page);
    };
    let title = page.text(page.words.with("erase-card-title", &[("name", &card.name)]));
    let lines = vec![page.line("erase-card-line")];
    let choices = vec![
        page.choice("erase-card-keep", Icon::Undo, AppCommand::Back).main(),
        page.choice("erase-card-yes", Icon::Delete, command(Command::Erase(card.id)))
            .help(),
    ];
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

/// A card has expired: away with it, or not.
pub(super) fn expired(page: &mut PageBuilder<'_>) -> Body {
    let cards = order::expired(page.core);
    let Some(card) = cards.first() else {
        return list::all(page);
    };
    let title = page.text(page.words.with("expired-card-title", &[("name", &card.name)]));
    let lines = vec![page.line("expired-card-line")];
    let facts = until(page, card).into_iter().collect();
    let choices = vec![
        page.choice("expired-card-away", Icon::History, command(Command::PutAway(card.id)))
            .main(),
        page.choice(
            "expired-card-keep",
            Icon::Wallet,
            command(Command::KeepExpired(card.id)),
        ),
    ];
    Body::Question(QuestionView {
        title,
        lines,
        facts,
        choices,
        ..QuestionView::default()
    })
}
