//! Several servers of which one hangs: it accepts connections, and says nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::db::{Database, backend::values, suite::server::Server};
use std::{
    cell::Cell,
    net::TcpListener,
    path::Path,
    sync::{Arc, Barrier},
};

#[path = "../../tests/support/proxy.rs"]
mod proxy;
use proxy::Proxy;

/// Each server has a second to give a connection, a connection may idle for a fifth of one, and a statement may take two.
const OPTIONS: &str = "connect_timeout=1&target_session_attrs=read-write";
const SILENT: Duration = Duration::from_secs(2);

fn open(hosts: &[&str], database: &str) -> Result<Postgres, DbError> {
    let url = format!("postgres://postgres:geheim@{}/{database}?{OPTIONS}", hosts.join(","));
    Postgres::open_within(&url, SILENT)
}

fn at(socket: &Path) -> String {
    socket.to_str().unwrap().replace('/', "%2F")
}

fn name(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

/// One whose kernel accepts, and where nobody ever looks.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    (listener, host)
}

/// How many connections were opened there.
fn asked(listener: &TcpListener) -> usize {
    listener.set_nonblocking(true).unwrap();
    std::iter::from_fn(|| listener.accept().ok()).count()
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_asked_once_and_passed_over() {
    let server = Server::shared();
    let (database, (listener, hangs)) = (server.database(), silent());
    let begun = Instant::now();
    let db = Arc::new(open(&[&hangs, &at(server.socket())], name(&database)).unwrap());
    assert!(begun.elapsed() < CONNECTING, "{:?}", begun.elapsed());
    // All connections there can be, at the same time.
    let together = Arc::new(Barrier::new(CONNECTIONS));
    let steps: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (db, together) = (Arc::clone(&db), Arc::clone(&together));
            thread::spawn(move || {
                let is_first = Cell::new(true);
                db.read(|session| {
                    session.query("SELECT 1", &[])?;
                    if is_first.replace(false) {
                        together.wait();
                    }
                    Ok(())
                })
            })
        })
        .collect();
    for step in steps {
        step.join().unwrap().unwrap();
    }
    assert_eq!(asked(&listener), 1);
}

#[test]
fn servers_of_which_none_answers_are_each_given_their_time_and_named_without_the_password() {
    let [(_first, a), (_second, b)] = [silent(), silent()];
    let begun = Instant::now();
    let error = open(&[&a, &b], "hub").unwrap_err();
    assert!(matches!(error, DbError::Unavailable(_)), "{error:?}");
    assert!((2..8).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let said = error.to_string();
    assert!(
        said.contains(&format!("{a}: it says nothing; {b}: it says nothing")),
        "{said}"
    );
    assert!(!said.contains("geheim"), "{said}");
}

#[test]
fn a_server_that_only_reads_is_passed_over_and_said_to_be_one() {
    let (writes, reads) = (Server::shared(), Server::start(&["fsync=off"]));
    let url = writes.database();
    let database = name(&url);
    reads.query("postgres", &format!("CREATE DATABASE {database} TEMPLATE template0"));
    reads.query(
        "postgres",
        &format!("ALTER DATABASE {database} SET default_transaction_read_only = on"),
    );
    let [reader, writer] = [&reads, writes].map(|server| at(server.socket()));
    open(&[&reader, &writer], database)
        .unwrap()
        .note("kept", "here")
        .unwrap();
    assert_eq!(
        writes.query(&url, "SELECT value FROM notes WHERE name = 'kept'"),
        "here"
    );
    let error = open(&[&reader], database).unwrap_err();
    assert!(error.to_string().contains("it takes no writes"), "{error}");
}

#[test]
fn a_step_after_a_pause_in_which_its_server_began_to_hang_is_done_on_the_next_server() {
    let server = Server::shared();
    let (url, first) = (server.database(), Proxy::before(server.socket()));
    let db = open(&[&at(first.socket()), &at(server.socket())], name(&url)).unwrap();
    db.note("before", "x").unwrap();
    first.hang(true);
    thread::sleep(SILENT / TRUST * 2);
    let begun = Instant::now();
    db.note("after", "y").unwrap();
    assert!(begun.elapsed() < CONNECTING, "{:?}", begun.elapsed());
    assert_eq!(
        server.query(&url, "SELECT COUNT(*) FROM notes WHERE name IN ('before', 'after')"),
        "2"
    );
    // Nobody waits for the other one any more.
    let begun = Instant::now();
    db.note("again", "z").unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[test]
fn a_step_during_which_its_server_begins_to_hang_is_done_on_the_next_server_or_its_end_is_not_known() {
    let server = Server::shared();
    for is_commit in [false, true] {
        let (url, first) = (server.database(), Proxy::before(server.socket()));
        let db = open(&[&at(first.socket()), &at(server.socket())], name(&url)).unwrap();
        let runs = Cell::new(0);
        let done = db.write(|session| {
            runs.set(runs.get() + 1);
            let insert = "INSERT INTO notes (name, value) VALUES ($1, 'x')";
            session.execute(insert, &values![format!("run {}", runs.get())])?;
            first.hang(true);
            if !is_commit {
                session.execute(insert, &values!["and"])?;
            }
            Ok(())
        });
        if is_commit {
            assert!(matches!(done, Err(DbError::Unknown)), "{done:?}");
        } else {
            done.unwrap();
        }
        let kept = "SELECT name FROM notes WHERE name IN ('run 1', 'run 2', 'and') ORDER BY name";
        assert_eq!(server.query(&url, kept), if is_commit { "" } else { "and\nrun 2" });
        // Nobody waits for the other one any more.
        let begun = Instant::now();
        db.note("next", "z").unwrap();
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_server_that_is_alone_and_hangs_for_a_moment_costs_no_step() {
    let server = Server::shared();
    let (url, only) = (server.database(), Proxy::before(server.socket()));
    let db = Arc::new(open(&[&at(only.socket())], name(&url)).unwrap());
    only.hang(true);
    thread::sleep(SILENT / TRUST * 2);
    let step = thread::spawn({
        let db = Arc::clone(&db);
        move || db.note("kept", "x")
    });
    thread::sleep(Duration::from_secs(3));
    only.hang(false);
    step.join().unwrap().unwrap();
    assert_eq!(server.query(&url, "SELECT value FROM notes WHERE name = 'kept'"), "x");
}
