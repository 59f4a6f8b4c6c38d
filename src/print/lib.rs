//! Paper: documents to PDF, and PDF to a printer.
//!
//! Whatever the app shows has a form on paper, because a phone can be empty, lost or too much. A
//! [`Sheet`] holds the words and the symbol of one paper; a [`Press`] makes large-print A4 pages of
//! it, with text of at least 18 points, as a tagged and archival PDF; [`save`] puts it on disk, and
//! a [`Printer`] prints it: sheets through IPP, the protocol that printers of the last fifteen years
//! speak without a driver, receipts through ESC/POS.
//!
//! The way of a sheet: `sheet` checks it, `compose` lays it out with `flow`, `symbol`, `paint` and
//! `typeset`, `write` draws and tags it. Begin with `press`.
//!
//! The way to a printer: `address` says where it is and `printer` prints. For sheets, `internet`
//! talks to it, `message` reads its bytes and `answer` says what they mean. For receipts, `receipt`
//! talks to it over a `line`, and `escpos` writes and reads the bytes. Begin with `printer`.

mod address;
mod answer;
mod bitmap;
mod clean;
mod compose;
mod error;
mod escpos;
mod flow;
mod internet;
#[cfg(test)]
mod layout_tests;
mod line;
mod message;
mod page;
mod paint;
mod press;
mod printer;
mod receipt;
mod save;
mod sheet;
mod symbol;
mod typeset;
mod write;

pub use address::Address;
pub use answer::{JobReport, JobState, Need};
pub use bitmap::{Bitmap, MAX_DOTS};
pub use error::PrintError;
pub use internet::{CONNECT, MAX_ANSWER};
pub use press::{Press, pdf};
pub use printer::{Document, Printer, Status, Takes, WHOLE};
pub use save::{free_name, save};
pub use sheet::{Code, Language, Mark, Sheet};
