//! `anban export` and `anban import`: a wallet goes out of one profile and into another, as after a lost telephone.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anban_core::app::{Command as AppCommand, Page};
use anban_core::cash::{Command as Cash, Piece, Purpose};
use anban_core::entry::Field;
use serde_json::{Value, json};

use crate::common::archive::archive;
use crate::common::person::Person;
use crate::common::{Home, repository};

const PASSPHRASE: &str = "春天 door 7";

fn list() -> &'static str {
    "_id,store,note,cardid,barcodetype,starstatus\n1,便民超市,门口那家,6901234567892,EAN_13,1\n2,图书馆,,A-77,QR_CODE,0\n"
}

/// A profile with two cards, a photograph of one, a purse that was counted, and something spent.
fn filled() -> Home {
    let home = Home::new();
    let mut picture = std::io::Cursor::new(Vec::new());
    let pixels = image::RgbImage::from_fn(300, 200, |x, y| image::Rgb([(x % 256) as u8, (y % 200) as u8, 90]));
    pixels.write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let list = archive(&[
        ("catima.csv", list().as_bytes()),
        ("card_1_front.png", picture.get_ref()),
    ]);
    let file = home.file("catima.zip", list);
    let told = home.run(&["import", file.to_str().unwrap()]).done().json();
    assert_eq!(told["added"].as_array().unwrap().len(), 2);
    let mut person = Person::at(&home, &[]);
    person.opens(Page::Purse);
    for piece in [Piece::Yuan50, Piece::Coin1, Piece::Coin1] {
        person.does(AppCommand::Cash(Cash::Put(piece)));
    }
    person.does(AppCommand::Cash(Cash::BeginSpending));
    person.enters(Field::SpentAmount, "16.8");
    person.does(AppCommand::Cash(Cash::SpentOn(Purpose::Groceries)));
    person.leaves();
    home
}

/// All of that, as [`kinds`] counts it.
fn everything() -> BTreeMap<&'static str, usize> {
    [("card", 2), ("purse", 1), ("spending", 1)].into()
}

/// How many of each kind there are.
fn kinds(added: &[Value]) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for thing in added {
        *kinds.entry(thing["kind"].as_str().unwrap()).or_default() += 1;
    }
    kinds
}

/// What importing a wallet's file adds, without what is new each time.
fn added(home: &Home, file: &Path, more: &[&str]) -> Vec<Value> {
    let told = home
        .run(&[&["import", file.to_str().unwrap()], more].concat())
        .done()
        .json();
    assert_eq!(told["skipped"], json!([]));
    told["added"].as_array().unwrap().clone()
}

fn exported(home: &Home, name: &str, more: &[&str]) -> PathBuf {
    let out = home.path().join(name);
    let ran = home.run(&[&["export", "--out", out.to_str().unwrap()], more].concat());
    assert_eq!(ran.done().stdout, "", "there is no data to print");
    out
}

