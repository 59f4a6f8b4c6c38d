//! A printer, whatever the way to it: what it takes, how it is, and printing.
//!
//! Two families stand behind one type. Printers of sheets speak IPP (`internet`): they say how they
//! are, give each job a number and can be asked about it. Receipt printers speak ESC/POS over a
//! line of bytes (`receipt`): most say whether they have paper, none numbers a job.
//!
//! **Twice is worse than not at all**: a paper that comes out two times confuses, and a receipt
//! cannot be called back. So every error but one means that nothing was printed and the job may be
//! tried again; [`PrintError::Unconfirmed`] alone means that bytes of the document had left when
//! the printer fell silent, and that a person has to look. Nothing here tries again by itself.
//!
//! Nothing waits longer than [`WHOLE`] for all of a call, but for the time that a slow line needs
//! for its bytes.

use std::time::{Duration, Instant};

use crate::address::{Address, Way};
use crate::answer::{JobReport, Need};
use crate::internet::Conversation;
use crate::receipt::Receipts;
use crate::{Bitmap, PrintError};

/// The longest time for all exchanges of one call here.
pub const WHOLE: Duration = Duration::from_secs(30);

/// The format of sheets.
pub(crate) const PDF: &str = "application/pdf";
/// The format of sheets for printers that know no PDF.
pub(crate) const PWG_RASTER: &str = "image/pwg-raster";

/// A printer. Nothing is asked of it until a method is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    address: Address,
    whole: Duration,
}

/// What is to be printed, in the form that [`Status::takes`] asks for.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Document<'a> {
    /// Sheets as PDF.
    Pdf(&'a [u8]),
    /// Sheets as dots, each of its paper's whole size.
    Sheets {
        /// From the first page on.
        pages: &'a [Bitmap],
        /// How many dots are an inch, in both directions.
        dots_per_inch: u32,
    },
    /// A receipt, as wide as the roll or narrower.
    Roll(&'a Bitmap),
}

/// A document that was made for a printer, by `Press::printable`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Printable {
    /// For [`Document::Pdf`].
    Pdf(Vec<u8>),
    /// For [`Document::Sheets`].
    Sheets {
        /// From the first page on.
        pages: Vec<Bitmap>,
        /// How many dots are an inch.
        dots_per_inch: u32,
    },
    /// For [`Document::Roll`].
    Roll(Bitmap),
}

impl Printable {
    /// What to hand to [`Printer::print`].
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        match self {
            Self::Pdf(pdf) => Document::Pdf(pdf),
            Self::Sheets { pages, dots_per_inch } => Document::Sheets {
                pages,
                dots_per_inch: *dots_per_inch,
            },
            Self::Roll(picture) => Document::Roll(picture),
        }
    }
}

/// The form in which a printer takes documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Takes {
    /// [`Document::Pdf`].
    Pdf,
    /// [`Document::Sheets`]: it knows no PDF.
    Sheets {
        /// How many dots are an inch.
        dots_per_inch: u32,
    },
    /// [`Document::Roll`], with this many dots across.
    Roll {
        /// Dots from the left to the right edge of what can be printed.
        dots: usize,
    },
    /// Nothing that can be made here.
    Nothing,
}

/// How a printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What it prints.
    pub takes: Takes,
    /// What a person should see to first, however mildly the printer puts it. A printer at rest
    /// may call an empty tray a mere report and yet keep the next job waiting.
    pub needs: Option<Need>,
    /// Whether the paper is nearly used up. It prints on.
    pub paper_low: bool,
    /// Whether it said anything about itself. Many cheap receipt printers don't; they are printed
    /// to all the same, and `needs` is then no promise.
    pub known: bool,
}

impl Printer {
    /// The printer at an address of one of the forms of [`Address`].
    ///
    /// # Errors
    /// [`PrintError::Address`] for anything else.
    pub fn parse(address: &str) -> Result<Self, PrintError> {
        Ok(Self::at(Address::parse(address)?))
    }

