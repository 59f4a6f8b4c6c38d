//! Calling a visit off, and booking it back.
//!
//! A visit that is called off stays until the hospital has said yes. One that a restored hub has forgotten needs no yes: it
//! is not asked for again, and what is found booked there all the same is called off when that is heard.

use jiff::{SignedDuration, Timestamp};

use super::booking::{put, refusal_key, settle, tell};
use super::{Command, Heard, Refusal, Visit, VisitState};
use crate::app::{Command as AppCommand, Core, Page};
use crate::ids::VisitId;
use crate::outbox::{Lane, OutboxItem, Request};
use crate::result::Outcome;
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// No visit lasts longer: the end of the span in which a time is looked for again.
const LONGEST_VISIT: SignedDuration = SignedDuration::from_mins(45);

pub(super) fn cancel(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    match visit.state.clone() {
        // While the new time is not confirmed, nobody knows which of the two is to be called off.
        VisitState::Booked { .. } if visit.moving.is_some() => {
            turn.show(Outcome::new(Mark::Waiting, "cancel-wait-title").line("cancel-wait-line"));
        }
        VisitState::Booked { appointment } => {
            let item = sync::item(
                turn,
                Request::CancelVisit {
                    visit: id,
                    appointment: appointment.clone(),
                    declined: false,
                },
            );
            let state = VisitState::CancelNotConfirmed { appointment };
            // What was refused before is asked again by this.
            let old = turn.core.records.outbox.values();
            let old = old.filter(|old| old.refused.is_some() && old.request.lane() == Lane::Visit(id));
            let mut changes: Vec<_> = old.map(|old| Change::RemoveOutbox(old.id)).collect();
            changes.extend([Change::PutVisit(Visit { state, ..visit }), Change::PutOutbox(item)]);
            turn.commit(changes)?;
            turn.back_to(Page::Visits);
            turn.open(Page::Visit);
        }
        VisitState::NotConfirmed if is_asked_again(turn.core, id) => {
            call_off_what_is_asked_again(turn, visit, false)?;
            turn.back_to(Page::Visits);
            turn.open(Page::Visit);
        }
        VisitState::NotConfirmed => {
            // The booking may have reached the hub already, so it is neither forgotten nor called off here: once the
            // answer is known the visit can be cancelled like any other.
            turn.show(Outcome::new(Mark::Waiting, "cancel-wait-title").line("cancel-wait-line"));
        }
        _ => {}
    }
    Ok(())
}

/// Whether a hub that was restored has forgotten the visit, and is about to be asked for it again.
fn is_asked_again(core: &Core, id: VisitId) -> bool {
    let mut asked = core.records.outbox.values();
    asked.any(|item| item.again && matches!(item.request, Request::BookVisit { visit, .. } if visit == id))
}

/// A visit that a restored hub has forgotten is not wanted any more: it is not asked for, and where it is booked there
/// all the same, by a question under way or by another device, it is called off when that is heard.
pub(crate) fn call_off_what_is_asked_again(
    turn: &mut Turn<'_>,
    mut visit: Visit,
    declined: bool,
) -> Result<(), StoreError> {
    let appointment = visit.heard.appointment.clone().unwrap_or_default();
    let request = Request::CancelVisit {
        visit: visit.id,
        appointment,
        declined,
    };
    let item = sync::item(turn, request);
    let about_it = turn.core.records.outbox.values();
    let about_it = about_it.filter(|item| item.request.lane() == Lane::Visit(visit.id));
    let mut changes: Vec<_> = about_it.map(|item| Change::RemoveOutbox(item.id)).collect();
    changes.extend(sync::settled(turn, &item));
    visit.state = VisitState::Cancelled;
    visit.moving = None;
    visit.heard.declined = declined;
    visit.notes.moved();
    changes.push(Change::PutVisit(visit));
    turn.commit(changes)
}

