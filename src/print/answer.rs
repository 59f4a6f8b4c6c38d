//! What a printer's answers mean.
//!
//! A printer says how it is in keywords (`printer-state-reasons`, RFC 8011 section 5.4.12), each
//! with an ending for how grave it is: `-report` and `-warning` let it print on, `-error` or none
//! stop it. They become one cause a person can do something about.

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, StatusCode};
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;

use crate::PrintError;
use crate::printer::{PDF, PWG_RASTER, Status, Takes};

/// `client-error-not-possible`: the job's state does not allow it.
pub(crate) const NOT_POSSIBLE: u16 = StatusCode::ClientErrorNotPossible as u16;
/// `client-error-not-found`: no such printer or job.
pub(crate) const NOT_FOUND: u16 = StatusCode::ClientErrorNotFound as u16;
/// `server-error-operation-not-supported`.
pub(crate) const NOT_SUPPORTED: u16 = StatusCode::ServerErrorOperationNotSupported as u16;

/// The attributes that are asked of a printer.
pub(crate) const REQUESTED: [&str; 6] = [
    IppAttribute::DOCUMENT_FORMAT_SUPPORTED,
    RASTER_RESOLUTIONS,
    RASTER_TYPES,
    IppAttribute::PRINTER_STATE,
    IppAttribute::PRINTER_STATE_REASONS,
    IppAttribute::PRINTER_IS_ACCEPTING_JOBS,
];

/// In which resolutions it takes PWG Raster (PWG 5102.4, section 7).
const RASTER_RESOLUTIONS: &str = "pwg-raster-document-resolution-supported";
/// In which colours and depths.
const RASTER_TYPES: &str = "pwg-raster-document-type-supported";
/// The kind of PWG Raster that is made here.
const GREY: &str = "sgray_8";
/// The resolutions in which sheets are made, in dots an inch, and the one that is best: as sharp
/// as a code needs, and a tenth of the dots of the finest.
const RESOLUTIONS: std::ops::RangeInclusive<i32> = 150..=600;
const BEST_RESOLUTION: i32 = 300;

/// `printer-state`: 5 means that it does nothing until somebody comes.
const STOPPED: i32 = 5;

/// How a printer is and what it can print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterAttributes {
    /// MIME types it prints.
    pub formats: Vec<String>,
    /// The resolution in which to send it PWG Raster, if it takes that, in dots an inch.
    pub raster: Option<u32>,
    /// `printer-state`: 3 idle, 4 processing, 5 stopped.
    pub state: i32,
    /// `printer-state-reasons` as sent, without `none`.
    pub state_reasons: Vec<String>,
    /// Whether it takes jobs at all.
    pub accepting: bool,
}

impl PrinterAttributes {
    /// Whether it says that it prints this MIME type.
    #[must_use]
    pub fn supports(&self, format: &str) -> bool {
        self.formats
            .iter()
            .any(|supported| supported.eq_ignore_ascii_case(format))
    }

    /// Whether a document of this MIME type, sent now, would come out now.
    ///
    /// # Errors
    /// The one cause that a person should see to first.
    pub fn ready_for(&self, format: &str) -> Result<(), PrintError> {
        if !self.supports(format) {
            return Err(PrintError::FormatNotSupported);
        }
        let stopping = |reason: &&String| {
            // No ending means an error too.
            !reason.ends_with("-report") && !reason.ends_with("-warning")
        };
        match self
            .state_reasons
            .iter()
            .filter(stopping)
            .filter_map(|reason| need(reason))
            .min()
        {
            Some(need) => Err(need.into()),
            None if self.state == STOPPED || !self.accepting => Err(PrintError::Offline),
            None => Ok(()),
        }
    }

    /// What a person should see to first, however mildly the printer puts it. A printer at rest
    /// may call an empty tray a mere report and yet keep the next job waiting.
    #[must_use]
    pub fn needs(&self) -> Option<Need> {
        let stopped = (self.state == STOPPED || !self.accepting).then_some(Need::Attention);
        self.state_reasons
            .iter()
            .filter_map(|reason| need(reason))
            .chain(stopped)
            .min()
    }

