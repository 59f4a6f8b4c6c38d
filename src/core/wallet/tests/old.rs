//! Deleting, putting back, and what has expired.

use jiff::SignedDuration;

use super::super::{Card, CardKind, Command, WhyOld};
use super::{code, listed, named, opens, with_cards};
use crate::app::{Command as AppCommand, Page};
use crate::store::Change;
use crate::testing::Bench;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn bus() -> Bench {
    with_cards(&[(CardKind::Transit, "公交卡", "3104"), (CardKind::Member, "超市", "12")])
}

/// A wallet with passes that have expired a day ago, and one that has not.
fn expired(names: &[&str]) -> Bench {
    let all: Vec<_> = names.iter().map(|&name| (CardKind::Ticket, name, "1")).collect();
    let mut bench = with_cards(&[all, vec![(CardKind::Ticket, "明天的票", "2")]].concat());
    let now = bench.at();
    let mut records = bench.core.records().clone();
    for card in bench.core.records().cards.values() {
        let end = if card.name == "明天的票" {
            now + DAY
        } else {
            now - DAY
        };
        records.apply(&Change::PutCard(Card {
            expires_at: Some(end),
            ..card.clone()
        }));
    }
    bench = Bench::with(records);
    bench
}

#[test]
fn for_ten_minutes_the_wallet_says_what_was_deleted_and_puts_it_back_with_one_tap() {
    let mut bench = bus();
    let before = named(&bench, "公交卡");
    opens(&mut bench, "公交卡");
    bench.taps("card-remove");
    assert_eq!(listed(&mut bench), ["超市"]);
    let row = bench.choice("wallet-put-back");
    assert_eq!(
        (row.text.as_str(), row.note.as_str()),
        ("刚才删了公交卡", "点这里放回来")
    );
    // Doing something else does not take it away.
    opens(&mut bench, "超市");
    bench
        .taps("card-pin")
        .opens(Page::Wallet)
        .after(SignedDuration::from_secs(9 * 60));
    bench.taps("wallet-put-back");
    assert_eq!(bench.title(), "放回来了");
    assert_eq!(named(&bench, "公交卡"), before, "as it was, where it was");
}

#[test]
fn the_row_goes_when_its_time_is_over_and_the_core_wakes_for_it() {
    let mut bench = bus();
    opens(&mut bench, "公交卡");
    bench.taps("card-remove").opens(Page::Wallet);
    assert_eq!(bench.core.next_wake(), Some(bench.at() + SignedDuration::from_mins(10)));
    bench.after(SignedDuration::from_mins(10));
    assert!(!bench.choice_ids().contains(&"wallet-put-back".to_owned()));
}

#[test]
fn a_deleted_card_is_among_the_old_ones_for_thirty_days_and_then_gone() {
    let mut bench = bus();
    opens(&mut bench, "公交卡");
    bench.taps("card-remove").after(DAY * 29);
    let card = named(&bench, "公交卡");
    bench.opens(Page::Wallet).taps("wallet-old").taps(&card.id.to_string());
    let said = bench.says();
    assert!(said.lines().any(|line| line == "还留：1天"), "{said}");
    bench.after(DAY);
    assert_eq!(bench.core.records().cards.len(), 1);
    assert!(!bench.says().contains("公交卡"));
    assert!(
        bench
            .restarted()
            .core
            .records()
            .cards
            .values()
            .all(|card| card.name == "超市")
    );
}

#[test]
fn what_ran_out_while_the_program_was_off_is_gone_when_it_starts() {
    let mut bench = bus();
    opens(&mut bench, "公交卡");
    bench.taps("card-remove");
    bench.now = bench.now.checked_add(DAY * 31).unwrap();
    assert_eq!(bench.restarted().core.records().cards.len(), 1);
}

#[test]
fn a_full_disk_keeps_it_until_there_is_room() {
    let mut bench = bus();
    opens(&mut bench, "公交卡");
    bench.taps("card-remove");
    bench.store.full = true;
    bench.after(DAY * 30);
    assert_eq!(bench.core.records().cards.len(), 2);
    bench.store.full = false;
    bench.after_seconds(1);
    assert_eq!(bench.core.records().cards.len(), 1);
}

