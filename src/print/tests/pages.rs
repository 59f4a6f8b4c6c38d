//! Pages as the world sees them: drawn by poppler, scanned by zbar, checked by qpdf.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use anban_print::{Code, Language, Press, PrintError, Sheet};
use common::{card, chinese, code_text, english, made_at, pictures, qr, run, scanned, text};
use proptest::prelude::*;

fn print(sheets: &[Sheet]) -> Vec<u8> {
    anban_print::pdf(sheets, made_at()).unwrap()
}

fn page_count(directory: &std::path::Path, pdf: &[u8]) -> usize {
    let file = directory.join("count.pdf");
    std::fs::write(&file, pdf).unwrap();
    let out = run("qpdf", "qpdf", &["--show-npages", file.to_str().unwrap()]);
    String::from_utf8(out.stdout).unwrap().trim().parse().unwrap()
}

/// Without spaces and line ends: where lines break is not what is asked.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn the_code_on_paper_reads_back_as_it_was_written() {
    for sheet in [chinese(), english()] {
        let directory = tempfile::tempdir().unwrap();
        let pages = pictures(directory.path(), &print(&[sheet]));
        assert_eq!(pages.len(), 1);
        assert_eq!(scanned(&pages[0]), code_text());
    }
}

#[test]
fn codes_of_every_size_read_back() {
    for length in [1, 40, 300, 900] {
        let said = "A1".repeat(length).chars().take(length).collect::<String>();
        let directory = tempfile::tempdir().unwrap();
        let sheet = Sheet {
            codes: vec![qr(&said)],
            ..chinese()
        };
        let pages = pictures(directory.path(), &print(&[sheet]));
        assert_eq!(scanned(&pages[0]), said);
    }
}

#[test]
fn a_barcode_reads_back() {
    let directory = tempfile::tempdir().unwrap();
    let sheet = Sheet {
        codes: vec![ean13("6901234567892")],
        ..card()
    };
    let pages = pictures(directory.path(), &print(&[sheet]));
    assert_eq!(scanned(&pages[0]), "6901234567892");
}

#[test]
fn every_barcode_of_a_list_of_cards_reads_back() {
    let number = |card: usize| {
        let digits = format!("69012345{card:04}");
        let weights = [1, 3].into_iter().cycle();
        let values = digits.chars().filter_map(|c| c.to_digit(10));
        let sum: u32 = values.zip(weights).map(|(digit, weight)| digit * weight).sum();
        format!("{digits}{}", (10 - sum % 10) % 10)
    };
    let numbers: Vec<String> = (0..12).map(number).collect();
    let directory = tempfile::tempdir().unwrap();
    let sheet = Sheet {
        facts: numbers
            .iter()
            .map(|number| ("便民超市会员卡".to_owned(), number.clone()))
            .collect(),
        codes: numbers.iter().map(|number| ean13(number)).collect(),
        is_collection: true,
        ..card()
    };
    let pages = pictures(directory.path(), &print(&[sheet]));
    let mut read: Vec<String> = pages
        .iter()
        .flat_map(|page| scanned(page).lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    read.sort();
    assert_eq!(read, numbers);
}

#[test]
fn more_codes_than_anybody_has_are_refused() {
    let codes = |count| Sheet {
        codes: vec![qr("A"); count],
        ..chinese()
    };
    assert!(anban_print::pdf(&[codes(50)], made_at()).is_ok());
    let refused = anban_print::pdf(&[codes(51)], made_at());
    assert!(matches!(refused, Err(PrintError::TooLong)));
}

/// EAN-13 from its tables (ISO/IEC 15420), the bars of an ordinary loyalty card.
fn ean13(number: &str) -> Code {
    let digits: Vec<usize> = number.chars().map(|c| c.to_digit(10).unwrap() as usize).collect();
    let odd = [
        "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011",
    ];
    let parity = [
        "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL",
    ];
    let inverse = |bars: &str| {
        bars.chars()
            .map(|c| if c == '1' { '0' } else { '1' })
            .collect::<String>()
    };
    let mut bars = "101".to_owned();
    for (digit, set) in digits[1..7].iter().zip(parity[digits[0]].chars()) {
        let left = odd[*digit].to_owned();
        bars += &if set == 'L' {
            left
        } else {
            inverse(&left).chars().rev().collect()
        };
    }
    bars += "01010";
    for digit in &digits[7..] {
        bars += &inverse(odd[*digit]);
    }
    bars += "101";
    Code {
        width: bars.len(),
        height: 1,
        modules: bars.chars().map(|c| c == '1').collect(),
        quiet_zone: 11,
        caption: Some(number.to_owned()),
        alt: "条形码".to_owned(),
    }
}

#[test]
fn every_word_can_be_found_and_read_out() {
    for sheet in [chinese(), english(), card()] {
        let directory = tempfile::tempdir().unwrap();
        let found = dense(&text(directory.path(), &print(std::slice::from_ref(&sheet))));
        let facts = sheet.facts.iter().flat_map(|(label, value)| [label, value]);
        for said in [&sheet.title, &sheet.footer]
            .into_iter()
            .chain(&sheet.state)
            .chain(facts)
            .chain(&sheet.notes)
        {
            assert!(found.contains(&dense(said)), "{said} is not in {found}");
        }
    }
}

#[test]
fn the_file_is_sound_tagged_and_says_what_it_conforms_to() {
    let directory = tempfile::tempdir().unwrap();
    for sheet in [chinese(), english(), card()] {
        let pdf = print(std::slice::from_ref(&sheet));
        let file = directory.path().join("checked.pdf");
        std::fs::write(&file, &pdf).unwrap();
        let out = run("qpdf", "qpdf", &["--check", file.to_str().unwrap()]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));

        let out = run("poppler-utils", "pdfinfo", &["-struct-text", file.to_str().unwrap()]);
        // poppler writes the heading's title in its raw encoding.
        let tree = String::from_utf8_lossy(&out.stdout).into_owned();
        for element in ["H1", "Table", "TH", "TD", "Figure", "P"] {
            assert!(tree.contains(element), "no {element} in {tree}");
        }
        let out = run("poppler-utils", "pdfinfo", &["-meta", file.to_str().unwrap()]);
        let meta = String::from_utf8(out.stdout).unwrap();
        for claim in [
            "<pdfaid:part>3<",
            "<pdfaid:conformance>A<",
            "<pdfuaid:part>1<",
            &sheet.title,
            sheet.language.tag(),
        ] {
            assert!(meta.contains(claim), "no {claim} in {meta}");
        }
        let out = run("qpdf", "qpdf", &["--json", "--json-key=qpdf", file.to_str().unwrap()]);
        let objects = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(objects.contains(&format!("u:{}", sheet.language.tag())), "no language");
        assert!(objects.contains("/Alt"), "no description of the code");
    }
}

