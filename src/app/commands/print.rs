//! `anban print`: a code, slip or card as large-print A4.

use std::path::PathBuf;
use std::process::ExitCode;

use anban_core::certificates::{self, Item};
use anban_core::store::Records;
use anban_print::Need;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use uuid::Uuid;

use super::ProfileArguments;
use super::headless::Direct;
use crate::outside::printing::{self, Followed};

/// What can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A signed document as a certificate with its code
    HealthCode,
    /// The slip of a visit
    Appointment,
    /// A card with its number and code
    Card,
}

/// The options of `anban print`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("target").required(true)))]
pub(super) struct Arguments {
    /// What to print
    #[arg(value_name = "KIND")]
    kind: Kind,
    #[command(flatten)]
    profile: ProfileArguments,
    /// Which one, by its id [default: the newest]
    #[arg(long, value_name = "ID")]
    of: Option<Uuid>,
    /// The PDF to write
    #[arg(long, value_name = "FILE.pdf", group = "target")]
    out: Option<PathBuf>,
    /// The printer's address, such as ipp://localhost/ipp/print
    #[arg(long, value_name = "URI", group = "target")]
    printer: Option<String>,
}

/// Prints; 1 where there is nothing of that kind.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let direct = Direct::offline(arguments.profile.profile.as_deref())?;
    let core = direct.core();
    let Some(item) = item(core.records(), arguments.kind, arguments.of) else {
        eprintln!("anban: there is nothing of that kind to print: add it in the app or with anban import");
        return Ok(ExitCode::from(1));
    };
    let paper = certificates::paper(core, item).context("it can't be read any more: add it again")?;
    match (&arguments.out, &arguments.printer) {
        (Some(path), _) => printing::save(path, &printing::pdf(&paper)?)?,
        (None, Some(address)) => match printing::send_and_wait(address, &paper)? {
            Followed::Well => {}
            Followed::Wants(need) => bail!(
                "the printer has the page and prints it by itself once it can, so do not send it again: {}",
                what_to_do(need)
            ),
            Followed::Cancelled => bail!("it was cancelled at the printer: print it again if you still want it"),
        },
        (None, None) => bail!("say where to: --out FILE.pdf or --printer URI"),
    }
    Ok(ExitCode::SUCCESS)
}

/// What a person does for a printer that waits.
fn what_to_do(need: Need) -> &'static str {
    match need {
        Need::Cover => "close its covers",
        Need::Jam => "take out the paper that is stuck",
        Need::Paper => "put paper in",
        Need::Ink => "put in a new cartridge",
        _ => "look at its panel and make it ready",
    }
}

/// The item of an id, or the newest of its kind.
fn item(records: &Records, kind: Kind, of: Option<Uuid>) -> Option<Item> {
    let wanted = |id: Uuid| of.is_none_or(|of| of == id);
    match kind {
        Kind::HealthCode => {
            let documents = records.documents.values().filter(|kept| wanted(kept.id.0));
            documents
                .max_by_key(|kept| kept.added_at)
                .map(|kept| Item::Document(kept.id))
        }
        Kind::Appointment => {
            let visits = records.visits.values().filter(|visit| wanted(visit.id.0));
            visits
                .max_by_key(|visit| visit.asked_at)
                .map(|visit| Item::Visit(visit.id))
        }
        Kind::Card => {
            let cards = records.cards.values().filter(|card| wanted(card.id.0));
            cards.max_by_key(|card| card.added_at).map(|card| Item::Card(card.id))
        }
    }
}
