//! What others have done: feeds of a hub, by cursor.
//!
//! A hub keeps a log for each patient and each department ([`anban_wire::feed`]). The app asks for what came after the
//! number that it has seen, and applies the answer together with the new number in one transaction: nothing is missed
//! and nothing is done twice. It asks when it starts, when the network comes back, after every answer, and while a visit
//! is near; where a page is open that shows something living, it [listens](listen) instead.
//!
//! A hub that was restored from an older copy shows it by its epoch or by a head below our number. Then the feed is read
//! again from its beginning, and what the hub lacks is asked for once more ([`mend`]).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::account::{Account, Cursor};
use crate::app::Core;
use crate::appointments;
use crate::effect::{FeedName, Listening, Wanted};
use crate::outbox::Lane;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::{family, sync};

mod apply;
mod mend;
#[cfg(test)]
mod mend_tests;
mod model;
#[cfg(test)]
pub(crate) mod tests;
mod times;

pub(crate) use mend::{another_life, moved_before, of_this_appointment, without_a_grant};
pub use model::{FeedEntry, FeedPage, HeardVisit, Notice, Standing};
pub(crate) use times::{fetched as times_fetched, refresh as refresh_times};

/// While a visit is nearer than this, its patient's feed is asked for now and then.
const NEAR: SignedDuration = SignedDuration::from_hours(24);

/// How often.
const ASK_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// An answer that has not come after this time has got lost.
const LOST_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// What is under way.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    /// Patients whose feeds are to be asked for.
    wanted: BTreeSet<String>,
    /// All feeds are to be asked for, and who may act for whom.
    all: bool,
    /// The patients whose feeds were asked for, and when the answers count as lost.
    asked: Vec<(String, Timestamp)>,
    /// When the feeds are asked for by the clock.
    next: Option<Timestamp>,
    /// What is listened to.
    listening: Option<Listening>,
}

/// The program has started, the network is back, or the device is known: everything is asked for.
pub(crate) fn begin(turn: &mut Turn<'_>) {
    let feeds = &mut turn.core.screen.sync.feeds;
    feeds.all = true;
    feeds.asked.clear();
}

/// The hub has answered something: what it has changed comes by the feed as well. What was asked for before may show how
/// things were before that, and is not listened to.
pub(crate) fn something_was_answered(turn: &mut Turn<'_>) {
    turn.core.screen.sync.feeds.asked.clear();
    turn.core.screen.sync.feeds.wanted.extend(patients(turn.core));
}

/// A feed that is listened to has something new.
pub(crate) fn changed(turn: &mut Turn<'_>, feed: &FeedName) {
    match feed {
        FeedName::Patient(patient) => {
            turn.core.screen.sync.feeds.wanted.insert(patient.clone());
        }
        FeedName::Department(department) => times::refresh(turn, department),
    }
}

/// Whose feeds this device may read: its owner's, and those of the patients for whom it may act.
fn patients(core: &Core) -> Vec<String> {
    let Some(owner) = core.account().and_then(Account::patient) else {
        return Vec::new();
    };
    let held = core.records.family.held.iter().map(|grant| grant.patient.clone());
    std::iter::once(owner.to_owned()).chain(held).collect()
}

/// Whether a feed is being read from its beginning, to find out what the hub lacks. One that was never read may never be:
/// not every hub has feeds.
pub(crate) fn is_mending(core: &Core) -> bool {
    let epoch = core.account().and_then(|account| account.epoch.as_deref());
    epoch.is_some_and(|epoch| !epoch.is_empty()) && patients(core).iter().any(|patient| cursor(core, patient).mending)
}

/// The next time a feed is to be asked for by the clock.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    let feeds = &core.screen.sync.feeds;
    let lost = feeds.asked.iter().map(|(_, lost_at)| *lost_at).min();
    let next = feeds.next.filter(|_| !patients(core).is_empty());
    lost.into_iter().chain(next).min()
}

/// When the feeds are to be asked for without anything having happened: while a visit is near.
fn by_the_clock(core: &Core, now: Timestamp) -> Option<Timestamp> {
    let earliest = now.checked_sub(NEAR).unwrap_or(Timestamp::MIN);
    let near = appointments::visits_from(core, earliest)
        .take_while(|visit| visit.start.duration_since(now) < NEAR)
        .any(|visit| visit.appointment().is_some());
    near.then(|| now.checked_add(ASK_EVERY).ok()).flatten()
}

/// Asks for what is to be asked for, once at a time for each patient.
pub(crate) fn ask_what_is_due(turn: &mut Turn<'_>) {
    listen(turn);
    let patients = patients(turn.core);
    let now = turn.now();
    let feeds = &mut turn.core.screen.sync.feeds;
    if patients.is_empty() {
        return;
    }
    feeds.asked.retain(|(_, lost_at)| *lost_at > now);
    if feeds.next.is_some_and(|at| at <= now) {
        feeds.next = None;
        feeds.wanted.extend(patients.iter().cloned());
    }
    if std::mem::take(&mut feeds.all) {
        feeds.wanted.extend(patients.iter().cloned());
        sync::fetch(turn, Wanted::Grants);
    }
    let feeds = &mut turn.core.screen.sync.feeds;
    let (under_way, lost_at) = (
        feeds.asked.clone(),
        now.saturating_add(LOST_AFTER).unwrap_or(Timestamp::MAX),
    );
    let free = |patient: &String| !under_way.iter().any(|(asked, _)| asked == patient);
    let due: Vec<_> = feeds.wanted.iter().filter(|patient| free(patient)).cloned().collect();
    for patient in due {
        let feeds = &mut turn.core.screen.sync.feeds;
        feeds.wanted.remove(&patient);
        if !patients.contains(&patient) {
            continue;
        }
        feeds.asked.push((patient.clone(), lost_at));
        let cursor = cursor(turn.core, &patient);
        let passed = cursor.passed.filter(|_| !waits_for_an_answer(turn.core));
        let after = passed.unwrap_or(cursor.next);
        sync::fetch(turn, Wanted::PatientFeed { patient, after });
    }
    if turn.core.screen.sync.feeds.next.is_none() {
        turn.core.screen.sync.feeds.next = by_the_clock(turn.core, now);
    }
}

