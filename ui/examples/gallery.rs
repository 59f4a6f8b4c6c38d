//! Draws every shape of page with made-up contents, without a display, for whoever works on the `.slint` files.
//!
//! `cargo run -p anban-ui --example gallery -- DIRECTORY [WORD…]` writes one PNG a page, language, size, text setting
//! and theme; with words, only those whose file names hold all of them (`home`, `zh`, `phone`, `text4`, `dark` …).
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anban_ui::{
    Choice, CodeAdapter, Colours, EntryAdapter, Fact, FrameAdapter, HelpAdapter, HomeAdapter, Keys, Line, MainWindow,
    Mark, QuestionAdapter, Shape, Tone,
};
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use slint::{ComponentHandle, Image, ModelRc, PhysicalSize, Rgb8Pixel, SharedPixelBuffer, VecModel};

const SIZES: [(&str, u32, u32); 4] = [
    ("phone", 360, 640),
    ("tablet", 800, 1280),
    ("landscape", 1280, 800),
    ("kiosk", 1080, 1920),
];
const COLOURS: [(&str, Colours); 3] = [
    ("paper", Colours::Paper),
    ("light", Colours::Light),
    ("dark", Colours::Dark),
];

/// A page: its name and what fills it; the flag is whether to speak English.
const PAGES: [(&str, fn(&MainWindow, bool)); 16] = [
    ("home", home),
    ("home-plain", home_plain),
    ("days", days),
    ("confirm", confirm),
    ("booked", booked),
    ("settings", settings),
    ("size", size),
    ("health", health),
    ("refused", refused),
    ("card", card),
    ("entry-number", entry_number),
    ("entry-identity", entry_identity),
    ("entry-words", entry_words),
    ("help", help),
    ("help-counting", help_counting),
    ("help-cannot", help_cannot),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().expect("the directory to write to"));
    let words: Vec<String> = arguments.collect();
    std::fs::create_dir_all(&directory).expect("the directory can be made");

    slint::platform::set_platform(Box::new(TestingBackend::new(TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    })))
    .expect("the first platform");
    let window = anban_ui::open().expect("a window");
    window.show().expect("a window that can be shown");

    let mut visit = 0;
    for (page, fill) in PAGES {
        for english in [false, true] {
            for (size, width, height) in SIZES {
                for text in 1..=4 {
                    for (theme, colours) in COLOURS {
                        let language = if english { "en" } else { "zh" };
                        let name = format!("{page}_{language}_{size}_text{text}_{theme}.png");
                        if !words.iter().all(|word| name.split(['_', '.']).any(|part| part == word)) {
                            continue;
                        }
                        visit += 1;
                        let frame = window.global::<FrameAdapter>();
                        frame.set_colours(colours);
                        frame.set_text_step(text);
                        bars(&window, english);
                        fill(&window, english);
                        frame.set_visit(visit);
                        window.window().set_size(PhysicalSize::new(width, height));
                        save(&window, &directory.join(name));
                    }
                }
            }
        }
    }
    println!("{visit} pictures");
}

fn save(window: &MainWindow, path: &Path) {
    // Twice: the first one lays out what the second one draws.
    let _ = window.window().take_snapshot();
    let picture = window.window().take_snapshot().expect("a picture");
    let mut encoder = png::Encoder::new(File::create(path).expect("a file"), picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder
        .write_header()
        .expect("a header")
        .write_image_data(picture.as_bytes())
        .expect("the pixels");
}

fn model<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(rows)))
}

fn say(english: bool, chinese: &str, words: &str) -> slint::SharedString {
    if english { words.into() } else { chinese.into() }
}

fn line(part: i32, text: impl Into<slint::SharedString>) -> Line {
    Line {
        part,
        text: text.into(),
    }
}

