//! The core's thread.
//!
//! Commands come in through one channel: taps from the window, answers from outside, and the ticks that the core asks
//! for. Each is carried out, its effects are handed to the outside, and the view is published if it is new. The window's
//! thread never waits for it.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anban_core::app::Incoming;
use anban_core::effect::Effect;
use anban_core::store::Store;
use anban_core::view::View;
use anban_core::{Command, Core};
use jiff::{Timestamp, Zoned};

/// The longest sleep: a clock that was set forward is noticed after it at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// The shortest: a wake time that does not pass must not keep a processor busy.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);

/// The longest that the end of the program waits for a printer that is taking a paper.
const LONGEST_CLOSING: Duration = Duration::from_secs(5);

/// Where commands go in. It can be cloned and sent to any thread.
#[derive(Debug, Clone)]
pub struct Inbox(Sender<Message>);

/// What comes in.
#[derive(Debug)]
enum Message {
    Command(Box<Command>),
    Close,
}

impl Inbox {
    /// Sends a command to the core. After the core has ended it goes nowhere.
    pub fn send(&self, command: Command) {
        let _ = self.0.send(Message::Command(Box::new(command)));
    }

    /// Ends the core when everything that was sent before is done. The voice and the sync hold inboxes of their own, so
    /// it would not end by itself.
    pub fn close(&self) {
        let _ = self.0.send(Message::Close);
    }

    /// Sends something from outside.
    pub fn bring(&self, incoming: Incoming) {
        self.send(Command::Incoming(incoming));
    }
}

/// What comes out of an inbox on the other side.
#[derive(Debug)]
pub struct Outlet(Receiver<Message>);

/// An inbox and its other side.
#[must_use]
pub fn inbox() -> (Inbox, Outlet) {
    let (sender, receiver) = mpsc::channel();
    (Inbox(sender), Outlet(receiver))
}

/// The newest view, on its way to the window's thread.
#[derive(Debug, Default)]
pub struct Newest(Mutex<Option<View>>);

impl Newest {
    /// Takes the place of the one that waits. Whether there was none: then the window's thread is to be called.
    pub fn put(&self, view: View) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(view)
            .is_none()
    }

    /// The one that waits.
    pub fn take(&self) -> Option<View> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Runs the core until its inbox is closed, and closes the store then. `clock` says what time it is there.
///
/// # Errors
/// When the system refuses a thread.
pub fn start(
    mut core: Core,
    mut store: Box<dyn Store>,
    commands: Outlet,
    clock: impl Fn() -> Zoned + Send + 'static,
    mut carry_out: impl FnMut(Effect) + Send + 'static,
    mut publish: impl FnMut(View) + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("core".to_owned()).spawn(move || {
        let mut closes_at = None;
        let mut last: Option<View> = None;
        loop {
            // What a printer is taking is waited for, so that the person need not be asked about it the next time.
            let left = closes_at.map(|at: Instant| at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero() || !core.is_sending_to_a_printer()) {
                break;
            }
            let command = match commands
                .0
                .recv_timeout(left.unwrap_or_else(|| sleep(core.next_wake(), &clock())))
            {
                Ok(Message::Command(command)) => *command,
                Ok(Message::Close) => {
                    closes_at = Some(Instant::now() + LONGEST_CLOSING);
                    Command::Incoming(Incoming::Closing)
                }
                Err(RecvTimeoutError::Timeout) => Command::Incoming(Incoming::Tick),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let is_from_outside = matches!(command, Command::Incoming(_));
            for effect in core.update(command, store.as_mut(), &clock()) {
                carry_out(effect);
            }
            // What comes in while nothing of it is on the screen costs no drawing. After a tap the view is always shown:
            // it may have to put right what the tap has changed in the window itself.
            let view = core.view();
            if !is_from_outside || last.as_ref() != Some(&view) {
                publish(view.clone());
                last = Some(view);
            }
        }
        if let Err(error) = store.close() {
            tracing::warn!(%error, "the store was not closed cleanly; nothing is lost");
        }
    })
}

fn sleep(until: Option<Timestamp>, now: &Zoned) -> Duration {
    let left = until.map(|until| until.duration_since(now.timestamp()));
    left.map_or(LONGEST_SLEEP, |left| left.try_into().unwrap_or(Duration::ZERO))
        .clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use anban_core::app::{Page, Surroundings};
    use anban_core::store::{MemoryStore, Records};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn what_comes_in_and_changes_nothing_on_the_screen_is_not_drawn_again_and_a_tap_always_is() {
        let surroundings = Surroundings {
            ids: Box::new(anban_core::ids::SeededIds::new(1)),
            root: None,
        };
        let core = Core::new(Records::default(), surroundings, crate::now());
        let (inbox, outlet) = inbox();
        let drawn = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&drawn);
        let publish = move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        };
        let store = Box::new(MemoryStore::new(Records::default()));
        let thread = start(core, store, outlet, crate::now, |_| (), publish).unwrap();
        for _ in 0..3 {
            inbox.bring(Incoming::Tick);
        }
        inbox.send(Command::Open(Page::Settings));
        inbox.send(Command::Open(Page::Settings));
        for _ in 0..3 {
            inbox.bring(Incoming::Tick);
        }
        inbox.close();
        thread.join().unwrap();
        // The first view, and one for each tap.
        assert_eq!(drawn.load(Ordering::SeqCst), 3);
    }
}
