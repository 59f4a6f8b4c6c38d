//! Asking the desktop over D-Bus.

use std::collections::HashMap;

use zbus::blocking::Connection;
use zbus::zvariant::{OwnedObjectPath, Value};

const SAVER: &str = "org.freedesktop.ScreenSaver";
const SAVER_PATH: &str = "/org/freedesktop/ScreenSaver";
const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_PATH: &str = "/org/freedesktop/portal/desktop";
const PORTAL_INHIBIT: &str = "org.freedesktop.portal.Inhibit";
const PORTAL_REQUEST: &str = "org.freedesktop.portal.Request";
/// Not to go idle: the portal's fourth flag.
const IDLE: u32 = 8;
const WHY: &str = "a card is shown";

/// Who keeps the screen on, until this is dropped.
pub(super) struct Held {
    connection: Connection,
    by: By,
}

enum By {
    Saver(u32),
    Portal(OwnedObjectPath),
}

/// Asks for the screen to stay on.
pub(super) fn hold() -> zbus::Result<Held> {
    ask(Connection::session()?)
}

pub(super) fn ask(connection: Connection) -> zbus::Result<Held> {
    let saver: zbus::Result<u32> = connection
        .call_method(Some(SAVER), SAVER_PATH, Some(SAVER), "Inhibit", &("Anban", WHY))
        .and_then(|answer| answer.body().deserialize());
    let by = match saver {
        Ok(cookie) => By::Saver(cookie),
        Err(_) => {
            let options = HashMap::from([("reason", Value::from(WHY))]);
            let asked = ("", IDLE, options);
            let answer = connection.call_method(Some(PORTAL), PORTAL_PATH, Some(PORTAL_INHIBIT), "Inhibit", &asked)?;
            By::Portal(answer.body().deserialize()?)
        }
    };
    Ok(Held { connection, by })
}

impl Drop for Held {
    fn drop(&mut self) {
        let let_go = match &self.by {
            By::Saver(cookie) => self
                .connection
                .call_method(Some(SAVER), SAVER_PATH, Some(SAVER), "UnInhibit", cookie),
            By::Portal(request) => {
                self.connection
                    .call_method(Some(PORTAL), request, Some(PORTAL_REQUEST), "Close", &())
            }
        };
        if let Err(error) = let_go {
            tracing::info!(%error, "the desktop did not take back that the screen stays on");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::sync::{Arc, Mutex};

    use zbus::blocking::connection::Builder;
    use zbus::interface;

    use super::*;

    /// A bus of its own, ended with the test.
    struct Bus(Child, String);

    impl Bus {
        fn new() -> Self {
            let mut bus = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut address = String::new();
            BufReader::new(bus.stdout.as_mut().unwrap())
                .read_line(&mut address)
                .unwrap();
            Self(bus, address.trim().to_owned())
        }

        fn join(&self) -> Connection {
            Builder::address(self.1.as_str()).unwrap().build().unwrap()
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// What keeps the screens of most desktops on.
    #[derive(Clone, Default)]
    struct Saver(Arc<Mutex<BTreeSet<u32>>>);

    #[interface(name = "org.freedesktop.ScreenSaver")]
    impl Saver {
        fn inhibit(&self, _name: &str, _why: &str) -> u32 {
            let mut held = self.0.lock().unwrap();
            let cookie = 7 + u32::try_from(held.len()).unwrap();
            held.insert(cookie);
            cookie
        }

        fn un_inhibit(&self, cookie: u32) {
            self.0.lock().unwrap().remove(&cookie);
        }
    }

    /// What sandboxed programs ask.
    #[derive(Clone, Default)]
    struct Portal(Arc<Mutex<Vec<String>>>);

    #[interface(name = "org.freedesktop.portal.Inhibit")]
    impl Portal {
        fn inhibit(&self, _window: &str, flags: u32, options: HashMap<String, Value<'_>>) -> OwnedObjectPath {
            let reason = options.contains_key("reason");
            self.0.lock().unwrap().push(format!("asked {flags} {reason}"));
            OwnedObjectPath::try_from("/org/freedesktop/portal/desktop/request/1").unwrap()
        }
    }

    struct Request(Arc<Mutex<Vec<String>>>);

    #[interface(name = "org.freedesktop.portal.Request")]
    impl Request {
        fn close(&self) {
            self.0.lock().unwrap().push("closed".to_owned());
        }
    }

    #[test]
    fn the_desktop_keeps_the_screen_on_until_it_is_let_go() {
        let (bus, saver) = (Bus::new(), Saver::default());
        let builder = Builder::address(bus.1.as_str()).unwrap().name(SAVER).unwrap();
        let _desktop = builder.serve_at(SAVER_PATH, saver.clone()).unwrap().build().unwrap();
        let held = ask(bus.join()).unwrap();
        assert_eq!(saver.0.lock().unwrap().len(), 1);
        drop(held);
        assert!(saver.0.lock().unwrap().is_empty());
    }

    #[test]
    fn without_a_screen_saver_the_portal_is_asked() {
        let (bus, portal) = (Bus::new(), Portal::default());
        let builder = Builder::address(bus.1.as_str()).unwrap().name(PORTAL).unwrap();
        let request = "/org/freedesktop/portal/desktop/request/1";
        let builder = builder.serve_at(PORTAL_PATH, portal.clone()).unwrap();
        let builder = builder.serve_at(request, Request(portal.0.clone())).unwrap();
        let _desktop = builder.build().unwrap();
        drop(ask(bus.join()).unwrap());
        assert_eq!(*portal.0.lock().unwrap(), ["asked 8 true", "closed"]);
    }

    #[test]
    fn where_nobody_can_the_answer_is_an_error_and_no_wait() {
        let bus = Bus::new();
        assert!(ask(bus.join()).is_err());
    }
}
