//! Sheets in, PDF or dots out.

use jiff::Timestamp;

use crate::compose::compose;
use crate::printer::{Printable, Takes};
use crate::raster;
use crate::sheet::{Format, Sheet, check};
use crate::typeset::Typesetter;
use crate::write::write;
use crate::{Bitmap, PrintError};

/// Makes PDFs. Keep one: it holds the list of the system's fonts and those in use, so the first
/// page takes tens of milliseconds and the following ones a few.
pub struct Press {
    fonts: Typesetter,
}

impl Press {
    /// Lists the fonts of the system.
    #[must_use]
    pub fn new() -> Self {
        Self {
            fonts: Typesetter::new(),
        }
    }

    /// One PDF with all the sheets, each in its form and beginning on a new page. The same sheets,
    /// time and fonts give the same bytes.
    ///
    /// # Errors
    /// [`PrintError::NothingToPrint`], [`PrintError::TooLong`] or [`PrintError::BadCode`] for
    /// sheets that make no page, [`PrintError::Font`] where the system lacks letters, and
    /// [`PrintError::Pdf`] where the result would not be an accessible, archival PDF.
    pub fn pdf(&mut self, sheets: &[Sheet], made_at: Timestamp) -> Result<Vec<u8>, PrintError> {
        check(sheets)?;
        let mut composed = Vec::new();
        for sheet in sheets {
            composed.push((sheet, compose(&mut self.fonts, sheet)?));
        }
        write(&composed, made_at)
    }

    /// All the sheets as receipts, one below the other, in the dots of a receipt printer: its 72 mm
    /// in 576 dots a row. Whatever form the sheets have, here they are receipts.
    ///
    /// # Errors
    /// As [`Self::pdf`], but for [`PrintError::Pdf`].
    pub fn bitmap(&mut self, sheets: &[Sheet]) -> Result<Bitmap, PrintError> {
        self.receipt(sheets, raster::ROLL)
    }

    fn receipt(&mut self, sheets: &[Sheet], across: usize) -> Result<Bitmap, PrintError> {
        check(sheets)?;
        let mut pages = Vec::new();
        for sheet in sheets {
            let receipt = Sheet {
                format: Format::Receipt,
                ..sheet.clone()
            };
            pages.extend(compose(&mut self.fonts, &receipt)?);
        }
        raster::receipt(&pages, across)
    }

    /// The sheets in the form that a printer takes (`Status::takes`): PDF, pages of dots, or a
    /// receipt as wide as its roll.
    ///
    /// # Errors
    /// As [`Self::pdf`]; [`PrintError::FormatNotSupported`] for a printer that takes nothing of
    /// these.
    pub fn printable(&mut self, sheets: &[Sheet], takes: Takes, made_at: Timestamp) -> Result<Printable, PrintError> {
        Ok(match takes {
            Takes::Pdf => Printable::Pdf(self.pdf(sheets, made_at)?),
            Takes::Sheets { dots_per_inch } => Printable::Sheets {
                pages: self.pages(sheets, dots_per_inch)?,
                dots_per_inch,
            },
            Takes::Roll { dots } => Printable::Roll(self.receipt(sheets, dots)?),
            Takes::Nothing => return Err(PrintError::FormatNotSupported),
        })
    }

    /// One picture for each page of the sheets, each in its form, with so many dots an inch: for
    /// printers of sheets that know no PDF.
    ///
    /// # Errors
    /// As [`Self::pdf`], but for [`PrintError::Pdf`]; [`PrintError::TooLong`] for more dots than a
    /// picture may have, which A4 with 600 dots an inch is not yet.
    pub fn pages(&mut self, sheets: &[Sheet], dots_per_inch: u32) -> Result<Vec<Bitmap>, PrintError> {
        check(sheets)?;
        let mut pictures = Vec::new();
        for sheet in sheets {
            for page in compose(&mut self.fonts, sheet)? {
                pictures.push(raster::sheet(&page, dots_per_inch)?);
            }
        }
        Ok(pictures)
    }
}

impl Default for Press {
    fn default() -> Self {
        Self::new()
    }
}

/// [`Press::pdf`] with a press of its own, for a program that prints once.
///
/// # Errors
/// As [`Press::pdf`].
pub fn pdf(sheets: &[Sheet], made_at: Timestamp) -> Result<Vec<u8>, PrintError> {
    Press::new().pdf(sheets, made_at)
}
