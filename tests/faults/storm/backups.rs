//! Going back to an older copy of the hub's data, as docs/operating.md tells an operator to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::common::postgres;
use crate::common::program;

/// How many copies are kept, besides the first.
const MOST: usize = 2;

/// The copies of one hub's data.
pub struct Backups {
    /// Where they are.
    folder: PathBuf,
    data: PathBuf,
    database: Option<String>,
    kept: Vec<Backup>,
    made: AtomicUsize,
    /// From when to when the hub has forgotten everything.
    pub gaps: Vec<(Timestamp, Timestamp)>,
}

/// Documents say that they were issued so much earlier.
pub const DATED_BACK: SignedDuration = SignedDuration::from_mins(5);

#[derive(Clone)]
struct Backup {
    file: PathBuf,
    at: Timestamp,
}

impl Backups {
    pub fn new(folder: &Path, data: &Path, database: Option<String>) -> Self {
        Self {
            folder: folder.to_owned(),
            data: data.to_owned(),
            database,
            kept: Vec::new(),
            made: AtomicUsize::new(0),
            gaps: Vec::new(),
        }
    }

    /// Makes one, beside a hub that runs.
    pub fn make(&mut self) {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let file = self.folder.join(format!("backup-{number}"));
        // What it has is from this moment or later.
        let at = Timestamp::now();
        match &self.database {
            None => {
                let mut backup = Command::new(program("anban-hub"));
                backup
                    .arg("backup")
                    .arg("--data")
                    .arg(&self.data)
                    .arg("--to")
                    .arg(&file);
                succeeds(&mut backup);
            }
            Some(database) => {
                let mut dump = Command::new(postgres::programs().join("pg_dump"));
                dump.args(["--format=custom", "--dbname", database, "--file"])
                    .arg(&file);
                succeeds(&mut dump);
            }
        }
        if self.kept.len() > MOST {
            let old = self.kept.remove(0);
            fs::remove_file(old.file).unwrap();
        }
        self.kept.push(Backup { file, at });
    }

    /// Goes back to the newest, or to the one before: `older`. No hub may run.
    pub fn restore(&mut self, older: bool) {
        if older && self.kept.len() > 1 {
            // What came after it is of a life that never was.
            self.kept.pop();
        }
        let backup = self.kept.last().expect("there is a first one").clone();
        self.gaps.push((backup.at, Timestamp::now()));
        match &self.database {
            None => self.restores_sqlite(&backup.file),
            Some(database) => self.restores_postgres(database, &backup.file),
        }
    }

    fn restores_sqlite(&self, file: &Path) {
        let mut restore = Command::new(program("anban-hub"));
        restore
            .arg("restore")
            .arg("--data")
            .arg(&self.data)
            .arg("--from")
            .arg(file);
        succeeds(&mut restore);
        // What was there before has to be removed by somebody; here the disk is small.
        for found in fs::read_dir(&self.data).unwrap() {
            let found = found.unwrap();
            if found.file_name().to_string_lossy().starts_with("before-restore-") {
                fs::remove_dir_all(found.path()).unwrap();
            }
        }
    }

    fn restores_postgres(&self, database: &str, file: &Path) {
        let mut restore = Command::new(postgres::programs().join("pg_restore"));
        restore.args([
            "--clean",
            "--if-exists",
            "--single-transaction",
            "--no-owner",
            "--dbname",
            database,
        ]);
        succeeds(restore.arg(file));
        let mut epoch = Command::new(program("anban-hub"));
        epoch.args(["new-epoch", "--database", database, "--data"]);
        succeeds(epoch.arg(&self.data));
    }
}

fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
