#![allow(clippy::unwrap_used, clippy::panic)]

use anban_credential::{IdentityDocument, Status};
use anban_wire::persons::Channel;

use super::Command;
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::{Department, Refusal, Words};
use crate::effect::Fetched;
use crate::entry::Field;
use crate::ids::RequestId;
use crate::outbox::{Answer, DocumentWish, Registration, Request};
use crate::testing::{Bench, Region, directory, health_claims};
use crate::view::Body;

const OWN: &str = "11010519491231002X";
const THEIRS: &str = "440524188001010014";

fn one_request(bench: &Bench) -> (RequestId, Request) {
    let mut sent = bench.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    sent.remove(0)
}

/// 王秀兰, who carries a code of her own.
fn owner(region: &Region) -> Bench {
    let mut bench = region.bench();
    for (field, text) in [(Field::Name, "王秀兰"), (Field::IdentityNumber, OWN)] {
        bench.opens(Page::Enter(field)).types(text);
    }
    let text = region.issue(&health_claims(1, Status::Green));
    bench.does(AppCommand::HealthCode(Command::Import { text }));
    bench
}

fn wish() -> DocumentWish {
    DocumentWish {
        relative: true,
        ..DocumentWish::health_status("王建国", THEIRS)
    }
}

/// She has asked for her husband's.
fn asks(bench: &mut Bench) -> RequestId {
    bench
        .does(AppCommand::Home)
        .taps("home-health-code")
        .taps("document-relative");
    assert_eq!(bench.page(), Page::Enter(Field::RelativeName));
    bench.types("王建国");
    assert_eq!(bench.page(), Page::Enter(Field::RelativeNumber));
    bench.types(THEIRS);
    assert_eq!(bench.title(), "正在领");
    let (id, request) = one_request(bench);
    assert_eq!(request, Request::IssueDocument(wish()));
    id
}

/// His code, signed now.
fn his(region: &Region, bench: &Bench, id: u8) -> Answer {
    let mut claims = health_claims(id, Status::Green);
    claims.person.name = "王建国".to_owned();
    claims.person.identity_document = Some(IdentityDocument {
        kind: "resident-identity-card".to_owned(),
        number: "4405**********0014".to_owned(),
    });
    claims.issued_at = bench.at();
    let text = region.issue(&claims);
    Answer::Issued { text }
}

/// The people in the row of the page of codes.
fn people(bench: &Bench) -> Vec<String> {
    let Body::Code(code) = bench.view().body else {
        panic!("no code is shown")
    };
    code.people.into_iter().map(|person| person.text).collect()
}

#[test]
fn a_relatives_code_comes_by_name_and_number_and_stands_in_the_row_of_people() {
    let region = Region::new();
    let mut bench = owner(&region);
    let id = asks(&mut bench);
    let answer = his(&region, &bench, 2);
    bench.hears(id, answer);
    assert_eq!(bench.title(), "领到了");
    assert!(bench.says().contains("这是王建国的健康码。"), "{}", bench.says());
    bench.taps("document-kept-show");
    assert_eq!(people(&bench), ["王秀兰", "王建国"]);
    assert_eq!(bench.view().reading[0], "王建国的健康码：绿码 有效");
    assert!(bench.core.records().outbox.is_empty() && bench.core.records().drafts.is_empty());
}

#[test]
fn a_code_that_comes_while_another_is_shown_does_not_take_its_place_on_the_screen() {
    let region = Region::new();
    let mut bench = owner(&region);
    let id = asks(&mut bench);
    bench.does(AppCommand::Home).opens(Page::HealthCode);
    let answer = his(&region, &bench, 2);
    bench.hears(id, answer);
    assert_eq!(bench.page(), Page::HealthCode);
    assert_eq!(bench.view().reading[0], "王秀兰的健康码：绿码 有效");
    bench.does(AppCommand::Back);
    assert_eq!(
        bench.taps("document-kept-show").view().reading[0],
        "王建国的健康码：绿码 有效"
    );
}

