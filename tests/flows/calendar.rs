//! A visit in another program's calendar: read by a parser that others wrote (`tests/tools/calendar-read`).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};

use anban_core::Command;
use anban_core::appointments::{self, Visit};
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::at_the_soonest_time;
use crate::common::hub::Hub;
use crate::common::person::{Person, kept, tells};
use crate::common::{Home, program, repository};

/// Where the hospitals are.
const ZONE: &str = "Asia/Shanghai";

/// The calendar files below a folder, the newest last.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "ics") {
            found.push(path);
        }
    }
    found.sort_by_key(|path| path.metadata().and_then(|about| about.modified()).ok());
}

/// What another program reads in the file that was saved last.
fn read(home: &Home) -> Value {
    let mut found = Vec::new();
    files(home.path(), &mut found);
    let content = std::fs::read(found.last().expect("nothing was saved")).unwrap();
    let brought = program("anban").ancestors().nth(2).unwrap().join("tools/calendar-read");
    let mut reader = Program::new(repository("tests/tools/calendar-read/calendar-read"))
        .arg(ZONE)
        .env("ANBAN_CALENDAR_READ", brought)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(&content).unwrap();
    let done = reader.wait_with_output().unwrap();
    assert!(done.status.success(), "not read (is the parser there? run .ci/tools)");
    let lines = String::from_utf8(done.stdout).unwrap();
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [event] = &events[..] else {
        panic!("one event: {events:?}")
    };
    assert_eq!(event["problems"].as_array().map(Vec::len), Some(0), "{event}");
    event.clone()
}

fn moment(text: &Value) -> Timestamp {
    text.as_str().unwrap().parse().unwrap()
}

fn saves(person: &mut Person, visit: &Visit) {
    let save = appointments::Command::SaveToCalendar(visit.id);
    tells(&person.does(Command::Appointments(save)).view, "calendar-saved-title");
}

#[test]
fn another_program_reads_the_visit_its_reminders_and_that_it_was_called_off() {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    let (sure, _) = at_the_soonest_time(&mut person);
    tells(&person.taps(&sure, "confirm-yes").view, "booked-title");
    let visit = {
        person.leaves();
        let (records, _) = kept(&home);
        person = Person::at(&home, &["--hub", &hub.url]);
        records.visits.values().next().unwrap().clone()
    };
    saves(&mut person, &visit);
    let event = read(&home);
    assert_eq!(
        (event["method"].as_str(), event["version"].as_str()),
        (Some("PUBLISH"), Some("2.0"))
    );
    assert_eq!(event["uid"], format!("{}@anban.example", visit.id));
    assert_eq!(
        (event["sequence"].as_u64(), event["status"].as_str()),
        (Some(0), Some("CONFIRMED"))
    );
    assert_eq!(
        (moment(&event["start"]), moment(&event["end"])),
        (visit.start, visit.wish.to)
    );
    // On the wall of the hospital it is the time that the slip says.
    let start = visit.start.in_tz(ZONE).unwrap();
    let wall = start.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string();
    assert_eq!(event["start"], wall);
    assert!(event["summary"].as_str().unwrap().contains(&visit.department.chinese));
    assert!(event["location"].as_str().unwrap().contains(&visit.hospital.chinese));
    assert!(event["description"].as_str().unwrap().contains(&visit.bring.chinese));
    let eve = start.date().yesterday().unwrap().at(19, 0, 0, 0).in_tz(ZONE).unwrap();
    let rings: Vec<_> = event["alarms"].as_array().unwrap().iter().collect();
    let at: Vec<Timestamp> = rings.iter().map(|ring| moment(&ring["at"])).collect();
    assert_eq!(at, [eve.timestamp(), visit.start - 2.hours()]);
    assert!(
        rings
            .iter()
            .all(|ring| ring["action"] == "DISPLAY" && ring["text"] == event["summary"])
    );

    // It is called off: the same entry, newer, says so and rings no more.
    let page = person
        .does(Command::Appointments(appointments::Command::Show(visit.id)))
        .view;
    let asked = person.taps(&page, "visit-cancel").view;
    tells(&person.taps(&asked, "cancel-yes").view, "cancelled-title");
    saves(&mut person, &visit);
    let gone = read(&home);
    assert_eq!((&gone["uid"], &gone["status"]), (&event["uid"], &"CANCELLED".into()));
    assert!(gone["sequence"].as_u64() > event["sequence"].as_u64());
    assert!(moment(&gone["stamp"]) >= moment(&event["stamp"]));
    assert_eq!(gone["alarms"].as_array().map(Vec::len), Some(0));
    assert_eq!(gone["start"], event["start"]);
    person.leaves();
}
