//! Handing a number to the telephone.

use super::desktop;

/// Hands `number` to the system as a `tel:` address (RFC 3966). `false` where nothing on this machine can call.
pub fn dial(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        tracing::error!("a number that is none was not dialled");
        return false;
    }
    if !desktop::somebody_opens("x-scheme-handler/tel") {
        return false;
    }
    let opened = open::that_detached(format!("tel:{number}"));
    opened
        .inspect_err(|error| tracing::warn!(%error, "the system did not take the call"))
        .is_ok()
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
