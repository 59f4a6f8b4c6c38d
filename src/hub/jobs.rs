//! The subcommands about staff and the audit trail.

use anban_hub::{
    Storage,
    accounts::Role,
    db::AuditHead,
    staff,
    trail::{self, Verified},
};
use clap::Subcommand;
use jiff::Timestamp;
use std::{io::Write, process::ExitCode};

/// What can be done about staff.
#[derive(Debug, Subcommand)]
pub(crate) enum StaffJob {
    /// Add a member of staff, and print the id and the secret they sign in with. The secret is shown this once.
    Add {
        /// Their name.
        name: String,
        /// What they are there to do: registrar, nurse, doctor, scheduler, auditor or administrator.
        #[arg(long)]
        role: Role,
    },
    /// List all staff: id, role, since when, name.
    List,
    /// Remove a member of staff. Whatever they are signed in with ends at once.
    Remove {
        /// The id, as `staff list` shows it.
        id: String,
    },
}

/// What can be done about the audit trail.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditJob {
    /// Check that no note of the trail was changed, dropped or put in since it was sealed; the answer is no where one was.
    Verify {
        /// An end of the chain that was printed before, NUMBER:HASH: the chain must still have it.
        #[arg(long, value_name = "NUMBER:HASH", value_parser = head)]
        head: Option<AuditHead>,
    },
}

fn head(text: &str) -> Result<AuditHead, String> {
    let wrong = || "an end of the chain is NUMBER:HASH, as audit verify prints it".to_owned();
    let (number, hash) = text.split_once(':').ok_or_else(wrong)?;
    Ok(AuditHead {
        number: number.parse().map_err(|_| wrong())?,
        hash: hash.to_ascii_lowercase(),
    })
}

impl StaffJob {
    pub(crate) fn run(self, storage: Storage, now: Timestamp, stdout: &mut impl Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Add { name, role } => {
                let added = staff::add(storage, &name, role, now)?;
                writeln!(stdout, "id {}\nsecret {}", added.id, added.secret)?;
            }
            Self::List => {
                for member in staff::list(storage)? {
                    let staff::Member { id, role, since, name } = member;
                    writeln!(stdout, "{id}\t{role}\t{since}\t{name}")?;
                }
            }
            Self::Remove { id } => {
                staff::remove(storage, &id, now)?;
                writeln!(stdout, "removed {id}")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl AuditJob {
    pub(crate) fn run(self, storage: Storage, stdout: &mut impl Write) -> anyhow::Result<ExitCode> {
        let Self::Verify { head } = self;
        match trail::verify(storage, head.as_ref())? {
            Verified::Holds { head, unsealed } => {
                if head.number == 0 {
                    writeln!(stdout, "there are no notes yet")?;
                } else {
                    writeln!(stdout, "every note holds; the last is {}:{}", head.number, head.hash)?;
                }
                if unsealed > 0 {
                    eprintln!(
                        "anban-hub: {unsealed} more notes are not sealed yet; a hub that runs seals them in seconds"
                    );
                }
                Ok(ExitCode::SUCCESS)
            }
            Verified::Broken(number) => {
                writeln!(
                    stdout,
                    "note {number} does not hold: it, or one before it, is not as it was sealed"
                )?;
                Ok(ExitCode::from(1))
            }
            Verified::Another(number) => {
                writeln!(
                    stdout,
                    "the trail holds, but its note {number} is not the one that was printed before"
                )?;
                Ok(ExitCode::from(1))
            }
        }
    }
}
