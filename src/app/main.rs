//! `anban`: the window, and the commands beside it. `anban --help` lists them.

use std::process::ExitCode;

use anban::commands::{self, Arguments};
use clap::Parser;

/// One line for stderr, whatever an error has in it: what reads it, a person or a script, gets the whole of it at once.
fn tell(told: &str) -> ExitCode {
    eprintln!("anban: {}", told.split_whitespace().collect::<Vec<_>>().join(" "));
    ExitCode::from(2)
}

fn main() -> ExitCode {
    // Talk goes to stderr and holds no personal data; stdout is for answers.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("ANBAN_LOG").unwrap_or_else(|_| "warn".into()))
        .init();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // What was asked for, such as the help, is data.
        Err(asked) if !asked.use_stderr() => asked.exit(),
        Err(error) => {
            let error = error.to_string();
            let first = error.split("\n\n").next().unwrap_or(&error);
            return tell(&format!("{} (see --help)", first.trim_start_matches("error: ")));
        }
    };
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) => tell(&format!("{error:#}")),
    }
}
