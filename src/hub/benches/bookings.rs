//! How many bookings a second a hub makes, on SQLite and on PostgreSQL, through its HTTP interface; and how many times a
//! second pgbench runs the same SQL on the same server.
//!
//! The hub is the program itself; every client keeps its connection and books one slot after the other, each for another
//! person with a command of its own. Databases wait for the disk. The SQL for pgbench is no guess: the server writes down
//! what one booking asks it, and that is what pgbench repeats, prepared, with as many clients (`bookings/pgbench.rs`).
//! Hub and pgbench take turns, so that whatever else the machine does meets them alike. The goal for the ratio is 0.5.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "bookings/client.rs"]
mod client;
#[path = "bookings/pgbench.rs"]
mod pgbench;
#[path = "../tests/support/postgres.rs"]
mod postgres;

use anban_hub::db::{CityContent, Database, Postgres, SlotRow, Sqlite};
use anban_wire::fhir::SlotStatus;
use client::{Client, booking};
use jiff::{SignedDuration, Timestamp};
use postgres::Server;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Barrier},
    thread,
    time::Instant,
};

/// Clients that book at the same time.
const CLIENTS: usize = 32;
/// Bookings of each client in one turn.
const BOOKINGS: usize = 60;
/// Turns of which the middle one counts; the first only warms up.
const TURNS: usize = 6;
/// The part of pgbench's rate that the hub is to reach.
const GOAL: f64 = 0.5;

fn main() {
    let data = tempfile::tempdir().unwrap();
    let hub = Hub::start(data.path(), &[]);
    let sqlite = Sqlite::open(&data.path().join("hub.db")).unwrap();
    let slots = fill(&sqlite, CLIENTS * BOOKINGS * TURNS);
    let rates = slots.chunks(CLIENTS * BOOKINGS).map(|slots| hub.rate(slots)).collect();
    println!("bookings a second, {CLIENTS} clients at a time");
    println!("  SQLite                  {:>7.0}", middle(rates));
    drop(hub);

    let server = Server::start(&["max_wal_size=4GB"]);
    let script = written_down(&server);
    let database = server.database();
    let hub = Hub::start(data.path(), &["--database", &database]);
    let postgres = Postgres::open(&database).unwrap();
    let slots = fill(&postgres, 2 * CLIENTS * BOOKINGS * TURNS);
    let (mut hubs, mut pgbenches) = (vec![], vec![]);
    for turn in slots.chunks(2 * CLIENTS * BOOKINGS) {
        let (ours, theirs) = turn.split_at(CLIENTS * BOOKINGS);
        hubs.push(hub.rate(ours));
        pgbenches.push(script.rate(&server, &database, theirs[0].parse().unwrap(), CLIENTS, BOOKINGS));
    }
    let (hub, pgbench) = (middle(hubs), middle(pgbenches));
    println!("  PostgreSQL              {hub:>7.0}");
    println!("  the same SQL, pgbench   {pgbench:>7.0}");
    let ratio = hub / pgbench;
    let verdict = if ratio >= GOAL { "met" } else { "missed" };
    println!("  ratio                   {ratio:>7.2}   (goal: at least {GOAL}, {verdict})");
}

/// What the server wrote down of one booking.
fn written_down(server: &Server) -> pgbench::Script {
    let (data, database) = (tempfile::tempdir().unwrap(), server.database());
    let hub = Hub::start(data.path(), &["--database", &database]);
    let postgres = Postgres::open(&database).unwrap();
    let slots = fill(&postgres, 2);
    // The first finds nothing prepared and nothing cached.
    hub.rate_of(1, &slots[..1]);
    drop(hub);
    let name = database.rsplit('/').next().unwrap();
    server.query("postgres", &format!("ALTER DATABASE {name} SET log_statement = 'all'"));
    let hub = Hub::start(data.path(), &["--database", &database]);
    let mut client = Client::new(&hub.address);
    client.get("/fhir/Schedule");
    let before = server.log().len();
    let answer = client.book(&booking(&slots[1]));
    let log = server.log();
    let schedule = postgres.slot(&slots[1]).unwrap().unwrap().schedule;
    pgbench::Script::of(&log[before..], &slots[1], &schedule, &answer)
}

/// Makes free slots, in all calendars by turns, with numbers as ids that follow each other.
fn fill(db: &impl Database, count: usize) -> Vec<String> {
    let schedules = db.directory("Schedule").unwrap();
    let schedule = |number: usize| schedules[number % schedules.len()].id().unwrap().to_owned();
    let first = Timestamp::now() + SignedDuration::from_hours(24 * 60);
    let slot = |number: usize| {
        let start = first + SignedDuration::from_secs(number as i64);
        SlotRow {
            id: (1_000_000 + number).to_string(),
            schedule: schedule(number),
            start,
            end: start + SignedDuration::from_secs(1),
            status: SlotStatus::Free,
            held: None,
            version: 1,
            identifier: None,
        }
    };
    let slots: Vec<SlotRow> = (0..count).map(slot).collect();
    let ids = slots.iter().map(|slot| slot.id.clone()).collect();
    db.fill(&CityContent {
        slots,
        ..CityContent::default()
    })
    .unwrap();
    ids
}

fn middle(mut rates: Vec<f64>) -> f64 {
    rates.remove(0);
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// The program.
struct Hub {
    child: Child,
    address: String,
}

impl Hub {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_anban-hub"))
            .args(["--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Self { child, address }
    }

    /// Books all these slots and says how many bookings that were a second.
    fn rate(&self, slots: &[String]) -> f64 {
        self.rate_of(CLIENTS, slots)
    }

    fn rate_of(&self, clients: usize, slots: &[String]) -> f64 {
        let go = Arc::new(Barrier::new(clients + 1));
        let threads: Vec<_> = slots
            .chunks(slots.len() / clients)
            .map(|slots| {
                let bodies: Vec<_> = slots.iter().map(|slot| booking(slot)).collect();
                let (mut client, go) = (Client::new(&self.address), Arc::clone(&go));
                thread::spawn(move || {
                    go.wait();
                    bodies.iter().for_each(|body| drop(client.book(body)));
                })
            })
            .collect();
        go.wait();
        let began = Instant::now();
        threads.into_iter().for_each(|client| client.join().unwrap());
        slots.len() as f64 / began.elapsed().as_secs_f64()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
