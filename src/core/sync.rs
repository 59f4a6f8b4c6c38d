//! Talking to the hub: what is asked, when, and what its answers mean.
//!
//! Requests wait in the outbox (see [`crate::outbox`]) and go out one at a time. Those about one thing keep their order;
//! one that the hub can't answer doesn't hold up those about others. The first of all is the one that registers this
//! device ([`crate::account`]). What is only fetched is asked again at most once a [`FRESH_FOR`], and a failure costs
//! nothing but a later try. Where there is no network nothing is tried, and where what is sent is paid for only what
//! somebody waits for.

use jiff::{SignedDuration, Timestamp};

use crate::app::{Core, Link};
use crate::appointments::{Offer, Refusal};
use crate::effect::{Effect, Fetched, Wanted};
use crate::ids::RequestId;
use crate::outbox::{Acknowledged, Answer, LONGEST_PAUSE, OutboxItem, Request, Trouble};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::{account, appointments, family, feed, health_code};

/// What was fetched is not asked for again sooner.
pub(crate) const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// How often what changes seldom is fetched, and the same where it is paid for.
const REFRESH_EVERY: SignedDuration = SignedDuration::from_mins(10);
const REFRESH_METERED: SignedDuration = SignedDuration::from_hours(24);

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
    /// Nothing is sent before this: the hub can't be reached, whatever is asked.
    away_until: Option<Timestamp>,
    /// The last time the hub could not be reached, until it is reached again.
    pub trouble: Option<Trouble>,
    /// Trust lists are fetched at this time.
    next_refresh: Option<Timestamp>,
    /// Which network there is, where the system says.
    pub link: Option<Link>,
    pub feeds: feed::Screen,
}

/// The program has started: fetch what is old, send what waits.
pub(crate) fn begin(turn: &mut Turn<'_>) {
    turn.core.screen.sync.next_refresh = Some(turn.now());
    feed::begin(turn);
}

/// The next time something is to be sent or fetched.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    core.hub().filter(|_| !is_cut_off(core))?;
    let screen = &core.screen.sync;
    let held_back = [screen.resting_until, screen.away_until];
    let next_send = match screen.in_flight {
        Some((_, lost_at)) => Some(lost_at),
        None => may_go(core)
            .map(|item| item.next_try)
            .min()
            .map(|first| held_back.into_iter().flatten().fold(first, Timestamp::max)),
    };
    let feeds = feed::next_wake(core);
    next_send.into_iter().chain(screen.next_refresh).chain(feeds).min()
}

/// Whether there is no network. A hub on this machine needs none.
pub(crate) fn is_cut_off(core: &Core) -> bool {
    let here = |hub: &str| {
        let host = hub.split("://").nth(1).unwrap_or(hub);
        ["localhost", "127.", "[::1]"]
            .iter()
            .any(|local| host.starts_with(local))
    };
    core.screen.sync.link == Some(Link::None) && !core.hub().is_some_and(|hub| here(&hub))
}

/// Whether what is sent is paid for.
pub(crate) fn is_metered(core: &Core) -> bool {
    core.screen.sync.link == Some(Link::Metered)
}

/// The requests that may go out: not refused, and with nothing before them that must be answered first.
fn may_go(core: &Core) -> impl Iterator<Item = &OutboxItem> {
    let waits = |item: &&OutboxItem| item.refused.is_none();
    core.records.outbox.values().filter(waits).filter(move |item| {
        let before = |other: &OutboxItem| {
            other.refused.is_none() && other.sequence < item.sequence && other.request.lane() == item.request.lane()
        };
        account::lets_through(core, item) && !core.records.outbox.values().any(before)
    })
}

/// The request whose turn it is: the first that is due. What nobody waits for comes last, so that it never stands in the
/// way of what somebody does.
fn next_to_send(core: &Core, now: Timestamp) -> Option<&OutboxItem> {
    may_go(core)
        .filter(|item| item.is_due(now))
        .min_by_key(|item| (item.request.is_quiet(), item.sequence))
}

