//! Every rule of Anban, and nothing else: no I/O, no clock, no threads and no randomness of its own.
//!
//! [`Core::update`] takes a [`Command`] (a tap, an answer from the hub, the tick of a clock), changes what is kept
//! through a [`store::Store`], and returns [`effect::Effect`]s for the outside to carry out. [`Core::view`] says what
//! is on the screen, in words. That is the one way round, and everything else follows from it: the same core runs
//! behind the window, behind `anban headless`, and in tests that need neither a screen nor a network.
//!
//! Read `app.rs` first, then `view.rs`, then a feature such as [`appointments`]; each feature has its story at the top
//! of its `mod.rs`, its data in `model.rs`, its pages in `view.rs` and its tests in `tests.rs`.
#![forbid(unsafe_code)]

pub mod account;
pub mod app;
#[cfg(test)]
mod app_tests;
pub mod appointments;
pub mod calendar;
pub mod cash;
pub mod certificates;
pub mod checkpoint;
pub mod effect;
pub mod entry;
pub mod family;
pub mod feed;
pub mod first_start;
pub mod fraud;
pub mod health_code;
pub mod help;
pub mod home;
pub mod ids;
mod number;
pub mod outbox;
#[cfg(test)]
mod outbox_tests;
mod page;
mod pages;
pub mod printing;
pub mod register;
pub mod requests;
mod result;
pub mod settings;
pub mod speech;
#[cfg(test)]
mod speech_tests;
pub mod store;
pub mod symbol;
mod sync;
#[cfg(test)]
mod sync_tests;
#[cfg(test)]
mod testing;
mod turn;
#[cfg(test)]
mod turn_tests;
pub mod view;
#[cfg(test)]
mod view_tests;
#[cfg(test)]
mod walk_tests;
pub mod wallet;
pub mod words;

pub use app::{Command, Core, Incoming, Page};
