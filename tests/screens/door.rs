//! A scanner that types, at the window of a door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use anban::tour::Size;
use anban_core::Page;
use anban_core::effect::{Effect, Sound};
use anban_core::settings::TextSize;
use anban_core::view::{Body, Mark};

use super::hand::{Hand, PHONE};

/// The text of a code that is carried in the demonstration profile, as its scanner types it.
fn code(hand: &Hand, last: bool) -> String {
    let all = hand.stand.core().records().documents.values();
    // Slips and copies of cards are no pass.
    let mut documents: Vec<_> = all.filter(|kept| kept.about.is_none()).collect();
    documents.sort_by_key(|kept| kept.added_at);
    let kept = if last { documents.last() } else { documents.first() };
    kept.unwrap().text.clone()
}

fn mark(hand: &Hand) -> Option<Mark> {
    match hand.stand.view().body {
        Body::Verdict(verdict) => Some(verdict.mark),
        _ => None,
    }
}

#[test]
fn a_scan_is_answered_on_the_page_that_waits_and_the_next_one_takes_its_place() {
    let mut hand = Hand::at("checkpoint");
    let (valid, expired) = (code(&hand, true), code(&hand, false));
    hand.types(&valid).types("\n").turn();
    assert_eq!((hand.page(), mark(&hand)), (Page::Verdict, Some(Mark::Good)));
    assert!(hand.element("可以通过").is_some());
    hand.types(&expired).types("\t").turn();
    assert_eq!((hand.page(), mark(&hand)), (Page::Verdict, Some(Mark::Bad)));
    hand.taps("下一位");
    assert_eq!(hand.page(), Page::Checkpoint);
    // Tapping leaves no button that the Enter of the next scan would press.
    hand.types(&valid).types("\n").turn();
    assert_eq!(mark(&hand), Some(Mark::Good));
}

#[test]
fn the_keyboard_still_walks_over_the_page_that_waits() {
    let mut hand = Hand::at("checkpoint");
    // Back, read to me, then the first answer: no code.
    hand.types("\t\t\t\n").turn();
    assert_eq!(hand.page(), Page::NoCode);
}

#[test]
fn a_scan_on_another_page_presses_nothing_and_goes_nowhere() {
    let mut hand = Hand::at("home");
    let valid = code(&hand, true);
    hand.types(&valid).types("\n").turn();
    assert_eq!(hand.page(), Page::Home);
}

#[test]
fn an_answer_is_seen_and_heard_with_the_last_key_of_a_scan() {
    let mut told = Vec::new();
    let mut hand = Hand::at("checkpoint");
    for (size, text) in [
        (PHONE, TextSize::Largest),
        (Size::new(800, 1280), TextSize::Large),
        (Size::new(1080, 1920), TextSize::Large),
    ] {
        hand.stand
            .does(anban_core::Command::Settings(anban_core::settings::Command::SetText(
                text,
            )));
        hand.stage.show(hand.stand.view(), size);
        let texts = [code(&hand, true), code(&hand, false)];
        let mut times: Vec<Duration> = (0..12)
            .map(|round| {
                hand.effects.clear();
                hand.types(&texts[round % 2]);
                let begun = Instant::now();
                hand.types("\n");
                hand.stage.show(hand.stand.view(), size);
                hand.stage.picture().unwrap();
                let took = begun.elapsed();
                let sound = if round % 2 == 0 {
                    Sound::StateGood
                } else {
                    Sound::StateBad
                };
                let is_heard = |effect: &Effect| matches!(effect, Effect::Play(played, _) if *played == sound);
                assert!(hand.stand.effects().iter().any(is_heard));
                took
            })
            .collect();
        times.sort();
        told.push(format!(
            "{}x{}: median {} ms, longest {} ms",
            size.width,
            size.height,
            times[times.len() / 2].as_millis(),
            times.last().unwrap().as_millis()
        ));
    }
    tell!("from the last key of a scan to the picture: {}", told.join("; "));
}
