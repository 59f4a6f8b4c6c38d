//! The gateway: departments of this hub that live in a hospital's own FHIR R4 server.
//!
//! Everything that is read here (`$find`, `Slot`, feeds, searches, the audit trail) is read from the hub's own database,
//! which mirrors those departments: their places, doctors and calendars once an hour, their free times when somebody looks
//! and what is kept is a few seconds old, and their visits at intervals. What is *done* is done there first, and noted here
//! only when the hospital has said yes; so of two who want one time, wherever they ask for it, that server decides.
//!
//! A booking carries its command's UUID as an identifier. It is written down before it is sent (an [`Errand`]), so that one
//! whose answer is lost is found again by that identifier: when the client repeats it, or at the next look. A move or
//! cancellation needs no such note, since how the visit is there says whether it was done. Where the server gives no answer
//! nothing is changed here, and the client is told to ask again.
//!
//! [`config`] is what the operator says, [`there`] the messages with their limits, [`theirs`] resources as they came, [`hospital`] what is read and what it is
//! called here, [`carry`] what is done there, [`follow`] what happened there. For operators: `docs/hub.md`.
//!
//! [`Errand`]: crate::db::Errand

mod carry;
mod config;
mod follow;
mod hospital;
mod theirs;
mod there;

pub(crate) use config::GatewayConfig;
pub use config::GatewayError;

use crate::{
    booking::{self, Plan, Refused},
    db::{Database, DbError, FreeSlots, SlotChange, Write},
    metrics::Metrics,
    state::State,
};
use anban_wire::fhir::{Appointment, Schedule};
use config::ServiceConfig;
use hospital::Hospital;
use jiff::Timestamp;
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, TryLockError},
    time::{Duration, Instant},
};
use there::NoAnswer;

/// How often departments, doctors and calendars are read.
const DIRECTORY_EVERY: Duration = Duration::from_secs(3600);

/// All hospitals that have a server of their own.
pub(crate) struct Gateway {
    hospitals: Vec<Hospital>,
}

/// What a look is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// The free times of the departments that are known: somebody waits for them.
    AtTimes,
    /// Those, and the departments that are due.
    AtAll,
}

