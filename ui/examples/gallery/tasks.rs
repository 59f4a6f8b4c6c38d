//! Made-up codes, entries and calls for help, in Chinese and English.

use anban_ui::{CodeAdapter, EntryAdapter, FrameAdapter, HelpAdapter, Keys, MainWindow, Mark, Shape, Tone};
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use crate::parts::{choice, fact, line, model, say};

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

pub fn health(window: &MainWindow, en: bool) {
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

pub fn refused(window: &MainWindow, en: bool) {
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

pub fn card(window: &MainWindow, en: bool) {
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

pub fn entry_number(window: &MainWindow, en: bool) {
    entry(
        window,
        en,
        say(en, "女儿的电话？", "Daughter's number?"),
        Keys::Digits,
        "13800138000",
        "".into(),
    );
}

pub fn entry_identity(window: &MainWindow, en: bool) {
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

pub fn entry_words(window: &MainWindow, en: bool) {
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

pub fn help(window: &MainWindow, en: bool) {
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

pub fn help_counting(window: &MainWindow, en: bool) {
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

pub fn help_cannot(window: &MainWindow, en: bool) {
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
