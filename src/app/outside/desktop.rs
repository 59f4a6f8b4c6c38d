//! Asking the desktop who opens what, and running its small programs within bounds.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long such a program may take to say something.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Whether something on this machine opens what is of this type, such as `x-scheme-handler/tel` or `inode/directory`.
/// The desktop's opener answers yes even where it then shows an error, so it is asked first.
#[cfg(target_os = "linux")]
pub fn somebody_opens(kind: &str) -> bool {
    let asked = Command::new("xdg-mime")
        .args(["query", "default", kind])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = asked else { return false };
    if ended(&mut child).is_some() {
        return child
            .wait_with_output()
            .is_ok_and(|output| !output.stdout.trim_ascii().is_empty());
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// Elsewhere the system says so itself when it is asked to open something.
#[cfg(not(target_os = "linux"))]
pub fn somebody_opens(_kind: &str) -> bool {
    true
}

/// How the program ended, if it did within [`PATIENCE`].
pub fn ended(child: &mut Child) -> Option<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(_) => break,
        }
    }
    None
}

/// Starts a program without a shell. `None` where there is none of this name.
pub fn start(program: &str, arguments: &[&std::ffi::OsStr]) -> Option<Child> {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}
