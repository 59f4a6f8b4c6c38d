//! Papers on their way to a real printer (`ippeveprinter`): off and on again, out of paper, and the program killed in
//! the middle. What comes out is counted in the printer's spool.
//!
//! The test starts itself again beside the printers, in namespaces of its own.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anban_core::Command;
use anban_core::app::{Incoming, Page};
use anban_core::entry::Field;
use anban_core::view::View;
use anban_core::wallet::{self, CardKind};

use crate::common::Home;
use crate::common::person::{Person, choices, kept, tells, word};
use crate::common::servers::server;
use crate::common::tools::beside_printers;

const ROOM: &str = "ANBAN_PRINTER_ROOM";
const LONGEST_WAIT: Duration = Duration::from_secs(40);

#[test]
fn a_paper_comes_out_once_whatever_happens_on_the_way() {
    if let Some(room) = env::var_os(ROOM) {
        let room = Path::new(&room);
        let spool = room.join("always");
        let _printer = Own::starts(ALWAYS_ON, &spool, Path::new("/bin/true"));
        until("the printer is on", || is_on(ALWAYS_ON));
        a_paper_is_followed_until_it_is_out(&spool);
        a_printer_that_is_switched_on_later_gets_the_paper_by_itself(room);
        an_empty_tray_is_told_and_nothing_is_sent_twice(room);
        a_program_that_was_killed_before_the_paper_arrived_asks_first(&spool);
        a_program_that_was_killed_after_the_paper_arrived_asks_too(&spool);
        return;
    }
    let room = Home::new();
    let out = beside_printers(room.path())
        .arg(env::current_exe().unwrap())
        .args([
            "--exact",
            "print_queue::a_paper_comes_out_once_whatever_happens_on_the_way",
        ])
        .arg("--nocapture")
        .env(ROOM, room.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = [out.stdout, out.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(out.status.success(), "{}", said.concat());
    // No test has the name that is asked for any more: that is a success too.
    assert!(
        said[0].contains("test result: ok. 1 passed; 0 failed;"),
        "{}",
        said.concat()
    );
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < LONGEST_WAIT, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(200));
    }
}

fn is_on(port: u16) -> bool {
    TcpStream::connect(("localhost", port)).is_ok()
}

/// How many papers have come out into this folder. What the printer's command says is beside them.
fn papers(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "pdf"))
        .count()
}

/// A printer that is quick and keeps what it prints in `spool`. It ends with the test.
struct Own(Child);

