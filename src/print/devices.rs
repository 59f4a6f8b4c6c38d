//! Receipt printers at this machine's own sockets.
//!
//! USB printers say what they are in their IEEE 1284 device ID (USB printer class, 4.2.1), which
//! Linux keeps in `/sys`. A serial line knows nothing of what is at its end, so the lines themselves
//! are offered: those that were plugged in, by the name of their adapter.

use std::fs;
use std::path::Path;

use crate::found::{Found, FoundKind, in_order};

/// The most entries of a directory that are looked at.
const MAX_ENTRIES: usize = 256;
/// The longest device ID; its length has 16 bits, real ones have some hundred bytes.
const MAX_ID: usize = 4096;
/// Beginnings of the languages that USB printers name and that are not ESC/POS: of pages, of
/// labels, and of ink-jet printers.
const OTHERS: [&str; 17] = [
    "PCL",
    "PJL",
    "PDF",
    "POSTSCRIPT",
    "PS",
    "PWG",
    "URF",
    "APPLERASTER",
    "ESCPL",
    "ESCPR",
    "BDC",
    "D4",
    "GDI",
    "SPL",
    "ZPL",
    "EPL",
    "TSPL",
];

/// The receipt printers at USB, and the serial lines at which one may be. Nothing is opened or
/// written to.
#[must_use]
pub fn devices() -> Vec<Found> {
    in_order(below(Path::new("/")))
}

/// The same in a tree of directories like that of the system.
fn below(root: &Path) -> Vec<Found> {
    let mut list: Vec<Found> = names(&root.join("dev/usb"))
        .into_iter()
        .filter(|name| name.starts_with("lp"))
        .filter_map(|name| {
            let id = fs::read(root.join("sys/class/usbmisc").join(&name).join("device/ieee1284_id"));
            usb(&name, &id.unwrap_or_default())
        })
        .collect();
    list.extend(serial(root));
    list
}

fn usb(file: &str, id: &[u8]) -> Option<Found> {
    let id = String::from_utf8_lossy(id.get(..MAX_ID).unwrap_or(id));
    let field = |keys: [&str; 2]| {
        id.split(';')
            .filter_map(|field| field.split_once(':'))
            .find(|(key, value)| keys.contains(&key.trim()) && !value.trim().is_empty())
            .map(|(_, value)| value.trim())
    };
    let other = field(["CMD", "COMMAND SET"])
        .into_iter()
        .flat_map(|languages| languages.split(','))
        .map(|language| language.trim().to_ascii_uppercase())
        .any(|language| OTHERS.iter().any(|other| language.starts_with(other)));
    if other {
        return None;
    }
    let maker = field(["MFG", "MANUFACTURER"]).unwrap_or_default();
    let model = field(["MDL", "MODEL"]).unwrap_or_default();
    let named = format!("{maker} {model}");
    let name = field(["DES", "DESCRIPTION"]).unwrap_or(if named.trim().is_empty() { file } else { &named });
    Found::new(FoundKind::Usb, name, format!("usb:///dev/usb/{file}"), Some(file))
}

/// Serial lines by the names that stay when they are plugged in again, where the system makes such.
fn serial(root: &Path) -> Vec<Found> {
    let line = |name: &str, path: String, note| Found::new(FoundKind::Serial, name, format!("serial://{path}"), note);
    let stable: Vec<Found> = names(&root.join("dev/serial/by-id"))
        .iter()
        .filter_map(|name| {
            let shown = name.trim_start_matches("usb-").replace('_', " ");
            line(&shown, format!("/dev/serial/by-id/{name}"), None)
        })
        .collect();
    if !stable.is_empty() {
        return stable;
    }
    names(&root.join("dev"))
        .iter()
        .filter(|name| name.starts_with("ttyUSB") || name.starts_with("ttyACM"))
        .filter_map(|name| line(name, format!("/dev/{name}"), None))
        .collect()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .take(MAX_ENTRIES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    /// A file in a tree, and what is in it.
    fn file(root: &Path, path: &str, content: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[test]
    fn usb_receipt_printers_are_found_by_their_own_names_and_page_printers_are_not() {
        let root = tempfile::tempdir().unwrap();
        for (device, id) in [
            (
                "lp0",
                "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;DES:EPSON TM-T20II;",
            ),
            ("lp1", "MANUFACTURER:HP;COMMAND SET:PCL,PJL,PDF;MODEL:LaserJet;"),
            ("lp2", "MFG:Xprinter;MDL:XP-58;"),
            ("lp3", ""),
        ] {
            file(root.path(), &format!("dev/usb/{device}"), "");
            file(
                root.path(),
                &format!("sys/class/usbmisc/{device}/device/ieee1284_id"),
                id,
            );
        }
        file(root.path(), "dev/usb/hiddev0", "");
        let found = below(root.path());
        let list: Vec<_> = found
            .iter()
            .map(|found| (found.name.as_str(), found.address.as_str()))
            .collect();
        assert_eq!(
            list,
            [
                ("EPSON TM-T20II", "usb:///dev/usb/lp0"),
                ("Xprinter XP-58", "usb:///dev/usb/lp2"),
                ("lp3", "usb:///dev/usb/lp3"),
            ]
        );
    }

    #[test]
    fn serial_lines_have_the_names_that_stay_where_there_are_such() {
        let root = tempfile::tempdir().unwrap();
        for name in ["dev/ttyS0", "dev/ttyUSB0", "dev/ttyACM1", "dev/tty1"] {
            file(root.path(), name, "");
        }
        let addresses = |found: Vec<Found>| found.into_iter().map(|found| found.address).collect::<Vec<_>>();
        assert_eq!(
            addresses(below(root.path())),
            ["serial:///dev/ttyACM1", "serial:///dev/ttyUSB0"]
        );
        file(root.path(), "dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0", "");
        let found = below(root.path());
        assert_eq!(found[0].name, "FTDI FT232R A50285BI-if00-port0");
        assert_eq!(
            addresses(found),
            ["serial:///dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0"]
        );
    }

    #[test]
    fn a_machine_without_devices_has_none() {
        assert_eq!(below(tempfile::tempdir().unwrap().path()), []);
    }

    proptest! {
        #[test]
        fn no_device_id_can_make_it_panic(id in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(found) = usb("lp0", &id) {
                prop_assert!(!found.name.is_empty());
            }
        }
    }
}
