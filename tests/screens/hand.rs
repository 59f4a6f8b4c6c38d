//! A hand at the window: what it taps is hit where the words stand, and nothing else is done for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::RefCell;
use std::rc::Rc;

use anban::demo::{Demonstration, Look, Scene, Stand};
use anban::tour::{Measured, Size, Stage};
use anban_core::effect::Effect;
use anban_core::settings::{Language, TextSize, Theme};
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
        let look = Look {
            language: Language::Chinese,
            text: TextSize::Large,
            theme: Theme::Paper,
        };
        Self::with(scene, look)
    }

    /// The same where the profile looks so.
    pub fn with(scene: &str, look: Look) -> Self {
        let sent = Rc::new(RefCell::new(Vec::new()));
        let inbox = sent.clone();
        let stage = Stage::new(move |command| inbox.borrow_mut().push(command)).unwrap();
        stage
            .window()
            .window()
            .dispatch_event(WindowEvent::WindowActiveChanged(true));
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

    /// Taps what has these words, wherever on the page it is.
    pub fn taps(&mut self, label: &str) -> &mut Self {
        self.brought_into_sight(label)
            .mock_single_click(PointerEventButton::Left);
        self.turn();
        self
    }

    /// What has these words, after going down with 下面 as far as it takes.
    pub fn brought_into_sight(&self, label: &str) -> ElementHandle {
        for _ in 0..20 {
            if let Some(element) = self.in_sight(label) {
                return element;
            }
            let page = self.measured();
            if let Some(down) = page.elements.iter().find(|bar| bar.id == "PageFrame::down") {
                let down = self.element(&down.label).unwrap();
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
    pub fn measured(&self) -> Measured {
        self.stage.describe("now", &self.stand.view(), PHONE)
    }

    pub fn page(&self) -> Page {
        self.stand.core().page()
    }
}
