//! What can go wrong between a certificate and the paper in somebody's hand.
//!
//! Every variant is one plain cause with one thing to do about it, so that the app can turn each
//! into a spoken sentence in the person's language. None of them carries a name, a number or any
//! other text of the document: errors end up in logs.

use std::io;

/// Why a document was not made, saved or printed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrintError {
    /// No sheet was given, or one has no readable title. A page without a title cannot be
    /// announced by a screen reader (PDF/UA-1, 7.1).
    #[error("there is nothing to print: every page needs a title")]
    NothingToPrint,
    /// A text, or all of them together, is longer than a document may be.
    #[error("the document is too long to print: shorten its texts")]
    TooLong,
    /// The modules do not fill the given width and height, or the symbol could not be read once
    /// printed.
    #[error("the code cannot be printed: its size and its modules do not agree, or it is too large")]
    BadCode,
    /// The system has no font for letters that must not be left out.
    #[error("no installed font has the {writing} letters of this document: install {package}")]
    Font {
        /// The kind of writing, in English: `Chinese`, or `other`.
        writing: &'static str,
        /// The Debian package that brings such a font, and the font's own name.
        package: &'static str,
    },
    /// The PDF library or one of its validators (PDF/UA-1, PDF/A-3a) refused the document.
    #[error("the document could not be written as an accessible PDF: {0}")]
    Pdf(String),
    /// The file could not be written.
    #[error("the file could not be saved: choose another place, or make room")]
    Save(#[source] io::Error),

    /// The address is of none of the forms of `Address`.
    #[error("this is not a printer's address: write it like ipp://host/ipp/print or socket://host")]
    Address,
    /// No such machine or device, or nobody answers at its port.
    #[error("the printer cannot be reached: check that it is switched on and connected")]
    Unreachable,
    /// The machine is there, but has no printer of this name.
    #[error("there is no printer of this name any more: choose a printer again")]
    NoSuchPrinter,
    /// The system does not let this account open the device.
    #[error("this account may not use the printer's device: add it to the group lp or dialout")]
    NotAllowed,
    /// Another program has the device open.
    #[error("another program is using the printer: wait until it is done, then try again")]
    Busy,
    /// The printer took the call but did not answer within the time allowed.
    #[error("the printer does not answer: switch it off and on, then try again")]
    Timeout,
    /// Something answers at this address, but it does not speak IPP.
    #[error("what answers at this address is not a printer: check the address")]
    NotAPrinter,
    /// The printer cannot print PDF.
    #[error("this printer cannot print PDF: save the file and print it elsewhere")]
    FormatNotSupported,
    /// The paper has run out.
    #[error("the printer is out of paper: put paper in, then try again")]
    PaperOut,
    /// A cover or door is open.
    #[error("the printer is open: close its covers, then try again")]
    CoverOpen,
    /// Paper is stuck.
    #[error("paper is stuck in the printer: take it out, then try again")]
    PaperJam,
    /// Ink or toner has run out.
    #[error("the printer is out of ink or toner: put in a new cartridge, then try again")]
    InkOut,
    /// The printer is there, but stopped, paused or not taking jobs.
    #[error("the printer is stopped or takes no jobs now: make it ready, then try again")]
    Offline,
    /// The document was on its way when the printer fell silent: it may have come out whole, in
    /// part, or not. The only error after which printing again could print twice.
    #[error("the printer may have printed: look at what came out before printing again")]
    Unconfirmed,
    /// The printer refused the job for another reason.
    #[error("the printer refused the job (IPP status {status:#06x}): try another printer")]
    RefusedJob {
        /// The IPP status code (RFC 8011, appendix B); 0x0402 where HTTP asked for a
        /// password.
        status: u16,
    },
}
