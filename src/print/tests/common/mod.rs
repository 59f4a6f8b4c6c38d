//! Sheets to print, and the programs that look at the result.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anban_print::{Code, Language, Mark, Sheet};
use jiff::Timestamp;

/// What the QR code of the sample sheets says: as long as a real signed document.
pub fn code_text() -> String {
    format!(
        "AB1:{}",
        "6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N IOP-IA%NFQGRJPC%OQHIZC4.OI".repeat(4)
    )
}

pub fn qr(text: &str) -> Code {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).unwrap();
    Code {
        width: code.width(),
        height: code.width(),
        modules: code.to_colors().iter().map(|c| *c == qrcode::Color::Dark).collect(),
        quiet_zone: 4,
        caption: None,
        alt: "二维码".to_owned(),
    }
}

fn facts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(label, value)| ((*label).to_owned(), (*value).to_owned()))
        .collect()
}

pub fn chinese() -> Sheet {
    Sheet {
        language: Language::ZhHans,
        title: "健康码".into(),
        state: Some("有效".into()),
        mark: Mark::Ok,
        facts: facts(&[
            ("姓名", "李秀英"),
            ("出生日期", "1948年3月5日"),
            ("有效期到", "2026年12月1日"),
            ("签发单位", "临江市卫生健康委员会"),
        ]),
        codes: vec![Code {
            caption: Some("请扫这个码".into()),
            ..qr(&code_text())
        }],
        notes: vec![
            "这是您的纸质健康码，和手机上的一样有效。没有手机、没有网络也能用。".into(),
            "工作人员扫左边的码，就能核对真伪。".into(),
            "有疑问请打电话 12345，或到社区服务中心一楼窗口。".into(),
        ],
        footer: "安伴 2026年11月21日 9:30 打印".into(),
        folding: vec![
            "折成小卡".into(),
            "1. 沿实线剪下来。".into(),
            "2. 沿虚线一前一后折好。".into(),
            "3. 放进钱包，随身带着。".into(),
        ],
        ..Sheet::default()
    }
}

pub fn english() -> Sheet {
    Sheet {
        language: Language::En,
        title: "Health code".into(),
        state: Some("Valid".into()),
        mark: Mark::Ok,
        facts: facts(&[
            ("Name", "Li Xiuying 李秀英"),
            ("Born", "5 March 1948"),
            ("Valid until", "1 December 2026"),
            ("Issued by", "Linjiang Municipal Health Commission"),
        ]),
        codes: vec![Code { caption: Some("Scan this code".into()), ..qr(&code_text()) }],
        notes: vec![
            "This is your health code on paper. It is worth the same as the one on a phone, and needs neither phone nor network.".into(),
            "Staff scan the code to see that it is genuine.".into(),
            "Questions? Call 12345, or ask at the window on the ground floor of the community centre.".into(),
        ],
        footer: "Printed by Anban on 21 November 2026, 9:30".into(),
        folding: vec![
            "Fold it small".into(),
            "1. Cut along the solid line.".into(),
            "2. Fold along the dashes, forth and back.".into(),
            "3. Keep it in your purse.".into(),
        ],
        ..Sheet::default()
    }
}

/// A bar pattern; no symbology, only its looks.
pub fn bars() -> Code {
    let modules: Vec<bool> =
        "11010010000100100110001011101001100111001011001110010111011000101110110001101010001100011101011"
            .chars()
            .map(|c| c == '1')
            .collect();
    Code {
        width: modules.len(),
        height: 1,
        modules,
        quiet_zone: 10,
        caption: Some("6901 2345 6789 2".into()),
        alt: "条形码".into(),
    }
}

pub fn card() -> Sheet {
    Sheet {
        title: "老年人优待证".into(),
        state: Some("快到期，请换新证".into()),
        mark: Mark::Caution,
        facts: facts(&[
            ("姓名", "李秀英"),
            ("卡号", "6901 2345 6789 2"),
            ("用处", "市内公共汽车、公园、博物馆免费"),
        ]),
        codes: vec![bars()],
        notes: vec!["换证请到任一街道办事处，带身份证和一张照片。".into()],
        footer: "安伴 2026年11月21日 打印".into(),
        ..Sheet::default()
    }
}

pub fn made_at() -> Timestamp {
    "2026-11-21T01:30:00Z".parse().unwrap()
}

/// Runs a program, or fails with the name of the package that has it.
pub fn run(package: &str, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} cannot be run ({error}): install the package {package}"))
}

/// Writes a PDF into `directory` and draws its pages at 150 dpi; the pictures in page order.
pub fn pictures(directory: &Path, pdf: &[u8]) -> Vec<PathBuf> {
    pictures_at(directory, pdf, 150)
}

/// The same with so many dots an inch.
pub fn pictures_at(directory: &Path, pdf: &[u8], dots_per_inch: u32) -> Vec<PathBuf> {
    let file = directory.join("page.pdf");
    std::fs::write(&file, pdf).unwrap();
    let stem = directory.join("page");
    let out = run(
        "poppler-utils",
        "pdftoppm",
        &[
            "-r",
            &dots_per_inch.to_string(),
            "-png",
            file.to_str().unwrap(),
            stem.to_str().unwrap(),
        ],
    );
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let mut pictures: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    pictures.sort();
    pictures
}

/// What zbarimg reads on a picture.
pub fn scanned(picture: &Path) -> String {
    let out = run(
        "zbar-tools",
        "zbarimg",
        &["--quiet", "--raw", picture.to_str().unwrap()],
    );
    String::from_utf8(out.stdout).unwrap().trim_end_matches('\n').to_owned()
}

/// The text of a PDF, with its lines joined.
pub fn text(directory: &Path, pdf: &[u8]) -> String {
    let file = directory.join("text.pdf");
    std::fs::write(&file, pdf).unwrap();
    let out = run("poppler-utils", "pdftotext", &["-raw", file.to_str().unwrap(), "-"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}
