//! Talking to the hub: what is asked, when, and what its answers mean.
//!
//! Requests wait in the outbox (see [`crate::outbox`]) and go out one at a time in their order. What is only fetched
//! is asked again at most once a [`FRESH_FOR`], and a failure costs nothing but a later try.

use jiff::{SignedDuration, Timestamp};

use crate::app::Core;
use crate::appointments::Refusal;
use crate::effect::{Effect, Fetched, Wanted};
use crate::ids::RequestId;
use crate::outbox::{Answer, LONGEST_PAUSE, OutboxItem, Request, Trouble};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::{appointments, health_code};

/// What was fetched is not asked for again sooner.
pub(crate) const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// A request whose answer has not come after this time has got lost on the way to the outside, and is sent again. Longer
/// than any exchange may last.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// What is under way.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// The request that was sent and not answered yet, and when it counts as lost.
    in_flight: Option<(RequestId, Timestamp)>,
    /// Nothing is sent before this: the store could not keep the last answer.
    resting_until: Option<Timestamp>,
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
    let screen = &core.screen.sync;
    // Only the first in the row is ever sent, so the others wake nobody.
    let next_send = match screen.in_flight {
        Some((_, lost_at)) => Some(lost_at),
        None => first_waiting(core).map(|item| item.next_try.max(screen.resting_until.unwrap_or(item.next_try))),
    };
    next_send.into_iter().chain(screen.next_refresh).min()
}

/// The request whose turn it is. One at a time, in order: a cancellation must not overtake its booking. What nobody waits
/// for comes last, so that it never stands in the way of what somebody does.
fn first_waiting(core: &Core) -> Option<&OutboxItem> {
    let waiting = core.records.outbox.values().filter(|item| item.refused.is_none());
    waiting.min_by_key(|item| (item.request.is_quiet(), item.sequence))
}

/// The store has failed: what an answer says can't be kept, so nothing is asked for a while.
pub(crate) fn rest(turn: &mut Turn<'_>) {
    if turn.from_outside {
        turn.core.screen.sync.resting_until = turn.now().checked_add(LONGEST_PAUSE).ok();
    }
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
    let is_later = |at: Option<Timestamp>| at.is_some_and(|at| at > now);
    if is_later(screen.in_flight.map(|(_, lost_at)| lost_at)) || is_later(screen.resting_until) {
        return;
    }
    let Some(first) = first_waiting(turn.core).filter(|item| item.is_due(now)) else {
        return;
    };
    let (id, request) = (first.id, first.request.clone());
    let lost_at = now.saturating_add(LOST_AFTER).unwrap_or(Timestamp::MAX);
    turn.core.screen.sync.in_flight = Some((id, lost_at));
    turn.effects.push(Effect::Send { hub, id, request });
}

/// Puts a question into the outbox. The same question that nobody has answered yet is not asked twice; one that it
/// `replaces`, refused or not, gives way to it.
pub(crate) fn ask_anew(
    turn: &mut Turn<'_>,
    request: Request,
    replaces: impl Fn(&Request) -> bool,
) -> Result<(), StoreError> {
    let old = turn.core.records.outbox.values().filter(|item| replaces(&item.request));
    let old: Vec<_> = old.cloned().collect();
    if old.iter().any(|item| item.request == request && item.refused.is_none()) {
        return try_again_now(turn);
    }
    let item = item(turn, request);
    let changes = old
        .into_iter()
        .map(|item| Change::RemoveOutbox(item.id))
        .chain([Change::PutOutbox(item)])
        .collect();
    turn.commit(changes)
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
    let in_flight = &mut turn.core.screen.sync.in_flight;
    *in_flight = in_flight.filter(|(sent, _)| *sent != id);
    // An answer to what is not asked any more, or was refused for good, is late.
    let asked = turn.core.records.outbox.get(&id).filter(|item| item.refused.is_none());
    let Some(item) = asked.cloned() else {
        return Ok(());
    };
    match answer {
        Answer::NoAnswer(trouble) => {
            turn.core.screen.sync.trouble = Some(trouble);
            let now = turn.now();
            turn.commit(vec![item.unanswered(now)])?;
            match &item.request {
                Request::IssueDocument(wish) => health_code::not_issued_yet(turn, wish),
                Request::Register(_) => health_code::not_registered_yet(turn),
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
                (Request::IssueDocument(wish), Answer::Issued { text }) => {
                    health_code::issued(turn, &item, wish, &text)
                }
                (Request::Register(person), Answer::Registered) => health_code::registered(turn, &item, person),
                (_, Answer::Refused(reason)) => refused(turn, item, reason),
                // An answer that does not fit the question is no answer.
                _ => {
                    let now = turn.now();
                    turn.commit(vec![item.unanswered(now)])
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
    match &item.request {
        Request::BookVisit { visit, .. } => appointments::booking_refused(turn, kept, *visit, reason),
        Request::CancelVisit { visit, .. } => appointments::cancelling_refused(turn, &kept, *visit, reason),
        Request::IssueDocument(wish) => health_code::issuing_refused(turn, &kept, wish, reason),
        Request::Register(person) => health_code::registering_refused(turn, &kept, person),
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
            }?;
            // The hub is there at this moment. Nobody waits for what is asked now, so no page tells of a store that can't
            // keep the question: it is asked when the hub is heard of the next time.
            let _ = health_code::ask_quietly(turn);
            Ok(())
        }
    }
}
