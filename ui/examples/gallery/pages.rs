//! Made-up home pages and questions, in Chinese and English.

use anban_ui::{Choice, Fact, FrameAdapter, HomeAdapter, MainWindow, Mark, QuestionAdapter, Shape, Tone};
use slint::ComponentHandle;

use crate::parts::{choice, fact, line, model, say};

fn tiles(en: bool) -> Vec<Choice> {
    vec![
        choice("code", 2, say(en, "健康码", "Health code"), "", "qr_code_2", Tone::Main),
        choice(
            "doctor",
            3,
            say(en, "看病挂号", "See a doctor"),
            "",
            "stethoscope",
            Tone::Plain,
        ),
        choice("cards", 4, say(en, "我的卡包", "My cards"), "", "wallet", Tone::Plain),
        choice(
            "print",
            5,
            say(en, "打印证明", "Print a paper"),
            "",
            "print",
            Tone::Plain,
        ),
        choice("settings", 6, say(en, "设置", "Settings"), "", "settings", Tone::Plain),
    ]
}

pub fn home(window: &MainWindow, en: bool) {
    home_plain(window, en);
    let text = say(
        en,
        "明天上午九点半，心内科，带医保卡",
        "Tomorrow 9:30, cardiology. Bring your card.",
    );
    window
        .global::<HomeAdapter>()
        .set_today(model(vec![choice("slip", 1, text, "", "event", Tone::Plain)]));
}

pub fn home_plain(window: &MainWindow, en: bool) {
    window.global::<FrameAdapter>().set_corner_is_back(false);
    window.global::<FrameAdapter>().set_shape(Shape::Home);
    let page = window.global::<HomeAdapter>();
    page.set_greeting(line(0, say(en, "上午好，李秀英", "Good morning, Xiuying")));
    page.set_today(model(vec![]));
    page.set_tiles(model(tiles(en)));
}

fn question(
    window: &MainWindow,
    title: slint::SharedString,
    mark: Mark,
    lines: Vec<slint::SharedString>,
    facts: Vec<Fact>,
    choices: Vec<Choice>,
) {
    window.global::<FrameAdapter>().set_shape(Shape::Question);
    let page = window.global::<QuestionAdapter>();
    page.set_title(line(0, title));
    page.set_mark(mark);
    page.set_lines(model(lines.into_iter().map(|text| line(1, text)).collect()));
    page.set_facts(model(facts));
    page.set_choices(model(choices));
}

pub fn days(window: &MainWindow, en: bool) {
    let choices = vec![
        choice(
            "1",
            1,
            say(en, "明天 星期一", "Tomorrow, Monday"),
            say(en, "上午还有号", "Places in the morning"),
            "schedule",
            Tone::Plain,
        ),
        choice(
            "2",
            2,
            say(en, "后天 星期二", "Tuesday"),
            say(en, "上午、下午都有号", "Places all day"),
            "schedule",
            Tone::Plain,
        ),
        choice(
            "3",
            3,
            say(en, "25日 星期三", "Wednesday 25"),
            say(en, "下午还有号", "Places in the afternoon"),
            "schedule",
            Tone::Plain,
        ),
        choice(
            "4",
            4,
            say(en, "不预约，直接去", "Go without booking"),
            say(en, "今天现场还有十二个号", "12 places at the counter today"),
            "location_on",
            Tone::Plain,
        ),
    ];
    question(
        window,
        say(en, "您想哪天去看？", "Which day suits you?"),
        Mark::None,
        vec![],
        vec![],
        choices,
    );
}

fn confirm_facts(en: bool) -> Vec<Fact> {
    vec![
        fact(1, say(en, "时间", "When"), say(en, "上午九点半", "9:30"), true),
        fact(
            2,
            say(en, "哪天", "Day"),
            say(en, "明天 星期一", "Tomorrow, Monday"),
            false,
        ),
        fact(
            3,
            say(en, "医院", "Hospital"),
            say(en, "市第一医院", "First City Hospital"),
            false,
        ),
        fact(4, say(en, "科室", "Department"), say(en, "心内科", "Cardiology"), false),
    ]
}

pub fn confirm(window: &MainWindow, en: bool) {
    let choices = vec![
        choice("yes", 5, say(en, "对，挂号", "Yes, book it"), "", "check", Tone::Main),
        choice("no", 6, say(en, "不对", "No"), "", "close", Tone::Plain),
    ];
    question(
        window,
        say(en, "这样对吗？", "Is this right?"),
        Mark::None,
        vec![],
        confirm_facts(en),
        choices,
    );
    window.global::<FrameAdapter>().set_being_read(3);
}

pub fn booked(window: &MainWindow, en: bool) {
    let lines = vec![say(
        en,
        "现在没有网络。网络一通，就替您挂号，不会挂两次。",
        "There is no network. It will be sent once, when the network is back.",
    )];
    let choices = vec![
        choice(
            "print",
            5,
            say(en, "打印预约单", "Print the slip"),
            "",
            "print",
            Tone::Main,
        ),
        choice("cancel", 6, say(en, "不去了", "Don't go"), "", "delete", Tone::Plain),
        choice(
            "call",
            7,
            say(en, "打电话问", "Ask by telephone"),
            "0571-5555 0100",
            "call",
            Tone::Plain,
        ),
    ];
    let title = say(en, "还没确认", "Not confirmed yet");
    question(window, title, Mark::Waiting, lines, confirm_facts(en), choices);
    window.global::<FrameAdapter>().set_caption(say(
        en,
        "现在没有网络。网络一通，就替您挂号。",
        "There is no network. It will be sent when the network is back.",
    ));
}

pub fn settings(window: &MainWindow, en: bool) {
    let rows = [
        ("字有多大", "How large", "大", "Large", "text_fields"),
        ("颜色", "Colours", "纸色", "Paper", "contrast"),
        ("声音", "Voice", "打开，慢一点", "On, calm", "volume_up"),
        ("语言", "Language", "普通话", "English", "translate"),
        ("我的资料", "About me", "李秀英", "Li Xiuying", "person"),
        ("呼救找谁", "Whom to call", "女儿、儿子", "Daughter, son", "group"),
        ("存了什么", "What is stored", "", "", "folder"),
        (
            "给帮忙的人",
            "For helpers",
            "服务器、打印机",
            "Hub and printer",
            "build",
        ),
    ];
    let choices = rows
        .iter()
        .zip(1..)
        .map(|((zh, words, note_zh, note, icon), part)| {
            choice(
                words,
                part,
                say(en, zh, words),
                say(en, note_zh, note),
                icon,
                Tone::Plain,
            )
        })
        .collect();
    question(
        window,
        say(en, "您要改什么？", "What would you like to change?"),
        Mark::None,
        vec![],
        vec![],
        choices,
    );
}

pub fn size(window: &MainWindow, en: bool) {
    let choices = vec![
        choice("1", 2, say(en, "标准", "Standard"), "", "text_fields", Tone::Plain),
        choice("2", 3, say(en, "大", "Large"), "", "text_fields", Tone::Chosen),
        choice("3", 4, say(en, "特大", "Larger"), "", "text_fields", Tone::Plain),
        choice("4", 5, say(en, "最大", "Largest"), "", "text_fields", Tone::Plain),
        choice("go", 6, say(en, "就这样", "This is good"), "", "check", Tone::Main),
    ];
    let lines = vec![say(en, "现在看到的就是这么大。", "This is how large words are now.")];
    question(
        window,
        say(en, "字要多大？", "How large?"),
        Mark::None,
        lines,
        vec![],
        choices,
    );
}
