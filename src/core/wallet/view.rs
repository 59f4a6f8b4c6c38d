//! The pages of the wallet.

use super::{CardKind, Command, cards, grouped, shown};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Body, CodeView, Icon, QuestionView, Symbol};
use crate::{certificates, health_code};

/// A page of the wallet.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    match of {
        Page::AddCard => kinds(page),
        Page::Card => card(page),
        _ => all(page),
    }
}

/// The picture of a kind.
pub(crate) fn icon(kind: CardKind) -> Icon {
    match kind {
        CardKind::Identity => Icon::Badge,
        CardKind::SocialSecurity => Icon::MedicalInformation,
        CardKind::Citizen => Icon::Person,
        CardKind::Elder => Icon::Elderly,
        CardKind::Transit => Icon::Bus,
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
        CardKind::Citizen => "card-citizen",
        CardKind::Elder => "card-elder",
        CardKind::Transit => "card-transit",
        CardKind::Member => "card-member",
        CardKind::Ticket => "card-ticket",
        CardKind::Other => "card-other",
    }
}

fn all(page: &mut PageBuilder<'_>) -> Body {
    let cards: Vec<_> = cards(page.core).into_iter().cloned().collect();
    let title = page.line(if cards.is_empty() {
        "wallet-empty-title"
    } else {
        "wallet-title"
    });
    let lines = if cards.is_empty() {
        vec![page.line("wallet-empty-line")]
    } else {
        Vec::new()
    };
    let mut choices = Vec::new();
    for card in cards {
        let command = AppCommand::Wallet(Command::Show(card.id));
        let choice = page.choice_named(card.id.to_string(), card.name, icon(card.kind), command);
        let note = grouped(&card.number);
        choices.push(page.noted(choice, note));
    }
    let add = page.choice("wallet-add", Icon::Add, AppCommand::Open(Page::AddCard));
    choices.push(if choices.is_empty() { add.main() } else { add });
    choices.push(page.choice("wallet-import", Icon::Ticket, AppCommand::Open(Page::Files)));
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

fn kinds(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("card-kind-title");
    let choices = CardKind::ALL
        .into_iter()
        .map(|kind| page.choice(kind_key(kind), icon(kind), AppCommand::Wallet(Command::Add(kind))))
        .collect();
    Body::Question(QuestionView {
        title,
        choices,
        ..QuestionView::default()
    })
}

fn card(page: &mut PageBuilder<'_>) -> Body {
    let Some(card) = shown(page.core).cloned() else {
        return all(page);
    };
    let state = page.text(card.name.clone());
    let number = (!card.number.is_empty()).then(|| {
        let grouped = grouped(&card.number);
        page.spoken(grouped, &crate::help::spaced(&card.number))
    });
    let facts = card
        .details
        .iter()
        .map(|(label, value)| {
            let fact = page.fact("card-detail", value.clone());
            crate::view::Fact {
                label: label.clone(),
                ..fact
            }
        })
        .collect();
    let label = page.words.with("code-label", &[("what", &card.name)]);
    let symbol = card.code.map(|code| Symbol {
        symbology: code.symbology,
        text: code.text,
        label,
    });
    let print = certificates::Command::Choose(certificates::Item::Card(card.id));
    let mut choices: Vec<_> = health_code::of_card(page, card.kind, &card.name, &card.number)
        .into_iter()
        .collect();
    choices.extend([
        page.choice("card-print", Icon::Print, AppCommand::Certificates(print)),
        page.choice(
            "card-remove",
            Icon::Delete,
            AppCommand::Wallet(Command::Remove(card.id)),
        ),
    ]);
    Body::Code(CodeView {
        state,
        symbol,
        number,
        facts,
        choices,
        ..CodeView::default()
    })
}
