//! # The hub
//!
//! The service side of Anban: an HL7 FHIR R4 server for booking doctors (IHE ITI Scheduling), and the issuer
//! of signed documents for its region. It embeds its database, so that one program file is a whole service.
//!
//! [`Hub::start`] opens data directory, keys and database, begins to serve on threads of its own and returns.
//! The program `anban-hub` is no more than that with a command line around it; tests and demonstrations start
//! a hub the same way on port 0.
//!
//! Two promises shape the code. What has been acknowledged is on disk: a booking is answered after its commit,
//! and stopping finishes what has begun. And nothing is done twice: the first answer to a command is kept with
//! what it changed, in one transaction, and a repeat gets it again.
//!
//! Where to read next: `booking` has the rules of booking, [`accounts`] who may do what, `persons` of registering, `documents` of issuing, `http` the
//! routes, [`db`] what is kept, `demo` the demonstration city, `keys` signing, [`operator`] taking back and changing
//! keys, `gateway` departments that live in a hospital's own server, [`staff`] and [`trail`] what else an operator does, [`backup`] keeping copies. `docs/hub.md` is for operators and
//! for whoever writes a client.

pub mod accounts;
pub mod backup;
mod booking;
mod config;
pub mod db;
mod demo;
mod documents;
mod epoch;
mod gateway;
mod http;
mod keys;
mod metrics;
pub mod operator;
mod persons;
mod refused;
pub mod staff;
mod start;
mod state;
mod storage;
mod tls;
pub mod trail;
mod visits;
mod waiting;

pub use config::{Config, StartError};
pub use gateway::GatewayError;
pub use start::{Hub, RunningHub, StopSignals};
pub use storage::Storage;
pub use tls::{TlsError, TlsFiles};

use jiff::Timestamp;
use std::sync::Arc;

/// Where the hub gets the time from; a test hands in its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
