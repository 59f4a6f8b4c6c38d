//! Bills that come on paper: by when, how much, and where they are paid in cash.
//!
//! A bill is asked for in words, one question a page, and only what it is for and by which day is needed. When it was
//! paid, one tap notes that as a spending and reckons the next day; the money can be taken out of the purse afterwards.
//! The day of the month stays what the person said: the 31st is the last day of a shorter month, and the 31st again in the
//! next. The pages are in `bills_view.rs`.

use jiff::ToSpan;
use jiff::civil::Date;

use super::model::{Bill, BillKind, PaidFor, Purpose, Rhythm, Spending};
use super::money::Fen;
use super::{BillPart, Command, paying, rows};
use crate::app::{Command as AppCommand, Core, Page};
use crate::entry::{Field, Problem, forget, forgotten, forgotten_with};
use crate::ids::{BillId, SpendingId};
use crate::page::PageBuilder;
use crate::result::{Outcome, Sentence, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};
use crate::words::time;

/// So many days before a bill is due it is said on the home page.
pub(super) const REMIND_DAYS: i32 = 3;
/// A bill that comes once is due within so many months.
const ONCE_WITHIN: i8 = 3;
/// More bills than this are no household's.
pub(crate) const MOST_BILLS: usize = 50;

const FIELDS: [Field; 4] = [Field::BillName, Field::BillDay, Field::BillAmount, Field::BillPlace];

/// A bill that is being asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct NewBill {
    pub kind: Option<BillKind>,
    pub name: String,
    pub rhythm: Rhythm,
    pub day: Option<i8>,
    pub due: Option<Date>,
    pub amount: Option<Fen>,
}

pub(super) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::AddBill => {
            turn.core.screen.cash.bill = None;
            turn.open(Page::BillKind);
        }
        Command::BillIs(kind) => {
            turn.core.screen.cash.bill = None;
            let before = &turn.core.screen.cash.new_bill;
            if before.kind.is_some_and(|before| before != kind) {
                // What was said of a bill for water is not so of one for power.
                forget(turn, &FIELDS)?;
                turn.core.screen.cash.new_bill = NewBill::default();
            }
            turn.core.screen.cash.new_bill.kind = Some(kind);
            turn.open(match kind {
                BillKind::Other => Page::Enter(Field::BillName),
                _ => Page::BillRhythm,
            });
        }
        Command::BillComes(rhythm) => match shown(turn.core).cloned() {
            Some(bill) => return change(turn, Bill { rhythm, ..bill }, None),
            None => {
                turn.core.screen.cash.new_bill.rhythm = rhythm;
                turn.open(Page::Enter(Field::BillDay));
            }
        },
        Command::BillPaidAt(place) => return paid_at(turn, place),
        Command::ShowBill(id) => {
            turn.core.screen.cash.bill = Some(id);
            turn.open(Page::Bill);
        }
        Command::ChangeBill(part) if shown(turn.core).is_some() => turn.open(match part {
            BillPart::Rhythm => Page::BillRhythm,
            BillPart::Day => Page::Enter(Field::BillDay),
            BillPart::Month => Page::BillMonth,
            BillPart::Name => Page::Enter(Field::BillName),
            BillPart::Amount => Page::Enter(Field::BillAmount),
            BillPart::Place => Page::BillCounter,
        }),
        Command::BillNext(month) => return next_in(turn, month),
        Command::PayBill => return pay(turn),
        Command::BillPaid => return paid(turn),
        Command::BillFromPurse => return from_purse(turn),
        Command::RemoveBill(id) => {
            turn.commit_undoable(removed(turn.core, id).collect())?;
            turn.core.screen.cash.bill = None;
            turn.back_to(Page::Bills);
            turn.show(Outcome::new(Mark::Good, "bill-removed-title").undoable());
        }
        _ => {}
    }
    Ok(())
}

/// Whether a bill that comes from elsewhere could have been noted here.
pub(crate) fn is_bill(bill: &Bill) -> bool {
    let fits = |text: &str, field: Field| text.chars().count() <= field.longest();
    (1..=31).contains(&bill.day) && fits(&bill.name, Field::BillName) && fits(&bill.place, Field::BillPlace)
}

