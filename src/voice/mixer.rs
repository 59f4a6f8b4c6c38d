//! Adds clips up into one stream of samples. It runs in the audio callback, so it never waits,
//! and it tells the director when a clip begins and when its last sample has been heard.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use cpal::{FromSample, SizedSample};

use crate::director::{Message, Ticket};
use crate::player::PlayerEvent;

/// Seconds in which a stopped clip fades away: too short to hear, long enough not to click.
const FADE: f32 = 0.008;

/// The longest the sound system may be ahead; beyond that its clock is not believed.
const LONGEST_AHEAD: Duration = Duration::from_secs(1);

/// A clip being played.
struct Playing {
    ticket: Ticket,
    samples: Arc<[f32]>,
    gain: f32,
    repeats: bool,
    /// Index of the next sample.
    at: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Sounding,
    /// Frames until silence.
    Fading(usize),
    /// All handed over; frames until the last one is heard.
    Draining(usize),
    Over,
}

/// The clips that play at the moment.
pub(crate) struct Mixer {
    rate: u32,
    channels: usize,
    clips: Vec<Playing>,
    broken: bool,
    events: Sender<Message>,
}

impl Mixer {
    pub(crate) fn new(rate: u32, channels: usize, events: Sender<Message>) -> Self {
        Self {
            rate,
            channels: channels.max(1),
            clips: Vec::new(),
            broken: false,
            events,
        }
    }

    pub(crate) fn add(&mut self, ticket: Ticket, samples: Arc<[f32]>, gain: f32, repeats: bool) {
        self.clips.push(Playing {
            ticket,
            samples,
            gain,
            repeats,
            at: 0,
            state: State::Waiting,
        });
    }

    /// Fades a clip out. Nothing more is told about it.
    pub(crate) fn stop(&mut self, ticket: Ticket) {
        let fade = self.fade();
        for clip in self.clips.iter_mut().filter(|c| c.ticket == ticket) {
            clip.state = match clip.state {
                State::Sounding => State::Fading(fade),
                State::Fading(left) => State::Fading(left),
                _ => State::Over,
            };
        }
        self.clips.retain(|clip| clip.state != State::Over);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(crate) fn set_broken(&mut self) {
        self.broken = true;
    }

    /// Takes all clips out and returns whose they were.
    pub(crate) fn abandon(&mut self) -> Vec<Ticket> {
        self.clips.drain(..).map(|clip| clip.ticket).collect()
    }

    /// Fills `out`, whose first frame will be heard in `ahead`.
    pub(crate) fn fill<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T], ahead: Duration) {
        for frame in out.chunks_mut(self.channels) {
            let sum: f32 = self.clips.iter_mut().map(|clip| clip.next(self.rate)).sum();
            frame.fill(T::from_sample_(sum.clamp(-1.0, 1.0)));
        }
        let frames = out.len() / self.channels;
        let ahead = ahead.min(LONGEST_AHEAD).as_secs_f32() * self.rate as f32;
        for clip in &mut self.clips {
            if let Some(event) = clip.after(frames, ahead as usize) {
                // The director may be gone already; then nobody needs to know.
                let _ = self.events.send(Message::Player(clip.ticket, event));
            }
        }
        self.clips.retain(|clip| clip.state != State::Over);
    }

    fn fade(&self) -> usize {
        (FADE * self.rate as f32) as usize + 1
    }
}

impl Playing {
    fn next(&mut self, rate: u32) -> f32 {
        let faded = match &mut self.state {
            State::Waiting | State::Sounding => 1.0,
            State::Fading(left) => {
                *left = left.saturating_sub(1);
                *left as f32 / (FADE * rate as f32)
            }
            State::Draining(_) | State::Over => return 0.0,
        };
        let Some(sample) = self.samples.get(self.at) else {
            return 0.0;
        };
        self.at += 1;
        if self.repeats && self.at == self.samples.len() {
            self.at = 0;
        }
        sample * self.gain * faded
    }

