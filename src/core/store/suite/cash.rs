//! Random purses, spendings and bills.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::array::uniform9;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::changes::{id, text, time};
use crate::cash::{
    Bill, BillKind, Complaint, Fen, KeptPurse, PaidFor, Paying, Piece, Purpose, Purse, Refused, Rhythm, Spending,
};
use crate::ids::{BillId, SpendingId};

fn fen() -> impl Strategy<Value = Fen> {
    (0..=Fen::MOST.fen()).prop_map(|fen| Fen::new(fen).expect("not more than the most"))
}

fn day() -> impl Strategy<Value = Date> {
    (0..36_500_i32).prop_map(|days| date(2000, 1, 1).saturating_add(days.days()))
}

fn holds() -> impl Strategy<Value = Purse> {
    uniform9(0..=Purse::MOST).prop_map(|counts| Purse::of(Piece::ALL.into_iter().zip(counts)).expect("not too many"))
}

fn paid_for() -> impl Strategy<Value = PaidFor> {
    prop_oneof![
        Just(PaidFor::Something),
        Just(PaidFor::NotedBill),
        id(BillId).prop_map(PaidFor::Bill),
    ]
}

pub(super) fn purse() -> impl Strategy<Value = KeptPurse> {
    let paying = (fen(), holds(), holds(), paid_for());
    let paying = paying.prop_map(|(price, given, back, what)| Paying {
        price,
        given,
        back,
        what,
    });
    (holds(), any::<bool>(), of(fen()), of(day()), of(paying)).prop_map(
        |(holds, counted, reserve, quiet_on, paying)| KeptPurse {
            holds,
            counted,
            reserve,
            quiet_on,
            paying,
        },
    )
}

pub(super) fn spending() -> impl Strategy<Value = Spending> {
    (id(SpendingId), day(), select(&Purpose::ALL[..]), fen(), time()).prop_map(
        |(id, day, purpose, amount, noted_at)| Spending {
            id,
            day,
            purpose,
            amount,
            noted_at,
        },
    )
}

pub(super) fn bill() -> impl Strategy<Value = Bill> {
    let kinds = (select(&BillKind::ALL[..]), select(&Rhythm::ALL[..]));
    (
        id(BillId),
        kinds,
        [text(), text()],
        (1..=31_i8, day()),
        of(fen()),
        time(),
    )
        .prop_map(
            |(id, (kind, rhythm), [name, place], (day, due), amount, added_at)| Bill {
                id,
                kind,
                name,
                rhythm,
                day,
                due,
                amount,
                place,
                added_at,
            },
        )
}

pub(super) fn complaint() -> impl Strategy<Value = Complaint> {
    (text(), select(&Refused::ALL[..]), day()).prop_map(|(place, what, day)| Complaint { place, what, day })
}
