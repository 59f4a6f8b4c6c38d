//! Where cash is refused.

use crate::app::Page;
use crate::cash::Refused;
use crate::certificates::{Form, Format, Item, paper};
use crate::settings::Language;
use crate::testing::{Bench, filled};
use crate::view::Body;

#[test]
fn the_card_says_it_in_both_languages_and_what_it_rests_on() {
    let mut bench = Bench::new();
    bench.opens(Page::Cash).taps("cash-refused");
    let Body::Show(view) = bench.view().body else {
        panic!("that is held out")
    };
    assert_eq!(view.sentence.text, "您好，请收现金。现金不能拒收。");
    assert!(view.other.unwrap().text.contains("please take cash"));
    let lines: Vec<_> = view.grounds.into_iter().map(|line| line.text).collect();
    assert!(
        lines[0].starts_with("《中华人民共和国人民币管理条例》第三条：人民币是法定货币"),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("国办发〔2020〕45号")),
        "{lines:?}"
    );
}

#[test]
fn the_number_for_complaints_is_one_tap_away_and_read_digit_by_digit() {
    let mut bench = Bench::new();
    bench.opens(Page::CashRefused);
    assert!(bench.says().contains("打 1 2 3 1 5 投诉"), "{}", bench.says());
    bench.taps("refused-call");
    assert_eq!(bench.dialled(), ["12315"]);
}

#[test]
fn the_letter_is_written_from_two_questions_kept_and_printed() {
    let mut bench = Bench::with(filled());
    bench.opens(Page::CashRefused).taps("refused-letter").types("");
    assert!(matches!(bench.page(), Page::Enter(_)), "a shop has to be named");
    bench.types("北街一号 好运超市").taps("refused-telephone-only");
    assert_eq!(bench.page(), Page::PrintWhere);
    let kept = bench.core.records().complaint.clone().unwrap();
    assert_eq!((kept.what, kept.day), (Refused::TelephoneOnly, bench.now.date()));
    let form = Form {
        format: Format::Receipt,
        language: Language::Chinese,
    };
    let letter = paper(&bench.core, Item::CashComplaint, form).unwrap();
    assert_eq!((letter.title.as_str(), letter.format), ("投诉书", Format::A4));
    let facts: Vec<_> = letter
        .facts
        .iter()
        .map(|(label, value)| (label.as_str(), value.as_str()))
        .collect();
    let labels: Vec<_> = facts.iter().map(|(label, _)| *label).collect();
    let name = &bench.core.records().profile.name;
    assert_eq!(facts[0], ("投诉人", name.as_str()));
    assert_eq!(
        labels,
        [
            "投诉人",
            "住址",
            "电话",
            "被投诉人",
            "事情经过",
            "我的请求",
            "本人签名",
            "日期"
        ]
    );
    assert_eq!(facts[3].1, "北街一号 好运超市");
    let happened = "2026年11月22日，我在那里想用现金付钱，对方的做法是：只能用手机付，不收现金。";
    assert_eq!(facts[4].1, happened);
    // The hand's part is left open.
    assert!(facts[6..].iter().all(|(_, value)| value.is_empty()));
    assert!(letter.notes.iter().any(|note| note.contains("12315")));
    // It is still there later, and is changed by answering again.
    let mut bench = bench.restarted();
    bench.opens(Page::CashRefused).taps("refused-print");
    assert_eq!(bench.page(), Page::PrintWhere);
    bench.opens(Page::CashRefused).taps("refused-forget");
    assert_eq!(bench.core.records().complaint, None);
    bench.taps("result-undo");
    bench.opens(Page::CashRefused).taps("refused-letter");
    assert_eq!(bench.field(), "北街一号 好运超市");
}

#[test]
fn there_is_no_letter_before_one_was_written() {
    let bench = Bench::new();
    let form = Form {
        format: Format::A4,
        language: Language::English,
    };
    assert_eq!(paper(&bench.core, Item::CashComplaint, form), None);
}
