//! Random walks: whatever is tapped and whatever comes from outside, in any order.
//!
//! No walk may panic, end in a page that leads nowhere, or leave in the store anything else than in memory (the bench
//! compares them after every command); and who starts again finds what was kept.
#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::app::{Command, Incoming, Page};
use crate::appointments::Refusal;
use crate::checkpoint;
use crate::effect::{
    Effect, Fetched, FileContent, FileTrouble, FoundFile, PrintTrouble, SavedFile, Shared, VoiceReport, Wanted,
};
use crate::help;
use crate::ids::{PrintJobId, RequestId};
use crate::outbox::{Answer, Trouble};
use crate::printing::{FoundPrinter, PrintJob, PrintReport, PrintState, Printer};
use crate::store::{Records, Store};
use crate::testing::{Bench, check, directory, filled, newcomer, timetable};
use crate::view::Body;

/// One step of a walk.
#[derive(Debug, Clone)]
enum Step {
    /// Taps one of the buttons of the page.
    Tap(Index),
    /// Types into the field that is open; elsewhere nothing.
    Type(String),
    Bar(Command),
    Open(Page),
    /// An answer to the request that is under way, or to none.
    Answer(Answer),
    /// A report on the job that was handed out or asked for last, or on none.
    Report(PrintReport),
    Voice(u64, u8),
    /// A scanner types, whatever page is open.
    Scan(String),
    Outside(Incoming),
    Told(Command),
    Directory,
    Wait(u32),
    DiskFull(bool),
}

fn answer() -> impl Strategy<Value = Answer> {
    let start = "2026-11-23T01:30:00Z".parse().unwrap();
    prop_oneof![
        Just(Answer::Booked {
            appointment: "a1".to_owned(),
            start,
            slot: None,
        }),
        Just(Answer::Cancelled),
        Just(Answer::Issued {
            text: "HC1:rubbish".to_owned()
        }),
        select(&[Refusal::SlotTaken, Refusal::NothingFree, Refusal::NotAccepted][..]).prop_map(Answer::refused),
        select(&[Trouble::Unreachable, Trouble::Rubbish][..]).prop_map(Answer::NoAnswer),
    ]
}

fn report() -> impl Strategy<Value = PrintReport> {
    let trouble = select(&PrintTrouble::ALL[..]);
    prop_oneof![
        any::<Option<i32>>().prop_map(|number| PrintReport::Taken { number }),
        trouble.clone().prop_map(PrintReport::NotSent),
        proptest::option::of(trouble).prop_map(|trouble| PrintReport::Printing { trouble }),
        select(
            &[
                PrintReport::Cut,
                PrintReport::Printed,
                PrintReport::GivenUp,
                PrintReport::Forgotten,
                PrintReport::NoAnswer,
            ][..]
        ),
    ]
}

fn outside() -> impl Strategy<Value = Incoming> {
    let file = |content| Incoming::File {
        path: "/a".to_owned(),
        content,
    };
    prop_oneof![
        Just(Incoming::NetworkBack),
        Just(Incoming::Saved(Ok(SavedFile {
            path: "/a.json".to_owned(),
            shown: "/a.json".to_owned()
        }))),
        Just(Incoming::Saved(Err(PrintTrouble::CannotSave))),
        Just(Incoming::PaperSaved(Err(PrintTrouble::CannotSave))),
        Just(Incoming::PaperSaved(Ok(SavedFile {
            path: "/home/wang/a.pdf".to_owned(),
            shown: "wang / a.pdf".to_owned(),
        }))),
        select(&[Shared::Letter, Shared::Folder, Shared::Nothing][..]).prop_map(Incoming::Shared),
        any::<bool>().prop_map(|finished| Incoming::Printers {
            found: vec![FoundPrinter {
                printer: Printer {
                    address: "ipp://p.local/ipp/print".to_owned(),
                    name: "P".to_owned(),
                },
                place: String::new(),
            }],
            finished,
        }),
        Just(Incoming::Files(vec![FoundFile {
            path: "/a.png".to_owned(),
            name: "a".to_owned(),
            changed_at: "2026-11-20T04:00:00Z".parse().unwrap(),
        }])),
        "\\PC{0,20}".prop_map(move |text| file(Ok(FileContent::Text(text)))),
        Just(file(Err(FileTrouble::TooLarge))),
        Just(file(Ok(FileContent::Pass(vec![1, 2, 3])))),
        Just(Incoming::Fetched(Fetched::TrustList(vec![1, 2, 3]))),
        Just(Incoming::Fetched(Fetched::Nothing {
            what: Wanted::Directory,
            trouble: Trouble::Slow,
        })),
    ]
}

