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
//!
//! The same files say what the network costs ([`Links::link`]): nothing is up (nothing is tried then), all ways out are
//! mobile modems (only what somebody waits for is sent), or else. That a person has told their system of a network that
//! is paid for is known to NetworkManager alone and not asked here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anban_core::app::Link;

/// No file here is longer; a container's host with hundreds of routes is cut, which costs nothing.
const LONGEST: usize = 64 * 1024;

/// The interfaces that are up and the default routes, each by a name of its own.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Links {
    seen: BTreeSet<String>,
    /// The interfaces that are up, and whether each is paid for by what goes over it.
    up: BTreeMap<String, bool>,
    /// The interfaces that lead out of the house.
    ways_out: BTreeSet<String>,
}

impl Links {
    /// What the system whose files are below `root` (really: `/`) is connected to now.
    pub fn see(root: &Path) -> Self {
        let mut links = Self::default();
        for interface in fs::read_dir(root.join("sys/class/net")).into_iter().flatten().flatten() {
            let name = interface.file_name().to_string_lossy().into_owned();
            // "unknown" is what interfaces without a cable of their own say, such as a mobile modem's.
            if name != "lo" && matches!(read(interface.path().join("operstate")).trim(), "up" | "unknown") {
                links.seen.insert(format!("link {name}"));
                let metered = is_metered(&name, &read(interface.path().join("uevent")));
                links.up.insert(name, metered);
            }
        }
        // Interface, destination, gateway, …: proc(5).
        for line in read(root.join("proc/net/route")).lines() {
            if let [interface, "00000000", gateway, ..] = line.split_whitespace().collect::<Vec<_>>()[..] {
                links.seen.insert(format!("route {interface} {gateway}"));
                links.ways_out.insert(interface.to_owned());
            }
        }
        // Destination, its length, source, its length, next hop, metric, …, interface.
        for line in read(root.join("proc/net/ipv6_route")).lines() {
            if let [destination, "00", _, _, gateway, .., interface] = line.split_whitespace().collect::<Vec<_>>()[..]
                && destination.bytes().all(|byte| byte == b'0')
                && interface != "lo"
            {
                links.seen.insert(format!("route {interface} {gateway}"));
                links.ways_out.insert(interface.to_owned());
            }
        }
        links
    }

    /// Which network that is.
    pub fn link(&self) -> Link {
        // A way out matters more than a cable that leads nowhere; without one, any cable may lead to a hub.
        let ways_out = self.up.iter().filter(|(name, _)| self.ways_out.contains(*name));
        let used: Vec<_> = ways_out.map(|(_, metered)| *metered).collect();
        if self.up.is_empty() {
            Link::None
        } else if !used.is_empty() && used.iter().all(|metered| *metered) {
            Link::Metered
        } else {
            Link::Free
        }
    }

    /// Whether the system says anything about its network.
    pub fn can_be_seen(root: &Path) -> bool {
        fs::read_dir(root.join("sys/class/net")).is_ok()
    }

    /// Whether there is something here that `before` lacked.
    pub fn gained_since(&self, before: &Self) -> bool {
        self.seen.difference(&before.seen).next().is_some()
    }
}

/// Whether an interface is a mobile modem, by the kind that the kernel gives it or by its usual names. What else a person
/// pays for by volume (a telephone that shares its network, say) the kernel doesn't know.
fn is_metered(name: &str, uevent: &str) -> bool {
    let names = ["wwan", "wwp", "rmnet", "ppp", "ccmni"];
    uevent.lines().any(|line| line == "DEVTYPE=wwan") || names.iter().any(|start| name.starts_with(start))
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
    fn a_modem_is_paid_for_and_a_cable_beside_it_is_not() {
        let system = System::new();
        assert_eq!(system.see().link(), Link::None);
        let route = |name: &str| format!("Iface\tDestination\tGateway\n{name}\t00000000\t0101A8C0\t0003\n");
        system.write("sys/class/net/usb0/operstate", "unknown\n");
        system.write("sys/class/net/usb0/uevent", "DEVTYPE=wwan\nINTERFACE=usb0\n");
        system.write("proc/net/route", &route("usb0"));
        assert_eq!(system.see().link(), Link::Metered);
        system.write("sys/class/net/wlan0/operstate", "up\n");
        assert_eq!(system.see().link(), Link::Metered, "the way out is still the modem");
        system.write("proc/net/route", &route("wlan0"));
        assert_eq!(system.see().link(), Link::Free);
    }

    #[test]
    fn a_system_without_these_files_shows_nothing() {
        assert_eq!(
            Links::see(&tempfile::tempdir().unwrap().path().join("none")),
            Links::default()
        );
    }
}
