//! What the person says about a paper: print it, again, there, not any more.

use jiff::Timestamp;

use super::{PrintJob, PrintState, Printer};
use crate::app::{Core, Page};
use crate::certificates::Paper;
use crate::effect::Effect;
use crate::ids::PrintJobId;
use crate::result::{Outcome, open};
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

/// The most papers that may be on their way at once; more is a mistake.
pub(super) const MOST_ON_THEIR_WAY: usize = 30;

/// Puts a paper into the queue of a printer and shows it.
pub(super) fn submit(turn: &mut Turn<'_>, paper: Paper, printer: Printer) -> Result<(), StoreError> {
    let jobs = &turn.core.records.print_jobs;
    if jobs.values().filter(|job| !job.is_finished()).count() >= MOST_ON_THEIR_WAY {
        turn.show(
            Outcome::new(Mark::Caution, "queue-full-title")
                .line("queue-full-line")
                .main("queue-see", Icon::Print, open(Page::PrintQueue)),
        );
        return Ok(());
    }
    let sequence = jobs
        .values()
        .map(|job| job.sequence)
        .max()
        .map_or(0, |last| last.saturating_add(1));
    let now = turn.now();
    let job = PrintJob {
        id: PrintJobId(turn.uuid()),
        sequence,
        paper,
        printer,
        asked_at: now,
        wanted_at: now,
        state: PrintState::Waiting { trouble: None },
        changed_at: now,
        attempt: 0,
        pauses: 0,
        next_try: now,
    };
    let id = job.id;
    turn.commit(vec![Change::PutPrintJob(job)])?;
    super::show(turn, id);
    Ok(())
}

/// The person wants it now. What the printer has is asked for and not sent again.
pub(super) fn try_again(turn: &mut Turn<'_>, id: PrintJobId) -> Result<(), StoreError> {
    let Some(job) = turn.core.records.print_jobs.get(&id).cloned() else {
        return Ok(());
    };
    let now = turn.now();
    match job.state {
        PrintState::InPrinter { .. } => drop(turn.core.screen.printing.asked_next.insert(id, now)),
        // Being sent at this moment: it can't go faster.
        PrintState::Sending if turn.core.screen.printing.under_way.contains_key(&id) => {}
        _ => {
            let mut changes = due_now(turn.core, now, |other| {
                other.id != id && other.printer.address == job.printer.address
            });
            changes.push(Change::PutPrintJob(job.wanted(now)));
            turn.commit(changes)?;
        }
    }
    super::show(turn, id);
    Ok(())
}

/// Makes due what waits for its printer to be there, where it is one of `which`.
fn due_now(core: &Core, now: Timestamp, which: impl Fn(&PrintJob) -> bool) -> Vec<Change> {
    let jobs = core.records.print_jobs.values();
    let waiting = jobs.filter(|job| job.goes_on_by_itself(now) && job.next_try > now && which(job));
    let due = waiting.map(|job| PrintJob {
        next_try: now,
        ..job.clone()
    });
    due.map(Change::PutPrintJob).collect()
}

/// The network is back: whatever waits for a printer is due at once.
pub(crate) fn network_back(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let due = due_now(turn.core, turn.now(), |_| true);
    if due.is_empty() { Ok(()) } else { turn.commit(due) }
}

/// The person wants it on another printer. What was sent to the first one stays where it is and what it was.
pub(super) fn move_to(turn: &mut Turn<'_>, id: PrintJobId, printer: Printer) -> Result<(), StoreError> {
    let Some(job) = turn.core.records.print_jobs.get(&id).cloned() else {
        return Ok(());
    };
    if !matches!(job.state, PrintState::Waiting { .. } | PrintState::Failed(_)) {
        return submit(turn, job.paper, printer);
    }
    let moved = PrintJob {
        printer,
        ..job.wanted(turn.now())
    };
    turn.commit(vec![Change::PutPrintJob(moved)])?;
    super::show(turn, id);
    Ok(())
}

/// The person has looked: it came out.
pub(super) fn came_out(turn: &mut Turn<'_>, id: PrintJobId) -> Result<(), StoreError> {
    let now = turn.now();
    let job = turn.core.records.print_jobs.get(&id);
    if let Some(job) = job.filter(|job| matches!(job.state, PrintState::Sending | PrintState::Unsure)) {
        let done = job.becomes(PrintState::Done { confirmed: true }, now);
        turn.commit(vec![Change::PutPrintJob(done)])?;
    }
    super::show(turn, id);
    Ok(())
}

/// The person does not want it any more. What the printer has already it is told not to print.
pub(super) fn cancel(turn: &mut Turn<'_>, id: PrintJobId) -> Result<(), StoreError> {
    let job = turn.core.records.print_jobs.get(&id).cloned();
    let Some(job) = job.filter(|job| !matches!(job.state, PrintState::Done { .. } | PrintState::Cancelled)) else {
        return Ok(());
    };
    let cancelled = Change::PutPrintJob(job.becomes(PrintState::Cancelled, turn.now()));
    turn.core.screen.printing.asked_next.remove(&id);
    match job.state {
        PrintState::InPrinter { number, .. } => {
            turn.commit(vec![cancelled])?;
            turn.effects.push(Effect::CancelPrint {
                printer: job.printer.address,
                number,
            });
            turn.back_to(Page::PrintQueue);
            turn.show(Outcome::new(Mark::Good, "job-cancelled-title").line("job-cancelled-inside"));
        }
        PrintState::Sending => {
            turn.commit(vec![cancelled])?;
            turn.back_to(Page::PrintQueue);
            turn.show(Outcome::new(Mark::Good, "job-cancelled-title").line("job-cancelled-sending"));
        }
        _ => {
            turn.commit_undoable(vec![cancelled])?;
            turn.back_to(Page::PrintQueue);
            turn.show(
                Outcome::new(Mark::Good, "job-cancelled-title")
                    .line("job-cancelled-line")
                    .undoable(),
            );
        }
    }
    Ok(())
}
