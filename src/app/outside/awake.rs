//! Keeping the screen on while a card is held out to somebody, who may take a while with it.
//!
//! The desktop is asked over D-Bus: `org.freedesktop.ScreenSaver` where there is one, else the portal's
//! `org.freedesktop.portal.Inhibit`. Both let go by themselves when the program ends. Where neither answers the screen goes
//! dark as it always does, and the log says why.

#[cfg(target_os = "linux")]
mod desktop;

use std::sync::mpsc::{self, Sender};

#[cfg(target_os = "linux")]
use self::desktop::{Held, hold};
#[cfg(not(target_os = "linux"))]
use self::nobody::{Held, hold};

/// Asks from a thread of its own: the desktop may take its time, and many machines have none.
#[derive(Debug, Default)]
pub struct Awake(Option<Sender<bool>>);

impl Awake {
    /// Keeps the screen on, or lets it go dark as usual.
    pub fn set(&mut self, awake: bool) {
        if self.0.is_none() && !awake {
            return;
        }
        let sender = self.0.get_or_insert_with(|| {
            let (sender, receiver) = mpsc::channel::<bool>();
            let work = move || {
                let mut held: Option<Held> = None;
                while let Ok(awake) = receiver.recv() {
                    if !awake {
                        held = None;
                    } else if held.is_none() {
                        held = hold()
                            .inspect_err(|error| {
                                tracing::info!(%error, "nobody here keeps the screen on: it goes dark as usual");
                            })
                            .ok();
                    }
                }
            };
            if let Err(error) = std::thread::Builder::new().name("awake".to_owned()).spawn(work) {
                tracing::warn!(%error, "no thread to keep the screen on: it goes dark as usual");
            }
            sender
        });
        let _ = sender.send(awake);
    }
}

/// Elsewhere the shell around the app has to do it.
#[cfg(not(target_os = "linux"))]
mod nobody {
    /// Nobody keeps the screen on.
    pub(super) struct Held;

    pub(super) fn hold() -> Result<Held, &'static str> {
        Err("this system is not asked")
    }
}
