//! What is kept for a time only: the entry register, through the core's own rules and a clock that is moved.

use std::collections::BTreeSet;

use anban_core::app::Surroundings;
use anban_core::ids::SeededIds;
use anban_core::settings::Settings;
use anban_core::{Command, Core, Page, certificates, checkpoint, register};
use jiff::tz::TimeZone;

use super::*;
use crate::keys::Keys;
use crate::profile::Profile as Folder;
use crate::{copies, rows, sqlite};

const WANG: &str = "王秀兰,11010519491231002X";
const CHEN: &str = "陈桂兰,440524188001010014";

/// A device at a door: it is switched on, used, and switched off.
struct Door {
    core: Core,
    store: SqliteStore,
}

impl Door {
    fn switched_on(folder: &Path, now: Timestamp) -> Self {
        let mut store = open_at(folder, now).unwrap().store;
        let surroundings = Surroundings {
            ids: Box::new(SeededIds::new(now.as_second().unsigned_abs())),
            root: None,
        };
        let now = now.to_zoned(TimeZone::UTC);
        let mut core = Core::new(store.load().unwrap(), surroundings, now.clone());
        core.update(Command::Start(Default::default()), &mut store, &now);
        Self { core, store }
    }

    fn does(&mut self, command: Command, now: Timestamp) {
        let now = now.to_zoned(TimeZone::UTC);
        self.core.update(command, &mut self.store, &now);
        assert_eq!(self.core.store_error(), None);
    }

    /// Somebody's card is read, and they are noted.
    fn notes(&mut self, line: &str, now: Timestamp) {
        self.does(Command::Open(Page::Checkpoint), now);
        let text = line.to_owned();
        self.does(Command::Checkpoint(checkpoint::Command::Scanned { text }), now);
        self.does(Command::Register(register::Command::Note), now);
    }

    fn names(&mut self) -> BTreeSet<String> {
        let kept = self.store.load().unwrap();
        kept.entries.into_values().map(|entry| entry.visitor.name).collect()
    }
}

/// What each copy on the disk holds, the newest first. The profile must be closed.
fn copies_of(folder: &Path) -> Vec<Records> {
    let profile = Folder::take(folder).unwrap();
    let keys = Keys::find(&profile, KeyChoice::File, noon()).unwrap();
    let copies = copies::list(&profile.copies());
    let load = |copy: copies::Copy| rows::load(&sqlite::open(&copy.path, keys.key()).unwrap().0).unwrap();
    copies.into_iter().map(load).collect()
}

/// Who is in the register of each copy.
fn in_copies(folder: &Path) -> Vec<BTreeSet<String>> {
    let names = |copy: Records| copy.entries.into_values().map(|entry| entry.visitor.name).collect();
    copies_of(folder).into_iter().map(names).collect()
}

/// How many papers wait in the print queue of each copy.
fn lists_in_copies(folder: &Path) -> Vec<usize> {
    copies_of(folder).iter().map(|copy| copy.print_jobs.len()).collect()
}

fn only(name: &str) -> BTreeSet<String> {
    BTreeSet::from([name.to_owned()])
}

#[test]
fn an_entry_whose_days_are_over_is_in_no_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    door.store.close().unwrap();
    let mut door = Door::switched_on(folder.path(), days_later(5));
    door.notes(CHEN, days_later(5));
    door.store.close().unwrap();
    assert!(in_copies(folder.path()).iter().all(|copy| copy.contains("王秀兰")));

    let mut door = Door::switched_on(folder.path(), days_later(13));
    assert_eq!(door.names().len(), 2);
    door.does(Command::Incoming(anban_core::Incoming::Tick), days_later(14));
    assert_eq!(door.names(), only("陈桂兰"));
    // Without a clean end, as when the power fails.
    drop(door);
    let copies = in_copies(folder.path());
    assert!(
        copies.len() > 1 && copies.iter().all(|copy| !copy.contains("王秀兰")),
        "{copies:?}"
    );
    assert!(
        copies.contains(&only("陈桂兰")),
        "what is still kept stays in the copies"
    );
}

#[test]
fn what_was_over_while_the_device_was_off_is_erased_when_it_is_switched_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    door.store.close().unwrap();
    let mut door = Door::switched_on(folder.path(), days_later(90));
    assert!(door.names().is_empty());
    door.store.close().unwrap();
    assert!(in_copies(folder.path()).iter().all(BTreeSet::is_empty));
}

