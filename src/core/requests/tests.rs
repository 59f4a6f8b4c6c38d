//! What is not done yet stays where the person sees it; the device is registered before anything is asked.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::account::{Account, AccountState};
use crate::app::{Command, Page};
use crate::appointments::Refusal;
use crate::feed::tests::known;
use crate::outbox::{Answer, Request, Trouble};
use crate::store::{Change, Store};
use crate::sync_tests::{books, informed, yes};
use crate::testing::{Bench, HUB, newcomer};

/// Somebody with a name and a hub that was never asked anything.
fn fresh() -> Bench {
    let mut records = informed().core.records().clone();
    records.accounts.clear();
    Bench::with(records)
}

#[test]
fn the_device_is_registered_before_anything_else_is_asked() {
    let mut bench = fresh();
    assert_eq!(
        bench.sent(),
        [],
        "nothing is registered before there is something to ask"
    );
    let visit = books(&mut bench, "tuesday");
    let (id, request) = bench.sent().remove(0);
    let name = "王秀兰".to_owned();
    assert_eq!(request, Request::RegisterDevice { name });
    assert!(bench.core.records().accounts[HUB].secret.is_well_formed());
    bench.hears(
        id,
        Answer::DeviceKnown {
            device: "d".to_owned(),
            patient: "p".to_owned(),
            epoch: None,
        },
    );
    let (id, request) = bench.sent().remove(0);
    assert!(matches!(request, Request::BookVisit { visit: asked, .. } if asked == visit));
    bench.hears(id, yes());
    assert!(bench.core.records().outbox.values().all(|item| item.request.is_quiet()));
    assert!(
        bench.core.records().acknowledged.contains_key(&id),
        "it is remembered for a hub that forgets"
    );
}

#[test]
fn a_hub_without_accounts_is_used_without_one() {
    let mut bench = fresh();
    books(&mut bench, "tuesday");
    let id = bench.sent()[0].0;
    bench.hears(id, Answer::NoAccounts);
    assert!(matches!(bench.sent()[0].1, Request::BookVisit { .. }));
    assert_eq!(bench.core.account().unwrap().credentials(), None);
}

#[test]
fn a_device_that_was_taken_back_says_so_and_goes_on_when_it_is_registered_anew() {
    let mut bench = known();
    books(&mut bench, "tuesday");
    let (booking, _) = bench.sent().remove(0);
    let gone = || Answer::NoAnswer(Trouble::SignedOut);
    bench.hears(booking, gone());
    // Perhaps the hub has only forgotten it: once it is registered again, under the same command.
    let (first, request) = bench.sent().remove(0);
    assert!(matches!(request, Request::RegisterDevice { .. }));
    assert_eq!(first, bench.core.account().unwrap().request);
    let known = |device: &str| Answer::DeviceKnown {
        device: device.to_owned(),
        patient: "patient-1".to_owned(),
        epoch: None,
    };
    bench.hears(first, known("device-1"));
    assert_eq!(bench.sent()[0].0, booking);
    bench.hears(booking, gone());
    assert_eq!(bench.core.account().unwrap().state, AccountState::SignedOut);
    assert_eq!(bench.sent(), []);
    assert!(bench.core.records().outbox.contains_key(&booking), "nothing is lost");
    bench.does(Command::Home).taps("home-signed-out").taps("requests-anew");
    let (anew, _) = bench.sent().remove(0);
    assert_ne!(anew, first, "as another device");
    bench.hears(anew, known("device-2"));
    assert_eq!(bench.sent()[0].0, booking);
}

