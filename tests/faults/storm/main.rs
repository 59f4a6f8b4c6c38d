//! A storm: apps and hub are killed at random moments, the network between them loses, delays, cuts and repeats what goes
//! over it, and their disks fill up, and the hub goes back to older copies of its data, while persons go on booking, for themselves and
//! each other, cancelling, registering and adding cards. Then it
//! becomes calm, and the ledger is compared: what was acknowledged is there once on both sides, what was not is there
//! once or not at all, no slot is booked twice, and nobody says anything else than the other.
//!
//! `plan.rs` says how long and from which seed, `network.rs`, `disk.rs`, `city.rs` and `backups.rs` are what goes wrong,
//! `person.rs` and `family.rs` are who suffers it, `ledger.rs` is the check, `telling.rs` what is printed, and `broken.rs` checks the check. A short storm is among the tests; the long
//! one is `make faults`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../common/mod.rs"]
mod common;

mod app;
mod backups;
mod broken;
mod city;
mod disk;
mod family;
mod ledger;
mod network;
mod person;
mod plan;
mod side;
mod telling;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;

use city::City;
use common::postgres::Server;
use ledger::{AppSide, HubSide, Ledger, What, check};
use network::Network;
use person::{Person, World};
use plan::Plan;

/// An empty PostgreSQL database, as `postgres://…`, for the storm on PostgreSQL; else it starts a server of its own.
const DATABASE: &str = "ANBAN_FAULTS_DATABASE";

/// After so many rounds of everybody's app in which nothing fails, everybody must know everything.
const ROUNDS_OF_CALM: usize = 12;

#[test]
fn nothing_is_lost_or_done_twice_whatever_fails() {
    if disk::here().is_none() && disk::has_run_on_its_own("nothing_is_lost_or_done_twice_whatever_fails", &[]) {
        return;
    }
    rages(Plan::from_environment());
}

#[test]
fn nothing_is_lost_or_done_twice_on_postgresql() {
    let database = env::var(DATABASE).unwrap_or_else(|_| Server::shared().database());
    let given = [(DATABASE, database.as_str())];
    if disk::here().is_none() && disk::has_run_on_its_own("nothing_is_lost_or_done_twice_on_postgresql", &given) {
        return;
    }
    rages(Plan::from_environment().on_postgresql(database));
}

fn rages(plan: Plan) {
    let on = plan.database.as_ref().map_or("SQLite", |_| "PostgreSQL");
    println!("storm on {on}: seed {} (ANBAN_FAULTS_SEED={0} for the same)", plan.seed);
    let own = tempfile::tempdir().unwrap();
    let disks = disk::here().unwrap_or_else(|| {
        for name in ["app", "hub"] {
            fs::create_dir(own.path().join(name)).unwrap();
        }
        own.path().to_owned()
    });
    let logs = own.path().join("logs");
    fs::create_dir(&logs).unwrap();
    Storm::begins(plan, disks, logs).rages().ends();
}

struct Storm {
    plan: Plan,
    rng: Rng,
    disks: PathBuf,
    logs: PathBuf,
    network: Arc<Network>,
    city: City,
    world: Arc<World>,
    people: Vec<Person>,
    disks_filled: usize,
    began: Instant,
}

impl Storm {
    /// Everything is set up while it is calm.
    fn begins(plan: Plan, disks: PathBuf, logs: PathBuf) -> Self {
        let mut rng = Rng::with_seed(plan.seed);
        let network = Arc::new(Network::new(rng.fork()));
        let mut city = City::new(&disks.join("hub"), &logs, plan.database.clone(), Arc::clone(&network));
        city.starts();
        let mut slots: Vec<city::Slot> = city.slots("free").into_values().collect();
        let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(6);
        slots.retain(|slot| slot.start > soon);
        rng.shuffle(&mut slots);
        let departments: BTreeSet<String> = slots.iter().map(|slot| slot.department.clone()).collect();
        let departments: BTreeSet<String> = departments.into_iter().step_by(4).collect();
        let (first_free, slots) = slots
            .into_iter()
            .partition(|slot| departments.contains(&slot.department));
        let world = Arc::new(World {
            hub: network.url.clone(),
            slots,
            first_free,
            digits: Mutex::default(),
        });
        let people = (0..person::MOST).map(|number| {
            let home = common::Home::within(&disks.join("app"));
            Person::new(home, number, rng.fork(), &world, &logs.join("app.log"))
        });
        let mut people: Vec<Person> = people.collect();
        family::are_tied(&mut people, &world);
        city.backups.make();
        Self {
            plan,
            rng,
            disks,
            logs,
            network,
            city,
            world,
            people,
            disks_filled: 0,
            began: Instant::now(),
        }
    }

