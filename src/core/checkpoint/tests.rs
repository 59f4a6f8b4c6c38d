#![allow(clippy::unwrap_used)]

use anban_credential::{IdentityDocument, Kind, Status};
use jiff::SignedDuration;

use super::Command;
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::effect::{Effect, Fetched, FileContent, FileTrouble, ReadCode, Sound};
use crate::register;
use crate::symbol::Symbology;
use crate::testing::{Bench, Region, health_claims};
use crate::view::{Body, Mark, VerdictView};

/// Somebody who trusts the region, at a door.
fn at_the_door(region: &Region) -> Bench {
    let mut bench = region.bench();
    bench.opens(Page::Helpers).taps("helpers-checkpoint");
    bench
}

fn scans<'b>(bench: &'b mut Bench, text: &str) -> &'b mut Bench {
    let text = text.to_owned();
    bench.does(AppCommand::Checkpoint(Command::Scanned { text }))
}

fn answer(bench: &Bench) -> VerdictView {
    match bench.view().body {
        Body::Verdict(view) => view,
        other => unreachable!("{other:?} is no answer"),
    }
}

fn sounds(bench: &Bench) -> Vec<Sound> {
    let sounds = bench.effects.iter().filter_map(|effect| match effect {
        Effect::Play(sound, _) => Some(*sound),
        _ => None,
    });
    sounds.collect()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn a_green_code_may_pass_with_word_shape_sound_voice_name_and_masked_number() {
    let region = Region::new();
    let mut claims = health_claims(1, Status::Green);
    claims.person.identity_document = Some(IdentityDocument {
        kind: "resident-identity-card".to_owned(),
        number: "11010519491231002X".to_owned(),
    });
    let mut bench = at_the_door(&region);
    assert!(bench.view().takes_scans);
    scans(&mut bench, &region.issue(&claims));
    let shown = answer(&bench);
    assert_eq!((shown.mark, shown.word.text.as_str()), (Mark::Good, "可以通过"));
    assert_eq!(shown.name.unwrap().text, "王秀兰");
    assert!(
        shown.facts.iter().any(|fact| fact.value == "110105 ******** 002X"),
        "{:?}",
        shown.facts
    );
    assert!(!bench.says().contains("19491231"));
    assert_eq!(sounds(&bench), [Sound::StateGood]);
    assert_eq!(bench.spoken().unwrap().parts[..2], ["可以通过", "王秀兰"]);
    assert!(bench.view().takes_scans, "the next one needs no tap");
    assert!(bench.core.records().entries.is_empty() && bench.core.records().documents.is_empty());
}

#[test]
fn each_reason_not_to_let_somebody_pass_has_its_own_sentence_and_level() {
    let region = Region::new();
    let stale = {
        let mut claims = health_claims(1, Status::Green);
        claims.issued_at = claims.issued_at.checked_sub(days(5)).unwrap();
        claims
    };
    let slip = {
        let mut claims = health_claims(1, Status::Green);
        (claims.kind, claims.health) = (Kind::Appointment, None);
        claims
    };
    let pass = {
        let mut claims = health_claims(1, Status::Green);
        (claims.kind, claims.health) = (Kind::EntryPass, None);
        claims
    };
    let green = health_claims(1, Status::Green);
    let broken = region.issue(&green)[..60].to_owned();
    let cases = [
        (region.issue(&pass), 0, Mark::Good, "有效"),
        (
            region.issue(&health_claims(1, Status::Yellow)),
            0,
            Mark::Caution,
            "黄码",
        ),
        (region.issue(&stale), 0, Mark::Caution, "码旧了"),
        (region.issue(&slip), 0, Mark::Caution, "但不是健康码"),
        (Region::new().issue(&green), 0, Mark::Caution, "不知道是谁签发的"),
        ("https://example.com".to_owned(), 0, Mark::Caution, "不是健康码"),
        (region.issue(&green), -10, Mark::Caution, "还没到"),
        (region.issue(&health_claims(1, Status::Red)), 0, Mark::Bad, "红码"),
        (
            Region::new().issue(&health_claims(1, Status::Red)),
            0,
            Mark::Bad,
            "红码",
        ),
        (region.issue(&green), 8, Mark::Bad, "过期了"),
        (region.forge(), 0, Mark::Bad, "签名不对"),
        (broken, 0, Mark::Bad, "码坏了"),
    ];
    let mut said = std::collections::BTreeSet::new();
    for (text, later, mark, word) in cases {
        let mut bench = at_the_door(&region);
        bench.after(days(later));
        scans(&mut bench, &text);
        let shown = answer(&bench);
        let reason = shown.lines[0].text.clone();
        assert_eq!(shown.mark, mark, "{reason}");
        assert!(reason.contains(word), "{reason:?} should say {word:?}");
        said.insert(reason);
    }
    assert!(said.len() >= 11);
}

#[test]
fn a_revoked_document_is_refused_as_soon_as_the_new_list_is_there() {
    let region = Region::new();
    let code = region.issue(&health_claims(7, Status::Green));
    let id = anban_credential::read(&code).unwrap().id();
    let mut bench = at_the_door(&region);
    assert_eq!(answer(scans(&mut bench, &code)).mark, Mark::Good);
    let list = region.sign(&region.list(3).revoke_document(&id));
    bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
    assert_eq!(
        answer(&bench).mark,
        Mark::Good,
        "what was answered stays until the next scan"
    );
    let shown = answer(scans(&mut bench, &code));
    assert_eq!(shown.mark, Mark::Bad);
    assert!(shown.lines[0].text.contains("收回"));
}

#[test]
fn an_expired_list_and_no_list_at_all_are_said_before_and_with_every_answer() {
    let region = Region::new();
    let mut claims = health_claims(1, Status::Green);
    claims.issued_at = claims.issued_at.checked_add(days(50)).unwrap();
    claims.expires_at = claims.expires_at.checked_add(days(50)).unwrap();
    let mut bench = at_the_door(&region);
    bench.after(days(51));
    assert!(bench.says().contains("签发名单过期了"));
    let shown = answer(scans(&mut bench, &region.issue(&claims)));
    assert_eq!(shown.mark, Mark::Caution);
    assert!(shown.lines[0].text.contains("签发名单过期了"));

    let mut bench = Bench::new();
    bench.opens(Page::Checkpoint);
    assert!(bench.says().contains("还没有签发单位的名单"));
    scans(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    assert!(answer(&bench).lines[0].text.contains("还没有签发单位的名单"));
}

#[test]
fn an_answer_stays_until_the_next_scan_or_a_tap() {
    let region = Region::new();
    let mut bench = at_the_door(&region);
    scans(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    bench.after(days(1)).gets(Incoming::NetworkBack);
    assert_eq!((bench.page(), answer(&bench).mark), (Page::Verdict, Mark::Good));
    let visit = bench.view().visit;
    scans(&mut bench, &region.forge());
    assert_eq!((bench.page(), answer(&bench).mark), (Page::Verdict, Mark::Bad));
    assert!(bench.view().visit > visit);
    assert_eq!(bench.taps("verdict-next").page(), Page::Checkpoint);
    assert_eq!(bench.does(AppCommand::Back).page(), Page::Helpers);
}

#[test]
fn a_scan_on_any_other_page_does_nothing() {
    let region = Region::new();
    let code = region.issue(&health_claims(1, Status::Green));
    let mut bench = region.bench();
    for page in Page::all() {
        if super::takes_scans(page) {
            continue;
        }
        bench.opens(page);
        let (before, records) = (bench.view().visit, bench.core.records().clone());
        assert!(!bench.view().takes_scans, "{page:?}");
        scans(&mut bench, &code);
        assert_eq!((bench.page(), bench.view().visit), (page, before));
        assert_eq!(*bench.core.records(), records);
    }
}

#[test]
fn the_parts_of_a_code_are_kept_one_by_one_until_all_are_there() {
    let mut bench = Bench::new();
    bench.opens(Page::Checkpoint);
    scans(&mut bench, "shc:/2/3/5676");
    assert_eq!((bench.page(), sounds(&bench)), (Page::Checkpoint, vec![Sound::Tick]));
    scans(&mut bench, "shc:/1/3/5677");
    assert!(bench.says().contains("扫到 2 张，一共 3 张"));
    scans(&mut bench, "shc:/3/3/5675");
    assert_eq!(bench.page(), Page::Verdict);
    // Whoever comes next begins anew.
    scans(bench.taps("verdict-next"), "shc:/1/2/5676");
    assert!(bench.says().contains("扫到 1 张，一共 2 张"));
}

#[test]
fn a_picture_and_typed_text_are_answered_like_a_scan() {
    let region = Region::new();
    let code = region.issue(&health_claims(1, Status::Green));
    let picture = |texts: &[&str]| {
        let code = |text: &&str| ReadCode {
            symbology: Symbology::Qr,
            text: (*text).to_owned(),
        };
        Ok(FileContent::Picture {
            codes: texts.iter().map(code).collect(),
        })
    };
    for (content, mark) in [
        (picture(&["https://example.com", &code]), Mark::Good),
        (picture(&[]), Mark::Caution),
        (Ok(FileContent::Text(code.clone())), Mark::Good),
        (Err(FileTrouble::TooLarge), Mark::Caution),
    ] {
        let mut bench = at_the_door(&region);
        bench.taps("checkpoint-picture");
        assert!(bench.effects.contains(&Effect::FindFiles));
        let path = "/home/wang/Pictures/code.png".to_owned();
        bench.does(AppCommand::Checkpoint(Command::CheckFile { path }));
        bench.reads(content);
        assert_eq!(answer(&bench).mark, mark);
        assert!(bench.core.records().documents.is_empty(), "it is checked, not kept");
        assert_eq!(bench.does(AppCommand::Back).page(), Page::Checkpoint);
    }
    let mut bench = at_the_door(&region);
    bench.taps("checkpoint-type").types(&code.to_lowercase());
    assert_eq!(answer(&bench).mark, Mark::Good);
    assert!(bench.core.records().drafts.is_empty());
}

#[test]
fn a_paper_that_is_scanned_for_somebody_without_a_code_is_noted_once() {
    let region = Region::new();
    let mut claims = health_claims(1, Status::Green);
    (claims.kind, claims.health) = (Kind::Vaccination, None);
    let paper = region.issue(&claims);
    let mut bench = at_the_door(&region);
    for _ in 0..2 {
        bench.opens(Page::NoCode);
        scans(&mut bench, &paper);
        assert!(answer(&bench).lines[1].text.contains("登记本"));
    }
    let entries: Vec<_> = bench.core.records().entries.values().cloned().collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].visitor.lane, entries[0].visitor.document.as_str()),
        (register::Lane::Paper, "vaccination")
    );
    // What may be forged is not: red at once. What nobody vouches for is for whoever stands there to say.
    bench.opens(Page::NoCode);
    scans(&mut bench, &region.forge());
    assert!(!bench.choice_ids().contains(&"entry-note".to_owned()));
    bench.opens(Page::NoCode);
    scans(&mut bench, &Region::new().issue(&health_claims(2, Status::Green)));
    assert_eq!(bench.core.records().entries.len(), 1);
    bench.taps("entry-note");
    assert_eq!(bench.core.records().entries.len(), 2);
}

