//! From the core's words to the voice, and back.

use anban_core::app::Incoming;
use anban_core::effect::{Sound, Utterance, VoiceReport};
use anban_core::settings::{Language, Volume};
use anban_voice::{Manner, Report, Voice};

use crate::runtime::Inbox;

/// Starts the voice; none where the system has no thread for it.
pub fn start(inbox: Inbox) -> Option<Voice> {
    let voice = Voice::start(move |report| {
        let report = match report {
            Report::PartBegan { id, part } => VoiceReport::Began { id, part },
            Report::Ended { id } | Report::Interrupted { id } => VoiceReport::Ended { id },
            Report::NoVoice { id } => VoiceReport::NoVoice { id },
            // Each sound goes with words that are on the screen.
            Report::NoSound { .. } => return,
        };
        inbox.bring(Incoming::Voice(report));
    });
    voice.inspect_err(|error| tracing::warn!(%error, "no voice")).ok()
}

/// Speaks, or says at once that there is no voice.
pub fn speak(voice: Option<&Voice>, inbox: &Inbox, utterance: Utterance) {
    let Some(voice) = voice else {
        inbox.bring(Incoming::Voice(VoiceReport::NoVoice { id: utterance.id }));
        return;
    };
    let language = match utterance.language {
        Language::Chinese => anban_voice::Language::Mandarin,
        Language::English => anban_voice::Language::English,
    };
    voice.speak(anban_voice::Utterance {
        id: utterance.id,
        parts: utterance.parts,
        manner: Manner {
            language,
            rate: utterance.rate.factor(),
            volume: utterance.volume.share(),
        },
    });
}

/// Plays a short sound.
pub fn play(voice: Option<&Voice>, sound: Sound, volume: Volume) {
    let sound = match sound {
        Sound::Done => anban_voice::Sound::Done,
        Sound::Refused => anban_voice::Sound::Refused,
        Sound::Tick => anban_voice::Sound::Tick,
        Sound::StateGood => anban_voice::Sound::StateGood,
        Sound::StateCaution => anban_voice::Sound::StateCaution,
        Sound::StateBad => anban_voice::Sound::StateBad,
    };
    voice.iter().for_each(|voice| voice.play(sound, volume.share()));
}

/// Starts or stops the siren.
pub fn siren(voice: Option<&Voice>, on: bool) {
    let Some(voice) = voice else { return };
    if on {
        voice.play(anban_voice::Sound::Siren, 1.0);
    } else {
        voice.stop_siren();
    }
}
