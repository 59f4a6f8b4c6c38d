//! The program `anban-hub`: a command line around [`anban_hub::Hub`].
//!
//! Exit codes: 0 when it was told to stop and has finished what it had begun, 2 when it could not be used
//! (one line on stderr says why and what to do).

use anban_hub::{Config, Hub};
use clap::Parser;
use std::{io::Write, path::PathBuf, process::ExitCode};

/// The hub of Anban: booking doctors (HL7 FHIR R4, IHE ITI Scheduling) and signed documents for a region.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address and port to listen on; port 0 takes any free one, which the first line of output names.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Directory for database and keys; made if it is not there. [default: $XDG_DATA_HOME/anban-hub]
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    data: Option<PathBuf>,
    /// Keep the data in a PostgreSQL database instead (postgres://…).
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Fill an empty database with the demonstration city, and sign with its publicly known root.
    #[arg(long)]
    demo: bool,
    /// The region's root key (PKCS#8, DER). Without it the hub makes one in its data directory.
    #[arg(long, value_name = "FILE")]
    root_key: Option<PathBuf>,
    /// The region that trust lists are for: six digits of GB/T 2260, or a name.
    #[arg(long, value_name = "REGION", default_value = "local")]
    region: String,
    /// The name that documents are issued under.
    #[arg(long, value_name = "NAME", default_value = "Anban hub")]
    issuer: String,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // What was asked for, such as the help, is data.
        Err(asked) if !asked.use_stderr() => asked.exit(),
        Err(error) => {
            // The first paragraph says what is wrong; the rest repeats the help.
            let error = error.to_string();
            let first = error.split("\n\n").next().unwrap_or(&error);
            let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
            eprintln!("anban-hub: {} (see --help)", line.trim_start_matches("error: "));
            return ExitCode::from(2);
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,anban_hub=info"));
    // stdout has data only: the one line that says where the hub listens.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("anban-hub: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.database.is_some() {
        anyhow::bail!(
            "this version keeps its data in SQLite only and can't use --database yet: give a directory with --data"
        );
    }
    let data = match arguments.data {
        Some(data) => data,
        None => default_data().ok_or_else(|| anyhow::anyhow!("there is no home directory: give --data DIR"))?,
    };
    let hub = Hub::start(Config {
        demo: arguments.demo,
        root_key: arguments.root_key,
        region: arguments.region,
        issuer: arguments.issuer,
        ..Config::new(arguments.listen, data)
    })?;
    if let Some(path) = hub.public_root() {
        eprintln!(
            "anban-hub: the public key of this region's root is in {}",
            path.display()
        );
    }
    let signals = hub.stop_signals()?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on {}", hub.url())?;
    stdout.flush()?;
    drop(stdout);
    hub.run_until(signals);
    Ok(())
}

/// Where the data of a user's programs goes (XDG Base Directory Specification).
fn default_data() -> Option<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))?;
    Some(base.join("anban-hub"))
}
