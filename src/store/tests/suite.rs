use std::collections::BTreeSet;
use std::path::PathBuf;

use anban_core::ids::PhotoId;
use anban_core::store::{Change, Records, Store, StoreError, suite};

use super::*;

/// A store with its folder, so that it can be opened again.
struct InFolder {
    store: SqliteStore,
    folder: tempfile::TempDir,
}

impl InFolder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: open_sound(folder.path()),
            folder,
        }
    }

    fn reopen(self) -> Self {
        self.store.close().unwrap();
        Self {
            store: open_sound(self.folder.path()),
            folder: self.folder,
        }
    }

    /// As when the program is killed: no last copy, no goodbye.
    fn reopen_after_a_crash(self) -> Self {
        let crashed = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), crashed.path());
        Self {
            store: open_sound(crashed.path()),
            folder: crashed,
        }
    }
}

impl Store for InFolder {
    fn load(&mut self) -> Result<Records, StoreError> {
        self.store.load()
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.store.commit(changes)
    }

    fn photo(&mut self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.photo(id)
    }

    fn photos(&mut self) -> Result<BTreeSet<PhotoId>, StoreError> {
        self.store.photos()
    }
}

#[test]
fn the_store_on_disk_passes_the_suite() {
    suite::check(24, InFolder::new, InFolder::reopen);
}

#[test]
fn the_store_on_disk_passes_the_suite_when_it_is_never_closed() {
    suite::check(24, InFolder::new, InFolder::reopen_after_a_crash);
}

#[test]
fn a_commit_is_in_the_files_when_it_returns() {
    let folder = filled_profile();
    let mut store = open_sound(folder.path());
    store.commit(&[draft("海淀区")]).unwrap();
    let crashed = tempfile::tempdir().unwrap();
    copy_folder(folder.path(), crashed.path());
    assert_eq!(
        open_sound(crashed.path()).load(),
        Ok(with(&[person(), draft("海淀区")]))
    );
    assert_eq!(set_aside(crashed.path(), "anban.db"), Vec::<PathBuf>::new());
}
