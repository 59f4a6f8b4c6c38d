//! The entry register of a checkpoint: who came in without a code.
//!
//! Nobody is turned away for having no telephone. Whoever stands at the door takes down name and identity-card number,
//! typed or from a card reader that types ([`reader`]), or scans a paper certificate, and the person is in. What is
//! taken down is other people's data, so it is kept only as long as the [`Rule`] in the settings says and is then erased
//! for good, from the store's copies too ([`erase_what_is_over`]). Half-typed text of a visitor is never written to the
//! disk, and the copy that a person takes along to another device leaves the register out.
//!
//! A correction is a change like any other and can be taken back. Export and paper are in `export.rs`, pages in
//! `view.rs`. How codes are checked is in [`crate::checkpoint`]; `docs/checkpoint.md` is for who stands at the door.

use anban_wire::IdentityNumber;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::app::{Command as AppCommand, Core, Page};
use crate::checkpoint;
use crate::effect::{Effect, PrintTrouble, SavedFile};
use crate::entry::{Field, Problem, telephone};
use crate::ids::{EntryId, PrintJobId};
use crate::printing::PrintJob;
use crate::result::{Outcome, Sentence};
use crate::settings::Settings;
use crate::store::{Change, StoreError};
use crate::turn::Turn;
use crate::view::{Icon, Mark};

mod export;
mod model;
mod reader;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use export::{csv, grouped, paper};
pub use model::{Entry, Lane, Rule, Visitor};
pub use reader::CardLine;
pub(crate) use reader::{card_line, half_width};
pub(crate) use view::view;

/// An issuer's clock may run so much ahead of others that follow the same rules (see `docs/documents.md`, trust lists).
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Takes down the next person who has no code.
    Begin,
    /// Notes the person whose particulars are shown.
    Note,
    /// Shows the entries of a day.
    ShowDay(Date),
    /// Shows earlier entries of that day, or the latest again.
    From(usize),
    /// Shows one entry.
    Show(EntryId),
    /// Removes one. It can be taken back.
    Remove(EntryId),
    /// Writes all entries as a table to the documents folder.
    Export,
    /// For how many days entries are kept. What is older is erased at once and for good.
    SetDays {
        /// So many.
        days: u16,
        /// It was said that entries go with it; else the page asks first where there are any.
        sure: bool,
    },
    /// Whether people who show a code are noted too.
    SetCodesToo(bool),
}

/// What is on the screen and not kept.
#[derive(Default)]
pub(crate) struct Screen {
    /// Whom the page asks about, before they are noted.
    pub visitor: Visitor,
    /// The entry that is looked at; none while a new one is taken down.
    pub shown: Option<EntryId>,
    /// The day whose entries are listed; none is the newest.
    pub day: Option<Date>,
    /// How many of its latest entries are passed over.
    pub from: usize,
    /// A table was handed out to be saved.
    exporting: bool,
}

/// Shows nothing of whom it is about.
impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("day", &self.day).finish_non_exhaustive()
    }
}

pub(crate) fn update(turn: &mut Turn<'_>, command: Command) -> Result<(), StoreError> {
    match command {
        Command::Begin => begin(turn, Visitor::default()),
        Command::Note => return note_shown(turn),
        Command::ShowDay(day) => {
            turn.core.screen.register.day = Some(day);
            turn.core.screen.register.from = 0;
            turn.open(Page::RegisterDay);
        }
        Command::From(from) => {
            turn.core.screen.register.from = from;
            turn.open(Page::RegisterDay);
        }
        Command::Show(id) => {
            turn.core.screen.register.shown = Some(id);
            turn.open(Page::RegisterEntry);
        }
        Command::Remove(id) => {
            turn.commit_undoable(vec![Change::RemoveEntry(id)])?;
            turn.core.screen.register.shown = None;
            turn.back_to(Page::RegisterDay);
            turn.show(
                Outcome::new(Mark::Good, "entry-removed-title")
                    .line("card-removed-line")
                    .undoable(),
            );
        }
        Command::Export => {
            turn.core.screen.register.exporting = true;
            let date = turn.core.now().date().to_string();
            let name = turn.core.words().with("register-file-name", &[("date", &date)]);
            turn.effects.push(Effect::SaveCopy {
                name: format!("{name}.csv"),
                content: csv(turn.core),
            });
        }
        Command::SetDays { days, sure } => return set_days(turn, days.max(1), sure),
        Command::SetCodesToo(codes_too) => return set(turn, |rule| Rule { codes_too, ..rule }),
    }
    Ok(())
}

fn set_days(turn: &mut Turn<'_>, days: u16, sure: bool) -> Result<(), StoreError> {
    let shorter = Rule {
        days,
        ..turn.core.records.settings.register
    };
    let erased = over(turn.core, shorter).len();
    if erased == 0 || sure {
        set(turn, |rule| Rule { days, ..rule })?;
        if erased > 0 {
            turn.back();
        }
        return Ok(());
    }
    turn.show(
        Outcome::new(Mark::Caution, "register-shorter-title")
            .line(Sentence("register-shorter-line", vec![("count", erased.to_string())]))
            .main("register-shorter-no", Icon::Close, AppCommand::Back)
            .or(
                "register-shorter-yes",
                Icon::Delete,
                AppCommand::Register(Command::SetDays { days, sure: true }),
            ),
    );
    Ok(())
}