fn scanned() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("王秀兰,11010519491231002X".to_owned()),
        Just("440524188001010014".to_owned()),
        Just("shc:/1/3/5676".to_owned()),
        "(AB1:|HC1:)?\\PC{0,30}",
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let typed = prop_oneof![
        "[0-9]{0,18}",
        "[0-9]{1,3}.[0-9]",
        "[一-龥]{0,6}",
        Just("http://h".to_owned()),
        "\\PC{0,30}"
    ];
    let bars = [
        Command::Back,
        Command::Home,
        Command::Undo,
        Command::CallHelp,
        Command::ReadAloud,
    ];
    let told = [
        Command::Help(help::Command::Dialled { taken: true }),
        Command::Help(help::Command::Dialled { taken: false }),
    ];
    prop_oneof![
        20 => any::<Index>().prop_map(Step::Tap),
        6 => typed.prop_map(Step::Type),
        4 => select(bars.to_vec()).prop_map(Step::Bar),
        2 => select(Page::all().collect::<Vec<_>>()).prop_map(Step::Open),
        4 => answer().prop_map(Step::Answer),
        4 => report().prop_map(Step::Report),
        1 => (0..40_u64, 0..4_u8).prop_map(|(id, what)| Step::Voice(id, what)),
        2 => outside().prop_map(Step::Outside),
        2 => scanned().prop_map(Step::Scan),
        1 => select(told.to_vec()).prop_map(Step::Told),
        1 => Just(Step::Directory),
        4 => (0..90_u32).prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::DiskFull),
    ]
}

/// What is under way.
#[derive(Default)]
struct UnderWay {
    request: Option<RequestId>,
    job: Option<(PrintJobId, u32)>,
}

/// Takes one step, and remembers what is under way.
fn take(bench: &mut Bench, step: Step, under_way: &mut UnderWay) {
    match step {
        Step::Tap(which) => {
            let ids = bench.choice_ids();
            bench.taps(&ids[which.index(ids.len())]);
        }
        Step::Type(text) => {
            if let Body::Entry(entry) = bench.view().body {
                bench.does(Command::Type {
                    field: entry.field,
                    text: text.clone(),
                });
                if bench.page() == Page::Enter(entry.field) {
                    bench.types(&text);
                }
            }
        }
        Step::Bar(command) | Step::Told(command) => drop(bench.does(command)),
        Step::Open(page) => drop(bench.opens(page)),
        Step::Answer(answer) => {
            let id = under_way.request.take().unwrap_or(RequestId(uuid::Uuid::nil()));
            bench.hears(id, answer);
        }
        Step::Report(report) => {
            let (job, attempt) = under_way.job.unwrap_or((PrintJobId(uuid::Uuid::nil()), 0));
            bench.gets(Incoming::Print { job, attempt, report });
        }
        Step::Voice(id, what) => {
            let report = match what {
                0 => VoiceReport::Ended { id },
                1 => VoiceReport::NoVoice { id },
                part => VoiceReport::Began {
                    id,
                    part: usize::from(part),
                },
            };
            bench.gets(Incoming::Voice(report));
        }
        Step::Scan(text) => drop(bench.does(Command::Checkpoint(checkpoint::Command::Scanned { text }))),
        Step::Outside(incoming) => drop(bench.gets(incoming)),
        Step::Directory => {
            let at = bench.at();
            bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
            bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
        }
        Step::Wait(seconds) => drop(bench.after(SignedDuration::from_secs(i64::from(seconds)))),
        Step::DiskFull(full) => bench.store.full = full,
    }
    for effect in &bench.effects {
        match effect {
            Effect::Send { id, .. } => under_way.request = Some(*id),
            Effect::Print { job, attempt, .. } | Effect::AskPrinter { job, attempt, .. } => {
                under_way.job = Some((*job, *attempt));
            }
            _ => {}
        }
    }
}

fn walk(records: Records, steps: Vec<Step>) {
    let mut bench = Bench::with(records);
    let mut under_way = UnderWay::default();
    for step in steps {
        take(&mut bench, step, &mut under_way);
        check(&bench.view());
    }
    bench.store.full = false;
    let kept = bench.store.load().unwrap();
    let mut again = bench.restarted();
    assert_eq!(
        without_the_queues_steps(again.core.records().clone()),
        without_the_queues_steps(kept),
        "starting again changes nothing that is kept, but that waiting papers go on"
    );
    check(&again.does(Command::Home).view());
}

/// The same records, where a paper that waits and one that was just handed out are alike, and a finished one may have
/// been let go.
fn without_the_queues_steps(mut records: Records) -> Records {
    records.print_jobs.retain(|_, job| !job.is_finished());
    for job in records.print_jobs.values_mut() {
        if let PrintState::Waiting { .. } | PrintState::Sending = job.state {
            *job = PrintJob {
                state: PrintState::Sending,
                attempt: 0,
                changed_at: job.asked_at,
                ..job.clone()
            };
        }
    }
    records
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_walk_of_a_newcomer_leads_astray(steps in vec(step(), 60)) {
        walk(newcomer(), steps);
    }

    #[test]
    fn no_walk_of_somebody_who_has_everything_leads_astray(steps in vec(step(), 60)) {
        walk(filled(), steps);
    }

    #[test]
    fn no_walk_from_the_first_start_leads_astray(steps in vec(step(), 60)) {
        walk(Records::default(), steps);
    }
}
