//! From the core's papers to PDF, to a file or to a printer, and what printers say.
//!
//! Every exchange with a printer ends within a time (see `anban_print`). Which thread does what is in `lanes.rs`.

use std::cell::RefCell;
use std::path::Path;
use std::time::{Duration, Instant};

use anban_core::Command;
use anban_core::app::Incoming;
use anban_core::certificates::Paper;
use anban_core::effect::{Effect, PrintTrouble, SavedFile};
use anban_core::printing::{FoundPrinter, PrintReport};
use anban_print::{Found, FoundKind, JobReport, JobState, Need, Press, PrintError, Printer};

use super::{files, papers};

/// How long printers are looked for on the network.
const SEARCHED_FOR: Duration = Duration::from_secs(6);

thread_local! {
    /// The fonts are looked for once in a thread.
    static PRESS: RefCell<Press> = RefCell::new(Press::new());
}

/// Carries out an effect that is about one printer, and returns what it brought.
pub fn at_printer(effect: Effect) -> Option<Command> {
    let (job, attempt, report) = match effect {
        Effect::Print {
            job,
            attempt,
            paper,
            printer,
        } => (job, attempt, print(&paper, &printer)),
        Effect::AskPrinter {
            job,
            attempt,
            printer,
            number,
        } => (job, attempt, ask(&printer, number)),
        Effect::CancelPrint { printer, number } => {
            cancel(&printer, number);
            return None;
        }
        _ => return None,
    };
    Some(Command::Incoming(Incoming::Print { job, attempt, report }))
}

/// The paper as a PDF.
///
/// # Errors
/// When a font is missing or the code does not fit.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PrintError> {
    let sheet = papers::sheet(paper)?;
    PRESS.with_borrow_mut(|press| press.pdf(&[sheet], jiff::Timestamp::now()))
}

/// Sends a paper to a printer.
fn print(paper: &Paper, address: &str) -> PrintReport {
    match send(address, paper) {
        Ok(report) => PrintReport::Taken { number: report.id },
        Err(error @ PrintError::Unconfirmed) => {
            tracing::warn!(%error);
            PrintReport::Cut
        }
        Err(error) => PrintReport::NotSent(trouble(&error)),
    }
}

/// What has become of a job.
fn ask(address: &str, number: i32) -> PrintReport {
    match Printer::parse(address).and_then(|printer| printer.job(number)) {
        Ok(report) => match report.state {
            JobState::Completed => PrintReport::Printed,
            JobState::Canceled => PrintReport::GivenUp,
            _ => PrintReport::Printing {
                trouble: report.needs.map(needed),
            },
        },
        Err(PrintError::RefusedJob { .. }) => PrintReport::Forgotten,
        Err(error) => {
            tracing::warn!(%error, "the printer does not say what became of a job");
            PrintReport::NoAnswer
        }
    }
}

/// Tells a printer not to print a job that it has taken.
fn cancel(address: &str, number: i32) {
    if let Err(error) = Printer::parse(address).and_then(|printer| printer.cancel(number)) {
        tracing::warn!(%error, "the printer was not told to stop");
    }
}

fn needed(need: Need) -> PrintTrouble {
    match need {
        Need::Cover => PrintTrouble::CoverOpen,
        Need::Jam => PrintTrouble::PaperJam,
        Need::Paper => PrintTrouble::PaperOut,
        Need::Ink => PrintTrouble::InkOut,
        _ => PrintTrouble::Stopped,
    }
}

/// Looks for printers; `tell` gets all that were found so far, and whether that was all. Serial lines are left out: a
/// printer may be at one or not, so who sets it up types its address.
pub fn find(mut tell: impl FnMut(Vec<FoundPrinter>, bool)) {
    let offered = |found: Vec<Found>| {
        let printers = found.into_iter().filter(|found| found.kind != FoundKind::Serial);
        printers.map(|found| FoundPrinter {
            printer: anban_core::printing::Printer {
                address: found.address,
                name: found.name,
            },
            place: found.note.unwrap_or_default(),
        })
    };
    // What is plugged in is known at once.
    let here: Vec<FoundPrinter> = offered(anban_print::devices()).collect();
    tell(here.clone(), false);
    tell(offered(anban_print::discover(SEARCHED_FOR)).chain(here).collect(), true);
}

/// Sends a paper to a printer, in the form that it takes.
///
/// # Errors
/// Why it was not taken; after [`PrintError::Unconfirmed`] it may have come out.
fn send(address: &str, paper: &Paper) -> Result<JobReport, PrintError> {
    let printer = Printer::parse(address)?;
    let takes = printer.status()?.takes;
    let sheet = papers::sheet(paper)?;
    let made = PRESS.with_borrow_mut(|press| press.printable(&[sheet], takes, jiff::Timestamp::now()))?;
    let report = printer.print(&paper.title, made.document())?;
    tracing::info!(?report, "the printer took the job");
    Ok(report)
}

/// The longest that [`send_and_wait`] asks what became of a job, and how often.
const WAITED_FOR: Duration = Duration::from_secs(60);
const ASKED_EVERY: Duration = Duration::from_millis(500);
/// A printer that says for so long that it wants something will not go on without it.
const WANTING: Duration = Duration::from_secs(4);

/// What became of a job within the time of [`send_and_wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// The printer has all of it, and as far as it says nothing keeps it from coming out.
    Well,
    /// The printer has all of it, and waits for somebody.
    Wants(Need),
    /// It was cancelled at the printer.
    Cancelled,
}

/// Sends a paper to a printer and waits, within bounds, until it came out.
///
/// # Errors
/// Why it was not taken.
pub fn send_and_wait(address: &str, paper: &Paper) -> Result<Followed, PrintError> {
    let printer = Printer::parse(address)?;
    let mut report = send(address, paper)?;
    let begun = Instant::now();
    loop {
        let wants = report.needs.filter(|_| begun.elapsed() >= WANTING);
        match (report.state, wants) {
            (JobState::Canceled, _) => return Ok(Followed::Cancelled),
            (JobState::Completed | JobState::Sent, _) => return Ok(Followed::Well),
            (_, Some(need)) => return Ok(Followed::Wants(need)),
            (_, None) => {}
        }
        let Some(number) = report.id.filter(|_| begun.elapsed() < WAITED_FOR) else {
            return Ok(Followed::Well);
        };
        std::thread::sleep(ASKED_EVERY);
        match printer.job(number) {
            Ok(now) => report = now,
            Err(error) => {
                tracing::warn!(%error, "the printer has the job and says no more");
                return Ok(Followed::Well);
            }
        }
    }
}

/// Writes a paper as a PDF into the person's documents folder.
///
/// # Errors
/// Why it could not be written.
pub fn save_paper(paper: &Paper, name: &str) -> Result<SavedFile, PrintTrouble> {
    let pdf = pdf(paper).map_err(|error| trouble(&error))?;
    files::save_in_documents(name, "pdf", &pdf)
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
        PrintError::Address | PrintError::NotAPrinter | PrintError::NoSuchPrinter => PrintTrouble::NotAPrinter,
        PrintError::FormatNotSupported => PrintTrouble::FormatNotSupported,
        PrintError::PaperOut => PrintTrouble::PaperOut,
        PrintError::CoverOpen => PrintTrouble::CoverOpen,
        PrintError::PaperJam => PrintTrouble::PaperJam,
        PrintError::InkOut => PrintTrouble::InkOut,
        PrintError::Unreachable | PrintError::Timeout => PrintTrouble::Unreachable,
        PrintError::Offline | PrintError::Busy => PrintTrouble::Stopped,
        _ => PrintTrouble::Refused,
    }
}
