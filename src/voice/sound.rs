//! The sounds, made in code: no files, no licences, and right at any sample rate.
//!
//! They are built from few partials below 2 kHz, because hearing is lost from the top as people
//! grow old. Every note has a soft attack, so that nobody is startled, save by the siren, which
//! is meant to.

use std::f32::consts::TAU;

use crate::Sound;

/// One note: when it begins and how long it rings (seconds), how high (Hz), how loud (0 to 1).
struct Note {
    at: f32,
    lasts: f32,
    pitch: f32,
    level: f32,
}

/// E5 and A5, a rising fourth.
const DONE: [Note; 2] = [
    Note {
        at: 0.0,
        lasts: 0.45,
        pitch: 659.26,
        level: 0.30,
    },
    Note {
        at: 0.16,
        lasts: 0.60,
        pitch: 880.0,
        level: 0.34,
    },
];

/// G3.
const REFUSED: [Note; 1] = [Note {
    at: 0.0,
    lasts: 0.50,
    pitch: 196.0,
    level: 0.40,
}];

const TICK: [Note; 1] = [Note {
    at: 0.0,
    lasts: 0.09,
    pitch: 988.0,
    level: 0.35,
}];

/// C5, E5, G5: a chord opens upwards.
const STATE_GOOD: [Note; 3] = [
    Note {
        at: 0.0,
        lasts: 0.35,
        pitch: 523.25,
        level: 0.28,
    },
    Note {
        at: 0.12,
        lasts: 0.35,
        pitch: 659.26,
        level: 0.28,
    },
    Note {
        at: 0.24,
        lasts: 0.65,
        pitch: 783.99,
        level: 0.32,
    },
];

/// A4 twice.
const STATE_CAUTION: [Note; 2] = [
    Note {
        at: 0.0,
        lasts: 0.30,
        pitch: 440.0,
        level: 0.34,
    },
    Note {
        at: 0.32,
        lasts: 0.45,
        pitch: 440.0,
        level: 0.34,
    },
];

/// E4 and B3, a falling fourth.
const STATE_BAD: [Note; 2] = [
    Note {
        at: 0.0,
        lasts: 0.45,
        pitch: 329.63,
        level: 0.38,
    },
    Note {
        at: 0.34,
        lasts: 0.80,
        pitch: 246.94,
        level: 0.42,
    },
];

/// Seconds in which a note grows to its full level.
const ATTACK: f32 = 0.012;

/// `sound` as samples between -1 and 1 at `rate` samples a second. The siren is one turn, whose
/// end meets its beginning.
pub(crate) fn samples(sound: Sound, rate: u32) -> Vec<f32> {
    match sound {
        Sound::Done => notes(&DONE, rate),
        Sound::Refused => notes(&REFUSED, rate),
        Sound::Tick => notes(&TICK, rate),
        Sound::StateGood => notes(&STATE_GOOD, rate),
        Sound::StateCaution => notes(&STATE_CAUTION, rate),
        Sound::StateBad => notes(&STATE_BAD, rate),
        Sound::Siren => siren(rate),
    }
}

fn notes(notes: &[Note], rate: u32) -> Vec<f32> {
    let length = notes.iter().map(|n| n.at + n.lasts).fold(0.0, f32::max);
    (0..(length * rate as f32) as usize)
        .map(|i| {
            let t = i as f32 / rate as f32;
            notes.iter().map(|note| level_at(note, t - note.at)).sum()
        })
        .collect()
}

/// A bell-like note at `t` seconds after its beginning.
fn level_at(note: &Note, t: f32) -> f32 {
    if t < 0.0 || t >= note.lasts {
        return 0.0;
    }
    let grow = (t / ATTACK).min(1.0);
    let fade = (-5.0 * t / note.lasts).exp() * (1.0 - t / note.lasts);
    let phase = TAU * note.pitch * t;
    let tone = phase.sin() + 0.35 * (2.0 * phase).sin() + 0.1 * (3.0 * phase).sin();
    note.level * grow * fade * tone
}

