//! What a run over somebody else's cases tells.

/// Prints where it is read even when the test passes: the harness keeps what `println!` says to itself.
macro_rules! tell {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

/// Holds that nothing failed, and names what did.
pub fn nothing_failed(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} not met:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
