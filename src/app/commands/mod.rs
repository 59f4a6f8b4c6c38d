//! The command line.
//!
//! Data goes to stdout and talk to stderr. Exit codes: 0 done, 1 the answer is no, 2 it could not be used or read, with
//! one line that says why and what to do.

mod export;
mod headless;
mod import;
mod print;
pub mod tour;
mod verify;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use anban_core::app::Page;
use anban_core::settings::{Language, TextSize, Theme};
use anyhow::Result;
use clap::{Parser, Subcommand};
use jiff::{Timestamp, Zoned};

/// Anban 安伴: a companion app in elder mode.
#[derive(Debug, Parser)]
#[command(name = "anban", version, about, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,
    #[command(flatten)]
    window: window::Arguments,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Writes a picture and a description of every page, without a display
    Tour(tour::Arguments),
    /// Runs the core with its store and sync and no screen: one JSON command a line
    Headless(headless::Arguments),
    /// Reads a signed document and says whether it is valid
    Verify(verify::Arguments),
    /// Adds cards, a wallet or a signed document from a file
    Import(import::Arguments),
    /// Writes the whole wallet into one file, to take along
    Export(export::Arguments),
    /// Prints a code, slip, card, form or letter, in large print, folded or as a receipt, to a file or a printer
    Print(print::Arguments),
}

/// Runs what the arguments ask for.
///
/// # Errors
/// What could not be used or read, and what to do.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    match arguments.command {
        None => window::run(arguments.window),
        Some(Subcommands::Tour(arguments)) => tour::run(&arguments),
        Some(Subcommands::Headless(arguments)) => headless::run(arguments),
        Some(Subcommands::Verify(arguments)) => verify::run(&arguments),
        Some(Subcommands::Import(arguments)) => import::run(&arguments),
        Some(Subcommands::Export(arguments)) => export::run(&arguments),
        Some(Subcommands::Print(arguments)) => print::run(&arguments),
    }
}

/// The profile to work on.
#[derive(Debug, Clone, clap::Args)]
struct ProfileArguments {
    /// The folder of the profile [default: the system's place for data]
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
}

fn language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "this language is not there: use zh-Hans or en".to_owned())
}

fn page(name: &str) -> Result<Page, String> {
    Page::from_name(name).ok_or_else(|| {
        let names: Vec<String> = Page::all().map(Page::name).collect();
        format!("there is no such page: use one of {}", names.join(", "))
    })
}

fn text_size(step: &str) -> Result<TextSize, String> {
    let size = step.parse().ok().and_then(TextSize::from_step);
    size.ok_or_else(|| "the text setting is 1, 2, 3 or 4".to_owned())
}

fn theme(name: &str) -> Result<Theme, String> {
    let found = Theme::ALL.into_iter().find(|theme| theme.name() == name);
    found.ok_or_else(|| "the theme is paper, light or dark".to_owned())
}

/// An instant in RFC 3339, in the zone that its offset names.
fn instant(text: &str) -> Result<Zoned, String> {
    let wrong = |_| "this is not a time: write it as 2026-11-22T09:00:00+08:00".to_owned();
    let at: Timestamp = text.parse().map_err(wrong)?;
    let offset = if text.ends_with(['Z', 'z']) {
        jiff::tz::Offset::UTC
    } else {
        jiff::fmt::temporal::DateTimeParser::new()
            .parse_pieces(text)
            .map_err(wrong)?
            .to_numeric_offset()
            .unwrap_or(jiff::tz::Offset::UTC)
    };
    Ok(at.to_zoned(jiff::tz::TimeZone::fixed(offset)))
}

/// Prints one line of JSON on stdout. A reader that has gone is no error of ours.
fn answer(value: &impl serde::Serialize) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}
