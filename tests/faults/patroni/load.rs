//! Clients that book through both hubs without end, what they were told, and whether it is so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use super::cluster::Cluster;
use crate::common::hub::Hub;

const CLIENTS: usize = 8;
/// More than they can book in that time.
const SLOTS: usize = 200_000;

/// Makes slots in the far future that nobody else wants.
pub fn add_slots(cluster: &Cluster) {
    let sql = format!(
        "INSERT INTO slots (id, schedule_id, start_at, end_at, status)
         SELECT 'load-' || n, (SELECT MIN(schedule_id) FROM slots), 4000000000 + n * 600, 4000000600 + n * 600, 'free'
         FROM generate_series(0, {SLOTS} - 1) AS n"
    );
    cluster.query("hub", &sql);
}

/// How a wish ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Booked(String),
    Refused,
    Unanswered,
}

struct Told {
    command: Uuid,
    slot: String,
    end: End,
    /// How often it was sent.
    sent: u32,
}

/// Everything that all clients were told.
pub struct AllTold(Vec<Told>);

/// Clients at work.
pub struct Load {
    stop: Arc<AtomicBool>,
    /// When each acknowledged booking was asked for the last time, and when it was acknowledged.
    acknowledged: Arc<Mutex<Vec<(Instant, Instant)>>>,
    clients: Vec<JoinHandle<Vec<Told>>>,
}

