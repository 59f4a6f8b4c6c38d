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
    /// The names of the files as they are asked for, and where each is, in the archive's order.
    names: Vec<(String, usize)>,
    /// How many bytes may still be read.
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens an archive.
    ///
    /// # Errors
    /// [`ArchiveError::NotAnArchive`].
    pub fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        if !claims_few_entries(bytes) {
            return Err(ArchiveError::NotAnArchive);
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ArchiveError::NotAnArchive)?;
        if zip.len() > MOST_ENTRIES {
            return Err(ArchiveError::NotAnArchive);
        }
        let names = zip.file_names().enumerate();
        let names = names.filter_map(|(index, name)| Some((with_slashes(&name.ok()?), index)));
        let names = names.collect();
        Ok(Self {
            zip,
            names,
            left: MOST_BYTES,
        })
    }

    /// The names of all files, without those that macOS adds, wherever it adds them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = self.names.iter().map(|(name, _)| name);
        names
            .filter(|name| !name.ends_with('/') && !is_of_macos(name))
            .cloned()
            .collect()
    }

    /// Whether there is a file of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    fn place(&self, name: &str) -> Option<usize> {
        let found = self.names.iter().find(|(known, _)| known == name);
        found.map(|(_, place)| *place)
    }

    /// A file, if it is no longer than `longest` when it is inflated.
    ///
    /// # Errors
    /// Why it can't be read.
    pub fn file(&mut self, name: &str, longest: u64) -> Result<Vec<u8>, ArchiveError> {
        let longest = longest.min(self.left);
        let place = self.place(name).ok_or(ArchiveError::NotThere)?;
        let file = self.zip.by_index(place).map_err(|error| match error {
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

/// A name whose folders are parted as they have to be (APPNOTE 4.4.17.1), whatever its program has written.
fn with_slashes(name: &str) -> String {
    name.replace('\\', "/")
}

/// Whether a file is what macOS puts beside another: in a folder of its own, or before the other's name (RFC 1740).
fn is_of_macos(name: &str) -> bool {
    let mut parts = name.rsplit('/');
    parts.next().is_some_and(|file| file.starts_with("._")) || parts.any(|folder| folder == "__MACOSX")
}

/// Whether there is the end of an archive, and nothing in it claims more entries than [`MOST_ENTRIES`].
fn claims_few_entries(bytes: &[u8]) -> bool {
    // The end of the central directory (APPNOTE 4.3.16), and behind it a comment of at most 65,535 bytes.
    const END: &[u8] = b"PK\x05\x06";
    const LENGTH: usize = 22;
    let from = bytes.len().saturating_sub(LENGTH + usize::from(u16::MAX));
    let last = bytes.len().checked_sub(LENGTH);
    let Some(at) = last.and_then(|last| (from..=last).rev().find(|&at| starts(bytes, at, END))) else {
        return false;
    };
    let Some(count) = number(bytes, at + 10, 2) else {
        return false;
    };
    let is_64 = at
        .checked_sub(LOCATOR_LENGTH)
        .is_some_and(|at| starts(bytes, at, LOCATOR));
    // What stands in the record of ZIP64 is then said by the highest number (APPNOTE 4.4.1.4).
    let is_said_there = is_64 && count == u64::from(u16::MAX);
    (is_said_there || count <= MOST_ENTRIES as u64) && counts_of_zip64(bytes).all(|count| count <= MOST_ENTRIES as u64)
}

/// What leads to the record of ZIP64 (APPNOTE 4.3.15); it stands right behind it.
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_LENGTH: usize = 20;

/// How many entries the records of ZIP64 claim (APPNOTE 4.3.14): of all that a reader may come upon, since which one it
/// takes, and whether it looks for one, is for it to decide.
fn counts_of_zip64(bytes: &[u8]) -> impl Iterator<Item = u64> {
    const RECORD: &[u8] = b"PK\x06\x06";
    /// The signature, and the length itself.
    const BEFORE_LENGTH_COUNTS: u64 = 12;
    let marks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'P');
    marks.filter_map(|(at, _)| {
        let length = starts(bytes, at, RECORD).then(|| number(bytes, at + 4, 8)).flatten()?;
        let behind = length.checked_add(BEFORE_LENGTH_COUNTS)?.checked_add(at as u64)?;
        let is_one = starts(bytes, usize::try_from(behind).ok()?, LOCATOR);
        // On this disk, and on all.
        let counts = is_one.then(|| [number(bytes, at + 24, 8), number(bytes, at + 32, 8)])?;
        counts.into_iter().flatten().max()
    })
}

fn starts(bytes: &[u8], at: usize, with: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(with))
}

/// A number of so many bytes, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
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
    fn names_have_slashes_and_what_macos_adds_is_not_among_them() {
        let bytes = archive(&[
            (r"en.lproj\pass.strings", b"1"),
            ("b/__MACOSX/c", b"2"),
            ("b/._c", b"3"),
            ("__MACOSX/._b", b"4"),
            ("b/c", b"5"),
        ]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.names(), ["en.lproj/pass.strings", "b/c"]);
        assert!(archive.has("en.lproj/pass.strings"));
        assert_eq!(archive.file("en.lproj/pass.strings", 5).unwrap(), b"1");
        assert_eq!(archive.file("b/c", 5).unwrap(), b"5");
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

    /// The same archive with a record of ZIP64 that claims so many entries, and so many at the ordinary place.
    fn with_zip64(bytes: &[u8], count: u64, ordinary: u16) -> Vec<u8> {
        let at = bytes.len() - 22;
        let (before, end) = bytes.split_at(at);
        let (size, offset) = (number(end, 12, 4).unwrap(), number(end, 16, 4).unwrap());
        let mut end = end.to_vec();
        end[8..10].copy_from_slice(&ordinary.to_le_bytes());
        end[10..12].copy_from_slice(&ordinary.to_le_bytes());
        // Where the list begins is said in the record of ZIP64 as well: this is what makes readers look for it.
        end[16..20].copy_from_slice(&[0xff; 4]);
        let record = [
            b"PK\x06\x06".as_slice(),
            &44_u64.to_le_bytes(),
            &[45, 0, 45, 0],
            &[0; 8],
            &count.to_le_bytes(),
            &count.to_le_bytes(),
            &size.to_le_bytes(),
            &offset.to_le_bytes(),
        ];
        let locator = [
            b"PK\x06\x07".as_slice(),
            &[0; 4],
            &(at as u64).to_le_bytes(),
            &1_u32.to_le_bytes(),
        ];
        [before, &record.concat(), &locator.concat(), &end].concat()
    }

    #[test]
    fn the_count_of_an_archive_of_zip64_is_taken_from_where_it_stands() {
        let bytes = archive(&[("a", b"1"), ("b", b"2")]);
        for ordinary in [2, u16::MAX] {
            let mut archive = Archive::open(&with_zip64(&bytes, 2, ordinary)).map(|archive| archive.names());
            assert_eq!(archive.as_mut().unwrap(), &["a", "b"], "{ordinary}");
        }
        for claimed in [1_500_000, u64::MAX] {
            assert!(!claims_few_entries(&with_zip64(&bytes, claimed, 2)), "{claimed}");
            assert!(!claims_few_entries(&with_zip64(&bytes, claimed, u16::MAX)), "{claimed}");
        }
        assert!(claims_few_entries(&with_zip64(&bytes, MOST_ENTRIES as u64, 1)));
        // Where the comment of an archive only looks like the end of one, the other end before it counts too.
        let hidden = [with_zip64(&bytes, 1_500_000, 2), archive(&[("c", b"3")])].concat();
        assert!(!claims_few_entries(&hidden));
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
