//! Short ways to write the rows that pages are filled with, and the bars that all of them share.

use std::rc::Rc;

use anban_ui::{Choice, Fact, FrameAdapter, Line, MainWindow, Tone};
use slint::{ComponentHandle, ModelRc, VecModel};

pub fn model<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(rows)))
}

pub fn say(english: bool, chinese: &str, words: &str) -> slint::SharedString {
    if english { words.into() } else { chinese.into() }
}

pub fn line(part: i32, text: impl Into<slint::SharedString>) -> Line {
    Line {
        part,
        text: text.into(),
    }
}

pub fn choice(
    id: &str,
    part: i32,
    text: impl Into<slint::SharedString>,
    note: impl Into<slint::SharedString>,
    icon: &str,
    tone: Tone,
) -> Choice {
    Choice {
        id: id.into(),
        part,
        text: text.into(),
        note: note.into(),
        icon: icon.into(),
        tone,
    }
}

pub fn fact(part: i32, label: slint::SharedString, value: slint::SharedString, strong: bool) -> Fact {
    Fact {
        part,
        label,
        value,
        strong,
    }
}

pub fn bars(window: &MainWindow, en: bool) {
    let frame = window.global::<FrameAdapter>();
    frame.set_corner_is_back(true);
    frame.set_back(say(en, "返回", "Back"));
    frame.set_date(say(en, "11月22日 星期日", "Sun 22 Nov"));
    frame.set_lunar(say(en, "十月十四 小雪", "Light Snow"));
    frame.set_read(say(en, "读给我听", "Read to me"));
    frame.set_reading(false);
    frame.set_home(say(en, "首页", "Home"));
    frame.set_help(say(en, "呼救", "Help"));
    frame.set_up(say(en, "上面", "Up"));
    frame.set_down(say(en, "下面", "Down"));
    frame.set_caption("".into());
    frame.set_being_read(-1);
}
