//! The pages of a door: checking codes, and the register.

use anban_core::app::Incoming;
use anban_core::{Command, checkpoint};
use anyhow::{Context, Result};

use super::{Scene, and_then, by_taps, files};
use crate::demo::Stand;
use crate::demo::documents::{HUSBANDS_DOCUMENT, OWN_DOCUMENT};

/// The way to the page that waits for a code to check.
const DOOR: &[&str] = &["home-settings", "settings-helpers", "helpers-checkpoint"];

pub(super) const SCENES: &[Scene] = &[
    by_taps("checkpoint", DOOR),
    and_then(by_taps("checkpoint-camera", DOOR), |stand| {
        stand.gets(Incoming::Camera(true));
        stand.taps("checkpoint-camera")
    }),
    and_then(by_taps("checkpoint-parts", DOOR), |stand| {
        scan(stand, "shc:/1/3/5676");
        Ok(())
    }),
    and_then(by_taps("verdict", DOOR), |stand| shows(stand, OWN_DOCUMENT)),
    and_then(by_taps("verdict-stop", DOOR), |stand| shows(stand, HUSBANDS_DOCUMENT)),
    and_then(by_taps("verdict-look", DOOR), |stand| {
        scan(stand, "https://example.com/menu");
        Ok(())
    }),
    and_then(by_taps("verdict-paper", DOOR), |stand| {
        stand.taps("checkpoint-no-code")?;
        shows(stand, OWN_DOCUMENT)
    }),
    and_then(
        by_taps(
            "check-picture",
            &[
                "home-settings",
                "settings-helpers",
                "helpers-checkpoint",
                "checkpoint-picture",
            ],
        ),
        files,
    ),
    by_taps(
        "no-code",
        &[
            "home-settings",
            "settings-helpers",
            "helpers-checkpoint",
            "checkpoint-no-code",
        ],
    ),
    and_then(by_taps("confirm-entry", DOOR), |stand| {
        scan(stand, "王秀英,11010519491231002X");
        Ok(())
    }),
    and_then(by_taps("register", DOOR), register),
    and_then(by_taps("register-day", DOOR), |stand| {
        register(stand)?;
        stand.taps("2026-11-22")
    }),
    and_then(by_taps("register-entry", DOOR), |stand| {
        register(stand)?;
        stand.taps("2026-11-22")?;
        let last = stand
            .core()
            .records()
            .entries
            .values()
            .max_by_key(|entry| entry.sequence);
        let id = last.context("nobody is in the register")?.id.to_string();
        stand.taps(&id)
    }),
    and_then(by_taps("register-rule", DOOR), |stand| {
        register(stand)?;
        stand.taps("register-rule")
    }),
    and_then(by_taps("enter-visitor-name", DOOR), |stand| {
        scan(stand, "11010519491231002X");
        Ok(())
    }),
    and_then(by_taps("enter-visitor-number", DOOR), |stand| {
        stand.taps("checkpoint-no-code")?;
        stand.taps("no-code-number")
    }),
    and_then(by_taps("enter-visitor-telephone", DOOR), |stand| {
        scan(stand, "王秀英,11010519491231002X");
        stand.taps("entry-add-telephone")
    }),
    and_then(by_taps("enter-visitor-remark", DOOR), |stand| {
        scan(stand, "王秀英,11010519491231002X");
        stand.taps("entry-add-remark")
    }),
    by_taps(
        "enter-check-text",
        &[
            "home-settings",
            "settings-helpers",
            "helpers-checkpoint",
            "checkpoint-type",
        ],
    ),
];

/// A scanner types a text.
fn scan(stand: &mut Stand, text: &str) {
    stand.does(Command::Checkpoint(checkpoint::Command::Scanned {
        text: text.to_owned(),
    }));
}

/// Somebody shows one of the documents at the door.
fn shows(stand: &mut Stand, document: &str) -> Result<()> {
    let kept = stand.core().records().documents.get(&document.parse()?);
    let text = kept.context("there is no such document")?.text.clone();
    scan(stand, &text);
    Ok(())
}

/// Two people came in without a code, and the register is looked at.
fn register(stand: &mut Stand) -> Result<()> {
    for line in ["王秀英,11010519491231002X", "陈桂兰,440524188001010014"] {
        scan(stand, line);
        stand.taps("entry-note")?;
        stand.waits(240)?;
        stand.taps("verdict-next")?;
    }
    stand.taps("checkpoint-register")
}
