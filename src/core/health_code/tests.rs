#![allow(clippy::unwrap_used, clippy::panic)]

use anban_credential::{Issuer, Status};
use ring::rand::SystemRandom;

use super::Command;
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::Refusal;
use crate::effect::{Effect, Fetched, FileContent, FileTrouble, FoundFile, ReadCode};
use crate::entry::Field;
use crate::outbox::{Answer, DocumentWish, Request};
use crate::symbol::Symbology;
use crate::testing::{Bench, Region, health_claims, shanghai};
use crate::view::{Body, CodeView, Mark};

const NUMBER: &str = "11010519491231002X";

fn imports(bench: &mut Bench, text: &str) {
    let text = text.to_owned();
    bench.does(AppCommand::HealthCode(Command::Import { text }));
}

/// The code page, as it stands.
fn code(bench: &mut Bench) -> CodeView {
    match bench.opens(Page::HealthCode).view().body {
        Body::Code(view) => view,
        other => panic!("{other:?}"),
    }
}

fn state(bench: &mut Bench) -> (Option<Mark>, String) {
    let view = code(bench);
    (view.mark, view.state.text)
}

fn kept(bench: &Bench) -> usize {
    bench.core.records().documents.len()
}

#[test]
fn a_valid_code_is_one_tap_away_with_a_word_and_a_mark() {
    let region = Region::new();
    let mut bench = region.bench();
    let text = region.issue(&health_claims(1, Status::Green));
    imports(&mut bench, &text);
    assert_eq!(bench.title(), "收好了");
    bench.does(AppCommand::Home).taps("home-health-code");
    let view = code(&mut bench);
    assert_eq!((view.mark, view.state.text.as_str()), (Some(Mark::Good), "绿码"));
    let symbol = view.symbol.unwrap();
    assert_eq!((symbol.symbology, symbol.text), (Symbology::Qr, text));
    let text = |line: Option<crate::view::Line>| line.unwrap().text;
    assert_eq!(
        (text(view.holder), text(view.what)),
        ("王秀兰".to_owned(), "健康码".to_owned())
    );
    assert_eq!(
        bench.view().reading[0],
        "王秀兰的健康码：绿码 有效",
        "the name is said first"
    );
    assert!(bench.says().contains("2026年11月27日 上午九点"), "{}", bench.says());
}

#[test]
fn a_yellow_and_a_red_code_are_no_pass_and_say_so() {
    let region = Region::new();
    for (status, mark, word) in [
        (Status::Yellow, Mark::Caution, "黄码"),
        (Status::Red, Mark::Bad, "红码"),
    ] {
        let mut bench = region.bench();
        imports(&mut bench, &region.issue(&health_claims(1, status)));
        let (shown, words) = state(&mut bench);
        assert_eq!(shown, Some(mark));
        assert!(words.starts_with(word), "{words}");
        assert!(!words.contains("有效"), "it must not be taken for a pass: {words}");
    }
}

#[test]
fn a_code_is_said_to_be_expired_when_its_time_is_over() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    let left = shanghai("2026-11-27T09:00").duration_since(bench.at());
    bench.after(left);
    assert!(code(&mut bench).symbol.is_some(), "to the last second");
    let (mark, words) = state(&mut bench);
    assert_eq!(mark, Some(Mark::Caution), "it is old by then, and no more than that");
    assert!(words.contains("绿码") && !words.contains("过期"), "{words}");
    bench.after_seconds(1);
    let (mark, words) = state(&mut bench);
    assert_eq!(mark, Some(Mark::Bad));
    assert!(words.contains("已过期"), "{words}");
}

#[test]
fn a_code_that_is_not_valid_yet_is_no_pass() {
    let region = Region::new();
    let mut bench = region.bench();
    let mut claims = health_claims(1, Status::Green);
    claims.issued_at = shanghai("2026-11-25T09:00");
    imports(&mut bench, &region.issue(&claims));
    let (mark, words) = state(&mut bench);
    assert_eq!(mark, Some(Mark::Caution));
    assert!(words.contains("还没生效"), "{words}");
}

