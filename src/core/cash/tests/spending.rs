//! What was paid for.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{fen, records_of};
use crate::app::{Command as AppCommand, Page};
use crate::cash::spending::Month;
use crate::cash::{Fen, Purpose, Spending};
use crate::ids::SpendingId;
use crate::store::{Change, Records, Store};
use crate::testing::{Bench, newcomer, shanghai};
use crate::view::Body;

fn spent(number: u128, day: Date, purpose: Purpose, amount: u64) -> Spending {
    Spending {
        id: SpendingId(uuid::Uuid::from_u128(number)),
        day,
        purpose,
        amount: fen(amount),
        noted_at: shanghai("2026-11-22T08:00"),
    }
}

fn with(spendings: Vec<Spending>) -> Records {
    let mut records = newcomer();
    records.spendings = spendings.into_iter().map(|spending| (spending.id, spending)).collect();
    records
}

fn november() -> Bench {
    Bench::with(with(vec![
        spent(1, date(2026, 11, 2), Purpose::Groceries, 12_000),
        spent(2, date(2026, 11, 2), Purpose::Transport, 250),
        spent(3, date(2026, 11, 20), Purpose::Groceries, 6_000),
        spent(4, date(2026, 11, 22), Purpose::Medicine, 12_950),
        spent(5, date(2026, 10, 31), Purpose::Gifts, 50_000),
        spent(6, date(2025, 11, 2), Purpose::Gifts, 7_700),
    ]))
}

fn bars(bench: &Bench) -> Vec<(String, String, u16)> {
    let Body::Question(view) = bench.view().body else {
        panic!("the month is a question")
    };
    view.bars
        .into_iter()
        .map(|bar| (bar.label, bar.value, bar.permille))
        .collect()
}

#[test]
fn a_spending_that_could_not_be_saved_is_still_to_be_noted() {
    let mut bench = Bench::new();
    bench.opens(Page::Spending).taps("spending-add").types("12");
    bench.store.full = true;
    bench.taps("spent-groceries");
    assert_eq!(bench.page(), Page::Result);
    bench.store.full = false;
    bench.does(AppCommand::Back).taps("spent-groceries");
    let noted: Vec<Fen> = bench.core.records().spendings.values().map(|s| s.amount).collect();
    assert_eq!(noted, [fen(1_200)]);
}

#[test]
fn what_is_not_noted_after_all_is_not_in_the_field_next_time() {
    let mut bench = Bench::new();
    bench
        .opens(Page::Spending)
        .taps("spending-add")
        .types("12")
        .taps("spent-not-noted");
    assert!(bench.core.records().drafts.is_empty());
    assert!(bench.core.records().spendings.is_empty());
}

#[test]
fn a_month_is_said_in_sentences_drawn_with_values_and_listed_by_days() {
    let mut bench = november();
    bench.opens(Page::Cash).taps("cash-spending");
    assert_eq!(bench.title(), "这个月花了 312元");
    let said = bench.says();
    assert!(said.contains("这个月花了 三百一十二块"), "{said}");
    assert!(said.contains("最多的是买菜，一百八十块。"), "{said}");
    let shown = bars(&bench);
    let expected = [
        ("买菜", "180元", 1_000),
        ("买药看病", "129元5角", 719),
        ("坐车", "2元5角", 13),
    ];
    assert_eq!(
        shown,
        expected.map(|(label, value, long)| (label.to_owned(), value.to_owned(), long))
    );
    let Body::Question(view) = bench.view().body else {
        panic!("the month is a question")
    };
    let table: Vec<_> = view
        .details
        .iter()
        .map(|fact| (fact.label.as_str(), fact.value.as_str()))
        .collect();
    assert_eq!(
        table,
        [
            ("11月22日", "买药看病 129元5角"),
            ("11月20日", "买菜 60元"),
            ("11月2日", "坐车 2元5角，买菜 120元"),
        ]
    );
}

#[test]
fn the_weeks_of_a_month_are_those_of_the_calendar_and_none_is_left_out() {
    let mut bench = november();
    bench.opens(Page::Spending).taps("spending-by-week");
    let weeks: Vec<_> = bars(&bench)
        .into_iter()
        .map(|(label, value, _)| (label, value))
        .collect();
    let expected = [
        ("11月1日", "0元"),
        ("11月2日到11月8日", "122元5角"),
        ("11月9日到11月15日", "0元"),
        ("11月16日到11月22日", "189元5角"),
    ];
    assert_eq!(
        weeks,
        expected.map(|(label, value)| (label.to_owned(), value.to_owned()))
    );
}

#[test]
fn earlier_months_are_one_tap_away_and_later_ones_end_with_this() {
    let mut bench = november();
    bench.opens(Page::Spending);
    assert!(!bench.choice_ids().contains(&"spending-later".to_owned()));
    bench.taps("spending-earlier");
    assert_eq!(bench.title(), "10月花了 500元");
    bench.taps("spending-later");
    assert_eq!(bench.title(), "这个月花了 312元");
    for _ in 0..12 {
        bench.taps("spending-earlier");
    }
    assert_eq!(bench.title(), "2025年11月花了 77元");
}