/// The store has failed: what an answer says can't be kept, so nothing is asked for a while.
pub(crate) fn rest(turn: &mut Turn<'_>) {
    if turn.from_outside {
        turn.core.screen.sync.resting_until = turn.now().checked_add(LONGEST_PAUSE).ok();
    }
}

/// The place of the next request in the row.
pub(crate) fn next_sequence(core: &Core) -> u64 {
    let last = core.records.outbox.values().map(|item| item.sequence).max();
    last.map_or(0, |last| last + 1)
}

/// Writes a request into the outbox along with the state it belongs to.
pub(crate) fn item(turn: &mut Turn<'_>, request: Request) -> OutboxItem {
    let sequence = next_sequence(turn.core);
    let now = turn.now();
    OutboxItem {
        id: RequestId(turn.uuid()),
        sequence,
        request,
        asked_at: now,
        attempts: 0,
        next_try: now,
        refused: None,
        offers: Vec::new(),
        again: false,
    }
}

/// Asks for what was carried out before, of a service that has forgotten it: under the same id, and nobody is told.
pub(crate) fn once_more(turn: &mut Turn<'_>, id: RequestId, request: Request) -> OutboxItem {
    OutboxItem {
        id,
        again: true,
        ..item(turn, request)
    }
}

/// What becomes of a request that was carried out: it leaves the outbox, and is remembered for a hub that forgets it.
pub(crate) fn settled(turn: &Turn<'_>, item: &OutboxItem) -> Vec<Change> {
    let mut changes = vec![Change::RemoveOutbox(item.id)];
    let known = turn.core.account().is_some_and(|account| account.patient().is_some());
    let until = item
        .request
        .matters_until(&turn.core.records, turn.now())
        .filter(|_| known);
    let sequence = turn.core.records.acknowledged.values().map(|done| done.sequence).max();
    changes.extend(until.map(|until| {
        Change::PutAcknowledged(Acknowledged {
            id: item.id,
            sequence: sequence.map_or(0, |last| last + 1),
            request: item.request.clone(),
            at: turn.now(),
            until,
        })
    }));
    changes
}

/// Asks the hub for something that is only read.
pub(crate) fn fetch(turn: &mut Turn<'_>, what: Wanted) {
    let Some(hub) = turn.core.hub().filter(|_| !is_cut_off(turn.core)) else {
        return;
    };
    let account = turn.core.account().and_then(|account| account.credentials());
    turn.effects.push(Effect::Fetch { hub, what, account });
}

