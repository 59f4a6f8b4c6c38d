//! When to see the doctor again, as somebody who treats the patient has planned it: FHIR R4 `CarePlan`.
//!
//! Each activity of a plan is one visit, or one that comes again and again: `performer` names the department (a
//! `HealthcareService`) and, where it matters, the doctor (a `Practitioner`); `scheduledPeriod.start` or
//! `scheduledTiming.event` is the day of a single one; `scheduledTiming.repeat` has the first day in `boundsPeriod.start`,
//! the last in its `end`, and how far apart they are in `period` and `periodUnit` (`d`, `wk`, `mo`, `a`). A plan that holds
//! is `active`, an activity that is still to be done `not-started`, `scheduled` or `in-progress`.
//!
//! [`planned`] is what both sides go by: a hub takes no plan that it can't read like that, an app shows nothing else.

use crate::CITY_OFFSET;
use crate::directory::Text;
use crate::fhir::{
    CarePlan, CarePlanActivityStatus as Activity, CarePlanDetail, CarePlanIntent, CarePlanStatus, DateTime, Element,
    Timing, is_id,
};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

/// Most activities of a plan.
pub const MOST_ACTIVITIES: usize = 10;
/// Longest title or description, in characters.
pub const MOST_TEXT: usize = 100;
/// Visits are at least so many days apart.
const LEAST_DAYS: i64 = 7;
/// And at most so many units of any kind.
const MOST_UNITS: i64 = 366;

/// A visit that is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedVisit {
    /// The department's id.
    pub department: String,
    /// The doctor's id, where a certain one is meant.
    pub practitioner: Option<String>,
    /// What for; empty where it is not said.
    pub purpose: Text,
    /// The first day of it.
    pub first: Date,
    /// How far apart the visits are; none: it is one.
    pub every: Option<Every>,
    /// None after this day.
    pub last: Option<Date>,
    /// Whether it is still to be done.
    pub is_open: bool,
}

/// How far apart visits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Every {
    /// How many.
    pub number: i64,
    /// Of what.
    pub unit: Unit,
}

/// A unit of time between visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// `d`
    Days,
    /// `wk`
    Weeks,
    /// `mo`
    Months,
    /// `a`
    Years,
}

/// Why a plan can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Another intent.
    #[error("intent must be plan or order")]
    Intent,
    /// No activities, or too many.
    #[error("a plan has 1 to {MOST_ACTIVITIES} activities, each with a detail")]
    Activities,
    /// No department, or several, or somebody else.
    #[error(
        "each activity has as performer one HealthcareService and at most one Practitioner, by literal references, and nobody else"
    )]
    Performer,
    /// No day, or two kinds of them, or a rule that is not understood.
    #[error(
        "each activity has scheduledPeriod.start, one scheduledTiming.event, or scheduledTiming.repeat with boundsPeriod.start, period (a whole number) and periodUnit (d, wk, mo or a), 7 days to 366 units apart, frequency 1"
    )]
    When,
    /// A title or description is empty or too long.
    #[error("a title and a description have 1 to {MOST_TEXT} characters")]
    Text,
}

impl Every {
    /// As FHIR has it: `period` and `periodUnit`.
    #[must_use]
    pub fn of(number: i64, unit: &str) -> Option<Self> {
        let unit = match unit {
            "d" => Unit::Days,
            "wk" => Unit::Weeks,
            "mo" => Unit::Months,
            "a" => Unit::Years,
            _ => return None,
        };
        let least = if unit == Unit::Days { LEAST_DAYS } else { 1 };
        (least..=MOST_UNITS).contains(&number).then_some(Self { number, unit })
    }

    /// About how many days.
    #[must_use]
    pub fn days(self) -> i64 {
        let days = match self.unit {
            Unit::Days => 1,
            Unit::Weeks => 7,
            Unit::Months => 30,
            Unit::Years => 365,
        };
        self.number.saturating_mul(days)
    }

    /// `times` as far.
    #[must_use]
    pub fn times(self, times: i64) -> Span {
        // Beyond this there is no calendar any more.
        let number = self.number.saturating_mul(times).clamp(0, 100_000);
        match self.unit {
            Unit::Days => number.days(),
            Unit::Weeks => number.weeks(),
            Unit::Months => number.months(),
            Unit::Years => number.min(9_999).years(),
        }
    }
}

/// Whether a plan holds.
#[must_use]
pub fn holds(plan: &CarePlan) -> bool {
    plan.status == CarePlanStatus::Active
}

