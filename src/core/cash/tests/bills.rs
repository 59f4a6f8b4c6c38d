//! Bills on paper.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{cash, fen, fill, holds, records_of};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::cash::bills::{first_due, next_due};
use crate::cash::{Bill, BillKind, Command, Piece, Purpose, Rhythm};
use crate::entry::Field;
use crate::ids::BillId;
use crate::testing::{Bench, shanghai};
use crate::view::Body;

fn bill(day: i8, due: Date, rhythm: Rhythm) -> Bill {
    Bill {
        id: BillId(uuid::Uuid::from_u128(1)),
        kind: BillKind::Water,
        name: String::new(),
        rhythm,
        day,
        due,
        amount: None,
        place: String::new(),
        added_at: shanghai("2026-11-22T08:00"),
    }
}

/// A bill of this kind for 86.30 yuan by the 25th, each month.
fn with_power_bill() -> Bench {
    let mut bench = Bench::new();
    bench
        .opens(Page::Cash)
        .taps("cash-bills")
        .taps("bill-add")
        .taps("bill-power")
        .taps("bill-monthly");
    bench.types("25").types("86.3").taps("bill-place-1");
    bench
}

/// Opens a bill.
fn shows<'a>(bench: &'a mut Bench, id: &str) -> &'a mut Bench {
    bench.opens(Page::Bills).taps(id)
}

fn only(bench: &Bench) -> Bill {
    let bills: Vec<_> = bench.core.records().bills.values().collect();
    assert_eq!(bills.len(), 1);
    bills[0].clone()
}

#[test]
fn a_bill_is_noted_in_one_question_a_page() {
    let bench = with_power_bill();
    let kept = only(&bench);
    assert_eq!(
        (kept.kind, kept.rhythm, kept.day),
        (BillKind::Power, Rhythm::Monthly, 25)
    );
    assert_eq!((kept.due, kept.amount), (date(2026, 11, 25), Some(fen(8_630))));
    assert_eq!(kept.place, "供电营业厅");
    assert!(bench.core.records().drafts.is_empty());
    assert!(bench.says().contains("11月25日"), "{}", bench.says());
}

#[test]
fn what_is_not_known_can_be_left_open_and_another_kind_has_a_name() {
    let mut bench = Bench::new();
    bench
        .opens(Page::Bills)
        .taps("bill-add")
        .taps("bill-other")
        .types("")
        .types("物业费");
    bench
        .taps("bill-once")
        .types("32")
        .types("0")
        .types("5")
        .taps("bill-month-2026-12")
        .types("")
        .taps("bill-place-later");
    let kept = only(&bench);
    assert_eq!(
        (kept.name.as_str(), kept.amount, kept.place.as_str()),
        ("物业费", None, "")
    );
    // The 5th of this month is over.
    assert_eq!(kept.due, date(2026, 12, 5));
    bench.opens(Page::Bills).taps(&kept.id.to_string());
    assert_eq!(bench.title(), "物业费");
    assert!(bench.says().contains("多少钱：还不知道"), "{}", bench.says());
}

#[test]
fn paid_is_one_tap_that_notes_a_spending_and_reckons_the_next_day() {
    let mut bench = with_power_bill();
    let before = records_of(&bench);
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id).taps("bill-paid");
    assert_eq!(only(&bench).due, date(2026, 12, 25));
    let spent: Vec<_> = bench.core.records().spendings.values().collect();
    assert_eq!((spent[0].purpose, spent[0].amount), (Purpose::Bills, fen(8_630)));
    assert!(bench.says().contains("下次在12月25日前交"), "{}", bench.says());
    bench.taps("result-undo");
    assert_eq!(records_of(&bench), before);
}

#[test]
fn a_bill_is_paid_out_of_the_purse_and_noted_only_once() {
    let mut bench = with_power_bill();
    fill(&mut bench, &[(Piece::Yuan100, 1)]);
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id).taps("bill-paid").taps("bill-from-purse");
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::HandOver, "付 86元3角，给这些")
    );
    bench.taps("hand-over-done");
    for id in [
        "add-10",
        "add-1-coin",
        "add-1-coin",
        "add-1-coin",
        "add-0.5",
        "add-0.1",
        "add-0.1",
    ] {
        bench.taps(id);
    }
    bench.taps("change-done");
    assert_eq!(holds(&bench).total(), fen(1_370));
    assert_eq!(bench.core.records().spendings.len(), 1);
    assert!(
        !bench.choice_ids().contains(&"spent-bills".to_owned()),
        "{:?}",
        bench.choice_ids()
    );
    bench.taps("spent-back");
    assert_eq!(bench.page(), Page::Cash);
}

#[test]
fn a_bill_whose_change_is_counted_later_is_noted_only_once_too() {
    for restarts in [false, true] {
        let mut bench = with_power_bill();
        fill(&mut bench, &[(Piece::Yuan100, 1)]);
        let id = only(&bench).id.to_string();
        shows(&mut bench, &id)
            .taps("bill-paid")
            .taps("bill-from-purse")
            .taps("hand-over-done");
        if restarts {
            bench = bench.restarted();
        }
        bench
            .opens(Page::Cash)
            .taps("cash-go-on")
            .taps("add-10")
            .taps("change-done");
        assert!(!bench.choice_ids().contains(&"spent-bills".to_owned()));
        assert_eq!(bench.core.records().spendings.len(), 1);
    }
}

