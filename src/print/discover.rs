//! Finding printers, so that nobody has to type an address.
//!
//! Three places are looked at: the queues of this machine's CUPS server (`cups`), what announces
//! itself on the network (DNS-SD over multicast DNS, RFC 6762 and 6763, with Apple's "Bonjour
//! Printing Specification" for what the records say), and, only when asked for, the devices of this
//! machine (`devices`).
//!
//! Anything on the network can announce anything. So there is an end in time and in number, a
//! printer is offered at the IP address that its announcement came with and not at a name that
//! could mean something else elsewhere, and `found` cleans what is shown.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use mdns_sd::{Receiver, ResolvedService, ServiceDaemon, ServiceEvent};

use crate::cups;
use crate::found::{Found, FoundKind, MAX_FOUND, in_order};

/// The longest search.
const LONGEST: Duration = Duration::from_secs(15);
/// How often news is looked at.
const BEAT: Duration = Duration::from_millis(50);
/// The most announcements kept of one search, before doubles are taken out.
const MAX_ANNOUNCED: usize = 4 * MAX_FOUND;
/// The CUPS server of this machine.
const CUPS: &str = "cups://localhost/";

/// What is looked for, best way first: of a printer that announces itself in several ways, the
/// first is offered. IPP without TLS comes first because old printers have a TLS that nobody should
/// speak any more, and because a printer's certificate says nothing about whose it is.
const SERVICES: [(Service, &str); 3] = [
    (Service::Ipp, "_ipp._tcp.local."),
    (Service::Ipps, "_ipps._tcp.local."),
    (Service::Raw, "_pdl-datastream._tcp.local."),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Service {
    Ipp,
    Ipps,
    /// Bytes as they come, at port 9100.
    Raw,
}

/// What was announced, as text from outside.
#[derive(Debug)]
struct Announced<'a> {
    service: Service,
    name: &'a str,
    addresses: Vec<IpAddr>,
    port: u16,
    /// The resource path (`rp`).
    path: &'a str,
    /// Where it stands (`note`).
    place: &'a str,
    /// What it is (`ty`).
    model: &'a str,
    /// The formats that it takes (`pdl`), if it says.
    formats: &'a str,
}

/// Looks for printers for this long, at most 15 seconds, and returns those that were found: queues
/// of CUPS and printers on the network, the default first. A machine without network or CUPS simply
/// finds none.
#[must_use]
pub fn discover(time: Duration) -> Vec<Found> {
    let deadline = Instant::now() + time.min(LONGEST);
    let mut list = cups::queues(CUPS, deadline).unwrap_or_default();
    let queues: Vec<String> = list.iter().map(|queue| queue.name.clone()).collect();
    let announced = browse(deadline).unwrap_or_default();
    // A printer that has a queue is printed to through its queue, which knows its driver.
    list.extend(announced.into_iter().filter(|found| !queues.contains(&found.name)));
    in_order(list)
}

fn browse(deadline: Instant) -> Result<Vec<Found>, mdns_sd::Error> {
    let daemon = ServiceDaemon::new()?;
    let found = listen(&daemon, deadline);
    // Its thread ends by itself; nobody has to wait for it.
    let _ = daemon.shutdown();
    found.map(best)
}

/// What is announced until then.
fn listen(daemon: &ServiceDaemon, deadline: Instant) -> Result<BTreeMap<Key, Found>, mdns_sd::Error> {
    let mut news: Vec<(Service, Receiver<ServiceEvent>)> = Vec::new();
    for (service, name) in SERVICES {
        news.push((service, daemon.browse(name)?));
    }
    let mut found = BTreeMap::new();
    while Instant::now() < deadline {
        for (service, events) in &news {
            for event in events.try_iter().take(MAX_ANNOUNCED) {
                let ServiceEvent::ServiceResolved(resolved) = event else {
                    continue;
                };
                // What comes later knows more addresses.
                if let Some((key, printer)) = read(*service, &resolved)
                    && (found.len() < MAX_ANNOUNCED || found.contains_key(&key))
                {
                    found.insert(key, printer);
                }
            }
        }
        std::thread::sleep(BEAT.min(deadline.saturating_duration_since(Instant::now())));
    }
    Ok(found)
}

/// A printer's name and the way to it, so that doubles lie side by side. All announcements of one
/// printer have one name (Bonjour Printing Specification, "Printer Names"), and nobody else's.
type Key = (String, Service);

fn read(service: Service, resolved: &ResolvedService) -> Option<(Key, Found)> {
    let property = |key: &str| resolved.get_property_val_str(key).unwrap_or_default();
    let announced = Announced {
        service,
        name: resolved
            .get_fullname()
            .strip_suffix(&resolved.ty_domain)?
            .trim_end_matches('.'),
        addresses: resolved
            .get_addresses()
            .iter()
            .map(mdns_sd::ScopedIp::to_ip_addr)
            .collect(),
        port: resolved.get_port(),
        path: property("rp"),
        place: property("note"),
        model: property("ty"),
        formats: property("pdl"),
    };
    offer(&announced)
}

