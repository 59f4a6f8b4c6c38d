//! Paying, and the change that comes back.

use super::{cash, fen, fill, holds, records_of, total};
use crate::app::{Command as AppCommand, Page};
use crate::cash::{Command, Piece, Purpose, Purse};
use crate::entry::Field;
use crate::fraud;
use crate::settings::{self, Language};
use crate::testing::Bench;
use crate::view::{Body, Mark};

/// A purse with a note of 50 and one of 10, three coins of a yuan and two of 5 jiao; the price was typed.
fn pays(price: &str) -> Bench {
    let mut bench = Bench::new();
    fill(&mut bench, &FULL);
    bench.opens(Page::Cash).taps("cash-pay").types(price);
    bench
}

const FULL: [(Piece, u16); 4] = [
    (Piece::Yuan50, 1),
    (Piece::Yuan10, 1),
    (Piece::Coin1, 3),
    (Piece::Jiao5, 2),
];

fn mark(bench: &Bench) -> Option<Mark> {
    match bench.view().body {
        Body::Money(view) => view.mark,
        body => panic!("{body:?} is no money"),
    }
}

#[test]
fn what_to_hand_over_and_what_must_come_back_is_drawn_and_said() {
    let bench = pays("46.8");
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::HandOver, "付 46元8角，给这些")
    );
    assert!(
        bench.says().contains("应该找回 三块二：1元硬币 3 枚，1角 2 枚。"),
        "{}",
        bench.says()
    );
    let mut english = pays("46.8");
    english.does(AppCommand::Settings(settings::Command::SetLanguage(Language::English)));
    english.opens(Page::HandOver);
    assert!(
        english.says().contains("3 coins of 1 yuan, 2 coins of 0.10 yuan."),
        "{}",
        english.says()
    );
    assert_eq!(total(&bench), "50元");
    let Body::Money(view) = bench.view().body else {
        panic!("that is money")
    };
    let rows: Vec<_> = view.rows.iter().map(|row| (row.piece, row.count.as_str())).collect();
    assert_eq!(rows, [(Piece::Yuan50, "1 张")]);
    assert!(view.rows.iter().all(|row| row.add.is_none() && row.take.is_none()));
}

#[test]
fn one_choice_gets_rid_of_coins() {
    let mut bench = pays("12");
    assert_eq!(bench.choice("hand-over-fewest").tone, crate::view::Tone::Chosen);
    let few = total(&bench);
    bench.taps("hand-over-coins-away");
    assert_eq!((few.as_str(), total(&bench).as_str()), ("12元", "12元"));
    let Body::Money(view) = bench.view().body else {
        panic!("that is money")
    };
    let coins: Vec<_> = view.rows.iter().map(|row| (row.piece, row.count.as_str())).collect();
    assert_eq!(
        coins,
        [(Piece::Yuan10, "1 张"), (Piece::Coin1, "1 枚"), (Piece::Jiao5, "2 枚")]
    );
}

#[test]
fn an_exact_payment_needs_no_counting_and_leads_to_noting_it() {
    let mut bench = pays("12");
    assert!(bench.says().contains("正好，不用找。"));
    bench.taps("hand-over-done");
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::SpentOn, "付好了，钱包里还有 52元")
    );
    assert_eq!(bench.core.records().purse.paying, None);
    bench.taps("spent-groceries");
    let spent: Vec<_> = bench.core.records().spendings.values().cloned().collect();
    assert_eq!((spent[0].purpose, spent[0].amount), (Purpose::Groceries, fen(1_200)));
    assert_eq!(spent[0].day, bench.now.date());
    assert!(bench.says().contains("买菜 十二块"), "{}", bench.says());
}

#[test]
fn the_change_is_compared_while_it_is_tapped() {
    let mut bench = pays("46.8");
    bench.taps("hand-over-done");
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::ChangeBack, "应该找回 3元2角")
    );
    assert_eq!(mark(&bench), None);
    assert_eq!(holds(&bench).total(), fen(1_400));
    bench.taps("add-1-coin");
    assert_eq!(bench.spoken().unwrap().parts, ["少了 两块二。"]);
    assert_eq!(mark(&bench), Some(Mark::Caution));
    bench.taps("add-5");
    assert_eq!(bench.spoken().unwrap().parts, ["多了 两块八。"]);
    bench
        .taps("take-5")
        .taps("add-1-note")
        .taps("add-1-coin")
        .taps("add-0.1")
        .taps("add-0.1");
    assert_eq!(bench.spoken().unwrap().parts, ["对了，一分不差。"]);
    assert_eq!(mark(&bench), Some(Mark::Good));
    bench.taps("change-done");
    let expected = [
        (Piece::Yuan10, 1),
        (Piece::Note1, 1),
        (Piece::Coin1, 5),
        (Piece::Jiao5, 2),
        (Piece::Jiao1, 2),
    ];
    assert_eq!(holds(&bench), Purse::of(expected).unwrap());
    assert_eq!(bench.title(), "付好了，钱包里还有 17元2角");
}

