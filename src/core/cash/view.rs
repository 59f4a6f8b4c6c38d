//! The page of cash: the purse, paying, what was spent, bills, and what to do where cash is refused.

use super::spending::Month;
use super::{Command, bills, rows};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Choice, Icon, QuestionView};

/// The page.
pub(super) fn cash(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("cash-title");
    let kept = page.core.records.purse.clone();
    let words = page.words;
    let mut choices = Vec::new();
    if let Some(paying) = kept.paying {
        let go_on = page
            .choice("cash-go-on", Icon::Payments, AppCommand::Cash(Command::Pay))
            .main();
        choices.push(rows::noted_with(
            page,
            go_on,
            "cash-go-on-note",
            &[("price", paying.price)],
        ));
    } else {
        let pay = page
            .choice("cash-pay", Icon::Payments, AppCommand::Cash(Command::Pay))
            .main();
        let note = words.get("cash-pay-note");
        choices.push(page.noted(pay, note));
    }
    let purse = page.choice("cash-purse", Icon::Wallet, AppCommand::Open(Page::Purse));
    choices.push(if kept.counted {
        rows::noted(page, purse, kept.holds.total())
    } else {
        page.noted(purse, words.get("cash-purse-uncounted"))
    });
    let today = page.core.now().date();
    let (year, month) = (today.year(), today.month());
    let command = AppCommand::Cash(Command::ShowMonth { year, month });
    let spending = page.choice("cash-spending", Icon::History, command);
    choices.push(match Month::this(page.core).total().filter(|total| !total.is_zero()) {
        Some(total) => rows::noted(page, spending, total),
        None => spending,
    });
    let due = page.choice("cash-bills", Icon::Description, AppCommand::Open(Page::Bills));
    let note = bills::next_in_words(page);
    choices.push(page.noted(due, note));
    choices.push(page.choice("cash-refused", Icon::Info, AppCommand::Open(Page::CashRefused)));
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// The row of the wallet.
pub(super) fn in_wallet(page: &mut PageBuilder<'_>) -> Choice {
    let choice = page.choice("wallet-cash", Icon::Payments, AppCommand::Open(Page::Cash));
    let kept = &page.core.records.purse;
    if kept.counted {
        let total = kept.holds.total();
        rows::noted_with(page, choice, "wallet-cash-holds", &[("amount", total)])
    } else {
        let note = page.words.get("wallet-cash-note");
        page.noted(choice, note)
    }
}
