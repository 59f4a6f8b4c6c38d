//! Where a printer is, and how to talk to it, in one line of text.
//!
//! An address is typed by a person, found by `discover` or kept from last time; it decides where
//! bytes are sent and which device is written to. So it is read strictly: what is not one of the
//! forms below, to the last character, is refused before anything is opened.
//!
//! | form | way |
//! |---|---|
//! | `ipp://host[:631]/path`, `ipps://…` | IPP, without and with TLS |
//! | `cups://host[:631]/QUEUE` | a queue of a CUPS server |
//! | `socket://host[:9100]` | ESC/POS over TCP |
//! | `usb:///dev/usb/lp0` | ESC/POS over USB's printer class |
//! | `serial:///dev/ttyUSB0` | ESC/POS over a serial line |
//!
//! The last three take `?dots=` with the dots across the paper (576 if not said), a serial line
//! also `baud=` (9600) and `flow=software`, `hardware` or `none` (software).

use std::fmt;
use std::net::IpAddr;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use ureq::http::Uri;

use crate::PrintError;

/// The port of IPP (RFC 8010, section 3.2).
const IPP_PORT: u16 = 631;
/// The port on which printers take bytes as they come, as HP's JetDirect did first.
const RAW_PORT: u16 = 9100;
/// The dots across an 80 mm roll at 203 dots an inch.
const DOTS: usize = 576;
/// The narrowest and the widest print heads of receipt printers, in dots.
const DOTS_RANGE: std::ops::RangeInclusive<usize> = 256..=832;
/// The speed that most receipt printers leave the factory with, in bits a second.
const BAUD: u32 = 9600;
/// The speeds that a receipt printer can be set to, in bits a second.
const BAUDS: [u32; 8] = [2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400];
/// The longest address in bytes.
const MAX_LENGTH: usize = 1000;

/// A printer's address. It says nothing about whether a printer is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    text: String,
    way: Way,
}

/// What an address leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    Internet(Internet),
    Receipt { line: Line, dots: usize },
}

/// An IPP printer, or a queue that looks like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Internet {
    /// What the printer calls itself: `printer-uri`.
    pub uri: Uri,
    /// Where the exchanges go: `http` or `https`.
    pub post: String,
    /// Whether a CUPS server of this machine is meant, which may listen at its socket only.
    pub local_cups: bool,
}

/// What carries ESC/POS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    Tcp { host: String, port: u16 },
    Usb { path: PathBuf },
    Serial { path: PathBuf, baud: u32, flow: Flow },
}

/// How a printer on a serial line says that it cannot take more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// With the characters XON and XOFF. Harmless where the printer does not.
    Software,
    /// With the wire RTS/CTS.
    Hardware,
    /// Not at all.
    None,
}

impl Address {
    /// Takes an address of one of the forms that this module lists.
    ///
    /// # Errors
    /// [`PrintError::Address`] for anything else: another scheme, an empty or malformed host,
    /// port 0, a user name, a fragment, white space, a device outside of `/dev`.
    pub fn parse(text: &str) -> Result<Self, PrintError> {
        let way = way(text).ok_or(PrintError::Address)?;
        Ok(Self {
            text: text.to_owned(),
            way,
        })
    }

    pub(crate) fn way(&self) -> &Way {
        &self.way
    }

    /// Whether it prints on a roll with ESC/POS, instead of on sheets.
    #[must_use]
    pub fn is_receipt(&self) -> bool {
        matches!(self.way, Way::Receipt { .. })
    }
}

impl FromStr for Address {
    type Err = PrintError;

    fn from_str(text: &str) -> Result<Self, PrintError> {
        Self::parse(text)
    }
}

/// As it was given.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn way(text: &str) -> Option<Way> {
    let strict = text.len() <= MAX_LENGTH && text.bytes().all(|b| b.is_ascii_graphic() && !b"#@\\\"<>".contains(&b));
    let (scheme, rest) = text.split_once("://").filter(|_| strict)?;
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (rest, None),
    };
    match scheme {
        "ipp" | "ipps" | "cups" if query.is_none() => internet(scheme, place).map(Way::Internet),
        "socket" | "usb" | "serial" => receipt(scheme, place, query),
        _ => None,
    }
}

fn internet(scheme: &str, place: &str) -> Option<Internet> {
    let (authority, path) = place.find('/').map_or((place, ""), |at| place.split_at(at));
    let (host, port) = host_and_port(authority)?;
    let port = port.unwrap_or(IPP_PORT);
    let http = if scheme == "ipps" { "https" } else { "http" };
    let (uri, path) = match scheme {
        "cups" => {
            let queue = path.strip_prefix('/').filter(|queue| is_queue(queue))?;
            (
                format!("ipp://{host}:{port}/printers/{queue}"),
                format!("/printers/{queue}"),
            )
        }
        _ => (format!("{scheme}://{place}"), path.to_owned()),
    };
    Some(Internet {
        uri: uri.parse().ok()?,
        post: format!("{http}://{host}:{port}{path}").parse::<Uri>().ok()?.to_string(),
        local_cups: scheme == "cups" && host == "localhost" && port == IPP_PORT,
    })
}

