//! Disks that fill up for a while. Where the machine allows a file system of one's own, the storm runs on two of them.

use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::plan::Plan;

/// Set in the process that runs on file systems of its own: the folder that has them.
const CHILD: &str = "ANBAN_STORM_DISKS";

/// Ways to get a mount of one's own: as root, or in a user namespace.
const NAMESPACES: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--map-root-user", "--mount"]];

/// Two file systems of 64 MB below the folder given first; the rest is run with them.
const MOUNT: &str = r#"mkdir "$0/app" "$0/hub" && mount -t tmpfs -o size=64m none "$0/app" &&
mount -t tmpfs -o size=64m none "$0/hub" && exec "$@""#;

/// The folder with the two disks, where this process has them.
pub fn here() -> Option<PathBuf> {
    env::var_os(CHILD).map(PathBuf::from)
}

/// Runs this test once more on disks of its own, with that in its environment; whether that was possible. Fails where it
/// fails.
pub fn has_run_on_its_own(test: &str, environment: &[(&str, &str)]) -> bool {
    for namespace in NAMESPACES {
        let folder = tempfile::tempdir().unwrap();
        let wrap = || {
            let mut command = Command::new(namespace[0]);
            command
                .args(&namespace[1..])
                .args(["sh", "-c", MOUNT])
                .arg(folder.path());
            command
        };
        let probe = wrap().arg("true").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !probe.is_ok_and(|status| status.success()) {
            continue;
        }
        for name in ["app", "hub"] {
            fs::remove_dir(folder.path().join(name)).unwrap();
        }
        let mut again = wrap();
        again
            .arg(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"]);
        again.env(CHILD, folder.path()).envs(environment.iter().copied());
        if Plan::is_watched() {
            assert!(again.status().unwrap().success(), "see above");
        } else {
            let output = again.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            println!("{said}");
            assert!(output.status.success(), "see above");
        }
        return true;
    }
    eprintln!("a file system of its own can't be mounted on this machine: full disks are not among the faults");
    false
}

/// Leaves no room on the disk of that folder.
pub fn fills(folder: &Path) {
    let Ok(mut file) = File::create(folder.join("ballast")) else {
        return;
    };
    for piece in [1024 * 1024, 64 * 1024, 4 * 1024, 512] {
        while file.write_all(&vec![b'x'; piece]).is_ok() {}
    }
}

/// There is room again.
pub fn has_room_again(folder: &Path) {
    let _ = fs::remove_file(folder.join("ballast"));
}
