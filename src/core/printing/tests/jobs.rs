//! What becomes of a job, and what its page says of it.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::*;
use crate::effect::PrintTrouble;
use crate::printing::queue::{ASKED_FOR, FINISHED_FOR, MOST_FINISHED};
use crate::printing::wishes::MOST_ON_THEIR_WAY;
use crate::view::{Body, Mark};

fn mark(bench: &Bench) -> Option<Mark> {
    match bench.view().body {
        Body::Question(question) => question.mark,
        _ => None,
    }
}

#[test]
fn a_paper_is_kept_before_it_is_handed_out_and_handed_out_once() {
    let mut bench = bench();
    let (id, _) = prints(&mut bench);
    assert_eq!(state(&bench, id), PrintState::Sending);
    assert_eq!(bench.title(), "正在打印");
    for _ in 0..20 {
        assert_eq!(sent(bench.after_seconds(10)), []);
    }
}

#[test]
fn nothing_is_handed_out_that_could_not_be_kept() {
    let mut bench = bench();
    bench.taps("home-print");
    let first = bench.choice_ids().remove(0);
    bench.taps(&first);
    bench.store.full = true;
    bench.taps("print-a4").taps("print-to-printer");
    assert_eq!(sent(&bench), []);
    assert!(bench.core.records().print_jobs.is_empty());
    assert_eq!(bench.title(), "没有存上");
}

#[test]
fn the_printer_is_asked_until_the_paper_has_come_out() {
    let mut bench = bench();
    let printing = in_printer(&mut bench);
    assert_eq!(asked(&bench), [7], "at once");
    hears(&mut bench, printing, PrintReport::Printing { trouble: None });
    assert_eq!(bench.title(), "正在打印");
    assert!(asked(bench.after_seconds(1)).is_empty());
    assert_eq!(asked(bench.after_seconds(1)), [7], "two seconds later");
    assert!(
        asked(bench.after_seconds(59)).is_empty(),
        "not while the answer is to come"
    );
    hears(&mut bench, printing, PrintReport::Printed);
    assert_eq!((bench.title(), mark(&bench)), ("打好了".to_owned(), Some(Mark::Good)));
    assert!(asked(bench.after_seconds(100)).is_empty());
}

#[test]
fn a_printer_that_gives_no_number_has_the_paper_and_tells_no_more() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    hears(&mut bench, sending, PrintReport::Taken { number: None });
    assert_eq!(state(&bench, sending.0), PrintState::Done { confirmed: false });
    assert_eq!(bench.title(), "打印机收到了");
}

#[test]
fn paper_that_runs_out_in_the_middle_is_told_and_nothing_is_sent_again() {
    let mut bench = bench();
    let printing = in_printer(&mut bench);
    let trouble = Some(PrintTrouble::PaperOut);
    hears(&mut bench, printing, PrintReport::Printing { trouble });
    assert_eq!(bench.title(), "打印机没有纸了");
    assert!(bench.says().contains("请放好纸，它会接着打。"));
    let said = bench.spoken().unwrap().parts.concat();
    assert!(said.contains("没有纸"), "{said}");
    bench.taps("job-look-again");
    assert_eq!((sent(&bench), asked(&bench)), (vec![], vec![7]));
    hears(&mut bench, printing, PrintReport::Printing { trouble: None });
    assert_eq!(bench.title(), "正在打印");
    hears(&mut bench, printing, PrintReport::Printed);
    assert_eq!(bench.title(), "打好了");
}

#[test]
fn each_trouble_has_its_own_sentence_and_the_next_step_is_the_first_answer() {
    let mut said = BTreeSet::new();
    for trouble in PrintTrouble::ALL {
        if matches!(trouble, PrintTrouble::GivenUp | PrintTrouble::CannotSave) {
            continue;
        }
        let mut bench = bench();
        let sending = prints(&mut bench);
        hears(&mut bench, sending, PrintReport::NotSent(trouble));
        assert!(said.insert(bench.view().reading[..2].to_vec()), "{trouble:?}");
        let first = bench.choice_ids().remove(0);
        if trouble.needs_another_printer() {
            assert_eq!(bench.taps(&first).page(), Page::Printers, "{trouble:?}");
        } else {
            assert_eq!(sent(bench.taps(&first)).len(), 1, "{trouble:?}: one tap prints it");
        }
    }
}

