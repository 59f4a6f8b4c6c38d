//! Cash: what is in the purse, what to hand over, what it was spent on, and what to do where it is refused.
//!
//! Paying with notes and coins is made easier, not discouraged. The purse is counted by tapping drawn notes and coins
//! (`counting.rs`). For a price the app says which of them to hand over and what must come back ([`hand_over`], the pages
//! in `paying.rs`); the change is counted the same way and compared while it is counted (`change.rs`). What was paid for
//! is noted in one tap and looked at by the month (`spending.rs`), bills that come on paper are remembered (`bills.rs`),
//! and a purse that is too low for a known day is said once a day (`notice.rs`). Where cash is refused there is a card to
//! hold out, a number to call and a letter (`refused.rs`). Rules and their sources are data in `assets/cash/rules.json`.
//!
//! Amounts are whole fen everywhere ([`money`]); nothing is rounded, and no sum can overflow.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::{Core, Page};
use crate::entry::{Field, Problem};
use crate::ids::{BillId, SpendingId};
use crate::page::PageBuilder;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Body, Choice};

mod bills;
mod bills_view;
mod change;
mod counting;
pub mod hand_over;
mod model;
pub mod money;
mod notice;
mod paying;
mod paying_view;
pub mod purse;
mod refused;
mod rows;
mod rules;
mod said;
mod spending;
mod spending_view;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use bills::{MOST_BILLS, is_bill};
pub use model::{Bill, BillKind, Complaint, KeptPurse, PaidFor, Paying, Purpose, Refused, Rhythm, Spending, Way};
pub use money::{Fen, Piece, PieceColour};
pub(crate) use notice::{on_home, said_on_home};
pub use purse::Purse;
pub(crate) use refused::{is_complaint, paper};

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// One more note or coin is in the purse.
    Put(Piece),
    /// One less.
    Take(Piece),
    /// Empties the purse, to count anew.
    Recount,
    /// Does so.
    RecountNow,
    /// Takes back what was counted last.
    UndoCount,
    /// Asks how much is to be in the purse for a day out.
    AskReserve,
    /// Begins a payment: asks for the price.
    Pay,
    /// What to hand over: few pieces or many coins.
    ChooseWay(Way),
    /// It was handed over.
    Given,
    /// One more note or coin has come back.
    PutBack(Piece),
    /// One less.
    TakeBack(Piece),
    /// All that must come back has come back, and goes into the purse.
    CameAsItMust,
    /// What came back was counted, and goes into the purse; where some is missing, that is asked about.
    Paid,
    /// The same without asking.
    PaidAsItIs,
    /// Says to the seller how much change is missing, in both languages.
    SayShort,
    /// It was not bought: everything goes back into the purse.
    NotBought,
    /// Takes the payment back that was just done.
    UndoPayment,
    /// Begins a spending without the purse: asks how much it was.
    BeginSpending,
    /// Says what was bought.
    SpentOn(Purpose),
    /// It is not to be noted.
    DontNote,
    /// Shows the month of a year.
    ShowMonth {
        /// The year.
        year: i16,
        /// The month, 1 to 12.
        month: i8,
    },
    /// Shows the month by weeks, or by what it was spent on.
    ByWeek(bool),
    /// Lists the spendings of the month from this one on.
    List(usize),
    /// Shows one spending.
    ShowSpending(SpendingId),
    /// Asks again what it was for.
    ChangePurpose,
    /// Asks again how much it was.
    ChangeAmount,
    /// Removes it. It can be taken back.
    RemoveSpending(SpendingId),
    /// Begins a new bill: asks what it is for.
    AddBill,
    /// Says what the new bill is for.
    BillIs(BillKind),
    /// Says how often the bill comes that is new or shown.
    BillComes(Rhythm),
    /// Says where it is paid: one of the places that are offered.
    BillPaidAt(String),
    /// Shows a bill.
    ShowBill(BillId),
    /// Asks one thing of the bill that is shown again.
    ChangeBill(BillPart),
    /// Says in which month the bill is due next that is new or shown, by any day of that month.
    BillNext(Date),
    /// Pays the bill that is shown: says what to hand over.
    PayBill,
    /// The bill that is shown was paid.
    BillPaid,
    /// Pays for the bill that was just paid out of the purse.
    BillFromPurse,
    /// Removes a bill. It can be taken back.
    RemoveBill(BillId),
    /// Puts the notice away that the purse is low, for today.
    NotToday,
    /// Hands a number to the telephone.
    Call(String),
    /// Begins the letter: asks which shop.
    Complain,
    /// Says what happened there, and goes on to printing.
    WasRefused(Refused),
    /// Says that cash may not be refused, in both languages.
    SayRefused,
    /// Lets the letter go. It can be taken back.
    ForgetComplaint,
}

