//! A profile that another program has open, that is damaged, or that is none.

use std::fs;

use anban_core::Command;
use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::view::Mark;
use anban_core::wallet::{self, CardKind};

use crate::common::Home;
use crate::common::person::{Person, choices, question, tells};

#[test]
fn a_profile_that_is_open_already_is_refused_in_one_line_and_the_first_program_goes_on() {
    let home = Home::new();
    let mut first = Person::welcomed(&home, &[], "王秀英");
    for arguments in [
        vec!["headless"],
        vec!["import", "nothing.pkpass"],
        vec!["print", "card", "--out", "nothing.pdf"],
    ] {
        let ran = home.run(&arguments);
        ran.could_not();
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
    let view = first.does(Command::Home).view;
    assert!(view.reading[0].contains("王秀英"));
    first.leaves();
}

#[test]
fn a_damaged_profile_is_repaired_from_its_copy_and_the_first_page_says_so_in_two_sentences() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    person.does(Command::Wallet(wallet::Command::Add(CardKind::Elder)));
    person.enters(Field::CardName, "老年卡");
    person.enters(Field::CardNumber, "9001");
    person.leaves();
    fs::write(home.profile().join("anban.db"), vec![b'?'; 40_000]).unwrap();

    let mut person = Person::at(&home, &[]);
    let view = person.does(Command::Incoming(anban_core::app::Incoming::Tick)).view;
    assert_eq!((view.page, question(&view).mark), (Page::Result, Some(Mark::Caution)));
    tells(&view, "store-restored-title");
    assert_eq!(
        question(&view).lines.len(),
        1,
        "one line below the title, of two sentences"
    );
    assert_eq!(
        question(&view).lines[0].text.matches('。').count(),
        2,
        "{:?}",
        question(&view).lines
    );
    let wallet = person.opens(Page::Wallet);
    assert_eq!(choices(&wallet)[1].text, "老年卡", "behind cash");
    person.leaves();
    assert!(
        fs::read_dir(home.profile().join("set-aside")).unwrap().count() > 0,
        "nothing is deleted"
    );
    // It is said once.
    let mut person = Person::at(&home, &[]);
    assert_eq!(person.does(Command::Home).view.page, Page::Home);
}

#[test]
fn a_profile_without_any_good_copy_begins_anew_and_says_so() {
    let home = Home::new();
    Person::welcomed(&home, &[], "王秀英").leaves();
    fs::write(home.profile().join("anban.db"), "?").unwrap();
    for copy in fs::read_dir(home.profile().join("copies")).unwrap() {
        fs::write(copy.unwrap().path(), "?").unwrap();
    }
    let mut person = Person::at(&home, &[]);
    let view = person.does(Command::Incoming(anban_core::app::Incoming::Tick)).view;
    assert_eq!(view.page, Page::Result);
    tells(&view, "store-anew-title");
}

#[test]
fn a_folder_that_cannot_be_a_profile_is_refused_in_one_line() {
    let home = Home::new();
    let file = home.file("file", "");
    let below = file.join("profile");
    for path in [file.to_str().unwrap(), below.to_str().unwrap()] {
        let ran = crate::common::Ran::from(home.anban(&["headless", "--profile", path]).output().unwrap());
        ran.could_not();
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(fs::read(&file).unwrap(), b"");
}