    /// The printer at this address.
    #[must_use]
    pub fn at(address: Address) -> Self {
        Self { address, whole: WHOLE }
    }

    /// The same printer with less patience than [`WHOLE`].
    #[must_use]
    pub fn within(mut self, whole: Duration) -> Self {
        self.whole = whole.min(WHOLE);
        self
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Asks what the printer takes and how it is.
    ///
    /// # Errors
    /// [`PrintError::Unreachable`], [`PrintError::Timeout`], [`PrintError::NotAPrinter`],
    /// [`PrintError::NoSuchPrinter`], [`PrintError::NotAllowed`], [`PrintError::Busy`], or
    /// [`PrintError::RefusedJob`] where it refuses to say.
    pub fn status(&self) -> Result<Status, PrintError> {
        match self.address.way() {
            Way::Internet(printer) => self.conversation(printer).attributes().map(|found| found.status()),
            Way::Receipt { line, dots } => Receipts { line, dots: *dots }.status(self.deadline()),
        }
    }

    /// Prints. `job_name` is what the printer's panel and log show: name the kind of paper, not
    /// the person.
    ///
    /// # Errors
    /// Those of [`Self::status`]; [`PrintError::FormatNotSupported`] if it takes other documents;
    /// [`PrintError::NothingToPrint`] for a picture without dots, [`PrintError::TooLong`] for one
    /// that is wider than the roll or longer than a receipt may be, and for too many sheets;
    /// and what keeps it from printing now: [`PrintError::PaperOut`], [`PrintError::CoverOpen`],
    /// [`PrintError::PaperJam`], [`PrintError::InkOut`], [`PrintError::Offline`]. After all of
    /// these nothing was printed. After [`PrintError::Unconfirmed`] the paper may have come out,
    /// whole or in part: ask the person to look before it is printed again.
    pub fn print(&self, job_name: &str, document: Document<'_>) -> Result<JobReport, PrintError> {
        match (self.address.way(), document) {
            (Way::Internet(printer), Document::Pdf(pdf)) => self.conversation(printer).print(job_name, PDF, pdf),
            (Way::Internet(printer), Document::Sheets { pages, dots_per_inch }) => {
                let raster = crate::pwg::encode(pages, dots_per_inch)?;
                self.conversation(printer).print(job_name, PWG_RASTER, &raster)
            }
            (Way::Receipt { line, dots }, Document::Roll(picture)) => {
                Receipts { line, dots: *dots }.print(picture, self.deadline())
            }
            _ => Err(PrintError::FormatNotSupported),
        }
    }

    /// Asks what has become of a job that [`Self::print`] gave a number of.
    ///
    /// # Errors
    /// Those of [`Self::status`]; [`PrintError::RefusedJob`] where the printer has forgotten the
    /// job, or numbers none.
    pub fn job(&self, id: i32) -> Result<JobReport, PrintError> {
        self.internet().and_then(|conversation| conversation.job(id))
    }

    /// Takes a job back that [`Self::print`] gave a number of. One that is done already stays so,
    /// and that is no error.
    ///
    /// # Errors
    /// As [`Self::job`]; CUPS may ask for a password before it cancels.
    pub fn cancel(&self, id: i32) -> Result<(), PrintError> {
        self.internet().and_then(|conversation| conversation.cancel(id))
    }

    fn internet(&self) -> Result<Conversation<'_>, PrintError> {
        match self.address.way() {
            Way::Internet(printer) => Ok(self.conversation(printer)),
            Way::Receipt { .. } => Err(PrintError::RefusedJob {
                status: crate::answer::NOT_SUPPORTED,
            }),
        }
    }

    fn conversation<'a>(&self, printer: &'a crate::address::Internet) -> Conversation<'a> {
        Conversation {
            printer,
            deadline: self.deadline(),
        }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.whole
    }
}