#[test]
fn a_payment_that_has_begun_goes_on_before_a_bill_is_paid_from_the_purse() {
    let mut bench = with_power_bill();
    fill(&mut bench, &[(Piece::Yuan100, 1), (Piece::Yuan50, 1)]);
    let id = only(&bench).id.to_string();
    bench
        .opens(Page::Enter(Field::Price))
        .types("46")
        .taps("hand-over-done");
    let begun = bench.core.records().purse.clone();
    shows(&mut bench, &id).taps("bill-paid").taps("bill-from-purse");
    assert_eq!(bench.page(), Page::ChangeBack);
    bench.opens(Page::Enter(Field::Price)).types("5");
    assert_eq!(bench.page(), Page::ChangeBack);
    bench.does(cash(Command::Given));
    assert_eq!(bench.core.records().purse, begun);
}

#[test]
fn another_day_of_a_bill_leaves_its_month() {
    let mut bench = with_power_bill();
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id).taps("bill-paid");
    let next = only(&bench).due;
    shows(&mut bench, &id).taps("bill-change-day").types("27");
    let due = only(&bench).due;
    assert_eq!((due.year(), due.month(), due.day()), (next.year(), next.month(), 27));
}

#[test]
fn one_that_came_once_is_gone_when_it_is_paid() {
    let mut bench = with_power_bill();
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id);
    bench
        .taps("bill-change-rhythm")
        .taps("bill-once")
        .taps("bill-changed-show")
        .taps("bill-paid");
    assert!(bench.core.records().bills.is_empty());
}

#[test]
fn everything_of_a_bill_can_be_changed_and_it_can_be_removed() {
    let mut bench = with_power_bill();
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id).taps("bill-change-amount").types("90");
    assert_eq!(
        (bench.title().as_str(), only(&bench).amount),
        ("改好了", Some(fen(9_000)))
    );
    bench.taps("result-undo");
    assert_eq!(only(&bench).amount, Some(fen(8_630)));
    bench.opens(Page::Bill).taps("bill-change-day").types("3");
    assert_eq!(only(&bench).due, date(2026, 12, 3));
    bench
        .taps("bill-changed-show")
        .taps("bill-change-month")
        .taps("bill-month-2026-11");
    assert_eq!(only(&bench).due, date(2026, 11, 3), "one that is late");
    bench
        .taps("bill-changed-show")
        .taps("bill-change-place")
        .taps("bill-place-own")
        .types("北街口");
    assert_eq!(only(&bench).place, "北街口");
    bench.taps("bill-changed-show");
    assert_eq!(bench.page(), Page::Bill);
    bench.taps("bill-call");
    assert_eq!(bench.dialled(), ["95598"]);
    bench.taps("bill-remove");
    assert!(bench.core.records().bills.is_empty());
    bench.taps("result-undo");
    assert_eq!(only(&bench).place, "北街口");
}

#[test]
fn it_is_said_on_the_home_page_from_three_days_before_until_it_is_paid() {
    let mut bench = with_power_bill();
    let said = |bench: &mut Bench| {
        bench.does(AppCommand::Home);
        bench.choice_ids().contains(&"home-bill".to_owned())
    };
    assert!(said(&mut bench));
    assert_eq!(bench.choice("home-bill").text, "电费，11月25日前交");
    assert_eq!(bench.choice("home-bill").note, "86元3角，供电营业厅");
    bench.after_seconds(5 * 24 * 3600);
    assert!(said(&mut bench));
    assert_eq!(bench.choice("home-bill").text, "电费，11月25日就该交了");
    bench.taps("home-bill").taps("bill-paid");
    assert!(!said(&mut bench));
    bench.after_seconds(24 * 24 * 3600);
    assert!(!said(&mut bench));
    bench.after_seconds(24 * 3600);
    assert!(said(&mut bench));
}

#[test]
fn the_last_day_of_a_month_stays_the_last_day() {
    assert_eq!(first_due(date(2026, 11, 30), 31), date(2026, 11, 30));
    assert_eq!(
        next_due(&bill(31, date(2027, 1, 31), Rhythm::Monthly)),
        Some(date(2027, 2, 28))
    );
    assert_eq!(
        next_due(&bill(31, date(2027, 2, 28), Rhythm::Monthly)),
        Some(date(2027, 3, 31))
    );
    assert_eq!(
        next_due(&bill(31, date(2026, 12, 31), Rhythm::EveryTwoMonths)),
        Some(date(2027, 2, 28))
    );
    assert_eq!(next_due(&bill(5, date(2026, 12, 5), Rhythm::Once)), None);
}

