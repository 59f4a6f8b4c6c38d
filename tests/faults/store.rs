//! The store when its process is killed, its disk is really full, and its key store is really not there.
//!
//! Each test runs itself once more as a child process, told by [`CHILD`] what to do there: only a process of its own
//! can be killed, sit on a file system of its own, or have another environment.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anban_core::entry::Field;
use anban_core::help::Contact;
use anban_core::ids::ContactId;
use anban_core::store::{Change, Store, StoreError};
use anban_store::{KeyChoice, KeyHome, SqliteStore, open};
use jiff::Timestamp;
use uuid::Uuid;

/// Set in a child process: the folder to work in.
const CHILD: &str = "ANBAN_FAULT_CHILD";

fn child_folder() -> Option<PathBuf> {
    env::var_os(CHILD).map(PathBuf::from)
}

/// This test again, in a process of its own. `wrap` may put another program before it.
fn child(wrap: &[&str], test: &str, folder: &Path) -> Command {
    let me = env::current_exe().unwrap();
    let mut command = match wrap {
        [] => Command::new(me),
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(me);
            command
        }
    };
    command.args(["--exact", test, "--nocapture"]).env(CHILD, folder);
    command
}

fn open_sound(folder: &Path) -> SqliteStore {
    let opened = open(folder, Timestamp::UNIX_EPOCH, KeyChoice::File).unwrap();
    assert_eq!(opened.notice, None, "nothing was damaged");
    opened.store
}

/// Two rows that belong together: if one is there, so is the other.
fn numbered(n: u32) -> [Change; 2] {
    let contact = Contact {
        id: ContactId(Uuid::from_u128(n.into())),
        name: n.to_string(),
        number: "120".to_owned(),
        position: n,
    };
    [
        Change::PutContact(contact),
        Change::PutDraft(Field::ContactName.into(), n.to_string()),
    ]
}

/// The numbers in the store: all from 1 on, without a gap, and the draft says the last one.
fn last_number(store: &mut SqliteStore) -> u32 {
    let records = store.load().unwrap();
    let numbers: Vec<u32> = records.contacts.values().map(|contact| contact.position).collect();
    let last = numbers.len() as u32;
    assert_eq!(numbers, (1..=last).collect::<Vec<u32>>(), "a commit is missing");
    let draft = records.drafts.get(&Field::ContactName.into());
    assert_eq!(draft.map_or(0, |text| text.parse().unwrap()), last, "half a commit");
    last
}

/// What a child says on its standard output, line by line, each with this mark.
const SAYS: &str = "child: ";

fn say(word: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{SAYS}{word}").unwrap();
    out.flush().unwrap();
}

/// Lets a child run for a while after its first word, kills it, and gives all that it said.
fn killed_after(mut child: Child, while_running: Duration) -> Vec<String> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = Vec::new();
    said.extend(next_word(&mut out));
    thread::sleep(while_running);
    child.kill().unwrap();
    child.wait().unwrap();
    while let Some(word) = next_word(&mut out) {
        said.push(word);
    }
    said
}

fn next_word(out: &mut BufReader<ChildStdout>) -> Option<String> {
    let mut line = String::new();
    // A line without its end was cut off by the kill.
    while out.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
        if let Some(word) = line.strip_prefix(SAYS) {
            return Some(word.trim().to_owned());
        }
        line.clear();
    }
    None
}

