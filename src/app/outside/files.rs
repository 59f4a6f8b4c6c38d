//! Finding and reading the person's own files, and saving among them.
//!
//! Only the folders that people keep pictures and downloads in are looked at, not deep, and at most so many files. A
//! file is told by its content, not by its name.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anban_core::effect::{FileContent, FileTrouble, FoundFile, PrintTrouble, SavedFile};
use anban_core::wallet::import;
use anban_print::PrintError;
use jiff::Timestamp;

use super::age::{self, AgeError};
use super::{photos, pictures, printing};

/// The longest file that is read. A photograph of a good camera has 12 MB.
pub const LONGEST_FILE: u64 = 20 << 20;
/// The longest archive: a wallet with two photographs of every card.
const LONGEST_ARCHIVE: u64 = 256 << 20;
/// The longest text: a copy of everything that a person keeps.
const LONGEST_TEXT: usize = 8 << 20;
/// How many files are looked at in a folder, and how many are offered.
const MOST_LOOKED_AT: usize = 2_000;
const MOST_OFFERED: usize = 24;

const ENDINGS: [&str; 13] = [
    "png",
    "jpg",
    "jpeg",
    "webp",
    "gif",
    "bmp",
    "pkpass",
    "pkpasses",
    "zip",
    "csv",
    "age",
    "json",
    "smart-health-card",
];

/// Where papers are saved: the person's documents folder, or their home.
#[must_use]
pub fn documents_folder() -> PathBuf {
    dirs::document_dir()
        .or_else(dirs::home_dir)
        .unwrap_or_else(std::env::temp_dir)
}

/// Saves a file in the person's documents folder, under a name that none has there yet, and says where it is.
///
/// # Errors
/// Where there is no room, or the folder can't be written.
pub fn save_in_documents(name: &str, ending: &str, bytes: &[u8]) -> Result<SavedFile, PrintTrouble> {
    save_in(&documents_folder(), name, ending, bytes)
}

fn save_in(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> Result<SavedFile, PrintTrouble> {
    let saved = || -> Result<PathBuf, PrintError> {
        // On a new system the folder has a name and is not there yet.
        std::fs::create_dir_all(folder).map_err(PrintError::Save)?;
        let path = anban_print::free_name(folder, name, ending);
        anban_print::save(&path, bytes)?;
        Ok(path)
    };
    let path = saved().map_err(|error| printing::trouble(&error))?;
    Ok(SavedFile {
        shown: shown(&path),
        path: path.to_string_lossy().into_owned(),
    })
}

/// Whether a wallet can be taken in again as it is written, by what is read at most. Nobody should learn on a new telephone
/// that it can't.
#[must_use]
pub fn can_be_taken_in(archive: &[u8], written: &[u8]) -> bool {
    written.len() as u64 <= LONGEST_ARCHIVE && import::picture_names(archive).len() <= photos::MOST_PICTURES
}

/// A path as people name it: the last folder and the file.
#[must_use]
pub fn shown(path: &Path) -> String {
    let name = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let folder = name(path.parent().and_then(Path::file_name));
    [folder, name(path.file_name())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" / ")
}

/// Pictures, passes, card files and copies in the person's folders, the newest first.
#[must_use]
pub fn find() -> Vec<FoundFile> {
    // Where this app itself saves is among them, so that what was taken along is found again.
    let folders = [dirs::picture_dir(), dirs::download_dir(), Some(documents_folder())];
    let mut files: Vec<(SystemTime, PathBuf)> = folders
        .into_iter()
        .flatten()
        .flat_map(|folder| in_folder(&folder))
        .collect();
    files.sort();
    files.dedup();
    files.reverse();
    files
        .into_iter()
        .take(MOST_OFFERED)
        .filter_map(|(changed, path)| {
            Some(FoundFile {
                name: path.file_name()?.to_string_lossy().into_owned(),
                path: path.to_str()?.to_owned(),
                changed_at: Timestamp::try_from(changed).ok()?,
            })
        })
        .collect()
}

fn in_folder(folder: &Path) -> Vec<(SystemTime, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .take(MOST_LOOKED_AT)
        .filter_map(Result::ok)
        .filter(|entry| {
            let ending = entry
                .path()
                .extension()
                .map(|ending| ending.to_string_lossy().to_lowercase());
            ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        })
        .filter_map(|entry| {
            Some((
                entry.metadata().ok().filter(|about| about.is_file())?.modified().ok()?,
                entry.path(),
            ))
        })
        .collect()
}

/// Reads a file, and the codes in it where it is a picture.
///
/// # Errors
/// Why it can't be used.
pub fn read(path: &Path) -> Result<FileContent, FileTrouble> {
    content(bytes(path)?)
}

/// Reads a picture, and makes it what is kept of a photograph.
///
/// # Errors
/// Why it can't be used.
pub fn photo(path: &Path) -> Result<Vec<u8>, FileTrouble> {
    photos::small(&bytes(path)?)
}

/// Reads a file that is locked with a passphrase.
///
/// # Errors
/// Why it can't be used.
pub fn unlock(path: &Path, passphrase: &str) -> Result<FileContent, FileTrouble> {
    let opened = age::unlock(&bytes(path)?, passphrase).map_err(|error| match error {
        AgeError::NotForUs => FileTrouble::CannotUnlock,
        AgeError::WrongPassphrase => FileTrouble::WrongPassphrase,
        AgeError::Damaged => FileTrouble::WrongKind,
    })?;
    content(opened)
}

fn bytes(path: &Path) -> Result<Vec<u8>, FileTrouble> {
    let mut file = File::open(path).map_err(|_| FileTrouble::Unreadable)?;
    let about = file.metadata().map_err(|_| FileTrouble::Unreadable)?;
    if !about.is_file() {
        return Err(FileTrouble::WrongKind);
    }
    let mut bytes = Vec::new();
    let mut read = |longest: u64| {
        let read = file.by_ref().take(longest).read_to_end(&mut bytes);
        read.map(|_| longest_of(&bytes)).map_err(|_| FileTrouble::Unreadable)
    };
    let longest = read(64)?;
    if about.len() > longest {
        return Err(FileTrouble::TooLarge);
    }
    // A file may grow while it is read.
    read(longest + 1)?;
    Ok(bytes)
}

/// The most bytes of a file that begins like this.
fn longest_of(bytes: &[u8]) -> u64 {
    if bytes.starts_with(b"PK") || age::is_locked(bytes) {
        LONGEST_ARCHIVE
    } else {
        LONGEST_FILE
    }
}

/// What some bytes are.
///
/// # Errors
/// Why they can't be used.
pub fn content(bytes: Vec<u8>) -> Result<FileContent, FileTrouble> {
    if bytes.is_empty() {
        return Err(FileTrouble::Empty);
    }
    if bytes.len() as u64 > longest_of(&bytes) {
        return Err(FileTrouble::TooLarge);
    }
    // An archive, also an empty one.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        let pictures = photos::of_archive(&bytes);
        return Ok(if pictures.is_empty() {
            FileContent::Pass(bytes)
        } else {
            FileContent::Wallet {
                archive: bytes,
                pictures,
            }
        });
    }
    if age::is_locked(&bytes) {
        return Ok(FileContent::Locked);
    }
    if pictures::is_picture(&bytes) {
        return Ok(FileContent::Picture {
            codes: pictures::codes(&bytes)?,
        });
    }
    // Programs for tables save lists in UTF-16 as well.
    let text = match bytes.get(..2) {
        Some([0xff, 0xfe]) => wide(&bytes, u16::from_le_bytes),
        Some([0xfe, 0xff]) => wide(&bytes, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    };
    let text = text.ok_or(FileTrouble::WrongKind)?;
    // A mark at the beginning and a line end at the end belong to the file; other white space may mean something.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(FileTrouble::Empty);
    }
    if text.len() > LONGEST_TEXT || text.contains('\0') {
        Err(FileTrouble::WrongKind)
    } else {
        Ok(FileContent::Text(text.to_owned()))
    }
}

