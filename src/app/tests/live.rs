//! The app as it runs behind its window, without one: the core's thread, its real store and sync, and a real hub. What is
//! looked at is how soon something that happens elsewhere is on the screen.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anban::outside::Outside;
use anban::runtime::{self, Inbox};
use anban::{SystemIds, profile, surroundings};
use anban_core::app::{Page, Start};
use anban_core::appointments::{self, Chosen};
use anban_core::entry::Field;
use anban_core::view::{Body, Choice, View};
use anban_core::{Command, Core, first_start};
use anban_hub::accounts::Role;
use anban_hub::{Config, Hub, RunningHub, Storage, staff};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Zoned;

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(40);
/// The first department of the demonstration city.
const HOSPITAL: &str = "first-hospital";
const DEPARTMENT: &str = "first-hospital-internal";

/// A clock that goes on from a Monday morning, half an hour before the first visit of the day.
fn clock() -> impl Fn() -> Zoned + Clone + Send + Sync + 'static {
    let from: Zoned = "2026-11-23T08:00:00+08:00[Asia/Shanghai]".parse().unwrap();
    let began = Instant::now();
    move || from.saturating_add(jiff::SignedDuration::try_from(began.elapsed()).unwrap())
}

type Clock = Arc<dyn Fn() -> Zoned + Send + Sync>;

fn hub(data: &Path, address: &str, clock: &Clock) -> RunningHub {
    let clock = Arc::clone(clock);
    let config = Config {
        demo: true,
        clock: Arc::new(move || clock().timestamp()),
        ..Config::new(address, data.join("hub"))
    };
    Hub::start(config).unwrap()
}