#[test]
fn a_code_that_the_region_took_back_is_said_to_be_so() {
    let region = Region::new();
    let mut bench = region.bench();
    let text = region.issue(&health_claims(1, Status::Green));
    imports(&mut bench, &text);
    let id = anban_credential::read(&text).unwrap().id();
    let list = region.sign(&region.list(3).revoke_document(&id));
    bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
    let (mark, words) = state(&mut bench);
    assert_eq!(mark, Some(Mark::Bad));
    assert!(words.contains("已作废"), "{words}");
}

#[test]
fn a_code_of_somebody_nobody_vouches_for_can_be_carried_and_is_not_called_valid() {
    let region = Region::new();
    let mut bench = region.bench();
    let stranger = Issuer::generate(&SystemRandom::new()).unwrap().0;
    let text = stranger
        .issue(&health_claims(1, Status::Green), &SystemRandom::new())
        .unwrap();
    imports(&mut bench, &text);
    let (mark, words) = state(&mut bench);
    assert_eq!(mark, Some(Mark::Caution));
    assert!(words.contains("没核实"), "{words}");
    assert!(bench.says().contains("我们不认识"));
}

#[test]
fn a_code_that_was_changed_after_it_was_signed_is_not_taken() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    let before = bench.core.records().clone();
    let forged = region.forge();
    imports(&mut bench, &forged);
    assert_eq!(bench.title(), "这张收不进来");
    assert!(bench.says().contains("可能被人改过"), "{}", bench.says());
    assert_eq!(*bench.core.records(), before);
}

#[test]
fn rubbish_is_refused_with_a_sentence_and_what_was_there_stays() {
    let region = Region::new();
    let mut bench = region.bench();
    let text = region.issue(&health_claims(1, Status::Green));
    imports(&mut bench, &text);
    let before = bench.core.records().clone();
    for rubbish in [
        "",
        "AB1:",
        "AB1:RUBBISH",
        "HC1:NCFOXN",
        "https://example.org",
        "shc:/5676290952432060346029243740446031222959532654603460292540772804336028702864716745222809286",
        &text[..text.len() / 2],
    ] {
        imports(&mut bench, rubbish);
        assert_eq!(bench.title(), "这张收不进来", "{rubbish}");
        assert_eq!(*bench.core.records(), before);
    }
}

#[test]
fn a_code_that_is_typed_wrong_can_be_corrected() {
    let region = Region::new();
    let mut bench = region.bench();
    let text = region.issue(&health_claims(1, Status::Green));
    bench
        .opens(Page::AddDocument)
        .taps("document-from-text")
        .types(&text[..40]);
    assert_eq!(bench.page(), Page::Enter(Field::DocumentText));
    bench.types(&text);
    assert_eq!((kept(&bench), bench.title().as_str()), (1, "收好了"));
    assert!(bench.core.records().drafts.is_empty());
}

#[test]
fn a_code_that_is_added_twice_is_refreshed_and_not_doubled() {
    let region = Region::new();
    let mut bench = region.bench();
    let claims = health_claims(1, Status::Green);
    imports(&mut bench, &region.issue(&claims));
    let first = bench.core.records().documents.values().next().unwrap().clone();
    bench.after_seconds(3600);
    imports(&mut bench, &region.issue(&claims));
    assert_eq!(kept(&bench), 1);
    let again = bench.core.records().documents.values().next().unwrap();
    assert_eq!((again.id, again.added_at), (first.id, first.added_at));
    assert!(again.refreshed_at > first.refreshed_at);
    bench.taps("result-undo");
    assert_eq!(bench.core.records().documents[&first.id], first);
}

#[test]
fn all_codes_stand_in_one_list_the_newest_first_and_each_is_shown_by_a_tap() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    bench.after_seconds(1);
    let mut other = health_claims(2, Status::Yellow);
    other.person.name = "王建国".to_owned();
    imports(&mut bench, &region.issue(&other));
    assert!(state(&mut bench).1.starts_with("黄码"));
    let first = bench.taps("code-others").choice_ids()[1].clone();
    bench.taps(&first);
    assert_eq!(bench.page(), Page::HealthCode);
    assert!(bench.title().starts_with("绿码"));
}

