#![allow(clippy::unwrap_used, clippy::panic)]

use anban_credential::Status;
use anban_wire::persons::Channel;

use crate::app::Page;
use crate::appointments::Refusal;
use crate::ids::RequestId;
use crate::outbox::{Answer, DocumentWish, Registration, Request};
use crate::testing::{Bench, Region, health_claims};

const NUMBER: &str = "11010519491231002X";

/// Somebody whom the hub does not know has asked for a health code.
fn unknown(region: &Region) -> Bench {
    let mut bench = region.bench();
    bench.opens(Page::AddDocument).taps("document-from-hub");
    bench.types("王秀兰").types(NUMBER);
    let (id, _) = bench.sent().remove(0);
    bench.hears(id, Answer::refused(Refusal::NotRegistered));
    bench
}

fn one_request(bench: &mut Bench) -> (RequestId, Request) {
    let mut sent = bench.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    sent.remove(0)
}

#[test]
fn whoever_is_not_registered_is_registered_with_one_tap_and_gets_the_code() {
    let region = Region::new();
    let mut bench = unknown(&region);
    assert_eq!(bench.title(), "您还没有登记");
    assert!(bench.says().contains("社区窗口"), "the counter stands beside it");
    bench.taps("register-now");
    let (id, request) = one_request(&mut bench);
    let registration = Registration {
        name: "王秀兰".to_owned(),
        identity_number: NUMBER.to_owned(),
        channel: Channel::Own,
        telephone: None,
        helper: None,
    };
    assert_eq!(request, Request::Register(registration));
    assert_eq!(bench.title(), "正在登记");
    bench.hears(id, Answer::Registered);
    let (id, request) = one_request(&mut bench);
    let wish = DocumentWish::health_status("王秀兰", NUMBER);
    assert_eq!(
        request,
        Request::IssueDocument(wish),
        "what they wanted comes by itself"
    );
    let text = region.issue(&health_claims(1, Status::Green));
    bench.hears(id, Answer::Issued { text });
    assert_eq!(bench.title(), "领到了");
    let records = bench.core.records();
    assert_eq!((records.documents.len(), records.outbox.len()), (1, 0));
}

#[test]
fn a_registration_waits_for_the_network_and_is_not_sent_twice_over() {
    let region = Region::new();
    let mut bench = unknown(&region);
    bench.taps("register-now");
    let (id, _) = one_request(&mut bench);
    bench.hears_nothing(id);
    assert_eq!(bench.title(), "现在连不上");
    bench.does(crate::app::Command::HealthCode(super::Command::Register));
    let (again, _) = one_request(&mut bench);
    assert_eq!(again, id, "the same wish keeps its id");
    bench.hears(id, Answer::Registered);
    assert!(matches!(one_request(&mut bench).1, Request::IssueDocument(_)));
}

#[test]
fn a_number_of_another_name_leads_to_the_number() {
    let region = Region::new();
    let mut bench = unknown(&region);
    bench.taps("register-now");
    let (id, _) = one_request(&mut bench);
    bench.hears(id, Answer::refused(Refusal::NotAccepted));
    assert_eq!(bench.title(), "没有登记上");
    bench.taps("register-again");
    let (again, _) = one_request(&mut bench);
    assert_ne!(again, id, "asked anew, in the place of the one that was refused");
    let kept = &bench.core.records().outbox;
    let registrations = kept
        .values()
        .filter(|item| matches!(item.request, Request::Register(_)));
    assert_eq!(registrations.count(), 1);
    bench.hears(again, Answer::refused(Refusal::NotAccepted));
    bench.taps("issue-refused-again");
    assert_eq!(bench.page(), Page::Enter(crate::entry::Field::IdentityNumber));
}

#[test]
fn an_answer_that_does_not_fit_the_question_is_no_answer() {
    let region = Region::new();
    let mut bench = region.bench();
    bench.opens(Page::AddDocument).taps("document-from-hub");
    bench.types("王秀兰").types(NUMBER);
    let (id, _) = one_request(&mut bench);
    bench.hears(id, Answer::Registered);
    assert_eq!(bench.core.records().outbox[&id].attempts, 1);
}
