//! What goes wrong around the app: files, hubs, power, disk and profile. Each time there is a clear sentence, an answer
//! within a bound, and nothing that was kept is lost.
//!
//! The store's own faults are in `store.rs`; these go through the programs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;

mod disk;
mod files;
mod hubs;
mod power;
mod profile;
mod slots;