fn set(turn: &mut Turn<'_>, rule: impl Fn(Rule) -> Rule) -> Result<(), StoreError> {
    let old = turn.core.records.settings.clone();
    let register = rule(old.register);
    turn.commit(vec![Change::Settings(Settings { register, ..old })])?;
    if turn.core.records.settings.voice {
        let said = turn.core.words().get("settings-said");
        turn.tell(said);
    }
    Ok(())
}

/// Asks about a new visitor of whom this much is known.
pub(crate) fn begin(turn: &mut Turn<'_>, visitor: Visitor) {
    let screen = &mut turn.core.screen;
    // What was typed of the one before is forgotten.
    screen.unsaved.retain(|id, _| !id.field.is_never_kept());
    screen.register.shown = None;
    screen.register.visitor = visitor;
    go_on(turn);
}

/// A card reader has typed a name without a number: it comes first or in a line of its own.
pub(crate) fn card_read(turn: &mut Turn<'_>, line: CardLine) {
    let known = std::mem::take(&mut turn.core.screen.register.visitor);
    let name = if line.name.is_empty() { known.name } else { line.name };
    // A name that was read before a number belongs to it; any other particulars are those of the visitor before.
    let alone = known.identity_number.is_empty();
    begin(
        turn,
        Visitor {
            name: if alone || line.number.is_none() {
                name
            } else {
                String::new()
            },
            identity_number: line.number.map(String::from).unwrap_or_default(),
            ..Visitor::default()
        },
    );
}

/// Opens the page that asks for what is missing, or whether it is right.
fn go_on(turn: &mut Turn<'_>) {
    let visitor = &turn.core.screen.register.visitor;
    if visitor.identity_number.is_empty() {
        turn.open(Page::NoCode);
    } else if visitor.name.is_empty() {
        turn.open(Page::Enter(Field::VisitorName));
    } else {
        turn.open(Page::ConfirmEntry);
    }
}

fn note_shown(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let visitor = turn.core.screen.register.visitor.clone();
    if visitor.name.is_empty() || visitor.identity_number.is_empty() {
        go_on(turn);
        return Ok(());
    }
    let name = visitor.name.clone();
    let entry = note(turn, visitor)?;
    checkpoint::noted_by_hand(turn, name, entry);
    Ok(())
}

/// Writes somebody into the register. It can be taken back.
pub(crate) fn note(turn: &mut Turn<'_>, visitor: Visitor) -> Result<EntryId, StoreError> {
    let entry = new_entry(turn, visitor);
    let id = entry.id;
    turn.commit_undoable(vec![Change::PutEntry(entry)])?;
    turn.core.screen.register.visitor = Visitor::default();
    Ok(id)
}

fn new_entry(turn: &mut Turn<'_>, visitor: Visitor) -> Entry {
    let id = EntryId(turn.uuid());
    let now = turn.now();
    let entries = turn.core.records.entries.values();
    let sequence = entries.clone().map(|entry| entry.sequence).max();
    let known = entries.flat_map(|entry| entry.after.into_iter().chain([entry.noted_at]));
    // Trust lists are dated and signed: the clock can't be before the newest of them.
    let listed = turn.core.trust.list_issued_at();
    let listed = listed.and_then(|at| at.checked_sub(CLOCKS_DIFFER).ok());
    let after = known.chain(listed).max().filter(|known| *known > now);
    Entry {
        id,
        sequence: sequence.map_or(0, |last| last.saturating_add(1)),
        noted_at: now,
        counts_from: now,
        after,
        visitor,
    }
}

/// The entries whose time is over under `rule`. What was noted before one that is over is over too, whatever the clock
/// said when it was noted.
pub(crate) fn over(core: &Core, rule: Rule) -> Vec<EntryId> {
    let (entries, now) = (&core.records.entries, core.now().timestamp());
    let over = entries.values().filter(|entry| entry.over_at(rule) <= now);
    let last = over.map(|entry| entry.sequence).max();
    let ids = entries
        .values()
        .filter(|entry| last.is_some_and(|last| entry.sequence <= last));
    ids.map(|entry| entry.id).collect()
}

/// The print queue's copies of lists of the register that hold somebody whose time is over.
fn lists_over(core: &Core, rule: Rule) -> impl Iterator<Item = PrintJobId> {
    let now = core.now().timestamp();
    let over = move |job: &&PrintJob| {
        let until = job.paper.kept_until;
        // The rule may have become shorter since it was printed.
        let by_rule = job.asked_at.saturating_add(rule.length()).unwrap_or(Timestamp::MAX);
        until.is_some_and(|until| until.min(by_rule) <= now)
    };
    core.records.print_jobs.values().filter(over).map(|job| job.id)
}

