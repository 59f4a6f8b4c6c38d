//! The gentle notice that the purse is low before a known day.
//!
//! A visit to a doctor within two days asks for what the hospital says is to be paid there, or else for what the person
//! wants to have along; a bill that is due soon asks for its amount. All of it together is compared with the purse. The
//! notice stands below the tiles and on the purse's page, makes no sound, and is put away for a day with one tap.

use jiff::ToSpan;

use super::model::KeptPurse;
use super::money::Fen;
use super::{Undoes, bills, bills_view, rows};
use crate::app::{Command as AppCommand, Core, Page};
use crate::appointments::{self, Visit, VisitState};
use crate::page::PageBuilder;
use crate::store::StoreError;
use crate::turn::Turn;
use crate::view::{Choice, Icon, Line};

/// So many days ahead a visit counts.
const VISIT_DAYS: i32 = 2;

/// What the purse is too low for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LowFor {
    Visit,
    Bill,
    Both,
}

/// The purse is low.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Low {
    pub holds: Fen,
    pub needed: Fen,
    pub what: LowFor,
}

/// Whether the purse holds less than is needed soon, unless that was put away today. A purse that was never counted is
/// not low: nobody knows what is in it.
pub(super) fn low(core: &Core) -> Option<Low> {
    let kept = &core.records.purse;
    let today = core.now().date();
    if !kept.counted || kept.paying.is_some() || kept.quiet_on == Some(today) {
        return None;
    }
    let until = today.saturating_add(VISIT_DAYS.days());
    let zone = core.now().time_zone();
    let soon = |visit: &&Visit| {
        let day = visit.start.to_zoned(zone.clone()).date();
        day >= today && day <= until
    };
    let visit = appointments::upcoming(core).find(soon);
    let for_visit = visit.map(|visit| fee(core, visit).unwrap_or(kept.reserve()));
    let bills: Vec<Fen> = bills::due_soon(core)
        .into_iter()
        .filter_map(|bill| bill.amount)
        .collect();
    let what = match (for_visit, bills.is_empty()) {
        (Some(_), true) => LowFor::Visit,
        (Some(_), false) => LowFor::Both,
        (None, false) => LowFor::Bill,
        (None, true) => return None,
    };
    let needed = Fen::total(bills.into_iter().chain(for_visit))?;
    let holds = kept.holds.total();
    (holds < needed).then_some(Low { holds, needed, what })
}

/// What is still to be paid at a visit, where the hospital says.
fn fee(core: &Core, visit: &Visit) -> Option<Fen> {
    let (VisitState::Booked { appointment } | VisitState::CancelNotConfirmed { appointment }) = &visit.state else {
        return None;
    };
    let day = core.records.visit_days.get(appointment)?;
    let open = day.steps.iter().filter(|step| !step.done);
    let fees: Vec<u64> = open.filter_map(|step| step.fen).collect();
    if fees.is_empty() {
        return None;
    }
    Fen::total(fees.into_iter().map(|fee| Fen::new(fee).unwrap_or(Fen::MOST)))
}

/// The notice in words.
pub(super) fn line(page: &mut PageBuilder<'_>, low: &Low) -> Line {
    let (key, amounts) = words_of(low);
    rows::with_amounts(page, key, &amounts, &[])
}

fn words_of(low: &Low) -> (&'static str, [(&'static str, Fen); 2]) {
    let key = match low.what {
        LowFor::Visit => "low-for-visit",
        LowFor::Bill => "low-for-bill",
        LowFor::Both => "low-for-both",
    };
    (key, [("holds", low.holds), ("needed", low.needed)])
}

/// Nothing more is said of it today.
pub(super) fn put_away(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let kept = KeptPurse {
        quiet_on: Some(turn.core.now().date()),
        ..turn.core.records.purse.clone()
    };
    super::keep(turn, kept, Undoes::Nothing)?;
    turn.open(Page::Purse);
    Ok(())
}

/// The same as it is said with the greeting.
pub(crate) fn said_on_home(page: &PageBuilder<'_>) -> Vec<String> {
    let mut said: Vec<String> = bills_view::said_on_home(page).into_iter().collect();
    said.extend(low(page.core).map(|_| page.words.get("home-purse-low")));
    said
}

/// What is good to know about money, for the home page: bills that are due, and a purse that is low.
pub(crate) fn on_home(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = bills_view::on_home(page).into_iter().collect();
    if let Some(low) = low(page.core) {
        let (key, amounts) = words_of(&low);
        let choice = page.choice("home-purse-low", Icon::Wallet, AppCommand::Open(Page::Purse));
        choices.push(rows::noted_with(page, choice, key, &amounts));
    }
    choices
}
