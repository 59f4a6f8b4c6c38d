//! Noticing that the network is back.
//!
//! A booking that waits should go out the moment the elder is on a network again, not up to a minute later. On Linux
//! the kernel says what is needed in two or three tiny files, so a thread looks at them every few seconds: no socket,
//! no wake-up of the radio, well under a millisecond of work. [`Links`] is what it sees: the interfaces that are up
//! and the ways out of the house. When something comes *into* that picture, the network is (perhaps only partly)
//! back, and trying is worth while; what goes out of it is no news, since a request that fails says so itself.
//!
//! An interface is often up seconds before it has an address, which is why the default routes are looked at too: the
//! second report, when DHCP is done, is the one that succeeds.
//!
//! Where these files can't be read (Android since version 10, other systems), the picture stays empty, nothing is
//! reported, and waiting requests go out by their own clock.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// No file here is longer; a container's host with hundreds of routes is cut, which costs nothing.
const LONGEST: usize = 64 * 1024;

/// The interfaces that are up and the default routes, each by a name of its own.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Links(BTreeSet<String>);

impl Links {
    /// What the system whose files are below `root` (really: `/`) is connected to now.
    pub fn see(root: &Path) -> Self {
        let mut links = BTreeSet::new();
        for interface in fs::read_dir(root.join("sys/class/net")).into_iter().flatten().flatten() {
            let name = interface.file_name().to_string_lossy().into_owned();
            // "unknown" is what interfaces without a cable of their own say, such as a mobile modem's.
            if name != "lo" && matches!(read(interface.path().join("operstate")).trim(), "up" | "unknown") {
                links.insert(format!("link {name}"));
            }
        }
        // Interface, destination, gateway, …: proc(5).
        for line in read(root.join("proc/net/route")).lines() {
            if let [interface, "00000000", gateway, ..] = line.split_whitespace().collect::<Vec<_>>()[..] {
                links.insert(format!("route {interface} {gateway}"));
            }
        }
        // Destination, its length, source, its length, next hop, metric, …, interface.
        for line in read(root.join("proc/net/ipv6_route")).lines() {
            if let [destination, "00", _, _, gateway, .., interface] = line.split_whitespace().collect::<Vec<_>>()[..]
                && destination.bytes().all(|byte| byte == b'0')
                && interface != "lo"
            {
                links.insert(format!("route {interface} {gateway}"));
            }
        }
        Self(links)
    }

    /// Whether the system says anything about its network.
    pub fn can_be_seen(root: &Path) -> bool {
        fs::read_dir(root.join("sys/class/net")).is_ok()
    }

    /// Whether there is something here that `before` lacked.
    pub fn gained_since(&self, before: &Self) -> bool {
        self.0.difference(&before.0).next().is_some()
    }
}

fn read(path: PathBuf) -> String {
    use io::Read as _;
    use std::io;
    let mut text = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LONGEST as u64).read_to_end(&mut text));
    if read.is_err() {
        text.clear();
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    struct System(tempfile::TempDir);

    impl System {
        fn new() -> Self {
            let system = Self(tempfile::tempdir().unwrap());
            system.write("sys/class/net/lo/operstate", "unknown\n");
            system.write("sys/class/net/wlan0/operstate", "down\n");
            system.write("proc/net/route", "Iface\tDestination\tGateway \tFlags\n");
            system
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn see(&self) -> Links {
            Links::see(self.0.path())
        }
    }

    #[test]
    fn the_loopback_alone_is_no_network() {
        assert_eq!(System::new().see(), Links::default());
    }

    #[test]
    fn an_interface_that_comes_up_is_news_and_one_that_goes_down_is_not() {
        let system = System::new();
        let down = system.see();
        system.write("sys/class/net/wlan0/operstate", "up\n");
        let up = system.see();
        assert!(up.gained_since(&down));
        assert!(!up.gained_since(&up));
        assert!(!down.gained_since(&up));
    }

    #[test]
    fn a_way_out_of_the_house_is_news_once_it_is_there() {
        let system = System::new();
        system.write("sys/class/net/wlan0/operstate", "up\n");
        let without_address = system.see();
        system.write(
            "proc/net/route",
            "Iface\tDestination\tGateway\nwlan0\t00000000\t0101A8C0\t0003\t0\nwlan0\t0001A8C0\t00000000\n",
        );
        let with_address = system.see();
        assert!(with_address.gained_since(&without_address));
        let zeros = "0".repeat(32);
        let unreachable = format!("{zeros} 00 {zeros} 00 {zeros} ffffffff 00000001 00000000 00200200       lo\n");
        system.write("proc/net/ipv6_route", &unreachable);
        assert!(!system.see().gained_since(&with_address));
        let default = format!("{zeros} 00 {zeros} 00 fe80000000000000000000000000aa01 00000400 1 0 450003    wlan0\n");
        system.write("proc/net/ipv6_route", &(unreachable + &default));
        assert!(system.see().gained_since(&with_address));
    }

    #[test]
    fn another_router_on_the_same_interface_is_news() {
        let system = System::new();
        system.write("proc/net/route", "wlan0\t00000000\t0101A8C0\t0003\n");
        let home = system.see();
        system.write("proc/net/route", "wlan0\t00000000\t0100000A\t0003\n");
        assert!(system.see().gained_since(&home));
    }

    #[test]
    fn a_system_without_these_files_shows_nothing() {
        assert_eq!(
            Links::see(&tempfile::tempdir().unwrap().path().join("none")),
            Links::default()
        );
    }
}
