//! The three forms of paper as the world sees them: read by a scanner, measured, and read out in order.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use anban_print::{Code, Format, Press, Sheet};
use common::{chinese, code_text, english, made_at, pictures_at, qr, run, scanned, text};

/// Each form with the dots an inch at which its code has to be read, as a cheap scanner sees it.
const FORMS: [(Format, u32); 3] = [(Format::A4, 150), (Format::FoldOut, 300), (Format::Receipt, 203)];

fn in_form(format: Format, sheet: Sheet) -> Sheet {
    Sheet { format, ..sheet }
}

fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

/// What is read on any of the pages.
fn read_back(pdf: &[u8], dots_per_inch: u32) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let pages = pictures_at(directory.path(), pdf, dots_per_inch);
    pages
        .iter()
        .map(|page| scanned(page))
        .filter(|said| !said.is_empty())
        .collect()
}

#[test]
fn the_code_of_every_form_reads_back_in_both_languages() {
    let mut press = Press::new();
    for (format, dots_per_inch) in FORMS {
        for sheet in [chinese(), english()] {
            let pdf = press.pdf(&[in_form(format, sheet)], made_at()).unwrap();
            assert_eq!(read_back(&pdf, dots_per_inch), [code_text()], "{format:?}");
        }
    }
}

#[test]
fn short_and_long_codes_read_back_in_every_form() {
    let mut press = Press::new();
    // The longest is too fine for a panel, and then stands on a page of its own.
    for length in [12, 300, 700, 1_800] {
        let said: String = "A1B2".repeat(length).chars().take(length).collect();
        for (format, dots_per_inch) in FORMS {
            let sheet = Sheet {
                codes: vec![qr(&said)],
                ..chinese()
            };
            let pdf = press.pdf(&[in_form(format, sheet)], made_at()).unwrap();
            assert_eq!(
                read_back(&pdf, dots_per_inch),
                std::slice::from_ref(&said),
                "{length} on {format:?}"
            );
        }
    }
}

#[test]
fn the_dots_of_a_receipt_read_back() {
    let bitmap = Press::new().bitmap(&[chinese()]).unwrap();
    assert_eq!(bitmap.width, 576);
    let directory = tempfile::tempdir().unwrap();
    let picture = directory.path().join("receipt.pbm");
    let mut pbm = format!("P4\n{} {}\n", bitmap.width, bitmap.height).into_bytes();
    pbm.extend(&bitmap.rows);
    std::fs::write(&picture, pbm).unwrap();
    assert_eq!(scanned(&picture), code_text());
}

#[test]
fn the_paper_has_the_size_of_its_form() {
    let directory = tempfile::tempdir().unwrap();
    for (format, size) in [
        (Format::A4, "595.276 x 841.89"),
        (Format::FoldOut, "595.276 x 841.89"),
        (Format::Receipt, "226.772 x "),
    ] {
        let file = directory.path().join("sized.pdf");
        let pdf = anban_print::pdf(&[in_form(format, chinese())], made_at()).unwrap();
        std::fs::write(&file, pdf).unwrap();
        let out = run("poppler-utils", "pdfinfo", &[file.to_str().unwrap()]);
        let said = String::from_utf8(out.stdout).unwrap();
        assert!(said.contains(size), "{format:?}: {said}");
    }
}

#[test]
fn long_names_and_other_scripts_stand_whole_in_every_form() {
    let directory = tempfile::tempdir().unwrap();
    let name = "阿卜杜热合曼·买买提明·吾布力喀斯木·阿卜杜外力·托合提尼亚孜";
    for (format, _) in FORMS {
        let sheet = Sheet {
            facts: vec![
                ("姓名".into(), name.into()),
                ("ئىسمى".into(), "پاتىگۈل ئەخمەت".into()),
                ("མིང་".into(), "བཀྲ་ཤིས་".into()),
            ],
            ..in_form(format, chinese())
        };
        let found = dense(&text(directory.path(), &anban_print::pdf(&[sheet], made_at()).unwrap()));
        assert!(found.contains(&dense(name)), "{format:?}: {found}");
    }
}

#[test]
fn every_form_is_sound_and_read_out_in_the_order_in_which_it_is_seen() {
    let directory = tempfile::tempdir().unwrap();
    for (format, _) in FORMS {
        let sheet = Sheet {
            codes: vec![Code {
                caption: Some("扫这里".into()),
                ..qr("AB1:TEST")
            }],
            ..in_form(format, chinese())
        };
        let file = directory.path().join("read.pdf");
        std::fs::write(
            &file,
            anban_print::pdf(std::slice::from_ref(&sheet), made_at()).unwrap(),
        )
        .unwrap();
        let path = file.to_str().unwrap();
        let out = run("qpdf", "qpdf", &["--check", path]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
        let out = run("poppler-utils", "pdfinfo", &["-struct-text", path]);
        let read = String::from_utf8_lossy(&out.stdout).into_owned();
        let place = |what: &str| read.find(what).unwrap_or_else(|| panic!("{what} is not in {read}"));
        let mut expected = vec![
            place("H1"),
            place("有效"),
            place("李秀英"),
            place("Figure"),
            place("签发单位"),
        ];
        if format != Format::FoldOut {
            // There the front panel has the name, and the code a panel of its own.
            expected.swap(2, 3);
        }
        assert!(expected.is_sorted(), "{format:?}: {expected:?} in {read}");
        assert_eq!(read.contains("折成小卡"), format == Format::FoldOut);
    }
}
