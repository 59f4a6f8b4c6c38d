//! Printing on a printer that others wrote: `ippeveprinter`, the IPP Everywhere reference printer.
//!
//! The test starts itself again in `namespace`, so that the printer's announcements stay there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod namespace;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anban_print::{Bitmap, Document, JobState, Need, Press, PrintError, Printable, Printer, Takes};
use namespace::until;

#[test]
fn a_real_printer_gets_every_byte_and_says_what_it_lacks() {
    if let Some(directory) = namespace::beside_printers("a_real_printer_gets_every_byte_and_says_what_it_lacks") {
        beside_the_printers(&directory);
    }
}

/// A printer once it answers.
fn up(port: u16) -> Printer {
    let printer = Printer::parse(&format!("ipp://localhost:{port}/ipp/print")).unwrap();
    until(|| printer.status().is_ok());
    printer
}

/// Pages of dots arrive at a printer without PDF, and CUPS' own reader finds each dot in its place.
fn sheets(printer: &Printer, directory: &Path) {
    let Takes::Sheets { dots_per_inch } = printer.status().unwrap().takes else {
        panic!("{:?}", printer.status());
    };
    assert_eq!(dots_per_inch, 300);
    let sheet = common::chinese();
    let made = Press::new()
        .printable(
            &[sheet.clone(), sheet],
            printer.status().unwrap().takes,
            common::made_at(),
        )
        .unwrap();
    let Printable::Sheets { pages, .. } = &made else {
        panic!("no sheets");
    };
    let page = &pages[0];
    // A4 in dots, and its code can be read.
    assert_eq!((page.width, page.height), (2481, 3508));
    let picture = directory.join("page.pbm");
    let head = format!("P4\n{} {}\n", page.width, page.height);
    std::fs::write(&picture, [head.as_bytes(), &page.rows].concat()).unwrap();
    assert_eq!(common::scanned(&picture), common::code_text());
    let id = printer.print("健康码", made.document()).unwrap().id.unwrap();
    until(|| printer.job(id).unwrap().state == JobState::Completed);
    let spooled = std::fs::read_dir(directory.join("sheets"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let out = Command::new("ippeveps")
        .arg(spooled.path())
        .env("CONTENT_TYPE", "image/pwg-raster")
        .output()
        .unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success() && !said.contains("ERROR"), "{said}");
    let drawn = String::from_utf8(out.stdout).unwrap();
    let drawn: Vec<_> = drawn.split("%%Page: ").skip(1).collect();
    assert_eq!(drawn.len(), pages.len());
    for (drawn, page) in drawn.iter().zip(pages) {
        assert!(rows(drawn, page) == page.rows);
    }
}

/// The rows of a page in the PostScript of `ippeveps`: each that is not white is called by its
/// number from below and follows as grey in ASCII85.
fn rows(postscript: &str, like: &Bitmap) -> Vec<u8> {
    let mut picture = Bitmap::white(like.width, like.height).unwrap();
    let mut lines = postscript.lines();
    while let Some(line) = lines.next() {
        let Some(below) = line.strip_suffix(" L").and_then(|number| number.parse::<usize>().ok()) else {
            continue;
        };
        let mut text = String::new();
        while !text.ends_with("~>") {
            text.push_str(lines.next().unwrap());
        }
        let grey = ascii85(text.trim_end_matches("~>"));
        assert_eq!(grey.len(), like.width);
        for (x, grey) in grey.iter().enumerate() {
            assert!(matches!(grey, 0 | 255));
            if *grey == 0 {
                picture.blacken(x, like.height - 1 - below);
            }
        }
    }
    picture.rows
}

fn ascii85(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut group = Vec::new();
    let mut push = |group: &[u8]| {
        let mut digits = group.to_vec();
        digits.resize(5, b'u');
        let number = digits
            .iter()
            .fold(0_u64, |number, digit| number * 85 + u64::from(digit - b'!'));
        bytes.extend_from_slice(&u32::try_from(number).unwrap().to_be_bytes()[..group.len() - 1]);
    };
    for digit in text.bytes() {
        match digit {
            b'z' => push(b"!!!!!"),
            _ => group.push(digit),
        }
        if group.len() == 5 {
            push(&group);
            group.clear();
        }
    }
    if !group.is_empty() {
        push(&group);
    }
    bytes
}

fn beside_the_printers(directory: &Path) {
    let pdf = anban_print::pdf(&[common::chinese()], common::made_at()).unwrap();

    let printer = up(18631);
    let status = printer.status().unwrap();
    assert!(status.known);
    assert_eq!((status.takes, status.needs), (Takes::Pdf, None));
    let report = printer.print("健康码", Document::Pdf(&pdf)).unwrap();
    until(|| printer.job(report.id.unwrap()).unwrap().state == JobState::Completed);
    let spooled: Vec<_> = std::fs::read_dir(directory.join("spool"))
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(spooled == [pdf.clone()], "{} files", spooled.len());

    // The same printer with TLS, and the certificate that it has made itself.
    let private = Printer::parse("ipps://localhost:18631/ipp/print").unwrap();
    assert_eq!(private.job(report.id.unwrap()).unwrap().state, JobState::Completed);

    // At rest it says "-report", the mildest degree, whatever is wrong. The job is taken and waits,
    // and the person is told for what. Errors, which keep a job from being sent, are tried in
    // `network.rs`.
    let grumbling = up(18632);
    let first = grumbling.print("健康码", Document::Pdf(&pdf)).unwrap();
    until(|| grumbling.job(first.id.unwrap()).unwrap().state == JobState::Completed);
    until(|| grumbling.status().unwrap().needs.is_some());
    assert_eq!(grumbling.status().unwrap().needs, Some(Need::Paper));
    let second = grumbling.print("健康码", Document::Pdf(&pdf)).unwrap();
    assert_eq!(second.needs, Some(Need::Paper));
    std::thread::sleep(Duration::from_secs(1));
    let later = grumbling.job(second.id.unwrap()).unwrap();
    assert_ne!(later.state, JobState::Completed);
    assert_eq!(later.needs, Some(Need::Paper));
    let unknown = grumbling.job(second.id.unwrap() + 1);
    assert!(
        matches!(unknown, Err(PrintError::RefusedJob { status: 0x0406 })),
        "{unknown:?}"
    );

    let raster = up(18633);
    assert!(matches!(
        raster.print("健康码", Document::Pdf(&pdf)),
        Err(PrintError::FormatNotSupported)
    ));
    sheets(&raster, directory);

    let pid = std::env::var("ANBAN_PRINTER_PID").unwrap();
    assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    let start = Instant::now();
    until(|| {
        matches!(
            printer.print("健康码", Document::Pdf(&pdf)),
            Err(PrintError::Unreachable)
        )
    });
    assert!(start.elapsed() < Duration::from_secs(6));
}