    /// Moves the state on after `frames` were mixed, and says what there is to tell.
    fn after(&mut self, frames: usize, ahead: usize) -> Option<PlayerEvent> {
        let all_out = self.at >= self.samples.len();
        let (state, event) = match self.state {
            State::Waiting => (State::Sounding, Some(PlayerEvent::Began)),
            State::Sounding if all_out => (State::Draining(ahead), None),
            State::Fading(left) if left == 0 || all_out => (State::Over, None),
            State::Draining(left) if left <= frames => (State::Over, Some(PlayerEvent::Ended)),
            State::Draining(left) => (State::Draining(left - frames), None),
            same => (same, None),
        };
        self.state = state;
        event
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    fn mixer() -> (Mixer, Receiver<Message>) {
        let (events, inbox) = channel();
        (Mixer::new(1_000, 2, events), inbox)
    }

    fn told(inbox: &Receiver<Message>) -> Vec<(Ticket, PlayerEvent)> {
        inbox
            .try_iter()
            .filter_map(|message| match message {
                Message::Player(ticket, event) => Some((ticket, event)),
                _ => None,
            })
            .collect()
    }

    fn filled(mixer: &mut Mixer, frames: usize) -> Vec<f32> {
        let mut out = vec![9.0; 2 * frames];
        mixer.fill(&mut out, Duration::from_millis(50));
        out
    }

    #[test]
    fn a_clip_is_told_to_begin_and_to_end_only_when_it_has_been_heard() {
        let (mut mixer, inbox) = mixer();
        mixer.add(Ticket(1), vec![0.5; 120].into(), 0.5, false);
        assert!(filled(&mut mixer, 100).iter().all(|s| *s == 0.25));
        assert_eq!(told(&inbox), [(Ticket(1), PlayerEvent::Began)]);
        let second = filled(&mut mixer, 100);
        assert_eq!((second[39], second[40]), (0.25, 0.0));
        assert_eq!(told(&inbox), [], "its end is still 50 frames away");
        filled(&mut mixer, 100);
        assert_eq!(told(&inbox), [(Ticket(1), PlayerEvent::Ended)]);
        assert!(mixer.is_empty());
    }

    #[test]
    fn a_stopped_clip_fades_away_within_milliseconds_and_tells_nothing() {
        let (mut mixer, inbox) = mixer();
        mixer.add(Ticket(1), vec![0.5; 5_000].into(), 1.0, false);
        filled(&mut mixer, 100);
        told(&inbox);
        mixer.stop(Ticket(1));
        let out = filled(&mut mixer, 100);
        assert!(out[..4].iter().all(|s| *s > 0.0), "cut off with a click");
        assert!(out[40..].iter().all(|s| *s == 0.0), "still heard after 20 ms");
        assert!(mixer.is_empty());
        assert_eq!(told(&inbox), []);
    }

    #[test]
    fn the_siren_goes_on_until_it_is_stopped() {
        let (mut mixer, _inbox) = mixer();
        mixer.add(Ticket(7), vec![0.8; 30].into(), 1.0, true);
        for _ in 0..50 {
            assert!(filled(&mut mixer, 100).iter().all(|s| *s == 0.8));
        }
        mixer.stop(Ticket(7));
        filled(&mut mixer, 100);
        assert!(filled(&mut mixer, 100).iter().all(|s| *s == 0.0));
    }

    #[test]
    fn clips_add_up_without_leaving_the_range() {
        let (mut mixer, _inbox) = mixer();
        mixer.add(Ticket(1), vec![0.8; 200].into(), 1.0, false);
        mixer.add(Ticket(2), vec![0.8; 200].into(), 1.0, false);
        assert!(filled(&mut mixer, 100).iter().all(|s| *s == 1.0));
    }

    #[test]
    fn an_empty_clip_still_ends() {
        let (mut mixer, inbox) = mixer();
        mixer.add(Ticket(1), Vec::new().into(), 1.0, true);
        for _ in 0..4 {
            filled(&mut mixer, 100);
        }
        let events: Vec<_> = told(&inbox).into_iter().map(|(_, event)| event).collect();
        assert_eq!(events, [PlayerEvent::Began, PlayerEvent::Ended]);
    }
}
