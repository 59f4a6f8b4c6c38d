//! Codes from the hub: a relative's, registering without this device, a code that has become worse, and the card that
//! answers for one.

use anban_core::app::Incoming;
use anban_core::appointments::Refusal;
use anban_core::outbox::Answer;
use anban_core::settings::Language;
use anyhow::{Context, Result};

use super::{Profile, Scene, and_then, by_taps, of};
use crate::demo::Stand;

const RELATIVE: &[&str] = &["home-health-code", "document-relative"];
const IDENTITY: &[&str] = &["home-wallet", "wallet-add", "add-card-by-hand", "card-identity"];
const NAME: &str = "李建国";
const NUMBER: &str = "990101194611020035";

pub(super) const SCENES: &[Scene] = &[
    of(by_taps("home-health-worse", &[]), Profile::YellowCode),
    by_taps("enter-relative-name", RELATIVE),
    and_then(by_taps("enter-relative-number", RELATIVE), |stand| {
        stand.enters(NAME)?;
        stand.types("99010119")
    }),
    and_then(by_taps("result-relative-offer", RELATIVE), |stand| {
        refused(stand, Refusal::NotRegistered)
    }),
    and_then(by_taps("result-relative-refused", RELATIVE), |stand| {
        refused(stand, Refusal::NotAccepted)
    }),
    by_taps(
        "register-elsewhere",
        &["home-health-code", "code-add", "register-elsewhere"],
    ),
    of(
        by_taps(
            "register-elsewhere-anywhere",
            &["home-health-code", "register-elsewhere"],
        ),
        Profile::Welcomed,
    ),
    and_then(by_taps("card-identity", IDENTITY), |stand| {
        let english = stand.view().language == Language::English;
        stand.enters(if english { "Identity card" } else { "身份证" })?;
        stand.enters("11010519491231002X")?;
        stand.taps("card-kept-show")
    }),
];

/// The hub will not issue the code that was asked for.
fn refused(stand: &mut Stand, reason: Refusal) -> Result<()> {
    stand.enters(NAME)?;
    stand.enters(NUMBER)?;
    let newest = stand.core().records().outbox.values().max_by_key(|item| item.sequence);
    let id = newest.context("nothing was asked for")?.id;
    let answer = Answer::refused(reason);
    stand.gets(Incoming::Answer { id, answer });
    Ok(())
}
