//! Printing through IPP (RFC 8010, RFC 8011), the protocol that network printers speak without a
//! driver, and CUPS with all of them.
//!
//! Each exchange is one HTTP POST. The crate `ipp` writes and reads the messages; they are carried
//! by ureq directly, because the time to connect, the size of the answer and the environment's
//! proxy have to be ruled here: a printer is a machine on the same network, and what answers at its
//! address may be anything. No more than [`MAX_ANSWER`] bytes are read.
//!
//! A job is only sent to a printer that says that it can print it and is not out of paper, open or
//! stopped, so that no page comes out hours later when somebody fills the tray. What the answers
//! mean is in `answer`.
//!
//! With `ipps`, TLS keeps out who listens. It says nothing about who answers: a printer makes its
//! certificate itself, so there is nobody to vouch for it, and the one whose address was given is
//! as trusted as with `ipp`.

use std::io::Read as _;
use std::time::{Duration, Instant};

use ipp::operation::IppOperation;
use ipp::operation::builder::IppOperationBuilder;
use ipp::payload::IppPayload;
use ipp::request::IppRequestResponse;

use crate::PrintError;
use crate::address::Internet;
use crate::answer::{self, JobReport, PrinterAttributes};
use crate::{local, message};

/// The longest wait for the printer to take the call.
pub const CONNECT: Duration = Duration::from_secs(5);
/// The largest answer read, in bytes; real ones have a few thousand.
pub const MAX_ANSWER: u64 = 256 * 1024;

/// The longest job name in bytes (RFC 8011, section 5.1.3).
const MAX_NAME: usize = 255;
/// Whose jobs these are, for the printer's log and for cancelling.
const USER: &str = "anban";

/// A conversation with an IPP printer that has to end at a certain time.
pub(crate) struct Conversation<'a> {
    pub printer: &'a Internet,
    pub deadline: Instant,
}

impl Conversation<'_> {
    /// Get-Printer-Attributes.
    pub fn attributes(&self) -> Result<PrinterAttributes, PrintError> {
        let operation = IppOperationBuilder::get_printer_attributes(self.printer.uri.clone())
            .attributes(answer::REQUESTED)
            .build()
            .map_err(|_| PrintError::Address)?;
        match self.exchange(operation, &[]) {
            Ok(reply) => answer::printer(&reply),
            Err(PrintError::RefusedJob {
                status: answer::NOT_FOUND,
            }) => Err(PrintError::NoSuchPrinter),
            Err(error) => Err(error),
        }
    }

    /// Print-Job, if the printer can print the document now.
    pub fn print(&self, job_name: &str, format: &str, document: &[u8]) -> Result<JobReport, PrintError> {
        let attributes = self.attributes()?;
        attributes.ready_for(format)?;
        let operation = IppOperationBuilder::print_job(self.printer.uri.clone(), IppPayload::empty())
            .user_name(USER)
            .job_title(shortened(job_name))
            .document_format(format)
            .build()
            .map_err(|_| PrintError::Address)?;
        let reply = self.exchange(operation, document).map_err(|error| match error {
            // The document was on its way, and nobody said what has become of it.
            PrintError::Timeout | PrintError::NotAPrinter => PrintError::Unconfirmed,
            error => error,
        })?;
        answer::job(&reply, attributes.needs()).map_err(|_| PrintError::Unconfirmed)
    }

    /// Get-Job-Attributes.
    pub fn job(&self, id: i32) -> Result<JobReport, PrintError> {
        let operation = IppOperationBuilder::get_job_attributes(self.printer.uri.clone(), id)
            .user_name(USER)
            .build()
            .map_err(|_| PrintError::Address)?;
        let reply = self.exchange(operation, &[])?;
        answer::job(&reply, self.attributes()?.needs())
    }

    /// Cancel-Job.
    pub fn cancel(&self, id: i32) -> Result<(), PrintError> {
        let operation = IppOperationBuilder::cancel_job(self.printer.uri.clone(), id)
            .user_name(USER)
            .build()
            .map_err(|_| PrintError::Address)?;
        match self.exchange(operation, &[]) {
            // It was printed or canceled before.
            Err(PrintError::RefusedJob {
                status: answer::NOT_POSSIBLE,
            }) => Ok(()),
            result => result.map(|_| ()),
        }
    }

    /// One request and its answer. The document goes with a Content-Length, since small printers
    /// do not all take a chunked body.
    pub fn exchange(&self, operation: impl IppOperation, document: &[u8]) -> Result<IppRequestResponse, PrintError> {
        let patience = self.deadline.saturating_duration_since(Instant::now());
        if patience.is_zero() {
            return Err(PrintError::Timeout);
        }
        let mut body = operation.into_ipp_request().to_bytes().to_vec();
        body.extend_from_slice(document);
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT.min(patience)))
            .timeout_resolve(Some(CONNECT.min(patience)))
            .timeout_global(Some(patience))
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .tls_config(ureq::tls::TlsConfig::builder().disable_verification(true).build())
            .build();
        let agent = if self.printer.local_cups {
            local::agent(config)
        } else {
            ureq::Agent::new_with_config(config)
        };
        let response = agent
            .post(&self.printer.post)
            .header("content-type", "application/ipp")
            .send(&body[..])
            .map_err(|error| transport(&error))?;
        answer::http_status(response.status().as_u16())?;
        let mut reply = Vec::new();
        let mut reader = response.into_body().into_reader().take(MAX_ANSWER);
        reader
            .read_to_end(&mut reply)
            .map_err(|error| transport(&ureq::Error::from(error)))?;
        let reply = message::read(reply)?;
        answer::status(&reply)?;
        Ok(reply)
    }
}

/// What a failure on the way means to the person at the printer.
fn transport(error: &ureq::Error) -> PrintError {
    match error {
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed => PrintError::Unreachable,
        ureq::Error::Timeout(_) => PrintError::Timeout,
        ureq::Error::Io(io) => match io.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(inner) => transport(inner),
            None => by_kind(io.kind()),
        },
        _ => PrintError::NotAPrinter,
    }
}

fn by_kind(kind: std::io::ErrorKind) -> PrintError {
    use std::io::ErrorKind;
    match kind {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => PrintError::Timeout,
        // All of these come from a connection that was there.
        ErrorKind::UnexpectedEof
        | ErrorKind::InvalidData
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => PrintError::NotAPrinter,
        _ => PrintError::Unreachable,
    }
}

/// The job's name within IPP's limit, cut between characters.
fn shortened(name: &str) -> String {
    let mut name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    while name.len() > MAX_NAME {
        name.pop();
    }
    name
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_job_name_is_cut_between_characters() {
        assert_eq!(shortened("健康码"), "健康码");
        let long = shortened(&"码".repeat(300));
        assert_eq!(long.len(), 255);
        assert_eq!(shortened("a\nb"), "ab");
    }
}
