//! The screen, held to the numbers that make it good for an older person.
//!
//! Every page is drawn without a display at four sizes, in both languages, with all text settings and themes, and each
//! thing on it is measured as it stands in the picture ([`anban::tour`]). `numbers` has the loop, `rules` what must hold
//! of each page; `reach` looks for pages that no tap leads to, and `flows` taps through the window as a person does,
//! and `door` scans as a scanner does. `hand` is whose finger it is.

/// Prints where it is read even when the test passes: the harness keeps what `println!` says to itself.
#[cfg(test)]
macro_rules! tell {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

#[cfg(test)]
mod door;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod hand;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod reach;
#[cfg(test)]
mod rules;