#[test]
fn a_clock_set_back_and_a_damaged_file_do_not_bring_back_what_was_erased() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    door.store.close().unwrap();
    Door::switched_on(folder.path(), days_later(20)).store.close().unwrap();
    fs::write(database(folder.path()), "spoilt, so that a copy takes its place").unwrap();
    let mut door = Door::switched_on(folder.path(), days_later(1));
    assert!(door.names().is_empty());
}

#[test]
fn a_trimming_that_was_cut_short_is_finished_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    let ids = door.core.records().entries.keys().copied().collect();
    door.store.close().unwrap();
    let mut store = open_sound(folder.path());
    // What `commit` does first, and then the power fails.
    let erased = Change::EraseEntries {
        ids,
        kept_since: noon(),
    };
    rows::write(store.connection.as_mut().unwrap(), &[erased]).unwrap();
    drop(store);
    assert_eq!(in_copies(folder.path()), [only("王秀兰")]);

    open_sound(folder.path()).close().unwrap();
    assert_eq!(in_copies(folder.path()), [BTreeSet::new()]);
    let trimming = rows::is_trimming(open_sound(folder.path()).connection.as_ref().unwrap());
    assert_eq!(trimming, Ok(false));
}

#[test]
fn an_entry_that_was_removed_leaves_the_copies_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    let id = *door.core.records().entries.keys().next().unwrap();
    door.store.close().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.does(Command::Register(register::Command::Remove(id)), noon());
    door.does(Command::Undo, noon());
    assert_eq!(door.names(), only("王秀兰"), "it can be taken back");
    door.does(Command::Register(register::Command::Remove(id)), noon());
    drop(door);
    open_sound(folder.path()).close().unwrap();
    assert!(in_copies(folder.path()).iter().all(BTreeSet::is_empty));
}

#[test]
fn what_was_set_aside_goes_once_every_entry_in_it_must_be_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    door.store.close().unwrap();
    fs::write(database(folder.path()), "spoilt").unwrap();
    let mut door = Door::switched_on(folder.path(), days_later(1));
    door.notes(CHEN, days_later(2));
    assert_eq!(set_aside(folder.path(), "anban.db").len(), 1);
    door.does(Command::Incoming(anban_core::Incoming::Tick), days_later(14));
    assert_eq!(
        set_aside(folder.path(), "anban.db").len(),
        1,
        "it may hold somebody of yesterday"
    );
    door.does(Command::Incoming(anban_core::Incoming::Tick), days_later(17));
    assert!(door.names().is_empty());
    assert_eq!(set_aside(folder.path(), "anban.db").len(), 0);
}

#[test]
fn the_cells_of_an_erased_entry_are_overwritten_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    door.does(Command::Incoming(anban_core::Incoming::Tick), days_later(15));
    let connection = door.store.connection.as_ref().unwrap();
    let overwrites: i64 = connection
        .pragma_query_value(None, "secure_delete", |row| row.get(0))
        .unwrap();
    assert_eq!(overwrites, 1);
    // The journal's head, and one page: that on which the mark was taken back after the journal was cut off.
    let one_page = 32 + 24 + 4096;
    let journal = folder.path().join("anban.db-wal");
    let length = journal.metadata().map_or(0, |file| file.len());
    assert!(length <= one_page, "the journal was cut off: {length}");
}

#[test]
fn a_list_in_the_print_queue_leaves_the_copies_too() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        printer: "ipp://printer.local/ipp/print".to_owned(),
        ..Settings::default()
    };
    let mut store = open_sound(folder.path());
    store.commit(&[Change::Settings(settings)]).unwrap();
    store.close().unwrap();
    let mut door = Door::switched_on(folder.path(), noon());
    door.notes(WANG, noon());
    let list = certificates::Item::Register(noon().to_zoned(TimeZone::UTC).date());
    door.does(Command::Certificates(certificates::Command::Choose(list)), noon());
    door.does(Command::Certificates(certificates::Command::ToPrinter), noon());
    door.store.close().unwrap();
    assert_eq!(lists_in_copies(folder.path()).first(), Some(&1));
    Door::switched_on(folder.path(), days_later(14)).store.close().unwrap();
    assert!(lists_in_copies(folder.path()).iter().all(|lists| *lists == 0));
}
