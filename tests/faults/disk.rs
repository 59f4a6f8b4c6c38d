//! A disk that is really full, below a running program.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use anban_core::Command;
use anban_core::app::Page;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::wallet::{self, CardKind};

use crate::common::Home;
use crate::common::person::{Person, choices};

/// Ways to get a mount of one's own: as root, or in a user namespace.
const NAMESPACES: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--map-root-user", "--mount"]];

/// A file system of 1 MB on the home given first; the rest is run on it, and once more when it has ended.
const TWICE_ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=1m none "$0" && "$@"; exec "$@""#;

fn namespace() -> Option<&'static [&'static str]> {
    let works = |wrap: &&[&str]| {
        let probe = Process::new(wrap[0])
            .args(&wrap[1..])
            .args(["mount", "-t", "tmpfs", "none", "/mnt"])
            .output();
        probe.is_ok_and(|output| output.status.success())
    };
    NAMESPACES.into_iter().find(works)
}

/// Writes to `path` until there is no room at all.
fn fill(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    for piece in [64 * 1024, 4 * 1024, 512, 1] {
        while file.write_all(&vec![b'x'; piece]).is_ok() {}
    }
}

fn adds_card(person: &mut Person, name: &str) -> String {
    person.does(Command::Wallet(wallet::Command::Add(CardKind::Other)));
    person.enters(Field::CardName, name);
    let number = Command::Enter {
        field: Field::CardNumber,
        text: "1234".to_owned(),
    };
    person.says(&serde_json::to_string(&number).unwrap())
}

fn names(person: &mut Person) -> Vec<String> {
    let wallet = person.opens(Page::Wallet);
    let cards = choices(&wallet).into_iter().filter(|choice| choice.id.len() == 36);
    cards.map(|choice| choice.text.clone()).collect()
}

#[test]
fn a_full_disk_is_said_loses_nothing_and_is_over_when_there_is_room() {
    let Some(namespace) = namespace() else {
        // The store's own limit is tested everywhere, in the store's crate.
        eprintln!("a file system of its own can't be mounted on this machine: a really full disk was not tested");
        return;
    };
    let home = Home::new();
    let anban = home.anban(&["headless", "--hub", "http://127.0.0.1:9", "--profile"]);
    let mut command = Process::new(namespace[0]);
    command
        .args(&namespace[1..])
        .args(["sh", "-c", TWICE_ON_A_SMALL_DISK])
        .arg(home.path());
    command
        .arg(anban.get_program())
        .args(anban.get_args())
        .arg(home.profile());
    for (name, value) in anban.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut person = Person::with(command);
    person.does(Command::FirstStart(anban_core::first_start::Command::Finish));
    assert!(adds_card(&mut person, "老年卡").contains("\"view\""));
    // Something waits for a hub that nobody hears of.
    person.enters(Field::Name, "王秀英");
    person.enters(Field::IdentityNumber, "11010519491231002X");
    person.does(Command::HealthCode(health_code::Command::AskForHealthStatus));
    for _ in 0..5 {
        person.network_is_back();
    }

    // The disk as the program sees it.
    let disk = PathBuf::from(format!("/proc/{}/root{}", person.process(), home.path().display()));
    assert!(disk.join("profile/anban.db").exists());
    fill(&disk.join("ballast"));
    let notes = |n: usize| {
        let text = "病".repeat(400 + n);
        serde_json::to_string(&Command::Enter {
            field: Field::MedicalNotes,
            text,
        })
        .unwrap()
    };
    // What fits into the journal's last page may still be taken.
    let refused = (0..100)
        .map(|n| person.says(&notes(n)))
        .find(|line| line.starts_with("{\"error\""));
    let refused: serde_json::Value = serde_json::from_str(&refused.expect("a full disk takes everything")).unwrap();
    let why = refused["error"].as_str().unwrap();
    assert!(why.len() > 20 && !why.contains('病'), "{why}");
    // Also where the refused change is only the first of what the line does.
    let mut lines = (0..100).map(|_| person.says(r#"{"Incoming":"NetworkBack"}"#));
    assert!(
        lines.any(|line| line.starts_with("{\"error\"")),
        "a failure of the store went by unsaid"
    );
    drop(lines);
    assert_eq!(names(&mut person), ["老年卡"], "and it goes on");

    // The power goes while the disk is full.
    let children = || fs::read_to_string(format!("/proc/{0}/task/{0}/children", person.process())).unwrap_or_default();
    let running = children();
    let kill = format!("kill -KILL {running}");
    assert!(Process::new("sh").args(["-c", &kill]).status().unwrap().success());
    // A dying program may still take a line out of the pipe; the next one is started when it is gone.
    while children() == running {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert_eq!(names(&mut person), ["老年卡"]);

    fs::remove_file(disk.join("ballast")).unwrap();
    assert!(adds_card(&mut person, "图书馆").contains("\"view\""));
    assert_eq!(names(&mut person), ["老年卡", "图书馆"]);
}
