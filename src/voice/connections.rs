//! The connections to the speech service, one for each language, and when to try again.
//!
//! A connection that failed rests, each time twice as long: the service may come back, but a
//! thread that hangs in the service's library is never got rid of, so there must not be many.

use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crate::Language;
use crate::director::{Message, Ticket};
use crate::service::Service;

/// How long a connection rests after its first failure.
const FIRST_REST: Duration = Duration::from_secs(60);

/// A rest is doubled at most so often (about four hours).
const MOST_DOUBLINGS: u32 = 8;

enum State {
    Closed,
    Opening(Ticket, Service),
    Open(Service),
}

struct Connection {
    state: State,
    failures: u32,
    rests_until: Option<Instant>,
}

impl Connection {
    fn new() -> Self {
        Self {
            state: State::Closed,
            failures: 0,
            rests_until: None,
        }
    }

    fn fail(&mut self) {
        self.state = State::Closed;
        let rest = FIRST_REST * 2_u32.pow(self.failures.min(MOST_DOUBLINGS));
        self.failures += 1;
        self.rests_until = Some(Instant::now() + rest);
    }
}

/// All connections.
pub(crate) struct Connections {
    mandarin: Connection,
    english: Connection,
    events: Sender<Message>,
}

impl Connections {
    pub(crate) fn new(events: Sender<Message>) -> Self {
        Self {
            mandarin: Connection::new(),
            english: Connection::new(),
            events,
        }
    }

    /// Begins to connect, unless it is done, under way or resting. `id` marks the answer.
    pub(crate) fn open(&mut self, language: Language, id: Ticket) {
        let events = self.events.clone();
        let connection = self.of(language);
        let rests = connection.rests_until.is_some_and(|t| t > Instant::now());
        if rests || !matches!(connection.state, State::Closed) {
            return;
        }
        match Service::start(id, language, events) {
            Ok(service) => connection.state = State::Opening(id, service),
            Err(error) => {
                tracing::warn!(%error, "no thread for the speech service");
                connection.fail();
            }
        }
    }

    /// The service, if it can speak `language` now.
    pub(crate) fn ready(&mut self, language: Language) -> Option<&Service> {
        match &self.of(language).state {
            State::Open(service) => Some(service),
            _ => None,
        }
    }

    /// The connection begun as `id` is usable, or is not.
    pub(crate) fn answered(&mut self, id: Ticket, usable: bool) {
        for language in [Language::Mandarin, Language::English] {
            let connection = self.of(language);
            match std::mem::replace(&mut connection.state, State::Closed) {
                State::Opening(opening, service) if opening == id => {
                    if usable {
                        tracing::info!(?language, "speech service ready");
                        connection.state = State::Open(service);
                    } else {
                        connection.fail();
                    }
                }
                other => connection.state = other,
            }
        }
    }

    /// The service did not speak: closes the connection, which also silences it.
    pub(crate) fn failed(&mut self, language: Language) {
        self.of(language).fail();
    }

    fn of(&mut self, language: Language) -> &mut Connection {
        match language {
            Language::Mandarin => &mut self.mandarin,
            Language::English => &mut self.english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_rests_longer_after_each_failure_but_not_for_ever() {
        let mut connection = Connection::new();
        let mut rests = Vec::new();
        for _ in 0..40 {
            connection.fail();
            let until = connection.rests_until.unwrap_or_else(Instant::now);
            rests.push(until.saturating_duration_since(Instant::now()));
        }
        assert!(rests[0] <= FIRST_REST);
        assert!(rests[3] > 7 * FIRST_REST);
        assert!(rests[39] < Duration::from_secs(5 * 3600));
    }
}
