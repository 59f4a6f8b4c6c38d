//! What was paid for: noted in one tap, and looked at by the month.
//!
//! The amounts are those that left the purse, to the fen. A month is added up for what it was spent on and by weeks; both
//! sums are of the same spendings, and none is left out. The pages are in `spending_view.rs`.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::model::{Purpose, Spending};
use super::money::Fen;
use super::{Command, rows};
use crate::app::{Core, Page};
use crate::entry::{DraftId, Field, Problem, forgotten, forgotten_with};
use crate::ids::SpendingId;
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// What the page that asks for a purpose asks it for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Noting {
    /// Nothing.
    #[default]
    Nothing,
    /// A payment that is noted already, that of a bill.
    NotedAlready,
    /// A new spending of this amount.
    Amount(Fen),
    /// The same, of a payment that was just done.
    Paid(Fen),
    /// The spending that is shown.
    Shown,
}

/// The change that forgets what was half-typed of a new spending, where it is that what is noted. What was typed about
/// one that is there waits for it.
pub(super) fn typed_of_a_new_one(core: &Core) -> Option<Change> {
    let id = DraftId::from(Field::SpentAmount);
    let is_typed = matches!(core.screen.cash.noting, Noting::Amount(_)) && core.records.drafts.contains_key(&id);
    is_typed.then_some(Change::RemoveDraft(id))
}

/// Asks how much was spent without the purse.
pub(super) fn begin(turn: &mut Turn<'_>) {
    turn.core.screen.cash.spending = None;
    turn.open(Page::Enter(Field::SpentAmount));
}

/// An amount was typed: of a new spending, or of the one that is shown.
pub(super) fn typed_amount(turn: &mut Turn<'_>, text: &str) -> Result<Result<(), Problem>, StoreError> {
    let amount = match super::price(text) {
        Ok(amount) => amount,
        Err(problem) => return Ok(Err(problem)),
    };
    match shown(turn.core).cloned() {
        Some(spending) => {
            let changed = Change::PutSpending(Spending { amount, ..spending });
            let typed = forgotten(turn.core, &[Field::SpentAmount]);
            turn.commit_undoable([vec![changed], typed].concat())?;
            changed_outcome(turn);
        }
        None => {
            turn.core.screen.cash.noting = Noting::Amount(amount);
            turn.replace(Page::SpentOn);
        }
    }
    Ok(Ok(()))
}

/// What the field for an amount holds: that of the spending that is changed.
pub(super) fn held_amount(core: &Core) -> String {
    shown(core).map(|spending| spending.amount.typed()).unwrap_or_default()
}

/// It is said what the money was for.
pub(super) fn spent_on(turn: &mut Turn<'_>, purpose: Purpose) -> Result<(), StoreError> {
    match turn.core.screen.cash.noting {
        Noting::Amount(amount) | Noting::Paid(amount) => {
            let spending = Spending {
                id: SpendingId(turn.uuid()),
                day: turn.core.now().date(),
                purpose,
                amount,
                noted_at: turn.now(),
            };
            note(turn, spending)
        }
        Noting::Shown => {
            if let Some(spending) = shown(turn.core).cloned() {
                turn.commit_undoable(vec![Change::PutSpending(Spending { purpose, ..spending })])?;
                turn.core.screen.cash.noting = Noting::Nothing;
                changed_outcome(turn);
            }
            Ok(())
        }
        Noting::Nothing | Noting::NotedAlready => {
            begin(turn);
            Ok(())
        }
    }
}

fn note(turn: &mut Turn<'_>, spending: Spending) -> Result<(), StoreError> {
    let words = turn.core.words();
    let what = words.get(purpose_key(spending.purpose));
    let noted = Outcome::new(Mark::Good, "spending-noted-title");
    let noted = rows::line(noted, words, "spending-noted-line", spending.amount, &[("what", what)]);
    let mut changes = vec![Change::PutSpending(spending)];
    changes.extend(typed_of_a_new_one(turn.core));
    turn.commit_undoable(changes)?;
    turn.core.screen.cash.noting = Noting::Nothing;
    turn.core.screen.cash.month = None;
    turn.back_to(Page::Cash);
    turn.show(
        noted
            .main("spending-see-month", Icon::Payments, open(Page::Spending))
            .undoable(),
    );
    Ok(())
}

fn changed_outcome(turn: &mut Turn<'_>) {
    turn.back_to(Page::Spending);
    turn.show(Outcome::new(Mark::Good, "changed-title").undoable());
}

