//! What is being said, and which part of the page that is.
//!
//! The voice reports each part as it begins; a report about an older utterance is late and changes nothing. On a
//! machine that can't speak, 读给我听 still goes through the page part by part: each one is marked and stands as a
//! caption for as long as it would take to say. Nothing waits for the voice.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::effect::{Effect, Utterance, VoiceReport};
use crate::settings::{Language, Settings};

/// How long a caption stands for each character, and at least.
const CAPTION_PER_CHARACTER: SignedDuration = SignedDuration::from_millis(280);
const CAPTION_AT_LEAST: SignedDuration = SignedDuration::from_secs(2);

/// What is being said.
#[derive(Debug, Default)]
pub struct Speech {
    last_id: u64,
    parts: Vec<String>,
    part: Option<usize>,
    reading: bool,
    caption_wanted: bool,
    /// The parts are those of the page, so the one that is said is marked there.
    of_page: bool,
    /// There is no voice: the caption moves on at this time.
    silent_until: Option<Timestamp>,
    caption: Option<String>,
    /// What is said after this, in another language.
    then: VecDeque<(Language, String)>,
}

impl Speech {
    fn begin(&mut self, parts: Vec<String>, settings: &Settings) -> Effect {
        self.then.clear();
        self.begin_in(settings.language, parts, settings)
    }

    fn begin_in(&mut self, language: Language, parts: Vec<String>, settings: &Settings) -> Effect {
        self.last_id += 1;
        self.parts = parts;
        self.part = None;
        self.silent_until = None;
        self.caption = None;
        Effect::Speak(Utterance {
            id: self.last_id,
            parts: self.parts.clone(),
            language,
            rate: settings.rate,
            volume: settings.volume,
        })
    }

    /// Says what a page is about. Without a voice it needs no caption: the words are the page's own.
    pub(crate) fn announce(&mut self, parts: Vec<String>, settings: &Settings) -> Effect {
        self.reading = false;
        self.caption_wanted = false;
        self.of_page = true;
        self.begin(parts, settings)
    }

    /// Says a sentence that does not stand on the page as it is, such as a second of the countdown.
    /// With `caption` it is shown where there is no voice.
    pub(crate) fn say(&mut self, sentence: String, caption: bool, settings: &Settings) -> Effect {
        self.reading = false;
        self.caption_wanted = caption;
        self.of_page = false;
        self.begin(vec![sentence], settings)
    }

    /// Says sentences one after the other, each in its language. Where there is no voice they need no caption: they stand
    /// on the page.
    pub(crate) fn say_in_turn(
        &mut self,
        sentences: impl IntoIterator<Item = (Language, String)>,
        settings: &Settings,
    ) -> Option<Effect> {
        self.reading = false;
        self.caption_wanted = false;
        self.of_page = false;
        self.then = sentences.into_iter().collect();
        self.go_on(settings)
    }

    /// Begins with what is still to be said.
    fn go_on(&mut self, settings: &Settings) -> Option<Effect> {
        let (language, sentence) = self.then.pop_front()?;
        Some(self.begin_in(language, vec![sentence], settings))
    }

    /// Reads a whole page.
    pub(crate) fn read(&mut self, parts: Vec<String>, settings: &Settings) -> Effect {
        self.reading = true;
        self.caption_wanted = true;
        self.of_page = true;
        self.begin(parts, settings)
    }

    /// The page was left, or the person has heard enough.
    pub(crate) fn forget(&mut self) {
        *self = Self {
            last_id: self.last_id,
            ..Self::default()
        };
    }

    /// What the voice reports; where more is to be said, that is begun.
    pub(crate) fn report(&mut self, report: VoiceReport, now: Timestamp, settings: &Settings) -> Option<Effect> {
        let (VoiceReport::Began { id, .. } | VoiceReport::Ended { id } | VoiceReport::NoVoice { id }) = report;
        if id != self.last_id {
            return None;
        }
        match report {
            VoiceReport::Began { part, .. } => self.part = (part < self.parts.len()).then_some(part),
            VoiceReport::Ended { .. } if !self.then.is_empty() => return self.go_on(settings),
            VoiceReport::Ended { .. } => self.end(),
            VoiceReport::NoVoice { .. } if self.reading => self.show_part(0, now),
            VoiceReport::NoVoice { .. } => {
                self.part = None;
                self.caption = self.caption_wanted.then(|| self.parts.join(" "));
                // It may have one for the other language.
                return self.go_on(settings);
            }
        }
        None
    }

    /// Moves a caption on when its time has come.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        if self.silent_until.is_some_and(|until| until <= now) {
            self.show_part(self.part.map_or(0, |part| part + 1), now);
        }
    }

    fn show_part(&mut self, part: usize, now: Timestamp) {
        let Some(words) = self.parts.get(part) else {
            return self.end();
        };
        let characters = i32::try_from(words.chars().count()).unwrap_or(i32::MAX);
        let long = CAPTION_PER_CHARACTER
            .checked_mul(characters)
            .unwrap_or(CAPTION_AT_LEAST);
        self.part = Some(part);
        self.caption = Some(words.clone());
        self.silent_until = now.checked_add(long.max(CAPTION_AT_LEAST)).ok();
    }

    fn end(&mut self) {
        self.forget();
    }

    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        self.silent_until
    }

    pub(crate) fn is_reading(&self) -> bool {
        self.reading
    }

    pub(crate) fn being_read(&self) -> Option<usize> {
        self.part.filter(|_| self.of_page)
    }

    pub(crate) fn caption(&self) -> Option<String> {
        self.caption.clone()
    }
}