#[test]
fn missing_change_is_held_out_to_the_seller_in_both_languages() {
    let mut bench = pays("46.8");
    bench
        .taps("hand-over-done")
        .taps("add-0.1")
        .taps("add-0.1")
        .taps("change-short");
    let Body::Show(view) = bench.view().body else {
        panic!("that is held out")
    };
    assert_eq!(view.sentence.text, "您好，少找了我 3元，请您再看一下。");
    let english = "Hello, my change is 3 yuan short. Please check.";
    assert_eq!(view.other.unwrap().text, english);
    assert_eq!(
        view.lines[0].text,
        "价钱 46元8角，我给了 50元，应该找 3元2角，找了 2角。"
    );
    bench.taps("change-again");
    assert_eq!(bench.page(), Page::ChangeBack);
}

#[test]
fn half_counted_change_is_there_again_after_a_stop() {
    let mut bench = pays("46.8");
    bench.taps("hand-over-done").taps("add-1-coin");
    let mut bench = bench.restarted();
    bench.opens(Page::Cash).taps("cash-go-on");
    assert_eq!((bench.page(), total(&bench).as_str()), (Page::ChangeBack, "2元2角"));
    let Body::Money(view) = bench.view().body else {
        panic!("that is money")
    };
    assert_eq!(view.total.unwrap().label, "还差");
    assert_eq!(bench.core.records().purse.paying.unwrap().back.total(), fen(100));
}

#[test]
fn what_was_not_bought_goes_back_into_the_purse() {
    let mut bench = pays("46.8");
    bench
        .taps("hand-over-done")
        .taps("add-1-coin")
        .taps("change-not-bought");
    assert_eq!(holds(&bench), Purse::of(FULL).unwrap());
    assert_eq!((bench.page(), bench.core.records().purse.paying), (Page::Cash, None));
}

#[test]
fn a_payment_is_taken_back_as_a_whole() {
    let mut bench = pays("46.8");
    bench
        .taps("hand-over-done")
        .taps("add-1-coin")
        .taps("change-done")
        .taps("change-as-it-is")
        .taps("spent-undo");
    assert_eq!(holds(&bench), Purse::of(FULL).unwrap());
    assert_eq!(bench.core.records().purse.paying, None);
    assert!(bench.core.records().spendings.is_empty());
}

#[test]
fn what_was_taken_with_too_little_change_is_what_it_cost() {
    let mut bench = pays("46.8");
    bench.taps("hand-over-done").taps("add-1-coin").taps("change-done");
    assert!(bench.says().contains("少了 两块二"), "{}", bench.says());
    assert!(bench.core.records().purse.paying.is_some(), "it is asked about first");
    bench.taps("change-go-on");
    assert_eq!(bench.page(), Page::ChangeBack);
    bench.taps("change-done").taps("change-as-it-is").taps("spent-other");
    let spent = bench.core.records().spendings.values().next().unwrap().amount;
    assert_eq!(spent, fen(4_900));
}

#[test]
fn a_purse_that_can_t_pay_says_calmly_how_much_is_missing() {
    let bench = pays("70.05");
    assert_eq!(bench.title(), "钱包里的钱不够");
    assert!(bench.says().contains("还差 六块零五分"), "{}", bench.says());
    assert!(!bench.choice_ids().contains(&"hand-over-done".to_owned()));
}

#[test]
fn fen_that_nobody_can_give_back_are_said_and_nobody_is_short_of_them() {
    let mut bench = pays("46.83");
    assert!(bench.says().contains("还有 七分 找不开"), "{}", bench.says());
    bench
        .taps("hand-over-done")
        .taps("add-1-coin")
        .taps("add-1-coin")
        .taps("add-1-coin")
        .taps("add-0.1");
    assert_eq!(mark(&bench), Some(Mark::Good));
    bench.taps("change-done").taps("spent-other");
    assert_eq!(
        bench.core.records().spendings.values().next().unwrap().amount,
        fen(4_690)
    );
}

