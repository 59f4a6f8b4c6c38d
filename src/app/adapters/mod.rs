//! From views to the window, and from taps to commands.
//!
//! One file for each global of the window. Each takes its part of the view as it is and sets the global's properties;
//! nothing here decides anything. What has not changed is not set again, so that the focus and the place of scrolling
//! stay where they are. A tap names a button; the command that the button stands for is looked up in the view that is
//! shown, so that a tap that comes late can't hit what has taken the button's place.

mod breaks;
mod code;
mod entry;
mod frame;
mod help;
mod home;
mod money;
mod question;
mod show;
mod verdict;

use std::cell::RefCell;
use std::rc::Rc;

use anban_core::Command;
use anban_core::view::{Body, Choice, Fact, Icon, Line, Mark, Tone, View};
use anban_ui::{FrameAdapter, MainWindow, Shape};
use slint::{ComponentHandle, Model, ModelRc, VecModel};

/// The window, the view that it shows, and where taps go.
pub struct Shown {
    window: MainWindow,
    view: Rc<RefCell<Option<View>>>,
}

/// What the callbacks of the window share.
#[derive(Clone)]
struct Taps {
    view: Rc<RefCell<Option<View>>>,
    send: Rc<dyn Fn(Command)>,
}

impl Taps {
    /// A button was tapped.
    fn tapped(&self, id: &str) {
        let command = self.view.borrow().as_ref().and_then(|view| {
            view.body
                .choices()
                .find(|choice| choice.id == id)
                .map(|choice| choice.command.clone())
        });
        if let Some(command) = command {
            self.send(command);
        }
    }

    fn send(&self, command: Command) {
        (self.send)(command);
    }
}

impl Shown {
    /// Binds the window's callbacks; commands go to `send`.
    pub fn new(window: MainWindow, send: impl Fn(Command) + 'static) -> Self {
        let view = Rc::new(RefCell::new(None));
        let taps = Taps {
            view: view.clone(),
            send: Rc::new(send),
        };
        frame::bind(&window, &taps);
        home::bind(&window, &taps);
        question::bind(&window, &taps);
        code::bind(&window, &taps);
        entry::bind(&window, &taps);
        help::bind(&window, &taps);
        verdict::bind(&window, &taps);
        show::bind(&window, &taps);
        money::bind(&window, &taps);
        Self { window, view }
    }

    /// The window.
    #[must_use]
    pub fn window(&self) -> &MainWindow {
        &self.window
    }

    /// Shows a view.
    pub fn show(&self, view: View) {
        let old = self.view.replace(None);
        if old
            .as_ref()
            .is_none_or(|old| old.body != view.body || old.visit != view.visit)
        {
            match &view.body {
                Body::Home(body) => home::show(&self.window, body),
                Body::Question(body) => question::show(&self.window, body),
                Body::Code(body) => code::show(&self.window, body),
                Body::Entry(body) => entry::show(&self.window, body),
                Body::Help(body) => help::show(&self.window, body),
                Body::Verdict(body) => verdict::show(&self.window, body),
                Body::Show(body) => show::show(&self.window, body),
                Body::Money(body) => money::show(&self.window, body),
            }
        }
        frame::show(&self.window, &view);
        self.window.global::<FrameAdapter>().set_shape(match view.body {
            Body::Home(_) => Shape::Home,
            Body::Question(_) => Shape::Question,
            Body::Code(_) => Shape::Code,
            Body::Entry(_) => Shape::Entry,
            Body::Help(_) => Shape::Help,
            Body::Verdict(_) => Shape::Verdict,
            Body::Show(_) => Shape::Show,
            Body::Money(_) => Shape::Money,
        });
        self.view.replace(Some(view));
    }
}

fn model<T: Clone + 'static>(rows: impl IntoIterator<Item = T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from_iter(rows))
}

/// Sets the rows of a model in place where their number is the same, so that the drawn rows and the focus stay.
fn refill<T: Clone + PartialEq + 'static>(old: &ModelRc<T>, rows: Vec<T>) -> Option<ModelRc<T>> {
    if old.row_count() != rows.len() {
        return Some(model(rows));
    }
    for (at, row) in rows.into_iter().enumerate() {
        if old.row_data(at).as_ref() != Some(&row) {
            old.set_row_data(at, row);
        }
    }
    None
}

fn part(part: usize) -> i32 {
    i32::try_from(part).unwrap_or(-1)
}

fn line(line: &Line) -> anban_ui::Line {
    anban_ui::Line {
        part: part(line.part),
        text: line.text.as_str().into(),
        drawn: breaks::kept_together(&line.text).into(),
    }
}

/// A line that may not be there: an empty text.
fn line_or_none(of: Option<&Line>) -> anban_ui::Line {
    of.map_or(
        anban_ui::Line {
            part: -1,
            text: slint::SharedString::default(),
            drawn: slint::SharedString::default(),
        },
        line,
    )
}

fn lines(of: &[Line]) -> ModelRc<anban_ui::Line> {
    model(of.iter().map(line))
}

fn facts(of: &[Fact]) -> ModelRc<anban_ui::Fact> {
    model(of.iter().map(|fact| anban_ui::Fact {
        part: part(fact.part),
        label: fact.label.as_str().into(),
        value: fact.value.as_str().into(),
        drawn: breaks::kept_together(&fact.value).into(),
        strong: fact.strong,
    }))
}

fn choice(of: &Choice) -> anban_ui::Choice {
    anban_ui::Choice {
        id: of.id.as_str().into(),
        part: part(of.part),
        text: of.text.as_str().into(),
        note: of.note.as_str().into(),
        drawn: breaks::kept_together(&of.text).into(),
        drawn_note: breaks::kept_together(&of.note).into(),
        icon: icon(of.icon).into(),
        tone: match of.tone {
            Tone::Main => anban_ui::Tone::Main,
            Tone::Plain => anban_ui::Tone::Plain,
            Tone::Chosen => anban_ui::Tone::Chosen,
            Tone::Help => anban_ui::Tone::Help,
        },
        mark: mark(of.mark),
    }
}

fn choices(of: &[Choice]) -> Vec<anban_ui::Choice> {
    of.iter().map(choice).collect()
}

fn mark(of: Option<Mark>) -> anban_ui::Mark {
    match of {
        None => anban_ui::Mark::None,
        Some(Mark::Good) => anban_ui::Mark::Good,
        Some(Mark::Caution) => anban_ui::Mark::Caution,
        Some(Mark::Bad) => anban_ui::Mark::Bad,
        Some(Mark::Waiting) => anban_ui::Mark::Waiting,
    }
}

/// The name of a picture, as the core writes it.
fn icon(icon: Icon) -> String {
    serde_json::to_value(icon)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pictures_are_in_snake_case() {
        assert_eq!(icon(Icon::QrCode2), "qr_code_2");
        assert_eq!(icon(Icon::LocalFireDepartment), "local_fire_department");
    }
}
