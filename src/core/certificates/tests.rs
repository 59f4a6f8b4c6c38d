#![allow(clippy::unwrap_used)]

use super::{Command, Paper};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::effect::{Effect, SavedFile};
use crate::store::Records;
use crate::testing::{Bench, filled};
use crate::view::Mark;

fn with_printer() -> Records {
    let mut records = filled();
    records.settings.printer = "ipp://printer.local:631/ipp/print".to_owned();
    records
}

/// The paper that was put into the print queue last, and where it goes.
fn printed(bench: &Bench) -> (Paper, String) {
    let jobs = bench.core.records().print_jobs.values();
    let newest = jobs.max_by_key(|job| job.sequence).unwrap();
    (newest.paper.clone(), newest.printer.address.clone())
}

/// Chooses what to print by its place in the row: the code, the visit, the card. It is to be a page in large print.
fn chooses(bench: &mut Bench, which: usize) -> &mut Bench {
    bench.does(AppCommand::Home).taps("home-print");
    let id = bench.choice_ids()[which].clone();
    bench.taps(&id).taps("print-a4")
}

#[test]
fn everything_that_is_carried_can_be_printed() {
    let mut bench = Bench::with(with_printer());
    for (which, title) in [(0, "健康码"), (1, "看病预约单"), (2, "公交卡")] {
        let (paper, printer) = printed(chooses(&mut bench, which).taps("print-to-printer"));
        assert_eq!(paper.title, title);
        assert_eq!(printer, "ipp://printer.local:631/ipp/print");
        assert!(paper.footer.contains("2026年11月22日"));
        assert!(!paper.facts.is_empty() && !paper.notes.is_empty(), "{title}");
    }
}

#[test]
fn the_code_on_paper_is_the_code_on_the_screen() {
    let mut bench = Bench::with(with_printer());
    let (paper, _) = printed(chooses(&mut bench, 0).taps("print-to-printer"));
    let kept = bench.core.records().documents.values().next().unwrap();
    assert_eq!(paper.codes[0].symbol.text, kept.text);
    assert!(paper.facts.iter().any(|(_, value)| value == "王秀兰"));
}

#[test]
fn a_visit_that_is_not_confirmed_says_so_on_paper() {
    let mut bench = Bench::with(with_printer());
    let (paper, _) = printed(chooses(&mut bench, 1).taps("print-to-printer"));
    assert_eq!(paper.state, Some((Mark::Waiting, "还没确认".to_owned())));
    assert!(paper.notes.concat().contains("还没有确认"));
}

#[test]
fn a_file_is_named_by_what_it_is_and_the_day_and_no_person() {
    let mut bench = Bench::with(filled());
    chooses(&mut bench, 0).taps("print-to-file");
    let name = bench.effects.iter().find_map(|effect| match effect {
        Effect::SavePaper { name, .. } => Some(name.clone()),
        _ => None,
    });
    assert_eq!(name.unwrap(), "健康码 2026-11-22");
    bench.gets(Incoming::PaperSaved(Ok(SavedFile {
        path: "/home/wang/文稿/健康码.pdf".to_owned(),
        shown: "文稿 / 健康码.pdf".to_owned(),
    })));
    assert!(bench.says().contains("文稿 / 健康码.pdf"));
}

#[test]
fn what_was_removed_meanwhile_is_not_printed() {
    let mut bench = Bench::with(with_printer());
    chooses(&mut bench, 2);
    let id = *bench.core.records().cards.keys().next().unwrap();
    bench.does(AppCommand::Wallet(crate::wallet::Command::Remove(id)));
    bench.does(AppCommand::Certificates(Command::ToPrinter));
    assert!(
        !bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Print { .. }))
    );
    assert_eq!(bench.page(), Page::Print);
}

#[test]
fn with_nothing_to_print_the_page_says_what_to_add() {
    let mut bench = Bench::new();
    bench.taps("home-print");
    assert_eq!(bench.title(), "还没有能打印的");
    assert_eq!(bench.taps("print-add-code").page(), Page::AddDocument);
}
