//! Files that are wholly there or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Makes what happened in a folder survive a loss of power: a rename is on disk only with its folder.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows neither needs nor allows it.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Waits until a file's content is on disk.
pub(crate) fn sync_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Removes a file; that it is not there is fine.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner may enter, and waits until it is on disk; that it is there already is fine.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let missing = path.ancestors().take_while(|folder| !folder.exists()).count();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    path.ancestors().skip(1).take(missing).try_for_each(|parent| {
        // The parent of a relative path of one name.
        let here = parent.as_os_str().is_empty();
        sync_folder(if here { Path::new(".") } else { parent })
    })
}

/// Puts `content` in the place of the file `path`, for its owner's eyes only, through a neighbour named `….new`.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let neighbour = path.with_extension("new");
    remove(&neighbour)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&neighbour)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&neighbour, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// The text of a small file, or `None` if it is larger than `most` bytes or no text at all.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most)
        .then_some(bytes)
        .and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// A database and the files that SQLite keeps beside it.
pub(crate) fn with_journals(database: &Path) -> Vec<PathBuf> {
    ["", "-wal", "-shm", "-journal"]
        .iter()
        .map(|ending| {
            let mut name = database.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        })
        .collect()
}

/// Removes a database with all that SQLite keeps beside it; that it is not there is fine.
pub(crate) fn remove_database(database: &Path) -> io::Result<()> {
    with_journals(database).iter().try_for_each(|path| remove(path))
}
