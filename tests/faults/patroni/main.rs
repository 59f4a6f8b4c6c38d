//! PostgreSQL's leader is killed while people book: a cluster of three machines (Patroni and etcd) with two hubs on it.
//!
//! Eight clients book through both hubs all the time, two of them always after the same slot; whoever gets no answer
//! sends the same request again, as the app does. Meanwhile
//!
//! 1. the leader's machine is killed (`kill -9`) and comes back as a standby,
//! 2. the leader of etcd is killed,
//! 3. the leader's machine hangs (`SIGSTOP`), so that nobody hears that it is gone, and goes on later; then the next
//!    leader's, until each of the three has.
//!
//! After each, bookings are acknowledged again. In the end every acknowledged one is there exactly once, no slot was
//! given to two, a refused one is not there, and one without an answer is there once or not at all.
//!
//! `make faults` runs it; how to run such a cluster is in docs/cluster.md.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../common/mod.rs"]
mod common;

mod cluster;
mod load;

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use cluster::{Cluster, MACHINES};
use common::Home;
use common::hub::Hub;
use load::Load;

/// The longest that bookings may stand still when a machine is gone: the leader's lease (20 s), the election, the time
/// until a hub gives up on a connection that hangs (20 s), and room for machines that are slow.
const STANDSTILL: Duration = Duration::from_secs(90);

#[test]
fn a_killed_leader_loses_no_acknowledged_booking_and_bookings_go_on() {
    let mut cluster = Cluster::start();
    cluster.query("postgres", "CREATE DATABASE hub TEMPLATE template0 ENCODING 'UTF8'");
    let (data, url) = (Home::new(), cluster.url("hub"));
    let hubs = [&url; 2].map(|url| Hub::on(data.path(), &["--database", url]));
    load::add_slots(&cluster);
    let load = Load::start(&hubs);
    load.wait_for_bookings(STANDSTILL);

    let leader = cluster.leader().unwrap();
    let killed = Instant::now();
    cluster.kill(leader);
    let stood_still = load.wait_for_bookings_since(killed, STANDSTILL);
    let next = cluster.leader();
    assert!(next.is_some_and(|next| next != leader), "{next:?} leads after {leader}");
    println!("the leader's machine was killed: bookings stood still for {stood_still:.1?}");
    cluster.revive(leader);
    cluster.wait_until_whole();

    let etcd = cluster.etcd_leader();
    let killed = Instant::now();
    cluster.kill_etcd(etcd);
    thread::sleep(Duration::from_secs(10));
    let stood_still = load.wait_for_bookings_since(killed, STANDSTILL);
    println!("the leader of etcd was killed: bookings stood still for {stood_still:.1?}");
    cluster.revive_etcd(etcd);
    cluster.wait_until_whole();

    // Each in its turn, since a hub may come upon the one that hangs before or after the next leader.
    let mut hung = BTreeSet::new();
    for _ in 0..MACHINES * 2 {
        let leader = cluster.leader().unwrap();
        let stopped = Instant::now();
        cluster.signal(leader, "STOP");
        let stood_still = load.wait_for_bookings_since(stopped, STANDSTILL);
        println!("the leader's machine, {leader}, hung: bookings stood still for {stood_still:.1?}");
        cluster.signal(leader, "CONT");
        cluster.wait_until_whole();
        load.wait_for_bookings(STANDSTILL);
        hung.insert(leader);
        if hung.len() == MACHINES {
            break;
        }
    }
    assert_eq!(hung.len(), MACHINES, "not every machine has led and hung: {hung:?}");

    let told = load.stop();
    told.check(&cluster, &hubs);
}
