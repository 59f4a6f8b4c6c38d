//! Talking to a hub: the app's only HTTP client.
//!
//! The core writes a request into its outbox and asks for it to be sent; the hub decides; this crate carries the one
//! to the other and says what came of it. It holds no rule and no state: when a request goes out again, what a refusal
//! means to the person, and what is kept, all that is the core's (`anban_core::outbox`).
//!
//! What is spoken is HL7 FHIR R4 with IHE ITI Scheduling, plus two small requests of our own; the types of both are in
//! `anban_wire`, and `docs/hub.md` has the addresses.
//!
//! Whatever is at the other end (a hub, a broken hub, a café's sign-in page, someone hostile), an answer comes back
//! within [`Limits::whole`], it is an [`Answer`](anban_core::outbox::Answer) or
//! [`Fetched`](anban_core::effect::Fetched), and only what fits the question is taken for a yes or no. `tests/hostile.rs`
//! and `tests/answers.rs` have such servers; `tests/hub.rs` has a real one.
//!
//! ```text
//! Sync        worker     threads, so that nobody waits; what comes back is a Report
//!   Client    client     one request or fetch: which messages, in which order
//!     Exchange  exchange   messages with an end in time and size, from ureq
//!               address    what is an address, what is an id
//!     answers, listings, feeds, texts   what status and body mean: pure functions
//!     Plain     plain      the same at a FHIR server that has neither the operations nor anything of ours
//!     Speaker   session    who speaks: signing in, and again when a token has ended
//!   Listener  listen     server-sent events of a feed, or asking every few seconds
//!   Links     network    noticing that the network is back, and what it costs
//! ```
//!
//! The log (`tracing`) says which kind of message was answered with which status in which time: no addresses, no
//! names, no numbers, no bodies.
#![forbid(unsafe_code)]

mod accounts;
mod address;
mod answers;
#[cfg(test)]
mod arbitrary;
mod client;
mod exchange;
mod feeds;
#[doc(hidden)]
pub mod fuzz;
mod limits;
mod listen;
mod listings;
mod network;
mod plain;
mod roots;
mod session;
mod texts;
mod worker;

pub use client::Client;
pub use limits::Limits;
pub use worker::{Report, Sync};
