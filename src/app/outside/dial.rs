//! Handing a number to the telephone.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the system may take to say who handles `tel:` addresses.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hands `number` to the system as a `tel:` address (RFC 3966). `false` where nothing on this machine can call.
pub fn dial(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        tracing::error!("a number that is none was not dialled");
        return false;
    }
    if !somebody_takes_calls() {
        return false;
    }
    let opened = open::that_detached(format!("tel:{number}"));
    opened
        .inspect_err(|error| tracing::warn!(%error, "the system did not take the call"))
        .is_ok()
}

/// On a desktop the opener answers yes even where it then shows an error, so it is asked first who would be called.
#[cfg(target_os = "linux")]
fn somebody_takes_calls() -> bool {
    let asked = Command::new("xdg-mime")
        .args(["query", "default", "x-scheme-handler/tel"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = asked else { return false };
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(Some(_)) => {
                return child
                    .wait_with_output()
                    .is_ok_and(|output| !output.stdout.trim_ascii().is_empty());
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

#[cfg(not(target_os = "linux"))]
fn somebody_takes_calls() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_never_handed_to_the_system() {
        for text in ["", "+", "120; rm", "tel:120", "一二零"] {
            assert!(!dial(text), "{text}");
        }
    }
}