#[test]
fn every_font_is_embedded_as_a_subset() {
    let directory = tempfile::tempdir().unwrap();
    let pdf = print(&[chinese()]);
    assert!(pdf.len() < 100_000, "{} bytes", pdf.len());
    let file = directory.path().join("fonts.pdf");
    std::fs::write(&file, &pdf).unwrap();
    let out = run("poppler-utils", "pdffonts", &[file.to_str().unwrap()]);
    let fonts = String::from_utf8(out.stdout).unwrap();
    assert!(fonts.lines().count() > 2);
    for font in fonts.lines().skip(2) {
        assert!(font.contains("yes yes yes"), "not embedded, subset or mapped: {font}");
    }
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let sheets = [chinese(), english(), card()];
    let first = print(&sheets);
    let mut press = Press::new();
    assert_eq!(press.pdf(&sheets, made_at()).unwrap(), first);
    assert_eq!(press.pdf(&sheets, made_at()).unwrap(), first);
}

#[test]
fn long_texts_go_on_on_the_next_page_whole() {
    let directory = tempfile::tempdir().unwrap();
    // A line each, so that no page's foot can come between the parts of one.
    let lines: Vec<String> = (0..200).map(|n| format!("第{n}句")).collect();
    let long = lines.join("\n");
    for sheet in [
        Sheet {
            notes: vec![long.clone()],
            ..chinese()
        },
        Sheet {
            facts: vec![("说明".into(), long.clone())],
            ..chinese()
        },
        Sheet {
            facts: vec![(long.clone(), "值".into())],
            codes: Vec::new(),
            ..chinese()
        },
        Sheet {
            state: Some(long.clone()),
            ..chinese()
        },
        Sheet {
            title: long.clone(),
            ..chinese()
        },
        Sheet {
            footer: long.clone(),
            ..chinese()
        },
        Sheet {
            codes: vec![Code {
                caption: Some(long.clone()),
                ..qr("A")
            }],
            ..chinese()
        },
    ] {
        let pdf = print(&[sheet]);
        assert!(page_count(directory.path(), &pdf) > 1);
        let found = dense(&text(directory.path(), &pdf));
        let missing: Vec<_> = lines.iter().filter(|line| !found.contains(*line)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

#[test]
fn each_sheet_begins_on_a_page_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let pdf = print(&[chinese(), english(), card()]);
    assert_eq!(page_count(directory.path(), &pdf), 3);
}

#[test]
fn other_scripts_and_directions_are_printed() {
    let directory = tempfile::tempdir().unwrap();
    let sheet = Sheet {
        facts: vec![
            ("ئىسمى".into(), "پاتىگۈل ئەخمەت 12".into()),
            ("མིང་".into(), "བཀྲ་ཤིས་".into()),
        ],
        ..chinese()
    };
    let found = text(directory.path(), &print(&[sheet]));
    assert!(found.contains("بىسمى") || found.contains("ئىسمى"), "{found}");
}

#[test]
fn an_emoji_does_not_stop_a_page_and_a_letter_without_font_does() {
    let emoji = Sheet {
        notes: vec!["妈妈❤️👵🏼👨‍👩‍👧".into()],
        ..chinese()
    };
    print(&[emoji]);
    // Planes 2 and 3 are Han letters; this one is not in any font that Debian packages.
    let rare = Sheet {
        facts: vec![("姓名".into(), "李\u{323a0}".into())],
        ..chinese()
    };
    match anban_print::pdf(&[rare], made_at()) {
        Err(error @ PrintError::Font { .. }) => {
            assert!(error.to_string().contains("install fonts-noto"), "{error}");
            assert!(!error.to_string().contains('李'), "{error}");
        }
        other => panic!("{:?}", other.map(|pdf| pdf.len())),
    }
}

#[test]
fn what_cannot_make_a_page_is_refused() {
    let refused = |sheet: Sheet| anban_print::pdf(&[sheet], made_at()).unwrap_err();
    assert!(matches!(
        anban_print::pdf(&[], made_at()),
        Err(PrintError::NothingToPrint)
    ));
    assert!(matches!(
        refused(Sheet {
            title: " \u{200b}\n".into(),
            ..chinese()
        }),
        PrintError::NothingToPrint
    ));
    assert!(matches!(
        refused(Sheet {
            notes: vec!["长".repeat(4001)],
            ..chinese()
        }),
        PrintError::TooLong
    ));
    assert!(matches!(
        refused(Sheet {
            notes: vec![String::new(); 200_000],
            ..chinese()
        }),
        PrintError::TooLong
    ));
    for (width, height, count) in [(0, 0, 0), (3, 3, 8), (usize::MAX, 2, 4), (2000, 1, 2000)] {
        let code = Code {
            width,
            height,
            modules: vec![true; count],
            ..qr("A")
        };
        assert!(matches!(
            refused(Sheet {
                codes: vec![code],
                ..chinese()
            }),
            PrintError::BadCode
        ));
    }
}

#[test]
fn a_press_can_work_on_another_thread() {
    let mut press = Press::new();
    let made = std::thread::spawn(move || press.pdf(&[chinese()], made_at()).is_ok());
    assert!(made.join().unwrap());
}

/// Mostly what people write, and anything that Unicode has.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(any::<char>(), 0..2000).prop_map(String::from_iter),
        "[a-z李秀英0-9，。\u{0}-\u{1f}\u{200b}-\u{202e}\u{e000}\u{301}\u{1f600} \n]{0,300}",
        "[\u{20}-\u{7e}]{0,80}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_can_make_it_panic(
        title in any_text(), state in proptest::option::of(any_text()), label in any_text(),
        value in any_text(), note in any_text(), footer in any_text(), alt in any_text(),
        caption in proptest::option::of(any_text()), width in 1_usize..90, height in 1_usize..90,
        english in any::<bool>(),
    ) {
        let sheet = Sheet {
            language: if english { Language::En } else { Language::ZhHans },
            title, state, facts: vec![(label, value)], notes: vec![note], footer,
            codes: vec![Code { width, height, modules: vec![true; width * height], quiet_zone: 4, caption, alt }],
            ..chinese()
        };
        match anban_print_once(&sheet) {
            Ok(pdf) => prop_assert!(pdf.starts_with(b"%PDF-")),
            Err(error) => prop_assert!(!matches!(error, PrintError::Pdf(_)), "{error}"),
        }
    }

    #[test]
    fn ordinary_text_always_becomes_a_page(
        title in "[a-z李秀英]{1,20}",
        note in "[a-zA-Z李秀英0-9，。、；：？！（）“”— \n\t\u{0}\u{feff}\u{fffe}\u{200d}\u{301}\u{e000}😀❤\u{fe0f}]{0,200}",
    ) {
        let sheet = Sheet { title, notes: vec![note], ..chinese() };
        prop_assert!(anban_print_once(&sheet).is_ok());
    }
}

thread_local! {
    static PRESS: std::cell::RefCell<Press> = std::cell::RefCell::new(Press::new());
}

fn anban_print_once(sheet: &Sheet) -> Result<Vec<u8>, PrintError> {
    PRESS.with_borrow_mut(|press| press.pdf(std::slice::from_ref(sheet), made_at()))
}
