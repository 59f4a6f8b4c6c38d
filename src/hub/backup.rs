//! Backing up a hub with a database of its own, and bringing it back.
//!
//! One file holds the database and the private keys, so it has to be kept as safe as the data directory. It is made
//! beside a hub that runs. Bringing back needs a hub that stands still, removes nothing (what was in the directory is
//! moved aside), and gives the database a new epoch. A PostgreSQL database is backed up with PostgreSQL's own programs;
//! after restoring it, [`new_epoch`].

use crate::{
    StartError, Storage,
    db::{self, DbError},
    keys,
    operator::OperatorError,
    storage::DATABASE_FILE,
};
use jiff::Timestamp;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Copies a hub's database and keys into a new file, whether it runs or not.
///
/// # Errors
/// When there is no hub, the file is there already, or it can't be written.
pub fn back_up(data: &Path, to: &Path) -> Result<(), OperatorError> {
    let database = data.join(DATABASE_FILE);
    if !database.is_file() {
        return Err(OperatorError::NoHub(data.to_owned()));
    }
    if to.exists() {
        return Err(OperatorError::Exists(to.to_owned()));
    }
    // Keys first: one that is made in between is not noted in the copy, one that is noted must be there.
    let mut files = read_keys(data)?;
    db::back_up(&database, to, &files)?;
    let now = read_keys(data)?;
    if now != files {
        fs::remove_file(to).map_err(failed(to))?;
        files = now;
        db::back_up(&database, to, &files)?;
    }
    Ok(())
}

/// Makes a hub's data directory from a backup. What was there is moved aside; returns where to, if there was something.
///
/// # Errors
/// When a hub runs there, the file is no backup or is damaged, or the directory can't be written.
pub fn restore(data: &Path, from: &Path, now: Timestamp) -> Result<Option<PathBuf>, OperatorError> {
    let _lock = Storage::from(data).take()?;
    fs::File::open(from).map_err(failed(from))?;
    let draft = data.join("hub.db.restored");
    let no_draft = || {
        let names = ["", "-wal", "-shm"].map(|name| data.join(format!("hub.db.restored{name}")));
        names.iter().try_for_each(|name| remove(name))
    };
    no_draft()?;
    let unusable = |why: DbError| OperatorError::Backup {
        path: from.to_owned(),
        why,
    };
    let files = match db::restore(from, &draft) {
        Ok(files) => files,
        Err(why) => {
            no_draft()?;
            return Err(unusable(why));
        }
    };
    let aside = data.join(format!("before-restore-{}", now.strftime("%Y%m%dT%H%M%SZ")));
    let database = data.join(DATABASE_FILE);
    let old: Vec<&str> = [DATABASE_FILE]
        .into_iter()
        .chain(files.iter().map(|(name, _)| name.as_str()))
        .filter(|name| data.join(name).exists())
        .collect();
    if !old.is_empty() {
        fs::create_dir(&aside).map_err(failed(&aside))?;
    }
    // At no moment is anything missing, or a hub that is started then would make itself anew: what is there gets a
    // second name, and is replaced in one step. The database comes last; until then the old one stands with keys that a
    // hub refuses as not its own, and the restore can be begun again.
    for name in &old {
        fs::hard_link(data.join(name), aside.join(name)).map_err(failed(&aside))?;
    }
    if database.exists() && !db::fold_log(&database) {
        // It is damaged: then its log belongs to what is kept, and must not be taken for the new one's.
        for name in ["hub.db-wal", "hub.db-shm"].map(|name| (data.join(name), aside.join(name))) {
            fs::rename(&name.0, &name.1).or_else(missing).map_err(failed(&name.0))?;
        }
    }
    for (name, content) in &files {
        keys::keep_file(&data.join(name), content)?;
    }
    fs::rename(&draft, &database).map_err(failed(data))?;
    fs::File::open(data)
        .and_then(|folder| folder.sync_all())
        .map_err(failed(data))?;
    Ok((!old.is_empty()).then_some(aside))
}

/// Gives a database that was restored by other means a new epoch, by which devices notice. For while no hub runs on it.
///
/// # Errors
/// When there is no hub's database, a hub runs on it (which only a database of its own can tell), or it fails.
pub fn new_epoch(storage: impl Into<Storage>) -> Result<(), OperatorError> {
    let storage = storage.into();
    let (db, _) = crate::operator::open(&storage)?;
    let _lock = storage.take()?;
    Ok(db::renew_epoch(db.as_ref())?)
}

fn read_keys(data: &Path) -> Result<Vec<db::File>, OperatorError> {
    let mut files = vec![];
    for entry in fs::read_dir(data).map_err(failed(data))? {
        let entry = entry.map_err(failed(data))?;
        if let Ok(name) = entry.file_name().into_string()
            && name.ends_with(".p8")
        {
            files.push((name, fs::read(entry.path()).map_err(failed(&entry.path()))?));
        }
    }
    files.sort();
    Ok(files)
}

fn remove(path: &Path) -> Result<(), OperatorError> {
    fs::remove_file(path).or_else(missing).map_err(failed(path))
}

/// What is not there need not be moved away.
fn missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound {
        Ok(())
    } else {
        Err(error)
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> OperatorError {
    let path = path.to_owned();
    move |source| StartError::File { path, source }.into()
}
