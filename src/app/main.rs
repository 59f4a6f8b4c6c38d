//! `anban`: the window, and the commands beside it. `anban --help` lists them.

use std::process::ExitCode;

use anban::commands::{self, Arguments};
use clap::Parser;

fn main() -> ExitCode {
    // Talk goes to stderr and holds no personal data; stdout is for answers.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("ANBAN_LOG").unwrap_or_else(|_| "warn".into()))
        .init();
    match commands::run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("anban: {error:#}");
            ExitCode::from(2)
        }
    }
}
