//! Listening to a feed: server-sent events, or asking every few seconds.
//!
//! What has changed is fetched by the core, by cursor; here is only told *that* something has. So nothing is lost when a
//! connection breaks: after every new one it is said once. A hub without events is asked for by the clock while the page
//! is open. One feed is listened to at a time; a connection that is not wanted any more ends within [`TURN`].

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anban_core::effect::{FeedName, Listening};
use ureq::http::Request;

use crate::address::is_id;
use crate::client::Client;
use crate::exchange::Exchange;
use crate::session::Speaker;

/// A connection is opened anew after this time: one that is dead is noticed, and one that is not wanted ends.
const TURN: Duration = Duration::from_secs(25);
/// How often something may have changed where the hub has no events.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// How often a wait looks whether it is still wanted.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Most connections that are on their way to their end.
const MOST: usize = 4;
/// Longest line of an event that is read; ours are shorter by far.
const LONGEST_LINE: u64 = 1024;

/// What listens.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    wanted: Option<Arc<AtomicBool>>,
    /// Threads that live, also those that are about to end.
    live: Arc<AtomicUsize>,
}

impl Listener {
    /// Listens to this in the place of whatever was listened to. `changed` is called from a thread of its own.
    pub fn set(&mut self, client: &Client, listening: Option<Listening>, changed: impl Fn(FeedName) + Send + 'static) {
        if let Some(wanted) = self.wanted.take() {
            wanted.store(false, Ordering::Release);
        }
        let Some(listening) = listening else { return };
        let wanted = Arc::new(AtomicBool::new(true));
        self.wanted = Some(Arc::clone(&wanted));
        let (client, live) = (client.clone(), Arc::clone(&self.live));
        let streams = live.fetch_add(1, Ordering::AcqRel) < MOST;
        let work = move || {
            listen(&client, &listening, streams, &wanted, &changed);
            live.fetch_sub(1, Ordering::AcqRel);
        };
        if let Err(error) = thread::Builder::new().name("sync-listen".to_owned()).spawn(work) {
            tracing::error!(%error, "no thread could be started");
            self.live.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(wanted) = self.wanted.take() {
            wanted.store(false, Ordering::Release);
        }
    }
}

fn listen(client: &Client, to: &Listening, streams: bool, wanted: &AtomicBool, changed: &impl Fn(FeedName)) {
    let path = match &to.feed {
        FeedName::Patient(id) if is_id(id) => format!("feed/patients/{id}"),
        FeedName::Department(id) if is_id(id) => format!("feed/services/{id}"),
        _ => return,
    };
    let is_wanted = || wanted.load(Ordering::Acquire);
    let mut anew = false;
    while is_wanted() {
        let ended = if streams {
            stream(client, to, &path, &mut anew, &is_wanted, changed)
        } else {
            End::NoEvents
        };
        if ended == End::NoEvents {
            wait(ASK_EVERY, &is_wanted);
        }
        if is_wanted() {
            changed(to.feed.clone());
        }
    }
}

fn wait(time: Duration, is_wanted: &impl Fn() -> bool) {
    let until = Instant::now() + time;
    while is_wanted() && Instant::now() < until {
        thread::sleep(LOOK_EVERY);
    }
}

/// Why a stream is over.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// Its time was up, or it broke after it had begun.
    Over,
    /// There was none.
    NoEvents,
}

/// Reads events as long as the connection holds.
fn stream(
    client: &Client,
    to: &Listening,
    path: &str,
    anew: &mut bool,
    is_wanted: &impl Fn() -> bool,
    changed: &impl Fn(FeedName),
) -> End {
    let (agent, limits, sessions) = client.parts();
    let Ok(exchange) = Exchange::with(agent, &to.hub, limits) else {
        return End::NoEvents;
    };
    let speaker = Speaker {
        sessions,
        hub: &to.hub,
        account: to.account.as_ref(),
    };
    let Ok(token) = speaker.token(&exchange, std::mem::take(anew)) else {
        return End::NoEvents;
    };
    let mut head = Request::get(exchange.at(path)).header("accept", "text/event-stream");
    if let Some(token) = token {
        head = head.header("authorization", format!("Bearer {token}"));
    }
    let Ok(head) = head.body(()) else { return End::NoEvents };
    let request = agent.configure_request(head).timeout_global(Some(TURN)).build();
    let Ok(response) = agent.run(request) else {
        return End::NoEvents;
    };
    *anew = response.status().as_u16() == 401;
    let media = response
        .headers()
        .get("content-type")
        .and_then(|media| media.to_str().ok());
    if !response.status().is_success() || !media.is_some_and(|media| media.starts_with("text/event-stream")) {
        tracing::info!(status = response.status().as_u16(), "no events here");
        return End::NoEvents;
    }
    let mut reader = BufReader::with_capacity(4096, response.into_body().into_reader());
    while is_wanted() {
        match line(&mut reader) {
            // What has changed is fetched; which event it was says nothing more.
            Some(line) if line == b"event: changed" || line == b"event:changed" => changed(to.feed.clone()),
            Some(_) => {}
            None => break,
        }
    }
    End::Over
}

/// A line without its end; one that is too long is cut, and its rest is passed over. `None` at the end.
fn line(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
    if read == 0 {
        return None;
    }
    if !line.ends_with(b"\n") {
        reader.skip_until(b'\n').ok()?;
    }
    while line.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        line.pop();
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_one_by_one_and_long_ones_are_cut() {
        let text = format!(
            ": hello\r\nevent: changed\nid: 7\n\n{}\nevent: changed\n",
            "x".repeat(5000)
        );
        let mut reader = BufReader::new(text.as_bytes());
        let mut lines = Vec::new();
        while let Some(line) = line(&mut reader) {
            lines.push(line);
        }
        let changed = lines.iter().filter(|line| *line == b"event: changed").count();
        assert_eq!((lines.len(), changed), (6, 2));
        assert!(lines.iter().all(|line| line.len() <= 1024));
    }
}
