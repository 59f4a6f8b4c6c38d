//! Two hundred people want fifty slots at the same moment: fifty get one, nobody is told what is not so, and asking again
//! brings the same answer. On each database, and with two hubs on one.
//!
//! `ANBAN_RUNS` says how often (`make faults`: 20 times; otherwise once).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use anban_wire::CommandId;
use anban_wire::fhir::{Identifier, Resource, from_json, to_json};
use anban_wire::scheduling::{BookRequest, FindRequest, PatientDetails, offers, read_answer};
use uuid::Uuid;

use crate::common::Home;
use crate::common::hub::Hub;
use crate::common::postgres::Server;

const CLIENTS: usize = 200;
const SLOTS: usize = 50;

fn runs() -> usize {
    std::env::var("ANBAN_RUNS").map_or(1, |runs| runs.parse().unwrap())
}

/// What a client was told: the appointment, or that the slot was taken.
type Told = Result<String, ()>;

struct Client {
    agent: ureq::Agent,
    wish: BookRequest,
    command: CommandId,
}

impl Client {
    fn new(number: usize, slot: &str) -> Self {
        let command = CommandId(Uuid::new_v4());
        Self {
            agent: ureq::Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(Duration::from_secs(60)))
                .build()
                .into(),
            wish: BookRequest {
                command: Some(command),
                slot: slot.to_owned(),
                patient: PatientDetails {
                    id: None,
                    identifier: Identifier::new("https://example.test/patient", number.to_string()).into(),
                    name: Some(format!("患者{number}")),
                    telephone: None,
                },
                comment: None,
            },
            command,
        }
    }

    /// Asks until there is a yes or a no, as an app does.
    fn asks(&self, hub: &str) -> Told {
        let body = to_json(&Resource::from(self.wish.to_parameters())).unwrap();
        loop {
            let mut answer = self
                .agent
                .post(format!("{hub}/fhir/Appointment/$book"))
                .header("Content-Type", "application/fhir+json")
                .send(&body)
                .unwrap();
            let body = answer.body_mut().read_to_vec().unwrap();
            match answer.status().as_u16() {
                200 => return Ok(read_answer(&body).unwrap().id.unwrap()),
                409 => return Err(()),
                503 => thread::sleep(Duration::from_millis(200)),
                other => panic!("{other}: {}", String::from_utf8_lossy(&body)),
            }
        }
    }
}

/// The ids of so many free slots.
fn free(hub: &str, count: usize) -> Vec<String> {
    let now = jiff::Timestamp::now();
    let request = FindRequest::between(now, now + jiff::SignedDuration::from_hours(14 * 24));
    let mut answer = ureq::post(format!("{hub}/fhir/Appointment/$find"))
        .header("Content-Type", "application/fhir+json")
        .send(to_json(&Resource::from(request.to_parameters())).unwrap())
        .unwrap();
    let found = offers(&from_json(&answer.body_mut().read_to_vec().unwrap()).unwrap());
    // Late ones first: those of today end while the test runs.
    let slots: Vec<String> = found.into_iter().rev().map(|offer| offer.slot).take(count).collect();
    assert_eq!(slots.len(), count);
    slots
}

/// One appointment as the database has it: its id, slot and command.
type Kept = (String, String, String);

/// All of it on these hubs, and `kept` reads the appointments from their database.
fn fifty_are_booked_and_everyone_is_told_the_truth(on: &str, hubs: &[&str], kept: impl Fn() -> Vec<Kept>) {
    for run in 0..runs() {
        let slots = free(hubs[0], SLOTS);
        let wanted: BTreeSet<&String> = slots.iter().collect();
        let go = Arc::new(Barrier::new(CLIENTS));
        let threads: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let client = Client::new(number, &slots[(number * 7 + run) % SLOTS]);
                let hub = hubs[number % hubs.len()].to_owned();
                let go = Arc::clone(&go);
                thread::spawn(move || {
                    go.wait();
                    let told = client.asks(&hub);
                    (client, told)
                })
            })
            .collect();
        let told: Vec<(Client, Told)> = threads.into_iter().map(|client| client.join().unwrap()).collect();
        let mut booked: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (id, slot, command) in kept() {
            if wanted.contains(&slot) {
                let twice = booked.insert(slot, (id, command));
                assert!(twice.is_none(), "run {run}: a slot was booked twice");
            }
        }
        assert_eq!(booked.len(), SLOTS, "run {run}: every slot was wanted by four");
        assert_eq!(told.iter().filter(|(_, told)| told.is_ok()).count(), SLOTS, "run {run}");
        for (number, (client, told)) in told.iter().enumerate() {
            let (id, command) = &booked[&client.wish.slot];
            let is_theirs = *command == client.command.to_string();
            match told {
                Ok(appointment) => assert!(is_theirs && appointment == id, "run {run}: a yes that is not so"),
                Err(()) => assert!(!is_theirs, "run {run}: a no that is not so"),
            }
            // The answer that was lost, asked for again: any hub gives the same.
            if number % 10 == 0 {
                let again = client.asks(hubs[(number + 1) % hubs.len()]);
                assert_eq!(again, *told, "run {run}");
            }
        }
    }
    println!(
        "{on}: {CLIENTS} clients, {SLOTS} slots, {} times: {SLOTS} booked each time, every client told what is so",
        runs()
    );
}

#[test]
fn two_hundred_want_fifty_slots_on_sqlite() {
    let data = Home::new();
    let hub = Hub::start(data.path());
    let database = rusqlite::Connection::open(data.path().join("hub.db")).unwrap();
    let kept = || {
        let mut rows = database
            .prepare("SELECT id, slot_id, command FROM appointments WHERE status = 'booked'")
            .unwrap();
        let rows = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    };
    fifty_are_booked_and_everyone_is_told_the_truth("SQLite", &[&hub.url], kept);
}

fn on_postgres(database: &str) -> Vec<Kept> {
    let rows = Server::shared().query(
        database,
        "SELECT id, slot_id, command FROM appointments WHERE status = 'booked'",
    );
    let row = |line: &str| {
        let mut parts = line.split('|').map(str::to_owned);
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    };
    rows.lines().map(row).collect()
}

#[test]
fn two_hundred_want_fifty_slots_on_postgresql() {
    let (data, database) = (Home::new(), Server::shared().database());
    let hub = Hub::on(data.path(), &["--database", &database]);
    fifty_are_booked_and_everyone_is_told_the_truth("PostgreSQL", &[&hub.url], || on_postgres(&database));
}

#[test]
fn two_hundred_want_fifty_slots_of_two_hubs_on_one_postgresql() {
    let (data, database) = (Home::new(), Server::shared().database());
    let hubs = [(); 2].map(|()| Hub::on(data.path(), &["--database", &database]));
    fifty_are_booked_and_everyone_is_told_the_truth("two hubs on PostgreSQL", &[&hubs[0].url, &hubs[1].url], || {
        on_postgres(&database)
    });
}
