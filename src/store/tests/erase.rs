use anban_core::settings::Settings;

use super::*;

/// Whether a piece of `old`, 64 bytes long, is anywhere in the files of `folder`.
fn holds_a_piece_of(folder: &Path, old: &[u8]) -> bool {
    files_in(folder).iter().any(|path| {
        let content = fs::read(path).unwrap();
        old.chunks_exact(64)
            .any(|piece| content.windows(64).any(|window| window == piece))
    })
}

fn key_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("key")).unwrap()
}

#[test]
fn erasing_leaves_nothing_but_what_was_set_after_it() {
    let folder = filled_profile();
    fs::write(database(folder.path()), "spoilt, so that something is set aside").unwrap();
    let mut store = open_at(folder.path(), noon()).unwrap().store;
    store.commit(&[draft("海淀区")]).unwrap();
    let old_key = key_of(folder.path());
    let old: Vec<u8> = files_in(folder.path())
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending != "new"))
        .flat_map(|path| fs::read(path).unwrap())
        .collect();
    assert!(holds_a_piece_of(folder.path(), &old));

    let settings = Settings {
        welcomed: true,
        ..Settings::default()
    };
    store
        .commit(&[Change::EraseAll, Change::Settings(settings.clone())])
        .unwrap();

    let left: Vec<String> = files_in(folder.path())
        .iter()
        .map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(left, ["anban.db", "key", "lock"]);
    assert!(!holds_a_piece_of(folder.path(), &old));
    assert_ne!(key_of(folder.path()), old_key);
    assert_eq!(key_of(folder.path()).lines().count(), 1);
    assert_eq!(store.load(), Ok(with(&[Change::Settings(settings.clone())])));

    // And the work goes on.
    store.commit(&[person()]).unwrap();
    store.close().unwrap();
    assert_eq!(
        open_sound(folder.path()).load(),
        Ok(with(&[Change::Settings(settings), person()]))
    );
}

#[test]
fn an_erasing_that_was_cut_short_is_finished_at_the_next_start() {
    let folder = filled_profile();
    let old_key = key_of(folder.path());
    let mut store = open_sound(folder.path());
    // What `commit` does first, and then the power fails.
    crate::rows::write(store.connection.as_mut().unwrap(), &[Change::EraseAll]).unwrap();
    drop(store);
    assert_eq!(files_in(&folder.path().join("copies")).len(), 1);

    let mut store = open_sound(folder.path());
    assert_eq!(store.load(), Ok(Records::default()));
    store.close().unwrap();
    assert_ne!(key_of(folder.path()), old_key);
    let erasing = crate::rows::is_erasing(open_sound(folder.path()).connection.as_ref().unwrap());
    assert_eq!(erasing, Ok(false));
}

#[test]
fn a_new_key_that_was_not_used_yet_is_dropped() {
    let folder = filled_profile();
    let key = key_of(folder.path());
    fs::write(folder.path().join("key"), format!("{key}here {}\n", "5a".repeat(32))).unwrap();
    let mut store = open_sound(folder.path());
    assert_eq!(store.load(), Ok(with(&[person(), draft("朝阳区")])));
    assert_eq!(key_of(folder.path()), key);
}

#[test]
fn a_new_key_that_is_in_use_already_becomes_the_key() {
    let folder = filled_profile();
    let key = key_of(folder.path());
    fs::write(folder.path().join("key"), format!("here {}\n{key}", "5a".repeat(32))).unwrap();
    let mut store = open_sound(folder.path());
    assert_eq!(store.load(), Ok(with(&[person(), draft("朝阳区")])));
    assert_eq!(key_of(folder.path()), key);
}
