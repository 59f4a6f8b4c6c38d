//! Very large words to hold out to somebody.

use anban_core::view::ShowView;
use anban_ui::{MainWindow, ShowAdapter};
use slint::ComponentHandle;

use super::{Taps, choices, line, line_or_none, lines, refill};

pub fn bind(window: &MainWindow, taps: &Taps) {
    let taps = taps.clone();
    window.global::<ShowAdapter>().on_chosen(move |id| taps.tapped(&id));
}

pub fn show(window: &MainWindow, view: &ShowView) {
    let show = window.global::<ShowAdapter>();
    show.set_sentence(line(&view.sentence));
    show.set_other(line_or_none(view.other.as_ref()));
    show.set_lines(lines(&view.lines));
    show.set_grounds(lines(&view.grounds));
    refill(&show.get_choices(), choices(&view.choices))
        .into_iter()
        .for_each(|rows| show.set_choices(rows));
}
