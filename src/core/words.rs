//! The words of the app, in every language it speaks.
//!
//! What stands on the screen, what the voice says and what is printed are one text, so the words are here and not in
//! the screen's files (see docs/adr/0001). They are [Fluent] files, one for each language, in `words/`; the Chinese one
//! is the source, and a key that another language lacks falls back to it. Dates and times are in [`time`].
//!
//! [Fluent]: https://projectfluent.org/

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::settings::Language;

pub mod time;

const CHINESE: &str = include_str!("words/zh-Hans.ftl");
const ENGLISH: &str = include_str!("words/en.ftl");

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| [bundle("zh-Hans", CHINESE), bundle("en", ENGLISH)]);

fn bundle(tag: &str, source: &str) -> Bundle {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Isolation marks would be spoken and printed as odd characters; no language here mixes directions.
    bundle.set_use_isolating(false);
    // What can be parsed is used, and the tests hold the files to have no errors.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    let _ = bundle.add_resource(resource);
    bundle
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(Language);

impl Words {
    /// The words of `language`.
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self(language)
    }

    /// Which language it is.
    #[must_use]
    pub fn language(self) -> Language {
        self.0
    }

    /// The text of `key`.
    #[must_use]
    pub fn get(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text of `key` with values in it. Values that are whole numbers choose plural forms.
    #[must_use]
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        let [chinese, english] = &*BUNDLES;
        let first = if self.0 == Language::English { english } else { chinese };
        [first, chinese]
            .into_iter()
            .find_map(|bundle| format(bundle, key, values))
            .unwrap_or_else(|| key.to_owned())
    }
}

fn format(bundle: &Bundle, key: &str, values: &[(&str, &str)]) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let args: FluentArgs<'_> = values
        .iter()
        .map(|&(name, value)| {
            (
                name,
                // The end of a number, such as 0014, is a text.
                value
                    .parse::<u32>()
                    .ok()
                    .filter(|number| number.to_string() == value)
                    .map_or_else(|| FluentValue::from(value), FluentValue::from),
            )
        })
        .collect();
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// The messages of a file and the values that each takes.
    fn messages(source: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut messages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut key = "";
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let (Some((name, _)), false) = (line.split_once(" = "), line.starts_with(' ')) {
                key = name;
                assert!(messages.insert(key, BTreeSet::new()).is_none(), "{key} is there twice");
            }
            let values = line
                .split('$')
                .skip(1)
                .map(|rest| rest.split([' ', '}']).next().unwrap());
            messages.entry(key).or_default().extend(values);
        }
        messages.remove("");
        messages
    }

    #[test]
    fn both_files_can_be_parsed() {
        for source in [CHINESE, ENGLISH] {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
        }
    }

    #[test]
    fn both_languages_have_the_same_words_with_the_same_values() {
        let (chinese, mut english) = (messages(CHINESE), messages(ENGLISH));
        // Chinese months are numbers.
        english.retain(|key, _| !key.starts_with("month-"));
        let keys = |messages: &BTreeMap<&str, _>| messages.keys().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(keys(&chinese), keys(&english));
        for (key, values) in chinese {
            assert_eq!(values, english[key], "{key}");
        }
    }

    #[test]
    fn chinese_words_hold_no_latin_ones() {
        for line in CHINESE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.contains("://"))
        {
            let Some((key, text)) = line.split_once(" = ") else {
                continue;
            };
            let mut parts = text.split('{');
            let before = parts.next().unwrap_or_default();
            let after = parts.map(|part| part.split_once('}').map_or("", |(_, after)| after));
            let outside: String = [before].into_iter().chain(after).collect();
            assert!(!outside.chars().any(|c| c.is_ascii_alphabetic()), "{key}: {text}");
        }
    }

    /// Keys that are put together from parts.
    const MADE: [&str; 4] = ["enter-", "weekday-", "month-", "relationship-"];

    #[test]
    fn every_word_is_used_and_every_used_word_is_there() {
        let mut source = String::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    source.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        // Rules that are data name their words too.
        source.push_str(include_str!("../../assets/fraud/rules.json"));
        let there = messages(CHINESE);
        for key in there
            .keys()
            .filter(|key| !MADE.iter().any(|made| key.starts_with(made)))
        {
            assert!(source.contains(&format!("\"{key}\"")), "{key} is never used");
        }
        for call in [
            ".line(\"",
            "words.get(\"",
            "words.with(\"",
            ".fact(\"",
            "page.choice(\"",
            ".or(\"",
            ".main(\"",
        ] {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(
                    key.contains('\\') || key.contains('{') || there.contains_key(key),
                    "{key} is used and not there"
                );
            }
        }
    }

    #[test]
    fn a_word_that_is_nowhere_is_shown_by_its_key_and_does_not_panic() {
        assert_eq!(Words::of(Language::English).get("no-such-word"), "no-such-word");
    }
}
