//! The day as a wall calendar shows it: weekday, lunar date, solar term.
//!
//! From `tyme4rs`, an almanac; its lunar dates are checked in the tests against `icu_calendar`, which computes them on
//! another way.

use jiff::civil::Date;
use tyme4rs::tyme::Culture;
use tyme4rs::tyme::solar::SolarDay;

use crate::settings::Language;
use crate::words::{Words, time};

/// The years for which the almanac is trusted: in these it agrees with another one on every day that was compared. Before
/// and after, a new moon now and then falls so close to midnight that almanacs differ by a day.
const YEARS: std::ops::RangeInclusive<i16> = 1961..=2056;

/// The solar terms in English, from the winter solstice, as the almanac counts them.
const TERMS: [&str; 24] = [
    "Winter Solstice",
    "Minor Cold",
    "Major Cold",
    "Start of Spring",
    "Rain Water",
    "Awakening of Insects",
    "Spring Equinox",
    "Pure Brightness",
    "Grain Rain",
    "Start of Summer",
    "Grain Buds",
    "Grain in Ear",
    "Summer Solstice",
    "Minor Heat",
    "Major Heat",
    "Start of Autumn",
    "End of Heat",
    "White Dew",
    "Autumn Equinox",
    "Cold Dew",
    "Frost's Descent",
    "Start of Winter",
    "Minor Snow",
    "Major Snow",
];

/// A day of the lunar calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lunar {
    /// 1 to 12.
    pub month: u8,
    /// Whether it is a leap month, which follows the one with the same number.
    pub leap: bool,
    /// 1 to 30.
    pub day: u8,
    /// As it is written: 十月十四.
    pub written: String,
    /// The solar term that begins on this day, by its number from the winter solstice, and its name.
    pub term: Option<(usize, String)>,
}

/// The lunar day of a civil date; `None` outside of 1961 to 2056.
#[must_use]
pub fn lunar(date: Date) -> Option<Lunar> {
    if !YEARS.contains(&date.year()) {
        return None;
    }
    let part = |n: i8| usize::from(n.unsigned_abs());
    let solar = SolarDay::from_ymd(isize::from(date.year()), part(date.month()), part(date.day()));
    let day = solar.get_lunar_day();
    let month = day.get_lunar_month();
    let term = solar.get_term_day();
    Some(Lunar {
        month: u8::try_from(month.get_month()).ok()?,
        leap: month.is_leap(),
        day: u8::try_from(day.get_day()).ok()?,
        written: format!("{}{}", month.get_name(), day.get_name()),
        term: (term.get_day_index() == 0)
            .then(|| (term.get_solar_term().get_index(), term.get_solar_term().get_name())),
    })
}

/// The two lines at the top of the home page: "11月22日 星期日" and "十月十四 小雪".
#[must_use]
pub fn today(language: Language, date: Date) -> (String, String) {
    let words = Words::of(language);
    let (mut weekday, mut day) = (time::weekday(words, date.weekday()), time::month_and_day(words, date));
    if language == Language::English {
        // "Sun 22 Nov": the whole words do not fit beside a button on a telephone.
        weekday.truncate(3);
        day.truncate(day.find(' ').map_or(day.len(), |space| space + 4));
    }
    let civil = words.with("calendar-civil", &[("date", &day), ("weekday", &weekday)]);
    let Some(lunar) = lunar(date) else {
        return (civil, String::new());
    };
    let term = lunar.term.map_or_else(String::new, |(index, name)| match language {
        Language::Chinese => name,
        Language::English => TERMS.get(index % TERMS.len()).copied().unwrap_or_default().to_owned(),
    });
    let lunar_date = match language {
        Language::Chinese => lunar.written,
        Language::English => words.with(
            if lunar.leap {
                "calendar-lunar-leap"
            } else {
                "calendar-lunar"
            },
            &[("month", &lunar.month.to_string()), ("day", &lunar.day.to_string())],
        ),
    };
    // On the day of a solar term the term is the news; there is no room for both at arm's length in English.
    let second = match (language, term.is_empty()) {
        (_, true) => lunar_date,
        (Language::Chinese, false) => format!("{lunar_date} {term}"),
        (Language::English, false) => term,
    };
    (civil, second)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use icu_calendar::cal::ChineseTraditional;
    use icu_calendar::{Date as IcuDate, Iso};
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_of_a_solar_term_names_it() {
        assert_eq!(
            today(Language::Chinese, date(2026, 11, 22)),
            ("11月22日 星期日".to_owned(), "十月十四 小雪".to_owned())
        );
        assert_eq!(today(Language::English, date(2026, 11, 22)).1, "Minor Snow");
        assert_eq!(today(Language::Chinese, date(2026, 11, 23)).1, "十月十五");
    }

    #[test]
    fn lunar_dates_agree_with_an_independent_almanac() {
        let mut day = date(1961, 1, 1);
        let mut compared = 0;
        while day.year() < 2057 {
            let icu = IcuDate::try_new_iso(
                i32::from(day.year()),
                day.month().unsigned_abs(),
                day.day().unsigned_abs(),
            )
            .unwrap()
            .to_calendar(ChineseTraditional::new());
            let ours = lunar(day).unwrap();
            assert_eq!(ours.day, icu.day_of_month().0, "{day}");
            let code = icu.month().to_input().code().0;
            assert_eq!(
                format!("M{:02}{}", ours.month, if ours.leap { "L" } else { "" }),
                code.as_str(),
                "{day}"
            );
            compared += 1;
            day = day.checked_add(7.days()).unwrap();
        }
        assert!(compared > 5_000, "{compared}");
        let _ = Iso;
    }

    #[test]
    fn a_year_outside_the_almanac_shows_the_civil_date_alone() {
        assert_eq!(
            today(Language::Chinese, date(2200, 1, 1)),
            ("1月1日 星期三".to_owned(), String::new())
        );
    }
}
