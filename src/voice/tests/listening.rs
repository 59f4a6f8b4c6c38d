//! Listens to what is really played. Needs the packages pulseaudio, pulseaudio-utils, espeak-ng,
//! speech-dispatcher and speech-dispatcher-espeak-ng; `room/mod.rs` says which one is missing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod room;

use std::thread::sleep;
use std::time::Duration;

use room::{Microphone, Room, Speaker};

/// Ten characters, about 3 s at the default speed. The Mandarin voice of espeak-ng 1.51 that
/// reads out tone numbers takes 4.7 s.
const MANDARIN: &str = "请把您的健康码给他看";
const ENGLISH: &str = "Please show your health code to him";
const LONG: &str = "今天是星期三。您下午两点要去医院看医生。请带好医保卡和病历本。出门以前请吃药。";

/// Says `line` and returns for how many seconds sound was heard.
fn heard(speaker: &mut Speaker, microphone: &Microphone, line: &str, id: u64) -> f32 {
    let from = microphone.now();
    speaker.order(line);
    speaker.awaits(&format!("Ended {{ id: {id} }}"), 12.0);
    sleep(Duration::from_millis(300));
    microphone.sounding(from)
}

fn assert_spoken(seconds: f32, language: &str) {
    assert!((1.2..4.0).contains(&seconds), "{language}: sound for {seconds} s");
}

#[test]
fn without_a_speech_service_both_languages_are_heard() {
    let room = Room::with_sound();
    let microphone = room.microphone();
    let mut speaker = room.speaker(true);
    assert_spoken(heard(&mut speaker, &microphone, MANDARIN, 1), "Mandarin");
    assert_spoken(heard(&mut speaker, &microphone, ENGLISH, 2), "English");
    speaker.leaves(2.0);
}

#[test]
fn the_speech_service_alone_speaks_both_languages() {
    let room = Room::with_service(None);
    let microphone = room.microphone();
    let mut speaker = room.speaker(false);
    // Until its voice is found, which takes seconds, there are captions.
    speaker.order("您好");
    speaker.awaits("NoVoice { id: 1 }", 2.0);
    speaker.awaits("speech service ready language=Mandarin", 20.0);
    speaker.order("Hello");
    speaker.awaits("NoVoice { id: 2 }", 2.0);
    speaker.awaits("speech service ready language=English", 20.0);
    assert_eq!(microphone.sounding(0), 0.0);
    assert_spoken(heard(&mut speaker, &microphone, MANDARIN, 3), "Mandarin");
    assert_spoken(heard(&mut speaker, &microphone, ENGLISH, 4), "English");
    let parts = "健康码|请看这里|返回";
    heard(&mut speaker, &microphone, parts, 5);
    let printed = speaker.leaves(2.0);
    let told: Vec<_> = printed.iter().filter(|line| line.contains("id: 5")).collect();
    assert_eq!(
        told,
        [
            "PartBegan { id: 5, part: 0 }",
            "PartBegan { id: 5, part: 1 }",
            "PartBegan { id: 5, part: 2 }",
            "Ended { id: 5 }"
        ]
    );
}

/// Begins something long as utterance `id`, then ends it by `order`; an empty one hushes.
fn interrupted(speaker: &mut Speaker, microphone: &Microphone, order: &str, id: u64) {
    speaker.order(LONG);
    speaker.awaits(&format!("PartBegan {{ id: {id}, part: 0 }}"), 4.0);
    sleep(Duration::from_millis(700));
    speaker.order(order);
    let took = speaker.awaits(&format!("Interrupted {{ id: {id} }}"), 2.0);
    assert!(took < 0.3, "{took} s");
    if order.is_empty() {
        sleep(Duration::from_millis(500));
        let quiet_from = microphone.now();
        sleep(Duration::from_millis(1_000));
        let still = microphone.sounding(quiet_from);
        assert!(still < 0.15, "still heard for {still} s after it was hushed");
    }
}

/// Ends the program while it speaks.
fn leaves_in_the_middle(mut speaker: Speaker, id: u64) {
    speaker.order(LONG);
    speaker.awaits(&format!("PartBegan {{ id: {id}, part: 0 }}"), 4.0);
    speaker.order("!leave");
    let printed = speaker.leaves(1.0);
    assert_eq!(printed.last(), Some(&format!("Interrupted {{ id: {id} }}")));
}

