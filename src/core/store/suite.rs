//! What every [`Store`] must do, as one suite of tests.
//!
//! [`Records`] in memory are the model: whatever is committed to a store is applied to them too, and the store must
//! hold the same at every moment, also after it was closed and opened again. The same random lists of changes show
//! that [`Records::inverse`] takes back what was done. A crate that implements [`Store`] calls [`check`] from a test;
//! what only a disk can do wrong (no room, damage, a crash) it tests by itself.

// This is test code, though it is compiled into the library for the other crates' tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod cards;
mod cash;
mod changes;
mod photos;
mod print_jobs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

pub use changes::change;

use super::{Change, Records, Store};
use crate::entry::Field;
use crate::help::Profile;
use crate::ids::{BillId, CardId, ContactId, DocumentId, EntryId, PrintJobId, RequestId, SpendingId, VisitId};
use crate::settings::{Settings, Theme};

/// Runs the whole suite, the random part with `cases` histories.
///
/// `open` gives an empty store, another one at each call. `reopen` closes a store and opens it again; a store that
/// keeps nothing hands itself back.
///
/// # Panics
/// When the store does not do what it must, with the shortest history that shows it.
pub fn check<S: Store>(cases: u32, open: impl Fn() -> S, reopen: impl Fn(S) -> S) {
    a_new_store_is_empty(open());
    a_list_is_carried_out_in_its_order(open());
    removing_what_is_not_there_and_an_empty_list_change_nothing(open());
    what_is_added_after_erasing_in_the_same_list_stays(open(), &reopen);
    photos::photographs_are_kept_beside_the_records(open(), &reopen);
    random_histories_leave_what_the_model_holds(cases, &open, &reopen);
}

fn a_new_store_is_empty<S: Store>(mut store: S) {
    assert_eq!(store.load(), Ok(Records::default()));
}

fn a_list_is_carried_out_in_its_order<S: Store>(mut store: S) {
    let draft = |text: &str| Change::PutDraft(Field::Name.into(), text.to_owned());
    let mut expected = Records::default();
    expected.drafts.insert(Field::Name.into(), "last".to_owned());

    store
        .commit(&[draft("first"), Change::RemoveDraft(Field::Name.into()), draft("last")])
        .expect("a list that fits");
    assert_eq!(store.load(), Ok(expected));
    store
        .commit(&[draft("more"), Change::RemoveDraft(Field::Name.into())])
        .expect("a list that fits");
    assert_eq!(store.load(), Ok(Records::default()));
}

fn removing_what_is_not_there_and_an_empty_list_change_nothing<S: Store>(mut store: S) {
    let nobody = Uuid::from_u128(7);
    store.commit(&[]).expect("nothing to do");
    store
        .commit(&[
            Change::RemoveContact(ContactId(nobody)),
            Change::RemoveDocument(DocumentId(nobody)),
            Change::RemoveCard(CardId(nobody)),
            Change::RemoveVisit(VisitId(nobody)),
            Change::RemoveOutbox(RequestId(nobody)),
            Change::RemovePrintJob(PrintJobId(nobody)),
            Change::RemoveDraft(Field::CardName.into()),
            Change::RemoveTimetable("none".to_owned()),
            Change::Directory(None),
            Change::TrustList(None),
            Change::RemoveEntry(EntryId(nobody)),
            Change::RemoveAccount("none".to_owned()),
            Change::RemoveAcknowledged(RequestId(nobody)),
            Change::RemoveVisitDay("none".to_owned()),
            Change::RemoveNotice("none".to_owned()),
            Change::RemoveSpending(SpendingId(nobody)),
            Change::RemoveBill(BillId(nobody)),
            Change::Complaint(None),
            Change::EraseEntries {
                ids: vec![EntryId(nobody)],
                kept_since: jiff::Timestamp::UNIX_EPOCH,
            },
        ])
        .expect("nothing to do");
    assert_eq!(store.load(), Ok(Records::default()));
}

fn what_is_added_after_erasing_in_the_same_list_stays<S: Store>(mut store: S, reopen: impl Fn(S) -> S) {
    let settings = Settings {
        welcomed: true,
        theme: Theme::Dark,
        ..Settings::default()
    };
    let profile = Profile {
        name: "王秀兰".to_owned(),
        ..Profile::default()
    };
    let expected = Records {
        settings: settings.clone(),
        ..Records::default()
    };

    store
        .commit(&[Change::Profile(profile.clone())])
        .expect("a list that fits");
    store
        .commit(&[Change::Profile(profile), Change::EraseAll, Change::Settings(settings)])
        .expect("a list that fits");
    assert_eq!(store.load().as_ref(), Ok(&expected));
    assert_eq!(reopen(store).load(), Ok(expected));
}

/// One step of a history.
#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<Change>),
    /// Takes the commit before it back, unless that one erased everything.
    Undo,
    Reopen,
}

fn random_histories_leave_what_the_model_holds<S: Store>(cases: u32, open: impl Fn() -> S, reopen: impl Fn(S) -> S) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let step = prop_oneof![
        6 => vec(change(), 0..6).prop_map(Step::Commit),
        2 => Just(Step::Undo),
        1 => Just(Step::Reopen),
    ];
    TestRunner::new(config)
        .run(&vec(step, 1..12), |history| {
            let mut store = open();
            let mut model = Records::default();
            let mut undo: Option<(Vec<Change>, Records)> = None;
            for step in history {
                match step {
                    Step::Commit(changes) => {
                        let before = model.clone();
                        undo = apply(&mut model, &changes).map(|back| (back, before));
                        store.commit(&changes)?;
                    }
                    Step::Undo => {
                        let Some((back, before)) = undo.take() else {
                            continue;
                        };
                        store.commit(&back)?;
                        apply(&mut model, &back);
                        prop_assert_eq!(&model, &before, "the inverse brings back what was there");
                    }
                    Step::Reopen => store = reopen(store),
                }
                prop_assert_eq!(&store.load()?, &model);
            }
            prop_assert_eq!(&reopen(store).load()?, &model, "after the last opening");
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// Applies `changes` to the model and gives the list that takes them back.
fn apply(model: &mut Records, changes: &[Change]) -> Option<Vec<Change>> {
    let mut back = Some(Vec::new());
    for change in changes {
        match (model.inverse(change), &mut back) {
            (Some(inverse), Some(back)) => back.insert(0, inverse),
            _ => back = None,
        }
        model.apply(change);
    }
    back
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::store::MemoryStore;

    #[test]
    fn the_store_in_memory_passes_the_suite() {
        check(256, MemoryStore::default, |store| store);
    }
}
