//! The visits by their beginning, so that no page looks through all of ten years.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Visit, VisitState};
use crate::app::Core;
use crate::ids::VisitId;
use crate::store::{Change, Records};

/// The visits of the records by their beginning.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    all: BTreeSet<(Timestamp, VisitId)>,
    /// Those of which something new is to be told.
    news: BTreeSet<(Timestamp, VisitId)>,
}

impl Agenda {
    pub fn of(records: &Records) -> Self {
        let mut agenda = Self::default();
        records.visits.values().for_each(|visit| agenda.note(visit));
        agenda
    }

    fn note(&mut self, visit: &Visit) {
        self.all.insert((visit.start, visit.id));
        if visit.heard.news.is_some() {
            self.news.insert((visit.start, visit.id));
        }
    }

    /// A change is about to be applied to `records`.
    pub fn follow(&mut self, records: &Records, change: &Change) {
        match change {
            Change::PutVisit(visit) => {
                self.forget(records, visit.id);
                self.note(visit);
            }
            Change::RemoveVisit(id) => self.forget(records, *id),
            Change::EraseAll => *self = Self::default(),
            _ => {}
        }
    }

    fn forget(&mut self, records: &Records, id: VisitId) {
        if let Some(old) = records.visits.get(&id) {
            self.all.remove(&(old.start, id));
            self.news.remove(&(old.start, id));
        }
    }
}

/// The beginning of today, where the person is.
fn midnight(core: &Core) -> Timestamp {
    let now = core.now();
    now.start_of_day()
        .map_or_else(|_| now.timestamp(), |day| day.timestamp())
}

/// Visits that begin at `from` or later, the soonest first.
pub(crate) fn from(core: &Core, from: Timestamp) -> impl Iterator<Item = &Visit> {
    let first = (from, VisitId(uuid::Uuid::nil()));
    let visits = &core.records.visits;
    core.agenda.all.range(first..).filter_map(|(_, id)| visits.get(id))
}

/// Visits of which something new is to be told, the soonest first.
pub(crate) fn with_news(core: &Core) -> impl Iterator<Item = &Visit> {
    let visits = &core.records.visits;
    core.agenda.news.iter().filter_map(|(_, id)| visits.get(id))
}

/// Visits of which the day has passed, the last first.
pub(crate) fn past(core: &Core) -> impl Iterator<Item = &Visit> {
    let end = (midnight(core), VisitId(uuid::Uuid::nil()));
    let visits = &core.records.visits;
    core.agenda.all.range(..end).rev().filter_map(|(_, id)| visits.get(id))
}

/// Visits of which the day has not passed, the soonest first; also what was refused or called off.
pub(crate) fn coming(core: &Core) -> impl Iterator<Item = &Visit> {
    from(core, midnight(core))
}

/// The owner's visits of which the day has not passed, the soonest first; what was refused or called off is not among
/// them, nor what they have booked for somebody else.
pub(crate) fn upcoming(core: &Core) -> impl Iterator<Item = &Visit> {
    coming(core)
        .filter(|visit| visit.wish.for_patient.is_none())
        .filter(|visit| !matches!(visit.state, VisitState::Refused { .. } | VisitState::Cancelled))
}
