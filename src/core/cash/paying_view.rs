//! The pages of paying: what to hand over, counting the change, and what to show the seller where some of it is missing.

use super::change::Compared;
use super::hand_over::{HandOver, Missing, change_for};
use super::model::{Paying, Way};
use super::money::Fen;
use super::paying::{held_out, proposed, status};
use super::{Command, rows};
use crate::app::{Command as AppCommand, Page};
use crate::entry::Field;
use crate::page::PageBuilder;
use crate::view::{Choice, Icon, Mark, MoneyView, ShowView};
use crate::words::Words;

/// No price is known: it is asked for.
fn nothing_to_pay(page: &mut PageBuilder<'_>, title: &str) -> MoneyView {
    let title = page.line(title);
    let ask = page
        .choice("cash-pay", Icon::Payments, AppCommand::Cash(Command::Pay))
        .main();
    MoneyView {
        title,
        choices: vec![ask],
        ..MoneyView::default()
    }
}

/// What to hand over.
pub(super) fn hand_over_view(page: &mut PageBuilder<'_>) -> MoneyView {
    let Some((price, proposed)) = proposed(page.core) else {
        return nothing_to_pay(page, "hand-over-no-price");
    };
    match proposed {
        Ok(proposed) => enough(page, price, &proposed),
        Err(_) if !page.core.records.purse.counted => not_counted(page),
        Err(Missing(missing)) => too_little(page, price, missing),
    }
}

fn enough(page: &mut PageBuilder<'_>, price: Fen, proposed: &HandOver) -> MoneyView {
    let title = rows::with_amounts(page, "hand-over-title", &[("price", price)], &[]);
    let mut lines = Vec::new();
    if proposed.change.is_empty() {
        lines.push(page.line("hand-over-exact"));
    } else {
        let pieces = rows::in_words(page.words, &proposed.change);
        let back = proposed.change.total();
        lines.push(rows::with_amounts(
            page,
            "hand-over-back",
            &[("back", back)],
            &[("pieces", &pieces)],
        ));
    }
    if !proposed.odd.is_zero() {
        lines.push(rows::with_amounts(page, "hand-over-odd", &[("odd", proposed.odd)], &[]));
    }
    let total = Some(rows::amount(page, "hand-over-given", proposed.given));
    let rows = rows::to_show(page, &proposed.give);
    let mut choices = vec![
        page.choice("hand-over-done", Icon::Check, AppCommand::Cash(Command::Given))
            .main(),
    ];
    for way in Way::ALL {
        let (key, icon) = match way {
            Way::Fewest => ("hand-over-fewest", Icon::Payments),
            Way::CoinsAway => ("hand-over-coins-away", Icon::Loyalty),
        };
        let chosen = page.core.screen.cash.way == way;
        let choice = page.choice(key, icon, AppCommand::Cash(Command::ChooseWay(way)));
        choices.push(choice.chosen_if(chosen));
    }
    MoneyView {
        title,
        lines,
        total,
        rows,
        choices,
        ..MoneyView::default()
    }
}

/// Nobody is told that a purse holds too little that was never counted.
fn not_counted(page: &mut PageBuilder<'_>) -> MoneyView {
    let title = page.line("hand-over-not-counted");
    let lines = vec![page.line("hand-over-not-counted-line")];
    let choices = vec![to_count(page), other_price(page)];
    MoneyView {
        title,
        lines,
        choices,
        ..MoneyView::default()
    }
}

fn to_count(page: &mut PageBuilder<'_>) -> Choice {
    page.choice("hand-over-count", Icon::Wallet, AppCommand::Open(Page::Purse))
        .main()
}

fn other_price(page: &mut PageBuilder<'_>) -> Choice {
    let price = AppCommand::Open(Page::Enter(Field::Price));
    page.choice("hand-over-other-price", Icon::Edit, price)
}

fn too_little(page: &mut PageBuilder<'_>, price: Fen, missing: Fen) -> MoneyView {
    let holds = page.core.records.purse.holds;
    let title = page.line("hand-over-too-little");
    let amounts = [("price", price), ("holds", holds.total()), ("missing", missing)];
    let lines = vec![
        rows::with_amounts(page, "hand-over-missing", &amounts, &[]),
        page.line("hand-over-missing-line"),
    ];
    let total = Some(rows::amount(page, "purse-total", holds.total()));
    let choices = vec![to_count(page), other_price(page)];
    MoneyView {
        title,
        mark: Some(Mark::Caution),
        lines,
        total,
        choices,
        ..MoneyView::default()
    }
}

