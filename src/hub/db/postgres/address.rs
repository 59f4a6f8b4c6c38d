//! The address of a database, as the operator gives it.
//!
//! `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME?target_session_attrs=read-write`, as libpq has it. Of its options
//! for TLS there are two forms here: without `sslmode` the connection is not encrypted, and with `sslmode=verify-full`
//! and `sslrootcert=FILE` it is, and the server must prove its name by that authority (PEM). `require` means the same:
//! a connection that is encrypted for whoever answers protects a password from nobody.
//!
//! Several hosts are several servers here, each with a form of the address that names it alone: `servers` asks one after
//! the other, and gives each its own time.

use super::{CONNECTING, SILENCE};
use crate::db::DbError;
use std::{str::FromStr, sync::Arc, time::Duration};
use tokio_postgres::{
    Config,
    config::{Host, SslMode, SslNegotiation, TargetSessionAttrs},
};
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Where the database is, and how the way there is protected.
pub(super) struct Address {
    /// The name of each server, for people, and how to connect to it alone; in the order of the address.
    pub(super) servers: Vec<(String, Config)>,
    /// Which of them is wanted.
    pub(super) wanted: TargetSessionAttrs,
    /// How long a server may take to give a connection: `connect_timeout`, as libpq has it.
    pub(super) limit: Duration,
    pub(super) tls: Option<ClientConfig>,
}

impl Address {
    /// Reads an address. No error repeats it.
    pub(super) fn parse(url: &str) -> Result<Self, DbError> {
        let (url, authority) = without_authority(url);
        let mut config = Config::from_str(&url).map_err(|_| DbError::Address)?;
        let limit = config.get_connect_timeout().copied().unwrap_or(CONNECTING);
        config.connect_timeout(limit);
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
        Ok(Self {
            servers: alone(&config)?,
            wanted: config.get_target_session_attrs(),
            limit,
            tls,
        })
    }
}

/// Takes the hosts of an address apart. Whether one is wanted is not the library's to find out: see `servers`.
fn alone(all: &Config) -> Result<Vec<(String, Config)>, DbError> {
    let (hosts, ports, numbers) = (all.get_hosts(), all.get_ports(), all.get_hostaddrs());
    let fit = |count: usize, least: usize| count <= least || count == hosts.len();
    if hosts.is_empty() || !fit(ports.len(), 1) || !fit(numbers.len(), 0) {
        return Err(DbError::Address);
    }
    let port = |number: usize| ports.get(number).or(ports.first()).copied().unwrap_or(5432);
    let server = |(number, host): (usize, &Host)| {
        let (name, mut config) = (name(host, port(number)), for_any_host(all));
        match host {
            Host::Tcp(host) => config.host(host),
            #[cfg(unix)]
            Host::Unix(folder) => config.host_path(folder),
        };
        config.port(port(number));
        if let Some(number) = numbers.get(number) {
            config.hostaddr(*number);
        }
        (name, config)
    };
    Ok(hosts.iter().enumerate().map(server).collect())
}

fn name(host: &Host, port: u16) -> String {
    match host {
        Host::Tcp(host) if host.contains(':') => format!("[{host}]:{port}"),
        Host::Tcp(host) => format!("{host}:{port}"),
        #[cfg(unix)]
        Host::Unix(folder) => format!("{}:{port}", folder.display()),
    }
}

/// All that the address says but where; the library can't take a host out of one.
fn for_any_host(all: &Config) -> Config {
    let mut config = Config::new();
    all.get_user().map(|user| config.user(user));
    all.get_password().map(|password| config.password(password));
    all.get_dbname().map(|name| config.dbname(name));
    all.get_options().map(|options| config.options(options));
    all.get_application_name().map(|name| config.application_name(name));
    all.get_connect_timeout().map(|limit| config.connect_timeout(*limit));
    all.get_tcp_user_timeout().map(|limit| config.tcp_user_timeout(*limit));
    all.get_keepalives_interval()
        .map(|interval| config.keepalives_interval(interval));
    all.get_keepalives_retries()
        .map(|count| config.keepalives_retries(count));
    config
        .keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle())
        .ssl_mode(all.get_ssl_mode())
        .ssl_negotiation(all.get_ssl_negotiation())
        .channel_binding(all.get_channel_binding())
        .load_balance_hosts(all.get_load_balance_hosts());
    config
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
        let names: Vec<_> = address.servers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a:5433", "b:5434"]);
        assert_eq!(address.wanted, TargetSessionAttrs::ReadWrite);
        assert_eq!(address.limit, CONNECTING);
        assert!(address.tls.is_none());
    }

    #[test]
    fn each_host_is_a_server_with_all_that_the_address_says() {
        let all = "user=u password=p dbname=d options='-c a=b' application_name=n connect_timeout=3 tcp_user_timeout=4
            keepalives=1 keepalives_interval=6 keepalives_retries=7 channel_binding=disable load_balance_hosts=random";
        let hosts = "host=a,/run/b hostaddr=127.0.0.1,127.0.0.2 port=5433,5434 target_session_attrs=read-only";
        let address = Address::parse(&format!("{all} {hosts}")).unwrap();
        let [(first, a), (second, b)] = address.servers.try_into().unwrap();
        assert_eq!([first.as_str(), second.as_str()], ["a:5433", "/run/b:5434"]);
        for (config, own) in [
            (a, "host=a hostaddr=127.0.0.1 port=5433"),
            (b, "host=/run/b hostaddr=127.0.0.2 port=5434"),
        ] {
            // What the hub has as a default, the test has not to repeat; what is given is there to the letter.
            let own = format!("{all} {own} sslmode=disable keepalives_idle={}", SILENCE.as_secs() / 2);
            let mut own = Config::from_str(&own).unwrap();
            own.keepalives_interval(SILENCE / 4);
            assert_eq!(config, own);
            assert_eq!(config.get_password(), Some(&b"p"[..]));
        }
        assert_eq!(address.limit, Duration::from_secs(3));
    }

    #[test]
    fn hosts_and_ports_that_do_not_fit_are_refused() {
        for url in [
            "host=a,b,c port=1,2",
            "host=a,b hostaddr=127.0.0.1",
            "hostaddr=127.0.0.1 port=1",
        ] {
            assert!(matches!(Address::parse(url), Err(DbError::Address)), "{url}");
        }
    }
}
