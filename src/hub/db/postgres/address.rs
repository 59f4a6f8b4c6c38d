//! The address of a database, as the operator gives it.
//!
//! `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME?target_session_attrs=read-write`, as libpq has it. Of its options
//! for TLS there are two forms here: without `sslmode` the connection is not encrypted, and with `sslmode=verify-full`
//! and `sslrootcert=FILE` it is, and the server must prove its name by that authority (PEM). `require` means the same:
//! a connection that is encrypted for whoever answers protects a password from nobody.

use super::{CONNECTING, SILENCE};
use crate::db::DbError;
use std::{str::FromStr, sync::Arc};
use tokio_postgres::{
    Config,
    config::{SslMode, SslNegotiation},
};
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Where the database is, and how the way there is protected.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: Option<ClientConfig>,
}

impl Address {
    /// Reads an address. No error repeats it.
    pub(super) fn parse(url: &str) -> Result<Self, DbError> {
        let (url, authority) = without_authority(url);
        let mut config = Config::from_str(&url).map_err(|_| DbError::Address)?;
        if config.get_hosts().is_empty() {
            return Err(DbError::Address);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECTING);
        }
        if config.get_application_name().is_none() {
            config.application_name("anban-hub");
        }
        config.keepalives_idle(SILENCE / 2).keepalives_interval(SILENCE / 4);
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        let is_encrypted =
            config.get_ssl_mode() == SslMode::Require || config.get_ssl_negotiation() == SslNegotiation::Direct;
        let tls = match (is_encrypted, authority) {
            (true, Some(file)) => Some(tls(&file)?),
            (true, None) => return Err(DbError::NoAuthority),
            (false, Some(_)) => return Err(DbError::NoAuthority),
            (false, None) => {
                config.ssl_mode(SslMode::Disable);
                None
            }
        };
        Ok(Self { config, tls })
    }
}

/// Takes the options out that the library does not know, or knows under another name.
fn without_authority(url: &str) -> (String, Option<String>) {
    let Some((place, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let mut authority = None;
    let mut kept = vec![];
    for option in query.split('&') {
        match option.split_once('=') {
            Some(("sslrootcert", _)) => {
                let file = form_urlencoded::parse(option.as_bytes()).next();
                authority = file.map(|(_, file)| file.into_owned());
            }
            Some(("sslmode", "verify-full" | "verify-ca")) => kept.push("sslmode=require"),
            _ => kept.push(option),
        }
    }
    (format!("{place}?{}", kept.join("&")), authority)
}

fn tls(authority: &str) -> Result<ClientConfig, DbError> {
    let unusable = || DbError::Authority(authority.to_owned());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).map_err(|_| unusable())? {
        roots
            .add(certificate.map_err(|_| unusable())?)
            .map_err(|_| unusable())?;
    }
    if roots.is_empty() {
        return Err(unusable());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| unusable())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn an_address_that_is_none_is_refused_without_repeating_its_password() {
        for url in [
            "postgres://anban:geheim@host:port/x",
            "postgres://anban:geheim@host/x?unknown=1",
            "postgres://anban:geheim@host/x?sslmode=sometimes",
            "postgres://anban:geheim@host/x?sslmode=require",
            "postgres://anban:geheim@host/x?sslmode=verify-full&sslrootcert=/no/such/file",
            "geheim",
            "",
        ] {
            let Err(error) = Address::parse(url) else {
                panic!("{url} was taken")
            };
            assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
        }
    }

    #[test]
    fn several_hosts_and_the_one_that_writes_are_understood() {
        let address = Address::parse("postgres://u:p@a:5433,b:5434/hub?target_session_attrs=read-write").unwrap();
        assert_eq!(address.config.get_hosts().len(), 2);
        assert_eq!(address.config.get_ports(), [5433, 5434]);
        assert!(address.tls.is_none());
    }
}
