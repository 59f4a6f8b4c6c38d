//! FHIR's `dateTime`: an instant, or only a year, month or day.
//!
//! Kept as it was written, so that nothing is lost on the way through. Where a partial date has to become an
//! instant, it is read on the city's clock: `2026-11-23` begins at 00:00+08:00 and ends 24 hours later.

use crate::CITY_OFFSET;
use jiff::{
    Span, Timestamp,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A date with as much precision as was known, checked to be a real one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DateTime {
    text: String,
    begin: Timestamp,
    end: Timestamp,
}

/// A text that is no FHIR `dateTime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date must look like 2026, 2026-11, 2026-11-23 or 2026-11-23T08:30:00+08:00")]
pub struct DateTimeError;

impl DateTime {
    /// The first instant it covers.
    #[must_use]
    pub fn begin(&self) -> Timestamp {
        self.begin
    }

    /// The first instant after what it covers; for a full instant the instant itself.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<Timestamp> for DateTime {
    fn from(instant: Timestamp) -> Self {
        Self {
            text: instant.to_string(),
            begin: instant,
            end: instant,
        }
    }
}

impl FromStr for DateTime {
    type Err = DateTimeError;

    fn from_str(text: &str) -> Result<Self, DateTimeError> {
        // The longest sensible form has nanoseconds and an offset: 35 characters.
        if text.len() > 40 || !text.is_ascii() {
            return Err(DateTimeError);
        }
        if text.contains('T') {
            let instant: Timestamp = text.parse().map_err(|_| DateTimeError)?;
            return Ok(Self {
                text: text.to_owned(),
                begin: instant,
                end: instant,
            });
        }
        let (filled, length) = match text.len() {
            4 => (format!("{text}-01-01"), Span::new().years(1)),
            7 => (format!("{text}-01"), Span::new().months(1)),
            10 => (text.to_owned(), Span::new().days(1)),
            _ => return Err(DateTimeError),
        };
        let digits = |range: std::ops::Range<usize>| filled.as_bytes()[range].iter().all(u8::is_ascii_digit);
        if !(digits(0..4) && digits(5..7) && digits(8..10)) {
            return Err(DateTimeError);
        }
        let first: Date = filled.parse().map_err(|_| DateTimeError)?;
        let after = first.checked_add(length).map_err(|_| DateTimeError)?;
        let midnight = |date: Date| CITY_OFFSET.to_timestamp(date.to_datetime(Time::midnight()));
        Ok(Self {
            text: text.to_owned(),
            begin: midnight(first).map_err(|_| DateTimeError)?,
            end: midnight(after).map_err(|_| DateTimeError)?,
        })
    }
}

impl TryFrom<String> for DateTime {
    type Error = DateTimeError;

    fn try_from(text: String) -> Result<Self, DateTimeError> {
        text.parse()
    }
}

impl From<DateTime> for String {
    fn from(date: DateTime) -> Self {
        date.text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (String, String) {
        let date: DateTime = text.parse().unwrap();
        (date.begin().to_string(), date.end().to_string())
    }

    #[test]
    fn a_partial_date_covers_its_whole_time_on_the_citys_clock() {
        assert_eq!(
            read("2026-11-23"),
            ("2026-11-22T16:00:00Z".into(), "2026-11-23T16:00:00Z".into())
        );
        assert_eq!(
            read("2026-12"),
            ("2026-11-30T16:00:00Z".into(), "2026-12-31T16:00:00Z".into())
        );
        assert_eq!(
            read("2026"),
            ("2025-12-31T16:00:00Z".into(), "2026-12-31T16:00:00Z".into())
        );
    }

    #[test]
    fn an_instant_may_have_any_offset() {
        assert_eq!(read("2026-11-23T08:30:00+08:00").0, "2026-11-23T00:30:00Z");
        assert_eq!(read("2026-11-23T00:30:00Z").0, "2026-11-23T00:30:00Z");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "26",
            "2026-13",
            "2026-02-30",
            "2026-11-23T08:30:00",
            "+026-11-23",
            "2026/11/23",
            "二零二六",
        ] {
            assert!(text.parse::<DateTime>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9TZ:+.-]{0,42}|.{0,12}") {
            if let Ok(date) = text.parse::<DateTime>() {
                prop_assert_eq!(date.as_str(), text);
            }
        }
    }
}