/// What of a bill is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BillPart {
    /// How often it comes.
    Rhythm,
    /// By which day of the month.
    Day,
    /// In which month next.
    Month,
    /// What it is called.
    Name,
    /// How much.
    Amount,
    /// Where it is paid.
    Place,
}

/// What was done last with the purse, and can be taken back on the page where it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Undoes {
    /// Nothing, or something that no page offers to take back.
    #[default]
    Nothing,
    /// A tap while it was counted.
    Count,
    /// A whole payment.
    Payment,
}

/// What is on the screen and not kept.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// What to hand over is chosen so.
    way: Way,
    /// The price that was typed.
    price: Option<Fen>,
    /// What is paid for.
    paying_for: PaidFor,
    /// What the page asks for that says what money was spent on.
    noting: spending::Noting,
    /// The month that is shown; none is this one.
    month: Option<(i16, i8)>,
    by_week: bool,
    /// What the last step back would take back, where that is of the purse.
    undoes: Undoes,
    /// How many of the month's latest spendings are passed over in the list.
    from: usize,
    /// The spending that is shown.
    spending: Option<SpendingId>,
    /// The bill that is shown; none while a new one is asked for.
    bill: Option<BillId>,
    /// The new bill, as far as it is known.
    new_bill: bills::NewBill,
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Put(piece) => counting::put(turn, piece),
        Command::Take(piece) => counting::take(turn, piece),
        Command::Recount => {
            counting::ask_recount(turn);
            Ok(())
        }
        Command::RecountNow => counting::recount(turn),
        Command::UndoCount => counting::undo(turn),
        Command::AskReserve => {
            turn.open(Page::Enter(Field::Reserve));
            Ok(())
        }
        Command::Pay => paying::begin(turn),
        Command::ChooseWay(way) => {
            turn.core.screen.cash.way = way;
            turn.open(Page::HandOver);
            Ok(())
        }
        Command::Given => paying::given(turn),
        Command::PutBack(piece) => paying::came_back(turn, piece, true),
        Command::TakeBack(piece) => paying::came_back(turn, piece, false),
        Command::CameAsItMust => paying::came_as_it_must(turn),
        Command::Paid => paying::counted(turn),
        Command::PaidAsItIs => paying::as_it_is(turn),
        Command::SayShort => {
            paying::say_short(turn);
            Ok(())
        }
        Command::SayRefused => {
            refused::say(turn);
            Ok(())
        }
        Command::NotBought => paying::not_bought(turn),
        Command::UndoPayment => paying::undo(turn),
        Command::BeginSpending => {
            spending::begin(turn);
            Ok(())
        }
        Command::SpentOn(purpose) => spending::spent_on(turn, purpose),
        Command::DontNote => {
            let typed: Vec<_> = spending::typed_of_a_new_one(turn.core).into_iter().collect();
            if !typed.is_empty() {
                turn.commit_quietly(typed)?;
            }
            turn.core.screen.cash.noting = spending::Noting::Nothing;
            turn.back_to(Page::Cash);
            Ok(())
        }
        Command::ShowMonth { .. }
        | Command::ByWeek(_)
        | Command::List(_)
        | Command::ShowSpending(_)
        | Command::ChangePurpose
        | Command::ChangeAmount
        | Command::RemoveSpending(_) => spending::update(turn, command),
        Command::AddBill
        | Command::BillIs(_)
        | Command::BillComes(_)
        | Command::BillPaidAt(_)
        | Command::ShowBill(_)
        | Command::ChangeBill(_)
        | Command::BillNext(_)
        | Command::PayBill
        | Command::BillPaid
        | Command::BillFromPurse
        | Command::RemoveBill(_) => bills::update(turn, command),
        Command::NotToday => notice::put_away(turn),
        Command::Call(number) => {
            crate::help::dial(turn, number);
            Ok(())
        }
        Command::Complain => refused::begin(turn),
        Command::WasRefused(what) => refused::was_refused(turn, what),
        Command::ForgetComplaint => refused::forget(turn),
    }
}