/// The visits of a plan, in its order.
///
/// # Errors
/// What of it is not as this module has it.
pub fn planned(plan: &CarePlan) -> Result<Vec<PlannedVisit>, PlanError> {
    if !matches!(plan.intent, CarePlanIntent::Plan | CarePlanIntent::Order) {
        return Err(PlanError::Intent);
    }
    text(plan.title.as_deref(), plan.title_element.as_ref())?;
    if !(1..=MOST_ACTIVITIES).contains(&plan.activity.len()) {
        return Err(PlanError::Activities);
    }
    let details = plan.activity.iter().map(|activity| activity.detail.as_ref());
    details
        .map(|detail| visit(detail.ok_or(PlanError::Activities)?))
        .collect()
}

/// A text with its translation, neither empty nor too long; an empty one where there is none.
fn text(primitive: Option<&str>, element: Option<&Element>) -> Result<Text, PlanError> {
    let text = Text::read(primitive, element);
    let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= MOST_TEXT;
    match text {
        Some(text) if fits(&text.zh) && text.en.as_deref().is_none_or(fits) => Ok(text),
        Some(_) => Err(PlanError::Text),
        None => Ok(Text {
            zh: String::new(),
            en: None,
        }),
    }
}

fn visit(detail: &CarePlanDetail) -> Result<PlannedVisit, PlanError> {
    let (mut departments, mut practitioners) = (vec![], vec![]);
    for performer in &detail.performer {
        match (performer.id_of("HealthcareService"), performer.id_of("Practitioner")) {
            (Some(id), _) if is_id(id) => departments.push(id.to_owned()),
            (_, Some(id)) if is_id(id) => practitioners.push(id.to_owned()),
            _ => return Err(PlanError::Performer),
        }
    }
    let (Some(department), true) = (departments.pop(), departments.is_empty() && practitioners.len() <= 1) else {
        return Err(PlanError::Performer);
    };
    let day = |date: &DateTime| CITY_OFFSET.to_datetime(date.begin()).date();
    let (first, every, last) = match (&detail.scheduled_period, &detail.scheduled_timing) {
        (Some(period), None) => {
            let first = period.start.as_ref().map(day).ok_or(PlanError::When)?;
            (first, None, period.end.as_ref().map(day))
        }
        (None, Some(timing)) => by_rule(timing, day)?,
        _ => return Err(PlanError::When),
    };
    if last.is_some_and(|last| last < first) {
        return Err(PlanError::When);
    }
    Ok(PlannedVisit {
        department,
        practitioner: practitioners.pop(),
        purpose: text(detail.description.as_deref(), detail.description_element.as_ref())?,
        first,
        every,
        last,
        is_open: matches!(
            detail.status,
            Activity::NotStarted | Activity::Scheduled | Activity::InProgress
        ),
    })
}

type When = (Date, Option<Every>, Option<Date>);

