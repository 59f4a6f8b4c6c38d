//! Pass files: the archive around them, and what stands in one.

use std::io::{Cursor, Write};

use anban_core::settings::Language;
use anban_core::symbol;
use anban_core::wallet::catima;
use anban_core::wallet::pkpass::{self, Pass};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What parts the two files of a pass in a target's bytes.
pub(crate) const BETWEEN: &[u8] = b"\n---\n";

pub(crate) fn archive(bytes: &[u8]) -> bool {
    let mut taken = false;
    for language in [Language::Chinese, Language::English] {
        let Ok(passes) = pkpass::read(bytes, language) else {
            continue;
        };
        taken = !passes.is_empty();
        passes.iter().for_each(promises);
    }
    taken
}

pub(crate) fn content(bytes: &[u8]) -> bool {
    let middle = bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    let (json, strings) = match middle {
        Some(at) => (&bytes[..at], &bytes[at + BETWEEN.len()..]),
        None => (bytes, [].as_slice()),
    };
    let files = [("pass.json", json), ("zh.lproj/pass.strings", strings)];
    packed(&files).is_some_and(|packed| archive(&packed))
}

pub(crate) fn list(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let known = catima::is_list(&text);
    let Ok(list) = catima::read(&text) else { return false };
    for card in &list.cards {
        assert!(
            !card.name.trim().is_empty() && (!card.number.is_empty() || card.code.is_some()),
            "a card without a name, or without a number and a code"
        );
        assert!(
            card.name.chars().count() <= 200 && card.note.chars().count() <= 2_000,
            "longer than a page"
        );
        if let Some(code) = &card.code {
            assert!(
                symbol::encode(code.symbology, &code.text).is_ok(),
                "a code that can't be drawn"
            );
        }
    }
    known && !list.cards.is_empty()
}

/// An archive of these files.
pub(crate) fn packed(files: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).ok()?;
        writer.write_all(content).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

/// What holds for every pass that could be read: it has a name, fits a page, and its code can be drawn.
fn promises(pass: &Pass) {
    assert!(!pass.name.trim().is_empty(), "a pass without a name");
    let texts = pass.details.iter().flat_map(|(label, value)| [label, value]);
    for text in texts.chain([&pass.name, &pass.number]) {
        assert!(text.chars().count() <= 200, "a text that is longer than a page");
        assert!(
            !text.chars().any(|c| c.is_control() && c != '\n'),
            "a control character"
        );
    }
    if let Some(code) = &pass.code {
        assert!(
            symbol::encode(code.symbology, &code.text).is_ok(),
            "a code that can't be drawn"
        );
    }
}
