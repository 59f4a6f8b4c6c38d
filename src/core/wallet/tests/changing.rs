//! Changing what a card says, and looking for its code.

use super::super::{Card, CardCode, CardKind, CodeWish, Command};
use super::{code, named, opens, with_cards};
use crate::app::{Command as AppCommand, Page};
use crate::entry::{Field, Keys};
use crate::store::{Change, Store};
use crate::symbol::Symbology;
use crate::testing::{Bench, shanghai};
use crate::view::Body;

fn member() -> Bench {
    with_cards(&[
        (CardKind::Member, "超市", "6901234567892"),
        (CardKind::Library, "借书证", "A77"),
    ])
}

#[test]
fn every_part_of_a_card_can_be_changed_and_taken_back() {
    let mut bench = member();
    let before = named(&bench, "超市");
    for (part, typed) in [
        ("edit-card-name", Some("便民超市")),
        ("edit-card-number", Some("77")),
        ("edit-card-expiry", Some("20281231")),
        ("edit-card-note", Some("在厨房抽屉里")),
        ("edit-card-kind", None),
        ("edit-card-code", None),
    ] {
        opens(&mut bench, "超市");
        bench.taps("card-edit").taps(part);
        match (typed, part) {
            (Some(text), _) => drop(bench.types(text)),
            (None, "edit-card-kind") => drop(bench.taps("card-other")),
            (None, _) => drop(bench.taps("card-code-square").taps("card-code-like")),
        }
        assert_eq!(bench.title(), "改好了", "{part}");
        let changed = bench.core.records().cards[&before.id].clone();
        assert_ne!(changed, before, "{part}");
        bench.taps("card-kept-show");
        assert_eq!(
            (bench.page(), code(&bench).state.text),
            (Page::Card, changed.name.clone())
        );
        bench.does(AppCommand::Back);
        opens(&mut bench, &changed.name);
        bench.taps("card-edit").taps(part);
        match (typed, part) {
            // The same once more, to be taken back on its page.
            (Some(text), _) => drop(bench.types(text)),
            (None, "edit-card-kind") => drop(bench.taps("card-member")),
            (None, _) => drop(bench.taps("card-code-none")),
        }
        bench.taps("result-undo");
        assert_eq!(bench.core.records().cards[&before.id], changed, "{part}");
        bench.store.commit(&[Change::PutCard(before.clone())]).unwrap();
        bench = bench.restarted();
    }
}

#[test]
fn a_card_that_becomes_a_bank_s_brings_the_question() {
    let mut bench = member();
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-kind").taps("card-bank");
    assert_eq!(bench.page(), Page::FraudAsk);
    assert_eq!(named(&bench, "超市").kind, CardKind::Member);
    bench.taps("fraud-own-accord");
    assert_eq!(named(&bench, "超市").kind, CardKind::Bank);
}

#[test]
fn the_number_of_a_bank_card_is_not_to_be_had_without_the_question_by_any_way() {
    let ways: [&[&str]; 5] = [
        &["card-large"],
        &["card-reveal"],
        &["card-edit", "edit-card-number"],
        &["card-edit", "edit-card-code", "card-code-bars"],
        &["card-print", "print-numbers-whole"],
    ];
    for way in ways {
        let mut bench = with_cards(&[(CardKind::Bank, "工商银行", "6222021234567894")]);
        // The answer that was given when it was written down is not one for good.
        bench.now = bench.now.checked_add(jiff::ToSpan::days(30)).unwrap();
        opens(&mut bench, "工商银行");
        for tap in way {
            bench.taps(tap);
        }
        assert_eq!(bench.page(), Page::FraudAsk, "{way:?}");
        bench.taps("fraud-own-accord");
        assert_ne!(bench.page(), Page::FraudAsk, "{way:?}");
    }
}

#[test]
fn a_code_that_can_t_be_drawn_again_is_asked_about_before_it_is_taken_away() {
    let mut bench = member();
    let card = Card {
        code: Some(CardCode {
            symbology: Symbology::Qr,
            text: "https://shop.example/m/77".to_owned(),
        }),
        ..named(&bench, "超市")
    };
    bench.store.commit(&[Change::PutCard(card.clone())]).unwrap();
    let mut bench = bench.restarted();
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-code").taps("card-code-none");
    assert!(bench.says().contains("画不回来"), "{}", bench.says());
    bench.taps("card-code-drop-not");
    assert_eq!(bench.core.records().cards[&card.id], card);
    bench.taps("card-edit").taps("edit-card-code").taps("card-code-none");
    bench.taps("card-code-drop");
    assert_eq!(bench.core.records().cards[&card.id].code, None);
    bench.taps("result-undo");
    assert_eq!(bench.core.records().cards[&card.id], card);
}

