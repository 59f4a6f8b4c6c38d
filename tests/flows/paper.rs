//! Paper: what is printed says the same as what is shown, to a person and to a scanner.

use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use anban_core::Command;
use anban_core::entry::Field;
use anban_core::health_code;
use anban_core::wallet::{self, CardKind};

use crate::common::hub::Hub;
use crate::common::person::{Person, kept};
use crate::common::tools::{beside_printers, joined, pictures, scanned, words};
use crate::common::{Home, Ran, program};
use crate::identity_number;

/// A home with a health code in it; the code's text.
fn with_health_code() -> (Home, String) {
    let (home, data) = (Home::new(), Home::new());
    let hub = Hub::start(data.path());
    let mut person = Person::welcomed(&home, &["--hub", &hub.url], "王秀英");
    person.enters(Field::IdentityNumber, &identity_number("99010119500315002"));
    person.does(Command::HealthCode(health_code::Command::AskForHealthStatus));
    person.leaves();
    let text = kept(&home).0.documents.values().next().unwrap().text.clone();
    (home, text)
}

#[test]
fn the_code_on_the_printed_page_is_the_document_letter_for_letter() {
    let (home, text) = with_health_code();
    let pdf = home.path().join("code.pdf");
    home.run(&["print", "health-code", "--out", pdf.to_str().unwrap()])
        .done();
    let pages = pictures(&pdf);
    assert_eq!(pages.len(), 1);
    assert_eq!(scanned(&pages[0]), text);
    assert!(words(&pdf).contains(&joined("王秀英")));
}

#[test]
fn a_printed_card_is_read_by_a_till() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");
    person.does(Command::Wallet(wallet::Command::Add(CardKind::Member)));
    person.enters(Field::CardName, "便民超市");
    person.enters(Field::CardNumber, "6901234567892");
    person.leaves();
    let pdf = home.path().join("card.pdf");
    home.run(&["print", "card", "--out", pdf.to_str().unwrap()]).done();
    assert_eq!(scanned(&pictures(&pdf)[0]), "6901234567892");
}

/// Begins a command that has a mount of its own, as root or in a user namespace; root writes wherever nobody else may.
fn on_a_disk_of_its_own() -> Process {
    let mut command = Process::new("unshare");
    if Process::new("id").arg("-u").output().unwrap().stdout.trim_ascii() != b"0" {
        command.arg("--map-root-user");
    }
    command.arg("--mount");
    command
}

/// A disk of so many bytes (the fifth that is given) on a folder (the first), with a file (the second) on it as
/// `code.pdf`. What follows is run; then that file (to the third) and the names of all that is there (to the fourth)
/// are brought out, for the disk goes with the shell.
const ON_A_SMALL_DISK: &str = r#"
disk=$0 after=$2 beside=$3
mount -t tmpfs -o size="$4" none "$disk" && cp "$1" "$disk/code.pdf" || exit 99
shift 4
"$@"
told=$?
cp "$disk/code.pdf" "$after" && ls -A "$disk" > "$beside" || exit 98
exit $told
"#;

#[test]
fn a_paper_that_cannot_be_saved_leaves_the_older_one_unharmed() {
    let (home, _) = with_health_code();
    let print = |language: &str, out: &Path| {
        let out = out.to_str().unwrap();
        home.run(&["print", "health-code", "--lang", language, "--out", out])
    };
    let (older, newer) = (home.path().join("older.pdf"), home.path().join("newer.pdf"));
    print("en", &older).done();
    print("zh-Hans", &newer).done();
    let [old, new] = [&older, &newer].map(|pdf| fs::read(pdf).unwrap());
    assert!(old != new, "nobody could tell which paper is there");

    // A disk on which the older paper has room, and half of the newer one beside it.
    let (disk, room) = (
        home.path().join("disk"),
        old.len().next_multiple_of(4096) + new.len() / 2,
    );
    fs::create_dir(&disk).unwrap();
    let (there, after, beside) = (
        disk.join("code.pdf"),
        home.path().join("after.pdf"),
        home.path().join("beside"),
    );
    let mut command = on_a_disk_of_its_own();
    command.args(["sh", "-c", ON_A_SMALL_DISK]);
    command.args([&disk, &older, &after, &beside]).arg(room.to_string());
    let printing = home.anban(&["print", "health-code", "--lang", "zh-Hans", "--out"]);
    command
        .arg(printing.get_program())
        .args(printing.get_args())
        .arg(&there);
    command.arg("--profile").arg(home.profile());
    for (name, value) in printing.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let ran = Ran::from(command.stdin(Stdio::null()).output().unwrap());
    assert!(ran.could_not().contains("No space left"), "{ran:?}");
    assert!(fs::read(&after).unwrap() == old, "the older paper is not what it was");
    assert_eq!(
        fs::read_to_string(&beside).unwrap(),
        "code.pdf\n",
        "half a paper was left"
    );

    // Where no folder is, where a folder is, and where a file is in the place of the folder.
    let folder = home.path().join("folder.pdf");
    fs::create_dir(&folder).unwrap();
    for out in [
        &home.path().join("no folder/code.pdf"),
        &folder,
        &older.join("code.pdf"),
    ] {
        print("zh-Hans", out).could_not();
    }
    assert!(folder.is_dir());
    assert!(fs::read(&older).unwrap() == old, "the older paper is not what it was");
    home.run(&["print", "health-code", "--printer", "http:/no printer"])
        .could_not();
    home.run(&["print", "health-code", "--printer", "ipp://127.0.0.1:9/ipp/print"])
        .could_not();
}

/// Prints as soon as the printer answers.
const WHEN_IT_IS_UP: &str = r#"for _ in $(seq 100); do "$@" && exit 0; sleep 0.1; done; exit 1"#;

#[test]
fn a_health_code_comes_out_of_a_real_printer() {
    let (home, text) = with_health_code();
    let room = Home::new();
    let printed = beside_printers(room.path())
        .args(["sh", "-c", WHEN_IT_IS_UP, "sh"])
        .arg(program("anban"))
        .args([
            "print",
            "health-code",
            "--printer",
            "ipp://localhost:18631/ipp/print",
            "--profile",
        ])
        .arg(home.profile())
        .env("HOME", home.path())
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}/no-bus", home.path().display()),
        )
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let ran = Ran::from(printed);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut spooled = fs::read_dir(room.path().join("spool"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pdf = spooled.next().expect("nothing came out");
    assert!(fs::read(&pdf).unwrap().starts_with(b"%PDF"));
    let pdf = home.file("printed.pdf", fs::read(pdf).unwrap());
    assert_eq!(scanned(&pictures(&pdf)[0]), text);
    assert!(spooled.next().is_none(), "it was printed twice");
}