#[test]
fn whom_the_hub_does_not_know_is_registered_by_the_relative_with_one_tap() {
    let region = Region::new();
    let mut bench = owner(&region);
    let id = asks(&mut bench);
    bench.hears(id, Answer::refused(Refusal::NotRegistered));
    assert_eq!(bench.title(), "王建国还没有登记");
    bench.taps("relative-register");
    let (id, request) = one_request(&bench);
    let registration = Registration {
        name: "王建国".to_owned(),
        identity_number: THEIRS.to_owned(),
        channel: Channel::Relative,
        telephone: None,
        helper: Some("王秀兰".to_owned()),
    };
    assert_eq!(request, Request::Register(registration));
    bench.hears(id, Answer::Registered);
    let (id, request) = one_request(&bench);
    assert_eq!(request, Request::IssueDocument(wish()), "the code comes by itself");
    let answer = his(&region, &bench, 2);
    bench.hears(id, answer);
    assert!(bench.core.records().outbox.is_empty(), "the refused question is over");
    assert_eq!(bench.core.records().documents.len(), 2);
}

#[test]
fn a_helper_without_a_name_is_asked_for_it_first() {
    let mut bench = Region::new().bench();
    bench.opens(Page::HealthCode).taps("document-relative");
    bench.types("王建国").types(THEIRS);
    let (id, _) = one_request(&bench);
    bench.hears(id, Answer::refused(Refusal::NotRegistered));
    bench.taps("relative-register");
    assert_eq!((bench.page(), bench.sent().len()), (Page::Enter(Field::Name), 0));
    bench.types("王秀兰");
    let (_, request) = one_request(&bench);
    let Request::Register(registration) = request else {
        panic!("{request:?}")
    };
    assert_eq!(registration.helper.as_deref(), Some("王秀兰"));
}

#[test]
fn a_slip_of_the_finger_is_corrected_from_what_was_typed() {
    let region = Region::new();
    let mut bench = owner(&region);
    bench.opens(Page::AddDocument).taps("document-relative");
    bench.types("").types("王建国").types("440524188001010015");
    assert!(bench.says().contains("号码不对"), "{}", bench.says());
    bench.types(OWN);
    // Her own number by mistake: it is her own question then, and nobody else's.
    let (_, request) = one_request(&bench);
    assert_eq!(
        request,
        Request::IssueDocument(DocumentWish::health_status("王建国", OWN))
    );

    let mut bench = owner(&region);
    let id = asks(&mut bench);
    bench.hears(id, Answer::refused(Refusal::NotAccepted));
    assert!(bench.says().contains("对不上"));
    bench.taps("relative-correct");
    assert_eq!(bench.core.records().outbox.len(), 0, "what was refused is let go");
    let field = |bench: &Bench| match bench.view().body {
        Body::Entry(entry) => entry.text,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(&bench), "王建国");
    bench.types("王建国");
    assert_eq!(field(&bench), THEIRS);
}

#[test]
fn a_registration_that_is_refused_leads_to_the_number_and_to_the_counter() {
    let region = Region::new();
    let mut bench = owner(&region);
    let id = asks(&mut bench);
    bench.hears(id, Answer::refused(Refusal::NotRegistered));
    bench.taps("relative-register");
    let (id, _) = one_request(&bench);
    bench.hears(id, Answer::refused(Refusal::NotAccepted));
    assert_eq!(bench.title(), "没有登记上");
    bench.choice("relative-correct");
    bench.taps("register-elsewhere");
    assert_eq!(bench.page(), Page::RegisterElsewhere);
    bench.taps("register-call-12345");
    assert_eq!(bench.dialled(), ["12345"]);
    // All that was refused about him goes when it is corrected.
    bench.does(AppCommand::HealthCode(Command::CorrectRelative(id)));
    assert!(bench.core.records().outbox.is_empty());
}

