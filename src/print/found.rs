//! Printers that were found, in the words in which they are offered to a person.
//!
//! Names come from the network or from a device, so they may hold anything. They are cleaned as
//! everything that is drawn, put on one line and cut; addresses pass [`Address::parse`] before they
//! are offered, so that whatever is chosen can be printed to.

use crate::address::Address;
use crate::clean::clean;

/// The most printers that are listed.
pub(crate) const MAX_FOUND: usize = 64;
/// The longest name or note, in characters: DNS-SD allows 63 bytes for a name.
const MAX_LABEL: usize = 63;

/// A printer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it calls itself, in one line. Never empty.
    pub name: String,
    /// Where it is, for `Printer::parse`.
    pub address: String,
    /// How it was found.
    pub kind: FoundKind,
    /// Where it stands or what it is, in its own words, in one line.
    pub note: Option<String>,
    /// Whether it is the one that this machine prints on unless told otherwise.
    pub is_default: bool,
}

/// What kind of printer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FoundKind {
    /// A queue of this machine's CUPS server.
    Queue,
    /// A printer of sheets on the network, through IPP.
    Network,
    /// A receipt printer on the network.
    NetworkReceipt,
    /// A receipt printer at a USB socket.
    Usb,
    /// A serial line at which a receipt printer may be.
    Serial,
}

impl Found {
    /// A printer, unless its name or address is nothing that could be shown or printed to.
    pub(crate) fn new(kind: FoundKind, name: &str, address: String, note: Option<&str>) -> Option<Self> {
        Address::parse(&address).ok()?;
        Some(Self {
            name: label(name)?,
            address,
            kind,
            note: note.and_then(label),
            is_default: false,
        })
    }
}

/// A text in one line of what can be drawn, cut between characters; none where nothing is left.
fn label(text: &str) -> Option<String> {
    // Only the beginning is looked at, however long it is.
    let start: String = text.chars().take(4 * MAX_LABEL).collect();
    let line = clean(&start).replace('\n', " ");
    let label: String = line.chars().take(MAX_LABEL).collect();
    Some(label.trim().to_owned()).filter(|label| !label.is_empty())
}

/// The list as it is offered: the default first, then by kind and name, each printer once.
pub(crate) fn in_order(mut list: Vec<Found>) -> Vec<Found> {
    list.sort_by(|a, b| {
        (!a.is_default, a.kind, &a.name, &a.address).cmp(&(!b.is_default, b.kind, &b.name, &b.address))
    });
    let mut kept: Vec<Found> = Vec::new();
    for found in list {
        let known = kept.iter().any(|other| other.address == found.address);
        if !known && kept.len() < MAX_FOUND {
            kept.push(found);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    fn found(name: &str, address: &str) -> Option<Found> {
        Found::new(FoundKind::Network, name, address.to_owned(), None)
    }

    #[test]
    fn a_name_is_one_line_that_can_be_drawn() {
        let name = |text: &str| found(text, "ipp://printer/").map(|found| found.name);
        assert_eq!(name(" 一楼\n打印机\u{202e}\u{0} ").unwrap(), "一楼 打印机");
        assert_eq!(name(&"长".repeat(1000)).unwrap().chars().count(), 63);
        assert_eq!(name("\u{feff} \t\n"), None);
    }

    #[test]
    fn nothing_is_offered_that_cannot_be_printed_to() {
        assert_eq!(found("x", "ipp://printer/a b"), None);
        assert_eq!(found("x", "http://printer/"), None);
    }

    #[test]
    fn the_default_comes_first_and_each_printer_once() {
        let mut queue = Found::new(FoundKind::Queue, "乙", "cups://localhost/b".into(), None).unwrap();
        queue.is_default = true;
        let list = [
            found("丙", "ipp://c/").unwrap(),
            found("丙 again", "ipp://c/").unwrap(),
            found("甲", "ipp://a/").unwrap(),
            queue.clone(),
        ];
        let names: Vec<_> = in_order(list.to_vec()).into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["乙", "丙", "甲"]);
        let many = (0..1000)
            .map(|n| found("x", &format!("ipp://h{n}/")).unwrap())
            .collect();
        assert_eq!(in_order(many).len(), MAX_FOUND);
    }

    proptest! {
        #[test]
        fn no_text_can_make_a_label_long_or_broken(text in ".{0,300}") {
            if let Some(label) = label(&text) {
                prop_assert!(!label.is_empty() && label.chars().count() <= MAX_LABEL);
                prop_assert!(!label.chars().any(char::is_control));
            }
        }
    }
}
