//! Which printer.

use super::*;
use crate::effect::{PrintTrouble, SavedFile, Shared};
use crate::printing::{FoundPrinter, Printer};
use crate::testing::newcomer;

fn printer(address: &str, name: &str) -> FoundPrinter {
    FoundPrinter {
        printer: Printer {
            address: address.to_owned(),
            name: name.to_owned(),
        },
        place: "客厅".to_owned(),
    }
}

fn finds(bench: &mut Bench, found: Vec<FoundPrinter>) -> &mut Bench {
    bench.gets(Incoming::Printers { found, finished: true })
}

fn searches(bench: &Bench) -> bool {
    bench.effects.contains(&Effect::FindPrinters)
}

/// Somebody without a printer wants the health code on paper.
fn without_printer() -> Bench {
    let mut bench = Bench::with(filled());
    bench.taps("home-print");
    let first = bench.choice_ids().remove(0);
    bench.taps(&first).taps("print-a4").taps("print-to-printer");
    bench
}

#[test]
fn who_has_no_printer_yet_is_asked_which_and_the_paper_goes_there() {
    let mut bench = without_printer();
    assert_eq!(bench.page(), Page::Printers);
    assert!(searches(&bench));
    assert!(bench.says().contains("正在找打印机"));
    finds(&mut bench, vec![printer(PRINTER, "客厅的打印机")]);
    bench.taps(PRINTER);
    assert_eq!(sent(&bench).len(), 1);
    assert_eq!(bench.page(), Page::PrintJob);
    assert_eq!(bench.core.records().settings.printer, PRINTER, "from now on");
    assert!(bench.says().contains("客厅的打印机"));
    bench.does(AppCommand::Back);
    assert_eq!(
        bench.page(),
        Page::Print,
        "the questions that were answered are not come back to"
    );
}

#[test]
fn a_search_without_a_printer_says_what_to_look_at_and_ends_by_itself() {
    let mut bench = without_printer();
    finds(&mut bench, Vec::new());
    assert!(bench.says().contains("没有找到打印机"));
    assert!(searches(bench.taps("printers-again")));
    // Nothing is heard of this one.
    bench.after_seconds(21);
    assert!(bench.says().contains("没有找到打印机"));
}

#[test]
fn without_any_printer_the_paper_is_saved_and_can_go_to_the_family() {
    let mut bench = without_printer();
    finds(&mut bench, Vec::new());
    bench.taps("print-to-file");
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SavePaper { .. }))
    );
    bench.gets(Incoming::PaperSaved(Ok(SavedFile {
        path: "/home/wang/文稿/健康码.pdf".to_owned(),
        shown: "文稿 / 健康码.pdf".to_owned(),
    })));
    bench.taps("saved-share");
    let share = Effect::ShareFile {
        path: "/home/wang/文稿/健康码.pdf".to_owned(),
    };
    assert!(bench.effects.contains(&share));
    for (shared, title) in [
        (Shared::Letter, "信打开了"),
        (Shared::Folder, "文件夹打开了"),
        (Shared::Nothing, "这台设备不能寄信"),
    ] {
        bench.gets(Incoming::Shared(shared));
        assert_eq!(bench.title(), title);
    }
}

#[test]
fn a_file_that_could_not_be_saved_is_saved_with_one_tap() {
    let mut bench = without_printer();
    bench.taps("print-to-file");
    bench.gets(Incoming::PaperSaved(Err(PrintTrouble::CannotSave)));
    bench.taps("print-retry");
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::SavePaper { .. }))
    );
}

#[test]
fn an_address_that_is_typed_serves_the_paper_that_waits_for_it() {
    let mut bench = without_printer();
    bench.taps("printers-address").types(PRINTER);
    assert_eq!(sent(&bench).len(), 1);
    assert_eq!(bench.page(), Page::PrintJob);
}

#[test]
fn another_printer_for_one_paper_does_not_change_the_settings() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    hears(&mut bench, sending, PrintReport::NotSent(PrintTrouble::Unreachable));
    bench.taps("job-other-printer");
    finds(&mut bench, vec![printer("ipp://hall.local/ipp/print", "门厅")]);
    bench.taps("ipp://hall.local/ipp/print");
    let (job, _, address) = sent(&bench).pop().unwrap();
    assert_eq!((job, address.as_str()), (sending.0, "ipp://hall.local/ipp/print"));
    assert_eq!(bench.core.records().settings.printer, PRINTER);
}

#[test]
fn what_one_printer_may_have_stays_its_own_when_another_one_is_chosen() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    hears(&mut bench, sending, PrintReport::Cut);
    does(&mut bench, Command::OtherPrinter(sending.0));
    finds(&mut bench, vec![printer("ipp://hall.local/ipp/print", "门厅")]);
    bench.taps("ipp://hall.local/ipp/print");
    assert_ne!(sent(&bench)[0].0, sending.0);
    assert_eq!(state(&bench, sending.0), PrintState::Unsure);
}

#[test]
fn a_printer_is_set_up_by_who_helps_and_tried_with_a_page_about_nobody() {
    let mut bench = Bench::with(newcomer());
    bench.opens(Page::Helpers).taps("helpers-printer");
    finds(&mut bench, vec![printer(PRINTER, "客厅的打印机")]);
    bench.taps(PRINTER);
    assert_eq!(bench.title(), "记住了");
    bench.taps("printer-test");
    let (id, _, _) = sent(&bench).pop().unwrap();
    assert_eq!(job(&bench, id).paper.title, "试打的一页");
    let mut bench = Bench::with(newcomer());
    bench.opens(Page::Helpers).taps("helpers-printer");
    finds(&mut bench, vec![printer(PRINTER, "客厅的打印机")]);
    bench.taps(PRINTER).taps("result-undo");
    assert_eq!(bench.core.records().settings.printer, "");
}

#[test]
fn a_paper_is_not_printed_by_choosing_a_printer_for_something_else_later() {
    let mut bench = without_printer();
    bench
        .does(AppCommand::Home)
        .opens(Page::Helpers)
        .taps("helpers-printer");
    finds(&mut bench, vec![printer(PRINTER, "客厅的打印机")]);
    bench.taps(PRINTER);
    assert_eq!(sent(&bench), []);
}

#[test]
fn no_more_printers_are_offered_than_fit_and_each_of_them_once() {
    let mut bench = without_printer();
    let many = (0..100).map(|n| printer(&format!("ipp://p{n}/"), ""));
    let twice = many.clone().chain(many).collect();
    finds(&mut bench, twice);
    let found = &bench.core.screen.printing.choosing.found;
    assert_eq!(found.len(), 12);
    assert_eq!(found[1].printer.shown(), "p1");
}

#[test]
fn printers_that_are_found_when_nobody_looks_for_them_change_nothing() {
    let mut bench = bench();
    finds(&mut bench, vec![printer(PRINTER, "客厅")]);
    assert_eq!(bench.page(), Page::Home);
    assert!(bench.core.screen.printing.choosing.found.is_empty());
}
