#![allow(clippy::unwrap_used, clippy::panic)]

use anban_credential::{IdentityDocument, Status};

use super::Command;
use crate::app::{Command as AppCommand, Page};
use crate::entry::Field;
use crate::testing::{Bench, Region, health_claims};
use crate::view::{Body, Mark};

const OWN: &str = "11010519491231002X";
const THEIRS: &str = "440524188001010014";

fn takes_in(region: &Region, bench: &mut Bench, id: u8, name: &str, masked: &str, status: Status) {
    let mut claims = health_claims(id, status);
    claims.person.name = name.to_owned();
    claims.person.identity_document = Some(IdentityDocument {
        kind: "resident-identity-card".to_owned(),
        number: masked.to_owned(),
    });
    let text = region.issue(&claims);
    bench.does(AppCommand::HealthCode(Command::Import { text }));
}

/// 王秀兰 with a green code, and the yellow one of 王建国.
fn couple(region: &Region) -> Bench {
    let mut bench = region.bench();
    for (field, text) in [(Field::Name, "王秀兰"), (Field::IdentityNumber, OWN)] {
        bench.opens(Page::Enter(field)).types(text);
    }
    takes_in(region, &mut bench, 1, "王秀兰", "1101**********002X", Status::Green);
    takes_in(region, &mut bench, 2, "王建国", "4405**********0014", Status::Yellow);
    bench
}

/// Adds a card and opens its page; what it says of a health code, with its shape.
fn shows(bench: &mut Bench, kind: &str, name: &str, number: &str) -> Option<(Mark, String)> {
    bench.opens(Page::CardKinds).taps(kind).types(name).types(number);
    bench.taps("card-kept-show");
    assert_eq!(bench.page(), Page::Card);
    let body = bench.view().body;
    let found = body.choices().find(|choice| choice.id == "card-health-code").cloned();
    found.map(|choice| (choice.mark.unwrap(), format!("{} {}", choice.text, choice.note)))
}

#[test]
fn a_card_answers_for_the_code_of_whom_its_number_names() {
    let region = Region::new();
    let mut bench = couple(&region);
    let (mark, said) = shows(&mut bench, "card-identity", "身份证", OWN).unwrap();
    assert_eq!(
        (mark, said.as_str()),
        (Mark::Good, "绿码 王秀兰 健康码，今天上午九点更新的")
    );
    assert!(bench.says().contains("绿码 王秀兰"), "it is read aloud");
    bench.taps("card-health-code");
    assert_eq!((bench.page(), bench.title().as_str()), (Page::HealthCode, "绿码"));
    assert_eq!(bench.does(AppCommand::Back).page(), Page::Card, "and back to the card");

    let (mark, said) = shows(&mut bench, "card-social-security", "社保卡", THEIRS).unwrap();
    assert_eq!(mark, Mark::Caution);
    assert!(said.starts_with("黄码 王建国"), "{said}");
    bench.taps("card-health-code");
    assert_eq!(bench.view().reading[0], "王建国的健康码：黄码");
}

#[test]
fn a_card_with_another_number_belongs_to_whom_its_name_names_or_to_the_owner() {
    let region = Region::new();
    let mut bench = couple(&region);
    let said = |bench: &mut Bench, kind: &str, name: &str| shows(bench, kind, name, "9001").unwrap().1;
    assert!(said(&mut bench, "card-elder", "老年卡").contains("王秀兰"));
    assert!(said(&mut bench, "card-citizen", "王建国的市民卡").contains("王建国"));
}

#[test]
fn where_nothing_is_kept_of_the_person_the_card_says_nothing() {
    let region = Region::new();
    let mut bench = couple(&region);
    assert_eq!(
        shows(&mut bench, "card-identity", "孙女的身份证", "990101195003150025"),
        None
    );
    assert_eq!(
        shows(&mut bench, "card-transit", "公交卡", "9001"),
        None,
        "it names nobody"
    );
    let mut nobody = region.bench();
    assert_eq!(shows(&mut nobody, "card-social-security", "社保卡", "9001"), None);
}

#[test]
fn a_masked_number_that_may_be_of_two_people_is_of_neither() {
    let region = Region::new();
    let mut bench = region.bench();
    takes_in(&region, &mut bench, 1, "王秀兰", "1101**********002X", Status::Green);
    takes_in(&region, &mut bench, 2, "王建国", "1101**********002X", Status::Red);
    assert_eq!(shows(&mut bench, "card-identity", "身份证", OWN), None);
}

#[test]
fn an_identity_cards_number_is_checked_and_has_no_code_to_scan() {
    let mut bench = Region::new().bench();
    bench.opens(Page::CardKinds).taps("card-identity").types("身份证");
    let Body::Entry(entry) = bench.view().body else {
        panic!("a field")
    };
    assert_eq!(entry.keys, crate::entry::Keys::IdentityNumber);
    bench.types("110105194912310021");
    assert!(bench.says().contains("号码不对"), "{}", bench.says());
    bench
        .types("11010519491231002x")
        .taps("card-kept-show")
        .taps("card-reveal");
    let Body::Code(card) = bench.view().body else {
        panic!("a card")
    };
    assert_eq!(card.symbol, None);
    assert_eq!(card.number.unwrap().text, "110105 19491231 002X");
}
