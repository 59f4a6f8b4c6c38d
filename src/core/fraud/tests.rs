#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::SignedDuration;

use super::rules::{Source, read, rule};
use super::{Command, Trigger, is_large, is_strangers_code};
use crate::app::{Command as AppCommand, Page};
use crate::cash::Fen;
use crate::help::Contact;
use crate::ids::ContactId;
use crate::settings::Language;
use crate::store::Change;
use crate::testing::{Bench, newcomer};
use crate::turn::Turn;
use crate::wallet::{self, CardKind};
use crate::words::Words;

/// What a feature does when something is about to be done; the settings stand for what then opens.
fn about_to(bench: &mut Bench, trigger: Trigger) -> &mut Bench {
    let mut turn = Turn {
        core: &mut bench.core,
        store: &mut bench.store,
        effects: Vec::new(),
        from_outside: false,
    };
    super::ask(&mut turn, trigger, AppCommand::Open(Page::Settings)).unwrap();
    bench
}

fn own_accord() -> AppCommand {
    AppCommand::Fraud(Command::OfMyOwnAccord)
}

fn with_relative() -> Bench {
    let mut records = newcomer();
    for (number, name, position) in [("13800138000", "女儿", 0), ("13900139000", "儿子", 1)] {
        let contact = Contact {
            id: ContactId(uuid::Uuid::from_u128(10 - u128::from(position))),
            name: name.to_owned(),
            number: number.to_owned(),
            position,
        };
        records.apply(&Change::PutContact(contact));
    }
    Bench::with(records)
}

fn asks(source: &Source) {
    assert!(!source.title.is_empty());
    assert!(source.url.starts_with("http"), "{}", source.url);
    for language in Language::ALL {
        assert_ne!(Words::of(language).get(&source.publisher), source.publisher);
    }
}

#[test]
fn each_trigger_has_one_rule_with_its_words_and_its_source() {
    let rules = read(super::rules::SOURCE).unwrap();
    assert_eq!(rules.hotline.number, super::rules::HOTLINE);
    asks(&rules.hotline.source);
    assert_eq!(rules.rules.len(), Trigger::ALL.len());
    for trigger in Trigger::ALL {
        let rule = rule(trigger).unwrap();
        asks(&rule.source);
        rule.threshold_source.iter().for_each(asks);
        assert_eq!(rule.from_fen.is_some(), trigger == Trigger::LargeSum);
        assert_eq!(rule.threshold_source.is_some(), trigger == Trigger::LargeSum);
        assert_eq!(!rule.begins.is_empty(), trigger == Trigger::StrangersCode);
        assert!((0..=72).contains(&rule.quiet_hours), "{trigger:?}");
        for language in Language::ALL {
            assert_ne!(Words::of(language).get(&rule.line), rule.line);
        }
    }
}

#[test]
fn a_rule_that_says_more_than_there_is_to_say_is_refused() {
    let more = super::rules::SOURCE.replacen("\"line\"", "\"also\": 1, \"line\"", 1);
    assert!(read(&more).is_err());
    let other = super::rules::SOURCE.replacen("LargeSum", "HugeSum", 1);
    assert!(read(&other).is_err());
}

#[test]
fn of_my_own_accord_goes_on_and_is_not_asked_again_for_its_hours() {
    let mut bench = Bench::new();
    about_to(&mut bench, Trigger::LargeSum);
    assert_eq!(bench.title(), "是不是有人打电话叫您这么做的？");
    assert!(bench.says().contains("大连市反诈中心"), "who warns of it is said");
    bench.taps("fraud-own-accord");
    assert_eq!(bench.page(), Page::Settings);
    assert_eq!(
        bench.does(AppCommand::Back).page(),
        Page::Home,
        "the question is no page to come back to"
    );
    assert_eq!(about_to(&mut bench, Trigger::LargeSum).page(), Page::Settings);
    bench.does(AppCommand::Home);
    assert_eq!(
        about_to(&mut bench, Trigger::AddBankCard).page(),
        Page::FraudAsk,
        "that is another thing"
    );
    bench.does(AppCommand::Home).after(SignedDuration::from_hours(12));
    assert_eq!(about_to(&mut bench, Trigger::LargeSum).page(), Page::FraudAsk);
}

#[test]
fn the_answer_outlives_the_program() {
    let mut bench = Bench::new();
    about_to(&mut bench, Trigger::AddBankCard).taps("fraud-own-accord");
    let mut bench = bench.restarted();
    assert_eq!(about_to(&mut bench, Trigger::AddBankCard).page(), Page::Settings);
}

#[test]
fn an_answer_from_the_future_does_not_silence_the_question() {
    let mut bench = Bench::new();
    about_to(&mut bench, Trigger::AddBankCard).taps("fraud-own-accord");
    bench.does(AppCommand::Home);
    bench.now = bench.now.checked_sub(SignedDuration::from_hours(2)).unwrap();
    bench.does(AppCommand::Home);
    assert_eq!(about_to(&mut bench, Trigger::AddBankCard).page(), Page::FraudAsk);
}

