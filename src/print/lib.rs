//! Paper: documents to PDF, and PDF to a printer.
//!
//! Whatever the app shows has a form on paper, because a phone can be empty, lost or too much. A
//! [`Sheet`] holds the words and the symbol of one paper; a [`Press`] makes large-print A4 pages of
//! it, with text of at least 18 points, as a tagged and archival PDF; [`save`] puts it on disk, and
//! a [`Printer`] prints it through IPP, the protocol that printers of the last fifteen years speak
//! without a driver.
//!
//! The way of a sheet: `sheet` checks it, `compose` lays it out with `flow`, `symbol`, `paint` and
//! `typeset`, `write` draws and tags it. `printer` talks to printers, `message` reads their bytes
//! and `answer` says what they mean. Begin with `press`.

mod answer;
mod bitmap;
mod clean;
mod compose;
mod error;
mod flow;
#[cfg(test)]
mod layout_tests;
mod message;
mod page;
mod paint;
mod press;
mod printer;
mod save;
mod sheet;
mod symbol;
mod typeset;
mod write;

pub use answer::{JobReport, JobState, Need, PrinterAttributes};
pub use bitmap::{Bitmap, MAX_DOTS};
pub use error::PrintError;
pub use press::{Press, pdf};
pub use printer::{CONNECT, MAX_ANSWER, Printer, WHOLE};
pub use save::{free_name, save};
pub use sheet::{Code, Language, Mark, Sheet};
