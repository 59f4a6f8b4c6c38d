//! A visit as an entry of a calendar.
//!
//! The core says what is in it; the program writes it as iCalendar (RFC 5545) into the person's documents folder. The UID
//! is the visit's, so that the entry of a visit that was moved or called off takes the place of the older one; `SEQUENCE`
//! is the visit's revision.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Reminder, Visit, VisitState, doctor_of, reminders};
use crate::app::Core;
use crate::effect::{Effect, PrintTrouble, SavedFile};
use crate::ids::VisitId;
use crate::page::PageBuilder;
use crate::result::{Outcome, Sentence};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::Mark;

/// How long a visit lasts, where nobody says.
const USUAL_LENGTH: SignedDuration = SignedDuration::from_mins(30);

/// An entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEntry {
    /// Stays the same for the same visit.
    pub uid: String,
    /// Grows with each change.
    pub sequence: u32,
    /// When the entry was made.
    pub stamp: Timestamp,
    /// When the visit begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// What it is.
    pub summary: String,
    /// Where it is.
    pub location: String,
    /// What else is good to know.
    pub description: String,
    /// It was called off.
    pub cancelled: bool,
    /// When to ring.
    pub alarms: Vec<Alarm>,
}

/// A reminder of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
}

/// The entry of a visit.
fn entry(core: &Core, visit: &Visit) -> CalendarEntry {
    // Read on other days than today: days have their dates.
    let page = PageBuilder::for_paper(core, core.words());
    let language = page.words.language();
    let who = doctor_of(&page, &visit.practitioner, &visit.department);
    let summary = page.words.with("calendar-summary", &[("what", &who)]);
    let places = [visit.hospital.of(language), visit.place.of(language)];
    let places: Vec<_> = places.into_iter().filter(|place| !place.is_empty()).collect();
    let said = [
        ("visit-bring", visit.bring.of(language)),
        ("calendar-phone", visit.phone.as_str()),
    ];
    let said = said.into_iter().filter(|(_, value)| !value.is_empty());
    let description: Vec<_> = said
        .map(|(label, value)| {
            let label = page.words.get(label);
            page.words.with("label-value", &[("label", &label), ("value", value)])
        })
        .collect();
    let end = Some(visit.wish.to).filter(|end| visit.wish.slot.is_some() && *end > visit.start);
    let alarms = [Reminder::Evening, Reminder::Soon].into_iter().filter_map(|which| {
        Some(Alarm {
            at: reminders::due_at(core, visit, which)?,
            text: summary.clone(),
        })
    });
    let cancelled = visit.state == VisitState::Cancelled;
    CalendarEntry {
        uid: format!("{}@anban.example", visit.id),
        sequence: visit.notes.revision,
        stamp: core.now().timestamp(),
        start: visit.start,
        end: end.unwrap_or_else(|| visit.start.saturating_add(USUAL_LENGTH).unwrap_or(Timestamp::MAX)),
        location: places.join(page.words.get("calendar-comma").as_str()),
        description: description.join("\n"),
        alarms: alarms.filter(|_| !cancelled).collect(),
        summary,
        cancelled,
    }
}

/// Whether the entry in a calendar does not say any more what is so.
pub(super) fn is_outdated(visit: &Visit) -> bool {
    visit
        .notes
        .in_calendar
        .is_some_and(|saved| saved != visit.notes.revision)
}

/// Hands the entry to the program.
pub(super) fn save(turn: &mut Turn<'_>, id: VisitId) {
    let Some(visit) = turn.core.records.visits.get(&id) else {
        return;
    };
    let entry = entry(turn.core, visit);
    let day = super::day_of(visit.start, turn.core.now());
    let name = turn.core.words().with("calendar-file", &[("day", &day.to_string())]);
    turn.effects.push(Effect::SaveToCalendar {
        visit: id,
        entry: Box::new(entry),
        name,
    });
}

/// It was saved, or not.
pub(crate) fn saved(
    turn: &mut Turn<'_>,
    id: VisitId,
    sequence: u32,
    saved: Result<SavedFile, PrintTrouble>,
) -> Result<(), StoreError> {
    let Ok(file) = saved else {
        turn.show(Outcome::new(Mark::Bad, "calendar-failed-title").line("calendar-failed-line"));
        return Ok(());
    };
    if let Some(mut visit) = turn.core.records.visits.get(&id).cloned() {
        visit.notes.in_calendar = Some(sequence);
        turn.commit(vec![Change::PutVisit(visit)])?;
    }
    let values = vec![("file", file.shown)];
    turn.show(Outcome::new(Mark::Good, "calendar-saved-title").line(Sentence("calendar-saved-line", values)));
    Ok(())
}
