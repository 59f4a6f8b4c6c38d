//! Talking to the hub: what is asked, when, and what its answers mean.
//!
//! Requests wait in the outbox (see [`crate::outbox`]) and go out one at a time in their order. What is only fetched
//! is asked again at most once a [`FRESH_FOR`], and a failure costs nothing but a later try.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::app::Core;
use crate::appointments::Refusal;
use crate::effect::{Effect, Fetched, Wanted};
use crate::ids::RequestId;
use crate::outbox::{Answer, OutboxItem, Request, Trouble};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::{appointments, health_code};

/// What was fetched is not asked for again sooner.
pub(crate) const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// What is under way.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    in_flight: BTreeSet<RequestId>,
    /// The last time the hub could not be reached, until it is reached again.
    pub trouble: Option<Trouble>,
    /// Trust lists are fetched at this time.
    next_refresh: Option<Timestamp>,
}

/// The program has started: fetch what is old, send what waits.
pub(crate) fn begin(turn: &mut Turn<'_>) {
    turn.core.screen.sync.next_refresh = Some(turn.now());
}

/// The next time something is to be sent or fetched.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    core.hub()?;
    let items = core.records.outbox.values();
    let waiting = items.filter(|item| item.refused.is_none() && !core.screen.sync.in_flight.contains(&item.id));
    waiting
        .map(|item| item.next_try)
        .chain(core.screen.sync.next_refresh)
        .min()
}

/// Writes a request into the outbox along with the state it belongs to.
pub(crate) fn item(turn: &mut Turn<'_>, request: Request) -> OutboxItem {
    let sequence = turn
        .core
        .records
        .outbox
        .values()
        .map(|item| item.sequence)
        .max()
        .map_or(0, |last| last + 1);
    let now = turn.now();
    OutboxItem {
        id: RequestId(turn.uuid()),
        sequence,
        request,
        asked_at: now,
        attempts: 0,
        next_try: now,
        refused: None,
    }
}

/// Sends the first request that is due, and fetches what is old. Called at the end of every turn.
pub(crate) fn send_what_is_due(turn: &mut Turn<'_>) {
    let Some(hub) = turn.core.hub() else { return };
    let now = turn.now();
    let screen = &mut turn.core.screen.sync;
    if screen.next_refresh.is_some_and(|at| at <= now) {
        // Asked again after a while even if no answer ever comes.
        screen.next_refresh = now.checked_add(FRESH_FOR * 10).ok();
        for what in [Wanted::TrustList, Wanted::Directory] {
            turn.effects.push(Effect::Fetch { hub: hub.clone(), what });
        }
    }
    // One at a time, in order: a cancellation must not overtake its booking.
    if !turn.core.screen.sync.in_flight.is_empty() {
        return;
    }
    let waiting = turn.core.records.outbox.values().filter(|item| item.refused.is_none());
    let Some(first) = waiting.min_by_key(|item| item.sequence).filter(|item| item.is_due(now)) else {
        return;
    };
    let (id, request) = (first.id, first.request.clone());
    turn.core.screen.sync.in_flight.insert(id);
    turn.effects.push(Effect::Send { hub, id, request });
}

/// The network is back: everything is due at once.
pub(crate) fn try_again_now(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let now = turn.now();
    let waiting = turn
        .core
        .records
        .outbox
        .values()
        .filter(|item| item.refused.is_none() && item.next_try > now);
    let due: Vec<_> = waiting
        .map(|item| {
            Change::PutOutbox(OutboxItem {
                next_try: now,
                ..item.clone()
            })
        })
        .collect();
    begin(turn);
    if due.is_empty() { Ok(()) } else { turn.commit(due) }
}

/// A service has answered, or not.
pub(crate) fn answered(turn: &mut Turn<'_>, id: RequestId, answer: Answer) -> Result<(), StoreError> {
    turn.core.screen.sync.in_flight.remove(&id);
    // An answer to what is not asked any more is late.
    let Some(item) = turn.core.records.outbox.get(&id).cloned() else {
        return Ok(());
    };
    match answer {
        Answer::NoAnswer(trouble) => {
            turn.core.screen.sync.trouble = Some(trouble);
            let now = turn.now();
            turn.commit(vec![Change::PutOutbox(item.after_failure(now))])?;
            match item.request {
                Request::IssueHealthStatus { .. } => health_code::not_issued_yet(turn),
                Request::BookVisit { .. } | Request::CancelVisit { .. } => {}
            }
            Ok(())
        }
        answer => {
            turn.core.screen.sync.trouble = None;
            match (&item.request, answer) {
                (Request::BookVisit { visit, .. }, Answer::Booked { appointment, start }) => {
                    appointments::booked(turn, &item, *visit, appointment, start)
                }
                (Request::CancelVisit { visit, .. }, Answer::Cancelled) => appointments::cancelled(turn, &item, *visit),
                (Request::IssueHealthStatus { .. }, Answer::Issued { text }) => health_code::issued(turn, &item, &text),
                (_, Answer::Refused(reason)) => refused(turn, item, reason),
                // An answer that does not fit the question is no answer.
                _ => {
                    let now = turn.now();
                    turn.commit(vec![Change::PutOutbox(item.after_failure(now))])
                }
            }
        }
    }
}

fn refused(turn: &mut Turn<'_>, item: OutboxItem, reason: Refusal) -> Result<(), StoreError> {
    let kept = OutboxItem {
        refused: Some(reason),
        ..item.clone()
    };
    match item.request {
        Request::BookVisit { visit, .. } => appointments::booking_refused(turn, kept, visit, reason),
        Request::CancelVisit { visit, .. } => appointments::cancelling_refused(turn, &kept, visit, reason),
        Request::IssueHealthStatus { .. } => health_code::issuing_refused(turn, &kept, reason),
    }
}

/// Something was fetched, or not.
pub(crate) fn fetched(turn: &mut Turn<'_>, fetched: Fetched) -> Result<(), StoreError> {
    match fetched {
        Fetched::Nothing { what, trouble } => {
            turn.core.screen.sync.trouble = Some(trouble);
            appointments::not_fetched(turn, &what, trouble);
            Ok(())
        }
        fetched => {
            // The hub answers: what waits need not wait longer.
            if turn.core.screen.sync.trouble.take().is_some() {
                try_again_now(turn)?;
            }
            match fetched {
                Fetched::Directory(directory) => appointments::directory_fetched(turn, directory),
                Fetched::Timetable(table) => appointments::timetable_fetched(turn, table),
                Fetched::TrustList(list) => health_code::trust_list_fetched(turn, list),
                Fetched::Nothing { .. } => Ok(()),
            }
        }
    }
}
