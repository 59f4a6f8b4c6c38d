//! The threads: nobody waits for anybody, and the end comes in time.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::Write;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anban_core::effect::{Fetched, Wanted};
use anban_core::outbox::{Answer, Trouble};
use anban_sync::{Limits, Report, Sync};
use common::*;

const SOON: Duration = Duration::from_secs(5);

fn start(limits: Limits) -> (Sync, Receiver<Report>) {
    let (reports, reported) = mpsc::channel();
    // The last reports of a test that is over have no one to take them.
    (
        Sync::start_with(limits, move |report| {
            // Which network this machine has is told at the start, and is not what these tests are about.
            if !matches!(report, Report::Link(_)) {
                drop(reports.send(report));
            }
        }),
        reported,
    )
}

fn hangs() -> String {
    server(|_, stream| {
        thread::sleep(Duration::from_secs(20));
        drop(stream);
    })
}

#[test]
fn a_fetch_that_hangs_does_not_hold_a_booking_up() {
    let (sync, reported) = start(Limits {
        whole: Duration::from_secs(3),
        ..short()
    });
    let began = Instant::now();
    sync.fetch(None, hangs(), Wanted::Directory, now());
    sync.send(
        None,
        says(http("500 Internal Server Error", "text/plain", "")),
        request_id(1),
        booking(Some("s1")),
    );
    assert!(began.elapsed() < Duration::from_millis(100), "asking takes no time");
    let answer = Answer::NoAnswer(Trouble::Failing);
    assert_eq!(
        reported.recv_timeout(Duration::from_secs(2)),
        Ok(Report::Answer {
            id: request_id(1),
            answer
        })
    );
    let nothing = Fetched::Nothing {
        what: Wanted::Directory,
        trouble: Trouble::Slow,
    };
    assert_eq!(reported.recv_timeout(SOON), Ok(Report::Fetched(nothing)));
}

#[test]
fn requests_are_sent_in_their_order() {
    let (sync, reported) = start(short());
    let hub = says(http("503 Service Unavailable", "text/plain", ""));
    for number in 0..20 {
        sync.send(None, hub.clone(), request_id(number), cancelling("a1"));
    }
    for number in 0..20 {
        let Report::Answer { id, .. } = reported.recv_timeout(SOON).unwrap() else {
            panic!("an answer")
        };
        assert_eq!(id, request_id(number));
    }
}

#[test]
fn the_same_question_asked_again_while_it_waits_is_asked_once() {
    let (sync, reported) = start(short());
    let (asked, was_asked) = mpsc::channel();
    let hub = server(move |_, mut stream| {
        let _ = asked.send(());
        let _ = stream.write_all(http("500 Internal Server Error", "text/plain", "").as_bytes());
    });
    // Holds the thread up while the others queue.
    sync.fetch(None, hangs(), Wanted::TrustList, now());
    thread::sleep(Duration::from_millis(100));
    for _ in 0..50 {
        sync.fetch(None, hub.clone(), Wanted::Directory, now());
    }
    sync.fetch(None, hub, Wanted::TrustList, now());
    let reports: Vec<_> = (0..3).map(|_| reported.recv_timeout(SOON).unwrap()).collect();
    let nothing = |what, trouble| Report::Fetched(Fetched::Nothing { what, trouble });
    assert_eq!(
        reports,
        [
            nothing(Wanted::TrustList, Trouble::Slow),
            nothing(Wanted::Directory, Trouble::Failing),
            nothing(Wanted::TrustList, Trouble::Failing)
        ]
    );
    assert_eq!(
        reported.recv_timeout(Duration::from_millis(200)),
        Err(RecvTimeoutError::Timeout)
    );
    assert_eq!(was_asked.try_iter().count(), 2);
}

#[test]
fn the_end_does_not_wait_for_a_hub_that_hangs_and_nothing_is_reported_after_it() {
    let (sync, reported) = start(Limits {
        whole: Duration::from_secs(1),
        ..short()
    });
    let hub = hangs();
    for number in 0..5 {
        sync.send(None, hub.clone(), request_id(number), booking(Some("s1")));
    }
    sync.fetch(None, hub, Wanted::Directory, now());
    thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    drop(sync);
    assert!(
        began.elapsed() < short().farewell + Duration::from_millis(300),
        "{:?}",
        began.elapsed()
    );
    // The closure is gone when the last thread is, well before five requests could have hung one after another.
    assert_eq!(
        reported.recv_timeout(Duration::from_secs(3)),
        Err(RecvTimeoutError::Disconnected)
    );
}

#[test]
fn the_end_of_idle_threads_takes_no_time() {
    let (sync, _reported) = start(Limits {
        farewell: Duration::from_secs(10),
        ..short()
    });
    let began = Instant::now();
    drop(sync);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}
