//! What can go wrong, sorted by what is to be done about it.

use std::io;

use rusqlite::ErrorCode;

/// Why a profile can't be opened. Nothing in it has been changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("this profile is open in another window: use that one, or close it first")]
    InUse,
    /// No room for what opening needs.
    #[error("the disk is full: free some space and start again; nothing that was saved is lost")]
    Full,
    /// A newer version of the program wrote it.
    #[error(
        "this profile was written by a newer version of the program: \
         install that version again; nothing was changed"
    )]
    Newer,
    /// The key is in the system's key store, which does not answer or is locked.
    #[error(
        "the system's key store does not answer: unlock it, or sign in to the desktop as usual, \
         and start again; nothing was changed"
    )]
    KeyStoreSilent,
    /// The folder, or a file in it, can't be read or written.
    #[error("the profile's folder can't be used ({0}): see that it belongs to you and can be written to")]
    Folder(io::ErrorKind),
    /// SQLite or the system's randomness fails for no reason that lies in the profile.
    #[error("the store can't be used on this system: start again, and if that does not help, restart the device")]
    Unusable,
}

/// What the crate's own parts tell each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No room on the disk.
    Full,
    /// The file is damaged or does not fit the key.
    Damaged,
    /// The file has a schema that this version does not know.
    Newer,
    /// The file system said no.
    Folder(io::ErrorKind),
    /// Anything else.
    Unusable,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            kind => Self::Folder(kind),
        }
    }
}

impl From<rusqlite::Error> for Fault {
    /// What cannot be blamed on the disk, the rights or the memory is the file's fault: SQLCipher reports a page whose
    /// authentication code is wrong under several codes, and a missing table or a body that can't be parsed is damage
    /// too.
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, _) = &error else {
            return Self::Damaged;
        };
        match failure.code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::SystemIoFailure if reads_failed(failure.extended_code) => Self::Damaged,
            ErrorCode::PermissionDenied | ErrorCode::ReadOnly => Self::Folder(io::ErrorKind::PermissionDenied),
            ErrorCode::CannotOpen => Self::Folder(io::ErrorKind::Other),
            ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport
            | ErrorCode::ApiMisuse => Self::Unusable,
            _ => Self::Damaged,
        }
    }
}

/// The extended codes of a file whose content can't be had: a bad sector, a short read, a wrong checksum.
fn reads_failed(extended_code: i32) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_DATA, SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ};
    [
        SQLITE_IOERR_READ,
        SQLITE_IOERR_SHORT_READ,
        SQLITE_IOERR_DATA,
        SQLITE_IOERR_CORRUPTFS,
    ]
    .contains(&extended_code)
}

impl From<Fault> for OpenError {
    /// Damage never gets here by itself: whoever opens sets the file aside. What is damaged even when it is new is
    /// the system's fault.
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Full => Self::Full,
            Fault::Newer => Self::Newer,
            Fault::Folder(kind) => Self::Folder(kind),
            Fault::Damaged | Fault::Unusable => Self::Unusable,
        }
    }
}
