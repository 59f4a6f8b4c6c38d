//! Messages to one hub and back, with an end in time and in size.
//!
//! An [`Exchange`] is made for one request or fetch. However many messages that takes, they share one deadline.
//! What comes back is a status and a body, or a [`Trouble`]; what they mean is said in [`crate::answers`] and
//! [`crate::listings`].
//!
//! Each message has a connection of its own: there are a few an hour, and a connection that was kept would be the
//! wrong one after the network has changed. Redirects are not followed, to nowhere: a hub does not redirect, and a
//! café's sign-in page does. The environment's proxy is not asked, since a hub at home is not behind it. Bodies come
//! uncompressed (the HTTP library is built without gzip), so a small answer can't become a large one.

use std::cell::RefCell;
use std::io;
use std::time::Instant;

use anban_core::outbox::Trouble;
use ureq::http::{Method, Request};
use ureq::{Agent, Error, Timeout};

use crate::address::{Base, is_id};
use crate::limits::Limits;
use crate::roots;

/// The header in which a hub names the life of its database.
const EPOCH: &str = "anban-epoch";

/// Longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// One message to a hub.
#[derive(Clone)]
pub(crate) struct Message<'a> {
    /// For the log: names the kind of message and nothing that is in it.
    pub name: &'static str,
    pub method: Method,
    /// Below the hub's address.
    pub path: &'a str,
    /// Media type of the body and of the answer that is wanted.
    pub media: &'static str,
    /// Media type of the body, where it is another one.
    pub sends: Option<&'static str>,
    /// Who asks: `Basic …` or `Bearer …`.
    pub authorization: Option<String>,
    /// Goes out as `If-None-Exist`: do it only if this search finds nothing.
    pub unless: Option<String>,
    pub body: Option<Vec<u8>>,
    /// Goes out as `If-Match`: do it only if the resource is still that version.
    pub version: Option<String>,
    /// Most bytes of the answer.
    pub cap: u64,
}

impl<'a> Message<'a> {
    pub fn get(name: &'static str, path: &'a str, media: &'static str, cap: u64) -> Self {
        Self {
            name,
            method: Method::GET,
            path,
            media,
            sends: None,
            authorization: None,
            unless: None,
            body: None,
            version: None,
            cap,
        }
    }

    pub fn post(name: &'static str, path: &'a str, media: &'static str, body: Vec<u8>, cap: u64) -> Self {
        Self {
            method: Method::POST,
            body: Some(body),
            ..Self::get(name, path, media, cap)
        }
    }
}

/// What a hub answered.
pub(crate) struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The HTTP client that every exchange uses.
pub(crate) fn agent(limits: &Limits) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .max_response_header_size(LONGEST_HEAD)
        .timeout_connect(Some(limits.connect))
        .timeout_global(Some(limits.whole))
        .tls_config(roots::config())
        .user_agent(concat!("anban/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Messages to one hub that share one deadline.
pub(crate) struct Exchange<'a> {
    agent: &'a Agent,
    base: Base,
    until: Instant,
    /// Out of which life of its database the hub has answered last.
    epoch: RefCell<Option<String>>,
}

impl<'a> Exchange<'a> {
    pub fn with(agent: &'a Agent, hub: &str, limits: &Limits) -> Result<Self, Trouble> {
        let base = Base::parse(hub).map_err(|error| {
            tracing::warn!("{error}");
            Trouble::BadAddress
        })?;
        Ok(Self {
            agent,
            base,
            until: Instant::now() + limits.whole,
            epoch: RefCell::default(),
        })
    }

    /// The path below `base` (itself below the hub's address) that an address of this hub has, such as that of a next
    /// page; none of another host's.
    pub fn below(&self, base: &str, address: &str) -> Option<String> {
        let path = address.strip_prefix(&self.base.at(base)).or_else(|| {
            // Relative to the base.
            (!address.contains("://") && !address.starts_with('/')).then_some(address)
        })?;
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '#' | '\\');
        (path.chars().all(is_plain) && !path.contains("..")).then(|| path.trim_start_matches('/').to_owned())
    }

    /// The hub's name for the life of its database, if it has told one in this exchange.
    pub fn epoch(&self) -> Option<String> {
        self.epoch.borrow().clone()
    }

    /// The address of something at this hub.
    pub fn at(&self, path: &str) -> String {
        self.base.at(path)
    }

    /// Sends a message and waits for its answer, whatever status that has.
    pub fn send(&self, message: &Message<'_>) -> Result<Reply, Trouble> {
        let (name, began) = (message.name, Instant::now());
        let result = self.talk(message).map_err(|error| trouble(&error));
        let milliseconds = began.elapsed().as_millis();
        match &result {
            Ok(reply) => tracing::info!(
                name,
                status = reply.status,
                bytes = reply.body.len(),
                milliseconds,
                "the hub answered"
            ),
            Err(trouble) => tracing::info!(name, ?trouble, milliseconds, "no answer from the hub"),
        }
        result
    }

    fn talk(&self, message: &Message<'_>) -> Result<Reply, Error> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::Timeout(Timeout::Global));
        }
        let mut head = Request::builder()
            .method(&message.method)
            .uri(self.base.at(message.path))
            .header("accept", message.media);
        let more = [
            ("if-match", &message.version),
            ("if-none-exist", &message.unless),
            ("authorization", &message.authorization),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                head = head.header(name, value);
            }
        }
        let mut response = match &message.body {
            None => {
                let request = self
                    .agent
                    .configure_request(head.body(())?)
                    .timeout_global(Some(left))
                    .build();
                self.agent.run(request)?
            }
            Some(body) => {
                let head = head.header("content-type", message.sends.unwrap_or(message.media));
                let request = self
                    .agent
                    .configure_request(head.body(body.as_slice())?)
                    .timeout_global(Some(left))
                    .build();
                self.agent.run(request)?
            }
        };
        let epoch = response.headers().get(EPOCH).and_then(|epoch| epoch.to_str().ok());
        if let Some(epoch) = epoch.filter(|epoch| is_id(epoch)) {
            *self.epoch.borrow_mut() = Some(epoch.to_owned());
        }
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(message.cap).read_to_vec()?;
        Ok(Reply { status, body })
    }
}

/// What a failed message means to a person.
fn trouble(error: &Error) -> Trouble {
    match error {
        // As long as no connection stands, nobody was reached who could be slow.
        Error::Timeout(Timeout::Resolve | Timeout::Connect) | Error::HostNotFound | Error::ConnectionFailed => {
            Trouble::Unreachable
        }
        Error::Timeout(_) => Trouble::Slow,
        Error::Io(error) => match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Trouble::Slow,
            // What TLS and the reader of bodies say of bytes that make no sense.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Trouble::Rubbish,
            // Refused, reset, no route, no such name, cut in the middle of an answer: the way is broken.
            _ => Trouble::Unreachable,
        },
        Error::BadUri(_) | Error::Http(_) => Trouble::BadAddress,
        _ => Trouble::Rubbish,
    }
}