/// Whether this device has asked for something about a visit, and has no answer.
fn waits_for_an_answer(core: &Core) -> bool {
    let mut open = core.records.outbox.values().filter(|item| item.refused.is_none());
    open.any(|item| matches!(item.request.lane(), Lane::Visit(_)))
}

fn cursor(core: &Core, patient: &str) -> Cursor {
    let account = core.account();
    account
        .and_then(|account| account.cursors.get(patient).copied())
        .unwrap_or_default()
}

/// A feed did not come. It is asked for again when the hub is heard of, or by the clock.
pub(crate) fn not_fetched(turn: &mut Turn<'_>, what: &Wanted) {
    if let Wanted::PatientFeed { patient, .. } = what {
        turn.core.screen.sync.feeds.asked.retain(|(asked, _)| asked != patient);
    }
}

/// A part of a patient's feed has come.
pub(crate) fn fetched(turn: &mut Turn<'_>, patient: &str, after: u64, page: FeedPage) -> Result<(), StoreError> {
    let asked = &mut turn.core.screen.sync.feeds.asked;
    let Some(place) = asked.iter().position(|(asked, _)| asked == patient) else {
        return Ok(());
    };
    asked.remove(place);
    let Some(account) = turn.core.account().cloned() else {
        return Ok(());
    };
    let cursor = cursor(turn.core, patient);
    // Another answer was faster, or the patient is none of ours any more.
    if (cursor.next != after && cursor.passed != Some(after)) || !patients(turn.core).contains(&patient.to_owned()) {
        return Ok(());
    }
    let another_life = account.epoch.as_ref().is_some_and(|epoch| *epoch != page.epoch) || page.head < cursor.next;
    if another_life {
        let account = mend::another_life(account, patient, page.epoch);
        turn.core
            .screen
            .sync
            .feeds
            .wanted
            .extend(account.cursors.keys().cloned());
        return turn.commit(vec![Change::PutAccount(account)]);
    }
    // A hub that says "more" and gives nothing would be asked for ever.
    let more = page.more && page.next > after;
    let read_to = page.next.max(after);
    let once_more = cursor.next != after;
    // What is mended stays so until what the hub lacks is in the outbox: the program may end in between.
    let mending = cursor.mending;
    let mut account = account;
    account.repeated = false;
    account.epoch = Some(page.epoch);
    let owner = account.patient() == Some(patient);
    let mut heard = apply::Application::new(turn, (account.life, cursor.mending), (patient, owner));
    page.entries.into_iter().for_each(|entry| heard.entry(entry));
    let passed = if heard.has_passed_over() {
        Some(cursor.passed.map_or(after, |passed| passed.min(after)))
    } else if once_more {
        (read_to < cursor.next).then_some(read_to)
    } else {
        cursor.passed
    };
    let goes_on = more || (once_more && passed == Some(read_to));
    let next = read_to.max(cursor.next);
    let read = Cursor { next, mending, passed };
    account.cursors.insert(patient.to_owned(), read);
    let mut changes = heard.finish();
    let ends = !more;
    let nothing_new = changes.is_empty() && turn.core.account() == Some(&account);
    changes.push(Change::PutAccount(account));
    if !nothing_new {
        let news = appointments::with_news(turn.core);
        let news = news.map(|visit| (visit.id, visit.heard.news)).collect();
        let given = turn.core.records.family.given.clone();
        let plans: Vec<_> = turn.core.records.care_plans.keys().cloned().collect();
        let notices: Vec<_> = turn.core.records.notices.keys().cloned().collect();
        turn.commit(changes)?;
        appointments::plans_came(turn, &plans);
        family::news_came(turn, &news);
        appointments::notices_came(turn, &notices);
        family::tell_given(turn, &given)?;
    }
    if goes_on {
        turn.core.screen.sync.feeds.wanted.insert(patient.to_owned());
    }
    if ends && cursor.mending {
        return mend::ask_again(turn, patient, owner);
    }
    Ok(())
}

/// What is listened to is what the open page shows.
fn listen(turn: &mut Turn<'_>) {
    let wanted = times::listens_to(turn.core).filter(|_| !sync::is_cut_off(turn.core) && !sync::is_metered(turn.core));
    let listening = wanted.and_then(|feed| {
        Some(Listening {
            hub: turn.core.hub()?,
            feed,
            // A department's times are for everybody, also for who has no account yet.
            account: turn.core.account().and_then(Account::credentials),
        })
    });
    if turn.core.screen.sync.feeds.listening != listening {
        turn.core.screen.sync.feeds.listening.clone_from(&listening);
        turn.effects.push(crate::effect::Effect::Listen(listening));
    }
}