pub(super) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::ShowMonth { year, month } => {
            turn.core.screen.cash.month = Date::new(year, month, 1).ok().map(|day| (day.year(), day.month()));
            turn.core.screen.cash.from = 0;
            turn.open(Page::Spending);
        }
        Command::ByWeek(by_week) => {
            turn.core.screen.cash.by_week = by_week;
            turn.open(Page::Spending);
        }
        Command::List(from) => {
            turn.core.screen.cash.from = from;
            turn.open(Page::SpendingList);
        }
        Command::ShowSpending(id) => {
            turn.core.screen.cash.spending = Some(id);
            turn.open(Page::SpendingEntry);
        }
        Command::ChangePurpose => {
            turn.core.screen.cash.noting = Noting::Shown;
            turn.open(Page::SpentOn);
        }
        Command::ChangeAmount => turn.open(Page::Enter(Field::SpentAmount)),
        Command::RemoveSpending(id) => {
            let typed = forgotten_with(turn.core, id.0);
            turn.commit_undoable([Change::RemoveSpending(id)].into_iter().chain(typed).collect())?;
            turn.core.screen.cash.spending = None;
            turn.back_to(Page::Spending);
            turn.show(Outcome::new(Mark::Good, "spending-removed-title").undoable());
        }
        _ => {}
    }
    Ok(())
}

/// The spending that is shown.
pub(super) fn shown(core: &Core) -> Option<&Spending> {
    core.records.spendings.get(&core.screen.cash.spending?)
}

/// The word of a purpose.
pub(super) fn purpose_key(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Groceries => "spent-groceries",
        Purpose::Meals => "spent-meals",
        Purpose::Medicine => "spent-medicine",
        Purpose::Transport => "spent-transport",
        Purpose::Household => "spent-household",
        Purpose::Gifts => "spent-gifts",
        Purpose::Bills => "spent-bills",
        Purpose::Other => "spent-other",
    }
}

/// A month, and what was spent in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Month {
    /// Its first day.
    pub first: Date,
    /// What was spent, the latest first.
    pub spendings: Vec<Spending>,
}

impl Month {
    /// The month that is chosen, or this one.
    pub fn shown(core: &Core) -> Self {
        let today = core.now().date();
        let (year, month) = core.screen.cash.month.unwrap_or((today.year(), today.month()));
        let first = Date::new(year, month, 1).unwrap_or(today);
        Self::of(core, first)
    }

    /// This month.
    pub fn this(core: &Core) -> Self {
        Self::of(core, core.now().date().first_of_month())
    }

    fn of(core: &Core, first: Date) -> Self {
        let in_it = |spending: &&Spending| (spending.day.year(), spending.day.month()) == (first.year(), first.month());
        let mut spendings: Vec<Spending> = core.records.spendings.values().filter(in_it).cloned().collect();
        spendings.sort_by_key(|spending| Reverse((spending.day, spending.noted_at, spending.id)));
        Self { first, spendings }
    }

    /// The first day of the month before or after.
    pub fn beside(&self, later: bool) -> Option<Date> {
        let months = if later { 1.month() } else { -1.month() };
        self.first.checked_add(months).ok()
    }

    /// What was spent in it; `None` where that is more than can be held.
    pub fn total(&self) -> Option<Fen> {
        Fen::total(self.spendings.iter().map(|spending| spending.amount))
    }

    /// What it was spent on, the most first.
    pub fn by_purpose(&self) -> Vec<(Purpose, Fen)> {
        let mut sums: Vec<(Purpose, Fen)> = self.sums(|spending| spending.purpose).into_iter().collect();
        sums.sort_by_key(|&(purpose, sum)| (Reverse(sum), purpose));
        sums
    }

    /// Its weeks, from Monday to Sunday and cut at its ends, with what was spent in each; those without anything too.
    pub fn by_week(&self) -> Vec<(Date, Date, Fen)> {
        let sums = self.sums(|spending| monday(spending.day));
        let last = self.first.last_of_month();
        let mut weeks = Vec::new();
        let mut begins = self.first;
        while begins <= last {
            let sunday = monday(begins).saturating_add(6.days());
            let ends = sunday.min(last);
            let sum = sums.get(&monday(begins)).copied().unwrap_or_default();
            weeks.push((begins, ends, sum));
            match ends.tomorrow() {
                Ok(next) => begins = next,
                Err(_) => break,
            }
        }
        weeks
    }

    /// The days on which something was spent, the latest first.
    pub fn by_day(&self) -> Vec<(Date, Vec<&Spending>)> {
        let mut days: BTreeMap<Reverse<Date>, Vec<&Spending>> = BTreeMap::new();
        for spending in &self.spendings {
            days.entry(Reverse(spending.day)).or_default().push(spending);
        }
        days.into_iter().map(|(Reverse(day), of_day)| (day, of_day)).collect()
    }

    fn sums<K: Ord>(&self, key: impl Fn(&Spending) -> K) -> BTreeMap<K, Fen> {
        let mut sums = BTreeMap::new();
        for spending in &self.spendings {
            let sum: &mut Fen = sums.entry(key(spending)).or_default();
            // More than can be held is said of the whole month (see `total`), and no part of it is shown then.
            *sum = sum.checked_add(spending.amount).unwrap_or(*sum);
        }
        sums
    }
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}
