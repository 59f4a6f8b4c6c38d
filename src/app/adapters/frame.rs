//! The bars, the look, and what is being read.

use std::cell::RefCell;
use std::time::Instant;

use anban_core::settings::Theme;
use anban_core::view::{Corner, View};
use anban_core::{Command, checkpoint};
use anban_ui::{Colours, FrameAdapter, MainWindow};
use slint::ComponentHandle;

use super::{Taps, part};
use crate::outside::scanner::Scanner;

/// The family of the letters: Han characters have their Chinese shapes in this one.
const FAMILY: &str = "Noto Sans CJK SC";

pub fn bind(window: &MainWindow, taps: &Taps) {
    let frame = window.global::<FrameAdapter>();
    let sends = |command: Command| {
        let taps = taps.clone();
        move || taps.send(command.clone())
    };
    frame.on_back_asked(sends(Command::Back));
    frame.on_read_asked(sends(Command::ReadAloud));
    frame.on_home_asked(sends(Command::Home));
    frame.on_help_asked(sends(Command::CallHelp));
    let (scanner, taps) = (RefCell::new(Scanner::default()), taps.clone());
    frame.on_key_typed(move |key| {
        let (taken, text) = scanner.borrow_mut().key(&key, Instant::now());
        if let Some(text) = text {
            taps.send(Command::Checkpoint(checkpoint::Command::Scanned { text }));
        }
        taken
    });
}

pub fn show(window: &MainWindow, view: &View) {
    let frame = window.global::<FrameAdapter>();
    frame.set_window_title(view.bars.name.as_str().into());
    frame.set_font_family(FAMILY.into());
    frame.set_colours(match view.theme {
        Theme::Paper => Colours::Paper,
        Theme::Light => Colours::Light,
        Theme::Dark => Colours::Dark,
    });
    frame.set_text_step(i32::from(view.text.step()));
    match &view.bars.corner {
        Corner::Back(word) => {
            frame.set_corner_is_back(true);
            frame.set_back(word.as_str().into());
        }
        Corner::Day { date, lunar } => {
            frame.set_corner_is_back(false);
            frame.set_date(date.as_str().into());
            frame.set_lunar(lunar.as_str().into());
        }
    }
    frame.set_read(view.bars.read.as_str().into());
    frame.set_reading(view.bars.reading);
    frame.set_home(view.bars.home.as_str().into());
    frame.set_help(view.bars.help.as_str().into());
    frame.set_up(view.bars.up.as_str().into());
    frame.set_down(view.bars.down.as_str().into());
    frame.set_caption(view.caption.as_deref().unwrap_or_default().into());
    frame.set_being_read(view.being_read.map_or(-1, part));
    frame.set_takes_scans(view.takes_scans);
    // Last: it is what makes the page begin at its top again, when all of it is there.
    frame.set_visit(i32::try_from(view.visit % (1 << 30)).unwrap_or(0));
}