/// Erases the entries whose time is over, and lists of them that wait to be printed. Called in every turn.
pub(crate) fn erase_what_is_over(turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let (rule, now) = (turn.core.records.settings.register, turn.now());
    let entries = turn.core.records.entries.values();
    let settled: Vec<_> = entries
        .filter_map(|entry| entry.settled(now))
        .map(Change::PutEntry)
        .collect();
    // Nobody asked for it in this turn: what can be taken back stays, unless it is about an entry.
    let from_outside = std::mem::replace(&mut turn.from_outside, true);
    let mut done = if settled.is_empty() {
        Ok(())
    } else {
        turn.commit(settled)
    };
    let ids = over(turn.core, rule);
    let lists: Vec<_> = lists_over(turn.core, rule).map(Change::RemovePrintJob).collect();
    if done.is_ok() && !(ids.is_empty() && lists.is_empty()) {
        let kept_since = now.checked_sub(rule.length()).unwrap_or(Timestamp::MIN);
        let erased = Change::EraseEntries { ids, kept_since };
        done = turn.commit(lists.into_iter().chain([erased]).collect());
    }
    turn.from_outside = from_outside;
    done
}

/// When the next entry is to be erased.
pub(crate) fn next_wake(core: &Core) -> Option<Timestamp> {
    let rule = core.records.settings.register;
    let entries = core.records.entries.values().map(|entry| entry.over_at(rule));
    let lists = core.records.print_jobs.values().filter_map(|job| job.paper.kept_until);
    entries.chain(lists).min()
}

/// The entries in the order in which they were noted, the latest first.
pub(crate) fn entries(core: &Core) -> Vec<&Entry> {
    let mut entries: Vec<_> = core.records.entries.values().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.sequence, entry.id)));
    entries
}

/// The day on which an entry was noted, by the clock of then.
pub(crate) fn day_of(core: &Core, entry: &Entry) -> Date {
    entry.noted_at.to_zoned(core.now().time_zone().clone()).date()
}

/// A visitor's field was typed: into the entry that is shown, or of the visitor who stands at the door.
pub(crate) fn typed(turn: &mut Turn<'_>, field: Field, text: String) -> Result<Result<(), Problem>, StoreError> {
    // A reader types into whatever field is open.
    let line = card_line(&text);
    let taken = match field {
        Field::VisitorNumber => match line.as_ref().and_then(|line| line.number.clone()) {
            Some(number) => number.as_str().to_owned(),
            None => match text.parse::<IdentityNumber>() {
                Ok(number) => number.into(),
                Err(_) => return Ok(Err("enter-identity-number-wrong")),
            },
        },
        Field::VisitorName if text.is_empty() => return Ok(Err("enter-name-empty")),
        Field::VisitorTelephone if !text.is_empty() => match telephone(&text) {
            Some(number) => number,
            None => return Ok(Err("enter-contact-number-wrong")),
        },
        _ => text,
    };
    let read_name = line.map(|line| line.name).filter(|name| !name.is_empty());
    let shown = turn.core.screen.register.shown;
    if let Some(entry) = shown.and_then(|id| turn.core.records.entries.get(&id)).cloned() {
        let mut corrected = entry;
        corrected.visitor.set(field, taken);
        turn.commit_undoable(vec![Change::PutEntry(corrected)])?;
        turn.back();
        return Ok(Ok(()));
    }
    let visitor = &mut turn.core.screen.register.visitor;
    visitor.set(field, taken);
    if let Some(name) = read_name.filter(|_| field == Field::VisitorNumber) {
        visitor.name = name;
    }
    turn.back();
    go_on(turn);
    Ok(Ok(()))
}

/// What a visitor's field holds: that of the entry that is shown, or what is known of the visitor at the door.
pub(crate) fn held(core: &Core, field: Field) -> String {
    let shown = core.screen.register.shown.and_then(|id| core.records.entries.get(&id));
    let visitor = shown.map_or(&core.screen.register.visitor, |entry| &entry.visitor);
    visitor.field(field).to_owned()
}

/// Whether what was saved is the register's table; it is asked once.
pub(crate) fn takes_saved(turn: &mut Turn<'_>) -> bool {
    std::mem::take(&mut turn.core.screen.register.exporting)
}

/// The table was saved, or not.
pub(crate) fn saved(turn: &mut Turn<'_>, saved: Result<SavedFile, PrintTrouble>) {
    turn.show(match saved {
        Ok(file) => Outcome::new(Mark::Good, "saved-title")
            .line(Sentence("saved-line", vec![("path", file.shown)]))
            .line("register-saved-care"),
        Err(_) => Outcome::new(Mark::Bad, "save-failed-title")
            .line("save-failed-line")
            .main("print-retry", Icon::Refresh, AppCommand::Register(Command::Export)),
    });
}