#[test]
fn codes_are_noted_only_where_the_rule_says_so() {
    let region = Region::new();
    let code = region.issue(&health_claims(1, Status::Green));
    let mut bench = at_the_door(&region);
    scans(&mut bench, &code);
    assert!(bench.core.records().entries.is_empty());
    assert!(!bench.choice_ids().contains(&"entry-note".to_owned()));
    bench
        .opens(Page::RegisterRule)
        .taps("register-codes-too")
        .opens(Page::Checkpoint);
    scans(&mut bench, &code);
    let entry = bench.core.records().entries.values().next().unwrap();
    assert_eq!(entry.visitor.lane, register::Lane::Code);
    bench.taps("result-undo");
    assert!(bench.core.records().entries.is_empty());
}

#[test]
fn a_full_disk_does_not_keep_the_answer_from_whoever_waits() {
    let region = Region::new();
    let mut bench = at_the_door(&region);
    bench.opens(Page::NoCode);
    bench.store.full = true;
    scans(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    let shown = answer(&bench);
    assert_eq!(shown.mark, Mark::Good);
    assert!(shown.lines[1].text.contains("没有登记上"));
    bench.store.full = false;
    bench.taps("entry-note");
    assert_eq!(bench.core.records().entries.len(), 1);
}

#[test]
fn the_camera_is_offered_where_there_is_one_and_looks_only_while_a_page_waits() {
    let region = Region::new();
    let watches = |bench: &Bench| {
        let on = bench.effects.iter().filter_map(|effect| match effect {
            Effect::Watch(on) => Some(*on),
            _ => None,
        });
        on.collect::<Vec<_>>()
    };
    let mut bench = at_the_door(&region);
    assert!(bench.effects.contains(&Effect::FindCamera));
    assert!(!bench.choice_ids().contains(&"checkpoint-camera".to_owned()));
    bench.gets(Incoming::Camera(true)).taps("checkpoint-camera");
    assert_eq!(watches(&bench), [true]);
    scans(&mut bench, &region.issue(&health_claims(1, Status::Green)));
    assert!(watches(&bench).is_empty(), "it goes on for the next one");
    assert_eq!(watches(bench.opens(Page::Register)), [false]);
    assert_eq!(watches(bench.opens(Page::Checkpoint)), [true]);
    assert_eq!(watches(bench.gets(Incoming::Camera(false))), [false]);
    assert!(!bench.choice_ids().iter().any(|id| id.starts_with("checkpoint-camera")));
    bench.gets(Incoming::Camera(true)).taps("checkpoint-camera");
    assert_eq!(watches(bench.does(AppCommand::Home)), [false]);
    assert!(
        watches(bench.opens(Page::Checkpoint)).is_empty(),
        "who comes next has to say so again"
    );
}
