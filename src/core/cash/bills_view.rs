//! The pages of bills.

use super::bills::{self, due_in_words, kind_key, name, shown};
use super::model::{Bill, BillKind, Rhythm};
use super::{BillPart, Command, rows, rules};
use crate::app::{Command as AppCommand, Page};
use crate::entry::Field;
use crate::help::spaced;
use crate::page::PageBuilder;
use crate::view::{Choice, Icon, Mark, QuestionView};
use crate::words::time;

fn cash(page: &mut PageBuilder<'_>, key: &str, icon: Icon, command: Command) -> Choice {
    page.choice(key, icon, AppCommand::Cash(command))
}

pub(super) fn icon(kind: BillKind) -> Icon {
    match kind {
        BillKind::Water => Icon::CleanHands,
        BillKind::Power => Icon::Speed,
        BillKind::Gas => Icon::LocalFireDepartment,
        BillKind::Telephone => Icon::Call,
        BillKind::Other => Icon::Description,
    }
}

/// All bills.
pub(super) fn all(page: &mut PageBuilder<'_>) -> QuestionView {
    let of_all: Vec<Bill> = bills::all(page.core).into_iter().cloned().collect();
    let empty = of_all.is_empty();
    let title = page.line(if empty { "bills-empty-title" } else { "bills-title" });
    let lines = if empty {
        vec![page.line("bills-empty-line")]
    } else {
        Vec::new()
    };
    let today = page.core.now().date();
    let mut choices = Vec::new();
    for bill in of_all {
        let words = page.words;
        let name = name(words, &bill);
        let (text, said) = match bill.amount {
            Some(amount) => rows::both(words, "spending-one", &[("amount", amount)], &[("what", &name)]),
            None => (name.clone(), name),
        };
        let command = AppCommand::Cash(Command::ShowBill(bill.id));
        let choice = page.choice_named(bill.id.to_string(), text, icon(bill.kind), command);
        let note = by_when(page, &bill);
        let said = words.with("text-note", &[("text", &said), ("note", &note)]);
        let choice = page.noted(choice, note);
        let choice = page.said(choice, &said);
        choices.push(if bill.due < today {
            choice.marked(Mark::Caution)
        } else {
            choice
        });
    }
    let add = cash(page, "bill-add", Icon::Add, Command::AddBill);
    choices.push(if empty { add.main() } else { add });
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// 11月25日前, or since when it is over.
fn by_when(page: &PageBuilder<'_>, bill: &Bill) -> String {
    let today = page.core.now().date();
    let day = time::date_from(page.words, bill.due, today);
    let key = if bill.due < today { "bill-over-since" } else { "bill-by" };
    page.words.with(key, &[("day", &day)])
}

/// One bill.
pub(super) fn one(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(bill) = shown(page.core).cloned() else {
        return all(page);
    };
    let words = page.words;
    let title = page.text(name(words, &bill));
    let when = by_when(page, &bill);
    let mut facts = vec![page.fact("bill-when", when)];
    match bill.amount {
        Some(amount) => facts.push(rows::amount(page, "bill-amount", amount)),
        None => {
            let unknown = words.get("bill-amount-unknown");
            facts.push(page.fact("bill-amount", unknown));
        }
    }
    let rhythm = words.get(rhythm_key(bill.rhythm));
    facts.push(page.fact("bill-rhythm", rhythm));
    let place = if bill.place.is_empty() {
        words.get("bill-place-unknown")
    } else {
        bill.place.clone()
    };
    facts.push(page.fact("bill-place", place));
    let mut choices = Vec::new();
    // Whoever stands at the counter wants to know what to give first; without a counted purse that can't be said.
    let from_purse = bill.amount.is_some() && page.core.records.purse.counted;
    if from_purse {
        choices.push(cash(page, "bill-pay", Icon::Payments, Command::PayBill).main());
    }
    let paid = cash(page, "bill-paid", Icon::Check, Command::BillPaid);
    choices.push(if from_purse { paid } else { paid.main() });
    if let Some(number) = rules::number_for(bill.kind) {
        let ask = cash(page, "bill-call", Icon::Call, Command::Call(number.to_owned()));
        choices.push(page.noted_as(ask, number, &spaced(number)));
    }
    let name = (bill.kind == BillKind::Other).then_some(("bill-change-name", Icon::Edit, BillPart::Name));
    let has_months = bills::months_to_choose(page.core).len() > 1;
    let month = has_months.then_some(("bill-change-month", Icon::Event, BillPart::Month));
    let parts = [
        ("bill-change-amount", Icon::Payments, BillPart::Amount),
        ("bill-change-day", Icon::EditCalendar, BillPart::Day),
        ("bill-change-rhythm", Icon::Refresh, BillPart::Rhythm),
        ("bill-change-place", Icon::LocationOn, BillPart::Place),
    ];
    for (key, icon, part) in parts.into_iter().chain(month).chain(name) {
        choices.push(cash(page, key, icon, Command::ChangeBill(part)));
    }
    choices.push(cash(page, "bill-remove", Icon::Delete, Command::RemoveBill(bill.id)));
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// What the new bill is for.
pub(super) fn kinds(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("bill-kind-title");
    let kinds = BillKind::ALL.into_iter();
    let choices = kinds
        .map(|kind| cash(page, kind_key(kind), icon(kind), Command::BillIs(kind)))
        .collect();
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

fn rhythm_key(rhythm: Rhythm) -> &'static str {
    match rhythm {
        Rhythm::Monthly => "bill-monthly",
        Rhythm::EveryTwoMonths => "bill-every-two-months",
        Rhythm::EveryThreeMonths => "bill-every-three-months",
        Rhythm::EveryHalfYear => "bill-every-half-year",
        Rhythm::Yearly => "bill-yearly",
        Rhythm::Once => "bill-once",
    }
}

/// How often it comes.
pub(super) fn rhythms(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("bill-rhythm-title");
    let set = shown(page.core).map(|bill| bill.rhythm);
    let rhythms = Rhythm::ALL.into_iter();
    let choices = rhythms
        .map(|rhythm| {
            let choice = cash(page, rhythm_key(rhythm), Icon::Event, Command::BillComes(rhythm));
            choice.chosen_if(set == Some(rhythm))
        })
        .collect();
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// In which month it is due next.
pub(super) fn months(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("bill-month-title");
    let (today, set) = (page.core.now().date(), shown(page.core).map(|bill| bill.due));
    let choices = bills::months_to_choose(page.core)
        .into_iter()
        .map(|due| {
            let month = time::month_from(page.words, due, today);
            let command = AppCommand::Cash(Command::BillNext(due));
            let choice = page.choice_named(
                format!("bill-month-{}-{}", due.year(), due.month()),
                month,
                Icon::Event,
                command,
            );
            let by = page
                .words
                .with("bill-by", &[("day", &time::date_from(page.words, due, today))]);
            page.noted(choice, by).chosen_if(set == Some(due))
        })
        .collect();
    QuestionView {
        title,
        choices: page.or_home(choices),
        ..QuestionView::default()
    }
}

/// Where it is paid in cash: places that are likely, or in the person's own words.
pub(super) fn counters(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("bill-place-title");
    let lines = vec![page.line("bill-place-line")];
    let bill = shown(page.core);
    let kind = bill.map(|bill| bill.kind).or(page.core.screen.cash.new_bill.kind);
    let language = page.words.language();
    let places = rules::places_for(kind.unwrap_or(BillKind::Other));
    let mut choices = Vec::new();
    for (number, place) in (1..).zip(places) {
        let place = place.of(language).to_owned();
        let command = AppCommand::Cash(Command::BillPaidAt(place.clone()));
        choices.push(page.choice_named(format!("bill-place-{number}"), place, Icon::LocationOn, command));
    }
    choices.push(page.choice(
        "bill-place-own",
        Icon::Edit,
        AppCommand::Open(Page::Enter(Field::BillPlace)),
    ));
    choices.push(cash(
        page,
        "bill-place-later",
        Icon::ArrowForward,
        Command::BillPaidAt(String::new()),
    ));
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// The bills that are due soon, as they are said with the greeting.
pub(super) fn said_on_home(page: &PageBuilder<'_>) -> Option<String> {
    match bills::due_soon(page.core).as_slice() {
        [] => None,
        [bill] => Some(due_in_words(page, bill)),
        more => Some(page.words.with("home-bills", &[("count", &more.len().to_string())])),
    }
}

/// The bills that are due soon, for the home page: one with its name, more with their number.
pub(super) fn on_home(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let due: Vec<Bill> = bills::due_soon(page.core).into_iter().cloned().collect();
    match due.as_slice() {
        [] => None,
        [bill] => {
            let text = due_in_words(page, bill);
            let command = AppCommand::Cash(Command::ShowBill(bill.id));
            let choice = page.choice_named("home-bill", text, icon(bill.kind), command);
            let words = page.words;
            let with_place = |amount: Option<String>| {
                let parts = amount.into_iter().chain([bill.place.clone()]);
                let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
                parts.join(&words.get("list-comma"))
            };
            let said = with_place(bill.amount.map(|amount| amount.said(words)));
            let written = with_place(bill.amount.map(|amount| amount.written(words)));
            Some(page.noted_as(choice, written, &said))
        }
        [first, ..] => {
            let count = due.len().to_string();
            let text = page.words.with("home-bills", &[("count", &count)]);
            let choice = page.choice_named("home-bill", text, Icon::Description, AppCommand::Open(Page::Bills));
            let note = due_in_words(page, first);
            Some(page.noted(choice, note))
        }
    }
}
