//! Anban's voice: it says aloud what the screen shows, and plays the sounds that go with it.
//!
//! An elder who cannot read the page must hear it, and whoever has pressed the wrong thing must
//! hear that nothing bad happened. So speech has three legs, tried in this order:
//!
//! 1. the system's speech service (`tts`; speech-dispatcher on Linux),
//! 2. the system's `espeak-ng` program, played through our own sound output,
//! 3. neither: [`Report::NoVoice`] arrives at once, and the words stand on the screen as a caption.
//!
//! Nothing here ever runs on the caller's thread, a new utterance ends the old one, and every
//! wait has a bound, because speech services are known to accept text and then say nothing for
//! ever. What is spoken may be about somebody's health: it is never logged and never put on a
//! command line. (`tts` itself logs it at level trace through the `log` crate, so a program that
//! collects those records must leave out the target `tts`.)
//!
//! Where to read next: `director.rs` decides who speaks; `service.rs` and `espeak.rs` are the two
//! speakers; `player.rs` is the sound output with `sound.rs` as its instruments; `choice.rs`
//! picks a voice that really speaks the language; `text.rs` cuts text into breaths; `route.rs`
//! finds out whether sound has anywhere to go. `examples/say.rs` lets you listen.

#![warn(missing_docs)]

mod chimes;
mod choice;
mod connections;
mod director;
mod espeak;
mod mixer;
mod player;
mod queue;
mod route;
mod service;
mod sound;
mod text;

use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use director::{Director, Message};

/// How long [`Voice`]'s drop waits for its threads. Whoever closes the app should not wait
/// longer for a speech service that hangs; such a thread is left to end with the process.
const LONGEST_GOODBYE: Duration = Duration::from_millis(800);

/// A language to speak in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Standard Mandarin (普通话, `cmn`), written in Han characters.
    Mandarin,
    /// English.
    English,
}

/// How something is to be said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// The language of all parts.
    pub language: Language,
    /// Speed as a multiple of the voice's normal speed, kept within 0.5 to 2.
    pub rate: f32,
    /// Loudness from 0 (silent) to 1 (full).
    pub volume: f32,
}

impl Manner {
    /// The four speeds offered to people, slowest first.
    pub const RATES: [f32; 4] = [0.7, 0.85, 1.0, 1.2];

    /// The manner for `language` at the default speed (0.85, which older ears follow more
    /// easily than the usual 1.0) and full volume.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            rate: Self::RATES[1],
            volume: 1.0,
        }
    }

    /// The same with numbers from outside brought into range.
    fn bounded(self) -> Self {
        Self {
            language: self.language,
            rate: bounded(self.rate, 0.5, 2.0, Self::RATES[1]),
            volume: bounded(self.volume, 0.0, 1.0, 1.0),
        }
    }
}

/// `value` within `low..=high`; `otherwise` when it is not a number.
fn bounded(value: f32, low: f32, high: f32, otherwise: f32) -> f32 {
    if value.is_nan() {
        otherwise
    } else {
        value.clamp(low, high)
    }
}

/// Something to say.
#[derive(Clone, PartialEq)]
pub struct Utterance {
    /// The caller's own number for it; comes back in every [`Report`].
    pub id: u64,
    /// Spoken one after another, each reported as it begins, so that the screen can mark it.
    pub parts: Vec<String>,
    /// How to say it.
    pub manner: Manner,
}

/// Leaves the words out: they may be personal and must not end up in a log.
impl std::fmt::Debug for Utterance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Utterance")
            .field("id", &self.id)
            .field("parts", &self.parts.len())
            .field("manner", &self.manner)
            .finish()
    }
}

/// A sound of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    /// It is done: two rising notes.
    Done,
    /// It was refused: one low, soft note. It tells, it does not scold.
    Refused,
    /// One second of a countdown has passed.
    Tick,
    /// A code that holds is shown: three notes up a major chord.
    StateGood,
    /// A code that needs care is shown: the same note twice, as one knocks at a door.
    StateCaution,
    /// A code that is no pass is shown: two low notes, the second one lower.
    StateBad,
    /// The siren of the help page. It repeats until [`Voice::stop_siren`] and is always played
    /// at full volume.
    Siren,
}

/// What became of speech and sounds. For each utterance exactly one of [`Report::Ended`],
/// [`Report::Interrupted`] and [`Report::NoVoice`] comes, and nothing after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The part with this index begins to be heard.
    PartBegan {
        /// [`Utterance::id`].
        id: u64,
        /// Index into [`Utterance::parts`].
        part: usize,
    },
    /// All of it has been said.
    Ended {
        /// [`Utterance::id`].
        id: u64,
    },
    /// A newer utterance or [`Voice::hush`] ended it early.
    Interrupted {
        /// [`Utterance::id`].
        id: u64,
    },
    /// It cannot be spoken (or not to its end): show the words as a caption.
    NoVoice {
        /// [`Utterance::id`].
        id: u64,
    },
    /// A sound could not be played: its meaning has to be seen instead.
    NoSound {
        /// The sound that was not heard.
        sound: Sound,
    },
}

/// Why the voice could not start.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The system refused a thread.
    #[error("speech is off because the system has no thread to spare; close other programs")]
    NoThread(#[source] std::io::Error),
}

/// A handle to the voice. All its methods return at once; what happens comes as [`Report`]s.
/// Dropping it silences everything and ends its threads within a second.
pub struct Voice {
    orders: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Voice {
    /// Starts the voice. `report` is called on the voice's own thread and should only pass the
    /// report on: speech stands still while it runs.
    ///
    /// # Errors
    /// [`VoiceError::NoThread`] when the system refuses a thread. A machine without sound or
    /// speech is no error: it is reported for each utterance.
    pub fn start(report: impl Fn(Report) + Send + 'static) -> Result<Self, VoiceError> {
        let (orders, inbox) = channel();
        let director = Director::new(report, orders.clone()).map_err(VoiceError::NoThread)?;
        let thread = thread::Builder::new()
            .name("anban-voice".into())
            .spawn(move || director.run(&inbox))
            .map_err(VoiceError::NoThread)?;
        Ok(Self {
            orders,
            thread: Some(thread),
        })
    }

    /// Says `utterance`; whatever is being said stops at once.
    pub fn speak(&self, utterance: Utterance) {
        self.order(Message::Speak(utterance));
    }

    /// Stops speaking. The siren and other sounds go on.
    pub fn hush(&self) {
        self.order(Message::Hush);
    }

    /// Plays `sound` at `volume` (0 to 1; the siren takes no notice of it).
    pub fn play(&self, sound: Sound, volume: f32) {
        self.order(Message::Play(sound, bounded(volume, 0.0, 1.0, 1.0)));
    }

    /// Stops the siren.
    pub fn stop_siren(&self) {
        self.order(Message::StopSiren);
    }

    fn order(&self, message: Message) {
        if self.orders.send(message).is_err() {
            tracing::error!("the voice thread has ended; nothing is spoken any more");
        }
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        // Fails only if the thread is gone already, which is what we want.
        let _ = self.orders.send(Message::Quit);
        if let Some(thread) = self.thread.take() {
            join_within(thread, LONGEST_GOODBYE);
        }
    }
}

/// Waits for `thread`, but no longer than `bound`: a thread that a system library holds is left
/// to itself.
fn join_within(thread: JoinHandle<()>, bound: Duration) {
    let deadline = Instant::now() + bound;
    while !thread.is_finished() {
        if Instant::now() >= deadline {
            tracing::warn!(name = thread.thread().name(), "thread left behind, still busy");
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    if thread.join().is_err() {
        tracing::error!("a voice thread panicked");
    }
}
