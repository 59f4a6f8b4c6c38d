//! The program: what carries out the core's effects, and what shows its views.
//!
//! The core decides everything and does nothing (see `anban-core`). Here is the rest of the way round: [`runtime`] runs
//! the core on a thread of its own and hands its effects to [`outside`], which talks to the store, the hub, the voice
//! and the printer and sends what comes back in as commands; [`adapters`] draw each view in the window and turn taps
//! into commands. [`commands`] are the command line's other ways to run the same core: headless, for a picture tour, or
//! for a single answer.
#![deny(unsafe_code)]

pub mod adapters;
pub mod commands;
pub mod demo;
pub mod outside;
pub mod profile;
pub mod runtime;
pub mod tour;

use anban_core::ids::IdSource;

/// The key that vouches for trust lists of this build's region: the demonstration city's.
pub const REGION_ROOT: &str = include_str!("../../assets/region/demo/root.pem");

/// The region's clock: its hospitals and counters go by it, wherever the device thinks it is. China has one time zone
/// and no summer time.
const REGION_HOURS_EAST: i8 = 8;

/// This moment, by the region's clock.
#[must_use]
pub fn now() -> jiff::Zoned {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(REGION_HOURS_EAST)))
}

/// Ids from the system's randomness.
pub struct SystemIds;

impl IdSource for SystemIds {
    fn uuid(&mut self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        // Without randomness there is no id that is sure to be new; the time is the best that is left.
        if getrandom::fill(&mut bytes).is_err() {
            bytes = jiff::Timestamp::now().as_nanosecond().to_be_bytes();
        }
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// What the core needs to know of its surroundings: ids, and whom the region believes.
#[must_use]
pub fn surroundings(ids: Box<dyn IdSource>) -> anban_core::app::Surroundings {
    let root = anban_credential::RootKey::from_pem(REGION_ROOT)
        .inspect_err(|error| tracing::error!(%error, "the region's root can't be read: nothing can be verified"))
        .ok();
    anban_core::app::Surroundings { ids, root }
}
