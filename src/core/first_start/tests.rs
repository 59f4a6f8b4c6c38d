#![allow(clippy::unwrap_used)]

use crate::app::{Command, Page, Start};
use crate::settings::{Language, TextSize};
use crate::store::Records;
use crate::testing::Bench;
use crate::view::Tone;

fn stranger() -> Bench {
    Bench::with(Records::default())
}

#[test]
fn who_starts_for_the_first_time_is_asked_three_questions_and_led_home() {
    let mut bench = stranger();
    assert_eq!(bench.page(), Page::FirstText);
    assert_eq!(bench.taps("first-next").page(), Page::FirstVoice);
    assert_eq!(bench.taps("first-next").page(), Page::FirstLanguage);
    assert_eq!(bench.taps("first-next").page(), Page::Home);
    assert!(bench.core.records().settings.welcomed);
    assert_eq!(bench.does(Command::Back).page(), Page::Home);
    assert_eq!(bench.restarted().page(), Page::Home, "it is asked once");
}

#[test]
fn each_answer_shows_at_once_on_its_own_page() {
    let mut bench = stranger();
    for (id, size) in [("text-4", TextSize::Largest), ("text-1", TextSize::Standard)] {
        assert_eq!(bench.taps(id).view().text, size);
        assert_eq!(bench.page(), Page::FirstText);
        assert_eq!(bench.choice(id).tone, Tone::Chosen);
        assert_eq!(bench.core.records().settings.text, size, "and is kept");
    }
    bench.taps("first-next");
    assert!(bench.taps("voice-on").spoken().is_some());
    assert_eq!(bench.taps("voice-off").spoken(), None);
    bench.taps("first-next");
    assert_eq!(bench.taps("language-en").title(), "Which language?");
    assert_eq!(bench.choice("language-en").tone, Tone::Chosen);
    assert_eq!(bench.taps("language-zh-Hans").title(), "用哪种话？");
}

#[test]
fn one_can_go_back_and_answer_otherwise() {
    let mut bench = stranger();
    bench.taps("text-4").taps("first-next").does(Command::Back);
    assert_eq!(bench.page(), Page::FirstText);
    assert_eq!(bench.taps("text-2").view().text, TextSize::Large);
}

#[test]
fn the_questions_are_asked_again_of_who_left_before_the_last() {
    let mut bench = stranger();
    bench.taps("text-4").taps("first-next");
    let again = bench.restarted();
    assert_eq!(again.page(), Page::FirstText);
    assert_eq!(again.view().text, TextSize::Largest);
}

#[test]
fn the_first_start_speaks_the_systems_language() {
    let english = || {
        Command::Start(Start {
            language: Some(Language::English),
            ..Start::default()
        })
    };
    assert_eq!(stranger().does(english()).title(), "How large?");
    let mut known = Bench::new();
    assert_eq!(
        known.does(english()).view().language,
        Language::Chinese,
        "who has chosen is not asked"
    );
}
