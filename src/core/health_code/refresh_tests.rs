#![allow(clippy::unwrap_used, clippy::panic)]

use anban_credential::{IdentityDocument, Status};
use anban_wire::documents::DocumentKind;
use jiff::SignedDuration;

use super::{About, Command};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::Refusal;
use crate::effect::{Effect, Fetched};
use crate::ids::RequestId;
use crate::outbox::{Answer, DocumentWish, Request, Trouble};
use crate::testing::{Bench, Region, directory, health_claims, timetable};
use crate::view::Mark;

const NUMBER: &str = "11010519491231002X";
const HALF_A_DAY: SignedDuration = SignedDuration::from_hours(12);

/// A code of 王秀兰, signed now and good for `days`.
fn issued(region: &Region, bench: &Bench, id: u8, status: Status, days: i64) -> String {
    let mut claims = health_claims(id, status);
    claims.issued_at = bench.at();
    claims.expires_at = bench.at() + SignedDuration::from_hours(24 * days);
    claims.person.identity_document = Some(IdentityDocument {
        kind: "resident-identity-card".to_owned(),
        number: "1101**********002X".to_owned(),
    });
    claims.health.as_mut().unwrap().reason = (status != Status::Green).then(|| "请在家观察。".to_owned());
    region.issue(&claims)
}

/// Somebody whom the hub has issued a green code, good for `days`, at this moment.
fn with_a_code(region: &Region, days: i64) -> Bench {
    let mut bench = region.bench();
    bench.opens(Page::AddDocument).taps("document-from-hub");
    bench.types("王秀兰").types(NUMBER);
    let (id, _) = bench.sent().remove(0);
    let text = issued(region, &bench, 1, Status::Green, days);
    bench.hears(id, Answer::Issued { text });
    assert_eq!(bench.title(), "领到了");
    bench.does(AppCommand::Home);
    bench
}

/// The hub is heard of; what is asked of it then.
fn hub_is_there(region: &Region, bench: &mut Bench) -> Vec<(RequestId, Request)> {
    let list = region.sign(&region.list(2));
    bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
    bench.sent()
}

fn quiet() -> Request {
    Request::IssueDocument(DocumentWish {
        quiet: true,
        ..DocumentWish::health_status("王秀兰", NUMBER)
    })
}

fn only_code(bench: &Bench) -> super::KeptDocument {
    let documents = &bench.core.records().documents;
    assert_eq!(documents.len(), 1, "nothing piles up");
    documents.values().next().unwrap().clone()
}

fn is_still(bench: &Bench) -> bool {
    let loud = |effect: &Effect| matches!(effect, Effect::Speak(_) | Effect::Play(..));
    !bench.effects.iter().any(loud)
}

#[test]
fn a_code_that_is_half_a_day_old_is_renewed_without_a_page_or_a_word() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    let first = only_code(&bench);
    bench.after(HALF_A_DAY - SignedDuration::from_secs(1));
    assert_eq!(hub_is_there(&region, &mut bench), [], "it is fresh");
    bench.after_seconds(1);
    bench.opens(Page::Settings);
    let sent = hub_is_there(&region, &mut bench);
    assert_eq!((sent.len(), &sent[0].1), (1, &quiet()));
    assert_eq!(hub_is_there(&region, &mut bench), [], "it is not asked twice");
    let text = issued(&region, &bench, 2, Status::Green, 7);
    bench.hears(sent[0].0, Answer::Issued { text: text.clone() });
    assert_eq!((bench.page(), is_still(&bench)), (Page::Settings, true));
    let renewed = only_code(&bench);
    assert_eq!((renewed.id, renewed.added_at), (first.id, first.added_at));
    assert_eq!((renewed.text, renewed.refreshed_at), (text, bench.at()));
    assert!(bench.core.records().outbox.is_empty());
    assert_eq!(hub_is_there(&region, &mut bench), [], "it is fresh again");
}

#[test]
fn a_code_near_its_end_is_renewed_and_one_that_is_always_near_it_once_an_hour() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 1);
    assert_eq!(hub_is_there(&region, &mut bench), [], "it has only just come");
    bench.after_seconds(3600);
    let sent = hub_is_there(&region, &mut bench);
    assert_eq!(sent.len(), 1);
    let text = issued(&region, &bench, 2, Status::Green, 1);
    bench.hears(sent[0].0, Answer::Issued { text });
    assert_eq!(hub_is_there(&region, &mut bench), []);
}

#[test]
fn only_what_the_hub_has_issued_is_asked_of_it() {
    let region = Region::new();
    let mut bench = region.bench();
    let text = region.issue(&health_claims(1, Status::Green));
    bench.does(AppCommand::HealthCode(Command::Import { text }));
    bench.after(HALF_A_DAY * 20);
    assert_eq!(hub_is_there(&region, &mut bench), []);
}

