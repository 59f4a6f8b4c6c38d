//! Decides who speaks, and never believes that anyone does.
//!
//! One thread receives the orders of the app and the news of the speakers, and is the only one
//! that holds state. An utterance is cut into pieces; each goes to one speaker under a ticket of
//! its own, and a deadline is set: for its beginning at once, for its end when it has begun. A
//! speaker that misses a deadline rests for some minutes, and the next one in line says the
//! piece. News with an old ticket is news of something that was given up, and is ignored.
//!
//! `queue.rs` holds what is left of an utterance.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::chimes::Chimes;
use crate::connections::Connections;
use crate::espeak::{Espeak, EspeakError};
use crate::player::{Clip, Player, PlayerEvent};
use crate::queue::Queue;
use crate::service::ServiceEvent;
use crate::{Manner, Report, Sound, Utterance, route, text};

/// How long any speaker and the sound output may take to begin.
const LONGEST_START: Duration = Duration::from_secs(3);

/// How long a sound output that did not answer is left alone.
const OUTPUT_REST: Duration = Duration::from_secs(20);

/// Marks one piece, sound or connection; later ones are greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// What the director's thread receives.
pub(crate) enum Message {
    Speak(Utterance),
    Hush,
    Play(Sound, f32),
    StopSiren,
    Quit,
    Service(Ticket, ServiceEvent),
    Espeak(Ticket, Result<Clip, EspeakError>),
    Player(Ticket, PlayerEvent),
}

/// Who says a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Service,
    Espeak,
}

/// The utterance being spoken.
struct Current {
    queue: Queue,
    id: u64,
    manner: Manner,
    speaker: Speaker,
    ticket: Ticket,
    began: bool,
    /// The last part whose beginning was reported.
    told: Option<usize>,
    /// The piece is with the sound output, not with the speaker any more.
    with_player: bool,
    /// When to stop believing in the piece that is with the speaker.
    deadline: Instant,
}

pub(crate) struct Director<F> {
    report: F,
    last_ticket: Ticket,
    services: Connections,
    espeak: Espeak,
    player: Player,
    /// The sound output did not answer and is left alone until then.
    player_rests: Option<Instant>,
    current: Option<Current>,
    chimes: Chimes,
}

impl<F: Fn(Report)> Director<F> {
    /// `inbox_of` sends to the inbox that [`Director::run`] will read.
    pub(crate) fn new(report: F, inbox_of: Sender<Message>) -> std::io::Result<Self> {
        Ok(Self {
            report,
            last_ticket: Ticket::default(),
            espeak: Espeak::start(inbox_of.clone())?,
            player: Player::start(inbox_of.clone())?,
            services: Connections::new(inbox_of),
            player_rests: None,
            current: None,
            chimes: Chimes::default(),
        })
    }

