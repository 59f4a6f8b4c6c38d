//! Visits as iCalendar (RFC 5545), for any calendar program.
//!
//! Folding and escaping are the library's; what is in an entry is the core's. Times are written in UTC, which every
//! program understands without a zone's definition beside it. `METHOD:PUBLISH` (RFC 5546, 3.2.1) and the visit's own UID
//! let a program replace the entry that it has, `SEQUENCE` says which is the newer.

use std::str::FromStr;

use anban_core::appointments::{Alarm, CalendarEntry};
use anban_core::effect::{PrintTrouble, SavedFile};
use icalendar::{Calendar, CalendarDateTime, Component, Event, EventLike, EventStatus, Property, Trigger};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::files;

/// Who has made the file (RFC 5545, 3.7.3).
const PRODUCT: &str = "-//Anban//Anban//ZH";

/// The file's content.
#[must_use]
pub fn icalendar(entry: &CalendarEntry) -> String {
    let mut event = Event::new();
    event
        .uid(&entry.uid)
        .append_property(utc("DTSTAMP", entry.stamp))
        .append_property(utc("DTSTART", entry.start))
        .append_property(utc("DTEND", entry.end))
        .sequence(entry.sequence)
        .summary(&entry.summary)
        .status(if entry.cancelled {
            EventStatus::Cancelled
        } else {
            EventStatus::Confirmed
        });
    if !entry.location.is_empty() {
        event.location(&entry.location);
    }
    if !entry.description.is_empty() {
        event.description(&entry.description);
    }
    for alarm in entry.alarms.iter().filter_map(|alarm| ring(entry, alarm)) {
        event.alarm(alarm);
    }
    let mut calendar = Calendar::new();
    calendar.properties.retain(|property| property.key() != "PRODID");
    calendar.append_property(Property::new("PRODID", PRODUCT));
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    calendar.push(event.done());
    calendar.to_string()
}

/// A moment as a UTC date-time (RFC 5545, 3.3.5, form 2).
fn utc(name: &str, at: Timestamp) -> Property {
    Property::new(name, basic(at))
}

fn basic(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A reminder that stands on the screen (RFC 5545, 3.6.6), at a moment of its own: the evening before is not a number of
/// minutes before. UID (RFC 9074, 4) and DTSTAMP are given, since the library makes them up otherwise.
fn ring(entry: &CalendarEntry, alarm: &Alarm) -> Option<icalendar::Alarm> {
    let at = CalendarDateTime::from_str(&basic(alarm.at)).ok()?;
    let mut ring = icalendar::Alarm::display(&alarm.text, Trigger::DateTime(at));
    ring.append_property(utc("DTSTAMP", entry.stamp));
    ring.append_property(Property::new("UID", format!("{}-{}", basic(alarm.at), entry.uid)));
    Some(ring)
}

/// Writes it into the person's documents folder.
///
/// # Errors
/// Where there is no room, or the folder can't be written.
pub fn save(entry: &CalendarEntry, name: &str) -> Result<SavedFile, PrintTrouble> {
    files::save_in_documents(name, "ics", icalendar(entry).as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use icalendar::{CalendarComponent, parser};

    use super::*;

    fn entry() -> CalendarEntry {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        CalendarEntry {
            uid: "00000000-0000-4000-8000-000000000301@anban.example".to_owned(),
            sequence: 2,
            stamp: at("2026-11-22T01:00:00Z"),
            start: at("2026-11-23T01:30:00Z"),
            end: at("2026-11-23T02:00:00Z"),
            summary: "看病：心内科，张海涛 医生".to_owned(),
            location: "安宁市第一医院, 门诊楼 2 层 6 号窗口; 东边".to_owned(),
            description: "别忘了：请带身份证、医保卡（或医保码）。带上血压记录和以前的心电图\\。\n电话：010-5555 0102"
                .repeat(3),
            cancelled: false,
            alarms: vec![Alarm {
                at: at("2026-11-22T11:00:00Z"),
                text: "看病：心内科".to_owned(),
            }],
        }
    }

    /// RFC 5545, 3.1: lines end in CRLF and have at most 75 octets, folded between characters.
    #[test]
    fn lines_are_folded_as_the_standard_says() {
        let text = icalendar(&entry());
        for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
            assert!(line.len() <= 75, "{} octets: {line}", line.len());
            assert!(!line.contains(['\r', '\n']), "{line:?}");
        }
    }

    #[test]
    fn what_was_written_is_read_back_word_for_word() {
        let entry = entry();
        let text = icalendar(&entry);
        let calendar = Calendar::from(parser::read_calendar(&parser::unfold(&text)).unwrap());
        assert_eq!(calendar.property_value("METHOD"), Some("PUBLISH"));
        let [CalendarComponent::Event(event)] = &calendar.components[..] else {
            unreachable!("one event")
        };
        let value = |name: &str| event.property_value(name).unwrap().to_owned();
        assert_eq!(value("UID"), entry.uid);
        assert_eq!(
            (value("DTSTART"), value("SEQUENCE")),
            ("20261123T013000Z".to_owned(), "2".to_owned())
        );
        assert_eq!(event.get_summary(), Some(entry.summary.as_str()));
        assert_eq!(event.get_location(), Some(entry.location.as_str()));
        assert_eq!(event.get_description(), Some(entry.description.as_str()));
        assert_eq!(value("STATUS"), "CONFIRMED");
        assert_eq!(text.matches("BEGIN:VALARM").count(), 1);
        assert!(text.contains("TRIGGER;VALUE=DATE-TIME:20261122T110000Z"), "{text}");
    }

    #[test]
    fn the_same_visit_makes_the_same_file_and_a_cancelled_one_says_so() {
        assert_eq!(icalendar(&entry()), icalendar(&entry()));
        let cancelled = CalendarEntry {
            cancelled: true,
            alarms: Vec::new(),
            ..entry()
        };
        assert!(icalendar(&cancelled).contains("\r\nSTATUS:CANCELLED\r\n"));
    }
}