#[test]
fn a_state_that_has_become_worse_is_told_and_stands_on_the_home_page_while_it_is_so() {
    let region = Region::new();
    for (status, mark, word) in [
        (Status::Yellow, Mark::Caution, "黄码"),
        (Status::Red, Mark::Bad, "红码"),
    ] {
        let mut bench = with_a_code(&region, 7);
        bench.after(HALF_A_DAY);
        let (id, _) = hub_is_there(&region, &mut bench).remove(0);
        let text = issued(&region, &bench, 2, status, 7);
        bench.hears(id, Answer::Issued { text });
        assert_eq!(bench.title(), "健康码变了");
        let crate::view::Body::Question(told) = bench.view().body else {
            panic!("a plain page")
        };
        assert_eq!(told.mark, Some(mark));
        assert!(
            bench.says().contains(&format!("王秀兰的健康码现在是{word}")),
            "{}",
            bench.says()
        );
        assert!(bench.says().contains("请在家观察"));
        assert_eq!(bench.taps("document-kept-show").page(), Page::HealthCode);

        bench.does(AppCommand::Home);
        let line = format!("home-health-{}", only_code(&bench).id);
        assert_eq!(bench.choice(&line).text, format!("王秀兰的健康码：{word}"));
        assert_eq!(bench.taps(&line).page(), Page::HealthCode);
        // As bad as before is not worse; better ends it, quietly.
        bench.does(AppCommand::Home).after(HALF_A_DAY);
        let (id, _) = hub_is_there(&region, &mut bench).remove(0);
        let text = issued(&region, &bench, 3, status, 7);
        bench.hears(id, Answer::Issued { text });
        assert_eq!((bench.page(), is_still(&bench)), (Page::Home, true));
        bench.after(HALF_A_DAY);
        let (id, _) = hub_is_there(&region, &mut bench).remove(0);
        let text = issued(&region, &bench, 4, Status::Green, 7);
        bench.hears(id, Answer::Issued { text });
        assert_eq!((bench.page(), is_still(&bench)), (Page::Home, true));
        assert!(!bench.choice_ids().contains(&line), "{:?}", bench.choice_ids());
    }
}

#[test]
fn a_worse_state_waits_below_a_page_that_must_stay() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    bench.after(HALF_A_DAY);
    let (id, _) = hub_is_there(&region, &mut bench).remove(0);
    bench.opens(Page::HealthCode);
    let text = issued(&region, &bench, 2, Status::Red, 7);
    bench.hears(id, Answer::Issued { text });
    assert_eq!((bench.page(), bench.title().as_str()), (Page::HealthCode, "红码"));
    bench.does(AppCommand::Back);
    assert_eq!(bench.title(), "健康码变了");
}

#[test]
fn a_refusal_is_not_shown_leaves_nothing_behind_and_is_not_asked_for_again_for_a_day() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    bench.after(HALF_A_DAY);
    let (id, _) = hub_is_there(&region, &mut bench).remove(0);
    bench.hears(id, Answer::refused(Refusal::NoRecord));
    assert_eq!((bench.page(), is_still(&bench)), (Page::Home, true));
    assert!(bench.core.records().outbox.is_empty());
    let mut bench = bench.restarted();
    bench.after(HALF_A_DAY);
    assert_eq!(hub_is_there(&region, &mut bench), [], "not even after a restart");
    bench.after(HALF_A_DAY);
    assert_eq!(hub_is_there(&region, &mut bench).len(), 1);
}

#[test]
fn what_brings_no_answer_is_let_go_until_the_hub_is_heard_of_again() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    bench.after(HALF_A_DAY);
    for trouble in [Trouble::Unreachable, Trouble::Failing] {
        let (id, _) = hub_is_there(&region, &mut bench).remove(0);
        bench.hears(id, Answer::NoAnswer(trouble));
        assert_eq!((bench.page(), is_still(&bench)), (Page::Home, true));
        assert!(bench.core.records().outbox.is_empty());
        bench.after_seconds(300);
        assert_eq!(bench.sent(), [], "a dead network is not asked");
    }
    // Nor does rubbish stay.
    let (id, _) = hub_is_there(&region, &mut bench).remove(0);
    bench.hears(
        id,
        Answer::Issued {
            text: "AB1:X".to_owned(),
        },
    );
    assert!(bench.core.records().outbox.is_empty());
}

#[test]
fn what_nobody_waits_for_never_stands_before_what_somebody_does() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    bench.after(HALF_A_DAY);
    let (quiet, _) = hub_is_there(&region, &mut bench).remove(0);
    bench.does(AppCommand::HealthCode(Command::AskForHealthStatus));
    let items: Vec<_> = bench.core.records().outbox.values().cloned().collect();
    assert_eq!(
        items.len(),
        1,
        "the person's own question takes the place of the quiet one"
    );
    // The late answer to the quiet one is nobody's; the person's question goes out after it.
    let text = issued(&region, &bench, 2, Status::Green, 7);
    bench.hears(quiet, Answer::Issued { text });
    assert_eq!(bench.sent(), [(items[0].id, items[0].request.clone())]);
    assert_eq!(bench.title(), "正在领");
}

