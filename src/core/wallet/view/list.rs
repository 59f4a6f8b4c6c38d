//! The wallet, and which of it is to be printed.

use super::super::{Command, cards, order, printed};
use super::{command, listed, question, row};
use crate::app::{Command as AppCommand, Page};
use crate::cash;
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Icon, Mark, QuestionView};

/// All cards, and below them what else can be done. What wants an answer stands above them.
pub(super) fn all(page: &mut PageBuilder<'_>) -> Body {
    let cards = cards(page.core);
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
    let mut choices: Vec<Choice> = just_deleted(page).into_iter().collect();
    choices.extend(expired(page));
    choices.push(cash::in_wallet(page));
    listed(page, &mut choices, &cards, |page, card| {
        row(page, card, command(Command::Show(card.id)))
    });
    let add = page.choice("wallet-add", Icon::Add, AppCommand::Open(Page::AddCard));
    choices.push(if cards.is_empty() { add.main() } else { add });
    choices.push(page.choice("wallet-sayings", Icon::TextFields, AppCommand::Open(Page::Sayings)));
    if !cards.is_empty() {
        choices.push(page.choice("wallet-print", Icon::Print, command(Command::PrintAll)));
    }
    let along = page.choice("wallet-along", Icon::Save, AppCommand::Open(Page::TakeAlong));
    let note = page.words.get("wallet-along-note");
    choices.push(page.noted(along, note));
    let old = order::old(page.core).len();
    if old > 0 {
        let choice = page.choice("wallet-old", Icon::History, AppCommand::Open(Page::OldCards));
        let count = page.words.with("wallet-old-note", &[("count", &old.to_string())]);
        choices.push(page.noted(choice, count));
    }
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}

/// What was deleted just now, to be put back.
fn just_deleted(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let card = order::just_deleted(page.core)?;
    let text = page.words.with("wallet-deleted", &[("name", &card.name)]);
    let put_back = command(Command::PutBack(card.id));
    let choice = page.choice_named("wallet-put-back", text, Icon::Undo, put_back);
    let note = page.words.get("wallet-deleted-note");
    Some(page.noted(choice, note))
}

/// What has expired, to be put away or not.
fn expired(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let cards = order::expired(page.core);
    let first = cards.first()?;
    let text = if cards.len() == 1 {
        page.words.with("wallet-expired", &[("name", &first.name)])
    } else {
        let count = cards.len().to_string();
        page.words.with("wallet-expired-some", &[("count", &count)])
    };
    let ask = AppCommand::Open(Page::ExpiredCard);
    let choice = page.choice_named("wallet-expired", text, Icon::History, ask);
    let note = page.words.get("wallet-expired-note");
    Some(page.noted(choice, note).marked(Mark::Waiting))
}

/// Which cards to print.
pub(super) fn to_print(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("print-cards-title");
    let all = cards(page.core);
    let count = printed(page.core).len();
    let mut choices = Vec::new();
    if count > 0 {
        let text = page.words.with("print-cards-go", &[("count", &count.to_string())]);
        let go = page.choice_named("print-cards-go", text, Icon::Print, command(Command::PrintChosen));
        choices.push(go.main());
    }
    listed(page, &mut choices, &all, |page, card| {
        let chosen = page.core.screen.wallet.print.cards.contains(&card.id);
        let toggle = command(Command::TogglePrinted(card.id));
        let choice = page.choice_named(card.id.to_string(), card.name.clone(), super::icon(card.kind), toggle);
        choice.chosen_if(chosen)
    });
    if choices.is_empty() {
        choices.push(
            page.choice("wallet-add", Icon::Add, AppCommand::Open(Page::AddCard))
                .main(),
        );
    }
    question(title, choices)
}

/// Whether numbers that do harm in wrong hands are printed whole.
pub(super) fn numbers(page: &mut PageBuilder<'_>) -> Body {
    let title = page.line("print-numbers-title");
    let lines = vec![page.line("print-numbers-line")];
    let covered = command(Command::PrintNumbers { whole: false });
    let whole = command(Command::PrintNumbers { whole: true });
    let choices = vec![
        page.choice("print-numbers-covered", Icon::VisibilityOff, covered)
            .main(),
        page.choice("print-numbers-whole", Icon::Visibility, whole),
    ];
    Body::Question(QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    })
}
