//! The day of a visit in the demonstration city, where no staff calls numbers: time does it.
//!
//! Every few minutes by the hub's clock the next number is called; after the doctor one step after the other is done.
//! Whoever comes first to a department finds a few made-up people before them.

use super::City;
use crate::{
    db::{Call, Database, DbError, NewVisitDay},
    visits::today,
};
use anban_wire::visit_day::{DayStepKind, QueueState};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// More numbers than this are not called at once, however long nobody has looked.
const MAX_CALLS: usize = 100;

/// How days go.
#[derive(Debug)]
pub(crate) struct DayPlan {
    /// How long the doctor takes, and each step after.
    each: SignedDuration,
    /// How many made-up people are before the first who comes.
    before: usize,
    /// What there is to do after the doctor, by department.
    steps: BTreeMap<String, Vec<(DayStepKind, Option<u64>)>>,
}

impl DayPlan {
    pub(super) fn of(city: &City) -> Self {
        let departments = city.hospitals.iter().flat_map(|hospital| {
            let of_hospital = |department| (super::service_id(hospital, department), department);
            hospital.departments.iter().map(of_hospital)
        });
        let steps = departments.map(|(service, department)| {
            let step = |kind: &DayStepKind| (*kind, (*kind == DayStepKind::Pay).then_some(department.fen));
            (service, department.after.iter().map(step).collect())
        });
        Self {
            each: SignedDuration::from_mins(city.day.minutes_each.max(1)),
            before: city.day.before,
            steps: steps.collect(),
        }
    }

    /// What there is to do after the doctor of a department.
    fn steps_of(&self, service: &str) -> &[(DayStepKind, Option<u64>)] {
        self.steps.get(service).map_or(&[], Vec::as_slice)
    }

    /// Lets made-up people come before the first one.
    pub(crate) fn fill_queue(&self, db: &dyn Database, service: &str, now: Timestamp) -> Result<(), DbError> {
        let day = today(now);
        for number in 1..=self.before {
            let come = NewVisitDay {
                appointment: format!("somebody-{service}-{day}-{number}"),
                service: service.to_owned(),
                day,
                patient: None,
            };
            db.check_in(&come, None, now)?;
        }
        Ok(())
    }

    /// Lets happen what has had its time until now.
    pub(crate) fn go_on(&self, db: &dyn Database, now: Timestamp) -> Result<(), DbError> {
        let day = today(now);
        for (service, mut since) in db.queues(day)? {
            for _ in 0..MAX_CALLS {
                let Ok(due) = since.checked_add(self.each) else { break };
                if due > now {
                    break;
                }
                let steps = self.steps_of(&service);
                let call = Call {
                    service: &service,
                    day,
                    outcome: QueueState::Seen,
                    steps,
                    since: Some(since),
                    command: None,
                    note: None,
                };
                if db.call_next(&call, due)?.is_none() {
                    break;
                }
                since = due;
            }
        }
        for (appointment, kind) in db.open_steps(day)? {
            let Some(visit) = db.visit_day(&appointment)? else {
                continue;
            };
            let done = visit.steps.iter().filter(|(.., is_done)| *is_done).count();
            let takes = i32::try_from(done.saturating_add(2)).unwrap_or(i32::MAX);
            let due = visit
                .called_at
                .and_then(|called| called.checked_add(self.each * takes).ok());
            if due.is_some_and(|due| due <= now) {
                db.step_done(&appointment, kind, None, now)?;
            }
        }
        Ok(())
    }
}