/// The bill that is shown.
pub(super) fn shown(core: &Core) -> Option<&Bill> {
    core.records.bills.get(&core.screen.cash.bill?)
}

/// The bills, those that are due first before the others.
pub(super) fn all(core: &Core) -> Vec<&Bill> {
    let mut bills: Vec<_> = core.records.bills.values().collect();
    bills.sort_by_key(|bill| (bill.due, bill.added_at, bill.id));
    bills
}

/// The bills that are due within [`REMIND_DAYS`], or were due before.
pub(super) fn due_soon(core: &Core) -> Vec<&Bill> {
    let until = core.now().date().saturating_add(REMIND_DAYS.days());
    all(core).into_iter().filter(|bill| bill.due <= until).collect()
}

/// What a bill is called.
pub(super) fn name(words: crate::words::Words, bill: &Bill) -> String {
    if bill.name.is_empty() {
        words.get(kind_key(bill.kind))
    } else {
        bill.name.clone()
    }
}

/// The word of a kind.
pub(super) fn kind_key(kind: BillKind) -> &'static str {
    match kind {
        BillKind::Water => "bill-water",
        BillKind::Power => "bill-power",
        BillKind::Gas => "bill-gas",
        BillKind::Telephone => "bill-telephone",
        BillKind::Other => "bill-other",
    }
}

/// The next bill in a few words; empty where there is none.
pub(super) fn next_in_words(page: &PageBuilder<'_>) -> String {
    let next = all(page.core).into_iter().next();
    next.map(|bill| due_in_words(page, bill)).unwrap_or_default()
}

/// 电费，11月25日前
pub(super) fn due_in_words(page: &PageBuilder<'_>, bill: &Bill) -> String {
    let today = page.core.now().date();
    let key = if bill.due < today { "bill-was-due" } else { "bill-due" };
    let day = time::date_from(page.words, bill.due, today);
    page.words
        .with(key, &[("name", &name(page.words, bill)), ("day", &day)])
}

/// The day in a month by which is to be paid: the last one where the month is too short.
fn day_in(month: Date, day: i8) -> Date {
    let last = month.last_of_month();
    Date::new(month.year(), month.month(), day.clamp(1, last.day())).unwrap_or(last)
}

/// The first such day from `from` on.
pub(super) fn first_due(from: Date, day: i8) -> Date {
    let this = day_in(from, day);
    if this >= from {
        return this;
    }
    let next = from.first_of_month().saturating_add(1.month());
    day_in(next, day)
}

/// The next day after a bill was paid; `None` where it came once.
pub(super) fn next_due(bill: &Bill) -> Option<Date> {
    let months = bill.rhythm.months()?;
    let month = bill.due.first_of_month().saturating_add(months.months());
    Some(day_in(month, bill.day)).filter(|next| *next > bill.due)
}

/// The months that the bill may be due in next, by the days on which it would be: as many as there are from one to the
/// next. This month is among them while its day is still to come, and after it too, for a bill that is late.
pub(super) fn months_to_choose(core: &Core) -> Vec<Date> {
    let (bill, new) = (shown(core), &core.screen.cash.new_bill);
    let rhythm = bill.map_or(new.rhythm, |bill| bill.rhythm);
    let Some(day) = bill.map(|bill| bill.day).or(new.day) else {
        return Vec::new();
    };
    let today = core.now().date();
    let is_late = day_in(today, day) < today;
    let months = rhythm.months().unwrap_or(ONCE_WITHIN) + i8::from(is_late);
    let first = today.first_of_month();
    (0..months)
        .map(|month| day_in(first.saturating_add(month.months()), day))
        .collect()
}

/// The month is known in which the bill is due next.
fn next_in(turn: &mut Turn<'_>, due: Date) -> Result<(), StoreError> {
    if let Some(bill) = shown(turn.core).cloned() {
        let due = day_in(due, bill.day);
        return change(turn, Bill { due, ..bill }, None);
    }
    turn.core.screen.cash.new_bill.due = Some(due);
    turn.open(Page::Enter(Field::BillAmount));
    Ok(())
}

