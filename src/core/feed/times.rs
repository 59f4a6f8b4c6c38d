//! A department's times, kept up to date by its feed.
//!
//! With them comes how many numbers the counter still gives out today. All times of the coming days are asked for once; what is taken or becomes free after that comes by cursor. After
//! [`WHOLE_FOR`], or when days have come into reach that were not asked for, all are asked for again.

use anban_wire::CITY_OFFSET;
use anban_wire::directory::OnSiteQuota;
use anban_wire::feed::{SlotFeed, SlotState};
use jiff::SignedDuration;

use crate::app::{Core, Page};
use crate::appointments::{self, OpenSlot, SlotCursor, Timetable, Visit, VisitState};
use crate::effect::{FeedName, Wanted};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;

/// All times are asked for again after this.
const WHOLE_FOR: SignedDuration = SignedDuration::from_hours(12);

/// Asks for what has changed in a department's times, or for all of them.
pub(crate) fn refresh(turn: &mut Turn<'_>, department: &str) {
    let now = turn.now();
    let table = turn.core.records.timetables.get(department);
    let cursor = table.and_then(|table| table.cursor.as_ref());
    let fresh = cursor.filter(|cursor| now.duration_since(cursor.whole_at) < WHOLE_FOR);
    match fresh.map(|cursor| cursor.next) {
        Some(after) => {
            let department = department.to_owned();
            sync::fetch(turn, Wanted::SlotFeed { department, after });
        }
        None => appointments::fetch_all_times(turn, department),
    }
}

/// What has changed has come.
pub(crate) fn fetched(turn: &mut Turn<'_>, department: &str, after: u64, feed: SlotFeed) -> Result<(), StoreError> {
    let Some(table) = turn.core.records.timetables.get(department).cloned() else {
        return Ok(());
    };
    let Some(cursor) = table.cursor.clone().filter(|cursor| cursor.next == after) else {
        return Ok(());
    };
    if feed.epoch != cursor.epoch || feed.head < cursor.next {
        // The hub was restored from an older copy: what we know may never have been.
        appointments::fetch_all_times(turn, department);
        return Ok(());
    }
    let more = feed.more && feed.next > after;
    let cursor = SlotCursor {
        next: feed.next.max(after),
        ..cursor
    };
    let mut changed = table.clone();
    feed.slots
        .into_iter()
        .for_each(|slot| change(&mut changed, &cursor, slot));
    changed.slots.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    changed.cursor = Some(cursor);
    changed.fetched_at = turn.now();
    let mut changes = vec![Change::PutTimetable(changed)];
    changes.extend(feed.on_site.and_then(|left| quota_changed(turn, department, left)));
    turn.commit(changes)?;
    if more {
        refresh(turn, department);
    }
    Ok(())
}

/// The directory with how many numbers the counter still gives out today, where that is another than it said.
fn quota_changed(turn: &Turn<'_>, department: &str, left: OnSiteQuota) -> Option<Change> {
    let mut directory = turn.core.records.directory.clone()?;
    let is_today = left.date == CITY_OFFSET.to_datetime(turn.now()).date();
    let known = directory.departments.iter_mut().find(|known| known.id == department)?;
    if !is_today || known.quota_today == Some(left.remaining) {
        return None;
    }
    known.quota_today = Some(left.remaining);
    Some(Change::Directory(Some(directory)))
}

fn change(table: &mut Timetable, cursor: &SlotCursor, slot: SlotState) {
    let known = table.slots.iter().position(|known| known.id == slot.id);
    match (known, slot.free) {
        (Some(place), false) => drop(table.slots.remove(place)),
        (None, true) if slot.end <= cursor.until => {
            let same_calendar = |known: &&OpenSlot| known.schedule == slot.schedule && !slot.schedule.is_empty();
            let practitioner = table.slots.iter().find(same_calendar);
            table.slots.push(OpenSlot {
                practitioner: practitioner.and_then(|known| known.practitioner.clone()),
                id: slot.id,
                start: slot.start,
                end: slot.end,
                schedule: slot.schedule,
            });
        }
        (Some(place), true) => {
            if let Some(known) = table.slots.get_mut(place) {
                (known.start, known.end) = (slot.start, slot.end);
            }
        }
        (None, _) => {}
    }
}

/// What the open page shows that lives.
pub(super) fn listens_to(core: &Core) -> Option<FeedName> {
    let screen = &core.screen.appointments;
    match core.page() {
        Page::Department | Page::Days | Page::Times | Page::ConfirmVisit => {
            let department = screen.department.clone()?;
            let table = core.records.timetables.get(&department)?;
            table.cursor.as_ref().map(|_| FeedName::Department(department))
        }
        Page::Visit => {
            let visit = core.records.visits.get(&screen.visit?)?;
            let today = appointments::day_of(visit.start, core.now()) == core.now().date();
            let coming = matches!(visit.state, VisitState::Booked { .. }) && today;
            coming.then(|| of_patient(core, visit)).flatten()
        }
        // Who waits to be called is told at once, whatever page is open.
        _ => of_patient(core, appointments::going_on(core)?),
    }
}

/// The feed of whoever is to be seen.
fn of_patient(core: &Core, visit: &Visit) -> Option<FeedName> {
    let owner = core.account()?.patient()?.to_owned();
    let other = visit.wish.for_patient.as_ref().map(|patient| patient.id.clone());
    Some(FeedName::Patient(other.unwrap_or(owner)))
}
