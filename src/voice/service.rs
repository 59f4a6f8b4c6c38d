//! Speaks through the system's speech service, by way of the `tts` crate.
//!
//! Each language has a connection and a thread of its own. Choosing a voice means having the
//! service list all of them, twice, which takes seconds (speech-dispatcher with espeak-ng has
//! 13,000); so it is done once for each connection, in the background, and the voice stays set.
//! Any call may also hang for ever inside the service's library. The director therefore never
//! waits for this thread: it sets deadlines, and leaves a service that misses one.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use tts::{Tts, UtteranceId};

use crate::director::{Message, Ticket};
use crate::{Language, Manner, choice, espeak};

/// How long the thread waits at its end for the service to fall silent.
const LONGEST_FAREWELL: Duration = Duration::from_millis(400);

/// What the director hears from a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServiceEvent {
    /// It is connected and has a voice for its language.
    Ready,
    /// It cannot be used.
    Unusable,
    /// The piece with this ticket begins.
    Began(Ticket),
    /// The piece with this ticket has been said.
    Ended(Ticket),
    /// The piece with this ticket will not be said (to its end).
    Failed(Ticket),
}

/// Why a service cannot be used.
#[derive(Debug, thiserror::Error)]
enum ServiceError {
    #[error(transparent)]
    Tts(#[from] tts::Error),
    #[error("it does not tell when it begins and ends speaking")]
    NoCallbacks,
    #[error("it has no voice that really speaks the language")]
    NoVoice,
}

enum Order {
    Say(Ticket, String, Manner),
    Stop,
    /// From the service's library.
    Heard(Happening, UtteranceId),
    Quit,
}

#[derive(Clone, Copy)]
enum Happening {
    Begin,
    End,
    Stop,
}

/// A handle to one connection; its methods never wait. The thread ends when it is dropped.
pub(crate) struct Service {
    orders: Sender<Order>,
}

impl Service {
    /// Connects in the background; `id` marks the messages that come from this connection.
    pub(crate) fn start(id: Ticket, language: Language, events: Sender<Message>) -> std::io::Result<Self> {
        let (orders, inbox) = channel();
        let callbacks = orders.clone();
        thread::Builder::new().name("anban-speech".into()).spawn(move || {
            let tell = move |event| {
                // The director may be gone already; then nobody needs to know.
                let _ = events.send(Message::Service(id, event));
            };
            match connect(language, &callbacks) {
                Ok(tts) => {
                    tell(ServiceEvent::Ready);
                    Session { tts, saying: None }.run(&inbox, &tell);
                }
                Err(error) => {
                    tracing::info!(?language, %error, "no speech service");
                    tell(ServiceEvent::Unusable);
                }
            }
        })?;
        Ok(Self { orders })
    }

    pub(crate) fn say(&self, ticket: Ticket, text: String, manner: Manner) {
        // Without its thread there is no answer: the director's deadline notices.
        let _ = self.orders.send(Order::Say(ticket, text, manner));
    }

    pub(crate) fn stop(&self) {
        let _ = self.orders.send(Order::Stop);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Quit);
    }
}

/// Connects and sets a voice. Takes seconds.
fn connect(language: Language, callbacks: &Sender<Order>) -> Result<Tts, ServiceError> {
    let mut tts = Tts::default()?;
    let features = tts.supported_features();
    if !features.utterance_callbacks {
        return Err(ServiceError::NoCallbacks);
    }
    // Where voices cannot be chosen (Android), the system's settings decide.
    if features.voice {
        let voices = tts.voices()?;
        let listed: Vec<_> = voices.iter().map(|v| (v.name(), v.language())).collect();
        let names = listed.iter().map(|(name, tag)| (name.as_str(), tag.as_str()));
        let voice = choice::service_voice(names, language, espeak::installed_version())
            .and_then(|index| voices.get(index))
            .ok_or(ServiceError::NoVoice)?;
        tts.set_voice(voice)?;
        tracing::info!(?language, voice = voice.name(), "voice chosen");
    }
    let heard = |happening| {
        let callbacks = callbacks.clone();
        Some(Box::new(move |id| {
            // Runs in the library's thread, which must not panic.
            let _ = callbacks.send(Order::Heard(happening, id));
        }) as Box<dyn FnMut(UtteranceId)>)
    };
    tts.on_utterance_begin(heard(Happening::Begin))?;
    tts.on_utterance_end(heard(Happening::End))?;
    tts.on_utterance_stop(heard(Happening::Stop))?;
    Ok(tts)
}

/// A connection in use.
struct Session {
    tts: Tts,
    saying: Option<(UtteranceId, Ticket)>,
}

impl Session {
    fn run(mut self, inbox: &Receiver<Order>, tell: &impl Fn(ServiceEvent)) {
        for order in inbox {
            match order {
                Order::Say(ticket, text, manner) => match self.say(text, manner) {
                    Ok(Some(id)) => self.saying = Some((id, ticket)),
                    Ok(None) => tell(ServiceEvent::Failed(ticket)),
                    Err(error) => {
                        tracing::warn!(%error, "the speech service did not take the text");
                        tell(ServiceEvent::Failed(ticket));
                    }
                },
                Order::Stop => self.stop(),
                Order::Heard(happening, id) => {
                    if let Some(event) = self.heard(happening, id) {
                        tell(event);
                    }
                }
                Order::Quit => break,
            }
        }
        self.leave(inbox);
    }

    fn say(&mut self, text: String, manner: Manner) -> Result<Option<UtteranceId>, tts::Error> {
        let features = self.tts.supported_features();
        if features.rate {
            let (low, high) = (self.tts.min_rate(), self.tts.max_rate());
            let normal = self.tts.normal_rate();
            let rate = choice::service_rate(manner.rate, low, normal, high);
            self.tts.set_rate(rate)?;
        }
        if features.volume {
            let (low, high) = (self.tts.min_volume(), self.tts.max_volume());
            self.tts.set_volume(low + manner.volume * (high - low))?;
        }
        self.tts.speak(text, false)
    }

    fn stop(&mut self) {
        if let Err(error) = self.tts.stop() {
            tracing::debug!(%error, "the speech service could not be stopped");
        }
    }

    /// Late news of earlier pieces is dropped.
    fn heard(&mut self, happening: Happening, id: UtteranceId) -> Option<ServiceEvent> {
        let ticket = self.saying.filter(|(saying, _)| *saying == id)?.1;
        if !matches!(happening, Happening::Begin) {
            self.saying = None;
        }
        Some(match happening {
            Happening::Begin => ServiceEvent::Began(ticket),
            Happening::End => ServiceEvent::Ended(ticket),
            Happening::Stop => ServiceEvent::Failed(ticket),
        })
    }

    /// Ends the connection. While a piece is under way it must stay: `tts` panics in the
    /// library's thread, and with that ends the whole program, when news of a piece comes after
    /// its connection is gone. So it is silenced first, and kept if it does not fall silent.
    fn leave(mut self, inbox: &Receiver<Order>) {
        if self.saying.is_some() {
            self.stop();
        }
        let deadline = Instant::now() + LONGEST_FAREWELL;
        while self.saying.is_some() {
            let left = deadline.saturating_duration_since(Instant::now());
            match inbox.recv_timeout(left) {
                Ok(Order::Heard(happening, id)) => {
                    self.heard(happening, id);
                }
                Ok(_) => {}
                Err(_) => {
                    tracing::debug!("the speech service does not fall silent; connection kept");
                    std::mem::forget(self);
                    return;
                }
            }
        }
    }
}
