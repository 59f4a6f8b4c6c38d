//! Printing through IPP (RFC 8010, RFC 8011), the protocol that network printers speak without a
//! driver.
//!
//! Each exchange is one HTTP POST. The crate `ipp` writes and reads the messages; they are carried
//! by ureq directly, because the time to connect, the size of the answer and the environment's
//! proxy have to be ruled here: a printer is a machine on the same network, and what answers at its
//! address may be anything. Nothing waits longer than [`CONNECT`] for a connection or [`WHOLE`]
//! for all of a job, and no more than [`MAX_ANSWER`] bytes are read.
//!
//! A job is only sent to a printer that says that it can print PDF and is not out of paper, open or
//! stopped, so that no page comes out hours later when somebody fills the tray. What the answers
//! mean is in `answer`.

use std::io::Read as _;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use ipp::operation::IppOperation;
use ipp::operation::builder::IppOperationBuilder;
use ipp::payload::IppPayload;
use ipp::request::IppRequestResponse;
use ureq::http::Uri;

use crate::PrintError;
use crate::answer::{self, JobReport, PrinterAttributes};
use crate::message;

/// The longest wait for the printer to take the call.
pub const CONNECT: Duration = Duration::from_secs(5);
/// The longest time for all exchanges of one call here.
pub const WHOLE: Duration = Duration::from_secs(30);
/// The largest answer read, in bytes; real ones have a few thousand.
pub const MAX_ANSWER: u64 = 256 * 1024;

/// The port of IPP (RFC 8010, section 3.2).
const PORT: u16 = 631;
/// The longest job name in bytes (RFC 8011, section 5.1.3).
const MAX_NAME: usize = 255;
const PDF: &str = "application/pdf";

/// A printer's address. Nothing is asked of it until a method is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printer {
    uri: Uri,
    whole: Duration,
}

impl Printer {
    /// Takes an address of the form `ipp://host[:port]/path`.
    ///
    /// # Errors
    /// [`PrintError::Address`] for any other scheme, an empty or malformed host, port 0, a user
    /// name, a query, a fragment or white space.
    pub fn parse(address: &str) -> Result<Self, PrintError> {
        let strict = address.len() <= 1000
            && address.is_ascii()
            && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "?#@\\".contains(c));
        let uri: Uri = address.parse().map_err(|_| PrintError::Address)?;
        let (Some("ipp"), Some(host), true) = (uri.scheme_str(), uri.host(), strict) else {
            return Err(PrintError::Address);
        };
        // A port that is not one is not reported by `port_u16`, but stays in the authority.
        let port = uri.port_u16();
        let authority = uri
            .authority()
            .map(|authority| authority.as_str().len())
            .unwrap_or_default();
        let expected = host.len() + uri.port().map_or(0, |port| port.as_str().len() + 1);
        if authority != expected || port == Some(0) || !is_host(host) {
            return Err(PrintError::Address);
        }
        Ok(Self { uri, whole: WHOLE })
    }

    /// The same printer with less patience than [`WHOLE`].
    #[must_use]
    pub fn within(mut self, whole: Duration) -> Self {
        self.whole = whole.min(WHOLE);
        self
    }

    /// Asks what the printer can print and how it is.
    ///
    /// # Errors
    /// [`PrintError::Unreachable`], [`PrintError::Timeout`], [`PrintError::NotAPrinter`], or
    /// [`PrintError::RefusedJob`] where it refuses to say.
    pub fn get_attributes(&self) -> Result<PrinterAttributes, PrintError> {
        self.attributes(Instant::now() + self.whole)
    }

    /// Prints a PDF. `job_name` is what the printer's panel and log show: name the kind of paper,
    /// not the person.
    ///
    /// # Errors
    /// Those of [`Self::get_attributes`]; [`PrintError::FormatNotSupported`] if it prints no PDF;
    /// and what keeps it from printing now: [`PrintError::PaperOut`], [`PrintError::CoverOpen`],
    /// [`PrintError::PaperJam`], [`PrintError::InkOut`], [`PrintError::Offline`]. After
    /// [`PrintError::Timeout`] the job may or may not have arrived: ask the person to look.
    pub fn print(&self, job_name: &str, pdf: &[u8]) -> Result<JobReport, PrintError> {
        let deadline = Instant::now() + self.whole;
        let attributes = self.attributes(deadline)?;
        attributes.ready_for(PDF)?;
        let operation = IppOperationBuilder::print_job(self.uri.clone(), IppPayload::empty())
            .user_name("anban")
            .job_title(shortened(job_name))
            .document_format(PDF)
            .build()
            .map_err(|_| PrintError::Address)?;
        let reply = self.exchange(operation, pdf, deadline)?;
        answer::job(&reply, attributes.needs())
    }

    /// Asks what has become of a job that [`Self::print`] reported.
    ///
    /// # Errors
    /// Those of [`Self::get_attributes`].
    pub fn job(&self, id: i32) -> Result<JobReport, PrintError> {
        let operation = IppOperationBuilder::get_job_attributes(self.uri.clone(), id)
            .user_name("anban")
            .build()
            .map_err(|_| PrintError::Address)?;
        let deadline = Instant::now() + self.whole;
        let reply = self.exchange(operation, &[], deadline)?;
        answer::job(&reply, self.attributes(deadline)?.needs())
    }

    fn attributes(&self, deadline: Instant) -> Result<PrinterAttributes, PrintError> {
        let operation = IppOperationBuilder::get_printer_attributes(self.uri.clone())
            .attributes(answer::REQUESTED)
            .build()
            .map_err(|_| PrintError::Address)?;
        let reply = self.exchange(operation, &[], deadline)?;
        answer::printer(&reply)
    }

    /// One request and its answer. The document goes with a Content-Length, since small printers
    /// do not all take a chunked body.
    fn exchange(
        &self,
        operation: impl IppOperation,
        document: &[u8],
        deadline: Instant,
    ) -> Result<IppRequestResponse, PrintError> {
        let patience = deadline.saturating_duration_since(Instant::now());
        if patience.is_zero() {
            return Err(PrintError::Timeout);
        }
        let mut body = operation.into_ipp_request().to_bytes().to_vec();
        body.extend_from_slice(document);
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder()
                .timeout_connect(Some(CONNECT.min(patience)))
                .timeout_resolve(Some(CONNECT.min(patience)))
                .timeout_global(Some(patience))
                .proxy(None)
                .max_redirects(0)
                .http_status_as_error(false)
                .build(),
        );
        let response = agent
            .post(self.http_uri())
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

    fn http_uri(&self) -> String {
        let host = self.uri.host().unwrap_or_default();
        let port = self.uri.port_u16().unwrap_or(PORT);
        format!("http://{host}:{port}{}", self.uri.path())
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
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::ConnectionReset => PrintError::NotAPrinter,
        _ => PrintError::Unreachable,
    }
}