/// Sends the first request that is due, and fetches what is old. Called at the end of every turn.
pub(crate) fn send_what_is_due(turn: &mut Turn<'_>) {
    let Some(hub) = turn.core.hub() else { return };
    let now = turn.now();
    if account::ensure(turn).is_err() {
        turn.core.screen.sync.resting_until = now.checked_add(LONGEST_PAUSE).ok();
        return;
    }
    if is_cut_off(turn.core) {
        return;
    }
    let every = if is_metered(turn.core) {
        REFRESH_METERED
    } else {
        REFRESH_EVERY
    };
    let screen = &mut turn.core.screen.sync;
    if screen.next_refresh.is_some_and(|at| at <= now) {
        // Asked again after a while even if no answer ever comes.
        screen.next_refresh = now.checked_add(every).ok();
        for what in [Wanted::TrustList, Wanted::Directory] {
            fetch(turn, what);
        }
    }
    feed::ask_what_is_due(turn);
    let screen = &turn.core.screen.sync;
    let is_later = |at: Option<Timestamp>| at.is_some_and(|at| at > now);
    let busy = screen.in_flight.map(|(_, lost_at)| lost_at);
    if [busy, screen.resting_until, screen.away_until]
        .into_iter()
        .any(is_later)
    {
        return;
    }
    let Some(first) = next_to_send(turn.core, now) else {
        return;
    };
    let (id, request) = (first.id, first.request.clone());
    let account = turn.core.account().and_then(|account| account.credentials());
    let lost_at = now.saturating_add(LOST_AFTER).unwrap_or(Timestamp::MAX);
    turn.core.screen.sync.in_flight = Some((id, lost_at));
    turn.effects.push(Effect::Send {
        hub,
        id,
        request,
        account,
    });
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

/// The network is back, or the person wants it: everything is due at once, and what is old is fetched.
pub(crate) fn try_again_now(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    begin(turn);
    due_now(turn)
}

/// All requests that wait are due at once.
fn due_now(turn: &mut Turn<'_>) -> Result<(), StoreError> {
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
    turn.core.screen.sync.away_until = None;
    if due.is_empty() { Ok(()) } else { turn.commit(due) }
}

/// The system says which network there is now.
pub(crate) fn link_changed(turn: &mut Turn<'_>, link: Link) -> Result<(), StoreError> {
    let before = turn.core.screen.sync.link.replace(link);
    if before == Some(Link::None) && link != Link::None {
        return try_again_now(turn);
    }
    Ok(())
}

/// What becomes of a request that was tried in vain.
fn tried_in_vain(turn: &mut Turn<'_>, item: &OutboxItem, trouble: Trouble) -> Result<(), StoreError> {
    let now = turn.now();
    let luck = turn.uuid();
    let change = item.unanswered(now, luck);
    if let (Change::PutOutbox(later), true) = (&change, trouble.is_of_the_way()) {
        // Nothing else would arrive either.
        turn.core.screen.sync.away_until = Some(later.next_try);
    }
    turn.commit(vec![change])
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
    if answer == Answer::NoAnswer(Trouble::SignedOut) {
        return account::signed_out(turn);
    }
    if answer == Answer::NoAnswer(Trouble::Restored) {
        // Its feed says what it lacks.
        feed::begin(turn);
        return tried_in_vain(turn, &item, Trouble::Restored);
    }
    if let Answer::NoAnswer(trouble) = answer {
        turn.core.screen.sync.trouble = Some(trouble);
        tried_in_vain(turn, &item, trouble)?;
        // What could not even be asked, since the device is not registered yet, has no answer either.
        let behind_it = turn.core.records.outbox.values();
        let behind_it = behind_it.filter(|_| matches!(item.request, Request::RegisterDevice { .. }));
        let in_vain: Vec<_> = behind_it.chain([&item]).map(|item| item.request.clone()).collect();
        for request in in_vain {
            match request {
                Request::IssueDocument(wish) => health_code::not_issued_yet(turn, &wish),
                Request::Register(_) => health_code::not_registered_yet(turn),
                _ => {}
            }
        }
        return Ok(());
    }
    turn.core.screen.sync.trouble = None;
    turn.core.screen.sync.away_until = None;
    feed::something_was_answered(turn);
    match (&item.request, answer) {
        (
            Request::BookVisit { visit, .. },
            Answer::Booked {
                appointment,
                start,
                slot,
            },
        ) => appointments::booked(turn, &item, *visit, appointment, start, slot),
        (Request::CancelVisit { visit, .. }, Answer::Cancelled) => appointments::cancelled(turn, &item, *visit),
        (
            Request::MoveVisit { visit, .. },
            Answer::Booked {
                appointment,
                start,
                slot,
            },
        ) => appointments::moved(turn, &item, *visit, (appointment, start, slot)),
        (Request::CheckIn { visit, .. }, Answer::CheckedIn(day)) => appointments::checked_in(turn, &item, *visit, *day),
        (Request::IssueDocument(wish), Answer::Issued { text }) => health_code::issued(turn, &item, wish, &text),
        (Request::Register(person), Answer::Registered) => health_code::registered(turn, &item, person),
        (Request::RegisterDevice { .. }, Answer::DeviceKnown { device, patient, epoch }) => {
            account::known(turn, &item, (device, patient), epoch)
        }
        (Request::RegisterDevice { .. }, Answer::NoAccounts) => account::not_offered(turn, &item),
        (Request::Invite { relationship }, Answer::Invited { code, expires_at }) => {
            family::invited(turn, &item, *relationship, code, expires_at)
        }
        (Request::AcceptInvitation { .. }, Answer::Granted(grant)) => family::granted(turn, &item, grant),
        (Request::EndGrant { grant }, Answer::GrantEnded) => family::grant_ended(turn, &item, grant),
        (_, Answer::Refused { reason, offers }) => refused(turn, item, reason, offers),
        // An answer that does not fit the question is no answer.
        _ => tried_in_vain(turn, &item, Trouble::Rubbish),
    }
}

fn refused(turn: &mut Turn<'_>, item: OutboxItem, reason: Refusal, offers: Vec<Offer>) -> Result<(), StoreError> {
    let kept = OutboxItem {
        refused: Some(reason),
        ..item.clone()
    };
    match &item.request {
        Request::BookVisit { visit, .. } => appointments::booking_refused(turn, kept, *visit, reason, offers),
        Request::CancelVisit { visit, .. } => appointments::cancelling_refused(turn, &kept, *visit, reason),
        Request::MoveVisit { visit, .. } => appointments::moving_refused(turn, kept, *visit, reason, offers),
        Request::CheckIn { visit, .. } => appointments::check_in_refused(turn, &kept, *visit, reason),
        Request::IssueDocument(wish) => health_code::issuing_refused(turn, &kept, wish, reason),
        Request::Register(person) => health_code::registering_refused(turn, &kept, person),
        Request::RegisterDevice { .. } => account::refused(turn, kept),
        Request::Invite { .. } | Request::AcceptInvitation { .. } | Request::EndGrant { .. } => {
            family::refused(turn, kept, reason)
        }
    }
}

/// Something was fetched, or not.
pub(crate) fn fetched(turn: &mut Turn<'_>, fetched: Fetched) -> Result<(), StoreError> {
    match fetched {
        Fetched::Nothing { what, trouble } => {
            feed::not_fetched(turn, &what);
            if trouble == Trouble::SignedOut {
                return account::signed_out(turn);
            }
            let is_a_feed = matches!(
                what,
                Wanted::PatientFeed { .. } | Wanted::SlotFeed { .. } | Wanted::Grants
            );
            // Not every hub has feeds; pages work without them.
            if !is_a_feed || trouble.is_of_the_way() {
                turn.core.screen.sync.trouble = Some(trouble);
            }
            if !is_a_feed {
                appointments::not_fetched(turn, &what, trouble);
            }
            Ok(())
        }
        fetched => {
            // The hub answers: what waits need not wait longer.
            if let Some(trouble) = turn.core.screen.sync.trouble.take() {
                if trouble.is_of_the_way() {
                    feed::begin(turn);
                }
                due_now(turn)?;
            }
            match fetched {
                Fetched::Directory(directory) => appointments::directory_fetched(turn, directory),
                Fetched::Timetable(table) => appointments::timetable_fetched(turn, table),
                Fetched::TrustList(list) => health_code::trust_list_fetched(turn, list),
                Fetched::PatientFeed { patient, after, page } => feed::fetched(turn, &patient, after, page),
                Fetched::SlotFeed {
                    department,
                    after,
                    feed,
                } => feed::times_fetched(turn, &department, after, feed),
                Fetched::Grants(grants) => family::grants_fetched(turn, grants),
                Fetched::Nothing { .. } => Ok(()),
            }?;
            // The hub is there at this moment. Nobody waits for what is asked now, so no page tells of a store that can't
            // keep the question: it is asked when the hub is heard of the next time.
            if !is_metered(turn.core) {
                let _ = health_code::ask_quietly(turn);
            }
            Ok(())
        }
    }
}
