//! Messages to a hospital's own server and back, with an end in time and in size.
//!
//! Whatever a client asks of the hub, the messages that it takes share one deadline. Redirects are not followed and the
//! environment's proxy is not asked: only the server that the operator has named is told anything. What comes back is read
//! strictly; what is not what was asked for counts as no answer. Bodies come uncompressed (the HTTP library is built
//! without gzip), so a small answer can't become a large one.

use super::config::HospitalConfig;
use crate::metrics::Metrics;
use anban_wire::fhir::{Bundle, FhirResource, MEDIA_TYPE, from_json};
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use ureq::{
    Agent, AsSendBody,
    http::{Request, request::Builder},
    tls::{Certificate, RootCerts, TlsConfig},
};

/// Longest answer, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;
/// Longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// Most requests that wait for one hospital at one time: threads are there for others, too.
const MOST_AT_ONCE: usize = 64;
/// Most pages of one search.
const MOST_PAGES: usize = 10;

/// Why there is no answer that can be used. For the log: it holds nothing of what was sent or came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAnswer {
    /// Nobody was reached, the connection broke off, or it took too long.
    #[error("it can't be reached: {0}")]
    Away(&'static str),
    /// It says that it can't answer now, or not to this hub.
    #[error("it answers with status {0}")]
    Status(u16),
    /// The answer is not what was asked for.
    #[error("its answer to {0} is not what FHIR R4 says")]
    Strange(&'static str),
    /// The token's file.
    #[error("the file with its token can't be read")]
    Token,
    /// Too many requests wait for it.
    #[error("too many requests wait for it")]
    Busy,
}

/// A hospital's server.
pub(super) struct There {
    agent: Agent,
    name: String,
    metrics: Arc<Metrics>,
    base: String,
    token_file: Option<PathBuf>,
    whole: Duration,
    waiting: AtomicUsize,
}

/// What it answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Messages that share one deadline.
pub(super) struct Exchange<'a> {
    there: &'a There,
    until: Instant,
}