#[test]
fn a_number_with_letters_can_be_typed() {
    let keys = |bench: &Bench| match bench.view().body {
        Body::Entry(entry) => entry.keys,
        other => panic!("{other:?}"),
    };
    let mut bench = Bench::new();
    bench
        .opens(Page::CardKinds)
        .taps("card-social-security")
        .types("社保卡");
    assert_eq!(keys(&bench), Keys::IdentityNumber, "it may end in X");
    bench.opens(Page::CardKinds).taps("card-library").types("借书证");
    assert_eq!(keys(&bench), Keys::Digits);
    bench.does(AppCommand::Type {
        field: Field::CardNumber,
        text: "12".to_owned(),
    });
    bench.taps("enter-with-letters");
    assert_eq!((keys(&bench), bench.field().as_str()), (Keys::Words, "12"));
    bench.taps("enter-with-digits");
    assert_eq!(keys(&bench), Keys::Digits);
    bench.taps("enter-with-letters").types("L12");
    assert_eq!(named(&bench, "借书证").number, "L12");
    bench.opens(Page::CardKinds).taps("card-identity").types("身份证");
    assert!(!bench.choice_ids().contains(&"enter-with-letters".to_owned()));
}

#[test]
fn what_is_half_typed_of_a_card_is_not_that_of_another_kind() {
    let mut bench = Bench::new();
    bench.opens(Page::CardKinds).taps("card-elder").does(AppCommand::Type {
        field: Field::CardName,
        text: "老年卡 旧".to_owned(),
    });
    bench.opens(Page::CardKinds).taps("card-elder");
    assert_eq!(bench.field(), "老年卡 旧");
    bench.opens(Page::CardKinds).taps("card-library");
    assert_eq!(bench.field(), "借书证");
}

#[test]
fn a_new_number_is_drawn_as_the_old_one_was_where_it_can() {
    let mut bench = member();
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-number");
    assert_eq!(bench.field(), "6901234567892");
    bench.types("6907654321090");
    let card = named(&bench, "超市");
    let drawn = card.code.unwrap();
    assert_eq!(
        (card.number.as_str(), drawn.symbology, drawn.text.as_str()),
        ("6907654321090", Symbology::Ean13, "6907654321090")
    );
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-number").types("77");
    assert_eq!(named(&bench, "超市").code.unwrap().symbology, Symbology::Code128);
}

#[test]
fn the_last_day_is_written_in_digits_and_said_in_words() {
    for (typed, end, shown) in [
        ("20281231", "2029-01-01T00:00", "2028年12月31日"),
        ("202802", "2028-03-01T00:00", "2028年2月29日"),
        ("2028-06-30", "2028-07-01T00:00", "2028年6月30日"),
        ("2028年6月30日", "", ""),
        ("20280230", "", ""),
        ("20281301", "", ""),
        ("99991231", "", ""),
        ("明天", "", ""),
    ] {
        let mut bench = member();
        opens(&mut bench, "超市");
        bench.taps("card-edit").taps("edit-card-expiry").types(typed);
        if end.is_empty() {
            assert_eq!(bench.field(), typed, "what was typed stays");
            assert!(bench.says().contains("看不懂"), "{typed}");
            assert_eq!(named(&bench, "超市").expires_at, None);
            continue;
        }
        assert_eq!(named(&bench, "超市").expires_at, Some(shanghai(end)));
        bench.taps("card-kept-show");
        assert!(bench.says().contains(shown), "{}", bench.says());
    }
}

#[test]
fn an_expiry_can_be_taken_off_again() {
    let mut bench = member();
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-expiry").types("20281231");
    bench.taps("card-kept-show").taps("card-edit").taps("edit-card-expiry");
    assert_eq!(bench.field(), "20281231");
    bench.types("");
    assert_eq!(named(&bench, "超市").expires_at, None);
}