/// Counting what came back.
pub(super) fn change_view(page: &mut PageBuilder<'_>) -> MoneyView {
    let Some(paying) = page.core.records.purse.paying else {
        return nothing_to_pay(page, "change-none");
    };
    let must = paying.must_come_back();
    let compared = paying.compare();
    let title = rows::with_amounts(page, "change-title", &[("back", must)], &[]);
    let (key, amount) = status(&paying);
    let begun = !paying.back.is_empty();
    let mut lines = vec![if begun {
        rows::with_amounts(page, key, &[("amount", amount), ("came", paying.back.total())], &[])
    } else {
        page.line("change-line")
    }];
    if !paying.odd().is_zero() {
        lines.push(rows::with_amounts(page, "hand-over-odd", &[("odd", paying.odd())], &[]));
    }
    // What stands still below the page says how it compares, wherever the page is scrolled to.
    let total = Some(match compared {
        Compared::Short(short) if begun => rows::amount(page, "change-still", short),
        Compared::Over(over) => rows::amount(page, "change-too-much", over),
        Compared::Right => rows::amount(page, "change-fits", paying.back.total()),
        Compared::Short(_) => rows::amount(page, "change-total", Fen::ZERO),
    });
    let mut rows = rows::to_count(page, &paying.back, Command::PutBack);
    // What is made is read aloud, in that order.
    let done = |page: &mut PageBuilder<'_>| page.choice("change-done", Icon::Check, AppCommand::Cash(Command::Paid));
    let short =
        |page: &mut PageBuilder<'_>| page.choice("change-short", Icon::Visibility, AppCommand::Open(Page::ShortChange));
    let mut choices = match compared {
        Compared::Short(_) if begun => vec![done(page), short(page).main()],
        Compared::Short(_) => vec![all_came(page, &paying), short(page)],
        Compared::Right | Compared::Over(_) => vec![done(page).main()],
    };
    let not_bought = AppCommand::Cash(Command::NotBought);
    choices.push(page.choice("change-not-bought", Icon::Undo, not_bought));
    rows::add_takes(page, &mut rows, Command::TakeBack);
    MoneyView {
        title,
        mark: begun.then_some(if compared == Compared::Right {
            Mark::Good
        } else {
            Mark::Caution
        }),
        lines,
        total,
        rows,
        choices,
    }
}

/// One tap for whoever has counted by eye.
fn all_came(page: &mut PageBuilder<'_>, paying: &Paying) -> Choice {
    let must = change_for(paying.must_come_back()).0.total();
    let (written, said) = rows::both(page.words, "change-all", &[("back", must)], &[]);
    let all = AppCommand::Cash(Command::CameAsItMust);
    let choice = page.choice_named("change-all", written, Icon::Check, all);
    page.said(choice, &said).main()
}

/// What to show the seller where change is missing.
pub(super) fn short_view(page: &mut PageBuilder<'_>) -> ShowView {
    let paying = page.core.records.purse.paying;
    let (key, amounts) = held_out(page.core);
    let other = Words::of(page.words.language().other());
    let sentence = rows::with_amounts(page, key, &amounts, &[]);
    let (written, said) = rows::both(other, key, &amounts, &[]);
    let other = Some(page.spoken(written, &said));
    let mut lines = Vec::new();
    if let Some(paying) = paying {
        let amounts = [
            ("price", paying.price),
            ("given", paying.given.total()),
            ("back", paying.must_come_back()),
            ("came", paying.back.total()),
        ];
        lines.push(rows::with_amounts(page, "change-show-sum", &amounts, &[]));
    }
    let again = AppCommand::Open(Page::ChangeBack);
    let choices = vec![
        page.choice("change-again", Icon::Refresh, again).main(),
        page.choice("saying-say", Icon::VolumeUp, AppCommand::Cash(Command::SayShort)),
    ];
    ShowView {
        sentence,
        other,
        lines,
        choices,
        grounds: Vec::new(),
    }
}
