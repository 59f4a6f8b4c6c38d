//! A hub that was restored from an older copy: what it lacks is asked for again, under the same ids.
//!
//! The life of the hub's database counts up on this device ([`Account::life`]), and every visit notes the life in which
//! the hub knew it last. When a feed was read from its beginning in a new life, the visits that were not in it are those
//! that the hub has forgotten.

use super::apply;
use crate::account::{Account, Cursor};
use crate::app::Core;
use crate::appointments::{self, Heard, Moving, Visit, VisitState};
use crate::ids::{RequestId, VisitId};
use crate::outbox::{Lane, OutboxItem, Request};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;

/// The account at the beginning of another life of the hub's database: all feeds are read anew.
pub(crate) fn another_life(account: Account, patient: &str, epoch: String) -> Account {
    let from_the_beginning = Cursor {
        next: 0,
        mending: true,
        passed: None,
    };
    let known = account.cursors.into_keys().chain([patient.to_owned()]);
    Account {
        life: account.life.saturating_add(1),
        epoch: Some(epoch),
        cursors: known.map(|patient| (patient, from_the_beginning)).collect(),
        ..account
    }
}

/// The feed of a patient was read from its beginning: what was not in it is asked for again.
pub(super) fn ask_again(turn: &mut Turn<'_>, patient: &str, owner: bool) -> Result<(), StoreError> {
    let Some(mut account) = turn.core.account().cloned() else {
        return Ok(());
    };
    let (life, now) = (account.life, turn.now());
    if let Some(cursor) = account.cursors.get_mut(patient) {
        cursor.mending = false;
    }
    let theirs = |visit: &&Visit| match &visit.wish.for_patient {
        Some(other) => other.id == patient,
        None => owner,
    };
    let forgotten = |visit: &&Visit| visit.start > now && visit.heard.life.is_some_and(|heard| heard < life);
    let visits = turn.core.records.visits.values().filter(theirs).filter(forgotten);
    let visits: Vec<_> = visits.cloned().collect();
    let mut changes = Vec::new();
    for visit in visits {
        match visit.state {
            VisitState::Booked { .. } => {
                // What else is asked about it comes after that.
                let waits = about(turn, visit.id).filter(|item| item.refused.is_none());
                let waits: Vec<_> = waits.cloned().map(Change::PutOutbox).collect();
                changes.extend(book_again(turn, visit));
                changes.extend(waits);
            }
            // There is nothing left to be called off. It is remembered, in case somebody else books it again.
            VisitState::CancelNotConfirmed { .. } => {
                let about_it: Vec<_> = about(turn, visit.id).collect();
                changes.extend(about_it.iter().flat_map(|item| sync::settled(turn, item)));
                let declined = |item: &&OutboxItem| matches!(item.request, Request::CancelVisit { declined: true, .. });
                let heard = Heard {
                    declined: about_it.iter().any(declined),
                    ..visit.heard
                };
                let state = VisitState::Cancelled;
                changes.push(Change::PutVisit(Visit { state, heard, ..visit }));
            }
            VisitState::NotConfirmed | VisitState::Refused { .. } | VisitState::Cancelled => {}
        }
    }
    if owner {
        changes.extend(register_again(turn));
    }
    in_this_order(turn, &mut changes);
    changes.push(Change::PutAccount(account));
    turn.commit(changes)
}

/// What is asked about a visit.
fn about<'a>(turn: &'a Turn<'_>, visit: VisitId) -> impl Iterator<Item = &'a OutboxItem> {
    let outbox = turn.core.records.outbox.values();
    outbox.filter(move |item| item.request.lane() == Lane::Visit(visit))
}

/// What is asked about a visit is asked of the appointment that it has now.
pub(crate) fn of_this_appointment(core: &Core, visit: VisitId, appointment: &str) -> Vec<Change> {
    let outbox = core.records.outbox.values();
    let about_it = outbox.filter(|item| item.request.lane() == Lane::Visit(visit));
    let other = about_it.filter_map(|item| {
        let request = item.request.about(appointment)?;
        Some(Change::PutOutbox(OutboxItem {
            request,
            ..item.clone()
        }))
    });
    other.collect()
}