#[test]
fn a_code_of_a_stranger_is_asked_about_each_time() {
    let mut bench = Bench::new();
    for _ in 0..2 {
        assert_eq!(about_to(&mut bench, Trigger::StrangersCode).page(), Page::FraudAsk);
        assert_eq!(bench.taps("fraud-own-accord").page(), Page::Settings);
        bench.does(AppCommand::Home);
    }
}

#[test]
fn the_police_and_a_relative_are_one_tap_away_from_the_question() {
    let mut bench = with_relative();
    about_to(&mut bench, Trigger::AddBankCard);
    assert!(bench.says().contains("是不是有人打电话叫您这么做的？"));
    let call = bench.choice("fraud-call");
    let spoken = bench.view().reading[call.part].clone();
    assert_eq!((call.note.as_str(), spoken.ends_with("9 6 1 1 0")), ("96110", true));
    assert_eq!(bench.taps("fraud-call").dialled(), ["96110"]);
    assert_eq!(bench.choice("fraud-call-relative").text, "打给女儿");
    assert_eq!(bench.taps("fraud-call-relative").dialled(), ["13800138000"]);
    assert_eq!(bench.taps("fraud-drop").page(), Page::Home, "nothing was done");
    assert!(bench.core.records().settings.of_own_accord.is_empty());
    assert_eq!(
        bench.does(own_accord()).page(),
        Page::Home,
        "and a late tap does nothing either"
    );
}

#[test]
fn where_no_relative_is_known_the_page_leads_to_adding_one() {
    let mut bench = Bench::new();
    about_to(&mut bench, Trigger::AddBankCard);
    assert_eq!(bench.taps("help-add-contact").page(), Page::Emergency);
    assert_eq!(bench.does(AppCommand::Back).page(), Page::FraudAsk);
}

#[test]
fn a_machine_that_cannot_call_says_the_number() {
    let mut bench = Bench::new();
    about_to(&mut bench, Trigger::AddBankCard).taps("fraud-call");
    bench.does(AppCommand::Help(crate::help::Command::Dialled { taken: false }));
    assert!(bench.says().contains("9 6 1 1 0"));
}

#[test]
fn what_comes_from_outside_asks_below_the_page_that_is_in_use() {
    let mut bench = Bench::new();
    bench.opens(Page::Help);
    let mut turn = Turn {
        core: &mut bench.core,
        store: &mut bench.store,
        effects: Vec::new(),
        from_outside: true,
    };
    super::ask(&mut turn, Trigger::StrangersCode, AppCommand::Open(Page::Settings)).unwrap();
    assert_eq!(bench.page(), Page::Help);
    assert_eq!(bench.does(AppCommand::Back).page(), Page::FraudAsk);
    assert_eq!(bench.taps("fraud-own-accord").page(), Page::Settings);
}

#[test]
fn a_full_disk_loses_neither_the_question_nor_what_goes_on_after_it() {
    let mut bench = Bench::new();
    about_to(&mut bench, Trigger::AddBankCard);
    bench.store.full = true;
    assert_eq!(bench.taps("fraud-own-accord").page(), Page::Result);
    bench.store.full = false;
    bench.does(AppCommand::Back);
    assert_eq!(bench.page(), Page::FraudAsk);
    assert_eq!(bench.taps("fraud-own-accord").page(), Page::Settings);
}

#[test]
fn three_thousand_yuan_are_a_large_sum() {
    assert!(!is_large(Fen::new(299_999).unwrap()));
    assert!(is_large(Fen::new(300_000).unwrap()));
}

#[test]
fn addresses_and_payment_codes_are_no_codes_of_cards() {
    for code in [
        "https://example.com/x",
        " HTTP://example.com",
        "wxp://f2f0abc",
        "weixin://wxpay/bizpayurl?pr=1",
        "alipays://platformapi/startapp",
        "upi://pay?pa=a@b",
        "WWW.example.com",
        "00020101021126",
    ] {
        assert!(is_strangers_code(code), "{code}");
    }
    for code in [
        "6901234567892",
        "3104020091234567",
        "M1LI/XIUYING          EABC123 HGHPEKCA 1702 333Y012A0025 100",
        "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH",
        "会员 77",
        "",
        "ht",
    ] {
        assert!(!is_strangers_code(code), "{code}");
    }
}

#[test]
fn writing_down_a_bank_card_asks_first() {
    let mut bench = Bench::new();
    bench.does(AppCommand::Wallet(wallet::Command::Add(CardKind::Bank)));
    assert_eq!(bench.page(), Page::FraudAsk);
    bench.taps("fraud-own-accord");
    assert_eq!(bench.page(), Page::Enter(crate::entry::Field::CardName));
}
