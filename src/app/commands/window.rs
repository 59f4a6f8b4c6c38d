//! The app.

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use anban_core::app::{Page, Start};
use anban_core::settings::Language;
use anban_core::store::{Store, StoreNotice};
use anban_core::{Command, Core};
use anyhow::{Context, Result};
use jiff::Timestamp;
use slint::ComponentHandle;

use crate::adapters::Shown;
use crate::outside::Outside;
use crate::runtime::Newest;
use crate::{SystemIds, profile, runtime};

/// The app's own options.
// Flattened into the arguments of the program, whose group has the same name.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The folder of the profile [default: the system's place for data]
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// The hub's address [default: the one in the settings]
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// A session that leaves nothing behind, on the whole screen
    #[arg(long)]
    kiosk: bool,
    /// The language to begin with: zh-Hans or en [default: the system's]
    #[arg(long, value_name = "LANG", value_parser = super::language)]
    lang: Option<Language>,
    /// The page to open
    #[arg(long, value_name = "NAME", value_parser = super::page)]
    page: Option<Page>,
}

/// The language of the system, where the app speaks it.
fn system_language() -> Option<Language> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .and_then(|tag| Language::from_tag(&tag))
}

/// The core with what its store holds, and what the person has to be told of that.
fn open(arguments: &Arguments) -> Result<(Core, Box<dyn Store>, Option<StoreNotice>)> {
    let profile::Opened { mut store, notice } = if arguments.kiosk {
        profile::in_memory()
    } else {
        profile::open(arguments.profile.as_deref(), Timestamp::now())?
    };
    let records = store.load()?;
    let core = Core::new(records, crate::surroundings(Box::new(SystemIds)), crate::now());
    Ok((core, store, notice))
}

/// Shows the window until it is closed.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode> {
    // A profile is made, or opened, while the window is: neither needs the other, and both take a while.
    let (opened, window) = thread::scope(|threads| {
        let opening = threads.spawn(|| open(&arguments));
        let window = anban_ui::open();
        let opened = opening.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (opened, window)
    });
    let (core, store, notice) = opened?;
    let window = window.context("no window can be opened: start it where there is a display")?;
    window.window().set_fullscreen(arguments.kiosk);
    let (inbox, commands) = runtime::inbox();
    let sender = inbox.clone();
    let shown = Rc::new(Shown::new(window, move |command| sender.send(command)));

    // The first view is drawn with the first frame; the core's thread takes over from there.
    shown.show(core.view());
    SHOWN.set(Some(shown.clone()));
    let mut outside = Outside::start(inbox.clone());
    let thread = runtime::start(
        core,
        store,
        commands,
        crate::now,
        move |effect| outside.carry_out(effect),
        {
            let newest = Arc::new(Newest::default());
            move |view| {
                // While one waits for the window's thread, a newer one takes its place: however fast things come in,
                // there is never more than one to be shown.
                if newest.put(view) {
                    let newest = newest.clone();
                    // After the window has closed there is nobody to show it to.
                    let _ = slint::invoke_from_event_loop(move || {
                        if let Some(view) = newest.take() {
                            SHOWN.with_borrow(|shown| shown.iter().for_each(|shown| shown.show(view.clone())));
                        }
                    });
                }
            }
        },
    )?;
    inbox.send(Command::Start(Start {
        page: arguments.page,
        notice,
        language: arguments.lang.or_else(system_language),
        hub: arguments.hub,
    }));

    let ran = shown.window().run();
    SHOWN.set(None);
    inbox.close();
    let _ = thread.join();
    ran.context("no window can be shown: start it where there is a display")?;
    Ok(ExitCode::SUCCESS)
}

thread_local! {
    /// What the window's thread shows. It is not `Send`, and views come from the core's thread.
    static SHOWN: std::cell::RefCell<Option<Rc<Shown>>> = const { std::cell::RefCell::new(None) };
}
