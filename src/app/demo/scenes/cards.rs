//! The wallet, and the question before what fraudsters talk people into.

use anyhow::Result;

use super::{BUS_CARD, MEMBER_CARD, SOCIAL_SECURITY_CARD, Scene, and_then, by_taps};
use crate::demo::Stand;

const SENSITIVE: &[&str] = &["home-wallet", SOCIAL_SECURITY_CARD];
const MEMBER: &[&str] = &["home-wallet", MEMBER_CARD, "card-edit"];
const DELETED: &[&str] = &["home-wallet", BUS_CARD, "card-remove", "result-home"];
const DAY: i64 = 24 * 60 * 60;
const BANK: &[&str] = &["home-wallet", "wallet-add", "add-card-by-hand", "card-bank"];

pub(super) const SCENES: &[Scene] = &[
    by_taps("add-card", &["home-wallet", "wallet-add"]),
    by_taps("card-kinds", &["home-wallet", "wallet-add", "add-card-by-hand"]),
    by_taps("card-code", &["home-wallet", BUS_CARD, "card-large"]),
    by_taps("card-code-number", &["home-wallet", SOCIAL_SECURITY_CARD, "card-large"]),
    by_taps("card-covered", SENSITIVE),
    by_taps("card-revealed", &["home-wallet", SOCIAL_SECURITY_CARD, "card-reveal"]),
    by_taps("edit-card", MEMBER),
    by_taps(
        "card-kind",
        &["home-wallet", MEMBER_CARD, "card-edit", "edit-card-kind"],
    ),
    by_taps(
        "card-code-kind",
        &["home-wallet", MEMBER_CARD, "card-edit", "edit-card-code"],
    ),
    by_taps(
        "card-code-looks",
        &[
            "home-wallet",
            MEMBER_CARD,
            "card-edit",
            "edit-card-code",
            "card-code-bars",
        ],
    ),
    by_taps(
        "enter-card-expiry",
        &["home-wallet", MEMBER_CARD, "card-edit", "edit-card-expiry"],
    ),
    by_taps(
        "enter-card-note",
        &["home-wallet", MEMBER_CARD, "card-edit", "edit-card-note"],
    ),
    and_then(by_taps("wallet-deleted", DELETED), |stand| stand.taps("home-wallet")),
    and_then(by_taps("old-cards", DELETED), |stand| {
        stand.taps("home-wallet")?;
        stand.taps("wallet-old")
    }),
    and_then(by_taps("old-card", DELETED), old_card),
    and_then(by_taps("erase-card", DELETED), |stand| {
        old_card(stand)?;
        stand.taps("old-card-erase")
    }),
    and_then(by_taps("wallet-expired", &[]), expired),
    and_then(by_taps("expired-card", &[]), |stand| {
        expired(stand)?;
        stand.taps("wallet-expired")
    }),
    by_taps("print-cards", &["home-wallet", "wallet-print"]),
    by_taps("print-numbers", &["home-wallet", "wallet-print", "print-cards-go"]),
    by_taps("sayings", &["home-wallet", "wallet-sayings"]),
    by_taps("saying", &["home-wallet", "wallet-sayings", "saying-write-down"]),
    by_taps("saying-no-code", &["home-wallet", "wallet-sayings", "saying-no-code"]),
    by_taps(
        "saying-call-for-me",
        &["home-wallet", "wallet-sayings", "saying-call-for-me"],
    ),
    by_taps("fraud-ask", BANK),
];

fn old_card(stand: &mut Stand) -> Result<()> {
    stand.taps("home-wallet")?;
    stand.taps("wallet-old")?;
    stand.taps(BUS_CARD)
}

/// The flight has left.
fn expired(stand: &mut Stand) -> Result<()> {
    stand.waits(9 * DAY)?;
    stand.taps("home-wallet")
}
