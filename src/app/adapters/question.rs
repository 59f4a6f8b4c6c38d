//! Pages with one question.

use anban_core::view::QuestionView;
use anban_ui::{MainWindow, QuestionAdapter};
use slint::ComponentHandle;

use super::{Taps, choices, facts, line, lines, mark, model, part, refill};

pub fn bind(window: &MainWindow, taps: &Taps) {
    let taps = taps.clone();
    window.global::<QuestionAdapter>().on_chosen(move |id| taps.tapped(&id));
}

pub fn show(window: &MainWindow, view: &QuestionView) {
    let question = window.global::<QuestionAdapter>();
    question.set_title(line(&view.title));
    question.set_mark(mark(view.mark));
    question.set_lines(lines(&view.lines));
    question.set_facts(facts(&view.facts));
    question.set_details(facts(&view.details));
    question.set_bars(model(view.bars.iter().map(|bar| anban_ui::Bar {
        part: part(bar.part),
        label: bar.label.as_str().into(),
        value: bar.value.as_str().into(),
        share: f32::from(bar.permille.min(1000)) / 1000.0,
    })));
    refill(&question.get_choices(), choices(&view.choices))
        .into_iter()
        .for_each(|rows| question.set_choices(rows));
}
