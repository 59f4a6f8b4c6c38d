//! What the flows, faults and contracts share: the two programs as processes, a person at the core's command line, a
//! hub's records over HTTP, servers that misbehave, and the tools that look at paper.
//!
//! The programs are the ones that were built, run as anyone would run them, each with a home of its own and no session
//! bus, so that nothing of the machine they run on is read or left behind. They end with the test.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

#[path = "../../src/core/testing/archive.rs"]
pub mod archive;
pub mod fhir_server;
pub mod hub;
pub mod person;
#[path = "../../src/hub/tests/support/postgres.rs"]
pub mod postgres;
pub mod servers;
pub mod tools;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// A program of the workspace: beside the tests, where a build of the workspace puts it. Where it is not there yet, it
/// is built.
pub fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let me = env::current_exe().unwrap();
        let folder = me.parent().unwrap().parent().unwrap().to_owned();
        if !["anban", "anban-hub"].iter().all(|name| folder.join(name).is_file()) {
            let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            build.args(["build", "--locked", "-p", "anban", "-p", "anban-hub"]);
            if folder.ends_with("release") {
                build.arg("--release");
            }
            assert!(build.status().unwrap().success(), "the programs can't be built");
        }
        folder
    });
    folder.join(name)
}

/// A folder of this repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path)
}

/// A folder of cases that others wrote, which are not part of this repository.
pub fn conformance(folder: &str) -> PathBuf {
    let cases = env::var_os("ANBAN_CONFORMANCE")
        .expect("set ANBAN_CONFORMANCE to the folder of cases that docs/conformance.md tells of");
    let folder = Path::new(&cases).join(folder);
    assert!(folder.is_dir(), "{} is not there", folder.display());
    folder
}

/// The home of one person: the profile is in it, and so is all that the programs write on their own.
pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A home on the disk of that folder.
    pub fn within(folder: &Path) -> Self {
        Self(tempfile::tempdir_in(folder).unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn profile(&self) -> PathBuf {
        self.path().join("profile")
    }

    /// A file in the home with this content.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// `anban`, to be run in this home.
    pub fn anban(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program("anban"));
        command.args(arguments);
        at_home(&mut command, self.path());
        command
    }

    /// Runs a subcommand that takes a profile, on this home's.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.anban(arguments);
        command.arg("--profile").arg(self.profile());
        Ran::from(command.stdin(Stdio::null()).output().unwrap())
    }
}

/// Nothing of the machine: no display, no session bus, and folders below `home` alone.
fn at_home(command: &mut Command, home: &Path) {
    for name in [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "ANBAN_LOG",
        "RUST_LOG",
        "LC_ALL",
        "LC_MESSAGES",
    ] {
        command.env_remove(name);
    }
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        command.env_remove(name);
    }
    command
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}/no-bus", home.display()),
        )
        .env("LANG", "C.UTF-8");
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// What stdout says, which is one line of JSON.
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It could not be used or read: exit code 2, and one line on stderr that says why.
    #[track_caller]
    pub fn could_not(&self) -> &str {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        let said = self.stderr.trim();
        assert!(said.len() > 30 && said.contains(' '), "not a sentence: {said:?}");
        said
    }

    /// It is done: exit code 0, and nothing to say about it.
    #[track_caller]
    pub fn done(&self) -> &Self {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self
    }
}
