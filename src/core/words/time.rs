//! Dates and times as people say them.
//!
//! "明天 星期一", "上午九点半"; "Tomorrow, Monday", "9:30 in the morning". Chinese times are written in Chinese numerals
//! because they are read aloud as they stand, and "9:30" is easily misread without glasses.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, Zoned};

use super::Words;
use crate::settings::Language;

/// 0 to 99 in Chinese numerals: 十二, 二十五.
#[must_use]
pub fn chinese_number(number: u8) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u8| DIGITS.get(usize::from(n)).copied().unwrap_or_default();
    match (number / 10, number % 10) {
        (0, ones) => digit(ones).to_owned(),
        (1, 0) => "十".to_owned(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens, 0) => format!("{}十", digit(tens)),
        (tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
    }
}

/// How many people: 两 (位), 十二; 12. Beyond ninety-nine in digits.
#[must_use]
pub fn counted(words: Words, number: u32) -> String {
    match (words.language(), u8::try_from(number)) {
        (Language::Chinese, Ok(2)) => "两".to_owned(),
        (Language::Chinese, Ok(few @ 0..=99)) => chinese_number(few),
        _ => number.to_string(),
    }
}

/// 星期一, Monday.
#[must_use]
pub fn weekday(words: Words, day: Weekday) -> String {
    words.get(match day {
        Weekday::Monday => "weekday-1",
        Weekday::Tuesday => "weekday-2",
        Weekday::Wednesday => "weekday-3",
        Weekday::Thursday => "weekday-4",
        Weekday::Friday => "weekday-5",
        Weekday::Saturday => "weekday-6",
        Weekday::Sunday => "weekday-7",
    })
}

/// 12月1日, 1 December.
#[must_use]
pub fn month_and_day(words: Words, date: Date) -> String {
    words.with(
        "date-month-day",
        &[("month", &named_month(words, date)), ("day", &date.day().to_string())],
    )
}

/// A month seen from `today`: 10月, October; with the year where it is another one.
#[must_use]
pub fn month_from(words: Words, date: Date, today: Date) -> String {
    let key = if date.year() == today.year() {
        "date-month"
    } else {
        "date-month-year"
    };
    words.with(key, &[("month", &named_month(words, date)), ("year", &year(date))])
}

/// What a month is called beside the word for "month", which Chinese has and English has not.
fn named_month(words: Words, date: Date) -> String {
    match words.language() {
        Language::Chinese => date.month().to_string(),
        Language::English => words.get(&format!("month-{}", date.month())),
    }
}

fn year(date: Date) -> String {
    format!("{:04}", date.year())
}

/// The same with the year: 2026年12月1日, 1 December 2026.
#[must_use]
pub fn full_date(words: Words, date: Date) -> String {
    words.with(
        "date-full",
        &[("day", &month_and_day(words, date)), ("year", &year(date))],
    )
}

/// A date seen from `today`: with the year where it is another one.
#[must_use]
pub fn date_from(words: Words, date: Date, today: Date) -> String {
    if date.year() == today.year() {
        month_and_day(words, date)
    } else {
        full_date(words, date)
    }
}

/// The name of a day seen from `today`: 今天, 明天, 后天, else its date; always with the weekday.
#[must_use]
pub fn day(words: Words, date: Date, today: Date) -> String {
    let weekday = weekday(words, date.weekday());
    let near = date
        .since(today)
        .ok()
        .map(|span| span.get_days())
        .and_then(|days| match days {
            0 => Some("day-today"),
            1 => Some("day-tomorrow"),
            2 => Some("day-after-tomorrow"),
            _ => None,
        });
    let name = near.map_or_else(|| month_and_day(words, date), |key| words.get(key));
    words.with("day-and-weekday", &[("day", &name), ("weekday", &weekday)])
}

/// A day that stays right whenever it is read: 2026年11月23日 星期一.
#[must_use]
pub fn day_in_full(words: Words, date: Date) -> String {
    let (day, weekday) = (full_date(words, date), weekday(words, date.weekday()));
    words.with("day-and-weekday", &[("day", &day), ("weekday", &weekday)])
}