impl Load {
    pub fn start(hubs: &[Hub; 2]) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(vec![])));
        let clients = (0..CLIENTS)
            .map(|client| {
                let urls = [0, 1].map(|turn| hubs[(client + turn) % 2].url.clone());
                let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
                // Two clients of two hubs go through the same slots.
                let slots = (client / 2 * SLOTS / (CLIENTS / 2))..;
                thread::spawn(move || {
                    let agent = agent();
                    let slots = slots.take_while(|_| !stop.load(Ordering::SeqCst));
                    slots
                        .map(|slot| wish(&agent, &urls, slot, &stop, &acknowledged))
                        .collect()
                })
            })
            .collect();
        Self {
            stop,
            acknowledged,
            clients,
        }
    }

    /// Waits until some more are acknowledged.
    pub fn wait_for_bookings(&self, patience: Duration) {
        self.wait_for_bookings_since(Instant::now(), patience);
    }

    /// Waits for a hundred bookings that were asked for and acknowledged after that. The longest time from then on in
    /// which none was.
    pub fn wait_for_bookings_since(&self, since: Instant, patience: Duration) -> Duration {
        let until = Instant::now() + patience;
        loop {
            let mut times: Vec<_> = {
                let all = self.acknowledged.lock().unwrap();
                all.iter().filter(|(_, told)| *told > since).copied().collect()
            };
            if times.iter().filter(|(asked, _)| *asked > since).count() >= 100 {
                times.sort_by_key(|(_, told)| *told);
                let told: Vec<_> = [since]
                    .into_iter()
                    .chain(times.into_iter().map(|(_, told)| told))
                    .collect();
                return told.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
            }
            assert!(Instant::now() < until, "no bookings for {patience:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(self) -> AllTold {
        self.stop.store(true, Ordering::SeqCst);
        AllTold(
            self.clients
                .into_iter()
                .flat_map(|client| client.join().unwrap())
                .collect(),
        )
    }
}

impl AllTold {
    /// Compares with what the leader of the cluster has, and with what both hubs say.
    pub fn check(&self, cluster: &Cluster, hubs: &[Hub; 2]) {
        let rows = cluster.query(
            "hub",
            "SELECT command || '|' || id || '|' || slot_id || '|' || status FROM appointments WHERE slot_id LIKE 'load-%'",
        );
        let mut kept: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        let mut slots = BTreeSet::new();
        for row in rows.lines() {
            let [command, id, slot, status] = row.split('|').collect::<Vec<_>>()[..] else {
                panic!("{row}")
            };
            assert_eq!(status, "booked");
            assert_eq!(kept.insert(command, (id, slot)), None, "a command was done twice");
            assert!(slots.insert(slot), "a slot was given to two");
        }
        let busy = cluster.query(
            "hub",
            "SELECT COUNT(*) FROM slots WHERE id LIKE 'load-%' AND status = 'busy'",
        );
        assert_eq!(busy, slots.len().to_string(), "a slot is taken without a booking");
        let (mut booked, mut refused, mut unanswered, mut again) = (0, 0, 0, 0);
        for told in &self.0 {
            let command = told.command.to_string();
            let found = kept.remove(command.as_str());
            again += u32::from(told.sent > 1);
            match &told.end {
                End::Booked(id) => {
                    booked += 1;
                    assert_eq!(
                        found,
                        Some((id.as_str(), told.slot.as_str())),
                        "an acknowledged booking is lost"
                    );
                }
                End::Refused => {
                    refused += 1;
                    assert_eq!(found, None, "a refused booking was made");
                    assert!(slots.contains(told.slot.as_str()), "refused, but nobody has it");
                }
                End::Unanswered => unanswered += 1,
            }
        }
        assert!(kept.is_empty(), "bookings that nobody asked for: {kept:?}");
        // The same through the hubs, for some.
        let last = self.0.iter().rev().filter(|told| told.end != End::Unanswered).take(100);
        for (told, hub) in last.zip(hubs.iter().cycle()) {
            let found = hub.appointments(&format!("identifier=https://anban.example/command%7C{}", told.command));
            assert_eq!(found.len(), usize::from(told.end != End::Refused));
        }
        println!(
            "{booked} bookings acknowledged and there exactly once, {refused} refused and not there, {unanswered} \
             without an answer at the end; {again} were sent more than once"
        );
        assert!(booked > 500 && refused > 100, "there was hardly any load");
    }
}

fn wish(
    agent: &ureq::Agent,
    urls: &[String; 2],
    slot: usize,
    stop: &AtomicBool,
    acknowledged: &Mutex<Vec<(Instant, Instant)>>,
) -> Told {
    let (command, slot) = (Uuid::new_v4(), format!("load-{slot}"));
    let body = body(command, &slot).to_string();
    let mut sent = 0;
    let end = loop {
        // Without an answer the other hub is as good.
        let url = &urls[sent as usize % 2];
        sent += 1;
        let asked = Instant::now();
        match answer(agent, url, &body) {
            Some((200, said)) => {
                acknowledged.lock().unwrap().push((asked, Instant::now()));
                break End::Booked(said["entry"][0]["resource"]["id"].as_str().unwrap().to_owned());
            }
            Some((409, _)) => break End::Refused,
            Some((500.., _)) | None => (),
            Some((status, said)) => panic!("{status}: {said}"),
        }
        if stop.load(Ordering::SeqCst) {
            break End::Unanswered;
        }
        thread::sleep(Duration::from_millis(100));
    };
    Told {
        command,
        slot,
        end,
        sent,
    }
}

fn answer(agent: &ureq::Agent, url: &str, body: &str) -> Option<(u16, Value)> {
    let request = agent
        .post(format!("{url}/fhir/Appointment/$book"))
        .content_type("application/fhir+json");
    let mut answer = request.send(body).ok()?;
    let said = answer.body_mut().read_json().ok()?;
    Some((answer.status().as_u16(), said))
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(60))).build().into()
}

fn body(command: Uuid, slot: &str) -> Value {
    let patient = json!({"system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", Uuid::new_v4())});
    json!({
        "resourceType": "Parameters",
        "parameter": [
            {"name": "appointment-resource", "resource": {
                "resourceType": "Appointment",
                "identifier": [{"system": "https://anban.example/command", "value": command}],
                "status": "pending",
                "slot": [{"reference": format!("Slot/{slot}")}],
                "participant": [{"actor": {"type": "Patient", "identifier": patient}, "status": "accepted"}],
            }},
            {"name": "patient-resource", "resource": {"resourceType": "Patient", "identifier": [patient]}},
        ],
    })
}
