//! The pages to type into, and numbers with a slip in them, marked while they are typed.

use super::{Profile, Scene, and_then, by_taps, of};
use crate::demo::records::DAUGHTER;

const OWN_CODE: &[&str] = &["home-health-code", "code-add", "document-from-hub"];

pub(super) const SCENES: &[Scene] = &[
    by_taps("enter-name", &["home-settings", "settings-emergency", "emergency-name"]),
    and_then(
        of(
            by_taps(
                "enter-identity-number",
                &["home-health-code", "code-add", "document-from-hub"],
            ),
            Profile::WithoutNumber,
        ),
        |stand| stand.types("11010519491231002X"),
    ),
    and_then(
        of(
            by_taps(
                "enter-identity-number-wrong",
                &["home-health-code", "code-add", "document-from-hub"],
            ),
            Profile::WithoutNumber,
        ),
        |stand| stand.enters("110105194912310021"),
    ),
    by_taps(
        "enter-address",
        &["home-settings", "settings-emergency", "emergency-address"],
    ),
    by_taps(
        "enter-medical-notes",
        &["home-settings", "settings-emergency", "emergency-notes"],
    ),
    by_taps(
        "enter-contact-name",
        &["home-settings", "settings-emergency", DAUGHTER, "contact-edit-name"],
    ),
    by_taps(
        "enter-contact-number",
        &["home-settings", "settings-emergency", DAUGHTER, "contact-edit-number"],
    ),
    by_taps(
        "enter-card-name",
        &["home-wallet", "wallet-add", "add-card-by-hand", "card-transit"],
    ),
    and_then(
        by_taps(
            "enter-card-number",
            &["home-wallet", "wallet-add", "add-card-by-hand", "card-transit"],
        ),
        |stand| {
            stand.enters("公交卡")?;
            stand.types("31040200")
        },
    ),
    by_taps(
        "enter-document-text",
        &["home-health-code", "code-add", "document-from-text"],
    ),
    by_taps(
        "enter-hub-address",
        &["home-settings", "settings-helpers", "helpers-hub"],
    ),
    by_taps(
        "enter-printer-address",
        &[
            "home-settings",
            "settings-helpers",
            "helpers-printer",
            "printers-address",
        ],
    ),
    and_then(
        of(by_taps("enter-identity-number-month", OWN_CODE), Profile::WithoutNumber),
        |stand| stand.types("110105194913"),
    ),
    and_then(
        of(by_taps("enter-identity-number-check", OWN_CODE), Profile::WithoutNumber),
        |stand| stand.types("110105194912310021"),
    ),
    and_then(
        by_taps(
            "enter-card-number-likely",
            &[
                "home-wallet",
                "wallet-add",
                "add-card-by-hand",
                "card-bank",
                "fraud-own-accord",
            ],
        ),
        |stand| {
            stand.enters("工资卡")?;
            stand.enters("6222 0212 3456 7890")
        },
    ),
];
