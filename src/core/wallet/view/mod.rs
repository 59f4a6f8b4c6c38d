//! The pages of the wallet.

use super::{Card, CardKind, sayings};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Icon, QuestionView};

mod add;
mod card;
mod list;
mod old;

/// A page of the wallet.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    match of {
        Page::AddCard => add::ways(page),
        Page::CardKinds => add::kinds(page),
        Page::Card => card::card(page),
        Page::CardCode => card::large(page),
        Page::EditCard => card::edit(page),
        Page::CardKind => card::kind(page),
        Page::CardCodeKind => add::code_kind(page),
        Page::CardCodeLooks => add::code_looks(page),
        Page::OldCards => old::all(page),
        Page::OldCard => old::one(page),
        Page::EraseCard => old::erase(page),
        Page::ExpiredCard => old::expired(page),
        Page::Sayings => sayings::all(page),
        Page::Saying => sayings::one(page),
        Page::PrintCards => list::to_print(page),
        Page::PrintNumbers => list::numbers(page),
        _ => list::all(page),
    }
}

/// The picture of a kind.
pub(crate) fn icon(kind: CardKind) -> Icon {
    match kind {
        CardKind::Identity => Icon::Badge,
        CardKind::SocialSecurity => Icon::MedicalInformation,
        CardKind::MedicalInsurance => Icon::LocalHospital,
        CardKind::Citizen => Icon::Person,
        CardKind::Elder => Icon::Elderly,
        CardKind::Transit => Icon::Bus,
        CardKind::Bank => Icon::AccountBalance,
        CardKind::Library => Icon::LocalLibrary,
        CardKind::Member => Icon::Loyalty,
        CardKind::Ticket => Icon::Ticket,
        CardKind::Other => Icon::CreditCard,
    }
}

/// The word of a kind.
pub(super) fn kind_key(kind: CardKind) -> &'static str {
    match kind {
        CardKind::Identity => "card-identity",
        CardKind::SocialSecurity => "card-social-security",
        CardKind::MedicalInsurance => "card-medical-insurance",
        CardKind::Citizen => "card-citizen",
        CardKind::Elder => "card-elder",
        CardKind::Transit => "card-transit",
        CardKind::Bank => "card-bank",
        CardKind::Library => "card-library",
        CardKind::Member => "card-member",
        CardKind::Ticket => "card-ticket",
        CardKind::Other => "card-other",
    }
}

fn command(command: super::Command) -> AppCommand {
    AppCommand::Wallet(command)
}

/// A card in a list: its name, and its number as far as it may be seen and heard.
fn row(page: &mut PageBuilder<'_>, card: &Card, command: AppCommand) -> Choice {
    let choice = page.choice_named(card.id.to_string(), card.name.clone(), icon(card.kind), command);
    if card.number.is_empty() {
        return choice;
    }
    let (note, said) = if card.kind.is_sensitive() {
        (super::masked(&card.number), page.words.get("card-covered-said"))
    } else {
        (super::grouped(&card.number), super::digits::said(&card.number))
    };
    page.noted_as(choice, note, &said)
}

/// How many cards stand in a list at once. Whoever has more goes on to the next ones with a button at the end, so that no
/// list takes longer to draw than a short one.
pub(crate) const ON_A_PAGE: usize = 20;

/// The cards of a list that are shown at once, each as its row, and the ways to those before and behind them.
fn listed(
    page: &mut PageBuilder<'_>,
    choices: &mut Vec<Choice>,
    cards: &[&Card],
    row: impl Fn(&mut PageBuilder<'_>, &Card) -> Choice,
) {
    let from = page
        .core
        .screen
        .wallet
        .from
        .get(&page.core.page())
        .copied()
        .unwrap_or(0);
    // Cards may have gone since.
    let from = if from < cards.len() { from } else { 0 };
    let count = cards.len();
    let way = |page: &mut PageBuilder<'_>, key: &str, icon: Icon, from: usize| {
        let choice = page.choice(key, icon, command(super::Command::From(from)));
        let end = (from + ON_A_PAGE).min(count);
        let numbers =
            [("from", from + 1), ("to", end), ("count", count)].map(|(name, number)| (name, number.to_string()));
        let numbers: Vec<_> = numbers.iter().map(|(name, number)| (*name, number.as_str())).collect();
        let note = page.words.with("cards-range", &numbers);
        page.noted(choice, note)
    };
    if from > 0 {
        choices.push(way(page, "cards-before", Icon::History, from.saturating_sub(ON_A_PAGE)));
    }
    for card in cards.iter().skip(from).take(ON_A_PAGE) {
        choices.push(row(page, card));
    }
    if from + ON_A_PAGE < count {
        choices.push(way(page, "cards-behind", Icon::ArrowForward, from + ON_A_PAGE));
    }
}

/// A question with its answers.
fn question(title: crate::view::Line, choices: Vec<Choice>) -> Body {
    Body::Question(QuestionView {
        title,
        choices,
        ..QuestionView::default()
    })
}