#[test]
fn what_was_removed_is_not_renewed_and_does_not_come_back() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    bench.after(HALF_A_DAY);
    let (id, _) = hub_is_there(&region, &mut bench).remove(0);
    bench.opens(Page::HealthCode).taps("code-remove");
    assert!(bench.core.records().outbox.is_empty());
    let text = issued(&region, &bench, 2, Status::Green, 7);
    bench.hears(id, Answer::Issued { text });
    assert!(bench.core.records().documents.is_empty());
    bench.taps("result-undo");
    let records = bench.core.records();
    assert_eq!((records.documents.len(), records.outbox.len()), (1, 1));
}

#[test]
fn an_older_or_unvouched_answer_does_not_take_the_place_of_what_is_kept() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    let first = only_code(&bench);
    let stranger = Region::new();
    bench.after(HALF_A_DAY);
    let mut older = health_claims(9, Status::Red);
    older.expires_at = bench.at() + SignedDuration::from_hours(24 * 7);
    for text in [region.issue(&older), issued(&stranger, &bench, 8, Status::Red, 7)] {
        let (id, _) = hub_is_there(&region, &mut bench).remove(0);
        bench.hears(id, Answer::Issued { text });
        assert_eq!((bench.page(), only_code(&bench).text), (Page::Home, first.text.clone()));
        assert_eq!(
            hub_is_there(&region, &mut bench),
            [],
            "and is not asked for at once again"
        );
        bench.after(HALF_A_DAY * 2);
    }
}

#[test]
fn a_clock_that_was_ahead_makes_nothing_fresh_for_ever() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    bench.now = bench.now.checked_sub(HALF_A_DAY * 60).unwrap();
    assert_eq!(hub_is_there(&region, &mut bench).len(), 1);
}

#[test]
fn a_slip_is_signed_when_the_visit_is_booked_and_again_when_it_says_something_else() {
    let region = Region::new();
    let mut bench = with_a_code(&region, 7);
    let at = bench.at();
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    bench.taps("home-doctor").taps("first").taps("heart");
    bench.taps("department-soonest").taps("confirm-yes");
    let (id, request) = bench.sent().remove(0);
    let Request::BookVisit { visit, wish, .. } = request else {
        panic!("{request:?}")
    };
    let appointment = "a1".to_owned();
    bench.hears(
        id,
        Answer::Booked {
            appointment,
            start: wish.from,
            slot: None,
        },
    );
    let (id, request) = bench.sent().remove(0);
    let Request::IssueDocument(wish) = request else {
        panic!("{request:?}")
    };
    assert_eq!(
        (wish.kind, wish.about),
        (DocumentKind::Appointment, Some(About::Visit(visit)))
    );
    let slip = |appointment: &str, id: u8| {
        let mut claims = health_claims(id, Status::Green);
        claims.kind = anban_credential::Kind::Appointment;
        claims.health = None;
        claims.details.insert("appointment".to_owned(), appointment.to_owned());
        region.issue(&claims)
    };
    // What comes is the slip of another booking: asked again after an hour, quietly.
    bench.hears(id, Answer::Issued { text: slip("a0", 20) });
    assert_eq!(hub_is_there(&region, &mut bench), []);
    bench.after_seconds(3600);
    let (id, request) = hub_is_there(&region, &mut bench).remove(0);
    assert_eq!(request, Request::IssueDocument(DocumentWish { quiet: true, ..wish }));
    bench.hears(id, Answer::Issued { text: slip("a1", 21) });
    bench.after_seconds(3600);
    assert_eq!(hub_is_there(&region, &mut bench), [], "it says what is kept now");
    assert_eq!(bench.core.records().documents.len(), 2);
    // Once the visit is over its slip is of no use.
    let text = issued(&region, &bench, 30, Status::Green, 90);
    bench.after(HALF_A_DAY * 14);
    for (id, request) in hub_is_there(&region, &mut bench) {
        assert_eq!(request, quiet());
        bench.hears(id, Answer::Issued { text: text.clone() });
    }
    assert_eq!(hub_is_there(&region, &mut bench), []);
}

#[test]
fn a_corrected_number_of_the_owner_takes_the_place_of_the_refused_one_and_no_relatives_does() {
    let own = |number: &str| DocumentWish::health_status("王秀兰", number);
    let relatives = |number: &str| DocumentWish {
        relative: true,
        ..own(number)
    };
    assert!(own("1").replaces(&own("2")));
    assert!(relatives("1").replaces(&relatives("1")));
    assert!(!relatives("1").replaces(&relatives("2")), "two relatives of one name");
    assert!(!relatives("1").replaces(&own("1")) && !own("1").replaces(&relatives("1")));
    let slip = DocumentWish {
        kind: DocumentKind::Appointment,
        ..own("1")
    };
    assert!(!slip.replaces(&own("1")));
}