/// The printer as it is offered, unless it cannot be printed to.
fn offer(announced: &Announced<'_>) -> Option<(Key, Found)> {
    let ip = announced.addresses.iter().copied().filter(is_usable).min()?;
    let host = match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let port = announced.port;
    let path = announced.path.trim_start_matches('/');
    let (kind, address) = match announced.service {
        Service::Ipp => (FoundKind::Network, format!("ipp://{host}:{port}/{path}")),
        Service::Ipps => (FoundKind::Network, format!("ipps://{host}:{port}/{path}")),
        Service::Raw if is_for_sheets(announced.formats) => return None,
        Service::Raw => (FoundKind::NetworkReceipt, format!("socket://{host}:{port}")),
    };
    let note = [announced.place, announced.model]
        .into_iter()
        .find(|note| !note.trim().is_empty() && *note != announced.name);
    let found = Found::new(kind, announced.name, address, note)?;
    Some(((found.name.clone(), announced.service), found))
}

/// Of each printer the best way, in the order of [`Service`].
fn best(found: BTreeMap<Key, Found>) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::new();
    for (_, printer) in found {
        if kept.last().is_none_or(|last| last.name != printer.name) {
            kept.push(printer);
        }
    }
    kept
}

/// An address of one machine, that means the same on every interface.
fn is_usable(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_unspecified() && !ip.is_multicast() && !ip.is_broadcast(),
        IpAddr::V6(ip) => !ip.is_unspecified() && !ip.is_multicast() && !ip.is_unicast_link_local(),
    }
}

/// Whether a printer that takes bytes as they come says that these are pages: what it would make
/// of ESC/POS is pages of letters.
fn is_for_sheets(formats: &str) -> bool {
    let formats = formats.to_ascii_lowercase();
    ["pdf", "postscript", "pcl", "urf", "pwg-raster"]
        .iter()
        .any(|language| formats.contains(language))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::address::Address;

    const V4: [u8; 4] = [192, 168, 1, 9];

    fn announced(service: Service) -> Announced<'static> {
        Announced {
            service,
            name: "一楼打印机",
            addresses: vec!["fe80::1".parse().unwrap(), V4.into(), "2001:db8::1".parse().unwrap()],
            port: 631,
            path: "ipp/print",
            place: "",
            model: "Example 100",
            formats: "application/pdf,image/urf",
        }
    }

    #[test]
    fn a_printer_is_offered_at_the_address_that_it_was_announced_with() {
        let (_, found) = offer(&announced(Service::Ipp)).unwrap();
        assert_eq!(found.name, "一楼打印机");
        assert_eq!(found.address, "ipp://192.168.1.9:631/ipp/print");
        assert_eq!(found.note.as_deref(), Some("Example 100"));
        let only_v6 = Announced {
            addresses: vec!["fe80::1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
            ..announced(Service::Ipps)
        };
        assert_eq!(offer(&only_v6).unwrap().1.address, "ipps://[2001:db8::1]:631/ipp/print");
        let nowhere = Announced {
            addresses: vec!["fe80::1".parse().unwrap(), "224.0.0.251".parse().unwrap()],
            ..announced(Service::Ipp)
        };
        assert!(offer(&nowhere).is_none());
    }

    #[test]
    fn a_printer_that_announces_itself_in_several_ways_is_offered_once() {
        let all = SERVICES.map(|(service, _)| announced(service));
        let other = Announced {
            name: "收据",
            formats: "",
            port: 9100,
            ..announced(Service::Raw)
        };
        let list: BTreeMap<_, _> = all.iter().chain([&other]).filter_map(offer).collect();
        let addresses: Vec<_> = best(list).into_iter().map(|found| found.address).collect();
        assert_eq!(
            addresses,
            ["ipp://192.168.1.9:631/ipp/print", "socket://192.168.1.9:9100"]
        );
    }

    #[test]
    fn a_printer_of_sheets_is_not_sent_the_language_of_receipts() {
        assert!(offer(&announced(Service::Raw)).is_none());
        let receipt = Announced {
            formats: "",
            ..announced(Service::Raw)
        };
        assert_eq!(offer(&receipt).unwrap().1.kind, FoundKind::NetworkReceipt);
    }

    proptest! {
        #[test]
        fn no_announcement_can_offer_what_cannot_be_printed_to(
            name in ".{0,100}",
            path in ".{0,100}",
            place in ".{0,100}",
            formats in ".{0,40}",
            port in any::<u16>(),
            ip in any::<u32>(),
            service in 0..3_usize,
        ) {
            let announced = Announced {
                service: SERVICES[service].0,
                name: &name,
                addresses: vec![IpAddr::V4(ip.into())],
                port,
                path: &path,
                place: &place,
                model: &name,
                formats: &formats,
            };
            if let Some((_, found)) = offer(&announced) {
                prop_assert!(Address::parse(&found.address).is_ok());
                prop_assert!(!found.name.is_empty() && found.name.chars().count() <= 63);
            }
        }
    }
}