#[test]
fn something_is_noted_without_the_purse_and_taken_back() {
    let mut bench = Bench::new();
    bench.opens(Page::Cash).taps("cash-spending");
    assert_eq!(bench.title(), "这个月还没有记");
    bench.taps("spending-add").types("3.5").taps("spent-transport");
    assert_eq!(bench.core.records().spendings.len(), 1);
    assert!(bench.core.records().drafts.is_empty());
    bench.taps("result-undo");
    assert!(bench.core.records().spendings.is_empty());
}

#[test]
fn one_can_be_changed_and_removed_and_both_taken_back() {
    let mut bench = november();
    let id = SpendingId(uuid::Uuid::from_u128(3));
    let open = |bench: &mut Bench| {
        bench.opens(Page::Spending).taps("spending-list").taps(&id.to_string());
    };
    open(&mut bench);
    bench.taps("spending-change-amount").types("61.5");
    assert_eq!(bench.core.records().spendings[&id].amount, fen(6_150));
    open(&mut bench);
    bench.taps("spending-change-purpose").taps("spent-household");
    assert_eq!(bench.core.records().spendings[&id].purpose, Purpose::Household);
    let before = records_of(&bench);
    open(&mut bench);
    bench.taps("spending-remove");
    assert!(!bench.core.records().spendings.contains_key(&id));
    bench.taps("result-undo");
    assert_eq!(records_of(&bench), before);
}

#[test]
fn what_is_half_typed_of_one_is_not_another_s_amount() {
    let mut bench = november();
    let [one, two] = [3, 4].map(|number| SpendingId(uuid::Uuid::from_u128(number)).to_string());
    bench
        .opens(Page::SpendingList)
        .taps(&one)
        .taps("spending-change-amount");
    bench.does(AppCommand::Type {
        field: crate::entry::Field::SpentAmount,
        text: "9".to_owned(),
    });
    bench
        .opens(Page::SpendingList)
        .taps(&two)
        .taps("spending-change-amount");
    assert_eq!(bench.field(), "129.50");
    let mut bench = bench.restarted();
    bench
        .opens(Page::SpendingList)
        .taps(&one)
        .taps("spending-change-amount");
    assert_eq!(bench.field(), "9", "what was typed of the first one is still there");
}

#[test]
fn a_long_month_is_listed_in_pages() {
    let many = (1..=45).map(|number| spent(number, date(2026, 11, 1 + (number % 20) as i8), Purpose::Meals, 100));
    let mut bench = Bench::with(with(many.collect()));
    bench.opens(Page::SpendingList);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.extend(
            bench
                .choice_ids()
                .into_iter()
                .filter(|id| id.parse::<SpendingId>().is_ok()),
        );
        if bench.choice_ids().contains(&"spending-list-earlier".to_owned()) {
            bench.taps("spending-list-earlier");
        }
    }
    assert_eq!(seen.len(), 45);
    bench.taps("spending-list-latest");
    assert_eq!(bench.choice_ids()[0], seen[0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whichever_way_a_month_is_added_up_it_is_the_same_sum(
        list in proptest::collection::vec((0..40_i64, 0..8_usize, 0..=Fen::MOST.fen()), 0..40),
    ) {
        let day = |days: i64| date(2026, 10, 25).checked_add(jiff::ToSpan::days(days)).unwrap();
        let spendings = list.iter().zip(1..).map(|(&(days, purpose, amount), number)| {
            spent(number, day(days), Purpose::ALL[purpose], amount)
        });
        let bench = Bench::with(with(spendings.collect()));
        let month = Month::this(&bench.core);
        let in_month = list.iter().filter(|(days, ..)| day(*days).month() == 11);
        let expected: u64 = in_month.map(|(.., amount)| amount).sum();
        prop_assert_eq!(month.total().unwrap().fen(), expected);
        let by_purpose: u64 = month.by_purpose().iter().map(|(_, sum)| sum.fen()).sum();
        let by_week: u64 = month.by_week().iter().map(|(.., sum)| sum.fen()).sum();
        let by_day: u64 = month.by_day().iter().flat_map(|(_, of_day)| of_day).map(|one| one.amount.fen()).sum();
        prop_assert_eq!((by_purpose, by_week, by_day), (expected, expected, expected));
    }
}

#[test]
fn a_spending_in_the_store_is_there_after_a_start() {
    let mut bench = Bench::new();
    let one = spent(9, date(2026, 11, 22), Purpose::Meals, 1_800);
    bench.store.commit(&[Change::PutSpending(one.clone())]).unwrap();
    assert_eq!(bench.restarted().core.records().spendings.values().next(), Some(&one));
}
