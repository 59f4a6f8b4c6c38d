//! Random jobs of the print queue, with the papers that they hold.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::changes::{id, text, time};
use crate::certificates::{Format, Paper, PaperCode};
use crate::effect::PrintTrouble;
use crate::ids::PrintJobId;
use crate::printing::{PrintJob, PrintState, Printer};
use crate::settings::Language;
use crate::symbol::Symbology;
use crate::view::{Mark, Symbol};

pub(super) fn print_job() -> impl Strategy<Value = PrintJob> {
    (
        id(PrintJobId),
        any::<u64>(),
        paper(),
        (text(), text()).prop_map(|(address, name)| Printer { address, name }),
        [time(), time(), time(), time()],
        state(),
        any::<[u32; 2]>(),
    )
        .prop_map(
            |(id, sequence, paper, printer, [asked_at, wanted_at, changed_at, next_try], state, [attempt, pauses])| {
                PrintJob {
                    id,
                    sequence,
                    paper,
                    printer,
                    asked_at,
                    wanted_at,
                    state,
                    changed_at,
                    attempt,
                    pauses,
                    next_try,
                }
            },
        )
}

fn state() -> impl Strategy<Value = PrintState> {
    prop_oneof![
        of(trouble()).prop_map(|trouble| PrintState::Waiting { trouble }),
        Just(PrintState::Sending),
        (any::<i32>(), time(), of(trouble())).prop_map(|(number, since, trouble)| PrintState::InPrinter {
            number,
            since,
            trouble,
        }),
        Just(PrintState::Unsure),
        any::<bool>().prop_map(|confirmed| PrintState::Done { confirmed }),
        trouble().prop_map(PrintState::Failed),
        Just(PrintState::Cancelled),
    ]
}

fn trouble() -> impl Strategy<Value = PrintTrouble> {
    select(&PrintTrouble::ALL[..])
}

fn paper() -> impl Strategy<Value = Paper> {
    let mark = select(&[Mark::Good, Mark::Caution, Mark::Bad, Mark::Waiting][..]);
    let symbol = (text(), text()).prop_map(|(text, label)| Symbol {
        symbology: Symbology::Qr,
        text,
        label,
    });
    (
        select(&Language::ALL[..]),
        text(),
        of((mark, text())),
        vec((text(), text()), 0..3),
        vec(
            (symbol, text()).prop_map(|(symbol, caption)| PaperCode { symbol, caption }),
            0..2,
        ),
        vec(text(), 0..3),
        text(),
        (select(&Format::ALL[..]), vec(text(), 0..2), of(time()), any::<bool>()),
    )
        .prop_map(
            |(language, title, state, facts, codes, notes, footer, (format, folding, kept_until, is_collection))| {
                Paper {
                    format,
                    language,
                    title,
                    state,
                    facts,
                    codes,
                    is_collection,
                    notes,
                    footer,
                    folding,
                    kept_until,
                }
            },
        )
}
