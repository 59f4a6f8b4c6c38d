//! What only a database elsewhere can do to a step: answer late, not at all, or to something that was asked before.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::db::{Database, backend::values, suite::server::Server};

fn note(session: &dyn Session, name: &str, value: &str) -> Result<(), DbError> {
    session.execute_later(
        "INSERT INTO notes (name, value) VALUES ($1, $2)",
        values![name, value].into(),
    )
}

#[test]
fn what_travels_later_is_done_in_its_order_before_what_comes_next_and_with_the_commit() {
    let db = Postgres::open(&Server::shared().database()).unwrap();
    let found = db.write(|session| {
        note(session, "order", "")?;
        for number in 0..50 {
            session.execute_later(
                "UPDATE notes SET value = value || CAST($1 AS TEXT) || ' ' WHERE name = 'order'",
                values![number.to_string()].into(),
            )?;
        }
        let found = session.first("SELECT value FROM notes WHERE name = 'order'", &[])?;
        note(session, "last", "kept")?;
        found.unwrap().get::<String>(0)
    });
    let order: String = (0..50).map(|number| format!("{number} ")).collect();
    assert_eq!(found.unwrap(), order);
    assert_eq!(db.note("last", "lost").unwrap(), "kept");
}

#[test]
fn what_fails_later_undoes_the_step_whether_a_statement_finds_it_or_the_commit() {
    let db = Postgres::open(&Server::shared().database()).unwrap();
    db.note("there", "first").unwrap();
    let by_the_commit = db.write(|session| {
        note(session, "new", "x")?;
        note(session, "there", "second")
    });
    assert!(matches!(by_the_commit, Err(DbError::KeyTaken(_))), "{by_the_commit:?}");
    let by_a_statement = db.write(|session| {
        note(session, "there", "second")?;
        session.execute("INSERT INTO notes (name, value) VALUES ('new', 'x')", &[])
    });
    assert!(
        matches!(by_a_statement, Err(DbError::KeyTaken(_))),
        "{by_a_statement:?}"
    );
    let not_handed_on = db.write(|session| {
        note(session, "there", "second")?;
        let _ = session.execute("INSERT INTO notes (name, value) VALUES ('new', 'x')", &[]);
        Ok(())
    });
    assert!(matches!(not_handed_on, Err(DbError::WentOn)), "{not_handed_on:?}");
    assert_eq!(db.note("new", "none").unwrap(), "none");
    assert_eq!(db.note("there", "none").unwrap(), "first");
}

#[test]
fn a_commit_that_is_not_answered_is_neither_a_yes_nor_a_no() {
    let (server, short) = (Server::shared(), Duration::from_millis(300));
    let url = server.database();
    let db = Postgres::open_within(&url, short).unwrap();
    server.query(
        &url,
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER late AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION dawdle()",
    );
    let done = db.write(|session| note(session, "late", "kept"));
    assert!(matches!(done, Err(DbError::Unknown)), "{done:?}");
    // This time it has been done.
    let until = Instant::now() + Duration::from_secs(10);
    while server.query(&url, "SELECT value FROM notes WHERE name = 'late'") != "kept" {
        assert!(Instant::now() < until);
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_hub_that_starts_waits_for_anothers_migration_as_long_as_that_takes() {
    let server = Server::shared();
    let url = server.database();
    drop(Postgres::open(&url).unwrap());
    // As a hub of this version finds it while the last migration is under way elsewhere.
    server.query(
        &url,
        "CREATE TABLE done AS SELECT MAX(number) AS number FROM migrations",
    );
    server.query(&url, "DELETE FROM migrations WHERE number IN (SELECT number FROM done)");
    let other = thread::spawn({
        let url = url.clone();
        move || {
            let sql = "BEGIN; UPDATE migrations SET number = 0 WHERE number = 0; SELECT pg_sleep(2);
                 INSERT INTO migrations SELECT number FROM done; COMMIT";
            server.query(&url, sql)
        }
    });
    let is_held = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
         AND query LIKE '%pg_sleep%' AND wait_event = 'PgSleep'";
    while server.query(&url, is_held) != "1" {
        thread::sleep(Duration::from_millis(20));
    }
    let begun = Instant::now();
    Postgres::open_within(&url, Duration::from_millis(300)).unwrap();
    assert!(begun.elapsed() > Duration::from_secs(1), "it has not waited");
    other.join().unwrap();
}
