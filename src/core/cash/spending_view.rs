//! The pages of what was paid for: a plot whose bars say their values, and a table by days.

use jiff::civil::Date;

use super::model::{Purpose, Spending};
use super::money::Fen;
use super::spending::{Month, Noting, purpose_key, shown};
use super::{Command, Undoes, can_undo, rows};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Bar, Choice, Fact, Icon, Mark, QuestionView};
use crate::words::time;

/// So many spendings stand on a page of the list.
const ON_A_PAGE: usize = 20;

fn cash(page: &mut PageBuilder<'_>, key: &str, icon: Icon, command: Command) -> Choice {
    page.choice(key, icon, AppCommand::Cash(command))
}

fn icon(purpose: Purpose) -> Icon {
    match purpose {
        Purpose::Groceries => Icon::Wallet,
        Purpose::Meals => Icon::Restaurant,
        Purpose::Medicine => Icon::Medication,
        Purpose::Transport => Icon::Bus,
        Purpose::Household => Icon::Home,
        Purpose::Gifts => Icon::Favorite,
        Purpose::Bills => Icon::Description,
        Purpose::Other => Icon::More,
    }
}

/// On what, in one tap.
pub(super) fn purposes(page: &mut PageBuilder<'_>) -> QuestionView {
    let noting = page.core.screen.cash.noting;
    let left = page.core.records.purse.holds.total();
    let is_payment = matches!(noting, Noting::Paid(_) | Noting::NotedAlready);
    let amount = match noting {
        Noting::Amount(amount) | Noting::Paid(amount) => Some(amount),
        Noting::Shown => shown(page.core).map(|spending| spending.amount),
        Noting::Nothing | Noting::NotedAlready => None,
    };
    let (title, mark) = if is_payment {
        let title = rows::with_amounts(page, "spent-paid-title", &[("left", left)], &[]);
        (title, Some(Mark::Good))
    } else if amount.is_some() {
        (page.line("spent-title"), None)
    } else {
        (page.line("spent-nothing-title"), None)
    };
    let lines = amount.map(|amount| rows::with_amounts(page, "spent-line", &[("amount", amount)], &[]));
    let lines = lines.into_iter().collect();
    let mut choices = Vec::new();
    if amount.is_some() {
        for purpose in Purpose::ALL {
            choices.push(cash(
                page,
                purpose_key(purpose),
                icon(purpose),
                Command::SpentOn(purpose),
            ));
        }
        if noting != Noting::Shown {
            choices.push(cash(page, "spent-not-noted", Icon::Close, Command::DontNote));
        }
    } else {
        choices.push(cash(page, "spent-back", Icon::Payments, Command::DontNote).main());
    }
    if is_payment && can_undo(page.core, Undoes::Payment) {
        choices.push(cash(page, "spent-undo", Icon::Undo, Command::UndoPayment));
    }
    QuestionView {
        title,
        mark,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// The name of a month: 这个月, or 10月 with its year where that is another one.
fn name(page: &PageBuilder<'_>, month: &Month) -> String {
    let today = page.core.now().date();
    let first = month.first;
    if (first.year(), first.month()) == (today.year(), today.month()) {
        return page.words.get("this-month");
    }
    time::month_from(page.words, first, today)
}

/// A month: what it comes to, on what or in which week, and day by day.
pub(super) fn month(page: &mut PageBuilder<'_>) -> QuestionView {
    let month = Month::shown(page.core);
    let name = name(page, &month);
    let total = month.total();
    let title = match total {
        Some(total) if !month.spendings.is_empty() => {
            rows::with_amounts(page, "spending-title", &[("amount", total)], &[("month", &name)])
        }
        Some(_) => page.text(page.words.with("spending-empty-title", &[("month", &name)])),
        None => page.line("spending-too-much"),
    };
    let mut lines = Vec::new();
    if let (Some(_), Some(&(purpose, sum))) = (total, month.by_purpose().first()) {
        let what = page.words.get(purpose_key(purpose));
        lines.push(rows::with_amounts(
            page,
            "spending-most",
            &[("amount", sum)],
            &[("what", &what)],
        ));
    } else if month.spendings.is_empty() {
        lines.push(page.line("spending-empty-line"));
    }
    let by_week = page.core.screen.cash.by_week;
    let bars = if month.spendings.is_empty() || total.is_none() {
        Vec::new()
    } else {
        bars(page, &month, by_week)
    };
    let mut choices = vec![cash(page, "spending-add", Icon::Add, Command::BeginSpending).main()];
    if !month.spendings.is_empty() {
        let key = if by_week {
            "spending-by-purpose"
        } else {
            "spending-by-week"
        };
        choices.push(cash(page, key, Icon::Refresh, Command::ByWeek(!by_week)));
        choices.push(cash(page, "spending-list", Icon::Edit, Command::List(0)));
    }
    let today = page.core.now().date();
    for (later, key, icon) in [
        (false, "spending-earlier", Icon::History),
        (true, "spending-later", Icon::ArrowForward),
    ] {
        let beside = month.beside(later).filter(|first| *first <= today);
        choices.extend(beside.map(|first| {
            let (year, month) = (first.year(), first.month());
            cash(page, key, icon, Command::ShowMonth { year, month })
        }));
    }
    let details = table(page, &month);
    QuestionView {
        title,
        lines,
        choices,
        details,
        bars,
        ..QuestionView::default()
    }
}

fn bars(page: &mut PageBuilder<'_>, month: &Month, by_week: bool) -> Vec<Bar> {
    let words = page.words;
    let amounts: Vec<(String, Fen)> = if by_week {
        let days = |from: Date, to: Date| {
            let (first, last) = (time::month_and_day(words, from), time::month_and_day(words, to));
            match from == to {
                true => first,
                false => words.with("spending-week", &[("from", &first), ("to", &last)]),
            }
        };
        let today = page.core.now().date();
        let weeks = month.by_week().into_iter();
        weeks
            // Of weeks to come nothing can be said yet.
            .filter(|(from, _, sum)| *from <= today || !sum.is_zero())
            .map(|(from, to, sum)| (days(from, to), sum))
            .collect()
    } else {
        month
            .by_purpose()
            .into_iter()
            .map(|(purpose, sum)| (words.get(purpose_key(purpose)), sum))
            .collect()
    };
    let longest = amounts.iter().map(|(_, sum)| sum.fen()).max().unwrap_or(0);
    let bars = amounts.into_iter().map(|(label, sum)| {
        let said = words.with("label-value", &[("label", &label), ("value", &sum.said(words))]);
        Bar {
            part: page.spoken(String::new(), &said).part,
            label,
            value: sum.written(words),
            permille: permille(sum.fen(), longest),
        }
    });
    bars.collect()
}

/// How long a bar is; only its drawing, its value is said to the fen.
fn permille(of: u64, longest: u64) -> u16 {
    let part = u128::from(of) * 1_000 / u128::from(longest.max(1));
    u16::try_from(part).unwrap_or(1_000)
}

/// Day by day: what, and how much.
fn table(page: &mut PageBuilder<'_>, month: &Month) -> Vec<Fact> {
    let words = page.words;
    let days = month.by_day().into_iter().map(|(day, spendings)| {
        let list = |form: &dyn Fn(&Spending) -> String| {
            let parts: Vec<String> = spendings
                .iter()
                .map(|spending| {
                    let values = [
                        ("what", words.get(purpose_key(spending.purpose))),
                        ("amount", form(spending)),
                    ];
                    words.with(
                        "spending-one",
                        &values.each_ref().map(|(name, value)| (*name, value.as_str())),
                    )
                })
                .collect();
            parts.join(&words.get("list-comma"))
        };
        let label = time::month_and_day(words, day);
        let value = list(&|spending| spending.amount.written(words));
        let said = list(&|spending| spending.amount.said(words));
        let said = words.with("label-value", &[("label", &label), ("value", &said)]);
        Fact {
            part: page.spoken(String::new(), &said).part,
            label,
            value,
            strong: false,
        }
    });
    days.collect()
}

/// The spendings of the month, each a button.
pub(super) fn list(page: &mut PageBuilder<'_>) -> QuestionView {
    let month = Month::shown(page.core);
    let title = page.line("spending-list-title");
    let from = page.core.screen.cash.from.min(month.spendings.len().saturating_sub(1));
    let mut choices = Vec::new();
    for spending in month.spendings.iter().skip(from).take(ON_A_PAGE) {
        let ((text, said), day) = (in_words(page, spending), time::month_and_day(page.words, spending.day));
        let command = AppCommand::Cash(Command::ShowSpending(spending.id));
        let choice = page.choice_named(spending.id.to_string(), text, icon(spending.purpose), command);
        let said = page.words.with("text-note", &[("text", &said), ("note", &day)]);
        let choice = page.noted(choice, day);
        choices.push(page.said(choice, &said));
    }
    if from + ON_A_PAGE < month.spendings.len() {
        choices.push(cash(
            page,
            "spending-list-earlier",
            Icon::ArrowForward,
            Command::List(from + ON_A_PAGE),
        ));
    }
    if from > 0 {
        choices.push(cash(page, "spending-list-latest", Icon::Undo, Command::List(0)));
    }
    if choices.is_empty() {
        choices.push(cash(page, "spending-add", Icon::Add, Command::BeginSpending).main());
    }
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// 买菜 12元5角, and as it is said: 买菜 十二块五.
fn in_words(page: &PageBuilder<'_>, spending: &Spending) -> (String, String) {
    let what = page.words.get(purpose_key(spending.purpose));
    let amounts = [("amount", spending.amount)];
    rows::both(page.words, "spending-one", &amounts, &[("what", &what)])
}

/// One spending: what can be changed of it.
pub(super) fn one(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(spending) = shown(page.core).cloned() else {
        let title = page.line("spending-gone");
        let choices = vec![
            page.choice("spending-see-month", Icon::Payments, AppCommand::Open(Page::Spending))
                .main(),
        ];
        return QuestionView {
            title,
            choices,
            ..QuestionView::default()
        };
    };
    let (title, said) = in_words(page, &spending);
    let title = page.spoken(title, &said);
    let day = time::day_in_full(page.words, spending.day);
    let facts = vec![page.fact("spending-day", day)];
    let choices = vec![
        cash(
            page,
            "spending-change-purpose",
            icon(spending.purpose),
            Command::ChangePurpose,
        ),
        cash(page, "spending-change-amount", Icon::Edit, Command::ChangeAmount),
        cash(
            page,
            "spending-remove",
            Icon::Delete,
            Command::RemoveSpending(spending.id),
        ),
    ];
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}
