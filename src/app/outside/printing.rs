//! From the core's papers to PDF, to a file or to a printer.

use std::cell::RefCell;
use std::path::Path;

use anban_core::certificates::Paper;
use anban_core::effect::{PrintTrouble, Target};
use anban_print::{Document, Press, PrintError, Printer};

use super::{files, papers};

thread_local! {
    /// The fonts are looked for once in a thread.
    static PRESS: RefCell<Press> = RefCell::new(Press::new());
}

/// The paper as a PDF.
///
/// # Errors
/// When a font is missing or the code does not fit.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PrintError> {
    let sheet = papers::sheet(paper)?;
    PRESS.with_borrow_mut(|press| press.pdf(&[sheet], jiff::Timestamp::now()))
}

/// Prints to where `target` says, and returns the file's place as people name it, where it is a file.
///
/// # Errors
/// Why nothing was printed or saved.
pub fn print(paper: &Paper, target: &Target) -> Result<Option<String>, PrintError> {
    let pdf = pdf(paper)?;
    match target {
        Target::File(stem) => {
            let folder = files::documents_folder();
            std::fs::create_dir_all(&folder).map_err(PrintError::Save)?;
            let path = anban_print::free_name(&folder, stem, "pdf");
            anban_print::save(&path, &pdf)?;
            Ok(Some(files::shown(&path)))
        }
        Target::Printer(address) => {
            send(address, &paper.title, &pdf)?;
            Ok(None)
        }
    }
}

/// Sends a PDF to a printer.
///
/// # Errors
/// Why it was not taken.
pub fn send(address: &str, name: &str, pdf: &[u8]) -> Result<(), PrintError> {
    let report = Printer::parse(address)?.print(name, Document::Pdf(pdf))?;
    tracing::info!(?report, "the printer took the job");
    Ok(())
}

/// Saves a PDF under just this path.
///
/// # Errors
/// Why it could not be written.
pub fn save(path: &Path, pdf: &[u8]) -> Result<(), PrintError> {
    anban_print::save(path, pdf)
}

/// What a person has to know of an error; the rest goes into the log.
#[must_use]
pub fn trouble(error: &PrintError) -> PrintTrouble {
    tracing::warn!(%error, "nothing was printed or saved");
    match error {
        PrintError::Save(_) => PrintTrouble::CannotSave,
        PrintError::Font { .. } => PrintTrouble::FontMissing,
        PrintError::Address | PrintError::NotAPrinter => PrintTrouble::NotAPrinter,
        PrintError::FormatNotSupported => PrintTrouble::FormatNotSupported,
        PrintError::PaperOut => PrintTrouble::PaperOut,
        PrintError::CoverOpen => PrintTrouble::CoverOpen,
        PrintError::Unreachable | PrintError::Timeout => PrintTrouble::Unreachable,
        _ => PrintTrouble::Stopped,
    }
}
