//! How long and how much.
//!
//! A service may be slow, broken or hostile, and an elder waits. So every exchange has an end in time and in size,
//! whatever the other side does: [`Limits::whole`] runs from the first name look-up to the last byte of the last
//! answer, not from one byte to the next, so that a server which drips bytes gains nothing.

use std::time::Duration;

/// The bounds of an exchange with a hub. The default is what the app uses; tests make it shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// For one request or fetch altogether, however many messages it takes.
    pub whole: Duration,
    /// Bytes of a directory or timetable.
    pub listing: u64,
    /// Bytes of an appointment, a signed document, or a refusal.
    pub document: u64,
    /// Bytes of a trust list.
    pub trust_list: u64,
    /// How long the end of the program waits for an exchange that is under way. What is cut off here is still in
    /// the outbox and goes out again at the next start.
    pub farewell: Duration,
    /// How often the state of the network is looked at.
    pub watch_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            whole: Duration::from_secs(10),
            listing: 8 * 1024 * 1024,
            document: 64 * 1024,
            trust_list: 256 * 1024,
            farewell: Duration::from_secs(1),
            watch_every: Duration::from_secs(1),
        }
    }
}
