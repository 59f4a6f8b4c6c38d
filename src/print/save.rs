//! Writing the finished file: whole or not at all.
//!
//! The bytes go to a temporary file in the same directory, are forced to disk, and the file is
//! then renamed. Whoever opens the name sees the old file or the new one, also after a power cut.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::PrintError;

/// Longest file name made here, in bytes: most file systems take 255, and the number and ending
/// need room.
const MAX_STEM: usize = 180;

/// Writes `bytes` to `path`, replacing what was there.
///
/// # Errors
/// [`PrintError::Save`] when the directory is missing, full or not writable; an older file of that
/// name is then unharmed.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), PrintError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".anban-")
        .suffix(".part")
        .tempfile_in(directory)
        .map_err(PrintError::Save)?;
    file.write_all(bytes).map_err(PrintError::Save)?;
    file.as_file().sync_all().map_err(PrintError::Save)?;
    file.persist(path).map_err(|error| PrintError::Save(error.error))?;
    // The rename itself is only durable once the directory is. Where directories cannot be opened
    // (Windows), the system has no such step.
    if let Ok(directory) = File::open(directory) {
        directory.sync_all().map_err(PrintError::Save)?;
    }
    Ok(())
}

/// A path in `directory` that no file has yet: `stem.extension`, else `stem 2.extension` and so
/// on. Characters that some file system forbids become `_`.
///
/// It is a suggestion: another program may take the name before [`save`] does.
#[must_use]
pub fn free_name(directory: &Path, stem: &str, extension: &str) -> PathBuf {
    let mut clean: String = stem
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    while clean.len() > MAX_STEM {
        clean.pop();
    }
    let clean = clean.trim_matches([' ', '.']);
    let clean = if clean.is_empty() { "_" } else { clean };
    let first = directory.join(format!("{clean}.{extension}"));
    std::iter::once(first)
        .chain((2_u64..).map(|n| directory.join(format!("{clean} {n}.{extension}"))))
        .find(|path| path.symlink_metadata().is_err())
        .unwrap_or_else(|| directory.join(clean))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_saved_file_is_whole_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("健康码.pdf");
        save(&path, b"old").unwrap();
        save(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_said_and_nothing_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("no such").join("a.pdf");
        assert!(matches!(save(&missing, b"x"), Err(PrintError::Save(_))));
        let taken = directory.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        assert!(matches!(save(&taken, b"x"), Err(PrintError::Save(_))));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_free_name_counts_up_and_stays_in_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        let dir = directory.path();
        assert_eq!(free_name(dir, "健康码", "pdf"), dir.join("健康码.pdf"));
        std::fs::write(dir.join("健康码.pdf"), b"").unwrap();
        std::fs::write(dir.join("健康码 2.pdf"), b"").unwrap();
        assert_eq!(free_name(dir, "健康码", "pdf"), dir.join("健康码 3.pdf"));
        assert_eq!(free_name(dir, "../../etc/passwd", "pdf").parent(), Some(dir));
        assert_eq!(free_name(dir, " .. ", "pdf"), dir.join("_.pdf"));
        let long = free_name(dir, &"长".repeat(500), "pdf");
        save(&long, b"x").unwrap();
    }
}
