use std::fs::OpenOptions;

use anban_core::store::StoreNotice;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// Opens a profile whose database was spoilt, and sees that the copy of `noon` is there, the spoilt file was set
/// aside as it was, and the work goes on.
fn the_copy_is_opened(folder: &Path) -> Result<(), TestCaseError> {
    let spoilt = fs::read(database(folder)).ok();
    let mut opened = open_at(folder, days_later(1)).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(opened.notice, Some(StoreNotice::Restored { copied_at: noon() }));
    prop_assert_eq!(opened.store.load(), Ok(with(&[person(), draft("朝阳区")])));
    if let Some(spoilt) = spoilt {
        let kept = set_aside(folder, "anban.db");
        prop_assert_eq!(kept.len(), 1);
        prop_assert!(fs::read(&kept[0]).unwrap() == spoilt, "set aside as it was");
    }

    opened.store.commit(&[draft("after")]).unwrap();
    opened.store.close().unwrap();
    prop_assert_eq!(open_sound(folder).load(), Ok(with(&[person(), draft("after")])));
    Ok(())
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

#[test]
fn one_flipped_bit_anywhere_brings_the_copy_back() {
    let sound = filled_profile();
    let length = fs::metadata(database(sound.path())).unwrap().len() as usize;
    runner(40)
        .run(&(0..length, 0..8_u32), |(at, bit)| {
            let folder = tempfile::tempdir().unwrap();
            copy_folder(sound.path(), folder.path());
            let mut bytes = fs::read(database(folder.path())).unwrap();
            bytes[at] ^= 1 << bit;
            fs::write(database(folder.path()), bytes).unwrap();
            the_copy_is_opened(folder.path())
        })
        .unwrap();
}

#[test]
fn a_file_cut_off_anywhere_brings_the_copy_back() {
    let sound = filled_profile();
    let length = fs::metadata(database(sound.path())).unwrap().len();
    runner(16)
        .run(&prop_oneof![Just(0), Just(length - 1), 0..length], |length| {
            let folder = tempfile::tempdir().unwrap();
            copy_folder(sound.path(), folder.path());
            let file = OpenOptions::new().write(true).open(database(folder.path())).unwrap();
            file.set_len(length).unwrap();
            the_copy_is_opened(folder.path())
        })
        .unwrap();
}

#[test]
fn a_zeroed_header_brings_the_copy_back() {
    let folder = filled_profile();
    let mut bytes = fs::read(database(folder.path())).unwrap();
    bytes[..100].fill(0);
    fs::write(database(folder.path()), bytes).unwrap();
    the_copy_is_opened(folder.path()).unwrap();
}

#[test]
fn a_file_of_another_kind_brings_the_copy_back() {
    let folder = filled_profile();
    fs::write(
        database(folder.path()),
        "SQLite format 3\0 or something else".repeat(400),
    )
    .unwrap();
    the_copy_is_opened(folder.path()).unwrap();
}

#[test]
fn a_folder_in_the_place_of_the_file_brings_the_copy_back() {
    let folder = filled_profile();
    fs::remove_file(database(folder.path())).unwrap();
    fs::create_dir(database(folder.path())).unwrap();
    fs::write(database(folder.path()).join("note"), "kept").unwrap();
    the_copy_is_opened(folder.path()).unwrap();
    assert_eq!(set_aside(folder.path(), "note").len(), 1);
}

#[test]
fn a_file_that_is_gone_brings_the_copy_back() {
    let folder = filled_profile();
    fs::remove_file(database(folder.path())).unwrap();
    the_copy_is_opened(folder.path()).unwrap();
}

#[test]
fn a_damaged_copy_is_set_aside_and_the_one_before_it_is_opened() {
    let folder = filled_profile();
    let mut store = open_at(folder.path(), days_later(1)).unwrap().store;
    store.commit(&[draft("newer")]).unwrap();
    store.close().unwrap();
    let copies = files_in(&folder.path().join("copies"));
    let newest = copies.last().unwrap();
    fs::write(newest, "spoilt").unwrap();
    fs::write(database(folder.path()), "spoilt").unwrap();

    let mut opened = open_at(folder.path(), days_later(2)).unwrap();
    assert!(matches!(opened.notice, Some(StoreNotice::Restored { .. })));
    assert_eq!(opened.store.load(), Ok(with(&[person(), draft("朝阳区")])));
    let name = newest.file_name().unwrap().to_str().unwrap();
    assert_eq!(set_aside(folder.path(), name).len(), 1);
}

#[test]
fn a_damaged_file_without_a_copy_is_set_aside_and_everything_starts_anew() {
    let folder = filled_profile();
    fs::remove_dir_all(folder.path().join("copies")).unwrap();
    fs::write(database(folder.path()), "spoilt").unwrap();

    let mut opened = open_at(folder.path(), noon()).unwrap();
    assert_eq!(opened.notice, Some(StoreNotice::StartedAnew));
    assert_eq!(opened.store.load(), Ok(Records::default()));
    opened.store.commit(&[person()]).unwrap();
    opened.store.close().unwrap();
    let kept = set_aside(folder.path(), "anban.db");
    assert_eq!(fs::read(&kept[0]).unwrap(), b"spoilt");
    assert_eq!(open_sound(folder.path()).load(), Ok(with(&[person()])));
}

#[test]
fn records_that_this_version_can_not_read_are_damage() {
    let folder = filled_profile();
    let store = open_sound(folder.path());
    let connection = store.connection.as_ref().unwrap();
    connection
        .execute("UPDATE singles SET body = '{\"name\": 7}' WHERE id = 'profile'", [])
        .unwrap();
    drop(store);
    the_copy_is_opened(folder.path()).unwrap();
}

#[test]
fn what_is_set_aside_twice_in_a_second_is_kept_twice() {
    let folder = filled_profile();
    for content in ["first", "second"] {
        fs::write(database(folder.path()), content).unwrap();
        assert!(open_at(folder.path(), noon()).unwrap().notice.is_some());
    }
    let mut kept: Vec<Vec<u8>> = set_aside(folder.path(), "anban.db")
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    kept.sort();
    assert_eq!(kept, [b"first".to_vec(), b"second".to_vec()]);
}

#[test]
fn a_wrong_key_sets_everything_aside_and_with_the_right_one_it_can_be_read_again() {
    let folder = filled_profile();
    let right = fs::read_to_string(folder.path().join("key")).unwrap();
    fs::write(folder.path().join("key"), format!("here {}\n", "5a".repeat(32))).unwrap();

    let mut opened = open_at(folder.path(), days_later(1)).unwrap();
    assert_eq!(opened.notice, Some(StoreNotice::StartedAnew));
    assert_eq!(opened.store.load(), Ok(Records::default()));
    opened.store.commit(&[draft("new life")]).unwrap();
    opened.store.close().unwrap();
    assert_eq!(open_sound(folder.path()).load(), Ok(with(&[draft("new life")])));

    let rescued = tempfile::tempdir().unwrap();
    fs::copy(&set_aside(folder.path(), "anban.db")[0], database(rescued.path())).unwrap();
    fs::write(rescued.path().join("key"), right).unwrap();
    assert_eq!(
        open_sound(rescued.path()).load(),
        Ok(with(&[person(), draft("朝阳区")]))
    );
}

#[test]
fn a_journal_without_its_database_does_not_meet_the_next_one() {
    let folder = filled_profile();
    let mut store = open_sound(folder.path());
    store.commit(&[draft("only in the journal")]).unwrap();
    let crashed = tempfile::tempdir().unwrap();
    copy_folder(folder.path(), crashed.path());
    assert!(fs::metadata(crashed.path().join("anban.db-wal")).unwrap().len() > 0);
    fs::remove_file(database(crashed.path())).unwrap();
    the_copy_is_opened(crashed.path()).unwrap();
    assert_eq!(set_aside(crashed.path(), "anban.db-wal").len(), 1);
}
