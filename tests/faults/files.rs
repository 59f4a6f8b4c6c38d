//! Files that are not what they should be, as a person picks them by mistake.

use std::fs::{self, File};
use std::path::PathBuf;

use anban_core::Command;
use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::view::Mark;
use anban_core::wallet::{self, CardKind};

use crate::common::person::{Person, kept, question, tells};
use crate::common::{Home, Ran};

fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = image::GrayImage::from_fn(width, height, |x, y| image::Luma([((x * 7 + y * 3) % 251) as u8]));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A file for each way to be wrong, and the key of the sentence that says it.
fn wrong_files(home: &Home) -> Vec<(PathBuf, &'static str)> {
    let large = home.path().join("large.png");
    File::create(&large).unwrap().set_len(50 << 20).unwrap();
    let folder = home.path().join("folder.png");
    fs::create_dir(&folder).unwrap();
    let whole = png(300, 300);
    vec![
        (home.path().join("gone.png"), "file-unreadable"),
        (folder, "file-wrong-kind"),
        (home.file("empty.png", ""), "file-empty"),
        (home.file("blank.txt", " \r\n\t\n"), "file-empty"),
        (large, "file-too-large"),
        (
            home.file(
                "noise.bin",
                (0..9_999_u32).map(|n| (n * n % 255) as u8).collect::<Vec<_>>(),
            ),
            "file-wrong-kind",
        ),
        (home.file("cut.png", &whole[..whole.len() / 2]), "file-wrong-kind"),
        (home.file("holiday.png", &whole), "file-no-code"),
        (home.file("letter.txt", "亲爱的妈妈：见信好。"), "document-unreadable"),
        (
            home.file(
                "cut.txt",
                "HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N IOP-IA%NFQGRJ",
            ),
            "document-unreadable",
        ),
        (home.file("cut anban.txt", "AB1:6BF"), "document-unreadable"),
        (
            home.file("card.txt", "shc:/5676290952432060346029243740446031222959532654603460"),
            "document-unreadable",
        ),
        (
            home.file("page.html", "<html><body>404</body></html>"),
            "document-unreadable",
        ),
        (home.file("deep.json", "[".repeat(100_000)), "document-unreadable"),
        (
            home.file("archive.zip", b"PK\x03\x04 and then nothing of the kind"),
            "import-damaged",
        ),
    ]
}

/// A home in which something is kept already.
fn with_a_card() -> Home {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    person.does(Command::Wallet(wallet::Command::Add(CardKind::Elder)));
    person.enters(Field::CardName, "老年卡");
    person.enters(Field::CardNumber, "9001");
    person.leaves();
    home
}

#[test]
fn each_wrong_file_gets_its_own_sentence_on_the_page_and_nothing_is_lost() {
    let home = with_a_card();
    let before = kept(&home).0;
    let mut person = Person::at(&home, &[]);
    for (path, key) in wrong_files(&home) {
        let path = path.to_str().unwrap().to_owned();
        let view = person
            .does(Command::HealthCode(health_code::Command::ImportFile {
                path: path.clone(),
            }))
            .view;
        assert_eq!(
            (view.page, question(&view).mark),
            (Page::Result, Some(Mark::Bad)),
            "{path}"
        );
        tells(&view, key);
        assert!(
            !view
                .reading
                .iter()
                .any(|part| part.contains(home.path().to_str().unwrap())),
            "a path is no word for a person"
        );
    }
    person.leaves();
    assert_eq!(kept(&home).0, before);
}

#[test]
fn anban_import_says_in_one_line_why_a_file_was_not_taken() {
    let home = with_a_card();
    let before = kept(&home).0;
    for (path, _) in wrong_files(&home) {
        let ran = home.run(&["import", path.to_str().unwrap()]);
        ran.could_not();
        let told = ran.json();
        assert_eq!(told["added"].as_array().unwrap().len(), 0, "{told}");
        assert!(
            told["skipped"][0]["why"].as_str().unwrap().chars().count() > 10,
            "{told}"
        );
    }
    assert_eq!(kept(&home).0, before);
}

#[test]
fn anban_verify_calls_none_of_them_valid() {
    let home = Home::new();
    for (path, key) in wrong_files(&home) {
        let ran = Ran::from(home.anban(&["verify", path.to_str().unwrap()]).output().unwrap());
        // What has a text is read and found wanting; the rest can't be read at all.
        if key.starts_with("document") {
            assert_eq!(
                (ran.code, &ran.json()["valid"], ran.stderr.as_str()),
                (Some(1), &false.into(), ""),
                "{path:?}"
            );
        } else {
            ran.could_not();
            assert_eq!(ran.stdout, "", "{path:?}");
        }
    }
}
