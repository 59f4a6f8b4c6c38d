//! A scheduler in the hands of a test, and what it writes.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use super::{client::Client, device::Device, support::*};
use anban_hub::{Config, Hub, RunningHub};
use anban_wire::feed::SlotFeed;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tempfile::TempDir;

/// The bundle that the documentation shows.
pub fn example() -> Value {
    serde_json::from_str(include_str!("../../../../docs/examples/hospital.json")).unwrap()
}

/// A hub with nothing in it.
pub fn empty(data: &Path) -> RunningHub {
    let now = MONDAY.parse().unwrap();
    Hub::start(Config {
        clock: Arc::new(move || now),
        ..Config::new("127.0.0.1:0", data)
    })
    .unwrap()
}

pub fn scheduler(data: &Path, base: &str) -> Client {
    let mut client = Client::of(base);
    client.token = Some(Device::of_role(data, base, "scheduler").token);
    client
}

/// A hub that runs, and where its data is.
pub struct Home {
    data: TempDir,
    _hub: RunningHub,
}

impl Home {
    pub fn data(&self) -> &Path {
        self.data.path()
    }
}

/// A hub with nothing in it, its address, and a scheduler who asks it.
pub fn office() -> (Home, String, Client) {
    let data = tempfile::tempdir().unwrap();
    let hub = empty(data.path());
    let base = hub.url();
    let client = scheduler(data.path(), &base);
    (Home { data, _hub: hub }, base, client)
}

/// The same with a hospital.
pub fn office_with_hospital() -> (Home, String, Client) {
    let (home, base, mut client) = office();
    with_hospital(&mut client);
    (home, base, client)
}

pub fn send(client: &mut Client, resource: &Value, version: Option<&str>) -> Answer {
    let path = format!(
        "/fhir/{}/{}",
        resource["resourceType"].as_str().unwrap(),
        resource["id"].as_str().unwrap()
    );
    let headers: Vec<_> = version.map(|version| ("If-Match", version)).into_iter().collect();
    client.send("PUT", &path, &headers, Some(resource))
}

pub fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[track_caller]
pub fn is(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", text(answer));
}

pub fn place(id: &str) -> Value {
    json!({ "resourceType": "Location", "id": id, "name": "江边医院" })
}

pub fn department(id: &str, at: &str) -> Value {
    json!({ "resourceType": "HealthcareService", "id": id, "name": "内科",
            "location": [{ "reference": format!("Location/{at}") }] })
}

pub fn calendar(id: &str, department: &str) -> Value {
    json!({ "resourceType": "Schedule", "id": id,
            "actor": [{ "reference": format!("HealthcareService/{department}") }] })
}

pub fn time(id: &str, calendar: &str, hour: u32, status: &str) -> Value {
    json!({ "resourceType": "Slot", "id": id, "schedule": { "reference": format!("Schedule/{calendar}") },
            "status": status, "start": format!("2026-11-23T{hour:02}:00:00+08:00"),
            "end": format!("2026-11-23T{hour:02}:30:00+08:00") })
}

/// A hospital with one department, one calendar, and times at nine and ten.
fn with_hospital(client: &mut Client) {
    for resource in [
        place("h1"),
        department("d1", "h1"),
        calendar("c1", "d1"),
        time("t9", "c1", 9, "free"),
        time("t10", "c1", 10, "free"),
    ] {
        is(&send(client, &resource, None), 201);
    }
}

pub fn feed(base: &str, department: &str) -> SlotFeed {
    serde_json::from_slice(&get(base, &format!("/feed/services/{department}")).body).unwrap()
}

pub fn free_in_feed(base: &str, department: &str) -> usize {
    feed(base, department).slots.iter().filter(|slot| slot.free).count()
}
