//! What is read from a plain server: departments, and free times.
//!
//! The directory is the search that a hub is asked as well; a server that can't take the places along is asked for them
//! apart. Free times are the free slots of a department's calendars. What a server leaves out of a search (it need not
//! know every parameter) is left out here, and what comes in several pages is put together.

use std::collections::BTreeMap;

use anban_core::appointments::{Directory, OpenSlot, Refusal, Timetable};
use anban_core::outbox::{Answer, Trouble};
use anban_wire::directory::{DIRECTORY_QUERY, Text};
use anban_wire::fhir::{Bundle, BundleType, Resource, Schedule, Slot, SlotStatus, from_json, to_json};
use jiff::Timestamp;

use super::{Plain, trouble};
use crate::address::is_id;
use crate::answers::{RUBBISH, refusal};
use crate::{listings, texts};

/// Most pages of one search that are read. With the size that is asked for, that is a year of a department.
const MOST_PAGES: usize = 20;
/// How many are asked for on a page.
const PAGE: usize = 200;
/// Most calendars of a department that are looked at.
const MOST_CALENDARS: usize = 40;

impl Plain<'_> {
    pub(super) fn directory(&self, now: Timestamp) -> Result<Directory, Trouble> {
        let mut bundle = self.directory_bundle().map_err(|no| trouble(&no))?;
        bundle.link.clear();
        let body = to_json(&bundle.into()).map_err(|_| Trouble::Rubbish)?;
        listings::directory(&body, now)
    }

    fn directory_bundle(&self) -> Result<Bundle, Answer> {
        let together = self.search("directory", &format!("{DIRECTORY_QUERY}&_count={PAGE}"));
        let has_places = |bundle: &Bundle| bundle.resources().any(|one| matches!(one, Resource::Location(_)));
        match together {
            Ok(bundle) if has_places(&bundle) => Ok(bundle),
            // It has no departments, or it does not take places along.
            Ok(_) | Err(Answer::Refused { .. }) => {
                let mut departments = self.search("departments", &format!("HealthcareService?_count={PAGE}"))?;
                let closed =
                    |one: &Resource| matches!(one, Resource::HealthcareService(it) if it.active == Some(false));
                departments
                    .entry
                    .retain(|entry| !entry.resource.as_ref().is_some_and(closed));
                let places = self.search("places", &format!("Location?_count={PAGE}"))?;
                departments.entry.extend(places.entry);
                Ok(departments)
            }
            Err(no) => Err(no),
        }
    }

    pub(super) fn timetable(
        &self,
        department: &str,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Timetable, Answer> {
        if !is_id(department) {
            return Err(Answer::refused(Refusal::Gone));
        }
        let calendars = self.calendars(department)?;
        let mut slots = Vec::new();
        let names: Vec<String> = calendars.keys().map(|id| format!("Schedule/{id}")).collect();
        if !names.is_empty() {
            let query = format!(
                "Slot?schedule={}&status=free&start=ge{from:.0}&start=lt{to:.0}&_sort=start&_count={PAGE}",
                names.join(",")
            );
            let found = self.search("free times", &query)?;
            slots.extend(found.resources().filter_map(|one| match one {
                Resource::Slot(slot) => open_slot(slot, &calendars, (from, to)),
                _ => None,
            }));
        }
        slots.sort_by(|a: &OpenSlot, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        slots.dedup_by(|a, b| a.id == b.id);
        Ok(Timetable {
            department: department.to_owned(),
            fetched_at: now,
            slots,
            cursor: None,
        })
    }

    /// The calendars of a department, by their ids.
    fn calendars(&self, department: &str) -> Result<BTreeMap<String, Schedule>, Answer> {
        let query = format!("Schedule?actor=HealthcareService/{department}&_count={PAGE}");
        let found = self.search("calendars", &query)?;
        let calendars = found.entry.into_iter().filter_map(|entry| match entry.resource {
            Some(Resource::Schedule(calendar)) => {
                let is_theirs = calendar
                    .actor
                    .iter()
                    .any(|actor| actor.id_of("HealthcareService") == Some(department));
                let id = calendar.id.clone().filter(|id| is_id(id))?;
                (is_theirs && calendar.active != Some(false)).then_some((id, *calendar))
            }
            _ => None,
        });
        Ok(calendars.take(MOST_CALENDARS).collect())
    }

    /// All pages of a search.
    fn search(&self, name: &'static str, query: &str) -> Result<Bundle, Answer> {
        let mut whole = Bundle {
            kind: BundleType::Searchset,
            ..Bundle::default()
        };
        let mut next = Some(query.to_owned());
        for _ in 0..MOST_PAGES {
            let Some(path) = next.take() else { break };
            let reply = self.get(name, &path, self.limits.listing)?;
            if !reply.is_success() {
                return Err(refusal(&reply, RUBBISH));
            }
            let page: Bundle = from_json(&reply.body).map_err(|_| RUBBISH)?;
            if page.kind != BundleType::Searchset {
                return Err(RUBBISH);
            }
            let link = page.link.iter().find(|link| link.relation == "next");
            next = link.and_then(|link| self.exchange.below(self.base, &link.url));
            whole.entry.extend(page.entry);
        }
        Ok(whole)
    }
}

fn open_slot(
    slot: &Slot,
    calendars: &BTreeMap<String, Schedule>,
    (from, to): (Timestamp, Timestamp),
) -> Option<OpenSlot> {
    let (schedule, calendar) = calendars.get_key_value(slot.schedule.id_of("Schedule")?)?;
    let fits = slot.status == SlotStatus::Free && from <= slot.start && slot.start < slot.end && slot.end <= to;
    let who = calendar
        .actor
        .iter()
        .find(|actor| actor.id_of("Practitioner").is_some());
    let name = who.and_then(|who| Text::read(who.display.as_deref(), who.display_element.as_ref()));
    Some(OpenSlot {
        id: slot.id.clone().filter(|id| fits && is_id(id))?,
        start: slot.start,
        end: slot.end,
        practitioner: name.as_ref().and_then(texts::name),
        schedule: schedule.clone(),
    })
}
