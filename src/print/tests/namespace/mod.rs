//! A test that starts itself again beside real printers which nobody else can see.
//!
//! `with_printer.sh` starts them in namespaces of their own, so that nothing meets the machine's
//! services or outlives the test. It needs root or unprivileged user namespaces.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const DIRECTORY: &str = "ANBAN_PRINT_TEST_DIRECTORY";

/// The programs that have to be there, and the packages that bring them.
const NEEDED: [(&str, &str); 5] = [
    ("ippeveprinter", "cups-ipp-utils"),
    ("avahi-daemon", "avahi-daemon"),
    ("dbus-daemon", "dbus"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
];
const NEEDED_FOR_QUEUES: [(&str, &str); 2] = [("cupsd", "cups-daemon"), ("lpadmin", "cups-client")];

/// Inside, the directory of the printers. Outside, runs the test of this name inside, fails if it
/// failed there, and returns nothing.
pub fn beside_printers(test: &str) -> Option<PathBuf> {
    beside(test, false)
}

/// The same with a CUPS server and its queues.
pub fn beside_queues(test: &str) -> Option<PathBuf> {
    beside(test, true)
}

fn beside(test: &str, queues: bool) -> Option<PathBuf> {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return Some(directory.into());
    }
    let needed = NEEDED.iter().chain(NEEDED_FOR_QUEUES.iter().filter(|_| queues));
    for (program, package) in needed {
        let found = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
            .iter()
            .any(|directory| Path::new(directory).join(program).exists());
        assert!(found, "{program} is missing: install the package {package}");
    }
    let directory = tempfile::tempdir().unwrap();
    let mut unshare = Command::new("unshare");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/with_printer.sh");
    if !is_root() {
        unshare.arg("--map-root-user");
    }
    if queues {
        unshare.env("ANBAN_PRINT_TEST_CUPS", "yes");
    }
    let out = unshare
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(script)
        .arg(directory.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIRECTORY, directory.path())
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .output()
        .unwrap();
    let log = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap_or_default();
    assert!(
        out.status.success(),
        "{}{}\n{}\n{}\n{}\n{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr),
        log("dbus.log"),
        log("avahi.log"),
        log("keeps.log"),
        log("cups.log"),
    );
    None
}

fn is_root() -> bool {
    let out = Command::new("id").arg("-u").output().unwrap();
    out.stdout.trim_ascii() == b"0"
}

/// Waits until it is so.
pub fn until(mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain");
        std::thread::sleep(Duration::from_millis(100));
    }
}