fn receipt(scheme: &str, place: &str, query: Option<&str>) -> Option<Way> {
    let (mut dots, mut baud, mut flow) = (None, None, None);
    for pair in query.into_iter().flat_map(|query| query.split('&')) {
        let (key, value) = pair.split_once('=')?;
        let first = match key {
            "dots" => dots.replace(number(value)?).is_none(),
            "baud" if scheme == "serial" => baud.replace(number(value)?).is_none(),
            "flow" if scheme == "serial" => flow
                .replace(match value {
                    "software" => Flow::Software,
                    "hardware" => Flow::Hardware,
                    "none" => Flow::None,
                    _ => return None,
                })
                .is_none(),
            _ => return None,
        };
        if !first {
            return None;
        }
    }
    let dots = usize::try_from(dots.unwrap_or(DOTS as u32)).ok()?;
    let baud = baud.unwrap_or(BAUD);
    if !DOTS_RANGE.contains(&dots) || !dots.is_multiple_of(8) || !BAUDS.contains(&baud) {
        return None;
    }
    let line = match scheme {
        "socket" => {
            let (host, port) = host_and_port(place.strip_suffix('/').unwrap_or(place))?;
            Line::Tcp {
                host: host.trim_matches(['[', ']']).to_owned(),
                port: port.unwrap_or(RAW_PORT),
            }
        }
        "usb" => Line::Usb { path: device(place)? },
        _ => Line::Serial {
            path: device(place)?,
            baud,
            flow: flow.unwrap_or(Flow::Software),
        },
    };
    Some(Way::Receipt { line, dots })
}

/// Digits only: no sign, no leading zero.
fn number<T: FromStr>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    // The colons of an IPv6 address stand in brackets.
    let end = authority.find(']').map_or(0, |at| at + 1);
    let (host, port) = match authority.get(end..)?.find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(end + colon);
            (host, Some(number::<u16>(port.strip_prefix(':')?)?))
        }
        None => (authority, None),
    };
    is_host(host).then_some((host, port))
}

/// A host name (RFC 1123), an IPv4 address, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return matches!(v6.parse(), Ok(IpAddr::V6(_)));
    }
    host.len() <= 253
        && host.strip_suffix('.').unwrap_or(host).split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

/// The name of a CUPS queue as it stands in a URI: letters, digits and `-._~+` as they are,
/// everything else as `%` and two digits. CUPS takes up to 127 bytes.
fn is_queue(queue: &str) -> bool {
    let mut bytes = queue.bytes();
    let mut length = 0;
    while let Some(byte) = bytes.next() {
        length += 1;
        let good = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|b| b.is_some_and(|b| b.is_ascii_hexdigit())),
            _ => is_unreserved(byte),
        };
        if !good {
            return false;
        }
    }
    (1..=127).contains(&length) && queue != "." && queue != ".."
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+".contains(&byte)
}

