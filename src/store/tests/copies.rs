use super::*;

fn copies(folder: &Path) -> Vec<String> {
    files_in(&folder.join("copies"))
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_last_three_copies_are_kept() {
    let folder = filled_profile();
    for day in 1..=5 {
        let mut store = open_at(folder.path(), days_later(day)).unwrap().store;
        store.commit(&[draft(&day.to_string())]).unwrap();
    }
    assert_eq!(
        copies(folder.path()),
        [
            "000004-20261124T120000Z.db",
            "000005-20261125T120000Z.db",
            "000006-20261126T120000Z.db"
        ]
    );
}

#[test]
fn no_copy_is_made_within_a_day_when_nothing_has_changed() {
    let folder = filled_profile();
    for _ in 0..3 {
        open_sound(folder.path()).close().unwrap();
    }
    assert_eq!(copies(folder.path()), ["000001-20261121T120000Z.db"]);
}

#[test]
fn a_clock_that_went_back_does_not_make_an_old_copy_the_newest() {
    let folder = filled_profile();
    let mut store = open_at(folder.path(), days_later(-400)).unwrap().store;
    store.commit(&[draft("later, with an earlier time")]).unwrap();
    store.close().unwrap();
    fs::write(database(folder.path()), "spoilt").unwrap();
    let mut store = open_at(folder.path(), noon()).unwrap().store;
    assert_eq!(
        store.load(),
        Ok(with(&[person(), draft("later, with an earlier time")]))
    );
}

#[test]
fn a_copy_is_made_after_many_commits() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open_sound(folder.path());
    for n in 0..=200 {
        store.commit(&[draft(&n.to_string())]).unwrap();
    }
    let crashed = tempfile::tempdir().unwrap();
    copy_folder(folder.path(), crashed.path());
    let before = copies(crashed.path()).len();
    fs::write(database(crashed.path()), "spoilt").unwrap();
    let mut store = open_at(crashed.path(), noon()).unwrap().store;
    assert_eq!((before, store.load()), (1, Ok(with(&[draft("199")]))));
}

#[test]
fn a_copy_that_was_cut_short_is_not_taken_for_one() {
    let folder = filled_profile();
    fs::write(folder.path().join("copies/unfinished"), "half of it").unwrap();
    fs::write(folder.path().join("anban.new"), "half of it").unwrap();
    let store = open_at(folder.path(), days_later(1)).unwrap().store;
    store.close().unwrap();
    assert_eq!(copies(folder.path()).len(), 2);
}
