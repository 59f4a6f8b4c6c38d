//! Finds out whether sound has anywhere to go, without asking a sound library.
//!
//! Two reasons: alsa-lib prints a page of complaints on stderr where there is no sound card,
//! and a machine without sound must show its captions at once, not after several programs have
//! failed. So we look for the traces that a way out leaves: a card, the socket of a sound
//! server, or a configuration that names one. A trace that leads nowhere costs one failed try.

use std::path::{Path, PathBuf};

/// Whether any way to a loudspeaker can be seen. Other systems than desktop Linux always have
/// one, as far as can be told without trying.
pub(crate) fn exists() -> bool {
    !cfg!(target_os = "linux")
        || on_linux(
            |name| std::env::var(name).ok(),
            Path::exists,
            &std::fs::read_to_string("/proc/asound/cards").unwrap_or_default(),
        )
}

fn on_linux(env: impl Fn(&str) -> Option<String>, there: impl Fn(&Path) -> bool, cards: &str) -> bool {
    let env = |name| env(name).filter(|value| !value.is_empty());
    // One card a line, its number first; "--- no soundcards ---" otherwise.
    let has_card = cards
        .lines()
        .any(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit()));
    let is_told = ["PULSE_SERVER", "PIPEWIRE_REMOTE"]
        .into_iter()
        .any(|name| env(name).is_some());
    let under = |name, path: &str| env(name).map(|dir| PathBuf::from(dir).join(path));
    let traces = [
        under("XDG_RUNTIME_DIR", "pulse/native"),
        under("PULSE_RUNTIME_PATH", "native"),
        under("XDG_RUNTIME_DIR", "pipewire-0"),
        under("HOME", ".asoundrc"),
        under("HOME", ".config/alsa/asoundrc"),
        under("XDG_CONFIG_HOME", "alsa/asoundrc"),
        Some(PathBuf::from("/etc/asound.conf")),
        Some(PathBuf::from("/run/pulse/native")),
        Some(PathBuf::from("/var/run/pulse/native")),
    ];
    has_card || is_told || traces.into_iter().flatten().any(|path| there(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_CARDS: &str = "--- no soundcards ---\n";
    const ONE_CARD: &str =
        " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7f10000 irq 31\n";

    fn env(name: &str) -> Option<String> {
        match name {
            "XDG_RUNTIME_DIR" => Some("/run/user/1000".into()),
            "HOME" => Some("/home/li".into()),
            _ => None,
        }
    }

    #[test]
    fn a_machine_without_any_trace_has_no_sound() {
        for cards in ["", NO_CARDS] {
            assert!(!on_linux(env, |_| false, cards));
            assert!(!on_linux(|_| None, |_| false, cards));
            assert!(!on_linux(|_| Some(String::new()), |_| false, cards));
        }
    }

    #[test]
    fn a_card_is_enough() {
        assert!(on_linux(|_| None, |_| false, ONE_CARD));
    }

    #[test]
    fn a_sound_server_or_a_configuration_is_enough() {
        for trace in [
            "/run/user/1000/pulse/native",
            "/run/user/1000/pipewire-0",
            "/home/li/.asoundrc",
            "/etc/asound.conf",
        ] {
            assert!(on_linux(env, |path| path == Path::new(trace), NO_CARDS), "{trace}");
        }
        let remote = |name: &str| (name == "PULSE_SERVER").then(|| "tcp:kiosk.local".into());
        assert!(on_linux(remote, |_| false, NO_CARDS));
    }
}