#[test]
fn a_code_that_was_removed_can_be_taken_back() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    let before = bench.core.records().documents.clone();
    bench.opens(Page::HealthCode).taps("code-remove");
    assert_eq!((kept(&bench), bench.title().as_str()), (0, "拿掉了"));
    bench.taps("result-undo");
    assert_eq!(bench.core.records().documents, before);
}

#[test]
fn an_older_trust_list_never_takes_the_place_of_a_newer_one() {
    let region = Region::new();
    let mut bench = region.bench();
    let newer = region.sign(&region.list(9));
    bench.gets(Incoming::Fetched(Fetched::TrustList(newer.clone())));
    for older in [
        region.sign(&region.list(8)),
        b"rubbish".to_vec(),
        Region::new().sign(&region.list(10)),
    ] {
        bench.gets(Incoming::Fetched(Fetched::TrustList(older)));
        assert_eq!(bench.core.records().trust_list.as_ref(), Some(&newer));
    }
    // Nor after a start with a clock that is a year behind, when both lists are from the future.
    let mut bench = bench.restarted();
    bench.now = "2025-11-22T09:00:00+08:00[Asia/Shanghai]".parse().unwrap();
    bench.gets(Incoming::Fetched(Fetched::TrustList(region.sign(&region.list(8)))));
    assert_eq!(bench.core.records().trust_list.as_ref(), Some(&newer));
}

#[test]
fn the_trust_list_outlives_the_program() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    assert_eq!(state(&mut bench.restarted()).0, Some(Mark::Good));
}

#[test]
fn the_screen_is_brightest_while_a_code_is_shown() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    bench.does(AppCommand::Home).opens(Page::HealthCode);
    assert!(bench.effects.contains(&Effect::Brightest(true)) && bench.view().brightest);
    bench.does(AppCommand::Back);
    assert!(bench.effects.contains(&Effect::Brightest(false)) && !bench.view().brightest);
    bench.opens(Page::Settings);
    assert!(
        !bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Brightest(_)))
    );
}

#[test]
fn the_name_and_number_are_asked_once_and_then_the_hub() {
    let mut bench = Region::new().bench();
    bench.opens(Page::HealthCode).taps("document-from-hub");
    assert_eq!(bench.page(), Page::Enter(Field::Name));
    bench.types("王秀兰");
    assert_eq!(bench.page(), Page::Enter(Field::IdentityNumber));
    bench.types("110105194912310021");
    assert!(bench.says().contains("号码不对"), "a wrong check digit is found here");
    assert_eq!(bench.sent(), []);
    bench.types("11010519491231002x");
    let asked = Request::IssueDocument(DocumentWish::health_status("王秀兰", NUMBER));
    assert_eq!(bench.sent()[0].1, asked);
    assert_eq!(bench.title(), "正在领");
    bench.opens(Page::AddDocument).taps("document-from-hub");
    assert_eq!(bench.sent(), [], "nobody is asked twice");
    assert_eq!(bench.core.records().outbox.len(), 1);
}

/// Somebody who has asked the hub, with the request's id.
fn asked(region: &Region) -> (Bench, crate::ids::RequestId) {
    let mut bench = region.bench();
    bench
        .opens(Page::HealthCode)
        .taps("document-from-hub")
        .types("王秀兰")
        .types(NUMBER);
    let id = bench.sent()[0].0;
    (bench, id)
}

#[test]
fn what_the_hub_issues_is_kept_and_shown() {
    let region = Region::new();
    let (mut bench, id) = asked(&region);
    let text = region.issue(&health_claims(1, Status::Green));
    bench.hears(id, Answer::Issued { text });
    assert_eq!((kept(&bench), bench.title().as_str()), (1, "领到了"));
    assert!(bench.core.records().outbox.is_empty());
    assert_eq!(bench.taps("document-kept-show").title(), "绿码");
}

