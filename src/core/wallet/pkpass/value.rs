//! What the fields of a pass say, and its moments.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::letters::letters;
use super::said::{Object, Said};
use crate::wallet::text::clipped;
use crate::words::{Words, time};

/// How what a pass says is put into words.
pub(super) struct Teller<'a> {
    /// What the pass says instead of its texts in this language.
    pub(super) instead: BTreeMap<String, String>,
    /// The app's words.
    pub(super) words: Words,
    /// Where the person is.
    pub(super) zone: &'a TimeZone,
}

impl Teller<'_> {
    /// A text in the language that is asked for.
    pub(super) fn text(&self, text: &str) -> String {
        clipped(self.instead.get(text).map_or(text, String::as_str))
    }

    /// The label and value of a field (`PassFields`).
    pub(super) fn field(&self, field: &Object<'_>) -> Option<(String, String)> {
        let label = field.get("label").and_then(|label| label.string()).unwrap_or_default();
        let value = self.attributed(field).or_else(|| self.value(field))?;
        Some((self.text(&label), value)).filter(|(_, value)| !value.is_empty())
    }

    /// What stands in place of the value, without its tags.
    fn attributed(&self, field: &Object<'_>) -> Option<String> {
        let value = field.get("attributedValue")?.text()?;
        let value = self.instead.get(&value).unwrap_or(&value);
        Some(clipped(&without_tags(value))).filter(|value| !value.is_empty())
    }

    /// The value: a moment, an amount with its currency (ISO 4217), a text or a number.
    fn value(&self, field: &Object<'_>) -> Option<String> {
        let value = field.get("value")?.text()?;
        if let Some(moment) = self.moment(field, &value) {
            return Some(moment);
        }
        let value = self.text(&value);
        match field.get("currencyCode").and_then(|currency| currency.string()) {
            Some(currency) if !value.is_empty() => Some(clipped(&format!("{value} {currency}"))),
            _ => Some(value),
        }
    }

    /// A day or a time as people say it, where the field wants to have it said. Where the issuer gives no offset, or
    /// wishes it to be left alone, it is said as it is written, else in the person's own time.
    fn moment(&self, field: &Object<'_>, value: &str) -> Option<String> {
        let style = |key: &str| {
            let style = field.get(key)?.string()?;
            let style = style.strip_prefix("PKDateStyle")?.to_owned();
            (style != "None").then_some(style)
        };
        let (date_style, time_style) = (style("dateStyle"), style("timeStyle"));
        if date_style.is_none() && time_style.is_none() {
            return None;
        }
        let written = as_written(value)?;
        let stays = field.get("ignoresTimeZone").is_some_and(|stays| stays.is_true());
        let here = with_offset(value).filter(|_| !stays && written.has_time);
        let said = here.map_or(written.at, |at| self.zone.to_datetime(at));
        let date = date_style.map(|style| match style.as_str() {
            "Full" => time::day_in_full(self.words, said.date()),
            _ => time::full_date(self.words, said.date()),
        });
        let clock = time_style
            .filter(|_| written.has_time)
            .map(|_| time::clock(self.words, said.time()));
        match (date, clock) {
            (Some(day), Some(clock)) => Some(self.words.with("day-and-clock", &[("day", &day), ("clock", &clock)])),
            (date, clock) => date.or(clock),
        }
    }
}

/// Text of which the tags of a web page are left away, and whose names of letters are letters.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let is_tag = from[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        // Looked for where there is a tag alone: a million signs for "less" must not take a million looks to the end.
        match is_tag.then(|| from.find('>')).flatten() {
            Some(end) => rest = &from[end + 1..],
            None => {
                out.push('<');
                rest = &from[1..];
                if is_tag {
                    // No tag after it is closed either.
                    break;
                }
            }
        }
    }
    out.push_str(rest);
    letters(&out)
}