impl Gateway {
    /// Opens it; a department that has a calendar in this hub can't live elsewhere.
    pub(crate) fn open(
        config: GatewayConfig,
        db: &dyn Database,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, crate::StartError> {
        let hospitals = config.hospital.into_iter();
        let hospitals: Vec<Hospital> = hospitals.map(|one| Hospital::new(one, metrics)).collect();
        for calendar in booking::directory::<Schedule>(db)? {
            let id = calendar.id.as_deref().unwrap_or_default();
            for hospital in hospitals.iter().filter(|hospital| hospital.id_there(id).is_none()) {
                let service = calendar.actor.iter().find_map(|actor| actor.id_of("HealthcareService"));
                if let Some(service) = hospital
                    .config
                    .service
                    .iter()
                    .find(|one| Some(one.id.as_str()) == service)
                {
                    return Err(GatewayError::HasCalendar(service.id.clone()).into());
                }
            }
        }
        Ok(Self { hospitals })
    }

    /// The hospital that a slot or calendar is of.
    fn of_slot(&self, slot: &str) -> Option<&Hospital> {
        self.hospitals.iter().find(|hospital| hospital.id_there(slot).is_some())
    }

    /// Whether a slot is of a hospital with a server of its own.
    pub(crate) fn has_slot(&self, slot: &str) -> bool {
        self.of_slot(slot).is_some()
    }

    /// Whether a department lives in a hospital's own server.
    pub(crate) fn has_service(&self, id: &str) -> bool {
        let mut services = self.hospitals.iter().flat_map(|hospital| &hospital.config.service);
        services.any(|service| service.id == id)
    }

    /// The hospital where a change is to be made, if it is one of these.
    fn of(&self, db: &dyn Database, write: &Write) -> Result<Option<&Hospital>, Refused> {
        let (from, to) = match write {
            Write::Patient(_) | Write::Entry(_) | Write::Slot(_) => return Ok(None),
            Write::Book(new) => return Ok(self.of_slot(&new.slot)),
            Write::Change(change) => {
                let foreign = db.foreign(&change.id)?;
                let by_name = |name: &str| self.hospitals.iter().find(|hospital| hospital.config.name == name);
                let from = match &foreign {
                    // It is not in the configuration any more: nobody could be asked.
                    Some(foreign) => Some(by_name(&foreign.hospital).ok_or(Refused::HospitalAway)?),
                    None => None,
                };
                match &change.slot {
                    SlotChange::MoveTo { slot, .. } => (from, self.of_slot(slot)),
                    SlotChange::Keep | SlotChange::Free => return Ok(from),
                }
            }
        };
        // Two servers can't do one thing together.
        let name = |hospital: Option<&Hospital>| hospital.map(|hospital| hospital.config.name.clone());
        if name(from) == name(to) {
            Ok(from)
        } else {
            Err(Refused::OtherHospital)
        }
    }

    /// Carries plans to the hospitals that they are about, and notes here what came of them.
    fn carry_out(
        &self,
        db: &dyn Database,
        mut plans: Vec<Plan>,
        now: Timestamp,
    ) -> Result<Vec<Appointment>, (usize, Refused)> {
        let mut theirs = None;
        for (place, plan) in plans.iter().enumerate() {
            if let Some(write) = &plan.write
                && let Some(hospital) = self.of(db, write).map_err(|refused| (place, refused))?
            {
                theirs = Some((place, hospital));
            }
        }
        let Some((place, hospital)) = theirs else {
            return booking::carry_out(db, plans, now);
        };
        // All of it or nothing can't be promised by two databases.
        if plans.iter().filter(|plan| plan.write.is_some()).count() > 1 {
            return Err((place, Refused::OneAtATime));
        }
        let plan = plans.remove(place);
        let done = hospital.carry(db, plan, now).map_err(|refused| (place, refused))?;
        let mut all = booking::carry_out(db, plans, now)?;
        all.insert(place, done);
        Ok(all)
    }

    /// Reads free times again that are too old to be shown. Who comes while that is done, or while a hospital does not
    /// answer, is shown what is known.
    pub(crate) fn freshen(&self, db: &dyn Database, now: Timestamp) {
        for hospital in &self.hospitals {
            hospital.freshen(db, now);
        }
    }
}

impl Hospital {
    fn freshen(&self, db: &dyn Database, now: Timestamp) {
        let is_due = match self.seen.try_lock() {
            Ok(seen) => {
                let is_old =
                    !seen.departments.is_empty() && seen.slots.is_none_or(|at| at.elapsed() >= self.config.fresh());
                is_old && seen.rests_until.is_none_or(|until| until <= Instant::now())
            }
            Err(_) => false,
        };
        if is_due {
            self.look(db, now, Look::AtTimes);
        }
    }

    /// Reads what is to be looked at. Only one at a time looks; the others go on.
    fn look(&self, db: &dyn Database, now: Timestamp, what: Look) {
        let mut seen = match self.seen.try_lock() {
            Ok(seen) => seen,
            Err(TryLockError::Poisoned(poisoned)) => PoisonError::into_inner(poisoned),
            Err(TryLockError::WouldBlock) => return,
        };
        match self.look_at(db, &mut seen, now, what) {
            Ok(()) => {
                seen.slots = Some(Instant::now());
                seen.rests_until = None;
            }
            Err(error) => {
                seen.rests_until = Instant::now().checked_add(self.config.poll());
                // Why a hospital gave no answer is in the log already.
                if !matches!(error, Refused::HospitalAway) {
                    tracing::error!(hospital = self.config.name, %error, "the free times of a hospital could not be kept");
                }
            }
        }
    }

    fn look_at(&self, db: &dyn Database, seen: &mut hospital::Seen, now: Timestamp, what: Look) -> Result<(), Refused> {
        // One department that can't be read keeps nobody from the others.
        let mut all = Ok(());
        for service in &self.config.service {
            let read = seen.departments.get(&service.id);
            let is_due = read.is_none_or(|(at, _)| at.elapsed() >= DIRECTORY_EVERY);
            if what == Look::AtAll && is_due {
                match self.read_department(db, service) {
                    Ok(calendars) => {
                        seen.departments.insert(service.id.clone(), (Instant::now(), calendars));
                    }
                    Err(error) => all = Err(error),
                }
            }
        }
        let exchange = || self.there.exchange().map_err(|no| self.away(&no));
        let mut shared = exchange()?;
        for (service, (_, calendars)) in &seen.departments {
            // Who waits for the times waits for all of them together; at the intervals nobody does.
            if what == Look::AtAll {
                shared = exchange()?;
            }
            let free = self.free(&shared, service, calendars, now);
            match free
                .map_err(|no| self.away(&no))
                .and_then(|free| Ok(db.keep_free_slots(&free)?))
            {
                Ok(()) => (),
                Err(error) if what == Look::AtTimes => return Err(error),
                Err(error) => all = Err(error),
            }
        }
        all
    }

