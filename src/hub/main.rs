//! The program `anban-hub`: a command line around [`anban_hub::Hub`].
//!
//! Without a subcommand it serves. The subcommands see to what a hub keeps, whether that runs or not.
//!
//! Exit codes: 0 when it was told to stop and has finished what it had begun, or the subcommand was done; 1 when what
//! was to be checked does not hold; 2 when it
//! could not be used (one line on stderr says why and what to do).

mod jobs;

use anban_hub::{
    Config, Hub, Storage, TlsFiles, backup,
    operator::{self, OperatorError, TakenBack},
};
use anban_wire::shows_only;
use clap::{Parser, Subcommand};
use jiff::{SignedDuration, Timestamp};
use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

/// The hub of Anban: booking doctors (HL7 FHIR R4, IHE ITI Scheduling) and signed documents for a region.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Job>,
    /// Address and port to listen on; port 0 takes any free one, which the first line of output names.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    #[command(flatten)]
    place: Place,
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
    /// Clients come through a gateway that puts their addresses into X-Forwarded-For: count requests by these.
    #[arg(long)]
    behind_gateway: bool,
    /// Let anyone book for a patient whom they bring along with an identifier, as with --demo; else booking needs a
    /// sign-in.
    #[arg(long)]
    open: bool,
    /// Requests a second for each caller who has signed in, and for each address of others, on the average over half a
    /// minute; 0 for any number.
    #[arg(long, value_name = "N", default_value_t = 20)]
    requests_per_second: u32,
    /// Serve TLS with the certificate in this PEM file, read again on SIGHUP.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The private key of the certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Serve metrics (Prometheus) at this address; PORT alone is on loopback. Without it they are not served.
    #[arg(long, value_name = "[ADDR:]PORT")]
    metrics: Option<String>,
    /// Departments that live in a hospital's own FHIR server, as this file (TOML) says: see docs/hub.md.
    #[arg(long, value_name = "FILE")]
    gateway: Option<PathBuf>,
    /// The address under which clients reach this hub, where that is another than it listens on, as behind a load
    /// balancer: the links in its answers begin with it.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// After SIGTERM go on serving so long, with /ready answering 503, so that a load balancer sends requests elsewhere
    /// before the hub takes none any more. A second signal ends the wait.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    drain: u16,
    /// How the log is written to stderr.
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Log::Text)]
    log: Log,
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Log {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// What can be done to a hub that runs, or that does not.
#[derive(Debug, Subcommand)]
enum Job {
    /// Take back a document, or a key with everything that it signed. The next trust list says so.
    Revoke {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        what: What,
    },
    /// Make a new issuing key, which is in the trust list at once and signs after the lead time.
    RotateKey {
        #[command(flatten)]
        place: Place,
        /// Days between the first trust list that has the key and its first document.
        #[arg(long, value_name = "DAYS", default_value_t = 7)]
        lead_days: u16,
    },
    /// Copy a hub's database and keys into one file, while it runs or not. (PostgreSQL has its own: see docs/hub.md.)
    Backup {
        /// The hub's data directory. [default: $XDG_DATA_HOME/anban-hub]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// The new file. It has private keys and people's data: keep it as safe as the directory.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Make a hub's data directory from a backup. No hub may run there; what was in it is moved aside.
    Restore {
        /// The hub's data directory. [default: $XDG_DATA_HOME/anban-hub]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// A file that `anban-hub backup` has made.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
    /// Tell devices that a database was restored by other means than `restore`. Stop all hubs on it before.
    NewEpoch {
        #[command(flatten)]
        place: Place,
    },
    /// Staff who sign in: registrars, nurses, doctors, auditors, administrators.
    Staff {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        job: jobs::StaffJob,
    },
    /// The audit trail.
    Audit {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        job: jobs::AuditJob,
    },
}

/// Where a hub keeps what it has.
#[derive(clap::Args)]
struct Place {
    /// Directory for database and keys; made if it is not there. [default: $XDG_DATA_HOME/anban-hub]
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// Keep the data in this PostgreSQL database, which several hubs may share (postgres://…); the data directory then
    /// has only the hubs' common secret. The environment variable ANBAN_HUB_DATABASE says the same where nobody sees
    /// the password in a list of processes.
    #[arg(long, value_name = "URL", global = true)]
    database: Option<String>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct What {
    /// A document's id: the 32 hexadecimal digits of its "cti".
    #[arg(long, value_name = "CTI")]
    document: Option<String>,
    /// A key's id: 16 hexadecimal digits, as GET /status lists them.
    #[arg(long, value_name = "KID")]
    key: Option<String>,
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
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match arguments.log {
        Log::Text => log.init(),
        Log::Json => log.json().flatten_event(true).init(),
    }
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("anban-hub: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if let Some(job) = arguments.command {
        return job.run();
    }
    let storage = arguments.place.storage()?;
    let hub = Hub::start(Config {
        demo: arguments.demo,
        root_key: arguments.root_key,
        region: arguments.region,
        issuer: arguments.issuer,
        behind_gateway: arguments.behind_gateway,
        public_url: arguments.public_url,
        open: arguments.open,
        requests_per_second: arguments.requests_per_second,
        tls: arguments
            .tls_certificate
            .zip(arguments.tls_key)
            .map(|(certificate, key)| TlsFiles { certificate, key }),
        metrics: arguments.metrics.map(|at| {
            if at.parse::<u16>().is_ok() {
                format!("127.0.0.1:{at}")
            } else {
                at
            }
        }),
        gateway: arguments.gateway,
        drain: Duration::from_secs(arguments.drain.into()),
        database: storage.database,
        ..Config::new(arguments.listen, storage.data)
    })?;
    if let Some(path) = hub.public_root() {
        eprintln!(
            "anban-hub: the public key of this region's root is in {}",
            path.display()
        );
    }
    if let Some(address) = hub.metrics_addr() {
        eprintln!("anban-hub: metrics are at http://{address}/metrics");
    }
    let signals = hub.stop_signals()?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on {}", hub.url())?;
    stdout.flush()?;
    drop(stdout);
    hub.run_until(signals);
    Ok(ExitCode::SUCCESS)
}

impl Job {
    fn run(self) -> anyhow::Result<ExitCode> {
        let (now, mut stdout) = (Timestamp::now(), std::io::stdout().lock());
        match self {
            Self::Revoke { place, what } => {
                let storage = place.storage()?;
                let done = match (&what.document, &what.key) {
                    (Some(document), _) => operator::revoke_document(storage, document, now)?,
                    (_, Some(key)) => operator::revoke_key(storage, key, now)?,
                    // The command line lets nothing else through.
                    (None, None) => return Err(OperatorError::NotAnId.into()),
                };
                told(&done, &mut stdout)?;
            }
            Self::RotateKey { place, lead_days } => {
                let lead = SignedDuration::from_hours(24 * i64::from(lead_days));
                let begins = operator::rotate_key(place.storage()?, lead, now)?;
                writeln!(stdout, "key {} signs from {}", begins.key, begins.from)?;
            }
            Self::Backup { data, to } => {
                backup::back_up(&data_or_default(data)?, &to)?;
                writeln!(stdout, "backed up to {}", to.display())?;
            }
            Self::Restore { data, from } => {
                let data = data_or_default(data)?;
                let aside = backup::restore(&data, &from, now)?;
                writeln!(stdout, "restored to {}", data.display())?;
                if let Some(aside) = aside {
                    eprintln!("anban-hub: what was there before is in {}", aside.display());
                }
                eprintln!("anban-hub: what was taken back after this backup has to be taken back again (docs/hub.md)");
            }
            Self::NewEpoch { place } => {
                backup::new_epoch(place.storage()?)?;
                writeln!(stdout, "the database has a new epoch")?;
            }
            Self::Staff { place, job } => return job.run(place.storage()?, now, &mut stdout),
            Self::Audit { place, job } => return job.run(place.storage()?, &mut stdout),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn told(done: &TakenBack, stdout: &mut impl Write) -> std::io::Result<()> {
    if !done.is_known {
        eprintln!("anban-hub: this hub has no note of issuing it; it is in the trust list all the same");
    }
    let what = if done.is_new {
        "taken back"
    } else {
        "had been taken back before"
    };
    writeln!(
        stdout,
        "{what}; a hub that runs says so in its next trust list, at once"
    )?;
    if let Some(next) = &done.successor {
        writeln!(stdout, "key {} signs from {}", next.key, next.from)?;
    }
    Ok(())
}

impl Place {
    fn storage(self) -> anyhow::Result<Storage> {
        let from_environment = || std::env::var("ANBAN_HUB_DATABASE").ok().filter(|url| !url.is_empty());
        Ok(Storage {
            data: data_or_default(self.data)?,
            database: self.database.or_else(from_environment),
        })
    }
}

// Without the address of the database, which may have a password.
shows_only!(Place { data });

fn data_or_default(data: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    data.or_else(default_data)
        .ok_or_else(|| anyhow::anyhow!("there is no home directory: give --data DIR"))
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