impl There {
    pub(super) fn new(config: &HospitalConfig, metrics: &Arc<Metrics>) -> Self {
        metrics.know_hospital(&config.name);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .max_response_header_size(LONGEST_HEAD)
            // Kept for the messages of one exchange: an older one may have been closed there at this moment.
            .max_idle_age(Duration::from_secs(2))
            .timeout_connect(Some(config.connect()))
            .tls_config(TlsConfig::builder().root_certs(roots()).build())
            .user_agent(concat!("anban-hub/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self {
            agent,
            name: config.name.clone(),
            metrics: Arc::clone(metrics),
            base: config.base.clone(),
            token_file: config.token_file.clone(),
            whole: config.whole(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Begins an exchange, if not too many are under way.
    pub(super) fn exchange(&self) -> Result<Exchange<'_>, NoAnswer> {
        let exchange = Exchange {
            there: self,
            until: Instant::now() + self.whole,
        };
        // Counted before it is looked at; the exchange that is dropped here counts down again.
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_AT_ONCE {
            return Err(NoAnswer::Busy);
        }
        Ok(exchange)
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        self.there.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Exchange<'_> {
    /// One resource as it came, or nothing where there is none (any more).
    pub(super) fn read(&self, kind: &'static str, id: &str) -> Result<Option<Vec<u8>>, NoAnswer> {
        let reply = self.get(&format!("{}/{kind}/{id}", self.there.base))?;
        match reply.status {
            200 => Ok(Some(reply.body)),
            404 | 410 => Ok(None),
            status => Err(NoAnswer::Status(status)),
        }
    }

    /// What a search finds, and whether that is all.
    pub(super) fn search<R: FhirResource>(&self, parameters: &[(&str, String)]) -> Result<(Vec<R>, bool), NoAnswer> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        let mut address = format!("{}/{}?{}", self.there.base, R::TYPE, query.finish());
        let mut found = vec![];
        for _ in 0..MOST_PAGES {
            let reply = self.get(&address)?;
            if reply.status != 200 {
                return Err(NoAnswer::Status(reply.status));
            }
            let page: Bundle = from_json(&reply.body).map_err(|_| NoAnswer::Strange(R::TYPE))?;
            let before = found.len();
            for resource in page.entry.into_iter().filter_map(|entry| entry.resource) {
                // Remarks and what is taken along are passed over.
                found.extend(R::try_from(resource).ok());
            }
            let next = page.link.into_iter().find(|link| link.relation == "next");
            match next {
                Some(next) if next.url.starts_with(&format!("{}/", self.there.base)) && found.len() > before => {
                    address = next.url;
                }
                Some(_) => return Ok((found, false)),
                None => {
                    let is_whole = page.total.is_none_or(|total| total as usize <= found.len());
                    return Ok((found, is_whole));
                }
            }
        }
        Ok((found, false))
    }

    /// Sends a transaction. What it says to that, whatever the status; but not where it is not known whether it was done.
    pub(super) fn transaction(&self, bundle: &serde_json::Value) -> Result<Reply, NoAnswer> {
        let body = serde_json::to_vec(bundle).map_err(|_| NoAnswer::Strange("Bundle"))?;
        let request = Request::post(&self.there.base).header("content-type", MEDIA_TYPE);
        let reply = self.send(request, body)?;
        match reply.status {
            200..300 | 400 | 404 | 405 | 409 | 410 | 412 | 422 => Ok(reply),
            status => Err(NoAnswer::Status(status)),
        }
    }

    fn get(&self, address: &str) -> Result<Reply, NoAnswer> {
        self.run(Request::get(address), ())
    }

    fn send(&self, request: Builder, body: Vec<u8>) -> Result<Reply, NoAnswer> {
        self.run(request, body)
    }

    /// Sends one message, and counts what came of it.
    fn run(&self, request: Builder, body: impl AsSendBody) -> Result<Reply, NoAnswer> {
        let began = Instant::now();
        let reply = self.answer(request, body);
        let is_answered = reply.as_ref().is_ok_and(|reply| reply.status < 500);
        self.there
            .metrics
            .called(&self.there.name, is_answered, began.elapsed());
        reply
    }

    fn answer(&self, request: Builder, body: impl AsSendBody) -> Result<Reply, NoAnswer> {
        let left = self.left()?;
        let request = self.signed(request)?.body(body);
        let request = request.map_err(|_| NoAnswer::Away("address"))?;
        let agent = &self.there.agent;
        let request = agent.configure_request(request).timeout_global(Some(left)).build();
        read(agent.run(request))
    }

    fn left(&self) -> Result<Duration, NoAnswer> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(NoAnswer::Away("too slow"))
        } else {
            Ok(left)
        }
    }

    /// With the token as it is now: it may be renewed in its file while the hub runs.
    fn signed(&self, request: Builder) -> Result<Builder, NoAnswer> {
        let request = request.header("accept", MEDIA_TYPE);
        let Some(path) = &self.there.token_file else {
            return Ok(request);
        };
        let token = fs::read_to_string(path).map_err(|_| NoAnswer::Token)?;
        Ok(request.header("authorization", format!("Bearer {}", token.trim())))
    }
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Reply, NoAnswer> {
    let mut answer = answer.map_err(|error| away(&error))?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(LONGEST).read_to_vec();
    Ok(Reply {
        status,
        body: body.map_err(|error| away(&error))?,
    })
}

fn away(error: &ureq::Error) -> NoAnswer {
    NoAnswer::Away(match error {
        ureq::Error::Timeout(_) => "too slow",
        ureq::Error::HostNotFound => "no such name",
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "no connection, or it broke off",
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => "its answer is too long",
        _ => "no HTTP, or no TLS that is trusted",
    })
}

/// Whoever the system trusts; the environment variables `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
fn roots() -> RootCerts {
    let found = rustls_native_certs::load_native_certs();
    let certificates = found.certs.iter().map(|one| Certificate::from_der(one).to_owned());
    let certificates: Vec<Certificate<'static>> = certificates.collect();
    if certificates.is_empty() {
        RootCerts::WebPki
    } else {
        RootCerts::Specific(Arc::new(certificates))
    }
}
