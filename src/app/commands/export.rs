//! `anban export`: the whole wallet in one open file (docs/wallet-file.md), locked with a passphrase if wanted.

use std::path::PathBuf;
use std::process::ExitCode;

use anban_core::cash::KeptPurse;
use anban_core::store::Records;
use anban_core::wallet::{Card, WhyOld};
use anyhow::{Context, Result, ensure};

use super::headless::Direct;
use super::{ProfileArguments, import};
use crate::outside::{age, files};

/// The options of `anban export`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    profile: ProfileArguments,
    /// The file to write: cards, photographs, purse, spendings, bills and the letter of complaint
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The file with a passphrase to lock it with (age); white space at its ends is not part of it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Whether nothing would go along. What was deleted stays here, and so does a purse of which nothing was ever said.
fn is_empty(records: &Records) -> bool {
    let goes_along = |card: &Card| card.old.is_none_or(|old| old.why != WhyOld::Deleted);
    !records.cards.values().any(goes_along)
        && records.purse == KeptPurse::default()
        && records.spendings.is_empty()
        && records.bills.is_empty()
        && records.complaint.is_none()
}

/// Writes the file; 1 where there is nothing to take along.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let passphrase = arguments
        .passphrase_file
        .as_deref()
        .map(import::passphrase)
        .transpose()?;
    let mut direct = Direct::offline(arguments.profile.profile.as_deref())?;
    if is_empty(direct.core().records()) {
        eprintln!("anban: there is nothing in the wallet yet: add cards in the app or with anban import");
        return Ok(ExitCode::from(1));
    }
    let archive = direct
        .wallet()
        .context("a photograph can't be read: close the app and try again")?;
    let locked = passphrase
        .map(|passphrase| age::lock(&archive, &passphrase))
        .transpose()?;
    let bytes = locked.as_deref().unwrap_or(&archive);
    ensure!(
        files::can_be_taken_in(&archive, bytes),
        "there are more photographs than one file can carry: take some away in the app"
    );
    anban_print::save(&arguments.out, bytes)
        .context("the file can't be written: look at its folder and the room there")?;
    Ok(ExitCode::SUCCESS)
}
