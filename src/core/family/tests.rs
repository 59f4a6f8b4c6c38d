//! Inviting, helping, and ending it.
#![allow(clippy::unwrap_used, clippy::panic)]

use anban_wire::accounts::{Grant, GrantsAnswer, Relationship};
use jiff::{SignedDuration, Timestamp};

use crate::app::{Command, Incoming, Page};
use crate::appointments::Refusal;
use crate::effect::Fetched;
use crate::feed::tests::{daughter, hears, known};
use crate::feed::{FeedEntry, FeedPage};
use crate::outbox::{Answer, Request};
use crate::testing::{Bench, shanghai};
use crate::view::Body;

fn invited(bench: &mut Bench) {
    bench
        .does(Command::Home)
        .taps("home-family")
        .taps("family-invite")
        .taps("DAU");
    let (id, request) = bench.sent().remove(0);
    let relationship = Relationship::Daughter;
    assert_eq!(request, Request::Invite { relationship });
    bench.hears(
        id,
        Answer::Invited {
            code: "48215390".to_owned(),
            expires_at: bench.at() + SignedDuration::from_mins(15),
        },
    );
}

fn held() -> Grant {
    Grant {
        id: "g7".to_owned(),
        patient: "patient-7".to_owned(),
        patient_name: "王建国".to_owned(),
        helper_name: "王秀兰".to_owned(),
        relationship: Relationship::Daughter,
        since: shanghai("2026-11-22T08:00"),
    }
}

#[test]
fn the_digits_stand_large_and_are_said_one_by_one() {
    let mut bench = known();
    invited(&mut bench);
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::Invitation, "把这八个数告诉女儿")
    );
    let Body::Question(view) = bench.view().body else {
        panic!("a question")
    };
    assert!(view.facts[0].strong);
    assert_eq!(view.facts[0].value, "4821\n5390");
    assert_eq!(bench.view().reading[view.facts[0].part], "4，8，2，1。5，3，9，0");
    assert!(bench.says().contains("女儿一个人"));
    bench.after(SignedDuration::from_mins(16));
    assert_eq!(bench.title(), "这组数过时了");
    assert!(!bench.says().contains("4821"));
}

/// The feed tells that the daughter may act, since then.
fn hears_of_the_daughter(bench: &mut Bench, since: Timestamp) {
    let FeedEntry::Grant(grant) = daughter() else { panic!() };
    let page = FeedPage {
        epoch: "e1".to_owned(),
        head: 1,
        next: 1,
        more: false,
        entries: vec![FeedEntry::Grant(Grant { since, ..grant })],
    };
    hears(bench, page);
}

#[test]
fn digits_that_were_taken_up_before_and_are_heard_of_late_leave_the_new_ones() {
    let mut bench = known();
    let before = bench.at() - SignedDuration::from_mins(1);
    invited(&mut bench);
    let digits = bench.core.records().family.invitation.clone();
    assert!(digits.is_some());
    hears_of_the_daughter(&mut bench, before);
    assert_eq!(bench.core.records().family.given.len(), 1);
    assert_eq!(bench.core.records().family.invitation, digits);
    assert_eq!(bench.page(), Page::Invitation);
}

#[test]
fn when_the_digits_were_taken_up_whoever_told_them_sees_it() {
    let mut bench = known();
    invited(&mut bench);
    let since = bench.at() + SignedDuration::from_mins(1);
    hears_of_the_daughter(&mut bench, since);
    assert_eq!((bench.page(), bench.title().as_str()), (Page::Result, "成了"));
    assert_eq!(bench.core.records().family.invitation, None);
    bench.taps("family-show");
    assert!(bench.says().contains("女儿王小明能帮您"));
    bench.taps("g1").taps("tie-end").taps("end-tie-yes");
    let (id, request) = bench.sent().remove(0);
    assert_eq!(request, Request::EndGrant { grant: "g1".to_owned() });
    bench.hears(id, Answer::GrantEnded);
    assert!(bench.core.records().family.given.is_empty());
    // A hub that has forgotten that is told again.
    let given = vec![match daughter() {
        FeedEntry::Grant(grant) => grant,
        other => panic!("{other:?}"),
    }];
    let held = Vec::new();
    bench.gets(Incoming::Fetched(Fetched::Grants(GrantsAnswer { given, held })));
    assert_eq!(bench.sent()[0].0, id);
}

#[test]
fn who_has_the_digits_can_book_for_the_other_person() {
    let mut bench = known();
    bench.does(Command::Home).taps("home-family").taps("family-help");
    bench.types("4821 539");
    assert_eq!(
        bench.page(),
        Page::Enter(crate::entry::Field::InvitationCode),
        "seven are not eight"
    );
    bench.types("4821 5390");
    let (id, request) = bench.sent().remove(0);
    let code = "48215390".to_owned();
    assert_eq!(request, Request::AcceptInvitation { code });
    bench.hears(id, Answer::Granted(held()));
    assert!(bench.says().contains("您现在能帮王建国挂号了"));
    bench.does(Command::Home).taps("home-doctor");
    assert_eq!(bench.page(), Page::ForWhom);
    bench.taps("g7").taps("first").taps("heart").taps("department-soonest");
    assert!(bench.says().contains("王建国"));
    bench.taps("confirm-yes");
    let requests: Vec<_> = bench.core.records().outbox.values().map(|item| &item.request).collect();
    let [Request::BookVisit { wish, patient, .. }] = requests[..] else {
        panic!("{requests:?}")
    };
    let other = wish.for_patient.as_ref().unwrap();
    assert_eq!((other.id.as_str(), patient.as_str()), ("patient-7", "王建国"));
    bench.does(Command::Home);
    assert!(
        !bench.choice_ids().contains(&"next-visit".to_owned()),
        "it is not their own visit"
    );
}

#[test]
fn wrong_digits_are_explained_and_can_be_typed_again() {
    let mut bench = known();
    bench
        .does(Command::Home)
        .taps("home-family")
        .taps("family-help")
        .types("48215390");
    let id = bench.sent()[0].0;
    bench.hears(id, Answer::refused(Refusal::NoInvitation));
    assert!(bench.says().contains("这八个数不对"));
    bench.taps("digits-again");
    assert_eq!(bench.page(), Page::Enter(crate::entry::Field::InvitationCode));
}
