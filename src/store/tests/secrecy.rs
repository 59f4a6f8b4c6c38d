use super::*;

#[test]
fn nothing_can_be_read_in_the_files() {
    let folder = filled_profile();
    let mut store = open_sound(folder.path());
    // Enough for the journal, the database after a checkpoint, and a copy.
    for n in 0..40 {
        let text = format!("{NAME} {n} {}", "街道".repeat(2_000));
        store.commit(&[person(), draft(&text)]).unwrap();
    }
    let wal = folder.path().join("anban.db-wal");
    assert!(fs::metadata(wal).unwrap().len() > 100_000);
    assert_nothing_readable(folder.path());
    store.close().unwrap();
    assert_nothing_readable(folder.path());
}

fn assert_nothing_readable(folder: &Path) {
    for path in files_in(folder) {
        let content = fs::read(&path).unwrap();
        for word in [NAME, "街道", "profile", "CREATE TABLE", "SQLite format"] {
            let found = content.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!found, "{word} can be read in {}", path.display());
        }
    }
}

#[cfg(unix)]
#[test]
fn the_key_file_and_the_folder_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("profile");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut store = open_sound(&folder);
    assert_eq!(mode(&folder.join("key")), 0o600);
    assert_eq!(mode(&folder), 0o700);
    store.commit(&[Change::EraseAll]).unwrap();
    assert_eq!(mode(&folder.join("key")), 0o600, "also after the key was replaced");
}