#[test]
fn a_large_sum_brings_the_calm_question_once() {
    let mut bench = Bench::new();
    fill(&mut bench, &[(Piece::Yuan100, 50)]);
    bench.opens(Page::Cash).taps("cash-pay").types("3000");
    assert_eq!(bench.page(), Page::FraudAsk);
    bench.does(AppCommand::Fraud(fraud::Command::OfMyOwnAccord));
    assert_eq!(bench.page(), Page::HandOver);
    bench.opens(Page::Cash).taps("cash-pay").types("3000");
    assert_eq!(bench.page(), Page::HandOver);
    bench.opens(Page::Cash).taps("cash-pay").types("12");
    assert_eq!(bench.page(), Page::HandOver);
}

#[test]
fn a_price_that_is_none_is_not_taken_and_stays_as_it_was_typed() {
    for wrong in ["", "0", "12.345", "1..2", "十二"] {
        let bench = pays(wrong);
        let Body::Entry(entry) = bench.view().body else {
            panic!("{wrong} is still to be typed")
        };
        assert!(entry.problem.is_some());
        assert_eq!(entry.text, wrong);
    }
}

#[test]
fn a_full_disk_hands_nothing_over() {
    let mut bench = pays("46.8");
    bench.store.full = true;
    let before = records_of(&bench);
    bench.taps("hand-over-done");
    assert_eq!(records_of(&bench), before);
    bench.store.full = false;
    bench.does(AppCommand::Back).taps("hand-over-done");
    assert_eq!(holds(&bench).total(), fen(1_400));
}

#[test]
fn late_commands_of_a_payment_that_is_over_change_nothing() {
    let mut bench = Bench::new();
    fill(&mut bench, &FULL);
    let before = records_of(&bench);
    for late in [
        Command::Given,
        Command::PutBack(Piece::Yuan5),
        Command::TakeBack(Piece::Yuan5),
        Command::Paid,
        Command::NotBought,
        Command::UndoPayment,
    ] {
        bench.does(cash(late));
        assert_eq!(records_of(&bench), before);
    }
}

#[test]
fn what_counting_takes_back_is_never_a_payment() {
    let mut bench = pays("12");
    bench.taps("hand-over-done").taps("spent-not-noted").opens(Page::Purse);
    assert!(!bench.choice_ids().contains(&"purse-undo".to_owned()));
    let before = holds(&bench);
    bench.does(cash(Command::UndoCount));
    assert_eq!(holds(&bench), before);
    bench.taps("add-5").does(cash(Command::UndoPayment));
    assert_eq!(holds(&bench).total(), before.total().checked_add(fen(500)).unwrap());
}

#[test]
fn whoever_has_counted_by_eye_says_so_with_one_tap() {
    let mut bench = pays("46.8");
    bench.taps("hand-over-done");
    assert!(
        !bench.choice_ids().contains(&"change-done".to_owned()),
        "nothing was counted"
    );
    assert_eq!(bench.choice("change-all").text, "正好，找回了 3元2角");
    bench.taps("change-all");
    assert_eq!(bench.title(), "付好了，钱包里还有 17元2角");
    bench.taps("spent-other");
    let spent = bench.core.records().spendings.values().next().unwrap().amount;
    assert_eq!(spent, fen(4_680));
}

#[test]
fn nobody_is_told_that_a_purse_holds_too_little_that_was_never_counted() {
    let mut bench = Bench::new();
    bench.opens(Page::Cash).taps("cash-pay").types("12");
    assert_eq!((bench.title().as_str(), mark(&bench)), ("先数一数钱包里的钱", None));
    bench.taps("hand-over-count");
    assert_eq!(bench.page(), Page::Purse);
    bench.taps("add-20").taps("purse-pay").types("12");
    assert_eq!(bench.title(), "付 12元，给这些");
}

#[test]
fn what_the_seller_is_shown_is_said_in_both_languages_on_request() {
    let mut bench = pays("46.8");
    bench
        .taps("hand-over-done")
        .taps("add-1-coin")
        .taps("change-short")
        .taps("saying-say");
    let said = bench.spoken().unwrap();
    assert_eq!(said.parts, ["您好，少找了我 两块二，请您再看一下。"]);
}

#[test]
fn what_is_half_typed_of_a_spending_outlives_a_payment() {
    let mut bench = pays("12");
    bench.does(cash(Command::BeginSpending)).types("3").taps("spent-other");
    let id = *bench.core.records().spendings.keys().next().unwrap();
    bench
        .does(cash(Command::ShowSpending(id)))
        .taps("spending-change-amount");
    bench.does(AppCommand::Type {
        field: Field::SpentAmount,
        text: "9".to_owned(),
    });
    bench
        .opens(Page::Enter(Field::Price))
        .types("12")
        .taps("hand-over-done")
        .taps("spent-groceries");
    bench
        .does(cash(Command::ShowSpending(id)))
        .taps("spending-change-amount");
    assert_eq!(bench.field(), "9");
}