    /// The same for whoever asks any printer.
    pub(crate) fn status(&self) -> Status {
        Status {
            takes: match self.raster {
                _ if self.supports(PDF) => Takes::Pdf,
                Some(dots_per_inch) => Takes::Sheets { dots_per_inch },
                None => Takes::Nothing,
            },
            needs: self.needs(),
            paper_low: self.state_reasons.iter().any(|reason| bare(reason) == "media-low"),
            known: true,
        }
    }
}

/// What a person can do for a printer, in the order in which to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Need {
    /// Close a cover or door.
    Cover,
    /// Take out stuck paper.
    Jam,
    /// Put paper in.
    Paper,
    /// Put in ink or toner.
    Ink,
    /// Look at its panel and make it ready.
    Attention,
}

impl From<Need> for PrintError {
    fn from(need: Need) -> Self {
        match need {
            Need::Cover => Self::CoverOpen,
            Need::Jam => Self::PaperJam,
            Need::Paper => Self::PaperOut,
            Need::Ink => Self::InkOut,
            Need::Attention => Self::Offline,
        }
    }
}

/// What a state reason asks for, its degree left aside. Keywords of RFC 8011 and of PWG 5100.9.
fn need(reason: &str) -> Option<Need> {
    Some(match bare(reason) {
        "cover-open" | "door-open" | "interlock-open" => Need::Cover,
        "media-jam" => Need::Jam,
        "media-empty" | "media-needed" | "input-tray-missing" => Need::Paper,
        "marker-supply-empty" | "toner-empty" | "marker-supply-missing" | "developer-empty" => Need::Ink,
        "offline"
        | "paused"
        | "moving-to-paused"
        | "shutdown"
        | "timed-out"
        | "deactivated"
        | "hibernate"
        | "spool-area-full"
        | "output-area-full"
        | "output-tray-missing"
        | "fuser-over-temp"
        | "fuser-under-temp" => Need::Attention,
        // A printer may add words of its own. Only those that say "error" are taken to stop it.
        _ if reason.ends_with("-error") => Need::Attention,
        _ => return None,
    })
}

/// A state reason without its degree.
fn bare(reason: &str) -> &str {
    ["-error", "-warning", "-report"]
        .iter()
        .find_map(|end| reason.strip_suffix(end))
        .unwrap_or(reason)
}

/// What the printer says about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobReport {
    /// The printer's number for the job, to ask about it or to cancel it; none where the printer
    /// numbers no jobs.
    pub id: Option<i32>,
    /// The job's own address (`job-uri`), which stays true when numbers begin anew.
    pub uri: Option<String>,
    /// How far it is.
    pub state: JobState,
    /// What the printer wants while the job is not done: say it, and the job goes on by itself.
    pub needs: Option<Need>,
}

/// How far a job is (`job-state`, RFC 8011 section 5.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState {
    /// Waiting for its turn, or held.
    Pending,
    /// On its way to paper.
    Processing,
    /// Begun, but stopped: the printer needs somebody.
    Stopped,
    /// Canceled, at the printer or by it.
    Canceled,
    /// Printed.
    Completed,
    /// All of it has gone to a printer that does not say more. It is not to be sent again unless
    /// a person saw that nothing came out.
    Sent,
}

/// The HTTP status around an answer.
pub(crate) fn http_status(status: u16) -> Result<(), PrintError> {
    match status {
        200 => Ok(()),
        401 | 403 => Err(PrintError::RefusedJob {
            status: StatusCode::ClientErrorNotAuthenticated as u16,
        }),
        503 => Err(PrintError::Offline),
        _ => Err(PrintError::NotAPrinter),
    }
}

