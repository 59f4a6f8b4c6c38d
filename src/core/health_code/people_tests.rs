//! Whose codes are kept, who comes first, and what is said of a code that is not simply good.
#![allow(clippy::unwrap_used, clippy::panic)]

use anban_credential::{Claims, IdentityDocument, Kind, Status};
use jiff::SignedDuration;

use super::{Command, people};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::effect::{Effect, Fetched, Sound};
use crate::entry::Field;
use crate::settings::Volume;
use crate::testing::{Bench, Region, health_claims, shanghai};
use crate::view::{Body, CodeView, Mark, Tone};

/// A green code of somebody, with the number as the issuer masks it.
fn claims(id: u8, name: &str, number: Option<&str>) -> Claims {
    let mut claims = health_claims(id, Status::Green);
    claims.person.name = name.to_owned();
    claims.person.identity_document = number.map(|number| IdentityDocument {
        kind: "resident-identity-card".to_owned(),
        number: number.to_owned(),
    });
    claims
}

fn imports(bench: &mut Bench, region: &Region, claims: &Claims) {
    bench.after_seconds(1);
    bench.does(AppCommand::HealthCode(Command::Import {
        text: region.issue(claims),
    }));
}

fn code(bench: &Bench) -> CodeView {
    match bench.view().body {
        Body::Code(view) => view,
        other => panic!("{other:?}"),
    }
}

fn names(bench: &Bench) -> Vec<String> {
    people(&bench.core).into_iter().map(|person| person.name).collect()
}

/// The owner's code and her husband's, which came first.
fn couple(region: &Region) -> Bench {
    let mut bench = region.bench();
    bench.opens(Page::Enter(Field::Name)).types("王秀兰");
    imports(&mut bench, region, &claims(1, "王建国", Some("4405**********0014")));
    imports(&mut bench, region, &claims(2, "王秀兰", Some("1101**********002X")));
    bench.does(AppCommand::Home);
    bench
}

#[test]
fn the_owner_comes_first_and_the_others_are_one_tap_away_and_named() {
    let region = Region::new();
    let mut bench = couple(&region);
    bench.taps("home-health-code");
    let view = code(&bench);
    assert_eq!(view.holder.unwrap().text, "王秀兰");
    let row: Vec<_> = view.people.iter().map(|one| (one.text.as_str(), one.tone)).collect();
    assert_eq!(row, [("王秀兰", Tone::Chosen), ("王建国", Tone::Plain)]);
    let husband = view.people[1].id.clone();
    bench.taps(&husband);
    assert_eq!(code(&bench).holder.unwrap().text, "王建国");
    assert_eq!(bench.spoken().unwrap().parts[0], "王建国的健康码：绿码 有效");
}

#[test]
fn whoever_comes_from_home_sees_their_own_code_whatever_was_shown_last() {
    let region = Region::new();
    let mut bench = couple(&region);
    let husband = code(bench.taps("home-health-code")).people[1].id.clone();
    bench.taps(&husband).does(AppCommand::Home).taps("home-health-code");
    assert_eq!(code(&bench).holder.unwrap().text, "王秀兰");
}

#[test]
fn what_a_person_carries_is_one_tap_away_and_what_does_not_hold_says_so_there() {
    let region = Region::new();
    let mut bench = couple(&region);
    let mut expired = claims(3, "王秀兰", Some("1101**********002X"));
    (expired.kind, expired.health) = (Kind::Vaccination, None);
    expired.expires_at = shanghai("2026-11-21T09:00");
    imports(&mut bench, &region, &expired);
    bench.does(AppCommand::Home).taps("home-health-code");
    let kinds: Vec<_> = code(&bench)
        .kinds
        .into_iter()
        .map(|kind| (kind.text, kind.note, kind.tone))
        .collect();
    let owned = |text: &str, note: &str, tone| (text.to_owned(), note.to_owned(), tone);
    assert_eq!(
        kinds,
        [owned("健康码", "", Tone::Chosen), owned("疫苗", "已过期", Tone::Plain)]
    );
    let vaccination = code(&bench).kinds[1].id.clone();
    let view = code(bench.taps(&vaccination));
    assert_eq!(view.symbol, None, "no code that could be taken for one that holds");
    assert_eq!(view.covered.unwrap().text, "已过期");
    assert!(!bench.view().brightest);
    assert_eq!(bench.choice("code-add").tone, Tone::Main, "a new one is one tap away");
}

