//! Cards of others' making: files with several, and codes in several parts.

#![allow(clippy::unwrap_used)]

use anban_credential::read;

use super::Command;
use crate::app::{Command as AppCommand, Page};
use crate::effect::{FileContent, ReadCode};
use crate::symbol::Symbology;
use crate::testing::{Bench, Region};

/// A SMART Health Card of somebody whom no trust list knows.
const CARD: &str = concat!(
    "eyJ6aXAiOiJERUYiLCJhbGciOiJFUzI1NiIsImtpZCI6Ik1kUWQ0dWFfNWJvMWZrSHlqOXFPUTU4QWRaQ2pMeU4waXdZaTFFM2Fl",
    "ZEUifQ.fZG7TsMwFIbf5bA6adxWVPWIWNiQuCwog-OcNkaOE_lSUapILExIvAYrL4X6Ghy3KVOFt3P7_v-Xd6C9BwFNCL0Xk0mD0",
    "oQmxxfZ9gbzzq2Bga1WIPjicrbg06IoGGwUiB2EbY8gnv5ufStdGAFKutpfHIssFVAyUA5rtEFLcxerZ1QhUVaNdo_ovO4s-",
    "ZjnRc5JMnWvoq0Nph2HvotO4f1BEcYBGx2A6owhWiIwIAG3JVtEjsY8OEMLp3tR0MKpOAO-lUHTfYosWzxCZKsN8WD_-UH9td6gT",
    "aH3X28_799QDpSr0pT7WoaE4Mv5MuPTbMZhGNhZE_x_EzdtG61-",
    "lWMeH2SI_pAyfUnAmsDlQO8X.xnsUEFFFis4XXWt7GVuGoLbO5ojew7Ra_ved9eZ8ap34CGe8I4iY0Bzm4ppsE8tJIJzgpsOH6nm",
    "DQhW1J9dbnA",
);

/// The texts of the codes that the card comes in when it is split.
fn parts(count: usize) -> Vec<String> {
    let piece = CARD.len().div_ceil(count);
    let digits = |piece: &[u8]| piece.iter().map(|byte| format!("{:02}", byte - 45)).collect::<String>();
    let pieces = CARD.as_bytes().chunks(piece).map(digits).enumerate();
    pieces
        .map(|(number, digits)| format!("shc:/{}/{count}/{digits}", number + 1))
        .collect()
}

fn reads(bench: &mut Bench, codes: &[&str]) {
    let code = |text: &&str| ReadCode {
        symbology: Symbology::Qr,
        text: (*text).to_owned(),
    };
    let codes = codes.iter().map(code).collect();
    bench.opens(Page::Files).reads(Ok(FileContent::Picture { codes }));
}

fn kept(bench: &Bench) -> Vec<String> {
    bench
        .core
        .records()
        .documents
        .values()
        .map(|kept| kept.text.clone())
        .collect()
}

#[test]
fn a_card_in_several_codes_is_collected_in_any_order_and_the_next_part_is_named() {
    let mut bench = Region::new().bench();
    let parts = parts(3);
    reads(&mut bench, &[&parts[2]]);
    assert_eq!(bench.title(), "这张码一共有 3 张");
    assert!(bench.says().contains("还差 2 张，请加第 1 张"), "{}", bench.says());
    assert!(kept(&bench).is_empty());
    // The same one again does no harm.
    reads(&mut bench, &[&parts[2]]);
    assert!(bench.says().contains("还差 2 张"), "{}", bench.says());
    assert_eq!(bench.taps("document-part-next").page(), Page::Files);
    let text = parts[0].clone();
    bench.does(AppCommand::HealthCode(Command::Import { text }));
    assert!(bench.says().contains("还差 1 张，请加第 2 张"), "{}", bench.says());
    reads(&mut bench, &[&parts[1]]);
    assert_eq!(bench.title(), "收好了");
    assert_eq!(kept(&bench), [read(CARD).unwrap().text()]);
    let view = bench.taps("document-kept-show").view();
    assert!(
        view.reading.iter().any(|line| line.starts_with("王秀兰的")),
        "{:?}",
        view.reading
    );
}

#[test]
fn all_parts_in_one_picture_make_the_card_at_once() {
    let mut bench = Region::new().bench();
    let parts = parts(4);
    let codes: Vec<&str> = ["6901234567892"]
        .into_iter()
        .chain(parts.iter().rev().map(String::as_str))
        .collect();
    reads(&mut bench, &codes);
    assert_eq!((bench.title().as_str(), kept(&bench).len()), ("收好了", 1));
}

#[test]
fn a_part_of_another_card_begins_anew() {
    let mut bench = Region::new().bench();
    reads(&mut bench, &[&parts(3)[0]]);
    let other = parts(2);
    reads(&mut bench, &[&other[0]]);
    assert_eq!(bench.title(), "这张码一共有 2 张");
    reads(&mut bench, &[&other[1]]);
    assert_eq!(kept(&bench).len(), 1);
}

#[test]
fn parts_that_make_no_card_are_refused_and_forgotten() {
    let mut bench = Region::new().bench();
    reads(&mut bench, &["shc:/1/2/5676", "shc:/2/2/5676"]);
    assert_eq!(bench.title(), "这张收不进来");
    reads(&mut bench, &["shc:/1/2/5676"]);
    assert!(bench.says().contains("还差 1 张"), "{}", bench.says());
}

#[test]
fn the_cards_of_a_file_are_all_kept_and_one_undoing_takes_them_back() {
    let mut bench = Region::new().bench();
    let long = CARD.replacen('.', "..", 1);
    let file = format!(r#"{{"verifiableCredential":["{CARD}","{long}"]}}"#);
    bench.opens(Page::Files).reads(Ok(FileContent::Text(file)));
    assert_eq!(
        (bench.title().as_str(), kept(&bench).len()),
        ("收好了", 1),
        "the broken one is left out"
    );
    bench.taps("result-undo");
    assert!(kept(&bench).is_empty());
    let none = format!(r#"{{"verifiableCredential":["{long}"]}}"#);
    bench.opens(Page::Files).reads(Ok(FileContent::Text(none)));
    assert_eq!(bench.title(), "这张收不进来");
}