#[test]
fn every_acknowledged_commit_survives_a_kill_in_the_middle_of_commits() {
    const TEST: &str = "every_acknowledged_commit_survives_a_kill_in_the_middle_of_commits";
    if let Some(folder) = child_folder() {
        let mut store = open_sound(&folder);
        let first = last_number(&mut store) + 1;
        for n in first.. {
            store.commit(&numbered(n)).unwrap();
            say(n);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..8_u64 {
        let child = child(&[], TEST, folder.path()).stdout(Stdio::piped()).spawn().unwrap();
        let said = killed_after(child, Duration::from_millis(40 + 37 * round));
        acknowledged = said.last().expect("the child commits").parse::<u32>().unwrap();
        let kept = last_number(&mut open_sound(folder.path()));
        assert!(
            kept == acknowledged || kept == acknowledged + 1,
            "{acknowledged} were acknowledged, {kept} are kept"
        );
    }
    assert!(acknowledged > 16, "the child did commit: {acknowledged}");
}

#[test]
fn a_kill_while_opening_copying_erasing_or_closing_damages_nothing() {
    const TEST: &str = "a_kill_while_opening_copying_erasing_or_closing_damages_nothing";
    if let Some(folder) = child_folder() {
        for round in 0_u32.. {
            let mut store = open_sound(&folder);
            if round > 0 {
                // What was acknowledged in the round before.
                assert_eq!(last_number(&mut store), 3);
            }
            store.commit(&[Change::EraseAll]).unwrap();
            say("erased");
            for n in 1..=3 {
                store.commit(&numbered(n)).unwrap();
                say(n);
            }
            store.close().unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for round in 0..16_u64 {
        let child = child(&[], TEST, folder.path()).stdout(Stdio::piped()).spawn().unwrap();
        let said = killed_after(child, Duration::from_millis(11 * round));
        let kept = last_number(&mut open_sound(folder.path()));
        let allowed: &[u32] = match said.last().expect("the child says something").as_str() {
            "erased" => &[0, 1],
            "1" => &[1, 2],
            "2" => &[2, 3],
            // The next round may have erased already.
            _ => &[3, 0],
        };
        assert!(allowed.contains(&kept), "{:?}, but {kept} are kept", said.last());
    }
}

/// Ways to get a mount of one's own: as root, in a user namespace, or through sudo where it asks no password.
const NAMESPACES: [&[&str]; 3] = [
    &["unshare", "--mount"],
    &["unshare", "--map-root-user", "--mount"],
    &["sudo", "-n", "--preserve-env=ANBAN_FAULT_CHILD", "unshare", "--mount"],
];

/// Mounts a file system of 1 MB on the folder given first, then runs the rest.
const MOUNT: &str = r#"mount -t tmpfs -o size=1m none "$0" && exec "$@""#;

#[test]
fn a_disk_that_is_really_full_refuses_a_commit_loses_nothing_and_goes_on_when_there_is_room() {
    const TEST: &str = "a_disk_that_is_really_full_refuses_a_commit_loses_nothing_and_goes_on_when_there_is_room";
    if let Some(disk) = child_folder() {
        fill_the_disk(&disk);
        return;
    }
    let disk = tempfile::tempdir().unwrap();
    let mount_point = disk.path().to_str().unwrap();
    for namespace in NAMESPACES {
        let wrap = [namespace, &["sh", "-c", MOUNT, mount_point][..]].concat();
        let probe = Command::new(wrap[0]).args(&wrap[1..]).arg("true").output();
        if probe.is_ok_and(|output| output.status.success()) {
            let output = child(&wrap, TEST, disk.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
            assert!(said.contains("child: recovered"), "{said}");
            return;
        }
    }
    // SQLite's own limit is tested everywhere, in the store's crate.
    eprintln!("a file system of its own can't be mounted on this machine: a really full disk was not tested");
}

/// In a child on a disk of 1 MB.
fn fill_the_disk(disk: &Path) {
    let folder = disk.join("profile");
    let mut store = open_sound(&folder);
    let mut kept = 0;
    for n in 1..=3 {
        store.commit(&numbered(n)).unwrap();
        kept = n;
    }
    let ballast = disk.join("ballast");
    fill(&ballast);

    // The disk is full: what goes on fitting into the journal's last page may still be taken.
    let refused = (kept + 1..kept + 200).find_map(|n| {
        let [contact, draft] = numbered(n);
        let padding = Change::PutDraft(Field::MedicalNotes.into(), "病".repeat(3_000 + n as usize));
        match store.commit(&[contact, padding, draft]) {
            Ok(()) => {
                kept = n;
                None
            }
            Err(error) => Some(error),
        }
    });
    assert_eq!(refused, Some(StoreError::Full));
    assert_eq!(last_number(&mut store), kept, "the refused list left nothing behind");

    // Also a start on the full disk shows everything that was kept.
    drop(store);
    fill(&disk.join("more ballast"));
    let mut store = open_sound(&folder);
    assert_eq!(last_number(&mut store), kept);
    let large = Change::PutDraft(Field::DocumentText.into(), "文".repeat(100_000));
    assert_eq!(store.commit(&[large]), Err(StoreError::Full));

    // Restoring needs room too: what is damaged stays in its place until there is some.
    drop(store);
    let copy = tempfile::tempdir().unwrap();
    fs::copy(folder.join("anban.db"), copy.path().join("anban.db")).unwrap();
    fs::write(folder.join("anban.db"), "").unwrap();
    fill(&disk.join("still more ballast"));
    let refused = open(&folder, Timestamp::UNIX_EPOCH, KeyChoice::File).err();
    assert_eq!(refused, Some(anban_store::OpenError::Full));
    assert!(!folder.join("set-aside").exists());

    fs::remove_file(&ballast).unwrap();
    fs::copy(copy.path().join("anban.db"), folder.join("anban.db")).unwrap();
    let mut store = open_sound(&folder);
    assert_eq!(last_number(&mut store), kept);
    store.commit(&numbered(kept + 1)).unwrap();
    store.close().unwrap();
    assert_eq!(last_number(&mut open_sound(&folder)), kept + 1);
    say("recovered");
}

/// Writes to `path` until there is no room at all.
fn fill(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    for piece in [64 * 1024, 4 * 1024, 512, 1] {
        while file.write_all(&vec![b'x'; piece]).is_ok() {}
    }
}

#[test]
fn without_a_session_bus_the_key_goes_into_a_file_at_once() {
    const TEST: &str = "without_a_session_bus_the_key_goes_into_a_file_at_once";
    if let Some(folder) = child_folder() {
        open_with_the_system_s_key_store(&folder);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bus = format!("unix:path={}/no-bus", folder.path().display());
    let took = key_home_is_a_file(TEST, folder.path(), &bus);
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn a_session_bus_that_never_answers_is_given_up() {
    const TEST: &str = "a_session_bus_that_never_answers_is_given_up";
    if let Some(folder) = child_folder() {
        open_with_the_system_s_key_store(&folder);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("bus");
    let listener = UnixListener::bind(&socket).unwrap();
    // Takes connections and reads, for as long as the test runs, and never says a word.
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            thread::spawn(move || connection.read_to_end(&mut Vec::new()));
        }
    });
    let took = key_home_is_a_file(TEST, folder.path(), &format!("unix:path={}", socket.display()));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// A session bus with a key store on it, for the command that follows.
const KEY_STORE: &str = r#"
printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" "$@"
"#;

#[test]
fn with_a_real_key_store_the_key_is_kept_there_and_replaced_by_erasing() {
    const TEST: &str = "with_a_real_key_store_the_key_is_kept_there_and_replaced_by_erasing";
    if let Some(folder) = child_folder() {
        erase_with_the_system_s_key_store(&folder.join("profile"));
        return;
    }
    let installed = |program| Command::new(program).arg("--version").output().is_ok();
    if !installed("dbus-run-session") || !installed("gnome-keyring-daemon") {
        eprintln!("no gnome-keyring-daemon or dbus-run-session here: a real key store was not tested");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wrap = ["dbus-run-session", "--", "sh", "-c", KEY_STORE];
    let output = child(&wrap, TEST, folder.path())
        .env("HOME", folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("XDG_DATA_HOME", folder.path().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("child: done"), "{said}");
}

fn erase_with_the_system_s_key_store(profile: &Path) {
    let opened = || open(profile, Timestamp::UNIX_EPOCH, KeyChoice::System).unwrap();
    let key_file = || fs::read_to_string(profile.join("key")).unwrap();

    let mut first = opened();
    assert_eq!(first.key_home, KeyHome::KeyStore);
    first.store.commit(&numbered(1)).unwrap();
    first.store.close().unwrap();
    let before = key_file();

    let mut second = opened();
    assert_eq!((second.notice, last_number(&mut second.store)), (None, 1));
    second.store.commit(&[Change::EraseAll]).unwrap();
    second.store.close().unwrap();
    assert_ne!(key_file(), before);

    let mut third = opened();
    assert_eq!((third.notice, third.key_home), (None, KeyHome::KeyStore));
    assert_eq!(last_number(&mut third.store), 0);
    say("done");
}

fn open_with_the_system_s_key_store(folder: &Path) {
    let opened = open(&folder.join("profile"), Timestamp::UNIX_EPOCH, KeyChoice::System).unwrap();
    assert_eq!(opened.key_home, KeyHome::File);
    opened.store.close().unwrap();
    say("opened");
}

/// Runs the child with `bus` for its session bus, and gives the time that it took.
fn key_home_is_a_file(test: &str, folder: &Path, bus: &str) -> Duration {
    let began = Instant::now();
    let output = child(&[], test, folder)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("XDG_RUNTIME_DIR", folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("child: opened"), "{said}");
    began.elapsed()
}