/// A field of this feature is finished.
pub(crate) fn typed(turn: &mut Turn<'_>, field: Field, text: String) -> Result<Result<(), Problem>, StoreError> {
    match field {
        Field::Price => paying::typed_price(turn, &text),
        Field::Reserve => counting::typed_reserve(turn, &text),
        Field::SpentAmount => spending::typed_amount(turn, &text),
        Field::RefusedPlace => refused::typed_place(turn, text),
        _ => bills::typed(turn, field, text),
    }
}

/// The bill or spending that a field changes; `None` where it is of a new one.
pub(crate) fn changed(core: &Core, field: Field) -> Option<Uuid> {
    match field {
        Field::SpentAmount => spending::shown(core).map(|spending| spending.id.0),
        _ => bills::shown(core).map(|bill| bill.id.0),
    }
}

/// What a field of this feature holds before anything is typed.
pub(crate) fn held(core: &Core, field: Field) -> String {
    match field {
        Field::Reserve => core.records.purse.reserve().typed(),
        Field::SpentAmount => spending::held_amount(core),
        Field::RefusedPlace => refused::held_place(core),
        Field::BillName | Field::BillDay | Field::BillAmount | Field::BillPlace => bills::held(core, field),
        _ => String::new(),
    }
}

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    match of {
        Page::Purse => Body::Money(counting::view(page)),
        Page::HandOver => Body::Money(paying_view::hand_over_view(page)),
        Page::ChangeBack => Body::Money(paying_view::change_view(page)),
        Page::ShortChange => Body::Show(paying_view::short_view(page)),
        Page::SpentOn => Body::Question(spending_view::purposes(page)),
        Page::Spending => Body::Question(spending_view::month(page)),
        Page::SpendingList => Body::Question(spending_view::list(page)),
        Page::SpendingEntry => Body::Question(spending_view::one(page)),
        Page::Bills => Body::Question(bills_view::all(page)),
        Page::Bill => Body::Question(bills_view::one(page)),
        Page::BillKind => Body::Question(bills_view::kinds(page)),
        Page::BillRhythm => Body::Question(bills_view::rhythms(page)),
        Page::BillMonth => Body::Question(bills_view::months(page)),
        Page::BillCounter => Body::Question(bills_view::counters(page)),
        Page::CashRefused => Body::Show(refused::card(page)),
        Page::RefusedWhat => Body::Question(refused::what_happened(page)),
        _ => Body::Question(view::cash(page)),
    }
}

/// The row that leads from the wallet to cash.
pub(crate) fn in_wallet(page: &mut PageBuilder<'_>) -> Choice {
    view::in_wallet(page)
}

/// An amount that was typed and is to be paid.
fn price(text: &str) -> Result<Fen, Problem> {
    match Fen::parse(text) {
        Some(price) if !price.is_zero() => Ok(price),
        _ => Err("enter-price-wrong"),
    }
}

/// Keeps the purse, so that it can be taken back.
fn keep(turn: &mut Turn<'_>, kept: KeptPurse, undoes: Undoes) -> Result<(), StoreError> {
    turn.commit_undoable(vec![Change::Purse(kept)])?;
    turn.core.screen.cash.undoes = undoes;
    Ok(())
}

/// Whether this is what the last step back takes back.
fn can_undo(core: &Core, what: Undoes) -> bool {
    core.screen.cash.undoes == what && matches!(core.screen.undo.as_slice(), [Change::Purse(_)])
}