impl Own {
    fn starts(port: u16, spool: &Path, command: &Path) -> Self {
        fs::create_dir_all(spool).unwrap();
        let mut program = Process::new("ippeveprinter");
        program.args(["-n", "localhost", "-k", "-f", "application/pdf"]);
        program
            .args(["-p", &port.to_string()])
            .arg("-c")
            .arg(command)
            .arg("-d")
            .arg(spool);
        let quiet = program.arg("own").stdout(Stdio::null()).stderr(Stdio::null());
        Self(quiet.spawn().unwrap())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The port of the printer that is always on.
const ALWAYS_ON: u16 = 18640;

/// Somebody with a card and this printer.
fn person(home: &Home, printer: &str) -> Person {
    let mut person = Person::welcomed(home, &[], "王秀英");
    person.does(Command::Wallet(wallet::Command::Add(CardKind::Member)));
    person.enters(Field::CardName, "便民超市");
    person.enters(Field::CardNumber, "6901234567892");
    person.enters(Field::PrinterAddress, printer);
    person
}

/// The tap that prints the card, and the page before it.
fn before_printing(person: &mut Person) -> View {
    let what = person.opens(Page::Print);
    let card = choices(&what)[0].command.clone();
    let form = person.does(card).view;
    person.taps(&form, "print-a4").view
}

fn prints(person: &mut Person) -> View {
    let asked = before_printing(person);
    person.taps(&asked, "print-to-printer").view
}

/// Lets time pass at this page until it says so.
fn waits_for(person: &mut Person, key: &str) -> View {
    let mut seen = None;
    until(key, || {
        let view = person.does(Command::Incoming(Incoming::Tick)).view;
        let there = view.reading.contains(&word(&view, key));
        seen = Some(view);
        there
    });
    seen.unwrap()
}

fn a_paper_is_followed_until_it_is_out(spool: &Path) {
    let home = Home::new();
    let mut person = person(&home, &format!("ipp://localhost:{ALWAYS_ON}/ipp/print"));
    prints(&mut person);
    waits_for(&mut person, "job-done-title");
    assert_eq!(papers(spool), 1);
    person.leaves();
}

fn a_printer_that_is_switched_on_later_gets_the_paper_by_itself(room: &Path) {
    let home = Home::new();
    let spool = room.join("late");
    let mut person = person(&home, "ipp://localhost:18641/ipp/print");
    tells(&prints(&mut person), "print-unreachable-title");
    person.leaves();
    let mut person = Person::at(&home, &[]);
    let _printer = Own::starts(18641, &spool, Path::new("/bin/true"));
    until("it has come out by itself", || {
        person.does(Command::Incoming(Incoming::Tick));
        papers(&spool) > 0
    });
    let queue = person.opens(Page::PrintQueue);
    let job = choices(&queue)[0].command.clone();
    person.does(job);
    waits_for(&mut person, "job-done-title");
    assert_eq!(papers(&spool), 1);
    person.leaves();
}

fn an_empty_tray_is_told_and_nothing_is_sent_twice(room: &Path) {
    let home = Home::new();
    let printer = "ipp://localhost:18632/ipp/print";
    until("the printer is on", || is_on(18632));
    let mut person = person(&home, printer);
    // The tray is empty after the first paper.
    prints(&mut person);
    waits_for(&mut person, "job-done-title");
    prints(&mut person);
    let view = waits_for(&mut person, "print-paper-out-title");
    tells(&view, "print-paper-out-inside");
    let home_page = person.does(Command::Home).view;
    assert!(choices(&home_page).iter().any(|choice| choice.id == "print-needs"));
    person.leaves();
    // The command line waits too, and says what the printer wants that has the paper.
    let _printer = Own::starts(18642, &room.join("alike"), &room.join("empty-tray"));
    until("the printer is on", || is_on(18642));
    let print = || home.run(&["print", "card", "--printer", "ipp://localhost:18642/ipp/print"]);
    print().done();
    let said = print();
    assert!(said.could_not().contains("put paper in"), "{said:?}");
}

/// What happens to a paper on the way.
const PASSES: u8 = 0;
const IS_HELD: u8 = 1;
const ARRIVES_AND_THE_ANSWER_IS_HELD: u8 = 2;
/// It is being held.
const HELD: u8 = 3;

/// The operation Print-Job (RFC 8011, section 5.4.15), after the two bytes of the version.
const PRINT_JOB: [u8; 2] = [0, 2];

/// A way to the printer on which papers can be held; its address.
fn way(what_happens: &Arc<AtomicU8>) -> String {
    let what_happens = Arc::clone(what_happens);
    let url = server(move |asked, client| {
        let mut printer = TcpStream::connect(("127.0.0.1", ALWAYS_ON)).unwrap();
        let mut pass = || {
            printer.write_all(asked.head.as_bytes()).unwrap();
            printer.write_all(&asked.body).unwrap();
        };
        let is_paper = asked.body.get(2..4) == Some(&PRINT_JOB);
        match what_happens.load(Ordering::SeqCst) {
            happens @ (IS_HELD | ARRIVES_AND_THE_ANSWER_IS_HELD) if is_paper => {
                if happens == ARRIVES_AND_THE_ANSWER_IS_HELD {
                    pass();
                }
                what_happens.store(HELD, Ordering::SeqCst);
                thread::sleep(LONGEST_WAIT);
            }
            _ => {
                pass();
                let _ = io::copy(&mut printer, client);
                let _ = client.shutdown(Shutdown::Both);
            }
        }
    });
    format!("{}/ipp/print", url.replace("http://", "ipp://"))
}

/// Prints, and the program is killed while the paper is held. Then it is started again, and asks: the page.
fn killed_in_the_middle(home: &Home, happens: u8, what_happens: &Arc<AtomicU8>) -> (Person, View) {
    let mut person = person(home, &way(what_happens));
    let asked = before_printing(&mut person);
    let tap = crate::common::person::choice(&asked, "print-to-printer")
        .command
        .clone();
    what_happens.store(happens, Ordering::SeqCst);
    person.writes(&serde_json::to_string(&tap).unwrap());
    until("the paper is held", || what_happens.load(Ordering::SeqCst) == HELD);
    person.loses_power();
    assert_eq!(kept(home).0.print_jobs.len(), 1, "it is not lost");
    what_happens.store(PASSES, Ordering::SeqCst);
    let mut person = Person::at(home, &[]);
    for _ in 0..10 {
        person.does(Command::Incoming(Incoming::Tick));
    }
    let at_home = person.does(Command::Home).view;
    let page = person.taps(&at_home, "print-needs").view;
    tells(&page, "job-unsure-title");
    (person, page)
}

fn a_program_that_was_killed_before_the_paper_arrived_asks_first(spool: &Path) {
    let home = Home::new();
    let before = papers(spool);
    let (mut person, page) = killed_in_the_middle(&home, IS_HELD, &Arc::default());
    assert_eq!(papers(spool), before, "nothing is printed by itself");
    person.taps(&page, "job-again");
    waits_for(&mut person, "job-done-title");
    assert_eq!(papers(spool), before + 1);
    person.leaves();
}

fn a_program_that_was_killed_after_the_paper_arrived_asks_too(spool: &Path) {
    let home = Home::new();
    let before = papers(spool);
    let (mut person, page) = killed_in_the_middle(&home, ARRIVES_AND_THE_ANSWER_IS_HELD, &Arc::default());
    until("it has come out", || papers(spool) == before + 1);
    person.taps(&page, "job-came-out");
    for _ in 0..10 {
        person.does(Command::Incoming(Incoming::Tick));
    }
    assert_eq!(papers(spool), before + 1, "and not once more");
    person.leaves();
}
