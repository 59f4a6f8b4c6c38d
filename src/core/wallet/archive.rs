//! ZIP archives that come from outside, read with care.
//!
//! How large a file is, an archive only claims. Each is therefore read up to a bound of its own, and all files of an
//! archive together up to [`MOST_BYTES`]; how many there are is known before the list of them is read. What is locked
//! with a password is told from what is damaged.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

/// The most bytes that all files of an archive together may inflate to.
pub const MOST_BYTES: u64 = 400 << 20;
/// The most entries in an archive.
const MOST_ENTRIES: usize = 4_096;

/// Why an archive, or a file in it, can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It is no ZIP archive, or one with more in it than anything for a wallet.
    #[error("this is no ZIP archive, or it is damaged")]
    NotAnArchive,
    /// There is no such file in it.
    #[error("the file is not in the archive")]
    NotThere,
    /// It is locked with a password.
    #[error("the archive is locked with a password")]
    Locked,
    /// The file inflates to more than is allowed.
    #[error("the file in the archive is too large")]
    TooLarge,
    /// The file is damaged.
    #[error("the file in the archive is damaged")]
    Damaged,
}

/// An archive.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// How many bytes may still be read.
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens an archive.
    ///
    /// # Errors
    /// [`ArchiveError::NotAnArchive`].
    pub fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        if claimed_entries(bytes).is_none_or(|count| count > MOST_ENTRIES) {
            return Err(ArchiveError::NotAnArchive);
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ArchiveError::NotAnArchive)?;
        if zip.len() > MOST_ENTRIES {
            return Err(ArchiveError::NotAnArchive);
        }
        Ok(Self { zip, left: MOST_BYTES })
    }

    /// The names of all files, without those that macOS adds.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = self
            .zip
            .file_names()
            .filter_map(Result::ok)
            .map(std::borrow::Cow::into_owned);
        names
            .filter(|name| !name.ends_with('/') && !name.starts_with("__MACOSX/"))
            .collect()
    }

    /// Whether there is a file of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// A file, if it is no longer than `longest` when it is inflated.
    ///
    /// # Errors
    /// Why it can't be read.
    pub fn file(&mut self, name: &str, longest: u64) -> Result<Vec<u8>, ArchiveError> {
        let longest = longest.min(self.left);
        let file = self.zip.by_name(name).map_err(|error| match error {
            ZipError::FileNotFound => ArchiveError::NotThere,
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ArchiveError::Locked,
            _ => ArchiveError::Damaged,
        })?;
        let mut content = Vec::new();
        // One byte more is read than is allowed: the size that an archive states may be a lie.
        let read = file.take(longest + 1).read_to_end(&mut content);
        self.left = self.left.saturating_sub(content.len() as u64);
        if content.len() as u64 > longest {
            return Err(ArchiveError::TooLarge);
        }
        read.map_err(|_| ArchiveError::Damaged)?;
        Ok(content)
    }
}

/// How many entries the end of an archive claims; `None` where there is no such end.
fn claimed_entries(bytes: &[u8]) -> Option<usize> {
    // The end of the central directory (APPNOTE 4.3.16), and behind it a comment of at most 65,535 bytes.
    const END: &[u8] = b"PK\x05\x06";
    const LENGTH: usize = 22;
    let tail = bytes.get(bytes.len().saturating_sub(LENGTH + usize::from(u16::MAX))..)?;
    let at = (0..=tail.len().checked_sub(LENGTH)?)
        .rev()
        .find(|&at| tail[at..].starts_with(END))?;
    let count: [u8; 2] = tail.get(at + 10..at + 12)?.try_into().ok()?;
    Some(usize::from(u16::from_le_bytes(count)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::testing::archive;

    /// An archive whose first file has 100,000 bytes; both places that state how long it is say so many.
    fn claiming(claimed: u32) -> Vec<u8> {
        let mut bytes = archive(&[("a", &[0; 100_000]), ("b", b"short")]);
        for (signature, offset) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
            let at = bytes.windows(4).position(|window| window == signature).unwrap() + offset;
            bytes[at..at + 4].copy_from_slice(&claimed.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_file_is_read_up_to_its_bound_whatever_the_archive_claims() {
        for (claimed, refused) in [
            // It goes on behind its stated end: something is wrong with it, however long it may be.
            (5, ArchiveError::Damaged),
            (100_000, ArchiveError::TooLarge),
            (1 << 31, ArchiveError::TooLarge),
        ] {
            let bytes = claiming(claimed);
            let mut archive = Archive::open(&bytes).unwrap();
            assert_eq!(archive.file("a", 1_000), Err(refused), "{claimed}");
            // One byte more than is allowed tells that there is too much, and nothing behind that is inflated.
            assert!(MOST_BYTES - archive.left <= 1_001, "{claimed}: {}", archive.left);
            assert_eq!(archive.file("b", 5).unwrap(), b"short");
            assert_eq!(archive.file("b", 4), Err(ArchiveError::TooLarge));
            assert_eq!(archive.file("c", 4), Err(ArchiveError::NotThere));
        }
        let honest = claiming(100_000);
        let whole = Archive::open(&honest).unwrap().file("a", 100_000);
        assert_eq!(whole.map(|read| read.len()), Ok(100_000));
    }

    #[test]
    fn all_files_together_have_a_bound_too() {
        let mut archive_bytes = archive(&[("a", &[0; 1_000])]);
        let mut archive = Archive::open(&archive_bytes).unwrap();
        archive.left = 1_500;
        assert!(archive.file("a", 10_000).is_ok());
        assert_eq!(archive.file("a", 10_000), Err(ArchiveError::TooLarge));
        archive_bytes.truncate(20);
        assert!(matches!(Archive::open(&archive_bytes), Err(ArchiveError::NotAnArchive)));
    }

    #[test]
    fn an_archive_with_more_entries_than_a_wallet_needs_is_refused_before_they_are_read() {
        let mut bytes = archive(&[("a", b"")]);
        let end = bytes.len() - 22;
        bytes[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
        assert!(matches!(Archive::open(&bytes), Err(ArchiveError::NotAnArchive)));
    }

    proptest! {
        #[test]
        fn an_archive_that_is_damaged_anywhere_makes_nothing_panic(at in 0..200_usize, bits in 1..=255_u8) {
            let mut bytes = archive(&[("pass.json", b"{\"description\":\"x\"}"), ("b", &[7; 300])]);
            let length = bytes.len();
            bytes[at % length] ^= bits;
            if let Ok(mut archive) = Archive::open(&bytes) {
                for name in archive.names() {
                    let _ = archive.file(&name, 1_000);
                }
            }
        }
    }
}