#[test]
fn a_printer_that_is_off_is_tried_later_and_later_and_the_paper_goes_out_by_itself() {
    let mut bench = bench();
    let (id, mut attempt) = prints(&mut bench);
    for pause in [5, 10, 20, 40, 60, 60] {
        let off = PrintReport::NotSent(PrintTrouble::Unreachable);
        hears(&mut bench, (id, attempt), off);
        assert_eq!(bench.title(), "找不到打印机");
        let pause = SignedDuration::from_secs(pause);
        assert_eq!(bench.core.next_wake(), Some(bench.at() + pause));
        bench.after(pause - SignedDuration::from_millis(1));
        assert_eq!(sent(&bench), [], "not before its time");
        bench.after(SignedDuration::from_millis(1));
        assert_eq!(sent(&bench), [(id, attempt + 1, PRINTER.to_owned())]);
        attempt += 1;
    }
    hears(&mut bench, (id, attempt), PrintReport::Taken { number: Some(7) });
    assert_eq!(bench.title(), "正在打印");
}

#[test]
fn a_tap_or_the_network_makes_it_go_at_once() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    hears(&mut bench, sending, PrintReport::NotSent(PrintTrouble::Unreachable));
    let (id, attempt, _) = sent(bench.taps("print-retry")).pop().unwrap();
    hears(
        &mut bench,
        (id, attempt),
        PrintReport::NotSent(PrintTrouble::Unreachable),
    );
    assert_eq!(sent(bench.gets(Incoming::NetworkBack)).len(), 1);
}

#[test]
fn paper_and_covers_wait_for_the_person_and_not_for_time() {
    for trouble in [
        PrintTrouble::PaperOut,
        PrintTrouble::CoverOpen,
        PrintTrouble::PaperJam,
        PrintTrouble::InkOut,
    ] {
        let mut bench = bench();
        let sending = prints(&mut bench);
        hears(&mut bench, sending, PrintReport::NotSent(trouble));
        assert_eq!(lets_pass(&mut bench, SignedDuration::from_hours(3)), [], "{trouble:?}");
        assert_eq!(sent(bench.taps("print-retry")).len(), 1);
    }
}

#[test]
fn what_was_wanted_yesterday_does_not_come_out_when_nobody_is_there() {
    let mut bench = bench();
    let (id, mut attempt) = prints(&mut bench);
    for _ in 0..2_000 {
        hears(
            &mut bench,
            (id, attempt),
            PrintReport::NotSent(PrintTrouble::Unreachable),
        );
        match lets_pass(&mut bench, SignedDuration::from_secs(61)).pop() {
            Some((_, again, _)) => attempt = again,
            None => break,
        }
    }
    let waited = bench.at().duration_since(job(&bench, id).asked_at);
    assert!((23..25).contains(&waited.as_hours()), "{waited:?}");
    bench.gets(Incoming::NetworkBack);
    assert_eq!(sent(&bench), []);
    assert_eq!(sent(bench.taps("print-retry")).len(), 1);
}

#[test]
fn two_papers_for_one_printer_go_one_after_the_other_and_another_printer_need_not_wait() {
    let mut bench = bench();
    let (first, attempt) = prints(&mut bench);
    let print = |bench: &mut Bench| {
        let copy = Command::PrintCopy(first);
        does(bench, copy);
        sent(bench)
    };
    assert_eq!(print(&mut bench), []);
    assert_eq!(bench.title(), "等着打印");
    let second = bench.core.screen.printing.job.unwrap();
    let other = super::super::Printer {
        address: "ipp://other.local/ipp/print".to_owned(),
        name: String::new(),
    };
    does(&mut bench, Command::OtherPrinter(second));
    does(&mut bench, Command::Choose(other));
    assert_eq!(sent(&bench).len(), 1, "another printer is free");
    assert_eq!(print(&mut bench), []);
    hears(&mut bench, (first, attempt), PrintReport::Taken { number: Some(1) });
    assert_eq!(sent(&bench).len(), 1, "the first printer is free again");
}

