//! The conversation with a receipt printer: how are you, here is a picture, how are you now.
//!
//! It is asked before, so that nothing is sent to a printer that is open or out of paper, and
//! after, because a roll ends in the middle of a receipt. Its answer after the picture also shows
//! that the picture has arrived. A printer that does not answer the first question is not asked
//! again and printed to all the same.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use crate::address::Line as Place;
use crate::answer::{JobReport, JobState};
use crate::escpos::{self, About, Readings};
use crate::line::{self, Line};
use crate::printer::{Status, Takes};
use crate::{Bitmap, PrintError};

/// How long a printer may think about a question. Those that answer do so in a few milliseconds; a
/// network is given more.
const ANSWER: Duration = Duration::from_millis(700);
/// How long it may take with its first answer after a picture, which it has to have received until
/// then.
const ANSWER_AFTER: Duration = Duration::from_secs(10);
/// The most bytes read while waiting for an answer.
const MAX_NOISE: usize = 256;

/// A receipt printer.
pub(crate) struct Receipts<'a> {
    pub line: &'a Place,
    pub dots: usize,
}

impl Receipts<'_> {
    pub fn status(&self, deadline: Instant) -> Result<Status, PrintError> {
        let mut line = line::open(self.line, deadline).map_err(|error| cause(&error))?;
        let readings = ask(line.as_mut(), ANSWER, deadline);
        let finished = line.finish(deadline);
        if !readings.known() {
            finished.map_err(|error| cause(&error))?;
        }
        Ok(Status {
            takes: Takes::Roll { dots: self.dots },
            needs: readings.needs(),
            paper_low: readings.paper_low(),
            known: readings.known(),
        })
    }

    pub fn print(&self, picture: &Bitmap, deadline: Instant) -> Result<JobReport, PrintError> {
        let job = escpos::job(picture, self.dots)?;
        let deadline = deadline + line::time_for(self.line, job.len());
        let mut line = line::open(self.line, deadline).map_err(|error| cause(&error))?;
        let before = ask(line.as_mut(), ANSWER, deadline);
        if let Some(need) = before.needs() {
            // Nothing was sent but questions: whether they have all left does not matter.
            let _ = line.finish(deadline);
            return Err(need.into());
        }
        send(line.as_mut(), &job, deadline)?;
        let mut after = Readings::default();
        if before.known() {
            after = ask(line.as_mut(), ANSWER_AFTER, deadline);
        }
        let finished = line.finish(deadline);
        if !after.known() {
            finished.map_err(|_| PrintError::Unconfirmed)?;
        }
        Ok(JobReport {
            id: None,
            uri: None,
            state: JobState::Sent,
            needs: after.needs(),
        })
    }
}

/// Sends all of a job. Where not a byte was taken, the job can be tried again.
fn send(line: &mut dyn Line, job: &[u8], deadline: Instant) -> Result<(), PrintError> {
    let mut rest = job;
    while !rest.is_empty() {
        match line.send(rest, left(deadline)) {
            Ok(sent) => rest = rest.get(sent..).unwrap_or_default(),
            Err(error) if rest.len() == job.len() => return Err(cause(&error)),
            Err(_) => return Err(PrintError::Unconfirmed),
        }
    }
    Ok(())
}

/// Asks the four questions, or as many as are answered.
fn ask(line: &mut dyn Line, first: Duration, deadline: Instant) -> Readings {
    let mut readings = Readings::default();
    let mut patience = first;
    for about in About::ALL {
        let until = deadline.min(Instant::now() + patience);
        if !question(line, about, until) || !answer(line, about, until, &mut readings) {
            break;
        }
        patience = ANSWER;
    }
    readings
}

fn question(line: &mut dyn Line, about: About, until: Instant) -> bool {
    let question = about.question();
    let mut sent = 0;
    while let Some(rest) = question.get(sent..).filter(|rest| !rest.is_empty()) {
        match line.send(rest, left(until)) {
            Ok(more) => sent += more,
            Err(_) => return false,
        }
    }
    true
}

fn answer(line: &mut dyn Line, about: About, until: Instant, readings: &mut Readings) -> bool {
    for _ in 0..MAX_NOISE {
        let mut byte = [0];
        match line.receive(&mut byte, left(until)) {
            Ok(1) if readings.take(about, byte[0]) => return true,
            Ok(1) => {}
            Ok(_) | Err(_) => return false,
        }
    }
    false
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// What a failure on the line means to the person at the printer.
fn cause(error: &std::io::Error) -> PrintError {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => PrintError::Timeout,
        ErrorKind::PermissionDenied => PrintError::NotAllowed,
        ErrorKind::ResourceBusy => PrintError::Busy,
        ErrorKind::InvalidInput | ErrorKind::InvalidData => PrintError::NotAPrinter,
        _ => PrintError::Unreachable,
    }
}