#[test]
fn people_of_one_name_are_two_people_if_their_numbers_differ() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region, &claims(1, "王秀兰", Some("1101**********002X")));
    imports(&mut bench, &region, &claims(2, "王秀兰", Some("4405**********0014")));
    assert_eq!(names(&bench), ["王秀兰", "王秀兰"]);
    bench.opens(Page::HealthCode);
    let notes: Vec<_> = code(&bench).people.into_iter().map(|one| one.note).collect();
    assert_eq!(notes, ["尾号 002X", "尾号 0014"]);
}

#[test]
fn a_document_that_hides_more_of_the_number_is_the_same_persons() {
    let region = Region::new();
    let mut bench = region.bench();
    for (id, number) in [
        (1, Some("1101**********002X")),
        (2, Some("11**************2X")),
        (3, None),
    ] {
        let mut claims = claims(id, "王秀兰", number);
        (claims.kind, claims.health) = (Kind::Test, None);
        imports(&mut bench, &region, &claims);
    }
    assert_eq!(names(&bench), ["王秀兰"]);
    imports(&mut bench, &region, &claims(4, "王秀兰", Some("4405**********0014")));
    let kept: Vec<_> = people(&bench.core)
        .iter()
        .map(|person| person.documents.len())
        .collect();
    assert_eq!(
        kept,
        [2, 1, 1],
        "the one without a number may be either's, so it stands alone"
    );
}

#[test]
fn all_of_somebody_can_be_removed_and_taken_back() {
    let region = Region::new();
    let mut bench = couple(&region);
    let mut test = claims(3, "王建国", Some("4405**********0014"));
    (test.kind, test.health) = (Kind::Test, None);
    imports(&mut bench, &region, &test);
    let before = bench.core.records().documents.clone();
    bench.taps("document-kept-show").taps("code-remove-person");
    assert_eq!(names(&bench), ["王秀兰"]);
    bench.taps("result-undo");
    assert_eq!(bench.core.records().documents, before);
}

#[test]
fn a_document_of_somebody_else_is_named_when_it_comes() {
    let region = Region::new();
    let mut bench = couple(&region);
    let mut test = claims(3, "王建国", None);
    (test.kind, test.health) = (Kind::Test, None);
    imports(&mut bench, &region, &test);
    assert!(bench.says().contains("这是王建国的检测证明"), "{}", bench.says());
}

#[test]
fn each_state_has_a_sound_of_its_own_when_its_page_opens() {
    let region = Region::new();
    for (status, sound) in [
        (Status::Green, Sound::StateGood),
        (Status::Yellow, Sound::StateCaution),
        (Status::Red, Sound::StateBad),
    ] {
        let mut bench = region.bench();
        imports(&mut bench, &region, &health_claims(1, status));
        bench.taps("document-kept-show");
        assert!(bench.effects.contains(&Effect::Play(sound, Volume::Loud)), "{status:?}");
    }
}

#[test]
fn what_is_stale_is_called_stale_in_days_and_is_no_longer_simply_good() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region, &health_claims(1, Status::Green));
    bench.opens(Page::HealthCode);
    assert_eq!(code(&bench).mark, Some(Mark::Good), "two days are nothing");
    bench.after(SignedDuration::from_hours(48));
    let view = code(bench.opens(Page::HealthCode));
    assert_eq!((view.mark, view.state.text.as_str()), (Some(Mark::Caution), "旧绿码"));
    assert!(view.lines[0].text.starts_with("4 天没更新了"), "{}", view.lines[0].text);
    assert!(view.symbol.is_some(), "it still holds");
    assert!(bench.effects.contains(&Effect::Play(Sound::StateCaution, Volume::Loud)));
}