/// The hospital has called the visit off.
pub(crate) fn cancelled(turn: &mut Turn<'_>, item: &OutboxItem, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let heard = Heard {
        appointment: visit.appointment().map(str::to_owned),
        declined: matches!(item.request, Request::CancelVisit { declined: true, .. }),
        ..visit.heard.clone()
    };
    let mut visit = Visit {
        state: VisitState::Cancelled,
        heard,
        moving: None,
        ..visit
    };
    visit.notes.moved();
    let in_calendar = visit.notes.in_calendar.is_some();
    let still_free = can_be_booked_back(&visit, turn.now());
    settle(turn, visit, item)?;
    if item.again {
        return Ok(());
    }
    let mut outcome = Outcome::new(Mark::Good, "cancelled-title").line("cancelled-line");
    if still_free {
        outcome = outcome.or(
            "visit-book-back",
            Icon::Undo,
            AppCommand::Appointments(Command::BookBack(id)),
        );
    }
    if in_calendar {
        outcome = outcome.or(
            "visit-calendar-cancel",
            Icon::EditCalendar,
            AppCommand::Appointments(Command::SaveToCalendar(id)),
        );
    }
    tell(turn, id, outcome);
    Ok(())
}

/// Whether what was called off could be had again: its time is still to come.
pub(super) fn can_be_booked_back(visit: &Visit, now: Timestamp) -> bool {
    visit.state == VisitState::Cancelled && visit.start > now
}

/// Undoes a cancellation that the hospital has confirmed: the same time is booked again, under a new command. If somebody
/// has taken it meanwhile, that is a refusal like any other.
pub(super) fn book_back(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    if !can_be_booked_back(&visit, turn.now()) {
        turn.core.screen.appointments.visit = Some(id);
        turn.open(Page::Visit);
        return Ok(());
    }
    let mut wish = visit.wish.clone();
    wish.slot = wish.slot.or_else(|| visit.heard.slot.clone());
    if wish.slot.is_none() {
        // The hospital had found the time; only that very time is asked for again.
        let end = visit.start.checked_add(LONGEST_VISIT).unwrap_or(Timestamp::MAX);
        (wish.from, wish.to) = (visit.start, end);
    }
    let request = Request::BookVisit {
        visit: id,
        wish: wish.clone(),
        patient: visit.patient.clone(),
    };
    let item = sync::item(turn, request);
    let mut visit = Visit {
        state: VisitState::NotConfirmed,
        request: item.id,
        asked_at: turn.now(),
        wish,
        ..visit
    };
    visit.notes.moved();
    put(turn, visit, Change::PutOutbox(item))?;
    turn.core.screen.appointments.visit = Some(id);
    turn.back_to(Page::Visits);
    turn.open(Page::Visit);
    Ok(())
}

/// The hospital will not call the visit off: it is still booked.
pub(crate) fn cancelling_refused(
    turn: &mut Turn<'_>,
    item: &OutboxItem,
    id: VisitId,
    reason: Refusal,
) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    let VisitState::CancelNotConfirmed { appointment } = visit.state.clone() else {
        return turn.commit(vec![Change::RemoveOutbox(item.id)]);
    };
    put(
        turn,
        Visit {
            state: VisitState::Booked { appointment },
            ..visit
        },
        // It stays where the person sees it, and can be tried again.
        Change::PutOutbox(item.clone()),
    )?;
    tell(
        turn,
        id,
        Outcome::new(Mark::Bad, "cancel-refused-title").line(refusal_key(reason)),
    );
    Ok(())
}

/// The visit is to be called off after all: how it stands until there is an answer.
pub(crate) fn waits_to_be_cancelled(core: &Core, id: VisitId) -> Option<Change> {
    let visit = core.records.visits.get(&id)?.clone();
    let VisitState::Booked { appointment } = visit.state.clone() else {
        return None;
    };
    let state = VisitState::CancelNotConfirmed { appointment };
    Some(Change::PutVisit(Visit { state, ..visit }))
}
