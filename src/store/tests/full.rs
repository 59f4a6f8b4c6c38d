use anban_core::store::StoreError;

use super::*;

/// SQLite's own limit gives the same error as a disk without room; the real one is in `tests/faults`.
#[test]
fn a_full_disk_refuses_the_whole_list_and_loses_nothing() {
    let folder = filled_profile();
    let mut store = open_sound(folder.path());
    let before = store.load().unwrap();
    let limit = |store: &SqliteStore, pages: i64| {
        store
            .connection
            .as_ref()
            .unwrap()
            .pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let now = limit(&store, 1);
    let large = Change::PutDraft(Field::DocumentText.into(), "文".repeat(100_000));

    assert_eq!(
        store.commit(&[
            draft("small"),
            large.clone(),
            Change::RemoveDraft(Field::Address.into())
        ]),
        Err(StoreError::Full)
    );
    assert_eq!(store.load(), Ok(before));
    store.commit(&[draft("small")]).unwrap();

    limit(&store, now + 1_000);
    store.commit(std::slice::from_ref(&large)).unwrap();
    store.close().unwrap();
    assert_eq!(
        open_sound(folder.path()).load(),
        Ok(with(&[person(), draft("small"), large]))
    );
}

#[test]
fn a_store_that_failed_refuses_everything_until_it_is_opened_again() {
    let folder = filled_profile();
    let mut store = open_sound(folder.path());
    store
        .connection
        .as_ref()
        .unwrap()
        .execute("DROP TABLE visits", [])
        .unwrap();
    assert_eq!(store.load(), Err(StoreError::Broken));
    assert_eq!(store.commit(&[draft("lost?")]), Err(StoreError::Broken));
    drop(store);
    let mut opened = open_at(folder.path(), noon()).unwrap();
    assert!(opened.notice.is_some());
    assert_eq!(opened.store.load(), Ok(with(&[person(), draft("朝阳区")])));
}