#[test]
fn a_hub_that_goes_back_twice_before_it_lets_the_device_in_does_not_sign_it_out() {
    let mut bench = known();
    let account = Account {
        epoch: Some("the first".to_owned()),
        ..bench.core.account().unwrap().clone()
    };
    bench.store.commit(&[Change::PutAccount(account)]).unwrap();
    let mut bench = bench.restarted();
    books(&mut bench, "tuesday");
    let (booking, _) = bench.sent().remove(0);
    let command = bench.core.account().unwrap().request;
    for life in ["the second", "the third", "the fourth"] {
        bench.hears(booking, Answer::NoAnswer(Trouble::SignedOut));
        let (again, _) = bench.sent().remove(0);
        assert_eq!(again, command, "under the same command");
        let answer = Answer::DeviceKnown {
            device: format!("device of {life}"),
            patient: format!("patient of {life}"),
            epoch: Some(life.to_owned()),
        };
        bench.hears(again, answer);
        let account = bench.core.account().unwrap();
        assert_eq!((account.epoch.as_deref(), account.repeated), (Some(life), false));
        assert_eq!(bench.sent()[0].0, booking, "{life}");
    }
}

#[test]
fn a_refused_request_is_explained_tried_again_given_up_and_taken_back() {
    let mut bench = known();
    bench
        .does(Command::Home)
        .taps("home-family")
        .taps("family-invite")
        .taps("SON");
    let id = bench.sent()[0].0;
    bench.hears(id, Answer::refused(Refusal::NotAccepted));
    bench.does(Command::Home).taps("home-requests").taps(&id.to_string());
    assert_eq!(bench.page(), Page::Request);
    assert!(
        bench.says().contains("请儿子帮忙") && bench.says().contains("内容不对"),
        "{}",
        bench.says()
    );
    bench.taps("request-again");
    assert_eq!(bench.sent()[0].0, id);
    bench.hears(id, Answer::refused(Refusal::NotAccepted));
    let before = bench.core.records().clone();
    bench
        .does(Command::Home)
        .taps("home-requests")
        .taps(&id.to_string())
        .taps("request-drop");
    assert!(bench.core.records().outbox.is_empty());
    assert_eq!(*bench.taps("result-undo").core.records(), before);
}

#[test]
fn one_request_that_the_hub_cannot_answer_holds_up_no_other() {
    let mut bench = known();
    books(&mut bench, "tuesday");
    let (first, _) = bench.sent().remove(0);
    bench.hears(first, Answer::NoAnswer(Trouble::Failing));
    books(&mut bench, "monday-early");
    // The hub was heard of meanwhile, so the first was tried once more.
    bench.hears(first, Answer::NoAnswer(Trouble::Failing));
    let (second, _) = bench.sent().remove(0);
    assert_ne!(first, second);
}

#[test]
fn what_the_hospital_offers_instead_is_one_tap_away() {
    let mut bench = known();
    let visit = books(&mut bench, "tuesday");
    let (id, _) = bench.sent().remove(0);
    let offers = vec![crate::appointments::Offer {
        slot: "monday-late".to_owned(),
        start: crate::testing::shanghai("2026-11-23T14:00"),
    }];
    let reason = Refusal::SlotTaken;
    bench.hears(id, Answer::Refused { reason, offers });
    // On the page that says so, on that of the request, and on that of the visit.
    let offered = |bench: &Bench| bench.choice("visit-offer-1").text.replace('\n', " ");
    assert!(offered(&bench).contains("明天 星期一 下午两点"));
    bench.does(Command::Requests(super::Command::Show(id)));
    assert!(offered(&bench).contains("明天 星期一 下午两点"));
    bench.does(Command::Appointments(crate::appointments::Command::Show(visit)));
    assert!(offered(&bench).contains("明天 星期一 下午两点"));
    bench.taps("visit-offer-1");
    let (again, request) = bench.sent().remove(0);
    assert_ne!(again, id);
    let Request::BookVisit { wish, visit: asked, .. } = request else {
        panic!("{request:?}")
    };
    assert_eq!((wish.slot.as_deref(), asked), (Some("monday-late"), visit));
}

#[test]
fn with_nothing_to_be_done_the_page_says_so() {
    let mut bench = Bench::with(newcomer());
    bench.taps("home-settings").taps("settings-requests");
    assert_eq!(bench.title(), "都办好了");
}
