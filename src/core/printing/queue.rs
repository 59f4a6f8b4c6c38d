//! The rules of the queue: what is handed out and what comes back.

use jiff::{SignedDuration, Timestamp};

use super::standing::standing;
use super::{PrintJob, PrintReport, PrintState};
use crate::app::{Core, Page};
use crate::effect::{Effect, PrintTrouble, Sound};
use crate::ids::PrintJobId;
use crate::store::{Change, StoreError};
use crate::turn::{Turn, must_stay};
use crate::view::Mark;

/// How many papers that are over are kept, and for how long. They hold what a paper says about somebody.
pub(super) const MOST_FINISHED: usize = 20;
pub(super) const FINISHED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A job whose report has not come after this time has got lost on the way. Longer than any printer may take.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// A printer is asked what became of a job for so long; then the person has to look.
pub(super) const ASKED_FOR: SignedDuration = SignedDuration::from_hours(2);
/// After the store has failed, nothing is handed out for so long.
const REST: SignedDuration = SignedDuration::from_secs(60);

/// Something is known of a job that was handed out or asked for.
pub(crate) fn reported(
    turn: &mut Turn<'_>,
    id: PrintJobId,
    attempt: u32,
    report: PrintReport,
) -> Result<(), StoreError> {
    let job = turn.core.records.print_jobs.get(&id).cloned();
    let Some(job) = job.filter(|job| job.attempt == attempt) else {
        return Ok(());
    };
    let now = turn.now();
    let of_sending = matches!(
        report,
        PrintReport::Taken { .. } | PrintReport::NotSent(_) | PrintReport::Cut
    );
    if of_sending {
        turn.core.screen.printing.under_way.remove(&id);
    }
    let state = match (job.state, report) {
        (PrintState::Cancelled, PrintReport::Taken { number: Some(number) }) => {
            turn.effects.push(Effect::CancelPrint {
                printer: job.printer.address,
                number,
            });
            return Ok(());
        }
        (PrintState::Sending | PrintState::Unsure, PrintReport::Taken { number }) => match number {
            Some(number) => PrintState::InPrinter {
                number,
                since: now,
                trouble: None,
            },
            None => PrintState::Done { confirmed: false },
        },
        (PrintState::Sending | PrintState::Unsure, PrintReport::NotSent(trouble)) => {
            return put(turn, job.after(trouble, now));
        }
        (PrintState::Sending, PrintReport::Cut) => PrintState::Unsure,
        (PrintState::InPrinter { number, since, .. }, asked) if !of_sending => {
            let next = now.saturating_add(pause(since, now)).unwrap_or(now);
            turn.core.screen.printing.asked_next.insert(id, next);
            match asked {
                PrintReport::Printing { trouble } => PrintState::InPrinter { number, since, trouble },
                PrintReport::Printed => PrintState::Done { confirmed: true },
                PrintReport::GivenUp => PrintState::Failed(PrintTrouble::GivenUp),
                PrintReport::Forgotten => PrintState::Unsure,
                _ => return Ok(()),
            }
        }
        // A late answer to what has been decided otherwise.
        _ => return Ok(()),
    };
    if state == job.state {
        return Ok(());
    }
    put(turn, job.becomes(state, now))
}

/// How long after an answer the printer is asked again: often while somebody stands before it.
fn pause(since: Timestamp, now: Timestamp) -> SignedDuration {
    let seconds = match now.duration_since(since).as_secs() {
        ..30 => 2,
        30..600 => 10,
        _ => 60,
    };
    SignedDuration::from_secs(seconds)
}

/// Keeps what has come of a job, and tells it: on its page, or in a sentence.
fn put(turn: &mut Turn<'_>, job: PrintJob) -> Result<(), StoreError> {
    let id = job.id;
    turn.commit(vec![Change::PutPrintJob(job)])?;
    tell(turn, id);
    Ok(())
}

fn tell(turn: &mut Turn<'_>, id: PrintJobId) {
    let Some(job) = turn.core.records.print_jobs.get(&id) else {
        return;
    };
    let now = standing(turn.core, job);
    let sound = match now.mark() {
        Mark::Good => Sound::Done,
        Mark::Waiting => return refresh(turn, id),
        Mark::Caution | Mark::Bad => Sound::Refused,
    };
    if turn.core.page() == Page::PrintJob && turn.core.screen.printing.job == Some(id) {
        turn.play(sound);
        turn.open(Page::PrintJob);
    } else if !must_stay(turn.core.page()) {
        turn.play(sound);
        if turn.core.records.settings.voice {
            let words = turn.core.words();
            turn.tell(words.with(
                "job-told",
                &[
                    ("title", &words.get(now.title())),
                    ("sentence", &words.get(now.sentence())),
                ],
            ));
        }
    }
}

/// The page of this job, where it is open, is about something else now.
fn refresh(turn: &mut Turn<'_>, id: PrintJobId) {
    if turn.core.page() == Page::PrintJob && turn.core.screen.printing.job == Some(id) {
        turn.open(Page::PrintJob);
    }
}

/// Whether a paper is being sent at this moment.
pub(crate) fn is_sending(core: &Core) -> bool {
    !core.screen.printing.under_way.is_empty()
}

