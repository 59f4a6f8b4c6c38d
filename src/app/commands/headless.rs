//! The core with its real store and sync, and no screen.
//!
//! One JSON command a line on stdin, one JSON line out for each: `{"view":…,"effects":[…]}` or `{"error":"…"}`. What an
//! effect brings back (an answer of the hub, a file's content) is carried out before the line is answered, and the
//! effects of that are in the answer too. So a line is answered only when what it changed is durable, and a script
//! needs no waiting. With `--now` the clock stands still; `{"Incoming":"NetworkBack"}` makes due what waits.
//!
//! A hub that hangs is waited for once a line, not once for each thing that a line asks of it.

use std::collections::VecDeque;
use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;

use anban_core::app::{Incoming, Start};
use anban_core::effect::{Effect, Fetched};
use anban_core::ids::{IdSource, SeededIds};
use anban_core::outbox::{Answer, Trouble};
use anban_core::store::{Store, StoreError};
use anban_core::view::View;
use anban_core::{Command, Core};
use anban_sync::Client;
use anyhow::{Context, Result};
use jiff::Zoned;
use serde::Serialize;

use crate::outside::Outside;
use crate::{SystemIds, profile};

/// The longest line that is read, in bytes: a command with a whole pass in it.
const LONGEST_LINE: u64 = 64 << 20;
/// How many commands may follow from one line, so that a line is answered even where something goes in a circle. What
/// is left then comes first with the next line.
const MOST_ROUNDS: usize = 1_000;

/// The options of `anban headless`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of the profile [default: the system's place for data]
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// The hub's address [default: the one in the settings]
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// Stops the clock at this time
    #[arg(long, value_name = "RFC3339", value_parser = super::instant)]
    now: Option<Zoned>,
    /// Makes ids repeatable
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

#[derive(Serialize)]
struct Answered {
    view: View,
    effects: Vec<Effect>,
}

#[derive(Serialize)]
struct Failed {
    error: String,
}

/// A core that carries out its effects in their place.
pub(super) struct Direct {
    core: Core,
    store: Box<dyn Store>,
    /// None where the network has no part in the work.
    client: Option<Client>,
    clock: Option<Zoned>,
    /// What the effects of earlier lines have brought back.
    left: VecDeque<Command>,
    /// The hub has not answered in time since the last line.
    hub_hangs: bool,
}

impl Direct {
    /// Opens the profile and starts the core on it, for work that no network has a part in: what waits for a hub
    /// goes on waiting.
    pub(super) fn offline(folder: Option<&std::path::Path>) -> Result<Self> {
        Self::open(folder, None, Box::new(SystemIds), None, None)
    }

    fn open(
        folder: Option<&std::path::Path>,
        clock: Option<Zoned>,
        ids: Box<dyn IdSource>,
        hub: Option<String>,
        client: Option<Client>,
    ) -> Result<Self> {
        let now = clock.clone().unwrap_or_else(crate::now);
        let profile::Opened { mut store, notice } = profile::open(folder, now.timestamp())?;
        let core = Core::new(store.load()?, crate::surroundings(ids), now);
        let mut direct = Self {
            core,
            store,
            client,
            clock,
            left: VecDeque::new(),
            hub_hangs: false,
        };
        // A store that is full at the start says so in the first view.
        let _ = direct.carry_out(Command::Start(Start {
            notice,
            hub,
            ..Start::default()
        }));
        Ok(direct)
    }

    /// Carries out a command and all that follows from it; returns every effect.
    ///
    /// # Errors
    /// The first that the store had, even if later changes could be kept.
    pub(super) fn carry_out(&mut self, command: Command) -> Result<Vec<Effect>, StoreError> {
        let (mut effects, mut refused) = (Vec::new(), None);
        let mut commands = std::mem::take(&mut self.left);
        commands.push_back(command);
        for _ in 0..MOST_ROUNDS {
            let Some(command) = commands.pop_front() else { break };
            let now = self.clock.clone().unwrap_or_else(crate::now);
            let wanted = self.core.update(command, self.store.as_mut(), &now);
            refused = refused.or(self.core.store_error());
            for effect in wanted {
                commands.extend(self.outcome(&effect, &now));
                effects.push(effect);
            }
        }
        self.left = commands;
        refused.map_or(Ok(effects), Err)
    }

    /// Carries out one effect, unless it would only mean to wait for a hanging hub once more.
    fn outcome(&mut self, effect: &Effect, now: &Zoned) -> Option<Command> {
        let client = match (effect, &self.client) {
            (Effect::Send { .. } | Effect::Fetch { .. }, None) => return None,
            (_, client) => client.clone().unwrap_or_default(),
        };
        let brought = match effect {
            Effect::Send { id, .. } if self.hub_hangs => Some(Command::Incoming(Incoming::Answer {
                id: *id,
                answer: Answer::NoAnswer(Trouble::Slow),
            })),
            Effect::Fetch { what, .. } if self.hub_hangs => {
                Some(Command::Incoming(Incoming::Fetched(Fetched::Nothing {
                    what: what.clone(),
                    trouble: Trouble::Slow,
                })))
            }
            effect => Outside::carry_out_now(&client, effect.clone(), now.timestamp()),
        };
        self.hub_hangs |= matches!(
            &brought,
            Some(Command::Incoming(
                Incoming::Answer {
                    answer: Answer::NoAnswer(Trouble::Slow),
                    ..
                } | Incoming::Fetched(Fetched::Nothing {
                    trouble: Trouble::Slow,
                    ..
                })
            ))
        );
        brought
    }

    /// Ends the work: the store makes its copy of what has changed.
    pub(super) fn close(self) {
        if let Err(error) = self.store.close() {
            tracing::error!(%error, "the store did not end well; what was answered is on the disk");
        }
    }

    /// The whole wallet as a file.
    pub(super) fn wallet(&mut self) -> Result<Vec<u8>, StoreError> {
        anban_core::wallet::file::pack(&self.core, self.store.as_mut())
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }
}

/// Answers lines until stdin ends.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode> {
    let ids: Box<dyn IdSource> = match arguments.seed {
        Some(seed) => Box::new(SeededIds::new(seed)),
        None => Box::new(SystemIds),
    };
    let mut direct = Direct::open(
        arguments.profile.as_deref(),
        arguments.now,
        ids,
        arguments.hub,
        Some(Client::new()),
    )?;
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let mut limited = std::io::Read::take(&mut input, LONGEST_LINE);
        if limited.read_until(b'\n', &mut line).context("stdin can't be read")? == 0 {
            direct.close();
            return Ok(ExitCode::SUCCESS);
        }
        // One answer for one line, however long it is.
        if line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n") {
            input.skip_until(b'\n').context("stdin can't be read")?;
            super::answer(&Failed {
                error: "this line is longer than any command: send less at once".to_owned(),
            })?;
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Command>(&line) {
            Ok(command) => {
                let carried_out = direct.carry_out(command);
                direct.hub_hangs = false;
                match carried_out {
                    Err(error) => super::answer(&Failed {
                        error: error.to_string(),
                    })?,
                    Ok(effects) => super::answer(&Answered {
                        view: direct.core.view(),
                        effects,
                    })?,
                }
            }
            // serde's messages quote what they read; what a person typed has no place in an error.
            Err(error) => super::answer(&Failed {
                error: format!(
                    "this line is not a command (column {}): see docs/ARCHITECTURE.md",
                    error.column()
                ),
            })?,
        }
    }
}
