//! Picks a voice that really speaks the language.
//!
//! The trap: espeak-ng 1.51 (Debian 12, Ubuntu 24.04) offers two Mandarin voices, and the first,
//! `cmn`, is broken. It takes the tone number of every syllable for an English number and reads
//! it aloud ("nin two"). `cmn-latn-pinyin` is sound: fed Han characters it speaks Mandarin. From
//! 1.52 on `cmn` is sound too and reads Latin words better. Speech services list the same two
//! under the names below.

use crate::Language;

/// A version of espeak-ng, such as 1.51.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

/// The first version whose `cmn` voice speaks Mandarin.
const SOUND_CMN: Version = Version { major: 1, minor: 52 };

/// The version out of what `espeak-ng --version` prints
/// ("eSpeak NG text-to-speech: 1.51  Data at: …").
pub(crate) fn version(printed: &str) -> Option<Version> {
    let after = printed.split_once("text-to-speech:")?.1;
    let mut numbers = after.split_whitespace().next()?.split(['.', '-']);
    Some(Version {
        major: numbers.next()?.parse().ok()?,
        minor: numbers.next()?.parse().ok()?,
    })
}

/// The voice to ask the espeak-ng program for.
pub(crate) fn espeak_voice(language: Language, version: Option<Version>) -> &'static str {
    match language {
        Language::English => "en-us",
        Language::Mandarin if version >= Some(SOUND_CMN) => "cmn",
        // Also when the version is unknown: this voice is sound in all of them.
        Language::Mandarin => "cmn-latn-pinyin",
    }
}

/// The index of the best voice for `language` among a speech service's voices, given as name
/// and language tag. `espeak` is the version of espeak-ng on the system, which is also the
/// service's engine as a rule.
pub(crate) fn service_voice<'a>(
    voices: impl Iterator<Item = (&'a str, &'a str)>,
    language: Language,
    espeak: Option<Version>,
) -> Option<usize> {
    voices
        .enumerate()
        .filter_map(|(index, (name, tag))| Some((rank(name, tag, language, espeak)?, index)))
        .min()
        .map(|(_, index)| index)
}

/// How well a voice suits, smaller is better; `None` if it must not be used.
fn rank(name: &str, tag: &str, language: Language, espeak: Option<Version>) -> Option<u32> {
    let name = name.to_lowercase();
    let tag = tag.to_lowercase().replace('_', "-");
    // "+Adam" and the like distort the plain voice of the same name; "dummy" only ever says that
    // speech-dispatcher is not set up; mbrola voices are listed without their data.
    if name.contains('+') || name == "dummy" || name.contains("-mb-") || name.contains("mbrola") {
        return None;
    }
    let mut subtags = tag.split('-');
    let primary = subtags.next()?;
    let has = |wanted: &[&str]| tag.split('-').skip(1).any(|subtag| wanted.contains(&subtag));
    match language {
        Language::Mandarin => {
            // "zh" alone may be any Chinese: leave out the other tongues.
            if !matches!(primary, "cmn" | "zh") || has(&["yue", "hk", "mo", "hak", "nan"]) {
                return None;
            }
            if name.contains("latin as english") {
                return (espeak >= Some(SOUND_CMN)).then_some(2);
            }
            if name.contains("latin as pinyin") {
                return Some(3);
            }
            // Any other engine made for Mandarin beats espeak; the mainland accent comes first.
            Some(u32::from(has(&["tw", "sg"])))
        }
        Language::English => match tag.as_str() {
            _ if primary != "en" => None,
            "en-us" => Some(0),
            "en" | "en-gb" => Some(1),
            _ => Some(2),
        },
    }
}