/// When the queue has something to do next.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    let screen = &core.screen.printing;
    let now = core.now().timestamp();
    let jobs = core.records.print_jobs.values();
    let next = jobs.filter_map(|job| match job.state {
        PrintState::Sending => screen.under_way.get(&job.id).copied(),
        PrintState::InPrinter { .. } => Some(screen.asked_next.get(&job.id).copied().unwrap_or(now)),
        _ => (is_first(core, job, now)).then(|| job.next_try.max(screen.resting_until.unwrap_or(job.next_try))),
    });
    next.chain(super::choosing::next_wake(core)).min()
}

/// Whether it is the next one of those that go to its printer, and nothing is being sent there.
fn is_first(core: &Core, job: &PrintJob, now: Timestamp) -> bool {
    if !job.goes_on_by_itself(now) {
        return false;
    }
    let screen = &core.screen.printing;
    let same = core
        .records
        .print_jobs
        .values()
        .filter(|other| other.printer.address == job.printer.address);
    same.filter(|other| other.id != job.id).all(|other| {
        let being_sent = screen.under_way.contains_key(&other.id);
        let before = other.goes_on_by_itself(now) && (other.sequence, other.id) < (job.sequence, job.id);
        !being_sent && !before
    })
}

/// Hands out what is due, asks for what printers have, and lets go of what is over. Called at the end of every turn.
///
/// # Errors
/// The store's; nothing is handed out then, and for a while.
pub(crate) fn carry_on(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let now = turn.now();
    super::choosing::carry_on(turn);
    if turn.core.screen.printing.resting_until.is_some_and(|until| until > now) {
        return Ok(());
    }
    // What the queue does by itself must not cost the person the way back from what they did.
    let from_outside = std::mem::replace(&mut turn.from_outside, true);
    let done = let_go(turn, now)
        .and_then(|()| lost(turn, now))
        .and_then(|()| hand_out(turn, now));
    turn.from_outside = from_outside;
    turn.core.screen.printing.resting_until = match done {
        Ok(()) => None,
        Err(_) => now.checked_add(REST).ok(),
    };
    if done.is_ok() {
        ask(turn, now);
    }
    done
}

/// Forgets papers that are over: the oldest ones, and what is too many.
fn let_go(turn: &mut Turn<'_>, now: Timestamp) -> Result<(), StoreError> {
    let mut finished: Vec<&PrintJob> = turn
        .core
        .records
        .print_jobs
        .values()
        .filter(|job| job.is_finished())
        .collect();
    finished.sort_by_key(|job| std::cmp::Reverse((job.changed_at, job.id)));
    let old = |job: &PrintJob| now.duration_since(job.changed_at) > FINISHED_FOR;
    let gone: Vec<Change> = finished
        .iter()
        .enumerate()
        .filter(|(place, job)| *place >= MOST_FINISHED || old(job))
        .map(|(_, job)| Change::RemovePrintJob(job.id))
        .collect();
    if gone.is_empty() { Ok(()) } else { turn.commit(gone) }
}

/// What has been under way or asked for too long: nobody knows, and the person has to look.
fn lost(turn: &mut Turn<'_>, now: Timestamp) -> Result<(), StoreError> {
    let screen = &turn.core.screen.printing;
    let is_lost = |job: &&PrintJob| match job.state {
        PrintState::Sending => screen.under_way.get(&job.id).is_some_and(|&lost_at| lost_at <= now),
        PrintState::InPrinter { since, .. } => now.duration_since(since) > ASKED_FOR,
        _ => false,
    };
    let lost: Vec<PrintJob> = turn
        .core
        .records
        .print_jobs
        .values()
        .filter(is_lost)
        .map(|job| job.becomes(PrintState::Unsure, now))
        .collect();
    for job in lost {
        turn.core.screen.printing.under_way.remove(&job.id);
        turn.core.screen.printing.asked_next.remove(&job.id);
        put(turn, job)?;
    }
    Ok(())
}

fn hand_out(turn: &mut Turn<'_>, now: Timestamp) -> Result<(), StoreError> {
    if turn.core.screen.printing.closing {
        return Ok(());
    }
    let due: Vec<PrintJob> = turn
        .core
        .records
        .print_jobs
        .values()
        .filter(|job| job.next_try <= now && is_first(turn.core, job, now))
        .cloned()
        .collect();
    for job in due {
        let sent = PrintJob {
            attempt: job.attempt.wrapping_add(1),
            ..job.becomes(PrintState::Sending, now)
        };
        let lost_at = now.saturating_add(LOST_AFTER).unwrap_or(Timestamp::MAX);
        turn.commit(vec![Change::PutPrintJob(sent.clone())])?;
        turn.core.screen.printing.under_way.insert(sent.id, lost_at);
        turn.effects.push(Effect::Print {
            job: sent.id,
            attempt: sent.attempt,
            paper: Box::new(sent.paper),
            printer: sent.printer.address,
        });
    }
    Ok(())
}

fn ask(turn: &mut Turn<'_>, now: Timestamp) {
    let core = &mut *turn.core;
    for job in core.records.print_jobs.values() {
        let PrintState::InPrinter { number, .. } = job.state else {
            continue;
        };
        let next = core.screen.printing.asked_next.entry(job.id).or_insert(now);
        if *next > now {
            continue;
        }
        // An answer that never comes is asked for again after a while.
        *next = now.saturating_add(REST).unwrap_or(Timestamp::MAX);
        turn.effects.push(Effect::AskPrinter {
            job: job.id,
            attempt: job.attempt,
            printer: job.printer.address.clone(),
            number,
        });
    }
}