/// The IPP status of an answer.
pub(crate) fn status(reply: &IppRequestResponse) -> Result<(), PrintError> {
    let header = reply.header();
    // IPP has versions 1.0 to 2.2; other numbers are another protocol's bytes.
    if !matches!(header.version.0 >> 8, 1 | 2) {
        return Err(PrintError::NotAPrinter);
    }
    let code = header.operation_or_status as u16;
    match code {
        0x0000..=0x00ff => Ok(()),
        _ => Err(match header.status_code() {
            StatusCode::ClientErrorDocumentFormatNotSupported => PrintError::FormatNotSupported,
            StatusCode::ServerErrorServiceUnavailable
            | StatusCode::ServerErrorDeviceError
            | StatusCode::ServerErrorTemporaryError
            | StatusCode::ServerErrorNotAcceptingJobs
            | StatusCode::ServerErrorBusy => PrintError::Offline,
            _ => PrintError::RefusedJob { status: code },
        }),
    }
}

/// The answer to Get-Printer-Attributes.
pub(crate) fn printer(reply: &IppRequestResponse) -> Result<PrinterAttributes, PrintError> {
    let group = group(reply, DelimiterTag::PrinterAttributes)?;
    let formats = keywords(group, IppAttribute::DOCUMENT_FORMAT_SUPPORTED);
    let state = number(group, IppAttribute::PRINTER_STATE);
    let (Some(state), false) = (state, formats.is_empty()) else {
        // Both are required of every printer.
        return Err(PrintError::NotAPrinter);
    };
    let mut state_reasons = keywords(group, IppAttribute::PRINTER_STATE_REASONS);
    state_reasons.retain(|reason| reason != "none");
    let accepting = match group
        .get(IppAttribute::PRINTER_IS_ACCEPTING_JOBS)
        .map(IppAttribute::value)
    {
        Some(IppValue::Boolean(accepting)) => *accepting,
        _ => true,
    };
    let grey = keywords(group, RASTER_TYPES).iter().any(|kind| kind == GREY);
    let raster = resolution(group).filter(|_| grey && formats.iter().any(|format| format == PWG_RASTER));
    Ok(PrinterAttributes {
        formats,
        raster,
        state,
        state_reasons,
        accepting,
    })
}

/// The answer to Print-Job and Get-Job-Attributes, of a printer that needs this.
pub(crate) fn job(reply: &IppRequestResponse, needs: Option<Need>) -> Result<JobReport, PrintError> {
    let group = group(reply, DelimiterTag::JobAttributes)?;
    let id = number(group, IppAttribute::JOB_ID).ok_or(PrintError::NotAPrinter)?;
    let state = match number(group, IppAttribute::JOB_STATE) {
        Some(3 | 4) => JobState::Pending,
        Some(5) => JobState::Processing,
        Some(6) => JobState::Stopped,
        Some(7 | 8) => JobState::Canceled,
        Some(9) => JobState::Completed,
        _ => return Err(PrintError::NotAPrinter),
    };
    let done = matches!(state, JobState::Completed | JobState::Canceled);
    let uri = match group.get(IppAttribute::JOB_URI).map(IppAttribute::value) {
        Some(IppValue::Uri(uri)) => Some(uri.as_str().to_owned()),
        _ => None,
    };
    Ok(JobReport {
        id: Some(id),
        uri,
        state,
        needs: needs.filter(|_| !done),
    })
}

fn group(reply: &IppRequestResponse, tag: DelimiterTag) -> Result<&IppAttributeGroup, PrintError> {
    reply.attributes().first_of(tag).ok_or(PrintError::NotAPrinter)
}

pub(crate) fn number(group: &IppAttributeGroup, name: &str) -> Option<i32> {
    match group.get(name)?.value() {
        IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
        _ => None,
    }
}

