//! The answer to a code that was scanned.

use anban_core::view::VerdictView;
use anban_ui::{MainWindow, VerdictAdapter};
use slint::ComponentHandle;

use super::{Taps, choices, facts, line, line_or_none, lines, mark, refill};

pub fn bind(window: &MainWindow, taps: &Taps) {
    let taps = taps.clone();
    window.global::<VerdictAdapter>().on_chosen(move |id| taps.tapped(&id));
}

pub fn show(window: &MainWindow, view: &VerdictView) {
    let verdict = window.global::<VerdictAdapter>();
    verdict.set_mark(mark(Some(view.mark)));
    verdict.set_word(line(&view.word));
    verdict.set_name(line_or_none(view.name.as_ref()));
    verdict.set_lines(lines(&view.lines));
    verdict.set_facts(facts(&view.facts));
    refill(&verdict.get_choices(), choices(&view.choices))
        .into_iter()
        .for_each(|rows| verdict.set_choices(rows));
}