fn by_rule(timing: &Timing, day: impl Fn(&DateTime) -> Date) -> Result<When, PlanError> {
    match (&timing.event[..], &timing.repeat) {
        ([event], None) => Ok((day(event), None, None)),
        ([], Some(rule)) => {
            let bounds = rule.bounds_period.as_ref().ok_or(PlanError::When)?;
            let first = bounds.start.as_ref().map(&day).ok_or(PlanError::When)?;
            let number = rule.period.as_ref().and_then(serde_json::Number::as_i64);
            let every = number.and_then(|number| Every::of(number, rule.period_unit.as_deref()?));
            let once = rule.frequency.is_none_or(|frequency| frequency == 1);
            // Days and hours of the visits are for whoever books them.
            let alone = rule.day_of_week.is_empty() && rule.time_of_day.is_empty() && rule.when.is_empty();
            match every {
                Some(every) if once && alone => Ok((first, Some(every), bounds.end.as_ref().map(day))),
                _ => Err(PlanError::When),
            }
        }
        _ => Err(PlanError::When),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::fhir::from_json;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn with(schedule: &Value) -> Value {
        let mut detail = json!({
            "kind": "Appointment", "status": "scheduled", "description": "复查血压",
            "performer": [{ "reference": "HealthcareService/d1" }, { "reference": "Practitioner/p1" }],
        });
        detail
            .as_object_mut()
            .unwrap()
            .extend(schedule.as_object().unwrap().clone());
        json!({
            "resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "高血压",
            "subject": { "reference": "Patient/x" }, "activity": [{ "detail": detail }],
        })
    }

    fn read(plan: &Value) -> Result<Vec<PlannedVisit>, PlanError> {
        planned(&from_json(plan.to_string().as_bytes()).unwrap())
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_rule_a_day_and_a_span_are_read() {
        let rule = json!({ "scheduledTiming": { "repeat": {
            "boundsPeriod": { "start": "2026-12-01", "end": "2027-12-01" }, "frequency": 1, "period": 3, "periodUnit": "mo",
        } } });
        let [visit] = &read(&with(&rule)).unwrap()[..] else {
            panic!("one")
        };
        assert_eq!(
            (visit.department.as_str(), visit.practitioner.as_deref()),
            ("d1", Some("p1"))
        );
        assert_eq!(
            (visit.first, visit.last),
            (date("2026-12-01"), Some(date("2027-12-01")))
        );
        let every = visit.every.unwrap();
        assert_eq!((every.number, every.unit), (3, Unit::Months));
        assert!(visit.is_open && visit.purpose.zh == "复查血压");
        for once in [
            json!({ "scheduledTiming": { "event": ["2026-12-01"] } }),
            json!({ "scheduledPeriod": { "start": "2026-12-01" } }),
            json!({ "scheduledPeriod": { "start": "2026-11-30T17:00:00Z" } }),
        ] {
            let visit = read(&with(&once)).unwrap().remove(0);
            assert_eq!((visit.first, visit.every), (date("2026-12-01"), None), "{once}");
        }
    }

    #[test]
    fn what_would_be_half_understood_is_refused() {
        let repeat = |more: Value| {
            let mut rule =
                json!({ "boundsPeriod": { "start": "2026-12-01" }, "frequency": 1, "period": 3, "periodUnit": "mo" });
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "scheduledTiming": { "repeat": rule } })
        };
        for wrong in [
            json!({}),
            json!({ "scheduledPeriod": { "end": "2026-12-01" } }),
            json!({ "scheduledPeriod": { "start": "2026-12-02", "end": "2026-12-01" } }),
            json!({ "scheduledTiming": { "event": ["2026-12-01", "2026-12-02"] } }),
            json!({ "scheduledTiming": { "event": ["2026-12-01"] }, "scheduledPeriod": { "start": "2026-12-01" } }),
            repeat(json!({ "period": 2.5 })),
            repeat(json!({ "period": 6, "periodUnit": "d" })),
            repeat(json!({ "period": 0 })),
            repeat(json!({ "periodUnit": "h" })),
            repeat(json!({ "frequency": 2 })),
            repeat(json!({ "dayOfWeek": ["mon"] })),
            repeat(json!({ "boundsPeriod": {} })),
        ] {
            assert_eq!(read(&with(&wrong)), Err(PlanError::When), "{wrong}");
        }
        let once = json!({ "scheduledPeriod": { "start": "2026-12-01" } });
        let changed = |path: &str, value: Value| {
            let mut plan = with(&once);
            *plan.pointer_mut(path).unwrap() = value;
            read(&plan)
        };
        let performer = "/activity/0/detail/performer";
        for nobody in [
            json!([]),
            json!([{ "reference": "Practitioner/p1" }]),
            json!([{ "reference": "HealthcareService/d1" }, { "reference": "HealthcareService/d2" }]),
            json!([{ "reference": "HealthcareService/a b" }]),
            json!([{ "reference": "HealthcareService/d1" }, { "reference": "Patient/x" }]),
        ] {
            assert_eq!(changed(performer, nobody), Err(PlanError::Performer));
        }
        assert_eq!(changed("/intent", json!("proposal")), Err(PlanError::Intent));
        assert_eq!(changed("/activity", json!([])), Err(PlanError::Activities));
        assert_eq!(changed("/activity", json!([{}])), Err(PlanError::Activities));
        assert_eq!(changed("/title", json!("长".repeat(101))), Err(PlanError::Text));
        assert_eq!(
            changed("/activity/0/detail/description", json!(" ")),
            Err(PlanError::Text)
        );
    }

    proptest! {
        #[test]
        fn no_schedule_makes_the_reader_panic(start in "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", period in any::<i64>(), unit in "[a-z]{1,2}", times in any::<i64>()) {
            let plan = with(&json!({ "scheduledTiming": { "repeat": {
                "boundsPeriod": { "start": start }, "period": period, "periodUnit": unit } } }));
            if let Ok(plan) = from_json::<CarePlan>(plan.to_string().as_bytes()) {
                for visit in planned(&plan).unwrap_or_default() {
                    let every = visit.every.expect("a rule");
                    let _ = visit.first.checked_add(every.times(times.saturating_abs()));
                }
            }
        }
    }
}
