//! Tapping through the window, as a person does: every tap hits the glass where the words stand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::RefCell;
use std::rc::Rc;

use anban::demo::{Demonstration, Look, Scene, Stand};
use anban::tour::{Measured, Size, Stage};
use anban_core::effect::Effect;
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::wallet::CardKind;
use anban_core::{Command, Page};
use i_slint_backend_testing::ElementHandle;
use slint::ComponentHandle;
use slint::platform::{PointerEventButton, WindowEvent};

pub(crate) const PHONE: Size = Size::new(360, 640);

/// A window, the core behind it, and what was asked of the outside.
pub(crate) struct Hand {
    pub stage: Stage,
    sent: Rc<RefCell<Vec<Command>>>,
    pub stand: Stand,
    pub effects: Vec<Effect>,
}

impl Hand {
    pub fn at(scene: &str) -> Self {
        let sent = Rc::new(RefCell::new(Vec::new()));
        let inbox = sent.clone();
        let stage = Stage::new(move |command| inbox.borrow_mut().push(command)).unwrap();
        stage
            .window()
            .window()
            .dispatch_event(WindowEvent::WindowActiveChanged(true));
        let look = Look {
            language: Language::Chinese,
            text: TextSize::Large,
            theme: Theme::Paper,
        };
        let stand = Demonstration::new()
            .unwrap()
            .stand(Scene::named(scene).unwrap(), look)
            .unwrap();
        let hand = Self {
            stage,
            sent,
            stand,
            effects: Vec::new(),
        };
        hand.stage.show(hand.stand.view(), PHONE);
        hand
    }

    /// What the window has sent is carried out, and shown.
    pub fn turn(&mut self) {
        let commands: Vec<Command> = self.sent.borrow_mut().drain(..).collect();
        for command in commands {
            self.stand.does(command);
            self.effects.extend(self.stand.effects().to_vec());
        }
        self.stage.show(self.stand.view(), PHONE);
    }

    /// What has these words and is in sight.
    pub fn element(&self, label: &str) -> Option<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.stage.window(), label).next()
    }

    /// Taps what has these words, after going down with 下面 as far as it takes.
    pub fn taps(&mut self, label: &str) -> &mut Self {
        for _ in 0..20 {
            if let Some(element) = self.in_sight(label) {
                element.mock_single_click(PointerEventButton::Left);
                self.turn();
                return self;
            }
            if let Some(down) = self.element("下面") {
                down.mock_single_click(PointerEventButton::Left);
            }
        }
        panic!("{label:?} can't be brought into sight: {:?}", self.stand.view().reading);
    }

    /// The element with these words, if its middle is between the bars or it is in one.
    fn in_sight(&self, label: &str) -> Option<ElementHandle> {
        let (page, element) = (self.measured(), self.element(label)?);
        let middle = element.absolute_position().y + element.size().height / 2.0;
        let in_bar = page.elements.iter().any(|bar| !bar.scrolls && bar.label == label);
        let seen = page.area.is_none_or(|area| (area.y..area.y + area.h).contains(&middle));
        (in_bar || seen).then_some(element)
    }

    pub fn types(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            let text: slint::SharedString = key.into();
            let window = self.stage.window().window();
            window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
            window.dispatch_event(WindowEvent::KeyReleased { text });
            let commands: Vec<Command> = self.sent.borrow_mut().drain(..).collect();
            commands.into_iter().for_each(|command| self.stand.does(command));
        }
        self
    }

    /// What stands on the page now, wherever it is scrolled to.
    fn measured(&self) -> Measured {
        self.stage.describe("now", &self.stand.view(), PHONE)
    }

    pub fn page(&self) -> Page {
        self.stand.core().page()
    }
}

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
