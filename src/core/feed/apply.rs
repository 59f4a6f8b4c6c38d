//! What a part of a feed changes in what is kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{FeedEntry, HeardVisit, Notice, Standing, mend};
use crate::app::Core;
use crate::appointments;
use crate::appointments::{CarePlan, Heard, News, Patient, Visit, VisitState, Wish};
use crate::family::Family;
use crate::ids::{RequestId, VisitId};
use crate::outbox::{Lane, Request};
use crate::store::Change;
use crate::sync;
use crate::turn::Turn;

/// Entries of a feed on their way to becoming changes.
pub(super) struct Application<'a, 'b> {
    turn: &'a mut Turn<'b>,
    life: u32,
    /// The feed is read from its beginning, since the hub may have forgotten something.
    mending: bool,
    patient: &'a str,
    /// The feed is that of the device's owner.
    owner: bool,
    visits: BTreeMap<VisitId, Visit>,
    family: Option<Family>,
    changes: Vec<Change>,
    passed_over: bool,
}

impl<'a, 'b> Application<'a, 'b> {
    pub fn new(turn: &'a mut Turn<'b>, (life, mending): (u32, bool), (patient, owner): (&'a str, bool)) -> Self {
        Self {
            turn,
            life,
            mending,
            patient,
            owner,
            visits: BTreeMap::new(),
            family: None,
            changes: Vec::new(),
            passed_over: false,
        }
    }

    /// Whether something was not taken in, since this device waits for an answer of its own about it.
    pub fn has_passed_over(&self) -> bool {
        self.passed_over
    }

    pub fn entry(&mut self, entry: FeedEntry) {
        let records = &self.turn.core.records;
        match entry {
            FeedEntry::Visit(heard) => self.visit(heard),
            FeedEntry::Day(day) if records.visit_days.get(&day.appointment) != Some(&day) => {
                self.changes.push(Change::PutVisitDay(day));
            }
            FeedEntry::Day(_) => {}
            FeedEntry::Grant(grant) if self.owner => {
                let family = self.family.get_or_insert_with(|| records.family.clone());
                family.given.retain(|known| known.id != grant.id);
                family.given.push(grant);
            }
            FeedEntry::Grant(_) => {}
            FeedEntry::GrantEnded { grant } => {
                let family = self.family.get_or_insert_with(|| records.family.clone());
                family.given.retain(|known| known.id != grant);
                family.held.retain(|known| known.id != grant);
            }
            FeedEntry::Plan(plan) => {
                let patient = self.somebody_else();
                let known = records.care_plans.get(&plan.id);
                let change = appointments::plan_heard(known, CarePlan { patient, ..plan });
                let is_new = match &change {
                    Change::PutCarePlan(plan) => known != Some(plan),
                    _ => known.is_some(),
                };
                self.changes.extend(is_new.then_some(change));
            }
            // Notices about somebody else are theirs.
            FeedEntry::Notice(notice) if self.owner => {
                let read = records.notices.get(&notice.id).is_some_and(|known| known.read);
                let notice = Notice { read, ..notice };
                if records.notices.get(&notice.id) != Some(&notice) {
                    self.changes.push(Change::PutNotice(notice));
                }
            }
            FeedEntry::Notice(_) => {}
        }
    }

    /// All changes.
    pub fn finish(mut self) -> Vec<Change> {
        let records = &self.turn.core.records;
        let visits = self.visits.into_values();
        let visits = visits.filter(|visit| records.visits.get(&visit.id) != Some(visit));
        self.changes.extend(visits.map(Change::PutVisit));
        let family = self.family.filter(|family| *family != records.family);
        self.changes.extend(family.map(Change::Family));
        self.changes
    }

    fn visit(&mut self, heard: HeardVisit) {
        match self.known(&heard) {
            Some(visit) => {
                let visit = self.changed(visit, heard);
                self.visits.insert(visit.id, visit);
            }
            None if heard.standing == Standing::Booked && heard.end > self.turn.now() => {
                let visit = self.new_visit(heard);
                self.visits.insert(visit.id, visit);
            }
            None => {}
        }
    }

    /// The visit on this device that it is about.
    fn known(&self, heard: &HeardVisit) -> Option<Visit> {
        let ours = |visit: &&Visit| {
            heard.command == Some(visit.request) || visit.appointment() == Some(heard.appointment.as_str())
        };
        let changed = self.visits.values().find(ours);
        changed
            .or_else(|| self.turn.core.records.visits.values().find(ours))
            .cloned()
    }

    fn changed(&mut self, visit: Visit, said: HeardVisit) -> Visit {
        let core = &self.turn.core;
        let waits = core
            .records
            .outbox
            .values()
            .any(|item| item.refused.is_none() && item.request.lane() == Lane::Visit(visit.id));
        let heard = Heard {
            appointment: Some(said.appointment.clone()),
            slot: said.slot.clone().or(visit.heard.slot.clone()),
            booked_by: said.booked_by.clone().or(visit.heard.booked_by.clone()),
            declined: said.standing == Standing::Declined,
            life: Some(self.life),
            ..visit.heard.clone()
        };
        let visit = Visit { heard, ..visit };
        if waits {
            self.passed_over = true;
            // What this device has asked for has an answer of its own. Booked anew by another device, it has another id.
            if said.standing == Standing::Booked {
                let asked = mend::of_this_appointment(core, visit.id, &said.appointment);
                self.changes.extend(asked);
            }
            let state = match visit.state {
                VisitState::CancelNotConfirmed { .. } => VisitState::CancelNotConfirmed {
                    appointment: said.appointment,
                },
                state => state,
            };
            return Visit { state, ..visit };
        }
        match said.standing {
            Standing::Booked => self.booked(visit, said),
            Standing::Cancelled | Standing::Declined => {
                let was_booked = matches!(visit.state, VisitState::Booked { .. });
                let news = match said.standing {
                    Standing::Declined => News::Declined,
                    _ => News::Cancelled,
                };
                let news = was_booked.then_some(news).or(visit.heard.news).filter(|news| {
                    // That it was booked for them is no news any more.
                    !matches!(news, News::Booked | News::Moved)
                });
                Visit {
                    state: VisitState::Cancelled,
                    heard: Heard { news, ..visit.heard },
                    ..visit
                }
            }
        }
    }

    fn booked(&mut self, visit: Visit, said: HeardVisit) -> Visit {
        if let (VisitState::Cancelled, Some(cancel)) = (&visit.state, self.acknowledged_cancel(visit.id)) {
            // This device has called it off and the hub has said yes: it has forgotten it.
            let mut request = cancel.1;
            if let Request::CancelVisit { appointment, .. } = &mut request {
                // Booked once more since then, it has another id.
                appointment.clone_from(&said.appointment);
            }
            let again = sync::once_more(self.turn, cancel.0, request);
            self.changes.push(Change::PutOutbox(again));
            let appointment = said.appointment;
            return Visit {
                state: VisitState::CancelNotConfirmed { appointment },
                ..visit
            };
        }
        // Another time may begin at the same minute.
        let elsewhere = visit.wish.slot.is_some() && said.slot.is_some() && visit.wish.slot != said.slot;
        if self.mending
            && (visit.start != said.start || elsewhere)
            && let Some(done) = mend::last_move(self.turn.core, visit.id)
        {
            return self.move_again(visit, said, done);
        }
        let was_booked = matches!(visit.state, VisitState::Booked { .. });
        let moved = was_booked && (visit.start != said.start || elsewhere);
        let news = if moved { Some(News::Moved) } else { visit.heard.news };
        let appointment = said.appointment.clone();
        let mut visit = Visit {
            state: VisitState::Booked { appointment },
            start: said.start,
            heard: Heard { news, ..visit.heard },
            ..visit
        };
        if moved {
            visit.notes.moved();
            visit.asked_at = self.turn.now();
            visit.practitioner = appointments::who_sees(self.turn.core, &said.department, said.slot.as_deref());
        }
        if moved || elsewhere {
            self.at_the_time_of(&mut visit, &said);
        }
        visit
    }

    /// This device has moved it and the hub has said yes: it has forgotten it. Until it is moved once more, it is at the time
    /// that the hub knows.
    fn move_again(&mut self, mut visit: Visit, said: HeardVisit, done: (RequestId, Request)) -> Visit {
        let again = mend::move_again(self.turn, &mut visit, &said.appointment, done);
        self.changes.extend(again);
        visit.practitioner = appointments::who_sees(self.turn.core, &said.department, said.slot.as_deref());
        visit.start = said.start;
        self.at_the_time_of(&mut visit, &said);
        let appointment = said.appointment;
        visit.state = VisitState::Booked { appointment };
        visit
    }

    /// The visit is at the time, and in the department, that the hub says.
    fn at_the_time_of(&self, visit: &mut Visit, said: &HeardVisit) {
        visit.wish.slot.clone_from(&said.slot);
        (visit.wish.from, visit.wish.to) = (said.start, said.end);
        name(self.turn.core, visit, said);
    }

    /// The request by which this device has called a visit off with success.
    fn acknowledged_cancel(&self, id: VisitId) -> Option<(RequestId, Request)> {
        mend::last(
            self.turn.core,
            |request| matches!(request, Request::CancelVisit { visit, .. } if *visit == id),
        )
    }

    /// Whose feed it is, where that is not the owner.
    fn somebody_else(&self) -> Option<Patient> {
        let held = &self.turn.core.records.family.held;
        let held = held.iter().find(|grant| grant.patient == self.patient);
        held.filter(|_| !self.owner).map(|grant| Patient {
            id: grant.patient.clone(),
            name: grant.patient_name.clone(),
        })
    }

    /// A visit that another device or a counter has booked.
    fn new_visit(&mut self, said: HeardVisit) -> Visit {
        let core = &self.turn.core;
        let for_patient = self.somebody_else();
        let own = core.records.profile.name.clone();
        let patient = for_patient.as_ref().map_or(own, |patient| patient.name.clone());
        let news = (self.owner && said.booked_by.is_some()).then_some(News::Booked);
        let id = VisitId(self.turn.uuid());
        let request = said.command.unwrap_or_else(|| RequestId(self.turn.uuid()));
        let mut visit = Visit {
            id,
            request,
            patient,
            wish: Wish {
                department: said.department.clone(),
                slot: said.slot.clone(),
                from: said.start,
                to: said.end,
                for_patient,
            },
            hospital: said.hospital_name.clone(),
            department: said.department_name.clone(),
            place: Default::default(),
            bring: Default::default(),
            phone: String::new(),
            start: said.start,
            state: VisitState::Booked {
                appointment: said.appointment.clone(),
            },
            asked_at: self.turn.now(),
            heard: Heard {
                appointment: Some(said.appointment.clone()),
                slot: said.slot.clone(),
                booked_by: said.booked_by.clone(),
                declined: false,
                news,
                life: Some(self.life),
            },
            practitioner: appointments::who_sees(self.turn.core, &said.department, said.slot.as_deref()),
            moving: None,
            notes: Default::default(),
        };
        name(self.turn.core, &mut visit, &said);
        visit
    }
}

/// The words of a visit: those of the directory, or what the hub has said with it.
fn name(core: &Core, visit: &mut Visit, said: &HeardVisit) {
    visit.wish.department.clone_from(&said.department);
    let directory = core.records.directory.as_ref();
    let department = directory.and_then(|known| known.departments.iter().find(|one| one.id == said.department));
    let Some(department) = department else {
        visit.hospital.clone_from(&said.hospital_name);
        visit.department.clone_from(&said.department_name);
        return;
    };
    let hospital = directory.and_then(|known| known.hospitals.iter().find(|one| one.id == department.hospital));
    visit.department.clone_from(&department.name);
    visit.place.clone_from(&department.counter);
    visit.bring.clone_from(&department.bring);
    visit.phone.clone_from(&department.phone);
    if let Some(hospital) = hospital {
        visit.hospital.clone_from(&hospital.name);
        if visit.phone.is_empty() {
            visit.phone.clone_from(&hospital.phone);
        }
    }
}

/// What a visit asks for, of which it is known what was booked: that very time.
pub(super) fn pinned(visit: &Visit) -> Wish {
    let later = visit.start.saturating_add(jiff::SignedDuration::from_mins(1));
    let to = visit.wish.to.max(later.unwrap_or(Timestamp::MAX));
    Wish {
        slot: visit.heard.slot.clone().or_else(|| visit.wish.slot.clone()),
        from: visit.start.min(visit.wish.from),
        to,
        ..visit.wish.clone()
    }
}
