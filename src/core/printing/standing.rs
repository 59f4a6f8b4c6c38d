//! How a job stands, as a person would put it.
//!
//! What is kept says how far a job is; what is under way at this moment, and the time, decide what that means. Pages,
//! the banner on the home page and what is spoken all take it from here.

use super::{PrintJob, PrintState};
use crate::app::Core;
use crate::effect::PrintTrouble;
use crate::view::{Icon, Mark};

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It goes out when its turn has come.
    Waiting,
    /// It is being sent, or the printer is at it.
    Printing,
    /// Nothing was sent: somebody has to see to something first.
    Needs(PrintTrouble),
    /// The printer has it, and goes on once somebody has seen to something.
    Inside(PrintTrouble),
    /// It may have come out or not.
    Unsure,
    /// Wanted so long ago that it waits for a word.
    Old,
    /// It came out, as far as anybody can tell.
    Done {
        /// The printer says so.
        confirmed: bool,
    },
    /// It will not come out by itself.
    Failed(PrintTrouble),
    /// Not wanted any more.
    Cancelled,
}

/// How `job` stands now.
pub(super) fn standing(core: &Core, job: &PrintJob) -> Standing {
    let being_sent = core.screen.printing.under_way.contains_key(&job.id);
    match job.state {
        PrintState::Waiting { trouble: Some(trouble) } => Standing::Needs(trouble),
        PrintState::Waiting { trouble: None } if job.is_old(core.now().timestamp()) => Standing::Old,
        PrintState::Waiting { trouble: None } => Standing::Waiting,
        PrintState::Sending if being_sent => Standing::Printing,
        PrintState::Sending | PrintState::Unsure => Standing::Unsure,
        PrintState::InPrinter { trouble: None, .. } => Standing::Printing,
        PrintState::InPrinter {
            trouble: Some(trouble), ..
        } => Standing::Inside(trouble),
        PrintState::Done { confirmed } => Standing::Done { confirmed },
        PrintState::Failed(trouble) => Standing::Failed(trouble),
        PrintState::Cancelled => Standing::Cancelled,
    }
}

impl Standing {
    /// Whether nothing goes on before the person has done or said something.
    pub fn needs_the_person(self) -> bool {
        matches!(
            self,
            Self::Needs(_) | Self::Inside(_) | Self::Unsure | Self::Old | Self::Failed(_)
        )
    }

    /// Its shape and colour.
    pub fn mark(self) -> Mark {
        match self {
            Self::Waiting | Self::Printing | Self::Cancelled => Mark::Waiting,
            Self::Needs(_) | Self::Inside(_) | Self::Unsure | Self::Old => Mark::Caution,
            Self::Done { .. } => Mark::Good,
            Self::Failed(_) => Mark::Bad,
        }
    }

    /// The picture in the list.
    pub fn icon(self) -> Icon {
        match self {
            Self::Waiting | Self::Old => Icon::Schedule,
            Self::Printing => Icon::Print,
            Self::Needs(_) | Self::Inside(_) | Self::Unsure | Self::Failed(_) => Icon::Warning,
            Self::Done { .. } => Icon::Check,
            Self::Cancelled => Icon::Close,
        }
    }

    /// The state in a few words: the title of its page and its note in the list.
    pub fn title(self) -> &'static str {
        match self {
            Self::Waiting => "job-waiting-title",
            Self::Printing => "printing-title",
            Self::Needs(trouble) | Self::Inside(trouble) | Self::Failed(trouble) => trouble_title(trouble),
            Self::Unsure => "job-unsure-title",
            Self::Old => "job-old-title",
            Self::Done { confirmed: true } => "job-done-title",
            Self::Done { confirmed: false } => "printed-title",
            Self::Cancelled => "job-cancelled-title",
        }
    }

    /// One sentence that says what to do next.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Waiting => "job-waiting-line",
            Self::Printing => "printing-line",
            Self::Needs(trouble) | Self::Failed(trouble) => trouble_line(trouble),
            Self::Inside(trouble) => inside_line(trouble),
            Self::Unsure => "job-unsure-line",
            Self::Old => "job-old-line",
            Self::Done { .. } => "printed-line",
            Self::Cancelled => "job-cancelled-line",
        }
    }
}

fn trouble_title(trouble: PrintTrouble) -> &'static str {
    match trouble {
        PrintTrouble::PaperOut => "print-paper-out-title",
        PrintTrouble::CoverOpen => "print-cover-open-title",
        PrintTrouble::PaperJam => "print-jam-title",
        PrintTrouble::InkOut => "print-ink-title",
        PrintTrouble::Unreachable => "print-unreachable-title",
        PrintTrouble::Stopped => "print-stopped-title",
        PrintTrouble::NotAPrinter => "print-not-a-printer-title",
        PrintTrouble::FormatNotSupported => "print-format-title",
        PrintTrouble::Refused | PrintTrouble::GivenUp | PrintTrouble::CannotSave | PrintTrouble::FontMissing => {
            "print-failed-title"
        }
    }
}

/// What to do where nothing was sent.
fn trouble_line(trouble: PrintTrouble) -> &'static str {
    match trouble {
        PrintTrouble::PaperOut => "print-paper-out",
        PrintTrouble::CoverOpen => "print-cover-open",
        PrintTrouble::PaperJam => "print-jam",
        PrintTrouble::InkOut => "print-ink",
        PrintTrouble::Unreachable => "print-unreachable",
        PrintTrouble::Stopped => "print-stopped",
        PrintTrouble::NotAPrinter => "print-not-a-printer",
        PrintTrouble::FormatNotSupported => "print-format",
        PrintTrouble::Refused | PrintTrouble::CannotSave => "print-refused",
        PrintTrouble::GivenUp => "print-given-up",
        PrintTrouble::FontMissing => "print-font",
    }
}

/// What to do where the printer has the paper's words already and goes on by itself.
fn inside_line(trouble: PrintTrouble) -> &'static str {
    match trouble {
        PrintTrouble::PaperOut => "print-paper-out-inside",
        PrintTrouble::CoverOpen => "print-cover-open-inside",
        PrintTrouble::PaperJam => "print-jam-inside",
        PrintTrouble::InkOut => "print-ink-inside",
        _ => "print-stopped-inside",
    }
}