proptest! {
    #[test]
    fn the_next_day_is_later_and_as_near_to_the_day_that_was_said_as_its_month_allows(
        days in 0..20_000_i64, day in 1..=31_i8, every_two in any::<bool>(),
    ) {
        let from = date(2000, 1, 1).checked_add(jiff::ToSpan::days(days)).unwrap();
        let due = first_due(from, day);
        prop_assert!(due >= from && due < from.saturating_add(jiff::ToSpan::days(32)));
        let rhythm = if every_two { Rhythm::EveryTwoMonths } else { Rhythm::Monthly };
        let next = next_due(&bill(day, due, rhythm)).unwrap();
        prop_assert!(next > due);
        for on in [due, next] {
            prop_assert_eq!(on.day(), day.min(on.last_of_month().day()));
        }
        let months = (next.year() - due.year()) * 12 + i16::from(next.month() - due.month());
        prop_assert_eq!(months, if every_two { 2 } else { 1 });
    }
}

#[test]
fn what_was_typed_of_a_bill_waits_for_it_and_is_no_other_bill_s() {
    let mut bench = with_power_bill();
    bench
        .opens(Page::Bills)
        .taps("bill-add")
        .taps("bill-water")
        .taps("bill-monthly")
        .types("12");
    let mut bench = bench.restarted();
    bench
        .opens(Page::Bills)
        .taps("bill-add")
        .taps("bill-water")
        .taps("bill-monthly");
    assert_eq!(bench.field(), "12", "whoever begins again finds what was typed");
    bench
        .opens(Page::Bills)
        .taps("bill-add")
        .taps("bill-gas")
        .taps("bill-monthly");
    assert_eq!(bench.field(), "", "the day of another bill");
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id).taps("bill-change-day");
    assert_eq!(bench.field(), "25");
}

#[test]
fn what_was_typed_of_a_bill_goes_with_it_and_comes_back_with_it() {
    let mut bench = with_power_bill();
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id)
        .taps("bill-change-amount")
        .does(AppCommand::Type {
            field: Field::BillAmount,
            text: "9".to_owned(),
        });
    shows(&mut bench, &id).taps("bill-remove");
    assert!(bench.core.records().drafts.is_empty());
    bench
        .taps("result-undo")
        .opens(Page::Bills)
        .taps(&id)
        .taps("bill-change-amount");
    assert_eq!(bench.field(), "9");
}

#[test]
fn a_bill_that_comes_seldom_is_due_in_the_month_that_is_said() {
    let mut bench = Bench::new();
    bench
        .opens(Page::Bills)
        .taps("bill-add")
        .taps("bill-other")
        .types("暖气费")
        .taps("bill-yearly")
        .types("31");
    assert_eq!(bench.choice_ids().len(), 12);
    assert_eq!(bench.choice("bill-month-2027-2").note, "2027年2月28日前交");
    bench.taps("bill-month-2027-2").types("").taps("bill-place-later");
    assert_eq!(only(&bench).due, date(2027, 2, 28));
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id).taps("bill-paid");
    assert_eq!(
        only(&bench).due,
        date(2028, 2, 29),
        "each year, on the last day of February"
    );
    shows(&mut bench, &id).taps("bill-change-name").types("供暖");
    assert_eq!(only(&bench).name, "供暖");
}

#[test]
fn a_bill_is_paid_at_the_counter_in_one_go_and_taken_back_as_a_whole() {
    let mut bench = with_power_bill();
    let id = only(&bench).id.to_string();
    shows(&mut bench, &id);
    assert!(
        !bench.choice_ids().contains(&"bill-pay".to_owned()),
        "nobody has counted the purse"
    );
    fill(&mut bench, &[(Piece::Yuan100, 1)]);
    let before = records_of(&bench);
    shows(&mut bench, &id).taps("bill-pay");
    assert_eq!(bench.title(), "付 86元3角，给这些");
    bench.taps("hand-over-done");
    let mut bench = bench.restarted();
    bench.opens(Page::Cash).taps("cash-go-on").taps("change-all");
    assert_eq!(bench.title(), "电费付好了");
    assert_eq!(
        (only(&bench).due, holds(&bench).total()),
        (date(2026, 12, 25), fen(1_370))
    );
    let spent: Vec<_> = bench.core.records().spendings.values().collect();
    assert_eq!(
        (spent.len(), spent[0].purpose, spent[0].amount),
        (1, Purpose::Bills, fen(8_630))
    );
    bench.taps("result-undo");
    assert_eq!(records_of(&bench), before);
}

#[test]
fn a_bill_that_is_due_stands_in_sight_and_is_said_with_the_greeting() {
    let mut bench = with_power_bill();
    bench.now = bench.now.checked_add(jiff::ToSpan::days(1)).unwrap();
    bench.gets(Incoming::Tick).does(AppCommand::Home);
    let Body::Home(home) = bench.view().body else {
        panic!("that is home")
    };
    assert_eq!(home.today[0].id, "home-bill");
    assert!(
        bench.view().reading[0].ends_with("电费，11月25日前交。"),
        "{}",
        bench.says()
    );
}
