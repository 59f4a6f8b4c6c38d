//! In which language a pass is told.

use std::collections::BTreeMap;

use super::{LONGEST_FILE, strings};
use crate::settings::Language;
use crate::wallet::archive::Archive;
use crate::wallet::text::likely;

/// Where so many of the nearest can't be read, none can.
const MOST_TRIED: usize = 10;

/// The words of the pass in `language`, else in the one that is nearest to it.
pub(super) fn of(
    archive: &mut Archive<'_>,
    folder: &str,
    names: &[String],
    language: Language,
) -> BTreeMap<String, String> {
    let mut there: Vec<(usize, &String)> = names
        .iter()
        .filter_map(|name| {
            let (of, file) = name.strip_prefix(folder)?.split_once('/')?;
            let is_words = file.eq_ignore_ascii_case("pass.strings");
            let of = of.to_lowercase();
            Some((
                distance(of.strip_suffix(".lproj").filter(|_| is_words)?, language)?,
                name,
            ))
        })
        .collect();
    // In the archive's order where two are as near.
    there.sort_by_key(|(distance, _)| *distance);
    let found = there
        .into_iter()
        .take(MOST_TRIED)
        .find_map(|(_, name)| archive.file(name, LONGEST_FILE).ok());
    found
        .map(|content| strings::pairs(&likely(&content)))
        .unwrap_or_default()
}

/// How far the language of a folder is from the one that is asked for (BCP 47, as Apple names folders). `None` where what
/// stands in the pass itself is better: who does not read Chinese can't tell one of its letters from another.
fn distance(folder: &str, language: Language) -> Option<usize> {
    let folder = folder.replace('_', "-");
    let wanted: &[&str] = match language {
        Language::Chinese => &["zh-hans", "zh-cn", "zh-sg", "zh", "zh-hant", "zh-tw", "en"],
        Language::English => &["en", "en-us", "en-gb"],
    };
    let further = wanted.len();
    let is = |tag: &str| {
        folder
            .strip_prefix(tag)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if let Some(place) = wanted.iter().position(|tag| *tag == folder) {
        return Some(2 * place);
    }
    if let Some(place) = wanted.iter().position(|tag| is(tag)) {
        return Some(2 * place + 1);
    }
    match folder.as_str() {
        // Older folders are named by words.
        "english" => Some(2 * further),
        "base" => Some(2 * further + 1),
        _ if language == Language::English && is("zh") => None,
        _ => Some(2 * further + 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::archive;

    fn told(folders: &[&str], language: Language) -> Option<String> {
        let files: Vec<(String, String)> = folders
            .iter()
            .map(|folder| (format!("{folder}.lproj/pass.strings"), format!("\"K\" = \"{folder}\";")))
            .collect();
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_bytes()))
            .collect();
        let bytes = archive(&files);
        let mut archive = Archive::open(&bytes).ok()?;
        let names = archive.names();
        of(&mut archive, "", &names, language).remove("K")
    }

    #[test]
    fn the_nearest_language_is_told() {
        for (folders, chinese, english) in [
            (&["en", "zh-Hans"][..], Some("zh-Hans"), Some("en")),
            (&["de", "en-AU", "zh-Hans-CN"], Some("zh-Hans-CN"), Some("en-AU")),
            (&["zh-Hant-HK", "zh-Hans-MY", "zh_CN"], Some("zh-Hans-MY"), None),
            (&["fr", "zh_HK", "en_GB", "en-US"], Some("zh_HK"), Some("en-US")),
            (&["zh-Hant", "zh-TW", "en"], Some("zh-Hant"), Some("en")),
            (&["de", "Base"], Some("Base"), Some("Base")),
            (&["fr", "de"], Some("fr"), Some("fr")),
            (&["eng", "enough"], Some("eng"), Some("eng")),
            (&["de", "zh"], Some("zh"), Some("de")),
        ] {
            assert_eq!(told(folders, Language::Chinese).as_deref(), chinese, "{folders:?}");
            assert_eq!(told(folders, Language::English).as_deref(), english, "{folders:?}");
        }
    }
}
