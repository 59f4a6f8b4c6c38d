//! From the core's papers to the sheets that are printed.
//!
//! The core says what is on a paper, `anban-print` how it lies there, and neither knows the other: here the words are
//! handed over and the symbols drawn.

use anban_core::certificates::{Format, Paper, PaperCode};
use anban_core::settings::Language;
use anban_core::symbol;
use anban_core::view::Mark;
use anban_print::{Code, PrintError, Sheet};

/// The sheet of a paper.
///
/// # Errors
/// [`PrintError::BadCode`] where a code's text does not fit the symbol.
pub(super) fn sheet(paper: &Paper) -> Result<Sheet, PrintError> {
    Ok(Sheet {
        format: match paper.format {
            Format::A4 => anban_print::Format::A4,
            Format::FoldOut => anban_print::Format::FoldOut,
            Format::Receipt => anban_print::Format::Receipt,
        },
        language: match paper.language {
            Language::Chinese => anban_print::Language::ZhHans,
            Language::English => anban_print::Language::En,
        },
        title: paper.title.clone(),
        state: paper.state.as_ref().map(|(_, word)| word.clone()),
        mark: match paper.state {
            Some((Mark::Good, _)) => anban_print::Mark::Ok,
            Some((Mark::Caution | Mark::Waiting, _)) => anban_print::Mark::Caution,
            Some((Mark::Bad, _)) => anban_print::Mark::Stop,
            None => anban_print::Mark::Plain,
        },
        facts: paper.facts.clone(),
        codes: paper.codes.iter().map(code).collect::<Result<_, _>>()?,
        is_collection: paper.is_collection,
        notes: paper.notes.clone(),
        footer: paper.footer.clone(),
        folding: paper.folding.clone(),
    })
}

fn code(code: &PaperCode) -> Result<Code, PrintError> {
    let symbol = &code.symbol;
    let modules = symbol::encode(symbol.symbology, &symbol.text).map_err(|_| PrintError::BadCode)?;
    Ok(Code {
        width: modules.width as usize,
        height: modules.height as usize,
        modules: modules.dark,
        quiet_zone: modules.quiet_zone,
        caption: Some(code.caption.clone()).filter(|caption| !caption.is_empty()),
        alt: symbol.label.clone(),
    })
}