/// A field of a bill was typed.
pub(super) fn typed(turn: &mut Turn<'_>, field: Field, text: String) -> Result<Result<(), Problem>, StoreError> {
    let bill = shown(turn.core).cloned();
    match field {
        Field::BillName if text.is_empty() => return Ok(Err("enter-bill-name-empty")),
        Field::BillName => match bill {
            Some(bill) => change(turn, Bill { name: text, ..bill }, Some(field))?,
            None => {
                turn.core.screen.cash.new_bill.name = text;
                turn.open(Page::BillRhythm);
            }
        },
        Field::BillDay => {
            let Some(day) = text.parse().ok().filter(|day| (1..=31).contains(day)) else {
                return Ok(Err("enter-bill-day-wrong"));
            };
            match bill {
                Some(bill) => {
                    // One that was never paid is reckoned from when it was noted; else its month is known, and stays.
                    let zone = turn.core.now().time_zone().clone();
                    let added = bill.added_at.to_zoned(zone).date();
                    let due = if bill.due == first_due(added, bill.day) {
                        first_due(added, day)
                    } else {
                        day_in(bill.due, day)
                    };
                    change(turn, Bill { day, due, ..bill }, Some(field))?;
                }
                None => {
                    let new = &mut turn.core.screen.cash.new_bill;
                    (new.day, new.due) = (Some(day), None);
                    let months = months_to_choose(turn.core);
                    turn.open(match months.as_slice() {
                        [] | [_] => Page::Enter(Field::BillAmount),
                        _ => Page::BillMonth,
                    });
                }
            }
        }
        Field::BillAmount => {
            // Nothing typed is "not known yet".
            let amount = if text.is_empty() {
                None
            } else {
                Some(super::price(&text))
            };
            let amount = match amount.transpose() {
                Ok(amount) => amount,
                Err(problem) => return Ok(Err(problem)),
            };
            match bill {
                Some(bill) => change(turn, Bill { amount, ..bill }, Some(field))?,
                None => {
                    turn.core.screen.cash.new_bill.amount = amount;
                    turn.open(Page::BillCounter);
                }
            }
        }
        _ => paid_at(turn, text)?,
    }
    Ok(Ok(()))
}

/// What a field of a bill holds before anything is typed.
pub(super) fn held(core: &Core, field: Field) -> String {
    let Some(bill) = shown(core) else {
        return String::new();
    };
    match field {
        Field::BillName => bill.name.clone(),
        Field::BillDay => bill.day.to_string(),
        Field::BillAmount => bill.amount.map(Fen::typed).unwrap_or_default(),
        _ => bill.place.clone(),
    }
}

/// Where it is paid is known: a new bill is complete then.
fn paid_at(turn: &mut Turn<'_>, place: String) -> Result<(), StoreError> {
    let place: String = place.chars().take(Field::BillPlace.longest()).collect();
    if let Some(bill) = shown(turn.core).cloned() {
        return change(turn, Bill { place, ..bill }, Some(Field::BillPlace));
    }
    let new = turn.core.screen.cash.new_bill.clone();
    let (Some(kind), Some(day)) = (new.kind, new.day) else {
        turn.open(Page::BillKind);
        return Ok(());
    };
    if turn.core.records.bills.len() >= MOST_BILLS {
        turn.show(Outcome::new(Mark::Caution, "bills-full"));
        return Ok(());
    }
    let bill = Bill {
        id: BillId(turn.uuid()),
        kind,
        name: new.name,
        rhythm: new.rhythm,
        day,
        due: new.due.unwrap_or_else(|| first_due(turn.core.now().date(), day)),
        amount: new.amount,
        place,
        added_at: turn.now(),
    };
    let words = turn.core.words();
    let values = vec![
        ("name", name(words, &bill)),
        ("day", time::date_from(words, bill.due, turn.core.now().date())),
    ];
    let id = bill.id;
    let mut changes = vec![Change::PutBill(bill)];
    changes.extend(forgotten(turn.core, &FIELDS));
    turn.commit_undoable(changes)?;
    let screen = &mut turn.core.screen.cash;
    (screen.bill, screen.new_bill) = (Some(id), NewBill::default());
    turn.back_to(Page::Bills);
    turn.show(
        Outcome::new(Mark::Good, "bill-kept-title")
            .line(Sentence("bill-kept-line", values))
            .main("bill-kept-back", Icon::Description, open(Page::Bills))
            .undoable(),
    );
    Ok(())
}

