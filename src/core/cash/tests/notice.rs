//! The notice that the purse is low.

use anban_wire::visit_day::{DayStep, DayStepKind, QueueState, VisitDay};

use super::fen;
use crate::app::{Command as AppCommand, Page};
use crate::appointments::VisitState;
use crate::cash::{Bill, BillKind, KeptPurse, Piece, Purse, Rhythm};
use crate::ids::BillId;
use crate::store::Records;
use crate::testing::{Bench, filled, newcomer, shanghai};
use jiff::civil::date;

fn purse(records: Records, pieces: &[(Piece, u16)]) -> Records {
    Records {
        purse: KeptPurse {
            holds: Purse::of(pieces.iter().copied()).unwrap(),
            counted: true,
            ..KeptPurse::default()
        },
        ..records
    }
}

fn with_bill(mut records: Records, amount: Option<u64>) -> Records {
    let bill = Bill {
        id: BillId(uuid::Uuid::from_u128(1)),
        kind: BillKind::Power,
        name: String::new(),
        rhythm: Rhythm::Monthly,
        day: 24,
        due: date(2026, 11, 24),
        amount: amount.map(fen),
        place: String::new(),
        added_at: shanghai("2026-11-20T08:00"),
    };
    records.bills.insert(bill.id, bill);
    records
}

fn says(bench: &mut Bench) -> Option<String> {
    bench.does(AppCommand::Home);
    let low = bench.choice_ids().contains(&"home-purse-low".to_owned());
    low.then(|| bench.choice("home-purse-low").note)
}

#[test]
fn a_purse_below_what_a_bill_asks_for_is_said() {
    let ten = [(Piece::Yuan10, 1)];
    let mut bench = Bench::with(purse(with_bill(newcomer(), Some(8_630)), &ten));
    assert_eq!(says(&mut bench).unwrap(), "快要交费了，要 86元3角，钱包里有 10元。");
    let enough = [(Piece::Yuan50, 2)];
    let mut bench = Bench::with(purse(with_bill(newcomer(), Some(8_630)), &enough));
    assert_eq!(says(&mut bench), None);
    let mut bench = Bench::with(purse(with_bill(newcomer(), None), &ten));
    assert_eq!(says(&mut bench), None);
}

#[test]
fn a_visit_within_two_days_asks_for_what_is_to_be_along() {
    let records = purse(filled(), &[(Piece::Yuan10, 1)]);
    let soon = |visit: &crate::appointments::Visit| visit.start < shanghai("2026-11-25T00:00");
    assert!(records.visits.values().any(soon), "the profile has such a visit");
    let mut bench = Bench::with(records);
    assert_eq!(says(&mut bench).unwrap(), "这两天要看病，最好带 50元，钱包里有 10元。");
    bench.taps("home-purse-low");
    assert_eq!(bench.page(), Page::Purse);
    assert!(bench.says().contains("最好带 五十块"), "{}", bench.says());
}

#[test]
fn what_the_hospital_asks_for_counts_before_what_the_person_chose() {
    let mut records = purse(filled(), &[(Piece::Yuan10, 7)]);
    let soon = |visit: &&mut crate::appointments::Visit| visit.start > shanghai("2026-11-22T09:00");
    let visit = records
        .visits
        .values_mut()
        .filter(soon)
        .min_by_key(|visit| visit.start)
        .unwrap();
    let appointment = "appointment-1".to_owned();
    visit.state = VisitState::Booked {
        appointment: appointment.clone(),
    };
    let step = DayStep {
        kind: DayStepKind::Pay,
        counter: String::new(),
        counter_english: String::new(),
        machine: String::new(),
        machine_english: String::new(),
        fen: Some(12_345),
        done: false,
    };
    let day = VisitDay {
        appointment: appointment.clone(),
        ticket: "A012".to_owned(),
        ahead: 3,
        state: QueueState::Waiting,
        room: String::new(),
        room_english: String::new(),
        steps: vec![step],
    };
    records.visit_days.insert(appointment, day);
    let mut bench = Bench::with(records);
    assert_eq!(
        says(&mut bench).unwrap(),
        "这两天要看病，最好带 123元4角5分，钱包里有 70元。"
    );
}

#[test]
fn it_is_put_away_for_a_day_and_never_said_of_a_purse_nobody_counted() {
    let low = purse(with_bill(newcomer(), Some(8_630)), &[(Piece::Yuan10, 1)]);
    let mut bench = Bench::with(low.clone());
    bench.opens(Page::Purse).taps("purse-not-today");
    assert_eq!((bench.page(), says(&mut bench)), (Page::Purse, None));
    assert!(!bench.opens(Page::Purse).says().contains("快要交费"));
    bench.after_seconds(24 * 3600);
    assert!(says(&mut bench).is_some());
    let mut uncounted = low;
    uncounted.purse.counted = false;
    assert_eq!(says(&mut Bench::with(uncounted)), None);
}
