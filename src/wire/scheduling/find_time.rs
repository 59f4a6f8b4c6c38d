//! The parameter `timing` of `$find`: on which days of the week, in which part of the day, at which times.
//!
//! It is a FHIR `Timing`. What of it narrows a search for visits is understood; how often and for how long is about
//! treatments and is passed over. Everything is on the city's clock.

use crate::{
    CITY_OFFSET,
    fhir::{DayOfWeek, Period, Timing, TimingRepeat},
};
use jiff::{Timestamp, civil::Time};

/// At which times a visit may begin; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VisitTime {
    /// On one of these days.
    pub days: Vec<DayOfWeek>,
    /// In one of these parts of the day.
    pub parts: Vec<PartOfDay>,
    /// At one of these times of the day.
    pub times: Vec<Time>,
    /// At one of these instants.
    pub instants: Vec<Timestamp>,
    /// Within this span.
    pub within: Option<Period>,
}

/// A part of the day (HL7's event timing).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartOfDay {
    /// `MORN`: until noon.
    Morning,
    /// `AFT`: from noon until six.
    Afternoon,
    /// `EVE`: from six until ten.
    Evening,
    /// `NIGHT`: from ten until six.
    Night,
}

impl PartOfDay {
    const ALL: [(Self, &'static [&'static str]); 4] = [
        (Self::Morning, &["MORN", "MORN.early", "MORN.late"]),
        (Self::Afternoon, &["AFT", "AFT.early", "AFT.late"]),
        (Self::Evening, &["EVE", "EVE.early", "EVE.late"]),
        (Self::Night, &["NIGHT"]),
    ];

    fn has(self, hour: i8) -> bool {
        match self {
            Self::Morning => (6..12).contains(&hour),
            Self::Afternoon => (12..18).contains(&hour),
            Self::Evening => (18..22).contains(&hour),
            Self::Night => !(6..22).contains(&hour),
        }
    }
}

impl VisitTime {
    /// Whether a visit may begin then.
    #[must_use]
    pub fn fits(&self, start: Timestamp) -> bool {
        let local = CITY_OFFSET.to_datetime(start);
        let within = |period: &Period| {
            period.start.as_ref().is_none_or(|from| start >= from.begin())
                && period.end.as_ref().is_none_or(|until| start <= until.end())
        };
        (self.days.is_empty() || self.days.contains(&DayOfWeek::from(local.date().weekday())))
            && (self.parts.is_empty() || self.parts.iter().any(|part| part.has(local.hour())))
            && (self.times.is_empty() || self.times.contains(&local.time()))
            && (self.instants.is_empty() || self.instants.contains(&start))
            && self.within.as_ref().is_none_or(within)
    }

    /// What a `Timing` asks for; `None` where it names a part of the day that a visit can't be in (with a meal), or
    /// nothing that is understood.
    #[must_use]
    pub fn read(timing: &Timing) -> Option<Self> {
        let repeat = timing.repeat.clone().unwrap_or_default();
        let part = |code: &String| {
            let mut all = PartOfDay::ALL.into_iter();
            all.find(|(_, codes)| codes.contains(&code.as_str()))
                .map(|(part, _)| part)
        };
        let read = Self {
            parts: repeat.when.iter().map(part).collect::<Option<_>>()?,
            days: repeat.day_of_week,
            times: repeat.time_of_day,
            instants: timing.event.iter().map(crate::fhir::DateTime::begin).collect(),
            within: repeat.bounds_period,
        };
        (read != Self::default()).then_some(read)
    }

    /// As a `Timing`.
    #[must_use]
    pub fn to_timing(&self) -> Timing {
        let code = |part: &PartOfDay| {
            let mut all = PartOfDay::ALL.into_iter();
            all.find(|(known, _)| known == part)
                .and_then(|(_, codes)| codes.first().map(|code| (*code).to_owned()))
        };
        Timing {
            event: self.instants.iter().map(|instant| (*instant).into()).collect(),
            repeat: Some(TimingRepeat {
                bounds_period: self.within.clone(),
                day_of_week: self.days.clone(),
                time_of_day: self.times.clone(),
                when: self.parts.iter().filter_map(code).collect(),
                ..TimingRepeat::default()
            }),
            code: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Option<VisitTime> {
        VisitTime::read(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn days_and_parts_of_the_day_are_those_of_the_city() {
        let mornings = read(r#"{"repeat":{"dayOfWeek":["mon","wed"],"when":["MORN"]}}"#).unwrap();
        let fits = |at: &str| mornings.fits(at.parse().unwrap());
        assert!(fits("2026-11-23T09:00:00+08:00") && fits("2026-11-25T11:59:00+08:00"));
        // Monday morning in the city is Sunday evening in Greenwich for some of it.
        assert!(fits("2026-11-22T23:30:00Z"));
        assert!(!fits("2026-11-23T12:00:00+08:00") && !fits("2026-11-24T09:00:00+08:00"));
        let at = read(r#"{"event":["2026-11-23T09:00:00+08:00"]}"#).unwrap();
        assert!(at.fits("2026-11-23T01:00:00Z".parse().unwrap()));
        let span = read(r#"{"repeat":{"boundsPeriod":{"start":"2026-11-24"},"timeOfDay":["08:30:00"]}}"#).unwrap();
        assert!(
            span.fits("2026-11-24T00:30:00Z".parse().unwrap()) && !span.fits("2026-11-23T00:30:00Z".parse().unwrap())
        );
    }

    #[test]
    fn what_says_nothing_about_visits_is_no_rule() {
        assert_eq!(read(r#"{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}"#), None);
        assert_eq!(read(r#"{"repeat":{"when":["PCM"]}}"#), None);
    }

    proptest! {
        #[test]
        fn a_rule_is_read_as_it_was_written(days in proptest::sample::subsequence(vec![DayOfWeek::Mon, DayOfWeek::Sat], 0..=2),
                                            hour in 0_i8..24, part in 0_usize..4) {
            let rule = VisitTime {
                days,
                times: vec![Time::constant(hour, 30, 0, 0)],
                parts: vec![PartOfDay::ALL[part].0],
                ..VisitTime::default()
            };
            prop_assert_eq!(VisitTime::read(&rule.to_timing()), Some(rule));
        }
    }
}
