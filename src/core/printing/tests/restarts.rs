//! The program ends in the middle: nothing is lost, and nothing is printed twice by itself.

use jiff::SignedDuration;

use super::*;
use crate::effect::PrintTrouble;

#[test]
fn what_waited_for_the_printer_goes_on_by_itself() {
    let mut bench = bench();
    let (id, attempt) = prints(&mut bench);
    hears(
        &mut bench,
        (id, attempt),
        PrintReport::NotSent(PrintTrouble::Unreachable),
    );
    let mut bench = bench.restarted();
    let sent = lets_pass(&mut bench, SignedDuration::from_secs(10));
    assert_eq!(sent, [(id, attempt + 1, PRINTER.to_owned())]);
}

#[test]
fn what_was_cut_in_the_middle_asks_first() {
    let mut bench = bench();
    let (id, attempt) = prints(&mut bench);
    let mut bench = bench.restarted();
    assert_eq!(lets_pass(&mut bench, SignedDuration::from_hours(1)), []);
    assert_eq!(bench.taps("print-needs").title(), "上次没打完");
    assert!(bench.says().contains("要再打一份吗"));
    bench.taps("job-again");
    assert_eq!(sent(&bench), [(id, attempt + 1, PRINTER.to_owned())]);
}

#[test]
fn what_came_out_all_the_same_is_not_printed_again() {
    let mut bench = bench();
    let (id, _) = prints(&mut bench);
    let mut bench = bench.restarted();
    bench.taps("print-needs").taps("job-came-out");
    assert_eq!(state(&bench, id), PrintState::Done { confirmed: true });
    assert_eq!(lets_pass(&mut bench, SignedDuration::from_hours(1)), []);
}

#[test]
fn what_the_printer_has_is_asked_for_and_never_sent_again() {
    let mut bench = bench();
    let printing = in_printer(&mut bench);
    let mut bench = bench.restarted();
    assert_eq!(sent(&bench), []);
    bench.after_seconds(60);
    assert_eq!((sent(&bench), asked(&bench)), (vec![], vec![7]));
    hears(&mut bench, printing, PrintReport::Printed);
    assert_eq!(state(&bench, printing.0), PrintState::Done { confirmed: true });
}

#[test]
fn a_printer_that_has_forgotten_the_number_leaves_it_to_the_person() {
    let mut bench = bench();
    let printing = in_printer(&mut bench);
    let mut bench = bench.restarted();
    hears(&mut bench, printing, PrintReport::Forgotten);
    assert_eq!(state(&bench, printing.0), PrintState::Unsure);
    assert_eq!(lets_pass(&mut bench, SignedDuration::from_hours(3)), []);
}

#[test]
fn an_answer_that_could_not_be_kept_is_asked_about_and_not_guessed() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    bench.store.full = true;
    hears(&mut bench, sending, PrintReport::Taken { number: Some(7) });
    bench.store.full = false;
    assert_eq!(lets_pass(&mut bench, SignedDuration::from_hours(1)), []);
    does(&mut bench, Command::Show(sending.0));
    assert_eq!(bench.title(), "上次没打完");
}

#[test]
fn a_report_that_never_comes_leaves_it_to_the_person() {
    let mut bench = bench();
    let sending = prints(&mut bench);
    assert_eq!(lets_pass(&mut bench, SignedDuration::from_mins(10)), []);
    assert_eq!(state(&bench, sending.0), PrintState::Unsure);
}
