//! A running `anban headless` that is killed while somebody talks to it.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::common::Home;

/// The longest that a line may take, on a busy machine and with dozens of requests to be sent after a storm.
const PATIENCE: Duration = Duration::from_secs(90);

/// What came of a line.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// It was answered.
    Acknowledged,
    /// The app says that it could not: its disk is full.
    Refused,
    /// The app is dead.
    Nothing,
}

pub struct App {
    child: Arc<Mutex<Child>>,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    /// What is on the screen.
    view: Value,
}

impl App {
    pub fn starts(home: &Home, hub: &str, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).unwrap();
        let mut command = home.anban(&["headless", "--hub", hub]);
        command.arg("--profile").arg(home.profile());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            // A line without its end was cut off: nobody was told anything by it.
            while out.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
                let _ = sender.send(std::mem::take(&mut line));
            }
        });
        Self {
            child: Arc::new(Mutex::new(child)),
            input,
            lines,
            view: Value::Null,
        }
    }

    /// SIGKILL after that time.
    pub fn dies_in(&self, time: Duration) {
        let child = Arc::clone(&self.child);
        thread::spawn(move || {
            thread::sleep(time);
            let _ = child.lock().unwrap().kill();
        });
    }

    /// Whether that page is on the screen.
    pub fn shows(&self, page: &str) -> bool {
        self.view["page"] == page
    }

    /// Whether the page has an answer of that name.
    pub fn offers(&self, id: &str) -> bool {
        let choices = self.view["body"]["Question"]["choices"].as_array();
        choices.is_some_and(|choices| choices.iter().any(|choice| choice["id"] == id))
    }

    /// A line in, a line out.
    pub fn says(&mut self, command: &Value) -> Said {
        self.view = Value::Null;
        let Some(input) = &mut self.input else {
            return Said::Nothing;
        };
        if writeln!(input, "{command}").and_then(|()| input.flush()).is_err() {
            return Said::Nothing;
        }
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) if line.starts_with("{\"error\"") => Said::Refused,
            Ok(line) => {
                let mut answer: Value = serde_json::from_str(&line).unwrap();
                self.view = answer["view"].take();
                Said::Acknowledged
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => Said::Nothing,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!("no answer to {command} within the time that a line may take")
            }
        }
    }

    /// Waits for its end; whether it was killed. One that could not start ends by itself.
    pub fn ends(mut self) -> bool {
        self.input = None;
        // Its lines end with it.
        while self.lines.recv().is_ok() {}
        self.child.lock().unwrap().wait().unwrap().signal() == Some(9)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}
