//! `anban import`: adds a pass or a signed document from a file, as the app would.

use std::path::PathBuf;
use std::process::ExitCode;

use anban_core::store::Records;
use anban_core::view::Body;
use anban_core::{Command, health_code};
use anyhow::Result;
use serde_json::{Value, json};

use super::ProfileArguments;
use super::headless::Direct;

/// The options of `anban import`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    profile: ProfileArguments,
    /// A pass (.pkpass, .pkpasses), a picture or text of a signed document, or a copy that the app saved
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Prints what was added; 0 where something was, 1 where it was there already, 2 where nothing could be read.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut direct = Direct::offline(arguments.profile.profile.as_deref())?;
    let before = direct.core().records().clone();
    let path = std::path::absolute(&arguments.file).unwrap_or_else(|_| arguments.file.clone());
    let command = health_code::Command::ImportFile {
        path: path.to_string_lossy().into_owned(),
    };
    // What could not be kept is not among what was added, and the page says why.
    let _ = direct.carry_out(Command::HealthCode(command));
    let added = added(&before, direct.core().records());
    if !added.is_empty() {
        direct.close();
        super::answer(&json!({ "added": added, "skipped": [] }))?;
        return Ok(ExitCode::SUCCESS);
    }
    // The page says why, in the person's words.
    let why = match direct.core().view().body {
        Body::Question(question) => {
            let lines = question.lines.into_iter().map(|line| line.text);
            [question.title.text]
                .into_iter()
                .chain(lines)
                .collect::<Vec<_>>()
                .join(" ")
        }
        _ => String::new(),
    };
    super::answer(&json!({ "added": [], "skipped": [{ "why": why }] }))?;
    let refreshed = before.documents != direct.core().records().documents;
    if refreshed {
        return Ok(ExitCode::from(1));
    }
    anyhow::bail!("nothing in this file could be added: {why}")
}

fn added(before: &Records, after: &Records) -> Vec<Value> {
    let documents = after.documents.keys().filter(|id| !before.documents.contains_key(id));
    let cards = after.cards.values().filter(|card| !before.cards.contains_key(&card.id));
    let documents = documents.map(|id| json!({ "kind": "document", "id": id }));
    let cards = cards.map(|card| {
        let code = card
            .code
            .as_ref()
            .map(|code| json!({ "symbology": code.symbology, "text": code.text }));
        json!({ "kind": "card", "id": card.id, "name": card.name, "number": card.number, "code": code })
    });
    documents.chain(cards).collect()
}
