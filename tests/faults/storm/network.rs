//! The way between the apps and the hub, in bad weather: requests and answers are lost, late, cut short, sent twice, and
//! sent again when everything has long moved on.
//!
//! Every connection carries one message, as the app's client does it. Each comes from an address of its own
//! (`X-Forwarded-For`), so that the hub's budgets are not what is tested here.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::common::servers::{Asked, forward, http, server};

/// What becomes of one message.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Arrives,
    NeverArrives,
    ArrivesLate,
    ArrivesInPart,
    ArrivesTwice,
    ArrivesAgainLater,
    AnswerIsLost,
    AnswerIsLate,
    AnswerIsCut,
    NobodyEverAnswers,
    AGatewayAnswers,
}

/// Of a hundred messages.
const WEATHER: &[(u32, Fate)] = &[
    (52, Fate::Arrives),
    (5, Fate::NeverArrives),
    (6, Fate::ArrivesLate),
    (4, Fate::ArrivesInPart),
    (6, Fate::ArrivesTwice),
    (6, Fate::ArrivesAgainLater),
    (8, Fate::AnswerIsLost),
    (5, Fate::AnswerIsLate),
    (4, Fate::AnswerIsCut),
    (1, Fate::NobodyEverAnswers),
    (3, Fate::AGatewayAnswers),
];

/// The way to the hub.
pub struct Network {
    /// Where the apps ask.
    pub url: String,
    state: Arc<State>,
}

struct State {
    /// Host and port of the hub that runs now.
    hub: Mutex<String>,
    rough: AtomicBool,
    rng: Mutex<Rng>,
    cut_until: Mutex<Instant>,
    under_way: AtomicUsize,
    messages: AtomicUsize,
    spoilt: AtomicUsize,
    /// How often each command (by the bytes of its message) was sent on to the hub.
    commands: Mutex<HashMap<u64, usize>>,
}

/// What went over it.
pub struct Traffic {
    pub messages: usize,
    /// Lost, late, cut or doubled.
    pub spoilt: usize,
    /// How often a command reached the hub again.
    pub repeated: usize,
}

impl Network {
    pub fn new(rng: Rng) -> Self {
        let state = Arc::new(State {
            hub: Mutex::default(),
            rough: AtomicBool::new(false),
            rng: Mutex::new(rng),
            cut_until: Mutex::new(Instant::now()),
            under_way: AtomicUsize::new(0),
            messages: AtomicUsize::new(0),
            spoilt: AtomicUsize::new(0),
            commands: Mutex::default(),
        });
        let carrier = Arc::clone(&state);
        let url = server(move |asked, stream| {
            carrier.under_way.fetch_add(1, Ordering::SeqCst);
            carrier.carry(asked, stream);
            carrier.under_way.fetch_sub(1, Ordering::SeqCst);
        });
        Self { url, state }
    }

    /// From now on the hub is there; `address` is host and port.
    pub fn leads_to(&self, address: &str) {
        *self.state.hub.lock().unwrap() = address.to_owned();
    }

    pub fn is_rough(&self, rough: bool) {
        self.state.rough.store(rough, Ordering::SeqCst);
    }

    /// Nothing comes through for that time.
    pub fn is_cut_for(&self, time: Duration) {
        *self.state.cut_until.lock().unwrap() = Instant::now() + time;
    }

    /// Waits until nothing is on its way any more, duplicates included.
    pub fn has_come_to_rest(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.state.under_way.load(Ordering::SeqCst) > 0 {
            assert!(Instant::now() < until, "something is on its way for ever");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn traffic(&self) -> Traffic {
        Traffic {
            messages: self.state.messages.load(Ordering::SeqCst),
            spoilt: self.state.spoilt.load(Ordering::SeqCst),
            repeated: self.state.commands.lock().unwrap().values().map(|sent| sent - 1).sum(),
        }
    }
}

impl State {
    fn carry(self: &Arc<Self>, mut asked: Asked, stream: &mut TcpStream) {
        let number = self.messages.fetch_add(1, Ordering::SeqCst) % 10_000;
        let from = format!("\r\nx-forwarded-for: 10.9.{}.{}\r\n", number / 250, number % 250);
        asked.head = asked.head.replacen("\r\n", &from, 1);
        let (fate, pause, part) = self.draws();
        if !matches!(fate, Fate::Arrives) {
            self.spoilt.fetch_add(1, Ordering::SeqCst);
        }
        let mut answer = match fate {
            Fate::NeverArrives => None,
            Fate::NobodyEverAnswers => {
                thread::sleep(pause * 4);
                None
            }
            Fate::AGatewayAnswers => Some(http("502 Bad Gateway", "text/html", b"<html>bad gateway</html>")),
            Fate::ArrivesInPart => {
                self.sends_a_part(&asked, part);
                None
            }
            Fate::ArrivesLate => {
                thread::sleep(pause);
                self.sends(&asked)
            }
            Fate::ArrivesTwice => {
                let first = self.sends(&asked);
                self.sends(&asked).or(first)
            }
            _ => self.sends(&asked),
        };
        match fate {
            Fate::AnswerIsLost => answer = None,
            Fate::AnswerIsLate => thread::sleep(pause),
            Fate::AnswerIsCut => {
                let length = answer
                    .as_ref()
                    .map_or(0, |answer| (answer.len() as f64 * part) as usize);
                answer = answer.map(|answer| answer[..length].to_vec());
            }
            _ => {}
        }
        if let Some(answer) = answer {
            let _ = stream.write_all(&answer);
        }
        if matches!(fate, Fate::ArrivesAgainLater) {
            // Whoever asked has the answer; a copy of what they asked is still somewhere.
            let _ = stream.shutdown(std::net::Shutdown::Both);
            thread::sleep(pause * 3);
            self.sends(&asked);
        }
    }

    /// What becomes of the next message, how long it takes where that matters, and how much of it where that does.
    fn draws(&self) -> (Fate, Duration, f64) {
        let mut rng = self.rng.lock().unwrap();
        let (mut die, pause, part) = (rng.u32(0..100), Duration::from_millis(rng.u64(20..900)), rng.f64());
        if !self.rough.load(Ordering::SeqCst) {
            return (Fate::Arrives, pause, part);
        }
        if Instant::now() < *self.cut_until.lock().unwrap() {
            return (Fate::NeverArrives, pause, part);
        }
        let fate = WEATHER.iter().find(|(share, _)| {
            let here = die < *share;
            die = die.saturating_sub(*share);
            here
        });
        (fate.unwrap().1, pause, part)
    }

    fn sends(&self, asked: &Asked) -> Option<Vec<u8>> {
        if !asked.body.is_empty() && !asked.head.contains("$find") {
            let mut hasher = DefaultHasher::new();
            asked.body.hash(&mut hasher);
            *self.commands.lock().unwrap().entry(hasher.finish()).or_default() += 1;
        }
        let hub = self.hub.lock().unwrap().clone();
        forward(asked, &hub)
    }

    fn sends_a_part(&self, asked: &Asked, part: f64) {
        let whole = [asked.head.as_bytes(), &asked.body].concat();
        let hub = self.hub.lock().unwrap().clone();
        if let Ok(mut there) = TcpStream::connect(hub) {
            let _ = there.write_all(&whole[..(whole.len() as f64 * part) as usize]);
        }
    }
}
