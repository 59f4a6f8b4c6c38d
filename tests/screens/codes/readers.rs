//! Two readers of codes that have nothing in common, ZXing-C++ and ZBar, through `tests/tools/code-read`.
//!
//! All pictures of a kind are read in one call, since starting the readers costs as much as reading many. Bytes are
//! compared and not letters: which letters they are taken for where a code does not say so is each reader's guess.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anban::tour::{Picture, Place};

use crate::kinds::Kind;

/// What each reader found on a picture: the bytes of each code in hexadecimal digits.
pub type Read = BTreeMap<String, Vec<String>>;

/// Writes a part of a picture in the form that the readers take: a grey PGM.
pub fn write(picture: &Picture, place: &Place, to: &Path) {
    let mut pgm = format!("P5\n{} {}\n255\n", place.x.len(), place.y.len()).into_bytes();
    pgm.extend(picture.luma(place));
    std::fs::write(to, pgm).unwrap();
}

/// What is read on each picture.
pub fn read(kind: &Kind, pictures: &[PathBuf]) -> Vec<Read> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mut run = Command::new(root.join("tests/tools/code-read/code-read"))
        .arg(kind.zxing)
        .args(kind.zbar.iter().map(u32::to_string))
        .env("ANBAN_CODE_READ", target.join("tools/code-read"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 can't be run: install the package python3");
    let paths: Vec<&str> = pictures.iter().map(|picture| picture.to_str().unwrap()).collect();
    let paths = paths.join("\n");
    run.stdin.take().unwrap().write_all(paths.as_bytes()).unwrap();
    let done = run.wait_with_output().unwrap();
    assert!(done.status.success(), "the readers can't be run: run .ci/tools");
    let lines = std::str::from_utf8(&done.stdout).unwrap().lines();
    let read: Vec<Read> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read.len(), pictures.len());
    read
}

/// Whether exactly this text was read.
pub fn agrees(kind: &Kind, text: &str, read: &[String]) -> bool {
    let [read] = read else { return false };
    let latin: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
    let expected = latin.unwrap_or_else(|| text.as_bytes().to_vec());
    let found: Vec<u8> = (0..read.len() / 2)
        .map(|at| u8::from_str_radix(&read[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    (kind.plain)(&expected) == (kind.plain)(&found)
}