/// A host name (RFC 1123), an IPv4 address, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return matches!(v6.parse(), Ok(IpAddr::V6(_)));
    }
    host.len() <= 253
        && host.strip_suffix('.').unwrap_or(host).split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
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
    fn an_address_is_taken_as_printers_give_it() {
        let printer = Printer::parse("ipp://printer.local/ipp/print").unwrap();
        assert_eq!(printer.http_uri(), "http://printer.local:631/ipp/print");
        let printer = Printer::parse("ipp://192.168.1.9:8631/ipp/print").unwrap();
        assert_eq!(printer.http_uri(), "http://192.168.1.9:8631/ipp/print");
        let printer = Printer::parse("ipp://[fe80::1]/").unwrap();
        assert_eq!(printer.http_uri(), "http://[fe80::1]:631/");
    }

    #[test]
    fn anything_else_is_refused_before_a_word_is_sent() {
        for address in [
            "",
            "printer",
            "http://printer/ipp/print",
            "ipps://printer/ipp/print",
            "file:///etc/passwd",
            "ipp:///ipp/print",
            "ipp://user:word@printer/ipp/print",
            "ipp://printer:0/ipp/print",
            "ipp://printer:99999/ipp/print",
            "ipp://printer:/ipp/print",
            "ipp://printer:six/ipp/print",
            "ipp://prin ter/ipp/print",
            "ipp://-printer/ipp/print",
            "ipp://a..b/ipp/print",
            "ipp://[::1/ipp/print",
            "ipp://printer/ipp?x=1",
            "ipp://printer/ipp#x",
            "ipp://printer/\r\nHost: x",
            "ipp://打印机/ipp",
        ] {
            assert!(matches!(Printer::parse(address), Err(PrintError::Address)), "{address}");
        }
    }

    #[test]
    fn a_job_name_is_cut_between_characters() {
        assert_eq!(shortened("健康码"), "健康码");
        let long = shortened(&"码".repeat(300));
        assert_eq!(long.len(), 255);
        assert_eq!(shortened("a\nb"), "ab");
    }
}
