//! The frame: opening and leaving pages, and what every page has.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::app::{Command, Incoming, Page, Start};
use crate::effect::{Effect, PrintTrouble, SavedFile};
use crate::entry::Field;
use crate::settings::{self, Language};
use crate::store::{Records, StoreNotice};
use crate::testing::{Bench, check, filled, newcomer};
use crate::view::Corner;

#[test]
fn back_leads_to_the_page_below_and_stays_at_home() {
    let mut bench = Bench::new();
    bench.taps("home-settings").taps("settings-voice");
    assert_eq!(bench.page(), Page::Voice);
    assert_eq!(bench.does(Command::Back).page(), Page::Settings);
    assert_eq!(bench.does(Command::Back).page(), Page::Home);
    assert_eq!(bench.does(Command::Back).page(), Page::Home);
}

#[test]
fn home_is_one_tap_away_and_back_does_not_lead_away_from_it() {
    let mut bench = Bench::new();
    bench.opens(Page::Settings).opens(Page::Voice);
    assert_eq!(bench.does(Command::Home).page(), Page::Home);
    assert_eq!(bench.does(Command::Back).page(), Page::Home);
}

#[test]
fn opening_a_page_that_is_open_does_not_pile_it_up() {
    let mut bench = Bench::new();
    bench.opens(Page::Settings).opens(Page::Settings).opens(Page::Settings);
    assert_eq!(bench.does(Command::Back).page(), Page::Home);
}

#[test]
fn each_page_that_is_opened_is_a_new_visit() {
    let mut bench = Bench::new();
    let before = bench.view().visit;
    assert!(bench.opens(Page::Settings).view().visit > before);
    let before = bench.view().visit;
    assert!(bench.opens(Page::Settings).view().visit > before);
}

#[test]
fn a_result_is_not_a_page_to_come_back_to() {
    let mut bench = Bench::new();
    bench
        .opens(Page::YourData)
        .does(Command::Incoming(Incoming::Saved(Ok(SavedFile {
            path: "a.json".to_owned(),
            shown: "a.json".to_owned(),
        }))));
    assert_eq!(bench.page(), Page::Result);
    assert_eq!(bench.opens(Page::Wallet).does(Command::Back).page(), Page::YourData);
}

#[test]
fn the_corner_has_the_day_at_home_and_the_way_back_elsewhere() {
    let mut bench = Bench::new();
    let day = Corner::Day {
        date: "11月22日 星期日".to_owned(),
        lunar: "十月十四 小雪".to_owned(),
    };
    assert_eq!(bench.view().bars.corner, day);
    assert_eq!(
        bench.opens(Page::Settings).view().bars.corner,
        Corner::Back("返回".to_owned())
    );
}

#[test]
fn the_core_wakes_for_the_next_day() {
    let mut bench = Bench::new();
    let midnight = "2026-11-22T16:00:00Z".parse().unwrap();
    assert_eq!(bench.core.next_wake(), Some(midnight));
    bench.after_seconds(15 * 3600);
    let Corner::Day { date, .. } = bench.view().bars.corner else {
        panic!("home has a day")
    };
    assert_eq!(date, "11月23日 星期一");
}

/// Every page in both languages, of somebody who has nothing and of somebody who has everything.
fn every_page(mut look: impl FnMut(&mut Bench, Page)) {
    for records in [Records::default(), newcomer(), filled()] {
        for language in Language::ALL {
            let mut records = records.clone();
            records.settings.language = language;
            for page in Page::all() {
                look(Bench::with(records.clone()).opens(page), page);
            }
        }
    }
}

#[test]
fn every_page_has_a_title_a_reading_in_its_order_and_a_way_on() {
    every_page(|bench, page| {
        assert_eq!(bench.page(), page);
        check(&bench.view());
    });
}

#[test]
fn every_answer_of_every_page_can_be_tapped() {
    every_page(|bench, page| {
        for id in bench.choice_ids() {
            bench.does(Command::Home).opens(page);
            // What an earlier tap removed is gone.
            if bench.choice_ids().contains(&id) {
                bench.taps(&id);
                check(&bench.view());
            }
        }
    });
}

#[test]
fn every_page_has_a_name_that_finds_it() {
    for page in Page::all() {
        assert_eq!(Page::from_name(&page.name()), Some(page));
    }
    assert_eq!(Page::from_name("nowhere"), None);
}

#[test]
fn no_word_of_a_page_is_missing_in_its_language() {
    every_page(|bench, page| {
        for part in bench.view().reading {
            assert!(!part.contains("{ $"), "{page:?}: {part}");
            // A key that has no words is shown as it is: lower-case words joined by hyphens.
            let is_key = part.contains('-') && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            assert!(!is_key, "{page:?}: {part}");
        }
    });
}

#[test]
fn the_start_opens_the_page_that_is_asked_for_above_the_home_page() {
    let mut bench = Bench::new();
    bench.does(Command::Start(Start {
        page: Some(Page::Wallet),
        ..Start::default()
    }));
    assert_eq!(bench.page(), Page::Wallet);
    assert_eq!(bench.does(Command::Back).page(), Page::Home);
}

#[test]
fn what_happened_to_the_store_is_said_in_two_plain_sentences() {
    let mut bench = Bench::new();
    let copied_at = "2026-11-20T04:00:00Z".parse().unwrap();
    bench.does(Command::Start(Start {
        notice: Some(StoreNotice::Restored { copied_at }),
        ..Start::default()
    }));
    assert_eq!(bench.page(), Page::Result);
    assert!(bench.says().contains("11月20日"));
    assert_eq!(bench.taps("result-home").page(), Page::Home);
}

#[test]
fn a_hub_of_the_command_line_is_used_and_not_kept() {
    let mut bench = Bench::new();
    bench.does(Command::Start(Start {
        hub: Some("http://other.example".to_owned()),
        ..Start::default()
    }));
    let asked = |effect: &Effect| matches!(effect, Effect::Fetch { hub, .. } if hub == "http://other.example");
    assert!(bench.effects.iter().any(asked));
    assert_eq!(bench.core.records().settings.hub, "");
}

#[test]
fn what_comes_from_outside_does_not_take_a_page_away_from_somebody_who_needs_it() {
    let failed = || Command::Incoming(Incoming::PaperSaved(Err(PrintTrouble::CannotSave)));
    for page in [Page::Help, Page::Enter(Field::Name), Page::HealthCode, Page::EraseAll] {
        let mut bench = Bench::new();
        bench.opens(page).does(failed());
        assert_eq!(bench.page(), page);
        bench.does(Command::Back);
        assert_eq!(
            bench.page(),
            Page::Result,
            "it is told when the person has left {page:?}"
        );
        assert_eq!(bench.title(), "没有存上");
        assert_eq!(bench.does(Command::Back).page(), Page::Home);
    }
    let mut bench = Bench::new();
    assert_eq!(bench.opens(Page::PrintWhere).does(failed()).page(), Page::Result);
}

#[test]
fn the_language_changes_with_the_next_view() {
    let mut bench = Bench::new();
    bench.opens(Page::Language).taps("language-en");
    assert_eq!(bench.title(), "Which language?");
    assert_eq!(bench.view().language, Language::English);
    bench.does(Command::Settings(settings::Command::SetLanguage(Language::Chinese)));
    assert_eq!(bench.title(), "用哪种话？");
}