#[test]
fn half_typed_text_stays_with_the_card_it_is_about() {
    let mut bench = member();
    bench.does(AppCommand::Wallet(Command::Add(CardKind::Transit)));
    let name = |text: &str| AppCommand::Type {
        field: Field::CardName,
        text: text.to_owned(),
    };
    bench.does(name("市民"));
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-name");
    assert_eq!(bench.field(), "超市", "not what is typed of the new one");
    bench.does(name("便民"));
    opens(&mut bench, "借书证");
    bench.taps("card-edit").taps("edit-card-name");
    assert_eq!(bench.field(), "借书证");
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-name");
    assert_eq!(bench.field(), "便民");
    let mut bench = bench.restarted();
    opens(&mut bench, "借书证");
    bench.taps("card-edit").taps("edit-card-name");
    assert_eq!(bench.field(), "借书证");
    opens(&mut bench, "超市");
    bench.taps("card-edit").taps("edit-card-name");
    assert_eq!(bench.field(), "便民", "a restart changes nothing");
    bench.does(AppCommand::Wallet(Command::Add(CardKind::Transit)));
    assert_eq!(bench.field(), "市民");
    bench.types("市民卡").types("12");
    assert_eq!(named(&bench, "市民卡").number, "12");
    assert_eq!(named(&bench, "超市").number, "6901234567892");
}

#[test]
fn a_code_that_no_telephone_can_show_is_not_looked_at() {
    let mut bench = with_cards(&[(CardKind::Library, "借书证", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN")]);
    opens(&mut bench, "借书证");
    assert!(code(&bench).symbol.is_none());
    bench.taps("card-large");
    assert!(bench.says().contains("这张卡的码太长"), "{}", bench.says());
    opens(&mut bench, "借书证");
    bench.taps("card-edit").taps("edit-card-code").taps("card-code-bars");
    assert_eq!(bench.title(), "这个号码画不成这样的码");
    bench.taps("card-code-other").taps("card-code-square");
    assert_eq!(code(&bench).symbol.unwrap().symbology, Symbology::Qr);
}

#[test]
fn whoever_looks_from_code_to_code_finds_the_one_on_the_card() {
    let mut bench = with_cards(&[(CardKind::Library, "借书证", "12345678")]);
    opens(&mut bench, "借书证");
    bench.taps("card-edit").taps("edit-card-code").taps("card-code-bars");
    let mut seen = Vec::new();
    while !seen.contains(&code(&bench).symbol.unwrap().symbology) {
        seen.push(code(&bench).symbol.unwrap().symbology);
        bench.taps("card-code-unlike");
    }
    assert_eq!(seen[0], Symbology::Code128, "what it has now comes first");
    assert!(
        seen.contains(&Symbology::Code39) && seen.contains(&Symbology::Itf),
        "{seen:?}"
    );
    assert!(
        !seen.contains(&Symbology::Ean8),
        "the last digit does not check the others"
    );
    while code(&bench).symbol.unwrap().symbology != Symbology::Code39 {
        bench.taps("card-code-unlike");
    }
    bench.taps("card-code-like").taps("card-kept-show");
    assert_eq!(bench.page(), Page::Card);
    let drawn = named(&bench, "借书证").code.unwrap();
    assert_eq!((drawn.symbology, drawn.text.as_str()), (Symbology::Code39, "12345678"));
}

#[test]
fn a_card_can_have_a_square_or_no_code_at_all() {
    let mut bench = member();
    opens(&mut bench, "借书证");
    bench
        .taps("card-edit")
        .taps("edit-card-code")
        .taps("card-code-square")
        .taps("card-code-like");
    assert_eq!(named(&bench, "借书证").code.unwrap().symbology, Symbology::Qr);
    bench
        .taps("card-kept-show")
        .taps("card-edit")
        .taps("edit-card-code")
        .taps("card-code-none");
    assert_eq!(named(&bench, "借书证").code, None);
    bench.taps("card-kept-show");
    assert_eq!(bench.page(), Page::Card);
}

#[test]
fn the_result_of_adding_offers_what_not_every_card_has() {
    let mut bench = Bench::new();
    bench
        .opens(Page::CardKinds)
        .taps("card-member")
        .types("超市")
        .types("12345678");
    bench.taps("card-kept-expiry").types("20300101").taps("card-kept-show");
    assert_eq!(bench.page(), Page::Card);
    assert!(named(&bench, "超市").expires_at.is_some());
    assert_eq!(bench.does(AppCommand::Back).page(), Page::Wallet);
}

#[test]
fn commands_about_a_card_that_is_not_there_change_nothing() {
    let mut bench = member();
    let before = bench.core.records().clone();
    for command in [
        Command::Reveal,
        Command::SayNumber,
        Command::SetKind(CardKind::Bank),
        Command::WishCode(CodeWish::None),
        Command::NextCode,
        Command::TakeCode,
        Command::Edit(Field::CardNote),
        Command::Edit(Field::HubAddress),
        Command::KeepRead,
        Command::SaySaying,
    ] {
        bench.does(AppCommand::Wallet(command));
    }
    assert_eq!(*bench.core.records(), before);
}
