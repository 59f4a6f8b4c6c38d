//! A person at `anban headless`: writes a command, reads the answer, and never waits for ever.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anban_core::Command;
use anban_core::app::{Incoming, Page};
use anban_core::effect::Effect;
use anban_core::entry::Field;
use anban_core::first_start;
use anban_core::store::{Records, Store, StoreNotice};
use anban_core::view::{Body, Choice, CodeView, QuestionView, View};
use anban_core::words::Words;
use jiff::Timestamp;
use serde::Deserialize;

use super::Home;

/// The longest that a line may take, whatever the hub does.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// An answer of the core.
#[derive(Debug, Deserialize)]
pub struct Answered {
    pub view: View,
    pub effects: Vec<Effect>,
}

/// A running `anban headless`.
pub struct Person {
    child: Child,
    /// Until its input ends.
    commands: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Person {
    /// Starts it on the profile of `home`; `options` are more of its options.
    pub fn at(home: &Home, options: &[&str]) -> Self {
        let mut command = home.anban(&["headless"]);
        command.arg("--profile").arg(home.profile()).args(options);
        Self::with(command)
    }

    /// Starts it by a command that was put together elsewhere.
    pub fn with(mut command: std::process::Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let commands = child.stdin.take();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            // A line without its end was cut off: nobody was told anything by it.
            let mut out = out;
            let mut line = String::new();
            while out.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
                let _ = sender.send(std::mem::take(&mut line));
            }
        });
        Self { child, commands, lines }
    }

    /// Starts it, with the first questions answered and a name given.
    pub fn welcomed(home: &Home, options: &[&str], name: &str) -> Self {
        let mut person = Self::at(home, options);
        person.does(Command::FirstStart(first_start::Command::Finish));
        person.enters(Field::Name, name);
        person
    }

    /// Writes a line as it stands.
    pub fn writes(&mut self, line: &str) {
        let commands = self.commands.as_mut().unwrap();
        writeln!(commands, "{line}").unwrap();
        commands.flush().unwrap();
    }

    /// The next line that comes out.
    pub fn reads(&mut self) -> String {
        self.lines
            .recv_timeout(PATIENCE)
            .expect("no answer within the time that a line may take")
    }

    /// A line in, a line out.
    pub fn says(&mut self, line: &str) -> String {
        self.writes(line);
        self.reads()
    }

    /// Gives a command that must be carried out.
    #[track_caller]
    pub fn does(&mut self, command: Command) -> Answered {
        let line = self.says(&serde_json::to_string(&command).unwrap());
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    pub fn enters(&mut self, field: Field, text: &str) -> Answered {
        let text = text.to_owned();
        self.does(Command::Enter { field, text })
    }

    pub fn opens(&mut self, page: Page) -> View {
        self.does(Command::Open(page)).view
    }

    pub fn network_is_back(&mut self) -> Answered {
        self.does(Command::Incoming(Incoming::NetworkBack))
    }

    /// Taps the answer of this name, in the view that was answered last.
    #[track_caller]
    pub fn taps(&mut self, view: &View, id: &str) -> Answered {
        let choice = choice(view, id).clone();
        self.does(choice.command)
    }

    /// Taps all of these, one after the other; the view after the last.
    #[track_caller]
    pub fn taps_all(&mut self, mut view: View, ids: &[&str]) -> View {
        for id in ids {
            view = self.taps(&view, id).view;
        }
        view
    }

    /// Writes all these lines from a thread of their own, without waiting for answers.
    pub fn streams(&mut self, lines: impl Iterator<Item = String> + Send + 'static) {
        let mut commands = self.commands.take().unwrap();
        thread::spawn(move || {
            for line in lines {
                // It may be killed in the middle.
                if writeln!(commands, "{line}").is_err() {
                    return;
                }
            }
        });
    }

    /// The process that was started.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, as when the power goes.
    pub fn loses_power(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// All lines that had come out when it was killed.
    pub fn loses_power_having_said(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }

    /// Ends it in order and checks that it ended well.
    pub fn leaves(mut self) {
        self.commands = None;
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert_eq!(status.code(), Some(0));
                return;
            }
            assert!(Instant::now() < until, "it goes on after its input has ended");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answers that a page offers.
pub fn choices(view: &View) -> Vec<&Choice> {
    view.body.choices().collect()
}

#[track_caller]
pub fn choice<'a>(view: &'a View, id: &str) -> &'a Choice {
    let found = view.body.choices().find(|choice| choice.id == id);
    found.unwrap_or_else(|| panic!("{:?} offers no {id}: {:?}", view.page, view.reading))
}

/// From the ways to a doctor to the first department of the first hospital; what is offered there.
#[track_caller]
pub fn at_a_department(person: &mut Person) -> View {
    use anban_core::appointments::Command as Doctor;
    let first = |view: &View, leads: fn(&Doctor) -> bool| {
        let leads_on = |choice: &&Choice| matches!(&choice.command, Command::Appointments(command) if leads(command));
        let found = view.body.choices().find(leads_on);
        found.unwrap_or_else(|| panic!("{:?}", view.reading)).command.clone()
    };
    let ways = person.does(Command::Appointments(Doctor::Begin)).view;
    let departments = person
        .does(first(&ways, |command| matches!(command, Doctor::ChooseHospital(_))))
        .view;
    person
        .does(first(&departments, |command| {
            matches!(command, Doctor::ChooseDepartment(_))
        }))
        .view
}

#[track_caller]
pub fn question(view: &View) -> &QuestionView {
    match &view.body {
        Body::Question(question) => question,
        other => panic!("not a question: {other:?}"),
    }
}

#[track_caller]
pub fn code(view: &View) -> &CodeView {
    match &view.body {
        Body::Code(code) => code,
        other => panic!("no code is shown: {other:?}"),
    }
}

/// The words for `key` in the language of the view.
pub fn word(view: &View, key: &str) -> String {
    let text = Words::of(view.language).get(key);
    assert_ne!(text, key, "there is no such key");
    text
}

/// Whether the page says this.
#[track_caller]
pub fn tells(view: &View, key: &str) {
    let text = word(view, key);
    assert!(view.reading.contains(&text), "{text:?} is not in {:?}", view.reading);
}

/// What is kept in a profile that no program has open, and whether it had to be repaired.
pub fn kept(home: &Home) -> (Records, Option<StoreNotice>) {
    let opened = anban_store::open(&home.profile(), Timestamp::now(), anban_store::KeyChoice::File).unwrap();
    let mut store = opened.store;
    let records = store.load().unwrap();
    store.close().unwrap();
    (records, opened.notice)
}
