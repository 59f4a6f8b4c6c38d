//! The call for help.

use anban_core::view::HelpView;
use anban_ui::{HelpAdapter, MainWindow};
use slint::ComponentHandle;

use super::{Taps, choice, choices, facts, line, line_or_none, refill};

pub fn bind(window: &MainWindow, taps: &Taps) {
    let taps = taps.clone();
    window.global::<HelpAdapter>().on_chosen(move |id| taps.tapped(&id));
}

pub fn show(window: &MainWindow, view: &HelpView) {
    let help = window.global::<HelpAdapter>();
    help.set_title(line(&view.title));
    help.set_seconds_left(
        view.seconds_left
            .and_then(|left| i32::try_from(left).ok())
            .unwrap_or(-1),
    );
    help.set_number(line_or_none(view.number.as_ref()));
    help.set_big(choice(&view.big));
    help.set_facts(facts(&view.facts));
    refill(&help.get_choices(), choices(&view.choices))
        .into_iter()
        .for_each(|rows| help.set_choices(rows));
}
