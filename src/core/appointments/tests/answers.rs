//! What the hospital answers: yes, no, and a visit called off.

use super::*;

/// Somebody who has booked Monday morning, with what was asked of the hub.
fn booked() -> (Bench, crate::ids::VisitId, crate::ids::RequestId) {
    let mut bench = informed();
    let visit = books(&mut bench, "monday-early");
    let id = bench.sent()[0].0;
    bench.hears(id, yes());
    (bench, visit, id)
}

#[test]
fn a_refusal_is_kept_with_its_reason_and_another_time_is_one_tap_away() {
    for (reason, words) in [
        (Refusal::SlotTaken, "刚被别人挂走了"),
        (Refusal::NothingFree, "没有号了"),
        (Refusal::Gone, "请打电话问问"),
        (Refusal::NotAccepted, "资料不对"),
        (Refusal::NotAllowed, "还不能挂号"),
    ] {
        let mut bench = informed();
        books(&mut bench, "monday-early");
        let id = bench.sent()[0].0;
        bench.hears(id, Answer::refused(reason));
        assert_eq!((bench.page(), mark(&bench)), (Page::Result, Some(Mark::Bad)));
        assert!(bench.says().contains(words), "{words}");
        assert!(bench.effects.contains(&Effect::Play(Sound::Refused, Volume::Loud)));
        assert_eq!(
            state(&bench),
            VisitState::Refused {
                reason,
                offers: Vec::new()
            }
        );
        for _ in 0..5 {
            assert_eq!(
                bench.after_seconds(90).sent(),
                [],
                "what was refused is not sent by itself"
            );
        }
        assert_eq!(bench.taps("book-refused-other").page(), Page::Department);
    }
}

#[test]
fn asking_again_is_a_new_request_for_the_same_visit() {
    let mut bench = informed();
    let visit = books(&mut bench, "monday-early");
    let id = bench.sent()[0].0;
    bench
        .hears(id, Answer::refused(Refusal::NothingFree))
        .taps("booked-show")
        .taps("visit-ask-again");
    let again = bench.sent()[0].0;
    assert_ne!(again, id);
    assert_eq!(state(&bench), VisitState::NotConfirmed);
    assert_eq!(bench.core.records().visits[&visit].request, again);
    assert_eq!(bench.core.records().outbox.len(), 1);
    bench.hears(id, yes());
    assert_eq!(
        state(&bench),
        VisitState::NotConfirmed,
        "the old request's answer is late"
    );
    bench.hears(again, yes());
    assert!(matches!(state(&bench), VisitState::Booked { .. }));
}

#[test]
fn a_refused_visit_can_be_removed_and_taken_back() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let id = bench.sent()[0].0;
    bench.hears(id, Answer::refused(Refusal::SlotTaken));
    let before = bench.core.records().clone();
    bench.taps("booked-show").taps("visit-drop");
    assert!(bench.core.records().visits.is_empty() && bench.core.records().outbox.is_empty());
    assert_eq!(*bench.taps("result-undo").core.records(), before);
}

#[test]
fn a_visit_is_cancelled_when_the_hospital_has_said_so() {
    let (mut bench, visit, _) = booked();
    bench.taps("booked-show").taps("visit-cancel");
    assert_eq!(
        (bench.page(), bench.choice("cancel-no").tone),
        (Page::CancelVisit, Tone::Main)
    );
    bench.taps("cancel-yes");
    assert!(matches!(state(&bench), VisitState::CancelNotConfirmed { .. }));
    assert_eq!(
        (bench.title().as_str(), mark(&bench)),
        ("还没退成", Some(Mark::Waiting))
    );
    let (id, request) = bench.sent().remove(0);
    let appointment = "appointment-1".to_owned();
    assert_eq!(
        request,
        Request::CancelVisit {
            visit,
            appointment,
            declined: false
        }
    );
    bench.hears(id, Answer::Cancelled);
    assert_eq!(
        (state(&bench), bench.title().as_str()),
        (VisitState::Cancelled, "退好了")
    );
    bench.does(AppCommand::Home);
    assert!(!bench.choice_ids().contains(&"next-visit".to_owned()));
}

#[test]
fn a_cancellation_that_is_refused_leaves_the_visit_booked() {
    let (mut bench, _, _) = booked();
    let before = state(&bench);
    bench.taps("booked-show").taps("visit-cancel").taps("cancel-yes");
    let id = bench.sent()[0].0;
    bench.hears(id, Answer::refused(Refusal::Gone));
    assert_eq!((state(&bench), bench.title().as_str()), (before, "没有退成"));
    let outbox = &bench.core.records().outbox;
    let kept: Vec<_> = outbox.values().map(|item| (item.id, item.refused)).collect();
    assert_eq!(
        kept,
        [(id, Some(Refusal::Gone))],
        "it stays where it can be tried again"
    );
}

#[test]
fn a_visit_that_is_not_confirmed_cannot_be_cancelled_behind_the_hospitals_back() {
    let mut bench = informed();
    let visit = books(&mut bench, "monday-early");
    bench.does(AppCommand::Appointments(Command::Cancel(visit)));
    assert_eq!(
        (state(&bench), bench.title().as_str()),
        (VisitState::NotConfirmed, "先等一等")
    );
    bench.does(AppCommand::Appointments(Command::Drop(visit)));
    assert_eq!(state(&bench), VisitState::NotConfirmed);
}

#[test]
fn keeping_the_visit_changes_nothing() {
    let (mut bench, _, _) = booked();
    let before = bench.core.records().clone();
    bench.taps("booked-show").taps("visit-cancel").taps("cancel-no");
    assert_eq!((bench.page(), bench.core.records()), (Page::Visit, &before));
}

#[test]
fn what_the_hospital_says_is_told_on_the_home_page_and_not_over_a_page_in_use() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let id = bench.sent()[0].0;
    bench.opens(Page::Enter(Field::Address)).hears(id, yes());
    assert_eq!(bench.page(), Page::Enter(Field::Address));
    bench.does(AppCommand::Home);
    let next = bench.choice("next-visit");
    assert!(next.text.contains("心内科"));
    assert!(next.note.contains("窗口"), "where: {}", next.note);
    let bring = bench.choice("next-visit-bring").note;
    assert!(bring.contains("身份证"), "what to bring: {bring}");
}