/// Visits for others that the hub has forgotten along with the right to act for them: each is asked for again, so that
/// whoever has booked it sees that it is not there, and why.
pub(crate) fn without_a_grant(turn: &mut Turn<'_>) -> Vec<Change> {
    let (Some(life), now) = (turn.core.account().map(|account| account.life), turn.now()) else {
        return Vec::new();
    };
    let held = &turn.core.records.family.held;
    let forgotten = turn.core.records.visits.values().filter(|visit| {
        let other = visit.wish.for_patient.as_ref();
        let nobody = other.is_some_and(|other| !held.iter().any(|grant| grant.patient == other.id));
        let before = visit.heard.life.is_some_and(|heard| heard < life);
        nobody && before && visit.start > now && matches!(visit.state, VisitState::Booked { .. })
    });
    let forgotten: Vec<_> = forgotten.cloned().collect();
    let again = forgotten.into_iter().flat_map(|visit| book_again(turn, visit));
    let mut again: Vec<_> = again.collect();
    in_this_order(turn, &mut again);
    again
}

/// What is sent again keeps the order in which it was asked the first time.
fn in_this_order(turn: &Turn<'_>, changes: &mut [Change]) {
    let mut sequence = sync::next_sequence(turn.core);
    for change in changes {
        if let Change::PutOutbox(item) = change {
            item.sequence = sequence;
            sequence += 1;
        }
    }
}

/// The last request of a kind that this device has sent with success.
pub(super) fn last(core: &Core, of: impl Fn(&Request) -> bool) -> Option<(RequestId, Request)> {
    let done = core.records.acknowledged.values();
    let done = done.filter(|done| of(&done.request)).max_by_key(|done| done.sequence);
    done.map(|done| (done.id, done.request.clone()))
}

/// The last move of a visit that this device has asked for with success.
pub(super) fn last_move(core: &Core, visit: VisitId) -> Option<(RequestId, Request)> {
    last(
        core,
        |request| matches!(request, Request::MoveVisit { visit: moved, .. } if *moved == visit),
    )
}

/// A restored hub was asked for a visit again, and has it already: another device was faster, and knew only the time
/// from which this device had moved it. It is moved once more, and until then it is where the hub says.
pub(crate) fn moved_before(turn: &mut Turn<'_>, visit: &mut Visit) -> Option<Change> {
    let VisitState::Booked { appointment } = &visit.state else {
        return None;
    };
    let there = visit.heard.slot.clone()?;
    if visit.wish.slot.as_ref() == Some(&there) || visit.moving.is_some() {
        return None;
    }
    let done = last_move(turn.core, visit.id)?;
    if done.1.wish().map(|wish| &wish.slot) != Some(&visit.wish.slot) {
        return None;
    }
    let appointment = appointment.clone();
    let again = move_again(turn, visit, &appointment, done)?;
    let length = visit.wish.to.duration_since(visit.wish.from);
    visit.practitioner = appointments::who_sees(turn.core, &visit.wish.department, Some(&there));
    visit.wish.slot = Some(there);
    visit.wish.from = visit.start;
    visit.wish.to = visit.start.saturating_add(length).unwrap_or(visit.start);
    Some(again)
}

/// A move that the hub has forgotten is asked for once more, of the appointment that the visit is there now.
pub(super) fn move_again(
    turn: &mut Turn<'_>,
    visit: &mut Visit,
    appointment: &str,
    (id, request): (RequestId, Request),
) -> Option<Change> {
    visit.moving = Some(Moving {
        request: id,
        wish: request.wish()?.clone(),
        practitioner: visit.practitioner.clone(),
    });
    let request = request.about(appointment).unwrap_or(request);
    Some(Change::PutOutbox(sync::once_more(turn, id, request)))
}

/// The visit is booked again at the very time that it had.
fn book_again(turn: &mut Turn<'_>, visit: Visit) -> [Change; 2] {
    let wish = apply::pinned(&visit);
    let request = Request::BookVisit {
        visit: visit.id,
        wish: wish.clone(),
        patient: visit.patient.clone(),
    };
    let item = sync::once_more(turn, visit.request, request);
    let state = VisitState::NotConfirmed;
    [
        Change::PutOutbox(item),
        Change::PutVisit(Visit { state, wish, ..visit }),
    ]
}

/// Who was registered by this device is registered again. A hub that knows them says yes once more.
fn register_again(turn: &mut Turn<'_>) -> Vec<Change> {
    let done = turn.core.records.acknowledged.values();
    let mut done: Vec<_> = done
        .filter(|done| matches!(done.request, Request::Register(_)))
        .cloned()
        .collect();
    done.sort_by_key(|done| done.sequence);
    let again = done.into_iter();
    again
        .map(|done| Change::PutOutbox(sync::once_more(turn, done.id, done.request)))
        .collect()
}
