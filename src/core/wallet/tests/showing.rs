//! The order of the wallet, what is covered, and what is held out.

use super::super::{CardKind, Saying};
use super::{code, listed, named, opens, with_cards};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::effect::{Effect, VoiceReport};
use crate::settings::Language;
use crate::testing::{Bench, title};
use crate::view::Body;

const IDENTITY: (CardKind, &str, &str) = (CardKind::Identity, "身份证", "11010519491231002X");
const BUS: (CardKind, &str, &str) = (CardKind::Transit, "公交卡", "3104020091234567");
const BANK: (CardKind, &str, &str) = (CardKind::Bank, "工商银行", "6222021234567894");

/// All that the voice was handed in the last turn.
fn heard(bench: &Bench) -> String {
    let spoken = bench.effects.iter().filter_map(|effect| match effect {
        Effect::Speak(utterance) => Some(utterance.parts.join(" ")),
        _ => None,
    });
    spoken.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_was_put_first_stands_first_in_the_order_of_doing_so() {
    let mut bench = with_cards(&[
        (CardKind::Other, "甲", "1"),
        (CardKind::Other, "乙", "2"),
        (CardKind::Other, "丙", "3"),
    ]);
    assert_eq!(listed(&mut bench), ["甲", "乙", "丙"]);
    opens(&mut bench, "丙");
    bench.taps("card-pin").after_seconds(1);
    opens(&mut bench, "乙");
    bench.taps("card-pin");
    assert_eq!(listed(&mut bench), ["丙", "乙", "甲"]);
    opens(&mut bench, "丙");
    bench.taps("card-unpin");
    assert_eq!(listed(&mut bench), ["乙", "甲", "丙"]);
}

#[test]
fn the_order_does_not_follow_what_is_used() {
    let mut bench = with_cards(&[BUS, (CardKind::Member, "超市", "12"), IDENTITY]);
    let before = listed(&mut bench);
    for _ in 0..5 {
        opens(&mut bench, "身份证");
        bench.taps("card-large").does(AppCommand::Home).after_seconds(60);
    }
    assert_eq!(listed(&mut bench), before);
}

#[test]
fn a_number_that_does_harm_is_covered_and_silent_until_it_is_asked_for() {
    let mut bench = with_cards(&[IDENTITY, BUS]);
    bench.opens(Page::Wallet);
    let id = named(&bench, "身份证").id.to_string();
    assert_eq!(bench.choice(&id).note, "···· 002X");
    assert!(!bench.says().contains("0 0 2 X") && bench.says().contains("号码遮住了"));
    assert!(
        bench.says().contains("3 1 0 4, 0 2 0 0"),
        "a bus card's number does no harm"
    );
    bench.taps(&id);
    assert_eq!(code(&bench).number.unwrap().text, "···· 002X");
    assert!(!heard(&bench).contains('X'), "it does not say it by itself");
    assert!(!heard(bench.does(AppCommand::ReadAloud)).contains("0 0 2 X"));
    bench.taps("card-reveal");
    assert_eq!(code(&bench).number.unwrap().text, "110105 19491231 002X");
    assert!(
        !heard(bench.does(AppCommand::ReadAloud)).contains("0 0 2 X"),
        "to be seen is not to be heard"
    );
    bench.taps("card-say-number");
    assert_eq!(heard(&bench), "1 1 0 1 0 5, 1 9 4 9 1 2 3 1, 0 0 2 X");
}

#[test]
fn what_was_uncovered_is_covered_again_when_the_page_is_left() {
    let mut bench = with_cards(&[IDENTITY]);
    for (leave, there, above_the_card) in [
        (AppCommand::Back, Page::Wallet, false),
        (AppCommand::Home, Page::Home, false),
        (AppCommand::CallHelp, Page::Help, true),
        (AppCommand::Open(Page::EditCard), Page::EditCard, true),
    ] {
        opens(&mut bench, "身份证");
        bench.taps("card-reveal");
        assert_eq!(code(&bench).number.unwrap().text, "110105 19491231 002X");
        assert!(bench.core.screen.wallet.revealed);
        bench.does(leave);
        assert_eq!(bench.page(), there);
        // The way back to the card would cover as well, so that no page could tell who did.
        assert!(!bench.core.screen.wallet.revealed, "{there:?}");
        if above_the_card {
            bench.does(AppCommand::Back);
            assert_eq!(bench.page(), Page::Card);
            assert_eq!(code(&bench).number.unwrap().text, "···· 002X", "{there:?}");
        }
    }
}

#[test]
fn the_code_of_a_covered_number_is_covered_with_it() {
    let mut bench = with_cards(&[(CardKind::Member, "医保", "6901234567892")]);
    opens(&mut bench, "医保");
    assert!(code(&bench).symbol.is_some());
    bench
        .taps("card-edit")
        .taps("edit-card-kind")
        .taps("card-medical-insurance")
        .taps("card-kept-show");
    assert!(code(&bench).symbol.is_none() && !bench.view().brightest);
    bench.taps("card-reveal");
    assert!(code(&bench).symbol.is_some() && bench.view().brightest);
    assert!(bench.effects.contains(&Effect::Brightest(true)) && bench.effects.contains(&Effect::Awake(true)));
}

#[test]
fn held_out_there_is_nothing_but_name_code_and_number_and_the_screen_stays_on() {
    let mut bench = with_cards(&[BUS, IDENTITY]);
    opens(&mut bench, "公交卡");
    bench.taps("card-large");
    let view = code(&bench);
    assert_eq!((bench.page(), view.state.text.as_str()), (Page::CardCode, "公交卡"));
    assert!(view.symbol.is_some() && view.facts.is_empty() && view.lines.is_empty());
    assert_eq!(view.number.unwrap().text, "3104 0200 9123 4567");
    assert!(bench.view().brightest && bench.view().awake);
    bench.taps("card-large-done").does(AppCommand::Back);
    assert!(bench.effects.contains(&Effect::Awake(false)) && !bench.view().awake);
    opens(&mut bench, "身份证");
    bench.taps("card-large");
    assert_eq!(code(&bench).number.unwrap().text, "110105 19491231 002X");
    assert!(bench.view().awake, "a number alone is read off too");
    assert!(!heard(&bench).contains('X'));
}

#[test]
fn showing_a_bank_cards_number_asks_once_and_not_for_every_tap() {
    let mut bench = with_cards(&[BANK, IDENTITY]);
    opens(&mut bench, "工商银行");
    assert_eq!(bench.page(), Page::Card, "a covered number is no danger");
    bench.taps("card-reveal");
    assert_eq!(bench.page(), Page::FraudAsk);
    bench.taps("fraud-own-accord");
    assert_eq!(bench.page(), Page::Card);
    assert_eq!(code(&bench).number.unwrap().text, "6222 0212 3456 7894");
    assert_eq!(bench.taps("card-large").page(), Page::CardCode);
    assert_eq!(
        heard(bench.taps("card-say-number")),
        "6 2 2 2, 0 2 1 2, 3 4 5 6, 7 8 9 4"
    );
    opens(&mut bench, "身份证");
    assert_eq!(
        bench.taps("card-reveal").page(),
        Page::Card,
        "other cards are not asked about"
    );
}

#[test]
fn saying_and_showing_large_ask_about_a_bank_card_as_well() {
    for button in ["card-say-number", "card-large"] {
        let mut bench = with_cards(&[BANK]);
        opens(&mut bench, "工商银行");
        bench.taps(button);
        assert_eq!(bench.page(), Page::FraudAsk, "{button}");
        assert!(!heard(&bench).contains("6 2 2 2"));
        bench.taps("fraud-drop");
        assert_eq!(code(&bench).number.unwrap().text, "···· 7894");
    }
}

#[test]
fn a_number_is_said_when_the_person_asks_for_it_and_not_because_a_page_opens() {
    let mut bench = with_cards(&[(CardKind::Elder, "老年卡", "900123456789")]);
    opens(&mut bench, "老年卡");
    assert_eq!(heard(&bench), "老年卡");
    bench.taps("card-large");
    assert_eq!(heard(&bench), "老年卡");
    bench.taps("card-say-number");
    assert_eq!(heard(&bench), "9 0 0 1, 2 3 4 5, 6 7 8 9");
    bench.does(AppCommand::ReadAloud);
    assert!(heard(&bench).contains("9 0 0 1, 2 3 4 5, 6 7 8 9"));
}

#[test]
fn every_saying_stands_in_both_languages_and_is_said_in_both() {
    for saying in Saying::ALL {
        let mut bench = Bench::new();
        bench.opens(Page::Wallet).taps("wallet-sayings");
        bench.does(AppCommand::Wallet(super::Command::ShowSaying(saying)));
        let Body::Show(view) = bench.view().body else { panic!() };
        let other = view.other.unwrap();
        assert_ne!(view.sentence.text, other.text);
        assert!(bench.view().awake);
        bench.taps("saying-say");
        let first = bench.spoken().unwrap();
        assert_eq!(
            (first.language, first.parts),
            (Language::Chinese, vec![view.sentence.text])
        );
        bench.gets(Incoming::Voice(VoiceReport::Ended { id: first.id }));
        let second = bench.spoken().unwrap();
        assert_eq!((second.language, second.parts), (Language::English, vec![other.text]));
        bench.gets(Incoming::Voice(VoiceReport::Ended { id: second.id }));
        assert_eq!(bench.spoken(), None, "and then there is silence");
    }
}

#[test]
fn leaving_the_page_ends_what_is_still_to_be_said() {
    let mut bench = Bench::new();
    bench.opens(Page::Sayings).taps("saying-cash").taps("saying-say");
    let id = bench.spoken().unwrap().id;
    bench.does(AppCommand::Back);
    bench.gets(Incoming::Voice(VoiceReport::Ended { id }));
    assert_eq!(bench.spoken(), None);
}

#[test]
fn cards_lead_to_what_is_said_with_them() {
    let mut bench = with_cards(&[(CardKind::Elder, "老年卡", "9001"), IDENTITY]);
    opens(&mut bench, "老年卡");
    bench.taps("saying-free-travel");
    assert_eq!(title(&bench.view().body).text, "我凭这张卡免费乘车");
    opens(&mut bench, "身份证");
    bench.taps("saying-register");
    assert_eq!(title(&bench.view().body).text, "我想用身份证登记");
}

#[test]
fn of_five_hundred_cards_twenty_stand_on_a_page_and_all_are_there() {
    let names: Vec<String> = (0..500).map(|number| format!("卡{number:03}")).collect();
    let cards: Vec<_> = names
        .iter()
        .map(|name| (CardKind::Other, name.as_str(), "12"))
        .collect();
    let mut bench = with_cards(&cards);
    bench.opens(Page::Wallet);
    let ids = |bench: &Bench| -> Vec<String> {
        let ids = bench.choice_ids().into_iter();
        ids.filter(|id| id.parse::<crate::ids::CardId>().is_ok()).collect()
    };
    let mut seen = ids(&bench);
    assert_eq!(bench.choice("cards-behind").note, "第21到40张，一共500张");
    while bench.choice_ids().contains(&"cards-behind".to_owned()) {
        bench.taps("cards-behind");
        assert!(ids(&bench).len() <= 20);
        seen.extend(ids(&bench));
    }
    // Each once, in the order of the wallet: a page that began too early or too late would repeat or leave out some.
    let all: Vec<String> = names.iter().map(|name| named(&bench, name).id.to_string()).collect();
    assert_eq!(seen, all);
    // Whoever has looked at a card comes back to where it stands.
    let last = seen[499].clone();
    bench.taps(&last).does(AppCommand::Back);
    assert!(ids(&bench).contains(&last));
    bench.taps("cards-before");
    assert!(ids(&bench).contains(&seen[460]));
    // From the home page it begins at the beginning.
    bench.does(AppCommand::Home).opens(Page::Wallet);
    assert!(ids(&bench).contains(&seen[0]));
    assert!(
        bench
            .does(AppCommand::Home)
            .taps("home-print")
            .choice_ids()
            .contains(&"wallet-print".to_owned())
    );
}