/// A name or text, in whatever language.
pub(crate) fn text<'a>(group: &'a IppAttributeGroup, name: &str) -> Option<&'a str> {
    let text = match group.get(name)?.value() {
        IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => name.as_str(),
        IppValue::TextWithoutLanguage(text) | IppValue::TextWithLanguage { text, .. } => text,
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The resolution nearest to the best, of those that are the same in both directions.
fn resolution(group: &IppAttributeGroup) -> Option<u32> {
    /// Dots an inch; 4 would be dots a centimetre.
    const PER_INCH: i8 = 3;
    let value = group.get(RASTER_RESOLUTIONS)?.value();
    let values = match value {
        IppValue::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    values
        .iter()
        .filter_map(|value| match value {
            IppValue::Resolution {
                cross_feed,
                feed,
                units: PER_INCH,
            } if cross_feed == feed && RESOLUTIONS.contains(feed) => Some(*feed),
            _ => None,
        })
        .min_by_key(|resolution| (resolution - BEST_RESOLUTION).abs())
        .and_then(|resolution| resolution.try_into().ok())
}

fn keywords(group: &IppAttributeGroup, name: &str) -> Vec<String> {
    let word = |value: &IppValue| match value {
        IppValue::Keyword(word) => Some(word.as_str().to_owned()),
        IppValue::MimeMediaType(word) => Some(word.as_str().to_owned()),
        _ => None,
    };
    match group.get(name).map(IppAttribute::value) {
        Some(IppValue::Array(values)) => values.iter().filter_map(word).collect(),
        Some(value) => word(value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn with(state: i32, reasons: &[&str]) -> PrinterAttributes {
        PrinterAttributes {
            formats: vec!["image/pwg-raster".into(), "application/pdf".into()],
            raster: None,
            state,
            state_reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
            accepting: true,
        }
    }

    fn why(printer: &PrinterAttributes) -> String {
        printer
            .ready_for("application/pdf")
            .map_or_else(|e| format!("{e:?}"), |()| "ready".into())
    }

    #[test]
    fn each_reason_becomes_the_cause_a_person_can_see() {
        assert_eq!(why(&with(3, &[])), "ready");
        assert_eq!(why(&with(5, &["media-empty-error"])), "PaperOut");
        assert_eq!(why(&with(5, &["media-needed"])), "PaperOut");
        assert_eq!(why(&with(5, &["door-open"])), "CoverOpen");
        assert_eq!(why(&with(5, &["cover-open-error"])), "CoverOpen");
        assert_eq!(why(&with(5, &["media-jam-error"])), "PaperJam");
        assert_eq!(why(&with(5, &["marker-supply-empty-error"])), "InkOut");
        assert_eq!(why(&with(5, &["paused"])), "Offline");
        assert_eq!(why(&with(5, &[])), "Offline");
    }

    #[test]
    fn warnings_do_not_stop_a_job() {
        assert_eq!(why(&with(4, &["media-low-warning", "media-empty-report"])), "ready");
        assert_eq!(why(&with(3, &["marker-supply-low-warning", "cups-waiting"])), "ready");
        assert_eq!(why(&with(3, &["maker-thing-error"])), "Offline");
    }

    #[test]
    fn what_is_wanted_is_told_however_mildly_it_is_put() {
        assert_eq!(with(3, &["media-empty-report"]).needs(), Some(Need::Paper));
        assert_eq!(
            with(4, &["toner-empty-warning", "cover-open-warning"]).needs(),
            Some(Need::Cover)
        );
        assert_eq!(with(3, &["media-low-warning", "cups-waiting"]).needs(), None);
    }

    #[test]
    fn of_several_causes_the_first_to_see_to_is_named() {
        assert_eq!(why(&with(5, &["paused", "media-empty", "cover-open"])), "CoverOpen");
    }

    #[test]
    fn sheets_are_asked_for_in_the_form_that_the_printer_takes() {
        let mut printer = with(3, &[]);
        printer.raster = Some(300);
        assert_eq!(printer.status().takes, Takes::Pdf);
        printer.formats.pop();
        assert_eq!(printer.status().takes, Takes::Sheets { dots_per_inch: 300 });
        printer.raster = None;
        assert_eq!(printer.status().takes, Takes::Nothing);
    }

    #[test]
    fn a_printer_without_pdf_or_without_will_says_so() {
        let mut printer = with(3, &[]);
        assert!(matches!(
            printer.ready_for("image/urf"),
            Err(PrintError::FormatNotSupported)
        ));
        printer.accepting = false;
        assert_eq!(why(&printer), "Offline");
    }
}