#[test]
fn a_late_report_on_an_earlier_attempt_is_ignored() {
    let mut bench = bench();
    let first = prints(&mut bench);
    hears(&mut bench, first, PrintReport::NotSent(PrintTrouble::PaperOut));
    let (id, attempt, _) = sent(bench.taps("print-retry")).pop().unwrap();
    assert_ne!(attempt, first.1);
    hears(&mut bench, first, PrintReport::Cut);
    assert_eq!(state(&bench, id), PrintState::Sending);
}

#[test]
fn a_paper_that_is_not_wanted_any_more_can_be_wanted_again() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    hears(&mut bench, sending, PrintReport::NotSent(PrintTrouble::Unreachable));
    bench.taps("job-cancel");
    assert_eq!(state(&bench, sending.0), PrintState::Cancelled);
    assert_eq!(lets_pass(&mut bench, SignedDuration::from_mins(10)), []);
    bench.taps("result-undo");
    assert_eq!(
        state(&bench, sending.0),
        PrintState::Sending,
        "it goes on from where it was"
    );
}

#[test]
fn what_the_printer_has_already_is_told_to_stop() {
    let stops = |bench: &Bench| {
        let stop = |effect: &Effect| matches!(effect, Effect::CancelPrint { number: 7, .. });
        bench.effects.iter().any(stop)
    };
    let mut bench = bench();
    in_printer(&mut bench);
    assert!(stops(bench.taps("job-cancel")));
    // It was on its way when it was cancelled.
    let sending = prints(&mut bench);
    bench.taps("job-cancel");
    assert!(!stops(&bench));
    hears(&mut bench, sending, PrintReport::Taken { number: Some(7) });
    assert!(stops(&bench));
    assert_eq!(state(&bench, sending.0), PrintState::Cancelled);
}

#[test]
fn another_copy_is_a_job_of_its_own_and_leaves_the_first_as_it_was() {
    let mut bench = bench();
    let printing = in_printer(&mut bench);
    hears(&mut bench, printing, PrintReport::Printed);
    let first = job(&bench, printing.0);
    bench.taps("print-again");
    assert_eq!(job(&bench, printing.0), first);
    let (copy, attempt, _) = sent(&bench).pop().unwrap();
    hears(
        &mut bench,
        (copy, attempt),
        PrintReport::NotSent(PrintTrouble::PaperJam),
    );
    assert_eq!(job(&bench, printing.0), first);
    assert_eq!(job(&bench, copy).paper, first.paper);
}

#[test]
fn a_job_prints_the_same_after_its_record_is_gone() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    hears(&mut bench, sending, PrintReport::NotSent(PrintTrouble::PaperOut));
    let paper = job(&bench, sending.0).paper;
    let document = *bench.core.records().documents.keys().next().unwrap();
    bench.does(AppCommand::HealthCode(crate::health_code::Command::Remove(document)));
    does(&mut bench, Command::TryAgain(sending.0));
    let printed = bench.effects.iter().find_map(|effect| match effect {
        Effect::Print { paper, .. } => Some((**paper).clone()),
        _ => None,
    });
    assert_eq!(printed, Some(paper));
}

#[test]
fn papers_that_are_over_are_let_go_by_number_and_by_age_and_all_of_them_when_all_is_erased() {
    let mut bench = bench();
    let mut ids = Vec::new();
    for _ in 0..MOST_FINISHED + 3 {
        let sending = prints(&mut bench);
        hears(&mut bench, sending, PrintReport::Taken { number: None });
        bench.after_seconds(1);
        ids.push(sending.0);
    }
    let kept: Vec<_> = bench.core.records().print_jobs.keys().copied().collect();
    assert_eq!(kept.len(), MOST_FINISHED);
    assert!(ids[3..].iter().all(|id| kept.contains(id)), "the newest are kept");
    let cut = prints(&mut bench);
    hears(&mut bench, cut, PrintReport::Cut);
    lets_pass(&mut bench, FINISHED_FOR + SignedDuration::from_hours(24));
    let kept: Vec<_> = bench.core.records().print_jobs.keys().copied().collect();
    assert_eq!(kept, [cut.0], "what the person was asked about stays");
    bench.does(AppCommand::Settings(crate::settings::Command::EraseAll));
    assert!(bench.core.records().print_jobs.is_empty());
}