#[test]
fn without_an_answer_it_is_kept_and_two_relatives_do_not_take_each_others_place() {
    let region = Region::new();
    let mut bench = owner(&region);
    let id = asks(&mut bench);
    bench.hears_nothing(id);
    assert_eq!(bench.title(), "现在连不上");
    bench.opens(Page::AddDocument).taps("document-relative");
    bench.types("王建国").types("990101194803150010");
    assert_eq!(bench.core.records().outbox.len(), 2);
    bench.does(AppCommand::HealthCode(Command::AskForHealthStatus));
    assert_eq!(bench.core.records().outbox.len(), 3);
}

#[test]
fn everybody_is_renewed_with_one_tap_on_their_page() {
    let region = Region::new();
    let mut bench = owner(&region);
    let id = asks(&mut bench);
    let answer = his(&region, &bench, 2);
    bench.hears(id, answer);
    bench.taps("document-kept-show").taps("code-renew");
    let (id, request) = one_request(&bench);
    assert_eq!(request, Request::IssueDocument(wish()));
    bench.after_seconds(60);
    let answer = his(&region, &bench, 3);
    bench.hears(id, answer);
    assert_eq!(
        (bench.title().as_str(), bench.core.records().documents.len()),
        ("领到了", 2)
    );
    bench.does(AppCommand::Home).opens(Page::HealthCode).taps("code-renew");
    let own = DocumentWish::health_status("王秀兰", OWN);
    assert_eq!(one_request(&bench).1, Request::IssueDocument(own));
}

#[test]
fn a_relatives_code_is_renewed_quietly_like_the_owners() {
    let region = Region::new();
    let mut bench = owner(&region);
    let id = asks(&mut bench);
    let answer = his(&region, &bench, 2);
    bench.hears(id, answer);
    bench.after(jiff::SignedDuration::from_hours(13));
    let list = region.sign(&region.list(2));
    bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
    let quiet = DocumentWish { quiet: true, ..wish() };
    assert_eq!(one_request(&bench).1, Request::IssueDocument(quiet));
    let shown = bench
        .core
        .records()
        .documents
        .values()
        .find(|kept| kept.issued_for.is_some());
    let id = shown.unwrap().id;
    bench.does(AppCommand::HealthCode(Command::RemovePerson(id)));
    assert!(bench.core.records().outbox.is_empty(), "nothing of him is left");
}

#[test]
fn the_counters_that_the_hub_names_stand_there_with_their_telephone() {
    let mut bench = Region::new().bench();
    bench.opens(Page::HealthCode).taps("register-elsewhere");
    assert!(
        bench.says().contains("街道办事处"),
        "what is so everywhere: {}",
        bench.says()
    );
    let mut directory = directory(bench.at());
    let words = |chinese: &str| Words {
        chinese: chinese.to_owned(),
        english: String::new(),
    };
    directory.counters.push(Department {
        id: "desk".to_owned(),
        hospital: "lane".to_owned(),
        name: words("健康码登记窗口"),
        phone: "01055550188".to_owned(),
        counter: words("一层大厅"),
        bring: words("身份证"),
        quota_today: None,
        hours: words("八点到十七点"),
        treats: Words::default(),
        specialty: String::new(),
    });
    bench.gets(Incoming::Fetched(Fetched::Directory(directory)));
    for said in [
        "健康码登记窗口",
        "槐树街2号",
        "一层大厅",
        "八点到十七点",
        "身份证",
        "010 5555 0188",
    ] {
        assert!(bench.says().contains(said), "{said}: {}", bench.says());
    }
    bench.taps("call-desk");
    assert_eq!(bench.dialled(), ["01055550188"]);
    assert_eq!(
        crate::help::grouped("010-5555 0188"),
        "010-5555 0188",
        "it is in groups already"
    );
    bench.does(AppCommand::Home).taps("home-doctor").taps("lane");
    assert!(
        !bench.choice_ids().contains(&"desk".to_owned()),
        "nobody sees a doctor there"
    );
}
