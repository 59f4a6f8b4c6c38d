//! A hub that was restored from an older copy: what it lacks is asked for again, under the same ids.
//!
//! The life of the hub's database counts up on this device ([`Account::life`]), and every visit notes the life in which
//! the hub knew it last. When a feed was read from its beginning in a new life, the visits that were not in it are those
//! that the hub has forgotten.

use super::apply;
use crate::account::{Account, Cursor};
use crate::appointments::{Visit, VisitState};
use crate::outbox::{Lane, OutboxItem, Request};
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::Turn;

/// The account at the beginning of another life of the hub's database: all feeds are read anew.
pub(crate) fn another_life(account: Account, patient: &str, epoch: String) -> Account {
    let from_the_beginning = Cursor { next: 0, mending: true };
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
    let Some(life) = turn.core.account().map(|account| account.life) else {
        return Ok(());
    };
    let now = turn.now();
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
            VisitState::Booked { .. } => changes.extend(book_again(turn, visit)),
            // There is nothing left to be called off.
            VisitState::CancelNotConfirmed { .. } => {
                let outbox = turn.core.records.outbox.values();
                let about_it = outbox.filter(|item| item.request.lane() == Lane::Visit(visit.id));
                changes.extend(about_it.map(|item| Change::RemoveOutbox(item.id)));
                let state = VisitState::Cancelled;
                changes.push(Change::PutVisit(Visit { state, ..visit }));
            }
            VisitState::NotConfirmed | VisitState::Refused { .. } | VisitState::Cancelled => {}
        }
    }
    if owner {
        changes.extend(register_again(turn));
    }
    // In the order in which they were asked the first time.
    let mut sequence = sync::next_sequence(turn.core);
    for change in &mut changes {
        if let Change::PutOutbox(item) = change {
            item.sequence = sequence;
            sequence += 1;
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    turn.commit(changes)
}

/// The visit is booked again at the very time that it had.
fn book_again(turn: &mut Turn<'_>, visit: Visit) -> [Change; 2] {
    let wish = apply::pinned(&visit);
    let request = Request::BookVisit {
        visit: visit.id,
        wish: wish.clone(),
        patient: visit.patient.clone(),
    };
    let item = OutboxItem {
        id: visit.request,
        again: true,
        ..sync::item(turn, request)
    };
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
    let again = done.into_iter().map(|done| {
        let item = sync::item(turn, done.request);
        Change::PutOutbox(OutboxItem {
            id: done.id,
            again: true,
            ..item
        })
    });
    again.collect()
}
