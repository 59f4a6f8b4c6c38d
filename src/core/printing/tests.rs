#![allow(clippy::unwrap_used)]

mod choosing;
mod jobs;
mod restarts;

use jiff::SignedDuration;

use super::{Command, PrintJob, PrintReport, PrintState};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::effect::Effect;
use crate::ids::PrintJobId;
use crate::store::Records;
use crate::testing::{Bench, filled};

const PRINTER: &str = "ipp://printer.local:631/ipp/print";

fn with_printer() -> Records {
    let mut records = filled();
    records.settings.printer = PRINTER.to_owned();
    records
}

fn bench() -> Bench {
    Bench::with(with_printer())
}

/// What was handed out in the last turn: job, attempt and printer.
fn sent(bench: &Bench) -> Vec<(PrintJobId, u32, String)> {
    let sent = bench.effects.iter().filter_map(|effect| match effect {
        Effect::Print {
            job, attempt, printer, ..
        } => Some((*job, *attempt, printer.clone())),
        _ => None,
    });
    sent.collect()
}

/// The numbers that the printer was asked for in the last turn.
fn asked(bench: &Bench) -> Vec<i32> {
    let asked = bench.effects.iter().filter_map(|effect| match effect {
        Effect::AskPrinter { number, .. } => Some(*number),
        _ => None,
    });
    asked.collect()
}

/// Prints the health code; the job, which was handed out.
fn prints(bench: &mut Bench) -> (PrintJobId, u32) {
    bench.does(AppCommand::Home).taps("home-print");
    let first = bench.choice_ids().remove(0);
    bench.taps(&first).taps("print-a4").taps("print-to-printer");
    let (job, attempt, _) = sent(bench).pop().unwrap();
    assert_eq!(bench.page(), Page::PrintJob);
    (job, attempt)
}

fn hears(bench: &mut Bench, (job, attempt): (PrintJobId, u32), report: PrintReport) -> &mut Bench {
    bench.gets(Incoming::Print { job, attempt, report })
}

/// Prints the health code; the printer has it under the number 7.
fn in_printer(bench: &mut Bench) -> (PrintJobId, u32) {
    let sending = prints(bench);
    hears(bench, sending, PrintReport::Taken { number: Some(7) });
    sending
}

fn job(bench: &Bench, id: PrintJobId) -> PrintJob {
    bench.core.records().print_jobs[&id].clone()
}

fn state(bench: &Bench, id: PrintJobId) -> PrintState {
    job(bench, id).state
}

fn does(bench: &mut Bench, command: Command) -> &mut Bench {
    bench.does(AppCommand::Printing(command))
}

/// Wakes the core at each moment that it asks for, until this much time has passed; what was sent meanwhile.
fn lets_pass(bench: &mut Bench, time: SignedDuration) -> Vec<(PrintJobId, u32, String)> {
    let end = bench.at() + time;
    let mut all = Vec::new();
    while let Some(wake) = bench.core.next_wake().filter(|&wake| wake <= end) {
        let pause = wake.duration_since(bench.at()).max(SignedDuration::from_millis(20));
        bench.after(pause);
        all.extend(sent(bench));
    }
    bench.after(end.duration_since(bench.at()).max(SignedDuration::ZERO));
    all.extend(sent(bench));
    all
}
