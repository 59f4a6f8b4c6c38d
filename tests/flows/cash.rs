//! A day with cash: the market, where the change is wrong, and a shop that takes none.

use std::process::Command as Program;

use anban_core::app::Page;
use anban_core::cash::{Fen, Piece, Purpose, Purse};
use anban_core::effect::Effect;
use anban_core::entry::Field;
use anban_core::view::{Body, Mark, View};

use crate::common::Home;
use crate::common::person::{Person, kept, tells};
use crate::common::tools::words;

fn mark(view: &View) -> Option<Mark> {
    match &view.body {
        Body::Money(money) => money.mark,
        other => panic!("that is no money: {other:?}"),
    }
}

#[track_caller]
fn says(view: &View, words: &str) {
    assert!(
        view.reading.iter().any(|part| part.contains(words)),
        "{words} is not in {:?}",
        view.reading
    );
}

#[test]
fn the_market_is_paid_in_cash_and_wrong_change_is_noticed() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    let wallet = person.opens(Page::Wallet);
    // The purse is counted at the kitchen table.
    let purse = person.taps_all(wallet, &["wallet-cash", "cash-purse"]);
    tells(&purse, "purse-empty-title");
    let counted = person.taps_all(
        purse,
        &["add-50", "add-10", "add-10", "add-1-coin", "add-1-coin", "add-0.5"],
    );
    says(&counted, "七十二块五");

    // Vegetables for 16.80 yuan.
    let price = person.taps(&counted, "purse-pay").view;
    assert_eq!(price.page, Page::Enter(Field::Price));
    let proposed = person.enters(Field::Price, "16.8").view;
    assert_eq!(proposed.page, Page::HandOver);
    let change = person.taps(&proposed, "hand-over-done").view;
    assert_eq!(change.page, Page::ChangeBack);
    let (records, given) = (person_records(&home, person), Fen::new(2_000).unwrap());
    let paying = records.purse.paying.expect("the payment has begun");
    assert_eq!(paying.given.total(), given);

    // The power went in the middle; what was handed over is known all the same.
    let mut person = Person::at(&home, &[]);
    let cash = person.opens(Page::Cash);
    let change = person.taps(&cash, "cash-go-on").view;
    let short = person.taps_all(change, &["add-1-coin", "add-0.1", "add-0.1"]);
    assert_eq!(mark(&short), Some(Mark::Caution));
    says(&short, "少了 两块。");
    let shown = person.taps(&short, "change-short").view;
    let Body::Show(words) = &shown.body else {
        panic!("that is held out: {:?}", shown.body)
    };
    assert_eq!(words.sentence.text, "您好，少找了我 2元，请您再看一下。");
    assert!(words.other.as_ref().unwrap().text.contains("2 yuan"));

    // The seller looks again, and two coins more come back.
    let again = person.taps(&shown, "change-again").view;
    let answered = person.taps_all(again, &["add-1-coin"]);
    let right = person.taps(&answered, "add-1-coin");
    assert_eq!(mark(&right.view), Some(Mark::Good));
    let said = right.effects.iter().find_map(|effect| match effect {
        Effect::Speak(utterance) => Some(utterance.parts.concat()),
        _ => None,
    });
    assert_eq!(said.as_deref(), Some("对了，一分不差。"));
    let noted = person.taps_all(right.view, &["change-done", "spent-groceries"]);
    tells(&noted, "spending-noted-title");
    let month = person.taps(&noted, "spending-see-month").view;
    says(&month, "这个月花了 十六块八");
    person.leaves();

    let records = kept(&home).0;
    assert_eq!(records.purse.holds.total(), Fen::new(5_570).unwrap());
    assert_eq!(records.purse.paying, None);
    let spent: Vec<_> = records.spendings.values().collect();
    assert_eq!(
        (spent[0].purpose, spent[0].amount),
        (Purpose::Groceries, Fen::new(1_680).unwrap())
    );
    assert_eq!(records.purse.holds.count(Piece::Jiao1), 2);
}

/// The power goes, and what is on the disk is looked at.
fn person_records(home: &Home, person: Person) -> anban_core::store::Records {
    person.loses_power();
    kept(home).0
}

#[test]
fn a_payment_in_a_hurry_is_taken_back_whole() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    let purse = person.opens(Page::Purse);
    let counted = person.taps_all(purse, &["add-20", "purse-pay"]);
    assert_eq!(counted.page, Page::Enter(Field::Price));
    let proposed = person.enters(Field::Price, "20").view;
    person.taps_all(proposed, &["hand-over-done", "spent-undo"]);
    person.leaves();
    let records = kept(&home).0;
    assert_eq!(records.purse.holds, Purse::of([(Piece::Yuan20, 1)]).unwrap());
    assert!(records.spendings.is_empty());
}

#[test]
fn a_shop_that_refuses_cash_is_told_so_called_about_and_complained_of_on_paper() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    let cash = person.opens(Page::Cash);
    let card = person.taps(&cash, "cash-refused").view;
    assert!(matches!(card.body, Body::Show(_)), "{:?}", card.body);
    tells(&card, "refused-show");
    let called = person.taps(&card, "refused-call").effects;
    let dialled = called
        .iter()
        .any(|effect| matches!(effect, Effect::Dial { number } if number == "12315"));
    assert!(dialled, "{called:?}");

    let card = person.opens(Page::CashRefused);
    person.taps(&card, "refused-letter");
    let what = person.enters(Field::RefusedPlace, "北街一号 好运超市").view;
    let place = person.taps(&what, "refused-telephone-only").view;
    assert_eq!(place.page, Page::PrintWhere);
    person.leaves();

    // The draft is kept, and printed later. Of two sheets of paper one is lost.
    for (language, expected) in [
        ("zh-Hans", ["投诉书", "投诉人", "只能用手机付", "人民币管理条例"]),
        (
            "en",
            ["Letterofcomplaint", "From", "telephone", "AdministrationofRenminbi"],
        ),
    ] {
        let pdf = home.path().join(format!("letter-{language}.pdf"));
        home.run(&[
            "print",
            "cash-complaint",
            "--lang",
            language,
            "--out",
            pdf.to_str().unwrap(),
        ])
        .done();
        let text = words(&pdf);
        for said in expected.into_iter().chain(["王秀英", "北街一号", "12315"]) {
            assert!(text.contains(said), "{said} is not in {text}");
        }
        let info = Program::new("pdfinfo").arg(&pdf).output().unwrap();
        let info = String::from_utf8(info.stdout).unwrap();
        let one = |line: &str| line.starts_with("Pages:") && line.ends_with(" 1");
        assert!(info.lines().any(one), "{info}");
    }
}