/// A moment in ISO 8601 with an offset, whose seconds may be missing (W3C's "Date and Time Formats"), or the end of a day.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    with_offset(text).or_else(|| {
        let end = text.trim().parse::<Date>().ok()?.tomorrow().ok()?;
        Some(end.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

fn with_offset(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    match at_the_end_of_a_day(text) {
        Some(begin) => begin
            .parse::<Timestamp>()
            .ok()?
            .checked_add(SignedDuration::from_hours(24))
            .ok(),
        None => text.parse().ok(),
    }
}

/// A day, and a time where it has one, as they are written.
struct Written {
    at: DateTime,
    has_time: bool,
}

fn as_written(text: &str) -> Option<Written> {
    let text = text.trim();
    let has_time = text.contains(['T', 't', ' ']);
    let at = match at_the_end_of_a_day(text) {
        Some(begin) => without_offset(&begin)
            .parse::<DateTime>()
            .ok()?
            .checked_add(SignedDuration::from_hours(24))
            .ok()?,
        None => without_offset(text).parse().ok()?,
    };
    Some(Written { at, has_time })
}

/// A moment without what it says of its offset.
fn without_offset(text: &str) -> &str {
    let time = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (_, clock) = text.split_at(time);
    let end = clock.find(['Z', 'z', '+', '-', '\u{2212}']).unwrap_or(clock.len());
    text[..time + end].trim_end()
}

/// Midnight at the end of a day, 24:00 (ISO 8601:2004, 4.2.3), made that at its beginning.
fn at_the_end_of_a_day(text: &str) -> Option<String> {
    let (day, clock) = text.split_once(['T', 't'])?;
    let rest = clock.strip_prefix("24")?;
    let only = rest.find(['Z', 'z', '+', '-', '\u{2212}']).unwrap_or(rest.len());
    let is_midnight = rest[..only].chars().all(|c| "0:.,".contains(c));
    is_midnight.then(|| format!("{day}T00{rest}"))
}

/// Whether a format is the one that there is (`formatVersion`); one that says nothing is taken for that.
pub(super) fn is_known_format(version: Option<Said<'_>>) -> bool {
    let said = version.filter(|version| !version.is_null());
    said.is_none_or(|version| version.text().and_then(|text| text.trim().parse::<f64>().ok()) == Some(1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::settings::Language;

    fn told(json: &str) -> Option<(String, String)> {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let teller = Teller {
            instead: [("INFO".to_owned(), "<b>请</b>早到".to_owned())].into(),
            words: Words::of(Language::Chinese),
            zone: &zone,
        };
        teller.field(&serde_json::from_str(json).unwrap())
    }

    fn value(json: &str) -> String {
        told(json).unwrap().1
    }

    #[test]
    fn amounts_keep_their_digits() {
        assert_eq!(value(r#"{"value": 20.00, "currencyCode": "EUR"}"#), "20.00 EUR");
        assert_eq!(value(r#"{"value": "7", "currencyCode": 7}"#), "7");
        assert_eq!(told(r#"{"value": " ", "currencyCode": "EUR"}"#), None);
    }

    #[test]
    fn what_stands_in_place_of_a_value_is_told_without_its_tags() {
        let of = |text: &str| value(&format!(r#"{{"value": "v", "attributedValue": "{text}"}}"#));
        assert_eq!(
            of("<a href='https://example.com/?a=1'>Jack &amp; Jill</a>"),
            "Jack & Jill"
        );
        assert_eq!(of("1 < 2 &amp;lt; <b>&#51;</b"), "1 < 2 &lt; 3</b");
        assert_eq!(of("INFO"), "请早到");
        assert_eq!(of("<br/>"), "v");
        for many in ["<", "<a", "&", "<>"] {
            assert!(of(&many.repeat(1 << 20)).starts_with(many), "and takes no time");
        }
    }

    #[test]
    fn days_and_times_are_said_as_people_say_them() {
        let of = |value_: &str, more: &str| value(&format!(r#"{{"value": "{value_}", {more}}}"#));
        let both = r#""dateStyle": "PKDateStyleShort", "timeStyle": "PKDateStyleMedium""#;
        assert_eq!(of("2026-11-26T16:35+08:00", both), "2026年11月26日 下午四点三十五分");
        assert_eq!(of("2026-11-26T16:30:00Z", both), "2026年11月27日 夜里零点半");
        let stays = format!("{both}, \"ignoresTimeZone\": true");
        assert_eq!(of("2026-11-26T16:30:00Z", &stays), "2026年11月26日 下午四点半");
        assert_eq!(of("2026-11-26T16:30:00", both), "2026年11月26日 下午四点半");
        assert_eq!(of("2026-11-26", both), "2026年11月26日");
        assert_eq!(of("2026-11-26T24:00:00+08:00", both), "2026年11月27日 夜里零点");
        let full = r#""dateStyle": "PKDateStyleFull", "timeStyle": "PKDateStyleNone""#;
        assert_eq!(of("2026-11-26T16:30-01:00", full), "2026年11月27日 星期五");
        assert_eq!(
            of("2026-11-26T16:30Z", r#""timeStyle": "PKDateStyleShort""#),
            "夜里零点半"
        );
        for (text, more) in [
            ("soon", both),
            ("2026-11-26T16:30Z", r#""dateStyle": "PKDateStyleNone""#),
        ] {
            assert_eq!(of(text, more), text);
        }
    }

    #[test]
    fn the_end_of_a_day_is_the_beginning_of_the_next() {
        for (text, at) in [
            ("2026-11-26T24:00:00+02:00", "2026-11-26T22:00:00Z"),
            ("2026-12-31T24:00Z", "2027-01-01T00:00:00Z"),
            ("2026-12-31", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(moment(text), Some(at.parse().unwrap()), "{text}");
        }
        for wrong in [
            "2026-12-31T24:01:00Z",
            "2026-12-31T240:00:00Z",
            "2026-12-31T25:00:00Z",
            "T24",
            "9999-12-31T24:00:00Z",
        ] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn there_is_one_format() {
        for (version, known) in [
            ("1", true),
            ("\"1\"", true),
            ("1.0", true),
            ("null", true),
            ("2", false),
            ("\"x\"", false),
            ("[]", false),
        ] {
            assert_eq!(is_known_format(serde_json::from_str(version).ok()), known, "{version}");
        }
        assert!(is_known_format(None));
    }
}
