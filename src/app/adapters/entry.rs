//! A text or number to type.

use anban_core::Command;
use anban_core::view::{Body, EntryView};
use anban_ui::{EntryAdapter, Keys, MainWindow};
use slint::ComponentHandle;

use super::{Taps, choice, choices, line, line_or_none, lines, refill};

pub fn bind(window: &MainWindow, taps: &Taps) {
    let entry = window.global::<EntryAdapter>();
    let (edited, finished, chosen) = (taps.clone(), taps.clone(), taps.clone());
    entry.on_chosen(move |id| chosen.tapped(&id));
    entry.on_edited(move |text| {
        if let Some((field, _)) = open_field(&edited) {
            edited.send(Command::Type {
                field,
                text: text.into(),
            });
        }
    });
    entry.on_finished(move |text| {
        if let Some((_, done)) = open_field(&finished) {
            finished.send(done.with_text(&text));
        }
    });
}

/// The field that is open, and the command that ends it.
fn open_field(taps: &Taps) -> Option<(anban_core::entry::Field, Command)> {
    match &taps.view.borrow().as_ref()?.body {
        Body::Entry(entry) => Some((entry.field, entry.done.command.clone())),
        _ => None,
    }
}

pub fn show(window: &MainWindow, view: &EntryView) {
    let entry = window.global::<EntryAdapter>();
    entry.set_title(line(&view.title));
    entry.set_lines(lines(&view.lines));
    entry.set_label(view.label.as_str().into());
    entry.set_example(view.example.as_str().into());
    entry.set_longest(i32::try_from(view.longest).unwrap_or(i32::MAX));
    entry.set_keys(match view.keys {
        anban_core::entry::Keys::Words => Keys::Words,
        anban_core::entry::Keys::Digits => Keys::Digits,
        anban_core::entry::Keys::IdentityNumber => Keys::IdentityNumber,
        anban_core::entry::Keys::Money => Keys::Money,
        anban_core::entry::Keys::NetworkAddress => Keys::NetworkAddress,
    });
    entry.set_problem(line_or_none(view.problem.as_ref()));
    let at = |index: usize| i32::try_from(index).unwrap_or(0);
    let mistake = view.mistake.as_ref();
    entry.set_mistake(line_or_none(mistake.map(|mistake| &mistake.why)));
    entry.set_mistake_from(mistake.map_or(0, |mistake| at(mistake.from)));
    entry.set_mistake_to(mistake.map_or(0, |mistake| at(mistake.to)));
    entry.set_point(view.point.as_str().into());
    entry.set_erase(view.erase.as_str().into());
    entry.set_text(view.text.as_str().into());
    entry.set_done(choice(&view.done));
    refill(&entry.get_choices(), choices(&view.choices))
        .into_iter()
        .for_each(|rows| entry.set_choices(rows));
}