    fn read_department(&self, db: &dyn Database, service: &ServiceConfig) -> Result<BTreeSet<String>, Refused> {
        let away = |no: NoAnswer| self.away(&no);
        let exchange = self.there.exchange().map_err(away)?;
        let (content, calendars) = self.department(&exchange, service).map_err(away)?;
        db.fill(&content)?;
        Ok(calendars)
    }
}

/// Carries out what requests come to, here or at the hospitals that they are about: all of it or nothing.
pub(crate) fn carry_out(
    gateway: Option<&Gateway>,
    db: &dyn Database,
    plans: Vec<Plan>,
    now: Timestamp,
) -> Result<Vec<Appointment>, (usize, Refused)> {
    gateway
        .unwrap_or(&Gateway { hospitals: vec![] })
        .carry_out(db, plans, now)
}

/// Takes the free times away of departments that lived in a hospital's own server and that the configuration does not name
/// any more: here nobody can decide about them.
pub(crate) fn let_go(gateway: Option<&Gateway>, db: &dyn Database) -> Result<(), DbError> {
    let mut gone = BTreeSet::new();
    for calendar in booking::directory::<Schedule>(db)? {
        let service = calendar.actor.iter().find_map(|actor| actor.id_of("HealthcareService"));
        let id = calendar.id.as_deref().unwrap_or_default();
        let hospital = gateway.and_then(|gateway| gateway.of_slot(id));
        let is_named = hospital.is_some_and(|hospital| {
            let mut services = hospital.config.service.iter();
            services.any(|one| Some(one.id.as_str()) == service)
        });
        // Of what lives here no id has a dot.
        if id.contains('.') && !is_named {
            gone.extend(service.map(str::to_owned));
        }
    }
    for service in gone {
        let none = FreeSlots {
            service,
            slots: vec![],
            from: Timestamp::UNIX_EPOCH,
            is_whole: true,
        };
        db.keep_free_slots(&none)?;
    }
    Ok(())
}

/// Before free times are shown.
pub(crate) async fn freshen(hub: &Arc<State>) {
    if let Some(gateway) = hub.gateway.clone() {
        let now = hub.now();
        let done = hub.step(move |db| {
            gateway.freshen(db, now);
            Ok(())
        });
        if let Err(error) = done.await {
            tracing::warn!(%error, "the free times of hospitals were not looked at");
        }
    }
}

/// Looks at all hospitals at their intervals, for as long as the hub runs: each by itself, so that one that hangs keeps
/// nobody from another.
pub(crate) fn keep_following(state: &Arc<State>, runtime: &tokio::runtime::Runtime) {
    let count = state.gateway.as_ref().map_or(0, |gateway| gateway.hospitals.len());
    for place in 0..count {
        let state = Arc::clone(state);
        runtime.spawn(async move {
            while let Some(every) = follow_one(&state, place).await {
                tokio::time::sleep(every).await;
            }
        });
    }
}

/// Looks at one; how long it is until the next time.
async fn follow_one(state: &Arc<State>, place: usize) -> Option<Duration> {
    let gateway = state.gateway.clone()?;
    let every = gateway.hospitals.get(place)?.config.poll();
    let now = state.now();
    let done = state.step(move |db| {
        if let Some(hospital) = gateway.hospitals.get(place) {
            // Times are read last: a visit that has ended may have made one free.
            let followed = follow::follow(hospital, db, now);
            hospital.look(db, now, Look::AtAll);
            followed?;
        }
        Ok(())
    });
    match done.await {
        Ok(()) | Err(crate::state::StepError::Refused(Refused::HospitalAway)) => (),
        Err(error) => tracing::error!(%error, "a hospital could not be followed; it is tried again"),
    }
    Some(every)
}
