//! The sound output: mixes clips and plays them through `cpal`.
//!
//! A thread of its own holds the output stream, because opening one can take long (a sound
//! server that hangs) and a stream may not leave the thread that made it on every system. The
//! stream is opened for the first clip and closed a moment after the last one, so that an idle
//! app neither shows as playing nor keeps a loudspeaker awake.
//!
//! `mixer.rs` has the part that runs in the audio callback.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use crate::Sound;
use crate::director::{Message, Ticket};
use crate::mixer::Mixer;
use crate::sound;

/// How long the stream stays open with nothing to play.
const IDLE: Duration = Duration::from_millis(1_500);

/// How long the sound system may take to make a stream.
const LONGEST_OPENING: Duration = Duration::from_secs(2);

/// Something to play.
#[derive(Clone)]
pub(crate) enum Clip {
    /// One of the app's sounds; the siren repeats.
    Sound(Sound),
    /// Speech: samples between -1 and 1, and how many a second.
    Speech(Arc<[f32]>, u32),
}

/// What became of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlayerEvent {
    /// Its first sample went out.
    Began,
    /// Its last sample has been heard.
    Ended,
    /// It could not be played (to its end).
    Failed,
}

enum Order {
    Play {
        ticket: Ticket,
        clip: Clip,
        gain: f32,
        /// After this the director no longer waits, and it must not be played any more.
        until: Instant,
    },
    Stop(Ticket),
}

/// A handle to the sound output; its methods never wait. The thread ends when it is dropped.
pub(crate) struct Player {
    orders: Sender<Order>,
}

impl Player {
    pub(crate) fn start(events: Sender<Message>) -> std::io::Result<Self> {
        let (orders, inbox) = channel();
        thread::Builder::new()
            .name("anban-sound".into())
            .spawn(move || Output::new(events).run(&inbox))?;
        Ok(Self { orders })
    }

    pub(crate) fn play(&self, ticket: Ticket, clip: Clip, gain: f32, until: Instant) {
        // Without its thread nothing is played: the director's deadline notices.
        let _ = self.orders.send(Order::Play {
            ticket,
            clip,
            gain,
            until,
        });
    }

    pub(crate) fn stop(&self, ticket: Ticket) {
        let _ = self.orders.send(Order::Stop(ticket));
    }
}

/// What the player's thread holds.
struct Output {
    events: Sender<Message>,
    open: Option<Open>,
}

/// A running stream.
struct Open {
    mixer: Arc<Mutex<Mixer>>,
    rate: u32,
    quiet_since: Option<Instant>,
    /// Held only to keep it playing.
    _stream: cpal::Stream,
}

impl Output {
    fn new(events: Sender<Message>) -> Self {
        Self { events, open: None }
    }

