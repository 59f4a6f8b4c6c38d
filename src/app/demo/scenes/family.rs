//! Relatives and family doctors, what they have booked, and what is not done yet.

use anban_core::app::Incoming;
use anban_core::effect::Fetched;
use anban_core::outbox::{Answer, Request};
use anban_wire::accounts::GrantsAnswer;
use anyhow::{Context, Result};
use jiff::SignedDuration;

use super::{Profile, REFUSED_VISIT, Scene, WAITING_VISIT, and_then, by_taps, of};
use crate::demo::Stand;
use crate::demo::records::{DAUGHTERS_GRANT, grant};

const FAMILY: &[&str] = &["home-family"];
const INVITE: &[&str] = &["home-family", "family-invite", "DAU"];
const REQUESTS: &[&str] = &["home-settings", "settings-requests"];

pub(super) const SCENES: &[Scene] = &[
    of(by_taps("family", FAMILY), Profile::Helped),
    by_taps("family-nobody", FAMILY),
    by_taps("invite-whom", &["home-family", "family-invite"]),
    and_then(by_taps("invitation", INVITE), invited),
    by_taps("invitation-waiting", INVITE),
    and_then(by_taps("invitation-over", INVITE), |stand| {
        invited(stand)?;
        stand.waits(16 * 60)
    }),
    and_then(
        by_taps("enter-invitation-code", &["home-family", "family-help"]),
        |stand| stand.types("4821"),
    ),
    of(by_taps("tie", &["home-family", DAUGHTERS_GRANT]), Profile::Helped),
    of(
        by_taps("end-tie", &["home-family", DAUGHTERS_GRANT, "tie-end"]),
        Profile::Helped,
    ),
    and_then(by_taps("for-whom", &[]), |stand| {
        let english = stand.view().language == anban_core::settings::Language::English;
        let held = vec![grant(english)?];
        let given = Vec::new();
        stand.gets(Incoming::Fetched(Fetched::Grants(GrantsAnswer { given, held })));
        stand.taps("home-doctor")
    }),
    of(by_taps("home-news", &[]), Profile::Helped),
    of(by_taps("news", &["news"]), Profile::Helped),
    of(by_taps("decline", &["news", "news-not"]), Profile::Helped),
    by_taps("requests", REQUESTS),
    of(by_taps("requests-none", REQUESTS), Profile::Welcomed),
    by_taps("request", &["home-settings", "settings-requests", REFUSED_VISIT]),
    by_taps(
        "request-waiting",
        &["home-settings", "settings-requests", WAITING_VISIT],
    ),
];

/// The hub gives the digits.
fn invited(stand: &mut Stand) -> Result<()> {
    let outbox = stand.core().records().outbox.values();
    let asked = outbox
        .into_iter()
        .find(|item| matches!(item.request, Request::Invite { .. }));
    let id = asked.context("no invitation was asked for")?.id;
    let answer = Answer::Invited {
        code: "48215390".to_owned(),
        expires_at: crate::demo::morning()?
            .timestamp()
            .checked_add(SignedDuration::from_mins(15))?,
    };
    stand.gets(Incoming::Answer { id, answer });
    Ok(())
}
