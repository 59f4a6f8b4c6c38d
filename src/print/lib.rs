//! Paper: documents to PDF or dots, and both to a printer.
//!
//! Whatever the app shows has a form on paper, because a phone can be empty, lost or too much. A
//! [`Sheet`] holds the words and the symbols of one paper and its [`Format`]; a [`Press`] makes a
//! tagged and archival PDF of it, or [`Bitmap`]s for printers that know no PDF; [`save`] puts it on disk,
//! and a [`Printer`] prints it: sheets through IPP, the protocol that printers of the last fifteen
//! years speak without a driver, receipts through ESC/POS.
//!
//! The way of a sheet: `sheet` checks it; `compose` lays it out by the form's `measures` with
//! `flow`, `symbol`, `paint` and `typeset`, and `fold_out` puts panels on A4; `write` draws and tags
//! it, `raster` turns it to dots. Begin with `press`.
//!
//! The way to a printer: `address` says where it is and `printer` prints. For sheets, `internet`
//! talks to it, `message` reads its bytes and `answer` says what they mean; `pwg` writes sheets for
//! printers without PDF. For receipts, `receipt` talks to it over a `line`, and `escpos` writes and
//! reads the bytes. `discover` and `devices` find printers. Begin with `printer`.

mod address;
mod answer;
mod bitmap;
mod clean;
mod compose;
mod cups;
mod devices;
mod discover;
mod error;
mod escpos;
mod flow;
mod fold_out;
mod found;
#[doc(hidden)]
pub mod fuzz;
mod internet;
#[cfg(test)]
mod layout_tests;
mod line;
mod local;
mod measures;
mod message;
mod outline;
mod page;
mod paint;
mod press;
mod printer;
mod pwg;
mod raster;
mod receipt;
mod save;
mod sheet;
mod symbol;
mod typeset;
mod write;

pub use address::Address;
pub use answer::{JobReport, JobState, Need};
pub use bitmap::{Bitmap, MAX_DOTS};
pub use devices::devices;
pub use discover::discover;
pub use error::PrintError;
pub use found::{Found, FoundKind};
pub use internet::{CONNECT, MAX_ANSWER};
pub use press::{Press, pdf};
pub use printer::{Document, Printable, Printer, Status, Takes, WHOLE};
pub use save::{free_name, save};
pub use sheet::{Code, Format, Language, Mark, Sheet};