    fn run(mut self, inbox: &Receiver<Order>) {
        loop {
            // With nothing open there is nothing to look after until the next order.
            let order = match &self.open {
                Some(_) => inbox.recv_timeout(Duration::from_millis(200)),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(Order::Play {
                    ticket,
                    clip,
                    gain,
                    until,
                }) => self.play(ticket, &clip, gain, until),
                Ok(Order::Stop(ticket)) => {
                    if let Some(open) = &self.open {
                        lock(&open.mixer).stop(ticket);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.look_after();
        }
    }

    fn play(&mut self, ticket: Ticket, clip: &Clip, gain: f32, until: Instant) {
        let wanted = || Instant::now() <= until;
        if self.open.is_none() && wanted() {
            match open(&self.events) {
                Ok(open) => self.open = Some(open),
                Err(error) => tracing::warn!(%error, "no sound output"),
            }
        }
        match &self.open {
            Some(open) if wanted() => {
                let samples = render(clip, open.rate);
                let repeats = matches!(clip, Clip::Sound(Sound::Siren));
                lock(&open.mixer).add(ticket, samples, gain, repeats);
            }
            _ => self.tell(ticket, PlayerEvent::Failed),
        }
    }

    /// Closes a stream that broke or has been quiet for a while.
    fn look_after(&mut self) {
        let Some(open) = &mut self.open else { return };
        let (broken, quiet) = {
            let mixer = lock(&open.mixer);
            (mixer.is_broken(), mixer.is_empty())
        };
        if !quiet {
            open.quiet_since = None;
        }
        let since = *open.quiet_since.get_or_insert_with(Instant::now);
        if broken {
            for ticket in lock(&open.mixer).abandon() {
                let _ = self.events.send(Message::Player(ticket, PlayerEvent::Failed));
            }
        }
        if broken || (quiet && since.elapsed() > IDLE) {
            self.open = None;
        }
    }

    fn tell(&self, ticket: Ticket, event: PlayerEvent) {
        // The director may be gone already; then nobody needs to know.
        let _ = self.events.send(Message::Player(ticket, event));
    }
}

/// The samples of `clip` at the stream's `rate`.
fn render(clip: &Clip, rate: u32) -> Arc<[f32]> {
    match clip {
        Clip::Sound(sound) => sound::samples(*sound, rate).into(),
        Clip::Speech(samples, from) => resampled(samples, *from, rate).into(),
    }
}

/// `samples` taken from one rate to another by straight lines between them. Synthetic speech
/// has so little above half of what it was made at that a better filter is not heard.
fn resampled(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    let step = f64::from(from) / f64::from(to.max(1));
    let length = (samples.len() as f64 / step) as usize;
    (0..length)
        .map(|i| {
            let place = i as f64 * step;
            let here = samples.get(place as usize).copied().unwrap_or(0.0);
            let next = samples.get(place as usize + 1).copied().unwrap_or(0.0);
            here + (next - here) * place.fract() as f32
        })
        .collect()
}

/// Opens the default output: the sound server if there is one, otherwise ALSA's default.
fn open(events: &Sender<Message>) -> Result<Open, cpal::Error> {
    let device = cpal::default_host()
        .default_output_device()
        .ok_or_else(|| cpal::Error::new(ErrorKind::DeviceNotAvailable))?;
    let supported = device.default_output_config()?;
    let mut config = supported.config();
    let rate = config.sample_rate;
    let mixer = Arc::new(Mutex::new(Mixer::new(
        rate,
        usize::from(config.channels),
        events.clone(),
    )));
    // Small buffers, so that stopping is heard at once; devices that have others keep theirs.
    config.buffer_size = BufferSize::Fixed(rate / 25);
    let format = supported.sample_format();
    let stream = build(&device, config, format, &mixer).or_else(|_| {
        config.buffer_size = BufferSize::Default;
        build(&device, config, format, &mixer)
    })?;
    stream.play()?;
    tracing::debug!(rate, "sound output opened");
    Ok(Open {
        mixer,
        rate,
        quiet_since: None,
        _stream: stream,
    })
}

fn build(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    mixer: &Arc<Mutex<Mixer>>,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::F32 => build_for::<f32>(device, config, mixer),
        SampleFormat::I16 => build_for::<i16>(device, config, mixer),
        SampleFormat::U16 => build_for::<u16>(device, config, mixer),
        SampleFormat::I24 => build_for::<cpal::I24>(device, config, mixer),
        SampleFormat::I32 => build_for::<i32>(device, config, mixer),
        SampleFormat::U8 => build_for::<u8>(device, config, mixer),
        SampleFormat::F64 => build_for::<f64>(device, config, mixer),
        _ => Err(cpal::Error::new(ErrorKind::UnsupportedConfig)),
    }
}

fn build_for<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mixer: &Arc<Mutex<Mixer>>,
) -> Result<cpal::Stream, cpal::Error> {
    let (mixing, failing) = (Arc::clone(mixer), Arc::clone(mixer));
    device.build_output_stream(
        config,
        move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
            let at = info.timestamp();
            let ahead = at.playback.duration_since(at.callback);
            // The lock is held elsewhere only to add or remove a clip: microseconds.
            lock(&mixing).fill(out, ahead);
        },
        move |error: cpal::Error| match error.kind() {
            // The stream goes on after these.
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
                tracing::debug!(%error, "sound output stumbled");
            }
            _ => {
                tracing::warn!(%error, "sound output lost");
                lock(&failing).set_broken();
            }
        },
        Some(LONGEST_OPENING),
    )
}

/// A panic elsewhere leaves the mixer usable: it is only lists of samples.
fn lock(mixer: &Mutex<Mixer>) -> MutexGuard<'_, Mixer> {
    mixer.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn resampling_keeps_length_and_pitch() {
        let from = 22_050;
        let tone: Vec<f32> = (0..from)
            .map(|i| (std::f32::consts::TAU * 440.0 * i as f32 / from as f32).sin())
            .collect();
        for to in [8_000_u32, 22_050, 44_100, 48_000] {
            let there = resampled(&tone, from, to);
            assert!(there.len().abs_diff(to as usize) <= 1, "{to}");
            let rises = there.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0);
            assert!(rises.count().abs_diff(440) <= 1, "{to}");
        }
        assert!(resampled(&[], 22_050, 48_000).is_empty());
    }
}
