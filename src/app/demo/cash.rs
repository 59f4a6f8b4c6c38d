//! The elder's purse, what she has spent this month and last, and the bills that come to her on paper.

use anban_core::cash::{Bill, BillKind, Fen, KeptPurse, Piece, Purpose, Purse, Rhythm, Spending};
use anban_core::ids::{BillId, SpendingId};
use anban_core::store::Records;
use anyhow::{Context, Result};
use jiff::Zoned;
use jiff::civil::{Date, date};

pub(super) const POWER_BILL: &str = "00000000-0000-4000-8000-000000000501";
const GAS_BILL: &str = "00000000-0000-4000-8000-000000000502";

/// What was spent, with the days of November and October 2026.
const SPENT: [(i8, i8, Purpose, u64); 14] = [
    (11, 21, Purpose::Groceries, 3_680),
    (11, 21, Purpose::Transport, 200),
    (11, 20, Purpose::Groceries, 1_250),
    (11, 18, Purpose::Medicine, 4_650),
    (11, 17, Purpose::Meals, 1_800),
    (11, 15, Purpose::Groceries, 4_230),
    (11, 12, Purpose::Household, 2_590),
    (11, 10, Purpose::Groceries, 2_070),
    (11, 8, Purpose::Gifts, 10_000),
    (11, 4, Purpose::Bills, 8_630),
    (11, 2, Purpose::Groceries, 1_905),
    (10, 28, Purpose::Groceries, 3_300),
    (10, 19, Purpose::Medicine, 5_800),
    (10, 6, Purpose::Bills, 8_120),
];

fn fen(amount: u64) -> Result<Fen> {
    Fen::new(amount).context("that is more than is kept")
}

/// Puts all of it into `records`.
pub(super) fn fill(records: &mut Records, say: &dyn Fn(&str, &str) -> String, now: &Zoned) -> Result<()> {
    let holds = Purse::of([
        (Piece::Yuan100, 1),
        (Piece::Yuan50, 1),
        (Piece::Yuan20, 2),
        (Piece::Yuan10, 3),
        (Piece::Yuan5, 1),
        (Piece::Note1, 4),
        (Piece::Coin1, 6),
        (Piece::Jiao5, 3),
        (Piece::Jiao1, 2),
    ]);
    records.purse = KeptPurse {
        holds: holds.context("that is more than goes into a purse")?,
        counted: true,
        ..KeptPurse::default()
    };
    for (number, (month, day, purpose, amount)) in (1_u128..).zip(SPENT) {
        let spending = Spending {
            id: SpendingId(uuid::Uuid::from_u128(0x4000_8000_0000_0000_0600 + number)),
            day: Date::new(2026, month, day)?,
            purpose,
            amount: fen(amount)?,
            noted_at: now.timestamp(),
        };
        records.spendings.insert(spending.id, spending);
    }
    for (id, kind, day, due, amount, place) in [
        (
            POWER_BILL,
            BillKind::Power,
            28,
            date(2026, 11, 28),
            Some(8_630),
            say(
                "北街供电营业厅，上午八点半到下午五点",
                "Power counter in North Street, 8:30 to 17:00",
            ),
        ),
        (GAS_BILL, BillKind::Gas, 5, date(2026, 12, 5), None, String::new()),
    ] {
        let id: BillId = id.parse()?;
        let bill = Bill {
            id,
            kind,
            name: String::new(),
            rhythm: Rhythm::Monthly,
            day,
            due,
            amount: amount.map(fen).transpose()?,
            place,
            added_at: now.timestamp(),
        };
        records.bills.insert(id, bill);
    }
    Ok(())
}
