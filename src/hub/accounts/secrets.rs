//! Chance and hashes: what callers prove themselves with.

use anban_wire::accounts::INVITATION_DIGITS;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};
use std::fmt::Write as _;

/// The system gave no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random numbers: look at its log and start again")]
pub(crate) struct NoChance;

/// 256 random bits in base64url without padding: a token, or the secret of a member of staff.
pub(crate) fn token() -> Result<String, NoChance> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// Digits of an invitation, each combination as likely as any other.
pub(crate) fn digits() -> Result<String, NoChance> {
    let combinations = 10_u64.pow(u32::try_from(INVITATION_DIGITS).unwrap_or(8));
    // The few highest numbers would make some combinations likelier: draw again.
    let fair = u64::MAX - u64::MAX % combinations;
    loop {
        let number = u64::from_le_bytes(random()?);
        if number < fair {
            return Ok(format!("{:0width$}", number % combinations, width = INVITATION_DIGITS));
        }
    }
}

/// As which a secret or token is kept: SHA-256, hexadecimal. They have 256 random bits, so no salt and no slow hash is
/// needed.
pub(crate) fn kept_as(secret: &str) -> String {
    digest(&SHA256, secret.as_bytes())
        .as_ref()
        .iter()
        .fold(String::new(), |mut hex, byte| {
            // Writing to a String can't fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn random<const N: usize>() -> Result<[u8; N], NoChance> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoChance)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use anban_wire::accounts::Secret;

    #[test]
    fn tokens_have_the_form_of_a_secret_and_differ() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert!(Secret(one.clone()).is_well_formed());
        assert_ne!(one, other);
        assert_ne!(kept_as(&one), kept_as(&other));
        assert_eq!(
            kept_as("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn an_invitation_has_eight_digits_also_where_they_begin_with_nought() {
        for _ in 0..200 {
            let digits = digits().unwrap();
            assert!(digits.len() == INVITATION_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