#[test]
fn more_papers_than_anybody_wants_are_not_taken() {
    let mut bench = bench();
    let (first, _) = prints(&mut bench);
    for _ in 0..MOST_ON_THEIR_WAY + 5 {
        does(&mut bench, Command::PrintCopy(first));
    }
    assert_eq!(bench.core.records().print_jobs.len(), MOST_ON_THEIR_WAY);
    assert_eq!(bench.title(), "排着的太多了");
}

#[test]
fn a_printer_that_says_nothing_for_hours_leaves_it_to_the_person() {
    let mut bench = bench();
    let (id, attempt) = in_printer(&mut bench);
    let end = bench.at() + ASKED_FOR + SignedDuration::from_mins(2);
    let mut asks = 0;
    while bench.at() < end {
        lets_pass(&mut bench, SignedDuration::from_secs(10));
        if !asked(&bench).is_empty() {
            asks += 1;
        }
        hears(&mut bench, (id, attempt), PrintReport::NoAnswer);
    }
    assert!(asks < 1_000, "{asks}");
    assert_eq!(state(&bench, id), PrintState::Unsure);
    bench.taps("job-came-out");
    assert_eq!(state(&bench, id), PrintState::Done { confirmed: true });
}

#[test]
fn the_home_page_speaks_up_only_for_a_job_that_needs_the_person() {
    let banner = |bench: &mut Bench| {
        bench.does(AppCommand::Home);
        bench.choice_ids().contains(&"print-needs".to_owned())
    };
    let mut bench = bench();
    assert!(!banner(&mut bench));
    let printing = in_printer(&mut bench);
    assert!(!banner(&mut bench));
    let trouble = Some(PrintTrouble::CoverOpen);
    hears(&mut bench, printing, PrintReport::Printing { trouble });
    assert_eq!(bench.page(), Page::Home, "no page is taken away");
    let said = bench.spoken().unwrap().parts.concat();
    assert!(said.contains("盖子"), "{said}");
    assert!(banner(&mut bench));
    assert_eq!(bench.taps("print-needs").title(), "打印机的盖子开着");
    hears(&mut bench, printing, PrintReport::Printed);
    assert!(!banner(&mut bench));
}

#[test]
fn the_list_has_what_needs_the_person_on_top_and_each_opens_with_one_tap() {
    let mut bench = bench();
    let done = prints(&mut bench);
    hears(&mut bench, done, PrintReport::Taken { number: None });
    let waits = prints(&mut bench);
    hears(&mut bench, waits, PrintReport::NotSent(PrintTrouble::PaperOut));
    let sending = prints(&mut bench);
    bench.does(AppCommand::Home).taps("home-print").taps("queue-see");
    let ids = [waits.0, sending.0, done.0].map(|id| id.to_string());
    assert_eq!(bench.choice_ids()[..3], ids);
    assert_eq!(bench.taps(&ids[0]).title(), "打印机没有纸了");
}

#[test]
fn nothing_is_begun_while_the_program_ends() {
    let mut bench = bench();
    let first = prints(&mut bench);
    does(&mut bench, Command::PrintCopy(first.0));
    bench.gets(Incoming::Closing);
    assert!(bench.core.is_sending_to_a_printer());
    hears(&mut bench, first, PrintReport::Taken { number: Some(7) });
    assert_eq!(sent(&bench), []);
    assert!(!bench.core.is_sending_to_a_printer());
    let bench = bench.restarted();
    let sending = |job: &PrintJob| job.state == PrintState::Sending;
    assert!(
        bench.core.records().print_jobs.values().any(sending),
        "it goes on at the next start"
    );
}
