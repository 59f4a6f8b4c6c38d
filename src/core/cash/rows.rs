//! Notes and coins as the rows of a page, and amounts as its facts.

use super::Command;
use super::money::{Fen, Piece};
use super::purse::Purse;
use crate::app::Command as AppCommand;
use crate::page::PageBuilder;
use crate::result::{Outcome, Sentence};
use crate::view::{Choice, Fact, Icon, MoneyRow};
use crate::words::Words;

/// What a piece is called on its row: 100元, 1元硬币.
pub(super) fn label(words: Words, piece: Piece) -> String {
    let value = piece.fen().written(words);
    match piece {
        Piece::Note1 => words.with("money-note", &[("value", &value)]),
        Piece::Coin1 => words.with("money-coin", &[("value", &value)]),
        _ => value,
    }
}

/// The same where "note" or "coin" stands beside it, which says it in English.
fn label_in_list(words: Words, piece: Piece) -> String {
    let value = piece.fen().written(words);
    match piece {
        Piece::Note1 => words.with("money-note-in-list", &[("value", &value)]),
        Piece::Coin1 => words.with("money-coin-in-list", &[("value", &value)]),
        _ => value,
    }
}

/// How many: 3 张, 2 枚.
pub(super) fn counted(words: Words, piece: Piece, count: u16) -> String {
    let key = if piece.is_note() { "money-notes" } else { "money-coins" };
    words.with(key, &[("count", &count.to_string())])
}

/// What is written on the drawn piece: on a note its number alone, as its colour says the rest.
fn face(words: Words, piece: Piece) -> String {
    match (piece.is_note(), piece.fen().whole_yuan()) {
        (true, yuan) => yuan.to_string(),
        (false, 0) => words.with("money-face-jiao", &[("jiao", &(piece.fen().fen() / 10).to_string())]),
        (false, yuan) => words.with("money-face-yuan", &[("yuan", &yuan.to_string())]),
    }
}

/// All kinds, to be counted by tapping. They all stand there always, so that nothing moves. What takes one away comes
/// last on the page: see [`add_takes`].
pub(super) fn to_count(page: &mut PageBuilder<'_>, purse: &Purse, put: impl Fn(Piece) -> Command) -> Vec<MoneyRow> {
    let rows = Piece::ALL.into_iter().map(|piece| {
        let words = page.words;
        let (label, count) = (label(words, piece), purse.count(piece));
        let shown = if count == 0 {
            String::new()
        } else {
            counted(words, piece, count)
        };
        let said = if count == 0 {
            words.get("money-none")
        } else {
            shown.clone()
        };
        let name = format!("add-{}", piece.name());
        let add = page.choice_named(name, label.clone(), Icon::Add, AppCommand::Cash(put(piece)));
        let add = page.noted(add, said);
        MoneyRow {
            piece,
            face: face(words, piece),
            part: add.part,
            label,
            count: shown,
            add: Some(add),
            take: None,
        }
    });
    rows.collect()
}

/// The way to take one away of each kind, once all else is on the page.
pub(super) fn add_takes(page: &mut PageBuilder<'_>, rows: &mut [MoneyRow], take: impl Fn(Piece) -> Command) {
    for row in rows {
        let words = page.words;
        let (one_less, note) = if row.piece.is_note() {
            ("money-take-note", "money-less-note")
        } else {
            ("money-take-coin", "money-less-coin")
        };
        let text = words.with(one_less, &[("piece", &row.label)]);
        let name = format!("take-{}", row.piece.name());
        let mut less = page.choice_named(name, text, Icon::None, AppCommand::Cash(take(row.piece)));
        less.note = words.get(note);
        row.take = Some(less);
    }
}

/// The pieces of a purse, to look at.
pub(super) fn to_show(page: &mut PageBuilder<'_>, purse: &Purse) -> Vec<MoneyRow> {
    let rows = purse.pieces().map(|(piece, count)| {
        let (label, count) = (label(page.words, piece), counted(page.words, piece, count));
        let said = page.words.with("text-note", &[("text", &label), ("note", &count)]);
        MoneyRow {
            piece,
            face: face(page.words, piece),
            part: page.text(said).part,
            label,
            count,
            add: None,
            take: None,
        }
    });
    rows.collect()
}

/// The pieces of a purse in a sentence: 10元 1 张，5角 2 枚.
pub(super) fn in_words(words: Words, purse: &Purse) -> String {
    let pieces: Vec<String> = purse
        .pieces()
        .map(|(piece, count)| {
            let (label, count) = (label_in_list(words, piece), counted(words, piece, count));
            words.with("money-piece-count", &[("piece", &label), ("count", &count)])
        })
        .collect();
    pieces.join(&words.get("list-comma"))
}

/// An amount with its label, written as on a price tag and read as people say it.
pub(super) fn amount(page: &mut PageBuilder<'_>, label: &str, amount: Fen) -> Fact {
    let (words, label) = (page.words, page.words.get(label));
    let said = words.with("label-value", &[("label", &label), ("value", &amount.said(words))]);
    let line = page.spoken(amount.written(words), &said);
    Fact {
        part: line.part,
        label,
        value: line.text,
        strong: true,
    }
}

/// A sentence with amounts: written on the screen, and read as people say it.
pub(super) fn with_amounts(
    page: &mut PageBuilder<'_>,
    key: &str,
    amounts: &[(&str, Fen)],
    others: &[(&str, &str)],
) -> crate::view::Line {
    let (written, said) = both(page.words, key, amounts, others);
    page.spoken(written, &said)
}

/// A sentence of an outcome with an `amount`, as it is written and as it is said.
pub(super) fn line(
    outcome: Outcome,
    words: Words,
    key: &'static str,
    amount: Fen,
    others: &[(&'static str, String)],
) -> Outcome {
    let sentence = |amount| Sentence(key, [&[("amount", amount)], others].concat());
    outcome.spoken(sentence(amount.written(words)), sentence(amount.said(words)))
}

/// An amount on a button that was just made.
pub(super) fn noted(page: &mut PageBuilder<'_>, choice: Choice, amount: Fen) -> Choice {
    let (words, said) = (page.words, amount.said(page.words));
    page.noted_as(choice, amount.written(words), &said)
}

/// A sentence with amounts on a button that was just made.
pub(super) fn noted_with(page: &mut PageBuilder<'_>, choice: Choice, key: &str, amounts: &[(&str, Fen)]) -> Choice {
    let (written, said) = both(page.words, key, amounts, &[]);
    page.noted_as(choice, written, &said)
}

/// A sentence with amounts as it is written, and as it is said.
pub(super) fn both(words: Words, key: &str, amounts: &[(&str, Fen)], others: &[(&str, &str)]) -> (String, String) {
    let put_in = |form: &dyn Fn(Fen) -> String| {
        let amounts: Vec<(&str, String)> = amounts.iter().map(|&(name, amount)| (name, form(amount))).collect();
        let mut values: Vec<(&str, &str)> = amounts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        values.extend(others);
        words.with(key, &values)
    };
    (
        put_in(&|amount| amount.written(words)),
        put_in(&|amount| amount.said(words)),
    )
}