#[test]
fn a_new_utterance_ends_the_old_one_and_hushing_silences_it() {
    let room = Room::with_sound();
    let microphone = room.microphone();
    let mut speaker = room.speaker(true);
    interrupted(&mut speaker, &microphone, "", 1);
    interrupted(&mut speaker, &microphone, ENGLISH, 2);
    speaker.awaits("Ended { id: 3 }", 8.0);
    let printed = speaker.leaves(2.0);
    let late = printed
        .iter()
        .skip_while(|line| !line.starts_with("Interrupted { id: 2"));
    assert_eq!(late.filter(|line| line.contains("id: 2")).count(), 1, "{printed:?}");
    leaves_in_the_middle(room.speaker(true), 1);
}

#[test]
fn the_speech_service_is_interrupted_as_fast() {
    let room = Room::with_service(None);
    let microphone = room.microphone();
    let mut speaker = room.speaker(false);
    speaker.order("您好");
    speaker.awaits("speech service ready language=Mandarin", 20.0);
    interrupted(&mut speaker, &microphone, "", 2);
    interrupted(&mut speaker, &microphone, "您好", 3);
    speaker.awaits("Ended { id: 4 }", 6.0);
    leaves_in_the_middle(speaker, 5);
}

#[test]
fn without_sound_the_caption_comes_at_once_and_nothing_waits() {
    let room = Room::silent();
    let mut speaker = room.speaker(true);
    speaker.order(MANDARIN);
    speaker.awaits("NoVoice { id: 1 }", 2.0);
    speaker.order("!siren");
    speaker.awaits("NoSound { sound: Siren }", 2.0);
    speaker.order(ENGLISH);
    speaker.awaits("NoVoice { id: 2 }", 2.0);
    let printed = speaker.leaves(2.0);
    let told = |what| printed.iter().any(|line| line.contains(what));
    assert!(!told("Ended"), "{printed:?}");
    // With a card in the machine it has to be tried, and then alsa-lib complains.
    let cards = std::fs::read_to_string("/proc/asound/cards").unwrap_or_default();
    if !cards.contains(']') {
        assert!(!told("ALSA lib"), "{printed:?}");
    }
}

#[test]
fn without_any_program_that_speaks_the_caption_comes_at_once() {
    let room = Room::with_sound();
    let mut speaker = room.speaker(false);
    speaker.order(MANDARIN);
    speaker.awaits("NoVoice { id: 1 }", 2.0);
    let printed = speaker.leaves(2.0);
    assert!(
        printed
            .iter()
            .any(|line| line.contains("install the package espeak-ng"))
    );
}

#[test]
fn a_sound_server_that_goes_away_means_captions() {
    let mut room = Room::with_sound();
    let mut speaker = room.speaker(true);
    speaker.order(LONG);
    speaker.awaits("PartBegan { id: 1, part: 0 }", 4.0);
    room.cut_sound();
    speaker.awaits("NoVoice { id: 1 }", 6.0);
    speaker.order(MANDARIN);
    speaker.awaits("NoVoice { id: 2 }", 4.0);
    speaker.leaves(3.0);
}

#[test]
fn a_speech_service_that_falls_mute_is_passed_over() {
    let mut elsewhere = Room::with_sound();
    let room = Room::with_service(Some(&elsewhere));
    let microphone = room.microphone();
    let mut speaker = room.speaker(true);
    speaker.order("您好");
    speaker.awaits("speech service ready language=Mandarin", 20.0);
    elsewhere.cut_sound();
    let from = microphone.now();
    speaker.order(MANDARIN);
    speaker.awaits("Ended { id: 2 }", 25.0);
    assert_spoken(microphone.sounding(from), "Mandarin");
    speaker.leaves(3.0);
}

#[test]
fn sounds_are_heard_the_volume_applies_and_the_siren_is_always_full() {
    let room = Room::with_sound();
    let microphone = room.microphone();
    let mut speaker = room.speaker(true);
    let mut level = |orders: &[&str]| {
        let from = microphone.now();
        for order in orders {
            speaker.order(order);
        }
        sleep(Duration::from_millis(1_500));
        microphone.level(from)
    };
    let full = level(&["!volume 1", "!done"]);
    let soft = level(&["!volume 0.25", "!done"]);
    assert!(full > 0.01, "{full}");
    assert!((2.5..6.0).contains(&(full / soft)), "{full} against {soft}");
    level(&["!siren"]);
    let siren = level(&[]);
    assert!(siren > 0.3, "{siren}");
    level(&["!nosiren"]);
    let after = level(&[]);
    assert!(after < 0.001, "{after}");
    let printed = speaker.leaves(2.0);
    assert!(printed.is_empty(), "{printed:?}");
}