    /// Until everything has been killed often enough.
    fn rages(mut self) -> Self {
        self.network.is_rough(true);
        let app_kills = Arc::new(AtomicUsize::new(0));
        let over = Arc::new(AtomicBool::new(false));
        let lives = self.people.drain(..).map(|mut person| {
            let (world, app_kills, over) = (Arc::clone(&self.world), Arc::clone(&app_kills), Arc::clone(&over));
            thread::spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    let before = person.kills;
                    person.lives(&world);
                    app_kills.fetch_add(person.kills - before, Ordering::SeqCst);
                }
                person
            })
        });
        let lives: Vec<_> = lives.collect();
        let mut told = Instant::now();
        while self.city.kills < self.plan.hub_kills
            || self.city.backups.gaps.len() < self.plan.restores
            || app_kills.load(Ordering::SeqCst) < self.plan.app_kills
        {
            self.something_happens();
            assert!(
                !lives.iter().any(thread::JoinHandle::is_finished),
                "a person has given up"
            );
            if told.elapsed() > Duration::from_secs(30) {
                told = Instant::now();
                println!(
                    "storm: {} s, {} apps and {} hubs killed",
                    self.began.elapsed().as_secs(),
                    app_kills.load(Ordering::SeqCst),
                    self.city.kills
                );
            }
        }
        over.store(true, Ordering::SeqCst);
        self.people = lives.into_iter().map(|life| life.join().unwrap()).collect();
        self
    }

    fn something_happens(&mut self) {
        let pause = |rng: &mut Rng, longest| thread::sleep(Duration::from_millis(rng.u64(50..longest)));
        pause(&mut self.rng, 700);
        // Every so many kills it is time for the hub to go back.
        let restores = self.city.backups.gaps.len();
        if self.city.kills * self.plan.restores > restores * self.plan.hub_kills + self.plan.hub_kills / 2 {
            let older = self.rng.bool();
            self.city.goes_back(older);
            return;
        }
        match self.rng.u8(0..11) {
            0..7 => {
                self.city.is_killed();
                pause(&mut self.rng, 400);
                self.city.starts();
            }
            7 => self.network.is_cut_for(Duration::from_millis(self.rng.u64(200..1_500))),
            10 => self.city.backups.make(),
            // A disk that is no disk of its own is nobody's to fill.
            _ if disk::here().is_none() => {}
            which => {
                let full = self.disks.join(if which == 8 { "app" } else { "hub" });
                self.disks_filled += 1;
                disk::fills(&full);
                pause(&mut self.rng, 1_200);
                disk::has_room_again(&full);
            }
        }
    }

    /// What one has done is news for another, who may do something about it: until nobody finds anything new any more.
    fn come_to_rest(&mut self) -> Vec<AppSide> {
        let mut before = Vec::new();
        for _ in 0..ROUNDS_OF_CALM {
            let world = &self.world;
            let records = self.people.iter_mut().map(|person| person.comes_to_rest(world));
            let records: Vec<_> = records.collect();
            let now: Vec<_> = records.iter().map(side::what_can_change).collect();
            if now == before {
                let sides = self.people.iter().zip(&records);
                return sides
                    .map(|(person, records)| side::side(records, &person.numbers))
                    .collect();
            }
            before = now;
        }
        panic!("after {ROUNDS_OF_CALM} rounds something still changes: {before:?}");
    }

    /// It is calm: what waits is sent, and both sides are compared.
    fn ends(mut self) {
        self.network.is_rough(false);
        self.network.has_come_to_rest();
        let apps = self.come_to_rest();
        let wanted: Vec<_> = self.people.iter().flat_map(|person| person.wanted.clone()).collect();
        let free = self.city.slots("free");
        let were_free = self
            .world
            .slots
            .iter()
            .chain(&self.world.first_free)
            .map(|slot| slot.id.clone());
        let mut hub = HubSide {
            taken: were_free.filter(|slot| !free.contains_key(slot)).collect(),
            ..HubSide::default()
        };
        let visits = apps.iter().flat_map(|app| &app.visits);
        let requests: BTreeSet<_> = visits.map(|visit| visit.request).collect();
        for request in requests {
            hub.appointments.extend(self.city.appointments(request));
        }
        hub.ties = self.city.ties(&family::patient(&self.people[family::ELDER]));
        let documents: Vec<_> = apps.iter().flat_map(|app| app.documents.clone()).collect();
        hub.unknown_documents = self.city.does_not_know(&documents);
        let asked = wanted.iter().filter_map(|wanted| match wanted.what {
            What::Register { relative } => Some(relative),
            _ => None,
        });
        let asked: BTreeSet<u32> = asked.collect();
        hub.registered = asked
            .into_iter()
            .filter(|relative| self.city.knows(*relative))
            .collect();
        let ledger = Ledger { wanted, apps, hub };
        let findings = check(&ledger);
        self.tells(&ledger, &findings);
        assert_eq!(findings, [], "seed {}", self.plan.seed);
        for log in ["hub.log", "app.log"] {
            nobody_panicked(&self.logs.join(log));
        }
    }
}

/// What both programs wrote on stderr in all their lives.
fn nobody_panicked(log: &Path) {
    let said = fs::read_to_string(log).unwrap_or_default();
    let panic = said.lines().find(|line| line.contains("panicked at"));
    assert_eq!(panic, None, "{}", log.display());
}