    pub(crate) fn run(mut self, inbox: &Receiver<Message>) {
        loop {
            let received = match self.next_deadline() {
                Some(deadline) => inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match received {
                Ok(Message::Quit) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(message) => self.receive(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.check_deadlines(Instant::now());
        }
        self.hush();
        self.chimes.stop_siren(&self.player);
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Speak(utterance) => {
                self.hush();
                self.begin(&utterance);
            }
            Message::Hush => self.hush(),
            Message::Play(sound, volume) => self.play(sound, volume),
            Message::StopSiren => self.chimes.stop_siren(&self.player),
            Message::Service(connection, event) => self.service(connection, event),
            Message::Espeak(ticket, result) => self.synthesised(ticket, result),
            Message::Player(ticket, event) => self.player_said(ticket, event),
            Message::Quit => {}
        }
    }

    fn begin(&mut self, utterance: &Utterance) {
        let id = utterance.id;
        if !route::exists() {
            tracing::info!("no way to a loudspeaker; the words stand as a caption");
            (self.report)(Report::NoVoice { id });
            return;
        }
        let manner = utterance.manner.bounded();
        let connection = self.new_ticket();
        self.services.open(manner.language, connection);
        let speaker = match self.services.ready(manner.language) {
            Some(_) => Speaker::Service,
            None => Speaker::Espeak,
        };
        self.current = Some(Current {
            queue: Queue::new(&utterance.parts),
            id,
            manner,
            speaker,
            ticket: Ticket::default(),
            began: false,
            told: None,
            with_player: false,
            deadline: Instant::now() + LONGEST_START,
        });
        self.say_piece();
    }

    /// Gives the piece at the front to the speaker, or ends the utterance.
    fn say_piece(&mut self) {
        let ticket = self.new_ticket();
        let resting = self.player_rests();
        let Some(current) = &mut self.current else {
            return;
        };
        let id = current.id;
        // A part without words is over as soon as it is reached.
        for part in current.queue.pass_silent_parts() {
            (self.report)(Report::PartBegan { id, part });
        }
        let Some(piece) = current.queue.front() else {
            self.current = None;
            (self.report)(Report::Ended { id });
            return;
        };
        current.ticket = ticket;
        current.began = false;
        current.with_player = false;
        current.deadline = Instant::now() + LONGEST_START;
        let (text, manner) = (piece.text.clone(), current.manner);
        match current.speaker {
            Speaker::Service => match self.services.ready(manner.language) {
                Some(service) => service.say(ticket, text, manner),
                None => self.change_speaker(),
            },
            Speaker::Espeak if resting => self.give_up(),
            Speaker::Espeak => self.espeak.synthesise(ticket, text, manner),
        }
    }

    /// The speaker failed: the next in line says the piece, if there is one.
    fn change_speaker(&mut self) {
        let Some(current) = &mut self.current else {
            return;
        };
        match current.speaker {
            Speaker::Service => {
                tracing::warn!("the speech service failed; espeak-ng takes over");
                let language = current.manner.language;
                current.speaker = Speaker::Espeak;
                self.services.failed(language);
                self.say_piece();
            }
            Speaker::Espeak => self.give_up(),
        }
    }

    fn give_up(&mut self) {
        if let Some(current) = self.current.take() {
            tracing::warn!("nobody can speak; the words stand as a caption");
            self.silence(&current);
            (self.report)(Report::NoVoice { id: current.id });
        }
    }

    fn hush(&mut self) {
        if let Some(current) = self.current.take() {
            self.silence(&current);
            (self.report)(Report::Interrupted { id: current.id });
        }
    }

    fn silence(&mut self, current: &Current) {
        match current.speaker {
            Speaker::Service => {
                if let Some(service) = self.services.ready(current.manner.language) {
                    service.stop();
                }
            }
            Speaker::Espeak => {
                self.espeak.stop(current.ticket);
                self.player.stop(current.ticket);
            }
        }
    }

    fn service(&mut self, connection: Ticket, event: ServiceEvent) {
        match event {
            ServiceEvent::Ready => self.services.answered(connection, true),
            ServiceEvent::Unusable => self.services.answered(connection, false),
            ServiceEvent::Began(ticket) => self.piece_began(ticket),
            ServiceEvent::Ended(ticket) => self.piece_ended(ticket),
            ServiceEvent::Failed(ticket) if self.is_current(ticket) => self.change_speaker(),
            ServiceEvent::Failed(_) => {}
        }
    }

    fn synthesised(&mut self, ticket: Ticket, result: Result<Clip, EspeakError>) {
        let Some(current) = self.current.as_mut().filter(|c| c.ticket == ticket) else {
            return;
        };
        match result {
            Ok(clip) => {
                current.with_player = true;
                current.deadline = Instant::now() + LONGEST_START;
                let (volume, deadline) = (current.manner.volume, current.deadline);
                self.player.play(ticket, clip, volume, deadline);
            }
            Err(error) => {
                tracing::warn!(%error, "espeak-ng gave no speech");
                self.change_speaker();
            }
        }
    }

    fn player_said(&mut self, ticket: Ticket, event: PlayerEvent) {
        if let Some(sound) = self.chimes.heard(ticket, event) {
            (self.report)(Report::NoSound { sound });
        }
        if !self.is_current(ticket) {
            return;
        }
        match event {
            PlayerEvent::Began => self.piece_began(ticket),
            PlayerEvent::Ended => self.piece_ended(ticket),
            PlayerEvent::Failed => self.give_up(),
        }
    }

    fn piece_began(&mut self, ticket: Ticket) {
        let Some(current) = self.current.as_mut().filter(|c| c.ticket == ticket) else {
            return;
        };
        let Some(piece) = current.queue.front().filter(|_| !current.began) else {
            return;
        };
        current.began = true;
        // Guesses are rough, and a slow machine is slower: three times as long, and a little.
        let guess = text::estimate(&piece.text, current.manner.rate);
        current.deadline = Instant::now() + 3 * guess + LONGEST_START;
        let (id, part) = (current.id, piece.part);
        if current.told.replace(part) != Some(part) {
            (self.report)(Report::PartBegan { id, part });
        }
    }

    fn piece_ended(&mut self, ticket: Ticket) {
        // Some services tell only the end of something short.
        self.piece_began(ticket);
        if let Some(current) = self.current.as_mut().filter(|c| c.ticket == ticket) {
            current.queue.pop();
            self.say_piece();
        }
    }

    fn play(&mut self, sound: Sound, volume: f32) {
        if self.player_rests() || !route::exists() {
            (self.report)(Report::NoSound { sound });
            return;
        }
        let ticket = self.new_ticket();
        let deadline = Instant::now() + LONGEST_START;
        self.chimes.order(&self.player, ticket, (sound, volume), deadline);
    }

    fn next_deadline(&self) -> Option<Instant> {
        let speech = self.current.as_ref().map(|current| current.deadline);
        speech.into_iter().chain(self.chimes.deadline()).min()
    }

    fn check_deadlines(&mut self, now: Instant) {
        for sound in self.chimes.late(&self.player, now) {
            self.rest_player(now);
            (self.report)(Report::NoSound { sound });
        }
        let Some(current) = self.current.as_ref().filter(|c| c.deadline <= now) else {
            return;
        };
        tracing::warn!(began = current.began, "speech was not heard of in time");
        if current.with_player {
            self.rest_player(now);
        }
        self.change_speaker();
    }

    fn rest_player(&mut self, now: Instant) {
        tracing::warn!("the sound output does not answer");
        self.player_rests = Some(now + OUTPUT_REST);
    }

    fn player_rests(&self) -> bool {
        self.player_rests.is_some_and(|until| Instant::now() < until)
    }

    fn is_current(&self, ticket: Ticket) -> bool {
        self.current.as_ref().is_some_and(|c| c.ticket == ticket)
    }

    fn new_ticket(&mut self) -> Ticket {
        self.last_ticket.0 += 1;
        self.last_ticket
    }
}