#[test]
fn a_trust_list_that_has_run_out_is_said_to_be_so() {
    let region = Region::new();
    let mut bench = region.bench();
    let mut pass = claims(1, "王秀兰", None);
    (pass.kind, pass.health) = (Kind::HealthCard, None);
    pass.expires_at = shanghai("2029-11-27T09:00");
    imports(&mut bench, &region, &pass);
    bench.after(SignedDuration::from_hours(24 * 400));
    let view = code(bench.opens(Page::HealthCode));
    assert!(view.lines[0].text.contains("名单过期"), "{}", view.lines[0].text);
    assert!(
        view.lines[0].text.contains("2027年12月27日"),
        "or the date is wrong: {}",
        view.lines[0].text
    );
    assert!(bench.view().reading[1].contains("名单过期"), "and it is said");
}

#[test]
fn a_clock_that_is_behind_what_was_signed_is_called_wrong() {
    let region = Region::new();
    let mut bench = region.bench();
    imports(&mut bench, &region, &health_claims(1, Status::Green));
    bench.after(SignedDuration::from_hours(-24 * 365));
    let view = code(bench.opens(Page::HealthCode));
    assert_eq!(view.mark, Some(Mark::Caution));
    assert!(view.lines[0].text.contains("日期不对"), "{}", view.lines[0].text);
    assert!(view.lines[0].text.contains("2025年11月22日"));
}

#[test]
fn without_any_list_the_page_says_that_it_is_the_list_that_is_missing() {
    let region = Region::new();
    let mut bench = Bench::new();
    imports(&mut bench, &region, &health_claims(1, Status::Green));
    let view = code(bench.taps("document-kept-show"));
    assert_eq!(view.state.text, "没核实");
    assert!(
        view.lines[0].text.contains("还没有核对用的名单"),
        "{}",
        view.lines[0].text
    );
}

#[test]
fn a_newer_health_code_takes_the_place_of_the_older_one_and_nothing_else() {
    let region = Region::new();
    let mut bench = couple(&region);
    let before = bench.core.records().documents.clone();
    let mut newer = claims(9, "王秀兰", Some("1101**********002X"));
    newer.issued_at = shanghai("2026-11-22T08:00");
    imports(&mut bench, &region, &newer);
    let after = bench.core.records().documents.clone();
    assert_eq!(after.len(), before.len());
    assert!(before.keys().eq(after.keys()), "the place stays");
    // The older one again, from an old picture, does not push the newer one out.
    imports(&mut bench, &region, &claims(2, "王秀兰", Some("1101**********002X")));
    assert!(bench.says().contains("更新的"), "{}", bench.says());
    assert_eq!(bench.core.records().documents, after);
}

#[test]
fn a_strangers_code_does_not_push_out_one_that_is_vouched_for() {
    let region = Region::new();
    let mut bench = couple(&region);
    let mut strange = claims(9, "王秀兰", Some("1101**********002X"));
    strange.issued_at = shanghai("2026-11-22T08:00");
    let stranger = anban_credential::Issuer::generate(&ring::rand::SystemRandom::new())
        .unwrap()
        .0;
    let text = stranger.issue(&strange, &ring::rand::SystemRandom::new()).unwrap();
    bench.does(AppCommand::HealthCode(Command::Import { text }));
    assert_eq!(bench.core.records().documents.len(), 3);
}

#[test]
fn a_code_that_was_taken_back_is_covered() {
    let region = Region::new();
    let mut bench = region.bench();
    let claims = health_claims(1, Status::Green);
    imports(&mut bench, &region, &claims);
    let list = region.sign(&region.list(3).revoke_document(&claims.id.to_string()));
    bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
    let view = code(bench.opens(Page::HealthCode));
    assert_eq!((view.symbol, view.covered.unwrap().text), (None, "已作废".to_owned()));
}