#[test]
fn a_card_can_be_put_back_from_the_old_ones() {
    let mut bench = bus();
    opens(&mut bench, "公交卡");
    bench.taps("card-remove").after(DAY * 3);
    let id = named(&bench, "公交卡").id.to_string();
    bench
        .opens(Page::OldCards)
        .taps(&id)
        .taps("old-card-back")
        .taps("card-kept-show");
    assert_eq!((bench.page(), code(&bench).state.text.as_str()), (Page::Card, "公交卡"));
    assert_eq!(listed(&mut bench), ["公交卡", "超市"]);
}

#[test]
fn erasing_asks_once_and_the_safe_answer_is_the_main_one() {
    let mut bench = bus();
    opens(&mut bench, "公交卡");
    bench.taps("card-remove");
    let id = named(&bench, "公交卡").id.to_string();
    bench.opens(Page::OldCards).taps(&id).taps("old-card-erase");
    assert_eq!(bench.title(), "彻底删掉公交卡吗？");
    bench.taps("erase-card-keep");
    assert_eq!(bench.core.records().cards.len(), 2);
    bench.taps("old-card-erase").taps("erase-card-yes");
    assert_eq!(bench.core.records().cards.len(), 1);
    bench.does(AppCommand::Undo);
    assert_eq!(bench.core.records().cards.len(), 1, "gone is gone");
}

#[test]
fn a_late_tap_can_neither_erase_a_card_in_use_nor_put_back_what_is_there() {
    let mut bench = bus();
    let id = named(&bench, "公交卡").id;
    let before = bench.core.records().clone();
    for command in [Command::Erase(id), Command::PutBack(id)] {
        bench.does(AppCommand::Wallet(command));
    }
    assert_eq!(*bench.core.records(), before);
}

#[test]
fn what_has_expired_is_put_away_only_when_the_person_says_so() {
    let mut bench = expired(&["去北京的票"]);
    assert_eq!(listed(&mut bench), ["去北京的票", "明天的票"], "nothing went by itself");
    assert_eq!(bench.choice("wallet-expired").text, "去北京的票过期了");
    bench.taps("wallet-expired").taps("expired-card-away");
    assert_eq!(
        (bench.page(), listed(&mut bench)),
        (Page::Wallet, vec!["明天的票".to_owned()])
    );
    assert_eq!(named(&bench, "去北京的票").old.unwrap().why, WhyOld::Expired);
    bench.after(DAY * 400);
    assert_eq!(
        named(&bench, "去北京的票").old.unwrap().why,
        WhyOld::Expired,
        "and it stays among the old ones"
    );
}

#[test]
fn keeping_an_expired_card_is_remembered_until_it_gets_another_expiry() {
    let mut bench = expired(&["月票"]);
    bench
        .opens(Page::Wallet)
        .taps("wallet-expired")
        .taps("expired-card-keep");
    let asks = |bench: &mut Bench| {
        bench
            .opens(Page::Wallet)
            .choice_ids()
            .contains(&"wallet-expired".to_owned())
    };
    assert!(!asks(&mut bench));
    let mut bench = bench.restarted();
    assert!(!asks(&mut bench));
    opens(&mut bench, "月票");
    bench.taps("card-edit").taps("edit-card-expiry").types("20261125");
    assert!(!asks(&mut bench));
    bench.after(DAY * 4);
    assert!(asks(&mut bench));
}

#[test]
fn several_that_have_expired_are_asked_about_one_after_the_other() {
    let mut bench = expired(&["一", "二", "三"]);
    bench.opens(Page::Wallet);
    assert_eq!(bench.choice("wallet-expired").text, "有3张过期了");
    bench.taps("wallet-expired");
    assert!(bench.title().starts_with('一'));
    bench.taps("expired-card-away");
    assert!(bench.title().starts_with('二'));
    bench.taps("expired-card-keep");
    assert!(bench.title().starts_with('三'));
    bench.taps("expired-card-away");
    assert_eq!(bench.page(), Page::Wallet);
    assert_eq!(listed(&mut bench), ["二", "明天的票"]);
}
