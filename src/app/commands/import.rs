//! `anban import`: adds what a file holds, as the app would: passes, lists of cards, a whole wallet, signed documents.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::store::Records;
use anban_core::view::Body;
use anban_core::wallet::Card;
use anban_core::{Command, fraud, health_code};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::ProfileArguments;
use super::headless::Direct;

/// The options of `anban import`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    profile: ProfileArguments,
    /// The file with the passphrase of a locked file; white space at its ends is not part of it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// A pass (.pkpass, .pkpasses), a Catima export, a wallet (.zip, .zip.age), a picture or text of a signed document,
    /// a picture of a card's code, or a copy that the app saved
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// The passphrase in a file, as the app takes one that is typed.
pub(super) fn passphrase(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).context("the file with the passphrase can't be read: look at its name")?;
    let text = text.trim();
    ensure!(
        (1..=Field::WalletPassphrase.longest()).contains(&text.chars().count()),
        "the passphrase is empty or too long: write one of at most {} letters into its file",
        Field::WalletPassphrase.longest()
    );
    Ok(text.to_owned())
}

/// Prints what was added or brought up to date; 0 where something was, 1 where it was there already, 2 where nothing could be read.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let passphrase = arguments.passphrase_file.as_deref().map(passphrase).transpose()?;
    let mut direct = Direct::offline(arguments.profile.profile.as_deref())?;
    // Nobody is asked here how large words are to be: the answer to the file is what is to be read.
    let _ = direct.carry_out(Command::Home);
    let before = direct.core().records().clone();
    let path = std::path::absolute(&arguments.file).unwrap_or_else(|_| arguments.file.clone());
    let command = health_code::Command::ImportFile {
        path: path.to_string_lossy().into_owned(),
    };
    // What could not be kept is not among what was added, and the page says why.
    let _ = direct.carry_out(Command::HealthCode(command));
    let field = Field::OpenPassphrase;
    if let (Page::Enter(Field::OpenPassphrase), Some(text)) = (direct.core().page(), passphrase) {
        let _ = direct.carry_out(Command::Enter { field, text });
    }
    // Who gives the name of a file on a command line has it of their own accord.
    if direct.core().page() == Page::FraudAsk {
        let _ = direct.carry_out(Command::Fraud(fraud::Command::OfMyOwnAccord));
    }
    let added = added(&before, direct.core().records());
    let left_out = direct.core().left_out_of_import();
    let mut skipped: Vec<Value> = left_out.into_iter().map(|why| json!({ "why": why })).collect();
    let renewed = renewed(&before, direct.core().records());
    if !added.is_empty() || !renewed.is_empty() {
        direct.close();
        let mut told = json!({ "added": added, "skipped": skipped });
        if !renewed.is_empty() {
            told["renewed"] = json!(renewed);
        }
        super::answer(&told)?;
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
        Body::Entry(entry) => entry.problem.unwrap_or(entry.title).text,
        _ => String::new(),
    };
    skipped.insert(0, json!({ "why": why }));
    super::answer(&json!({ "added": [], "skipped": skipped }))?;
    let refreshed = before.documents != direct.core().records().documents;
    if refreshed || direct.core().known_in_import() > 0 {
        direct.close();
        return Ok(ExitCode::from(1));
    }
    if direct.core().page() == Page::Enter(field) && arguments.passphrase_file.is_none() {
        anyhow::bail!("the file is locked with a passphrase: give it with --passphrase-file");
    }
    anyhow::bail!("nothing in this file could be added: {why}")
}

fn added(before: &Records, after: &Records) -> Vec<Value> {
    let documents = after.documents.keys().filter(|id| !before.documents.contains_key(id));
    let cards = after.cards.values().filter(|card| !before.cards.contains_key(&card.id));
    let spendings = after.spendings.keys().filter(|id| !before.spendings.contains_key(id));
    let bills = after.bills.keys().filter(|id| !before.bills.contains_key(id));
    let documents = documents.map(|id| json!({ "kind": "document", "id": id }));
    let spendings = spendings.map(|id| json!({ "kind": "spending", "id": id }));
    let bills = bills.map(|id| json!({ "kind": "bill", "id": id }));
    let purse = (before.purse != after.purse).then(|| json!({ "kind": "purse" }));
    let complaint = (before.complaint != after.complaint).then(|| json!({ "kind": "complaint" }));
    documents
        .chain(cards.map(card))
        .chain(purse)
        .chain(spendings)
        .chain(bills)
        .chain(complaint)
        .collect()
}

/// Cards that were there and say something newer now.
fn renewed(before: &Records, after: &Records) -> Vec<Value> {
    let differs = |now: &&Card| before.cards.get(&now.id).is_some_and(|known| known != *now);
    after.cards.values().filter(differs).map(card).collect()
}

/// A card; what it does not have is not named.
fn card(card: &Card) -> Value {
    let code = card
        .code
        .as_ref()
        .map(|code| json!({ "symbology": code.symbology, "text": code.text }));
    let mut told = json!({ "kind": "card", "id": card.id, "name": card.name, "number": card.number, "code": code });
    let photos = [card.photos.front, card.photos.back].into_iter().flatten().count();
    let more = [
        ("details", (!card.details.is_empty()).then(|| json!(card.details))),
        ("valid_from", card.valid_from.map(|at| json!(at))),
        ("expires_at", card.expires_at.map(|at| json!(at))),
        ("note", (!card.note.is_empty()).then(|| json!(card.note))),
        ("pinned", card.pinned_at.map(|_| json!(true))),
        ("old", card.old.map(|_| json!(true))),
        ("photos", (photos > 0).then(|| json!(photos))),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            told[name] = value;
        }
    }
    told
}
