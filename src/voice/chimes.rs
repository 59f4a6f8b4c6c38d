//! The sounds that were ordered: which have begun, and whether the siren is on.

use std::time::Instant;

use crate::Sound;
use crate::director::Ticket;
use crate::player::{Clip, Player, PlayerEvent};

/// A sound that was ordered and has not begun.
struct Awaited {
    ticket: Ticket,
    sound: Sound,
    deadline: Instant,
}

/// All sounds on their way.
#[derive(Default)]
pub(crate) struct Chimes {
    awaited: Vec<Awaited>,
    siren: Option<Ticket>,
}

impl Chimes {
    /// Plays a sound, which must have begun by `deadline`. A second siren is not started.
    pub(crate) fn order(&mut self, player: &Player, ticket: Ticket, (sound, volume): (Sound, f32), deadline: Instant) {
        let gain = match sound {
            Sound::Siren if self.siren.is_some() => return,
            Sound::Siren => {
                self.siren = Some(ticket);
                1.0
            }
            _ => volume,
        };
        player.play(ticket, Clip::Sound(sound), gain, deadline);
        self.awaited.push(Awaited {
            ticket,
            sound,
            deadline,
        });
    }

    pub(crate) fn stop_siren(&mut self, player: &Player) {
        if let Some(ticket) = self.siren.take() {
            player.stop(ticket);
            self.awaited.retain(|awaited| awaited.ticket != ticket);
        }
    }

    /// Takes news of `ticket`; returns the sound that will not be heard (any more).
    pub(crate) fn heard(&mut self, ticket: Ticket, event: PlayerEvent) -> Option<Sound> {
        let failed = event == PlayerEvent::Failed;
        let awaited = self.awaited.iter().position(|a| a.ticket == ticket);
        let awaited = awaited.map(|at| self.awaited.swap_remove(at).sound);
        if failed && self.siren == Some(ticket) {
            self.siren = None;
            return Some(Sound::Siren);
        }
        awaited.filter(|_| failed)
    }

    /// When the first sound must have begun.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.awaited.iter().map(|awaited| awaited.deadline).min()
    }

    /// Gives up the sounds that did not begin by `now`, and names them.
    pub(crate) fn late(&mut self, player: &Player, now: Instant) -> Vec<Sound> {
        let late: Vec<_> = self.awaited.extract_if(.., |awaited| awaited.deadline <= now).collect();
        for awaited in &late {
            player.stop(awaited.ticket);
            if self.siren == Some(awaited.ticket) {
                self.siren = None;
            }
        }
        late.into_iter().map(|awaited| awaited.sound).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::time::Duration;

    const T: Ticket = Ticket(1);

    /// A player that plays nothing: its deadline has passed before it is asked.
    fn ordered(sound: Sound) -> (Chimes, Player, Instant) {
        let player = Player::start(std::sync::mpsc::channel().0).unwrap();
        let past = Instant::now() - Duration::from_millis(1);
        let mut chimes = Chimes::default();
        chimes.order(&player, T, (sound, 1.0), past);
        (chimes, player, past)
    }

    #[test]
    fn a_sound_that_cannot_be_played_is_named_once() {
        let (mut chimes, _player, _) = ordered(Sound::Done);
        assert_eq!(chimes.heard(T, PlayerEvent::Failed), Some(Sound::Done));
        assert_eq!(chimes.heard(T, PlayerEvent::Failed), None);
        assert_eq!(chimes.deadline(), None);
    }

    #[test]
    fn a_sound_that_began_is_no_longer_waited_for() {
        let (mut chimes, player, past) = ordered(Sound::Tick);
        assert_eq!(chimes.heard(T, PlayerEvent::Began), None);
        assert_eq!(chimes.late(&player, past), []);
    }

    #[test]
    fn a_siren_that_breaks_off_is_told_and_can_be_started_again() {
        let (mut chimes, player, past) = ordered(Sound::Siren);
        chimes.heard(T, PlayerEvent::Began);
        assert_eq!(chimes.heard(T, PlayerEvent::Failed), Some(Sound::Siren));
        chimes.order(&player, Ticket(2), (Sound::Siren, 1.0), past);
        assert_eq!(chimes.late(&player, past), [Sound::Siren]);
        assert_eq!(chimes.deadline(), None);
    }
}
