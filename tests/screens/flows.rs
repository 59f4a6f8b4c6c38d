//! Tapping through the window, as a person does: every tap hits the glass where the words stand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use anban_core::Page;
use anban_core::effect::Effect;
use anban_core::settings::TextSize;
use anban_core::wallet::CardKind;

use super::hand::Hand;

#[test]
fn a_card_is_added_by_taps_and_keys_and_then_shown() {
    let mut hand = Hand::at("wallet-empty");
    hand.taps("加一张卡").taps("照着卡写下来").taps("公交卡");
    assert_eq!(hand.page().name(), "enter-card-name");
    hand.taps("填好了");
    assert_eq!(hand.page().name(), "enter-card-number");
    for key in ["3", "1", "0", "4"] {
        hand.taps(key);
    }
    // A keyboard works beside the large keys, and so does taking back.
    hand.types("99").taps("删除").taps("填好了");
    assert_eq!(hand.page(), Page::Result);
    let card = hand.stand.core().records().cards.values().next().cloned().unwrap();
    assert_eq!((card.number.as_str(), card.kind), ("31049", CardKind::Transit));
    hand.taps("看这张卡");
    assert_eq!(hand.page(), Page::Card);
    assert!(
        hand.measured()
            .elements
            .iter()
            .any(|element| element.id.starts_with("SymbolImage::symbol"))
    );
}

#[test]
fn a_text_setting_takes_effect_as_it_is_tapped_and_the_page_stays() {
    let mut hand = Hand::at("text-size");
    let largest = |hand: &Hand| {
        let page = hand.measured();
        page.elements
            .iter()
            .filter(|e| e.scrolls)
            .filter_map(|e| e.font)
            .fold(0.0, f32::max)
    };
    let before = largest(&hand);
    hand.taps("最大");
    assert!(largest(&hand) > before * 1.2, "{before} became {}", largest(&hand));
    assert_eq!(hand.page(), Page::TextSize);
    assert_eq!(hand.stand.core().records().settings.text, TextSize::Largest);
}

#[test]
fn a_language_takes_effect_as_it_is_tapped() {
    let mut hand = Hand::at("language");
    hand.taps("English");
    assert_eq!(hand.page(), Page::Language);
    let page = hand.measured();
    assert!(page.elements.iter().any(|element| element.label == "Home"));
    assert!(!page.elements.iter().any(|element| element.label == "首页"));
    hand.taps("中文");
    assert!(hand.measured().elements.iter().any(|element| element.label == "首页"));
}

#[test]
fn a_call_for_help_counts_down_and_stops_at_a_tap() {
    let mut hand = Hand::at("home");
    hand.taps("呼救");
    assert_eq!(hand.page(), Page::Help);
    hand.taps("叫急救车 120");
    assert!(hand.effects.contains(&Effect::Siren(true)));
    hand.stand.waits(2).unwrap();
    hand.turn();
    let seconds = |hand: &Hand| {
        hand.measured()
            .elements
            .iter()
            .any(|e| e.role == "text" && e.label == "3")
    };
    assert!(seconds(&hand), "{:?}", hand.stand.view().reading);
    hand.taps("停下，不打了");
    assert!(hand.effects.contains(&Effect::Siren(false)));
    hand.stand.waits(10).unwrap();
    assert!(
        !hand
            .stand
            .effects()
            .iter()
            .any(|effect| matches!(effect, Effect::Dial { .. }))
    );
    assert!(!seconds(&hand));
}
