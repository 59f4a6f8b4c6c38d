//! What writes that share a commit are told.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::{super::Database, *};
use crate::db::{Obstacle, backend::values};
use std::{
    sync::{MutexGuard, mpsc},
    thread,
};

/// Starts writes while the writer is held, and lets it go when all of them queue.
fn together(db: &Arc<Sqlite>, steps: usize, write: impl Fn(&Sqlite, usize) + Clone + Send + 'static) -> u64 {
    let held: MutexGuard<'_, Writer> = db.writer.lock().unwrap();
    let before = held.commits;
    let threads: Vec<_> = (0..steps)
        .map(|number| {
            let (db, write) = (Arc::clone(db), write.clone());
            thread::spawn(move || write(&db, number))
        })
        .collect();
    while db.queue.load(Ordering::SeqCst) < steps {
        thread::yield_now();
    }
    drop(held);
    for thread in threads {
        // Some of them panic by intention.
        let _ = thread.join();
    }
    db.writer.lock().unwrap().commits - before
}

fn insert(session: &dyn Session, number: usize) -> Result<u64, DbError> {
    session.execute(
        "INSERT INTO notes (name, value) VALUES ($1, 'x')",
        &values![number.to_string()],
    )
}

fn kept(db: &Sqlite) -> i64 {
    let kept = db.read(|session| {
        session
            .first("SELECT COUNT(*) FROM notes WHERE value = 'x'", &[])?
            .unwrap()
            .get(0)
    });
    kept.unwrap()
}

#[test]
fn writes_that_wait_share_one_commit() {
    let dir = tempfile::tempdir().unwrap();
    let db = Arc::new(Sqlite::open(&dir.path().join("hub.db")).unwrap());
    let commits = together(&db, 40, |db, number| {
        db.write(|session| insert(session, number)).unwrap();
        // Who is told that it is done finds it, from another connection.
        assert_eq!(db.note(&number.to_string(), "lost").unwrap(), "x");
    });
    // The notes that are asked for are steps as well, in groups of their own.
    assert!(commits <= 41, "{commits}");
    let commits = together(&db, 40, |db, number| {
        db.write(|session| insert(session, 100 + number)).map(drop).unwrap();
    });
    assert_eq!((commits, kept(&db)), (1, 80));
}

#[test]
fn a_step_that_fails_or_breaks_off_takes_none_of_its_neighbours_along() {
    let dir = tempfile::tempdir().unwrap();
    let db = Arc::new(Sqlite::open(&dir.path().join("hub.db")).unwrap());
    together(&db, 40, |db, number| {
        let result = db.write(|session| {
            insert(session, number)?;
            match number % 4 {
                0 => Err(DbError::Damaged("test")),
                1 => insert(session, number),
                2 => panic!("by intention"),
                _ => Ok(1),
            }
        });
        assert_eq!(result.is_ok(), number % 4 == 3);
    });
    assert_eq!(kept(&db), 10);
}

#[test]
fn a_step_that_goes_on_after_a_failure_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let db = Sqlite::open(&dir.path().join("hub.db")).unwrap();
    let result = db.write(|session| {
        insert(session, 1)?;
        let _ = insert(session, 1);
        Ok(())
    });
    assert!(matches!(result, Err(DbError::WentOn)));
    assert_eq!(kept(&db), 0);
}

type Step<T> = Box<dyn Fn(&Sqlite) -> T + Send>;

/// Does one step after the other as one group, in their order. Nobody is told anything before the last of them.
fn as_one_group<T: Send + 'static>(db: &Arc<Sqlite>, steps: Vec<Step<T>>) -> Vec<T> {
    // As if somebody more were in the queue, until the last comes.
    db.queue.fetch_add(1, Ordering::SeqCst);
    let (last, (tell, told)) = (steps.len() - 1, mpsc::channel());
    let mut threads = vec![];
    for (number, step) in steps.into_iter().enumerate() {
        if number == last {
            let early = told.recv_timeout(Duration::from_millis(50));
            assert!(early.is_err(), "somebody was told before the commit");
            db.queue.fetch_sub(1, Ordering::SeqCst);
        }
        let (db, tell) = (Arc::clone(db), tell.clone());
        threads.push(thread::spawn({
            let db = Arc::clone(&db);
            move || {
                let result = step(&db);
                let _ = tell.send(());
                result
            }
        }));
        let has_come = |writer: &Writer| writer.group.is_some() && writer.size > number;
        while number < last && !has_come(&db.writer.lock().unwrap()) {
            thread::yield_now();
        }
    }
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// Takes the name if it is free.
fn take(db: &Sqlite) -> Result<(), DbError> {
    db.write(|session| {
        let taken = session.execute(
            "INSERT INTO notes (name, value) VALUES ('slot', 'x') ON CONFLICT DO NOTHING",
            &[],
        )?;
        if taken == 1 {
            Ok(())
        } else {
            Err(DbError::Refused(0, Obstacle::Taken))
        }
    })
}

#[test]
fn whoever_is_refused_for_a_neighbours_step_finds_it_from_another_connection() {
    let dir = tempfile::tempdir().unwrap();
    let db = Arc::new(Sqlite::open(&dir.path().join("hub.db")).unwrap());
    let taken = |db: &Sqlite| (take(db), kept(db));
    let done = as_one_group(&db, vec![Box::new(taken), Box::new(taken), Box::new(taken)]);
    assert!(matches!(
        done[..],
        [
            (Ok(()), 1),
            (Err(DbError::Refused(0, Obstacle::Taken)), 1),
            (Err(DbError::Refused(0, Obstacle::Taken)), 1)
        ]
    ));
}

#[test]
fn a_refusal_for_what_was_never_committed_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let db = Arc::new(Sqlite::open(&dir.path().join("hub.db")).unwrap());
    // A constraint that is looked at by the commit, and broken: the commit fails.
    let writer = db.writer.lock().unwrap();
    let broken = "PRAGMA foreign_keys = ON;
         CREATE TABLE children (parent TEXT REFERENCES notes (name) DEFERRABLE INITIALLY DEFERRED)";
    writer.connection.execute_batch(broken).unwrap();
    drop(writer);
    let done = as_one_group(
        &db,
        vec![
            Box::new(take),
            Box::new(take),
            Box::new(|db| {
                db.write(|session| {
                    insert(session, 1)?;
                    insert(session, 1).map(drop)
                })
            }),
            Box::new(|db| db.write(|session| session.execute("INSERT INTO children VALUES ('nobody')", &[]).map(drop))),
            Box::new(|db| db.write(|_| Err(DbError::Damaged("test")))),
        ],
    );
    assert!(matches!(
        done[..],
        [
            Err(DbError::Unknown),
            Err(DbError::Unknown),
            // The key was the step's own, but who is to know.
            Err(DbError::Unknown),
            Err(DbError::Unknown),
            Err(DbError::Damaged("test"))
        ]
    ));
    assert_eq!(kept(&db), 0);
    // The next group knows nothing of it.
    assert!(take(&db).is_ok());
}
