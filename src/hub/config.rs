//! How a hub is to run, and why it may not start.

use crate::{
    Clock,
    db::DbError,
    gateway::GatewayError,
    tls::{TlsError, TlsFiles},
};
use axum::http::Uri;
use jiff::Timestamp;
use std::{io, path::PathBuf, sync::Arc, time::Duration};

/// How a hub is to run.
pub struct Config {
    /// `ADDR:PORT`; port 0 takes any free one.
    pub listen: String,
    /// Where database and keys are, or the secret where the database is elsewhere; made if it is not there.
    pub data: PathBuf,
    /// The `postgres://` address of a database that several hubs may share, in place of one in the data directory.
    pub database: Option<String>,
    /// Fill the database with the demonstration city, and use its root.
    pub demo: bool,
    /// The region's root key (PKCS#8 DER), where the operator keeps it.
    pub root_key: Option<PathBuf>,
    /// The region that trust lists are for, six digits of GB/T 2260 or a name; the demonstration has its own.
    pub region: String,
    /// The name that documents are issued under; the demonstration has its own.
    pub issuer: String,
    /// How often missing days are added and the trust list is looked after.
    pub upkeep: Duration,
    /// Where the time comes from.
    pub clock: Clock,
    /// Clients come through a gateway that puts their addresses into `X-Forwarded-For`.
    pub behind_gateway: bool,
    /// Anyone may book for a patient whom they bring along, as with `demo`; else booking needs a sign-in.
    pub open: bool,
    /// Requests a second for each caller and each address on the average; 0 for any number.
    pub requests_per_second: u32,
    /// Serve TLS with this certificate.
    pub tls: Option<TlsFiles>,
    /// `ADDR:PORT` where metrics are served; without it they are not.
    pub metrics: Option<String>,
    /// A file that names departments which live in a hospital's own FHIR server.
    pub gateway: Option<PathBuf>,
    /// `http(s)://HOST[:PORT][/PATH]` under which clients reach the hub, where that is not where it listens: for the
    /// addresses in its answers.
    pub public_url: Option<String>,
    /// How long it still serves after a signal to stop, with `/ready` saying no.
    pub drain: Duration,
}

impl Config {
    /// A hub on an address with its data in a directory, everything else as usual.
    #[must_use]
    pub fn new(listen: impl Into<String>, data: impl Into<PathBuf>) -> Self {
        Self {
            listen: listen.into(),
            data: data.into(),
            database: None,
            demo: false,
            root_key: None,
            region: "local".to_owned(),
            issuer: "Anban hub".to_owned(),
            upkeep: Duration::from_secs(3600),
            clock: Arc::new(Timestamp::now),
            behind_gateway: false,
            open: false,
            requests_per_second: 20,
            tls: None,
            metrics: None,
            gateway: None,
            public_url: None,
            drain: Duration::ZERO,
        }
    }

    /// What the addresses in answers begin with, if that was said: without a slash at its end.
    pub(crate) fn public_url(&self) -> Result<Option<String>, StartError> {
        let Some(url) = &self.public_url else {
            return Ok(None);
        };
        let uri: Option<Uri> = url.parse().ok();
        let is_address = uri.is_some_and(|uri| {
            let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
            is_web && uri.authority().is_some_and(|place| !place.as_str().contains('@')) && uri.query().is_none()
        });
        if is_address && !url.contains('#') {
            Ok(Some(url.trim_end_matches('/').to_owned()))
        } else {
            Err(StartError::PublicUrl)
        }
    }
}

/// Why a hub could not start; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened on.
    #[error("can't listen on {address} ({source}): choose another address or port, or stop the program that has it")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The data directory can't be used.
    #[error("can't use the data directory {} ({source}): choose another with --data, or allow this user to write there", path.display())]
    Data {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another hub has the data directory.
    #[error("another hub is using the data directory {}: stop it, or choose another directory with --data", .0.display())]
    InUse(PathBuf),
    /// A file in the data directory can't be read or written.
    #[error("can't read or write {} ({source}): allow this user to", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key file is no key.
    #[error("{} can't be used as a key ({source}): restore it from a backup, or move it away and let the hub make a new one", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: anban_credential::KeyError,
    },
    /// A key file holds another key than the one that is noted.
    #[error("{} is not the key that the database has a note of: restore both from the same backup", .0.display())]
    OtherKey(PathBuf),
    /// A file is no secret.
    #[error("{} holds no secret of a hub (64 hexadecimal digits): copy it from another machine of this database, or from a backup", .0.display())]
    NoSecret(PathBuf),
    /// The keys in the database are sealed under another secret.
    #[error("the keys in this database are sealed with another secret: copy the file hub-secret from a hub that runs on it to {}", .0.display())]
    OtherSecret(PathBuf),
    /// A key that is noted is not in the database, or can't be opened.
    #[error("the database has not the key {0} that it has a note of: restore it from a backup")]
    LostKey(String),
    /// The address for clients is none.
    #[error(
        "--public-url is no address of the form https://HOST/PATH: give the one under which clients reach this hub"
    )]
    PublicUrl,
    /// The system gave no randomness.
    #[error("the system gave no randomness: look at /dev/urandom, then start again")]
    NoRandomness,
    /// The gateway can't be opened.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// TLS can't be spoken.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The database can't be opened or filled.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The trust list could not be signed.
    #[error("the trust list could not be signed: {0}")]
    Trust(String),
    /// The demonstration city's file is wrong.
    #[error("the demonstration city can't be read: {0}")]
    City(String),
    /// There is a real city in the database.
    #[error("the database holds another city: start without --demo, or choose an empty directory with --data")]
    NotEmpty,
    /// The system gave no threads.
    #[error("the system gave no threads ({0}): free some resources and start again")]
    Threads(io::Error),
}