/// The part of the day: 早上, 上午, 中午, 下午, 晚上.
fn part_of_day(hour: i8) -> &'static str {
    match hour {
        0..=4 => "part-night",
        5..=7 => "part-early",
        8..=11 => "part-morning",
        12 => "part-noon",
        13..=17 => "part-afternoon",
        _ => "part-evening",
    }
}

/// 上午九点半, 9:30 in the morning.
#[must_use]
pub fn clock(words: Words, time: Time) -> String {
    let part = words.get(part_of_day(time.hour()));
    let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
    let twelve = if hour > 12 { hour - 12 } else { hour };
    match words.language() {
        Language::Chinese => {
            // 两点, not 二点: the hour two is counted, not named.
            let hour = if twelve == 2 {
                "两".to_owned()
            } else {
                chinese_number(twelve)
            };
            let minutes = match minute {
                0 => String::new(),
                30 => "半".to_owned(),
                1..=9 => format!("零{}分", chinese_number(minute)),
                _ => format!("{}分", chinese_number(minute)),
            };
            format!("{part}{hour}点{minutes}")
        }
        Language::English => format!("{}:{minute:02} {part}", if twelve == 0 { 12 } else { twelve }),
    }
}

/// Day and time: 明天 星期一 上午九点半.
#[must_use]
pub fn day_and_clock(words: Words, at: Timestamp, now: &Zoned) -> String {
    let at = at.to_zoned(now.time_zone().clone());
    let (day, clock) = (day(words, at.date(), now.date()), clock(words, at.time()));
    words.with("day-and-clock", &[("day", &day), ("clock", &clock)])
}

/// How long ago: 刚刚, 三天前 …, in whole days from the second day on.
#[must_use]
pub fn ago(words: Words, at: Timestamp, now: &Zoned) -> String {
    let then = at.to_zoned(now.time_zone().clone());
    let days = then.date().until(now.date()).map_or(0, |span| span.get_days());
    match days {
        ..=0 => words.with("ago-today", &[("clock", &clock(words, then.time()))]),
        1 => words.get("ago-yesterday"),
        _ => words.with("ago-days", &[("days", &days.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn the_year_is_said_where_it_is_another_one() {
        let chinese = Words::of(Language::Chinese);
        let today = date(2026, 12, 31);
        assert_eq!(date_from(chinese, date(2026, 1, 2), today), "1月2日");
        assert_eq!(date_from(chinese, date(2027, 1, 2), today), "2027年1月2日");
        let english = Words::of(Language::English);
        assert_eq!(date_from(english, date(2027, 1, 2), today), "2 January 2027");
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let chinese = Words::of(Language::Chinese);
        for (at, said) in [
            (time(9, 30, 0, 0), "上午九点半"),
            (time(14, 0, 0, 0), "下午两点"),
            (time(12, 5, 0, 0), "中午十二点零五分"),
            (time(20, 45, 0, 0), "晚上八点四十五分"),
            (time(6, 10, 0, 0), "早上六点十分"),
            (time(0, 0, 0, 0), "夜里零点"),
        ] {
            assert_eq!(clock(chinese, at), said);
        }
        let english = Words::of(Language::English);
        assert_eq!(clock(english, time(9, 30, 0, 0)), "9:30 in the morning");
        assert_eq!(clock(english, time(14, 0, 0, 0)), "2:00 in the afternoon");
    }

    #[test]
    fn near_days_have_names_and_far_ones_have_dates() {
        let (chinese, english) = (Words::of(Language::Chinese), Words::of(Language::English));
        let today = date(2026, 11, 22);
        assert_eq!(day(chinese, date(2026, 11, 23), today), "明天 星期一");
        assert_eq!(day(chinese, date(2026, 12, 1), today), "12月1日 星期二");
        assert_eq!(day(english, date(2026, 11, 23), today), "Tomorrow, Monday");
        assert_eq!(day(english, date(2026, 12, 1), today), "1 December, Tuesday");
        assert_eq!(full_date(chinese, date(2026, 12, 1)), "2026年12月1日");
        assert_eq!(full_date(english, date(2026, 12, 1)), "1 December 2026");
    }
}