fn choice(
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

fn fact(part: i32, label: slint::SharedString, value: slint::SharedString, strong: bool) -> Fact {
    Fact {
        part,
        label,
        value,
        strong,
    }
}

fn bars(window: &MainWindow, en: bool) {
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

fn home(window: &MainWindow, en: bool) {
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

fn home_plain(window: &MainWindow, en: bool) {
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

fn days(window: &MainWindow, en: bool) {
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

fn confirm(window: &MainWindow, en: bool) {
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

fn booked(window: &MainWindow, en: bool) {
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

fn settings(window: &MainWindow, en: bool) {
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

fn size(window: &MainWindow, en: bool) {
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

/// One pixel a module, with its quiet zone.
fn symbol(text: &str) -> Image {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).expect("a code");
    let side = code.width();
    let whole = u32::try_from(side + 8).expect("small");
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(whole, whole);
    for (at, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (at % (side + 8), at / (side + 8));
        let dark =
            (4..side + 4).contains(&x) && (4..side + 4).contains(&y) && code[(x - 4, y - 4)] == qrcode::Color::Dark;
        let level = if dark { 0 } else { 255 };
        *pixel = Rgb8Pixel {
            r: level,
            g: level,
            b: level,
        };
    }
    Image::from_rgb8(pixels)
}

/// Bars that look like Code 128, one pixel a module.
fn stripes() -> Image {
    let dark: Vec<bool> = (0..130_u32)
        .map(|at| (10..120).contains(&at) && (at * at * 7 + at * 3) % 11 < 6)
        .collect();
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(130, 1);
    for (pixel, dark) in pixels.make_mut_slice().iter_mut().zip(dark) {
        let level = if dark { 0 } else { 255 };
        *pixel = Rgb8Pixel {
            r: level,
            g: level,
            b: level,
        };
    }
    Image::from_rgb8(pixels)
}

fn health(window: &MainWindow, en: bool) {
    window.global::<FrameAdapter>().set_shape(Shape::Code);
    let page = window.global::<CodeAdapter>();
    page.set_state(line(0, say(en, "绿码 有效", "Green, valid")));
    page.set_mark(Mark::Good);
    page.set_lines(model(vec![
        line(1, say(en, "李秀英", "Li Xiuying")),
        line(2, say(en, "核酸检测证明", "Test certificate")),
    ]));
    page.set_has_symbol(true);
    page.set_symbol_linear(false);
    page.set_symbol(symbol(
        &"AB1:6BFOXN%TS3DHPVO13J /G-/2YRVA.Q/R8DTL2 9ZJCBMBEY13".repeat(5),
    ));
    page.set_symbol_label(say(en, "健康码", "Health code"));
    page.set_number(line(-1, ""));
    page.set_facts(model(vec![
        fact(
            3,
            say(en, "有效到", "Valid until"),
            say(en, "12月1日", "1 December"),
            false,
        ),
        fact(
            4,
            say(en, "更新于", "Refreshed"),
            say(en, "今天 8:05", "Today 8:05"),
            false,
        ),
        fact(
            5,
            say(en, "谁签发", "Issued by"),
            say(en, "示范市卫生健康委员会", "Demonstration City Health Commission"),
            false,
        ),
    ]));
    page.set_choices(model(vec![
        choice("print", 6, say(en, "打印出来", "Print it"), "", "print", Tone::Main),
        choice("refresh", 7, say(en, "更新", "Refresh"), "", "refresh", Tone::Plain),
        choice("remove", 8, say(en, "删掉", "Remove"), "", "delete", Tone::Plain),
    ]));
}

fn refused(window: &MainWindow, en: bool) {
    health(window, en);
    let page = window.global::<CodeAdapter>();
    page.set_state(line(0, say(en, "过期了", "Expired")));
    page.set_mark(Mark::Bad);
    page.set_lines(model(vec![line(
        1,
        say(en, "请到社区换新的。", "Please get a new one at the community centre."),
    )]));
    window.global::<FrameAdapter>().set_being_read(1);
}

fn card(window: &MainWindow, en: bool) {
    health(window, en);
    let page = window.global::<CodeAdapter>();
    page.set_state(line(0, say(en, "老年公交卡", "Senior bus card")));
    page.set_mark(Mark::None);
    page.set_lines(model(vec![]));
    page.set_symbol(stripes());
    page.set_symbol_linear(true);
    page.set_number(line(1, "6222 0210 0112 3456"));
    page.set_facts(model(vec![]));
}

fn entry(
    window: &MainWindow,
    en: bool,
    title: slint::SharedString,
    keys: Keys,
    text: &str,
    problem: slint::SharedString,
) {
    window.global::<FrameAdapter>().set_shape(Shape::Entry);
    let page = window.global::<EntryAdapter>();
    page.set_label(title.clone());
    page.set_title(line(0, title));
    page.set_lines(model(vec![]));
    page.set_keys(keys);
    page.set_text(text.into());
    page.set_longest(40);
    page.set_problem(line(1, problem));
    page.set_erase(say(en, "退格", "Erase"));
    page.set_done(choice("done", 2, say(en, "好了", "Done"), "", "check", Tone::Main));
    page.set_choices(model(vec![]));
}

fn entry_number(window: &MainWindow, en: bool) {
    entry(
        window,
        en,
        say(en, "女儿的电话？", "Daughter's number?"),
        Keys::Digits,
        "13800138000",
        "".into(),
    );
}

fn entry_identity(window: &MainWindow, en: bool) {
    let problem = say(en, "还差一位，请再看看。", "One digit is missing. Please look again.");
    entry(
        window,
        en,
        say(en, "身份证号码？", "Identity number?"),
        Keys::IdentityNumber,
        "11010519491231002",
        problem,
    );
}

fn entry_words(window: &MainWindow, en: bool) {
    let text = if en {
        "Type 2 diabetes, metformin twice a day, allergic to penicillin"
    } else {
        "二型糖尿病，早晚各一片二甲双胍，青霉素过敏"
    };
    entry(
        window,
        en,
        say(en, "医生要知道什么？", "What should a doctor know?"),
        Keys::Words,
        text,
        "".into(),
    );
    let page = window.global::<EntryAdapter>();
    page.set_lines(model(vec![line(
        3,
        say(en, "别人帮您的时候会看到。", "Whoever helps you will see it."),
    )]));
    page.set_choices(model(vec![choice(
        "none",
        4,
        say(en, "没有，跳过", "Nothing, skip"),
        "",
        "arrow_forward",
        Tone::Plain,
    )]));
}

fn help(window: &MainWindow, en: bool) {
    window.global::<FrameAdapter>().set_shape(Shape::Help);
    let page = window.global::<HelpAdapter>();
    page.set_title(line(0, say(en, "要打给谁？", "Whom shall I call?")));
    page.set_seconds_left(-1);
    page.set_number(line(-1, ""));
    page.set_big(choice(
        "120",
        1,
        say(en, "打120", "Call 120"),
        say(en, "急救", "Ambulance"),
        "ambulance",
        Tone::Help,
    ));
    page.set_facts(model(vec![]));
    page.set_choices(model(vec![
        choice(
            "a",
            2,
            say(en, "女儿 王芳", "Daughter Fang"),
            "138 0013 8000",
            "call",
            Tone::Plain,
        ),
        choice(
            "b",
            3,
            say(en, "儿子 王强", "Son Qiang"),
            "139 0013 9000",
            "call",
            Tone::Plain,
        ),
        choice(
            "110",
            4,
            say(en, "110 报警", "110 Police"),
            "",
            "local_police",
            Tone::Plain,
        ),
        choice(
            "119",
            5,
            say(en, "119 火警", "119 Fire"),
            "",
            "local_fire_department",
            Tone::Plain,
        ),
    ]));
}

fn help_counting(window: &MainWindow, en: bool) {
    help(window, en);
    let page = window.global::<HelpAdapter>();
    page.set_title(line(0, say(en, "马上打120", "Calling 120")));
    page.set_seconds_left(4);
    page.set_big(choice(
        "stop",
        1,
        say(en, "停，不打了", "Stop, don't call"),
        "",
        "stop",
        Tone::Main,
    ));
    page.set_choices(model(vec![]));
}

fn help_cannot(window: &MainWindow, en: bool) {
    help(window, en);
    let page = window.global::<HelpAdapter>();
    page.set_title(line(0, say(en, "这台机器打不了电话", "This machine can't call")));
    page.set_number(line(1, "120"));
    page.set_big(choice(
        "siren",
        2,
        say(en, "响警报", "Sound the siren"),
        "",
        "volume_up",
        Tone::Help,
    ));
    page.set_facts(model(vec![
        fact(
            3,
            say(en, "姓名", "Name"),
            say(en, "李秀英，78岁", "Li Xiuying, 78"),
            false,
        ),
        fact(
            4,
            say(en, "地址", "Address"),
            say(en, "幸福路12号3单元501", "12 Xingfu Road, unit 3, flat 501"),
            false,
        ),
        fact(
            5,
            say(en, "病史", "Medical notes"),
            say(en, "糖尿病，青霉素过敏", "Diabetes; allergic to penicillin"),
            false,
        ),
    ]));
    page.set_choices(model(vec![]));
}
