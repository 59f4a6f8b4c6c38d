//! Undo, half-typed text, and a store that can't keep anything more.
#![allow(clippy::unwrap_used)]

use proptest::collection::vec;
use proptest::prelude::*;

use crate::app::{Command, Core, Incoming, Page, Surroundings};
use crate::effect::{Effect, Fetched, SavedFile, Sound};
use crate::entry::Field;
use crate::ids::SeededIds;
use crate::settings::{self, Theme, Volume};
use crate::store::{Change, MemoryStore, Records, Store, StoreError, suite};
use crate::testing::{Bench, directory, filled, sunday_morning};
use crate::turn::Turn;
use crate::view::{Body, Mark};

fn types_so_far(text: &str) -> Command {
    Command::Type {
        field: Field::CardName,
        text: text.to_owned(),
    }
}

#[test]
fn a_store_that_is_full_changes_nothing_and_the_page_says_what_to_do() {
    let mut bench = Bench::new();
    bench.opens(Page::Contrast);
    bench.store.full = true;
    bench.taps("theme-dark");
    assert_eq!(bench.core.store_error(), Some(StoreError::Full));
    assert_eq!(bench.core.records().settings.theme, Theme::Paper);
    assert_eq!(bench.page(), Page::Result);
    assert!(bench.says().contains("请删掉一些旧照片"));
    assert!(bench.effects.contains(&Effect::Play(Sound::Refused, Volume::Loud)));
    bench.store.full = false;
    bench.does(Command::Back).taps("theme-dark");
    assert_eq!(bench.core.store_error(), None);
    assert_eq!(bench.core.records().settings.theme, Theme::Dark);
}

#[test]
fn what_was_typed_is_still_there_after_the_page_that_says_the_disk_is_full() {
    let mut bench = Bench::new();
    bench.opens(Page::Enter(Field::CardName)).does(types_so_far("老"));
    bench.store.full = true;
    bench.does(types_so_far("老年卡"));
    assert_eq!(bench.page(), Page::Result);
    assert_eq!(bench.does(Command::Back).field(), "老年卡");
    bench.types("老年优待卡").does(Command::Back);
    assert_eq!(bench.field(), "老年优待卡");
    bench.store.full = false;
    bench.types("老年优待卡").types("1234");
    assert_eq!(bench.core.records().cards.values().next().unwrap().name, "老年优待卡");
    assert_eq!(bench.opens(Page::Enter(Field::CardName)).field(), "");
}

#[test]
fn an_undo_that_could_not_be_kept_can_be_tried_again() {
    let mut bench = Bench::with(filled());
    let before = bench.core.records().cards.clone();
    let id = *before.keys().next().unwrap();
    bench.does(Command::Wallet(crate::wallet::Command::Remove(id)));
    bench.store.full = true;
    bench.taps("result-undo");
    assert!(bench.core.records().cards[&id].old.is_some());
    bench.store.full = false;
    bench.does(Command::Undo);
    assert_eq!(bench.core.records().cards, before);
    assert_eq!(bench.title(), "退回去了");
}

#[test]
fn what_was_removed_can_be_taken_back_though_news_came_in_between() {
    let mut bench = Bench::with(filled());
    let before = bench.core.records().cards.clone();
    let id = *before.keys().next().unwrap();
    bench.does(Command::Wallet(crate::wallet::Command::Remove(id)));
    let at = bench.at();
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    bench.taps("result-undo");
    assert_eq!(bench.core.records().cards, before);
}

#[test]
fn there_is_nothing_to_take_back_after_the_person_did_something_else() {
    let mut bench = Bench::with(filled());
    let id = *bench.core.records().cards.keys().next().unwrap();
    bench.does(Command::Wallet(crate::wallet::Command::Remove(id)));
    bench.does(Command::Settings(settings::Command::SetVoice(false)));
    let before = bench.core.records().clone();
    bench.does(Command::Undo);
    assert_eq!(*bench.core.records(), before);
}

#[test]
fn half_typed_text_outlives_the_program() {
    let mut bench = Bench::new();
    bench
        .opens(Page::CardKinds)
        .taps("card-transit")
        .does(types_so_far("我的公"));
    let mut bench = bench.restarted();
    bench.opens(Page::Enter(Field::CardName));
    assert_eq!(bench.field(), "我的公");
}

#[test]
fn no_field_takes_more_than_it_says() {
    let mut bench = Bench::new();
    bench.does(types_so_far(&"卡".repeat(10_000)));
    let draft = &bench.core.records().drafts[&Field::CardName.into()];
    assert_eq!(draft.chars().count(), Field::CardName.longest());
}

#[test]
fn a_refused_field_keeps_what_was_typed_and_says_what_is_wrong() {
    let mut bench = Bench::new();
    bench.opens(Page::Enter(Field::ContactNumber)).types("12");
    assert_eq!(bench.page(), Page::Enter(Field::ContactNumber));
    let Body::Entry(entry) = bench.view().body else { return };
    assert_eq!(entry.text, "12");
    assert_eq!(entry.problem.unwrap().text, "这不像电话号码。请再看一遍。");
    bench.does(Command::Back).opens(Page::Enter(Field::ContactNumber));
    let Body::Entry(entry) = bench.view().body else { return };
    assert_eq!(entry.problem, None, "a page that is opened anew accuses nobody");
}

#[test]
fn results_have_a_sound_and_a_mark() {
    let mut bench = Bench::new();
    bench.opens(Page::YourData).gets(Incoming::Saved(Ok(SavedFile {
        path: "/a.json".to_owned(),
        shown: "/a.json".to_owned(),
    })));
    assert!(bench.effects.contains(&Effect::Play(Sound::Done, Volume::Loud)));
    let Body::Question(question) = bench.view().body else {
        return;
    };
    assert_eq!(question.mark, Some(Mark::Good));
}

proptest! {
    #[test]
    fn undo_restores_exactly_what_was_there(
        before in vec(suite::change(), 0..12),
        done in vec(suite::change(), 1..6),
    ) {
        // What is erased for good is the one thing that can't be undone.
        let for_good = |change: &Change| matches!(change, Change::EraseAll | Change::EraseEntries { .. });
        prop_assume!(!done.iter().any(for_good));
        let mut records = Records::default();
        before.iter().for_each(|change| records.apply(change));
        let surroundings = Surroundings { ids: Box::new(SeededIds::new(1)), root: None };
        let mut core = Core::new(records.clone(), surroundings, sunday_morning());
        let mut store = MemoryStore::new(records.clone());
        let mut turn = Turn { core: &mut core, store: &mut store, effects: Vec::new(), from_outside: false };
        turn.commit_undoable(done).unwrap();
        turn.carry_out(Command::Undo).unwrap();
        prop_assert_eq!(core.records(), &records);
        prop_assert_eq!(store.load().unwrap(), records);
    }
}