/// The address of a queue of a CUPS server (`cups://host/`), whatever the queue's name.
pub(crate) fn of_queue(server: &str, name: &str) -> String {
    let mut address = server.to_owned();
    for byte in name.bytes() {
        if is_unreserved(byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}

/// A device's file below `/dev`, without a way out of there. Whether it is a device is looked at
/// when it is opened.
fn device(path: &str) -> Option<PathBuf> {
    let inside = path.strip_prefix("/dev/")?;
    let plain = !inside.is_empty() && !inside.contains("//") && !inside.ends_with('/') && !inside.contains('%');
    let named = Path::new(inside)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    // `components` passes over a `.` in the middle.
    let dots = inside.split('/').any(|part| part == "." || part == "..");
    (plain && named && !dots).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    fn post(address: &str) -> String {
        match Address::parse(address).unwrap().way {
            Way::Internet(Internet { post, .. }) => post,
            Way::Receipt { .. } => panic!("{address} prints receipts"),
        }
    }

    fn line(address: &str) -> (Line, usize) {
        match Address::parse(address).unwrap().way {
            Way::Receipt { line, dots } => (line, dots),
            Way::Internet(_) => panic!("{address} prints sheets"),
        }
    }

    #[test]
    fn an_ipp_address_is_taken_as_printers_give_it() {
        assert_eq!(
            post("ipp://printer.local/ipp/print"),
            "http://printer.local:631/ipp/print"
        );
        assert_eq!(
            post("ipp://192.168.1.9:8631/ipp/print"),
            "http://192.168.1.9:8631/ipp/print"
        );
        assert_eq!(post("ipp://[fe80::1]/"), "http://[fe80::1]:631/");
        assert_eq!(
            post("ipps://printer.local/ipp/print"),
            "https://printer.local:631/ipp/print"
        );
    }

    #[test]
    fn a_queue_becomes_the_address_that_cups_has_for_it() {
        let address = Address::parse("cups://localhost/Office_2").unwrap();
        let Way::Internet(Internet { uri, post, local_cups }) = &address.way else {
            panic!();
        };
        assert_eq!(uri.to_string(), "ipp://localhost:631/printers/Office_2");
        assert_eq!(post, "http://localhost:631/printers/Office_2");
        assert!(local_cups);
        assert_eq!(address.to_string(), "cups://localhost/Office_2");
        assert_eq!(
            post_of_queue("打印机"),
            "http://localhost:631/printers/%E6%89%93%E5%8D%B0%E6%9C%BA"
        );
        assert!(!matches!(
            Address::parse("cups://server.example:8631/q").unwrap().way,
            Way::Internet(Internet { local_cups: true, .. })
        ));
    }

    fn post_of_queue(name: &str) -> String {
        post(&of_queue("cups://localhost/", name))
    }

    #[test]
    fn receipt_printers_have_a_width_and_serial_lines_a_speed() {
        let tcp = |host: &str, port| Line::Tcp {
            host: host.to_owned(),
            port,
        };
        assert_eq!(line("socket://192.168.1.8"), (tcp("192.168.1.8", 9100), 576));
        assert_eq!(
            line("socket://till.local:9101/?dots=384"),
            (tcp("till.local", 9101), 384)
        );
        assert_eq!(line("socket://[::1]:9100"), (tcp("::1", 9100), 576));
        let path = PathBuf::from("/dev/usb/lp0");
        assert_eq!(line("usb:///dev/usb/lp0"), (Line::Usb { path }, 576));
        let path = PathBuf::from("/dev/ttyUSB0");
        let serial = |baud, flow| Line::Serial {
            path: path.clone(),
            baud,
            flow,
        };
        assert_eq!(line("serial:///dev/ttyUSB0"), (serial(9600, Flow::Software), 576));
        assert_eq!(
            line("serial:///dev/ttyUSB0?baud=115200&flow=hardware&dots=384"),
            (serial(115_200, Flow::Hardware), 384)
        );
    }

    #[test]
    fn anything_else_is_refused_before_a_word_is_sent() {
        for address in [
            "",
            "printer",
            "http://printer/ipp/print",
            "file:///etc/passwd",
            "ipp:///ipp/print",
            "ipp://user:word@printer/ipp/print",
            "ipp://printer:0/ipp/print",
            "ipp://printer:99999/ipp/print",
            "ipp://printer:/ipp/print",
            "ipp://printer:six/ipp/print",
            "ipp://printer:+631/ipp/print",
            "ipp://prin ter/ipp/print",
            "ipp://-printer/ipp/print",
            "ipp://a..b/ipp/print",
            "ipp://[::1/ipp/print",
            "ipp://[::1]x/ipp/print",
            "ipp://printer/ipp?x=1",
            "ipp://printer/ipp?",
            "ipp://printer/ipp#x",
            "ipp://printer/\r\nHost: x",
            "ipp://打印机/ipp",
            "cups://localhost",
            "cups://localhost/",
            "cups://localhost/a/b",
            "cups://localhost/..",
            "cups://localhost/%2",
            "cups://localhost/a b",
            "cups:///queue",
            "socket://",
            "socket://host/path",
            "socket://host:0",
            "socket://host?dots=0",
            "socket://host?dots=577",
            "socket://host?dots=10000000",
            "socket://host?dots=0576",
            "socket://host?dots=384&dots=576",
            "socket://host?baud=9600",
            "socket://host?",
            "usb://dev/usb/lp0",
            "usb:///etc/passwd",
            "usb:///dev/",
            "usb:///dev/../etc/passwd",
            "usb:///dev/usb/./lp0",
            "usb:///dev//usb/lp0",
            "usb:///dev/usb/",
            "usb:///dev/%2e%2e/etc/passwd",
            "serial:///dev/ttyUSB0?baud=1",
            "serial:///dev/ttyUSB0?baud=9600&flow=maybe",
            "serial:///dev/ttyUSB0?parity=even",
        ] {
            assert!(matches!(Address::parse(address), Err(PrintError::Address)), "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_text_can_make_it_panic(
            scheme in "(ipp|ipps|cups|socket|usb|serial|[a-z]{0,8})",
            rest in "([a-z0-9./:?=&%\\[\\]-]{0,40}|.{0,40})",
        ) {
            let _ = Address::parse(&rest);
            if let Ok(address) = Address::parse(&format!("{scheme}://{rest}")) {
                prop_assert_eq!(address.to_string(), format!("{scheme}://{rest}"));
                if let Way::Receipt { line: Line::Usb { path } | Line::Serial { path, .. }, .. } = address.way() {
                    prop_assert!(path.starts_with("/dev"));
                    prop_assert!(path.components().all(|part| part != Component::ParentDir));
                }
            }
        }

        #[test]
        fn every_queue_has_an_address(name in "[^\\x00/]{1,40}") {
            prop_assume!(name != "." && name != ".." && name.len() <= 127);
            prop_assert!(Address::parse(&of_queue("cups://localhost/", &name)).is_ok());
        }
    }
}