/// One second that rises from 500 Hz to 1000 Hz and falls again. The range includes the 520 Hz
/// that wakes and reaches hard-of-hearing people best (the low-frequency alarm signal of
/// NFPA 72); odd partials make it as loud as a small speaker can.
fn siren(rate: u32) -> Vec<f32> {
    (0..rate)
        .map(|i| {
            let t = i as f32 / rate as f32;
            // The integral of 750 - 250 cos(2πt): whole turns over a second, hence no click.
            let turns = 750.0 * t - 250.0 / TAU * (TAU * t).sin();
            let phase = TAU * turns.fract();
            0.85 * (phase.sin() + (3.0 * phase).sin() / 3.0 + (5.0 * phase).sin() / 8.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    /// All but the siren.
    const CHIMES: [Sound; 6] = [
        Sound::Done,
        Sound::Refused,
        Sound::Tick,
        Sound::StateGood,
        Sound::StateCaution,
        Sound::StateBad,
    ];

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    /// How often the wave rises through zero in a second.
    fn pitch(samples: &[f32], rate: u32) -> f32 {
        let rises = samples.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
        rises as f32 * rate as f32 / samples.len() as f32
    }

    #[test]
    fn every_sound_is_heard_and_none_is_distorted() {
        for rate in [8_000, 22_050, 44_100, 48_000, 192_000] {
            for sound in CHIMES.into_iter().chain([Sound::Siren]) {
                let samples = samples(sound, rate);
                let peak = samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
                assert!(samples.iter().all(|s| s.is_finite()), "{sound:?} at {rate}");
                assert!((0.1..=1.0).contains(&peak), "{sound:?} at {rate}: peak {peak}");
                assert!(rms(&samples) > 0.02, "{sound:?} at {rate}");
            }
        }
    }

    #[test]
    fn sounds_begin_softly_and_end_without_a_click() {
        for sound in CHIMES {
            let samples = samples(sound, 48_000);
            assert!(samples[..24].iter().all(|s| s.abs() < 0.05), "{sound:?}");
            let last = samples.len() - 24;
            assert!(samples[last..].iter().all(|s| s.abs() < 0.01), "{sound:?}");
        }
    }

    #[test]
    fn done_rises_and_refused_is_low() {
        let done = samples(Sound::Done, 48_000);
        let (first, second) = (&done[..7_000], &done[done.len() / 2..]);
        assert!(pitch(second, 48_000) > pitch(first, 48_000) + 100.0);
        assert!(pitch(&samples(Sound::Refused, 48_000), 48_000) < 250.0);
    }

    #[test]
    fn a_good_state_rises_a_bad_one_falls_and_caution_stays_on_its_note() {
        let first_and_last = |sound, second: usize| {
            let samples = samples(sound, 48_000);
            (
                pitch(&samples[..5_000], 48_000),
                pitch(&samples[second..second + 9_600], 48_000),
            )
        };
        let (low, high) = first_and_last(Sound::StateGood, 20_000);
        assert!(high > low + 150.0, "{low} {high}");
        let (first, second) = first_and_last(Sound::StateCaution, 16_000);
        assert!((first - second).abs() < 30.0, "{first} {second}");
        let (high, low) = first_and_last(Sound::StateBad, 26_000);
        assert!(low < high - 50.0 && low < 280.0, "{high} {low}");
    }

    #[test]
    fn the_siren_is_the_loudest_and_its_turns_join() {
        let siren = samples(Sound::Siren, 48_000);
        for sound in CHIMES {
            assert!(rms(&siren) > 3.0 * rms(&samples(sound, 48_000)), "{sound:?}");
        }
        let steepest = siren.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        let seam = (siren[0] - siren[siren.len() - 1]).abs();
        assert!(seam <= steepest, "a click at the seam: {seam} > {steepest}");
        let (low, high) = (&siren[..4_800], &siren[21_600..26_400]);
        assert!(pitch(low, 48_000) < 600.0 && pitch(high, 48_000) > 900.0);
    }
}
