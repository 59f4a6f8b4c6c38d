//! What a hospital has to say: heard once, on the home page until it is answered, and found again.

use crate::app::{Command as AppCommand, Page};
use crate::appointments::Words;
use crate::feed::tests::{heard, hears, known, page};
use crate::feed::{FeedEntry, Notice, Standing};
use crate::testing::{Bench, shanghai};

fn notice(id: &str, text: &str, at: &str, appointment: Option<&str>) -> FeedEntry {
    FeedEntry::Notice(Notice {
        id: id.to_owned(),
        at: shanghai(at),
        words: Words {
            chinese: text.to_owned(),
            english: String::new(),
        },
        appointment: appointment.map(str::to_owned),
        read: false,
    })
}

fn told() -> Bench {
    let mut bench = known();
    let mut visit = heard("a1", Standing::Booked);
    visit.booked_by = None;
    let moved = notice("n1", "心内科搬到三楼了。", "2026-11-22T08:30", Some("a1"));
    hears(&mut bench, page(2, 2, vec![FeedEntry::Visit(visit), moved]));
    bench
}

#[test]
fn a_notice_is_said_and_stands_on_the_home_page_until_it_is_answered_and_is_found_again() {
    let bench = told();
    assert!(bench.spoken().unwrap().parts.concat().contains("心内科搬到三楼了"));
    let mut bench = bench.restarted();
    // Also after a restart.
    bench.taps("notice");
    assert_eq!(bench.page(), Page::Notice);
    let said = bench.says();
    for words in ["搬到三楼", "后天 星期二 上午十点", "心内科"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    bench.taps("notice-good");
    assert_eq!(bench.page(), Page::Home);
    assert!(!bench.choice_ids().contains(&"notice".to_owned()));
    bench.taps("home-visits").taps("notices").taps("notice-n1");
    assert!(bench.says().contains("搬到三楼"));
    assert_eq!(bench.taps("notice-visit").page(), Page::Visit);
    assert!(bench.says().contains("搬到三楼"), "the visit has it as well");
}

#[test]
fn of_several_each_waits_for_its_answer_and_none_comes_twice() {
    let mut bench = told();
    let away = notice("n2", "张大夫今天不在。", "2026-11-22T08:40", None);
    hears(&mut bench, page(3, 3, vec![away.clone()]));
    assert!(bench.spoken().unwrap().parts.concat().contains("张大夫今天不在"));
    bench.does(AppCommand::Home).taps("notice").taps("notice-good");
    assert!(bench.says().contains("张大夫今天不在"), "the next one");
    bench.taps("notice-good");
    bench.does(AppCommand::Home);
    hears(&mut bench, page(4, 4, vec![away]));
    assert!(!bench.choice_ids().contains(&"notice".to_owned()));
}