/// The speed to set on a speech service that counts from `low` through `normal` to `high`, for
/// `rate` times the normal speed.
pub(crate) fn service_rate(rate: f32, low: f32, normal: f32, high: f32) -> f32 {
    let set = if normal > 0.0 {
        normal * rate
    } else if rate < 1.0 {
        // speech-dispatcher: -100 is 80 words a minute, 0 is 170, 100 is 449.
        normal - (1.0 - rate) * 170.0 / (170.0 - 80.0) * (normal - low)
    } else {
        normal + (rate - 1.0) * 170.0 / (449.0 - 170.0) * (high - normal)
    };
    set.clamp(low, high)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    /// What speech-dispatcher 0.11 with espeak-ng lists, in its order (shortened).
    const LISTED: [(&str, &str); 8] = [
        ("Chinese (Cantonese)", "yue"),
        ("Chinese (Mandarin, latin as English)", "cmn"),
        ("Chinese (Mandarin, latin as English)+Adam", "cmn"),
        ("Chinese (Mandarin, latin as Pinyin)", "cmn-LATN-PINYIN"),
        ("Chinese (Mandarin, latin as Pinyin)+Adam", "cmn-LATN-PINYIN"),
        ("English (Caribbean)", "en-029"),
        ("English (Great Britain)", "en-GB"),
        ("English (America)", "en-US"),
    ];

    fn chosen(language: Language, espeak: Option<Version>) -> Option<&'static str> {
        service_voice(LISTED.into_iter(), language, espeak).map(|index| LISTED[index].0)
    }

    fn old() -> Option<Version> {
        version("eSpeak NG text-to-speech: 1.51  Data at: /usr/lib/espeak-ng-data")
    }

    fn new() -> Option<Version> {
        version("eSpeak NG text-to-speech: 1.52.0  Data at: /usr/share/espeak-ng-data")
    }

    #[test]
    fn versions_are_read_and_compared() {
        assert_eq!(old(), Some(Version { major: 1, minor: 51 }));
        assert!(new() > old());
        assert_eq!(version("eSpeak NG text-to-speech: 1.52-dev Data at: x"), new());
        for rubbish in ["", "espeak 1.51", "text-to-speech:", "text-to-speech: x.y"] {
            assert_eq!(version(rubbish), None, "{rubbish}");
        }
    }

    #[test]
    fn the_voice_that_spells_out_tones_is_never_chosen_before_1_52() {
        for espeak in [None, old()] {
            assert_eq!(espeak_voice(Language::Mandarin, espeak), "cmn-latn-pinyin");
            assert_eq!(
                chosen(Language::Mandarin, espeak),
                Some("Chinese (Mandarin, latin as Pinyin)")
            );
        }
        let only_broken = [LISTED[1], LISTED[2]];
        assert_eq!(service_voice(only_broken.into_iter(), Language::Mandarin, old()), None);
    }

    #[test]
    fn from_1_52_on_the_plain_mandarin_voice_is_chosen() {
        assert_eq!(espeak_voice(Language::Mandarin, new()), "cmn");
        assert_eq!(
            chosen(Language::Mandarin, new()),
            Some("Chinese (Mandarin, latin as English)")
        );
    }

    #[test]
    fn english_is_the_plain_american_voice() {
        assert_eq!(chosen(Language::English, old()), Some("English (America)"));
    }

    #[test]
    fn cantonese_mbrola_and_the_dummy_do_not_pass() {
        let wrong = [
            ("Chinese (Cantonese)", "zh-yue"),
            ("Sin-ji", "zh-HK"),
            ("chinese-mb-cn1", "zh"),
        ];
        assert_eq!(service_voice(wrong.into_iter(), Language::Mandarin, new()), None);
        let dummy = [("dummy", "en")];
        assert_eq!(service_voice(dummy.into_iter(), Language::English, new()), None);
    }

    #[test]
    fn a_natural_mainland_voice_beats_espeak() {
        let voices = [LISTED[3], ("Mei-Jia", "zh-TW"), ("Xiaoxiao", "zh_CN")];
        let languages = voices.into_iter();
        assert_eq!(service_voice(languages, Language::Mandarin, new()), Some(2));
    }

    #[test]
    fn speeds_stay_within_what_the_service_takes() {
        // speech-dispatcher, then a service that multiplies.
        for (low, normal, high) in [(-100.0, 0.0, 100.0), (0.5, 1.0, 6.0)] {
            let set = |rate| service_rate(rate, low, normal, high);
            assert!((set(1.0) - normal).abs() < 1e-6);
            assert!(set(0.7) < set(0.85) && set(0.85) < normal && set(1.2) > normal);
            assert!(set(0.01) >= low && set(50.0) <= high);
        }
    }
}