/// Text in UTF-16, with the mark that says so.
fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks(2).map(|pair| pair.try_into().map(unit));
    String::from_utf16(&units.collect::<Result<Vec<u16>, _>>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_saved_where_no_folder_is_yet_makes_it_and_replaces_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("user").join("Documents");
        for (content, name) in [("one", "Wallet.zip.age"), ("two", "Wallet 2.zip.age")] {
            let saved = save_in(&folder, "Wallet", "zip.age", content.as_bytes()).unwrap();
            assert_eq!(Path::new(&saved.path), folder.join(name));
            assert_eq!(saved.shown, format!("Documents / {name}"));
            assert_eq!(std::fs::read_to_string(&saved.path).unwrap(), content);
        }
        let taken = home.path().join("taken");
        std::fs::write(&taken, "").unwrap();
        assert_eq!(save_in(&taken, "Wallet", "zip", b""), Err(PrintTrouble::CannotSave));
    }

    #[test]
    fn each_kind_of_unusable_file_has_its_own_reason() {
        assert_eq!(content(Vec::new()), Err(FileTrouble::Empty));
        assert_eq!(content(b" \n".to_vec()), Err(FileTrouble::Empty));
        assert_eq!(content(vec![0xff; 100]), Err(FileTrouble::WrongKind));
        assert_eq!(
            content(b"\x89PNG\r\n\x1a\nrubbish".to_vec()),
            Err(FileTrouble::WrongKind)
        );
        assert_eq!(content(vec![b'x'; 50 << 20]), Err(FileTrouble::TooLarge));
        assert_eq!(read(Path::new("/no/such/file")), Err(FileTrouble::Unreadable));
        assert_eq!(
            content(b"HC1:ABC\n".to_vec()),
            Ok(FileContent::Text("HC1:ABC".to_owned()))
        );
    }

    #[test]
    fn only_the_last_line_end_is_taken_off_a_text() {
        let text = |bytes: &[u8]| content(bytes.to_vec());
        let is = |text: &str| Ok(FileContent::Text(text.to_owned()));
        assert_eq!(text(b"\xef\xbb\xbfshc:/56\r\n"), is("shc:/56"));
        assert_eq!(text(b" \t\n shc:/56 \t\n "), is(" \t\n shc:/56 \t\n "));
    }
}
