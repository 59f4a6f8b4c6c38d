//! How long a storm lasts, and the numbers that it is made of.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// Of so many kills of the hub, one is followed by an older copy of its data.
const KILLS_OF_A_RESTORE: usize = 10;

/// What is to happen.
#[derive(Debug, Clone)]
pub struct Plan {
    /// All that happens by chance comes from this number. When it happens depends on the machine as well.
    pub seed: u64,
    /// How often an app is killed, at least.
    pub app_kills: usize,
    /// How often the hub is killed, at least.
    pub hub_kills: usize,
    /// How often it goes back to an older copy of its data, at least.
    pub restores: usize,
    /// The PostgreSQL database that the hub is to use; none is SQLite.
    pub database: Option<String>,
}

impl Plan {
    /// The short form of `make test`, or what the environment asks for:
    ///
    /// * `ANBAN_FAULTS`: `full` (500 kills of the app, 200 of the hub) or two numbers, `APP,HUB`
    /// * `ANBAN_FAULTS_SEED`: the seed of an earlier run
    pub fn from_environment() -> Self {
        let (app_kills, hub_kills) = match env::var("ANBAN_FAULTS").as_deref() {
            Err(_) => (12, 3),
            Ok("full") => (500, 200),
            Ok(numbers) => {
                let two = numbers
                    .split_once(',')
                    .and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
                two.expect("ANBAN_FAULTS must be full, or two numbers such as 50,20")
            }
        };
        let seed = match env::var("ANBAN_FAULTS_SEED") {
            Ok(seed) => seed.parse().expect("ANBAN_FAULTS_SEED must be a number"),
            Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64 % 1_000_000_007,
        };
        Self {
            seed,
            app_kills,
            hub_kills,
            restores: hub_kills.div_ceil(KILLS_OF_A_RESTORE),
            database: None,
        }
    }

    /// A fifth of it, with the hub on that PostgreSQL database.
    pub fn on_postgresql(self, database: String) -> Self {
        let fifth = |number: usize| number.div_ceil(5).max(2);
        Self {
            app_kills: fifth(self.app_kills),
            hub_kills: fifth(self.hub_kills),
            restores: fifth(self.hub_kills).div_ceil(KILLS_OF_A_RESTORE),
            database: Some(database),
            ..self
        }
    }

    /// Whether somebody waits at a terminal for it.
    pub fn is_watched() -> bool {
        env::var_os("ANBAN_FAULTS").is_some()
    }
}