#[test]
fn an_answer_that_was_lost_and_comes_again_makes_one_document() {
    let region = Region::new();
    let (mut bench, id) = asked(&region);
    bench.hears_nothing(id);
    assert_eq!(bench.title(), "现在连不上");
    assert_eq!(bench.after_seconds(1).sent()[0].0, id, "the same request");
    let text = region.issue(&health_claims(1, Status::Green));
    bench.hears(id, Answer::Issued { text: text.clone() });
    bench.hears(id, Answer::Issued { text });
    assert_eq!(kept(&bench), 1);
}

#[test]
fn what_was_changed_on_its_way_from_the_hub_is_no_answer() {
    let region = Region::new();
    for text in ["rubbish".to_owned(), region.forge()] {
        let (mut bench, id) = asked(&region);
        bench.hears(id, Answer::Issued { text });
        assert_eq!(kept(&bench), 0);
        assert_eq!(bench.core.records().outbox[&id].attempts, 1);
    }
}

#[test]
fn a_refusal_leads_to_the_number_and_asking_again_is_a_new_request() {
    let region = Region::new();
    let (mut bench, id) = asked(&region);
    bench.hears(id, Answer::refused(Refusal::NotAccepted));
    assert!(bench.says().contains("对不上"));
    bench.taps("issue-refused-again").types("440524188001010014");
    let (again, request) = bench.sent().remove(0);
    assert_ne!(again, id);
    assert!(matches!(request, Request::IssueDocument(wish) if wish.identity_number == "440524188001010014"));
    assert_eq!(bench.core.records().outbox.len(), 1, "the refused one gives way");
}

#[test]
fn without_a_hub_the_page_names_the_other_ways() {
    let mut bench = Bench::new();
    bench.opens(Page::HealthCode).taps("document-from-hub");
    assert!(bench.says().contains("社区窗口"));
    assert_eq!(bench.taps("no-hub-helpers").page(), Page::Helpers);
}

#[test]
fn files_are_looked_for_when_their_page_opens_and_each_can_be_chosen() {
    let mut bench = Bench::new();
    bench.opens(Page::Files);
    assert!(bench.effects.contains(&Effect::FindFiles));
    assert!(bench.says().contains("正在找……"));
    bench.gets(Incoming::Files(Vec::new()));
    assert!(bench.says().contains("没找到。请把照片或者文件"));
    let path = "/home/wang/Pictures/code.png".to_owned();
    bench.gets(Incoming::Files(vec![FoundFile {
        path: path.clone(),
        name: "code.png".to_owned(),
        changed_at: shanghai("2026-11-21T12:00"),
    }]));
    assert_eq!(bench.choice(&path).note, "昨天");
    assert_eq!(bench.taps(&path).effects, [Effect::ReadFile { path }]);
}

#[test]
fn the_code_in_a_picture_is_found_among_others() {
    let region = Region::new();
    let mut bench = region.bench();
    let read = |symbology, text: &str| ReadCode {
        symbology,
        text: text.to_owned(),
    };
    let codes = vec![
        read(Symbology::Ean13, "6901234567892"),
        read(Symbology::Qr, &region.issue(&health_claims(1, Status::Green))),
    ];
    bench.opens(Page::Files).reads(Ok(FileContent::Picture { codes }));
    assert_eq!(kept(&bench), 1);
}

#[test]
fn each_trouble_with_a_file_has_its_own_sentence() {
    let mut said = std::collections::BTreeSet::new();
    for content in [
        Err(FileTrouble::Unreadable),
        Err(FileTrouble::Empty),
        Err(FileTrouble::TooLarge),
        Err(FileTrouble::WrongKind),
        Ok(FileContent::Picture { codes: Vec::new() }),
        Ok(FileContent::Text("hello".to_owned())),
        Ok(FileContent::Pass(b"hello".to_vec())),
    ] {
        let mut bench = Bench::new();
        bench.opens(Page::Files).reads(content.clone());
        assert_eq!(bench.page(), Page::Result);
        assert!(said.insert(bench.view().reading[1].clone()), "{content:?}");
    }
}