/// Keeps what was changed of the bill that is shown.
fn change(turn: &mut Turn<'_>, bill: Bill, field: Option<Field>) -> Result<(), StoreError> {
    let mut changes = vec![Change::PutBill(bill)];
    changes.extend(forgotten(turn.core, field.as_slice()));
    turn.commit_undoable(changes)?;
    turn.back_to(Page::Bills);
    turn.show(
        Outcome::new(Mark::Good, "changed-title")
            .main("bill-changed-show", Icon::Description, open(Page::Bill))
            .undoable(),
    );
    Ok(())
}

/// What goes with a bill.
fn removed(core: &Core, id: BillId) -> impl Iterator<Item = Change> {
    [Change::RemoveBill(id)].into_iter().chain(forgotten_with(core, id.0))
}

/// What is kept when a bill was paid: a spending, where the amount is known, and when it is due again.
pub(super) fn settled(turn: &mut Turn<'_>, bill: &Bill, amount: Option<Fen>) -> Vec<Change> {
    let mut changes = Vec::new();
    if let Some(amount) = amount {
        changes.push(Change::PutSpending(Spending {
            id: SpendingId(turn.uuid()),
            day: turn.core.now().date(),
            purpose: Purpose::Bills,
            amount,
            noted_at: turn.now(),
        }));
    }
    match next_due(bill) {
        Some(due) => changes.push(Change::PutBill(Bill { due, ..bill.clone() })),
        None => changes.extend(removed(turn.core, bill.id)),
    }
    changes
}

/// That a bill was paid, when it is due again, and what is noted as spent.
pub(super) fn paid_outcome(core: &Core, bill: &Bill, amount: Option<Fen>) -> Outcome {
    let words = core.words();
    let title = Sentence("bill-paid-title", vec![("name", name(words, bill))]);
    let mut outcome = Outcome::new(Mark::Good, title);
    if let Some(next) = next_due(bill) {
        let day = time::date_from(words, next, core.now().date());
        outcome = outcome.line(Sentence("bill-paid-next", vec![("day", day)]));
    }
    if let Some(amount) = amount {
        outcome = rows::line(outcome, words, "bill-paid-noted", amount, &[]);
    }
    outcome
}

/// Says what to hand over for the bill that is shown; when that is done it is paid.
fn pay(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some((id, Some(amount))) = shown(turn.core).map(|bill| (bill.id, bill.amount)) else {
        return Ok(());
    };
    paying::propose(turn, Some(amount), PaidFor::Bill(id))
}

/// The bill that is shown was paid: it is a spending, and is due again later.
fn paid(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(bill) = shown(turn.core).cloned() else {
        turn.back_to(Page::Bills);
        return Ok(());
    };
    let changes = settled(turn, &bill, bill.amount);
    turn.commit_undoable(changes)?;
    let outcome = paid_outcome(turn.core, &bill, bill.amount);
    turn.core.screen.cash.price = bill.amount;
    let outcome = match bill.amount {
        Some(_) => {
            let command = AppCommand::Cash(Command::BillFromPurse);
            outcome.or("bill-from-purse", Icon::Wallet, command)
        }
        None => {
            let command = AppCommand::Cash(Command::BeginSpending);
            outcome.or("bill-paid-amount", Icon::Edit, command)
        }
    };
    turn.back_to(Page::Bills);
    turn.show(outcome.undoable());
    Ok(())
}

/// Says what to hand over for the bill that was just paid. It is noted already.
fn from_purse(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    paying::propose(turn, turn.core.screen.cash.price, PaidFor::NotedBill)
}
