//! The brightness of the screen: full while a code is shown, as it was afterwards.

use std::sync::mpsc::{self, Sender};

use brightness::blocking::Brightness as _;

/// Sets the brightness from a thread of its own: the system may take its time, and many machines can't do it at all.
#[derive(Debug, Default)]
pub struct Brightness(Option<Sender<bool>>);

impl Brightness {
    /// Makes the screen its brightest, or as it was.
    pub fn set(&mut self, brightest: bool) {
        if self.0.is_none() && !brightest {
            return;
        }
        let sender = self.0.get_or_insert_with(|| {
            let (sender, receiver) = mpsc::channel();
            let work = move || {
                let mut before: Vec<(String, u32)> = Vec::new();
                while let Ok(brightest) = receiver.recv() {
                    if brightest {
                        raise(&mut before)
                    } else {
                        restore(&mut before)
                    }
                }
                restore(&mut before);
            };
            if let Err(error) = std::thread::Builder::new().name("brightness".to_owned()).spawn(work) {
                tracing::warn!(%error, "no thread for the brightness: it stays as it is");
            }
            sender
        });
        let _ = sender.send(brightest);
    }
}

fn devices() -> impl Iterator<Item = brightness::blocking::BrightnessDevice> {
    brightness::blocking::brightness_devices().filter_map(Result::ok)
}

fn raise(before: &mut Vec<(String, u32)>) {
    if !before.is_empty() {
        return;
    }
    for device in devices() {
        let (Ok(name), Ok(level)) = (device.device_name(), device.get()) else {
            continue;
        };
        if device.set(100).is_ok() {
            before.push((name, level));
        }
    }
}

fn restore(before: &mut Vec<(String, u32)>) {
    for device in devices() {
        let Ok(name) = device.device_name() else { continue };
        if let Some((_, level)) = before.iter().find(|(known, _)| *known == name) {
            let _ = device.set(*level);
        }
    }
    before.clear();
}
