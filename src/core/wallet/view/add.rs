//! The pages on which a card is added by hand, and gets its code.

use super::super::{CardKind, CodeWish, Command, code, shown};
use super::{command, icon, kind_key, question};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::symbol::Symbology;
use crate::view::{Body, CodeView, Icon, Symbol};

/// What people add most often first, papers below.
const KINDS: [CardKind; 10] = [
    CardKind::Elder,
    CardKind::Transit,
    CardKind::SocialSecurity,
    CardKind::MedicalInsurance,
    CardKind::Identity,
    CardKind::Citizen,
    CardKind::Library,
    CardKind::Member,
    CardKind::Bank,
    CardKind::Other,
];

/// How to add a card.
pub(super) fn ways(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("add-card-title");
    let choices = vec![
        page.choice("add-card-by-hand", Icon::Keyboard, AppCommand::Open(Page::CardKinds))
            .main(),
        page.choice("add-card-by-photo", Icon::PhotoCamera, command(Command::AddByPhoto)),
        page.choice("add-card-code", Icon::QrCode2, AppCommand::Open(Page::Files)),
        page.choice("wallet-import", Icon::Folder, AppCommand::Open(Page::Files)),
    ];
    question(title, choices)
}

/// What kind of card.
pub(super) fn kinds(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("card-kind-title");
    let choices = KINDS
        .into_iter()
        .map(|kind| page.choice(kind_key(kind), icon(kind), command(Command::Add(kind))))
        .collect();
    question(title, choices)
}

/// What code there is on the card.
pub(super) fn code_kind(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("card-code-kind-title");
    let now = shown(page.core).map(|card| match &card.code {
        None => CodeWish::None,
        Some(code) if code.symbology.is_linear() => CodeWish::Bars,
        Some(_) => CodeWish::Square,
    });
    let choices = [
        ("card-code-bars", Icon::Barcode, CodeWish::Bars),
        ("card-code-square", Icon::QrCode2, CodeWish::Square),
        ("card-code-none", Icon::Close, CodeWish::None),
    ];
    let choices = choices.into_iter().map(|(key, icon, wish)| {
        let choice = page.choice(key, icon, command(Command::WishCode(wish)));
        choice.chosen_if(now == Some(wish))
    });
    let choices = choices.collect();
    question(title, choices)
}

/// The code as it would be drawn, to be held beside the card.
pub(super) fn code_looks(page: &mut PageBuilder<'_>) -> Body {
    let Some((code, others)) = code::looked_at(page.core) else {
        let title = page.line("card-code-cannot");
        let other = page.choice("card-code-other", Icon::Refresh, AppCommand::Open(Page::CardCodeKind));
        return question(title, vec![other.main()]);
    };
    let state = page.line("card-code-looks-title");
    let name = shown(page.core).map_or_else(String::new, |card| card.name.clone());
    let label = page.words.with("code-label", &[("what", &name)]);
    let mut choices = vec![
        page.choice("card-code-like", Icon::Check, command(Command::TakeCode))
            .main(),
    ];
    if others > 0 {
        choices.push(page.choice("card-code-unlike", Icon::Refresh, command(Command::NextCode)));
    }
    let none = command(Command::WishCode(CodeWish::None));
    choices.push(page.choice("card-code-none", Icon::Close, none));
    Body::Code(CodeView {
        state,
        symbol: Some(symbol(code.symbology, code.text, label)),
        choices,
        ..CodeView::default()
    })
}

fn symbol(symbology: Symbology, text: String, label: String) -> Symbol {
    Symbol { symbology, text, label }
}