/// The token of a nurse.
fn nurse(hub: &RunningHub, data: &Path, clock: &Clock) -> String {
    let storage = Storage {
        data: data.join("hub"),
        database: None,
    };
    let added = staff::add(storage, "李护士", Role::Nurse, clock().timestamp()).unwrap();
    let basic = BASE64_STANDARD.encode(format!("{}:{}", added.id, added.secret));
    let answer = ureq::post(format!("{}/token", hub.url()))
        .header("Authorization", format!("Basic {basic}"))
        .send_form([("grant_type", "client_credentials")]);
    let answer: serde_json::Value = answer.unwrap().body_mut().read_json().unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

fn calls_the_next(hub: &RunningHub, nurse: &str) {
    let called = ureq::post(format!("{}/queues/{DEPARTMENT}/next", hub.url()))
        .header("Authorization", format!("Bearer {nurse}"))
        .send_json(serde_json::json!({ "command": uuid::Uuid::new_v4() }))
        .unwrap();
    assert_eq!(called.status(), 200);
}

/// The app, as far as its window.
struct App {
    inbox: Inbox,
    views: Receiver<View>,
    view: View,
    thread: Option<JoinHandle<()>>,
}

impl App {
    fn start(folder: &Path, hub: &str, clock: &Clock) -> Self {
        let opened = profile::open(Some(&folder.join("profile")), clock().timestamp()).unwrap();
        let mut store = opened.store;
        let core = Core::new(store.load().unwrap(), surroundings(Box::new(SystemIds)), clock());
        let (inbox, outlet) = runtime::inbox();
        let (sender, views) = mpsc::channel();
        let (view, by) = (core.view(), Arc::clone(clock));
        let mut outside = Outside::start(inbox.clone());
        let carry_out = move |effect| outside.carry_out(effect);
        let publish = move |view| drop(sender.send(view));
        let thread = runtime::start(core, store, outlet, move || by(), carry_out, publish).unwrap();
        let app = Self {
            inbox,
            views,
            view,
            thread: Some(thread),
        };
        app.does(Command::Start(Start {
            hub: Some(hub.to_owned()),
            ..Start::default()
        }));
        app.does(Command::FirstStart(first_start::Command::Finish));
        app.does(Command::Enter {
            field: Field::Name,
            text: "王秀英".to_owned(),
        });
        app
    }

    fn does(&self, command: Command) {
        self.inbox.send(command);
    }

    /// Waits until the screen shows something, and says how long that took.
    #[track_caller]
    fn until<T>(&mut self, what: &str, shows: impl Fn(&View) -> Option<T>) -> (T, Duration) {
        let began = Instant::now();
        loop {
            if let Some(found) = shows(&self.view) {
                return (found, began.elapsed());
            }
            let left = PATIENCE.saturating_sub(began.elapsed());
            match self.views.recv_timeout(left) {
                Ok(view) => self.view = view,
                Err(RecvTimeoutError::Timeout) => panic!("no {what}: {:?}", self.view.reading),
                Err(RecvTimeoutError::Disconnected) => panic!("the core has ended"),
            }
        }
    }

    /// Taps an answer as soon as the screen has it.
    #[track_caller]
    fn taps(&mut self, id: &str) {
        let (command, _) = self.until(id, |view| choice(view, id).map(|choice| choice.command.clone()));
        self.does(command);
    }

    /// At the department, whose times are known; the soonest of them.
    #[track_caller]
    fn at_the_department(&mut self) -> Chosen {
        self.does(Command::Appointments(appointments::Command::Begin));
        self.taps(HOSPITAL);
        self.taps(DEPARTMENT);
        let soonest = self.until("a free time", |view| {
            match &choice(view, "department-soonest")?.command {
                Command::Appointments(appointments::Command::ChooseTime(chosen)) => Some(chosen.clone()),
                _ => None,
            }
        });
        soonest.0
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.inbox.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn choices(view: &View) -> Vec<&Choice> {
    match &view.body {
        Body::Home(home) => home.today.iter().chain(&home.tiles).chain(&home.below).collect(),
        Body::Question(question) => question.choices.iter().collect(),
        _ => Vec::new(),
    }
}

fn choice<'a>(view: &'a View, id: &str) -> Option<&'a Choice> {
    choices(view).into_iter().find(|choice| choice.id == id)
}

fn says(view: &View, text: &str) -> Option<()> {
    view.reading.iter().any(|part| part.contains(text)).then_some(())
}

#[test]
fn a_hub_that_is_back_is_noticed_within_seconds_and_what_waits_is_confirmed() {
    let (data, clock): (_, Clock) = (tempfile::tempdir().unwrap(), Arc::new(clock()));
    let first = hub(data.path(), "127.0.0.1:0", &clock);
    let address = first.addr().to_string();
    let mut app = App::start(data.path(), &first.url(), &clock);
    app.at_the_department();
    app.taps("department-soonest");
    app.until("the question", |view| (view.page == Page::ConfirmVisit).then_some(()));
    first.shutdown();
    app.taps("confirm-yes");
    app.until("还没确认", |view| says(view, "还没确认"));
    // The hub is away for a while, and was asked in vain.
    std::thread::sleep(Duration::from_secs(5));
    let back = hub(data.path(), &address, &clock);
    let (_, took) = app.until("挂好号了", |view| says(view, "挂好号了"));
    println!("confirmed {took:?} after the hub was back");
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop(app);
    back.shutdown();
}

#[test]
fn a_number_in_the_queue_and_a_time_that_is_taken_come_by_the_stream_while_a_page_is_open() {
    let (data, clock): (_, Clock) = (tempfile::tempdir().unwrap(), Arc::new(clock()));
    let hub = hub(data.path(), "127.0.0.1:0", &clock);
    let mut app = App::start(data.path(), &hub.url(), &clock);
    let mut other = App::start(&data.path().join("other"), &hub.url(), &clock);

    // Both look at the same department. What one books, the other's page has no more.
    let soonest = app.at_the_department();
    other.at_the_department();
    // Its stream is open by now.
    std::thread::sleep(Duration::from_secs(2));
    app.taps("department-soonest");
    app.taps("confirm-yes");
    app.until("挂好号了", |view| says(view, "挂好号了"));
    let (_, taken) = other.until("another time", |view| {
        let command = &choice(view, "department-soonest")?.command;
        let is_it = matches!(command, Command::Appointments(appointments::Command::ChooseTime(chosen)) if chosen.slot == soonest.slot);
        (!is_it).then_some(())
    });
    println!("the other's page has it {taken:?} later");
    // Without a stream it would be asked for every five seconds.
    assert!(taken < Duration::from_secs(4), "{taken:?}");

    // The day of the visit: the hospital's own number is on the page, and the page of the queue goes on by itself.
    app.taps("booked-show");
    app.taps("visit-check-in");
    // Three made-up people of the demonstration city have come before.
    app.until("three before", |view| {
        says(view, "前面还有3位").or_else(|| says(view, "前面还有三位"))
    });
    let nurse = nurse(&hub, data.path(), &clock);
    // Who was called first is inside, and still before the others until the next one is called.
    calls_the_next(&hub, &nurse);
    calls_the_next(&hub, &nurse);
    let (_, called) = app.until("two before", |view| says(view, "前面还有两位"));
    println!("the queue is on the page {called:?} after the call");
    assert!(called < Duration::from_secs(4), "{called:?}");
    drop(other);
    drop(app);
    hub.shutdown();
}
