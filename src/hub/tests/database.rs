//! The way from a hub to its PostgreSQL database: encrypted, to the right server alone, and gone.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_hub::{Config, Hub, RunningHub, StartError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};
use support::{postgres::Server, *};

fn start(data: &Path, database: &str) -> Result<RunningHub, StartError> {
    Hub::start(Config {
        demo: true,
        database: Some(database.to_owned()),
        ..Config::new("127.0.0.1:0", data)
    })
}

/// An authority, with its certificate in a file of this name.
fn authority(folder: &Path, name: &str) -> (PathBuf, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let file = folder.join(name);
    fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
    (file, Issuer::new(params, key))
}

#[test]
fn a_hub_books_over_an_encrypted_way_to_the_server_that_its_authority_vouches_for_and_to_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (own, issuer) = authority(folder.path(), "own.pem");
    let (other, _) = authority(folder.path(), "other.pem");
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &issuer).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::start_on(
        port,
        &[
            "fsync=off",
            "listen_addresses=127.0.0.1",
            "ssl=on",
            "ssl_cert_file=../server.crt",
            "ssl_key_file=../server.key",
        ],
        &[("server.crt", &certificate.pem()), ("server.key", &key.serialize_pem())],
    );
    let name = server.database();
    let name = name.rsplit('/').next().unwrap();
    let url = |host: &str, authority: &Path| {
        let authority = authority.to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{host}:{port}/{name}?sslmode=verify-full&sslrootcert={authority}")
    };

    let hub = start(folder.path(), &url("localhost", &own)).unwrap();
    let offer = free(&hub.url()).remove(0);
    assert_eq!(book(&hub.url(), &wish(&offer.slot)).status, 200);
    let ways = server.query(
        name,
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'anban-hub'",
    );
    assert_eq!(ways, "t", "every connection is encrypted");
    hub.shutdown();

    let booked = "SELECT COUNT(*) FROM appointments";
    assert_eq!(server.query(name, booked), "1");
    // Somebody else's authority; and the right one, for a server of another name.
    for url in [url("localhost", &other), url("127.0.0.1", &own)] {
        let begun = Instant::now();
        let Err(error) = start(folder.path(), &url) else {
            panic!("the hub believes {url}")
        };
        let told = error.to_string();
        assert!(told.contains("certificate"), "{told}");
        assert!(begun.elapsed() < Duration::from_secs(20), "it is told at once");
    }
}

#[test]
fn a_hub_whose_database_is_away_is_not_ready_until_it_is_back() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(&["fsync=off"]);
    let database = server.database();
    let name = database.rsplit('/').next().unwrap();
    let hub = start(data.path(), &database).unwrap();
    let ready = |status: u16| {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let ready = get(&hub.url(), "/ready");
            if ready.status == status {
                return String::from_utf8(ready.body).unwrap();
            }
            assert!(Instant::now() < until, "/ready does not say {status}");
        }
    };
    ready(200);
    // Whoever is connected is thrown out, and nobody is let in.
    server.query("postgres", &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    let throw_out = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    server.query("postgres", &throw_out);
    let text = ready(503);
    assert!(text.contains("the database can't be reached"), "{text}");
    server.query("postgres", &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    ready(200);
}

#[test]
fn the_log_names_the_server_that_does_not_answer_once_and_no_password() {
    let (data, server) = (tempfile::tempdir().unwrap(), Server::shared());
    let url = server.database();
    drop(start(data.path(), &url).unwrap());
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().to_string();
    let place = url.strip_prefix("postgres://postgres@").unwrap();
    let both = format!("postgres://postgres:geheim@{silent},{place}?connect_timeout=1");
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_anban-hub"))
        .args(["staff", "list", "--database", &both, "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{told}");
    let named: Vec<_> = told.lines().filter(|line| line.contains(&silent)).collect();
    assert_eq!(named.len(), 1, "{told}");
    assert!(!told.contains("geheim"), "{told}");
}