/// The file, locked or opened by somebody else's program.
fn elsewhere(what: &str, file: &[u8]) -> Vec<u8> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository("target"), PathBuf::from);
    let mut run = Command::new(repository("tests/tools/age-file/age-file"))
        .args([what, PASSPHRASE])
        .env("ANBAN_AGE_FILE", target.join("tools/age-file"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 can't be run: install the package python3");
    let (mut stdin, content) = (run.stdin.take().unwrap(), file.to_vec());
    let fed = std::thread::spawn(move || stdin.write_all(&content));
    let done = run.wait_with_output().unwrap();
    fed.join().unwrap().unwrap();
    assert!(done.status.success(), "run .ci/tools");
    done.stdout
}

#[test]
fn a_lost_purse_is_restored_from_its_file() {
    let home = filled();
    let file = exported(&home, "wallet.zip", &[]);
    let other = Home::new();
    let things = added(&other, &file, &[]);
    assert_eq!(kinds(&things), everything());
    let shop = things.iter().find(|thing| thing["name"] == "便民超市").unwrap();
    assert_eq!(
        (&shop["photos"], &shop["pinned"], &shop["note"]),
        (&json!(1), &json!(true), &json!("门口那家"))
    );
    assert_eq!(shop["code"], json!({ "symbology": "Ean13", "text": "6901234567892" }));
    // Once more adds nothing, and what goes out there is the same.
    assert_eq!(other.run(&["import", file.to_str().unwrap()]).code, Some(1));
    let again = exported(&other, "again.zip", &[]);
    let (one, two) = (content(&file), content(&again));
    assert_eq!(one["cards"].as_array().unwrap().len(), 2);
    assert_eq!(one["purse"]["holds"], json!({ "Yuan50": 1, "Coin1": 2 }));
    let spent: Vec<_> = one["spendings"].as_array().unwrap().iter().collect();
    assert_eq!(spent.len(), 1);
    assert_eq!(
        (&spent[0]["amount"], &spent[0]["purpose"]),
        (&json!(1_680), &json!("groceries"))
    );
    assert_eq!(one, two);
}

/// What a wallet's file says, without when it was made. Photographs get new ids each time: each of them has to be
/// there, whatever it is called.
fn content(file: &Path) -> Value {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    let mut content: Value = serde_json::from_reader(archive.by_name("wallet.json").unwrap()).unwrap();
    assert!(content.as_object_mut().unwrap().remove("made_at").is_some());
    let mut named = 0;
    for card in content["cards"].as_array_mut().unwrap() {
        let Some(Value::Object(photos)) = card.get_mut("photos") else {
            continue;
        };
        for id in photos.values_mut() {
            let name = format!("photos/{}.jpg", id.as_str().unwrap());
            assert!(archive.index_for_name(&name).is_some(), "{name} is not in the file");
            *id = json!("a photograph");
            named += 1;
        }
    }
    assert_eq!(named, 1);
    content
}

#[test]
fn a_locked_wallet_is_opened_by_its_passphrase_here_and_by_another_program() {
    let home = filled();
    let right = home.file("right", format!("{PASSPHRASE}\n"));
    let with = |file: &Path| ["--passphrase-file".to_owned(), file.to_str().unwrap().to_owned()];
    let with_right: [String; 2] = with(&right);
    let with_right: Vec<&str> = with_right.iter().map(String::as_str).collect();
    let file = exported(&home, "wallet.zip.age", &with_right);
    assert_eq!(kinds(&added(&Home::new(), &file, &with_right)), everything());

    let opened = home.file("opened.zip", elsewhere("open", &std::fs::read(&file).unwrap()));
    assert_eq!(kinds(&added(&Home::new(), &opened, &[])), everything());
    let locked = home.file("theirs.age", elsewhere("lock", &std::fs::read(&opened).unwrap()));
    assert_eq!(kinds(&added(&Home::new(), &locked, &with_right)), everything());

    let wrong = home.file("wrong", "another door");
    let with_wrong = with(&wrong);
    let damaged = home.file("damaged.age", &std::fs::read(&file).unwrap()[..2_000]);
    let mut said = Vec::new();
    for (file, more) in [
        (&file, &[][..]),
        (&file, &[with_wrong[0].as_str(), &with_wrong[1]][..]),
        (&damaged, &with_right[..]),
    ] {
        let other = Home::new();
        let ran = other.run(&[&["import", file.to_str().unwrap()], more].concat());
        ran.could_not();
        assert_eq!(ran.json()["added"], json!([]));
        said.push(ran.json()["skipped"][0]["why"].as_str().unwrap().to_owned());
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 3, "each has a sentence of its own: {said:?}");
}

#[test]
fn an_empty_wallet_is_not_exported_and_a_newer_one_not_taken_in() {
    let home = Home::new();
    let ran = home.run(&["export", "--out", home.path().join("x.zip").to_str().unwrap()]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.lines().count()),
        (Some(1), "", 1),
        "{ran:?}"
    );
    let newer = br#"{"format":"anban-wallet","version":2,"made_at":"2026-11-22T01:00:00Z"}"#;
    let file = home.file("newer.zip", archive(&[("wallet.json", newer)]));
    home.run(&["import", file.to_str().unwrap()]).could_not();
}
